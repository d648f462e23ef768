"""Actions in C: one function for each, which takes every step of the action from a state.

Parameters are nested loops. What the body says before it needs the next parameter is run before that is bound, as the
interpreter does it (`checker.interp.program.segments`), so that both count the same. Where the body chooses, the last
part of it is run once for every way of choosing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

from checker.explicit.generate.common import common
from checker.explicit.generate.effects import assigned, endings, looking, may_stop, reads_state
from checker.explicit.generate.expressions import Expressions, Scope
from checker.explicit.generate.labels import Labels
from checker.explicit.generate.places import Digit, Places
from checker.explicit.generate.text import (
    AsymmetricError,
    Lines,
    UnsupportedError,
    atom,
    block,
    comment,
    function,
    indented,
    negated,
)
from checker.explicit.generate.values import Spot, Val
from checker.explicit.shapes import Array, Sequence, Shape
from checker.interp.program import segments
from checker.interp.statements import only_looks
from checker.ir import expr as ir
from checker.ir.system import (
    Action,
    Append,
    Assign,
    Choose,
    ForEach,
    If,
    NetOp,
    Parameter,
    Require,
    Spend,
    Statement,
    Successor,
    Target,
)
from checker.ir.types import (
    BagType,
    FifoType,
    MapType,
    MessageSetType,
    OrderType,
    RecordType,
    SeqType,
    Type,
    UnionType,
    record_names,
)
from checker.ir.walk import inner_statements, walk_statements

Rest = Callable[["Body"], Lines]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers under which the runtime counts what happens: actions, bounds, and guards by identity."""

    actions: dict[str, int]
    bounds: dict[str, int] = field(default_factory=dict)
    guards: dict[int, int] = field(default_factory=dict)

    def bound(self, name: str) -> int:
        return self.bounds.setdefault(name, len(self.bounds))


@dataclass(slots=True)
class Body:
    """A point in the body of an action: the scope, the state that is read and written, and how to leave it."""

    scope: Scope
    leave: str
    unbound: tuple[Parameter, ...]
    is_writing: bool = False


class Actions:
    """Compiles the actions of one system."""

    def __init__(self, expressions: Expressions, numbers: Numbers, labels: Labels | None = None) -> None:
        self.e = expressions
        self.labels = labels
        self.p = expressions.p
        self.places = Places(expressions)
        self.numbers = numbers
        self._action: Action
        self._mutable: dict[str, Shape] = {}
        self._marks = 0

    def _mark(self, word: str) -> str:
        """Return a C name that nothing else has."""
        self._marks += 1
        return f"{word}_{self._marks}"

    def define(self, action: Action) -> str:
        """Define the function of an action, and return its name."""
        self._action = action
        name = self.e.definitions.name(action.name)
        shapes: dict[str, Shape] = {}
        while True:  # until the types of names that are assigned several times are wide enough
            self._mutable = dict(shapes)
            lines = self._body(action, name)
            if self._mutable == shapes:
                break
            shapes = self._mutable
        declared = [self._declaration(n, s) for n, s in shapes.items()]
        remark = comment(f"{self.e.system.name}.{action.name}: {action.doc}")
        text = function(remark, f"void {name}(const uint64_t *s, qx_work *work)", [*declared, *lines])
        self.e.definitions.add(name, text, *lines)
        return name

    def _declaration(self, name: str, shape: Shape) -> str:
        c_name = self._c_name(name)
        return f"{self.p.ctype(shape)} {c_name} = {'{{0}}' if shape.is_wide else 0};"

    def _c_name(self, name: str) -> str:
        return self.e.c_name(name)

    def _body(self, action: Action, owner: str) -> Lines:
        pieces = segments(action)
        scope = Scope(owner, {}, state="s")
        self._several = {n for n, times in Counter(assigned(action.body)).items() if times > 1}
        return self._piece(pieces, 0, Body(scope, "return;", action.parameters))

    # -- parameters --------------------------------------------------------------------------------------------------

    def _piece(self, pieces: list[tuple[Statement, ...]], place: int, at: Body) -> Lines:
        """Return a piece of the body, and below it the loop over the next parameter with the rest."""
        piece = pieces[place]
        if place == len(pieces) - 1:
            return self._last(piece, at)
        parameter, rest = self._action.parameters[place], self._action.parameters[place + 1 :]

        def bind(before: Body) -> Lines:
            def inside(value: Val) -> Lines:
                scope = before.scope.bind(parameter.name, value)
                return self._piece(pieces, place + 1, replace(before, scope=scope, leave="continue;", unbound=rest))

            return self._loop(parameter, inside)

        return [*self._only_if_bound(piece, at), *self._run(piece, at, bind)]

    def _only_if_bound(self, piece: tuple[Statement, ...], at: Body) -> Lines:
        """Leave before a piece that may give up if there is no message for a parameter: then there is no such step."""
        messages = tuple(p for p in at.unbound if self._is_message(p.type))
        if not messages or not self.e.definitions.fails(*self._statements(piece, at, lambda _: [])):
            return []
        return [f"if ({self._ways(messages)} == 0)", f"    {at.leave}"]

    def _run(self, piece: tuple[Statement, ...], at: Body, then: Rest) -> Lines:
        """Return the statements of a piece that is not the last: what it writes goes to a state of its own."""
        if at.is_writing or all(map(only_looks, piece)):
            return self._statements(piece, at, then)
        look = looking(piece)

        def write(inner: Body) -> Lines:
            self._marks += 1
            own = f"t{self._marks}"
            lines = [f"uint64_t {own}[WORDS];", f"memcpy({own}, {inner.scope.state}, sizeof {own});"]
            written = replace(inner, scope=replace(inner.scope, state=own), is_writing=False)
            return [*lines, *self._statements(piece[len(look) :], written, then)]

        return self._statements(look, at, write)

    def _last(self, piece: tuple[Statement, ...], at: Body) -> Lines:
        number = self.numbers.actions[self._action.name]
        chooses = any(isinstance(s, Choose) for s in walk_statements(piece))
        look = looking(piece)
        writes = piece[len(look) :]

        def write(inner: Body) -> Lines:
            if not writes and inner.scope.state == "s":
                return [f"stay(work, {number});"]
            lines = [f"uint64_t *const t = successor(work, {inner.scope.state});"]
            done = replace(inner, scope=replace(inner.scope, state="t"), is_writing=True)
            took = [f"took(work, s, t, {number});"]
            return [*lines, *self._statements(writes, done, lambda end: [*self._serves(end), *took])]

        if not chooses:
            return self._statements(look, at, write)
        inside = self._statements(look, replace(at, leave="continue;"), write)
        return ["qx_turns turns = {0};", "do {", *indented(inside), "} while (qx_turn(&turns));"]

    def _serves(self, at: Body) -> Lines:
        return [] if self.labels is None else self.labels.step(self._action, at.scope)

    def _loop(self, parameter: Parameter, inside: Callable[[Val], Lines]) -> Lines:
        kind, words = parameter.type, "s"
        name = self._c_name(parameter.name)
        if not self._is_message(kind):
            return self.e.each_member(kind, name, inside)
        shape = self.e.shape(kind)
        lines: Lines = []
        for record in record_names(kind):
            lines += self.e.networks.each_available(
                record,
                words,
                name if isinstance(kind, RecordType) else f"{name}_own",
                lambda v: self._as_union(v, shape, name, inside),
            )
        return lines

    def _as_union(self, value: Val, shape: Shape, name: str, inside: Callable[[Val], Lines]) -> Lines:
        if value.shape == shape:
            return inside(value)
        lines, whole = self.p.declare(name, self.p.convert(value, shape))
        return [*lines, *inside(whole)]

    def _is_message(self, kind: Type) -> bool:
        return isinstance(kind, RecordType | UnionType) and all(
            self.e.system.record(n).is_message for n in record_names(kind)
        )

    def _ways(self, unbound: tuple[Parameter, ...]) -> str:
        """Return how many ways there are of binding the parameters that are left."""
        factors: list[str] = []
        for parameter in unbound:
            if self._is_message(parameter.type):
                factors += [f"({' + '.join(self._count(r) for r in record_names(parameter.type))})"]
            else:
                card = self.e.shape(parameter.type).card
                if card is None:
                    raise UnsupportedError(f"a list of all values of {parameter.type}")
                factors.append(str(card))
        return " * ".join(factors) or "1"

    def _count(self, record: str) -> str:
        """Return the call of a function that counts the available messages of a kind."""
        definitions = self.e.definitions
        key = ("count", record)
        if key not in definitions.names:
            name = definitions.names[key] = definitions.name(f"count_{record}")
            loop = self.e.networks.each_available(
                record, "s", "m", lambda v: [f"(void){self.p.c(v).removesuffix('.w')};", "count++;"]
            )
            body = ["uint64_t count = 0;", *loop, "return count;"]
            definitions.add(name, function("", f"uint64_t {name}(const uint64_t *s)", body))
        return f"{definitions.names[key]}(s)"

    # -- statements --------------------------------------------------------------------------------------------------

    def _statements(self, statements: tuple[Statement, ...], at: Body, then: Rest) -> Lines:
        if not statements:
            return then(at)
        first, rest = statements[0], statements[1:]

        def go_on(inner: Body) -> Lines:
            return self._statements(rest, inner, then)

        match first:
            case Require():
                return [*self._require(first, at), *go_on(at)]
            case Assign(target=target, value=value) if not target.is_state:
                return self._bind(target.name, self.e.value(value, at.scope), at, go_on)
            case Assign(target=target, value=value):
                return [*self._assign(target, value, at), *go_on(at)]
            case Append():
                return [*self._append(first, at), *go_on(at)]
            case NetOp():
                return self._net_op(first, at, go_on)
            case If():
                return [*self._if(first, at), *go_on(self._after_if(first, at))]
            case ForEach():
                return [*self._for_each(first, at), *go_on(at)]
            case Choose():
                return self._choose(first, at, go_on)
            case Successor(variable=name, type=kind, operand=operand):
                return self._successor(name, kind, operand, at, go_on)
            case Spend(budget=budget):
                return [*self._spend(budget, at), *go_on(at)]
            case _:
                assert_never(first)

    def _require(self, statement: Require, at: Body) -> Lines:
        number = self.numbers.guards[id(statement)]
        if self._is_receipt(statement.condition):
            return [f"QX_REACHED({number});"]
        refused = negated(self.e.condition(statement.condition, at.scope))
        return [f"QX_REACHED({number});", f"if ({refused}) {{", f"    QX_REFUSED({number});", f"    {at.leave}", "}"]

    def _is_receipt(self, condition: ir.Expr) -> bool:
        """Return whether a guard asks for a message parameter in the only network that carries it: always true."""
        match condition:
            case ir.Member(element=ir.Local(name=name), collection=ir.State(name=network, type=MessageSetType())):
                parameter = next((p for p in self._action.parameters if p.name == name), None)
                if parameter is None or not self._is_message(parameter.type):
                    return False
                return all(self.e.networks.carriers(r) == [network] for r in record_names(parameter.type))
            case _:
                return False

    def _bind(self, name: str, value: Val, at: Body, then: Rest) -> Lines:
        """Bind a local name: once and for all where it is assigned once, else in a variable of the whole function."""
        if name not in self._several:
            lines, bound = self.p.declare(self.e.fresh(self._c_name(name), at.scope), value)
            c_name = self.p.c(bound).removesuffix(".w")
            return [*lines, f"(void){c_name};", *then(replace(at, scope=at.scope.bind(name, bound)))]
        known = self._mutable.get(name)
        shape = value.shape if known is None else self.e.shape(common(known.type, value.type))
        self._mutable[name] = shape
        value = self.p.convert(value, shape)
        c_name = self._c_name(name)
        if shape.is_wide:
            lines = self.p.copy(f"{c_name}.w", self.p.c(value), shape.words)
            bound = Val(shape, f"{c_name}.w")
        else:
            lines, bound = [f"{c_name} = {self.p.c(value)};"], Val(shape, c_name)
        return [*lines, *then(replace(at, scope=at.scope.bind(name, bound)))]

    def _after_if(self, statement: If, at: Body) -> Body:
        """Return the scope after an If: names bound on both sides live in variables of the function."""
        scope = at.scope
        for name in dict.fromkeys(assigned(inner_statements(statement))):
            if name in self._mutable and name in self._several:
                shape = self._mutable[name]
                c_name = self._c_name(name)
                scope = scope.bind(name, Val(shape, f"{c_name}.w" if shape.is_wide else c_name))
        return replace(at, scope=scope)

    def _if(self, statement: If, at: Body) -> Lines:
        test = self.e.condition(statement.condition, at.scope)
        then = self._statements(statement.then, at, lambda _: [])
        orelse = self._statements(statement.orelse, at, lambda _: [])
        lines = [f"if ({test}) {{", *indented(then)]
        return [*lines, "} else {", *indented(orelse), "}"] if orelse else [*lines, "}"]

    def _for_each(self, statement: ForEach, at: Body) -> Lines:
        self._marks += 1
        mark = f"stop_{self._marks}"
        inside_at = replace(at, leave=f"{{ {mark} = true; break; }}")
        stops = may_stop(statement.body)
        frozen, domain = self._frozen_domain(statement.domain, at)

        def body(scope: Scope) -> Lines:
            inner = self._statements(statement.body, replace(inside_at, scope=scope), lambda _: [])
            return [*([f"if ({mark})", "    break;"] if stops else []), *inner]

        loop = (
            self.e.each(domain, statement.variable, frozen, body)
            if isinstance(domain, ir.Expr)
            else self.p.loop(
                domain, self.e.fresh(statement.variable, frozen), lambda v: body(frozen.bind(statement.variable, v))
            )
        )
        self._want_one_ending(statement, loop)
        if not stops:
            return loop
        return [f"bool {mark} = false;", *loop, f"if ({mark})", f"    {at.leave}"]

    def _want_one_ending(self, statement: ForEach, loop: Lines) -> None:
        """Refuse a loop that may end in several ways, whichever member comes first, if members have no order.

        Raises:
            AsymmetricError: there is one.

        """
        if not self.e.is_reordered(statement.domain.type):
            return
        ways = {way for s in walk_statements(statement.body) for way in endings(s)}
        ways |= {"something undefined"} if self.e.definitions.fails(*loop) else set()
        if len(ways) > 1:
            where = f"the loop over {statement.variable} in {self._action.name}"
            raise AsymmetricError(f"{where} may end in {' or '.join(sorted(ways))}")

    def _frozen_domain(self, domain: ir.Expr, at: Body) -> tuple[Scope, ir.Expr | Val]:
        """Return the domain of a loop, made before the loop writes anything if it depends on the state."""
        if isinstance(domain, ir.Universe | ir.Interval) or not reads_state(domain):
            return at.scope, domain
        return at.scope, self.e.lift(domain, at.scope) if not isinstance(domain, ir.State | ir.Index) else self.e.value(
            domain, at.scope
        )

    def _choose(self, statement: Choose, at: Body, then: Rest) -> Lines:
        """Bind a name to the element whose turn it is."""
        self._marks += 1
        turn, count = f"turn_{self._marks}", f"count_{self._marks}"
        c_name = self.e.fresh(self._c_name(statement.variable), at.scope)
        found: list[Shape] = []

        def note(inner: Scope) -> Lines:
            found.append(inner.names[statement.variable].shape)
            return [f"{count}++;"]

        counting = self.e.each(statement.domain, statement.variable, at.scope, note)
        if not found:
            return [*counting, "if (!qx_choose(&turns, 0, NULL))", f"    {at.leave}"]
        shape = found[0]
        bound = Val(shape, f"{c_name}.w" if shape.is_wide else c_name)

        def pick(inner: Scope) -> Lines:
            value = inner.names[statement.variable]
            keep = (
                self.p.copy(f"{c_name}.w", self.p.c(value), shape.words)
                if shape.is_wide
                else [f"{c_name} = {self.p.c(value)};"]
            )
            return [f"if ({turn} == 0) {{", *indented(keep), "}", f"{turn}--;"]

        shadow = replace(at.scope, names={**at.scope.names, "\0": Val(shape, c_name)})
        picking = self.e.each(statement.domain, statement.variable, shadow, pick)
        void = [f"(void){x.removesuffix('.w')};" for x in (self.p.c(bound),)]
        return [
            f"unsigned {count} = 0, {turn} = 0;",
            *counting,
            f"if (!qx_choose(&turns, {count}, &{turn}))",
            f"    {at.leave}",
            f"{self.p.ctype(shape)} {c_name} = {'{{0}}' if shape.is_wide else 0};",
            *picking,
            *void,
            *then(replace(at, scope=at.scope.bind(statement.variable, bound))),
        ]

    def _successor(self, name: str, kind: OrderType, operand: ir.Expr, at: Body, then: Rest) -> Lines:
        member = self.p.c(self.e.value(operand, at.scope))
        shape = self.e.shape(kind)
        self._marks += 1
        before = f"before_{self._marks}"
        lines = [
            f"const uint64_t {before} = {member};",
            *block(f"if ({before} == {shape.top})", self._cut(kind.name, at)),
        ]
        return [*lines, *self._bind(name, Val(shape, f"{before} + 1"), at, then)]

    def _spend(self, budget: str, at: Body) -> Lines:
        place = self.e.layout.places[budget]
        spot = Spot(at.scope.state, place.at)
        left = f"qx_get({spot.words}, {spot.position}, {place.shape.bits})"
        spent = Val(place.shape, f"(int64_t)({left} - 1)")
        return [*block(f"if ({left} == 0)", self._cut(budget, at)), *self.p.put(spot, spent)]

    def _cut(self, bound: str, at: Body) -> Lines:
        """Return what counts the transitions that are cut here, one for each way of binding the other parameters."""
        number, ways = self.numbers.bound(bound), self._ways(at.unbound)
        served: Lines = []
        if self.labels is not None:
            served = self.labels.cut(self._action, at.unbound, at.scope, self._loop, ways)
        return [f"cut(work, {number}, {ways});", *served, at.leave]

    # -- writing -----------------------------------------------------------------------------------------------------

    def _assign(self, target: Target, value: ir.Expr, at: Body) -> Lines:
        new = self.e.value(value, at.scope)
        where, lines, store = self.places.target(target, at.scope, self._mark("key"))
        shape = where.shape.inner if isinstance(where.shape, Digit) else where.shape
        self._marks += 1
        head, bound = self.p.declare(f"new_{self._marks}", self.p.convert(new, shape))
        return [*head, *lines, *store(bound)]

    def _append(self, statement: Append, at: Body) -> Lines:
        target = statement.target
        where, lines, _ = self.places.target(target, at.scope, self._mark("key"))
        shape = where.shape
        assert isinstance(shape, Sequence)
        assert where.spot is not None
        kind: Type = self.e.system.variable(target.name).type
        for _step in target.steps:
            assert isinstance(kind, MapType | SeqType)
            kind = kind.value if isinstance(kind, MapType) else kind.element
        assert isinstance(kind, SeqType)
        bound = kind.capacity if isinstance(kind.capacity, str) else f"len({target.name + '[...]' * len(target.steps)})"
        self._marks += 1
        new, length = f"new_{self._marks}", f"length_{self._marks}"
        value = self.e.value(statement.value, at.scope)
        head, raw = self.p.declare(new, value)
        full = block(f"if ({length} == {shape.capacity})", self._cut(bound, at))
        lines = [
            *head,
            f"(void){new};",
            *lines,
            f"const unsigned {length} = (unsigned){atom(self.p.length(where))};",
            *full,
        ]
        if shape.capacity == 0:
            return lines
        element = self.p.convert(raw, shape.element)
        return [*lines, *self.places.push(where, shape, length, element)]

    # -- networks ----------------------------------------------------------------------------------------------------

    def _net_op(self, statement: NetOp, at: Body, then: Rest) -> Lines:
        match statement.type:
            case MessageSetType():
                lines = self.e.networks.send(statement.network, statement.args[0], at.scope.state, at.scope)
                return [*lines, *then(at)]
            case BagType(element):
                return [*self._bag(statement, element, at), *then(at)]
            case FifoType():
                return self._fifo(statement, at, then)
            case _:
                assert_never(statement.type)

    def _bag(self, statement: NetOp, element: Type, at: Body) -> Lines:
        self._marks += 1
        value = self.p.convert(self.e.value(statement.args[0], at.scope), self.e.shape(element))
        lines, message = self.p.declare(f"copy_{self._marks}", value)
        words, networks = at.scope.state, self.e.networks
        match statement.operation:
            case "send":
                return [*lines, *networks.put_in_bag(statement.network, message, words)]
            case "duplicate":
                test = networks.is_in_bag(statement.network, message, words)
                return [
                    *lines,
                    *block(f"if (!{test})", [at.leave]),
                    *networks.put_in_bag(statement.network, message, words),
                ]
            case _:
                test = networks.take_from_bag(statement.network, message, words)
                return [*lines, *block(f"if (!{test})", [at.leave])]

    def _fifo(self, statement: NetOp, at: Body, then: Rest) -> Lines:
        assert isinstance(statement.type, FifoType)
        steps = [self.p.c(self.e.value(a, at.scope)) for a in statement.args[:2]]
        place = self.e.layout.places[statement.network]
        self._marks += 1
        mark = self._marks
        lines = [f"const unsigned from_{mark} = (unsigned){atom(steps[0])}, to_{mark} = (unsigned){atom(steps[1])};"]
        where = Val(place.shape, spot=Spot(at.scope.state, place.at))
        for index in (f"from_{mark}", f"to_{mark}"):
            assert isinstance(where.shape, Array)
            where = self.e.access.entry(where, where.shape, index)
        shape = where.shape
        assert isinstance(shape, Sequence)
        assert where.spot is not None
        match statement.operation:
            case "send":
                message = self.p.convert(self.e.value(statement.args[2], at.scope), shape.element)
                head, bound = self.p.declare(f"message_{mark}", message)
                declared = self.e.system.variable(statement.network).type
                assert isinstance(declared, FifoType)
                capacity = declared.capacity
                name = capacity if isinstance(capacity, str) else f"len({statement.network})"
                length = [f"const unsigned length_{mark} = (unsigned){atom(self.p.length(where))};"]
                full = block(f"if (length_{mark} == {shape.capacity})", self._cut(name, at))
                push = self.places.push(where, shape, f"length_{mark}", bound) if shape.capacity else []
                return [*lines, *head, f"(void)message_{mark};", *length, *full, *push, *then(at)]
            case "reset":
                return [*lines, *self.p.put(where.spot, self.p.zero(shape)), *then(at)]
            case _:
                return self._take(statement, where, shape, lines, at, then)

    def _take(self, statement: NetOp, where: Val, shape: Sequence, lines: Lines, at: Body, then: Rest) -> Lines:
        """Take the oldest message out of a channel, into the local that the statement names."""
        assert where.spot is not None
        lines = [*lines, *block(f"if ({self.p.length(where)} == 0)", [at.leave])]
        if shape.capacity == 0:
            return lines
        self._marks += 1
        head, oldest = self.p.declare(f"oldest_{self._marks}", self.p.element(where, "0"))
        lines += [*head, f"(void)oldest_{self._marks};"]
        if shape.is_wide:
            name = self.places.shift(shape)
            lines.append(f"{name}({where.spot.pointer});")
        else:
            lines.append(
                f"qx_put({where.spot.words}, {where.spot.position}, {shape.bits}, "
                f"qx_low({atom(self.p.code(where))} << {shape.stride}, {shape.bits}));"
            )
        if statement.result is None:
            return [*lines, *then(at)]
        return [*lines, *self._bind(statement.result, oldest, at, then)]
