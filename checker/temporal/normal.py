"""Negation normal form: negations stand before predicates only, and two temporal operators are left.

`until` becomes true or else is false; `release` is its dual: the right operand stays true up to and including the
moment at which the left one is, or for ever. The constructors simplify what needs no automaton to be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from checker.temporal.formula import Atom, Binary, Formula, Unary


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Literal:
    """A predicate, or its negation."""

    name: str
    is_positive: bool


@dataclass(frozen=True, slots=True)
class And:
    left: Normal
    right: Normal


@dataclass(frozen=True, slots=True)
class Or:
    left: Normal
    right: Normal


@dataclass(frozen=True, slots=True)
class Until:
    left: Normal
    right: Normal


@dataclass(frozen=True, slots=True)
class Release:
    left: Normal
    right: Normal


Normal: TypeAlias = Truth | Literal | And | Or | Until | Release

TRUE = Truth(True)
FALSE = Truth(False)


def normal_form(formula: Formula, *, negated: bool = False) -> Normal:
    """Return a formula, or its negation, in negation normal form."""
    match formula:
        case Atom(name):
            return Literal(name, not negated)
        case Unary():
            return _unary(formula, negated)
        case Binary():
            return _binary(formula, negated)
        case _:
            assert_never(formula)


def _unary(formula: Unary, negated: bool) -> Normal:
    match formula.operator:
        case "not":
            return normal_form(formula.operand, negated=not negated)
        case "always":
            inner = normal_form(formula.operand, negated=negated)
            return _until(TRUE, inner) if negated else _release(FALSE, inner)
        case "eventually":
            inner = normal_form(formula.operand, negated=negated)
            return _release(FALSE, inner) if negated else _until(TRUE, inner)
        case _:
            assert_never(formula.operator)


def _binary(formula: Binary, negated: bool) -> Normal:
    left, right = formula.left, formula.right
    match formula.operator:
        case "and":
            a, b = normal_form(left, negated=negated), normal_form(right, negated=negated)
            return _or(a, b) if negated else _and(a, b)
        case "or":
            a, b = normal_form(left, negated=negated), normal_form(right, negated=negated)
            return _and(a, b) if negated else _or(a, b)
        case "implies":
            return normal_form(Binary("or", Unary("not", left), right), negated=negated)
        case "until":
            a, b = normal_form(left, negated=negated), normal_form(right, negated=negated)
            return _release(a, b) if negated else _until(a, b)
        case "leads_to":
            answered = Binary("implies", left, Unary("eventually", right))
            return normal_form(Unary("always", answered), negated=negated)
        case _:
            assert_never(formula.operator)


def _and(left: Normal, right: Normal) -> Normal:
    if FALSE in (left, right) or _contradict(left, right):
        return FALSE
    if left in (TRUE, right):
        return right
    return left if right == TRUE else And(left, right)


def _or(left: Normal, right: Normal) -> Normal:
    if TRUE in (left, right) or _contradict(left, right):
        return TRUE
    if left in (FALSE, right):
        return right
    return left if right == FALSE else Or(left, right)


def _contradict(left: Normal, right: Normal) -> bool:
    return (
        isinstance(left, Literal)
        and isinstance(right, Literal)
        and left.name == right.name
        and left.is_positive != right.is_positive
    )


def _until(left: Normal, right: Normal) -> Normal:
    if isinstance(right, Truth) or left in (FALSE, right):
        return right
    match right:
        case Until(again) if again == left:
            return right  # p until (p until q)
        case Release(Truth(False), Until(Truth(True), _)) if left == TRUE:
            return right  # eventually always eventually q
        case _:
            return Until(left, right)


def _release(left: Normal, right: Normal) -> Normal:
    if isinstance(right, Truth) or left in (TRUE, right):
        return right
    match right:
        case Release(again) if again == left:
            return right  # p release (p release q)
        case Until(Truth(True), Release(Truth(False), _)) if left == FALSE:
            return right  # always eventually always q
        case _:
            return Release(left, right)
