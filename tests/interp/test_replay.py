"""Traces: what each step received and sent, why the last one ends it, and where a mutant leaves its original."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker.diagnostics import QuoraxError
from checker.interp.machine import Machine, Next
from checker.interp.replay import Move, replay
from checker.ir.system import System
from checker.ir.values import show_value
from checker.trace.trace import Envelope, Lane, Note, Step, Trace
from checker.trace.verdict import DEADLOCK, Reached, Violated
from tests.interp.small import bundled, check, instance_of, system_of

PAXOS: dict[str, Any] = {"Acceptor": 3, "Ballot": 2, "Value": 2}


def counterexample(mutant: str, name: str = "agreement") -> Trace:
    report = check(bundled("paxos", mutant), name, base=bundled("paxos"), **PAXOS)
    verdict = report.results[0].verdict
    assert isinstance(verdict, Violated)
    return verdict.trace


def shown(trace: Trace, envelopes: tuple[Envelope, ...]) -> list[str]:
    return [show_value(e.type, e.message, trace.system, trace.instance) for e in envelopes]


def notes(trace: Trace, kind: str) -> dict[int, list[str]]:
    found = {s.index: [n.text for n in s.notes if n.kind == kind] for s in trace.steps}
    return {index: texts for index, texts in found.items() if texts}


@pytest.fixture(scope="module")
def broken_agreement() -> Trace:
    return counterexample("omit_vote")


def step_of(trace: Trace, action: str, last: bool = False) -> Step:
    steps = [s for s in trace.steps if s.action == action]
    return steps[-1] if last else steps[0]


def test_the_title_names_the_step_and_the_witnesses(broken_agreement: Trace) -> None:
    assert broken_agreement.title == "agreement is violated at step 12 (v = v1, w = v2)"


def test_the_blame_is_the_smallest_false_part_with_its_witnesses(broken_agreement: Trace) -> None:
    blame = broken_agreement.blame
    assert blame is not None
    assert (blame.property, blame.kind, blame.doc) == ("agreement", "invariant", "At most one value is ever chosen.")
    assert blame.conjunct == "v == w"
    assert blame.span.file.endswith("paxos.py")
    assert [(b.name, b.value) for b in blame.witnesses] == [("v", 0), ("w", 1)]


def test_facts_stand_where_they_became_true_for_good(broken_agreement: Trace) -> None:
    facts = notes(broken_agreement, "fact")
    assert sorted(text for texts in facts.values() for text in texts) == [
        "chosen(v1): b = 0, q = {a2, a3}",
        "chosen(v2): b = 1, q = {a1, a2}",
    ]
    machine = Machine(broken_agreement.system, broken_agreement.instance)
    chosen = machine.predicate(broken_agreement.system.function("decided").body)
    first = min(facts)
    assert chosen(broken_agreement.states[first])
    assert not chosen(broken_agreement.states[first - 1])
    assert max(facts) == 12


def test_the_violation_is_noted_on_the_last_step_only(broken_agreement: Trace) -> None:
    assert notes(broken_agreement, "violation") == {12: ["agreement is violated: v = v1, w = v2"]}


def test_a_step_receives_its_message_parameter_and_what_witnessed_its_guards(broken_agreement: Trace) -> None:
    trace = broken_agreement
    promise = step_of(trace, "promise")
    assert shown(trace, promise.received) == ["Prepare(0)"]
    assert shown(trace, promise.sent) == ["Promise(0, a1, None)"]
    propose = step_of(trace, "propose")
    assert shown(trace, propose.received) == ["Promise(0, a1, None)", "Promise(0, a2, None)"]
    assert shown(trace, propose.sent) == ["Accept(0, v1)"]
    assert all(not s.lost and not s.forged for s in trace.steps)


def test_the_process_is_that_of_at_or_of_the_first_sort(broken_agreement: Trace) -> None:
    assert step_of(broken_agreement, "propose").process == Lane("Ballot", 0)
    assert step_of(broken_agreement, "accept").process == Lane("Acceptor", 1)


def test_spans_point_at_the_text_of_the_action_that_ran(broken_agreement: Trace) -> None:
    assert step_of(broken_agreement, "promise").span.file.endswith("paxos_mutants.py")
    assert step_of(broken_agreement, "accept").span.file.endswith("models/paxos.py")


DEVIATIONS = {
    "omit_vote": "Paxos would send Promise with vote = Vote(0, v1)",
    "propose_own": "Paxos would refuse: not votes or any(w.value == v for w in maximal(votes, key=lambda w: w.ballot)) "
    "is false",
    "half_is_enough": "Paxos has no PrepareQuorum {a1}",
}


@pytest.mark.parametrize("mutant", DEVIATIONS)
def test_the_first_step_that_the_original_would_not_have_taken_says_what_it_would_do(mutant: str) -> None:
    found = notes(counterexample(mutant), "deviation")
    assert list(found.values()) == [[DEVIATIONS[mutant]]]


def test_a_renamed_action_deviates_where_its_effect_does() -> None:
    trace = counterexample("vote_at_will")
    (index,) = notes(trace, "deviation")
    assert notes(trace, "deviation")[index] == ["Paxos has no step that does this"]
    before = trace.steps[index - 2]
    assert before.action == "accept_other"  # the first vote is one that Paxos allows


def test_the_original_itself_deviates_nowhere() -> None:
    report = check(bundled("paxos"), witnesses=("reproposed",), base=bundled("paxos"), **PAXOS)
    verdict = report.results[0].verdict
    assert isinstance(verdict, Reached)
    assert notes(verdict.trace, "deviation") == {}
    assert verdict.trace.blame is None
    assert verdict.trace.title.startswith("reproposed is reached at step 9 (m = Accepted(")


def moves_of(trace: Trace) -> list[Move]:
    return [(s.action, tuple(b.value for b in s.args), tuple(b.value for b in s.choices)) for s in trace.steps]


def test_replaying_the_moves_of_a_trace_gives_the_trace(broken_agreement: Trace) -> None:
    trace = broken_agreement
    again = replay(
        trace.system,
        trace.instance,
        trace.initial,
        moves_of(trace),
        property="agreement",
        base=bundled("paxos"),
    )
    assert again == trace


def test_moves_that_the_model_does_not_allow_are_refused(broken_agreement: Trace) -> None:
    trace, moves = broken_agreement, moves_of(broken_agreement)

    def attempt(initial: tuple[object, ...], path: list[Move], name: str = "") -> None:
        replay(trace.system, trace.instance, initial, path, property=name)

    with pytest.raises(QuoraxError, match=r"T201.*initial state"):
        attempt(trace.states[1], moves)
    with pytest.raises(QuoraxError, match=r"T202.*step 3, accept\(a1, Accept\(0, v1\)\), is not enabled"):
        attempt(trace.initial, [*moves[:2], ("accept", (0, ("Accept", 0, 0)), ())])
    with pytest.raises(QuoraxError, match=r"T202.*step 1: the model has no action fly"):
        attempt(trace.initial, [("fly", (), ())])
    with pytest.raises(QuoraxError, match=r"T203.*agreement is True at the end"):
        attempt(trace.initial, moves[:-1], "agreement")
    with pytest.raises(QuoraxError, match=r"T203.*no deadlock"):
        attempt(trace.initial, moves, DEADLOCK)
    with pytest.raises(QuoraxError, match="R020"):
        attempt(trace.initial, moves, "agreemnt")


LIGHT = """
class P(Sort): ...
class Size(Bound): ...

@message
class Switch:
    target: P

class Light(Model):
    lit: Map[P, bool]
    wire: Bag[Switch]
    pipe: Fifo[P, Switch, Size]

    @initial
    def start(self) -> None:
        for p in P:
            self.lit[p] = False

    @action
    def press(self, p: P, q: P) -> None:
        require(p != q)
        self.wire.send(Switch(q))
        self.pipe.send(p, q, Switch(q))

    @action
    def toggle(self, p: P) -> None:
        m = choose({n for n in self.wire.of(Switch) if n.target == p})
        self.wire.receive(m)
        self.lit[p] = not self.lit[p]

    @action
    def fade(self, m: Switch) -> None:
        self.wire.drop(m)

    @action
    def take(self, p: P, q: P) -> None:
        m = self.pipe.receive(p, q)
        self.lit[m.target] = not self.lit[m.target]

    @action
    def burst(self, p: P, q: P) -> None:
        require(p != q)
        self.pipe.reset(p, q)

    @action
    def restart(self, p: P) -> None:
        require(self.lit[p])
        self.lit[p] = False

    def is_lit(self, p: P) -> bool:
        return self.lit[p]

    @invariant
    def dark(self) -> bool:
        return all(not self.is_lit(p) for p in P)

    @invariant
    def agree(self) -> bool:
        return all(self.alike(p, q) for p in P for q in P)

    def alike(self, a: P, b: P) -> bool:
        return len(P) == 2 and self.lit[a] == self.lit[b]

    @transition_invariant
    def one_way(self, old: Self) -> bool:
        return all(self.is_lit(p) or not old.is_lit(p) for p in P)
"""


@pytest.fixture
def light(tmp_path: Path) -> System:
    return system_of(LIGHT, tmp_path)


def traced(system: System, path: list[Move], name: str = "", loop_start: int | None = None) -> Trace:
    instance = instance_of(system, P=2, Size=2)
    (initial,) = Machine(system, instance).initial_states()
    return replay(system, instance, initial, path, property=name, loop_start=loop_start)


PRESS: Move = ("press", (0, 1), ())
TOGGLE: Move = ("toggle", (1,), (("Switch", 1),))


def test_choices_are_bound_and_what_was_delivered_is_received(light: System) -> None:
    trace = traced(light, [PRESS, TOGGLE])
    press, toggle = trace.steps
    assert [(e.network, e.source, e.destination) for e in press.sent] == [("wire", None, None), ("pipe", 0, 1)]
    assert [(b.name, b.value) for b in toggle.choices] == [("m", ("Switch", 1))]
    assert [(e.network, e.message) for e in toggle.received] == [("wire", ("Switch", 1))]


def test_channel_messages_are_received_from_their_source(light: System) -> None:
    take = traced(light, [PRESS, ("take", (0, 1), ())]).steps[-1]
    assert [(e.network, e.source, e.destination) for e in take.received] == [("pipe", 0, 1)]


def test_what_a_step_drops_is_lost_and_not_received(light: System) -> None:
    fade = traced(light, [PRESS, ("fade", (("Switch", 1),), ())]).steps[-1]
    assert (len(fade.lost), fade.received) == (1, ())
    burst = traced(light, [PRESS, PRESS, ("burst", (0, 1), ())]).steps[-1]
    assert [(e.network, e.source, e.destination) for e in burst.lost] == [("pipe", 0, 1)] * 2


def test_restarts_are_marked(light: System) -> None:
    assert [s.is_restart for s in traced(light, [PRESS, TOGGLE, ("restart", (1,), ())]).steps] == [False, False, True]


def test_blame_goes_into_helpers_as_far_as_something_smaller_is_false(light: System) -> None:
    dark = traced(light, [PRESS, TOGGLE], "dark")
    assert dark.blame is not None
    assert (dark.blame.conjunct, [b.value for b in dark.blame.witnesses]) == ("not self.is_lit(p)", [1])
    assert notes(dark, "fact") == {2: ["is_lit(p2)"]}
    agree = traced(light, [PRESS, TOGGLE], "agree")
    assert agree.blame is not None
    assert agree.blame.conjunct == "self.lit[a] == self.lit[b]"
    assert [(b.name, b.value) for b in agree.blame.witnesses] == [("p", 0), ("q", 1), ("a", 0), ("b", 1)]


def test_a_step_is_blamed_for_a_transition_invariant(light: System) -> None:
    trace = traced(light, [PRESS, TOGGLE, ("restart", (1,), ())], "one_way")
    assert trace.title == "one_way is violated at step 3 (p = p2)"
    assert trace.blame is not None
    assert trace.blame.kind == "transition"
    with pytest.raises(QuoraxError, match="T203"):
        traced(light, [PRESS, TOGGLE], "one_way")


def test_a_lasso_closes_and_says_where_it_begins(light: System) -> None:
    burst: Move = ("burst", (0, 1), ())
    loop = traced(light, [PRESS, burst, TOGGLE, PRESS, burst, TOGGLE], loop_start=0)
    assert loop.loop_start == 0
    assert loop.initial_notes == (Note("loop", "the cycle begins here"),)
    later = traced(light, [PRESS, burst, burst], loop_start=2)
    assert [n.kind for n in later.steps[1].notes] == ["loop"]
    with pytest.raises(QuoraxError, match="T204"):
        traced(light, [PRESS, TOGGLE], loop_start=0)


def test_forged_messages_are_told_from_sent_ones(tmp_path: Path) -> None:
    text = """
class P(Sort): ...

@message(signed_by="sender")
class Vote:
    sender: P

class Poll(Model):
    liars: Byzantine[P]
    net: MessageSet[Vote]
    votes: Set[P]

    @initial
    def start(self) -> None:
        self.votes = set()

    @action
    def vote(self, p: P) -> None:
        require(p not in self.liars)
        self.net.send(Vote(p))

    @action
    def count(self, m: Vote) -> None:
        self.votes = self.votes | {m.sender}

    def won(self) -> bool:
        return all(p in self.votes for p in P)
"""
    report = check(system_of(text, tmp_path), witnesses=("won",), P=2, liars=1)
    verdict = report.results[0].verdict
    assert isinstance(verdict, Reached)
    counts = [s for s in verdict.trace.steps if s.action == "count"]
    assert {s.args[0].value: bool(s.forged) for s in counts} == {("Vote", 0): False, ("Vote", 1): True}
    assert all(s.received for s in counts)


def test_performing_a_listed_outcome_reaches_the_same_state() -> None:
    system = bundled("paxos")
    machine = Machine(system, instance_of(system, Acceptor=2, Ballot=2, Value=1))
    (state,) = machine.initial_states()
    for _ in range(8):
        outcomes = [o for o in machine.outcomes(state) if isinstance(o, Next)]
        assert [machine.perform(state, o.action, o.args, o.choices) for o in outcomes] == outcomes
        state = next((o.state for o in outcomes if o.state != state), state)
