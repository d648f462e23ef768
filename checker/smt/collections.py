"""Operations on sets and sequences whose contents are not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal as OneOf
from typing import assert_never

from checker.ir.types import SeqType, Type, Value
from checker.smt.circuit import FALSE, TRUE, Circuit, Literal
from checker.smt.values import NOTHING, Algebra, Copies, Items, Scalar, Symbol

Literals = Mapping[Value, Literal]
"""The elements that a set may have, each with whether it has it."""


def combined(
    circuit: Circuit, operator: OneOf["union", "intersection", "difference"], left: Literals, right: Literals
) -> dict[Value, Literal]:
    """Return a union, intersection or difference."""
    match operator:
        case "union":
            values = dict.fromkeys((*left, *right))
            return {v: circuit.either(left.get(v, FALSE), right.get(v, FALSE)) for v in values}
        case "intersection":
            return {v: circuit.both(literal, right[v]) for v, literal in left.items() if v in right}
        case "difference":
            return {v: circuit.both(literal, -right.get(v, FALSE)) for v, literal in left.items()}
        case _:
            assert_never(operator)


def within(circuit: Circuit, left: Literals, right: Literals, *, strict: bool) -> Literal:
    """Return whether a set is part of another: a smaller part, if `strict`."""
    inside = circuit.conjunction(circuit.either(-literal, right.get(v, FALSE)) for v, literal in left.items())
    if not strict:
        return inside
    more = circuit.disjunction(circuit.both(literal, -left.get(v, FALSE)) for v, literal in right.items())
    return circuit.both(inside, more)


def distinct(algebra: Algebra, elements: Iterable[tuple[Symbol, Literal]]) -> dict[Value, Literal]:
    """Return the values among some elements, each with whether it is there."""
    found: dict[Value, list[Literal]] = {}
    for element, guard in elements:
        for value, literal in algebra.concrete(element).alternatives.items():
            found.setdefault(value, []).append(algebra.circuit.both(guard, literal))
    return {value: algebra.circuit.disjunction(literals) for value, literals in found.items()}


def best(
    circuit: Circuit, guards: Sequence[Literal], keys: Sequence[Scalar], *, greatest: bool
) -> dict[Value, Literal]:
    """Return for each key whether it is the best of those that are there."""
    having: dict[Value, list[Literal]] = {}
    for guard, key in zip(guards, keys, strict=True):
        for value, literal in key.alternatives.items():
            having.setdefault(value, []).append(circuit.both(guard, literal))
    found: dict[Value, Literal] = {}
    none_yet = TRUE
    for value in sorted(having, reverse=greatest):
        there = circuit.disjunction(having[value])
        found[value] = circuit.both(there, none_yet)
        none_yet = circuit.both(none_yet, -there)
    return found


def interval(algebra: Algebra, low: Scalar, high: Scalar) -> list[tuple[Symbol, Literal]]:
    """Return the integers that may be between two numbers, the second one excluded, each with whether it is."""
    if not low.alternatives or not high.alternatives:
        return []
    both, less = algebra.circuit.both, algebra.less
    numbers = (Scalar({value: TRUE}) for value in range(min(low.alternatives), max(high.alternatives)))
    return [(one, both(less(low, one, strict=False), less(one, high, strict=True))) for one in numbers]


def size(algebra: Algebra, whole: Symbol, kind: Type) -> Scalar:
    """Return the number of elements of a collection of a type, of a bag with its copies."""
    if whole is NOTHING:
        return NOTHING
    if isinstance(whole, Copies):
        return algebra.added(whole.counts.values())
    if isinstance(kind, SeqType):
        return Scalar(algebra.items(whole).lengths)
    return algebra.count(algebra.members(whole).members.values())


def joined(algebra: Algebra, left: Items, right: Items) -> Items:
    """Return one sequence after the other."""
    lengths = algebra.combined(Scalar(left.lengths), Scalar(right.lengths), lambda a, b: a + b)
    items: list[Scalar] = []
    for i in range(max(lengths.alternatives, default=0)):
        branches: list[tuple[Literal, Symbol]] = []
        if i < len(left.items):
            branches.append((algebra.longer(left, i), left.items[i]))
        for length, literal in left.lengths.items():
            if 0 <= i - length < len(right.items):
                branches.append((literal, right.items[i - length]))
        items.append(algebra.concrete(algebra.select(branches)))
    return Items(lengths.alternatives, tuple(items))


def part(algebra: Algebra, whole: Items, low: Scalar, high: Scalar) -> tuple[Items, Literal]:
    """Return the items from `low` up to `high`, and whether those are places of the sequence."""
    lengths, zero = Scalar(whole.lengths), Scalar({0: TRUE})
    is_right = algebra.circuit.conjunction(
        algebra.less(a, b, strict=False) for a, b in ((zero, low), (low, high), (high, lengths))
    )
    made = algebra.combined(low, high, lambda a, b: b - a if 0 <= a <= b <= len(whole.items) else -1)
    made, _ = algebra.without(made, lambda length: length < 0)
    items: list[Scalar] = []
    for i in range(max(made.alternatives, default=0)):
        places = [(a, whole.items[p + i]) for p, a in low.alternatives.items() if 0 <= p + i < len(whole.items)]
        items.append(algebra.concrete(algebra.select(places)))
    return Items(made.alternatives, tuple(items)), is_right
