"""The interpreter as an engine: exhaustive search, or random simulation where runs are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from checker.interp.conclude import report_of
from checker.interp.edges import Edges
from checker.interp.explore import Exploration
from checker.interp.goals import goals_of
from checker.interp.liveness import with_temporal_results
from checker.interp.machine import Machine
from checker.interp.meter import Meter
from checker.interp.simulate import Simulation
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.trace.verdict import Progress, Report, Request, Result, Unknown

NO_LASSO_AT_RANDOM = Unknown("a random behaviour is finite: it decides no temporal property", "simulation")


class Interpreter:
    """The reference engine: slow, and right. Implements `checker.trace.verdict.Engine`."""

    name = "interp"

    def run(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None = None,
        base: System | None = None,
    ) -> Report:
        """Return what exploring the instance (`request.runs` is 0) or `request.runs` random behaviours found.

        Raises:
            QuoraxError: R020 and R021 for a property, predicate or action that the model does not have, S015 for a
                formula that is too large, I010 for a type with too many values.

        """
        meter = Meter(self.name, request.limits, progress)
        goals = goals_of(system, request)
        machine = Machine(system, instance)
        if request.runs:
            simulation = Simulation(machine, goals, request, meter.look)
            simulation.run()
            report = simulation.report(self.name, base)
            undecided = (Result(asked.name, "temporal", NO_LASSO_AT_RANDOM) for asked in request.temporal)
            return replace(report, results=(*report.results, *undecided), seconds=meter.seconds)
        edges = Edges(machine, request.temporal) if request.temporal else None
        exhaust = request.exhaust or edges is not None
        exploration = Exploration(machine, goals, request.limits, exhaust=exhaust, look=meter.look, edges=edges)
        exploration.run()
        report = report_of(exploration, goals, self.name, base)
        if edges is not None:
            report = with_temporal_results(report, exploration, edges, meter.look, base)
        return replace(report, seconds=meter.seconds)
