"""Everything an explanation claims is true by the definition, on random small histories."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refinement.linearizability.budget import Budget, LimitReached
from refinement.linearizability.decide import Part
from refinement.linearizability.explain import Explanation, explain, sentences
from refinement.linearizability.history import Operation, Value
from refinement.linearizability.minimise import loosened
from refinement.linearizability.objects import OBJECTS, SequentialObject
from refinement.linearizability.search import find_order
from tests.refinement.linearizability.brute_force import is_linearizable, orders, states_before
from tests.refinement.linearizability.random_histories import corpus, histories


def explained(used: SequentialObject, operations: tuple[Operation, ...]) -> Explanation:
    found = explain(Part(None, operations), used, used.initial)
    assert isinstance(found, Explanation)
    return found


def check(used: SequentialObject, operations: tuple[Operation, ...]) -> Explanation:
    """Check every claim of the explanation of a history that is not linearizable."""
    why = explained(used, operations)
    check_beginning(why, operations)
    check_states(why)
    check_core(why)
    return why


def check_beginning(why: Explanation, operations: tuple[Operation, ...]) -> None:
    """There is an order until just before the misfit returned, and there is none from then on."""
    used, event = why.object, why.misfit.event
    before = tuple(o.until(event - 1) for o in operations if o.called < event)
    assert why.operations == tuple(o.until(event) for o in operations if o.called < event)
    assert why.culprit.returned == event
    assert not is_linearizable(used, used.initial, why.operations)
    found = {tuple(before[i] for i in done): state for done, state in orders(used, used.initial, before)}
    steps = tuple(step.operation for step in why.prefix)
    assert found[steps] == (why.prefix[-1].state if why.prefix else used.initial)
    assert {o for o in before if not o.is_pending} <= set(steps)


def check_states(why: Explanation) -> None:
    """The misfit finds just the states that are named, and its result fits in none of them."""
    used, culprit, conflict, rival = why.object, why.culprit, why.misfit.conflict, why.rival
    operations = list(why.operations)
    if conflict is not None and rival is not None:
        assert rival.returned is not None
        check_rival(why, rival, conflict.states)
        # What is said next is about all orders in which the rival has returned before the misfit is called.
        operations = [replace(o, called=o.called * 10, returned=o.returned and o.returned * 10) for o in operations]
        operations[why.misfit.operation] = replace(operations[why.misfit.operation], called=rival.returned * 10 + 5)
    assert set(why.misfit.states) == states_before(used, used.initial, operations, why.misfit.operation)
    assert all(fits_not(used, culprit, state) for state in why.misfit.states)


def check_rival(why: Explanation, rival: Operation, states: tuple[Value, ...]) -> None:
    """Where the misfit has a place before the rival returns, the rival finds just the states that are named."""
    used, event = why.object, rival.returned
    assert event is not None
    early = [replace(o.until(event), called=o.called * 10) for o in why.operations if o.called < event]
    early = [replace(o, returned=o.returned and o.returned * 10) for o in early]
    assert not early[why.misfit.operation].returned
    early[why.misfit.operation] = replace(why.culprit, called=why.culprit.called * 10, returned=event * 10 - 5)
    assert not is_linearizable(used, used.initial, early)
    index = why.operations.index(rival)
    others = [o for i, o in enumerate(early) if i != index]
    completed = {i for i, o in enumerate(others) if not o.is_pending}
    found = {state for done, state in orders(used, used.initial, others) if completed <= set(done)}
    assert set(states) == found
    assert all(fits_not(used, rival, state) for state in states)


def fits_not(used: SequentialObject, operation: Operation, state: Value) -> bool:
    return used.apply(operation.name, operation.argument, state)[0] != operation.result


def check_core(why: Explanation) -> None:
    """The kept operations have no order, whatever the others do; and not one of them can be spared."""
    used, kept = why.object, set(why.core.kept)
    assert why.misfit.operation in kept
    others = [o for i, o in enumerate(why.operations) if i not in kept and o.name not in used.observers]
    repeated = [*others, *others] if used.forgets and len(others) < 3 else others
    together = (*why.kept, *repeated)
    optional = frozenset(range(len(why.kept), len(together)))
    assert not is_linearizable(used, used.initial, together, optional)
    assert why.core.is_minimal
    for index in kept - {why.misfit.operation}:
        loose, how = loosened(used, why.operations, kept - {index})
        assert find_order(used, used.initial, loose, Budget(100_000), how) is not None


@pytest.mark.parametrize("used", OBJECTS.values(), ids=OBJECTS)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_every_claim_is_true(used: SequentialObject, data: st.DataObject) -> None:
    operations = data.draw(histories(used, 5))
    if not is_linearizable(used, used.initial, operations):
        check(used, operations)


def test_every_claim_is_true_on_a_fixed_corpus_with_all_kinds_of_explanations() -> None:
    kinds: Counter[tuple[str, bool]] = Counter()
    for used, operations in corpus(3, 8000, 6):
        if not is_linearizable(used, used.initial, operations):
            why = check(used, operations)
            kinds[used.name, why.rival is not None] += 1
            assert len(sentences(why)) == (2 if why.rival else 1)
    assert all(kinds[name, False] > 50 for name in OBJECTS), kinds
    assert sum(count for (_, has_rival), count in kinds.items() if has_rival) > 40, kinds


def stale_read() -> tuple[Operation, ...]:
    """Two writes, a read of the second, and a read of the first."""
    return (
        Operation("c1", "write", "x", 1, None, 0, 2),
        Operation("c2", "write", "x", 2, None, 1, 7),
        Operation("c3", "read", "x", None, 2, 3, 4),
        Operation("c1", "read", "x", None, 1, 5, 6),
    )


def test_a_stale_read_is_told_in_a_sentence() -> None:
    why = explain(Part("x", stale_read()), OBJECTS["register"], 0)
    assert isinstance(why, Explanation)
    assert sentences(why) == (
        'read by c1 returned 1, but every order of the operations that can precede it leaves "x" in {2}',
    )
    assert [o.client for o in why.kept] == ["c3", "c1"]
    assert why.chance == 1


def test_an_operation_that_fits_only_where_another_does_not_is_told_in_two() -> None:
    operations = (
        Operation("c1", "enqueue", None, 1, None, 0, 1),
        Operation("c2", "dequeue", None, None, 1, 2, 5),
        Operation("c3", "dequeue", None, None, 1, 3, 4),
    )
    assert sentences(explained(OBJECTS["queue"], operations)) == (
        "dequeue by c2 returned 1, which fits only where dequeue by c3, which returned 1, fits nowhere: "
        "it would find the object in {[]}",
        "after dequeue by c3, every order leaves the object in {[]}, where it returns {nil}",
    )


def test_an_explanation_that_takes_too_long_is_none() -> None:
    found = explain(Part("x", stale_read()), OBJECTS["register"], 0, Budget(1))
    assert isinstance(found, LimitReached)
    assert str(found) == "the limit of 1 configurations"
