"""A gate over the lamps of `tests/spec`, with an engine that answers what a test wants to hear."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker.gate.gate import run_gate
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.report.gate_report import GateReport
from checker.trace.trace import Step, Trace
from checker.trace.verdict import (
    DEADLOCK,
    BoundHit,
    Counts,
    Engine,
    Holds,
    Kind,
    Progress,
    Reached,
    Report,
    Request,
    Result,
    Verdict,
    Violated,
)

MODELS = Path(__file__).parent.parent / "spec" / "models"

SPEC = """\
model models/lamps.py
instance small: Lamp = 2, Hour = 2, Row = {{l1}, {l2}}
instance leaky extends small: Hour = 3, leaks = 1
check small: one_at_a_time, time_passes hold with 8 states
check small: no deadlock fails in 1 step
witness small: lit, row_lit
mutant light_any at small breaks one_at_a_time in 2 steps
mutant light_any at small passes time_passes
mutant leak at leaky breaks one_at_a_time
preset smoke: checks
preset ci: everything
"""

IDS = (
    "lamps/small/one_at_a_time/explicit",
    "lamps/small/time_passes/explicit",
    "lamps/small/deadlock/explicit",
    "lamps/small/witness:lit/explicit",
    "lamps/small/witness:row_lit/explicit",
    "lamps/mutant:light_any@small/one_at_a_time/explicit",
    "lamps/mutant:light_any@small/time_passes/explicit",
    "lamps/mutant:leak@leaky/one_at_a_time/explicit",
)


def trace(system: System, instance: Instance, steps: int) -> Trace:
    """Return a trace of so many steps in which nothing is as it should be but the length."""
    state = tuple(0 for _ in system.variables)
    return Trace(system, instance, state, tuple(Step(i + 1, "light", (), (), state) for i in range(steps)))


def violated(steps: int) -> Callable[[System, Instance], Verdict]:
    return lambda system, instance: Violated(trace(system, instance, steps))


def reached(steps: int) -> Callable[[System, Instance], Verdict]:
    return lambda system, instance: Reached(trace(system, instance, steps))


def always(verdict: Verdict) -> Callable[[System, Instance], Verdict]:
    return lambda _system, _instance: verdict


TRUTH: Mapping[str, Callable[[System, Instance], Verdict]] = {
    "Lamps deadlock": violated(1),
    "Lamps lit": reached(1),
    "Lamps row_lit": reached(1),
    "LightAny one_at_a_time": violated(2),
    "Leak one_at_a_time": violated(3),
}
"""What a right engine says, by system and property; it holds otherwise."""


@dataclass
class FakeEngine:
    """Says `answers`, else the truth; `change` has the last word on a report. Remembers what it was asked."""

    answers: Mapping[str, Callable[[System, Instance], Verdict]] = field(default_factory=dict)
    change: Callable[[Report], Report] = lambda report: report
    name: str = "explicit"
    asked: list[tuple[str, str, Request]] = field(default_factory=list)

    def run(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None = None,
        base: System | None = None,
    ) -> Report:
        self.asked.append((system.name, instance.name, request))
        if progress is not None:
            progress(Progress(self.name, 3, 4, 1, 1, 0.0, 0))
        names = [*request.properties, *request.witnesses, *(p.name for p in request.temporal)]
        kinds: dict[str, Kind] = {DEADLOCK: "deadlock"}
        kinds.update((p.name, "temporal") for p in request.temporal)
        kinds.update((name, "witness") for name in request.witnesses)
        answers = {**TRUTH, **self.answers}
        results = tuple(
            Result(
                name,
                kinds.get(name, "invariant"),
                answers.get(f"{system.name} {name}", always(Holds("exhaustive")))(system, instance),
            )
            for name in names
        )
        report = Report(
            system,
            instance,
            self.name,
            results,
            Counts(distinct=8, stored=8, generated=9, depth=3),
            complete=True,
            bounds_hit=(BoundHit("Hour", 2),),
            coverage=tuple((a.name, 3) for a in system.actions),
        )
        return self.change(report)


class Workshop:
    """A folder with the lamps' spec, and a gate over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = folder / "lamps.spec"
        self.lock = folder / "quorax.lock"
        shutil.copytree(MODELS, folder / "models", ignore=shutil.ignore_patterns("__pycache__"))
        self.write(SPEC)

    def write(self, text: str) -> None:
        self.spec.write_text(text, encoding="utf-8")

    def change(self, before: str, after: str) -> None:
        """Replace what stands once in the spec."""
        text = self.spec.read_text(encoding="utf-8")
        assert text.count(before) == 1
        self.write(text.replace(before, after))

    def gate(
        self,
        engine: Engine | None = None,
        *,
        preset: str | None = "ci",
        update: bool = False,
        specs: tuple[Path, ...] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> GateReport:
        return run_gate(
            (self.spec,) if specs is None else specs,
            preset=preset,
            lock=self.lock,
            engines={"explicit": engine or FakeEngine()},
            update=update,
            environment=environment or {},
        )

    def locked(self, engine: Engine | None = None) -> GateReport:
        """Write the lock and return the report of a gate that finds nothing to say."""
        report = self.gate(engine, update=True)
        assert report.is_ok, report.all_failures
        return report


def with_counts(**counts: int) -> Callable[[Report], Report]:
    """Return a change of a report's counts."""
    return lambda report: replace(report, counts=replace(report.counts, **counts))


def kinds(report: GateReport) -> list[tuple[str, str]]:
    """Return kind and obligation of every failure."""
    return [(f.kind, f.obligation) for f in report.all_failures]
