"""What a native search found, in the words of the interpreter: states become values, ways become moves.

A way comes as packed states. It is walked again from its beginning by the interpreter, which looks for the move that
leads to the next state; so no trace is shown that is not one. Under symmetry the states of a way stand for their
orbits, and a move leads on if it leads to a state of the next orbit: what is shown is a behaviour of the model itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from checker.explicit.layout import Layout
from checker.explicit.library import Search, Words
from checker.interp.explore import Found
from checker.interp.goals import Goal
from checker.interp.machine import Failure, Machine, Next, StateValues
from checker.interp.replay import Move
from checker.interp.statements import Guard
from checker.interp.watch import UndefinedError, Watch, failed
from checker.trace.verdict import Counts


class DisagreementError(Exception):
    """The interpreter does not see what generated code saw: one of the two is wrong."""


@dataclass(slots=True)
class Way:
    """A way to a state: its states in turn, as values, and the moves between them."""

    states: list[StateValues]
    moves: list[Move]


@dataclass(slots=True)
class NativeFindings:
    """Implements `checker.interp.conclude.Findings`: where something was found is the number of a way there."""

    machine: Machine
    layout: Layout
    search: Search
    counts: Counts
    guards: tuple[Guard, ...]
    vacuous: tuple[str, ...]
    cuts: Counter[str]
    fired: Counter[str]
    is_complete: bool
    stopped_by: str
    complete_to: int | None = None
    decided: dict[Goal, Found] = field(default_factory=dict)
    undefined: UndefinedError | None = None
    undefined_at: Found | None = None
    ways: list[Way] = field(default_factory=list)

    def path(self, found: Found) -> tuple[StateValues, list[Move]]:
        """Return the initial state and the moves that lead to where something was found."""
        way = self.ways[found.state]
        return way.states[0], [*way.moves, *([] if found.step is None else [found.step[:3]])]

    def add_way(self, packed: list[Words] | list[int]) -> int:
        """Walk a way of packed states (or of their fingerprints) again, and return its number.

        Raises:
            DisagreementError: no move leads from one state to the next.

        """
        first = next((s for s in self.machine.initial_states() if self._is(s, packed[0])), None)
        if first is None:
            raise DisagreementError("a way begins in no initial state")
        way = Way([first], [])
        for mark in packed[1:]:
            step = self._step(way.states[-1], mark)
            way.states.append(step.state)
            way.moves.append(step[:3])
        self.ways.append(way)
        return len(self.ways) - 1

    def decide(self, goal: Goal, number: int) -> None:
        """Record that the last state of a way decides a goal, or (of a step) some step from it.

        Raises:
            DisagreementError: it does not.

        """
        state = self.ways[number].states[-1]
        watch = Watch(self.machine, (goal,))
        outcomes = self.machine.outcomes(state) if goal.kind in ("transition", "deadlock") else []
        if goal.kind == "transition":
            step = next((o for o in outcomes if isinstance(o, Next) and _decides(watch, state, o.state)), None)
            if step is not None:
                self.decided[goal] = Found(number, step)
                return
        elif goal.kind == "deadlock":
            if not outcomes:
                self.decided[goal] = Found(number)
                return
        elif watch.in_state(state):
            self.decided[goal] = Found(number)
            return
        raise DisagreementError(f"nothing at the end of a way decides {goal.name}")

    def explain_trouble(self, goals: tuple[Goal, ...], number: int) -> None:
        """Find what is undefined at the end of a way: in a state, in a step from it, or in a predicate of either.

        Raises:
            DisagreementError: nothing is.

        """
        state = self.ways[number].states[-1]
        watch = Watch(self.machine, goals)
        at = Found(number)
        try:
            watch.in_state(state)
            for outcome in self.machine.outcomes(state):
                if isinstance(outcome, Failure):
                    raise failed(outcome, self.machine)
                if isinstance(outcome, Next):
                    at = Found(number, outcome)
                    watch.in_step(state, outcome.state)
                    at = Found(number)
        except UndefinedError as undefined:
            self.undefined, self.undefined_at = undefined, at
            return
        raise DisagreementError("nothing is undefined at the end of a way")

    def _step(self, state: StateValues, mark: Words | int) -> Next:
        for outcome in self.machine.outcomes(state):
            if isinstance(outcome, Next) and self._is(outcome.state, mark):
                return outcome
        raise DisagreementError("no move leads from one state of a way to the next")

    def _is(self, state: StateValues, mark: Words | int) -> bool:
        words = self.search.least(self.layout.pack(state))
        return (self.search.hash(words) if isinstance(mark, int) else words) == mark


def _decides(watch: Watch, before: StateValues, after: StateValues) -> bool:
    """Return whether a step decides the watched goal; one of which it says nothing does not."""
    try:
        return bool(watch.in_step(before, after))
    except UndefinedError:
        return False
