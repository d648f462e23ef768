"""Replaying: a list of moves becomes a trace, each step checked, and explained for whoever reads it.

Every engine hands its counterexamples to `replay`, so that no trace is shown that the reference semantics does not
allow, and no violation that is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from checker.diagnostics import NOWHERE, QuoraxError, error
from checker.interp.annotate import annotated
from checker.interp.deviation import Original
from checker.interp.evidence import Evidence
from checker.interp.goals import goal
from checker.interp.lasso import violating
from checker.interp.machine import Cut, Failure, Machine, Next, Outcome, StateValues, Values
from checker.ir.expr import Expr
from checker.ir.instance import Instance
from checker.ir.system import Action, Choose, NetOp, Parameter, Statement, System
from checker.ir.types import FifoType, OrderType, RecordType, SortType, Value
from checker.ir.values import show_value
from checker.temporal.fairness import TemporalProperty
from checker.trace.trace import Binding, Envelope, Lane, Note, Step, Trace

RESTARTS = frozenset(("restart", "crash"))
"""The names of actions that are drawn as a process going down."""

Move: TypeAlias = tuple[str, Values, Values]
"""What an engine says about a step: action, arguments, choices."""


def replay(
    system: System,
    instance: Instance,
    initial: StateValues,
    path: Sequence[Move],
    *,
    property: str = "",
    title: str = "",
    base: System | None = None,
    loop_start: int | None = None,
    temporal: TemporalProperty | None = None,
    is_anywhere: bool = False,
) -> Trace:
    """Return the trace of taking the moves of `path` one by one from `initial`, any state if `is_anywhere`.

    If `property` names an invariant, a transition invariant, `DEADLOCK` or a predicate to be reached, the trace is
    explained as its counterexample (its witness). `base` is the model that `system` is a mutant of. With `loop_start`,
    the last state must be that state (0-based) again; it is, if `loop_start` is the number of moves: then the behaviour
    stutters in the last state. With `temporal`, the lasso must be a fair behaviour that violates that property.

    Raises:
        QuoraxError: T201 if `initial` is no initial state, T202 for a move that is not enabled, T203 if the last state
            (or step) does not decide `property`, or the lasso satisfies `temporal`; T204 if the loop does not close,
            T205 if it is not fair.

    """
    machine = Machine(system, instance)
    if not is_anywhere and initial not in machine.initial_states():
        raise error(NOWHERE, "T201", "the trace does not begin in an initial state of the model")
    original = None if base is None else Original(base, machine)
    state, steps = initial, list[Step]()
    for index, move in enumerate(path, start=1):
        step = _Recorder(machine, state).step(index, move)
        remark = None if original is None else original.remark(state, step)
        if remark is not None:
            step, original = replace(step, notes=(Note("deviation", remark),)), None
        steps.append(step)
        state = step.state
    trace = Trace(system, instance, initial, tuple(steps), title, is_anywhere=is_anywhere)
    if loop_start is not None:
        trace = _looping(trace, loop_start)
    if temporal is not None:
        return violating(trace, machine, temporal, title)
    return annotated(trace, machine, goal(system, property), title) if property else trace


@dataclass(frozen=True, slots=True)
class _Moment:
    """A statement that ran, with the state and the locals before it."""

    statement: Statement
    state: StateValues
    locals: Mapping[str, Value]


class _Recorder:
    """Takes one step and records what it did to the networks."""

    def __init__(self, machine: Machine, state: StateValues) -> None:
        self._machine = machine
        self._before = state
        self._moments: list[_Moment] = []

    def step(self, index: int, move: Move) -> Step:
        """Return the step.

        Raises:
            QuoraxError: T202, if the move is not enabled.

        """
        name, args, choices = move
        if name not in {a.name for a in self._machine.system.actions}:
            raise error(NOWHERE, "T202", f"step {index}: the model has no action {name}")
        action = self._machine.system.action(name)
        outcome = self._perform(action, args, choices)
        if not isinstance(outcome, Next):
            raise self._refused(index, action, args, outcome)
        bindings = _bound(action.parameters, args)
        lost = tuple(e for m in self._moments for e in self._lost(m))
        received = tuple(e for e in self._received(action, bindings) if e not in lost)
        return Step(
            index,
            name,
            bindings,
            self._choices(choices),
            outcome.state,
            process=lane_of(action, bindings),
            sent=tuple(e for m in self._moments for e in self._sent(m)),
            received=received,
            lost=lost,
            forged=tuple(e for e in received if self._is_forged(e)),
            is_restart=name in RESTARTS,
            span=action.span,
        )

    def _perform(self, action: Action, args: Values, choices: Values) -> Outcome | None:
        names = self._machine.local_slots(action.name)

        def observe(statement: Statement, state: Sequence[Value], slots: Sequence[Value]) -> None:
            self._moments.append(_Moment(statement, tuple(state), dict(zip(names, slots, strict=False))))

        return self._machine.perform(self._before, action.name, args, choices, observe)

    def _refused(self, index: int, action: Action, args: Values, outcome: Outcome | None) -> QuoraxError:
        machine = self._machine
        bindings = _bound(action.parameters, args)
        shown = ", ".join(show_value(b.type, b.value, machine.system, machine.instance) for b in bindings)
        match outcome:
            case Cut(bound=bound):
                why = f"is cut at the bound {bound}"
            case Failure(error=failure):
                why = f"is an error of the model: {failure.diagnostic.message}"
            case _:
                why = "is not enabled"
        place = self._moments[-1].statement.span if self._moments else action.span
        return error(place, "T202", f"step {index}, {action.name}({shown}), {why}")

    def _choices(self, choices: Values) -> tuple[Binding, ...]:
        made = [m.statement for m in self._moments if isinstance(m.statement, Choose)]
        return tuple(Binding(s.variable, s.type, value) for s, value in zip(made, choices, strict=True))

    def _sent(self, moment: _Moment) -> tuple[Envelope, ...]:
        match moment.statement:
            case NetOp(operation="send", type=FifoType(), network=network, args=args):
                source, destination, message = (self._value(arg, moment) for arg in args)
                return (_envelope(network, message, source, destination),)
            case NetOp(operation="send", network=network, args=(arg,)):
                return (_envelope(network, self._value(arg, moment)),)
            case _:
                return ()

    def _received(self, action: Action, bindings: tuple[Binding, ...]) -> tuple[Envelope, ...]:
        """Return the messages that the step handled or looked at, each once: parameters, deliveries, then guards."""
        found: dict[Envelope, None] = {}
        for parameter, binding in zip(action.parameters, bindings, strict=True):
            if self._machine.domains.is_message(parameter.type):
                found[_envelope(self._carrier(binding.value), binding.value)] = None
        evidence = Evidence(self._machine)
        for moment in self._moments:
            found.update(dict.fromkeys(self._delivered(moment)))
            evidence.observe(moment.statement, moment.state, moment.locals)
        for network, message in evidence.seen:
            if self._is_available(network, message):
                found[_envelope(network, message)] = None
        return tuple(found)

    def _delivered(self, moment: _Moment) -> tuple[Envelope, ...]:
        match moment.statement:
            case NetOp(operation="receive", type=FifoType(), network=network, args=args):
                source, destination = (self._value(arg, moment) for arg in args)
                channel = moment.state[self._machine.domains.places[network]][source][destination]
                return (_envelope(network, channel[0], source, destination),)
            case NetOp(operation="receive", network=network, args=(arg,)):
                return (_envelope(network, self._value(arg, moment)),)
            case _:
                return ()

    def _lost(self, moment: _Moment) -> tuple[Envelope, ...]:
        match moment.statement:
            case NetOp(operation="drop" | "reset" as operation, type=FifoType(), network=network, args=args):
                source, destination = (self._value(arg, moment) for arg in args)
                channel = moment.state[self._machine.domains.places[network]][source][destination]
                gone = channel[:1] if operation == "drop" else channel
                return tuple(_envelope(network, message, source, destination) for message in gone)
            case NetOp(operation="drop", network=network, args=(arg,)):
                return (_envelope(network, self._value(arg, moment)),)
            case _:
                return ()

    def _carrier(self, message: Value) -> str:
        """Return the first network in which a message is available."""
        return next(n for n in self._machine.domains.networks if self._is_available(n, message))

    def _is_available(self, network: str, message: Value) -> bool:
        domains = self._machine.domains
        return domains.networks[network].has(self._before[domains.places[network]], message)

    def _is_forged(self, envelope: Envelope) -> bool:
        domains = self._machine.domains
        if envelope.network not in domains.networks:
            return False  # nobody forges what travels in channels
        sent = self._before[domains.places[envelope.network]]
        return not domains.networks[envelope.network].is_sent(sent, envelope.message)

    def _value(self, expr: Expr, moment: _Moment) -> Value:
        return self._machine.evaluate(expr, moment.state, moment.locals)


def lane_of(action: Action, bindings: tuple[Binding, ...]) -> Lane | None:
    """Return the process that takes a step."""
    for binding in bindings:
        if binding.name == action.process and isinstance(binding.type, SortType | OrderType):
            return Lane(binding.type.name, binding.value)
    return None


def _looping(trace: Trace, loop_start: int) -> Trace:
    """Return the trace as a lasso.

    Raises:
        QuoraxError: T204, if its last state is not that in which the loop starts.

    """
    states = trace.states
    if not 0 <= loop_start < len(states) or states[loop_start] != states[-1]:
        raise error(NOWHERE, "T204", f"the last state is not state {loop_start} again: the trace is no lasso")
    is_cycle = loop_start < len(trace.steps)
    note = Note("loop", "the cycle begins here" if is_cycle else "stutters for ever: nothing happens any more")
    if loop_start == 0:
        return replace(trace, loop_start=0, initial_notes=(*trace.initial_notes, note))
    first = trace.steps[loop_start - 1]
    marked = replace(first, notes=(*first.notes, note))
    steps = (*trace.steps[: loop_start - 1], marked, *trace.steps[loop_start:])
    return replace(trace, loop_start=loop_start, steps=steps)


def _bound(parameters: tuple[Parameter, ...], args: Values) -> tuple[Binding, ...]:
    return tuple(Binding(p.name, p.type, arg) for p, arg in zip(parameters, args, strict=False))


def _envelope(network: str, message: Value, source: int | None = None, destination: int | None = None) -> Envelope:
    return Envelope(network, RecordType(message[0]), message, source, destination)
