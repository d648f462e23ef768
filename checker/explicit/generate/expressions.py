"""Expressions in C. What has no expression in C (quantifiers, comprehensions, bindings) becomes a function of the names
that are free in it, which reads as one would write it by hand; helpers of the model are functions anyway.

And, Or, Ite and quantifiers stop as soon as the result is known, as the language has it. Where no operand can give up,
the cheap ones of a conjunction are tested first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from checker.explicit.generate.access import Access, has_field
from checker.explicit.generate.common import common
from checker.explicit.generate.networks import Networks
from checker.explicit.generate.text import (
    Definitions,
    Lines,
    UnsupportedError,
    atom,
    atom_of_logic,
    block,
    comment,
    cost,
    function,
    indented,
    negated,
)
from checker.explicit.generate.values import Packing, Spot, Val, is_plain
from checker.explicit.layout import Layout
from checker.explicit.shapes import (
    WORD,
    BitSet,
    Copies,
    ListedSet,
    Maybe,
    Member,
    Number,
    Parts,
    Sequence,
    Shape,
)
from checker.ir import expr as ir
from checker.ir.instance import universe
from checker.ir.logic import conjuncts
from checker.ir.show import show_expr
from checker.ir.symmetry import NO_SYMMETRY, Symmetry, sorts_in
from checker.ir.types import (
    BOOL,
    INT,
    NONE,
    BagType,
    EmptyType,
    IntType,
    MessageSetType,
    OptionType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    Type,
    Value,
)
from checker.ir.walk import free_locals


@dataclass(slots=True)
class Scope:
    """Where an expression stands: its local names, and what the C code calls the states it may read.

    `used` collects which of the names and states were read, for functions that take only what they need.
    """

    owner: str
    names: Mapping[str, Val]
    state: str = "s"
    before: str = "old"
    used: set[str] | None = None
    declared: frozenset[str] = frozenset()

    def bind(self, name: str, value: Val) -> Scope:
        """Return the scope in which a name stands for a value; a C name stays taken though the name is bound again."""
        declared = self.declared | {value.text.removesuffix(".w")}
        return replace(self, names={**self.names, name: value}, declared=declared)

    def note(self, what: str) -> str:
        if self.used is not None:
            self.used.add(what)
        return what


@dataclass(frozen=True, slots=True)
class Signature:
    """A C function that stands for a helper or a lifted expression: which states it takes, and its result."""

    name: str
    states: tuple[str, ...]
    shape: Shape


class Expressions:
    """Compiles the expressions of one system for one instance."""

    def __init__(self, layout: Layout, definitions: Definitions, symmetry: Symmetry = NO_SYMMETRY) -> None:
        self.layout = layout
        self._interchangeable = frozenset(c.sort for c in symmetry.classes)
        self.definitions = definitions
        self.p = Packing(layout.shapes, definitions)
        self.system = layout.shapes.system
        self.instance = layout.shapes.instance
        self.access = Access(self)
        self.networks = Networks(self)
        self._helpers: dict[tuple[str, bool, tuple[Type, ...]], Signature] = {}
        self._lifted: dict[object, Signature] = {}

    def shape(self, kind: Type) -> Shape:
        return self.layout.shapes.of(kind)

    def is_reordered(self, kind: Type) -> bool:
        """Return whether the elements of a type may come in another order in a state that this one stands for."""
        return bool(self._interchangeable & sorts_in(kind, self.system))

    def condition(self, expr: ir.Expr, scope: Scope) -> str:
        """Return a condition as C."""
        return self.p.c(self.value(expr, scope))

    def value(self, expr: ir.Expr, scope: Scope) -> Val:
        """Return the value of an expression."""
        match expr:
            case ir.Const() | ir.Local() | ir.State() | ir.Given() | ir.Universe():
                return self._leaf(expr, scope)
            case ir.FieldOf() | ir.Index() | ir.Make() | ir.IsVariant() | ir.Unwrap():
                return self._access(expr, scope)
            case ir.And() | ir.Or() | ir.Not() | ir.Ite() | ir.Eq() | ir.Less():
                return self._logic(expr, scope)
            case ir.Arith() | ir.Size() | ir.Subset() | ir.Member() | ir.Covers():
                return self._measure(expr, scope)
            case ir.Call():
                return self._call(expr, scope)
            case ir.MakeSet(args=()) | ir.MakeSeq(args=()):
                return self.p.zero(self.shape(_nothing(expr)))
            case ir.Quantifier(generators=(generator,)) if found := self._is_inhabited(expr, generator, scope):
                return found
            case (
                ir.Let()
                | ir.Quantifier()
                | ir.Comprehension()
                | ir.Extremum()
                | ir.Only()
                | ir.MakeMap()
                | ir.MakeSet()
                | ir.MakeSeq()
                | ir.SetOp()
                | ir.Concat()
                | ir.Slice()
                | ir.Interval()
                | ir.Messages()
            ):
                return self.lift(expr, scope)
            case _:
                assert_never(expr)

    def converted(self, expr: ir.Expr, kind: Type, scope: Scope) -> Val:
        """Return the value of an expression where a type is declared; gives up if it does not fit its ranges."""
        declared = self.layout.shapes.close(kind)
        value = self.value(expr, scope)
        if isinstance(declared, SeqType) and declared.capacity is None and isinstance(value.type, SeqType):
            return value
        return self.p.convert(value, self.shape(declared))

    # -- leaves and parts --------------------------------------------------------------------------------------------

    def _leaf(self, expr: ir.Const | ir.Local | ir.State | ir.Given | ir.Universe, scope: Scope) -> Val:
        match expr:
            case ir.Const(value=value):
                return self.p.constant(self.shape(self._literal_type(expr.type, value)), value)
            case ir.Local(name=name):
                scope.note(name)
                return scope.names[name]
            case ir.State(name=name, old=old):
                place = self.layout.places[name]
                words = scope.note(scope.before if old else scope.state)
                assert not isinstance(place.shape, Parts), "a message set is no value"
                return Val(place.shape, spot=Spot(words, place.at))
            case ir.Given(name=name, type=kind):
                return self.p.constant(self.shape(self._given_type(kind, name)), self.instance.givens[name])
            case ir.Universe(type=SetType(element) as kind):
                members = frozenset(universe(element, self.system, self.instance))
                return self.p.constant(self.shape(kind), members)
            case _:
                raise AssertionError(f"{expr} is no leaf")

    def _literal_type(self, kind: Type, value: Value) -> Type:
        """Return the least type that has a literal, with ranges and capacities."""
        match kind:
            case IntType():
                return IntType(value, value)
            case OptionType(inner):
                return NONE if value is None else OptionType(self._literal_type(inner, value))
            case SeqType(element) | SetType(element):
                merged: Type = EmptyType()
                for part in value:
                    merged = common(merged, self._literal_type(element, part))
                return SeqType(merged, len(value)) if isinstance(kind, SeqType) else SetType(merged)
            case _:
                return self.layout.shapes.close(kind)

    def _given_type(self, kind: Type, name: str) -> Type:
        value = self.instance.givens[name]
        return IntType(value, value) if isinstance(kind, IntType) else kind

    def _access(self, expr: ir.FieldOf | ir.Index | ir.Make | ir.IsVariant | ir.Unwrap, scope: Scope) -> Val:
        match expr:
            case ir.FieldOf(target=target, name=name):
                record = self.value(target, scope)
                return (
                    self.access.field(record, name)
                    if has_field(record.shape, name)
                    else self.access.given_up(record, expr.type)
                )
            case ir.Index(target=target, key=key):
                return self.access.indexed(self.value(target, scope), key, scope)
            case ir.Make(type=RecordType(name), args=args):
                shape = self.layout.shapes.record(name)
                return self.p.make(shape, self.fields(name, args, scope))
            case ir.IsVariant(target=target, record=record):
                return Val(self.shape(BOOL), self.access.is_variant(self.value(target, scope), record))
            case ir.Unwrap(target=target):
                value = self.value(target, scope)
                if isinstance(value.shape, Maybe):
                    return self.p.some(value)
                return self.access.given_up(value, expr.type) if value.type == NONE else value
            case _:
                raise AssertionError(f"{expr} is no access")

    def fields(self, name: str, args: tuple[ir.Expr, ...], scope: Scope) -> list[Val]:
        """Return the arguments of a record as its fields have them."""
        declared = self.system.record(name).fields
        return [self.converted(a, f.type, scope) for f, a in zip(declared, args, strict=True)]

    # -- logic -------------------------------------------------------------------------------------------------------

    def _logic(self, expr: ir.And | ir.Or | ir.Not | ir.Ite | ir.Eq | ir.Less, scope: Scope) -> Val:
        truth = self.shape(BOOL)
        match expr:
            case ir.And(operands=operands):
                return Val(truth, " && ".join(atom_of_logic(t) for t in self.cheap_first(operands, scope)) or "true")
            case ir.Or(operands=operands):
                return Val(truth, " || ".join(atom_of_logic(self.condition(e, scope)) for e in operands) or "false")
            case ir.Not(operand=operand):
                return Val(truth, negated(self.condition(operand, scope)))
            case ir.Ite(condition=condition, then=then, orelse=orelse):
                test, first, second = (self.value(e, scope) for e in (condition, then, orelse))
                shape = self.shape(common(first.type, second.type))
                first, second = self.p.convert(first, shape), self.p.convert(second, shape)
                return Val(shape, f"({self.p.c(test)} ? {self.p.c(first)} : {self.p.c(second)})")
            case ir.Eq(left=left, right=right):
                return Val(truth, self._equal(self.value(left, scope), self.value(right, scope)))
            case ir.Less(left=left, right=right, strict=strict):
                a, b = self.p.c(self.value(left, scope)), self.p.c(self.value(right, scope))
                return Val(truth, f"{atom(a)} {'<' if strict else '<='} {atom(b)}")
            case _:
                assert_never(expr)

    def _equal(self, left: Val, right: Val) -> str:
        if right.type == NONE and is_plain(self.p.c(right)):
            return self.p.is_none(left)
        if left.type == NONE and is_plain(self.p.c(left)):
            return self.p.is_none(right)
        return self.p.equal(left, right)

    def cheap_first(self, operands: tuple[ir.Expr, ...], scope: Scope) -> Lines:
        """Return the operands of a conjunction as C: in order, but cheap before dear where no order can be told."""
        texts = [self.condition(e, scope) for e in operands]
        if self.definitions.fails(*texts):
            return texts
        return sorted(texts, key=cost)

    # -- what collections come to ------------------------------------------------------------------------------------

    def _measure(self, expr: ir.Arith | ir.Size | ir.Subset | ir.Member | ir.Covers, scope: Scope) -> Val:
        match expr:
            case ir.Arith(operator=operator, left=left, right=right):
                name = {"+": "plus", "-": "minus", "*": "times", "//": "divide", "%": "modulo"}[operator]
                a, b = self.value(left, scope), self.value(right, scope)
                return self._arithmetic(name, a, b)
            case ir.Size(collection=collection):
                return Val(self.shape(INT), self._size(collection, scope))
            case ir.Subset():
                return self.lift(expr, scope)
            case ir.Member(element=element, collection=collection):
                return Val(self.shape(BOOL), self._member(element, collection, scope))
            case ir.Covers(quorum=quorum, collection=collection):
                return Val(self.shape(BOOL), self._covers(quorum, collection, scope))
            case _:
                assert_never(expr)

    def _arithmetic(self, name: str, a: Val, b: Val) -> Val:
        """Return a sum, difference, product, quotient or rest, without a test where 64 bits surely hold it."""
        x, y = self.p.c(a), self.p.c(b)
        bounds = _bounds(name, a.shape, b.shape)
        if bounds is None:
            return Val(self.shape(INT), f"qx_{name}({x}, {y})")
        sign = {"plus": "+", "minus": "-", "times": "*"}[name]
        return Val(self.shape(IntType(*bounds)), f"({atom(x)} {sign} {atom(y)})")

    def _size(self, collection: ir.Expr, scope: Scope) -> str:
        value = self.value(collection, scope)
        match value.shape:
            case Sequence():
                return f"(int64_t){self.p.length(value)}"
            case Copies(counts_at=at):
                return f"qx_bag_size({self.p.c(value)}, {at})"
            case ListedSet():
                return f"(int64_t){atom(self.p.c(value))}[0]"
            case BitSet() as shape:
                if not shape.is_wide:
                    return f"(int64_t)qx_size({self.p.c(value)})"
                return f"(int64_t)qx_size_of({self.p.c(value)}, {shape.words})"
            case Member(type=QuorumType(_, base)):
                whole = self.p.convert(value, self.shape(SetType(base)))
                return (
                    f"(int64_t)qx_size({self.p.c(whole)})"
                    if not whole.shape.is_wide
                    else f"(int64_t)qx_size_of({self.p.c(whole)}, {whole.shape.words})"
                )
            case _:
                raise AssertionError(f"{value.type} has no size")

    def _member(self, element: ir.Expr, collection: ir.Expr, scope: Scope) -> str:
        if isinstance(collection, ir.State) and isinstance(collection.type, MessageSetType | BagType):
            words = scope.note(scope.before if collection.old else scope.state)
            return self.networks.member(element, collection.name, words, scope)
        value = self.value(element, scope)
        match collection:
            case ir.Universe(type=SetType()):
                whole = self.value(collection, scope)
            case _:
                whole = self.value(collection, scope)
        match whole.shape:
            case BitSet() | ListedSet():
                return self._among(value, whole)
            case Member(type=QuorumType(_, base)):
                return self._among(value, self.p.convert(whole, self.shape(SetType(base))))
            case _:
                return self._contains(value, whole)

    def _among(self, value: Val, whole: Val) -> str:
        """Return whether a value is in a set; of a type with other values than the set's elements it may not be."""
        shape = whole.shape
        assert isinstance(shape, BitSet | ListedSet)
        inner = shape.element
        if common(value.type, inner.type) == inner.type:
            return self.p.includes(whole, self.p.convert(value, inner))
        return self._contains(value, whole)

    def _contains(self, value: Val, whole: Val) -> str:
        """Return the test for membership by a function that compares one element after the other."""
        key = ("contains", value.shape, whole.shape)
        if key not in self._lifted:
            name = self.definitions.name("contains")
            wanted, searched = Val(value.shape, "value"), Val(whole.shape, "all")
            found = self.p.loop(searched, "x", lambda x: [f"if ({self._equal(x, wanted)})", "    return true;"])
            head = f"bool {name}({self.p.passed(whole.shape)}all, {self.p.passed(value.shape)}value)"
            body = [] if found else ["(void)all;", "(void)value;"]
            self.definitions.add(name, function("", head, [*body, *found, "return false;"]))
            self._lifted[key] = Signature(name, (), self.shape(BOOL))
        return f"{self._lifted[key].name}({self.p.c(whole)}, {self.p.c(value)})"

    def _covers(self, quorum: str, collection: ir.Expr, scope: Scope) -> str:
        base = self.system.quorum(quorum).type.base
        shape = self.shape(SetType(base))
        value = self.p.convert(self.value(collection, scope), shape)
        key = ("covers", quorum)
        if key not in self._lifted:
            name = self.definitions.name(f"covers_{quorum}")
            tests = []
            for members in self.instance.quorums[quorum]:
                constant = self.p.c(self.p.constant(shape, members))
                tests.append(
                    f"qx_within({constant}, members, {shape.words})"
                    if shape.is_wide
                    else f"({constant} & ~members) == 0"
                )
            body = ["return " + "\n            || ".join(tests) + ";"]
            text = function(
                comment(f"Whether there is a {quorum} in a set."), f"bool {name}({self.p.passed(shape)}members)", body
            )
            self.definitions.add(name, text)
            self._lifted[key] = Signature(name, (), self.shape(BOOL))
        return f"{self._lifted[key].name}({self.p.c(value)})"

    # -- functions ---------------------------------------------------------------------------------------------------

    def _call(self, expr: ir.Call, scope: Scope) -> Val:
        helper = self.system.function(expr.function)
        args = [self.converted(a, p.type, scope) for a, p in zip(expr.args, helper.parameters, strict=True)]
        key = (expr.function, False, tuple(a.type for a in args))
        if key not in self._helpers:
            self._helpers[key] = self._helper(expr.function, args)
        signature = self._helpers[key]
        return self._applied(signature, [self.p.c(a) for a in args], scope, is_old=expr.old)

    def _helper(self, name: str, args: list[Val]) -> Signature:
        helper = self.system.function(name)
        names = {p.name: (a.shape, self.c_name(p.name)) for p, a in zip(helper.parameters, args, strict=True)}
        return self.define(name, helper.body, names, f"{name}: {helper.doc}")

    def c_name(self, name: str) -> str:
        """Return what C calls a local name of the model."""
        name = name.replace(".", "_")
        return f"{name}_" if name in self.definitions.taken | self.definitions.hidden else name

    def define(self, wanted: str, body: ir.Expr, names: Mapping[str, tuple[Shape, str]], remark: str) -> Signature:
        """Define the C function of an expression: its names are the parameters, and it takes the states it reads."""
        own = self.definitions.name(wanted)
        bound = {n: Val(shape, c) for n, (shape, c) in names.items()}
        scope = Scope(own, bound, used=set(), declared=frozenset(c for _, c in names.values()))
        lines, shape = self.body(body, scope)
        used = scope.used or set()
        states = tuple(s for s in ("old", "s") if s in used)
        passed = [*(f"const uint64_t *{s}" for s in states), *(f"{self.p.passed(s)}{c}" for s, c in names.values())]
        ignored = [f"(void){c};" for n, (_, c) in names.items() if n not in used]
        head = f"{self.p.ctype(shape)} {own}({', '.join(passed) or 'void'})"
        self.definitions.add(own, function(comment(remark), head, [*ignored, *lines]), *lines)
        return Signature(own, states, shape)

    def _applied(self, signature: Signature, args: list[str], scope: Scope, *, is_old: bool = False) -> Val:
        states = [scope.note(scope.before if is_old or s == "old" else scope.state) for s in signature.states]
        return self.p.result(signature.shape, f"{signature.name}({', '.join([*states, *args])})")

    def lift(self, expr: ir.Expr, scope: Scope) -> Val:
        """Return the call of a function that is made of an expression."""
        free = sorted(free_locals(expr))
        values = [scope.names[n] for n in free]
        key = (expr, tuple(v.shape for v in values))
        if key not in self._lifted:
            word = expr.kind if isinstance(expr, ir.Quantifier) else type(expr).__name__.lower()
            names = {n: (v.shape, self.c_name(n)) for n, v in zip(free, values, strict=True)}
            self._lifted[key] = self.define(f"{scope.owner}_{word}", expr, names, show_expr(expr, self.system))
        for n in free:
            scope.note(n)
        return self._applied(self._lifted[key], [self.p.c(v) for v in values], scope)

    def body(self, expr: ir.Expr, scope: Scope) -> tuple[Lines, Shape]:
        """Return the body of a function whose result is an expression, and the shape of the result."""
        from checker.explicit.generate.bodies import Bodies

        return Bodies(self).body(expr, scope)

    # -- iteration ---------------------------------------------------------------------------------------------------

    def each(
        self, domain: ir.Expr, name: str, scope: Scope, body: Callable[[Scope], Lines], given: tuple[ir.Expr, ...] = ()
    ) -> Lines:
        """Return the loop over what a collection has, in canonical order, with the element bound to a name.

        `given` are conditions under which alone the body matters: they may narrow the loop, and are tested in the body.
        """
        c_name = self.fresh(name, scope)

        def inside(value: Val) -> Lines:
            return body(scope.bind(name, value))

        match domain:
            case ir.Universe(type=SetType(element)):
                return self.each_member(element, c_name, inside)
            case ir.Interval(low=low, high=high):
                return self._each_integer(self.value(low, scope), self.value(high, scope), c_name, inside)
            case ir.Messages(network=ir.State(name=network, old=old), record=record):
                words = scope.note(scope.before if old else scope.state)
                prefix = self._leading_fields(record, name, given, scope)
                return self.networks.each(network, record, words, c_name, inside, prefix)
            case _:
                return self.p.loop(self.value(domain, scope), c_name, inside)

    def fresh(self, name: str, scope: Scope) -> str:
        """Return a C name for a bound name that no other name in scope has."""
        taken = (
            {self.p.c(v).removesuffix(".w") for v in scope.names.values()}
            | self.definitions.taken
            | self.definitions.hidden
            | scope.declared
        )
        name = name.replace(".", "_")
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        return candidate

    def each_member(self, element: Type, name: str, body: Callable[[Val], Lines]) -> Lines:
        """Return the loop over all values of a type that is known to have few."""
        shape = self.shape(element)
        kind = "unsigned" if shape.type == BOOL else "uint64_t"
        if isinstance(shape, Number):
            head = f"for (int64_t {name} = {shape.least}; {name} <= {shape.greatest}; {name}++)"
            return block(head, body(Val(shape, name)))
        if isinstance(shape, Member) and shape.type != BOOL:
            return block(f"for ({kind} {name} = 0; {name} < {shape.card}; {name}++)", body(Val(shape, name)))
        if shape.card is None:
            raise UnsupportedError(f"a list of all values of {element}")
        lines, bound = self.p.declare(name, self.p.unranked(shape, f"{name}_rank"))
        head = f"for (unsigned {name}_rank = 0; {name}_rank < {shape.card}; {name}_rank++)"
        return [f"{head} {{", *indented([*lines, *body(bound)]), "}"]

    def _each_integer(self, low: Val, high: Val, name: str, body: Callable[[Val], Lines]) -> Lines:
        shape = self.shape(INT)
        if (
            isinstance(low.shape, Number)
            and isinstance(high.shape, Number)
            and WORD not in (low.shape.bits, high.shape.bits)
        ):
            last = high.shape.low + high.shape.top - 1
            shape = self.shape(IntType(low.shape.low, max(last, low.shape.low)))
        head = f"for (int64_t {name} = {self.p.c(low)}, {name}_end = {self.p.c(high)}; {name} < {name}_end; {name}++)"
        return block(head, body(Val(shape, name)))

    def _leading_fields(self, record: str, name: str, given: tuple[ir.Expr, ...], scope: Scope) -> list[Val]:
        """Return the values that conditions demand of the first fields of a message, as long as they demand one.

        Only conditions that are met before any that may give up count, so that a narrowed loop misses no error.
        """
        demanded: dict[str, Val] = {}
        for condition in (c for g in given for c in conjuncts(g)):
            match condition:
                case ir.Eq(left=ir.FieldOf(target=ir.Local(name=own), name=field), right=other) if own == name:
                    pass
                case ir.Eq(left=other, right=ir.FieldOf(target=ir.Local(name=own), name=field)) if own == name:
                    pass
                case _:
                    break
            if name in free_locals(other):
                break
            value = self.value(other, scope)
            shape = self.layout.shapes.record(record).place(field).shape
            if self.definitions.fails(self.p.c(value)) or common(value.type, shape.type) != shape.type:
                break
            demanded.setdefault(field, self.p.convert(value, shape))
        fixed: list[Val] = []
        for declared in self.system.record(record).fields:
            if declared.name not in demanded:
                break
            fixed.append(demanded[declared.name])
        return fixed

    def _is_inhabited(self, expr: ir.Quantifier, generator: ir.Generator, scope: Scope) -> Val | None:
        """Return a test of a slice of bits, if an expression asks whether any message has these leading fields."""
        if expr.kind != "any" or not isinstance(generator.domain, ir.Messages):
            return None
        network, record = generator.domain.network, generator.domain.record
        conditions = tuple(c for e in (*generator.conditions, expr.body) for c in conjuncts(e))
        conditions = tuple(c for c in conditions if not (isinstance(c, ir.Const) and c.value is True))
        fixed = self._leading_fields(record, generator.variable, conditions, scope)
        if len(fixed) != len(conditions) or not isinstance(network, ir.State):
            return None
        words = scope.note(scope.before if network.old else scope.state)
        text = self.networks.any_slice(network.name, record, words, fixed)
        return None if text is None else Val(self.shape(BOOL), text)


def _bounds(name: str, a: Shape, b: Shape) -> tuple[int, int] | None:
    """Return the least and greatest result of an operation, if both operands are small."""
    if not isinstance(a, Number) or not isinstance(b, Number) or a.bits > 31 or b.bits > 31:
        return None
    lows, highs = (a.low, a.low + a.top), (b.low, b.low + b.top)
    if max(map(abs, (*lows, *highs))) > 1 << 31:
        return None
    match name:
        case "plus":
            return lows[0] + highs[0], lows[1] + highs[1]
        case "minus":
            return lows[0] - highs[1], lows[1] - highs[0]
        case "times":
            products = [x * y for x in lows for y in highs]
            return (min(products), max(products)) if max(map(abs, products)) < 1 << 31 else None
        case _:
            return None


def _nothing(expr: ir.MakeSet | ir.MakeSeq) -> Type:
    return SetType(EmptyType()) if isinstance(expr, ir.MakeSet) else SeqType(EmptyType(), 0)
