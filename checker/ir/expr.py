"""The expressions of the IR: pure, typed, each with the span it was written at.

Every expression either has a value or is undefined (a field of None, the largest of nothing, an index outside a
sequence, a division by zero). `And`, `Or`, `Ite` and quantifiers evaluate from left to right and stop as soon as the
result is known, so what follows may rely on what came before. Reaching an undefined expression is an error of the
model, never an arbitrary value: no transformation may move an expression across what makes it defined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from checker.diagnostics import NOWHERE, Span
from checker.ir.types import Type, Value


@dataclass(frozen=True, slots=True)
class Node:
    """What all expressions have: a type and the span of their source, which does not count in comparisons."""

    type: Type
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Const(Node):
    """A literal value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Local(Node):
    """A parameter, a quantified or loop variable, or a local name of an action."""

    name: str


@dataclass(frozen=True, slots=True)
class State(Node):
    """A state variable, in the state before the step if `old` (transition invariants only).

    The value of a MessageSet is what was *sent*; `Member` and `Messages` of it see what is *available*, which with
    Byzantine processes is more.
    """

    name: str
    old: bool = False


@dataclass(frozen=True, slots=True)
class Given(Node):
    """What the instance fixes: a `Constant`, a `Bound`, or the set of Byzantine processes."""

    name: str


@dataclass(frozen=True, slots=True)
class Universe(Node):
    """All members of a sort, order, enum, quorum system or bool, ascending. `type` is the set of them."""


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """The integers low..high-1, ascending (`range(low, high)`)."""

    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class FieldOf(Node):
    """A field of a record. Undefined for None and for a variant of a union that lacks the field."""

    target: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    """The value of a map at a key, or the 0-based element of a sequence. Undefined outside the sequence."""

    target: Expr
    key: Expr


@dataclass(frozen=True, slots=True)
class Make(Node):
    """A record: `type` is its RecordType, one argument per field in declaration order."""

    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class MakeSet(Node):
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class MakeSeq(Node):
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class MakeMap(Node):
    """The map from every key (bound to `variable` in `value`) to its value."""

    variable: str
    value: Expr


@dataclass(frozen=True, slots=True)
class IsVariant(Node):
    """Whether a record is of the variant `record` (`isinstance`); False for None."""

    target: Expr
    record: str


@dataclass(frozen=True, slots=True)
class Unwrap(Node):
    """An optional value used where None is not allowed. Undefined for None."""

    target: Expr


@dataclass(frozen=True, slots=True)
class Eq(Node):
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Less(Node):
    """`left < right`, or `left <= right` unless `strict`; over integers and members of one order."""

    left: Expr
    right: Expr
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Expr


@dataclass(frozen=True, slots=True)
class And(Node):
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Ite(Node):
    condition: Expr
    then: Expr
    orelse: Expr


@dataclass(frozen=True, slots=True)
class Let(Node):
    """`body` with the local `name` bound to `value` (the assignments of a helper function)."""

    name: str
    value: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Generator:
    """`for variable in domain if conditions`: later generators and conditions see the variable."""

    variable: str
    domain: Expr
    conditions: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """`all(body for ...)` or `any(body for ...)`."""

    kind: Literal["all", "any"]
    generators: tuple[Generator, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Comprehension(Node):
    """The set of the values of `element` over the generators."""

    generators: tuple[Generator, ...]
    element: Expr


@dataclass(frozen=True, slots=True)
class Member(Node):
    """`element in collection`: a set, quorum, sequence, bag or message set (there: sent, or forgeable)."""

    element: Expr
    collection: Expr


@dataclass(frozen=True, slots=True)
class SetOp(Node):
    operator: Literal["union", "intersection", "difference"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Subset(Node):
    """`left <= right` over sets, or `left < right` if `strict`."""

    left: Expr
    right: Expr
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Arith(Node):
    """Integer arithmetic; `//` and `%` round down as Python's do and are undefined for 0."""

    operator: Literal["+", "-", "*", "//", "%"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Size(Node):
    """The number of elements of a set, quorum, sequence or bag (copies counted)."""

    collection: Expr


@dataclass(frozen=True, slots=True)
class Concat(Node):
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """`sequence[low:high]`; None stands for the end. Undefined unless 0 <= low <= high <= len(sequence)."""

    sequence: Expr
    low: Expr | None
    high: Expr | None


@dataclass(frozen=True, slots=True)
class Extremum(Node):
    """An element with the least or greatest key, or (`all_of`) the set of all such elements.

    `key` sees the element as `variable`; None compares the elements themselves. Undefined for nothing (unless
    `all_of` or a `default` is given), and where unequal elements tie (unless `all_of`).
    """

    greatest: bool
    all_of: bool
    collection: Expr
    variable: str
    key: Expr | None
    default: Expr | None = None


@dataclass(frozen=True, slots=True)
class Only(Node):
    """The single element of a set. Undefined unless there is exactly one."""

    collection: Expr


@dataclass(frozen=True, slots=True)
class Messages(Node):
    """The messages of kind `record` in a network: those that were sent, and those a Byzantine process can forge."""

    network: Expr
    record: str


@dataclass(frozen=True, slots=True)
class Covers(Node):
    """Whether a set contains a quorum of the system `quorum`."""

    quorum: str
    collection: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A helper of the model, applied to arguments."""

    function: str
    args: tuple[Expr, ...]
    old: bool = False


Expr: TypeAlias = (
    Const
    | Local
    | State
    | Given
    | Universe
    | Interval
    | FieldOf
    | Index
    | Make
    | MakeSet
    | MakeSeq
    | MakeMap
    | IsVariant
    | Unwrap
    | Eq
    | Less
    | Not
    | And
    | Or
    | Ite
    | Let
    | Quantifier
    | Comprehension
    | Member
    | SetOp
    | Subset
    | Arith
    | Size
    | Concat
    | Slice
    | Extremum
    | Only
    | Messages
    | Covers
    | Call
)
