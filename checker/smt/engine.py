"""The symbolic engines of finite instances, as engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checker.interp.conclude import report_of
from checker.interp.goals import goals_of
from checker.interp.machine import Machine
from checker.interp.meter import Meter
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.smt.bmc import Search
from checker.smt.circuit import GATES_MAX, Circuit
from checker.smt.solver import Budget, require_z3
from checker.trace.verdict import Progress, Report, Request, Result, Unknown

DEPTH = 20
"""Steps that bounded model checking goes where no depth is asked for."""

NO_LASSO = Unknown("a bounded behaviour is finite: it decides no temporal property; use --engine interp", "depth")


@dataclass(slots=True)
class BmcEngine:
    """Bounded model checking. Implements `checker.trace.verdict.Engine`."""

    budget: Budget = field(default_factory=Budget)
    gates_max: int = GATES_MAX
    name: str = field(default="bmc", init=False)

    def run(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None = None,
        base: System | None = None,
    ) -> Report:
        """Return what behaviours of up to `request.limits.depth` steps (else `DEPTH`) showed.

        What they do not violate is unknown: longer ones were not looked at.

        Raises:
            QuoraxError: R020 for a property that the model does not have, I010 for a type with too many values, Y001
                for a value that may be too many things, Y002 for deadlock with too many ways to act, Y010 without z3.
            DisagreementError: the interpreter does not see what the circuit said: a bug of one of the two.

        """
        require_z3()
        meter = Meter(self.name, request.limits, progress)
        goals = goals_of(system, request)
        depth = DEPTH if request.limits.depth is None else request.limits.depth
        search = Search(
            Machine(system, instance), goals, depth, self.budget, Circuit(self.gates_max), meter.look
        )
        search.run()
        report = report_of(search, goals, self.name, base)
        results = (*(_with_reason(r, search) for r in report.results), *_temporal(request))
        cuts = tuple(f"some of these behaviours are cut at {bound}" for bound in sorted(search.cut_at))
        return replace(report, results=results, coverage=(), warnings=cuts, seconds=meter.seconds)


def _with_reason(result: Result, search: Search) -> Result:
    """Return a result that says up to which length behaviours were looked at, and why no longer ones."""
    if not isinstance(result.verdict, Unknown):
        return result
    found = "not reached" if result.kind == "witness" else "no violation"
    if search.complete_to is None:
        return replace(result, verdict=Unknown(f"no behaviour was looked at: {search.stopped_by}"))
    extent = f"{found} within {search.complete_to} steps"
    if search.complete_to < search.depth:
        return replace(result, verdict=Unknown(f"{extent}: {search.stopped_by}", "depth"))
    return replace(result, verdict=Unknown(f"{extent}; longer behaviours were not looked at", "depth"))


def _temporal(request: Request) -> tuple[Result, ...]:
    return tuple(Result(asked.name, "temporal", NO_LASSO) for asked in request.temporal)
