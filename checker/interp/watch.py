"""The goals that a run has not decided yet, compiled, and judged on each state and step it comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

from checker.interp.errors import ModelError
from checker.interp.goals import Goal, range_of
from checker.interp.machine import Cut, Failure, Machine, Next, StateValues
from checker.ir.types import Value
from checker.ir.values import show_value

Predicate: TypeAlias = Callable[[StateValues], Value]


class UndefinedError(Exception):
    """A reachable step or predicate has no meaning. `place` says which: "promise(a1, Prepare(0))"."""

    def __init__(self, place: str, error: ModelError) -> None:
        super().__init__(str(error))
        self.place = place
        self.error = error


class Watch:
    """Judges states, steps and deadlocks; each goal is decided once, and looked at no more."""

    def __init__(self, machine: Machine, goals: tuple[Goal, ...]) -> None:
        predicates = [(g, machine.predicate(g.body)) for g in goals if g.body is not None]
        self._of_states = [(g, p) for g, p in predicates if g.kind != "transition"]
        self._of_steps = [(g, p) for g, p in predicates if g.kind == "transition"]
        self._of_deadlock = [g for g in goals if g.kind == "deadlock"]
        self._is_idle = not goals
        self._ranges = [
            (g, machine.predicate(inside))
            for g in goals
            if g.kind == "invariant" and g.body is not None and (inside := range_of(g.body)) is not None
        ]

    @property
    def is_done(self) -> bool:
        """Whether something was asked, and all of it is decided."""
        return not (self._is_idle or self._of_states or self._of_steps or self._of_deadlock)

    @property
    def vacuous(self) -> tuple[str, ...]:
        """Names of the invariants `all(… for … if …)` whose range was empty in every state so far."""
        return tuple(g.name for g, _ in self._ranges)

    def in_state(self, state: StateValues) -> list[Goal]:
        """Return the goals that a state decides.

        Raises:
            UndefinedError: a predicate has no value in the state.

        """
        decided = _decided(self._of_states, state)
        if decided:
            self._of_states = [(g, p) for g, p in self._of_states if g not in decided]
        if self._ranges:
            self._ranges = [(g, is_inhabited) for g, is_inhabited in self._ranges if not is_inhabited(state)]
        return decided

    def in_step(self, before: StateValues, after: StateValues) -> list[Goal]:
        """Return the goals that a step decides; a step that changes nothing decides none.

        Raises:
            UndefinedError: a predicate has no value in the step.

        """
        if not self._of_steps or before == after:
            return []
        decided = _decided(self._of_steps, after + before)
        if decided:
            self._of_steps = [(g, p) for g, p in self._of_steps if g not in decided]
        return decided

    def in_deadlock(self) -> list[Goal]:
        """Return the goal of freedom from deadlock, if it is open."""
        decided, self._of_deadlock = self._of_deadlock, []
        return decided


def failed(failure: Failure, machine: Machine) -> UndefinedError:
    """Return the exception for a step without a meaning."""
    system, instance = machine.system, machine.instance
    action = next(a for a in (*system.actions, *system.initial) if a.name == failure.action)
    args = zip(action.parameters, failure.args, strict=True)
    shown = ", ".join(show_value(p.type, arg, system, instance) for p, arg in args)
    return UndefinedError(f"{failure.action}({shown})", failure.error)


def starts(machine: Machine) -> tuple[list[StateValues], Counter[str]]:
    """Return the initial states, and how often each bound cut an initial action.

    Raises:
        UndefinedError: an initial action has no meaning, or there is no initial state.

    """
    states: list[StateValues] = []
    cuts: Counter[str] = Counter()
    for outcome in machine.initial_outcomes():
        match outcome:
            case Next(state=state):
                states.append(state)
            case Cut(bound=bound):
                cuts[bound] += 1
            case Failure():
                raise failed(outcome, machine)
    if not states:
        span = machine.system.initial[0].span if machine.system.initial else machine.system.span
        error = ModelError(span, "R014", "the model has no initial state", "let every @initial method be enabled")
        raise UndefinedError("the initial states", error)
    return states, cuts


def _decided(open_goals: list[tuple[Goal, Predicate]], values: StateValues) -> list[Goal]:
    decided: list[Goal] = []
    for goal, predicate in open_goals:
        try:
            value = predicate(values)
        except ModelError as error:
            kind = "transition invariant" if goal.kind == "transition" else goal.kind
            raise UndefinedError(f"the {kind} {goal.name}", error) from error
        if value == goal.sought:
            decided.append(goal)
    return decided
