"""The interpreter and plain CPython give every reachable state the same steps: two semantics of one text."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from io import StringIO
from itertools import islice
from pathlib import Path
from pdb import Pdb

import pytest

from checker.dsl.compile import compile_model
from checker.dsl.loader import load
from checker.dsl.native import NativeModel, NativeStep
from checker.interp.machine import Cut, Machine, Next
from checker.ir.instance import Setting, build_instance
from checker.ir.types import Value
from tests.dsl.rejected import MODEL
from tests.dsl.zoo import ZOO

STATES_MAX = 250
"""States compared for a model; CPython runs some tens of them a second."""

INSTANCES: dict[str, Mapping[str, Setting]] = {
    "consensus": {"Value": 3},
    "voting": {"Acceptor": 2, "Ballot": 2, "Value": 2},
    "paxos": {"Acceptor": 2, "Ballot": 2, "Value": 2},
    "flexible_paxos": {"Acceptor": 2, "Ballot": 2, "Value": 2, "Q1": 1, "Q2": 2},
    "best_effort_broadcast": {"Process": 2, "Message": 2, "crashes": 1},
    "reliable_broadcast": {"Process": 3, "Message": 1, "crashes": 1},
    "raft": {"Server": 2, "Command": 1, "Term": 3, "LogLength": 1, "elections": 2, "restarts": 1},
    "pbft": {"Replica": 4, "Digest": 2, "Number": 1, "View": 2, "f": 1, "byzantine": ("r1",)},
    "uniform_reliable_broadcast": {"Process": 3, "Message": 1, "crashes": 1},
    "byzantine_reliable_broadcast": {"Process": 4, "Value": 1, "f": 1, "byzantine": ("p4",)},
}

EXHAUSTED = ("consensus", "voting", "paxos", "best_effort_broadcast")
"""Models of which every reachable state is compared."""

MUTANTS = [
    ("paxos", "forget_promise"),
    ("paxos", "half_is_enough"),
    ("paxos", "count_messages"),
    ("voting", "keep_last_vote"),
]

TEXTS: dict[str, tuple[str, Mapping[str, Setting]]] = {
    "small": (MODEL, {"Node": 2, "Term": 2, "Length": 1, "size": 1, "restarts": 1}),
    "zoo": (ZOO, {"Server": 3, "Term": 2, "Length": 1, "f": 1, "restarts": 1, "faulty": 1}),
}


def compare(model: type, settings: Mapping[str, Setting]) -> tuple[int, bool]:
    """Walk the reachable states breadth first and compare steps and properties in each.

    Returns how many states there were, and whether these are all.
    """
    system = compile_model(model)
    instance = build_instance(system, "compared", settings)
    machine, native = Machine(system, instance), NativeModel(model, system, instance)
    initial = list(machine.initial_states())
    assert set(native.initial_states()) == set(initial)
    seen, queue = set(initial), deque(initial)
    compared = 0
    while queue and compared < STATES_MAX:
        state = queue.popleft()
        compared += 1
        outcomes = machine.outcomes(state)
        assert all(isinstance(o, Next | Cut) for o in outcomes)
        expected = Counter(
            (o.action, o.args, len(o.choices), o.state if isinstance(o, Next) else None) for o in outcomes
        )
        steps = list(native.steps(state))
        assert Counter((s.action, s.args, s.choices, s.state) for s in steps) == expected
        compare_properties(machine, native, state, steps)
        for step in steps:
            if step.state is not None and step.state not in seen:
                seen.add(step.state)
                queue.append(step.state)
    return compared, not queue


def compare_properties(
    machine: Machine, native: NativeModel, state: tuple[Value, ...], steps: list[NativeStep]
) -> None:
    for prop in machine.system.properties:
        if prop.kind == "invariant":
            assert machine.evaluate(prop.body, state, {}) == native.holds(prop.name, state), prop.name
        else:
            for step in islice((s for s in steps if s.state is not None), 5):
                assert step.state is not None
                seen = machine.evaluate(prop.body, step.state, {}, old=state)
                assert seen == native.holds(prop.name, step.state, old=state), prop.name


@pytest.mark.parametrize("name", INSTANCES)
def test_both_semantics_agree_on_shipped_models(name: str) -> None:
    loaded = load(name)
    compared, is_all = compare(loaded.model, INSTANCES[name])
    assert compared > 1
    assert is_all == (name in EXHAUSTED)


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_both_semantics_agree_on_mutants(name: str, mutant: str) -> None:
    loaded = load(name)
    compared, _ = compare(loaded.mutant(mutant).model, INSTANCES[name])
    assert compared > 1


@pytest.mark.parametrize("name", TEXTS)
def test_both_semantics_agree_on_a_model_that_uses_every_construct(name: str, tmp_path: Path) -> None:
    text, settings = TEXTS[name]
    path = tmp_path / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    loaded = load(str(path))
    compared, _ = compare(loaded.model, settings)
    assert compared > 40


def test_a_step_can_be_run_in_the_debugger() -> None:
    model = load("paxos").model
    system = compile_model(model)
    native = NativeModel(model, system, build_instance(system, "debugged", INSTANCES["paxos"]))
    (initial,) = native.initial_states()
    screen = StringIO()
    debugger = Pdb(stdin=StringIO("p b\nnext\np self.promised\ncontinue\n"), stdout=screen, nosigint=True, readrc=False)
    debugger.use_rawinput = False
    assert native.debug(initial, "prepare", (1,), (), debugger) == "done"
    assert "paxos.py" in screen.getvalue()
    assert "self.net.send(Prepare(b))" in screen.getvalue()
    assert "{a1: None, a2: None}" in screen.getvalue()
