"""Each model refines the one above it step by step, and mutants do not: at the same step by every engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.dsl.loader import load
from checker.explicit.engine import ExplicitEngine
from checker.interp.engine import Interpreter
from checker.interp.refinement import Refining
from checker.ir.check import check_system
from checker.ir.instance import Setting, build_instance
from checker.ir.refinement import step_goals
from checker.ir.show import show_expr
from checker.ir.system import Property, System
from checker.trace.verdict import Engine, Holds, Report, Request, Violated

VOTING: dict[str, Setting] = {"Acceptor": 3, "Ballot": 2, "Value": 2}
FLEXIBLE: dict[str, Setting] = {"Acceptor": 3, "Ballot": 2, "Value": 2, "Q1": 3, "Q2": 1}
GRID: dict[str, Setting] = FLEXIBLE | {
    "Acceptor": 4,
    "Q1": (("a1", "a2"), ("a3", "a4")),
    "Q2": (("a1", "a3"), ("a2", "a4")),
}

REFINEMENTS = [
    ("voting", "refines:consensus", VOTING, 599),
    ("paxos", "refines:voting", VOTING, 3_921),
    ("flexible_paxos", "refines:voting", FLEXIBLE, 513),
]

BROKEN = [
    ("voting", "vote_for_anything", 4),
    ("voting", "trust_without_promise", 4),
    ("voting", "lower_promise", 7),
    ("voting", "keep_last_vote", 6),
    ("paxos", "propose_own", 10),
    ("paxos", "accept_without_promise", 5),
    ("paxos", "count_messages", 4),
    ("paxos", "forget_promise", 3),
    ("paxos", "lower_promise", 4),
    ("paxos", "propose_twice", 7),
]


class Expressed(Interpreter):
    """The interpreter under another name, so that it is asked about the expression and not about successors."""

    name = "expressed"


ENGINES: dict[str, Engine] = {
    "reference": Interpreter(),
    "expression": Expressed(),
    "compiled": ExplicitEngine(),
    "unreduced": ExplicitEngine(symmetry=False),
}


def judged(model: str, mutant: str, engine: Engine, settings: dict[str, Setting], name: str = "") -> Report:
    loaded = load(model)
    system = loaded.refining([name] if name else list(loaded.refinements), mutant)
    request = Request((system.refinements[0].name,))
    return Refining(engine).run(system, build_instance(system, "test", settings), request)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("model", "name", "settings", "states"), REFINEMENTS)
def test_a_model_refines_the_one_above_it(
    model: str, name: str, settings: dict[str, Setting], states: int, engine: str
) -> None:
    report = judged(model, "", ENGINES[engine], settings, name)
    assert [(r.property, r.verdict) for r in report.results] == [(name, Holds("exhaustive"))]
    assert (report.counts.distinct, report.complete) == (states, True)


def test_quorums_of_two_kinds_that_meet_are_enough() -> None:
    report = judged("flexible_paxos", "", ExplicitEngine(), GRID)
    assert [r.verdict for r in report.results] == [Holds("exhaustive")]


@pytest.mark.parametrize(("model", "mutant", "steps"), BROKEN)
def test_a_mutant_breaks_the_refinement_at_the_shortest_depth_whoever_looks(
    model: str, mutant: str, steps: int
) -> None:
    found = [judged(model, mutant, engine, VOTING).results[0].verdict for engine in ENGINES.values()]
    assert [len(v.trace.steps) for v in found if isinstance(v, Violated)] == [steps] * len(ENGINES)


def test_a_mutant_that_chooses_too_little_refines_all_the_same() -> None:
    for engine in ENGINES.values():
        assert judged("voting", "vote_above_promise", engine, VOTING).results[0].verdict == Holds("exhaustive")
        assert judged("paxos", "accept_above_promise", engine, VOTING).results[0].verdict == Holds("exhaustive")


def test_a_variant_brings_its_quorums_into_the_coarser_model() -> None:
    system = load("flexible_paxos").refining(["refines:voting"])
    assert [q.type.name for q in system.refinements[0].coarse.quorums] == ["Q1", "Q2"]


def test_helpers_and_domains_of_a_model_are_the_same_with_its_refinement() -> None:
    for name in ("voting", "paxos", "flexible_paxos"):
        loaded = load(name)
        assert replace(loaded.refining(list(loaded.refinements)), refinements=()) == loaded.system


@pytest.mark.parametrize("name", ["voting", "paxos", "flexible_paxos"])
def test_what_a_step_has_to_satisfy_is_a_well_formed_property(name: str) -> None:
    loaded = load(name)
    check_system(with_property(loaded.refining(list(loaded.refinements))))


def test_the_goal_says_what_a_person_would() -> None:
    system = load("voting").refining(["refines:consensus"])
    goals = step_goals(system.refinements[0])
    assert goals.excused is None
    assert show_expr(goals.step, system) == (
        "let chosen_before = {v for v in Value if old.chosen(v)} in "
        "let chosen_after = {v for v in Value if self.chosen(v)} in "
        "chosen_after == chosen_before or any(len(chosen_before) == 0 and chosen_after == {v} for v in Value)"
    )


def with_property(system: System) -> System:
    found = system.refinements[0]
    stated = Property(found.name, "transition", step_goals(found).step)
    return replace(system, properties=(*system.properties, stated))
