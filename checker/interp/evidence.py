"""Which messages an action looked at: those that witnessed its guards, or that it computed with.

A guard `any(m.sender == a for m in net.of(Promise))` is witnessed by the first promise from a, a set of votes by all
promises from which it takes one. The absence of a message is witnessed by nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from checker.interp.machine import Machine
from checker.ir.expr import (
    And,
    Call,
    Comprehension,
    Expr,
    Extremum,
    Generator,
    Ite,
    Let,
    MakeMap,
    Member,
    Messages,
    Not,
    Or,
    Quantifier,
    State,
)
from checker.ir.system import Statement
from checker.ir.types import BagType, MapType, MessageSetType, Value
from checker.ir.values import map_keys
from checker.ir.walk import children, statement_expressions

Locals: TypeAlias = Mapping[str, Value]
Seen: TypeAlias = tuple[str, Value]
"""A network and a message in it."""


class Evidence:
    """Collects messages in the order in which they are met, each once."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._state: Sequence[Value] = ()
        self._seen: dict[Seen, None] = {}

    @property
    def seen(self) -> tuple[Seen, ...]:
        return tuple(self._seen)

    def observe(self, statement: Statement, state: Sequence[Value], locals: Locals) -> None:
        """Collect what a statement that goes through looks at."""
        self._state = state
        for expr in statement_expressions(statement):
            self._read(expr, locals)

    def _read(self, expr: Expr, locals: Locals) -> None:
        """Collect what the value of an expression rests on."""
        match expr:
            case And() | Or() | Not() | Quantifier():
                self._decide(expr, locals, bool(self._evaluate(expr, locals)))
            case Member(element=element, collection=State(type=MessageSetType() | BagType(), name=network)):
                self._read(element, locals)
                if self._evaluate(expr, locals):
                    self._seen[network, self._evaluate(element, locals)] = None
            case Ite(condition=condition, then=then, orelse=orelse):
                self._read(condition, locals)
                self._read(then if self._evaluate(condition, locals) else orelse, locals)
            case Let(name=name, value=value, body=body):
                self._read(value, locals)
                self._read(body, {**locals, name: self._evaluate(value, locals)})
            case Call(function=function, args=args):
                self._read_all(args, locals)
                callee = self._machine.system.function(function)
                values = (self._evaluate(a, locals) for a in args)
                self._read(callee.body, {p.name: v for p, v in zip(callee.parameters, values, strict=True)})
            case Comprehension(generators=generators, element=element):
                for inner in self._passing(generators, locals, of_all=True):
                    self._read(element, inner)
            case Messages(network=State(name=network)):
                self._seen.update(dict.fromkeys((network, m) for m in self._elements(expr, locals)))
            case MakeMap(type=MapType(key), variable=variable, value=value):
                for one in map_keys(key, self._machine.instance):
                    self._read(value, {**locals, variable: one})
            case Extremum(collection=collection):
                self._read(collection, locals)
            case _:
                self._read_all(children(expr), locals)

    def _decide(self, expr: Expr, locals: Locals, value: bool) -> None:
        """Collect what makes a truth value what it is."""
        match expr:
            case Not(operand=operand):
                self._decide(operand, locals, not value)
            case And(operands=operands) | Or(operands=operands):
                if value == isinstance(expr, Or):  # one operand decides
                    operands = (next(o for o in operands if self._evaluate(o, locals) == value),)
                for operand in operands:
                    self._decide(operand, locals, value)
            case Quantifier(kind=kind, generators=generators, body=body):
                if value == (kind == "any"):
                    self._find(generators, body, locals, value)
                elif value:
                    for inner in self._passing(generators, locals, of_all=False):
                        self._decide(body, inner, True)
            case _:
                self._read(expr, locals)

    def _find(self, generators: tuple[Generator, ...], body: Expr, locals: Locals, value: bool) -> bool:
        """Collect from the first binding that makes the body `value`, and return whether there is one."""
        if not generators:
            if self._evaluate(body, locals) != value:
                return False
            self._decide(body, locals, value)
            return True
        generator, rest = generators[0], generators[1:]
        for element, inner in self._admitted(generator, locals):
            before = dict(self._seen)
            self._bind(generator, element, inner)
            if self._find(rest, body, inner, value):
                return True
            self._seen = before
        return False

    def _passing(self, generators: tuple[Generator, ...], locals: Locals, *, of_all: bool) -> Iterator[Locals]:
        """Yield the bindings that pass all conditions, and collect their messages.

        Unless `of_all`, a message that no condition selected does not count: `all(m.ballot < b for m in …)` looks at
        every message, but is about the absence of some.
        """
        if not generators:
            yield locals
            return
        generator, rest = generators[0], generators[1:]
        for element, inner in self._admitted(generator, locals):
            if of_all or generator.conditions:
                self._bind(generator, element, inner)
            yield from self._passing(rest, inner, of_all=of_all)

    def _admitted(self, generator: Generator, locals: Locals) -> Iterator[tuple[Value, Locals]]:
        for element in self._elements(generator.domain, locals):
            inner = {**locals, generator.variable: element}
            if all(self._evaluate(c, inner) for c in generator.conditions):
                yield element, inner

    def _bind(self, generator: Generator, element: Value, inner: Locals) -> None:
        match generator.domain:
            case Messages(network=State(name=network)):
                self._seen[network, element] = None
            case _:
                pass
        for condition in generator.conditions:
            self._decide(condition, inner, True)

    def _read_all(self, exprs: Iterable[Expr], locals: Locals) -> None:
        for expr in exprs:
            self._read(expr, locals)

    def _elements(self, expr: Expr, locals: Locals) -> tuple[Value, ...]:
        return self._machine.elements(expr, self._state, locals)

    def _evaluate(self, expr: Expr, locals: Locals) -> Value:
        return self._machine.evaluate(expr, self._state, locals)
