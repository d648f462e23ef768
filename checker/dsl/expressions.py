"""Python expressions to typed IR expressions.

One function per kind of syntax, chosen by `match`; whatever is not listed is rejected with the reason and what to write
instead. Calls are in `calls.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from checker.diagnostics import Span
from checker.dsl import calls
from checker.dsl.registry import nearest
from checker.dsl.scope import Scope, not_none
from checker.ir.expr import (
    And,
    Arith,
    Comprehension,
    Concat,
    Const,
    Eq,
    Expr,
    FieldOf,
    Generator,
    Index,
    Ite,
    Less,
    MakeSet,
    Member,
    Not,
    Or,
    Quantifier,
    SetOp,
    Size,
    Slice,
    Subset,
    Unwrap,
)
from checker.ir.types import (
    BOOL,
    INT,
    NONE,
    NOTHING,
    BagType,
    BoolType,
    EmptyType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    NoneType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    accepts,
    join,
    record_names,
)

REJECTED: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("a lambda is allowed only as the key of min, max, minimal and maximal", "name a method of the model"),
    ast.Dict: ("dictionaries are not part of the language", "use mapping({k: v for k in Sort})"),
    ast.DictComp: ("dictionaries are not part of the language", "use mapping({k: v for k in Sort})"),
    ast.List: ("lists are not part of the language", "write Seq(a, b) for a sequence or {a, b} for a set"),
    ast.ListComp: ("list comprehensions are not part of the language", "use a set comprehension {... for ...}"),
    ast.Tuple: ("tuples are not part of the language", "declare a @record with named fields"),
    ast.GeneratorExp: ("a generator has a meaning only inside all(...) and any(...)", "use {... for ...}"),
    ast.JoinedStr: ("strings are not part of the language", "use an Enum"),
    ast.NamedExpr: ("assignment inside an expression is not part of the language", "assign on a line of its own"),
    ast.Await: ("await is not part of the language", "an action is atomic: write the steps in order"),
    ast.Yield: ("yield is not part of the language", "an action is atomic: write the steps in order"),
    ast.YieldFrom: ("yield is not part of the language", "an action is atomic: write the steps in order"),
    ast.Starred: ("starred expressions are not part of the language", "write the elements out"),
}


def compile_expr(node: ast.expr, scope: Scope, expected: Type | None = None) -> Expr:
    """Return the IR of an expression, fitted to `expected` where the place it stands in says a type.

    Raises:
        QuoraxError: M030–M059, at the innermost node that is wrong.
    """
    expr = _compile(node, scope, expected)
    return expr if expected is None else fit(expr, expected, node, scope)


def fit(expr: Expr, expected: Type, node: ast.AST, scope: Scope) -> Expr:
    """Return `expr` as a value of `expected`: empty collections and None take the type, an option is unwrapped.

    Raises:
        QuoraxError: M040, if it is of another type.
    """
    if accepts(expected, expr.type):
        return _retype(expr, expected)
    if isinstance(expr.type, OptionType) and accepts(expected, expr.type.inner):
        return Unwrap(expr.type.inner, expr, span=expr.span)
    remedy = ""
    if isinstance(expr.type, UnionType) and isinstance(expected, RecordType):
        remedy = f"test isinstance(..., {expected}) first"
    raise scope.error(
        node, "M040", f"{expected} is wanted here, this is {expr.type}", remedy or "change one of the two"
    )


def condition(node: ast.expr, scope: Scope) -> Expr:
    """Return an expression where a truth value is wanted: a bool, or a collection (true if it is not empty)."""
    expr = compile_expr(node, scope)
    match expr.type:
        case BoolType():
            return expr
        case SetType() | SeqType() | QuorumType() | BagType():
            size = Size(INT, expr, span=expr.span)
            return Not(BOOL, Eq(BOOL, size, Const(INT, 0), span=expr.span), span=expr.span)
        case OptionType() | NoneType():
            raise scope.error(node, "M041", f"{expr.type} has no truth value", "write `x is None` or `x is not None`")
        case _:
            raise scope.error(node, "M041", f"{expr.type} has no truth value", "compare it with something")


def elements(node: ast.expr, scope: Scope) -> tuple[Expr, Type]:
    """Return an expression that can be iterated, and the type of its elements.

    Raises:
        QuoraxError: M042, if it cannot be.
    """
    declared = calls.universe_of(node, scope)
    expr = declared if declared is not None else compile_expr(node, scope)
    if isinstance(expr.type, OptionType):
        expr = Unwrap(expr.type.inner, expr, span=expr.span)
    match expr.type:
        case SetType(element) | SeqType(element):
            return expr, element
        case QuorumType(_, base):
            return expr, base
        case MessageSetType() | BagType() | FifoType():
            raise scope.error(node, "M042", "a network is not iterated as a whole", "write net.of(Kind)")
        case MapType():
            raise scope.error(node, "M042", "a map is not iterated", "iterate its key domain and index the map")
        case _:
            raise scope.error(node, "M042", f"{expr.type} cannot be iterated", "iterate a Sort, a set or a sequence")


def _compile(node: ast.expr, scope: Scope, expected: Type | None) -> Expr:
    match node:
        case ast.Constant():
            return _constant(node, scope)
        case ast.Name():
            return scope.name(node)
        case ast.Attribute():
            return _attribute(node, scope)
        case ast.Subscript():
            return _subscript(node, scope)
        case ast.Compare():
            return _compare(node, scope)
        case ast.BoolOp():
            return _bool_op(node, scope)
        case ast.UnaryOp():
            return _unary(node, scope)
        case ast.BinOp():
            return _binary(node, scope, expected)
        case ast.IfExp():
            return _if_expression(node, scope, expected)
        case ast.Set():
            return _set_display(node, scope, expected)
        case ast.SetComp():
            return _set_comprehension(node, scope)
        case ast.Call():
            return calls.call(node, scope, expected)
        case _:
            message, remedy = REJECTED.get(
                type(node), (f"{type(node).__name__} is not part of the language", "see the language reference")
            )
            raise scope.error(node, "M043", message, remedy)


def _constant(node: ast.Constant, scope: Scope) -> Expr:
    span = scope.span(node)
    match node.value:
        case None:
            return Const(NONE, None, span=span)
        case bool(value):
            return Const(BOOL, value, span=span)
        case int(value):
            return Const(INT, value, span=span)
        case str():
            raise scope.error(node, "M043", "strings are not part of the language", "declare an Enum")
        case float() | complex():
            raise scope.error(node, "M043", "fractions are not part of the language", "scale to integers")
        case _:
            raise scope.error(node, "M043", f"{node.value!r} is not part of the language", "use a bool or an int")


def _attribute(node: ast.Attribute, scope: Scope) -> Expr:
    if isinstance(node.value, ast.Name) and node.value.id not in scope.locals:
        if node.value.id == scope.self_name and scope.self_name:
            return scope.member(node, old=False)
        if node.value.id == scope.old_name and scope.old_name:
            return scope.member(node, old=True)
    outside = scope.lookup(node)
    if outside is not None:
        return scope.constant(node, outside)
    target = _unwrapped(compile_expr(node.value, scope))
    return scope.narrow(FieldOf(_field_type(target, node, scope), target, node.attr, span=scope.span(node)))


def _field_type(target: Expr, node: ast.Attribute, scope: Scope) -> Type:
    names = record_names(target.type)
    if not names:
        raise scope.error(
            node, "M044", f"{target.type} has no fields", f"only records have fields such as .{node.attr}"
        )
    kind: Type | None = None
    known: list[str] = []
    for name in names:
        for field in scope.registry.records[name].fields:
            known.append(field.name)
            if field.name == node.attr:
                merged = field.type if kind is None else join(kind, field.type)
                if merged is None:
                    raise scope.error(
                        node, "M044", f"{node.attr} has another type in each of {target.type}", "test isinstance first"
                    )
                kind = merged
    if kind is None:
        remedy = nearest(node.attr, known) or f"its fields are {', '.join(dict.fromkeys(known)) or 'none'}"
        raise scope.error(node, "M044", f"{target.type} has no field {node.attr}", remedy)
    return kind


def _subscript(node: ast.Subscript, scope: Scope) -> Expr:
    target = compile_expr(node.value, scope)
    if isinstance(target.type, OptionType):
        target = Unwrap(target.type.inner, target, span=target.span)
    span = scope.span(node)
    match target.type, node.slice:
        case SeqType(), ast.Slice(lower=lower, upper=upper, step=None):
            low = None if lower is None else compile_expr(lower, scope, INT)
            high = None if upper is None else compile_expr(upper, scope, INT)
            return Slice(SeqType(target.type.element), target, low, high, span=span)
        case SeqType(element), index if not isinstance(index, ast.Slice):
            return scope.narrow(Index(element, target, compile_expr(index, scope, INT), span=span))
        case MapType(key, value), index if not isinstance(index, ast.Slice):
            return scope.narrow(Index(value, target, compile_expr(index, scope, key), span=span))
        case _:
            raise scope.error(
                node, "M045", f"{target.type} cannot be indexed like this", "index a Map by its key, a Seq by an int"
            )


def _compare(node: ast.Compare, scope: Scope) -> Expr:
    parts: list[Expr] = []
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        parts.append(_comparison(left, operator, right, node, scope))
        left = right
    return parts[0] if len(parts) == 1 else And(BOOL, tuple(parts), span=scope.span(node))


def _comparison(left: ast.expr, operator: ast.cmpop, right: ast.expr, node: ast.AST, scope: Scope) -> Expr:
    span = scope.span(node)
    match operator:
        case ast.In() | ast.NotIn():
            member = _membership(left, right, node, scope)
            return member if isinstance(operator, ast.In) else Not(BOOL, member, span=span)
        case ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot():
            if isinstance(operator, ast.Is | ast.IsNot) and not _is_none(right):
                raise scope.error(node, "M046", "`is` compares only with None", "use == or !=")
            equal = _equality(left, right, node, scope)
            return equal if isinstance(operator, ast.Eq | ast.Is) else Not(BOOL, equal, span=span)
        case ast.Lt() | ast.LtE():
            return _less(left, right, isinstance(operator, ast.Lt), node, scope)
        case ast.Gt() | ast.GtE():
            return _less(right, left, isinstance(operator, ast.Gt), node, scope)
        case _:
            raise scope.error(node, "M043", f"{type(operator).__name__} is not part of the language")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _equality(left: ast.expr, right: ast.expr, node: ast.AST, scope: Scope) -> Expr:
    first, second = compile_expr(left, scope), compile_expr(right, scope)
    if isinstance(second.type, NoneType) and isinstance(first, Unwrap):
        first = first.target  # `x is None` where x is known not to be: still a question about the option
    merged = join(first.type, second.type)
    if merged is None or (isinstance(second.type, NoneType) and not isinstance(first.type, OptionType)):
        raise scope.error(
            node, "M012", f"cannot compare {first.type} with {second.type}", "values of different types are never equal"
        )
    if isinstance(merged, BagType | MessageSetType | FifoType):
        raise scope.error(node, "M012", "networks are not compared", "compare net.of(Kind)")
    return Eq(BOOL, _retype(first, merged), _retype(second, merged), span=scope.span(node))


def _less(left: ast.expr, right: ast.expr, strict: bool, node: ast.AST, scope: Scope) -> Expr:
    first, second = (_unwrapped(compile_expr(side, scope)) for side in (left, right))
    span = scope.span(node)
    match first.type, second.type:
        case (IntType(), IntType()):
            return Less(BOOL, first, second, strict, span=span)
        case (OrderType(a), OrderType(b)) if a == b:
            return Less(BOOL, first, second, strict, span=span)
        case (SetType() | QuorumType(), SetType() | QuorumType()):
            if join(first.type, second.type) is None:
                raise scope.error(node, "M012", f"cannot compare {first.type} with {second.type}")
            return Subset(BOOL, first, second, strict, span=span)
        case (SortType(a), SortType(b)) if a == b:
            raise scope.error(
                node,
                "M013",
                f"members of the sort {a} have no order",
                f"compare with == or !=, or declare `class {a}(Order)` if the order is part of the protocol",
            )
        case _:
            raise scope.error(
                node,
                "M012",
                f"cannot compare {first.type} with {second.type}",
                "order is defined for integers, for members of one Order, and as inclusion for sets",
            )


def _unwrapped(expr: Expr) -> Expr:
    return Unwrap(expr.type.inner, expr, span=expr.span) if isinstance(expr.type, OptionType) else expr


def _membership(left: ast.expr, right: ast.expr, node: ast.AST, scope: Scope) -> Expr:
    collection = calls.universe_of(right, scope) or compile_expr(right, scope)
    match collection.type:
        case SetType(element) | SeqType(element, _) | BagType(element) | MessageSetType(element):
            inner: Type = element
        case QuorumType(_, base):
            inner = base
        case _:
            raise scope.error(
                node,
                "M047",
                f"`in` is not defined for {collection.type}",
                "use it with a set, sequence, Bag or MessageSet",
            )
    item = compile_expr(left, scope)
    if isinstance(inner, EmptyType):
        return Const(BOOL, False, span=scope.span(node))
    merged = join(inner, item.type)
    if merged is None:
        raise scope.error(node, "M012", f"{item.type} is never in {collection.type}", f"its elements are {inner}")
    return Member(BOOL, item, collection, span=scope.span(node))


def _bool_op(node: ast.BoolOp, scope: Scope) -> Expr:
    holds = isinstance(node.op, ast.And)
    parts: list[Expr] = []
    for value in node.values:
        part = condition(value, scope)
        parts.append(part)
        scope = scope.inner(narrowed=not_none(part, holds))
    return (And if holds else Or)(BOOL, tuple(parts), span=scope.span(node))


def _unary(node: ast.UnaryOp, scope: Scope) -> Expr:
    span = scope.span(node)
    match node.op:
        case ast.Not():
            return negated(condition(node.operand, scope), span)
        case ast.USub():
            operand = compile_expr(node.operand, scope, INT)
            if isinstance(operand, Const):
                return Const(INT, -operand.value, span=span)
            return Arith(INT, "-", Const(INT, 0, span=span), operand, span=span)
        case _:
            raise scope.error(node, "M043", f"{ast.unparse(node)}: this operator is not part of the language")


def negated(expr: Expr, span: Span) -> Expr:
    """Return the negation; `not S` for a collection becomes a plain comparison of its size."""
    return expr.operand if isinstance(expr, Not) else Not(BOOL, expr, span=span)


_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
_SETS = {ast.BitOr: "union", ast.BitAnd: "intersection", ast.Sub: "difference"}


def _binary(node: ast.BinOp, scope: Scope, expected: Type | None) -> Expr:
    hint = expected if isinstance(expected, SetType | SeqType) else None
    left = _unwrapped(_compile(node.left, scope, hint))
    right = _unwrapped(_compile(node.right, scope, hint))
    return operation(node.op, left, right, node, scope)


def operation(operator: ast.operator, left: Expr, right: Expr, node: ast.AST, scope: Scope) -> Expr:
    """Return `left operator right` (also for augmented assignments).

    Raises:
        QuoraxError: M048, if the operator is not defined for these types.
    """
    span = scope.span(node)
    match left.type, right.type:
        case (IntType(), IntType()) if type(operator) in _ARITHMETIC:
            return Arith(INT, _ARITHMETIC[type(operator)], left, right, span=span)  # type: ignore[arg-type]
        case (SetType() | QuorumType(), SetType() | QuorumType()) if type(operator) in _SETS:
            merged = join(left.type, right.type)
            merged = SetType(merged.base) if isinstance(merged, QuorumType) else merged
            if merged is not None:
                sides = _retype(left, merged), _retype(right, merged)
                return SetOp(merged, _SETS[type(operator)], *sides, span=span)  # type: ignore[arg-type]
        case (SeqType(), SeqType()) if isinstance(operator, ast.Add):
            merged = join(left.type, right.type)
            if isinstance(merged, SeqType):
                return Concat(SeqType(merged.element), _retype(left, merged), _retype(right, merged), span=span)
        case _:
            pass
    remedy = "orders have no arithmetic: use successor(x)" if isinstance(left.type, OrderType) else "see the reference"
    if isinstance(operator, ast.Div):
        remedy = "use // for integers"
    raise scope.error(node, "M048", f"this operator is not defined for {left.type} and {right.type}", remedy)


def _if_expression(node: ast.IfExp, scope: Scope, expected: Type | None) -> Expr:
    test = condition(node.test, scope)
    then = compile_expr(node.body, scope.inner(narrowed=not_none(test, True)), expected)
    orelse = compile_expr(node.orelse, scope.inner(narrowed=not_none(test, False)), expected)
    merged = join(then.type, orelse.type)
    if merged is None:
        raise scope.error(node, "M049", f"one branch is {then.type}, the other {orelse.type}", "give both one type")
    return Ite(merged, test, _retype(then, merged), _retype(orelse, merged), span=scope.span(node))


def _set_display(node: ast.Set, scope: Scope, expected: Type | None) -> Expr:
    element = expected.element if isinstance(expected, SetType) else None
    items = [compile_expr(item, scope, element) for item in node.elts]
    merged = join_all((i.type for i in items), node, scope)
    _require_plain(merged, node, scope)
    return MakeSet(SetType(merged), tuple(_retype(i, merged) for i in items), span=scope.span(node))


def join_all(kinds: Iterable[Type], node: ast.AST, scope: Scope) -> Type:
    """Return the type that all elements have in common.

    Raises:
        QuoraxError: M049, if they have none.
    """
    merged: Type | None = None
    for kind in kinds:
        before = merged
        merged = kind if merged is None else join(merged, kind)
        if merged is None:
            raise scope.error(node, "M049", f"elements of types {before} and {kind} in one collection")
    return NOTHING if merged is None else merged


def _set_comprehension(node: ast.SetComp, scope: Scope) -> Expr:
    made, inner = generators(node.generators, scope)
    element = compile_expr(node.elt, inner)
    _require_plain(element.type, node.elt, scope)
    return Comprehension(SetType(element.type), made, element, span=scope.span(node))


def _require_plain(kind: Type, node: ast.AST, scope: Scope) -> None:
    """Reject networks as elements: they belong to the model, and have no value of their own."""
    if isinstance(kind, MessageSetType | BagType | FifoType):
        raise scope.error(node, "M050", f"{kind} cannot be an element of a set", "collect messages: net.of(Kind)")


def generators(nodes: list[ast.comprehension], scope: Scope) -> tuple[tuple[Generator, ...], Scope]:
    """Return the generators of a comprehension and the scope its element is in.

    Raises:
        QuoraxError: M043 for async or destructuring generators, M042 for what cannot be iterated.
    """
    made: list[Generator] = []
    for node in nodes:
        if node.is_async:
            raise scope.error(node.target, "M043", "async comprehensions are not part of the language")
        if not isinstance(node.target, ast.Name):
            raise scope.error(node.target, "M043", "a generator binds one name", "name the element, use its fields")
        domain, element = elements(node.iter, scope)
        scope = scope.inner({node.target.id: element})
        conditions: list[Expr] = []
        for test in node.ifs:
            made_condition = condition(test, scope)
            conditions.append(made_condition)
            scope = scope.inner(narrowed=not_none(made_condition, True))
        made.append(Generator(node.target.id, domain, tuple(conditions)))
    return tuple(made), scope


def quantifier(kind: str, node: ast.GeneratorExp, whole: ast.AST, scope: Scope) -> Expr:
    """Return `all(...)` or `any(...)` over a generator."""
    made, inner = generators(node.generators, scope)
    body = condition(node.elt, inner)
    return Quantifier(BOOL, "all" if kind == "all" else "any", made, body, span=scope.span(whole))


def _retype(expr: Expr, expected: Type) -> Expr:
    """Give None and empty collections the type of the place they stand in."""
    match expr:
        case Const(type=NoneType()) if isinstance(expected, OptionType):
            return Const(expected, None, span=expr.span)
        case MakeSet(args=()) if isinstance(expected, SetType):
            return MakeSet(expected, (), span=expr.span)
        case _ if isinstance(expr.type, SeqType) and isinstance(expr.type.element, EmptyType):
            return calls.empty_seq(expected, expr)
        case Ite(type=kind, condition=test, then=then, orelse=orelse) if kind != expected:
            if accepts(expected, then.type) and accepts(expected, orelse.type):
                return Ite(expected, test, _retype(then, expected), _retype(orelse, expected), span=expr.span)
            return expr
        case _:
            return expr
