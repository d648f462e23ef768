"""Finds few operations that are enough to show that a history is not linearizable.

Leaving out operations at will would show something else: without the write of 4 a read of 4 fits nowhere, whatever was
wrong before. So an operation is never left out but *loosened*, which only ever makes more orders possible: one that
changes no state is dropped; any other may take effect while it runs or not at all, and for objects that forget even
more than once. What cannot be ordered with all others loosened cannot be ordered at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from refinement.linearizability.budget import Budget, LimitReached
from refinement.linearizability.history import Operation, Value
from refinement.linearizability.objects import SequentialObject
from refinement.linearizability.search import Loose, find_order

_CONFIGURATIONS_PER_TRIAL = 20_000
_EFFORT_MAX = 500_000
"""Configurations and operations that all trials may look at, together: some seconds."""

_RECENT_MIN = 4


@dataclass(frozen=True, slots=True)
class Core:
    """Indices of the operations that are kept. `is_minimal` says that loosening any one more would allow an order."""

    kept: tuple[int, ...]
    is_minimal: bool


def loosened(
    object: SequentialObject, operations: Sequence[Operation], kept: set[int]
) -> tuple[tuple[Operation, ...], Loose]:
    """Return the operations with all but some loosened, and how."""
    found: list[Operation] = []
    until: dict[int, int | None] = {}
    for i, operation in enumerate(operations):
        if i in kept:
            found.append(operation)
        elif operation.name not in object.observers:
            until[len(found)] = operation.returned
            found.append(replace(operation, returned=None, result=None, is_foreseen=False))
    return tuple(found), Loose(until, object.forgets)


def minimise(
    object: SequentialObject, initial: Value, operations: Sequence[Operation], misfit: int, budget: Budget
) -> Core:
    """Return few operations, the misfit among them, that cannot be ordered even if all others are loosened.

    Larger pieces are tried before single operations, as in Andreas Zeller and Ralf Hildebrandt, "Simplifying and
    Isolating Failure-Inducing Input" (2002). Loosening can only add orders, so that what failed once fails for good,
    and one pass over the single operations is enough.
    """
    return _Minimiser(object, initial, operations, misfit, budget).core()


class _Minimiser:
    def __init__(
        self, object: SequentialObject, initial: Value, operations: Sequence[Operation], misfit: int, budget: Budget
    ) -> None:
        self.object = object
        self.initial = initial
        self.operations = operations
        self.misfit = misfit
        self.budget = budget
        self.effort = 0
        self.is_sure = True

    def core(self) -> Core:
        kept = self._recent()
        size = len(kept)
        while size:
            candidates = sorted(kept - {self.misfit})
            for start in range(0, len(candidates), size):
                piece = set(candidates[start : start + size])
                if self._is_impossible(kept - piece, is_single=size == 1):
                    kept -= piece
            size //= 2
        return Core(tuple(sorted(kept)), self.is_sure)

    def _recent(self) -> set[int]:
        """Return the operations that were called last, as few as are impossible: in a long history, a fraction."""
        everything = range(len(self.operations))
        size = _RECENT_MIN
        while size < len(everything):
            kept = {*everything[-size:], self.misfit}
            if self._is_impossible(kept, is_single=False):
                return kept
            size *= 2
        return set(everything)

    def _is_impossible(self, kept: set[int], *, is_single: bool) -> bool:
        """Return whether there surely is no order. What is not decided stays as it is."""
        if self.effort <= _EFFORT_MAX:
            trial = self.budget.part(_CONFIGURATIONS_PER_TRIAL)
            operations, loose = loosened(self.object, self.operations, kept)
            try:
                return find_order(self.object, self.initial, operations, trial, loose) is None
            except LimitReached:
                pass
            finally:
                self.effort += trial.spent + len(self.operations)
        self.is_sure = self.is_sure and not is_single
        return False
