"""Random simulation: the same seed gives the same runs, violations are real and short, and nothing is ever proved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.interp.engine import Interpreter
from checker.interp.replay import replay
from checker.trace.verdict import DEADLOCK, Limits, Reached, Report, Request, Unknown, Violated
from tests.interp.small import bundled, instance_of, system_of


def simulate(mutant: str, *, seed: int = 0, runs: int = 400, limits: Limits | None = None) -> Report:
    system = bundled("paxos", mutant)
    request = Request(("agreement",), ("decided",), limits or Limits(), seed, runs)
    instance = instance_of(system, Acceptor=3, Ballot=2, Value=2)
    return Interpreter().run(system, instance, request, base=bundled("paxos"))


def test_a_violation_is_found_shortened_and_replayed() -> None:
    report = simulate("omit_vote")
    violated, reached = (r.verdict for r in report.results)
    assert isinstance(violated, Violated)
    assert isinstance(reached, Reached)
    assert len(reached.trace.steps) == 6  # no step of a shortest decision can be left out
    trace = violated.trace
    assert trace.title.startswith("agreement is violated at step ")
    path = [(s.action, tuple(b.value for b in s.args), tuple(b.value for b in s.choices)) for s in trace.steps]
    for place in range(len(path)):  # shortened as far as leaving out single steps goes
        shorter = path[:place] + path[place + 1 :]
        with pytest.raises(QuoraxError, match=r"T20[23]"):
            replay(trace.system, trace.instance, trace.initial, shorter, property="agreement")
    assert not report.complete
    assert report.stopped_by == "everything asked for is decided"


def test_the_same_seed_gives_the_same_report() -> None:
    first, again, other = simulate("omit_vote"), simulate("omit_vote"), simulate("omit_vote", seed=1)
    assert replace(first, seconds=0) == replace(again, seconds=0)
    assert (first.seed, other.seed) == (0, 1)
    assert first.counts != other.counts


def test_a_clean_simulation_proves_nothing() -> None:
    report = simulate("", runs=20)
    assert not report.complete
    verdict = report.results[0].verdict
    assert verdict == Unknown(f"no violation in 20 runs, {report.counts.generated:,} steps, seed 0", "simulation")
    assert report.counts.distinct == 0
    assert 0 < report.counts.depth <= 200


def test_limits_end_a_simulation_early() -> None:
    assert simulate("", runs=5, limits=Limits(depth=3)).counts.depth == 3
    report = simulate("", runs=10**9, limits=Limits(seconds=0))
    assert report.stopped_by == "the time limit of 0 seconds"
    assert isinstance(report.results[0].verdict, Unknown)
    assert "stopped by the time limit" in report.results[0].verdict.reason


STAIRS = """
class T(Order): ...

class Stairs(Model):
    now: T
    height: Annotated[int, Range(0, 3)]

    @initial
    def start(self) -> None:
        self.now = T.first()
        self.height = 0

    @action
    def climb(self) -> None:
        require(self.height < LIMIT)
        self.height = self.height + 1

    @action
    def wait(self) -> None:
        require(self.height < 2)
        self.now = successor(self.now)
"""


def test_deadlocks_bounds_and_errors_are_met_on_the_way(tmp_path: Path) -> None:
    stuck = system_of(STAIRS.replace("LIMIT", "2"), tmp_path)
    request = Request((DEADLOCK,), runs=50)
    report = Interpreter().run(stuck, instance_of(stuck, T=2), request)
    verdict = report.results[0].verdict
    assert isinstance(verdict, Violated)
    assert [s.action for s in verdict.trace.steps] == ["climb", "climb"]
    assert all(hit.bound == "T" for hit in report.bounds_hit)
    broken = system_of(STAIRS.replace("LIMIT", "9"), tmp_path)
    report = Interpreter().run(broken, instance_of(broken, T=2), request)
    assert report.error is not None
    assert report.error.trace is not None
    assert report.error.trace.title == "climb(): height: 4 is not in 0..3"
    assert [s.action for s in report.error.trace.steps].count("climb") == 3
