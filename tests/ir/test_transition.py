"""The transition form of an action comes to the same as its statements."""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.interp.machine import Machine, Next
from checker.ir.instance import Setting, build_instance
from checker.ir.steps import Check, Definition
from checker.ir.system import System
from checker.ir.transition import initial_form, transition_form
from tests.interp.small import system_of
from tests.ir.everything import CHOICES, LOGS, LOOPS
from tests.ir.generate import instances, states, systems
from tests.ir.transitions import Reader, assert_same


def explore_both(system: System, most: int = 3_000, **bounds: Setting) -> tuple[int, Counter[str]]:
    """Compare the forms in the reachable states, breadth first; return how many states and outcomes there were."""
    machine = Machine(system, build_instance(system, "test", bounds))
    reader = Reader(transition_form(system), machine)
    pending = deque(machine.initial_states())
    seen = set(pending)
    met: Counter[str] = Counter()
    compared = 0
    while pending and compared < most:
        state = pending.popleft()
        assert_same(machine, reader, state)
        compared += 1
        for outcome in machine.outcomes(state):
            met[f"{outcome.action} {type(outcome).__name__}"] += 1
            if isinstance(outcome, Next) and outcome.state not in seen:
                seen.add(outcome.state)
                pending.append(outcome.state)
    return compared, met


BUNDLED = [
    ("consensus", {"Value": 3}, 4),
    ("voting", {"Acceptor": 2, "Ballot": 2, "Value": 2}, 57),
    ("paxos", {"Acceptor": 2, "Ballot": 2, "Value": 2}, 145),
    ("best_effort_broadcast", {"Process": 3, "Message": 1, "crashes": 1}, 128),
    ("uniform_reliable_broadcast", {"Process": 2, "Message": 1, "crashes": 1}, 10),
    ("raft", {"Server": 2, "Term": 2, "Command": 1, "LogLength": 1, "elections": 2, "restarts": 1}, 54),
    ("pbft", {"Replica": 4, "Digest": 2, "View": 1, "Number": 1, "f": 1, "byzantine": 1}, 72),
    ("byzantine_reliable_broadcast", {"Process": 4, "Value": 1, "f": 1, "byzantine": 1}, 595),
    pytest.param(
        "pbft",
        {"Replica": 4, "Digest": 1, "View": 2, "Number": 1, "f": 1, "byzantine": 1},
        1_777,
        marks=pytest.mark.deep,
    ),
]


@pytest.mark.parametrize(("name", "bounds", "count"), BUNDLED, ids=lambda v: v if isinstance(v, str) else "")
def test_both_forms_of_a_bundled_model_agree_in_every_reachable_state(
    name: str, bounds: dict[str, Setting], count: int
) -> None:
    assert explore_both(load(name).system, **bounds)[0] == count


SMALL: list[tuple[str, dict[str, Setting], set[str]]] = [
    (LOGS, {"Server": 2, "Term": 2, "Limit": 2}, {"change Failure", "change Next", "truncate Cut", "write Cut"}),
    (LOOPS, {"Server": 2, "Limit": 1, "pings": 2}, {"level Next", "meet Next", "ping Cut", "pong Next", "read Next"}),
    (LOOPS, {"Server": 3, "Limit": 2, "pings": 2}, {"level Next", "meet Next", "ping Next", "lose Next", "read Next"}),
    (CHOICES, {"Server": 3, "Term": 2, "Limit": 2, "tries": 3}, {"add Failure", "move Cut", "move Next", "renew Next"}),
]
"""Models of every kind of statement, with outcomes that have to be among those compared."""


@pytest.mark.parametrize(("text", "bounds", "wanted"), SMALL, ids=["logs", "loops", "more loops", "choices"])
def test_both_forms_agree_on_every_kind_of_statement(
    text: str, bounds: dict[str, Setting], wanted: set[str], tmp_path: Path
) -> None:
    _, met = explore_both(system_of(text, tmp_path), 400, **bounds)
    assert wanted <= met.keys()


@pytest.mark.parametrize(("name", "bounds"), [(name, bounds) for name, bounds, _ in BUNDLED[:-1]], ids=str)
def test_the_initial_form_gives_the_initial_states(name: str, bounds: dict[str, Setting]) -> None:
    system = load(name).system
    machine = Machine(system, build_instance(system, "test", bounds))
    reader = Reader((initial_form(system),), machine)
    blank = tuple(machine.instance.budgets.get(v.name, frozenset()) for v in system.variables)
    assert {result[3] for result in reader.results(blank)} == set(machine.initial_states())


def test_initial_states_are_chosen_as_the_initial_actions_choose(tmp_path: Path) -> None:
    system = system_of(CHOICES, tmp_path)
    machine = Machine(system, build_instance(system, "test", {"Server": 3, "Term": 2, "Limit": 2, "tries": 1}))
    results = Reader((initial_form(system),), machine).results((None, None, None, 1))
    assert {result[3] for result in results} == set(machine.initial_states())
    assert len(results) == 6


def test_a_value_that_is_written_and_read_again_has_a_name() -> None:
    (accept,) = (t for t in transition_form(load("raft").system) if t.name == "accept_entries")
    names = [step.name for step in accept.steps if isinstance(step, Definition)]
    assert names == ["new_log", "new_log_2", "last_index", "commit.index"]


def test_checks_come_in_program_order() -> None:
    (timeout,) = (t for t in transition_form(load("raft").system) if t.name == "timeout")
    stops = [(step.kind, step.bound) for step in timeout.steps if isinstance(step, Check) and step.kind != "error"]
    assert stops == [("disabled", ""), ("cut", "elections"), ("cut", "Term")]


def test_a_short_local_is_replaced_by_its_value() -> None:
    (promise,) = (t for t in transition_form(load("paxos").system) if t.name == "promise")
    assert not any(isinstance(step, Definition) for step in promise.steps)


def test_what_an_action_leaves_alone_has_no_update() -> None:
    updates = {t.name: [u.variable for u in t.updates] for t in transition_form(load("paxos").system)}
    assert updates["promise"] == ["promised", "net"]
    assert updates["restart"] == []


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_both_forms_of_a_random_system_agree_in_any_state(data: st.DataObject) -> None:
    system = data.draw(systems())
    instance = data.draw(instances(system))
    try:
        transitions = transition_form(system)
    except QuoraxError as problem:
        assume("E002" not in str(problem))
        raise
    machine = Machine(system, instance)
    reader = Reader(transitions, machine)
    for state in data.draw(st.lists(states(system, instance), min_size=1, max_size=4)):
        assert_same(machine, reader, state)
