"""Random simulation: long behaviours of instances that are too big to explore. It finds violations; it proves nothing.

Every run starts in a random initial state and takes one of the steps that change the state, all equally likely, until
there is none or the run is long enough. The same seed gives the same runs. A violating run is shortened by leaving out
steps as long as what is left is still a behaviour that violates the property (after Zeller and Hildebrandt,
"Simplifying and Isolating Failure-Inducing Input", 2002).
"""

from __future__ import annotations

import random
from collections import Counter

from checker.interp.conclude import coverage_of
from checker.interp.explore import Look, StopError
from checker.interp.goals import Goal
from checker.interp.machine import Cut, Failure, Machine, Next, StateValues
from checker.interp.replay import Move, replay
from checker.interp.watch import UndefinedError, Watch, failed, starts
from checker.ir.system import System
from checker.trace.trace import Trace
from checker.trace.verdict import (
    BoundHit,
    Counts,
    ModelErrorFound,
    Reached,
    Report,
    Request,
    Result,
    Unknown,
    Verdict,
    Violated,
)

STEPS_MAX = 200
"""Steps of one run, where the request sets no depth."""

LOOK_EVERY = 64
"""Steps between two looks at the clock."""


class Run:
    """One random behaviour: where it began, and the moves so far."""

    def __init__(self, initial: StateValues) -> None:
        self.initial = initial
        self.state = initial
        self.moves: list[Move] = []


class Simulation:
    """Random runs of one machine. `run` makes them; `report` says what they found."""

    def __init__(self, machine: Machine, goals: tuple[Goal, ...], request: Request, look: Look) -> None:
        self._machine = machine
        self._goals = goals
        self._request = request
        self._look = look
        self._watch = Watch(machine, goals)
        self._random = random.Random(request.seed)
        self._decided: dict[Goal, tuple[StateValues, list[Move]]] = {}
        self._undefined: tuple[UndefinedError, Run | None] | None = None
        self._fired: Counter[str] = Counter()
        self._cuts: Counter[str] = Counter()
        self._runs = 0
        self._steps = 0
        self._depth = 0
        self._stopped_by = ""

    def run(self) -> None:
        """Make the runs that were asked for, or as many as the limits allow, or until everything asked is decided."""
        run: Run | None = None
        try:
            states, _ = starts(self._machine)
            for _ in range(self._request.runs):
                run = Run(self._random.choice(states))
                self._follow(run)
                self._runs += 1
        except StopError as stopped:
            self._stopped_by = stopped.reason
        except UndefinedError as undefined:
            self._undefined, self._stopped_by = (undefined, run), "an error of the model"
        except KeyboardInterrupt:
            self._stopped_by = "interrupted"

    def report(self, engine: str, base: System | None) -> Report:
        """Return the report. Bounds are counted each time a run met them."""
        machine = self._machine
        guards = tuple(coverage_of(g) for g in machine.guards)
        return Report(
            machine.system,
            machine.instance,
            engine,
            tuple(Result(g.name, g.kind, self._verdict(g, base)) for g in self._goals),
            Counts(generated=self._steps, depth=self._depth),
            complete=False,
            stopped_by=self._stopped_by,
            bounds_hit=tuple(BoundHit(bound, count) for bound, count in sorted(self._cuts.items())),
            coverage=tuple((a.name, self._fired[a.name]) for a in machine.system.actions),
            guards=guards,
            seed=self._request.seed,
            error=self._error(base),
        )

    def _follow(self, run: Run) -> None:
        """Extend a run at random until nothing can change or it is long enough."""
        self._decide(self._watch.in_state(run.state), run)
        for _ in range(self._request.limits.depth or STEPS_MAX):
            if self._steps % LOOK_EVERY == 0:
                self._look_up()
            outcomes = self._machine.outcomes(run.state)
            for outcome in outcomes:
                if isinstance(outcome, Failure):
                    raise failed(outcome, self._machine)
                if isinstance(outcome, Cut):
                    self._cuts[outcome.bound] += 1
            if not outcomes:
                self._decide(self._watch.in_deadlock(), run)
            steps = [o for o in outcomes if isinstance(o, Next) and o.state != run.state]
            if not steps:
                return
            self._take(run, self._random.choice(steps))

    def _take(self, run: Run, step: Next) -> None:
        before, run.state = run.state, step.state
        run.moves.append(step[:3])
        self._steps += 1
        self._depth = max(self._depth, len(run.moves))
        self._fired[step.action] += 1
        self._decide(self._watch.in_step(before, step.state) + self._watch.in_state(step.state), run)

    def _decide(self, goals: list[Goal], run: Run) -> None:
        for goal in goals:
            self._decided[goal] = run.initial, list(run.moves)
        if goals and self._watch.is_done:
            raise StopError("everything asked for is decided")

    def _look_up(self) -> None:
        note = f"run {self._runs + 1} of {self._request.runs}"
        reason = self._look(distinct=0, generated=self._steps, depth=self._depth, queue=0, note=note)
        if reason:
            raise StopError(reason)

    def _verdict(self, goal: Goal, base: System | None) -> Verdict:
        if goal not in self._decided:
            what = "not reached" if goal.kind == "witness" else "no violation"
            extent = f"{self._runs:,} runs, {self._steps:,} steps, seed {self._request.seed}"
            stopped = f"; stopped by {self._stopped_by}" if self._stopped_by else ""
            return Unknown(f"{what} in {extent}{stopped}", "simulation")
        initial, moves = self._decided[goal]
        trace = self._trace(initial, self._shortened(goal, initial, moves), base, property=goal.name)
        return Reached(trace) if goal.kind == "witness" else Violated(trace)

    def _error(self, base: System | None) -> ModelErrorFound | None:
        if self._undefined is None:
            return None
        undefined, run = self._undefined
        diagnostic = undefined.error.diagnostic
        title = f"{undefined.place}: {diagnostic.message}"
        trace = None if run is None else self._trace(run.initial, run.moves, base, title=title)
        return ModelErrorFound(diagnostic, undefined.place, trace)

    def _trace(
        self, initial: StateValues, moves: list[Move], base: System | None, *, property: str = "", title: str = ""
    ) -> Trace:
        machine = self._machine
        return replay(machine.system, machine.instance, initial, moves, property=property, title=title, base=base)

    def _shortened(self, goal: Goal, initial: StateValues, moves: list[Move]) -> list[Move]:
        """Return a behaviour that decides the goal without some of the moves, none of which alone can be left out."""
        size = max(1, len(moves) // 2)
        place = 0
        while place < len(moves) or size > 1:
            if place >= len(moves):
                size, place = size // 2, 0
                continue
            shorter = self._deciding(goal, initial, moves[:place] + moves[place + size :])
            if shorter is None:
                place += size
            else:
                moves, place = shorter, 0
        return moves

    def _deciding(self, goal: Goal, initial: StateValues, moves: list[Move]) -> list[Move] | None:
        """Return the moves up to where they decide the goal; None if they do not, or are no behaviour."""
        watch, state = Watch(self._machine, (goal,)), initial
        try:
            if watch.in_state(state):
                return []
            for count, move in enumerate(moves, start=1):
                outcome = self._machine.perform(state, *move)
                if not isinstance(outcome, Next):
                    return None
                if watch.in_step(state, outcome.state) or watch.in_state(outcome.state):
                    return moves[:count]
                state = outcome.state
        except UndefinedError:
            return None
        return moves if goal.kind == "deadlock" and not self._machine.outcomes(state) else None
