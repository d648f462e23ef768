"""What has to be shown: the obligations of a proof by induction over states of any size.

Every initial state satisfies each lemma; every action keeps each lemma, where all lemmas hold before; the lemmas imply
each property; and what is reached is defined. These are unsatisfiable if they are as they should be. That there is an
initial state, and that each action is possible where the lemmas hold, are satisfiable if they are as they should be: a
proof about nothing proves nothing.

A property is lowered together with its definedness: an invariant that is undefined in a state does not hold there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from checker.diagnostics import NOWHERE, Span
from checker.ir.definedness import definedness
from checker.ir.expr import Expr, State
from checker.ir.system import Property, System
from checker.ir.walk import inline_calls, walk
from checker.smt.anysize.axioms import Assertion, axioms
from checker.smt.anysize.formula import NO, Formula, conj, neg
from checker.smt.anysize.layout import Layout
from checker.smt.anysize.lower import Lowering, Place
from checker.smt.anysize.steps import LoweredStep, Steps
from checker.smt.anysize.values import Names, Symbol
from checker.smt.quorum.facts import Fact

Purpose: TypeAlias = Literal["initial", "step", "consequence", "defined", "possible"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """One question. It is met if its assertions are unsatisfiable, or for `possible` satisfiable.

    `goal` names the lemma or property that is to be shown, if one is; `step` is the step it is about.
    """

    name: str
    purpose: Purpose
    assertions: tuple[Assertion, ...]
    goal: str = ""
    step: LoweredStep | None = None
    span: Span = NOWHERE

    @property
    def wanted(self) -> str:
        return "sat" if self.purpose == "possible" else "unsat"


class Theory:
    """One system, lowered: its state, its steps, and what is assumed.

    `conditions` are properties that speak of no state: of the instance alone. They are assumed of it.

    Raises:
        QuoraxError: P001, for what has no form at any size.

    """

    def __init__(self, system: System, facts: Sequence[Fact], conditions: Sequence[Property] = ()) -> None:
        self.system = system
        self.layout = Layout(system, Names())
        self.lowering = Lowering(system, self.layout)
        steps = Steps(system, self.layout, self.lowering)
        self.state: Mapping[str, Symbol] = steps.state()
        self.initial = steps.initial()
        self.actions = steps.actions(self.state)
        self.typing = tuple(steps.typing())
        self.existence = tuple(steps.existence())
        self.conditions = tuple(
            Assertion(c.name, "assumption", self.truth_of(c, {}), f"a condition on the instance: {c.doc}")
            for c in conditions
        )
        self._lemmas: dict[str, Formula] = {}
        for prop in system.properties:
            if prop.is_lemma:
                self._lemmas[prop.name] = self.truth_of(prop, self.state)
        self.axioms = tuple(axioms(system, self.layout, facts, self.lowering.used_firsts))

    def truth_of(self, prop: Property, state: Mapping[str, Symbol], old: Mapping[str, Symbol] | None = None) -> Formula:
        """Return that a property is defined and true, of a state, or of a step if `old` is the state before."""
        place = Place({}, state, old or {})
        return conj(self.lowering.formula(e, place) for e in (definedness(prop.body, self.system), prop.body))

    def lemma(self, name: str, prop: Property) -> Assertion:
        """Return that a lemma, or a property that is carried like one, holds before."""
        if name not in self._lemmas:
            self._lemmas[name] = self.truth_of(prop, self.state)
        return Assertion(name, "lemma", self._lemmas[name])

    @property
    def background(self) -> tuple[Assertion, ...]:
        """What is assumed everywhere."""
        return (*self.axioms, *self.conditions, *self.typing)

    # -- obligations --------------------------------------------------------------------------------------------------

    def inductive(self, carried: Sequence[Property]) -> Iterator[Obligation]:
        """Yield that some invariants hold at the start and are kept together."""
        for prop in carried:
            yield from self._at_start(prop)
        for step in self.actions:
            for prop in carried:
                yield self._kept(step, prop, carried)

    def sane(self, carried: Sequence[Property]) -> Iterator[Obligation]:
        """Yield that what is reached is defined, and that the start and each action are possible."""
        before = self._before(carried)
        for step in (*self.initial, *self.actions):
            assumed = (*self.axioms, *self.conditions) if step in self.initial else before
            for reached in step.undefined:
                guards = tuple(Assertion(f"guard {i}", "guard", g) for i, g in enumerate(reached.guards, 1))
                wrong = Assertion("undefined", "goal", neg(reached.condition))
                name = f"{step.title} is defined, line {reached.span.line}"
                yield Obligation(name, "defined", (*assumed, *guards, wrong), "", step, reached.span)
        for step in self.initial:
            label = f" ({step.label})" if step.label else ""
            assumed = (*self.axioms, *self.conditions, *_guards(step))
            yield Obligation(f"the start{label} is possible", "possible", assumed, "", step)
        for step in self.actions:
            yield Obligation(f"{step.title} is possible", "possible", (*before, *_guards(step)), "", step)
        yield from self._without_form()

    def _without_form(self) -> Iterator[Obligation]:
        """Yield that what has no form at all is possible, which it is not: a choice from nothing leaves none."""
        nothing = (Assertion("a choice from nothing", "guard", NO),)
        if not self.initial:
            yield Obligation("the start is possible", "possible", nothing)
        formed = {step.name for step in self.actions}
        for action in self.system.actions:
            if action.name not in formed:
                yield Obligation(f"{action.name} is possible", "possible", nothing, span=action.span)

    def consequence(self, prop: Property, lemmas: Sequence[Property]) -> Iterator[Obligation]:
        """Yield that lemmas imply a property: of each state, or of each step."""
        if prop.kind == "invariant":
            wrong = Assertion(prop.name, "goal", neg(self.truth_of(prop, self.state)))
            name = f"the lemmas imply {prop.name}"
            yield Obligation(name, "consequence", (*self._before(lemmas), wrong), prop.name, None, prop.span)
            return
        for step in self.actions:
            wrong = Assertion(prop.name, "goal", neg(self.truth_of(prop, step.after, self.state)))
            assumed = (*self._before(lemmas), *_guards(step))
            yield Obligation(
                f"{step.title} satisfies {prop.name}", "step", (*assumed, wrong), prop.name, step, prop.span
            )

    def _at_start(self, prop: Property) -> Iterator[Obligation]:
        for step in self.initial:
            wrong = Assertion(prop.name, "goal", neg(self.truth_of(prop, step.after)))
            assumed = (*self.axioms, *self.conditions, *_guards(step))
            name = f"{prop.name} holds at the start{f' ({step.label})' if step.label else ''}"
            yield Obligation(name, "initial", (*assumed, wrong), prop.name, step, prop.span)

    def _kept(self, step: LoweredStep, prop: Property, carried: Sequence[Property]) -> Obligation:
        wrong = Assertion(prop.name, "goal", neg(self.truth_of(prop, step.after)))
        assumed = (*self._before(carried), *_guards(step))
        return Obligation(f"{step.title} keeps {prop.name}", "step", (*assumed, wrong), prop.name, step, prop.span)

    def _before(self, carried: Iterable[Property]) -> tuple[Assertion, ...]:
        return (*self.background, *(self.lemma(p.name, p) for p in carried))


def reads_state(expr: Expr, system: System) -> bool:
    """Return whether an expression depends on the state, through helpers too."""
    return any(isinstance(part, State) for part in walk(inline_calls(expr, system)))


def _guards(step: LoweredStep) -> tuple[Assertion, ...]:
    return tuple(Assertion(f"guard at line {g.span.line}", "guard", g.formula) for g in step.guards)
