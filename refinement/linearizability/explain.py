"""Explains why the operations on an object cannot be ordered: what fits nowhere, what it found, and what is enough."""

from __future__ import annotations

from dataclasses import dataclass

from refinement.linearizability.budget import Budget, LimitReached
from refinement.linearizability.decide import CONFIGURATIONS_MAX, Part
from refinement.linearizability.frontier import Misfit, find_misfit
from refinement.linearizability.history import Operation, Value, show, show_call, tells
from refinement.linearizability.minimise import Core, minimise
from refinement.linearizability.objects import SequentialObject
from refinement.linearizability.search import Ordered, find_order

STATES_MAX = 6
"""States that a sentence lists."""

TEXT_MAX = 48
"""Characters of a value that a sentence shows."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation in an order, and the state after it."""

    operation: Operation
    state: Value


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the operations on `key` cannot be ordered.

    `operations` are those called until the misfit returned, as they looked then; indices in `misfit` and `core` are
    theirs. `prefix` is an order of the history until just before, in which the misfit is still pending.
    """

    object: SequentialObject
    initial: Value
    key: Value
    operations: tuple[Operation, ...]
    misfit: Misfit
    prefix: tuple[Placed, ...]
    core: Core

    @property
    def culprit(self) -> Operation:
        """The operation that fits nowhere."""
        return self.operations[self.misfit.operation]

    @property
    def rival(self) -> Operation | None:
        """The operation that has no place wherever the misfit has one."""
        conflict = self.misfit.conflict
        return None if conflict is None else self.operations[conflict.operation]

    @property
    def chance(self) -> int | None:
        """The number of steps of `prefix` after which the culprit's result would last have fitted; None if never."""
        culprit, states = self.culprit, (self.initial, *(step.state for step in self.prefix))
        for steps in reversed(range(len(states))):
            if self.object.apply(culprit.name, culprit.argument, states[steps])[0] == culprit.result:
                return steps
        return None

    @property
    def kept(self) -> tuple[Operation, ...]:
        """The operations of the core."""
        return tuple(self.operations[i] for i in self.core.kept)


def explain(
    part: Part, object: SequentialObject, initial: Value, budget: Budget | None = None
) -> Explanation | LimitReached:
    """Return why the operations on a key, which have no order, have none; or the limit that left this open.

    Raises:
        RuntimeError: an order exists after all, which is an error of quorax.

    """
    try:
        return _explained(part, object, initial, budget or Budget(CONFIGURATIONS_MAX))
    except LimitReached as limit:
        return limit


def _explained(part: Part, object: SequentialObject, initial: Value, budget: Budget) -> Explanation:
    misfit = find_misfit(object, initial, part.operations, budget)
    if misfit is None:
        raise RuntimeError(f"two searches disagree on key {show(part.key)}")
    called = [operation for operation in part.operations if operation.called < misfit.event]
    before = tuple(operation.until(misfit.event - 1) for operation in called)
    prefix = find_order(object, initial, before, budget)
    if prefix is None:
        raise RuntimeError(f"two searches disagree on the beginning of key {show(part.key)}")
    operations = tuple(operation.until(misfit.event) for operation in called)
    core = minimise(object, initial, operations, misfit.operation, budget)
    spared = _sparing(object, initial, before, prefix)
    return Explanation(object, initial, part.key, operations, misfit, spared, core)


def _sparing(
    object: SequentialObject, initial: Value, operations: tuple[Operation, ...], order: tuple[Ordered, ...]
) -> tuple[Placed, ...]:
    """Return an order without the pending operations that it can do without."""
    sequence = [operations[place.operation] for place in order]
    for i in reversed(range(len(sequence))):
        if sequence[i].is_pending and _states_after(object, initial, [*sequence[:i], *sequence[i + 1 :]]) is not None:
            del sequence[i]
    states = _states_after(object, initial, sequence)
    assert states is not None, "an order explains all results"
    return tuple(map(Placed, sequence, states))


def _states_after(object: SequentialObject, initial: Value, sequence: list[Operation]) -> list[Value] | None:
    """Return the state after each operation, or None if a result is another one."""
    states: list[Value] = []
    state = initial
    for operation in sequence:
        result, state = object.apply(operation.name, operation.argument, state)
        if not operation.is_free and result != operation.result:
            return None
        states.append(state)
    return states


def sentences(explanation: Explanation) -> tuple[str, ...]:
    """Return the explanation in one sentence, or in two where another operation is in the way."""
    culprit, misfit = explanation.culprit, explanation.misfit
    subject = subject_of(explanation.key)
    found = _states(misfit.states)
    if culprit.name not in explanation.object.observers:
        results = {explanation.object.apply(culprit.name, culprit.argument, state)[0] for state in misfit.states}
        found += f", where it returns {_states(tuple(sorted(results, key=show)))}"
    rival, conflict = explanation.rival, misfit.conflict
    if rival is None or conflict is None:
        return (f"{told(culprit)}, but every order of the operations that can precede it leaves {subject} in {found}",)
    returned = f", which returned {clipped(show(rival.result))}," if tells(rival) else ""
    return (
        f"{told(culprit)}, which fits only where {_who(rival)}{returned} fits nowhere: it would find {subject} "
        f"in {_states(conflict.states)}",
        f"after {_who(rival)}, every order leaves {subject} in {found}",
    )


def subject_of(key: Value) -> str:
    """Return what sentences call the object of a key."""
    return "the object" if key is None else show(key)


def told(operation: Operation) -> str:
    """Return who called what, and what it returned."""
    who = _who(operation)
    return f"{who} returned {clipped(show(operation.result))}" if tells(operation) else who


def _who(operation: Operation) -> str:
    return f"{clipped(show_call(operation))} by {operation.client}"


def _states(states: tuple[Value, ...]) -> str:
    shown = [clipped(show(state)) for state in states[:STATES_MAX]]
    more = len(states) - len(shown)
    return f"{{{', '.join(shown)}{f', and {more:,} more' if more else ''}}}"


def clipped(text: str) -> str:
    """Return a text without its middle, if it is long: what differs is mostly at its end."""
    if len(text) <= TEXT_MAX:
        return text
    return f"{text[: TEXT_MAX // 3]}…{text[-(TEXT_MAX - TEXT_MAX // 3) :]}"
