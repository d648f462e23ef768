"""Random simulation: long behaviours of instances that are too big to explore. It finds violations; it proves nothing.

Every run starts in a random initial state and takes one of the steps that change the state, all equally likely, until
there is none or the run is long enough. The same seed gives the same runs.
"""

from __future__ import annotations

import random
from collections import Counter

from checker.interp.explore import Look, StopError
from checker.interp.goals import Goal
from checker.interp.machine import Cut, Failure, Machine, Next, StateValues
from checker.interp.replay import Move
from checker.interp.simulated import STEPS_MAX, Behaviour, Simulated
from checker.interp.watch import UndefinedError, Watch, failed, starts
from checker.ir.system import System
from checker.trace.verdict import Report, Request

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
        self._decided: dict[Goal, Behaviour] = {}
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
        undefined, run = self._undefined or (None, None)
        return Simulated(
            self._machine,
            self._goals,
            self._request.seed,
            self._runs,
            self._steps,
            self._depth,
            self._stopped_by,
            self._cuts,
            self._fired,
            self._machine.guards,
            self._decided,
            undefined,
            None if run is None else Behaviour(run.initial, run.moves),
        ).report(engine, base)

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
            self._decided[goal] = Behaviour(run.initial, list(run.moves))
        if goals and self._watch.is_done:
            raise StopError("everything asked for is decided")

    def _look_up(self) -> None:
        note = f"run {self._runs + 1} of {self._request.runs}"
        reason = self._look(distinct=0, generated=self._steps, depth=self._depth, queue=0, note=note)
        if reason:
            raise StopError(reason)
