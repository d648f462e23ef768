"""Random simulation in compiled code: the same seed gives the same report, whatever the number of workers.

What is simulated is what `checker.interp.simulate` says: steps that change the state, all equally likely. Steps come in
another order here, and from another generator, so that a seed does not give the interpreter's runs. A run that decided
something is walked again, first by compiled code for its states, then by the interpreter for its moves.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import Structure, byref, c_bool, c_uint64
from dataclasses import dataclass, field, replace

from checker.explicit.findings import NativeFindings
from checker.explicit.library import GOALS_MAX, Glance, Search, Trouble, Words
from checker.interp.engine import NO_LASSO_AT_RANDOM
from checker.interp.explore import Found
from checker.interp.goals import Goal
from checker.interp.simulated import STEPS_MAX, Behaviour, Simulated
from checker.ir.system import System
from checker.trace.verdict import Report, Request, Result

SEEDS = 1 << 64
"""Seeds that differ by a multiple of this give the same runs."""


class CSimulation(Structure):
    """`qx_simulation`."""

    _fields_ = [
        ("seed", c_uint64),
        ("runs", c_uint64),
        ("ended", c_uint64),
        ("run_of", c_uint64 * GOALS_MAX),
        ("trouble_run", c_uint64),
    ]


@dataclass(slots=True)
class Simulation(Search):
    """Random runs of a compiled program: `explore` makes them. `run` has what they found; the levels of its spots are
    steps in a run, and `made` says in which.
    """

    request: Request = field(default_factory=Request)
    made: CSimulation = field(init=False)

    def __post_init__(self) -> None:
        Search.__post_init__(self)
        self.made = CSimulation(seed=self.request.seed % SEEDS, runs=self.request.runs)
        self.run.depth_max = self.request.limits.depth or STEPS_MAX

    def explore(self, look: Callable[[Glance], str]) -> str:
        """Make the runs; `look` and what is returned are as for a search."""
        return self._in_thread(lambda: self.library.qx_simulate(byref(self.run), byref(self.made)), look)

    def behaviour(self, number: int, length: int) -> list[Words]:
        """Return the first `length` + 1 states of a run, whose number counts from 0.

        Raises:
            MemoryError: there is none for them.

        """
        words = self.sizes.words
        room = (c_uint64 * (words * (length + 1)))()
        self.library.qx_behaviour.restype = c_bool
        walked = self.library.qx_behaviour(
            byref(self.run), c_uint64(self.made.seed), c_uint64(number), c_uint64(length), room
        )
        if not walked:
            raise MemoryError(f"run {number} cannot be walked again")
        return [tuple(room[i * words : (i + 1) * words]) for i in range(length + 1)]

    def glance(self) -> Glance:
        """Return how far the runs are."""
        number = min(self.made.ended + 1, self.made.runs)
        note = f"run {number} of {self.made.runs}"
        return Glance(0, self.run.seen_generated, self.run.seen_depth, 0, 0, note)


@dataclass(slots=True)
class Conclusion:
    """Turns what a simulation found into a report. `numbered` are the goals by their bits, `goals` all that were asked
    for in the order of the report.
    """

    simulation: Simulation
    findings: NativeFindings
    numbered: list[tuple[int, Goal]]
    goals: tuple[Goal, ...]

    def report(self, engine: str, base: System | None) -> Report:
        """Return the report.

        Raises:
            DisagreementError: the interpreter does not see what compiled code saw.

        """
        findings, simulation = self.findings, self.simulation
        decided = self._decided()
        undefined_by = self._undefined()
        simulated = Simulated(
            findings.machine,
            self.goals,
            simulation.request.seed,
            int(simulation.made.ended),
            findings.counts.generated,
            findings.counts.depth,
            findings.stopped_by,
            findings.cuts,
            findings.fired,
            findings.guards,
            decided,
            findings.undefined,
            undefined_by,
        )
        report = simulated.report(engine, base)
        undecided = tuple(Result(t.name, "temporal", NO_LASSO_AT_RANDOM) for t in simulation.request.temporal)
        return replace(report, results=(*report.results, *undecided))

    def _decided(self) -> dict[Goal, Behaviour]:
        run, made = self.simulation.run, self.simulation.made
        decided: dict[Goal, Behaviour] = {}
        for bit, goal in self.numbered:
            if run.decided >> bit & 1:
                number = self._walked(made.run_of[bit], run.decided_at[bit].level)
                self.findings.decide(goal, number)
                decided[goal] = Behaviour(*self.findings.path(self.findings.decided[goal]))
        return decided

    def _undefined(self) -> Behaviour | None:
        """Find what is undefined, if anything is, and how a run came there."""
        run, made = self.simulation.run, self.simulation.made
        if run.trouble != Trouble.UNDEFINED:
            return None
        number = self._walked(made.trouble_run, run.trouble_at.level)
        self.findings.explain_trouble(self.goals, number)
        return Behaviour(*self.findings.path(self.findings.undefined_at or Found(number)))

    def _walked(self, number: int, length: int) -> int:
        """Return the number of the way that a run went so far."""
        return self.findings.add_way(self.simulation.behaviour(number, length))
