"""Whether a value fits the declared type of the place it is stored in: integers in range, sequences within capacity.

The front end has checked everything else about types. Records are checked field by field when they are made, so that a
record that exists fits wherever its type is declared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from checker.diagnostics import Span
from checker.interp.errors import ModelError
from checker.ir.instance import Instance
from checker.ir.types import BagType, IntType, MapType, OptionType, SeqType, SetType, Type, Value
from checker.ir.values import ordered

Fault: TypeAlias = tuple[str, str]
"""The code and the message of a value that does not fit."""

Fits: TypeAlias = Callable[[Value], Fault | None]
"""Returns what is wrong with a value, or None if it fits."""


def fits(kind: Type, instance: Instance) -> Fits | None:
    """Return the test for values stored as `kind`, or None where every value of the type fits."""
    match kind:
        case IntType(low, high):
            return _in_range(instance.bound(low), instance.bound(high))
        case OptionType(inner):
            test = fits(inner, instance)
            return None if test is None else lambda value: None if value is None else test(value)
        case SeqType(element, capacity):
            return _within_capacity(fits(element, instance), instance.bound(capacity), kind)
        case MapType(_, element):
            return _each(fits(element, instance))
        case SetType(element):
            return _each_of_set(fits(element, instance))
        case BagType():
            return None  # messages, checked when they were made
        case _:
            return None


def store_check(kind: Type, instance: Instance, place: str, span: Span) -> Callable[[Value], None] | None:
    """Return what raises `ModelError` (R010, R011) for a value that does not fit `place`, or None if all values fit."""
    test = fits(kind, instance)
    if test is None:
        return None

    def check(value: Value) -> None:
        fault = test(value)
        if fault is not None:
            code, message = fault
            raise ModelError(span, code, f"{place}: {message}", _HELP[code])

    return check


_HELP = {
    "R010": "guard the step with a require, or declare a wider range",
    "R011": "append one element at a time, which is cut at the bound, or declare a larger capacity",
}


def _in_range(low: int | None, high: int | None) -> Fits | None:
    if low is None and high is None:
        return None

    def test(value: Value) -> Fault | None:
        if (low is None or low <= value) and (high is None or value <= high):
            return None
        return "R010", f"{value} is not in {'' if low is None else low}..{'' if high is None else high}"

    return test


def _within_capacity(element: Fits | None, capacity: int | None, kind: SeqType) -> Fits | None:
    if capacity is None:
        return _each(element)
    each = _each(element)

    def test(value: Value) -> Fault | None:
        if len(value) > capacity:
            return "R011", f"{len(value)} elements are more than {capacity}, the capacity of {kind}"
        return None if each is None else each(value)

    return test


def _each(element: Fits | None) -> Fits | None:
    if element is None:
        return None
    return lambda values: next((fault for fault in map(element, values) if fault is not None), None)


def _each_of_set(element: Fits | None) -> Fits | None:
    if element is None:
        return None
    return lambda values: next((fault for fault in map(element, ordered(values)) if fault is not None), None)
