"""What actions do: their outcomes, their order, their bounds, and what a model may not do."""

from __future__ import annotations

import itertools
from collections import deque
from pathlib import Path

import pytest

from checker.interp.errors import ModelError
from checker.interp.machine import Cut, Failure, Machine, Next, Outcome, StateValues
from checker.interp.program import segments
from tests.interp.small import bundled, instance_of, machine_of

COUNTER = """
class T(Order): ...
class Length(Bound): ...

class Counter(Model):
    now: T
    past: Seq[T, Length]
    spare: Budget[int]

    @initial
    def start(self) -> None:
        self.now = T.first()
        self.past = Seq()

    @action
    def tick(self) -> None:
        self.past.append(self.now)
        self.now = successor(self.now)

    @action
    def waste(self) -> None:
        self.past = Seq()
        spend(self.spare)
        require(self.now != T.first())

    @action
    def back(self, t: T) -> None:
        require(t < self.now)
        before = choose({u for u in T if u <= t})
        self.now = before
"""


def only_start(machine: Machine) -> StateValues:
    (state,) = machine.initial_states()
    return state


def outcomes(machine: Machine, state: StateValues, action: str) -> list[Outcome]:
    return [o for o in machine.outcomes(state) if o.action == action]


def follow(machine: Machine, state: StateValues, *actions: str) -> StateValues:
    for action in actions:
        step = next(o for o in outcomes(machine, state, action) if isinstance(o, Next))
        state = step.state
    return state


def test_a_step_is_atomic_and_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    machine = machine_of(COUNTER, tmp_path, T=3, Length=3, spare=1)
    state = only_start(machine)
    assert state == (0, (), 1)
    assert outcomes(machine, state, "tick") == [Next("tick", (), (), (1, (0,), 1))]


def test_the_first_statement_that_does_not_go_through_decides_the_outcome(tmp_path: Path) -> None:
    machine = machine_of(COUNTER, tmp_path, T=3, Length=1, spare=0)
    state = only_start(machine)
    (cut,) = outcomes(machine, state, "waste")
    assert isinstance(cut, Cut)
    assert cut.bound == "spare"
    assert outcomes(machine_of(COUNTER, tmp_path, T=3, Length=1, spare=1), (0, (), 1), "waste") == []


def test_bounds_are_named_by_what_was_at_its_end(tmp_path: Path) -> None:
    machine = machine_of(COUNTER, tmp_path, T=2, Length=1, spare=0)
    later = follow(machine, only_start(machine), "tick")
    (full,) = outcomes(machine, later, "tick")
    roomy = machine_of(COUNTER, tmp_path, T=2, Length=5, spare=0)
    (ended,) = outcomes(roomy, later, "tick")
    assert isinstance(full, Cut)
    assert isinstance(ended, Cut)
    assert (full.bound, ended.bound) == ("Length", "T")


def test_choices_branch_after_the_arguments_and_in_canonical_order(tmp_path: Path) -> None:
    machine = machine_of(COUNTER, tmp_path, T=3, Length=3, spare=0)
    state = follow(machine, only_start(machine), "tick", "tick")
    taken = [(o.args, o.choices) for o in outcomes(machine, state, "back")]
    assert taken == [((0,), (0,)), ((1,), (0,)), ((1,), (1,))]


CHOOSER = """
class P(Sort): ...

class Chooser(Model):
    left: Set[P]
    pair: Set[P]

    @initial
    def start(self) -> None:
        self.left = {p for p in P}
        self.pair = set()

    @action
    def take_two(self) -> None:
        first = choose(self.left)
        self.left = self.left - {first}
        second = choose(self.left)
        self.left = self.left - {second}
        self.pair = {first, second}
"""


def test_every_way_of_choosing_is_an_outcome_and_sees_earlier_choices(tmp_path: Path) -> None:
    machine = machine_of(CHOOSER, tmp_path, P=3)
    found = machine.outcomes(only_start(machine))
    assert [o.choices for o in found] == [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    assert all(isinstance(o, Next) and o.state[1] == frozenset(o.choices) for o in found)


def test_choosing_from_nothing_is_disabled(tmp_path: Path) -> None:
    machine = machine_of(CHOOSER, tmp_path, P=1)
    assert machine.outcomes(only_start(machine)) == []


def test_choices_can_be_performed_again_and_others_are_refused(tmp_path: Path) -> None:
    machine = machine_of(CHOOSER, tmp_path, P=3)
    state = only_start(machine)
    for outcome in machine.outcomes(state):
        assert machine.perform(state, outcome.action, outcome.args, outcome.choices) == outcome
    assert machine.perform(state, "take_two", (), (0, 0)) is None
    assert machine.perform(state, "take_two", (), (0,)) is None
    assert machine.perform(state, "take_two", (), (0, 1, 2)) is None
    assert machine.perform(state, "take_two", (0,), (0, 1)) is None


@pytest.mark.parametrize(("name", "sizes"), [("paxos", (2, 2, 2)), ("paxos", (3, 2, 1)), ("voting", (2, 3, 2))])
def test_binding_parameters_one_by_one_gives_what_binding_them_all_first_gives(
    name: str, sizes: tuple[int, int, int]
) -> None:
    system = bundled(name)
    settings = dict(zip(("Acceptor", "Ballot", "Value"), sizes, strict=True))
    machine = Machine(system, instance_of(system, **settings))
    queue = deque(machine.initial_states())
    seen = set(queue)
    while queue and len(seen) < 300:
        state = queue.popleft()
        plain = []
        for action in system.actions:
            domains = [machine.domains.parameter_values(p.type, state) for p in action.parameters]
            performed = (machine.perform(state, action.name, args, ()) for args in itertools.product(*domains))
            plain += [outcome for outcome in performed if outcome is not None]
        assert machine.outcomes(state) == plain
        new = [o.state for o in plain if isinstance(o, Next) and o.state not in seen]
        seen.update(new)
        queue.extend(new)
    assert len(seen) >= 80


def test_the_body_runs_as_far_as_the_bound_parameters_reach() -> None:
    propose = bundled("paxos").action("propose")
    sizes = [len(piece) for piece in segments(propose)]
    assert [p.name for p in propose.parameters] == ["b", "v", "q"]
    assert sizes[0] == 0
    assert sizes[1] == 1  # `no proposal in b yet` is asked once for all values and quorums
    assert sum(sizes) == len(propose.body)


COUNTS = """
class P(Sort): ...

class Counts(Model):
    total: Map[P, Annotated[int, Range(0, 9)]]

    @initial
    def start(self) -> None:
        for p in P:
            self.total[p] = 0

    @action
    def count(self, p: P, q: P) -> None:
        sum = self.total[p] + 1
        sum = sum if q == p else sum + 1
        step = choose({1, 2})
        sum = sum + step
        self.total[p] = sum
"""


def test_what_one_binding_assigns_to_a_local_the_next_does_not_see(tmp_path: Path) -> None:
    machine = machine_of(COUNTS, tmp_path, P=2)
    found = machine.outcomes(only_start(machine))
    assert [(o.args, o.choices, max(o.state[0])) for o in found if isinstance(o, Next)] == [
        ((0, 0), (1,), 2),
        ((0, 0), (2,), 3),
        ((0, 1), (1,), 3),
        ((0, 1), (2,), 4),
        ((1, 0), (1,), 3),
        ((1, 0), (2,), 4),
        ((1, 1), (1,), 2),
        ((1, 1), (2,), 3),
    ]


MESSAGES = """
class P(Sort): ...
class Size(Bound): ...

@message
class Ping:
    target: P

@message
class Pong:
    target: P

class Talk(Model):
    wire: Bag[Ping | Pong]
    link: Fifo[P, Ping | Pong, Size]
    last: Ping | Pong | None

    @initial
    def start(self) -> None:
        self.last = None

    @action
    def ping(self, p: P) -> None:
        self.wire.send(Ping(p))

    @action
    def take(self, m: Ping) -> None:
        self.wire.receive(m)
        self.last = m

    @action
    def lose(self, m: Ping) -> None:
        self.wire.drop(m)

    @action
    def copy(self, m: Ping) -> None:
        self.wire.duplicate(m)

    @action
    def write(self, p: P, q: P) -> None:
        require(p != q)
        self.link.send(p, q, Ping(q))

    @action
    def read(self, p: P, q: P) -> None:
        m = self.link.receive(p, q)
        self.last = m

    @action
    def skip(self, p: P, q: P) -> None:
        self.link.drop(p, q)

    @action
    def cut(self, p: P, q: P) -> None:
        require(len(self.link.channel(p, q)) > 0)
        self.link.reset(p, q)
"""


def test_a_bag_delivers_each_copy_once(tmp_path: Path) -> None:
    machine = machine_of(MESSAGES, tmp_path, P=2, Size=2)
    start = only_start(machine)
    assert outcomes(machine, start, "take") == outcomes(machine, start, "lose") == []
    twice = follow(machine, start, "ping", "copy")
    assert twice[0] == frozenset({(("Ping", 0), 2)})
    once = follow(machine, twice, "take")
    assert (once[0], once[2]) == (frozenset({(("Ping", 0), 1)}), ("Ping", 0))
    assert follow(machine, once, "lose")[0] == frozenset()


def test_channels_keep_the_order_of_one_pair_and_nothing_else(tmp_path: Path) -> None:
    machine = machine_of(MESSAGES, tmp_path, P=2, Size=2)
    start = only_start(machine)
    assert start[1] == (((), ()), ((), ()))
    both = follow(machine, start, "write", "write")
    assert both[1] == (((), (("Ping", 1), ("Ping", 1))), ((), ()))
    assert [o.args for o in outcomes(machine, both, "read")] == [(0, 1)]
    assert follow(machine, both, "read")[1:] == ((((), (("Ping", 1),)), ((), ())), ("Ping", 1))
    assert follow(machine, both, "skip")[1] == (((), (("Ping", 1),)), ((), ()))
    assert follow(machine, both, "cut")[1] == start[1]


def test_a_full_channel_cuts_the_transition(tmp_path: Path) -> None:
    machine = machine_of(MESSAGES, tmp_path, P=2, Size=1)
    full = follow(machine, only_start(machine), "write")
    (cut,) = (o for o in outcomes(machine, full, "write") if o.args == (0, 1))
    assert isinstance(cut, Cut)
    assert cut.bound == "Size"


BROKEN = """
class P(Sort): ...
class Size(Bound): ...

@record
class Entry:
    rank: Annotated[int, Range(0, 2)]

class Broken(Model):
    count: Annotated[int, Range(0, 2)]
    counts: Map[P, Annotated[int, Range(0, 2)]]
    ranks: Set[Annotated[int, Range(0, 2)]]
    log: Seq[P, Size]
    entry: Entry | None

    @initial
    def start(self) -> None:
        self.count = 2
        self.ranks = set()
        self.log = Seq()
        self.entry = None
        for p in P:
            self.counts[p] = 2

    @action
    def step(self, p: P) -> None:
        STATEMENT

    def at_most(self, n: Annotated[int, Range(0, 2)]) -> bool:
        return n <= self.count
"""

MISFITS = {
    "self.count = self.count + 1": ("R010", "count: 3 is not in 0..2"),
    "self.counts[p] = self.counts[p] - 3": ("R010", "counts[...]: -1 is not in 0..2"),
    "self.counts = mapping({q: 7 for q in P})": ("R010", "counts: 7 is not in 0..2"),
    "self.ranks = {1, 5, 4}": ("R010", "ranks: 4 is not in 0..2"),
    "self.entry = Entry(self.count + 1)": ("R010", "Entry.rank: 3 is not in 0..2"),
    "self.log = Seq(p, p)": ("R011", "log: 2 elements are more than 1, the capacity of Seq[P, Size]"),
    "require(self.at_most(self.count + 1))": ("R010", "at_most(n): 3 is not in 0..2"),
}


@pytest.mark.parametrize("statement", MISFITS)
def test_storing_a_value_outside_its_declared_type_is_an_error(statement: str, tmp_path: Path) -> None:
    machine = machine_of(BROKEN.replace("STATEMENT", statement), tmp_path, P=2, Size=1)
    failures = machine.outcomes(only_start(machine))
    assert [o.args for o in failures] == [(0,), (1,)]
    for failure in failures:
        assert isinstance(failure, Failure)
        diagnostic = failure.error.diagnostic
        assert (diagnostic.code, diagnostic.message) == MISFITS[statement]
        assert diagnostic.span.file.endswith(".py")


def test_an_error_needs_a_value_for_every_parameter(tmp_path: Path) -> None:
    text = MESSAGES.replace("def take(self, m: Ping)", "def take(self, p: P, m: Pong)").replace(
        "        self.wire.receive(m)\n        self.last = m\n",
        "        require(len(self.link.channel(p, p)[0:5]) == 0)\n        self.last = m\n",
    )
    machine = machine_of(text, tmp_path, P=2, Size=1)
    assert outcomes(machine, only_start(machine), "take") == []  # no Pong: the slice is never evaluated


STARTS = """
class P(Sort): ...

class Starts(Model):
    leader: P
    other: P
    seen: Map[P, bool]

    @initial
    def elect(self, p: P) -> None:
        self.leader = p
        for q in P:
            self.seen[q] = q == p

    @initial
    def oppose(self) -> None:
        CHOICE

    @action
    def idle(self) -> None:
        self.leader = self.leader
"""


def test_parameters_and_choices_of_initial_actions_multiply(tmp_path: Path) -> None:
    choice = "q = choose({r for r in P if r != self.leader})\n        self.other = q"
    machine = machine_of(STARTS.replace("CHOICE", choice), tmp_path, P=3)
    starts = [state[:2] for state in machine.initial_states()]
    assert starts == [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]


def test_initial_states_that_coincide_count_once(tmp_path: Path) -> None:
    machine = machine_of(STARTS.replace("CHOICE", "q = choose(P)\n        self.other = self.leader"), tmp_path, P=3)
    assert [state[:2] for state in machine.initial_states()] == [(0, 0), (1, 1), (2, 2)]


def test_a_variable_that_is_assigned_only_sometimes_is_an_error(tmp_path: Path) -> None:
    choice = "if self.seen[self.leader] and len(P) == 2:\n            self.other = self.leader"
    assert len(list(machine_of(STARTS.replace("CHOICE", choice), tmp_path, P=2).initial_states())) == 2
    with pytest.raises(ModelError, match=r"R012.*other needs an initial value"):
        next(machine_of(STARTS.replace("CHOICE", choice), tmp_path, P=3).initial_states())


def test_reading_a_variable_before_it_is_assigned_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="R013"):
        next(machine_of(STARTS.replace("CHOICE", "self.other = self.other"), tmp_path, P=2).initial_states())
