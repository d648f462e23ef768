"""The interpreter as an engine: exhaustive search, or random simulation where runs are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from checker.interp.conclude import report_of
from checker.interp.explore import Exploration
from checker.interp.goals import goals_of
from checker.interp.machine import Machine
from checker.interp.meter import Meter
from checker.interp.simulate import Simulation
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.trace.verdict import Progress, Report, Request


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
            QuoraxError: R020 for a property that the model does not have, I010 for a type with too many values.

        """
        meter = Meter(self.name, request.limits, progress)
        goals = goals_of(system, request)
        machine = Machine(system, instance)
        if request.runs:
            simulation = Simulation(machine, goals, request, meter.look)
            simulation.run()
            return replace(simulation.report(self.name, base), seconds=meter.seconds)
        exploration = Exploration(machine, goals, request.limits, exhaust=request.exhaust, look=meter.look)
        exploration.run()
        return replace(report_of(exploration, goals, self.name, base), seconds=meter.seconds)
