"""Rewriting expressions to shorter ones with the same value, or the same lack of one.

The rules are local and are applied from the leaves up until none fits, so that simplifying twice changes nothing. None
drops an expression that would have been evaluated unless it is always defined, and none moves one to where it would be
evaluated before what makes it defined: `False and x` is False, `x and False` is so only if x is always defined. Which
undefined expression is reached first may change; whether one is reached does not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from checker.ir.definedness import Definedness
from checker.ir.expr import (
    And,
    Arith,
    Comprehension,
    Concat,
    Const,
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
    Not,
    Only,
    Or,
    Quantifier,
    SetOp,
    Size,
    Slice,
    Subset,
    Universe,
    Unwrap,
)
from checker.ir.logic import FALSE, TRUE, conjunction, disjunction, integer, negation
from checker.ir.system import System
from checker.ir.types import (
    INT,
    BoolType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SetType,
    Type,
    accepts,
)
from checker.ir.walk import free_locals, map_children, map_statements, substitute, walk


def simplify(expr: Expr, system: System) -> Expr:
    """Return an expression of the same type with the same value or error in every state, simplified."""
    return _Simplifier(system).of(expr)


def simplify_system(system: System) -> System:
    """Return `system` with its functions, actions and properties simplified.

    The initial actions stay as they are: in them even reading a variable may be undefined.
    """
    rules = _Simplifier(system)
    return replace(
        system,
        functions=tuple(replace(f, body=rules.of(f.body)) for f in system.functions),
        actions=tuple(replace(a, body=map_statements(a.body, rules.of)) for a in system.actions),
        properties=tuple(replace(p, body=rules.of(p.body)) for p in system.properties),
    )


class _Simplifier:
    """The rules. Each returns what an expression becomes, given simplified parts, or None where it does not apply."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._is_certain = Definedness(system).is_certain

    def of(self, expr: Expr) -> Expr:
        expr = map_children(expr, self.of)
        new = self._rule(expr)
        if new is None or new == expr:
            return expr
        typed = _typed(new, expr.type)
        return expr if typed is None else self.of(typed)

    def _rule(self, expr: Expr) -> Expr | None:
        match expr:
            case And():
                return self._connective(expr, conjunction, FALSE)
            case Or():
                return self._connective(expr, disjunction, TRUE)
            case Not():
                return _negated(expr.operand)
            case Eq() | Less() | Subset():
                return self._comparison(expr)
            case Arith():
                return self._arithmetic(expr)
            case Ite():
                return self._choice(expr)
            case Let():
                return self._let(expr)
            case Quantifier() | Comprehension():
                return self._over(expr)
            case Member() | SetOp() | Size() | Only() | Extremum() | MakeSet():
                return self._collection(expr)
            case Concat() | Slice():
                return _sequence(expr)
            case Index() | FieldOf() | IsVariant() | Unwrap():
                return self._access(expr)
            case _:
                return None

    def _connective(self, expr: And | Or, make: Callable[[tuple[Expr, ...]], Expr], last: Expr) -> Expr:
        """`a and a` is a, `a and not a` is `a and False`; what stands before a final False goes if it is defined."""
        folded = make(expr.operands)
        if not isinstance(folded, And | Or) or type(folded) is not type(expr):
            return folded
        kept: list[Expr] = []
        for operand in folded.operands:
            kept.append(last if _opposite(operand) in kept else operand)
        while len(kept) > 1 and kept[-1] == last and self._is_certain(kept[-2]):
            del kept[-2]
        return make(tuple(kept))

    def _comparison(self, expr: Eq | Less | Subset) -> Expr | None:
        left, right = expr.left, expr.right
        is_strict = not isinstance(expr, Eq) and expr.strict
        if isinstance(left, Const) and isinstance(right, Const):
            return _truth(_compare(expr, left.value, right.value))
        if left == right and self._is_certain(left):
            return _truth(not is_strict)
        match expr:
            case Eq(left=one, right=Const(value=bool(value))) | Eq(left=Const(value=bool(value)), right=one):
                if isinstance(one.type, BoolType):
                    return one if value else negation(one)
            case Eq(left=one, right=Const(value=None)) | Eq(left=Const(value=None), right=one):
                if not isinstance(one.type, OptionType) and self._is_certain(one):
                    return FALSE
            case Subset() if not is_strict and _is_empty(left) and self._is_certain(right):
                return TRUE
            case Subset() if is_strict and _is_empty(right) and self._is_certain(left):
                return FALSE
            case _:
                pass
        return None

    def _arithmetic(self, expr: Arith) -> Expr | None:
        match expr:
            case Arith(operator=operator, left=Const(value=a), right=Const(value=b)) if b != 0 or operator in "+-*":
                return integer(_ARITHMETIC[operator](a, b))
            case Arith(operator="+" | "-" as operator, left=left, right=Const(value=offset)):
                return _shifted(left, offset if operator == "+" else -offset)
            case Arith(operator="+", left=Const(value=offset), right=right):
                return _shifted(right, offset)
            case Arith(operator="*" | "//", left=one, right=Const(value=1)):
                return one
            case Arith(operator="*", left=Const(value=1), right=one):
                return one
            case Arith(operator="*", left=one, right=Const(value=0)) if self._is_certain(one):
                return integer(0)
            case Arith(operator="*", left=Const(value=0), right=one) if self._is_certain(one):
                return integer(0)
            case Arith(operator="%", left=one, right=Const(value=1)) if self._is_certain(one):
                return integer(0)
            case _:
                return None

    def _choice(self, expr: Ite) -> Expr | None:
        match expr:
            case Ite(condition=Const(value=value), then=then, orelse=orelse):
                return then if value else orelse
            case Ite(condition=Not(operand=condition), then=then, orelse=orelse):
                return Ite(expr.type, condition, orelse, then, span=expr.span)
            case Ite(condition=condition, then=Ite(condition=again, then=then)) if again == condition:
                return replace(expr, then=then)
            case Ite(condition=condition, orelse=Ite(condition=again, orelse=orelse)) if again == condition:
                return replace(expr, orelse=orelse)
            case Ite(condition=condition, then=then, orelse=orelse) if then == orelse:
                return then if self._is_certain(condition) else None
            case Ite(type=BoolType(), condition=condition, then=Const(value=value), orelse=orelse):
                return disjunction((condition, orelse)) if value else conjunction((_opposite(condition), orelse))
            case Ite(type=BoolType(), condition=condition, then=then, orelse=Const(value=value)):
                return disjunction((_opposite(condition), then)) if value else conjunction((condition, then))
            case _:
                return None

    def _let(self, expr: Let) -> Expr | None:
        name, value, body = expr.name, expr.value, expr.body
        match value, body:
            case _, Local(name=used) if used == name:
                return value
            case Local(name=other), _:
                return substitute(body, {name: other})
            case Const() | Given(), _ if all(
                e.type == value.type for e in walk(body) if isinstance(e, Local) and e.name == name
            ):
                return substitute(body, {name: value})
            case _ if name not in free_locals(body) and self._is_certain(value):
                return body
            case _:
                return None

    def _over(self, expr: Quantifier | Comprehension) -> Expr | None:
        """Generators over nothing and over one element; bodies that say nothing."""
        for position, generator in enumerate(expr.generators):
            before = expr.generators[:position]
            if any(isinstance(c, Const) and c.value for c in generator.conditions):
                kept = tuple(c for c in generator.conditions if c != TRUE)
                after = expr.generators[position + 1 :]
                return replace(expr, generators=(*before, replace(generator, conditions=kept), *after))
            if self._admits_nothing(generator) and self._is_certain(Quantifier(TRUE.type, "all", before, TRUE)):
                return _over_nothing(expr)
            if isinstance(generator.domain, MakeSet) and len(generator.domain.args) == 1:
                single = _over_one(expr, position, generator.domain.args[0])
                if single is not None:
                    return single
        match expr:
            case Quantifier(body=body) if body == _over_nothing(expr) and self._is_certain(expr):
                return body
            case Comprehension(generators=(Generator(name, domain, ()),), element=Local(name=element)):
                return domain if element == name else None
            case _:
                return None

    def _admits_nothing(self, generator: Generator) -> bool:
        """Return whether nothing comes from a generator, and finding that out cannot be undefined."""
        if _is_empty(generator.domain):
            return True
        return generator.conditions[:1] == (FALSE,) and self._is_certain(generator.domain)

    def _collection(self, expr: Member | SetOp | Size | Only | Extremum | MakeSet) -> Expr | None:
        match expr:
            case Member():
                return self._member(expr)
            case SetOp():
                return self._set_operation(expr)
            case Size(collection=Const(value=value)):
                return integer(len(value))
            case Size(collection=MakeSeq(args=args) | MakeSet(args=args) as collection):
                is_known = isinstance(collection, MakeSeq) or len(args) <= 1
                return integer(len(args)) if is_known and all(map(self._is_certain, args)) else None
            case Only(collection=MakeSet(args=(one,))):
                return one
            case Extremum(collection=collection) if _is_empty(collection):
                return MakeSet(expr.type, ()) if expr.all_of else expr.default
            case Extremum(collection=MakeSet(args=(one,)), key=key) if key is None or self._is_certain(key):
                return expr.collection if expr.all_of else one
            case MakeSet(args=args):
                return replace(expr, args=tuple(dict.fromkeys(args)))
            case _:
                return None

    def _member(self, expr: Member) -> Expr | None:
        match expr:
            case Member(element=Const(value=element), collection=Const(value=values)):
                return _truth(element in values)
            case Member(element=element, collection=collection) if _is_empty(collection):
                return FALSE if self._is_certain(element) else None
            case Member(element=element, collection=MakeSet(args=(one,))):
                return Eq(expr.type, element, one, span=expr.span)
            case Member(element=element, collection=Universe(type=SetType(kind))) if element.type == kind:
                return TRUE if self._is_certain(element) else None
            case _:
                return None

    def _set_operation(self, expr: SetOp) -> Expr | None:
        left, right = expr.left, expr.right
        nothing = MakeSet(expr.type, ())
        both_certain = self._is_certain(left) and self._is_certain(right)
        match expr.operator:
            case "union":
                return right if _is_empty(left) else left if _is_empty(right) or left == right else None
            case "intersection":
                if (_is_empty(left) or _is_empty(right)) and both_certain:
                    return nothing
                return left if left == right else None
            case "difference":
                if (_is_empty(left) or left == right) and both_certain:
                    return nothing
                return left if _is_empty(right) else None

    def _access(self, expr: Index | FieldOf | IsVariant | Unwrap) -> Expr | None:
        match expr:
            case Index(target=MakeMap(type=MapType(domain, _), variable=name, value=value), key=key):
                is_total = not isinstance(domain, IntType) and self._is_certain(value)
                return Let(value.type, name, key, value, span=expr.span) if is_total else None
            case Index(target=MakeSeq(args=args), key=Const(value=place)) if 0 <= place < len(args):
                return args[place] if all(map(self._is_certain, args)) else None
            case FieldOf(target=Make(type=RecordType(record), args=args) as made, name=name):
                place = self._place(record, name)
                return args[place] if place is not None and self._is_certain(made) else None
            case FieldOf(target=Const(value=(record, *values)), name=name):
                place = self._place(record, name)
                return None if place is None else Const(expr.type, values[place], span=expr.span)
            case IsVariant(target=Const(value=value), record=record):
                return _truth(value is not None and value[0] == record)
            case IsVariant(target=target) if isinstance(target.type, RecordType):
                return TRUE if self._is_certain(target) else None
            case Unwrap(target=Const(value=value)) if value is not None:
                return Const(expr.type, value, span=expr.span)
            case _:
                return None

    def _place(self, record: str, name: str) -> int | None:
        fields = [f.name for f in self._system.record(record).fields]
        return fields.index(name) if name in fields else None


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}


def _typed(new: Expr, kind: Type) -> Expr | None:
    """Return `new` as an expression of type `kind`, or None if it is of another and cannot be told."""
    if accepts(kind, new.type) and accepts(new.type, kind):
        return new
    is_literal = isinstance(new, Const) or (isinstance(new, MakeSet) and isinstance(kind, SetType))
    return replace(new, type=kind) if is_literal and accepts(kind, new.type) else None


def _negated(operand: Expr) -> Expr | None:
    match operand:
        case Const() | Not():
            return negation(operand)
        case Less(left=left, right=right, strict=strict):  # integers and orders are total
            return Less(operand.type, right, left, not strict, span=operand.span)
        case _:
            return None


def _opposite(expr: Expr) -> Expr:
    return _negated(expr) or negation(expr)


def _truth(value: bool) -> Expr:
    return TRUE if value else FALSE


def _compare(expr: Eq | Less | Subset, left: Any, right: Any) -> bool:
    if isinstance(expr, Eq):
        return bool(left == right)
    return bool(left < right if expr.strict else left <= right)


def _shifted(expr: Expr, offset: int) -> Expr:
    """Return `expr + offset`, for the sum of all constants added to it so far."""
    match expr:
        case Arith(operator="+", left=left, right=Const(value=first)):
            expr, offset = left, offset + first
        case Arith(operator="-", left=left, right=Const(value=first)):
            expr, offset = left, offset - first
        case _:
            pass
    if offset == 0:
        return expr
    return Arith(INT, "+" if offset > 0 else "-", expr, integer(abs(offset)), span=expr.span)


def _is_empty(expr: Expr) -> bool:
    match expr:
        case MakeSet(args=()) | MakeSeq(args=()):
            return True
        case Const(value=frozenset() | tuple() as value):
            return len(value) == 0
        case Interval(low=Const(value=low), high=Const(value=high)):
            return bool(low >= high)
        case _:
            return False


def _over_nothing(expr: Quantifier | Comprehension) -> Expr:
    if isinstance(expr, Comprehension):
        return MakeSet(expr.type, ())
    return _truth(expr.kind == "all")


def _over_one(expr: Quantifier | Comprehension, position: int, value: Expr) -> Expr | None:
    """Return `expr` without the generator at `position`, whose domain has the single element `value`."""
    before, generator, after = expr.generators[:position], expr.generators[position], expr.generators[position + 1 :]
    if isinstance(expr, Comprehension):
        if before or after or generator.conditions:
            return None
        return Let(expr.type, generator.variable, value, MakeSet(expr.type, (expr.element,)), span=expr.span)
    inner = replace(expr, generators=after) if after else expr.body
    admitted = conjunction(generator.conditions)
    if expr.kind == "all":
        admitted = negation(admitted)
    inner = (disjunction if expr.kind == "all" else conjunction)((admitted, inner))
    inner = Let(expr.type, generator.variable, value, inner, span=expr.span)
    return replace(expr, generators=before, body=inner) if before else inner


def _sequence(expr: Concat | Slice) -> Expr | None:
    match expr:
        case Concat(left=MakeSeq(args=first), right=MakeSeq(args=second)):
            return MakeSeq(expr.type, (*first, *second), span=expr.span)
        case Concat(left=left, right=right):
            return right if _is_empty(left) else left if _is_empty(right) else None
        case Slice(sequence=sequence, low=None | Const(value=0), high=None):
            return sequence
        case _:
            return None
