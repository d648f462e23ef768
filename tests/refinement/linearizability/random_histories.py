"""Random histories of few operations on one object: most nearly linearizable, so that both verdicts are common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from hypothesis import strategies as st

from refinement.linearizability.history import FALSE, TRUE, Operation, Value
from refinement.linearizability.objects import OBJECTS, SequentialObject

Pick = Callable[[int], int]
"""Returns a number from 0 to its argument, exclusive."""

ARGUMENTS: dict[str, Sequence[Value]] = {
    "none": (None,),
    "value": (1, 2, 3),
    "text": ("a", "b"),
    "pair": ((1, 2), (2, 1), (None, 1), (2, 3)),
}
RESULTS: dict[str, Sequence[Value]] = {
    "register": (None, 1, 2, 3),
    "cas": (None, 1, 2, 3, TRUE, FALSE),
    "queue": (None, 1, 2, 3),
    "kv": ("", "a", "b", "ab", "ba"),
}


def history(pick: Pick, used: SequentialObject, size: int) -> tuple[Operation, ...]:
    """Return a history of at most `size` operations.

    Each takes effect when it is called or when it returns, on an object that is really there; some results are then
    replaced, and some operations never return.
    """
    operations: list[Operation] = []
    returned: dict[int, tuple[int, Value]] = {}
    results: dict[int, Value] = {}
    running: list[int] = []
    state = used.initial
    names = sorted(used.operations)
    for place in range(2 * size):
        if len(operations) < size and (not running or pick(2)):
            name = names[pick(len(names))]
            arguments = ARGUMENTS[used.operations[name]]
            index, argument = len(operations), arguments[pick(len(arguments))]
            operations.append(Operation(f"c{index}", name, None, argument, None, place, None, place + 1))
            running.append(index)
            if pick(2):
                results[index], state = used.apply(name, argument, state)
        elif running:
            index = running.pop(pick(len(running)))
            operation = operations[index]
            if index not in results:
                results[index], state = used.apply(operation.name, operation.argument, state)
            wrong = RESULTS[used.name]
            is_wrong = operation.name in ("read", "get", "dequeue", "cas") and not pick(3)
            if pick(6):
                returned[index] = (place, wrong[pick(len(wrong))] if is_wrong else results[index])
    ends = [returned.get(i, (None, None)) for i in range(len(operations))]
    return tuple(
        Operation(o.client, o.name, None, o.argument, result, o.called, end, o.called_line, (end or -1) + 1)
        for o, (end, result) in zip(operations, ends, strict=True)
    )


@st.composite
def histories(draw: st.DrawFn, used: SequentialObject, size: int) -> tuple[Operation, ...]:
    """Draw a history on an object."""
    return history(lambda below: draw(st.integers(0, below - 1)), used, draw(st.integers(1, size)))


def corpus(seed: int, count: int, size: int) -> list[tuple[SequentialObject, tuple[Operation, ...]]]:
    """Return histories on all objects in turn, the same for the same seed."""
    chance = Random(seed)
    objects = sorted(OBJECTS.values(), key=lambda o: o.name)
    return [
        (objects[i % len(objects)], history(chance.randrange, objects[i % len(objects)], size)) for i in range(count)
    ]
