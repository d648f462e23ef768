"""Paxos does what the papers say, in behaviours chosen step by step.

Three acceptors; ballot 0 belongs to a first proposer with value v1, ballot 1 to a second one with v2.
"""

from __future__ import annotations

import pytest

from checker.dsl.loader import load
from tests.models.runs import Walk

V1, V2 = 0, 1

FIRST_VOTE = (
    "prepare(0)",
    "promise(a1, Prepare(0))",
    "promise(a2, Prepare(0))",
    "propose(0, v1, {a1, a2})",
    "accept(a1, Accept(0, v1))",
)
"""The first proposer gets one vote, from a1, and is heard of no more."""

SECOND_LEADS_WITHOUT_A1 = ("prepare(1)", "promise(a2, Prepare(1))", "promise(a3, Prepare(1))")
V2_IS_CHOSEN = (
    *SECOND_LEADS_WITHOUT_A1,
    "propose(1, v2, {a2, a3})",
    "accept(a2, Accept(1, v2))",
    "accept(a3, Accept(1, v2))",
)


@pytest.fixture
def walk() -> Walk:
    return Walk(load("paxos").system, Acceptor=3, Ballot=3, Value=2)


def proposals(walk: Walk, ballot: int) -> set[str]:
    return {step for step in walk.offers() if step.startswith(f"propose({ballot}")}


def test_a_leader_that_hears_of_a_vote_proposes_its_value(walk: Walk) -> None:
    walk.go(*FIRST_VOTE, "prepare(1)", "promise(a1, Prepare(1))", "promise(a3, Prepare(1))")
    assert proposals(walk, 1) == {"propose(1, v1, {a1, a3})"}
    walk.go("propose(1, v1, {a1, a3})", "accept(a1, Accept(1, v1))", "accept(a3, Accept(1, v1))")
    assert walk.holds("chosen", V1)
    assert walk.holds("reproposed")


def test_a_leader_that_hears_of_no_vote_may_propose_another_value(walk: Walk) -> None:
    walk.go(*FIRST_VOTE, *SECOND_LEADS_WITHOUT_A1)
    assert proposals(walk, 1) == {"propose(1, v1, {a2, a3})", "propose(1, v2, {a2, a3})"}
    walk.go("propose(1, v2, {a2, a3})", "accept(a2, Accept(1, v2))", "accept(a3, Accept(1, v2))")
    assert walk.holds("chosen", V2)
    assert walk.holds("outvoted"), "a1 still holds its vote for v1, which counts for nothing"


def test_after_one_vote_either_value_may_still_be_chosen(walk: Walk) -> None:
    walk.go(*FIRST_VOTE)
    assert not walk.holds("decided")
    again = Walk(walk.system, Acceptor=3, Ballot=3, Value=2).go(*FIRST_VOTE)
    assert walk.go("accept(a2, Accept(0, v1))").holds("chosen", V1)
    assert again.go(*V2_IS_CHOSEN).holds("chosen", V2)


@pytest.mark.parametrize("other", ["a2", "a3"])
def test_an_acceptor_that_comes_back_with_an_old_vote_does_not_mislead_a_later_leader(walk: Walk, other: str) -> None:
    quorum = f"{{a1, {other}}}"
    walk.go(*FIRST_VOTE, *V2_IS_CHOSEN, "restart(a1)")
    walk.go("prepare(2)", "promise(a1, Prepare(2))", f"promise({other}, Prepare(2))")
    assert proposals(walk, 2) == {f"propose(2, v2, {quorum})"}
    walk.go(f"propose(2, v2, {quorum})", "accept(a1, Accept(2, v2))")
    assert walk.holds("chosen", V2)
    assert not walk.holds("chosen", V1)


def test_a_restart_loses_nothing(walk: Walk) -> None:
    walk.go(*FIRST_VOTE)
    before = walk.state
    assert walk.go("restart(a1)", "restart(a2)", "restart(a3)").state == before


def test_an_acceptor_refuses_a_ballot_below_its_promise(walk: Walk) -> None:
    walk.go(*FIRST_VOTE, *SECOND_LEADS_WITHOUT_A1)
    assert "accept(a2, Accept(0, v1))" not in walk.offers()
    assert "promise(a2, Prepare(0))" not in walk.offers()
    assert "accept(a1, Accept(0, v1))" in walk.offers(), "a1 has promised nothing higher"


def test_an_acceptor_answers_every_higher_prepare(walk: Walk) -> None:
    walk.go("prepare(0)", "prepare(1)", "prepare(2)", "promise(a1, Prepare(0))", "promise(a1, Prepare(1))")
    assert "promise(a1, Prepare(2))" in walk.offers()
    assert "promise(a1, Prepare(1))" not in walk.offers()


def test_a_vote_is_a_promise_even_for_an_acceptor_that_was_not_asked_for_one(walk: Walk) -> None:
    walk.go("prepare(0)", "prepare(1)", "promise(a1, Prepare(1))", "promise(a2, Prepare(1))")
    walk.go("propose(1, v1, {a1, a2})", "accept(a3, Accept(1, v1))")
    assert "promise(a3, Prepare(0))" not in walk.offers()


def test_a_ballot_has_one_proposal(walk: Walk) -> None:
    walk.go(*FIRST_VOTE)
    assert not proposals(walk, 0)
