"""Initial states and actions as formulas: when a step is possible, where it is undefined, and the state after it.

The state after is not described by equations; it is a second set of values, made of the state before, that properties
are read from. So there is nothing to say of what does not change. Budgets are dropped: a step that a budget would cut
is possible, and nothing may depend on how much is left.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from checker.diagnostics import Span
from checker.ir.definedness import definedness
from checker.ir.expr import Expr, Local, State
from checker.ir.steps import BagUpdate, Check, Choice, Definition, Step, Transition, inlined, map_update
from checker.ir.system import Parameter, System, VariableDecl
from checker.ir.transition import initial_form, transition_form
from checker.ir.types import BagType, IntType, MessageSetType, SetType, Type, record_names
from checker.ir.updates import as_has_successor, as_successor, successor_of
from checker.ir.walk import transform, walk
from checker.smt.anysize.axioms import Assertion
from checker.smt.anysize.formula import NO, Formula, Var, below, conj, disj, forall, implies, neg
from checker.smt.anysize.layout import Layout, Shape, unsupported
from checker.smt.anysize.lower import Lowering, Place
from checker.smt.anysize.networks import available, sent_after
from checker.smt.anysize.values import Members, Symbol, named, scalar


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that has to be true for the step, and the place in the model that says so."""

    formula: Formula
    span: Span


@dataclass(frozen=True, slots=True)
class Undefined:
    """Where an expression may be reached undefined: after `guards`, unless `condition` holds."""

    guards: tuple[Formula, ...]
    condition: Formula
    span: Span


@dataclass(frozen=True, slots=True)
class LoweredStep:
    """One form of an action: with parameters and choices of some shapes, which are `unknowns`.

    `after` has the values of all variables but budgets after the step.
    """

    name: str
    label: str
    unknowns: tuple[Var, ...]
    arguments: tuple[Symbol, ...]
    choices: tuple[tuple[Symbol, Type], ...]
    guards: tuple[Guard, ...]
    undefined: tuple[Undefined, ...]
    after: Mapping[str, Symbol]
    transition: Transition

    @property
    def title(self) -> str:
        return f"{self.name} ({self.label})" if self.label else self.name


class Steps:
    """Lowers the initial state and the actions of a system."""

    def __init__(self, system: System, layout: Layout, lowering: Lowering) -> None:
        self.system = system
        self.layout = layout
        self.lowering = lowering
        self._budgets = frozenset(v.name for v in system.variables if v.is_budget)

    def state(self) -> dict[str, Symbol]:
        """Return the values of the variables in a state about which nothing is known.

        Raises:
            QuoraxError: P001, for a variable without a form.

        """
        return {v.name: self.layout.symbol(v.name, v.type, v.span) for v in self._variables()}

    def typing(self) -> Iterator[Assertion]:
        """Yield what is true of every state by what its relations mean."""
        for name, kind, span in self._typed():
            yield from (Assertion(n, "typing", f) for n, f in self.layout.typing(name, kind, span))

    def existence(self) -> Iterator[Assertion]:
        """Yield what else is true, and better left out where it can be."""
        for name, kind, span in self._typed():
            yield from (Assertion(n, "existence", f) for n, f in self.layout.existence(name, kind, span))

    def _typed(self) -> Iterator[tuple[str, Type, Span]]:
        yield from ((v.name, v.type, v.span) for v in self._variables())
        maps = (g for g in self.system.givens if g.kind == "constant" and not isinstance(g.type, IntType))
        yield from ((g.name, g.type, g.span) for g in maps)

    def initial(self) -> list[LoweredStep]:
        """Return the initial states: a step from nothing, once for each form of its choices."""
        transition = inlined(initial_form(self.system))
        for update in transition.updates:
            assert not isinstance(update, BagUpdate)
            self._refuse_reads(update.value)
        checks = [
            Check("error", definedness(u.value, self.system), span=u.value.span)
            for u in transition.updates
            if not isinstance(u, BagUpdate)
        ]
        own = [
            Check("error", definedness(e, self.system), span=step.span)
            for step in transition.steps
            for e in _expressions(step)
        ]
        return self._forms(transition, {}, (*own, *checks))

    def actions(self, state: Mapping[str, Symbol]) -> list[LoweredStep]:
        """Return the forms of every action from a state, in order of declaration."""
        transitions = map(_with_named_successors, transition_form(self.system))
        return [form for t in transitions for form in self._forms(t, state, ())]

    def _variables(self) -> Iterator[VariableDecl]:
        return (v for v in self.system.variables if v.name not in self._budgets)

    def _refuse_reads(self, expr: Expr) -> None:
        for part in walk(expr):
            if isinstance(part, State):
                what = f"reading {part.name} before it has its initial value"
                raise unsupported(part.span, what, "give every variable its initial value outright")

    def _forms(self, transition: Transition, state: Mapping[str, Symbol], first: Sequence[Check]) -> list[LoweredStep]:
        columns = [self._parameter_shapes(p) for p in transition.parameters]
        forms: list[LoweredStep] = []
        for shapes in itertools.product(*columns):
            forms += self._form(transition, state, shapes, first)
        return forms

    def _parameter_shapes(self, parameter: Parameter) -> list[Shape]:
        """Return the forms of a parameter; one that is a set is a relation of its own."""
        if not isinstance(parameter.type, SetType):
            return self.layout.shapes(parameter.type, parameter.name, parameter.span)
        name = self.layout.names.new(parameter.name, "").name
        return [Shape((), self.layout.symbol(name, parameter.type, parameter.span), ())]

    def _form(
        self, transition: Transition, state: Mapping[str, Symbol], shapes: Sequence[Shape], first: Sequence[Check]
    ) -> Iterator[LoweredStep]:
        names = {p.name: s.value for p, s in zip(transition.parameters, shapes, strict=True)}
        unknowns = tuple(v for s in shapes for v in s.variables)
        start = _Progress(Place(names, state, {}), unknowns, tuple(self._messages(transition, names, state)), (), ())
        label = "".join(s.label for s in shapes)
        for done in self._walk((*transition.steps, *first), start):
            after = {**state, **self._updated(transition, done.place)}
            yield LoweredStep(
                transition.name,
                label,
                done.unknowns,
                tuple(names.values()),
                done.choices,
                done.guards,
                done.undefined,
                after,
                transition,
            )

    def _messages(
        self, transition: Transition, names: Mapping[str, Symbol], state: Mapping[str, Symbol]
    ) -> Iterator[Guard]:
        """Yield that a parameter that is a message is available in a network that carries its kind."""
        place = Place({}, state, {})
        for parameter in transition.parameters:
            kinds = record_names(parameter.type)
            if not kinds or not self.system.record(kinds[0]).is_message:
                continue
            carriers: list[Formula] = []
            for v in self.system.variables:
                if isinstance(v.type, MessageSetType | BagType) and kinds[0] in record_names(v.type.element):
                    there = available(self.lowering, State(v.type, v.name), kinds[0], place)
                    carriers.append(there.contains(names[parameter.name]))
            yield Guard(disj(carriers), parameter.span)

    def _walk(self, steps: Sequence[Step], progress: _Progress) -> Iterator[_Progress]:
        if not steps:
            yield progress
            return
        step, rest = steps[0], steps[1:]
        place = progress.place
        match step:
            case Definition():
                yield from self._walk(rest, self._defined(step, progress))
            case Choice(name=name, type=kind, domain=domain, path=path):
                taken = self.lowering.formula(path, place)
                members = self.lowering.value_as(domain, SetType(kind), place)
                assert isinstance(members, Members)
                for branch in members.branches():
                    if branch.condition != NO:
                        guard = Guard(implies(taken, branch.condition), step.span)
                        inner = progress.chosen(name, branch.value, kind, branch.variables, guard)
                        yield from self._walk(rest, inner)
            case Check(kind="error"):
                yield from self._walk(rest, progress.reached(self._checked(step, place), step.span))
            case Check(kind="cut", bound=bound) if bound in self._budgets:
                yield from self._walk(rest, progress)
            case Check():
                yield from self._walk(rest, progress.guarded(Guard(self._checked(step, place), step.span)))
            case _:
                assert_never(step)

    def _checked(self, check: Check, place: Place) -> Formula:
        return implies(self.lowering.formula(check.path, place), self.lowering.formula(check.condition, place))

    def _defined(self, step: Definition, progress: _Progress) -> _Progress:
        """Return what is known once a name stands for a value: a successor becomes an unknown of its own.

        It is the least member above, if there is one above; there may be none where nothing needs it.
        """
        if any(isinstance(p, State) and p.name in self._budgets for p in walk(step.value)):
            return progress
        member = as_successor(step.value)
        if member is None:
            value = self.lowering.value_as(step.value, step.type, progress.place)
            return progress.named(step.name, value)
        before = scalar(self.lowering.value(member, progress.place))
        own = self.layout.names.new(step.name, before.sort)
        other = self.layout.names.new("x", before.sort)
        above = neg(before.is_from(other))
        least = conj((neg(before.is_from(own)), below(own, other, strict=False)))
        is_next = Guard(forall((other,), implies(above, least)), step.span)
        return progress.named(step.name, named(own), (own,), is_next)

    def _updated(self, transition: Transition, place: Place) -> dict[str, Symbol]:
        after: dict[str, Symbol] = {}
        for update in transition.updates:
            if update.variable in self._budgets:
                continue
            variable = self.system.variable(update.variable)
            if isinstance(update, BagUpdate):
                raise unsupported(variable.span, f"the type {variable.type}", "use a MessageSet")
            if isinstance(variable.type, MessageSetType):
                after[update.variable] = sent_after(self.lowering, update.value, place)
            else:
                after[update.variable] = self.lowering.value_as(update.value, variable.type, place)
        return after


@dataclass(frozen=True, slots=True)
class _Progress:
    """What is known at a point of an action."""

    place: Place
    unknowns: tuple[Var, ...]
    guards: tuple[Guard, ...]
    undefined: tuple[Undefined, ...]
    choices: tuple[tuple[Symbol, Type], ...]

    def named(self, name: str, value: Symbol, unknowns: tuple[Var, ...] = (), guard: Guard | None = None) -> _Progress:
        guards = self.guards if guard is None else (*self.guards, guard)
        return _Progress(
            self.place.bind(name, value), (*self.unknowns, *unknowns), guards, self.undefined, self.choices
        )

    def chosen(self, name: str, value: Symbol, kind: Type, unknowns: tuple[Var, ...], guard: Guard) -> _Progress:
        made = self.named(name, value, unknowns, guard)
        return _Progress(made.place, made.unknowns, made.guards, made.undefined, (*self.choices, (value, kind)))

    def guarded(self, guard: Guard) -> _Progress:
        return _Progress(self.place, self.unknowns, (*self.guards, guard), self.undefined, self.choices)

    def reached(self, condition: Formula, span: Span) -> _Progress:
        """Return the progress past an expression that has to be defined here."""
        here = Undefined(tuple(g.formula for g in self.guards), condition, span)
        return _Progress(self.place, self.unknowns, self.guards, (*self.undefined, here), self.choices)


def _with_named_successors(transition: Transition) -> Transition:
    """Return a transition in which every successor has a name: there is one unknown for it, and no search for it."""
    steps: list[Step] = []
    names: dict[Expr, Local] = {}

    def named_in(expr: Expr) -> Expr:
        return transform(expr, lambda e: names.get(e, e)) if names else expr

    for step in transition.steps:
        member = as_has_successor(step.condition) if isinstance(step, Check) else None
        steps.append(_mapped(step, named_in))
        if member is not None and successor_of(member) not in names:
            name = f"successor!{len(names) + 1}"
            steps.append(Definition(name, member.type, named_in(successor_of(member)), span=step.span))
            names[successor_of(member)] = Local(member.type, name)
    updates = tuple(map_update(u, named_in) for u in transition.updates)
    return replace(transition, steps=tuple(steps), updates=updates)


def _mapped(step: Step, function: Callable[[Expr], Expr]) -> Step:
    match step:
        case Definition(value=value):
            return replace(step, value=function(value))
        case Choice(domain=domain, path=path):
            return replace(step, domain=function(domain), path=function(path))
        case Check(condition=condition, path=path):
            return replace(step, condition=function(condition), path=function(path))
        case _:
            assert_never(step)


def _expressions(step: Step) -> tuple[Expr, ...]:
    match step:
        case Definition(value=value):
            return (value,)
        case Choice(domain=domain, path=path):
            return (path, domain)
        case Check(condition=condition, path=path):
            return (path, condition)
