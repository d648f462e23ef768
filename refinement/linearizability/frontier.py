"""Finds where a history stops being linearizable: the first return for which no order of the operations is left.

Goes through the events in their order and keeps every configuration that the object may be in, ordering operations no
earlier than a return demands: just-in-time linearization, as in Lowe (2017). It shares the steps of the
object with `search.py` but not the search, so that each confirms what the other finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refinement.linearizability.budget import Budget
from refinement.linearizability.history import Operation, Value, events, show
from refinement.linearizability.objects import SequentialObject
from refinement.linearizability.search import Machine

_Configuration = tuple[int, int]
"""Which of the open operations are ordered, as bits, and the number of the state."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another operation that is left without a place wherever the misfit has one: all it could find are `states`."""

    operation: int
    states: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first operation that fits nowhere, by its index; its return is at place `event`.

    `states` are all states that the object may be in when it takes effect: in any order of operations that may come
    before it, or, with a conflict, in any that has the other operation before it.
    """

    operation: int
    event: int
    states: tuple[Value, ...]
    conflict: Conflict | None


def find_misfit(
    object: SequentialObject, initial: Value, operations: Sequence[Operation], budget: Budget
) -> Misfit | None:
    """Return where the operations stop being linearizable, or None if they never do.

    Raises:
        LimitReached: the budget does not suffice.

    """
    found = _Frontier(object, initial, operations, budget, watched=-1).run()
    if found is None:
        return None
    return _Frontier(object, initial, operations, budget, watched=found.operation).run()


class _Frontier:
    """`watched` is the operation that will be found to be the misfit, on the second run."""

    def __init__(
        self, object: SequentialObject, initial: Value, operations: Sequence[Operation], budget: Budget, watched: int
    ) -> None:
        self.machine = Machine(object, initial)
        self.operations = operations
        self.budget = budget
        self.watched = watched
        self.classes = [self.machine.class_of(o) for o in operations]
        self.observes = [self.machine.observes(o) for o in operations]
        self.open: list[int] = []
        self.tried: set[int] = set()
        self.conflict: Conflict | None = None

    def run(self) -> Misfit | None:
        configurations: set[_Configuration] = {(0, 0)}
        for at, index, is_return in events(self.operations):
            if not is_return:
                self.open.append(index)
                continue
            kept = self._until_ordered(configurations, index)
            if not kept:
                return Misfit(index, at, self._values(self.tried), self.conflict)
            configurations = {(mask ^ 1 << index, state) for mask, state in kept}
            self.open.remove(index)
        return None

    def _until_ordered(self, configurations: set[_Configuration], index: int) -> set[_Configuration]:
        """Return the configurations in which an operation is ordered, just after it was."""
        kept: set[_Configuration] = set()
        refused: set[int] = set()
        seen, todo = set(configurations), list(configurations)
        watched = 1 << self.watched if self.watched >= 0 else 0
        while todo:
            mask, state = todo.pop()
            if mask >> index & 1:
                kept.add((mask, state))
                continue
            self.budget.spend()
            if mask & watched:
                refused.add(state)
            elif watched and self.watched in self.open:
                self.tried.add(state)
            for reached in self._successors(mask, state):
                if reached not in seen:
                    seen.add(reached)
                    todo.append(reached)
        if refused and not any(mask & watched for mask, _ in kept):
            self.conflict = Conflict(index, self._values(refused))
            self.tried.clear()
        return kept

    def _successors(self, mask: int, state: int) -> list[_Configuration]:
        found: list[_Configuration] = []
        used_up: set[int] = set()
        for j in self.open:
            if mask >> j & 1:
                continue
            number = self.classes[j]
            reached = self.machine.step(state, number)
            if reached < 0:
                continue
            if self.operations[j].is_pending:
                if reached == state or number in used_up:
                    continue
                used_up.add(number)
            elif self.observes[j]:
                return [(mask | 1 << j, state)]
            found.append((mask | 1 << j, reached))
        return found

    def _values(self, states: set[int]) -> tuple[Value, ...]:
        """The states, shortest first."""
        values = [self.machine.states[state] for state in states]
        return tuple(sorted(values, key=lambda v: (len(show(v)), show(v))))
