"""Canonical order, fast enough to be asked for at every quantifier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from checker.ir.types import BoolType, EnumType, IntType, OrderType, SortType, Type, Value
from checker.ir.values import sort_key

KEYS_MAX = 65_536
"""Sort keys kept at a time, per type."""


class _Keys(dict[Value, Any]):
    """The sort keys of the values met lately."""

    def __missing__(self, value: Value) -> Any:
        if len(self) >= KEYS_MAX:
            self.clear()
        key = self[value] = sort_key(value)
        return key


class Ordering:
    """Sorts values of one type as `checker.ir.values.ordered` does.

    Keys are kept per type, because Python takes True for 1 where the language does not.
    """

    def __init__(self, element: Type) -> None:
        self._is_plain = isinstance(element, BoolType | IntType | EnumType | SortType | OrderType)
        self._key = _Keys().__getitem__

    def __call__(self, values: Iterable[Value]) -> tuple[Value, ...]:
        """Return the values in canonical order."""
        return tuple(sorted(values) if self._is_plain else sorted(values, key=self._key))
