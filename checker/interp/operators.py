"""The operators of the language, given the closures of their operands: no scopes, no binding.

Operands are evaluated from left to right. Whatever is undefined raises `ModelError` at the span of the expression.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, assert_never

from checker.diagnostics import Span
from checker.interp.domains import KeyOf
from checker.interp.errors import ModelError
from checker.ir.types import Value

Frame: TypeAlias = Sequence[Value]
"""The values of the state variables, followed by those of the state before the step where there is one."""

Slots: TypeAlias = list[Value]
"""The values of the local names."""

Code: TypeAlias = Callable[[Frame, Slots], Value]


def both(operands: tuple[Code, ...]) -> Code:
    """Return the conjunction of the operands."""
    match operands:
        case ():
            return lambda _s, _x: True
        case (one,):
            return one
        case (first, *others):
            rest = both(tuple(others))
            return lambda s, x: first(s, x) and rest(s, x)
        case _:
            raise AssertionError


def either(operands: tuple[Code, ...]) -> Code:
    """Return the disjunction of the operands."""
    match operands:
        case ():
            return lambda _s, _x: False
        case (one,):
            return one
        case (first, *others):
            rest = either(tuple(others))
            return lambda s, x: first(s, x) or rest(s, x)
        case _:
            raise AssertionError


def negation(operand: Code) -> Code:
    """Return `not operand`."""
    return lambda s, x: not operand(s, x)


def equal(left: Code, right: Code) -> Code:
    """Return `left == right`; values of one type are equal if their representations are."""
    return lambda s, x: left(s, x) == right(s, x)


def less(left: Code, right: Code, *, strict: bool) -> Code:
    """Return `left < right`, or `left <= right` unless strict."""
    if strict:
        return lambda s, x: left(s, x) < right(s, x)
    return lambda s, x: left(s, x) <= right(s, x)


def choice(condition: Code, then: Code, orelse: Code) -> Code:
    """Return `then if condition else orelse`, of which only one is evaluated."""
    return lambda s, x: then(s, x) if condition(s, x) else orelse(s, x)


def field(target: Code, place: int) -> Code:
    """Return a field of a record of a known kind."""
    return lambda s, x: target(s, x)[place]


def field_of_any(target: Code, name: str, places: dict[str, int], span: Span) -> Code:
    """Return a field of what may be None or one of several variants; `places` says where each of them has it."""

    def run(s: Frame, x: Slots) -> Value:
        record = target(s, x)
        if record is None:
            raise ModelError(span, "R001", f"None has no field {name}", "test `is not None` first")
        place = places.get(record[0])
        if place is None:
            raise ModelError(span, "R002", f"{record[0]} has no field {name}", "test isinstance first")
        return record[place]

    return run


def unwrap(target: Code, span: Span) -> Code:
    """Return the value of an option."""

    def run(s: Frame, x: Slots) -> Value:
        value = target(s, x)
        if value is None:
            raise ModelError(span, "R001", "a value is needed here, this is None", "test `is not None` first")
        return value

    return run


def is_variant(target: Code, record: str) -> Code:
    """Return whether a record is of a variant; None is of none."""

    def run(s: Frame, x: Slots) -> Value:
        value = target(s, x)
        return value is not None and value[0] == record

    return run


def entry(target: Code, key: Code, place: KeyOf | None, span: Span) -> Code:
    """Return the value of a map at a key."""
    if place is None:
        return lambda s, x: target(s, x)[key(s, x)]

    def run(s: Frame, x: Slots) -> Value:
        values = target(s, x)
        value = key(s, x)
        found = place(value)
        if found is None:
            raise ModelError(span, "R009", f"the map has no key {value}", "test the range of the key first")
        return values[found]

    return run


def element(target: Code, key: Code, span: Span) -> Code:
    """Return an element of a sequence."""

    def run(s: Frame, x: Slots) -> Value:
        sequence = target(s, x)
        index = key(s, x)
        if not 0 <= index < len(sequence):
            raise outside(index, len(sequence), span)
        return sequence[index]

    return run


def outside(index: int, length: int, span: Span) -> ModelError:
    """Return the error of an index that a sequence does not have."""
    return ModelError(
        span, "R003", f"index {index} of a sequence of {length}", "test the length first; indexes count from 0"
    )


def part(sequence: Code, low: Code | None, high: Code | None, span: Span) -> Code:
    """Return a slice of a sequence."""

    def run(s: Frame, x: Slots) -> Value:
        values = sequence(s, x)
        first = 0 if low is None else low(s, x)
        end = len(values) if high is None else high(s, x)
        if not 0 <= first <= end <= len(values):
            raise ModelError(
                span, "R004", f"slice {first}:{end} of a sequence of {len(values)}", "test the length first"
            )
        return values[first:end]

    return run


def concatenation(left: Code, right: Code) -> Code:
    """Return one sequence after the other."""
    return lambda s, x: left(s, x) + right(s, x)


def record(name: str, args: tuple[Code, ...], checks: tuple[Callable[[Value], None] | None, ...]) -> Code:
    """Return a record whose fields pass their checks."""
    if not any(checks):
        return lambda s, x: (name, *[arg(s, x) for arg in args])

    def run(s: Frame, x: Slots) -> Value:
        values = [arg(s, x) for arg in args]
        for value, check in zip(values, checks, strict=True):
            if check is not None:
                check(value)
        return (name, *values)

    return run


def sequence(args: tuple[Code, ...]) -> Code:
    """Return a sequence of given elements."""
    return lambda s, x: tuple([arg(s, x) for arg in args])


def set_of(args: tuple[Code, ...]) -> Code:
    """Return a set of given elements."""
    return lambda s, x: frozenset([arg(s, x) for arg in args])


def set_operation(operator: Literal["union", "intersection", "difference"], left: Code, right: Code) -> Code:
    """Return a union, intersection or difference of sets."""
    match operator:
        case "union":
            return lambda s, x: left(s, x) | right(s, x)
        case "intersection":
            return lambda s, x: left(s, x) & right(s, x)
        case "difference":
            return lambda s, x: left(s, x) - right(s, x)
        case _:
            assert_never(operator)


def subset(left: Code, right: Code, *, strict: bool) -> Code:
    """Return `left <= right` over sets, or `left < right` if strict."""
    if strict:
        return lambda s, x: left(s, x) < right(s, x)
    return lambda s, x: left(s, x) <= right(s, x)


def covers(collection: Code, quorums: tuple[frozenset[int], ...]) -> Code:
    """Return whether a set contains a quorum."""

    def run(s: Frame, x: Slots) -> Value:
        members = collection(s, x)
        return any(quorum <= members for quorum in quorums)

    return run


def only(collection: Code, span: Span) -> Code:
    """Return the single element of a collection."""

    def run(s: Frame, x: Slots) -> Value:
        values = frozenset(collection(s, x))
        if len(values) != 1:
            raise ModelError(span, "R008", f"only(...) of {len(values)} elements", "test that there is exactly one")
        (value,) = values
        return value

    return run


def arithmetic(operator: Literal["+", "-", "*", "//", "%"], left: Code, right: Code, span: Span) -> Code:
    """Return an operation on integers."""
    match operator:
        case "+":
            return lambda s, x: left(s, x) + right(s, x)
        case "-":
            return lambda s, x: left(s, x) - right(s, x)
        case "*":
            return lambda s, x: left(s, x) * right(s, x)
        case "//" | "%":
            return _division(operator, left, right, span)
        case _:
            assert_never(operator)


def _division(operator: Literal["//", "%"], left: Code, right: Code, span: Span) -> Code:
    def run(s: Frame, x: Slots) -> Value:
        dividend, divisor = left(s, x), right(s, x)
        if divisor == 0:
            raise ModelError(span, "R005", f"{dividend} {operator} 0", "test that the divisor is not 0")
        return dividend // divisor if operator == "//" else dividend % divisor

    return run
