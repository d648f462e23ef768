"""The meaning of statements: each is compiled once to a closure that changes a working copy of the state.

A statement returns None when it goes through; else what stopped the action: `DISABLED`, or the `Bound` that cuts the
transition. An undefined expression or a value outside its declared type raises `ModelError`. Undoing the writes of an
action that was stopped is the caller's part: it throws the working copy away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, assert_never

from checker.diagnostics import Span
from checker.interp.domains import Domains, KeyOf, key_place
from checker.interp.errors import ModelError
from checker.interp.evaluate import UNASSIGNED, Evaluator, Scope
from checker.interp.operators import Code, Slots, outside
from checker.interp.storage import store_check
from checker.ir.system import (
    Append,
    Assign,
    Choose,
    ForEach,
    If,
    NetOp,
    Require,
    Spend,
    Statement,
    Successor,
    Target,
)
from checker.ir.types import BagType, FifoType, MapType, MessageSetType, SeqType, Type, Value
from checker.ir.walk import inner_statements, walk_statements


class Disabled:
    """What stops an action that is not enabled."""


DISABLED = Disabled()


@dataclass(frozen=True, slots=True)
class Bound:
    """What cuts a transition: the name of an order, capacity or budget, and where its end was met."""

    name: str
    span: Span


Stop: TypeAlias = Disabled | Bound
State: TypeAlias = list[Value]
"""The working copy of the values of the state variables."""


class Path(Protocol):
    """What decides the choices of one execution, in program order."""

    def choose(self, elements: Sequence[Value]) -> Value | Disabled:
        """Return one of the elements, or DISABLED if there is none to choose."""
        ...


Run: TypeAlias = Callable[[State, Slots, Path], Stop | None]
Found: TypeAlias = tuple[list[Value], int, tuple[int, ...], Value]
"""A place: the list and the slot of its variable, where in it the place is, and the value that is there."""

Place: TypeAlias = Callable[[State, Slots], Found]
KeyPlace: TypeAlias = Callable[[Value, Value], int]
"""Returns where an entry is, given the map or sequence and the key."""

Observer: TypeAlias = Callable[[Statement, State, Slots], None]
"""Is told of every statement before it runs."""


@dataclass(slots=True)
class Guard:
    """How often a `require` was reached, and how often it was false."""

    action: str
    span: Span
    reached: int = 0
    refused: int = 0


class Statements:
    """Compiles the statements of one action, whose locals all have slots in `scope`."""

    def __init__(self, evaluator: Evaluator, action: str, scope: Scope, observe: Observer | None = None) -> None:
        self._evaluator = evaluator
        self._domains: Domains = evaluator.domains
        self._instance = evaluator.domains.instance
        self._action = action
        self._scope = scope
        self._observe = observe
        self.guards: list[Guard] = []

    def block(self, statements: Iterable[Statement]) -> Run:
        """Return the closure that runs statements in order until one does not go through."""
        runs = tuple(self._observed(s, self._statement(s)) for s in statements)
        if len(runs) == 1:
            return runs[0]

        def run(s: State, x: Slots, path: Path) -> Stop | None:
            for one in runs:
                stop = one(s, x, path)
                if stop is not None:
                    return stop
            return None

        return run

    def _observed(self, statement: Statement, run: Run) -> Run:
        observe = self._observe
        if observe is None:
            return run

        def observed(s: State, x: Slots, path: Path) -> Stop | None:
            observe(statement, s, x)
            return run(s, x, path)

        return observed

    def _statement(self, statement: Statement) -> Run:
        match statement:
            case Require():
                return self._require(statement)
            case Assign():
                return self._assign(statement)
            case Append():
                return self._append(statement)
            case NetOp():
                return self._net_op(statement)
            case If(condition=condition, then=then, orelse=orelse):
                return self._if(self._evaluator.compile(condition, self._scope), self.block(then), self.block(orelse))
            case ForEach():
                return self._for_each(statement)
            case Choose():
                return self._choose(statement)
            case Successor():
                return self._successor(statement)
            case Spend():
                return self._spend(statement)
            case _:
                assert_never(statement)

    def _require(self, statement: Require) -> Run:
        condition = self._evaluator.compile(statement.condition, self._scope)
        guard = Guard(self._action, statement.span)
        self.guards.append(guard)

        def run(s: State, x: Slots, _path: Path) -> Stop | None:
            guard.reached += 1
            if condition(s, x):
                return None
            guard.refused += 1
            return DISABLED

        return run

    def _if(self, condition: Code, then: Run, orelse: Run) -> Run:
        return lambda s, x, path: then(s, x, path) if condition(s, x) else orelse(s, x, path)

    def _for_each(self, statement: ForEach) -> Run:
        elements = self._evaluator.each(statement.domain, self._scope)
        slot = self._scope.slots[statement.variable]
        body = self.block(statement.body)

        def run(s: State, x: Slots, path: Path) -> Stop | None:
            for value in elements(s, x):
                x[slot] = value
                stop = body(s, x, path)
                if stop is not None:
                    return stop
            return None

        return run

    def _choose(self, statement: Choose) -> Run:
        elements = self._evaluator.each(statement.domain, self._scope)
        slot = self._scope.slots[statement.variable]

        def run(s: State, x: Slots, path: Path) -> Stop | None:
            chosen = path.choose(tuple(elements(s, x)))
            if isinstance(chosen, Disabled):
                return chosen
            x[slot] = chosen
            return None

        return run

    def _successor(self, statement: Successor) -> Run:
        operand = self._evaluator.compile(statement.operand, self._scope)
        slot = self._scope.slots[statement.variable]
        last = self._instance.size(statement.type.name) - 1
        end = Bound(statement.type.name, statement.span)

        def run(s: State, x: Slots, _path: Path) -> Stop | None:
            member = operand(s, x)
            if member == last:
                return end
            x[slot] = member + 1
            return None

        return run

    def _spend(self, statement: Spend) -> Run:
        place = self._domains.places[statement.budget]
        end = Bound(statement.budget, statement.span)

        def run(s: State, _x: Slots, _path: Path) -> Stop | None:
            if s[place] == 0:
                return end
            s[place] -= 1
            return None

        return run

    def _assign(self, statement: Assign) -> Run:
        target = statement.target
        value = self._evaluator.compile(statement.value, self._scope)
        place, kind = self._place(target)
        check = store_check(kind, self._instance, _show(target), target.span) if target.is_state else None

        def run(s: State, x: Slots, _path: Path) -> Stop | None:
            new = value(s, x)
            root, slot, keys, _ = place(s, x)
            if check is not None:
                check(new)
            root[slot] = _put(root[slot], keys, new)
            return None

        return run

    def _append(self, statement: Append) -> Run:
        target = statement.target
        value = self._evaluator.compile(statement.value, self._scope)
        place, kind = self._place(target)
        assert isinstance(kind, SeqType)
        capacity = self._instance.bound(kind.capacity)
        end = Bound(kind.capacity if isinstance(kind.capacity, str) else f"len({_show(target)})", statement.span)
        check = store_check(kind.element, self._instance, _show(target), target.span)

        def run(s: State, x: Slots, _path: Path) -> Stop | None:
            new = value(s, x)
            root, slot, keys, sequence = place(s, x)
            if capacity is not None and len(_given(sequence, target.span)) >= capacity:
                return end
            if check is not None:
                check(new)
            root[slot] = _put(root[slot], keys, (*_given(sequence, target.span), new))
            return None

        return run

    def _place(self, target: Target) -> tuple[Place, Type]:
        """Return what finds the place a target stands for, and the type declared there."""
        if not target.is_state:
            slot = self._scope.slots[target.name]
            return (lambda _s, x: (x, slot, (), x[slot])), target.type
        variable = self._domains.places[target.name]
        kind = self._domains.system.variables[variable].type
        steps: list[tuple[Code, KeyPlace]] = []
        for step in target.steps:
            key = self._evaluator.compile(step.key, self._scope)
            match kind:
                case MapType(of, inner):
                    steps.append((key, _map_place(key_place(of, self._instance), target.span)))
                case SeqType(inner):
                    steps.append((key, _sequence_place(target.span)))
                case _:
                    raise AssertionError(f"{kind} has no entries")
            kind = inner

        def place(s: State, x: Slots) -> Found:
            value, keys = s[variable], []
            for key, find in steps:
                keys.append(find(value, key(s, x)))
                value = value[keys[-1]]
            return s, variable, tuple(keys), value

        return place, kind

    def _net_op(self, statement: NetOp) -> Run:
        place = self._domains.places[statement.network]
        args = tuple(self._evaluator.compile(arg, self._scope) for arg in statement.args)
        match statement.type:
            case MessageSetType():
                assert statement.operation == "send", "a message set only grows"
                return _send_to_set(place, args[0])
            case BagType():
                return _bag_operation(statement, place, args[0])
            case FifoType(_, _, capacity):
                slot = None if statement.result is None else self._scope.slots[statement.result]
                name = capacity if isinstance(capacity, str) else f"len({statement.network})"
                full = Bound(name, statement.span)
                return _fifo_operation(statement, place, args, slot, self._instance.bound(capacity), full)
            case _:
                assert_never(statement.type)


def _map_place(place: KeyOf | None, span: Span) -> KeyPlace:
    if place is None:
        return lambda _values, key: key

    def find(_values: Value, key: Value) -> int:
        found = place(key)
        if found is None:
            raise ModelError(span, "R009", f"the map has no key {key}", "test the range of the key first")
        return found

    return find


def _sequence_place(span: Span) -> KeyPlace:
    def find(sequence: Value, index: Value) -> int:
        if not 0 <= index < len(_given(sequence, span)):
            raise outside(index, len(sequence), span)
        return int(index)

    return find


def _given(value: Value, span: Span) -> Value:
    if value is UNASSIGNED:
        raise ModelError(span, "R013", "this has no value yet", "assign it before it is changed")
    return value


def _put(value: Value, keys: tuple[int, ...], new: Value) -> Value:
    """Return `value` with the entry at `keys` replaced."""
    if not keys:
        return new
    first, rest = keys[0], keys[1:]
    return (*value[:first], _put(value[first], rest, new), *value[first + 1 :])


def _show(target: Target) -> str:
    return target.name + "[...]" * len(target.steps)


def _send_to_set(place: int, message: Code) -> Run:
    def run(s: State, x: Slots, _path: Path) -> Stop | None:
        new = message(s, x)
        if new not in s[place]:
            s[place] = s[place] | {new}
        return None

    return run


def _bag_operation(statement: NetOp, place: int, message: Code) -> Run:
    operation = statement.operation
    assert operation != "reset", "a bag has no channels"
    change = 1 if operation in ("send", "duplicate") else -1
    needs_copy = operation != "send"

    def run(s: State, x: Slots, _path: Path) -> Stop | None:
        copy = message(s, x)
        counts = dict(s[place])
        if needs_copy and copy not in counts:
            return DISABLED
        counts[copy] = counts.get(copy, 0) + change
        s[place] = frozenset((m, n) for m, n in counts.items() if n > 0)
        return None

    return run


def _fifo_operation(
    statement: NetOp, place: int, args: tuple[Code, ...], result: int | None, capacity: int | None, full: Bound
) -> Run:
    def send(s: State, x: Slots, _path: Path) -> Stop | None:
        source, destination, message = (arg(s, x) for arg in args)
        channel = s[place][source][destination]
        if capacity is not None and len(channel) >= capacity:
            return full
        s[place] = _put(s[place], (source, destination), (*channel, message))
        return None

    def take(s: State, x: Slots, _path: Path) -> Stop | None:
        source, destination = (arg(s, x) for arg in args)
        channel = s[place][source][destination]
        if not channel:
            return DISABLED
        if result is not None:
            x[result] = channel[0]
        s[place] = _put(s[place], (source, destination), channel[1:])
        return None

    def reset(s: State, x: Slots, _path: Path) -> Stop | None:
        source, destination = (arg(s, x) for arg in args)
        s[place] = _put(s[place], (source, destination), ())
        return None

    match statement.operation:
        case "send":
            return send
        case "receive" | "drop":
            return take
        case "reset":
            return reset
        case "duplicate":
            raise AssertionError("a channel does not duplicate")
        case _:
            assert_never(statement.operation)


def only_looks(statement: Statement) -> bool:
    """Return whether a statement leaves the state variables alone."""
    match statement:
        case Require() | Choose() | Successor():
            return True
        case Assign(target=target) | Append(target=target):
            return not target.is_state
        case NetOp() | Spend():
            return False
        case If() | ForEach():
            return all(map(only_looks, inner_statements(statement)))
        case _:
            assert_never(statement)


def local_names(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Return the names that statements assign or bind, each once, in program order."""
    names: dict[str, None] = {}
    for statement in walk_statements(statements):
        match statement:
            case Assign(target=target) | Append(target=target) if not target.is_state:
                names[target.name] = None
            case ForEach(variable=name) | Choose(variable=name) | Successor(variable=name) | NetOp(result=str(name)):
                names[name] = None
            case _:
                pass
    return tuple(names)
