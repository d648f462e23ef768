"""What an action reads and writes covers what it depends on and what it changes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.dsl.loader import load
from checker.interp.machine import Cut, Failure, Machine, Next, Outcome
from checker.ir.footprint import ANY, Footprint, Kind, Path, action_footprint, property_footprint
from checker.ir.system import Action
from checker.ir.types import BagType, MapType, MessageSetType, Type, Value
from checker.ir.values import map_keys
from tests.ir.example import ASKING, EXAMPLE, GRANTING, LOGS_GROW, ONE_LEADER, TAKING
from tests.ir.generate import Case, cases, states


def test_reads_and_writes_go_down_to_the_entry_of_a_parameter() -> None:
    assert action_footprint(ASKING, EXAMPLE) == Footprint(
        reads=(Path("leader"), Path("restarts"), Path("term", ("n",))),
        writes=(Path("net"), Path("restarts"), Path("role", ("n",)), Path("term", ("n",))),
        sends=(Kind("net", "Ask"),),
    )


def test_message_parameters_are_received_and_their_network_is_read() -> None:
    assert action_footprint(GRANTING, EXAMPLE) == Footprint(
        reads=(Path("channel", ("n", ANY)), Path("log", ("n",)), Path("net")),
        writes=(Path("channel", ("n", ANY)), Path("leader"), Path("log", ("n",)), Path("net")),
        sends=(Kind("channel", "Entry"), Kind("net", "Grant")),
        receives=(Kind("net", "Ask"),),
        inspects=(Kind("net", "Ask"),),
    )


def test_a_channel_is_read_and_written_between_two_processes() -> None:
    assert action_footprint(TAKING, EXAMPLE) == Footprint(
        reads=(Path("channel", ("p", "n")), Path("holders"), Path("term", ("n",))),
        writes=(Path("channel", ("p", "n")), Path("holders")),
        receives=(Kind("channel", "Entry"),),
    )


def test_a_property_reads_what_its_functions_read() -> None:
    reads = (Path("holders"), Path("net"))
    assert property_footprint(ONE_LEADER, EXAMPLE) == Footprint(reads, inspects=(Kind("net", "Grant"),))
    assert property_footprint(LOGS_GROW, EXAMPLE) == Footprint((Path("log", (ANY,)),))


def test_paxos_acceptors_touch_their_own_entries_only() -> None:
    system = load("paxos").system
    accept = action_footprint(system.action("accept"), system)
    assert [str(p) for p in accept.writes] == ["net", "promised[a]", "vote[a]"]
    assert [str(k) for k in (*accept.receives, *accept.sends)] == ["net.of(Accept)", "net.of(Accepted)"]


@settings(max_examples=60, deadline=None)
@given(cases())
def test_nothing_outside_the_writes_changes(case: Case) -> None:
    for outcome in Machine(case.system, case.instance).outcomes(case.state):
        if isinstance(outcome, Next):
            action = case.system.action(outcome.action)
            allowed = action_footprint(action, case.system).writes
            expected = overlaid(case.state, outcome.state, allowed, action, outcome, case)
            assert outcome.state == expected


@settings(max_examples=60, deadline=None)
@given(st.data(), cases())
def test_the_outcome_depends_on_the_reads_only(data: st.DataObject, case: Case) -> None:
    machine = Machine(case.system, case.instance)
    other = data.draw(states(case.system, case.instance))
    for outcome in machine.outcomes(case.state):
        action = case.system.action(outcome.action)
        footprint = action_footprint(action, case.system)
        start = overlaid(other, case.state, footprint.reads, action, outcome, case)
        again = machine.perform(start, outcome.action, outcome.args, outcome.choices)
        match outcome, again:
            case Next(), Next():
                assert_same_writes((case.state, outcome.state), (start, again.state), footprint, case)
            case Cut(), Cut():
                assert outcome.bound == again.bound
            case _:
                assert isinstance(outcome, Failure)
                assert isinstance(again, Failure)


def assert_same_writes(
    first: tuple[Value, Value], second: tuple[Value, Value], footprint: Footprint, case: Case
) -> None:
    """Compare two steps, each given by the states before and after it: what both write, and what neither does."""
    unread = {p.variable for p in footprint.writes} - {p.variable for p in footprint.reads}
    for place, variable in enumerate(case.system.variables):
        ((before, after), (other_before, other_after)) = ((s[0][place], s[1][place]) for s in (first, second))
        if variable.name in unread and isinstance(variable.type, BagType | MessageSetType):
            assert messages(variable.type, after - before) <= messages(variable.type, other_after)
            continue
        columns = (entries(v, variable.type) for v in (before, after, other_before, other_after))
        for was, now, other_was, other_now in zip(*columns, strict=True):
            assert now == other_now or (was == now and other_was == other_now)


def messages(kind: Type, network: Value) -> frozenset[Value]:
    return frozenset(m for m, _ in network) if isinstance(kind, BagType) else network


def entries(value: Value, kind: Type) -> list[Value]:
    """Return the values in a map, and in the maps in it."""
    if not isinstance(kind, MapType):
        return [value]
    return [entry for inner in value for entry in entries(inner, kind.value)]


def overlaid(
    below: tuple[Value, ...],
    above: tuple[Value, ...],
    paths: tuple[Path, ...],
    action: Action,
    outcome: Outcome,
    case: Case,
) -> tuple[Value, ...]:
    """Return the state `below` with the values that `above` has at the paths, for the arguments of an outcome."""
    arguments = dict(zip((p.name for p in action.parameters), outcome.args, strict=True))
    made = list(below)
    for path in paths:
        place = [v.name for v in case.system.variables].index(path.variable)
        kind = case.system.variables[place].type
        made[place] = _merged(made[place], above[place], kind, path.keys, arguments, case)
    return tuple(made)


def _merged(
    below: Value, above: Value, kind: Type, keys: tuple[str, ...], arguments: dict[str, Value], case: Case
) -> Value:
    if not keys:
        return above
    assert isinstance(kind, MapType)
    domain = map_keys(kind.key, case.instance)
    chosen = domain if keys[0] == ANY else (arguments[keys[0]],)
    return tuple(
        _merged(b, a, kind.value, keys[1:], arguments, case) if key in chosen else b
        for key, b, a in zip(domain, below, above, strict=True)
    )
