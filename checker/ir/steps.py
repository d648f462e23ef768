"""What an action comes to: steps in program order, and simultaneous updates over the state before it.

A transition has no control flow and no loops, and reads nothing but the state before; `checker.ir.transition` makes it
from the sequential form of an action.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, assert_never

from checker.diagnostics import NOWHERE, Span
from checker.ir.expr import Expr, Generator
from checker.ir.logic import TRUE
from checker.ir.system import Parameter
from checker.ir.types import Type
from checker.ir.walk import substitute


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that later steps and the updates use for a value, which may be undefined where none of them needs it."""

    name: str
    type: Type
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Choice:
    """A nondeterministic value of `domain`, made only where `path` is true. Disabled if there is none."""

    name: str
    type: Type
    domain: Expr
    path: Expr = TRUE
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Check:
    """Where `path` is true and `condition` is false, the action stops here; the first check that stops it decides.

    disabled  a false `require`, or nothing to receive
    cut       the end of an order or a budget, or a full sequence: `bound`
    error     an expression of the statement that follows is undefined, or its value outside the declared type

    All checks of a loop are made for all its elements, statement by statement, and an error is one that some order of
    evaluation runs into; a sequential execution stops at the first element that decides.
    """

    kind: Literal["disabled", "cut", "error"]
    condition: Expr
    path: Expr = TRUE
    bound: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


Step: TypeAlias = Definition | Choice | Check


@dataclass(frozen=True, slots=True)
class Update:
    """The value of a variable after the step. For a MessageSet it is the set of what has been sent."""

    variable: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Change:
    """One message sent or taken, for every binding of the generators.

    It happens where all of `path` is true: the conditions around the loops that the generators stand for, outermost
    first, each of which may rely on those before it.
    """

    operation: Literal["send", "take"]
    message: Expr
    generators: tuple[Generator, ...] = ()
    path: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class BagUpdate:
    """What happens to a Bag: each change adds or removes one copy for each of its bindings."""

    variable: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """An action as steps in program order and simultaneous updates; what has no update does not change.

    Names of definitions and choices differ from each other and from the parameters.
    """

    name: str
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    updates: tuple[Update | BagUpdate, ...]
    at: str | None = None
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


def inlined(transition: Transition) -> Transition:
    """Return a transition without definitions: each name replaced by its value, everywhere."""
    values: dict[str, Expr] = {}
    steps: list[Step] = []
    for step in transition.steps:
        match step:
            case Definition(name=name, value=value):
                values[name] = substitute(value, values)
            case Choice(domain=domain, path=path):
                steps.append(replace(step, domain=substitute(domain, values), path=substitute(path, values)))
            case Check(condition=condition, path=path):
                steps.append(replace(step, condition=substitute(condition, values), path=substitute(path, values)))
            case _:
                assert_never(step)
    updates = tuple(map_update(u, lambda e: substitute(e, values)) for u in transition.updates)
    return replace(transition, steps=tuple(steps), updates=updates)


def map_update(update: Update | BagUpdate, function: Callable[[Expr], Expr]) -> Update | BagUpdate:
    """Return an update with each of its expressions replaced."""
    if isinstance(update, Update):
        return replace(update, value=function(update.value))
    changes = tuple(
        replace(
            change,
            message=function(change.message),
            generators=tuple(
                replace(g, domain=function(g.domain), conditions=tuple(function(c) for c in g.conditions))
                for g in change.generators
            ),
            path=tuple(function(c) for c in change.path),
        )
        for change in update.changes
    )
    return replace(update, changes=changes)
