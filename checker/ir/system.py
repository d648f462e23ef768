"""Sequential form of a model: declarations, and actions as short programs over immutable values.

An action runs its statements in order; each sees the writes before it. The first statement that does not go through
decides the outcome of the whole action and undoes its writes: a false `Require` disables it, a `Successor` past the
end of an order (or an `Append` beyond a capacity, or an exhausted `Spend`) cuts it at a bound, an undefined expression
or a value outside its declared type is an error of the model. If all go through there is a next state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from checker.diagnostics import NOWHERE, Span
from checker.ir.expr import Expr
from checker.ir.types import (
    EnumType,
    NetworkType,
    OrderType,
    QuorumType,
    SortType,
    Type,
)

IR_VERSION = 1
"""Counts changes of the IR's meaning; part of every content hash."""


@dataclass(frozen=True, slots=True)
class KeyStep:
    """The entry of a map, or the element of a sequence (0-based)."""

    key: Expr


@dataclass(frozen=True, slots=True)
class Target:
    """A place to assign: a local name, or a state variable followed by keys (`self.next[i][j]`)."""

    name: str
    is_state: bool
    type: Type
    steps: tuple[KeyStep, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Require:
    """Disables the action unless the condition holds."""

    condition: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Assign:
    target: Target
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NetOp:
    """What an action does to a network.

    send       args (message,), Fifo: (source, destination, message); appends, or adds
    receive    Bag: (message,), takes one copy, disabled without one. Fifo: (source, destination), takes the
               oldest into the local `result`, disabled if the channel is empty
    drop       as receive, but the message is lost rather than handled
    duplicate  Bag: (message,), adds a copy of a message that is there, disabled without one
    reset      Fifo: (source, destination), loses everything in that channel
    """

    operation: Literal["send", "receive", "drop", "duplicate", "reset"]
    network: str
    type: NetworkType
    args: tuple[Expr, ...]
    result: str | None = None
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class If:
    condition: Expr
    then: tuple[Statement, ...]
    orelse: tuple[Statement, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ForEach:
    """The body once per element, simultaneously: the front end rejects bodies whose result depends on the order.

    The domain is evaluated once, before the body. The body binds no local from before the loop.
    """

    variable: str
    domain: Expr
    body: tuple[Statement, ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Choose:
    """Binds a local to any element of a set: nondeterminism. Disabled if the set is empty."""

    variable: str
    type: Type
    domain: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Successor:
    """Binds a local to the next member of an order; past the end the transition is cut at that bound."""

    variable: str
    type: OrderType
    operand: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Append:
    """Appends to a sequence; beyond its capacity the transition is cut at that bound."""

    target: Target
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Spend:
    """Takes one from a budget; the transition is cut at that bound if nothing is left."""

    budget: str
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


Statement: TypeAlias = Require | Assign | NetOp | If | ForEach | Choose | Successor | Append | Spend


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a step leaves open. A message ranges over those available in the networks that carry its kind, which is a
    guard of every action that takes one; anything else over all values of its type.
    """

    name: str
    type: Type
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class DomainDecl:
    """A sort, an order or an enum. `members` are an enum's; a sort's and an order's come from the instance."""

    type: SortType | OrderType | EnumType
    members: tuple[str, ...] = ()
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class QuorumDecl:
    """A quorum system: all subsets of `type.base` of exactly `size` members, or a family the instance lists.

    `size` is a formula over `N` (the number of members) and constants of the instance, such as ``N // 2 + 1`` or
    ``2*f + 1``; the empty formula means that the instance lists the sets.
    """

    type: QuorumType
    size: str
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class FieldDecl:
    name: str
    type: Type
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class RecordDecl:
    """A record, or a message. `signer` names the field that holds the process whose signature a message bears."""

    name: str
    fields: tuple[FieldDecl, ...]
    is_message: bool
    signer: str | None = None
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class VariableDecl:
    """A state variable. A budget's value is what is left of it, and starts as the instance says."""

    name: str
    type: Type
    is_volatile: bool = False
    is_budget: bool = False
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class GivenDecl:
    """What the instance fixes besides the domains: a constant, a bound, or the Byzantine processes of a sort.

    A constant is an integer, or a map from one domain to another (the primary of each view).
    """

    name: str
    type: Type
    kind: Literal["constant", "bound", "byzantine"]
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Function:
    """A pure helper. `of_step` if it reads the state before the step."""

    name: str
    parameters: tuple[Parameter, ...]
    type: Type
    body: Expr
    of_step: bool = False
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Action:
    """An atomic step. `at` is the parameter that the model names as the process that takes it, if it names one."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    at: str | None = None
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def process(self) -> str | None:
        """The parameter whose process takes the step: `at`, else the first of a sort, else the first of an order."""
        named = [p.name for p in self.parameters if p.name == self.at and isinstance(p.type, SortType | OrderType)]
        sorts = [p.name for p in self.parameters if isinstance(p.type, SortType)]
        orders = [p.name for p in self.parameters if isinstance(p.type, OrderType)]
        return next(iter((*named, *sorts, *orders)), None)


@dataclass(frozen=True, slots=True)
class Property:
    """An invariant (of a state) or a transition invariant (of a step: `State(old=True)` is the state before).

    `is_lemma`: an invariant that proofs of others may rest on; everything else treats it as the invariant it is.
    """

    name: str
    kind: Literal["invariant", "transition"]
    body: Expr
    doc: str = ""
    is_lemma: bool = False
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class System:
    """A whole model, independent of any instance. Everything is in declaration order, inherited things first."""

    name: str
    domains: tuple[DomainDecl, ...]
    quorums: tuple[QuorumDecl, ...]
    records: tuple[RecordDecl, ...]
    givens: tuple[GivenDecl, ...]
    variables: tuple[VariableDecl, ...]
    functions: tuple[Function, ...]
    initial: tuple[Action, ...]
    actions: tuple[Action, ...]
    properties: tuple[Property, ...]
    refinements: tuple[Refinement, ...] = ()
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)

    def domain(self, name: str) -> DomainDecl:
        return next(d for d in self.domains if d.type.name == name)

    def quorum(self, name: str) -> QuorumDecl:
        return next(q for q in self.quorums if q.type.name == name)

    def record(self, name: str) -> RecordDecl:
        return next(r for r in self.records if r.name == name)

    def function(self, name: str) -> Function:
        return next(f for f in self.functions if f.name == name)

    def variable(self, name: str) -> VariableDecl:
        return next(v for v in self.variables if v.name == name)

    def action(self, name: str) -> Action:
        return next(a for a in self.actions if a.name == name)

    def property(self, name: str) -> Property:
        return next(p for p in self.properties if p.name == name)


@dataclass(frozen=True, slots=True)
class Refinement:
    """The claim that a model, seen through a mapping, takes only steps of a coarser one.

    `images` has an expression over the state of the finer model for each variable of `coarse`, in its order. `coarse`
    speaks of the sorts, orders, enums, quorum systems, records and constants of the finer model, by its names.
    """

    name: str
    coarse: System
    images: tuple[Expr, ...]
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)
