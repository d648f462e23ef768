"""Induction proves what is inductive, and shows of the rest a step that the interpreter takes as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.interp.engine import Interpreter
from checker.interp.machine import Machine, Next
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from checker.render.spacetime import spacetime_dot
from checker.render.text import trace_text
from checker.smt.engine import InductionEngine
from checker.smt.solver import Budget
from checker.trace.trace import Trace
from checker.trace.verdict import DEADLOCK, Holds, Report, Request, Result, Unknown, Violated
from tests.interp.small import system_of

VOTING = {"Acceptor": 3, "Ballot": 3, "Value": 2}
PAXOS = {"Acceptor": 3, "Ballot": 2, "Value": 2}

COUNTER = '''
class Counter(Model):
    """Counts 0, 2, 4, and back to 0; from 1 it would go on to 3, and from there to 5."""

    at: Annotated[int, Range(0, 5)]
    share: Annotated[int, Range(0, 5)]

    @initial
    def start(self) -> None:
        self.at = 0
        self.share = 1

    @action
    def up(self) -> None:
        require(self.at < 4)
        self.at = self.at + 2
        self.share = 4 // (5 - self.at)

    @action
    def down(self) -> None:
        require(self.at == 4)
        self.at = 0

    @invariant
    def never_five(self) -> bool:
        """The count is never 5."""
        return self.at != 5

    @invariant
    def even(self) -> bool:
        """The count is even."""
        return self.at % 2 == 0

    @invariant
    def small(self) -> bool:
        """The count is at most 2, which is wrong."""
        return self.at <= 2
'''


def prove(system: System, bounds: dict[str, Setting], asked: Sequence[str], steps: int = 1) -> Report:
    return InductionEngine(steps).run(system, build_instance(system, "test", bounds), Request(tuple(asked)))


def results(report: Report) -> dict[str, Result]:
    return {r.property: r for r in report.results}


def example(result: Result) -> Trace:
    assert isinstance(result.verdict, Unknown)
    assert result.verdict.example is not None
    return result.verdict.example


def assert_confirmed(trace: Trace, system: System, instance: Instance, assumed: Sequence[str]) -> None:
    """Check a counterexample by the plainest means: what is assumed holds in the first state, and the step is one."""
    machine = Machine(system, instance)
    for name in assumed:
        assert machine.predicate(system.property(name).body)(trace.initial)
    state = trace.initial
    for step in trace.steps:
        outcome = machine.perform(
            state, step.action, tuple(a.value for a in step.args), tuple(c.value for c in step.choices)
        )
        assert isinstance(outcome, Next)
        assert outcome.state == step.state
        state = step.state


def test_lamports_invariant_of_voting_is_inductive() -> None:
    report = prove(load("voting").system, VOTING, ["agreement", "one_value_per_ballot", "votes_safe", "promises_kept"])
    assert [r.verdict for r in report.results] == [Holds("inductive")] * 4
    assert report.notes == (
        "inductive together: agreement, one_value_per_ballot, votes_safe, promises_kept",
        "  promise preserves them by one_value_per_ballot, votes_safe",
        "  vote preserves them by one_value_per_ballot, votes_safe",
    )


def test_agreement_alone_is_not_inductive_and_the_interpreter_confirms_why() -> None:
    system = load("voting").system
    report = prove(system, VOTING, ["agreement"])
    trace = example(report.results[0])
    assert len(trace.steps) == 1
    assert_confirmed(trace, system, report.instance, ["agreement"])
    assert not Machine(system, report.instance).predicate(system.property("agreement").body)(trace.steps[-1].state)
    assert trace.initial not in set(Machine(system, report.instance).initial_states())


def test_a_counterexample_is_drawn_and_told_as_what_it_is() -> None:
    trace = example(prove(load("voting").system, VOTING, ["agreement"]).results[0])
    assert trace.title.startswith("a counterexample to induction, which need not be reachable: vote leads from a state")
    assert "some state" in trace_text(trace)
    assert "initial state" not in trace_text(trace)
    assert "promised = " in spacetime_dot(trace)


def test_what_is_inductive_is_proved_though_the_rest_is_not() -> None:
    system = load("paxos").system
    report = prove(system, PAXOS, ["agreement", "validity", "one_value_per_ballot", "promises_kept"])
    verdicts = {name: r.verdict for name, r in results(report).items()}
    assert isinstance(verdicts.pop("agreement"), Unknown)
    assert set(verdicts.values()) == {Holds("inductive")}
    assert_confirmed(example(results(report)["agreement"]), system, report.instance, ["agreement", "validity"])


@pytest.mark.parametrize(
    ("name", "mutant", "bounds", "broken"),
    [
        ("voting", "trust_without_promise", {**VOTING, "Ballot": 2}, "votes_safe"),
        ("voting", "split_ballot", {**VOTING, "Ballot": 2}, "one_value_per_ballot"),
        ("consensus", "choose_another", {"Value": 2}, "agreement"),
        ("consensus", "change_mind", {"Value": 2}, "stability"),
    ],
)
def test_nothing_that_a_mutant_breaks_is_inductive(
    name: str, mutant: str, bounds: dict[str, Setting], broken: str
) -> None:
    system = load(name).mutants[mutant].system
    found = results(prove(system, bounds, [p.name for p in system.properties]))
    assert isinstance(found[broken].verdict, Unknown)


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("consensus", {"Value": 3}),
        ("voting", {"Acceptor": 2, "Ballot": 2, "Value": 2}),
        ("paxos", {"Acceptor": 2, "Ballot": 2, "Value": 2}),
        ("raft", {"Server": 2, "Term": 2, "Command": 1, "LogLength": 1, "elections": 2, "restarts": 1}),
        ("pbft", {"Replica": 4, "Digest": 2, "View": 1, "Number": 1, "f": 1, "byzantine": 1}),
    ],
)
def test_what_is_inductive_holds_in_every_reachable_state(name: str, bounds: dict[str, Setting]) -> None:
    system = load(name).system
    asked = tuple(p.name for p in system.properties)
    report = prove(system, bounds, asked)
    explored = Interpreter().run(system, report.instance, Request(asked))
    for proved, known in zip(report.results, explored.results, strict=True):
        assert isinstance(proved.verdict, Unknown) or known.verdict == Holds("exhaustive")
        if isinstance(proved.verdict, Unknown):
            assert_confirmed(example(proved), system, report.instance, ())


def test_more_states_in_a_row_prove_more(tmp_path: Path) -> None:
    system = system_of(COUNTER, tmp_path)
    one = prove(system, {}, ["never_five"])
    trace = example(one.results[0])
    assert [s[0] for s in trace.states] == [3]
    assert "up() is undefined" in trace.title
    two = prove(system, {}, ["never_five", "even"])
    assert [r.verdict for r in two.results] == [Holds("inductive")] * 2


def test_three_states_in_a_row_are_none_in_which_a_counter_was_odd(tmp_path: Path) -> None:
    text = COUNTER.replace("self.share = 4 // (5 - self.at)", "self.share = 1")
    system = system_of(text, tmp_path)
    assert isinstance(prove(system, {}, ["never_five"]).results[0].verdict, Unknown)
    assert isinstance(prove(system, {}, ["never_five"], 2).results[0].verdict, Unknown)
    assert prove(system, {}, ["never_five"], 3).results[0].verdict == Holds("inductive")


def test_a_violation_on_the_way_to_the_first_states_is_one(tmp_path: Path) -> None:
    system = system_of(COUNTER, tmp_path)
    found = results(prove(system, {}, ["small", "even"], 3))
    assert isinstance(found["small"].verdict, Violated)
    assert len(found["small"].verdict.trace.steps) == 2
    assert found["even"].verdict == Holds("inductive")


def test_what_induction_does_not_decide_is_unknown() -> None:
    system = load("consensus").system
    request = Request(("agreement", DEADLOCK), ("decided",))
    report = InductionEngine().run(system, build_instance(system, "test", {"Value": 2}), request)
    assert [type(r.verdict) for r in report.results] == [Holds, Unknown, Unknown]


def test_a_bag_has_no_list_of_values_to_assume() -> None:
    with pytest.raises(QuoraxError, match="Y003]: net: there is no end to the values of Bag"):
        prove(load("best_effort_broadcast").system, {"Process": 2, "Message": 1, "crashes": 0}, ["validity"])


def test_a_solver_that_gives_up_proves_nothing() -> None:
    system = load("voting").system
    engine = InductionEngine(1, Budget(rlimit=10, seeds=(0,)))
    names = ("agreement", "one_value_per_ballot", "votes_safe")
    report = engine.run(system, build_instance(system, "test", VOTING), Request(names))
    for result in report.results:
        assert isinstance(result.verdict, Unknown)
        assert "were not enough" in result.verdict.reason
