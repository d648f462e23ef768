"""The meaning of expressions: each is compiled once to a Python closure, which is then called in every state.

A closure takes the values of the state variables (in a transition invariant followed by those of the state before the
step), which it only reads, and the slots of the local names, of which it writes those that it binds. `And`, `Or`, `Ite`
and quantifiers go from left to right, over domains in canonical order, and stop as soon as the result is known;
whatever undefined expression is reached raises `ModelError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from checker.diagnostics import Span
from checker.interp import operators
from checker.interp.domains import Domains, key_place
from checker.interp.errors import ModelError
from checker.interp.operators import Code, Frame, Slots
from checker.interp.storage import store_check
from checker.ir.expr import (
    And,
    Arith,
    Call,
    Comprehension,
    Concat,
    Const,
    Covers,
    Eq,
    Expr,
    Extremum,
    FieldOf,
    Generator,
    Given,
    Index,
    Interval,
    IsVariant,
    Ite,
    Less,
    Let,
    Local,
    Make,
    MakeMap,
    MakeSeq,
    MakeSet,
    Member,
    Messages,
    Not,
    Only,
    Or,
    Quantifier,
    SetOp,
    Size,
    Slice,
    State,
    Subset,
    Universe,
    Unwrap,
)
from checker.ir.types import (
    BagType,
    MapType,
    MessageSetType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    Type,
    Value,
    record_names,
)
from checker.ir.values import map_keys

Each: TypeAlias = Callable[[Frame, Slots], Iterable[Value]]
"""Returns the elements of a collection in canonical order."""

Gather: TypeAlias = Callable[[Frame, Slots, list[Value]], None]
"""Appends the values of a comprehension's element to a list."""


class Unassigned:
    """Stands for the value of a variable, or of an entry of a map, before an initial action has given it one."""

    def __repr__(self) -> str:
        return "unassigned"


UNASSIGNED = Unassigned()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the slots of the locals it sees, in a frame that all scopes inside it share."""

    slots: Mapping[str, int]
    frame: list[str]
    is_old: bool = False
    is_initial: bool = False

    def bind(self, name: str) -> tuple[Scope, int]:
        """Return the scope in which `name` is bound, and the slot it gets."""
        slot = len(self.frame)
        self.frame.append(name)
        return replace(self, slots={**self.slots, name: slot}), slot


def scope_of(names: Iterable[str], *, is_old: bool = False, is_initial: bool = False) -> Scope:
    """Return the scope of a new frame whose first slots are `names`."""
    frame = list(names)
    return Scope({name: slot for slot, name in enumerate(frame)}, frame, is_old, is_initial)


class Evaluator:
    """Compiles the expressions of a system for one instance."""

    def __init__(self, domains: Domains) -> None:
        self.domains = domains
        self._system = domains.system
        self._instance = domains.instance
        self._width = len(domains.system.variables)
        self._functions: dict[tuple[str, bool, bool], tuple[Code, list[str]]] = {}
        self._memory = _Memory()

    def compile(self, expr: Expr, scope: Scope) -> Code:
        """Return the closure that evaluates an expression.

        Raises:
            QuoraxError: I010, where a type has too many values to enumerate.

        """
        if scope.is_initial and isinstance(expr, State | Index):
            return _assigned(self._compile(expr, scope), expr.span)
        return self._compile(expr, scope)

    def each(self, expr: Expr, scope: Scope) -> Each:
        """Return the closure that lists the elements of a collection in canonical order."""
        match expr:
            case Universe(type=SetType(element)):
                members = self.domains.universe(element)
                return lambda _s, _x: members
            case Interval(low=low, high=high):
                first, end = self.compile(low, scope), self.compile(high, scope)
                return lambda s, x: range(first(s, x), end(s, x))
            case Messages(network=State() as network, record=record):
                value, messages = self.compile(network, scope), self.domains.networks[network.name].messages
                return lambda s, x: messages(value(s, x), record)
            case _:
                collection = self.compile(expr, scope)
                if isinstance(expr.type, SeqType):
                    return collection
                order = self.domains.ordering(element_type(expr.type))
                return lambda s, x: order(collection(s, x))

    def _compile(self, expr: Expr, scope: Scope) -> Code:
        match expr:
            case Const() | Local() | State() | Given() | Universe() | Interval() | Messages():
                return self._leaf(expr, scope)
            case FieldOf() | Index() | Make() | IsVariant() | Unwrap():
                return self._access(expr, scope)
            case And() | Or() | Not() | Ite() | Eq() | Less():
                return self._logic(expr, scope)
            case MakeSet() | MakeSeq() | SetOp() | Subset() | Size() | Concat() | Slice() | Only() | Covers():
                return self._collection(expr, scope)
            case Arith(operator=operator, left=left, right=right):
                return operators.arithmetic(operator, self.compile(left, scope), self.compile(right, scope), expr.span)
            case Member():
                return self._member(expr, scope)
            case Let() | MakeMap():
                return self._binding(expr, scope)
            case Quantifier(kind=kind, generators=generators, body=body):
                return self._quantifier(generators, body, kind == "any", scope)
            case Comprehension():
                return self._comprehension(expr, scope)
            case Extremum():
                return self._extremum(expr, scope)
            case Call():
                return self._call(expr, scope)
            case _:
                assert_never(expr)

    def _leaf(self, expr: Const | Local | State | Given | Universe | Interval | Messages, scope: Scope) -> Code:
        match expr:
            case Const(value=value):
                return lambda _s, _x: value
            case Given(name=name):
                given = self._instance.givens[name]
                return lambda _s, _x: given
            case Local(name=name):
                slot = scope.slots[name]
                return lambda _s, x: x[slot]
            case State(name=name, old=old):
                place = self.domains.places[name] + (self._width if old or scope.is_old else 0)
                return lambda s, _x: s[place]
            case Universe() | Interval() | Messages():
                elements = self.each(expr, scope)
                return lambda s, x: frozenset(elements(s, x))
            case _:
                assert_never(expr)

    def _access(self, expr: FieldOf | Index | Make | IsVariant | Unwrap, scope: Scope) -> Code:
        match expr:
            case FieldOf(target=target, name=name):
                places = self._field_places(target.type, name)
                if isinstance(target.type, RecordType):
                    return operators.field(self.compile(target, scope), places[target.type.name])
                return operators.field_of_any(self.compile(target, scope), name, places, expr.span)
            case Index(target=target, key=key):
                if isinstance(target.type, MapType):
                    whole = self._compile(target, scope)  # only the entry that is read has to be assigned
                    place = key_place(target.type.key, self._instance)
                    return operators.entry(whole, self.compile(key, scope), place, expr.span)
                return operators.element(self.compile(target, scope), self.compile(key, scope), expr.span)
            case Make(args=args):
                (name,) = record_names(expr.type)
                fields = self._system.record(name).fields
                checks = tuple(
                    store_check(f.type, self._instance, f"{name}.{f.name}", a.span)
                    for f, a in zip(fields, args, strict=True)
                )
                return operators.record(name, self._several(args, scope), checks)
            case IsVariant(target=target, record=record):
                return operators.is_variant(self.compile(target, scope), record)
            case Unwrap(target=target):
                return operators.unwrap(self.compile(target, scope), expr.span)
            case _:
                assert_never(expr)

    def _logic(self, expr: And | Or | Not | Ite | Eq | Less, scope: Scope) -> Code:
        match expr:
            case And(operands=operands):
                return operators.both(self._several(operands, scope))
            case Or(operands=operands):
                return operators.either(self._several(operands, scope))
            case Not(operand=operand):
                return operators.negation(self.compile(operand, scope))
            case Ite(condition=condition, then=then, orelse=orelse):
                return operators.choice(*self._several((condition, then, orelse), scope))
            case Eq(left=left, right=right):
                return operators.equal(self.compile(left, scope), self.compile(right, scope))
            case Less(left=left, right=right, strict=strict):
                return operators.less(self.compile(left, scope), self.compile(right, scope), strict=strict)
            case _:
                assert_never(expr)

    def _collection(
        self, expr: MakeSet | MakeSeq | SetOp | Subset | Size | Concat | Slice | Only | Covers, scope: Scope
    ) -> Code:
        match expr:
            case MakeSet(args=args):
                return operators.set_of(self._several(args, scope))
            case MakeSeq(args=args):
                return operators.sequence(self._several(args, scope))
            case SetOp(operator=operator, left=left, right=right):
                return operators.set_operation(operator, self.compile(left, scope), self.compile(right, scope))
            case Subset(left=left, right=right, strict=strict):
                return operators.subset(self.compile(left, scope), self.compile(right, scope), strict=strict)
            case Size(collection=collection):
                elements = self.compile(collection, scope)
                if isinstance(collection.type, BagType):
                    return lambda s, x: sum(count for _, count in elements(s, x))
                return lambda s, x: len(elements(s, x))
            case Concat(left=left, right=right):
                return operators.concatenation(self.compile(left, scope), self.compile(right, scope))
            case Slice(sequence=sequence, low=low, high=high):
                first = None if low is None else self.compile(low, scope)
                end = None if high is None else self.compile(high, scope)
                return operators.part(self.compile(sequence, scope), first, end, expr.span)
            case Only(collection=collection):
                return operators.only(self.compile(collection, scope), expr.span)
            case Covers(quorum=quorum, collection=collection):
                return operators.covers(self.compile(collection, scope), self._instance.quorums[quorum])
            case _:
                assert_never(expr)

    def _member(self, expr: Member, scope: Scope) -> Code:
        element, collection = self.compile(expr.element, scope), self.compile(expr.collection, scope)
        if isinstance(expr.collection.type, MessageSetType | BagType):
            assert isinstance(expr.collection, State), "a network is named, not computed"
            has = self.domains.networks[expr.collection.name].has

            def is_available(s: Frame, x: Slots) -> Value:
                message = element(s, x)
                return has(collection(s, x), message)

            return is_available
        return lambda s, x: element(s, x) in collection(s, x)

    def _binding(self, expr: Let | MakeMap, scope: Scope) -> Code:
        match expr:
            case Let(name=name, value=value, body=body):
                inner, slot = scope.bind(name)
                bound, inside = self.compile(value, scope), self.compile(body, inner)

                def let(s: Frame, x: Slots) -> Value:
                    x[slot] = bound(s, x)
                    return inside(s, x)

                return let
            case MakeMap(variable=variable, value=value):
                assert isinstance(expr.type, MapType)
                keys = map_keys(expr.type.key, self._instance)
                inner, slot = scope.bind(variable)
                inside = self.compile(value, inner)

                def make(s: Frame, x: Slots) -> Value:
                    values: list[Value] = []
                    for key in keys:
                        x[slot] = key
                        values.append(inside(s, x))
                    return tuple(values)

                return make
            case _:
                assert_never(expr)

    def _quantifier(self, generators: tuple[Generator, ...], body: Expr, goal: bool, scope: Scope) -> Code:
        """Return the search for bindings that make the body `goal`: True for `any`, False for `all`."""
        first, rest = generators[0], generators[1:]
        domain, admitted, slot, inner = self._generator(first, scope)
        inside = self._quantifier(rest, body, goal, inner) if rest else self.compile(body, inner)

        def run(s: Frame, x: Slots) -> Value:
            for value in domain(s, x):
                x[slot] = value
                if inside(s, x) == goal:
                    return goal
            return not goal

        def run_admitted(s: Frame, x: Slots) -> Value:
            for value in domain(s, x):
                x[slot] = value
                if admitted(s, x) and inside(s, x) == goal:
                    return goal
            return not goal

        return run_admitted if first.conditions else run

    def _comprehension(self, expr: Comprehension, scope: Scope) -> Code:
        gather = self._gather(expr.generators, expr.element, scope)

        def run(s: Frame, x: Slots) -> Value:
            values: list[Value] = []
            gather(s, x, values)
            return frozenset(values)

        return run

    def _gather(self, generators: tuple[Generator, ...], element: Expr, scope: Scope) -> Gather:
        if not generators:
            value = self.compile(element, scope)
            return lambda s, x, out: out.append(value(s, x))
        domain, admitted, slot, inner = self._generator(generators[0], scope)
        inside = self._gather(generators[1:], element, inner)

        def run(s: Frame, x: Slots, out: list[Value]) -> None:
            for value in domain(s, x):
                x[slot] = value
                if admitted(s, x):
                    inside(s, x, out)

        return run

    def _generator(self, generator: Generator, scope: Scope) -> tuple[Each, Code, int, Scope]:
        domain = self.each(generator.domain, scope)
        inner, slot = scope.bind(generator.variable)
        return domain, operators.both(self._several(generator.conditions, inner)), slot, inner

    def _extremum(self, expr: Extremum, scope: Scope) -> Code:
        elements = self.each(expr.collection, scope)
        inner, slot = scope.bind(expr.variable)
        key_of: Code = (lambda _s, x: x[slot]) if expr.key is None else self.compile(expr.key, inner)
        default = None if expr.default is None else self.compile(expr.default, scope)
        best_of = max if expr.greatest else min

        def run(s: Frame, x: Slots) -> Value:
            keyed: list[tuple[Value, Value]] = []
            for value in elements(s, x):
                x[slot] = value
                keyed.append((key_of(s, x), value))
            if not keyed:
                if expr.all_of:
                    return frozenset()
                if default is None:
                    raise _nothing(expr)
                return default(s, x)
            best = best_of(key for key, _ in keyed)
            winners = frozenset(element for key, element in keyed if key == best)
            if expr.all_of:
                return winners
            if len(winners) > 1:
                raise _tie(expr, len(winners))
            (winner,) = winners
            return winner

        return run

    def _call(self, expr: Call, scope: Scope) -> Code:
        function = self._system.function(expr.function)
        body, frame = self._function(expr.function, expr.old or scope.is_old, scope.is_initial)
        args = self._several(expr.args, scope)
        checks = [
            (place, check)
            for place, (p, a) in enumerate(zip(function.parameters, expr.args, strict=True))
            if (check := store_check(p.type, self._instance, f"{function.name}({p.name})", a.span)) is not None
        ]
        rest = [None] * (len(frame) - len(args))
        memory = self._memory

        def run(s: Frame, x: Slots) -> Value:
            inner = [arg(s, x) for arg in args]
            for place, check in checks:
                check(inner[place])
            if not isinstance(s, tuple):
                return body(s, inner + rest)
            known, key = memory.of(s), (body, *inner)
            if key not in known:
                known[key] = body(s, inner + rest)
            return known[key]

        return run

    def _function(self, name: str, is_old: bool, is_initial: bool) -> tuple[Code, list[str]]:
        key = (name, is_old, is_initial)
        if key not in self._functions:
            function = self._system.function(name)
            scope = scope_of((p.name for p in function.parameters), is_old=is_old, is_initial=is_initial)
            self._functions[key] = (self.compile(function.body, scope), scope.frame)
        return self._functions[key]

    def _several(self, exprs: Iterable[Expr], scope: Scope) -> tuple[Code, ...]:
        return tuple(self.compile(expr, scope) for expr in exprs)

    def _field_places(self, kind: Type, name: str) -> dict[str, int]:
        """Return where a field is in the value of each variant of a record type that has it."""
        return {
            record: place
            for record in record_names(kind)
            for place, field in enumerate(self._system.record(record).fields, start=1)
            if field.name == name
        }


def element_type(kind: Type) -> Type:
    """Return the type of the elements of a collection."""
    match kind:
        case SetType(element) | SeqType(element):
            return element
        case QuorumType(_, base):
            return base
        case _:
            raise AssertionError(f"{kind} is no collection")


def is_assigned(value: Value) -> bool:
    """Return whether a value, and every entry of it, has been given."""
    if isinstance(value, tuple):
        return all(map(is_assigned, value))
    return value is not UNASSIGNED


class _Memory:
    """The results of helper calls in the state that was looked at last.

    Helpers are pure, and a state given as a tuple cannot change: the same call has the same result. (A step that has
    begun to write works on a list, and remembers nothing.)
    """

    def __init__(self) -> None:
        self._state: Frame = ()
        self._known: dict[tuple[Value, ...], Value] = {}

    def of(self, state: tuple[Value, ...]) -> dict[tuple[Value, ...], Value]:
        """Return the results by body and arguments."""
        if state is not self._state:
            self._state, self._known = state, {}
        return self._known


def _assigned(read: Code, span: Span) -> Code:
    def run(s: Frame, x: Slots) -> Value:
        value = read(s, x)
        if not is_assigned(value):
            raise ModelError(span, "R013", "this has no value yet", "assign it before it is read")
        return value

    return run


def _nothing(expr: Extremum) -> ModelError:
    word = "greatest" if expr.greatest else "least"
    return ModelError(expr.span, "R006", f"there is no {word} of nothing", "test for emptiness, or give a default")


def _tie(expr: Extremum, count: int) -> ModelError:
    word, all_of = ("greatest", "maximal") if expr.greatest else ("least", "minimal")
    message = f"{count} different elements tie for the {word}"
    return ModelError(expr.span, "R007", message, f"use {all_of}(...) where ties are legal")
