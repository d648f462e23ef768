"""Lassos: infinite behaviours that end in a cycle, and whether one satisfies a formula and is fair.

A formula is evaluated on the lasso itself, by its meaning; automata have no part in it. So this is a second opinion on
whatever finds lassos.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from checker.temporal.formula import Atom, Binary, Formula, Unary
from checker.temporal.graph import FairGraph


@dataclass(frozen=True, slots=True)
class Lasso:
    """The edges of `stem` lead from state `start` to where the edges of `cycle` lead round for ever.

    Without a cycle, the behaviour stutters for ever in the state that the stem leads to.
    """

    start: int
    stem: tuple[int, ...]
    cycle: tuple[int, ...]


def normalised(lasso: Lasso) -> Lasso:
    """Return the same behaviour with the shortest cycle, entered as early as possible."""
    stem, cycle = lasso.stem, lasso.cycle
    for length in range(1, len(cycle)):
        if len(cycle) % length == 0 and cycle[:length] * (len(cycle) // length) == cycle:
            cycle = cycle[:length]
            break
    while stem and cycle and stem[-1] == cycle[-1]:
        stem, cycle = stem[:-1], (cycle[-1], *cycle[:-1])
    return replace(lasso, stem=stem, cycle=cycle)


def states_of(lasso: Lasso, graph: FairGraph) -> tuple[list[int], int]:
    """Return the states of a lasso, each moment once, and the moment after the last one.

    Raises:
        ValueError: an edge does not begin where the one before it ends, or the cycle does not close.

    """
    states = [lasso.start]
    for edge in (*lasso.stem, *lasso.cycle):
        if not graph.offsets[states[-1]] <= edge < graph.offsets[states[-1] + 1]:
            raise ValueError(f"edge {edge} does not leave state {states[-1]}")
        states.append(graph.targets[edge])
    if states[-1] != states[len(lasso.stem)]:
        raise ValueError("the cycle does not close")
    return (states[:-1] if lasso.cycle else states), len(lasso.stem)


def is_fair(lasso: Lasso, graph: FairGraph) -> bool:
    """Return whether a lasso meets all constraints of its graph."""
    states, again = states_of(lasso, graph)
    ever, always, taken = 0, -1, 0
    for state in states[again:]:
        ever, always = ever | graph.enabled[state], always & graph.enabled[state]
    for edge in lasso.cycle:
        taken |= 0 if graph.targets[edge] == graph.source(edge) else graph.labels[edge]
    return not graph.weak & always & ~taken and not graph.strong & ever & ~taken


def is_satisfied(formula: Formula, word: Sequence[frozenset[str]], again: int) -> bool:
    """Return whether an infinite word satisfies a formula.

    `word` gives for each moment the atoms that are true; after the last moment comes moment `again` (from 0).
    """
    return _values(formula, word, again)[0]


def _values(formula: Formula, word: Sequence[frozenset[str]], again: int) -> list[bool]:
    """Return at which moments a formula is true."""
    match formula:
        case Atom(name):
            return [name in letter for letter in word]
        case Unary(operator, operand):
            values = _values(operand, word, again)
            negated = [not value for value in values]
            match operator:
                case "not":
                    return negated
                case "eventually":
                    return _until([True] * len(word), values, again)
                case "always":
                    return [not value for value in _until([True] * len(word), negated, again)]
                case _:
                    assert_never(operator)
        case Binary(operator, left, right):
            return _of_two(operator, _values(left, word, again), _values(right, word, again), again)
        case _:
            assert_never(formula)


def _of_two(operator: str, left: list[bool], right: list[bool], again: int) -> list[bool]:
    pairs = list(zip(left, right, strict=True))
    match operator:
        case "and":
            return [a and b for a, b in pairs]
        case "or":
            return [a or b for a, b in pairs]
        case "implies":
            return [not a or b for a, b in pairs]
        case "until":
            return _until(left, right, again)
        case "leads_to":
            everywhere = [True] * len(left)
            answered = _until(everywhere, right, again)
            failures = [a and not b for a, b in zip(left, answered, strict=True)]
            return [not value for value in _until(everywhere, failures, again)]
        case _:
            raise AssertionError(f"{operator} is no operator")


def _until(left: list[bool], right: list[bool], again: int) -> list[bool]:
    """Return when `right` is true, or `left` is until `right` is: the least solution, after two rounds backwards."""
    values = [False] * len(left)
    for _ in range(2):
        for moment in reversed(range(len(left))):
            following = moment + 1 if moment + 1 < len(left) else again
            values[moment] = right[moment] or (left[moment] and values[following])
    return values
