"""Random formulas, words and graphs with fairness, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import get_args

from checker.temporal.formula import Atom, Binary, BinaryOperator, Formula, Unary, UnaryOperator
from checker.temporal.graph import FairGraph, fair_graph

ATOMS = ("p", "q", "r")


def some_formula(chance: Random, size: int, atoms: Sequence[str] = ATOMS) -> Formula:
    """Return a formula with about so many operators."""
    if size <= 0:
        return Atom(chance.choice(atoms))
    if chance.random() < 0.5:
        operator: UnaryOperator = chance.choice(get_args(UnaryOperator))
        return Unary(operator, some_formula(chance, size - 1, atoms))
    binary: BinaryOperator = chance.choice(get_args(BinaryOperator))
    left = chance.randrange(size)
    return Binary(binary, some_formula(chance, left, atoms), some_formula(chance, size - 1 - left, atoms))


def some_word(chance: Random, atoms: Sequence[str] = ATOMS) -> tuple[list[frozenset[str]], int]:
    """Return an infinite word: its first moments, and the one that comes after the last of them."""
    length = chance.randrange(1, 7)
    word = [frozenset(a for a in atoms if chance.random() < 0.5) for _ in range(length)]
    return word, chance.randrange(length)


def some_graph(chance: Random, states: int, constraints: int, atoms: int = len(ATOMS)) -> FairGraph:
    """Return a graph in which what an edge serves is enabled where it begins, and sometimes more is."""
    edges = [
        (chance.randrange(states), chance.randrange(states), some_set(chance, constraints, 0.3))
        for _ in range(chance.randrange(3 * states + 1))
    ]
    enabled = [some_set(chance, constraints, 0.15) for _ in range(states)]
    driven = 1 if constraints and chance.random() < 0.7 else 0  # a constraint that each edge serves: no stuttering
    edges = [(source, target, label | driven) for source, target, label in edges]
    for source, target, label in edges:
        if source != target:
            enabled[source] |= label
    return fair_graph(
        sorted(chance.sample(range(states), min(states, chance.randrange(1, 3)))),
        [some_set(chance, atoms, 0.4) for _ in range(states)],
        enabled,
        edges,
        weak=some_set(chance, constraints, 0.5) | driven,
        strong=some_set(chance, constraints, 0.3),
    )


def some_set(chance: Random, size: int, share: float) -> int:
    """Return a set of numbers below `size`, each with the probability `share`."""
    return sum(1 << i for i in range(size) if chance.random() < share)
