"""The models have exactly the states that others have counted for theirs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from checker.dsl.loader import load
from checker.ir.instance import Setting
from tests.models.runs import explore, published


@dataclass(frozen=True)
class Count:
    """Distinct states that a publication gives for a configuration; depth is in actions, one less than TLC's."""

    model: str
    settings: dict[str, Setting]
    states: int
    depth: int
    source: str


PUBLISHED = [
    Count("consensus", {"Value": 3}, 4, 1, "tlaplus/Examples, MCConsensus"),
    Count("voting", {"Acceptor": 3, "Ballot": 3, "Value": 2}, 6_752, 15, "tlaplus/Examples, MCVoting"),
    Count("paxos", {"Acceptor": 3, "Ballot": 2, "Value": 2}, 3_921, 16, "tlaplus/Examples, MCPaxosTiny"),
]

DEEP = [
    Count("paxos", {"Acceptor": 3, "Ballot": 3, "Value": 2}, 185_369, 24, "MCPaxosTiny with a third ballot"),
    Count(
        "flexible_paxos",
        {"Acceptor": 2, "Ballot": 3, "Value": 3, "Q1": 1, "Q2": 2},
        36_953,
        18,
        "fpaxos-tlaplus, MCFPaxosTwoAcc with three values, run in TLC",
    ),
]


def check_count(count: Count) -> None:
    report = explore(load(count.model).system, **count.settings)
    assert report.complete
    assert (report.counts.distinct, report.counts.depth) == (count.states, count.depth), count.source


@pytest.mark.parametrize("count", PUBLISHED, ids=lambda c: c.model)
def test_the_states_are_those_of_the_published_model(count: Count) -> None:
    check_count(count)


@pytest.mark.deep
@pytest.mark.parametrize("count", DEEP, ids=lambda c: c.model)
def test_the_states_are_those_of_the_published_model_in_a_larger_instance(count: Count) -> None:
    check_count(count)


def test_restarts_of_durable_acceptors_add_steps_but_no_states() -> None:
    settings: dict[str, Setting] = {"Acceptor": 3, "Ballot": 2, "Value": 2}
    ours = explore(load("paxos").system, **settings)
    theirs = explore(published("published_paxos").system, **settings)
    assert ours.counts.distinct == theirs.counts.distinct
    assert ours.counts.generated == theirs.counts.generated + 3 * ours.counts.distinct


@pytest.mark.deep
def test_the_published_paxos_has_the_counted_steps_with_three_ballots() -> None:
    report = explore(published("published_paxos").system, Acceptor=3, Ballot=3, Value=2)
    assert (report.counts.distinct, report.counts.generated) == (185_369, 1_350_916)


@pytest.mark.deep
def test_the_published_flexible_paxos_has_the_states_and_steps_that_tlc_counts() -> None:
    system = published("published_flexible_paxos").system
    report = explore(system, Acceptor=2, Ballot=3, Value=3, Q1=1, Q2=2)
    assert (report.counts.distinct, report.counts.generated) == (36_953, 245_288)


FLEXIBLE = [
    ({"Acceptor": 2, "Q1": 1, "Q2": 2}, 721),
    ({"Acceptor": 3, "Q1": 3, "Q2": 1}, 513),
    pytest.param({"Acceptor": 3, "Q1": 1, "Q2": 3}, 12_513, marks=pytest.mark.deep),
    pytest.param({"Acceptor": 4, "Q1": 3, "Q2": 2}, 20_609, marks=pytest.mark.deep),
]
"""Quorum sizes with two ballots and two values, and the states an independent search has found."""


@pytest.mark.parametrize(("settings", "states"), FLEXIBLE, ids=str)
def test_flexible_paxos_has_the_states_of_an_independent_search(settings: dict[str, Setting], states: int) -> None:
    report = explore(load("flexible_paxos").system, Ballot=2, Value=2, **settings)
    assert report.counts.distinct == states


def test_flexible_paxos_with_majorities_is_paxos() -> None:
    flexible = explore(load("flexible_paxos").system, Acceptor=3, Ballot=2, Value=2, Q1=2, Q2=2)
    plain = explore(load("paxos").system, Acceptor=3, Ballot=2, Value=2)
    assert flexible.counts == plain.counts
    assert flexible.coverage == plain.coverage
