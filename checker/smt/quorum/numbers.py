"""Builds numbers and sets from syntax trees: what is a set, what is a number, and what is linear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias

from checker.diagnostics import QuoraxError, error
from checker.smt.quorum.syntax import Statement
from checker.smt.quorum.terms import (
    SIZE_OF_ALL,
    Add,
    Both,
    Comparison,
    Either,
    Everyone,
    Not,
    Number,
    Parameter,
    Quotient,
    Relation,
    Scaled,
    SetTerm,
    Size,
    System,
    Term,
)

if TYPE_CHECKING:
    from lark import Token, Tree

    Node: TypeAlias = Tree[Token]

_RELATIONS: dict[str, Relation] = {
    "<": "<",
    "<=": "<=",
    "≤": "<=",
    "=": "=",
    "==": "=",
    "!=": "!=",
    "≠": "!=",
    ">=": ">=",
    "≥": ">=",
    ">": ">",
}

_SET_RULES = ("or", "and", "minus", "not", "everyone")


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the expressions of one statement. `sets` and `systems` are what its names may mean besides parameters."""

    statement: Statement
    sets: Mapping[str, SetTerm]
    systems: Mapping[str, System]

    def comparisons(self, node: Node) -> tuple[Comparison, ...]:
        """Return a chain of comparisons, `1 <= f < n`, as its links."""
        parts: list[Any] = list(node.children)
        terms = [self.number(part) for part in parts[::2]]
        return tuple(Comparison(terms[i], relation(sign), terms[i + 1]) for i, sign in enumerate(parts[1::2]))

    def set(self, node: Node) -> SetTerm:
        """Return the set that an expression is.

        Raises:
            QuoraxError: Q004 for a name that is no set, Q005 for a number.

        """
        parts: list[Any] = node.children
        match node.data:
            case "name":
                return self._named(node)
            case "everyone":
                return Everyone()
            case "not":
                return Not(self.set(parts[0]))
            case "and":
                return Both(self.set(parts[0]), self.set(parts[1]))
            case "or":
                return Either(self.set(parts[0]), self.set(parts[1]))
            case "minus":
                return Both(self.set(parts[0]), Not(self.set(parts[1])))
            case _:
                span = self.statement.span(node)
                raise error(span, "Q005", "a set is wanted, this is a number", f"sets are {self._known_sets()}")

    def number(self, node: Node) -> Term:
        """Return the number that an expression is.

        Raises:
            QuoraxError: Q005 for a set, Q006 for what is not linear.

        """
        parts: list[Any] = node.children
        match node.data:
            case "number":
                return Number(integer(parts[0]))
            case "times":
                self._refuse_set(str(parts[1]), node)
                return scaled(integer(parts[0]), Parameter(parameter(str(parts[1]))))
            case "name":
                self._refuse_set(str(parts[0]), node)
                return Parameter(parameter(str(parts[0])))
            case "size_of":
                return Size(self.set(parts[0]))
            case "negate":
                return scaled(-1, self.number(parts[0]))
            case "add":
                return add(self.number(parts[0]), self.number(parts[1]))
            case "subtract":
                return add(self.number(parts[0]), scaled(-1, self.number(parts[1])))
            case "multiply":
                return self._product(node)
            case "divide" | "floor":
                return self._quotient(node, is_ceiling=False)
            case "ceiling":
                return self._quotient(node, is_ceiling=True)
            case _:
                assert node.data in _SET_RULES
                raise error(
                    self.statement.span(node), "Q005", "a number is wanted, this is a set", "its size is written |…|"
                )

    def _product(self, node: Node) -> Term:
        left, right = (self.number(part) for part in node.children)  # type: ignore[arg-type]
        if isinstance(left, Number):
            return scaled(left.value, right)
        if isinstance(right, Number):
            return scaled(right.value, left)
        raise error(
            self.statement.span(node),
            "Q006",
            "a product of two unknowns is not linear",
            "multiply by constants only; give one of the two a number",
        )

    def _quotient(self, node: Node, *, is_ceiling: bool) -> Term:
        left, right = (self.number(part) for part in node.children)  # type: ignore[arg-type]
        if isinstance(right, Number) and right.value > 0:
            return Quotient(left, right.value, is_ceiling)
        span = self.statement.span(node.children[1])
        raise error(span, "Q006", "only a constant above 0 divides", "multiply both sides out instead")

    def _named(self, node: Node) -> SetTerm:
        name = str(node.children[0])
        if name in self.sets:
            return self.sets[name]
        if name in self.systems:
            raise self._unbound(name, node)
        near = get_close_matches(name, self.sets, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"sets are {self._known_sets()}"
        if name == "honest":
            remedy = "say who may not be: byzantine: size <= f"
        raise error(self.statement.span(node), "Q004", f"there is no set {name}", remedy)

    def _refuse_set(self, name: str, node: Node) -> None:
        """Complain if a name that stands for a number is that of something else."""
        if name in self.sets:
            message = f"a number is wanted, {name} is a set"
            raise error(self.statement.span(node), "Q005", message, f"its size is written |{name}|")
        if name in self.systems:
            raise self._unbound(name, node)

    def _unbound(self, name: str, node: Node) -> QuoraxError:
        message = f"{name} is a system of quorums, not one of them"
        return error(self.statement.span(node), "Q005", message, f"speak of any of them: any {name}: …")

    def _known_sets(self) -> str:
        return ", ".join([*self.sets, "everyone"])


def relation(token: Token) -> Relation:
    """Return the relation that a sign stands for."""
    return _RELATIONS[str(token)]


def integer(token: Token) -> int:
    """Return a number as it is written, `1_000` too."""
    return int(str(token))


def parameter(name: str) -> str:
    """Return the name of a parameter: N is n, the number of processes."""
    return SIZE_OF_ALL if name == "N" else name


def scaled(factor: int, term: Term) -> Term:
    """Return a multiple of a number, constants folded."""
    match term:
        case Number(value):
            return Number(factor * value)
        case Scaled(inner, scaled_term):
            return scaled(factor * inner, scaled_term)
        case Add(left, right) if factor == -1:
            return Add(scaled(-1, left), scaled(-1, right))
        case _:
            return term if factor == 1 else Scaled(factor, term)


def add(left: Term, right: Term) -> Term:
    """Return a sum, constants folded."""
    match left, right:
        case Number(a), Number(b):
            return Number(a + b)
        case Add(first, Number(a)), Number(b):
            return add(first, Number(a + b))
        case _, Number(0):
            return left
        case _, Add(first, second):  # the sums lean to the left, as they are printed
            return add(add(left, first), second)
        case _:
            return Add(left, right)
