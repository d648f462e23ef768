"""Histories: operations that clients called on objects, what came back, and in which order that happened.

After Maurice Herlihy and Jeannette Wing, "Linearizability: A Correctness Condition for Concurrent Objects" (1990),
section 2. Time is the order of the events in the file, nothing else: an operation precedes another if it returned
before the other was called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias, Union

Value: TypeAlias = Union[int, float, str, "Word", "tuple[Value, ...]", None]
"""What operations take and give. No bool: Python thinks that True is 1."""


@dataclass(frozen=True, slots=True)
class Word:
    """A name that is no string: true and false, or a keyword of Clojure."""

    text: str


TRUE, FALSE = Word("true"), Word("false")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation. `called` and `returned` are 0-based places in the order of all events of the history.

    `returned` is None for a pending operation, which may have taken effect at any time after it was called, or never;
    its `result` means nothing, unless it is foreseen: then it returns that later, so that it takes effect like that if
    it does. Lines are 1-based lines of the file, 0 where there is none.
    """

    client: str
    name: str
    key: Value
    argument: Value
    result: Value
    called: int
    returned: int | None
    called_line: int = 0
    returned_line: int = 0
    is_foreseen: bool = False

    @property
    def is_pending(self) -> bool:
        return self.returned is None

    @property
    def is_free(self) -> bool:
        """Whether nothing is known of its result."""
        return self.returned is None and not self.is_foreseen

    def until(self, event: int) -> Operation:
        """Return the operation as it was just after an event: still pending, but foreseen, if it returned later."""
        if self.returned is None or self.returned <= event:
            return self
        return replace(self, returned=None, is_foreseen=True)


@dataclass(frozen=True, slots=True)
class History:
    """Operations in the order of their calls. `failed` counts those that are left out: they did not take effect.

    `object` and `initial` are what the file says of the object, empty and None if it does not.
    """

    operations: tuple[Operation, ...]
    failed: int = 0
    object: str = ""
    initial: Value = None
    has_initial: bool = False

    @property
    def pending(self) -> int:
        """How many operations never returned."""
        return sum(operation.is_pending for operation in self.operations)


def by_key(operations: Iterable[Operation]) -> dict[Value, tuple[Operation, ...]]:
    """Return the operations on each key, keys in the order of their first operations."""
    parts: dict[Value, list[Operation]] = {}
    for operation in operations:
        parts.setdefault(operation.key, []).append(operation)
    return {key: tuple(part) for key, part in parts.items()}


def events(operations: Iterable[Operation]) -> Iterator[tuple[int, int, bool]]:
    """Yield (place in the order of events, index of the operation, whether it returns) in that order."""
    found: list[tuple[int, int, bool]] = []
    for index, operation in enumerate(operations):
        found.append((operation.called, index, False))
        if operation.returned is not None:
            found.append((operation.returned, index, True))
    found.sort()
    yield from found


def show(value: Value) -> str:
    """Return a value as a person reads it."""
    match value:
        case None:
            return "nil"
        case Word():
            return value.text
        case str():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(show(v) for v in value)}]"
        case _:
            return str(value)


_SILENT = frozenset({"write", "enqueue", "put", "append"})
"""Operations whose result says nothing."""


def tells(operation: Operation) -> bool:
    """Return whether there is a result to speak of."""
    return not operation.is_free and operation.name not in _SILENT


def show_call(operation: Operation) -> str:
    """Return what was called: `write 4`, `cas 1 2`, `get "x"`."""
    words = operation.argument if isinstance(operation.argument, tuple) else (operation.argument,)
    shown = [] if operation.argument is None and operation.name not in ("write", "put") else [show(w) for w in words]
    return " ".join((operation.name, *shown))


def count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
