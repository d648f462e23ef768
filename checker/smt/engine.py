"""The symbolic engines of finite instances, as engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checker.interp.conclude import report_of
from checker.interp.goals import Goal, goals_of
from checker.interp.machine import Machine
from checker.interp.meter import Meter
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.smt.bmc import Search
from checker.smt.circuit import GATES_MAX, Circuit, SizeError
from checker.smt.induction import GaveUpError, Induction
from checker.smt.solver import Budget, require_z3
from checker.trace.verdict import Progress, Report, Request, Result, Unknown, Verdict, Violated

DEPTH = 20
"""Steps that bounded model checking goes where no depth is asked for."""

NO_LASSO = Unknown("a bounded behaviour is finite: it decides no temporal property; use --engine interp")


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
        search = Search(Machine(system, instance), goals, depth, self.budget, Circuit(self.gates_max), meter.look)
        search.run()
        report = report_of(search, goals, self.name, base)
        results = (*(_with_reason(r, search) for r in report.results), *_temporal(request))
        cuts = tuple(f"some of these behaviours are cut at {bound}" for bound in sorted(search.cut_at))
        return replace(report, results=results, coverage=(), warnings=cuts, notes=(search.size,), seconds=meter.seconds)


@dataclass(slots=True)
class InductionEngine:
    """Induction in a finite instance. Implements `checker.trace.verdict.Engine`.

    `steps` is how many states in a row are assumed to satisfy the properties: more prove more, and cost more.
    """

    steps: int = 1
    budget: Budget = field(default_factory=Budget)
    gates_max: int = GATES_MAX
    name: str = field(default="induction", init=False)

    def run(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None = None,
        base: System | None = None,
    ) -> Report:
        """Return which of the properties are inductive together, or violated within `steps` - 1 steps already.

        A property that is not is unknown, with a counterexample to induction.

        Raises:
            QuoraxError: as `BmcEngine.run`, and Y003 for a variable that may have endlessly many values.
            DisagreementError: the interpreter does not see what the circuit said: a bug of one of the two.

        """
        require_z3()
        meter = Meter(self.name, request.limits, progress)
        goals = goals_of(system, request)
        asked = tuple(g for g in goals if g.kind in ("invariant", "transition"))
        machine = Machine(system, instance)
        search = Search(machine, asked, self.steps - 1, self.budget, Circuit(self.gates_max), meter.look)
        search.run()
        report = report_of(search, asked, self.name, base)
        verdicts: dict[str, Verdict] = {
            r.property: r.verdict for r in report.results if isinstance(r.verdict, Violated)
        }
        task = Induction(machine, search.open, self.steps, self.budget, Circuit(self.gates_max), meter.look, base)
        stopped = "" if search.complete_to == self.steps - 1 else search.stopped_by
        if not stopped and search.open:
            stopped = _prove(task)
        verdicts |= {goal.name: verdict for goal, verdict in task.verdicts.items()}
        missing = Unknown(f"not proved: {stopped}")
        results = tuple(
            Result(g.name, g.kind, verdicts.get(g.name, missing) if g in asked else _not_by_induction(g)) for g in goals
        )
        cuts = tuple(f"steps that are cut at {bound} were not judged" for bound in task.cut_at)
        return replace(
            report,
            results=(*results, *_temporal(request)),
            stopped_by=stopped,
            coverage=(),
            warnings=cuts,
            notes=tuple(task.notes),
            seconds=meter.seconds,
        )


def _prove(task: Induction) -> str:
    """Prove what can be proved, and return what ended that early, if anything did."""
    try:
        task.run()
    except (GaveUpError, SizeError) as reason:
        return str(reason)
    except KeyboardInterrupt:
        return "interrupted"
    return ""


def _not_by_induction(goal: Goal) -> Unknown:
    return Unknown(f"induction does not decide a {goal.kind}: use --engine bmc, or explicit")


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
