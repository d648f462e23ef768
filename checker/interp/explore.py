"""Exploring every reachable state, breadth first, so that the first violation found has a shortest trace.

States are numbered in the order in which they are found; each keeps the number of the state it was found from. The
moves of a trace are not stored: the first move that leads from one state to the next is found again by taking all of
them. For one model and instance the order of everything is fixed, and with it each verdict, count and trace.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from checker.interp.edges import Edges
from checker.interp.goals import Goal
from checker.interp.machine import Cut, Failure, Machine, Next, StateValues
from checker.interp.replay import Move
from checker.interp.statements import Guard
from checker.interp.watch import UndefinedError, Watch, failed, starts
from checker.trace.verdict import Counts, Limits

LOOK_EVERY = 16
"""States explored between two looks at the clock."""

NOWHERE = -1
"""The parent of an initial state."""


class Look(Protocol):
    """Is told how far a run has come; returns the limit that ends it, or nothing."""

    def __call__(self, *, distinct: int, generated: int, depth: int, queue: int, note: str = "") -> str: ...


class StopError(Exception):
    """Ends a run before every state is visited. `reason` says what stopped it, `depth` how deep all were, if known."""

    def __init__(self, reason: str, depth: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.depth = depth


@dataclass(frozen=True, slots=True)
class Found:
    """Where something was found: in a numbered state, or in a step from it."""

    state: int
    step: Next | None = None


class Exploration:
    """One breadth-first search. After `run`, the attributes say what it found.

    The first `initial` states are initial. `edges` is told of every state and of what leaves it.
    """

    def __init__(
        self,
        machine: Machine,
        goals: tuple[Goal, ...],
        limits: Limits,
        *,
        exhaust: bool,
        look: Look,
        edges: Edges | None = None,
    ) -> None:
        self.machine = machine
        self.watch = Watch(machine, goals)
        self.decided: dict[Goal, Found] = {}
        self.undefined: UndefinedError | None = None
        self.undefined_at: Found | None = None
        self.initial = 0
        self.is_complete = False
        self.stopped_by = ""
        self.complete_to: int | None = None
        self.cuts: Counter[str] = Counter()
        self.fired: Counter[str] = Counter()
        self._limits = limits
        self._exhaust = exhaust
        self._look = look
        self._edges = edges
        self._states: list[StateValues] = []
        self._parents = array("q")
        self._numbers: dict[StateValues, int] = {}
        self._generated = 0
        self._depth = 0
        self._terminal = 0

    @property
    def counts(self) -> Counts:
        distinct = len(self._states)
        return Counts(distinct, distinct, self._generated, self._depth, self._terminal)

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Every `require` of the actions, with how often it was met."""
        return self.machine.guards

    @property
    def vacuous(self) -> tuple[str, ...]:
        """The invariants whose range was empty in every state so far."""
        return self.watch.vacuous

    def run(self) -> None:
        """Visit every reachable state, or as many as the limits allow, or until everything asked is decided."""
        try:
            self._visit_initial_states()
            self._visit_successors()
            self.is_complete = True
        except StopError as stopped:
            self.stopped_by, self.complete_to = stopped.reason, stopped.depth
        except UndefinedError as undefined:
            self.undefined = undefined
            self.stopped_by = "an error of the model"
        except KeyboardInterrupt:
            self.stopped_by = "interrupted"

    def path(self, found: Found) -> tuple[StateValues, list[Move]]:
        """Return the initial state and the moves that lead to where something was found."""
        numbers = [found.state]
        while (parent := self._parents[numbers[-1]]) != NOWHERE:
            numbers.append(parent)
        states = [self._states[number] for number in reversed(numbers)]
        moves = [self.move(before, after) for before, after in pairwise(states)]
        if found.step is not None:
            moves.append(found.step[:3])
        return states[0], moves

    def move(self, before: StateValues, after: StateValues) -> Move:
        """Return the first move that leads from a state to the next."""
        steps = (o for o in self.machine.outcomes(before) if isinstance(o, Next))
        return next(step for step in steps if step.state == after)[:3]

    def state(self, number: int) -> StateValues:
        """Return a state by its number."""
        return self._states[number]

    def _visit_initial_states(self) -> None:
        states, cuts = starts(self.machine)
        self.cuts.update(cuts)
        for state in states:
            self._generated += 1
            self._visit(state, NOWHERE)
        self.initial = len(states)

    def _visit_successors(self) -> None:
        level_end, depth = len(self._states), 0
        number = 0
        while number < len(self._states):
            if number == level_end:
                level_end, depth = len(self._states), depth + 1
            if depth == self._limits.depth:
                raise StopError(f"the depth limit of {depth} steps", depth)
            if number % LOOK_EVERY == 0:
                self._look_up(number)
            self._expand(number, depth)
            number += 1

    def _expand(self, number: int, depth: int) -> None:
        state = self._states[number]
        outcomes = self.machine.outcomes(state)
        for outcome in outcomes:
            match outcome:
                case Next():
                    self._take(outcome, state, number, depth)
                case Cut(bound=bound):
                    self.cuts[bound] += 1
                case Failure():
                    self.undefined_at = Found(number)
                    raise failed(outcome, self.machine)
        if self._edges is not None:
            self._edges.leaving(state, outcomes, self._numbers)
        if not outcomes:
            self._terminal += 1
            self._decide(self.watch.in_deadlock(), number)

    def _take(self, step: Next, before: StateValues, number: int, depth: int) -> None:
        self._generated += 1
        self.fired[step.action] += 1
        try:
            goals = self.watch.in_step(before, step.state)
        except UndefinedError:
            self.undefined_at = Found(number, step)
            raise
        self._decide(goals, number, step)
        if step.state not in self._numbers:
            self._depth = depth + 1
            self._visit(step.state, number)

    def _visit(self, state: StateValues, parent: int) -> None:
        if len(self._states) == self._limits.states:
            raise StopError(f"the limit of {self._limits.states:,} states")
        number = len(self._states)
        self._numbers[state] = number
        self._states.append(state)
        self._parents.append(parent)
        try:
            goals = self.watch.in_state(state)
            if self._edges is not None:
                self._edges.in_state(state)
        except UndefinedError:
            self.undefined_at = Found(number)
            raise
        self._decide(goals, number)

    def _decide(self, goals: list[Goal], number: int, step: Next | None = None) -> None:
        if not goals:
            return
        self.decided.update(dict.fromkeys(goals, Found(number, step)))
        if self.watch.is_done and not self._exhaust:
            raise StopError("everything asked for is decided")

    def _look_up(self, number: int) -> None:
        reason = self._look(
            distinct=len(self._states),
            generated=self._generated,
            depth=self._depth,
            queue=len(self._states) - number,
        )
        if reason:
            raise StopError(reason)
