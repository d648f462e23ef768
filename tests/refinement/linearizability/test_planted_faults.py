"""The comparison with all permutations sees faults: each that is planted in a search makes it disagree somewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from refinement.linearizability import frontier, search
from refinement.linearizability.budget import Budget, LimitReached
from refinement.linearizability.decide import try_out
from refinement.linearizability.history import Operation
from refinement.linearizability.minimise import loosened
from refinement.linearizability.objects import OBJECTS, SequentialObject
from tests.refinement.linearizability.brute_force import is_linearizable
from tests.refinement.linearizability.random_histories import corpus

SEARCH_FAULTS = {
    "memory forgets the state": ("(first, done >> first, used, state)", "(first, done >> first, used, 0)"),
    "every operation is an observer": ("if self.observes[index] and", "if"),
    "pending operations never take effect": ("for group in self.pending:", "for group in self.pending[:0]:"),
    "pending operations take effect before their calls": ("self.called[index] < now and ", ""),
    "a pending operation takes effect twice": (" and not used & self.bits[index]", ""),
    "nothing comes after a pending operation": (
        "self.machine.step(without, self.classes[index]) == reached",
        "not self.observes[index]",
    ),
    "results are not compared": ("if not is_free and result != wanted", "if False"),
    "results of pending operations are compared": ("if not is_free and result", "if result"),
    "real time is not respected": (
        "while not self.returns[entry]:",
        "while entry and not self.returns[0 * entry + 1]:",
    ),
    "the call of an operation is not put back": (
        "(self.return_entry[index], self.call_entry[index])",
        "(self.return_entry[index],)",
    ),
}
FRONTIER_FAULTS = {
    "returned operations stay in the configuration": ("{(mask ^ 1 << index, state)", "{(mask, 0)"),
    "one configuration is enough": ("kept.add((mask, state))", "kept = {(mask, state)}"),
    "every operation is an observer": ("elif self.observes[j]:", "else:"),
    "pending operations never take effect": ("if reached == state or", "if True or"),
}
FORESEEN_FAULTS = {
    "a result that does not fit is taken for a step": ("reached not in (state, _MISFIT)", "reached != state"),
    "results that are returned later are unknown": ("operation.is_free, result)", "operation.is_pending, result)"),
}
LOOSE_FAULTS = {
    "loose operations take effect at any time": ("self.until[index] > latest and ", ""),
    "observers end the time of loose operations": (" and not self._ends_any(latest, self.called[index])", ""),
}

LATE = (
    Operation("a", "write", None, 2, None, 0, 1),
    Operation("a", "write", None, 1, None, 2, 3),
    Operation("b", "read", None, None, 1, 4, 9),
    Operation("c", "write", None, 2, None, 5, 10),
    Operation("d", "read", None, None, 2, 6, 11),
)
"""The last read fits at once, but then the second write, if it is loosened, comes too late for the first."""

CORPUS = [*corpus(6, 1500, 5), (OBJECTS["register"], LATE)]
BUDGET = 2_000


def planted(module: ModuleType, old: str, new: str) -> ModuleType:
    """Return a copy of a module with a fault."""
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is not in {module.__name__} just once"
    copy = ModuleType(f"{module.__name__}_with_a_fault")
    sys.modules[copy.__name__] = copy  # dataclasses look there
    try:
        exec(compile(text.replace(old, new), copy.__name__, "exec"), copy.__dict__)
    finally:
        del sys.modules[copy.__name__]
    return copy


def search_disagrees(module: ModuleType, used: SequentialObject, operations: tuple[Operation, ...]) -> bool:
    try:
        order = module.find_order(used, used.initial, operations, Budget(BUDGET))
        if order is not None:
            try_out(used, used.initial, operations, order)
    except (LimitReached, RuntimeError, IndexError):
        return True
    return (order is not None) != is_linearizable(used, used.initial, operations)


def frontier_disagrees(module: ModuleType, used: SequentialObject, operations: tuple[Operation, ...]) -> bool:
    found = module.find_misfit(used, used.initial, operations, Budget(BUDGET))
    return (found is None) != is_linearizable(used, used.initial, operations)


def foreseen_disagrees(module: ModuleType, used: SequentialObject, operations: tuple[Operation, ...]) -> bool:
    """Compare every beginning of a history, with what is returned later foreseen, with the definition."""
    beginnings = (
        tuple(o.until(event) for o in operations if o.called <= event)
        for event in {o.returned for o in operations if o.returned is not None}
    )
    return any(search_disagrees(module, used, beginning) for beginning in beginnings)


def loose_disagrees(module: ModuleType, used: SequentialObject, operations: tuple[Operation, ...]) -> bool:
    """Compare histories in which one operation is loosened with the definition.

    With several, or with pending ones, a loosened operation has more freedom than an optional one. A register of five
    operations needs an effect twice at most; of a `cas` that is not so.
    """
    if used.name == "cas" or any(o.is_pending for o in operations):
        return False
    return any(
        one_loose_disagrees(module, used, operations, index)
        for index, operation in enumerate(operations)
        if operation.name not in used.observers
    )


def one_loose_disagrees(
    module: ModuleType, used: SequentialObject, operations: tuple[Operation, ...], index: int
) -> bool:
    loose, how = loosened(used, operations, set(range(len(operations))) - {index})
    order = module.find_order(used, used.initial, loose, Budget(BUDGET), how)
    copies = (*operations, operations[index]) if used.forgets else operations
    optional = frozenset({index, len(copies) - 1} if used.forgets else {index})
    return (order is not None) != is_linearizable(used, used.initial, copies, optional)


CHECKS = {
    **{f"search: {name}": (search, search_disagrees, *fault) for name, fault in SEARCH_FAULTS.items()},
    **{f"frontier: {name}": (frontier, frontier_disagrees, *fault) for name, fault in FRONTIER_FAULTS.items()},
    **{f"foreseen: {name}": (search, foreseen_disagrees, *fault) for name, fault in FORESEEN_FAULTS.items()},
    **{f"loose: {name}": (search, loose_disagrees, *fault) for name, fault in LOOSE_FAULTS.items()},
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_planted_fault_is_seen(name: str) -> None:
    module, disagrees, old, new = CHECKS[name]
    faulty = planted(module, old, new)
    assert any(disagrees(faulty, used, operations) for used, operations in CORPUS)


@pytest.mark.parametrize("module", [search, frontier], ids=["search", "frontier"])
def test_without_a_fault_nothing_disagrees(module: ModuleType) -> None:
    checks: Iterator[bool] = (
        disagrees(module, used, operations)
        for disagrees in (search_disagrees, frontier_disagrees, foreseen_disagrees, loose_disagrees)
        if (disagrees is frontier_disagrees) == (module is frontier)
        for used, operations in CORPUS
    )
    assert not any(checks)
