"""What a run is asked about: invariants, steps that must not happen, deadlock, and states that must be reachable."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from checker.diagnostics import NOWHERE, Span, error
from checker.ir.expr import Const, Expr, Let, Quantifier
from checker.ir.system import System
from checker.ir.types import BOOL, BoolType
from checker.trace.verdict import DEADLOCK, Request

KINDS = ("invariant", "transition", "deadlock", "witness")


@dataclass(frozen=True, slots=True)
class Goal:
    """One question. `body` is a closed predicate of a state (or of a step); deadlock has none."""

    name: str
    kind: Literal["invariant", "transition", "deadlock", "witness"]
    body: Expr | None
    doc: str = ""
    span: Span = NOWHERE

    @property
    def sought(self) -> bool:
        """The value of the body that decides the question: True for a witness, False for what must hold."""
        return self.kind == "witness"


def goals_of(system: System, request: Request) -> tuple[Goal, ...]:
    """Return what `request` asks, properties first.

    Raises:
        QuoraxError: R020, for a name that the model does not have.

    """
    properties = tuple(goal(system, name, ("invariant", "transition", "deadlock")) for name in request.properties)
    return properties + tuple(goal(system, name, ("witness",)) for name in request.witnesses)


def goal(
    system: System, name: str, kinds: tuple[str, ...] = ("invariant", "transition", "deadlock", "witness")
) -> Goal:
    """Return the question called `name`.

    Raises:
        QuoraxError: R020, if the model has no such property or predicate.

    """
    known = {g.name: g for g in reversed(_all_goals(system)) if g.kind in kinds}
    if name not in known:
        what = "predicate without parameters" if kinds == ("witness",) else "property"
        close = difflib.get_close_matches(name, known, n=1)
        remedy = f"did you mean {close[0]}?" if close else f"it has {', '.join(sorted(known)) or 'none'}"
        raise error(system.span, "R020", f"{system.name} has no {what} called {name}", remedy)
    return known[name]


def range_of(body: Expr) -> Expr | None:
    """Return whether anything at all is in the range of an invariant `all(… for … if …)`; None for another shape."""
    match body:
        case Let(name=name, value=value, body=inner):
            found = range_of(inner)
            return None if found is None else Let(BOOL, name, value, found, span=body.span)
        case Quantifier(kind="all", generators=generators):
            return Quantifier(BOOL, "any", generators, Const(BOOL, True), span=body.span)
        case _:
            return None


def _all_goals(system: System) -> list[Goal]:
    properties = [Goal(p.name, p.kind, p.body, p.doc, p.span) for p in system.properties]
    witnesses = [
        Goal(f.name, "witness", f.body, f.doc, f.span)
        for f in system.functions
        if not f.parameters and isinstance(f.type, BoolType) and not f.of_step
    ]
    return [*properties, Goal(DEADLOCK, "deadlock", None, "Some action is always enabled."), *witnesses]
