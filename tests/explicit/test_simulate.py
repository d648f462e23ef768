"""Random simulation in compiled code: what the interpreter's simulation says, the same for any number of workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.explicit import engine as engines
from checker.explicit import shapes
from checker.explicit.engine import ExplicitEngine
from checker.explicit.layout import layout_of
from checker.interp.engine import NO_LASSO_AT_RANDOM, Interpreter
from checker.interp.replay import replay
from checker.ir import expr as ir
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import Action, System
from checker.ir.types import INT, IntType
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import Atom, Unary
from checker.trace.trace import Trace
from checker.trace.verdict import DEADLOCK, Limits, Progress, Reached, Report, Request, Unknown, Violated
from tests.explicit.comparison import needs_compiler
from tests.explicit.constructs import CASES, number, one_variable, put, system_called
from tests.explicit.random_cases import random_case
from tests.interp.small import instance_of, system_of
from tests.interp.test_simulate import STAIRS

pytestmark = needs_compiler

SIZES: dict[str, dict[str, Setting]] = {
    "paxos": {"Acceptor": 5, "Ballot": 4, "Value": 3},
    "raft": {"Server": 5, "Command": 2, "Term": 3, "LogLength": 2, "elections": 4, "restarts": 2},
    "pbft": {"Replica": 4, "Digest": 2, "Number": 1, "View": 3, "f": 1, "byzantine": ("r4",)},
}
"""Instances that nobody could exhaust."""

SIMPLER: dict[str, dict[str, Setting]] = {
    "paxos": {"Acceptor": 4, "Ballot": 3},
    "raft": {"Server": 4, "LogLength": 1},
    "pbft": {"byzantine": ("r1",), "View": 2},
}
"""In which random runs come upon what mutants break sooner."""


def subject(name: str, mutant: str = "", **settings: Setting) -> tuple[System, Instance]:
    model = load(name)
    system = model.mutants[mutant].system if mutant else model.system
    return system, build_instance(system, "test", SIZES[name] | settings)


def simulate(
    system: System,
    instance: Instance,
    *properties: str,
    workers: int = 1,
    runs: int = 300,
    seed: int = 0,
    depth: int | None = None,
    base: System | None = None,
) -> Report:
    """Return what random runs found, but for the time it took."""
    asked = properties or tuple(p.name for p in system.properties)
    request = Request(asked, (), Limits(depth=depth), seed, runs)
    report = ExplicitEngine(workers).run(system, instance, request, base=base)
    assert (report.engine, report.complete, report.seed) == ("explicit", False, seed)
    return replace(report, seconds=0)


def trace_of(report: Report) -> Trace:
    verdict = report.results[0].verdict
    assert isinstance(verdict, Violated)
    return verdict.trace


def test_instances_are_wider_than_a_word() -> None:
    assert all(layout_of(shapes.Shapes(*subject(name))).words > 1 for name in SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_the_report_is_the_same_for_any_number_of_workers(name: str) -> None:
    one = simulate(*subject(name))
    assert one == simulate(*subject(name), workers=2) == simulate(*subject(name), workers=4)
    assert one.stopped_by == ""
    reason = f"no violation in 300 runs, {one.counts.generated:,} steps, seed 0"
    assert {r.verdict for r in one.results} == {Unknown(reason, "simulation")}
    assert sum(count for _, count in one.coverage) == one.counts.generated
    assert one.counts.distinct == 0
    assert 0 < one.counts.depth <= 200
    assert simulate(*subject(name), seed=1).counts != one.counts


@pytest.mark.parametrize(
    ("name", "mutant", "broken"),
    [
        ("paxos", "omit_vote", "agreement"),
        ("raft", "vote_twice", "election_safety"),
        ("raft", "overwrite_own_entry", "leader_append_only"),
        ("pbft", "prepare_with_fewer", "agreement"),
    ],
)
def test_a_violation_is_found_shortened_and_replayed(name: str, mutant: str, broken: str) -> None:
    system, instance = subject(name, mutant, **SIMPLER[name])
    base = load(name).system
    one = simulate(system, instance, broken, runs=100_000, seed=5, base=base)
    assert one == simulate(system, instance, broken, runs=100_000, seed=5, base=base, workers=2)
    assert one == simulate(system, instance, broken, runs=100_000, seed=5, base=base, workers=4)
    assert one.stopped_by == "everything asked for is decided"
    assert (
        one.results[0].verdict
        == simulate(system, instance, runs=100_000, seed=5, base=base)
        .results[[p.name for p in system.properties].index(broken)]
        .verdict
    )  # whatever else is asked
    trace = trace_of(one)
    path = [(s.action, tuple(b.value for b in s.args), tuple(b.value for b in s.choices)) for s in trace.steps]
    assert replay(system, instance, trace.initial, path, property=broken, base=base) == trace
    for place in range(len(path)):  # shortened as far as leaving out single steps goes
        with pytest.raises(QuoraxError, match=r"T20[23]"):
            replay(system, instance, trace.initial, path[:place] + path[place + 1 :], property=broken)


def test_several_goals_end_the_runs_where_the_last_is_decided() -> None:
    system, instance = subject("paxos", "omit_vote", Ballot=2, Value=2, Acceptor=3)
    request = Request(("agreement",), ("decided", "outvoted"), seed=2, runs=10_000)
    reports = [replace(ExplicitEngine(n).run(system, instance, request), seconds=0) for n in (1, 2, 3, 4)]
    assert reports.count(reports[0]) == 4
    assert [type(r.verdict) for r in reports[0].results] == [Violated, Reached, Reached]
    alone = simulate(system, instance, "agreement", seed=2, runs=10_000)
    assert alone.results[0] == reports[0].results[0]


DICE = """
class Side(Sort): ...

class Dice(Model):
    shown: Side | None
    lying: Side | None
    coin: bool

    @initial
    def start(self) -> None:
        self.shown = None
        self.lying = None
        self.coin = False

    @action
    def throw(self, side: Side) -> None:
        require(self.shown is None)
        self.shown = side

    @action
    def throw_both(self, side: Side, other: Side) -> None:
        require(self.shown is None)
        self.shown = side
        self.lying = other

    @action
    def toss(self) -> None:
        require(self.shown is None)
        heads = choose({True, False})
        self.coin = heads

    @action
    def look(self) -> None:
        self.coin = self.coin
"""


@pytest.mark.parametrize("sides", [2, 20])
def test_steps_that_change_the_state_are_equally_likely(tmp_path: Path, sides: int) -> None:
    """Neither looking nor the other way of tossing changes anything; 20 sides give more steps than a batch has."""
    system = system_of(DICE, tmp_path)
    runs = 40_000
    report = simulate(system, instance_of(system, Side=sides), depth=1, runs=runs)
    assert report.counts.generated == runs
    steps = {"throw": sides, "throw_both": sides**2, "toss": 1, "look": 0}
    fired = dict(report.coverage)
    assert fired["look"] == 0
    for name, ways in steps.items():
        share = ways / sum(steps.values())
        assert abs(fired[name] - runs * share) <= 4 * (runs * share * (1 - share)) ** 0.5


ONE_WAY = """
class T(Order): ...

class OneWay(Model):
    now: T
    done: Annotated[int, Range(0, 5)]

    @initial
    def start(self) -> None:
        self.now = T.first()
        self.done = 0

    @action
    def work(self) -> None:
        require(self.now == T.first())
        require(self.done < 5)
        self.done = self.done + 1

    @action
    def hurry(self, t: T) -> None:
        require(t == T.first())
        require(self.done == 2)
        self.now = successor(self.now)
        self.now = T.first()

    @invariant
    def idle(self) -> bool:
        return self.done < 5

    @transition_invariant
    def small_steps(self, old: Self) -> bool:
        return self.done <= old.done + 1
"""


@pytest.mark.parametrize("workers", [1, 3])
def test_where_there_is_one_way_to_go_the_report_is_the_interpreters(tmp_path: Path, workers: int) -> None:
    system = system_of(ONE_WAY, tmp_path)
    for size, properties in ((1, ("small_steps",)), (1, ("idle", "small_steps", DEADLOCK)), (2, (DEADLOCK,))):
        instance = instance_of(system, T=size)
        request = Request(properties, runs=20, seed=3, limits=Limits(depth=100))
        reference = Interpreter().run(system, instance, request)
        native = ExplicitEngine(workers).run(system, instance, request)
        assert replace(native, seconds=0, engine="") == replace(reference, seconds=0, engine="")
    assert native.bounds_hit == ()
    cut = ExplicitEngine(workers).run(system, instance_of(system, T=1), Request(("small_steps",), runs=20))
    assert [(hit.bound, hit.count) for hit in cut.bounds_hit] == [("T", 20)]


def test_deadlocks_and_errors_are_met_on_the_way(tmp_path: Path) -> None:
    stuck = system_of(STAIRS.replace("LIMIT", "2"), tmp_path)
    report = simulate(stuck, instance_of(stuck, T=2), DEADLOCK, runs=50)
    assert [s.action for s in trace_of(report).steps] == ["climb", "climb"]
    assert all(hit.bound == "T" for hit in report.bounds_hit)
    only_cut = system_of(STAIRS.replace("LIMIT", "0"), tmp_path)
    report = simulate(only_cut, instance_of(only_cut, T=1), DEADLOCK, runs=50)
    assert report.results[0].verdict == Unknown("no violation in 50 runs, 0 steps, seed 0", "simulation")
    assert [(hit.bound, hit.count) for hit in report.bounds_hit] == [("T", 50)]
    broken = system_of(STAIRS.replace("LIMIT", "9"), tmp_path)
    reports = [simulate(broken, instance_of(broken, T=2), DEADLOCK, runs=50, workers=n) for n in (1, 2, 4)]
    assert reports.count(reports[0]) == 3
    error = reports[0].error
    assert error is not None
    assert error.trace is not None
    assert error.trace.title == "climb(): height: 4 is not in 0..3"
    assert [s.action for s in error.trace.steps].count("climb") == 3
    assert reports[0].stopped_by == "an error of the model"


UNDEFINED = """
    @invariant
    def odd(self) -> bool:
        return 6 // (3 - self.height) > 0
"""

UNDEFINED_STEP = """
    @transition_invariant
    def even(self, old: Self) -> bool:
        return 6 // (3 - self.height) > old.height - 10
"""


@pytest.mark.parametrize("text", [UNDEFINED, UNDEFINED_STEP])
def test_a_property_without_a_value_ends_the_runs(tmp_path: Path, text: str) -> None:
    system = system_of(STAIRS.replace("LIMIT", "3") + text, tmp_path)
    report = simulate(system, instance_of(system, T=2))
    reference = Interpreter().run(system, instance_of(system, T=2), Request((report.results[0].property,), runs=300))
    assert report.error is not None
    assert reference.error is not None
    assert report.error.place == reference.error.place
    assert report.error.diagnostic == reference.error.diagnostic
    assert report.error.trace is not None
    assert report.error.trace.states[-1][1] == 3
    assert report.stopped_by == reference.stopped_by


def test_limits_end_a_simulation_early() -> None:
    assert simulate(*subject("paxos"), depth=3).counts.depth == 3
    request = Request(("agreement",), limits=Limits(seconds=0), runs=10**9)
    report = ExplicitEngine(2).run(*subject("paxos"), request)
    assert report.stopped_by == "the time limit of 0 seconds"
    verdict = report.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert verdict.reason.endswith("; stopped by the time limit of 0 seconds")
    assert f"{report.counts.generated:,} steps" in verdict.reason


def test_an_interrupt_ends_in_an_honest_partial_verdict() -> None:
    shown: list[Progress] = []

    def interrupt(progress: Progress) -> None:
        shown.append(progress)
        raise KeyboardInterrupt

    report = ExplicitEngine(2).run(*subject("paxos"), Request(("agreement",), runs=10**9), interrupt)
    assert (report.complete, report.stopped_by) == (False, "interrupted")
    verdict = report.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert verdict.how == "simulation"
    assert shown[0].note.startswith("run ")
    assert shown[0].note.endswith(f" of {10**9}")
    assert 0 < shown[0].generated <= report.counts.generated


@pytest.mark.parametrize("name", CASES)
def test_sets_that_outgrow_their_room_change_no_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system, settings = system_called(name, tmp_path)
    instance = build_instance(system, "test", settings)
    bits = simulate(system, instance)
    monkeypatch.setattr(shapes, "DENSE_MAX", 8)
    lists = simulate(system, instance, workers=2)
    monkeypatch.setattr(shapes, "FIRST_CAPACITY", 1)
    assert simulate(system, instance, workers=2) == lists
    assert lists.error == bits.error


@pytest.mark.parametrize("seed", range(24))
def test_of_a_random_system_nothing_is_found_but_what_there_is(seed: int, tmp_path: Path) -> None:
    case = random_case(seed, tmp_path)
    request = Request(case.request.properties, runs=60, limits=Limits(depth=30))
    engines = (ExplicitEngine(n) for n in (1, 3))
    one, three = (replace(e.run(case.system, case.instance, request), seconds=0) for e in engines)
    assert one == three, case.describe()
    reference = case.reference
    if reference.error is not None or not reference.complete:
        return
    assert one.error is None, case.describe()
    for found, there_is in zip(one.results, reference.results, strict=False):
        if isinstance(found.verdict, Violated):
            assert isinstance(there_is.verdict, Violated), case.describe()
    for (action, fired), (_, possible) in zip(one.coverage, reference.coverage, strict=True):
        assert not fired or possible, f"{action}\n{case.describe()}"


def test_an_integer_that_leaves_64_bits_ends_the_runs() -> None:
    x = ir.State(IntType(), "x")
    square = Action("square", (), (put(IntType(), ir.Arith(INT, "*", x, x)),))
    system = one_variable(IntType(), number(3), square)
    report = simulate(system, build_instance(system, "test", {"Node": 1, "Limit": 0}), DEADLOCK, runs=5)
    assert report.stopped_by == "an integer beyond 64 bits: use --engine interp"
    assert report.error is None
    assert isinstance(report.results[0].verdict, Unknown)


def test_a_temporal_property_is_not_decided_and_costs_no_exploration() -> None:
    claim = TemporalProperty("settled", Unary("eventually", Atom("decided")))
    report = ExplicitEngine().run(*subject("paxos"), Request(("agreement",), temporal=(claim,), runs=3))
    assert [r.property for r in report.results] == ["agreement", "settled"]
    assert report.results[1].verdict == NO_LASSO_AT_RANDOM
    assert report.warnings == ()


def test_without_a_compiler_the_interpreter_simulates_and_says_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_compiler", lambda: None)
    report = ExplicitEngine().run(*subject("paxos"), Request(("agreement",), runs=2))
    assert report.engine == "interp"
    assert "some hundred times slower" in report.warnings[0]
