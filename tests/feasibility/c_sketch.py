"""A sketch of a C back end: the sequential form of a system and an instance as one C11 program.

It shows that C can be made from the IR alone, and what that takes; it supports what Paxos and its mutants use, and
names whatever else it meets. A value is the `int` that says where it stands in `universe(type)`: None is 0, the fields
of a record are the digits of its number. A set is a word with one bit for each value of its element type. What has no
expression in C (quantifiers, comprehensions, local names) becomes a function of the names that are free in it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from math import prod
from typing import TypeAlias

from checker.diagnostics import Span
from checker.ir import expr as ir
from checker.ir import types as t
from checker.ir.infer import element_type
from checker.ir.instance import Instance, universe
from checker.ir.logic import negation
from checker.ir.show import show_expr
from checker.ir.system import Action, Assign, ForEach, NetOp, Parameter, Property, Require, Statement, System
from checker.ir.types import Type
from checker.ir.values import map_keys
from checker.ir.walk import free_locals, fresh, walk_statements

Lines: TypeAlias = list[str]

OR, AND, COMPARE, UNARY, PRIMARY = range(5)
"""How strongly C's operators bind, weakest first."""


class UnsupportedError(Exception):
    """The sketch has no C for a part of a model."""

    def __init__(self, what: object, span: Span) -> None:
        super().__init__(f"{span.file}:{span.line}: the sketch has no C for {what}")


@dataclass(frozen=True, slots=True)
class Scope:
    """A C function in the making: the model's local names as C knows them, and the C names it has used so far."""

    owner: str
    names: dict[str, Parameter]
    used: set[str]

    def use(self, text: str) -> str:
        self.used.add(text)
        return text

    def name(self, name: str) -> str:
        return self.use(self.names[name].name)

    def state(self, variable: ir.State) -> str:
        return self.use("old" if variable.old else "s")


def c_program(system: System, instance: Instance, properties: Collection[str]) -> str:
    """Return a C11 program that prints `distinct generated depth violated`, and `-` if no property is violated.

    The program stops at the first state or step that violates one of `properties`. It exits with 2 at an undefined
    expression, whose line it names, and with 3 if there are more than two million states. It supposes that the initial
    action assigns every entry of every map.

    Raises:
        UnsupportedError: the system has something that Paxos does without.

    """
    return _Program(system, instance).text([p for p in system.properties if p.name in properties])


class _Program:
    """One program in the making: definitions are added when something first needs them, before what needs them."""

    def __init__(self, system: System, instance: Instance) -> None:
        self._system = system
        self._instance = instance
        self._types: dict[str, str] = {}
        self._vocabulary: dict[str, str] = {}
        self._functions: dict[str, str] = {}
        self._takes: dict[str, list[str]] = {}
        self._taken = {*RESERVED, *(f.name for f in system.functions), *(p.name for p in system.properties)}
        self._taken.update(a.name for a in system.actions)
        self._layout, self._width = self._places()

    def text(self, properties: list[Property]) -> str:
        for given in (system := self._system).givens:
            raise UnsupportedError(f"the {given.kind} {given.name}", given.span)
        start = [f"return {' && '.join(f'{self._action(a)}(s)' for a in system.initial)};"]
        expand = self._expand()
        judges = (
            self._judge("broken_by_state", ("s",), [p for p in properties if p.kind == "invariant"]),
            self._judge("broken_by_step", ("old", "s"), [p for p in properties if p.kind == "transition"]),
        )
        places = ["enum {", *(f"    {name}_at = {place}," for name, place in self._layout.items()), "};"]
        parts = (
            _comment(f"{system.name}, {self._instance}. Generated from the model."),
            f"enum {{ WORDS = {self._width // 64 + 1} }};",
            *(STATE, f"/* Where the {self._width} bits of a state are. */\n" + "\n".join(places)),
            *(*self._types.values(), *self._vocabulary.values(), *self._functions.values(), *judges, SEARCH, expand),
            *(_function("/* Makes a blank state the initial one. */", "bool begin(State *s)", start), MAIN),
        )
        return "\n\n".join(part.strip("\n") for part in parts) + "\n"

    def _places(self) -> tuple[dict[str, int], int]:
        """Return the first bit of each map, and of each kind of message in a network; and the number of bits."""
        places: dict[str, int] = {}
        width = 0
        for variable in self._system.variables:
            match variable.type:
                case t.MapType(key, value):
                    places[variable.name] = width
                    width += len(map_keys(key, self._instance)) * (self._count(value) - 1).bit_length()
                case t.MessageSetType(element):
                    for record in t.record_names(element):
                        places[f"{variable.name}_{record}"] = width
                        width += self._count(t.RecordType(record))
                case _:
                    raise UnsupportedError(f"a variable of type {variable.type}", variable.span)
        return places, width

    # Actions and properties

    def _action(self, action: Action) -> str:
        """Define the function that takes a step in place; it returns whether the action is enabled."""
        if action.name in RESERVED or (action.parameters and action in self._system.initial):
            raise UnsupportedError(f"the name or the parameters of {action.name}", action.span)
        scope = self._scope(action.name, action.parameters)
        body = [*self._block(action.body, scope), "return true;"]
        mentioned = ["s", *(n.name for n in scope.names.values())]
        body = [f"(void){name};" for name in mentioned if name not in scope.used] + body
        head, comment = f"bool {action.name}({self._declared(scope, 'State *s')})", f"{self._system.name}.{action.name}"
        self._functions[action.name] = _function(_comment(f"{comment}: {action.doc}"), head, body)
        return action.name

    def _expand(self) -> str:
        """Return the function that takes every step from a state."""
        body: Lines = []
        for action in self._system.actions:
            self._action(action)
            body += [f"/* {action.name} */", *self._attempts(action, action.parameters, Scope("expand", {}, set()))]
        return _function("/* Takes every step that a state allows. */", "void expand(const State *s)", body)

    def _attempts(self, action: Action, parameters: tuple[Parameter, ...], scope: Scope) -> Lines:
        """Return the loops over what the parameters range over, and the step inside."""
        if not parameters:
            args = ", ".join(["&after", *map(scope.name, scope.names)])
            return ["State after = *s;", f"if ({action.name}({args}))", "    step(s, &after);"]
        first, rest = parameters[0], parameters[1:]
        domain = ir.Generator(first.name, self._domain(first))
        return self._loop(domain, scope, lambda inner: self._attempts(action, rest, inner))

    def _domain(self, parameter: Parameter) -> ir.Expr:
        """Return what a parameter ranges over: the messages of its kind in the one network that has them, or all."""
        match parameter.type:
            case t.RecordType(name) if self._system.record(name).is_message:
                nets = [v for v in self._system.variables if f"{v.name}_{name}" in self._layout]
                if len(nets) != 1:
                    raise UnsupportedError(f"a message of {len(nets)} networks", parameter.span)
                return ir.Messages(t.SetType(parameter.type), ir.State(nets[0].type, nets[0].name), name)
            case kind:
                return ir.Universe(t.SetType(kind), span=parameter.span)

    def _judge(self, name: str, states: tuple[str, ...], properties: list[Property]) -> str:
        """Return the function that names the first property that a state or a step violates."""
        scope = Scope(name, {}, set())
        body: Lines = []
        for p in properties:
            self._pure(p.name, p.body, p.body.type, self._scope(p.name, ()), f"{p.name}: {p.doc}")
            body += [f"if (!{self._applied(p.name, scope)})", f'    return "{p.name}";']
        body = [f"(void){s};" for s in states if s not in scope.used] + [*body, "return NULL;"]
        head = f"const char *{name}({', '.join(f'const State *{s}' for s in states)})"
        return _function("/* Names the first property that is violated, if any. */", head, body)

    # Statements

    def _block(self, statements: tuple[Statement, ...], scope: Scope) -> Lines:
        if not statements:
            return []
        first, rest = statements[0], statements[1:]
        match first:
            case Require(condition=condition):
                refused = self._expr(negation(condition), scope)
                return [f"if ({refused})", "    return false;", *self._block(rest, scope)]
            case Assign(target=target, value=value) if not target.is_state:
                return self._local(target.name, value, target.type, scope, lambda inner: self._block(rest, inner))
            case Assign(target=target, value=value) if len(target.steps) == 1:
                entry, new = self._accessor("set", target.name), self._fitted(value, target.type, scope)
                lines = [f"{entry}({scope.use('s')}, {self._expr(target.steps[0].key, scope)}, {new});"]
            case NetOp(operation="send", network=network, type=t.MessageSetType(), args=(message,)):
                send = self._accessor("send", network, str(message.type))
                lines = [f"{send}({scope.use('s')}, {self._expr(message, scope)});"]
            case ForEach(variable=variable, domain=ir.Universe() as domain, body=body):
                if any(isinstance(s, Assign) and s.target.name in scope.names for s in walk_statements(body)):
                    raise UnsupportedError("a loop that binds a name from outside it", first.span)
                over = ir.Generator(variable, domain)
                lines = self._loop(over, scope, lambda inner: self._block(body, inner))
            case _:
                raise UnsupportedError(type(first).__name__, first.span)
        return [*lines, *self._block(rest, scope)]

    def _local(self, name: str, value: ir.Expr, kind: Type, scope: Scope, rest: Callable[[Scope], Lines]) -> Lines:
        """Return what follows with a name bound; a value that nothing reads is evaluated, since it may be undefined."""
        text = self._fitted(value, kind, scope)
        inner = self._bound(scope, name, kind)
        lines = rest(inner)
        new = inner.names[name].name
        return [f"const {self._type(kind)} {new} = {text};" if new in inner.used else f"(void){text};", *lines]

    # Expressions

    def _pure(self, name: str, body: ir.Expr, kind: Type, scope: Scope, comment: str) -> None:
        """Define a function of the names in a scope and of the states that its body turns out to read."""
        if name in self._functions:
            return
        lines = self._returned(body, kind, scope)
        self._takes[name] = [s for s in ("old", "s") if s in scope.used]
        unused = [f"(void){n.name};" for n in scope.names.values() if n.name not in scope.used]
        parameters = self._declared(scope, *(f"const State *{s}" for s in self._takes[name]))
        head = f"{self._type(kind)} {name}({parameters})"
        self._functions[name] = _function(_comment(comment), head, [*unused, *lines])

    def _lifted(self, expr: ir.Expr, scope: Scope) -> str:
        """Return the call of a function that is made of an expression."""
        kind = expr.kind if isinstance(expr, ir.Quantifier) else type(expr).__name__.lower()
        name = fresh(f"{scope.owner}_{kind}", self._taken)
        self._taken.add(name)
        free = {n: bound for n, bound in scope.names.items() if n in free_locals(expr)}
        self._pure(name, expr, expr.type, replace(scope, names=free, used=set()), show_expr(expr, self._system))
        return self._applied(name, scope, args=[scope.name(n) for n in free])

    def _applied(self, name: str, scope: Scope, args: Iterable[str] = (), *, old: bool = False) -> str:
        states = ["old" if old else s for s in self._takes[name]]
        scope.used.update(states)
        return f"{name}({', '.join([*states, *args])})"

    def _returned(self, expr: ir.Expr, kind: Type, scope: Scope) -> Lines:
        """Return the body of a function whose value is an expression."""
        match expr:
            case ir.Let(name=name, value=value, body=body):
                return self._local(name, value, value.type, scope, lambda inner: self._returned(body, kind, inner))
            case ir.Quantifier(kind=quantifier, generators=generators, body=body):
                is_any = quantifier == "any"
                sought, found = (body, "return true;") if is_any else (negation(body), "return false;")
                hit = self._loops(generators, scope, lambda x: [f"if ({self._expr(sought, x)})", f"    {found}"])
                return [*hit, f"return {'false' if is_any else 'true'};"]
            case ir.Comprehension(generators=generators, element=element):
                only = self._word("only")
                kept = self._loops(generators, scope, lambda x: [f"found |= {only}({self._expr(element, x)});"])
                return ["Set found = 0;", *kept, "return found;"]
            case ir.Extremum(all_of=True, key=key, default=None) if key is not None:
                over = ir.Generator(expr.variable, expr.collection)
                best = self._loop(over, scope, lambda x: self._better(expr, key, x))
                return ["Set found = 0;", f"{self._type(key.type)} best = 0;", *best, "return found;"]
            case _:
                return [f"return {self._fitted(expr, kind, scope)};"]

    def _better(self, expr: ir.Extremum, key: ir.Expr, scope: Scope) -> Lines:
        measure = f"const {self._type(key.type)} key = {self._expr(key, scope)};"
        better = f"if (found == 0 || key {'>' if expr.greatest else '<'} best) {{"
        add = f"    found |= {self._word('only')}({scope.name(expr.variable)});"
        return [measure, better, "    best = key;", "    found = 0;", "}", "if (key == best)", add]

    def _loops(self, generators: tuple[ir.Generator, ...], scope: Scope, body: Callable[[Scope], Lines]) -> Lines:
        if not generators:
            return body(scope)
        return self._loop(generators[0], scope, lambda inner: self._loops(generators[1:], inner, body))

    def _loop(self, generator: ir.Generator, scope: Scope, body: Callable[[Scope], Lines]) -> Lines:
        """Return a loop over the elements of a domain, in canonical order, that skips what the conditions reject."""
        kind = element_type(generator.domain.type)
        inner = self._bound(scope, generator.variable, kind)
        name = inner.names[generator.variable].name
        before, skip = self._source(generator.domain, scope, name)
        skips = [*skip, *(self._expr(negation(c), inner) for c in generator.conditions)]
        inside = [line for test in skips for line in (f"if ({test})", "    continue;")] + body(inner)
        if isinstance(kind, t.QuorumType):
            quorums = [hex(sum(1 << member for member in q)) for q in self._instance.quorums[kind.name]]
            listed = f"static const Set {kind.name}[] = {{{', '.join(quorums)}}};"
            self._types[kind.name] = f"{listed}\nenum {{ {kind.name}_count = {len(quorums)} }};"
            index, family = self._spare(f"{name}_index", scope), kind.name
            inside = [f"const Set {name} = {family}[{index}];"] * (name in inner.used) + inside
        else:
            index, family = name, self._type(kind)
        head = f"for ({family if index == name else 'int'} {index} = 0; {index} < {family}_count; {index}++) {{"
        return [*before, head, *(f"    {line}" for line in inside), "}"]

    def _source(self, domain: ir.Expr, scope: Scope, name: str) -> tuple[Lines, Lines]:
        """Return what comes before a loop over a domain, and what says that a value is not in it."""
        match domain:
            case ir.Universe():
                return [], []
            case ir.Messages(network=ir.State() as network, record=record):
                return [], [f"!{self._accessor('has', network.name, record)}({scope.state(network)}, {name})"]
            case ir.Local():
                return [], [f"!{self._word('contains')}({self._expr(domain, scope)}, {name})"]
            case _:
                source = self._spare(f"{name}_source", scope)
                found = f"const {self._type(domain.type)} {source} = {self._expr(domain, scope)};"
                return [found], [f"!{self._word('contains')}({source}, {name})"]

    def _expr(self, expr: ir.Expr, scope: Scope, level: int = OR) -> str:
        """Return an expression for a place that wants at least the binding strength `level`."""
        strength, text = self._shown(expr, scope)
        return f"({text})" if strength < level else text

    def _shown(self, expr: ir.Expr, scope: Scope) -> tuple[int, str]:
        match expr:
            case ir.Not(operand=(ir.Eq() | ir.Less()) as test):
                return COMPARE, self._compared(test, {"==": "!=", "<": ">=", "<=": ">"}, scope)
            case ir.Not(operand=operand):
                return UNARY, f"!{self._expr(operand, scope, PRIMARY)}"
            case ir.Eq() | ir.Less():
                return COMPARE, self._compared(expr, {}, scope)
            case ir.And(operands=operands) | ir.Or(operands=operands) if operands:
                strength, sign = (AND, " && ") if isinstance(expr, ir.And) else (OR, " || ")
                return strength, sign.join(self._expr(o, scope, COMPARE) for o in operands)
            case _:
                return PRIMARY, self._primary(expr, scope)

    def _primary(self, expr: ir.Expr, scope: Scope) -> str:
        match expr:
            case ir.Const(type=t.BoolType(), value=value):
                return "true" if value else "false"
            case ir.Const(type=t.IntType(), value=value):
                return str(value)
            case ir.Const(type=t.OptionType(), value=None):
                return self._word("None")
            case ir.Const(type=kind, value=value) if self._count(kind):
                return str(universe(kind, self._system, self._instance).index(value))
            case ir.Local(name=name, type=kind) if kind == scope.names[name].type:
                return scope.name(name)
            case ir.Index(target=ir.State(name=name) as variable, key=key):
                return f"{self._accessor('get', name)}({scope.state(variable)}, {self._expr(key, scope)})"
            case ir.FieldOf(target=target, name=name) if isinstance(target.type, t.RecordType):
                return f"{self._field(target.type, name)}({self._expr(target, scope)})"
            case ir.Make(type=t.RecordType() as kind, args=args):
                fields = self._system.record(kind.name).fields
                values = [self._fitted(a, f.type, scope) for a, f in zip(args, fields, strict=True)]
                return f"{self._maker(kind)}({', '.join(values)})"
            case ir.Unwrap(target=target):
                return f"{self._word('unwrap')}({self._expr(target, scope)}, {expr.span.line})"
            case ir.Size(collection=collection):
                return f"{self._word('size')}({self._expr(collection, scope)})"
            case ir.Member(element=element, collection=ir.State(type=t.MessageSetType()) as network):
                has = self._accessor("has", network.name, str(element.type))
                return f"{has}({scope.state(network)}, {self._expr(element, scope)})"
            case ir.Member(element=element, collection=collection):
                value = self._fitted(element, element_type(collection.type), scope)
                return f"{self._word('contains')}({self._expr(collection, scope)}, {value})"
            case ir.Call(function=name, args=args, old=old):
                f = self._system.function(name)
                values = [self._fitted(a, p.type, scope) for a, p in zip(args, f.parameters, strict=True)]
                self._pure(name, f.body, f.type, self._scope(name, f.parameters), f"{name}: {f.doc}")
                return self._applied(name, scope, values, old=old)
            case ir.Quantifier() | ir.Comprehension() | ir.Let() | ir.Extremum(all_of=True):
                return self._lifted(expr, scope)
            case _:
                raise UnsupportedError(type(expr).__name__, expr.span)

    def _compared(self, expr: ir.Eq | ir.Less, signs: dict[str, str], scope: Scope) -> str:
        """Return a comparison, with other signs where `signs` says so."""
        kind = t.join(expr.left.type, expr.right.type) or expr.left.type
        sign = "==" if isinstance(expr, ir.Eq) else "<" if expr.strict else "<="
        sides = (self._fitted(side, kind, scope, PRIMARY) for side in (expr.left, expr.right))
        return f" {signs.get(sign, sign)} ".join(sides)

    def _fitted(self, expr: ir.Expr, kind: Type, scope: Scope, level: int = OR) -> str:
        """Return an expression as a value of the type of the place where it goes."""
        match kind, expr.type:
            case _ if expr.type == kind:
                return self._expr(expr, scope, level)
            case (t.OptionType(inner), given) if inner == given:
                return f"{self._word('some')}({self._expr(expr, scope)})"
            case _:
                raise UnsupportedError(f"{expr.type} as {kind}", expr.span)

    def _scope(self, owner: str, parameters: tuple[Parameter, ...]) -> Scope:
        scope = Scope(owner, {}, set())
        for parameter in parameters:
            scope = self._bound(scope, parameter.name, parameter.type)
        return scope

    def _bound(self, scope: Scope, name: str, kind: Type) -> Scope:
        """Return the scope in which `name` is bound: in C to a name of its own, so that it never hides another."""
        text = self._spare(name, scope)
        scope.used.discard(text)
        return replace(scope, names={**scope.names, name: Parameter(text, kind)})

    def _spare(self, name: str, scope: Scope) -> str:
        return fresh(name, self._taken | {n.name for n in scope.names.values()})

    def _declared(self, scope: Scope, *states: str) -> str:
        """Return the parameters of a function: some states, and the names in sight."""
        return ", ".join([*states, *(f"{self._type(p.type)} {p.name}" for p in scope.names.values())]) or "void"

    # Vocabulary: types, records, and where the state keeps them

    def _count(self, kind: Type) -> int:
        """Return how many values a type has whose values are numbers."""
        match kind:
            case t.BoolType():
                return 2
            case t.SortType(name) | t.OrderType(name) | t.EnumType(name):
                return self._instance.size(name)
            case t.OptionType(inner):
                return 1 + self._count(inner)
            case t.RecordType(name):
                return prod(self._count(f.type) for f in self._system.record(name).fields)
            case _:
                raise UnsupportedError(f"numbered values of type {kind}", self._system.span)

    def _type(self, kind: Type) -> str:
        """Return the C type of the values of a type, defined where needed."""
        match kind:
            case t.BoolType():
                return "bool"
            case t.SortType(name) | t.OrderType(name) | t.EnumType(name) | t.RecordType(name):
                about = f"{kind}, by number"
            case t.OptionType(inner):
                name, about = f"{self._type(inner)}_or_None", f"0 is None, n + 1 is {inner} n"
            case t.QuorumType():
                return "Set"
            case t.SetType(element) if self._count(element) <= 64:
                return "Set"
            case _:
                raise UnsupportedError(f"values of type {kind}", self._system.span)
        text = f"typedef int {name}; /* {about} */\nenum {{ {name}_count = {self._count(kind)} }};"
        self._types.setdefault(name, text)
        return name

    def _word(self, name: str) -> str:
        self._vocabulary.setdefault(name, WORDS[name].strip())
        return name

    def _maker(self, kind: t.RecordType) -> str:
        name, fields = f"make_{kind.name}", self._system.record(kind.name).fields
        params = ", ".join(f"{self._type(f.type)} {f.name}" for f in fields)
        number = " + ".join(f"{f.name}{self._weight(kind, place, '*')}" for place, f in enumerate(fields))
        self._vocabulary[name] = f"static {self._type(kind)} {name}({params}) {{ return {number}; }}"
        return name

    def _field(self, kind: t.RecordType, field: str) -> str:
        name, fields = f"{kind.name}_{field}", self._system.record(kind.name).fields
        place, decl = next((i, f) for i, f in enumerate(fields) if f.name == field)
        digit = f"m{self._weight(kind, place, '/')}" + (f" % {self._count(decl.type)}" if place > 0 else "")
        self._vocabulary[name] = f"static {self._type(decl.type)} {name}({self._type(kind)} m) {{ return {digit}; }}"
        return name

    def _weight(self, kind: t.RecordType, place: int, operator: str) -> str:
        weight = prod(self._count(f.type) for f in self._system.record(kind.name).fields[place + 1 :])
        return "" if weight == 1 else f" {operator} {weight}"

    def _accessor(self, verb: str, variable: str, record: str = "") -> str:
        """Return the function that gets or sets an entry of a map, or has or sends a message of a network."""
        place, kind = f"{variable}_{record}" if record else variable, self._system.variable(variable).type
        if place not in self._layout:
            raise UnsupportedError(f"{record or 'all'} of {variable}", self._system.variable(variable).span)
        key, value = (kind.key, kind.value) if isinstance(kind, t.MapType) else (t.RecordType(record), t.BOOL)
        name, bits, result = f"{verb}_{place}", (self._count(value) - 1).bit_length(), self._type(value)
        at = f"{place}_at + {'key' if bits == 1 else f'{bits} * key'}, {bits}"
        if verb in ("get", "has"):
            text = f"static {result} {name}(const State *s, {self._type(key)} key) {{ return bits(s, {at}); }}"
        else:
            put, new = (f", {result} value", "value") if verb == "set" else ("", "true")
            text = f"static void {name}(State *s, {self._type(key)} key{put}) {{ put(s, {at}, {new}); }}"
        self._vocabulary[name] = text
        return name


def _function(comment: str, head: str, body: Lines) -> str:
    return "\n".join([*([comment] if comment else []), f"static {head}", "{", *(f"    {line}" for line in body), "}"])


def _comment(text: str) -> str:
    return "/* " + "\n * ".join(textwrap.wrap(text.replace("*/", "* /"), 100)) + " */"


WORDS = {
    "None": "enum { None = 0 };",
    "some": "static int some(int value) { return value + 1; }",
    "unwrap": """
static int unwrap(int option, int line)
{
    if (option != None)
        return option - 1;
    fprintf(stderr, "line %d: a value is needed here, this is None\\n", line);
    exit(2);
}
""",
    "only": "static Set only(int element) { return UINT64_C(1) << element; }",
    "contains": "static bool contains(Set set, int element) { return set >> element & 1; }",
    "size": "static int size(Set set) { return __builtin_popcountll(set); }",
}
"""What programs use in expressions, each only if it does."""

STATE = """
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t Set; /* bit n: whether the element with number n is in it */
typedef struct { uint64_t word[WORDS]; } State;

static int bits(const State *s, int at, int width)
{
    const uint64_t low = s->word[at / 64] >> at % 64;
    const uint64_t high = at % 64 + width > 64 ? s->word[at / 64 + 1] << (64 - at % 64) : 0;
    return (int)((low | high) & ((UINT64_C(1) << width) - 1));
}

static void put(State *s, int at, int width, int value)
{
    for (int bit = at; bit < at + width; bit++, value >>= 1) {
        const uint64_t mask = UINT64_C(1) << bit % 64;
        s->word[bit / 64] = (s->word[bit / 64] & ~mask) | (value & 1 ? mask : 0);
    }
}
"""

SEARCH = """
enum { STATES = 1 << 21, SLOTS = 1 << 22 };

static State states[STATES];  /* in the order in which they were found */
static uint32_t table[SLOTS]; /* open addressing: the number of a state plus one, or zero */
static uint32_t distinct;
static unsigned long long generated;
static int level = -1, depth; /* of the state whose steps are taken, and of the deepest state */
static const char *violated;

static uint32_t *slot(const State *s)
{
    uint64_t hash = 0;
    for (int i = 0; i < WORDS; i++)
        hash = (hash ^ hash >> 32 ^ s->word[i]) * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t *place = &table[hash >> (64 - 22)];
    while (*place != 0 && memcmp(&states[*place - 1], s, sizeof *s) != 0)
        place = place == &table[SLOTS - 1] ? table : place + 1;
    return place;
}

static void visit(const State *s)
{
    uint32_t *place = slot(s);
    if (*place != 0)
        return;
    if (distinct == STATES)
        exit(3); /* no room is left */
    states[distinct++] = *s;
    *place = distinct;
    depth = level + 1;
    violated = broken_by_state(s);
}

static void step(const State *old, const State *s)
{
    if (violated != NULL)
        return;
    generated++;
    if (memcmp(old, s, sizeof *s) != 0)
        violated = broken_by_step(old, s);
    if (violated == NULL)
        visit(s);
    else
        depth = level + 1;
}
"""

MAIN = """
int main(void)
{
    State s = {{0}};
    if (begin(&s)) {
        generated++;
        visit(&s);
    }
    for (uint32_t i = 0, level_end = 0; i < distinct && violated == NULL; i++) {
        if (i == level_end) {
            level_end = distinct;
            level++;
        }
        expand(&states[i]);
    }
    printf("%u %llu %d %s\\n", distinct, generated, depth, violated == NULL ? "-" : violated);
    return 0;
}
"""

C_WORDS = "auto char default do double extern float goto inline register restrict short signed switch union volatile"
RUNTIME = re.sub(r"/\*.*?\*/|\".*?\"", "", "\n".join((STATE, SEARCH, MAIN, *WORDS.values())))
RESERVED = frozenset(re.findall(r"\w+", f"{C_WORDS} {RUNTIME} abs div index after found best key"))
"""The names that a program has already, whatever the model."""
