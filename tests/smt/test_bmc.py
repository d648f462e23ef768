"""Bounded model checking finds what the interpreter finds, in as few steps, and claims nothing beyond its depth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.interp.engine import Interpreter
from checker.interp.machine import Machine
from checker.interp.refinement import Refining
from checker.ir.instance import Instance, build_instance
from checker.ir.symmetry import symmetric_sorts
from checker.ir.system import System
from checker.render.text import trace_text
from checker.smt import solver
from checker.smt.engine import BmcEngine
from checker.smt.solver import Budget
from checker.smt.unroll import DisagreementError
from checker.spec.parse import parse_spec
from checker.spec.resolve import instance_settings
from checker.spec.temporal import temporal_properties
from checker.spec.tree import MutantDecl
from checker.trace.verdict import DEADLOCK, Limits, Reached, Report, Request, Unknown, Violated
from tests.explicit.comparison import describe
from tests.explicit.constructs import system_called
from tests.explicit.test_random_systems import drawn
from tests.explicit.test_shipped_models import MODELS, SPECS

QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None,
                 suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
LONG = settings(QUICK, max_examples=3000)

STATES_MAX = 2_000
QUICK_STEPS = 7
"""Steps up to which a mutant is refuted within seconds; the others take up to two minutes each."""

TOO_HARD = ("compare_terms_only",)
"""Mutants whose shortest counterexample takes the solver longer: 14 steps of Raft, with logs of two entries."""

SMALL = {"Acceptor": 2, "Ballot": 2, "Value": 2}


def search(system: System, instance: Instance, asked: tuple[str, ...], depth: int) -> Report:
    return Refining(BmcEngine()).run(system, instance, Request(asked, limits=Limits(depth=depth)))


def refutations() -> Iterator[object]:
    """Yield what the specs say of mutants, as far as invariants and refinements are concerned."""
    for name in MODELS:
        spec = parse_spec(SPECS / f"{name}.spec")
        temporal = {p.name.text for p in spec.properties}
        for declared in spec.statements:
            if not isinstance(declared, MutantDecl) or declared.expectation.steps is None:
                continue
            if declared.mutant.text in TOO_HARD:
                continue
            steps = declared.expectation.steps
            for claim in declared.claims:
                if claim.name not in temporal:
                    label = f"{name}-{declared.mutant}-{declared.instance}-{claim.name}"
                    marks = [pytest.mark.deep] if steps > QUICK_STEPS else []
                    yield pytest.param(name, declared, claim.name, steps, id=label, marks=marks)


@pytest.mark.parametrize(("name", "declared", "claim", "steps"), tuple(refutations()))
def test_a_mutant_is_refuted_in_the_fewest_steps(name: str, declared: MutantDecl, claim: str, steps: int) -> None:
    system = load(name).refining([claim], declared.mutant.text)
    spec = parse_spec(SPECS / f"{name}.spec")
    instance = build_instance(system, "test", instance_settings(spec, declared.instance.text))
    verdict = search(system, instance, (claim,), steps).results[0].verdict
    assert isinstance(verdict, Violated)
    assert len(verdict.trace.steps) == steps


def test_a_model_without_faults_is_unknown_to_the_depth_that_was_asked() -> None:
    system = load("paxos").system
    report = search(system, build_instance(system, "test", SMALL), ("agreement", "promises_kept", DEADLOCK), 12)
    assert [r.verdict for r in report.results] == [
        Unknown("no violation within 12 steps; longer behaviours were not looked at", "depth")
    ] * 3
    assert report.counts.depth == 12
    assert not report.complete


def test_a_deadlock_and_a_witness_are_found_where_they_come_first() -> None:
    system = load("consensus").system
    request = Request((DEADLOCK,), ("decided",), limits=Limits(depth=3))
    deadlock, decided = BmcEngine().run(system, build_instance(system, "test", {"Value": 2}), request).results
    assert isinstance(deadlock.verdict, Violated)
    assert len(deadlock.verdict.trace.steps) == 1
    assert isinstance(decided.verdict, Reached)
    assert len(decided.verdict.trace.steps) == 1


@pytest.mark.parametrize("name", ["logs that end in an error", "choices that end in an error"])
def test_an_error_of_the_model_is_found_with_a_shortest_trace(name: str, tmp_path: Path) -> None:
    system, bounds = system_called(name, tmp_path)
    instance = build_instance(system, "test", bounds)
    reference = Interpreter().run(system, instance, Request())
    report = search(system, instance, (), 12)
    assert reference.error is not None
    assert report.error is not None
    assert report.error.trace is not None
    assert reference.error.trace is not None
    assert len(report.error.trace.steps) == len(reference.error.trace.steps)


def test_a_temporal_property_is_unknown_to_no_depth_at_all() -> None:
    system = load("consensus").system
    spec = parse_spec(SPECS / "consensus.spec")
    (termination,) = temporal_properties(spec).values()
    request = Request(temporal=(termination,), limits=Limits(depth=2))
    (result,) = BmcEngine().run(system, build_instance(system, "test", {"Value": 2}), request).results
    assert isinstance(result.verdict, Unknown)
    assert result.verdict.how is None


def test_bounds_that_cut_are_named() -> None:
    system = load("raft").system
    bounds = {"Server": 2, "Term": 2, "Command": 1, "LogLength": 1, "elections": 2, "restarts": 1}
    report = search(system, build_instance(system, "test", bounds), ("election_safety",), 3)
    assert report.warnings == tuple(
        f"some of these behaviours are cut at {bound}" for bound in ("Term", "elections", "restarts")
    )


def test_a_solver_that_gives_up_leaves_what_is_longer_unknown() -> None:
    system = load("paxos").system
    engine = BmcEngine(Budget(rlimit=30_000, seeds=(0, 1)))
    report = engine.run(system, build_instance(system, "test", SMALL), Request(("agreement",), limits=Limits(depth=12)))
    verdict = report.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert verdict.reason.startswith(f"no violation within {report.counts.depth} steps: z3 gave up on behaviours of ")
    assert 0 < report.counts.depth < 12


def test_a_circuit_that_grows_too_large_leaves_what_is_longer_unknown() -> None:
    system = load("paxos").system
    engine = BmcEngine(gates_max=1_000)
    report = engine.run(system, build_instance(system, "test", SMALL), Request(("agreement",), limits=Limits(depth=12)))
    verdict = report.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert verdict.reason.endswith("the limit of 1,000 gates")


def test_the_same_question_has_the_same_trace() -> None:
    system = load("paxos").mutants["half_is_enough"].system
    instance = build_instance(system, "test", SMALL)
    texts = []
    for _ in range(2):
        verdict = search(system, instance, ("agreement",), 8).results[0].verdict
        assert isinstance(verdict, Violated)
        texts.append(trace_text(verdict.trace))
    assert texts[0] == texts[1]


def test_a_behaviour_that_the_interpreter_does_not_have_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    system = load("consensus").system
    monkeypatch.setattr(Machine, "perform", lambda *_: None)
    with pytest.raises(DisagreementError):
        search(system, build_instance(system, "test", {"Value": 2}), (DEADLOCK,), 3)


def test_without_z3_there_is_a_complaint_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "is_available", lambda: False)
    system = load("consensus").system
    with pytest.raises(QuoraxError, match=r"Y010(.|\n)*pip install"):
        search(system, build_instance(system, "test", {"Value": 2}), (), 3)


@pytest.mark.parametrize(
    ("name", "bounds", "sorts"),
    [
        ("paxos", SMALL, ["Acceptor", "Value"]),
        ("paxos", {**SMALL, "Acceptor": 3, "PrepareQuorum": (("a1", "a2"), ("a1", "a3"))}, ["Value"]),
        ("pbft", {"Replica": 4, "Digest": 2, "View": 1, "Number": 1, "f": 1, "byzantine": 1}, ["Digest"]),
        ("best_effort_broadcast", {"Process": 3, "Message": 2, "crashes": 1}, []),
    ],
)
def test_only_sorts_that_nothing_tells_apart_are_symmetric(name: str, bounds: dict[str, int], sorts: list[str]) -> None:
    system = load(name).system
    found = symmetric_sorts(system, build_instance(system, "test", bounds))
    assert [str(s) for s in found] == sorts


def compare(system: System, instance: Instance, depth: int) -> None:
    """Compare verdicts, and the lengths of traces, with an exploration to the same depth."""
    asked = (*(p.name for p in system.properties), DEADLOCK)
    request = Request(asked, limits=Limits(states=STATES_MAX, depth=depth))
    try:
        reference = Interpreter().run(system, instance, request)
        report = BmcEngine().run(system, instance, request)
    except QuoraxError:  # a type with too many values to list
        return
    if "states" in reference.stopped_by:
        return
    if reference.error is not None:
        assert report.error is not None, describe(system, instance)
        lengths = [-1 if e.trace is None else len(e.trace.steps) for e in (reference.error, report.error)]
        assert lengths[0] - 1 <= lengths[1] <= lengths[0], describe(system, instance)
        return
    assert report.error is None, describe(system, instance)
    for expected, found in zip(reference.results, report.results, strict=True):
        if isinstance(expected.verdict, Violated):
            assert isinstance(found.verdict, Violated), describe(system, instance)
            assert len(found.verdict.trace.steps) == len(expected.verdict.trace.steps), describe(system, instance)
        else:
            assert isinstance(found.verdict, Unknown), describe(system, instance)


@QUICK
@given(drawn())
def test_a_random_system_is_searched_as_by_the_interpreter(drawn: tuple[System, Instance]) -> None:
    compare(*drawn, 4)


@pytest.mark.deep
@LONG
@given(drawn())
def test_thousands_of_random_systems_are_searched_as_by_the_interpreter(drawn: tuple[System, Instance]) -> None:
    compare(*drawn, 6)
