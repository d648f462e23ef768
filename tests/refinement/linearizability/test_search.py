"""The search and the frontier say what the definition says, on thousands of small histories."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refinement.linearizability.budget import Budget
from refinement.linearizability.decide import try_out
from refinement.linearizability.frontier import find_misfit
from refinement.linearizability.history import Operation
from refinement.linearizability.objects import OBJECTS, SequentialObject
from refinement.linearizability.search import find_order
from tests.refinement.linearizability.brute_force import is_linearizable
from tests.refinement.linearizability.random_histories import ARGUMENTS, corpus, histories

Case = tuple[SequentialObject, tuple[Operation, ...]]

by_object = pytest.mark.parametrize("used", OBJECTS.values(), ids=OBJECTS)


def agrees(used: SequentialObject, operations: tuple[Operation, ...]) -> bool:
    """Compare both searches with the definition; try out an order that is found. Return the verdict."""
    order = find_order(used, used.initial, operations, Budget(100_000))
    misfit = find_misfit(used, used.initial, operations, Budget(100_000))
    expected = is_linearizable(used, used.initial, operations)
    assert (order is not None) == expected
    assert (misfit is None) == expected
    if order is not None:
        try_out(used, used.initial, operations, order)
    return expected


@by_object
@settings(max_examples=700, deadline=None)
@given(data=st.data())
def test_searches_agree_with_all_permutations(used: SequentialObject, data: st.DataObject) -> None:
    agrees(used, data.draw(histories(used, 6)))


def test_searches_agree_on_a_fixed_corpus_with_both_verdicts() -> None:
    verdicts = Counter((used.name, agrees(used, operations)) for used, operations in corpus(1, 4000, 6))
    assert all(verdicts[name, verdict] > 100 for name in OBJECTS for verdict in (True, False)), verdicts


def test_the_two_searches_agree_on_longer_histories() -> None:
    verdicts: Counter[bool] = Counter()
    for used, operations in corpus(2, 1200, 14):
        order = find_order(used, used.initial, operations, Budget(1_000_000))
        assert (find_misfit(used, used.initial, operations, Budget(1_000_000)) is None) == (order is not None)
        if order is not None:
            try_out(used, used.initial, operations, order)
        verdicts[order is not None] += 1
    assert min(verdicts.values()) > 100, verdicts


@by_object
def test_observers_change_no_state_and_every_operation_is_total(used: SequentialObject) -> None:
    states = {used.initial}
    for _ in range(3):
        for state in tuple(states):
            for name, shape in used.operations.items():
                for argument in ARGUMENTS[shape]:
                    _, after = used.apply(name, argument, state)
                    assert after == state or name not in used.observers
                    states.add(after)
    assert len(states) > 3
    assert used.observers < used.operations.keys()


def test_a_pending_operation_may_take_effect_or_not() -> None:
    register = OBJECTS["register"]
    write = Operation("a", "write", None, 1, None, 0, None)
    for result in (None, 1):
        agreed = agrees(register, (write, Operation("b", "read", None, None, result, 1, 2)))
        assert agreed
    twice = (Operation("b", "read", None, None, 1, 1, 2), Operation("b", "read", None, None, None, 3, 4))
    assert not agrees(register, (write, *twice))
    assert not agrees(
        register, (Operation("b", "read", None, None, 1, 0, 1), Operation("a", "write", None, 1, None, 2, None))
    )
