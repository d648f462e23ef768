"""Which messages a step is said to have received: what selected something counts, what was merely scanned does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.interp.machine import Machine, Next
from checker.interp.replay import Move, replay
from tests.interp.small import machine_of

HALL = """
class P(Sort): ...
class T(Order): ...

@message
class Vote:
    sender: P
    term: T

@message
class Stop:
    sender: P

class Hall(Model):
    net: MessageSet[Vote | Stop]
    last: T | None

    @initial
    def start(self) -> None:
        self.last = None

    @action
    def vote(self, p: P, t: T) -> None:
        self.net.send(Vote(p, t))

    @action
    def look(self) -> None:
        STATEMENTS

    def has_voted(self, p: P) -> bool:
        return any(m.sender == p for m in self.net.of(Vote))
"""

VOTES: list[Move] = [("vote", (p, t), ()) for p, t in ((0, 0), (1, 0), (1, 1))]

LOOKS = {
    "require(any(m.sender == p for p in P for m in self.net.of(Vote)))": ["Vote(p1, 0)"],
    "require(all(any(m.sender == p for m in self.net.of(Vote)) for p in P))": ["Vote(p1, 0)", "Vote(p2, 0)"],
    "require(all(self.has_voted(p) for p in P))": ["Vote(p1, 0)", "Vote(p2, 0)"],
    "require(all(m.term <= t for m in self.net.of(Vote) for t in T if t > T.first()))": [],
    "require(all(m.sender == n.sender for m in self.net.of(Vote) if m.term > T.first() for n in self.net.of(Vote) "
    "if n.term > T.first()))": ["Vote(p2, 1)"],
    "require(not any(m.sender == p for p in P for m in self.net.of(Stop)))": [],
    "require(not all(m.term == T.first() for m in self.net.of(Vote)))": ["Vote(p2, 1)"],
    "require(len({m.sender for m in self.net.of(Vote) if m.term == T.first()}) == 2)": ["Vote(p1, 0)", "Vote(p2, 0)"],
    "require(any(Vote(p, T.first()) in self.net and Vote(p, t) in self.net for p in P for t in T if t > T.first()))": [
        "Vote(p2, 0)",
        "Vote(p2, 1)",
    ],
    "require(not any(Stop(p) in self.net for p in P))": [],
    "self.last = max({m.term for m in self.net.of(Vote)})": ["Vote(p1, 0)", "Vote(p2, 0)", "Vote(p2, 1)"],
    "m = choose({n for n in self.net.of(Vote) if n.term > T.first()})\n        self.last = m.term": ["Vote(p2, 1)"],
    "if any(m.term > T.first() for m in self.net.of(Vote)):\n            self.last = T.first()": ["Vote(p2, 1)"],
}


@pytest.mark.parametrize("statements", LOOKS)
def test_a_step_receives_the_messages_that_decided_what_it_did(statements: str, tmp_path: Path) -> None:
    machine = machine_of(HALL.replace("STATEMENTS", statements), tmp_path, P=2, T=2)
    (state,) = machine.initial_states()
    for move in VOTES:
        state = next(o.state for o in machine.outcomes(state) if isinstance(o, Next) and o[:3] == move)
    (look,) = (o[:3] for o in machine.outcomes(state) if o.action == "look")
    assert received(machine, [*VOTES, look]) == LOOKS[statements]


def test_what_a_step_sends_itself_is_not_received(tmp_path: Path) -> None:
    statements = "self.net.send(Vote(p, T.first()))\n        require(self.has_voted(p))"
    text = HALL.replace("def look(self)", "def look(self, p: P)").replace("STATEMENTS", statements)
    machine = machine_of(text, tmp_path, P=2, T=2)
    assert received(machine, [("look", (0,), ())]) == []


def received(machine: Machine, path: list[Move]) -> list[str]:
    """Return what the last step of a path receives, as text."""
    (initial,) = machine.initial_states()
    trace = replay(machine.system, machine.instance, initial, path)
    names = machine.instance.domains
    return [f"{e.message[0]}({names['P'][e.message[1]]}, {names['T'][e.message[2]]})" for e in trace.steps[-1].received]
