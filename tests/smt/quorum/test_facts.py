"""Facts about a model's quorums are derived from its declarations, and true where they can be tried."""

from __future__ import annotations

import itertools

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.ir.instance import build_instance
from checker.ir.system import DomainDecl, GivenDecl, QuorumDecl, System
from checker.ir.types import INT, QuorumType, SetType, SortType
from checker.smt.quorum.facts import examined_facts, intersection_facts

ASSUMED = ("n = 3*f + 1", "byzantine: size <= f")


def declaring(*sizes: str, constants: tuple[str, ...] = ("f",), sorts: tuple[str, ...] = ("Node",)) -> System:
    """Return a system of which only the quorums matter: Q0, Q1, … over each sort in turn."""
    quorums = [QuorumDecl(QuorumType(f"Q{i}", SortType(sorts[i % len(sorts)])), size) for i, size in enumerate(sizes)]
    givens = [GivenDecl(name, INT, "constant") for name in constants]
    givens.append(GivenDecl("byzantine", SetType(SortType(sorts[0])), "byzantine"))
    domains = tuple(DomainDecl(SortType(sort)) for sort in sorts)
    return System("Small", domains, tuple(quorums), (), tuple(givens), (), (), (), (), ())


def test_the_quorums_of_paxos_meet_by_twos() -> None:
    facts = intersection_facts(load("paxos").system)
    assert {f.systems for f in facts if f.kind == "meet" and len(f.systems) == 2} == {
        ("PrepareQuorum", "PrepareQuorum"),
        ("PrepareQuorum", "AcceptQuorum"),
        ("AcceptQuorum", "AcceptQuorum"),
    }
    assert not [f for f in facts if len(f.systems) == 3]
    assert {f.word for f in facts} == {"holds"}
    for fact in facts:
        assert [d.solved.answer for d in fact.result.discharges] == ["sat", "unsat"]


def test_commit_quorums_of_pbft_meet_in_an_honest_replica_by_what_is_assumed_alone() -> None:
    system = load("pbft").system
    wanted = "any CommitQuorum, ViewChangeQuorum meet in honest"
    with_bounds = {f.text: f for f in intersection_facts(system, ASSUMED)}
    assert set(ASSUMED) <= set(with_bounds[wanted].statements)
    assert wanted not in {f.text for f in intersection_facts(system)}
    assert wanted not in {f.text for f in intersection_facts(system, ASSUMED[:1])}
    assert wanted not in {f.text for f in intersection_facts(system, ("n = 3*f + 2", ASSUMED[1]))}


@pytest.mark.parametrize("faults", [1, 2])
def test_derived_facts_are_true_of_instances(faults: int) -> None:
    system = load("pbft").system
    settings = {"Replica": 3 * faults + 1, "Digest": 1, "View": 1, "Number": 1, "f": faults, "byzantine": faults}
    instance = build_instance(system, "some", settings)
    liars = instance.givens["byzantine"]
    facts = [f for f in intersection_facts(system, ASSUMED) if f.kind == "meet" and len(f.systems) == 2]
    assert facts
    for fact in facts:
        for quorums in itertools.product(*(instance.quorums[name] for name in fact.systems)):
            assert frozenset.intersection(*quorums) - (liars if fact.outside else frozenset())


def test_the_quorums_of_byzantine_reliable_broadcast_are_what_its_proof_needs() -> None:
    system = load("byzantine_reliable_broadcast").system
    facts = {f.text for f in intersection_facts(system, ("n > 3*f", ASSUMED[1]))}
    assert "any EchoQuorum, EchoQuorum meet in honest" in facts, "the honest are ready for one value"
    assert "any AmplifyQuorum meet in honest" in facts, "the first to be ready has heard an echo quorum"
    assert {f"honest covers {name}Quorum" for name in ("Echo", "Amplify", "Deliver")} <= facts, "the honest go on"
    assert "any DeliverQuorum, DeliverQuorum meet in honest" not in facts, "not with more than 3f + 1 processes"
    few = {f.text for f in intersection_facts(load("byzantine_reliable_broadcast").mutant("BR-02").system, ASSUMED)}
    assert "any HalfQuorum, HalfQuorum meet in honest" not in few


def test_at_an_instance_listed_families_are_taken_as_they_are() -> None:
    system = load("flexible_paxos").system
    grid = {"Q1": (("a1", "a2"), ("a3", "a4")), "Q2": (("a1", "a3"), ("a2", "a4"))}
    instance = build_instance(system, "grid", {"Acceptor": 4, "Ballot": 1, "Value": 1, **grid})
    facts, left_out = examined_facts(system, (), instance)
    words = {f.text: f.word for f in facts}
    assert not left_out
    assert words["any Q1, Q2 meet"] == "holds"
    assert words["any Q1, Q1 meet"] == "refuted"


def test_at_an_instance_sizes_are_the_instances() -> None:
    system = load("flexible_paxos").system
    for first, second, word in ((3, 2, "holds"), (2, 2, "refuted")):
        settings = {"Acceptor": 4, "Ballot": 1, "Value": 1, "Q1": first, "Q2": second}
        facts, _ = examined_facts(system, (), build_instance(system, "sizes", settings))
        assert {f.text: f.word for f in facts}["any Q1, Q2 meet"] == word


def test_without_an_instance_a_listed_family_is_left_out() -> None:
    facts, left_out = examined_facts(load("flexible_paxos").system)
    assert facts == ()
    assert [left.system for left in left_out] == ["Q1", "Q2"]


@pytest.mark.parametrize("size", ["N * N", "f * N", "N // f", "N %% 2", "2 ** f", "honest"])
def test_a_size_that_is_not_linear_is_left_out_and_the_others_are_not(size: str) -> None:
    facts, left_out = examined_facts(declaring(size, "N // 2 + 1"))
    assert [left.system for left in left_out] == ["Q0"]
    assert {f.systems for f in facts if f.word == "holds" and len(f.systems) == 2} == {("Q1", "Q1")}


def test_a_constant_called_n_is_not_taken_for_the_number_of_members() -> None:
    facts, left_out = examined_facts(declaring("n // 2 + 1", constants=("n",)))
    assert facts == ()
    assert "number of members" in left_out[0].reason


def test_quorums_over_different_sorts_are_not_compared() -> None:
    system = declaring("N // 2 + 1", "N // 2 + 1", sorts=("Node", "Disk"))
    facts = intersection_facts(system)
    assert {f.sort: {name for g in facts if g.sort == f.sort for name in g.systems} for f in facts} == {
        "Node": {"Q0"},
        "Disk": {"Q1"},
    }
    assert {f.outside for f in facts if f.sort == "Disk"} == {None}
    with pytest.raises(QuoraxError, match="Q015"):
        examined_facts(system, ("n = 3",))


def test_no_instance_has_a_quorum_of_nobody_or_of_more_than_all() -> None:
    facts, _ = examined_facts(declaring("f"))
    assert {f.text: f.word for f in facts if f.outside is None} == {
        "everyone covers Q0": "holds",
        "any Q0 meet": "holds",
        "any Q0, Q0 meet": "refuted",
        "any Q0, Q0, Q0 meet": "refuted",
    }
