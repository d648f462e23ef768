"""The bodies of C functions whose result is an expression: loops for quantifiers and comprehensions, and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from checker.explicit.generate.common import common
from checker.explicit.generate.conversions import store_element
from checker.explicit.generate.text import Lines, atom, atom_of_logic, block, cost, indented, negated
from checker.explicit.generate.values import Spot, Val
from checker.explicit.shapes import Array, BitSet, ListedSet, Member, Sequence, Shape
from checker.ir import expr as ir
from checker.ir.infer import element_type
from checker.ir.logic import conjuncts
from checker.ir.types import BOOL, INT, EmptyType, IntType, MapType, QuorumType, SeqType, SetType, Type

if TYPE_CHECKING:
    from checker.explicit.generate.expressions import Expressions, Scope

Found = tuple[Lines, Shape]


class Bodies:
    """Makes the body of a function from an expression; the result is the last thing that the body does."""

    def __init__(self, expressions: Expressions) -> None:
        self.e = expressions
        self.p = expressions.p

    def body(self, expr: ir.Expr, scope: Scope) -> Found:
        """Return the lines and the shape of the result."""
        match expr:
            case ir.Let(name=name, value=value, body=body):
                return self._let(name, value, body, scope)
            case ir.Quantifier():
                return self._quantifier(expr, scope)
            case ir.Comprehension(generators=generators, element=element):
                return self._comprehension(generators, element, scope)
            case ir.Extremum():
                return self._extremum(expr, scope)
            case ir.Only(collection=collection):
                return self._only(collection, scope)
            case ir.MakeMap():
                return self._map(expr, scope)
            case ir.MakeSet(args=args):
                return self._made_set([self.e.value(a, scope) for a in args])
            case ir.MakeSeq(args=args):
                return self._made_sequence([self.e.value(a, scope) for a in args])
            case ir.SetOp() | ir.Subset():
                return self._set_operation(expr, scope)
            case ir.Concat(left=left, right=right):
                return self._concatenation(self.e.value(left, scope), self.e.value(right, scope))
            case ir.Slice():
                return self._slice(expr, scope)
            case ir.Interval(low=low, high=high):
                return self._gathered(
                    self._interval_type(low, high, scope),
                    lambda add: self.e.each(expr, "x", scope, lambda s: add(s.names["x"])),
                )
            case ir.Messages(network=ir.State(name=network, old=old), record=record):
                words = scope.note(scope.before if old else scope.state)
                shape, loop = self.e.networks.whole(network, record, words)
                return self._gathered(element_type(shape.type), loop)
            case _:
                plain = self.e.value(expr, scope)
                return self.p.returned(plain), plain.shape

    def _let(self, name: str, value: ir.Expr, body: ir.Expr, scope: Scope) -> Found:
        c_name = self.e.fresh(name, scope)
        lines, bound = self.p.declare(c_name, self.e.value(value, scope))
        rest, shape = self.body(body, scope.bind(name, bound))
        return [*lines, f"(void){c_name};", *rest], shape

    def _quantifier(self, expr: ir.Quantifier, scope: Scope) -> Found:
        is_any = expr.kind == "any"
        found = "return true;" if is_any else "return false;"

        def innermost(conditions: tuple[ir.Expr, ...], inner: Scope) -> Lines:
            tests = self._tests(conditions, inner)
            own = self.e.condition(expr.body, inner)
            tests.append(own if is_any else negated(own))
            return self._if(tests, [found])

        also = (expr.body,) if is_any else ()
        lines = self._generators(expr.generators, scope, innermost, also)
        if self.e.definitions.fails(*lines) and any(self.e.is_reordered(g.domain.type) for g in expr.generators):
            found = "is_found = true;"  # whatever the order: go on, so that nothing undefined is missed
            lines = self._generators(expr.generators, scope, innermost, also)
            return ["bool is_found = false;", *lines, f"return {'' if is_any else '!'}is_found;"], self.e.shape(BOOL)
        return [*lines, f"return {'false' if is_any else 'true'};"], self.e.shape(BOOL)

    def _tests(self, conditions: tuple[ir.Expr, ...], scope: Scope) -> Lines:
        return [self.e.condition(c, scope) for e in conditions for c in conjuncts(e) if not _is_true(c)]

    def _if(self, tests: Lines, body: Lines) -> Lines:
        """Return a statement under a conjunction, cheap tests first where the order cannot be told."""
        tests = [t for t in tests if t != "true"]
        if not tests:
            return body
        if not self.e.definitions.fails(*tests):
            tests = sorted(tests, key=cost)
        return block(f"if ({' && '.join(map(atom_of_logic, tests) if len(tests) > 1 else tests)})", body)

    def _generators(
        self,
        generators: tuple[ir.Generator, ...],
        scope: Scope,
        innermost: Callable[[tuple[ir.Expr, ...], Scope], Lines],
        also: tuple[ir.Expr, ...] = (),
    ) -> Lines:
        """Return nested loops; the last one's conditions are left to `innermost`, before which `also` is demanded."""
        first, rest = generators[0], generators[1:]

        def inside(inner: Scope) -> Lines:
            if not rest:
                return innermost(first.conditions, inner)
            return self._if(self._tests(first.conditions, inner), self._generators(rest, inner, innermost, also))

        given = (*first.conditions, *(also if not rest else ()))
        return self.e.each(first.domain, first.variable, scope, inside, given)

    def _comprehension(self, generators: tuple[ir.Generator, ...], element: ir.Expr, scope: Scope) -> Found:
        kind = self._element_type(generators, element, scope)

        def loop(add: Callable[[Val], Lines]) -> Lines:
            def innermost(conditions: tuple[ir.Expr, ...], inner: Scope) -> Lines:
                return self._if(self._tests(conditions, inner), add(self.e.value(element, inner)))

            return self._generators(generators, scope, innermost)

        return self._gathered(kind, loop)

    def _element_type(self, generators: tuple[ir.Generator, ...], element: ir.Expr, scope: Scope) -> Type:
        """Return the type of the values of a comprehension, found by compiling it once for its type alone."""
        found: list[Type] = []

        def innermost(_: tuple[ir.Expr, ...], inner: Scope) -> Lines:
            found.append(self.e.value(element, inner).type)
            return []

        self._generators(generators, scope, innermost)
        kind = found[0] if found else EmptyType()
        for other in found[1:]:
            kind = common(kind, other)
        return kind

    def _gathered(self, kind: Type, loop: Callable[[Callable[[Val], Lines]], Lines]) -> Found:
        """Return the body that gathers a set in a variable."""
        shape = self.e.shape(SetType(kind))
        assert isinstance(shape, BitSet | ListedSet)
        inner = shape.element
        lines = loop(lambda value: self.p.include("found", shape, self.p.convert(value, inner)))
        return [self.p.empty("found", shape), *lines, "return found;"], shape

    def _interval_type(self, low: ir.Expr, high: ir.Expr, scope: Scope) -> Type:
        first, last = self.e.value(low, scope).type, self.e.value(high, scope).type
        if (
            isinstance(first, IntType)
            and isinstance(last, IntType)
            and isinstance(first.low, int)
            and isinstance(last.high, int)
        ):
            return IntType(first.low, max(first.low, last.high - 1))
        return INT

    def _extremum(self, expr: ir.Extremum, scope: Scope) -> Found:
        """Find the best key and the elements that have it; several are a tie unless all are wanted."""
        collection = self.e.value(expr.collection, scope) if not _is_lazy(expr.collection) else None
        kind = self._collected_type(expr.collection, collection, scope)
        if isinstance(kind, EmptyType):
            assert collection is not None
            nothing, shape = self._extremum_of_nothing(expr, scope)
            return [*self.p.discarded(collection), *nothing], shape
        shape = self.e.shape(SetType(kind) if expr.all_of else kind)
        key_shape: list[Shape] = []

        def weigh(inner: Scope) -> Lines:
            element = inner.names[expr.variable]
            key = element if expr.key is None else self.e.value(expr.key, inner)
            key_shape.append(key.shape)
            text = self.p.c(key)
            better = f"!is_found || key {'>' if expr.greatest else '<'} best_key"
            keep = self._kept(expr, shape, element)
            tie = self._tied(expr, shape, element)
            return [
                f"const {self.p.ctype(key.shape)} key = {text};",
                *block(f"if ({better})", ["is_found = true;", "best_key = key;", *keep]),
                *(block("else if (key == best_key)", tie) if tie else []),
            ]

        loop = self.e.each(expr.collection, expr.variable, scope, weigh)
        key_type = self.p.ctype(key_shape[0]) if key_shape else "uint64_t"
        head = [
            "bool is_found = false, is_tied = false;" if not expr.all_of else "bool is_found = false;",
            f"{key_type} best_key = 0;",
        ]
        lines = [*head, self._variable("best", shape), *loop]
        if expr.all_of:
            return [*lines, "(void)is_found;", "return best;"], shape
        return self._extremum_end(expr, shape, lines, scope)

    def _variable(self, name: str, shape: Shape) -> str:
        return f"{self.p.ctype(shape)} {name} = {'{{0}}' if shape.is_wide else 0};"

    def _kept(self, expr: ir.Extremum, shape: Shape, element: Val) -> Lines:
        if expr.all_of:
            clear = "memset(&best, 0, sizeof best);" if shape.is_wide else "best = 0;"
            return [clear, *self.p.include("best", shape, element)]
        if shape.is_wide:
            return ["is_tied = false;", *self.p.copy("best.w", self.p.c(element), shape.words)]
        return ["is_tied = false;", f"best = {self.p.c(element)};"]

    def _tied(self, expr: ir.Extremum, shape: Shape, element: Val) -> Lines:
        if expr.all_of:
            return self.p.include("best", shape, element)
        best = Val(shape, "best.w" if shape.is_wide else "best")
        return [f"is_tied |= !({self.p.equal(best, element)});"]

    def _extremum_end(self, expr: ir.Extremum, shape: Shape, lines: Lines, scope: Scope) -> Found:
        best = Val(shape, "best.w" if shape.is_wide else "best")
        if expr.default is None:
            return [*lines, "qx_want(is_found && !is_tied);", "return best;"], shape
        default = self.e.value(expr.default, scope)
        whole = self.e.shape(common(shape.type, default.type))
        lines = [*lines, "if (!is_found) {", *indented(self.p.returned(self.p.convert(default, whole))), "}"]
        return [*lines, "qx_want(!is_tied);", *self.p.returned(self.p.convert(best, whole))], whole

    def _extremum_of_nothing(self, expr: ir.Extremum, scope: Scope) -> Found:
        if expr.all_of:
            shape = self.e.shape(SetType(EmptyType()))
            return self.p.returned(self.p.zero(shape)), shape
        if expr.default is not None:
            return self.body(expr.default, scope)
        shape = self.e.shape(EmptyType())
        return ["qx_want(false);", *self.p.returned(self.p.zero(shape))], shape

    def _collected_type(self, collection: ir.Expr, value: Val | None, scope: Scope) -> Type:
        """Return the type of the elements of a collection."""
        match collection:
            case ir.Interval():
                found: list[Type] = []

                def note(inner: Scope) -> Lines:
                    found.append(inner.names["x"].type)
                    return []

                self.e.each(collection, "x", scope, note)
                return found[0]
            case ir.Messages(record=_) | ir.Universe():
                return self.p.shapes.close(element_type(collection.type))
            case _:
                assert value is not None
                return element_type(value.type)

    def _only(self, collection: ir.Expr, scope: Scope) -> Found:
        value = None if _is_lazy(collection) else self.e.value(collection, scope)
        kind = self._collected_type(collection, value, scope)
        if isinstance(kind, EmptyType):
            shape = self.e.shape(kind)
            nothing = [] if value is None else self.p.discarded(value)
            return [*nothing, "qx_want(false);", *self.p.returned(self.p.zero(shape))], shape
        shape = self.e.shape(kind)
        single = Val(shape, "single.w" if shape.is_wide else "single")

        def count(inner: Scope) -> Lines:
            element = inner.names["x"]
            keep = (
                self.p.copy("single.w", self.p.c(element), shape.words)
                if shape.is_wide
                else [f"single = {self.p.c(element)};"]
            )
            return [f"qx_want(!is_found || {self.p.equal(single, element)});", "is_found = true;", *keep]

        loop = self.e.each(collection, "x", scope, count)
        return [
            "bool is_found = false;",
            self._variable("single", shape),
            *loop,
            "qx_want(is_found);",
            "return single;",
        ], shape

    def _map(self, expr: ir.MakeMap, scope: Scope) -> Found:
        assert isinstance(expr.type, MapType)
        key = expr.type.key
        c_name = self.e.fresh(expr.variable, scope)
        found: list[Shape] = []

        def note(v: Val) -> Lines:
            found.append(self.e.value(expr.value, scope.bind(expr.variable, v)).shape)
            return []

        self.e.each_member(key, c_name, note)
        shape = self.e.shape(MapType(self.p.shapes.close(key), found[0].type))
        assert isinstance(shape, Array)

        def entry(v: Val) -> Lines:
            value = self.e.value(expr.value, scope.bind(expr.variable, v))
            at = self._key_place(v)
            if shape.is_wide:
                return self.p.put(Spot("made.w", 0, (f"{at} * {shape.stride}",)), value)
            return [f"made |= {atom(self.p.code(value))} << ({shape.count - 1} - {at}) * {shape.stride};"]

        loop = self.e.each_member(key, c_name, entry)
        return [self._variable("made", shape), *loop, "return made;"], shape

    def _key_place(self, value: Val) -> str:
        return f"(unsigned){atom(self.p.code(value))}"

    def _made_set(self, values: list[Val]) -> Found:
        kind: Type = EmptyType()
        for value in values:
            kind = common(kind, value.type)
        return self._gathered(kind, lambda add: [line for v in values for line in add(v)])

    def _made_sequence(self, values: list[Val]) -> Found:
        kind: Type = EmptyType()
        for value in values:
            kind = common(kind, value.type)
        shape = self.e.shape(SeqType(kind, len(values)))
        assert isinstance(shape, Sequence)
        lines = [self._variable("made", shape)]
        for i, value in enumerate(values):
            lines += store_element(self.p, "made", shape, str(i), self.p.convert(value, shape.element))
        if shape.is_wide:
            lines.append(f"made.w[0] = {len(values)};")
        return [*lines, "return made;"], shape

    def _set_operation(self, expr: ir.SetOp | ir.Subset, scope: Scope) -> Found:
        left, right = (self._as_set(self.e.value(e, scope)) for e in (expr.left, expr.right))
        shape = self.e.shape(common(left.type, right.type))
        left, right = self.p.convert(left, shape), self.p.convert(right, shape)
        if isinstance(expr, ir.Subset):
            return self._subset(left, right, is_strict=expr.strict), self.e.shape(BOOL)
        if not shape.is_wide:
            sign = {"union": "|", "intersection": "&", "difference": "& ~"}[expr.operator]
            return [
                f"return {atom(self.p.c(left))} {sign}{'' if sign[-1] == '~' else ' '}{atom(self.p.c(right))};"
            ], shape
        lines, a = self.p.declare("left", left)
        more, b = self.p.declare("right", right)
        return [*lines, *more, *self._combined(expr.operator, shape, a, b), "return made;"], shape

    def _as_set(self, value: Val) -> Val:
        match value.shape:
            case Member(type=QuorumType(_, base)):
                return self.p.convert(value, self.e.shape(SetType(base)))
            case _:
                return value

    def _combined(self, operator: str, shape: Shape, a: Val, b: Val) -> Lines:
        if isinstance(shape, BitSet):
            sign = {"union": "|", "intersection": "&", "difference": "& ~"}[operator]
            return [
                f"{self.p.ctype(shape)} made;",
                f"for (unsigned i = 0; i < {shape.words}; i++)",
                f"    made.w[i] = {a.text}[i] {sign}{'' if sign[-1] == '~' else ' '}{b.text}[i];",
            ]

        def add(x: Val) -> Lines:
            return self.p.include("made", shape, x)

        made = self.p.empty("made", shape)
        if operator == "union":
            return [made, *self.p.loop(a, "x", add), *self.p.loop(b, "y", lambda y: self.p.include("made", shape, y))]

        def wanted(x: Val) -> str:
            test = self.p.includes(b, x)
            return test if operator == "intersection" else negated(test)

        return [made, *self.p.loop(a, "x", lambda x: block(f"if ({wanted(x)})", add(x)))]

    def _subset(self, left: Val, right: Val, *, is_strict: bool) -> Lines:
        shape = left.shape
        if not shape.is_wide:
            a, b = atom(self.p.c(left)), atom(self.p.c(right))
            return [f"return ({a} & ~{b}) == 0{f' && {a} != {b}' if is_strict else ''};"]
        lines, a_value = self.p.declare("left", left)
        more, b_value = self.p.declare("right", right)
        if isinstance(shape, BitSet):
            inside = [f"if (!qx_within({a_value.text}, {b_value.text}, {shape.words}))", "    return false;"]
        else:
            inside = self.p.loop(a_value, "x", lambda x: [f"if (!{self.p.includes(b_value, x)})", "    return false;"])
        differ = f"!qx_same({a_value.text}, {b_value.text}, {shape.words})"
        return [*lines, *more, *inside, f"return {differ};" if is_strict else "return true;"]

    def _concatenation(self, left: Val, right: Val) -> Found:
        n, m = _capacity(left), _capacity(right)
        shape = self.e.shape(SeqType(common(element_type(left.type), element_type(right.type)), n + m))
        assert isinstance(shape, Sequence)
        inner = shape.element
        lines = [self._variable("made", shape), "unsigned at = 0;"]
        for value, name in ((left, "x"), (right, "y")):
            lines += self.p.loop(
                value, name, lambda x: [*store_element(self.p, "made", shape, "at", self.p.convert(x, inner)), "at++;"]
            )
        lines.append("made.w[0] = at;" if shape.is_wide else "(void)at;")
        return [*lines, "return made;"], shape

    def _slice(self, expr: ir.Slice, scope: Scope) -> Found:
        value = self.e.value(expr.sequence, scope)
        shape = value.shape
        assert isinstance(shape, Sequence)
        head, whole = self.p.declare("whole", value)
        length = self.p.length(whole)
        low = "0" if expr.low is None else self.p.c(self.e.value(expr.low, scope))
        high = f"(int64_t){length}" if expr.high is None else self.p.c(self.e.value(expr.high, scope))
        lines = [
            *head,
            f"(void){whole.text.removesuffix('.w')};",
            f"const int64_t low = {low}, high = {high};",
            f"qx_want(0 <= low && low <= high && high <= (int64_t){length});",
            self._variable("made", shape),
        ]
        if shape.capacity and not isinstance(shape.element.type, EmptyType):
            part = self.p.element(whole, "(unsigned)i")
            put = store_element(self.p, "made", shape, "(unsigned)(i - low)", part)
            lines += block("for (int64_t i = low; i < high; i++)", put)
        if shape.is_wide:
            lines.append("made.w[0] = (uint64_t)(high - low);")
        return [*lines, "return made;"], shape


def _capacity(value: Val) -> int:
    assert isinstance(value.shape, Sequence)
    return value.shape.capacity


def _is_lazy(collection: ir.Expr) -> bool:
    """Return whether a collection is gone through without being made."""
    return isinstance(collection, ir.Interval | ir.Messages | ir.Universe)


def _is_true(expr: ir.Expr) -> bool:
    return isinstance(expr, ir.Const) and expr.value is True
