"""What temporal properties need of a state graph, recorded while it is explored."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence

from checker.interp.errors import ModelError
from checker.interp.goals import goal
from checker.interp.machine import Cut, Machine, Next, Outcome, StateValues
from checker.interp.watch import UndefinedError
from checker.temporal.automaton import Automaton
from checker.temporal.constraints import Constraints
from checker.temporal.decide import find_lasso
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import atoms_of, premise_of
from checker.temporal.graph import FairGraph
from checker.temporal.lasso import Lasso, is_satisfied
from checker.temporal.translate import violations_of


class Edges:
    """The steps between the states that were explored, what each serves, and what is true where.

    States come in the order of their numbers: `in_state` once for each, `leaving` once for each that is expanded.
    Steps that lead to the same state are one edge, which serves what any of them serves: fairness is about pairs of
    states, whichever action makes them. Equal letters and equal sets are kept once.
    """

    def __init__(self, machine: Machine, properties: tuple[TemporalProperty, ...]) -> None:
        """Compile the predicates of the formulas.

        Raises:
            QuoraxError: R020 and R021 for names that the model does not have, S015 for a formula that is too large.

        """
        self.properties = properties
        self.automata: dict[TemporalProperty, Automaton] = {p: violations_of(p) for p in properties}
        names = dict.fromkeys(name for p in properties for name in atoms_of(p.formula))
        self._predicates = {name: predicate_of(machine, name) for name in names}
        self._constraints = Constraints(machine.system, properties)
        self._letters: list[frozenset[str]] = []
        self._alphabet: dict[frozenset[str], frozenset[str]] = {}
        self._enabled: list[int] = []
        self._offsets = array("q", [0])
        self._targets = array("q")
        self._labels: list[int] = []
        self._sets: dict[int, int] = {}

    def in_state(self, state: StateValues) -> None:
        """Record which predicates are true in the next state.

        Raises:
            UndefinedError: one of them has no value there.

        """
        true: list[str] = []
        for name, predicate in self._predicates.items():
            try:
                true += [name] if predicate(state) else []
            except ModelError as error:
                raise UndefinedError(f"the predicate {name}", error) from error
        letter = frozenset(true)
        self._letters.append(self._alphabet.setdefault(letter, letter))

    def leaving(self, state: StateValues, outcomes: Sequence[Outcome], numbers: Mapping[StateValues, int]) -> None:
        """Record the steps from the next state that is expanded."""
        enabled, served = steps_of(state, outcomes, self._constraints)
        for target, label in served.items():
            self._targets.append(numbers[target])
            self._labels.append(self._sets.setdefault(label, label))
        self._offsets.append(len(self._targets))
        self._enabled.append(self._sets.setdefault(enabled, enabled))

    def find(self, asked: TemporalProperty, initial: int, look: Callable[[], None]) -> Lasso | None:
        """Return a fair behaviour that violates a property, from one of the first `initial` states."""
        atoms = atoms_of(asked.formula)
        sets = {letter: sum(1 << bit for bit, name in enumerate(atoms) if name in letter) for letter in self._alphabet}
        graph = FairGraph(
            range(initial),
            [sets[letter] for letter in self._letters],
            self._enabled,
            self._offsets,
            self._targets,
            self._labels,
            self._constraints.of_property(asked, "weak"),
            self._constraints.of_property(asked, "strong"),
        )
        return find_lasso(graph, self.automata[asked], look=look)

    def is_vacuous(self, asked: TemporalProperty) -> bool:
        """Return whether a property is of the form "whenever p", and p is true in no state that was explored."""
        premise = premise_of(asked.formula)
        if premise is None:
            return False
        return not any(is_satisfied(premise, [letter], 0) for letter in self._alphabet)

    def target(self, edge: int) -> int:
        """Return the state that an edge leads to."""
        return self._targets[edge]


def predicate_of(machine: Machine, name: str) -> Callable[[StateValues], bool]:
    """Return what says whether a named predicate, or invariant, is true in a state.

    Raises:
        QuoraxError: R020, if the model has none of that name.

    """
    body = goal(machine.system, name, ("invariant", "witness")).body
    assert body is not None, "only deadlock has no predicate"
    return machine.predicate(body)


def steps_of(
    state: StateValues, outcomes: Sequence[Outcome], constraints: Constraints
) -> tuple[int, dict[StateValues, int]]:
    """Return the constraints enabled in a state, and for each other state that a step leads to what the step serves."""
    enabled, served = 0, dict[StateValues, int]()
    for outcome in outcomes:
        match outcome:
            case Next(action, args, _, target) if target != state:
                label = constraints.of_step(action, args)
                enabled |= label
                served[target] = served.get(target, 0) | label
            case Cut(action, args):
                enabled |= constraints.of_step(action, args)
            case _:
                pass
    return enabled, served
