"""Refinement as a property of steps: what a step of a finer model does to the mapped state, the coarser model can do.

Martín Abadi, Leslie Lamport, "The Existence of Refinement Mappings" (1991): initial states map to initial states, and
every step to a step of the coarser model or to no change. What is said there of fairness is not checked. The
coarser model's actions are taken in transition form, and every variable they read is replaced by its image before the
step; so any engine that judges transition invariants judges refinement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from checker.diagnostics import QuoraxError
from checker.ir.expr import (
    Call,
    Eq,
    Expr,
    Generator,
    Given,
    Interval,
    Let,
    Local,
    Quantifier,
    State,
    Universe,
)
from checker.ir.instance import Instance
from checker.ir.logic import TRUE, conjunction, disjunction, integer, negation
from checker.ir.steps import BagUpdate, Check, Choice, Definition, Step, Transition, inlined, map_update
from checker.ir.system import Parameter, Refinement, System
from checker.ir.transition import transition_form
from checker.ir.types import (
    BOOL,
    INT,
    BagType,
    BoolType,
    EnumType,
    FifoType,
    IntType,
    MessageSetType,
    OrderType,
    QuorumType,
    SetType,
    SortType,
)
from checker.ir.updates import shifted
from checker.ir.walk import NOBODY, free_locals, fresh, inline_calls, substitute, transform

PREFIX = "refines:"
"""How the names of refinements begin: `refines:voting`."""


class InexpressibleError(Exception):
    """Why the steps of a coarser model are no expression over the mapped state."""


@dataclass(frozen=True, slots=True)
class StepGoals:
    """Two predicates of a step. `step` says that it refines, `excused` that it does, or that a bound of the coarser
    model may be why it does not; None if that has no bounds.
    """

    step: Expr
    excused: Expr | None


def coarse_instance(refinement: Refinement, instance: Instance) -> Instance:
    """Return the instance of the coarser model that corresponds to one of the finer: as large, with the same names."""
    coarse = refinement.coarse
    return Instance(
        instance.name,
        {d.type.name: instance.domains[d.type.name] for d in coarse.domains},
        {q.type.name: instance.quorums[q.type.name] for q in coarse.quorums},
        {g.name: instance.givens[g.name] for g in coarse.givens},
        {v.name: instance.budgets[v.name] for v in coarse.variables if v.is_budget},
        instance.settings,
    )


def step_goals(refinement: Refinement) -> StepGoals:
    """Return what a step has to satisfy, as expressions over the finer model's state after it and (old) before it.

    Raises:
        InexpressibleError: the coarser model has networks, parameters that no set lists, or choices under a condition.

    """
    coarse = refinement.coarse
    for decl in coarse.variables:
        if isinstance(decl.type, MessageSetType | BagType | FifoType):
            raise InexpressibleError(f"the network {decl.name} of {coarse.name}")
    try:
        transitions = [_self_contained(t, coarse) for t in transition_form(coarse)]
    except QuoraxError as problem:
        raise InexpressibleError(f"an action of {coarse.name} ({problem.diagnostics[0].message})") from problem
    writer = _Writer(refinement, transitions)
    has_bounds = any(isinstance(s, Check) and s.kind == "cut" for t in transitions for s in t.steps)
    return StepGoals(writer.goal(is_excused=False), writer.goal(is_excused=True) if has_bounds else None)


def in_old_state(expr: Expr) -> Expr:
    """Return an expression over a state as one over the state before a step."""
    return transform(expr, lambda e: replace(e, old=True) if isinstance(e, State | Call) else e)


def _self_contained(transition: Transition, system: System) -> Transition:
    """Return a transition without definitions, and without calls of helpers."""
    plain = inlined(transition)

    def written_out(expr: Expr) -> Expr:
        return inline_calls(expr, system)

    return replace(
        plain,
        steps=tuple(_mapped_step(s, written_out) for s in plain.steps),
        updates=tuple(map_update(u, written_out) for u in plain.updates),
    )


def _mapped_step(step: Step, function: Callable[[Expr], Expr]) -> Step:
    match step:
        case Definition():
            return replace(step, value=function(step.value))
        case Choice():
            return replace(step, domain=function(step.domain), path=function(step.path))
        case Check():
            return replace(step, condition=function(step.condition), path=function(step.path))
        case _:
            assert_never(step)


class _Writer:
    """Writes the goals of one refinement. Images before and after a step have names, so that each is computed once."""

    def __init__(self, refinement: Refinement, transitions: Sequence[Transition]) -> None:
        self._refinement = refinement
        self._transitions = transitions
        taken = {p.name for t in transitions for p in t.parameters}
        taken |= {s.name for t in transitions for s in t.steps if isinstance(s, Choice)}
        variables = refinement.coarse.variables
        self._before = [Local(v.type, fresh(f"{v.name}_before", taken)) for v in variables]
        self._after = [Local(v.type, fresh(f"{v.name}_after", taken)) for v in variables]
        self._read = {v.name: local for v, local in zip(variables, self._before, strict=True)}

    def goal(self, *, is_excused: bool) -> Expr:
        """Return the goal; if `is_excused`, a step that a bound may have cut counts as a step."""
        pairs = zip(self._before, self._after, strict=True)
        stutters = conjunction(Eq(BOOL, after, before) for before, after in pairs)
        span = self._refinement.span
        goal = disjunction((stutters, *(self._step(t, is_excused=is_excused) for t in self._transitions)))
        images = self._refinement.images
        bound = [*zip(self._before, map(in_old_state, images), strict=True), *zip(self._after, images, strict=True)]
        for local, image in reversed(bound):
            goal = Let(BOOL, local.name, image, goal, span=span)
        return goal

    def _step(self, transition: Transition, *, is_excused: bool) -> Expr:
        """Return whether an action, with some arguments and choices, leads from the image before to the image after."""
        body = self._updates(transition)
        for step in reversed(transition.steps):
            body = self._after_step(step, body, is_excused=is_excused)
        generators = tuple(Generator(p.name, _values_of(p)) for p in transition.parameters)
        return _any(generators, body)

    def _after_step(self, step: Step, rest: Expr, *, is_excused: bool) -> Expr:
        match step:
            case Definition():
                raise AssertionError("definitions were written out")
            case Choice(name=name, domain=domain, path=path):
                if path != TRUE:
                    raise InexpressibleError(f"a choice under a condition ({step.span})")
                return _any((Generator(name, self._read_before(domain)),), rest)
            case Check(kind=kind, condition=condition, path=path):
                path, condition = self._read_before(path), self._read_before(condition)
                if kind == "cut" and is_excused:
                    return disjunction((conjunction((path, negation(condition))), rest))
                return conjunction((disjunction((negation(path), condition)), rest))
            case _:
                assert_never(step)

    def _updates(self, transition: Transition) -> Expr:
        """Return whether every variable is after the step what the action makes of it."""
        values: dict[str, Expr] = dict(self._read)
        for update in transition.updates:
            assert not isinstance(update, BagUpdate), "there are no networks"
            values[update.variable] = self._read_before(update.value)
        names = (v.name for v in self._refinement.coarse.variables)
        return conjunction(Eq(BOOL, after, values[n]) for n, after in zip(names, self._after, strict=True))

    def _read_before(self, expr: Expr) -> Expr:
        return substitute(expr, {}, self._read)


def _any(generators: tuple[Generator, ...], body: Expr) -> Expr:
    """Return whether the body is true for some values; those of names that do not occur in it are not tried."""
    used = free_locals(body).union(*(free_locals(g.domain) for g in generators)) if generators else NOBODY
    kept = tuple(g for g in generators if g.variable in used or not _is_inhabited(g.domain))
    return Quantifier(BOOL, "any", kept, body) if kept else body


def _is_inhabited(domain: Expr) -> bool:
    """Return whether a set is plainly not empty: domains have members."""
    return isinstance(domain, Universe) and not isinstance(domain.type, QuorumType)


def _values_of(parameter: Parameter) -> Expr:
    """Return the set of the values of a parameter.

    Raises:
        InexpressibleError: no expression lists them.

    """
    kind = parameter.type
    match kind:
        case BoolType() | EnumType() | SortType() | OrderType() | QuorumType():
            return Universe(SetType(kind))
        case IntType(low, high) if low is not None and high is not None:
            return Interval(SetType(INT), _end(low), shifted(_end(high), 1))
        case _:
            raise InexpressibleError(f"the parameter {parameter.name} of type {kind}")


def _end(end: int | str) -> Expr:
    return Given(INT, end) if isinstance(end, str) else integer(end)
