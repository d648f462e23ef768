"""Temporal properties of small models: what fairness excludes, what bounds leave open, and lassos that are real."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.interp.engine import Interpreter
from checker.interp.machine import Machine
from checker.interp.replay import Move, replay
from checker.ir.instance import Setting
from checker.ir.system import System
from checker.report.terminal import check_summary
from checker.temporal.fairness import Fairness, TemporalProperty
from checker.temporal.formula import Atom, Binary, Formula, Unary
from checker.trace.trace import Note, Trace
from checker.trace.verdict import Holds, Limits, Report, Request, Unknown, Verdict, Violated
from tests.interp.small import bundled, instance_of, system_of

WALK = """
class P(Sort): ...
class Place(Order): ...

class Walk(Model):
    at: Map[P, Place]
    tired: Map[P, bool]

    @initial
    def start(self) -> None:
        for p in P:
            self.at[p] = Place.first()
            self.tired[p] = False

    @action
    def walk(self, p: P) -> None:
        require(not self.tired[p])
        require(self.at[p] == Place.first())
        self.at[p] = successor(self.at[p])

    @action
    def turn(self, p: P) -> None:
        self.tired[p] = not self.tired[p]

    @action
    def idle(self, p: P) -> None:
        self.at[p] = self.at[p]

    def all_there(self) -> bool:
        return all(self.at[p] != Place.first() for p in P)

    def some_there(self) -> bool:
        return any(self.at[p] != Place.first() for p in P)

    @invariant
    def nobody_there(self) -> bool:
        return not self.some_there()
"""

ARRIVE: Formula = Unary("eventually", Atom("all_there"))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> System:
    return system_of(WALK, tmp_path_factory.mktemp("walk"))


def asked(formula: Formula = ARRIVE, *fairness: Fairness) -> TemporalProperty:
    return TemporalProperty("arrival", formula, fairness)


def report_on(
    system: System,
    what: TemporalProperty,
    limits: Limits | None = None,
    base: System | None = None,
    **settings: Setting,
) -> Report:
    request = Request(limits=limits or Limits(), temporal=(what,))
    return Interpreter().run(system, instance_of(system, **settings), request, base=base)


def verdict_on(system: System, what: TemporalProperty, **settings: Setting) -> Verdict:
    (result,) = report_on(system, what, **(settings or {"P": 2, "Place": 2})).results
    assert (result.property, result.kind) == ("arrival", "temporal")
    return result.verdict


def lasso_on(system: System, what: TemporalProperty, **settings: Setting) -> Trace:
    verdict = verdict_on(system, what, **settings)
    assert isinstance(verdict, Violated)
    return verdict.trace


def actions_of(trace: Trace) -> list[str]:
    return [step.action for step in trace.steps]


def test_without_fairness_nothing_need_ever_happen(walk: System) -> None:
    trace = lasso_on(walk, asked())
    assert (trace.steps, trace.loop_start) == ((), 0)
    assert trace.title == "arrival is violated: nothing happens any more from the initial state on"
    assert trace.initial_notes == (
        Note("loop", "stutters for ever: nothing happens any more"),
        Note("loop", "never taken, though enabled throughout: walk, turn"),
    )


def test_weak_fairness_lets_an_action_be_missed_that_is_disabled_now_and_then(walk: System) -> None:
    trace = lasso_on(walk, asked(ARRIVE, Fairness("weak", "walk")), P=1, Place=2)
    assert actions_of(trace) == ["turn"]
    assert trace.loop_start == 1, "whoever is tired for ever never can walk"


def test_strong_fairness_is_no_help_where_an_action_is_enabled_never_again(walk: System) -> None:
    assert isinstance(verdict_on(walk, asked(ARRIVE, Fairness("strong", "walk"))), Violated)


def test_where_an_action_is_enabled_again_and_again_strong_fairness_takes_it_and_weak_does_not(walk: System) -> None:
    turn = Fairness("weak", "turn", ("p",))
    trace = lasso_on(walk, asked(ARRIVE, turn, Fairness("weak", "walk", ("p",))), P=1, Place=2)
    assert actions_of(trace) == ["turn", "turn"]
    assert trace.loop_start == 0
    assert trace.title == "arrival is violated: a cycle of 2 steps goes on for ever from the initial state on"
    assert verdict_on(walk, asked(ARRIVE, turn, Fairness("strong", "walk", ("p",))), P=1, Place=2) == Holds(
        "exhaustive"
    )


def test_fairness_without_per_is_met_by_whoever_acts(walk: System) -> None:
    """Once one has arrived, only the other can walk: so there is a difference only while both can."""
    strong = Fairness("strong", "walk")
    some = Unary("eventually", Atom("some_there"))
    turn = Fairness("weak", "turn", ("p",))
    assert verdict_on(walk, asked(some, turn, strong)) == Holds("exhaustive")
    assert verdict_on(walk, asked(ARRIVE, turn, strong)) == Holds("exhaustive")
    trace = lasso_on(walk, asked(ARRIVE, Fairness("weak", "turn"), Fairness("strong", "walk", ("p",))))
    assert trace.loop_start is not None
    assert len({step.args[0].value for step in trace.steps[trace.loop_start :]}) == 1, "the other one rests, tired"


def test_a_step_that_changes_nothing_meets_no_fairness(walk: System) -> None:
    trace = lasso_on(walk, asked(ARRIVE, Fairness("strong", "idle")))
    assert (trace.steps, trace.loop_start) == ((), 0)


def test_what_leads_to_what_is_judged_from_each_moment_on(walk: System) -> None:
    answered = Binary("leads_to", Atom("some_there"), Atom("all_there"))
    trace = lasso_on(walk, asked(answered))
    assert actions_of(trace) == ["walk"]
    assert trace.loop_start == 1
    assert Note("fact", "some_there becomes true") in trace.steps[0].notes
    both = (Fairness("weak", "turn", ("p",)), Fairness("strong", "walk", ("p",)))
    assert verdict_on(walk, asked(answered, *both)) == Holds("exhaustive")


def test_a_property_whose_premise_is_never_true_is_vacuous(walk: System) -> None:
    never = Binary("and", Atom("all_there"), Unary("not", Atom("some_there")))
    report = report_on(walk, asked(Binary("leads_to", never, Atom("all_there"))), P=2, Place=2)
    assert report.results[0].verdict == Holds("exhaustive")
    assert report.vacuous == ("arrival",)
    assert report.warnings[-1] == "arrival says nothing: its premise is true in no state"
    summary = check_summary(report, model="walk")
    assert "holds (exhaustive within bounds), but vacuously: its premise is true in no state" in summary
    assert report_on(walk, asked(Binary("leads_to", Atom("some_there"), Atom("all_there"))), P=2, Place=2).vacuous == ()


def test_an_invariant_may_be_an_atom(walk: System) -> None:
    trace = lasso_on(walk, asked(Unary("always", Atom("nobody_there"))))
    assert actions_of(trace) == ["walk"]


CLIMB = """
class Height(Order): ...

class Climb(Model):
    at: Height
    asleep: bool

    @initial
    def start(self) -> None:
        self.at = Height.first()
        self.asleep = False

    @action
    def climb(self) -> None:
        require(not self.asleep)
        self.at = successor(self.at)

    @action
    def sleep(self) -> None:
        self.asleep = True

    def rests(self) -> bool:
        return self.asleep

    def ends(self) -> bool:
        return False
"""


def test_a_transition_that_a_bound_cuts_counts_as_enabled(tmp_path: Path) -> None:
    """At the top climbing is cut: stuttering there would look fair if it counted as disabled."""
    climb = system_of(CLIMB, tmp_path)
    verdict = verdict_on(climb, asked(Unary("eventually", Atom("rests")), Fairness("weak", "climb")), Height=3)
    assert verdict == Unknown("boundary: 1 transitions were cut by Height")


def test_a_lasso_is_real_even_where_bounds_cut_transitions(tmp_path: Path) -> None:
    trace = lasso_on(
        system_of(CLIMB, tmp_path), asked(Unary("eventually", Atom("ends")), Fairness("weak", "climb")), Height=3
    )
    assert actions_of(trace) == ["sleep"]


def test_an_incomplete_exploration_decides_no_temporal_property(walk: System) -> None:
    for limits in (Limits(states=3), Limits(depth=1)):
        report = report_on(walk, asked(), limits, P=2, Place=2)
        (result,) = report.results
        assert isinstance(result.verdict, Unknown)
        assert result.verdict.reason.startswith("not every state was explored: the ")


def test_a_temporal_property_keeps_the_exploration_going_when_all_else_is_decided(walk: System) -> None:
    request = Request(("nobody_there",), temporal=(asked(),))
    report = Interpreter().run(walk, instance_of(walk, P=2, Place=2), request)
    assert report.complete
    assert [(r.property, type(r.verdict)) for r in report.results] == [
        ("nobody_there", Violated),
        ("arrival", Violated),
    ]


def test_an_interrupted_search_for_cycles_leaves_the_verdict_open(
    walk: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("checker.interp.edges.find_lasso", interrupted)
    report = report_on(walk, asked(), P=2, Place=2)
    assert report.results[0].verdict == Unknown("the search for a violating cycle did not end: interrupted")
    assert report.stopped_by == "interrupted"


def test_a_predicate_without_a_value_is_an_error_of_the_model(tmp_path: Path) -> None:
    text = WALK.replace("return any(self.at[p] != Place.first() for p in P)", "return 1 // (len(P) - 2) == 0")
    report = report_on(system_of(text, tmp_path), asked(Unary("always", Atom("some_there"))), P=2, Place=2)
    assert report.error is not None
    assert (report.error.diagnostic.code, report.error.place) == ("R005", "the predicate some_there")
    assert isinstance(report.results[0].verdict, Unknown)


def test_names_that_the_model_lacks_are_refused(walk: System) -> None:
    with pytest.raises(QuoraxError, match=r"R020.*no property called all_here(.|\n)*did you mean all_there"):
        report_on(walk, asked(Atom("all_here")), P=1, Place=2)
    with pytest.raises(
        QuoraxError, match=r"R021.*no action wolk, which arrival wants to be fair(.|\n)*did you mean walk"
    ):
        report_on(walk, asked(ARRIVE, Fairness("weak", "wolk")), P=1, Place=2)
    with pytest.raises(QuoraxError, match=r"R021.*action walk has no parameter q(.|\n)*it has p"):
        report_on(walk, asked(ARRIVE, Fairness("weak", "walk", ("q",))), P=1, Place=2)


def test_a_simulation_decides_no_temporal_property(walk: System) -> None:
    request = Request(temporal=(asked(),), runs=3)
    report = Interpreter().run(walk, instance_of(walk, P=1, Place=2), request)
    assert report.results[0].verdict == Unknown(
        "a random behaviour is finite: it decides no temporal property", "simulation"
    )


# Replaying


WALK_1: Move = ("walk", (0,), ())
TURN_1: Move = ("turn", (0,), ())


def replayed(system: System, what: TemporalProperty, moves: list[Move], loop_start: int | None) -> Trace:
    instance = instance_of(system, P=1, Place=2)
    (initial,) = Machine(system, instance).initial_states()
    return replay(system, instance, initial, moves, temporal=what, loop_start=loop_start)


def test_replaying_a_lasso_gives_the_same_trace(walk: System) -> None:
    turn = Fairness("weak", "turn", ("p",))
    trace = lasso_on(walk, asked(ARRIVE, turn), P=1, Place=2)
    moves = [(s.action, tuple(b.value for b in s.args), ()) for s in trace.steps]
    assert replace(replayed(walk, asked(ARRIVE, turn), moves, trace.loop_start), instance=trace.instance) == trace


def test_a_lasso_that_is_none_or_not_fair_or_violates_nothing_is_refused(walk: System) -> None:
    turn = Fairness("weak", "turn", ("p",))
    with pytest.raises(QuoraxError, match=r"T203.*the trace ends: only an infinite behaviour can violate arrival"):
        replayed(walk, asked(), [TURN_1], None)
    with pytest.raises(QuoraxError, match=r"T204.*no lasso"):
        replayed(walk, asked(), [TURN_1], 0)
    with pytest.raises(QuoraxError, match=r"T203.*arrival is true of this behaviour"):
        replayed(walk, asked(), [WALK_1], 1)
    with pytest.raises(QuoraxError, match=r"T205.*turn\(p = p1\) is enabled in each state of it, and never taken"):
        replayed(walk, asked(ARRIVE, turn), [TURN_1], 1)
    strong = Fairness("strong", "walk")
    with pytest.raises(QuoraxError, match=r"T205.*walk is enabled in a state of it, and never taken"):
        replayed(walk, asked(ARRIVE, strong), [TURN_1, TURN_1], 0)
    assert replayed(walk, asked(ARRIVE, strong), [TURN_1], 1).loop_start == 1


def test_a_step_serves_an_action_that_would_have_done_the_same() -> None:
    """Fairness is about pairs of states: in Paxos, accepting one value or another are steps of one action."""
    fair = tuple(Fairness("weak", name) for name in ("prepare", "promise", "propose", "accept"))
    chosen = TemporalProperty("decision", Unary("eventually", Atom("decided")), fair)
    report = report_on(bundled("paxos"), chosen, Acceptor=2, Ballot=2, Value=2)
    assert report.results[0].verdict == Holds("exhaustive")
    assert report.counts.distinct == 145
