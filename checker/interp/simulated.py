"""From what random runs came to, whoever made them, to a report: violations shortened and replayed, and nothing proved.

A violating run is shortened by leaving out moves as long as what is left is still a behaviour that violates the
property (after Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from checker.interp.conclude import coverage_of
from checker.interp.goals import Goal
from checker.interp.machine import Machine, Next, StateValues
from checker.interp.replay import Move, replay
from checker.interp.statements import Guard
from checker.interp.watch import UndefinedError, Watch
from checker.ir.system import System
from checker.trace.trace import Trace
from checker.trace.verdict import (
    BoundHit,
    Counts,
    ModelErrorFound,
    Reached,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)

STEPS_MAX = 200
"""Steps of one run, where the request sets no depth."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """An initial state, and the moves of a run from there on."""

    initial: StateValues
    moves: list[Move]


@dataclass(slots=True)
class Simulated:
    """What random runs came to. `runs` came to their own end; bounds and guards were counted as often as met, actions
    as often as taken. `undefined_by` led to what is undefined, if that is not the initial states themselves.
    """

    machine: Machine
    goals: tuple[Goal, ...]
    seed: int
    runs: int
    steps: int
    depth: int
    stopped_by: str
    cuts: Counter[str]
    fired: Counter[str]
    guards: Sequence[Guard]
    decided: dict[Goal, Behaviour]
    undefined: UndefinedError | None = None
    undefined_by: Behaviour | None = None

    def report(self, engine: str, base: System | None) -> Report:
        """Return the report, its results in the order of the goals."""
        machine = self.machine
        guards = tuple(map(coverage_of, self.guards))  # before shortening, which counts guards once more
        return Report(
            machine.system,
            machine.instance,
            engine,
            tuple(Result(g.name, g.kind, self._verdict(g, base)) for g in self.goals),
            Counts(generated=self.steps, depth=self.depth),
            complete=False,
            stopped_by=self.stopped_by,
            bounds_hit=tuple(BoundHit(bound, count) for bound, count in sorted(self.cuts.items())),
            coverage=tuple((a.name, self.fired[a.name]) for a in machine.system.actions),
            guards=guards,
            seed=self.seed,
            error=self._error(base),
        )

    def _verdict(self, goal: Goal, base: System | None) -> Verdict:
        if goal not in self.decided:
            what = "not reached" if goal.kind == "witness" else "no violation"
            extent = f"{self.runs:,} runs, {self.steps:,} steps, seed {self.seed}"
            stopped = f"; stopped by {self.stopped_by}" if self.stopped_by else ""
            return Unknown(f"{what} in {extent}{stopped}", "simulation")
        found = self.decided[goal]
        shorter = Behaviour(found.initial, shortened(self.machine, goal, found.initial, found.moves))
        trace = self._trace(shorter, base, property=goal.name)
        return Reached(trace) if goal.kind == "witness" else Violated(trace)

    def _error(self, base: System | None) -> ModelErrorFound | None:
        if self.undefined is None:
            return None
        diagnostic, place = self.undefined.error.diagnostic, self.undefined.place
        by = self.undefined_by
        trace = None if by is None else self._trace(by, base, title=f"{place}: {diagnostic.message}")
        return ModelErrorFound(diagnostic, place, trace)

    def _trace(self, by: Behaviour, base: System | None, *, property: str = "", title: str = "") -> Trace:
        machine = self.machine
        return replay(machine.system, machine.instance, by.initial, by.moves, property=property, title=title, base=base)


def shortened(machine: Machine, goal: Goal, initial: StateValues, moves: list[Move]) -> list[Move]:
    """Return a behaviour that decides the goal without some of the moves, none of which alone can be left out."""
    size = max(1, len(moves) // 2)
    place = 0
    while place < len(moves) or size > 1:
        if place >= len(moves):
            size, place = size // 2, 0
            continue
        shorter = _deciding(machine, goal, initial, moves[:place] + moves[place + size :])
        if shorter is None:
            place += size
        else:
            moves, place = shorter, 0
    return moves


def _deciding(machine: Machine, goal: Goal, initial: StateValues, moves: list[Move]) -> list[Move] | None:
    """Return the moves up to where they decide the goal; None if they do not, or are no behaviour."""
    watch, state = Watch(machine, (goal,)), initial
    try:
        if watch.in_state(state):
            return []
        for count, move in enumerate(moves, start=1):
            outcome = machine.perform(state, *move)
            if not isinstance(outcome, Next):
                return None
            if watch.in_step(state, outcome.state) or watch.in_state(outcome.state):
                return moves[:count]
            state = outcome.state
    except UndefinedError:
        return None
    return moves if goal.kind == "deadlock" and not machine.outcomes(state) else None
