"""Stores, workers, limits and failures of the compiled engine: the same verdicts, or an honest partial one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.explicit import build as building
from checker.explicit import engine as engines
from checker.explicit.build import CompilerError, build, is_intact
from checker.explicit.engine import ExplicitEngine, Store
from checker.interp.engine import Interpreter
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import Atom, Binary
from checker.trace.verdict import DEADLOCK, Holds, Limits, Progress, Reached, Report, Request, Unknown, Violated
from tests.explicit.comparison import findings, needs_compiler

PAXOS: dict[str, Setting] = {"Acceptor": 3, "Ballot": 2, "Value": 2}


def paxos(mutant: str = "", **settings: Setting) -> tuple[System, Instance]:
    model = load("paxos")
    system = model.mutants[mutant].system if mutant else model.system
    return system, build_instance(system, "test", PAXOS | settings)


def moves(report: Report) -> list[tuple[str, tuple[object, ...]]]:
    verdict = report.results[0].verdict
    assert isinstance(verdict, Violated)
    return [(step.action, tuple(b.value for b in (*step.args, *step.choices))) for step in verdict.trace.steps]


@needs_compiler
@pytest.mark.parametrize("store", ["exact", "tree"])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_every_store_and_number_of_workers_finds_the_same(store: Store, workers: int) -> None:
    request = Request(("agreement", "votes_safe", "promises_kept"), ("decided",), exhaust=True)
    report = ExplicitEngine(workers, store).run(*paxos(), request)
    assert findings(report) == findings(ExplicitEngine().run(*paxos(), request))
    assert report.counts.distinct == 3921


@needs_compiler
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_fingerprints_count_the_same_and_never_say_that_something_holds(workers: int) -> None:
    request = Request(("agreement", "promises_kept"), ("decided",), exhaust=True)
    report = ExplicitEngine(workers, "fp64").run(*paxos(), request)
    assert report.counts == ExplicitEngine().run(*paxos(), request).counts
    agreement, kept, decided = (r.verdict for r in report.results)
    assert isinstance(agreement, Unknown)
    assert isinstance(kept, Unknown)
    assert "was taken for another with a probability of 5e-15" in agreement.reason
    assert isinstance(decided, Reached)


@needs_compiler
@pytest.mark.parametrize("store", ["exact", "tree"])
@pytest.mark.parametrize("mutant", ["omit_vote", "forget_promise"])
def test_the_trace_does_not_depend_on_the_number_of_workers(store: Store, mutant: str) -> None:
    runs = [ExplicitEngine(n, store).run(*paxos(mutant), Request(("agreement",))) for n in (1, 2, 4)]
    assert moves(runs[0]) == moves(runs[1]) == moves(runs[2])
    assert runs[0].counts == runs[1].counts == runs[2].counts


@needs_compiler
def test_the_trace_by_fingerprints_does_not_depend_on_the_number_of_workers() -> None:
    runs = [ExplicitEngine(n, "fp64").run(*paxos("omit_vote"), Request(("agreement",))) for n in (1, 2, 4)]
    assert len(moves(runs[0])) == 12
    assert moves(runs[0]) == moves(runs[1]) == moves(runs[2])


@needs_compiler
def test_a_temporal_property_that_says_nothing_is_remarked_on() -> None:
    says_nothing = TemporalProperty("resolved", Binary("leads_to", Atom("outvoted"), Atom("decided")))
    request = Request(("agreement",), temporal=(says_nothing,))
    native, reference = (e.run(*paxos(Ballot=1), request) for e in (ExplicitEngine(), Interpreter()))
    assert native.results == reference.results
    assert native.vacuous == reference.vacuous == ("resolved",)
    assert native.warnings == reference.warnings


@needs_compiler
def test_fingerprints_say_how_likely_a_state_was_missed() -> None:
    report = ExplicitEngine(store="fp64").run(*paxos(), Request(("agreement",)))
    assert report.warnings[0].startswith(
        "64-bit fingerprints: some state was taken for another with a probability of 5e-15"
    )


@needs_compiler
def test_a_limit_of_states_is_met_exactly_and_nothing_holds() -> None:
    request = Request(("agreement",), limits=Limits(states=200))
    report = ExplicitEngine(workers=2).run(*paxos(), request)
    assert report.counts.stored == 200
    assert report.results[0].verdict == Unknown("not every state was explored: the limit of 200 states")


@needs_compiler
def test_a_limit_of_depth_says_how_far_it_looked() -> None:
    report = ExplicitEngine().run(*paxos(), Request(("agreement",), limits=Limits(depth=5)))
    verdict = report.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert verdict.how == "depth"
    assert report.counts.depth == 5


@needs_compiler
def test_a_limit_of_memory_ends_in_an_honest_partial_verdict() -> None:
    request = Request(("agreement",), limits=Limits(memory_bytes=40 << 20))
    report = ExplicitEngine(symmetry=False).run(*paxos(Ballot=4), request)
    assert not report.complete
    assert isinstance(report.results[0].verdict, Unknown)
    assert 0 < report.counts.distinct < 8_220_065


@needs_compiler
def test_an_interrupt_ends_in_an_honest_partial_verdict() -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    report = ExplicitEngine(symmetry=False).run(*paxos(Ballot=4), Request(("agreement",)), interrupt)
    assert (report.complete, report.stopped_by) == (False, "interrupted")
    assert isinstance(report.results[0].verdict, Unknown)


@needs_compiler
def test_freedom_from_deadlock_is_one_of_the_64_properties_that_a_run_judges() -> None:
    """A sixty-fifth would have no bit, and would hold unseen."""
    system = load("consensus").system
    instance = build_instance(system, "test", {"Value": 3})
    agreement = next(p for p in system.properties if p.name == "agreement")
    more = tuple(replace(agreement, name=f"agreement_{i}") for i in range(64))
    system = replace(system, properties=more)
    names = tuple(p.name for p in more)
    report = ExplicitEngine().run(system, instance, Request((*names[1:], DEADLOCK)))
    assert isinstance(report.results[-1].verdict, Violated)
    with pytest.raises(QuoraxError, match="X001"):
        ExplicitEngine().run(system, instance, Request((*names, DEADLOCK)))


@needs_compiler
def test_a_property_that_is_decided_ends_the_search() -> None:
    report = ExplicitEngine().run(*paxos("omit_vote"), Request(("agreement",)))
    assert report.stopped_by == "everything asked for is decided"


def test_without_a_compiler_the_interpreter_explores_and_says_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_compiler", lambda: None)
    report = ExplicitEngine().run(*paxos(Acceptor=2), Request(("agreement",)))
    assert report.results[0].verdict == Holds("exhaustive")
    assert "some hundred times slower" in report.warnings[0]


@needs_compiler
def test_a_compiler_that_fails_is_an_error_with_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "INCLUDE", "#error no luck")
    with pytest.raises(QuoraxError, match=r"X002.*the C compiler failed(.|\n)*no luck"):
        ExplicitEngine().run(*paxos(), Request(("agreement",)))


PROGRAM = '#include "context.h"\nconst int answer = 42;\n'


@needs_compiler
def test_a_corrupt_cache_entry_is_made_anew(tmp_path: Path) -> None:
    made = build(PROGRAM, folder=tmp_path)
    before = made.read_bytes()
    made.write_bytes(before[:100])
    assert not is_intact(made)
    assert build(PROGRAM, folder=tmp_path) == made
    assert is_intact(made)


@needs_compiler
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(made: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(building, "keep", full)
    made = build(PROGRAM, folder=tmp_path)
    assert made.is_file()
    assert not list(tmp_path.glob("*.so"))


@needs_compiler
def test_a_program_that_is_no_c_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompilerError, match="the C compiler failed"):
        build("this is no C", folder=tmp_path)


@needs_compiler
@pytest.mark.deep
def test_paxos_with_four_ballots_has_the_states_that_were_counted_elsewhere() -> None:
    report = ExplicitEngine().run(*paxos(Ballot=4), Request(("agreement",)))
    assert (report.counts.distinct, report.complete) == (8_220_065, True)
