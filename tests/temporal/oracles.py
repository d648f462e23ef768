"""Other ways to the same answers, slow and without anything of those they judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.temporal.automaton import Automaton
from checker.temporal.formula import Formula
from checker.temporal.graph import FairGraph, fair_graph
from checker.temporal.lasso import Lasso, is_fair, is_satisfied, states_of


def word_of(lasso: Lasso, graph: FairGraph, atoms: Sequence[str]) -> tuple[list[frozenset[str]], int]:
    """Return what is true at each moment of a lasso."""
    states, again = states_of(lasso, graph)
    return [frozenset(a for i, a in enumerate(atoms) if graph.atoms[s] >> i & 1) for s in states], again


def is_counterexample(lasso: Lasso, graph: FairGraph, formula: Formula, atoms: Sequence[str]) -> bool:
    """Return whether a lasso is a behaviour of the graph, begins where it may, is fair and violates the formula."""
    is_real = lasso.start in graph.initial and all(
        graph.source(e) != graph.targets[e] for e in lasso.stem + lasso.cycle
    )
    return is_real and is_fair(lasso, graph) and not is_satisfied(formula, *word_of(lasso, graph, atoms))


def path_of(word: Sequence[frozenset[str]], again: int, atoms: Sequence[str]) -> FairGraph:
    """Return the graph whose only fair behaviour is a word: weak fairness of each edge drives it on for ever."""
    size = len(word)
    letters = [sum(1 << i for i, a in enumerate(atoms) if a in letter) for letter in word]
    edges = [(i, i + 1 if i + 1 < size else again, 1 << i) for i in range(size)]
    real = [e for e in edges if e[0] != e[1]]
    drives = sum(label for _, _, label in real)
    return fair_graph([0], letters, [drives & 1 << i for i in range(size)], real, weak=drives)


def some_lassos(graph: FairGraph, stem_max: int, cycle_max: int) -> Iterator[Lasso]:
    """Yield every lasso of a graph up to some length, without steps that stutter."""
    for start in graph.initial:
        for stem in _paths(graph, start, stem_max):
            here = graph.targets[stem[-1]] if stem else start
            for cycle in _paths(graph, here, cycle_max):
                if not cycle or graph.targets[cycle[-1]] == here:
                    yield Lasso(start, stem, cycle)


def _paths(graph: FairGraph, start: int, longest: int) -> Iterator[tuple[int, ...]]:
    yield ()
    if longest:
        for edge in range(graph.offsets[start], graph.offsets[start + 1]):
            if graph.targets[edge] != start:
                for rest in _paths(graph, graph.targets[edge], longest - 1):
                    yield (edge, *rest)


def has_fair_run(graph: FairGraph, automaton: Automaton) -> bool:
    """Return whether the product has a fair, accepted behaviour.

    A set of nodes is shrunk to the greatest in which each node can reach, within the set, whatever it has to reach (E.
    Allen Emerson, Chin-Laung Lei, "Efficient Model Checking in Fragments of the Propositional Mu-Calculus", 1986), once
    for each choice of the strong constraints that are met by being enabled no more.
    """
    return any(
        _has_run(graph, automaton, avoided) for avoided in range(graph.strong + 1) if not avoided & ~graph.strong
    )


def _has_run(graph: FairGraph, automaton: Automaton, avoided: int) -> bool:
    """Return whether there is a fair run in which the constraints `avoided` are enabled finitely often only."""
    lasting = {(s, q) for s, q in _reached(graph, automaton) if not graph.enabled[s] & avoided}
    while True:
        before = set(lasting)
        lasting = _able(graph, automaton, lasting, lasting, 0)
        for k in range(automaton.acceptance_sets):
            good = {(s, q) for s, q in lasting if automaton.locations[q].fulfils >> k & 1}
            lasting = _able(graph, automaton, lasting, good, 0)
        for c in _members(graph.weak & ~graph.strong):
            idle = {(s, q) for s, q in lasting if not graph.enabled[s] >> c & 1}
            lasting = _able(graph, automaton, lasting, idle, 1 << c)
        for c in _members(graph.strong & ~avoided):
            lasting = _able(graph, automaton, lasting, set(), 1 << c)
        if lasting == before:
            return bool(lasting)


def _members(bits: int) -> list[int]:
    return [i for i in range(bits.bit_length()) if bits >> i & 1]


def _reached(graph: FairGraph, automaton: Automaton) -> set[tuple[int, int]]:
    reached = {(s, q) for s in graph.initial for q in automaton.initial if automaton.locations[q].reads(graph.atoms[s])}
    while (
        more := {
            (s, q)
            for node in reached
            for _, (s, q) in _steps(graph, automaton, node)
            if automaton.locations[q].reads(graph.atoms[s])
        }
        - reached
    ):
        reached |= more
    return reached


def _able(
    graph: FairGraph, automaton: Automaton, nodes: set[tuple[int, int]], good: set[tuple[int, int]], served: int
) -> set[tuple[int, int]]:
    """Return the nodes that can reach a good node, or an edge that serves some of `served`, by one step at least."""
    able: set[tuple[int, int]] = set()
    while True:
        more = {
            v
            for v in nodes - able
            for label, w in _steps(graph, automaton, v)
            if w in nodes and (w in good or w in able or label & served)
        }
        if not more:
            return able
        able |= more


def _steps(graph: FairGraph, automaton: Automaton, node: tuple[int, int]) -> Iterator[tuple[int, tuple[int, int]]]:
    state, location = node
    for after in automaton.locations[location].successors:
        yield 0, (state, after)
        for edge in range(graph.offsets[state], graph.offsets[state + 1]):
            target = graph.targets[edge]
            yield (graph.labels[edge] if target != state else 0), (target, after)
