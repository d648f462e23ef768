"""The broadcasts keep what they promise, and best-effort broadcast promises no more than it says."""

from __future__ import annotations

import pytest

from checker.dsl.loader import load
from checker.trace.verdict import Reached, Unreached
from tests.models.runs import Walk, explore, reach, steps


def test_best_effort_broadcast_leaves_correct_processes_apart_after_four_steps() -> None:
    verdict = reach(load("best_effort_broadcast").system, "correct_differ", Process=3, Message=1, crashes=1)
    assert isinstance(verdict, Reached)
    assert [step.action for step in verdict.trace.steps] == ["send", "crash", "receive", "deliver"]


def test_with_two_processes_best_effort_broadcast_is_reliable() -> None:
    settings = {"Process": 2, "Message": 1, "crashes": 2}
    assert reach(load("best_effort_broadcast").system, "correct_differ", **settings) == Unreached()


@pytest.mark.parametrize("processes", [2, 3])
def test_a_flooded_message_takes_n_times_n_minus_one_sends(processes: int) -> None:
    report = explore(load("reliable_broadcast").system, Process=processes, Message=1, crashes=0)
    sends = processes * (processes - 1)
    assert report.complete
    assert report.counts.depth == 2 * sends + processes, "every copy is sent and received, and every process delivers"


def test_a_relay_rescues_a_message_that_its_sender_crashed_in_the_midst_of() -> None:
    settings = {"Process": 3, "Message": 1, "crashes": 1}
    assert steps(reach(load("reliable_broadcast").system, "rescued", **settings)) == 7


def test_two_messages_of_one_sender_are_two_messages() -> None:
    walk = Walk(load("best_effort_broadcast").system, Process=2, Message=2, crashes=0, origin=("p1", "p1"))
    walk.go("send(p1, m1, p2)", "receive(p2, Data(m1, p1, p2))", "deliver(p2, m1)")
    walk.go("send(p1, m2, p2)", "receive(p2, Data(m2, p1, p2))", "deliver(p2, m2)")
    assert "deliver(p2, m1)" not in walk.offers()


def test_a_uniform_delivery_waits_for_a_majority() -> None:
    walk = Walk(load("uniform_reliable_broadcast").system, Process=3, Message=1, crashes=1)
    assert "deliver(p1, m1)" not in walk.offers(), "only p1 itself has its message"
    walk.go("send(p1, m1, p2)", "receive(p2, Data(m1, p1, p2))")
    assert "deliver(p2, m1)" in walk.offers(), "p1 and p2 have it"
    assert "deliver(p1, m1)" not in walk.offers(), "p1 does not know yet"
    walk.go("send(p2, m1, p1)", "receive(p1, Data(m1, p2, p1))")
    assert "deliver(p1, m1)" in walk.offers()


def test_a_uniform_broadcast_never_loses_a_majority() -> None:
    walk = Walk(load("uniform_reliable_broadcast").system, Process=3, Message=1, crashes=2)
    walk.go("crash(p1)")
    assert not any(step.startswith("crash") for step in walk.offers())
