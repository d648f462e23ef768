"""Connectives that fold the constants they meet, for expressions that passes generate.

An operand is dropped only where it would not have been evaluated, or is constant: what follows a false operand of a
conjunction, never what comes before it.
"""

from __future__ import annotations

from collections.abc import Iterable

from checker.ir.expr import And, Const, Eq, Expr, Less, Not, Or
from checker.ir.types import BOOL, INT

TRUE = Const(BOOL, True)
FALSE = Const(BOOL, False)


def conjunction(operands: Iterable[Expr]) -> Expr:
    """Return `a and b and …` without constants where they can go; True for nothing."""
    kept = _kept(operands, And, FALSE)
    return TRUE if not kept else kept[0] if len(kept) == 1 else And(BOOL, kept)


def disjunction(operands: Iterable[Expr]) -> Expr:
    """Return `a or b or …` without constants where they can go; False for nothing."""
    kept = _kept(operands, Or, TRUE)
    return FALSE if not kept else kept[0] if len(kept) == 1 else Or(BOOL, kept)


def negation(operand: Expr) -> Expr:
    """Return `not operand`, without a double negation."""
    match operand:
        case Const(value=value):
            return FALSE if value else TRUE
        case Not(operand=inner):
            return inner
        case _:
            return Not(BOOL, operand)


def implication(premise: Expr, conclusion: Expr) -> Expr:
    """Return `not premise or conclusion`, without what the premise says already; True if nothing is left.

    The premise has to be defined.
    """
    known = conjuncts(premise)
    left = conjunction(c for c in conjuncts(conclusion) if c not in known)
    return TRUE if left == TRUE else disjunction((negation(premise), left))


def conjuncts(expr: Expr) -> tuple[Expr, ...]:
    """Return the operands of a conjunction, or the expression alone if it is none."""
    return expr.operands if isinstance(expr, And) else (expr,)


def is_none(expr: Expr) -> Expr:
    """Return `expr is None`."""
    return Eq(BOOL, expr, Const(expr.type, None))


def at_most(left: Expr, right: Expr) -> Expr:
    """Return `left <= right`, of integers."""
    if isinstance(left, Const) and isinstance(right, Const):
        return TRUE if left.value <= right.value else FALSE
    return Less(BOOL, left, right, strict=False)


def integer(value: int) -> Expr:
    """Return a literal."""
    return Const(INT, value)


def _kept(operands: Iterable[Expr], connective: type[And] | type[Or], last: Expr) -> tuple[Expr, ...]:
    """Return the operands to keep, nested ones of the same kind laid open; `last` is the constant that decides.

    An operand that stands there already is not kept: where it would be evaluated its value is known.
    """
    kept: list[Expr] = []
    for operand in operands:
        parts = operand.operands if isinstance(operand, And | Or) and type(operand) is connective else (operand,)
        for part in parts:
            if part in kept or (isinstance(part, Const) and part != last):
                continue
            kept.append(part)
            if part == last:
                return tuple(kept)
    return tuple(kept)
