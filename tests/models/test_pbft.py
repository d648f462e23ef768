"""PBFT does what the paper says, in behaviours chosen step by step; what is wrong with it is found.

Sections are those of Castro and Liskov, Practical Byzantine Fault Tolerance (OSDI 1999). Numbers start at 0, so that
`PrePrepare(0, 0, d1, r1)` assigns the first number in the first view to request d1.
"""

from __future__ import annotations

import pytest

from checker.dsl.loader import load
from checker.ir.instance import Setting
from checker.trace.verdict import Holds
from tests.models.runs import Walk, refute, steps

FOUR: dict[str, Setting] = {"Replica": 4, "Digest": 2, "Number": 1, "View": 2, "f": 1, "byzantine": ("r4",)}
LYING_PRIMARY = FOUR | {"byzantine": ("r1",)}
LYING_NEXT_PRIMARY = FOUR | {"byzantine": ("r2",)}
ONE_VIEW = LYING_PRIMARY | {"View": 1}
PAIR = FOUR | {"Replica": 2, "Digest": 1, "Number": 2, "f": 0, "byzantine": ()}
PAIR |= {"PrepareQuorum": 1, "CommitQuorum": 2, "ViewChangeQuorum": 2}
"""Two replicas that trust each other."""

D1 = "PrePrepare(0, 0, d1, r1)"
D2 = "PrePrepare(0, 0, d2, r1)"
R1_PREPARES_D1 = ("pre_prepare(r1, 0, d1)", f"prepare(r2, {D1})", f"commit(r1, {D1})")
"""Replica r1 holds a certificate for d1: from itself, from r2, and from r4, which is Byzantine."""


def walk_of(settings: dict[str, Setting]) -> Walk:
    """Return a behaviour that begins with all the requests there are."""
    requests = ("request(d1)", "request(d2)")[: 1 if settings["Digest"] == 1 else 2]
    return Walk(load("pbft").system, **settings).go(*requests)


def offered(walk: Walk, action: str) -> set[str]:
    return {step for step in walk.offers() if step.startswith(f"{action}(")}


def proposals(walk: Walk, primary: str) -> set[str]:
    return {step for step in walk.offers() if step.startswith(f"pre_prepare({primary}, ")}


# -- the normal case -----------------------------------------------------------------------------------------------


def test_a_backup_accepts_one_proposal_for_a_number_in_a_view() -> None:
    """Section 4.2: a backup accepts a pre-prepare unless it has accepted another for that view and number."""
    walk = walk_of(LYING_PRIMARY)
    assert {f"prepare(r2, {D1})", f"prepare(r2, {D2})"} <= set(walk.offers())
    walk.go(f"prepare(r2, {D1})")
    assert f"prepare(r2, {D2})" not in walk.offers()
    assert walk.go(f"prepare(r3, {D2})").holds("equivocation")


def test_a_backup_accepts_no_proposal_without_the_request() -> None:
    """Section 4.2: d is the digest of a request, and the signatures in the request are correct."""
    walk = Walk(load("pbft").system, **LYING_PRIMARY).go("request(d2)")
    assert f"prepare(r2, {D1})" not in walk.offers()
    assert f"prepare(r2, {D2})" in walk.offers()


def test_only_the_primary_of_a_view_proposes() -> None:
    """Section 4.2: the pre-prepare is signed by the primary of the view."""
    walk = walk_of(FOUR)
    assert offered(walk, "pre_prepare") == {"pre_prepare(r1, 0, d1)", "pre_prepare(r1, 0, d2)"}
    assert not offered(walk, "prepare"), "r4 can forge proposals, but nobody takes it for the primary"


def test_a_certificate_takes_2f_backups_besides_the_primary() -> None:
    """Section 4.2: prepared needs a pre-prepare and 2f prepares from different backups that match it."""
    walk = walk_of(LYING_PRIMARY).go(f"prepare(r2, {D1})")
    assert not offered(walk, "commit"), "the PREPARE of the primary itself does not count"
    walk.go(f"prepare(r3, {D1})")
    assert offered(walk, "commit") == {f"commit(r2, {D1})", f"commit(r3, {D1})"}


def test_a_replica_that_gave_up_a_view_takes_no_part_in_it() -> None:
    """Section 4.4: a backup that starts a view change stops accepting messages of the old view."""
    walk = walk_of(LYING_PRIMARY).go(f"prepare(r2, {D1})", f"prepare(r3, {D1})", "change_view(r2)", "change_view(r4)")
    assert offered(walk, "commit") == {f"commit(r3, {D1})"}
    assert f"prepare(r4, {D1})" not in walk.offers()


# -- view changes --------------------------------------------------------------------------------------------------


def test_a_new_view_without_certificates_is_free() -> None:
    """Section 4.4: without a prepared certificate above the last checkpoint, nothing is decided for a number."""
    walk = walk_of(FOUR).go("change_view(r2)", "change_view(r3)", "new_view(r2, {r2, r3, r4})")
    assert proposals(walk, "r2") == {"pre_prepare(r2, 0, d1)", "pre_prepare(r2, 0, d2)"}


def test_a_new_view_takes_up_the_certificate_that_is_shown_and_proved() -> None:
    """Section 4.4: P holds the pre-prepare and 2f matching prepares of each certificate; O repeats its digest."""
    walk = walk_of(FOUR).go(*R1_PREPARES_D1, "change_view(r1)", "change_view(r2)", "new_view(r2, {r1, r2, r4})")
    assert proposals(walk, "r2") == {"pre_prepare(r2, 0, d1)"}, "r4 can claim one for d2, but not the PREPAREs for it"


def test_a_new_view_waits_for_2f_view_changes_besides_that_of_its_primary() -> None:
    """Section 4.4: the primary needs 2f valid view-change messages from other replicas."""
    walk = walk_of(FOUR).go("change_view(r2)")
    assert not offered(walk, "new_view")
    walk.go("change_view(r3)")
    assert offered(walk, "new_view") == {"new_view(r2, {r2, r3, r4})"}


def test_a_backup_recomputes_what_a_new_primary_may_propose() -> None:
    """Section 4.4: a backup verifies O by a computation similar to the one the primary used to create it."""
    walk = walk_of(LYING_NEXT_PRIMARY).go("pre_prepare(r1, 0, d1)", f"prepare(r3, {D1})", f"commit(r1, {D1})")
    walk.go("change_view(r1)", "change_view(r4)")
    accepted = {s for s in offered(walk, "prepare") if "PrePrepare(1" in s}
    assert accepted == {f"prepare({r}, PrePrepare(1, 0, d1, r2))" for r in ("r1", "r3", "r4")}


def test_of_two_certificates_the_one_of_the_higher_view_wins() -> None:
    """Section 4.4: the digest is that of the pre-prepare with the highest view number in V."""
    walk = walk_of(FOUR | {"View": 3}).go(*R1_PREPARES_D1)
    walk.go("change_view(r2)", "change_view(r3)", "new_view(r2, {r2, r3, r4})", "pre_prepare(r2, 0, d2)")
    walk.go("prepare(r3, PrePrepare(1, 0, d2, r2))", "commit(r3, PrePrepare(1, 0, d2, r2))")
    walk.go("change_view(r1)", "change_view(r1)", "change_view(r3)", "new_view(r3, {r1, r3, r4})")
    assert proposals(walk, "r3") == {"pre_prepare(r3, 0, d2)"}


def test_a_gap_below_a_certificate_is_filled_with_the_null_request() -> None:
    """Section 4.4: for a number without a certificate below one that has one, O has the null request."""
    walk = walk_of(PAIR).go("pre_prepare(r1, 1, d1)", "prepare(r2, PrePrepare(0, 1, d1, r1))")
    walk.go("commit(r2, PrePrepare(0, 1, d1, r1))", "change_view(r1)", "change_view(r2)", "new_view(r2, {r1, r2})")
    assert offered(walk, "pre_prepare") == {"pre_prepare(r2, 0, None)", "pre_prepare(r2, 1, d1)"}


# -- wrong variants ------------------------------------------------------------------------------------------------

REFUTATIONS = [
    ("PB-01", "committed_is_prepared", ONE_VIEW, 4),
    ("PB-01", "agreement", FOUR, 11),
    ("PB-02", "prepared_unique", ONE_VIEW, 6),
    ("PB-03", "committed_is_prepared", ONE_VIEW, 4),
    ("PB-03", "agreement", FOUR, 11),
    ("PB-05", "agreement", ONE_VIEW | {"Replica": 3}, 6),
    ("PB-05", "agreement", LYING_NEXT_PRIMARY | {"Replica": 3}, 7),
    ("PB-06", "agreement", ONE_VIEW | {"byzantine": ("r1", "r2")}, 6),
    ("PB-08", "new_view_safe", FOUR, 11),
    ("PB-12", "prepared_unique", ONE_VIEW, 6),
    ("PB-21", "validity", ONE_VIEW | {"Digest": 1}, 4),
]

DEEP = [
    ("PB-01", "agreement", LYING_NEXT_PRIMARY, 10),
    ("PB-02", "agreement", LYING_PRIMARY, 14),
    ("PB-03", "agreement", LYING_NEXT_PRIMARY, 10),
    ("PB-08", "agreement", LYING_NEXT_PRIMARY, 12),
    ("PB-09", "agreement", LYING_NEXT_PRIMARY, 11),
    ("PB-12", "agreement", LYING_PRIMARY, 14),
]


@pytest.mark.parametrize(("number", "broken", "settings", "length"), REFUTATIONS)
def test_a_mutant_is_refuted_in_the_fewest_steps(
    number: str, broken: str, settings: dict[str, Setting], length: int
) -> None:
    assert steps(refute(load("pbft").mutant(number).system, broken, **settings)) == length


@pytest.mark.deep
@pytest.mark.parametrize(("number", "broken", "settings", "length"), DEEP)
def test_a_mutant_is_refuted_in_the_fewest_steps_of_a_larger_instance(
    number: str, broken: str, settings: dict[str, Setting], length: int
) -> None:
    assert steps(refute(load("pbft").mutant(number).system, broken, **settings)) == length


@pytest.mark.parametrize("number", ["PB-01", "PB-02", "PB-03", "PB-06", "PB-08", "PB-09", "PB-12"])
def test_one_view_with_one_byzantine_replica_is_not_enough_to_break_agreement(number: str) -> None:
    mutant = load("pbft").mutant(number)
    assert refute(mutant.system, "agreement", **ONE_VIEW) == Holds("exhaustive")


def test_the_protocol_holds_where_a_quorum_too_small_shows_in_one_view() -> None:
    system = load("pbft").system
    for name in ("prepared_unique", "committed_is_prepared", "validity"):
        assert refute(system, name, **ONE_VIEW) == Holds("exhaustive")
