"""The native engine: generates C for a system and an instance, compiles it, searches, and reports.

What it found is walked again by the interpreter before anybody sees it. Where there is no C compiler, or the model has
something that generated code does not decide, the interpreter takes over and the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from checker.diagnostics import NOWHERE, error
from checker.explicit.build import CompilerError, build, find_compiler
from checker.explicit.codec import CapacityError
from checker.explicit.findings import DisagreementError, NativeFindings
from checker.explicit.generate.program import GOALS_MAX, INCLUDE, Program, guards_of, program_of
from checker.explicit.layout import Layout, layout_of
from checker.explicit.library import (
    Bits,
    CSpot,
    Ending,
    Glance,
    Kind,
    Search,
    Settings,
    Sizes,
    Trouble,
    Words,
    load_library,
)
from checker.explicit.plan import OBSTACLES, OutgrownError, Plan, UnreducedError, plan_of
from checker.explicit.shapes import Shapes
from checker.explicit.simulate import Conclusion, Simulation
from checker.explicit.temporal import OutgrownPredicateError
from checker.interp.conclude import report_of
from checker.interp.engine import Interpreter
from checker.interp.goals import Goal, goals_of
from checker.interp.machine import Machine
from checker.interp.meter import Meter
from checker.interp.statements import Guard
from checker.interp.watch import UndefinedError, starts
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.trace.verdict import Counts, Holds, Progress, Report, Request, Unknown, Unreached

Store: TypeAlias = Literal["exact", "tree", "fp64"]

MEMORY_BYTES = 8 << 30
"""What a search may take where no limit is asked for."""

WORDS_MAX = 2048
"""`QX_WORDS_MAX`: words of a state that stores take."""

SLOW = (
    "there is no C compiler (cc on the PATH, or pip install ziglang):"
    " the interpreter explored, some hundred times slower"
)


@dataclass(slots=True)
class ExplicitEngine:
    """Explicit-state search in compiled code. Implements `checker.trace.verdict.Engine`."""

    workers: int = 1
    store: Store = "exact"
    symmetry: bool = True
    reduction: bool = False
    name: str = field(default="explicit", init=False)

    def run(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None = None,
        base: System | None = None,
    ) -> Report:
        """Return what exploring the instance found, or random behaviours where `request.runs` asks for some.

        Raises:
            QuoraxError: R020 for a property that the model does not have, I010 for a type with too many values, X001
                for more properties than one run judges, X002 if the compiler fails, X003 if a listed set grows beyond
                all bounds, X004 for a property, or a store, with which there is no partial-order reduction.
            DisagreementError: the interpreter does not see what compiled code saw: a bug of one of the two.

        """
        if find_compiler() is None:
            return self._interpreted(system, instance, request, progress, base, SLOW)
        meter = Meter(self.name, request.limits, progress)
        goals = goals_of(system, request)
        if len(goals) > GOALS_MAX:
            raise error(
                system.span,
                "X001",
                f"{len(goals)} properties are more than one run judges",
                "ask for fewer with --property",
            )
        machine = Machine(system, instance)
        try:
            starts(machine)
        except UndefinedError:  # the interpreter says it best
            return self._interpreted(system, instance, request, progress, base, "")
        plan = self._plan(machine, goals, request)
        while True:
            try:
                report = _Run(self, machine, goals, request, meter, base, plan).report()
                break
            except OBSTACLES as obstacle:
                if not plan.change(obstacle):
                    remark = (
                        f"compiled code does without {obstacle}: the interpreter explored, some hundred times slower"
                    )
                    return self._interpreted(system, instance, request, progress, base, remark)
        if not request.runs:
            report = self._doubted(plan.reported(report))
        if plan.lacking:
            report = self._with_temporal(report, request, progress, base, plan.lacking)
        return replace(report, seconds=meter.seconds)

    def _plan(self, machine: Machine, goals: tuple[Goal, ...], request: Request) -> Plan:
        has_levels = self.store != "fp64"
        return plan_of(machine, goals, request, symmetry=self.symmetry, reduction=self.reduction, has_levels=has_levels)

    def _doubted(self, report: Report) -> Report:
        """Return the report with what fingerprints cannot know left unknown: they may have hidden a state."""
        if self.store != "fp64":
            return report
        chance = f"{report.counts.stored**2 / 2**65:.0e}"
        doubt = f"64-bit fingerprints: some state was taken for another with a probability of {chance}"
        results = tuple(
            replace(r, verdict=Unknown(f"{'not reached' if r.kind == 'witness' else 'no violation'} by {doubt}"))
            if isinstance(r.verdict, Holds | Unreached)
            else r
            for r in report.results
        )
        return replace(report, results=results, warnings=(doubt, *report.warnings))

    def _with_temporal(
        self,
        report: Report,
        request: Request,
        progress: Callable[[Progress], None] | None,
        base: System | None,
        lacking: str,
    ) -> Report:
        """Return the report with what the interpreter says of temporal properties."""
        asked = Request(limits=request.limits, temporal=request.temporal)
        decided = Interpreter().run(report.system, report.instance, asked, progress, base)
        names = ", ".join(t.name for t in request.temporal)
        remark = f"the interpreter decided {names}, some hundred times slower: compiled code does without {lacking}"
        return replace(
            report,
            results=(*report.results, *decided.results),
            warnings=tuple(dict.fromkeys((remark, *report.warnings, *decided.warnings))),
            vacuous=(*report.vacuous, *decided.vacuous),
            error=report.error or decided.error,
        )

    def _interpreted(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None,
        base: System | None,
        warning: str,
    ) -> Report:
        report = Interpreter().run(system, instance, request, progress, base)
        return replace(report, warnings=(*((warning,) if warning else ()), *report.warnings))


@dataclass(frozen=True, slots=True)
class _Run:
    """One search according to a plan."""

    engine: ExplicitEngine
    machine: Machine
    goals: tuple[Goal, ...]
    request: Request
    meter: Meter
    base: System | None
    plan: Plan

    def report(self) -> Report:
        """Search and report.

        Raises:
            AsymmetricError: the order of interchangeable members matters.
            OutgrownError: a listed set or bag needs more room.
            UnreducedError: symmetry hides what happens.
            UnsupportedError: compiled code does without something.

        """
        machine = self.machine
        layout = layout_of(Shapes(machine.system, machine.instance, self.plan.capacities))
        labelling = None if self.plan.claims is None else self.plan.claims.labelling
        program = program_of(layout, self.goals, labelling, self.plan.symmetry, self.plan.few)
        try:
            library = load_library(build(f"{INCLUDE}\n{program.text}"))
        except CompilerError as problem:
            raise error(NOWHERE, "X002", str(problem), "mend the compiler, or use --engine interp") from problem
        try:
            states, cuts = starts(machine)
            initial = [layout.pack(s) for s in states]
        except CapacityError as small:
            raise OutgrownError(small.kind) from small
        system = machine.system
        sizes = Sizes(layout.words, len(system.actions), len(program.bounds), len(guards_of(system)))
        described = (library, program.symbol, sizes, initial, self._bits(program), self._settings())
        search = Simulation(*described, request=self.request) if self.request.runs else Search(*described)
        try:
            stopped = search.explore(self._look)
            if search.run.trouble == Trouble.OUTGROWN:
                raise OutgrownError(program.listed[search.run.trouble_detail])
            if search.run.trouble and self.plan.symmetry.classes:
                raise UnreducedError
            if isinstance(search, Simulation):  # bounds in initial actions are no part of a run
                findings = self._findings(layout, program, search, Counter(), stopped)
                return Conclusion(search, findings, self._numbered(program), self.goals).report(
                    self.engine.name, self.base
                )
            findings = self._findings(layout, program, search, cuts, stopped)
            self._trace(findings, program)
            return self._reported(findings, program)
        finally:
            search.close()

    def _reported(self, findings: NativeFindings, program: Program) -> Report:
        """Return the report, temporal properties included; their predicates may be found undefined.

        Raises:
            OutgrownError: a listed set or bag in a predicate needs more room.

        """
        if self.plan.claims is None:
            return report_of(findings, self.goals, self.engine.name, self.base)
        memory = self._settings().memory_bytes
        try:
            decided = self.plan.claims.decide(findings, findings.search, self.meter.look, memory, self.base)
        except OutgrownPredicateError as small:
            raise OutgrownError(program.listed[small.number]) from small
        return decided.added_to(report_of(findings, self.goals, self.engine.name, self.base))

    def _bits(self, program: Program) -> Bits:
        states = sum(1 << i for i, g in enumerate(program.goals) if g.kind != "transition")
        steps = sum(1 << i for i, g in enumerate(program.goals) if g.kind == "transition")
        deadlock = 1 << len(program.goals) if any(g.kind == "deadlock" for g in self.goals) else 0
        return Bits(states, steps, deadlock, sum(1 << i for i in program.ranges))

    def _settings(self) -> Settings:
        limits = self.request.limits
        unlimited = (1 << 64) - 1
        return Settings(
            workers=self.engine.workers,
            kind=Kind[self.engine.store.upper()],
            memory_bytes=limits.memory_bytes or MEMORY_BYTES,
            states_max=unlimited if limits.states is None else limits.states,
            depth_max=unlimited if limits.depth is None else limits.depth,
            exhaust=self.request.exhaust or bool(self.request.temporal) or not self.goals,
        )

    def _show(self, glance: Glance) -> str:
        """Report progress while ways are looked for; what was found is not given up for a limit."""
        self._look(glance)
        return ""

    def _look(self, glance: Glance) -> str:
        return self.meter.look(
            distinct=glance.states,
            generated=glance.generated,
            depth=glance.depth,
            queue=glance.queue,
            note=glance.note,
        )

    def _findings(
        self, layout: Layout, program: Program, search: Search, cuts: Counter[str], stopped: str
    ) -> NativeFindings:
        run, system = search.run, self.machine.system
        ending = Ending(run.ending)
        counted = Counter({b: int(run.cuts[i]) for i, b in enumerate(program.bounds) if run.cuts[i]})
        return NativeFindings(
            self.machine,
            layout,
            search,
            Counts(int(run.distinct), int(run.stored), int(run.generated), int(run.depth), int(run.terminal)),
            self._guards(search),
            tuple(g.name for i, g in enumerate(program.goals) if run.uninhabited >> i & 1),
            counted + cuts,
            Counter({a.name: int(run.fired[i]) for i, a in enumerate(system.actions)}),
            ending is Ending.COMPLETE,
            self._stopped_by(ending, search, stopped),
            int(run.depth_max) if ending is Ending.DEEP else None,
        )

    def _guards(self, search: Search) -> tuple[Guard, ...]:
        """Return how often each guard was met and was false; where steps were left out that says nothing."""
        if self.plan.few:
            return ()
        actions = self.machine.system.actions
        places = [(a.name, g.span) for a in actions for g in guards_of(replace(self.machine.system, actions=(a,)))]
        run = search.run
        return tuple(Guard(*place, int(run.reached[i]), int(run.refused[i])) for i, place in enumerate(places))

    def _stopped_by(self, ending: Ending, search: Search, stopped: str) -> str:
        match ending:
            case Ending.COMPLETE:
                return ""
            case Ending.DECIDED:
                return "everything asked for is decided"
            case Ending.STOPPED:
                return stopped
            case Ending.DEEP:
                return f"the depth limit of {search.run.depth_max} steps"
            case Ending.LIMIT:
                return self._limit(search)
            case Ending.TROUBLE:
                is_large = search.run.trouble == Trouble.OVERFLOW
                return "an integer beyond 64 bits: use --engine interp" if is_large else "an error of the model"
            case Ending.NO_MEMORY:
                words = search.sizes.words
                return f"a state of {words:,} words" if words > WORDS_MAX else "there is not enough memory to begin"

    def _limit(self, search: Search) -> str:
        if self.request.limits.states is not None and search.run.stored >= self.request.limits.states:
            return f"the limit of {self.request.limits.states:,} states"
        return search.limit

    def _numbered(self, program: Program) -> list[tuple[int, Goal]]:
        """Return the goals with their bits."""
        deadlock = [(len(program.goals), g) for g in self.goals if g.kind == "deadlock"]
        return [*enumerate(program.goals), *deadlock]

    def _trace(self, findings: NativeFindings, program: Program) -> None:
        """Find the ways to what was decided, and to what is undefined."""
        run = findings.search.run
        decided = [(g, run.decided_at[i]) for i, g in self._numbered(program) if run.decided >> i & 1]
        is_undefined = run.trouble == Trouble.UNDEFINED
        spots = [spot for _, spot in decided] + ([run.trouble_at] if is_undefined else [])
        if not spots:
            return
        try:
            ways = self._ways(findings.search, spots)
        except LookupError as lost:
            raise DisagreementError(str(lost)) from lost
        if ways is None:
            findings.is_complete = False
            names = ", ".join(goal.name for goal, _ in decided)
            findings.stopped_by = f"interrupted while the traces that decide {names or 'an error'} were looked for"
            return
        for (goal, _), way in zip(decided, ways, strict=False):
            findings.decide(goal, findings.add_way(way))
        if is_undefined:
            findings.explain_trouble(self.goals, findings.add_way(ways[-1]))

    def _ways(self, search: Search, spots: list[CSpot]) -> Sequence[list[Words] | list[int]] | None:
        """Return a way to each spot, as states or as fingerprints; None if that was interrupted."""
        if self.engine.store != "fp64":
            return search.paths(spots, self._show)
        found = [search.fingerprints(spot) for spot in spots]
        return None if None in found else [way for way in found if way is not None]
