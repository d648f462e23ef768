"""One step of a system from a state: which action, with which arguments and choices, is left open.

Arguments and choices are *picks*: one alternative of several, exactly one of which is true. Parameters of one type
share their pick between actions, because only one action is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from checker.diagnostics import error
from checker.ir.system import Action
from checker.ir.types import Type, Value
from checker.smt.actions import Execution, Executor
from checker.smt.circuit import FALSE, TRUE, Literal
from checker.smt.encoding import Encoding
from checker.smt.expressions import Evaluator, Frame, Place
from checker.smt.paths import Path
from checker.smt.values import Members, Scalar, Symbol, constant, scalar

Values = tuple[Value, ...]

EVENTS_MAX = 50_000
"""Ways of taking one action, where every one of them has to be looked at."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice that an action makes where `path` is true."""

    path: Literal
    value: Scalar


@dataclass(frozen=True, slots=True)
class Option:
    """One action of a step: `chosen` says that it is the one that is taken."""

    action: Action
    chosen: Literal
    arguments: tuple[Scalar, ...]
    picks: tuple[Pick, ...]
    outcome: Execution


@dataclass(frozen=True, slots=True)
class Step:
    """All there is to take from a state. Where `taken`, the state after it is `frame`.

    `touched` are the places that it looks at or writes to, as of an `Execution`.
    """

    options: tuple[Option, ...]
    taken: Literal
    error: Literal
    cuts: Mapping[str, Literal]
    frame: Frame
    touched: Mapping[Place, Literal]


@dataclass(slots=True)
class _Picker:
    """Leaves every choice open."""

    encoding: Encoding
    made: list[Pick] = field(default_factory=list)

    def choose(self, elements: Mapping[Value, Literal], path: Path) -> Scalar:
        picked = self.encoding.pick(tuple(elements))
        self.made.append(Pick(path.literal(self.encoding.circuit), picked))
        return picked


def step_from(encoding: Encoding, before: Evaluator) -> Step:
    """Return what can be taken from a state, one thing of it."""
    circuit, algebra = encoding.circuit, encoding.algebra
    actions = encoding.system.actions
    chosen = encoding.pick(tuple(range(len(actions))))
    shared: dict[tuple[Type, int], Scalar] = {}
    options: list[Option] = []
    for number, action in enumerate(actions):
        literal = chosen.alternatives[number]
        columns = [parameter_values(encoding, p.type, before.frame) for p in action.parameters]
        if not all(columns):  # there is nothing to bind a parameter to
            continue
        arguments, possible = _arguments(encoding, action, columns, shared)
        picker = _Picker(encoding)
        named: dict[str, Symbol] = dict(zip((p.name for p in action.parameters), arguments, strict=True))
        outcome = Executor(encoding, before, named, picker).run(action, possible)
        options.append(Option(action, literal, arguments, tuple(picker.made), outcome))
    ways = [(o, circuit.both(o.chosen, o.outcome.enabled)) for o in options]
    frame = {
        name: algebra.select([(o.chosen, o.outcome.frame[name]) for o, way in ways if way != FALSE])
        for name in before.frame
    }
    return Step(
        tuple(options),
        circuit.disjunction(way for _, way in ways),
        circuit.disjunction(circuit.both(o.chosen, o.outcome.error) for o in options),
        _of_chosen(encoding, [(o.chosen, o.outcome.cuts) for o in options]),
        frame,
        _of_chosen(
            encoding, [(o.chosen, touched) for o in options for touched in _looked_at(encoding, o, before.frame)]
        ),
    )


Key = TypeVar("Key")


def _of_chosen(encoding: Encoding, found: Iterable[tuple[Literal, Mapping[Key, Literal]]]) -> dict[Key, Literal]:
    """Return what is true of the action that is chosen."""
    literals: dict[Key, list[Literal]] = {}
    for chosen, literals_of in found:
        for key, literal in literals_of.items():
            literals.setdefault(key, []).append(encoding.circuit.both(chosen, literal))
    return {key: encoding.circuit.disjunction(several) for key, several in literals.items()}


def _looked_at(encoding: Encoding, option: Option, frame: Frame) -> Iterator[Mapping[Place, Literal]]:
    """Yield the places that an action touches, among them the messages that it takes."""
    yield option.outcome.touched
    for parameter, argument in zip(option.action.parameters, option.arguments, strict=True):
        if not encoding.domains.is_message(parameter.type):
            continue
        for network in encoding.domains.networks:
            if encoding.networks.can_forge or not isinstance(frame[network], Members):
                yield {(network, None): TRUE}
            else:
                yield {(network, message): literal for message, literal in argument.alternatives.items()}


def _arguments(
    encoding: Encoding,
    action: Action,
    columns: Sequence[Mapping[Value, Literal]],
    shared: dict[tuple[Type, int], Scalar],
) -> tuple[tuple[Scalar, ...], Literal]:
    """Return a pick for each parameter from its column, and whether the messages that were picked are there."""
    arguments: list[Scalar] = []
    possible = TRUE
    seen: dict[Type, int] = {}
    for parameter, there in zip(action.parameters, columns, strict=True):
        kind = parameter.type
        key = kind, seen.get(kind, 0)
        seen[kind] = key[1] + 1
        if key not in shared:
            shared[key] = encoding.pick(tuple(there))
        argument = shared[key]
        arguments.append(argument)
        circuit = encoding.circuit
        found = (circuit.both(literal, there[value]) for value, literal in argument.alternatives.items())
        if any(literal != TRUE for literal in there.values()):
            possible = circuit.both(possible, circuit.disjunction(found))
    return tuple(arguments), possible


def parameter_values(encoding: Encoding, kind: Type, frame: Frame) -> Mapping[Value, Literal]:
    """Return what a parameter ranges over: all values of its type, or messages, each with whether it is there."""
    if encoding.domains.is_message(kind):
        return encoding.networks.parameters(kind, frame).members
    return dict.fromkeys(encoding.domains.universe(kind), TRUE)


# -- one by one --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """One way of taking an action: known arguments and choices."""

    action: Action
    arguments: Values
    choices: Values
    outcome: Execution


@dataclass(slots=True)
class _Script:
    """Makes the choices that it is given, then the first of the next ones; `turns` are the alternatives of each."""

    choices: Values
    turns: list[Values] = field(default_factory=list)
    is_stuck: bool = False

    def choose(self, elements: Mapping[Value, Literal], path: Path) -> Scalar:
        del path  # a choice that is not made here changes nothing
        place = len(self.turns)
        self.turns.append(tuple(elements))
        if place < len(self.choices):
            return Scalar({self.choices[place]: TRUE})
        return scalar(dict.fromkeys(tuple(elements)[:1], TRUE))


def events_from(encoding: Encoding, before: Evaluator) -> Iterator[Event]:
    """Yield every way of taking every action, each with its outcome.

    Raises:
        QuoraxError: Y002, if there are too many.

    """
    for action in encoding.system.actions:
        columns = [parameter_values(encoding, p.type, before.frame) for p in action.parameters]
        count = 0
        for arguments in itertools.product(*(column.items() for column in columns)):
            possible = encoding.circuit.conjunction(literal for _, literal in arguments)
            values = tuple(value for value, _ in arguments)
            for event in _events_of(encoding, before, action, values, possible):
                count += 1
                if count > EVENTS_MAX:
                    raise _too_many_events(action)
                yield event


def _events_of(
    encoding: Encoding, before: Evaluator, action: Action, arguments: Values, possible: Literal
) -> Iterator[Event]:
    named = {p.name: constant(p.type, v) for p, v in zip(action.parameters, arguments, strict=True)}
    pending: list[Values] = [()]
    while pending:
        choices = pending.pop()
        script = _Script(choices)
        outcome = Executor(encoding, before, named, script).run(action, possible)
        made = choices
        for turn in script.turns[len(choices) :]:
            pending += [(*made, other) for other in reversed(turn[1:])]
            made = (*made, *turn[:1])
        yield Event(action, arguments, made, outcome)


def _too_many_events(action: Action) -> Exception:
    return error(
        action.span,
        "Y002",
        f"there are more than {EVENTS_MAX:,} ways of taking {action.name}: too many to look at each",
        "leave out deadlock, or use --engine explicit",
    )
