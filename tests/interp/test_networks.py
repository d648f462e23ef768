"""What Byzantine processes can make up, and what signatures keep them from."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.interp.machine import Machine, Next, StateValues
from tests.interp.small import instance_of, machine_of, system_of

COURT = """
class P(Sort): ...
class V(Sort): ...

@message(signed_by="sender")
class Vote:
    sender: P
    value: V

@record
class Bundle:
    first: Vote
    second: Vote | None

@message(signed_by="sender")
class Claim:
    sender: P
    bundle: Bundle

@message(signed_by="sender")
class Proof:
    sender: P
    votes: Set[Vote]

@message
class Rumour:
    value: V

class Court(Model):
    faulty: Byzantine[P]
    net: MessageSet[Vote | Claim | Proof | Rumour]
    heard: Set[V]

    @initial
    def start(self) -> None:
        self.heard = set()

    @action
    def vote(self, p: P, v: V) -> None:
        require(p not in self.faulty)
        self.net.send(Vote(p, v))

    @action
    def hear(self, m: Vote) -> None:
        self.heard = self.heard | {m.value}

    @action
    def spread(self, m: Rumour) -> None:
        self.heard = self.heard | {m.value}

    @action
    def judge(self, m: Proof) -> None:
        require(m in self.net)
        self.heard = self.heard | {w.value for w in m.votes}
"""


def available(machine: Machine, state: StateValues, kind: str) -> tuple[object, ...]:
    net = machine.domains.places["net"]
    return machine.domains.networks["net"].messages(state[net], kind)


def voted(machine: Machine, state: StateValues, *voter_and_value: int) -> StateValues:
    outcome = machine.perform(state, "vote", voter_and_value, ())
    assert isinstance(outcome, Next)
    return outcome.state


def test_without_byzantine_processes_only_what_was_sent_is_there(tmp_path: Path) -> None:
    machine = machine_of(COURT, tmp_path, P=2, V=1, faulty=0)
    (start,) = machine.initial_states()
    assert available(machine, start, "Vote") == ()
    assert available(machine, voted(machine, start, 1, 0), "Vote") == (("Vote", 1, 0),)


def test_a_byzantine_process_signs_anything_with_its_own_name_only(tmp_path: Path) -> None:
    machine = machine_of(COURT, tmp_path, P=3, V=2, faulty=1)
    (start,) = machine.initial_states()
    assert available(machine, start, "Vote") == (("Vote", 2, 0), ("Vote", 2, 1))
    assert available(machine, voted(machine, start, 0, 1), "Vote") == (("Vote", 0, 1), ("Vote", 2, 0), ("Vote", 2, 1))
    assert available(machine, start, "Rumour") == ()  # nobody's signature: nobody can be blamed, and nobody forges it


def test_forged_messages_hold_only_signed_messages_that_are_there(tmp_path: Path) -> None:
    machine = machine_of(COURT, tmp_path, P=2, V=1, faulty=("p1",))
    (start,) = machine.initial_states()
    own, others = ("Vote", 0, 0), ("Vote", 1, 0)
    assert available(machine, start, "Proof") == (("Proof", 0, frozenset()), ("Proof", 0, frozenset({own})))
    assert available(machine, start, "Claim") == (
        ("Claim", 0, ("Bundle", own, None)),
        ("Claim", 0, ("Bundle", own, own)),
    )
    later = voted(machine, start, 1, 0)
    assert ("Proof", 0, frozenset({own, others})) in available(machine, later, "Proof")
    assert ("Claim", 0, ("Bundle", others, own)) in available(machine, later, "Claim")


def test_being_listed_and_being_available_are_the_same(tmp_path: Path) -> None:
    machine = machine_of(COURT, tmp_path, P=3, V=1, faulty=2)
    (start,) = machine.initial_states()
    net, network = machine.domains.places["net"], machine.domains.networks["net"]
    votes = [("Vote", p, 0) for p in range(3)]
    bundles = [("Bundle", first, second) for first in votes for second in (None, *votes)]
    for state in (start, voted(machine, start, 0, 0)):
        for message in (*votes, *(("Claim", p, bundle) for p in range(3) for bundle in bundles)):
            assert network.has(state[net], message) == (message in available(machine, state, message[0]))


def test_forged_messages_are_arguments_in_canonical_order(tmp_path: Path) -> None:
    machine = machine_of(COURT, tmp_path, P=2, V=2, faulty=1)
    (start,) = machine.initial_states()
    assert [o.args for o in machine.outcomes(start) if o.action == "hear"] == [(("Vote", 1, 0),), (("Vote", 1, 1),)]
    assert len([o for o in machine.outcomes(start) if o.action == "judge"]) == 4
    assert not [o for o in machine.outcomes(start) if o.action == "spread"]


def test_too_many_forgeries_are_an_error_that_says_so(tmp_path: Path) -> None:
    system = system_of(COURT, tmp_path)
    machine = Machine(system, instance_of(system, P=6, V=4, faulty=5))
    (start,) = machine.initial_states()
    with pytest.raises(QuoraxError, match=r"I010.*Set\[Vote\] has 2\^20 values"):
        machine.outcomes(start)
