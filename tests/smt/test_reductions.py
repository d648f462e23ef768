"""What a search leaves out it can spare: every state is still reached in as few steps, and every last step is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.interp.errors import ModelError
from checker.interp.machine import Machine, Next, StateValues
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.symmetry import Exchange, exchanged, symmetric_sorts
from checker.ir.system import System
from checker.ir.types import SortType
from checker.smt.circuit import Literal
from checker.smt.encoding import Encoding
from checker.smt.expressions import Frame
from checker.smt.solver import Budget, Session
from checker.smt.unroll import Chain, frame_of
from checker.smt.values import constant
from tests.explicit.constructs import system_called
from tests.explicit.test_random_systems import drawn
from tests.interp.small import system_of

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None,
                 suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
LONG = settings(QUICK, max_examples=1500)

STATES_MAX = 400

FRIENDS = '''
class Node(Sort): ...

class Friends(Model):
    """Steps that look at what others change, entry by entry, in every order."""

    seen: Map[Node, Annotated[int, Range(0, 3)]]
    best: Annotated[int, Range(0, 3)]

    @initial
    def start(self) -> None:
        for n in Node:
            self.seen[n] = 0
        self.best = 0

    @action
    def adopt(self, n: Node) -> None:
        require(self.best < self.seen[n])
        self.best = self.seen[n]

    @action
    def copy(self, n: Node, m: Node) -> None:
        require(self.seen[n] < self.seen[m])
        self.seen[n] = self.seen[m]

    @action
    def step(self, n: Node) -> None:
        require(self.seen[n] < 3)
        self.seen[n] = self.seen[n] + 1

    @transition_invariant
    def never_back(self, old: Self) -> bool:
        """The best never falls."""
        return old.best <= self.best
'''

NEWS = '''
class Node(Sort): ...

@message
class Hello:
    sender: Node

class News(Model):
    """Whatever comes first has the greater number: no step may overtake another one that it needs, or undoes."""

    heard: Map[Node, Set[Node]]
    mood: Map[Node, Annotated[int, Range(0, 2)]]
    marks: Annotated[int, Range(0, 2)]
    net: MessageSet[Hello]

    @initial
    def start(self) -> None:
        for n in Node:
            self.heard[n] = set()
            self.mood[n] = 0
        self.marks = 0

    @action
    def hear(self, n: Node, m: Hello) -> None:
        self.heard[n] |= {m.sender}

    @action
    def ask(self, n: Node, m: Node) -> None:
        require(Hello(m) in self.net)
        self.heard[n] |= {m}

    @action
    def count(self, n: Node) -> None:
        require(any(m.sender == n for m in self.net.of(Hello)))
        self.mood[n] = 2

    @action
    def calm(self, n: Node) -> None:
        self.mood[n] = 1

    @action
    def mark(self, n: Node) -> None:
        require(self.marks < 2)
        self.mood[n] = 2
        self.marks = self.marks + 1

    @action
    def tell(self, n: Node) -> None:
        self.net.send(Hello(n))
'''


def levels(machine: Machine, depth: int) -> list[list[StateValues]] | None:
    """Return the reachable states by their least number of steps; None where there are too many, or an error."""
    try:
        found = [list(dict.fromkeys(machine.initial_states()))]
    except ModelError:
        return None
    seen = set(found[0])
    for _ in range(depth):
        after: list[StateValues] = []
        for state in found[-1]:
            for outcome in machine.outcomes(state):
                if isinstance(outcome, Next) and outcome.state not in seen:
                    seen.add(outcome.state)
                    after.append(outcome.state)
        found.append(after)
        if len(seen) > STATES_MAX:
            return None
    return found if found[0] else None


class Reached:
    """A chain with everything left out that may be, and what it still reaches."""

    def __init__(self, machine: Machine, first: list[StateValues], *, renames: bool, keeps_last: bool) -> None:
        self.machine = machine
        self.encoding = Encoding(machine.domains)
        found = symmetric_sorts(machine.system, machine.instance) if renames else ()
        self.sorts: tuple[SortType, ...] = found
        self.chain = Chain(
            self.encoding,
            Session(Budget()),
            frame_of(self.encoding, first),
            symmetric=found,
            is_ordered=True,
            keeps_last=keeps_last,
        )

    def is_state(self, frame: Frame, state: StateValues) -> Literal:
        variables = zip(self.machine.system.variables, state, strict=True)
        return self.encoding.circuit.conjunction(
            self.encoding.algebra.equal(frame[v.name], constant(v.type, value)) for v, value in variables
        )

    def is_possible(self, literal: Literal) -> bool:
        self.chain.define(literal)
        return self.chain.session.check((literal,)) == "sat"

    def orbit(self, state: StateValues) -> set[StateValues]:
        """Return all renamings of a state."""
        system = self.machine.system
        orbit, pending = {state}, [state]
        while pending:
            here = pending.pop()
            for sort in self.sorts:
                for place in range(self.machine.instance.size(sort.name) - 1):
                    swap = Exchange(sort.name, place, place + 1)
                    variables = zip(system.variables, here, strict=True)
                    other = tuple(exchanged(x, v.type, swap, system) for v, x in variables)
                    if other not in orbit:
                        orbit.add(other)
                        pending.append(other)
        return orbit


def check(system: System, instance: Instance, depth: int) -> int:
    """Check every state and, where steps are judged, every step; return how many there were."""
    machine = Machine(system, instance)
    found = levels(machine, depth)
    if found is None:
        return 0
    every_state(machine, found, renames=False)
    every_state(machine, found, renames=True)
    every_step(machine, found)
    return sum(map(len, found))


def every_state(machine: Machine, found: list[list[StateValues]], *, renames: bool) -> None:
    reached = Reached(machine, found[0], renames=renames, keeps_last=False)
    for depth, states in enumerate(found):
        if depth and states:
            reached.chain.grow()
        for state in states:
            same = [reached.is_state(reached.chain.last.frame, s) for s in sorted(reached.orbit(state), key=repr)]
            assert reached.is_possible(reached.encoding.circuit.disjunction(same)), (depth, state)


def every_step(machine: Machine, found: list[list[StateValues]]) -> None:
    reached = Reached(machine, found[0], renames=False, keeps_last=True)
    for depth, states in enumerate(found[:-1]):
        if not any(isinstance(o, Next) and o.state != s for s in states for o in machine.outcomes(s)):
            return
        reached.chain.grow()
        for state in states:
            for outcome in machine.outcomes(state):
                if isinstance(outcome, Next) and outcome.state != state:
                    before = reached.is_state(reached.chain.links[-2].frame, state)
                    after = reached.is_state(reached.chain.last.frame, outcome.state)
                    assert reached.is_possible(reached.encoding.circuit.both(before, after)), (depth, state, outcome)


@pytest.mark.parametrize(
    ("name", "bounds", "depth", "count"),
    [
        ("paxos", {"Acceptor": 2, "Ballot": 2, "Value": 2}, 12, 145),
        ("voting", {"Acceptor": 2, "Ballot": 2, "Value": 2}, 8, 57),
        ("best_effort_broadcast", {"Process": 3, "Message": 1, "crashes": 1}, 8, 128),
        ("raft", {"Server": 2, "Term": 2, "Command": 1, "LogLength": 1, "elections": 1, "restarts": 1}, 12, 50),
        ("pbft", {"Replica": 4, "Digest": 2, "View": 1, "Number": 1, "f": 1, "byzantine": 1}, 8, 72),
    ],
)
def test_every_state_of_a_model_is_reached_in_as_few_steps(
    name: str, bounds: dict[str, Setting], depth: int, count: int
) -> None:
    system = load(name).system
    assert check(system, build_instance(system, "test", bounds), depth) == count


@pytest.mark.parametrize(
    ("name", "depth"), [("channels", 3), ("loops", 3), ("forgery", 1), ("names", 2), ("honest court", 3), ("zoo", 2)]
)
def test_every_state_of_a_construct_is_reached_in_as_few_steps(name: str, depth: int, tmp_path: Path) -> None:
    system, bounds = system_called(name, tmp_path)
    assert check(system, build_instance(system, "test", bounds), depth) > 1


@pytest.mark.parametrize(("text", "depth"), [(FRIENDS, 8), (NEWS, 3)], ids=["friends", "news"])
def test_steps_that_look_at_what_others_change_keep_their_order(text: str, depth: int, tmp_path: Path) -> None:
    system = system_of(text, tmp_path)
    assert check(system, build_instance(system, "test", {"Node": 2}), depth) > 30


@pytest.mark.parametrize("kept", ["hear", "ask", "count", "calm"])
def test_a_step_of_one_kind_keeps_its_order(kept: str, tmp_path: Path) -> None:
    system = system_of(NEWS, tmp_path)
    system = replace(system, actions=tuple(a for a in system.actions if a.name in (kept, "mark", "tell")))
    assert check(system, build_instance(system, "test", {"Node": 2}), 3) > 20


@QUICK
@given(drawn())
def test_every_state_of_a_random_system_is_reached_in_as_few_steps(drawn: tuple[System, Instance]) -> None:
    try:
        check(*drawn, 3)
    except QuoraxError as problem:  # a type with too many values to list
        if problem.diagnostics[0].code != "I010":
            raise


@pytest.mark.deep
@LONG
@given(drawn())
def test_every_state_of_thousands_of_random_systems_is_reached_in_as_few_steps(drawn: tuple[System, Instance]) -> None:
    try:
        check(*drawn, 5)
    except QuoraxError as problem:
        if problem.diagnostics[0].code != "I010":
            raise
