"""Verdicts on histories. Keys are decided one by one: a history is linearizable if and only if its part on every
object is (Herlihy and Wing, 1990, theorem 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from refinement.linearizability.budget import Budget, LimitReached
from refinement.linearizability.history import History, Operation, Value, by_key
from refinement.linearizability.objects import SequentialObject
from refinement.linearizability.search import Ordered, find_order

CONFIGURATIONS_MAX = 2_000_000
"""Configurations of one key unless asked otherwise: about a gigabyte."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one object saw: the operations on one key."""

    key: Value
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Linearizable:
    """An order for every key, each of which was tried out on the object."""

    orders: Mapping[Value, tuple[Ordered, ...]]
    configurations: int


@dataclass(frozen=True, slots=True)
class NotLinearizable:
    """The keys whose operations cannot be ordered, first operation first. `undetermined` counts undecided keys."""

    parts: tuple[Part, ...]
    configurations: int
    undetermined: int


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Nothing is wrong so far, but the operations on `keys` were not decided within a limit."""

    keys: tuple[Value, ...]
    limit: str
    configurations: int


Decision: TypeAlias = Linearizable | NotLinearizable | Undetermined


def decide(
    history: History,
    object: SequentialObject,
    *,
    configurations: int = CONFIGURATIONS_MAX,
    seconds: float | None = None,
) -> Decision:
    """Return whether a history is linearizable. `configurations` bounds each key, `seconds` all of them."""
    whole = Budget(configurations, seconds)
    initial = initial_of(history, object)
    orders: dict[Value, tuple[Ordered, ...]] = {}
    wrong: list[Part] = []
    undecided: list[tuple[Value, str]] = []
    spent = 0
    for key, operations in by_key(history.operations).items():
        budget = whole.part(configurations)
        try:
            order = find_order(object, initial, operations, budget)
        except LimitReached as limit:
            # The part of a budget knows only the seconds that were left to it.
            is_late = seconds is not None and whole.elapsed_s >= seconds
            undecided.append((key, f"the time limit of {seconds:g} seconds" if is_late else str(limit)))
            continue
        finally:
            spent += budget.spent
        if order is None:
            wrong.append(Part(key, operations))
        else:
            try_out(object, initial, operations, order)
            orders[key] = order
    if wrong:
        return NotLinearizable(tuple(wrong), spent, len(undecided))
    if undecided:
        return Undetermined(tuple(key for key, _ in undecided), undecided[0][1], spent)
    return Linearizable(orders, spent)


def initial_of(history: History, object: SequentialObject) -> Value:
    """Return the state that the object begins in."""
    return history.initial if history.has_initial else object.initial


def try_out(
    object: SequentialObject, initial: Value, operations: Sequence[Operation], order: Sequence[Ordered]
) -> None:
    """Check an order from first principles: every result, every completed operation once, time respected.

    Raises:
        RuntimeError: it is none, which is an error of quorax.

    """
    state, latest_call = initial, -1
    for place in order:
        operation = operations[place.operation]
        result, state = object.apply(operation.name, operation.argument, state)
        latest_call = max(latest_call, operation.called)
        is_late = operation.returned is not None and operation.returned < latest_call
        if is_late or state != place.state or not (operation.is_free or result == operation.result):
            raise RuntimeError(f"the order that was found is none at {operation}")
    placed = [place.operation for place in order]
    missing = {i for i, operation in enumerate(operations) if not operation.is_pending} - set(placed)
    if missing or len(set(placed)) != len(placed):
        raise RuntimeError("the order that was found lacks an operation, or has one twice")
