"""What a question about quorums says: numbers, sets, comparisons, declarations.

Numbers are linear in the parameters (`n`, the number of processes, and others such as `f`) and in sizes of sets, with
floors and ceilings of quotients by constants. Sets are Boolean combinations of the sets that a question names. This is
the language of Boolean algebra with Presburger arithmetic: Viktor Kuncak, Huu Hai Nguyen, Martin Rinard, "Deciding
Boolean Algebra with Presburger Arithmetic" (2006), section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

Relation: TypeAlias = Literal["<", "<=", "=", "!=", ">=", ">"]

SIZE_OF_ALL = "n"
"""The parameter that is the number of processes."""


@dataclass(frozen=True, slots=True)
class Everyone:
    """The set of all processes."""

    def __str__(self) -> str:
        return "everyone"


@dataclass(frozen=True, slots=True)
class Named:
    """A set that the scenario fixes, or that the question binds."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Not:
    operand: SetTerm

    def __str__(self) -> str:
        return f"not {_bracketed(self.operand)}"


@dataclass(frozen=True, slots=True)
class Both:
    """The intersection."""

    left: SetTerm
    right: SetTerm

    def __str__(self) -> str:
        left = str(self.left) if isinstance(self.left, Both) else _bracketed(self.left)
        return f"{left} and {_bracketed(self.right)}"


@dataclass(frozen=True, slots=True)
class Either:
    """The union."""

    left: SetTerm
    right: SetTerm

    def __str__(self) -> str:
        left = str(self.left) if isinstance(self.left, Either) else _bracketed(self.left)
        return f"{left} or {_bracketed(self.right)}"


SetTerm: TypeAlias = Everyone | Named | Not | Both | Either


@dataclass(frozen=True, slots=True)
class Number:
    value: int

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A natural number; `n` is at least 1."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Size:
    """The number of members of a set."""

    of: SetTerm

    def __str__(self) -> str:
        return f"|{self.of}|"


@dataclass(frozen=True, slots=True)
class Add:
    left: Term
    right: Term

    def __str__(self) -> str:
        if isinstance(self.right, Number) and self.right.value < 0:
            return f"{self.left} - {-self.right.value}"
        if isinstance(self.right, Scaled) and self.right.factor == -1:
            return f"{self.left} - {_factor(self.right.term)}"
        return f"{self.left} + {self.right}"


@dataclass(frozen=True, slots=True)
class Scaled:
    factor: int
    term: Term

    def __str__(self) -> str:
        return f"-{_factor(self.term)}" if self.factor == -1 else f"{self.factor}*{_factor(self.term)}"


@dataclass(frozen=True, slots=True)
class Quotient:
    """A term divided by a positive constant, rounded down, or up if `is_ceiling`."""

    term: Term
    divisor: int
    is_ceiling: bool = False

    def __str__(self) -> str:
        text = f"{_sum(self.term)}/{self.divisor}"
        return f"ceil({text})" if self.is_ceiling else f"floor({text})"


Term: TypeAlias = Number | Parameter | Size | Add | Scaled | Quotient


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Term
    relation: Relation
    right: Term

    def __str__(self) -> str:
        return f"{self.left} {self.relation} {self.right}"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Every set whose size is at least `size`, or exactly that if `is_exact`."""

    size: Term
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """The sets that are listed, by the 0-based places of their members."""

    sets: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class System:
    """A quorum system."""

    name: str
    quorums: Threshold | Family

    def __str__(self) -> str:
        if isinstance(self.quorums, Family):
            return f"family {self.name}"
        return f"quorum {self.name}: size {'=' if self.quorums.is_exact else '>='} {self.quorums.size}"


@dataclass(frozen=True, slots=True)
class FixedSet:
    """One set, the same for all quorums: any set whose size compares so with `size`."""

    name: str
    relation: Relation
    size: Term

    def __str__(self) -> str:
        return f"{self.name}: size {self.relation} {self.size}"


@dataclass(frozen=True, slots=True)
class Covers:
    """The claim that a set contains a quorum of a system."""

    set: SetTerm
    system: System

    def __str__(self) -> str:
        return f"{self.set} covers {self.system.name}"


Fact: TypeAlias = Comparison | Covers


@dataclass(frozen=True, slots=True)
class Bound:
    """A quorum that a question speaks of: any one of `system`, called `name` in the claim."""

    name: str
    system: System


@dataclass(frozen=True, slots=True)
class Question:
    """For all parameters, fixed sets and quorums of the scenario, all of `claims` are true.

    `text` is how it was asked.
    """

    text: str
    quorums: tuple[Bound, ...]
    claims: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a question takes for granted.

    `parameters` are in order of first mention, `n` first. `members` are the names of the processes if they are
    listed, and then `n` is their number; empty if there may be any number of them.
    """

    parameters: tuple[str, ...]
    assumptions: tuple[Comparison, ...]
    fixed: tuple[FixedSet, ...]
    members: tuple[str, ...] = ()


def named_sets(term: SetTerm) -> Iterator[str]:
    """Yield the names in a set, from left to right, repeated ones too."""
    match term:
        case Everyone():
            return
        case Named(name):
            yield name
        case Not(operand):
            yield from named_sets(operand)
        case Both(left, right) | Either(left, right):
            yield from named_sets(left)
            yield from named_sets(right)
        case _:
            assert_never(term)


def sizes(term: Term) -> Iterator[SetTerm]:
    """Yield the sets whose sizes a number is made of."""
    match term:
        case Number() | Parameter():
            return
        case Size(of):
            yield of
        case Add(left, right):
            yield from sizes(left)
            yield from sizes(right)
        case Scaled(_, inner) | Quotient(inner, _, _):
            yield from sizes(inner)
        case _:
            assert_never(term)


def parameters_of(term: Term) -> Iterator[str]:
    """Yield the parameters that a number is made of, repeated ones too."""
    match term:
        case Number() | Size():
            return
        case Parameter(name):
            yield name
        case Add(left, right):
            yield from parameters_of(left)
            yield from parameters_of(right)
        case Scaled(_, inner) | Quotient(inner, _, _):
            yield from parameters_of(inner)
        case _:
            assert_never(term)


def plus(term: Term, more: int) -> Term:
    """Return a number `more` larger, written as briefly."""
    match term:
        case Number(value):
            return Number(value + more)
        case Add(left, Number(value)):
            return left if value + more == 0 else Add(left, Number(value + more))
        case _:
            return Add(term, Number(more))


def _bracketed(term: SetTerm) -> str:
    return f"({term})" if isinstance(term, Both | Either) else str(term)


def _sum(term: Term) -> str:
    return f"({term})" if isinstance(term, Add) else str(term)


def _factor(term: Term) -> str:
    return f"({term})" if isinstance(term, Add | Scaled) else str(term)
