"""A behaviour of a model, step by step, with what a person needs to understand it.

Engines produce `(action, args, choices)` sequences; the reference interpreter replays them and fills in the rest, so
that every trace that anybody sees has been checked step by step (`checker.interp.replay`).
"""

from __future__ import annotations

from dataclasses import dataclass

from checker.diagnostics import NOWHERE, Span
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import RecordType, Type, UnionType, Value

StateValues = tuple[Value, ...]
"""The values of a system's variables, in declaration order."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A parameter, a chosen value, or the witness of a quantifier: a name and a typed value."""

    name: str
    type: Type
    value: Value


@dataclass(frozen=True, slots=True)
class Lane:
    """The process that takes a step: a member of a sort, or of an order (the proposer of a ballot)."""

    domain: str
    index: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message in a network. `source` and `destination` are set for a Fifo (members of its endpoint sort)."""

    network: str
    type: RecordType | UnionType
    message: Value
    source: int | None = None
    destination: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside a step. `kind` says how it is shown.

    fact       something the violation rests on became true here ("chosen(v1): b = 0, q = {a1, a2}")
    deviation  the original model would not have taken this step (mutants): why
    violation  the property is false from here on
    loop       a lasso's cycle begins here, or the behaviour stops here; or what it leaves out for ever
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `state` is the state after it, `args` and `choices` in program order, `index` counts from 1.

    `received` are message parameters, what a Fifo or Bag delivered, and the messages that witnessed a guard;
    `forged` are those of them that no correct process sent.
    """

    index: int
    action: str
    args: tuple[Binding, ...]
    choices: tuple[Binding, ...]
    state: StateValues
    process: Lane | None = None
    sent: tuple[Envelope, ...] = ()
    received: tuple[Envelope, ...] = ()
    lost: tuple[Envelope, ...] = ()
    forged: tuple[Envelope, ...] = ()
    notes: tuple[Note, ...] = ()
    is_restart: bool = False
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Blame:
    """Why the last state (or step) violates a property.

    `conjunct` is the smallest false part of the property as source text, `span` where it stands, `witnesses` the
    values of the quantified variables that make it false. Of a temporal property, `doc` is the text in a spec.
    """

    property: str
    kind: str
    doc: str
    conjunct: str
    span: Span
    witnesses: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A finite behaviour, or with `loop_start` a lasso: after the last step it continues at that state (0-based).

    If that is the last state itself, the behaviour stutters: nothing happens any more. If `is_anywhere` it need not
    begin in an initial state: a counterexample to induction.
    `initial_notes` are remarks on the initial state; `title` is one sentence for the heading of a picture.
    """

    system: System
    instance: Instance
    initial: StateValues
    steps: tuple[Step, ...]
    title: str = ""
    blame: Blame | None = None
    initial_notes: tuple[Note, ...] = ()
    loop_start: int | None = None
    is_anywhere: bool = False

    @property
    def states(self) -> tuple[StateValues, ...]:
        """All states, the initial one first."""
        return (self.initial, *(step.state for step in self.steps))
