"""From formulas to Büchi automata.

Rob Gerth, Doron Peled, Moshe Y. Vardi, Pierre Wolper, "Simple On-the-fly Automatic Verification of Linear Temporal
Logic" (PSTV 1995). Deviations: locations that cannot be part of an accepting run are left out; a location on no cycle
counts as fulfilling everything, which changes nothing and lets more of them merge; and those that nothing tells apart
are merged (the coarsest bisimulation, by refinement).
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.diagnostics import error
from checker.temporal.automaton import Automaton, Location
from checker.temporal.components import components
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import atoms_of
from checker.temporal.normal import Normal, normal_form
from checker.temporal.tableau import Tableau, TooLargeError

WORD = 64
"""Bits of the words in which compiled engines keep predicates and acceptance sets."""


def violations_of(asked: TemporalProperty) -> Automaton:
    """Return the automaton of the words that violate a property's formula; fairness is no part of it.

    Raises:
        QuoraxError: S015, if the formula is too large.

    """
    atoms = atoms_of(asked.formula)
    try:
        if len(atoms) > WORD:
            raise TooLargeError(f"it names {len(atoms)} predicates, {WORD} at most are possible")
        return automaton_of(normal_form(asked.formula, negated=True), atoms)
    except TooLargeError as problem:
        message = f"the formula of {asked.name} is too large: {problem}"
        raise error(asked.span, "S015", message, "split it into several properties") from None


def automaton_of(formula: Normal, atoms: Sequence[str]) -> Automaton:
    """Return the automaton of the words that satisfy a formula.

    Raises:
        TooLargeError: the tableau has more locations, or more promises, than are possible.

    """
    tableau = Tableau(formula, atoms)
    tableau.build()
    if tableau.promises > WORD:
        raise TooLargeError(f"it makes {tableau.promises} promises, {WORD} at most are possible")
    built = Automaton(tuple(atoms), tuple(tableau.locations()), tableau.initial, tableau.promises)
    return _merged(_trimmed(built))


def _trimmed(automaton: Automaton) -> Automaton:
    """Return the automaton without what is part of no accepting run."""
    graph = [location.successors for location in automaton.locations]
    lasting: set[int] = set()
    free: set[int] = set()
    for component in components(range(len(graph)), lambda v: graph[v]):
        has_cycle = len(component) > 1 or component[0] in graph[component[0]]
        fulfilled = 0
        for v in component:
            fulfilled |= automaton.locations[v].fulfils
        if has_cycle and fulfilled == automaton.all_fulfilled:
            lasting.update(component)
        if any(w in lasting for v in component for w in graph[v]):  # successors come first
            lasting.update(component)
        if not has_cycle:
            free.update(component)
    kept = [
        Location(v.must, v.must_not, automaton.all_fulfilled if i in free else v.fulfils, v.successors)
        for i, v in enumerate(automaton.locations)
    ]
    return _restricted(automaton, kept, [i for i in range(len(graph)) if i in lasting])


def _restricted(automaton: Automaton, locations: list[Location], kept: list[int]) -> Automaton:
    """Return the automaton with some of its locations only, numbered in the order in which they are listed."""
    numbers = {old: new for new, old in enumerate(kept)}
    return Automaton(
        automaton.atoms,
        tuple(
            Location(v.must, v.must_not, v.fulfils, tuple(sorted(numbers[w] for w in v.successors if w in numbers)))
            for v in (locations[old] for old in kept)
        ),
        tuple(sorted(numbers[v] for v in automaton.initial if v in numbers)),
        automaton.acceptance_sets,
    )


def _merged(automaton: Automaton) -> Automaton:
    """Return the automaton with bisimilar locations merged, numbered by the first of each class."""
    locations = automaton.locations
    classes = _numbered([(v.must, v.must_not, v.fulfils) for v in locations])
    while True:
        finer = _numbered([(classes[i], frozenset(classes[w] for w in v.successors)) for i, v in enumerate(locations)])
        if finer == classes:
            break
        classes = finer
    first: dict[int, Location] = {}
    for i, location in enumerate(locations):
        first.setdefault(classes[i], location)
    return Automaton(
        automaton.atoms,
        tuple(
            Location(v.must, v.must_not, v.fulfils, tuple(sorted({classes[w] for w in v.successors})))
            for v in first.values()
        ),
        tuple(sorted({classes[v] for v in automaton.initial})),
        automaton.acceptance_sets,
    )


def _numbered(keys: Sequence[object]) -> list[int]:
    """Return a number for each key, equal for equal keys, in the order of first occurrence."""
    numbers: dict[object, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]
