"""The definition of linearizability, word by word: every order there is, one operation after the other, no memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refinement.linearizability.history import Operation, Value
from refinement.linearizability.objects import SequentialObject


def orders(
    used: SequentialObject,
    state: Value,
    operations: Sequence[Operation],
    optional: frozenset[int] = frozenset(),
    done: tuple[int, ...] = (),
) -> Iterator[tuple[tuple[int, ...], Value]]:
    """Yield every legal beginning of an order, as indices, with the state that it leads to.

    Nothing comes after an operation that was called when it had returned, and nothing is left out that returned before
    something else was called. Pending operations, and `optional` ones whatever they returned, may be left out.
    """
    yield done, state
    for index, operation in enumerate(operations):
        if index in done or any(_precedes(operation, operations[other]) for other in done):
            continue
        result, after = used.apply(operation.name, operation.argument, state)
        is_free = operation.is_free or index in optional
        if not (is_free or result == operation.result):
            continue
        needed = {i for i, o in enumerate(operations) if _precedes(o, operation) and i not in optional}
        if needed <= set(done):
            yield from orders(used, after, operations, optional, (*done, index))


def is_linearizable(
    used: SequentialObject, initial: Value, operations: Sequence[Operation], optional: frozenset[int] = frozenset()
) -> bool:
    """Return whether some order has every operation that returned, optional ones aside."""
    wanted = {i for i, o in enumerate(operations) if not o.is_pending} - optional
    return any(wanted <= set(done) for done, _ in orders(used, initial, operations, optional))


def states_before(used: SequentialObject, initial: Value, operations: Sequence[Operation], index: int) -> set[Value]:
    """Return every state that an operation may find: after any legal order of operations that can precede it."""
    others = [o for i, o in enumerate(operations) if i != index and not _precedes(operations[index], o)]
    needed = {i for i, o in enumerate(others) if _precedes(o, operations[index])}
    return {state for done, state in orders(used, initial, others) if needed <= set(done)}


def _precedes(first: Operation, second: Operation) -> bool:
    return first.returned is not None and first.returned < second.called
