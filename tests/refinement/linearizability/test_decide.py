"""Whole histories: keys are decided one by one, limits leave them open, public histories have their known verdicts."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from refinement.linearizability.decide import Linearizable, NotLinearizable, Undetermined, decide, try_out
from refinement.linearizability.explain import Explanation, explain
from refinement.linearizability.history import History, Operation, Value, by_key
from refinement.linearizability.objects import OBJECTS
from refinement.linearizability.read import read_history
from refinement.linearizability.search import Ordered
from tests.refinement.linearizability.brute_force import is_linearizable
from tests.refinement.linearizability.random_histories import corpus

PUBLIC = Path(__file__).parent.parent.parent.parent.parent / "shared" / "data" / "porcupine"
NAMED = {"c10-ok.txt": "true", "c10-bad.txt": "false"}
"""Public histories whose verdict is their name."""


def known_verdicts() -> dict[str, str]:
    """Return the known verdicts of the public histories; none where they are not beside the repository."""
    table = PUBLIC / "verdicts.tsv"
    if not table.is_file():
        return {}
    rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:])
    return {**{row[0]: row[1] for row in rows}, **NAMED}


@pytest.mark.skipif(not known_verdicts(), reason="the public histories are not in ../shared/data/porcupine")
def test_public_histories_have_their_known_verdicts_and_are_explained() -> None:
    for name, verdict in known_verdicts().items():
        history, used = read_history(PUBLIC / name)
        decision = decide(history, used)
        assert isinstance(decision, Linearizable if verdict == "true" else NotLinearizable), name
        if isinstance(decision, NotLinearizable):
            why = explain(decision.parts[0], used, used.initial)
            assert isinstance(why, Explanation)
            assert why.core.is_minimal
            assert len(why.core.kept) <= 5, name


def big_history(operations: int, keys: int) -> History:
    """Return a linearizable history of reads and writes by ten clients."""
    chance = Random(5)
    values: dict[Value, Value] = {}
    running: dict[str, tuple[str, Value, Value, Value, int]] = {}
    found: list[Operation] = []
    place = 0
    while len(found) < operations:
        client = f"c{chance.randrange(10)}"
        if client in running:
            name, key, argument, result, called = running.pop(client)
            found.append(Operation(client, name, key, argument, result, called, place))
        else:
            key, name = chance.randrange(keys), chance.choice(("read", "write"))
            argument = chance.randrange(1000) if name == "write" else None
            if argument is not None:
                values[key] = argument
            running[client] = (name, key, argument, None if name == "write" else values.get(key), place)
        place += 1
    return History(tuple(sorted(found, key=lambda o: o.called)))


def test_a_history_of_ten_thousand_operations_takes_hardly_more_configurations_than_operations() -> None:
    decision = decide(big_history(10_000, 100), OBJECTS["register"])
    assert isinstance(decision, Linearizable)
    assert decision.configurations < 11_000
    assert len(decision.orders) == 100


def test_keys_are_objects_of_their_own() -> None:
    def at(key: str, operations: tuple[Operation, ...], offset: int) -> list[Operation]:
        return [
            Operation(o.client, o.name, key, o.argument, o.result, o.called * 7 + offset,
                      None if o.returned is None else o.returned * 7 + offset)
            for o in operations
        ]  # fmt: skip

    cases = [case for case in corpus(4, 400, 5) if case[0].name == "cas"]
    seen = set()
    for (used, left), (_, right) in zip(cases, reversed(cases), strict=True):
        together = sorted([*at("x", left, 0), *at("y", right, 3)], key=lambda o: o.called)
        decision = decide(History(tuple(together)), used)
        wrong = [key for key, part in (("x", left), ("y", right)) if not is_linearizable(used, None, part)]
        found = sorted(str(part.key) for part in decision.parts) if isinstance(decision, NotLinearizable) else []
        assert found == wrong
        assert isinstance(decision, NotLinearizable if wrong else Linearizable)
        seen.add(tuple(wrong))
    assert len(seen) == 4


def test_keys_come_in_the_order_of_their_first_operations() -> None:
    history = big_history(60, 5)
    firsts = [o.key for o in history.operations]
    assert list(by_key(history.operations)) == list(dict.fromkeys(firsts))


def test_a_limit_leaves_open_what_is_not_decided() -> None:
    history = big_history(200, 4)
    few = decide(history, OBJECTS["register"], configurations=10)
    assert isinstance(few, Undetermined)
    assert (len(few.keys), few.limit) == (4, "the limit of 10 configurations")
    late = decide(history, OBJECTS["register"], seconds=1e-9)
    assert isinstance(late, Undetermined)
    assert late.limit == "the time limit of 1e-09 seconds"


def test_what_is_wrong_is_wrong_even_if_something_else_is_open() -> None:
    wrong = Operation("a", "read", "wrong", None, 1, 0, 1)
    hard = [Operation(f"c{i}", "write", "hard", i, None, 10 + i, 30 + i) for i in range(8)]
    decision = decide(History((wrong, *hard)), OBJECTS["register"], configurations=3)
    assert isinstance(decision, NotLinearizable)
    assert ([part.key for part in decision.parts], decision.undetermined) == (["wrong"], 1)


WRITE, READ = Operation("a", "write", None, 1, None, 0, 1), Operation("b", "read", None, None, 1, 2, 3)


@pytest.mark.parametrize(
    "order",
    [
        (Ordered(1, None), Ordered(0, 1)),
        (Ordered(0, 1),),
        (Ordered(0, 1), Ordered(1, 1), Ordered(1, 1)),
        (Ordered(0, 2), Ordered(1, 2)),
    ],
    ids=["against time", "incomplete", "twice", "another state"],
)
def test_an_order_that_is_none_is_not_believed(order: tuple[Ordered, ...]) -> None:
    try_out(OBJECTS["register"], None, (WRITE, READ), (Ordered(0, 1), Ordered(1, 1)))
    with pytest.raises(RuntimeError):
        try_out(OBJECTS["register"], None, (WRITE, READ), order)
