"""Byzantine reliable broadcast does what the paper says, step by step, and needs everything that it asks for.

Steps are those of Bracha, Asynchronous Byzantine agreement protocols (1987); properties are those of Cachin, Guerraoui,
Rodrigues, Introduction to Reliable and Secure Distributed Programming (2011), section 3.11.
"""

from __future__ import annotations

import pytest

from checker.dsl.loader import load
from checker.ir.instance import Setting
from checker.trace.verdict import Holds, Unreached
from tests.models.runs import Walk, explore, reach, refute, steps

NAME = "byzantine_reliable_broadcast"
SMALL: dict[str, Setting] = {"Process": 4, "Value": 2, "f": 1, "byzantine": ("p4",)}
ONE_VALUE = SMALL | {"Value": 1}
ALL_HONEST = SMALL | {"byzantine": ()}
FIVE = SMALL | {"Process": 5, "byzantine": ("p5",)}
THREE = SMALL | {"Process": 3, "byzantine": ("p3",)}
TWO_OF_FOUR = SMALL | {"byzantine": ("p3", "p4")}

SPLIT = ("echo(p1, Initial(v1, p4))", "echo(p2, Initial(v1, p4))", "echo(p3, Initial(v2, p4))")
"""The sender p4 lies to p3."""


def walk_from(sender: str, settings: dict[str, Setting] = SMALL) -> Walk:
    return Walk(load(NAME).system, {"sender": sender}, **settings)


def offered(walk: Walk, action: str) -> set[str]:
    return {step for step in walk.offers() if step.startswith(f"{action}(")}


# -- the steps -----------------------------------------------------------------------------------------------------


def test_an_honest_sender_sends_one_value() -> None:
    """Step 0."""
    walk = walk_from("p1")
    assert set(walk.offers()) == {"broadcast(p1, v1)", "broadcast(p1, v2)"}, "nobody takes what p4 sends for p1's"
    assert not offered(walk.go("broadcast(p1, v1)"), "broadcast")


def test_a_process_echoes_one_value_of_the_sender() -> None:
    """Step 1: a sender that lies may send different values."""
    walk = walk_from("p4")
    assert {"echo(p1, Initial(v1, p4))", "echo(p1, Initial(v2, p4))"} <= set(walk.offers())
    walk.go("echo(p1, Initial(v1, p4))")
    assert not {step for step in walk.offers() if step.startswith("echo(p1, ")}
    assert walk.go("echo(p2, Initial(v2, p4))").holds("equivocation")


def test_echoes_of_more_than_half_of_n_plus_f_make_ready() -> None:
    """Step 2: with 4 processes, 3 ECHOs, of which that of p4 is always to be had; with 5 processes, 4."""
    walk = walk_from("p4").go("echo(p1, Initial(v1, p4))")
    assert not offered(walk, "ready")
    walk.go("echo(p2, Initial(v1, p4))")
    assert offered(walk, "ready") == {"ready(p1, v1)", "ready(p2, v1)", "ready(p3, v1)"}
    walk = walk_from("p5", FIVE).go("echo(p1, Initial(v1, p5))", "echo(p2, Initial(v1, p5))")
    assert not offered(walk, "ready")
    assert offered(walk.go("echo(p3, Initial(v1, p5))"), "ready")


def test_f_plus_1_readies_make_others_ready_whom_the_echoes_of_liars_have_not_reached() -> None:
    """Step 2."""
    walk = walk_from("p4").go(*SPLIT, "ready(p1, v1)")
    assert walk.holds("quiescent"), "the honest have sent two ECHOs and one READY: neither is enough"
    walk.go("ready(p2, v1)")
    assert walk.holds("amplification")
    assert not walk.holds("quiescent"), "p3 must be ready now"
    assert not walk.go("ready(p3, v1)").holds("amplification")


def test_2f_plus_1_readies_let_a_value_be_delivered() -> None:
    """Step 3."""
    walk = walk_from("p4").go(*SPLIT, "ready(p1, v1)")
    assert not offered(walk, "deliver")
    walk.go("ready(p2, v1)")
    assert offered(walk, "deliver") == {"deliver(p1, v1)", "deliver(p2, v1)", "deliver(p3, v1)"}


def test_all_deliver_one_value_of_a_sender_that_lies_or_none() -> None:
    walk = walk_from("p4").go(*SPLIT)
    assert walk.holds("abandoned")
    walk.go("ready(p1, v1)", "ready(p2, v1)", "deliver(p1, v1)", "ready(p3, v1)", "deliver(p2, v1)")
    assert not walk.holds("quiescent"), "three honest processes are ready: p3 must deliver"
    assert walk.go("deliver(p3, v1)").holds("delivered_despite_equivocation")


# -- how large it is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "states", "depth"), [(ONE_VALUE, 595, 10), (SMALL, 1_408, 10), (ALL_HONEST, 3_732, 13)]
)
def test_nothing_is_cut(settings: dict[str, Setting], states: int, depth: int) -> None:
    """An honest sender and n honest processes take 3n + 1 steps."""
    report = explore(load(NAME).system, **settings)
    assert report.complete
    assert not report.bounds_hit
    assert (report.counts.distinct, report.counts.depth) == (states, depth)


# -- wrong variants ------------------------------------------------------------------------------------------------

REFUTATIONS = [
    ("BR-01", "one_echo", SMALL, 2),
    ("BR-01", "readies_agree", SMALL, 6),
    ("BR-01", "totality", SMALL, 8),
    ("BR-02", "readies_agree", SMALL, 4),
    ("BR-02", "totality", SMALL, 6),
    ("BR-03", "readies_echoed", ONE_VALUE, 1),
    ("BR-03", "integrity", ONE_VALUE, 3),
    ("BR-04", "deliveries_backed", ONE_VALUE, 4),
    ("BR-04", "totality", ONE_VALUE, 4),
    ("BR-05", "totality", ONE_VALUE, 5),
    ("BR-06", "readies_agree", SMALL, 2),
    ("BR-06", "totality", SMALL, 4),
    ("BR-07", "echoes_sent", ONE_VALUE, 1),
    ("BR-07", "integrity", ONE_VALUE, 5),
    ("BR-08", "validity", ONE_VALUE, 7),
    ("BR-09", "consistency", TWO_OF_FOUR, 4),
    ("BR-10", "consistency", THREE, 6),
    ("BR-11", "no_duplication", TWO_OF_FOUR, 4),
    ("BR-12", "readies_agree", SMALL, 4),
    ("BR-13", "validity", THREE, 3),
]

LARGER = [("BR-01", 12), ("BR-02", 10), ("BR-03", 6), ("BR-06", 6), ("BR-12", 9)]
"""Mutants whose honest processes are ready for different values."""


@pytest.mark.parametrize(("number", "broken", "settings", "length"), REFUTATIONS)
def test_a_mutant_is_refuted_in_the_fewest_steps(
    number: str, broken: str, settings: dict[str, Setting], length: int
) -> None:
    assert steps(refute(load(NAME).mutant(number).system, broken, **settings)) == length


@pytest.mark.deep
@pytest.mark.parametrize(("number", "length"), LARGER)
def test_with_more_than_3f_plus_1_processes_consistency_rests_on_the_echo_quorums(number: str, length: int) -> None:
    assert steps(refute(load(NAME).mutant(number).system, "consistency", **FIVE)) == length


@pytest.mark.parametrize("number", [number for number, _ in LARGER])
def test_with_3f_plus_1_processes_consistency_rests_on_the_delivery_quorums(number: str) -> None:
    assert refute(load(NAME).mutant(number).system, "consistency", **SMALL) == Holds("exhaustive")


@pytest.mark.parametrize(("number", "settings"), [("BR-05", ALL_HONEST), ("BR-08", ALL_HONEST), ("BR-07", ALL_HONEST)])
def test_a_mutant_is_harmless_as_long_as_nobody_lies(number: str, settings: dict[str, Setting]) -> None:
    mutant = load(NAME).mutant(number)
    assert refute(mutant.system, mutant.breaks, **settings) == Holds("exhaustive")


@pytest.mark.parametrize("settings", [SMALL, ONE_VALUE], ids=["small", "one value"])
def test_the_protocol_holds_where_its_mutants_are_refuted(settings: dict[str, Setting]) -> None:
    system = load(NAME).system
    for claim in system.properties:
        assert refute(system, claim.name, **settings) == Holds("exhaustive"), claim.name


def test_three_processes_of_which_one_is_silent_stay_consistent_and_deliver_nothing_of_their_own() -> None:
    system = load(NAME).system
    assert refute(system, "consistency", **THREE) == Holds("exhaustive")
    assert steps(refute(system, "validity", **THREE)) == 3


def test_nobody_needs_the_readies_of_others_where_nobody_lies() -> None:
    assert reach(load(NAME).system, "amplification", **ALL_HONEST) == Unreached()
