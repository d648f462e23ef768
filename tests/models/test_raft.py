"""Raft does what the paper says, in behaviours chosen step by step; what is wrong with it is found.

Sections are those of Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014).
"""

from __future__ import annotations

import pytest

from checker.dsl.loader import load
from checker.ir.instance import Setting
from checker.ir.values import show_value
from checker.trace.verdict import Holds
from tests.models.runs import Walk, refute, steps

ONE_TERM: dict[str, Setting] = {
    "Server": 3,
    "Command": 1,
    "Term": 2,
    "LogLength": 1,
    "elections": 2,
    "restarts": 0,
}
TWO_TERMS = ONE_TERM | {"Term": 3}

S1_LEADS_TERM_1 = (
    "timeout(s1)",
    "update_term(s2, RequestVote(1, s1, 0, 0))",
    "grant_vote(s2, RequestVote(1, s1, 0, 0))",
    "become_leader(s1, {s1, s2})",
)
S2_LEADS_TERM_2 = (
    "timeout(s2)",
    "update_term(s3, RequestVote(2, s2, 0, 0))",
    "grant_vote(s3, RequestVote(2, s2, 0, 0))",
    "become_leader(s2, {s2, s3})",
)
HEARTBEAT = "AppendEntries(1, s1, 0, 0, None, 0)"
FIRST = "AppendEntries(1, s1, 0, 0, Entry(1, c1), 0)"
SECOND = "AppendEntries(1, s1, 1, 1, Entry(1, c2), 0)"


@pytest.fixture
def walk() -> Walk:
    settings: dict[str, Setting] = {"Server": 3, "Command": 2, "Term": 6, "LogLength": 2, "elections": 5, "restarts": 1}
    return Walk(load("raft").system, **settings)


def offered(walk: Walk, action: str) -> set[str]:
    return {step for step in walk.offers() if step.startswith(f"{action}(")}


def shown(walk: Walk, variable: str) -> str:
    names = [v.name for v in walk.system.variables]
    kind = walk.system.variable(variable).type
    return show_value(kind, walk.state[names.index(variable)], walk.system, walk.machine.instance)


# -- elections -----------------------------------------------------------------------------------------------------


def test_a_server_votes_for_at_most_one_candidate_in_a_term(walk: Walk) -> None:
    """Section 5.2: each server will vote for at most one candidate in a given term."""
    walk.go("timeout(s1)", "timeout(s2)", "update_term(s3, RequestVote(1, s1, 0, 0))")
    assert offered(walk, "grant_vote") >= {f"grant_vote(s3, RequestVote(1, {c}, 0, 0))" for c in ("s1", "s2")}
    walk.go("grant_vote(s3, RequestVote(1, s1, 0, 0))")
    assert "grant_vote(s3, RequestVote(1, s2, 0, 0))" not in walk.offers()
    assert "grant_vote(s1, RequestVote(1, s2, 0, 0))" not in walk.offers(), "a candidate votes for itself"


def test_a_vote_survives_a_restart(walk: Walk) -> None:
    """Figure 2: currentTerm, votedFor and log are on stable storage before a server responds."""
    walk.go("timeout(s1)", "timeout(s2)", "update_term(s3, RequestVote(1, s1, 0, 0))")
    walk.go("grant_vote(s3, RequestVote(1, s1, 0, 0))", "restart(s3)")
    assert "grant_vote(s3, RequestVote(1, s2, 0, 0))" not in walk.offers()
    assert "update_term(s3, RequestVote(1, s2, 0, 0))" not in walk.offers()


def test_a_candidate_that_restarts_does_not_become_leader(walk: Walk) -> None:
    """Figure 2: the role is not on stable storage; whoever starts is a follower (section 5.2)."""
    walk.go(*S1_LEADS_TERM_1[:3], "restart(s1)")
    assert walk.holds("candidate_restarted")
    assert not offered(walk, "become_leader")


def test_a_candidate_follows_whoever_leads_its_term(walk: Walk) -> None:
    """Section 5.2: a candidate that hears of a legitimate leader returns to follower state."""
    walk.go("timeout(s3)", *S1_LEADS_TERM_1)
    assert shown(walk, "role") == "{s1: LEADER, s2: FOLLOWER, s3: CANDIDATE}"
    walk.go(f"accept_entries(s3, {HEARTBEAT})")
    assert shown(walk, "role") == "{s1: LEADER, s2: FOLLOWER, s3: FOLLOWER}"


def test_a_message_of_an_old_term_is_ignored(walk: Walk) -> None:
    """Section 5.1: a server rejects a request with a stale term number."""
    walk.go(*S1_LEADS_TERM_1, "timeout(s2)")
    assert f"accept_entries(s2, {HEARTBEAT})" not in walk.offers()


def test_a_leader_steps_down_when_it_learns_of_a_newer_term(walk: Walk) -> None:
    """Section 5.1: if its term is out of date, a candidate or leader immediately reverts to follower state."""
    walk.go(*S1_LEADS_TERM_1, "timeout(s2)")
    assert offered(walk, "client_request")
    walk.go("update_term(s1, RequestVote(2, s2, 0, 0))")
    assert not offered(walk, "client_request")


def test_a_server_votes_for_no_log_that_is_shorter_than_its_own(walk: Walk) -> None:
    """Section 5.4.1: of logs that end with the same term, the longer one is more up-to-date."""
    walk.go(*S1_LEADS_TERM_1, "client_request(s1, c1)", "client_request(s1, c2)", f"accept_entries(s2, {FIRST})")
    walk.go("timeout(s2)", "update_term(s1, RequestVote(2, s2, 1, 1))", "update_term(s3, RequestVote(2, s2, 1, 1))")
    assert "grant_vote(s1, RequestVote(2, s2, 1, 1))" not in walk.offers()
    assert "grant_vote(s3, RequestVote(2, s2, 1, 1))" in walk.offers()


def test_a_later_last_term_beats_a_longer_log(walk: Walk) -> None:
    """Section 5.4.1: of logs that end with different terms, the one with the later term is more up-to-date."""
    walk.go(*S1_LEADS_TERM_1, "client_request(s1, c1)", "client_request(s1, c2)", *S2_LEADS_TERM_2)
    walk.go("client_request(s2, c2)", "restart(s2)", "timeout(s2)", "update_term(s1, RequestVote(3, s2, 1, 2))")
    assert shown(walk, "log") == "{s1: [Entry(1, c1), Entry(1, c2)], s2: [Entry(2, c2)], s3: []}"
    assert "grant_vote(s1, RequestVote(3, s2, 1, 2))" in walk.offers()


# -- log replication -----------------------------------------------------------------------------------------------


def test_an_entry_is_committed_once_a_majority_holds_it_and_followers_hear_of_it(walk: Walk) -> None:
    """Section 5.3: the leader applies an entry once a majority has replicated it; followers learn it from messages."""
    walk.go(*S1_LEADS_TERM_1, "client_request(s1, c1)")
    assert not offered(walk, "advance_commit")
    walk.go(f"accept_entries(s2, {FIRST})")
    assert offered(walk, "advance_commit") == {"advance_commit(s1, 1, {s1, s2})"}
    walk.go("advance_commit(s1, 1, {s1, s2})")
    assert not walk.holds("entry_committed")
    walk.go("accept_entries(s2, AppendEntries(1, s1, 1, 1, None, 1))")
    assert walk.holds("entry_committed")


def test_a_follower_that_lacks_the_entry_before_refuses_and_the_leader_goes_back_by_one(walk: Walk) -> None:
    """Section 5.3: after a rejection, the leader decrements nextIndex and retries."""
    walk.go(*S1_LEADS_TERM_1, "client_request(s1, c1)", "client_request(s1, c2)")
    assert f"accept_entries(s2, {SECOND})" not in walk.offers()
    walk.go(f"refuse_entries(s2, {SECOND})", "retry(s1, AppendReply(1, s2, False, 1))")
    walk.go(f"accept_entries(s2, {FIRST})", f"accept_entries(s2, {SECOND})")
    assert "advance_commit(s1, 2, {s1, s2})" in walk.offers()


def test_an_old_message_undoes_nothing(walk: Walk) -> None:
    """Figure 2, AppendEntries rules 3 and 5: entries are deleted on a conflict only, and commitIndex only grows."""
    walk.go(*S1_LEADS_TERM_1, "client_request(s1, c1)", f"accept_entries(s2, {FIRST})")
    walk.go("advance_commit(s1, 1, {s1, s2})", "accept_entries(s2, AppendEntries(1, s1, 1, 1, None, 1))")
    before = walk.state
    assert walk.go(f"accept_entries(s2, {HEARTBEAT})", f"accept_entries(s2, {FIRST})").state == before


def test_a_new_leader_overwrites_entries_that_conflict_with_its_own(walk: Walk) -> None:
    """Section 5.3: conflicting entries in follower logs are overwritten with entries from the leader's log."""
    walk.go(*S1_LEADS_TERM_1, "client_request(s1, c1)", "client_request(s1, c2)")
    walk.go(*S2_LEADS_TERM_2, "client_request(s2, c2)", "update_term(s1, RequestVote(2, s2, 0, 0))")
    walk.go("accept_entries(s1, AppendEntries(2, s2, 0, 0, Entry(2, c2), 0))")
    assert walk.holds("entry_overwritten")
    assert shown(walk, "log") == "{s1: [Entry(2, c2)], s2: [Entry(2, c2)], s3: []}", "all that follows goes as well"


def test_an_entry_of_an_earlier_term_is_not_committed_by_counting_replicas(walk: Walk) -> None:
    """Section 5.4.2, Figure 8, with three servers: only entries of the leader's own term are committed by counting."""
    walk.go(*S1_LEADS_TERM_1, "client_request(s1, c1)", *S2_LEADS_TERM_2, "client_request(s2, c2)")
    walk.go("update_term(s1, RequestVote(2, s2, 0, 0))", "timeout(s1)")
    walk.go("update_term(s3, RequestVote(3, s1, 1, 1))", "grant_vote(s3, RequestVote(3, s1, 1, 1))")
    walk.go("become_leader(s1, {s1, s3})", "refuse_entries(s3, AppendEntries(3, s1, 1, 1, None, 0))")
    walk.go("retry(s1, AppendReply(3, s3, False, 1))")
    walk.go("accept_entries(s3, AppendEntries(3, s1, 0, 0, Entry(1, c1), 0))")
    assert not offered(walk, "advance_commit"), "a majority holds the entry, but s2 may still overwrite it"
    walk.go("client_request(s1, c1)", "accept_entries(s3, AppendEntries(3, s1, 1, 1, Entry(3, c1), 0))")
    assert offered(walk, "advance_commit") == {"advance_commit(s1, 2, {s1, s3})"}


# -- wrong variants ------------------------------------------------------------------------------------------------

REFUTATIONS = [
    ("RA-01", "election_safety", ONE_TERM, 6),
    ("RA-02", "election_safety", ONE_TERM | {"restarts": 1}, 8),
    ("RA-03", "election_safety", ONE_TERM | {"restarts": 1}, 9),
    ("RA-05", "election_safety", ONE_TERM | {"Server": 2}, 4),
    ("RA-05", "election_safety", ONE_TERM | {"Server": 4}, 8),
    ("RA-06", "state_machine_safety", TWO_TERMS, 12),
    ("RA-07", "leader_completeness", TWO_TERMS, 11),
    ("RA-16", "acknowledgements_kept", ONE_TERM, 7),
    ("RA-16", "leader_completeness", TWO_TERMS, 11),
    ("RA-17", "leader_append_only", ONE_TERM | {"Command": 2}, 6),
    ("RA-17", "log_matching", ONE_TERM | {"Command": 2}, 7),
    ("RA-23", "commitments_kept", ONE_TERM, 9),
]

DEEP = [
    ("RA-07", "state_machine_safety", TWO_TERMS, 15),
    ("RA-09", "leader_completeness", TWO_TERMS | {"LogLength": 2}, 14),
    ("RA-11", "leader_completeness", TWO_TERMS | {"restarts": 1}, 11),
]

HARMLESS = [
    ("RA-02", "election_safety", ONE_TERM),
    ("RA-03", "election_safety", ONE_TERM),
    ("RA-06", "state_machine_safety", ONE_TERM),
    ("RA-11", "acknowledgements_kept", ONE_TERM),
]
"""Without a restart nothing is lost; the only leader of the only term never contradicts itself."""


@pytest.mark.parametrize(("number", "broken", "settings", "length"), REFUTATIONS)
def test_a_mutant_is_refuted_in_the_fewest_steps(
    number: str, broken: str, settings: dict[str, Setting], length: int
) -> None:
    assert steps(refute(load("raft").mutant(number).system, broken, **settings)) == length


@pytest.mark.deep
@pytest.mark.parametrize(("number", "broken", "settings", "length"), DEEP)
def test_a_mutant_is_refuted_in_the_fewest_steps_of_a_larger_instance(
    number: str, broken: str, settings: dict[str, Setting], length: int
) -> None:
    assert steps(refute(load("raft").mutant(number).system, broken, **settings)) == length


@pytest.mark.parametrize(("number", "name", "settings"), HARMLESS)
def test_a_mutant_is_not_refuted_where_its_mistake_cannot_show(
    number: str, name: str, settings: dict[str, Setting]
) -> None:
    assert refute(load("raft").mutant(number).system, name, **settings) == Holds("exhaustive")


@pytest.mark.deep
def test_comparing_last_terms_alone_is_enough_for_logs_of_one_entry() -> None:
    mutant = load("raft").mutant("RA-09")
    assert refute(mutant.system, "leader_completeness", **TWO_TERMS) == Holds("exhaustive")
