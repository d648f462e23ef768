"""Exhaustive search: published counts, shortest traces, verdicts that claim no more than was seen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checker.diagnostics import QuoraxError
from checker.interp import meter
from checker.interp.engine import Interpreter
from checker.ir.system import System
from checker.trace.verdict import (
    DEADLOCK,
    BoundHit,
    Counts,
    Holds,
    Limits,
    Progress,
    Reached,
    Report,
    Request,
    Unknown,
    Unreached,
    Violated,
)
from tests.interp.small import bundled, check, instance_of, result_of, system_of

PAXOS: dict[str, Any] = {"Acceptor": 3, "Ballot": 2, "Value": 2}


def fired(report: Report, action: str) -> int:
    return dict(report.coverage)[action]


def test_paxos_has_the_published_number_of_states() -> None:
    """Published for MCPaxosTiny: 3,921 distinct states, depth 17 counted in states."""
    report = check(bundled("paxos"), "agreement", "validity", "promises_kept", DEADLOCK, **PAXOS)
    assert report.complete
    assert [r.verdict for r in report.results] == [Holds("exhaustive")] * 4
    assert (report.counts.distinct, report.counts.depth, report.counts.terminal) == (3921, 16, 0)
    assert report.counts.generated - fired(report, "restart") == 23467
    assert report.bounds_hit == ()
    assert report.warnings == ()


@pytest.mark.deep
def test_paxos_with_three_ballots_has_the_known_number_of_states() -> None:
    report = check(bundled("paxos"), "agreement", **(PAXOS | {"Ballot": 3}))
    assert (report.counts.distinct, report.counts.depth) == (185_369, 24)
    assert report.counts.generated - fired(report, "restart") == 1_350_916


def test_voting_and_consensus_have_their_published_numbers_of_states() -> None:
    voting = check(bundled("voting"), Acceptor=3, Ballot=3, Value=2)
    assert (voting.complete, voting.counts.distinct) == (True, 6752)
    consensus = check(bundled("consensus"), Value=3)
    assert (consensus.complete, consensus.counts.distinct) == (True, 4)


LENGTHS = {
    "propose_own": 12,
    "half_is_enough": 8,
    "propose_twice": 9,
    "count_messages": 10,
    "omit_vote": 12,
}


@pytest.mark.parametrize("mutant", LENGTHS)
def test_mutants_are_refuted_by_shortest_traces_of_the_known_length(mutant: str) -> None:
    report = check(bundled("paxos", mutant), "agreement", **PAXOS)
    verdict = report.results[0].verdict
    assert isinstance(verdict, Violated)
    assert len(verdict.trace.steps) == LENGTHS[mutant]
    assert not report.complete
    assert report.stopped_by == "everything asked for is decided"


@pytest.mark.parametrize("mutant", ["pick_lowest", "pick_any", "accept_without_promise"])
def test_mutants_that_need_three_ballots_pass_at_two(mutant: str) -> None:
    report = check(bundled("paxos", mutant), "agreement", **PAXOS)
    assert result_of(report, "agreement").verdict == Holds("exhaustive")


CLOCK = """
class T(Order): ...

class Clock(Model):
    now: T
    stopped: bool

    @initial
    def start(self) -> None:
        self.now = T.first()
        self.stopped = False

    @action
    def tick(self) -> None:
        require(not self.stopped)
        self.now = successor(self.now)

    @action
    def stop(self) -> None:
        require(STOP)
        self.stopped = True

    def at_start(self) -> bool:
        return self.now == T.first()

    def late(self) -> bool:
        return all(t <= self.now for t in T)

    def impossible(self) -> bool:
        return self.now < T.first()

    @invariant
    def never_late(self) -> bool:
        return not self.late()

    @invariant
    def never_stopped(self) -> bool:
        return not self.stopped

    @invariant
    def says_nothing(self) -> bool:
        return all(t == u for t in T for u in T if t < u and u < t)

    @invariant
    def says_little(self) -> bool:
        return all(t <= self.now for t in T if t < self.now)

    @transition_invariant
    def forward(self, old: Self) -> bool:
        return old.now < self.now

    @transition_invariant
    def never_stops(self, old: Self) -> bool:
        return self.stopped == old.stopped
"""


@pytest.fixture
def clock(tmp_path: Path) -> System:
    return system_of(CLOCK.replace("STOP", "not self.stopped"), tmp_path)


def test_counts_are_of_states_steps_and_cuts(clock: System) -> None:
    report = check(clock, T=3)
    assert report.counts == Counts(distinct=6, stored=6, generated=1 + 2 + 3, depth=3, terminal=3)
    assert report.bounds_hit == (BoundHit("T", 1),)
    assert report.coverage == (("tick", 2), ("stop", 3))
    guard = {g.action: (g.reached, g.refused) for g in report.guards}
    assert guard == {"tick": (6, 3), "stop": (6, 3)}
    assert all(g.text.startswith("require(not self.stopped)") and g.line for g in report.guards)


def test_each_property_gets_its_own_shortest_violation(clock: System) -> None:
    report = check(clock, "never_late", "never_stopped", "never_stops", DEADLOCK, T=4)
    lengths = {r.property: len(r.verdict.trace.steps) for r in report.results if isinstance(r.verdict, Violated)}
    assert lengths == {"never_late": 3, "never_stopped": 1, "never_stops": 1, DEADLOCK: 1}


def test_a_state_with_a_cut_is_no_deadlock(tmp_path: Path) -> None:
    system = system_of(CLOCK.replace("STOP", "False"), tmp_path)
    report = check(system, DEADLOCK, T=2)
    assert result_of(report, DEADLOCK).verdict == Holds("exhaustive")
    assert report.counts.terminal == 0


def test_a_step_that_changes_nothing_satisfies_every_transition_invariant(tmp_path: Path) -> None:
    text = CLOCK.replace("STOP", "True").replace("self.stopped = True", "self.stopped = self.stopped")
    report = check(system_of(text, tmp_path), "forward", T=3)
    assert fired(report, "stop") == 3
    assert result_of(report, "forward").verdict == Holds("exhaustive")


def test_the_initial_state_can_violate_and_witness(clock: System) -> None:
    verdict = check(clock, witnesses=("at_start",), T=2).results[0].verdict
    assert isinstance(verdict, Reached)
    assert verdict.trace.steps == ()
    assert verdict.trace.title == "at_start is reached in the initial state"
    verdict = check(clock, "never_late", T=1).results[0].verdict
    assert isinstance(verdict, Violated)
    assert verdict.trace.steps == ()


def test_an_unreached_witness_is_unknown_where_bounds_cut(clock: System, tmp_path: Path) -> None:
    verdict = check(clock, witnesses=("impossible",), T=2).results[0].verdict
    assert isinstance(verdict, Unknown)
    assert verdict.reason == "not reached within the bounds: 1 transitions were cut by T"


def test_an_unreached_witness_without_cuts_is_unreachable() -> None:
    report = check(bundled("paxos"), witnesses=("reproposed", "decided"), Acceptor=2, Ballot=1, Value=1)
    assert result_of(report, "reproposed").verdict == Unreached()
    assert isinstance(result_of(report, "decided").verdict, Reached)


def test_nothing_holds_where_a_limit_ended_the_search(clock: System) -> None:
    by_depth = check(clock, "says_little", witnesses=("late",), limits=Limits(depth=2), T=5)
    assert not by_depth.complete
    assert by_depth.stopped_by == "the depth limit of 2 steps"
    assert by_depth.counts.depth == 2
    for result in by_depth.results:
        assert isinstance(result.verdict, Unknown)
        assert result.verdict.how == "depth"
    by_states = check(clock, "says_little", limits=Limits(states=3), T=5)
    assert by_states.counts.distinct == 3
    assert by_states.results[0].verdict == Unknown("not every state was explored: the limit of 3 states")
    by_time = check(clock, "says_little", limits=Limits(seconds=0), T=5)
    assert by_time.results[0].verdict == Unknown("not every state was explored: the time limit of 0 seconds")
    by_memory = check(clock, "says_little", limits=Limits(memory_bytes=1), T=5)
    assert by_memory.results[0].verdict == Unknown("not every state was explored: the memory limit of 1 bytes")


def test_a_limit_that_is_not_reached_changes_nothing(clock: System) -> None:
    report = check(clock, "says_little", limits=Limits(states=6, depth=4, seconds=600), T=3)
    assert report.complete
    assert report.results[0].verdict == Holds("exhaustive")


def test_a_search_goes_on_for_open_questions_or_when_told_to(clock: System) -> None:
    assert check(clock, "never_stopped", T=3).counts.distinct < 6
    assert check(clock, "never_stopped", "says_little", T=3).complete
    assert check(clock, "never_stopped", exhaust=True, T=3).complete
    assert check(clock, T=3).complete


def test_warnings_say_what_a_verdict_does_not_rest_on(tmp_path: Path) -> None:
    system = system_of(CLOCK.replace("STOP", "self.now < T.first()"), tmp_path)
    report = check(system, "says_nothing", "says_little", T=3)
    assert report.warnings[:2] == (
        "action stop is never taken",
        "says_nothing says nothing: its range is empty in every state",
    )
    assert "tick could do without require(not self.stopped)" in report.warnings[2]
    assert len(report.warnings) == 3
    assert report.vacuous == ("says_nothing",)
    assert check(system, "says_nothing", limits=Limits(depth=1), T=3).vacuous == ()


def test_interrupting_gives_what_was_found_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "INTERVAL_S", 0.0)

    def interrupt(progress: Progress) -> None:
        if progress.distinct > 1000:
            raise KeyboardInterrupt

    system = bundled("paxos", "propose_twice")
    instance = instance_of(system, **(PAXOS | {"Ballot": 3}))
    request = Request(("one_value_per_ballot", "agreement"))
    report = Interpreter().run(system, instance, request, interrupt)
    assert (report.complete, report.stopped_by) == (False, "interrupted")
    assert isinstance(result_of(report, "one_value_per_ballot").verdict, Violated)
    assert result_of(report, "agreement").verdict == Unknown("not every state was explored: interrupted")


def test_progress_reports_growing_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "INTERVAL_S", 0.0)
    seen: list[Progress] = []
    system = bundled("paxos")
    report = Interpreter().run(system, instance_of(system, **PAXOS), Request(("agreement", "votes_safe")), seen.append)
    assert report.complete
    assert len(seen) > 100
    assert [p.distinct for p in seen] == sorted(p.distinct for p in seen)
    assert all(p.engine == "interp" and p.memory_bytes > 0 for p in seen)


def test_unknown_names_suggest_the_nearest(clock: System) -> None:
    with pytest.raises(QuoraxError, match=r"R020.*no property called never_stoped(.|\n)*did you mean never_stopped"):
        check(clock, "never_stoped", T=2)
    with pytest.raises(QuoraxError, match=r"R020.*no predicate without parameters called never_late"):
        check(clock, witnesses=("never_late",), T=2)


FAULTY = """
class T(Order): ...

class Faulty(Model):
    now: T
    counter: Annotated[int, Range(0, 2)]

    @initial
    def start(self) -> None:
        self.now = T.first()
        self.counter = 0

    @action
    def count(self, t: T) -> None:
        require(t == self.now)
        self.counter = self.counter + 1

    def early(self) -> bool:
        return self.counter <= 1

    @invariant
    def unlucky(self) -> bool:
        return self.counter < 2 or max({t for t in T if t < self.now}) == self.now

    @invariant
    def small(self) -> bool:
        return self.counter < 1

    @transition_invariant
    def jumpy(self, old: Self) -> bool:
        return old.counter == 0 or min({t for t in T if t < self.now}) == self.now
"""


def test_an_error_of_the_model_stops_the_search_with_a_trace_to_it(tmp_path: Path) -> None:
    report = check(system_of(FAULTY, tmp_path), "small", DEADLOCK, T=1)
    assert (report.complete, report.stopped_by) == (False, "an error of the model")
    assert isinstance(result_of(report, "small").verdict, Violated)  # found before the error
    verdict = result_of(report, DEADLOCK).verdict
    assert verdict == Unknown("not every state was explored: an error of the model")
    assert report.error is not None
    assert report.error.diagnostic.code == "R010"
    assert report.error.place == "count(0)"
    assert report.error.trace is not None
    assert [s.action for s in report.error.trace.steps] == ["count", "count"]
    assert report.error.trace.title == "count(0): counter: 3 is not in 0..2"


def test_a_property_without_a_value_is_an_error_too(tmp_path: Path) -> None:
    system = system_of(FAULTY, tmp_path)
    unlucky = check(system, "unlucky", T=1).error
    assert unlucky is not None
    assert unlucky.trace is not None
    assert (unlucky.diagnostic.code, unlucky.place, len(unlucky.trace.steps)) == ("R006", "the invariant unlucky", 2)
    jumpy = check(system, "jumpy", T=1).error
    assert jumpy is not None
    assert jumpy.trace is not None
    assert (jumpy.place, len(jumpy.trace.steps)) == ("the transition invariant jumpy", 2)


def test_a_model_that_cannot_start_is_an_error_not_a_proof(tmp_path: Path) -> None:
    text = FAULTY.replace("        self.counter = 0\n", "        self.counter = 0\n        require(len(T) > 1)\n")
    report = check(system_of(text, tmp_path), "small", T=1)
    assert report.error is not None
    assert report.error.trace is None
    assert report.error.diagnostic.code == "R014"
    assert isinstance(report.results[0].verdict, Unknown)


SCRIPT = """
from dataclasses import replace
from tests.interp.small import bundled, check
system = bundled("paxos", "omit_vote")
report = check(system, "agreement", base=bundled("paxos"), witnesses=("decided",), Acceptor=3, Ballot=2, Value=2)
traces = [r.verdict.trace for r in report.results]
print([(t.title, t.blame, t.initial_notes, [replace(s, state=()) for s in t.steps]) for t in traces])
print(report.counts, report.coverage, report.guards, report.warnings)
"""


def test_the_same_question_gives_the_same_answer_whatever_the_hash_seed() -> None:
    def answer(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", SCRIPT]
        root = Path(__file__).parents[2]
        return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True).stdout

    first = answer("1")
    assert "agreement is violated at step 12" in first
    assert answer("2") == answer("77") == first
