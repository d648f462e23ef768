"""Formulas of linear temporal logic over named predicates of a state, as specs write them.

There is no "next": a formula says the same of a behaviour and of one that repeats states in between, so that a step
which changes nothing can neither make it true nor false (Lamport, "What Good is Temporal Logic?", 1983).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

UnaryOperator: TypeAlias = Literal["not", "always", "eventually"]
BinaryOperator: TypeAlias = Literal["and", "or", "implies", "until", "leads_to"]


@dataclass(frozen=True, slots=True)
class Atom:
    """A predicate of a state, by its name in the model."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    operator: UnaryOperator
    operand: Formula


@dataclass(frozen=True, slots=True)
class Binary:
    """`until` is strong: the right operand becomes true. `p leads_to q` is `always (p implies eventually q)`."""

    operator: BinaryOperator
    left: Formula
    right: Formula


Formula: TypeAlias = Atom | Unary | Binary

_PRECEDENCE: dict[BinaryOperator, int] = {"leads_to": 0, "implies": 1, "or": 2, "and": 3, "until": 4}
_UNARY = 5
_RIGHT_ASSOCIATIVE = frozenset(("implies", "until"))
_LEFT_ASSOCIATIVE = frozenset(("and", "or"))


def atoms_of(formula: Formula) -> tuple[str, ...]:
    """Return the names of the predicates in a formula, each once, in the order in which they first stand there."""
    match formula:
        case Atom(name):
            return (name,)
        case Unary(_, operand):
            return atoms_of(operand)
        case Binary(_, left, right):
            return tuple(dict.fromkeys((*atoms_of(left), *atoms_of(right))))
        case _:
            assert_never(formula)


def premise_of(formula: Formula) -> Formula | None:
    """Return p of `p leads to q` and `always (p implies q)`, if p is about a single state; None for another shape.

    Where p is never true, such a formula says nothing.
    """
    match formula:
        case Binary("leads_to", premise, _) | Unary("always", Binary("implies", premise, _)) if is_of_state(premise):
            return premise
        case _:
            return None


def is_of_state(formula: Formula) -> bool:
    """Return whether a formula is about a single state: no temporal operator is in it."""
    match formula:
        case Atom():
            return True
        case Unary(operator, operand):
            return operator == "not" and is_of_state(operand)
        case Binary(operator, left, right):
            return operator in ("and", "or", "implies") and is_of_state(left) and is_of_state(right)
        case _:
            assert_never(formula)


def show_formula(formula: Formula) -> str:
    """Return a formula as a spec writes it, with no more parentheses than it needs."""
    return _show(formula, 0)


def _show(formula: Formula, weakest: int) -> str:
    """Return the text of an operand; one that binds more loosely than `weakest` is put in parentheses."""
    match formula:
        case Atom(name):
            return name
        case Unary(operator, operand):
            return f"{operator} {_show(operand, _UNARY)}"
        case Binary(operator, left, right):
            own = _PRECEDENCE[operator]
            before = _show(left, own if operator in _LEFT_ASSOCIATIVE else own + 1)
            after = _show(right, own if operator in _RIGHT_ASSOCIATIVE else own + 1)
            text = f"{before} {operator.replace('_', ' ')} {after}"
            return f"({text})" if own < weakest else text
        case _:
            assert_never(formula)
