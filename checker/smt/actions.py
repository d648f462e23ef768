"""The meaning of actions as circuits: the sequential form, executed on all states, arguments and choices at once.

Statements run in program order, as in `checker.interp.statements`; what stops an action does so on a path, and what
comes after it counts only where nothing stopped it. Loops are unrolled over the elements that there may be, in
canonical order. So every outcome that the interpreter has (next, cut, error) has its literal here, and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, assert_never

from checker.ir.system import (
    Action,
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
from checker.ir.values import channels_type
from checker.smt.circuit import FALSE, TRUE, Literal
from checker.smt.collections import joined
from checker.smt.encoding import Encoding
from checker.smt.expressions import Evaluator, Frame, Place
from checker.smt.paths import Path
from checker.smt.values import NOTHING, ZERO, Copies, Entries, Items, Members, Scalar, Symbol


class Chooser(Protocol):
    """Decides what `choose` binds."""

    def choose(self, elements: Mapping[Value, Literal], path: Path) -> Scalar:
        """Return one of the elements, which have the literals of being there; the executor checks that it is."""
        ...


@dataclass(frozen=True, slots=True)
class Execution:
    """What an action comes to. Where `enabled` it leads to `frame`; `cuts` are the bounds that cut it, and where.

    `touched` are the places that it looked at or wrote to, messages that it sent excepted: their order says nothing.
    """

    enabled: Literal
    error: Literal
    cuts: Mapping[str, Literal]
    frame: Frame
    touched: Mapping[Place, Literal]


class Executor:
    """Executes one action in one state."""

    def __init__(
        self, encoding: Encoding, before: Evaluator, arguments: Mapping[str, Symbol], chooser: Chooser
    ) -> None:
        """Begin where the state is that of `before`, with given arguments."""
        self._encoding = encoding
        self._circuit = encoding.circuit
        self._algebra = encoding.algebra
        self._evaluator = before.again()
        self._touched = self._evaluator.touched
        self._frame: dict[str, Symbol] = dict(before.frame)
        self._names: dict[str, Symbol] = dict(arguments)
        self._chooser = chooser
        self._alive = Path()
        self._errors: list[Literal] = []
        self._cuts: dict[str, list[Literal]] = {}

    def run(self, action: Action, possible: Literal) -> Execution:
        """Return the outcome of the action; `possible` says whether its arguments are there at all."""
        self._alive = self._alive.then(possible)
        self._block(action.body, Path())
        circuit = self._circuit
        return Execution(
            self._alive.literal(circuit),
            circuit.disjunction(self._errors),
            {bound: circuit.disjunction(literals) for bound, literals in self._cuts.items()},
            self._frame,
            {place: circuit.disjunction(literals) for place, literals in self._places().items()},
        )

    def _places(self) -> dict[Place, list[Literal]]:
        """Return the places that were touched, each with what says so."""
        found: dict[Place, list[Literal]] = {}
        for place, literal in self._touched:
            found.setdefault(place, []).append(literal)
        return found

    def _changed_state(self) -> None:
        """Evaluate what follows in the state as it is now."""
        self._evaluator = Evaluator(self._encoding, dict(self._frame))
        self._evaluator.touched = self._touched

    # -- going on, and stopping --------------------------------------------------------------------------------------

    def _here(self, branch: Path) -> Path:
        """Return the path to a place: nothing has stopped the action, and the branch is taken."""
        return self._alive.then(branch.literal(self._circuit))

    def _stop(self, branch: Path, condition: Literal) -> Literal:
        """Stop the action where a condition is true; return whether that happens."""
        stopped = self._circuit.both(branch.literal(self._circuit), condition)
        if stopped == FALSE:
            return FALSE
        happens = self._circuit.both(self._alive.literal(self._circuit), stopped)
        self._alive = self._alive.then(-stopped)
        return happens

    def _check(self) -> None:
        """Stop with an error where the expressions evaluated last are undefined."""
        fault = self._evaluator.take_faults()
        if fault != FALSE:
            self._errors.append(fault)
            self._alive = self._alive.then(-fault)

    def _cut(self, branch: Path, condition: Literal, bound: str) -> None:
        cut = self._stop(branch, condition)
        if cut != FALSE:
            self._cuts.setdefault(bound, []).append(cut)

    # -- statements --------------------------------------------------------------------------------------------------

    def _block(self, statements: tuple[Statement, ...], branch: Path) -> None:
        for statement in statements:
            if self._alive.is_dead or branch.is_dead:
                return
            self._statement(statement, branch)

    def _statement(self, statement: Statement, branch: Path) -> None:
        match statement:
            case Require(condition=condition):
                holds = self._evaluator.formula(condition, self._names, self._here(branch))
                self._check()
                self._stop(branch, -holds)
            case Assign():
                self._assign(statement, branch)
            case Append():
                self._append(statement, branch)
            case NetOp():
                self._net_op(statement, branch)
            case If(condition=condition, then=then, orelse=orelse):
                holds = self._evaluator.formula(condition, self._names, self._here(branch))
                self._check()
                self._block(then, branch.then(holds))
                self._block(orelse, branch.then(-holds))
            case ForEach():
                self._for_each(statement, branch)
            case Choose():
                self._choose(statement, branch)
            case Successor():
                self._successor(statement, branch)
            case Spend(budget=budget):
                left = self._frame[budget]
                assert isinstance(left, Scalar)
                left, none = self._algebra.without(left, lambda number: number == 0)
                self._cut(branch, none, budget)
                self._touched.append(((budget, None), TRUE))
                self._write(budget, self._algebra.mapped(left, lambda number: number - 1), branch)
            case _:
                assert_never(statement)

    def _for_each(self, statement: ForEach, branch: Path) -> None:
        elements = self._evaluator.each(statement.domain, self._names, self._here(branch))
        self._check()
        for element, guard in elements:
            self._names[statement.variable] = element
            self._block(statement.body, branch.then(guard))

    def _choose(self, statement: Choose, branch: Path) -> None:
        elements = self._evaluator.each(statement.domain, self._names, self._here(branch))
        self._check()
        there: dict[Value, Literal] = {}
        for element, guard in elements:
            for value, literal in self._algebra.concrete(element).alternatives.items():
                both = self._circuit.both(guard, literal)
                if both != FALSE:
                    there[value] = self._circuit.either(there.get(value, FALSE), both)
        chosen = self._chooser.choose(there, self._here(branch))
        possible = (self._circuit.both(a, there.get(v, FALSE)) for v, a in chosen.alternatives.items())
        self._stop(branch, -self._circuit.disjunction(possible))
        self._bind(statement.variable, chosen, branch)

    def _successor(self, statement: Successor, branch: Path) -> None:
        member = self._evaluator.scalar(statement.operand, self._names, self._here(branch))
        self._check()
        last = self._encoding.instance.size(statement.type.name) - 1
        member, at_end = self._algebra.without(member, lambda value: value == last)
        self._cut(branch, at_end, statement.type.name)
        self._bind(statement.variable, self._algebra.mapped(member, lambda value: value + 1), branch)

    # -- writing -----------------------------------------------------------------------------------------------------

    def _bind(self, name: str, value: Symbol, branch: Path) -> None:
        """Give a local its value, where the branch is taken."""
        before = self._names.get(name, NOTHING)
        self._names[name] = self._algebra.choose(branch.literal(self._circuit), value, before)

    def _write(self, variable: str, value: Symbol, branch: Path) -> None:
        """Give a variable its value, where the branch is taken."""
        value = self._algebra.choose(branch.literal(self._circuit), value, self._frame[variable])
        if value is not self._frame[variable]:
            self._frame[variable] = value
            self._changed_state()

    def _assign(self, statement: Assign, branch: Path) -> None:
        target = statement.target
        here = self._here(branch)
        value = self._evaluator.value(statement.value, self._names, here)
        self._check()
        if not target.is_state:
            self._bind(target.name, value, branch)
            return
        keys = self._keys(target, branch)
        value = self._evaluator.stored(value, target.type, self._here(branch))
        self._check()
        self._put(target, keys, value, branch)

    def _keys(self, target: Target, branch: Path) -> list[Scalar]:
        """Return the places that a target stands for, one for each map or sequence on the way."""
        here = self._here(branch)
        kind = self._encoding.system.variable(target.name).type
        whole = self._frame[target.name]
        places: list[Scalar] = []
        for step in target.steps:
            key = self._evaluator.scalar(step.key, self._names, here)
            inner = self._evaluator.entry(whole, kind, key, here)
            if isinstance(kind, SeqType):
                places.append(key)
                kind = kind.element
            else:
                places.append(self._evaluator.places(kind, key, here)[0])
                kind = kind.value if isinstance(kind, MapType) else channels_type(_fifo(kind)).value
            whole = inner
        self._check()
        if places and isinstance(self._frame[target.name], Entries):
            self._touched += (((target.name, i), literal) for i, literal in places[0].alternatives.items())
        else:
            self._touched.append(((target.name, None), TRUE))
        return places

    def _append(self, statement: Append, branch: Path) -> None:
        target = statement.target
        assert isinstance(target.type, SeqType)
        value = self._evaluator.value(statement.value, self._names, self._here(branch))
        self._check()
        keys = self._keys(target, branch)
        items = self._algebra.items(self._at(target, keys))
        capacity = self._encoding.instance.bound(target.type.capacity)
        if capacity is not None:
            shown = target.name + "[...]" * len(target.steps)
            named = target.type.capacity if isinstance(target.type.capacity, str) else shown
            bound = named if isinstance(target.type.capacity, str) else f"len({shown})"
            items = self._room(items, capacity, bound, branch)
        value = self._evaluator.stored(value, target.type.element, self._here(branch))
        self._check()
        longer = joined(self._algebra, items, Items({1: TRUE}, (self._algebra.concrete(value),)))
        self._put(target, keys, longer, branch)

    def _room(self, items: Items, capacity: int, bound: str, branch: Path) -> Items:
        """Cut where a sequence is full; return it as it is elsewhere."""
        lengths, full = self._algebra.without(Scalar(items.lengths), lambda length: length >= capacity)
        self._cut(branch, full, bound)
        return Items(lengths.alternatives, items.items[: max(lengths.alternatives, default=0)])

    def _at(self, target: Target, keys: list[Scalar]) -> Symbol:
        """Return what stands at a place."""
        kind: Type = self._encoding.system.variable(target.name).type
        value = self._frame[target.name]
        for place in keys:
            value, kind = self._part(value, kind, place)
        return value

    def _part(self, value: Symbol, kind: Type, place: Scalar) -> tuple[Symbol, Type]:
        parts: tuple[Symbol, ...]
        if isinstance(kind, SeqType):
            parts, inner = self._algebra.items(value).items, kind.element
        else:
            assert isinstance(value, Entries)
            parts = value.values
            inner = kind.value if isinstance(kind, MapType) else channels_type(_fifo(kind)).value
        found = [(literal, parts[i]) for i, literal in place.alternatives.items() if 0 <= i < len(parts)]
        return self._algebra.select(found), inner

    def _put(self, target: Target, keys: list[Scalar], value: Symbol, branch: Path) -> None:
        """Write a value to a place, where the branch is taken."""
        whole = self._frame[target.name]
        self._write(target.name, self._replaced(whole, keys, value), branch)

    def _replaced(self, whole: Symbol, keys: list[Scalar], value: Symbol) -> Symbol:
        """Return a map or sequence with the entry at some keys replaced."""
        if not keys:
            return value
        place, rest = keys[0], keys[1:]
        match whole:
            case Entries(values):
                return Entries(self._changed(values, place, rest, value))
            case Items(lengths, items):
                changed = self._changed(items, place, rest, value)
                return Items(lengths, tuple(map(self._algebra.concrete, changed)))
            case Scalar():
                return self._replaced(self._algebra.items(whole), keys, value)
            case _:
                raise AssertionError("neither a map nor a sequence")

    def _changed(
        self, parts: tuple[Symbol, ...], place: Scalar, rest: list[Scalar], value: Symbol
    ) -> tuple[Symbol, ...]:
        return tuple(
            part
            if (literal := place.alternatives.get(i, FALSE)) == FALSE
            else self._algebra.choose(literal, self._replaced(part, rest, value), part)
            for i, part in enumerate(parts)
        )

    # -- networks ----------------------------------------------------------------------------------------------------

    def _net_op(self, statement: NetOp, branch: Path) -> None:
        args = [self._evaluator.scalar(arg, self._names, self._here(branch)) for arg in statement.args]
        self._check()
        network = self._frame[statement.network]
        match statement.type:
            case MessageSetType():
                assert isinstance(network, Members)
                taken = branch.literal(self._circuit)
                sent = dict(network.members)
                for message, literal in args[0].alternatives.items():
                    new = self._circuit.both(taken, literal)
                    sent[message] = self._circuit.either(sent.get(message, FALSE), new)
                self._frame[statement.network] = Members(sent)
                self._changed_state()
            case BagType():
                assert isinstance(network, Copies)
                self._touched.append(((statement.network, None), TRUE))
                self._bag_operation(statement, network, args[0], branch)
            case FifoType():
                self._touched.append(((statement.network, None), TRUE))
                self._channel_operation(statement, statement.type, args, branch)
            case _:
                assert_never(statement.type)

    def _bag_operation(self, statement: NetOp, network: Copies, message: Scalar, branch: Path) -> None:
        algebra, counts = self._algebra, network.counts
        if statement.operation != "send":
            there = (
                self._circuit.both(a, -counts.get(m, ZERO).alternatives.get(0, FALSE))
                for m, a in message.alternatives.items()
            )
            self._stop(branch, -self._circuit.disjunction(there))
        change = 1 if statement.operation in ("send", "duplicate") else -1
        changed = dict(counts)
        for copy, literal in message.alternatives.items():
            before = counts.get(copy, ZERO)
            usable = before
            if change < 0:
                usable, _ = algebra.without(before, lambda number: number == 0)
            after = algebra.mapped(usable, lambda number: number + change)
            changed[copy] = algebra.concrete(algebra.choose(literal, after, before))
        self._write(statement.network, Copies(changed), branch)

    def _channel_operation(self, statement: NetOp, kind: FifoType, args: list[Scalar], branch: Path) -> None:
        name = statement.network
        keys = args[:2]
        rows, _ = self._part(self._frame[name], kind, keys[0])
        channel, _ = self._part(rows, channels_type(kind).value, keys[1])
        if channel is NOTHING:
            return
        items = self._algebra.items(channel)
        match statement.operation:
            case "send":
                capacity = self._encoding.instance.bound(kind.capacity)
                if capacity is not None:
                    bound = kind.capacity if isinstance(kind.capacity, str) else f"len({name})"
                    items = self._room(items, capacity, bound, branch)
                after = joined(self._algebra, items, Items({1: TRUE}, (args[2],)))
            case "receive" | "drop":
                lengths, none = self._algebra.without(Scalar(items.lengths), lambda length: length == 0)
                self._stop(branch, none)
                if not lengths.alternatives:
                    return
                if statement.result is not None:
                    self._bind(statement.result, items.items[0], branch)
                fewer = self._algebra.mapped(lengths, lambda length: length - 1)
                after = Items(fewer.alternatives, items.items[1:])
            case "reset":
                after = Items({0: TRUE}, ())
            case "duplicate":
                raise AssertionError("a channel does not duplicate")
            case _:
                assert_never(statement.operation)
        self._write(name, self._replaced(self._frame[name], keys, after), branch)


def _fifo(kind: Type) -> FifoType:
    assert isinstance(kind, FifoType), f"{kind} has no entries"
    return kind
