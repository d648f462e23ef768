"""Searches for an order of the operations on one object that respects time and that the object could have shown.

The algorithm of Jeannette Wing and Chun Gong, "Testing and Verifying Concurrent Objects" (1993), with the memory of
Gavin Lowe, "Testing for Linearizability" (2017): depth first, one operation after the other, among those that were
called before any other operation that is still to be ordered returned; a configuration (which operations are ordered,
state of the object) that led nowhere once is not tried again. Deviations, all tested against all permutations:

- Pending operations stand outside the list, are tried last, and need not be ordered at all. One that would change
  nothing is not tried, and of equal ones the first called is used first. What comes after one would come to something
  else without it; otherwise it is tried without.
- An operation that never changes a state is ordered as soon as its result fits: wherever it stands later in a
  valid order, that order stays valid if it moves to the front. There is no alternative to come back to.
- *Loose* operations (for `minimise.py`) are pending ones that may take effect only before anything is ordered that was
  called after they returned. Of equal ones that may take effect now, the first that no longer may is used first. What
  only observes is not ordered at once where that would end the time of a loose one.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from refinement.linearizability.budget import Budget
from refinement.linearizability.history import Operation, Value, events
from refinement.linearizability.objects import SequentialObject

_MISFIT = -1
_NEVER = sys.maxsize


class Machine:
    """An object with its states and its operations as numbers, every step computed once.

    Operations that take the same and give the same are of one class; unknown results fit whatever they are.
    """

    def __init__(self, object: SequentialObject, initial: Value) -> None:
        self._object = object
        self._classes: dict[tuple[str, Value, bool, Value], int] = {}
        self._calls: list[tuple[str, Value, bool, Value]] = []
        self._numbers: dict[Value, int] = {initial: 0}
        self._steps: dict[tuple[int, int], int] = {}
        self.states: list[Value] = [initial]

    def class_of(self, operation: Operation) -> int:
        """Return the number of the class of an operation."""
        result = None if operation.is_free else operation.result
        call = (operation.name, operation.argument, operation.is_free, result)
        number = self._classes.setdefault(call, len(self._calls))
        if number == len(self._calls):
            self._calls.append(call)
        return number

    def step(self, state: int, number: int) -> int:
        """Return the state after an operation of a class, or -1 if its result does not fit."""
        known = self._steps.get((state, number))
        if known is None:
            known = self._steps[state, number] = self._stepped(state, number)
        return known

    def _stepped(self, state: int, number: int) -> int:
        name, argument, is_free, wanted = self._calls[number]
        result, after = self._object.apply(name, argument, self.states[state])
        if not is_free and result != wanted:
            return _MISFIT
        reached = self._numbers.setdefault(after, len(self.states))
        if reached == len(self.states):
            self.states.append(after)
        return reached

    def observes(self, operation: Operation) -> bool:
        """Return whether an operation never changes a state."""
        return operation.name in self._object.observers


@dataclass(frozen=True, slots=True)
class Ordered:
    """An operation in its place in an order, by its index, and the state after it."""

    operation: int
    state: Value


@dataclass(frozen=True, slots=True)
class Loose:
    """Pending operations by their indices, with the places at which they returned in truth, if they did.

    With `repeats` they may take effect any number of times.
    """

    until: Mapping[int, int | None]
    repeats: bool


def find_order(
    object: SequentialObject,
    initial: Value,
    operations: Sequence[Operation],
    budget: Budget,
    loose: Loose | None = None,
) -> tuple[Ordered, ...] | None:
    """Return an order of the operations that explains all results, or None if there is none.

    It has every operation that returned, and some of the pending ones.

    Raises:
        LimitReached: the budget does not suffice.

    """
    return _Search(object, initial, operations, budget, loose or Loose({}, repeats=False)).run()


@dataclass(slots=True)
class _Frame:
    """A configuration on the way, and what is left to try from it.

    `done` are the completed operations that are ordered, `used` the pending ones, as bits; `latest` is the last call of
    those done.
    """

    candidates: Iterator[tuple[int, int]]
    state: int
    done: int
    used: int
    latest: int
    taken: int = -1


class _Search:
    """The list of events still to pass is doubly linked, by places 1..n of the events; 0 is its head and its end."""

    def __init__(
        self,
        object: SequentialObject,
        initial: Value,
        operations: Sequence[Operation],
        budget: Budget,
        loose: Loose,
    ) -> None:
        self.machine = Machine(object, initial)
        self.budget = budget
        self.classes = [self.machine.class_of(o) for o in operations]
        self.observes = [self.machine.observes(o) for o in operations]
        passing = [(i, back) for _, i, back in events(operations) if not operations[i].is_pending]
        self.places = [at for at, i, _ in events(operations) if not operations[i].is_pending]
        self.operation = [-1, *(i for i, _ in passing)]
        self.returns = [True, *(back for _, back in passing)]
        size = len(passing) + 1
        self.after = [(i + 1) % size for i in range(size)]
        self.before = [(i - 1) % size for i in range(size)]
        self.call_entry = [0] * len(operations)
        self.return_entry = [0] * len(operations)
        for entry in range(1, size):
            (self.return_entry if self.returns[entry] else self.call_entry)[self.operation[entry]] = entry
        self.called = [o.called for o in operations]
        ends = [loose.until.get(i) for i in range(len(operations))]
        self.until = [_NEVER if end is None else end for end in ends]
        self.ends = sorted(end for end in ends if end is not None)
        self.repeating = frozenset(loose.until) if loose.repeats else frozenset[int]()
        self.pending = self._pending(operations)
        self.is_pending = [o.is_pending for o in operations]
        self.bits = self._bits()

    def _pending(self, operations: Sequence[Operation]) -> list[list[int]]:
        """The pending operations that may change something, by class; those that are to be used first, first."""
        groups: dict[int, list[int]] = {}
        for i, operation in enumerate(operations):
            if operation.is_pending and not self.observes[i]:
                groups.setdefault(self.classes[i], []).append(i)
        return [sorted(group, key=lambda i: (self.until[i], i)) for group in groups.values()]

    def _bits(self) -> list[int]:
        """A bit for each operation, in the order of calls; completed and pending ones are numbered apart."""
        counts = {False: 0, True: 0}
        bits: list[int] = []
        for is_pending in self.is_pending:
            bits.append(1 << counts[is_pending])
            counts[is_pending] += 1
        return bits

    def run(self) -> tuple[Ordered, ...] | None:
        """Search depth first."""
        seen: set[tuple[int, int, int, int]] = set()
        stack = [_Frame(self._candidates(0, 0, -1, _MISFIT), 0, 0, 0, -1)]
        while self.after[0]:
            frame = stack[-1]
            found = next(frame.candidates, None)
            if found is None:
                stack.pop()
                if not stack:
                    return None
                self._put_back(stack[-1].taken)
                continue
            index, state = found
            done, used, latest = self._with(frame, index)
            first = (done ^ (done + 1)).bit_length() - 1  # before this one all are done, and need not be kept
            configuration = (first, done >> first, used, state)
            if configuration in seen:
                continue
            seen.add(configuration)
            self.budget.spend()
            frame.taken = index
            self._take(index)
            without = frame.state if self.is_pending[index] else _MISFIT
            stack.append(_Frame(self._candidates(state, used, latest, without), state, done, used, latest))
        states = self.machine.states
        return tuple(Ordered(a.taken, states[b.state]) for a, b in pairwise(stack))

    def _with(self, frame: _Frame, index: int) -> tuple[int, int, int]:
        """What is done, used and latest once one more operation is ordered."""
        if not self.is_pending[index]:
            return frame.done | self.bits[index], frame.used, max(frame.latest, self.called[index])
        return frame.done, frame.used if index in self.repeating else frame.used | self.bits[index], frame.latest

    def _candidates(self, state: int, used: int, latest: int, without: int) -> Iterator[tuple[int, int]]:
        """Yield what may be ordered next, with the state after it.

        `without` is the state but for the operation just ordered if that is pending, else -1.
        """
        step, after = self.machine.step, self.after
        found: list[tuple[int, int]] = []
        entry = after[0]
        while not self.returns[entry]:
            index = self.operation[entry]
            reached = step(state, self.classes[index])
            if reached != _MISFIT and not self._is_same(reached, without, index):
                if self.observes[index] and not self._ends_any(latest, self.called[index]):
                    yield index, reached
                    return
                found.append((index, reached))
            entry = after[entry]
        yield from found
        now = self.places[entry - 1]
        for group in self.pending:
            for index in group:
                if self.called[index] < now and self.until[index] > latest and not used & self.bits[index]:
                    reached = step(state, self.classes[index])
                    if reached not in (state, _MISFIT) and not self._is_same(reached, without, index):
                        yield index, reached
                    break

    def _is_same(self, reached: int, without: int, index: int) -> bool:
        """Return whether an operation leads from another state to the same one."""
        return without != _MISFIT and self.machine.step(without, self.classes[index]) == reached

    def _ends_any(self, latest: int, called: int) -> bool:
        """Return whether ordering an operation that was called at this place keeps a loose one from taking effect."""
        return bisect_right(self.ends, latest) < bisect_left(self.ends, called)

    def _take(self, index: int) -> None:
        if self.is_pending[index]:
            return
        for entry in (self.call_entry[index], self.return_entry[index]):
            self.after[self.before[entry]] = self.after[entry]
            self.before[self.after[entry]] = self.before[entry]

    def _put_back(self, index: int) -> None:
        if self.is_pending[index]:
            return
        for entry in (self.return_entry[index], self.call_entry[index]):
            self.after[self.before[entry]] = entry
            self.before[self.after[entry]] = entry
