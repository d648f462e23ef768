"""Reports about the lamps of `tests/spec`, made by hand so that every word of them is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from checker.diagnostics import Span
from checker.dsl.loader import load
from checker.ir.instance import build_instance
from checker.report.gate_report import Failure, GateReport, Outcome
from checker.trace.trace import Binding, Step, Trace
from checker.trace.verdict import (
    DEADLOCK,
    BoundHit,
    Counts,
    Holds,
    Reached,
    Report,
    Result,
    Unknown,
    Unreached,
    Violated,
)

SYSTEM = load(str(Path(__file__).parent.parent / "spec" / "models" / "lamps.py")).system
INSTANCE = build_instance(SYSTEM, "small", {"Lamp": 2, "Hour": 2, "Row": (("l1",), ("l2",))})
LAMP = SYSTEM.domain("Lamp").type

LIGHT = Step(1, "light", (Binding("a", LAMP, 0),), (), (0, (True, False), True))
TRACE = Trace(SYSTEM, INSTANCE, (0, (False, False), True), (LIGHT,))

REPORT = Report(
    SYSTEM,
    INSTANCE,
    "interp",
    (
        Result("one_at_a_time", "invariant", Holds("exhaustive")),
        Result("time_passes", "transition", Holds("exhaustive")),
        Result(DEADLOCK, "deadlock", Violated(TRACE)),
        Result("lit", "witness", Reached(TRACE)),
        Result("all_lit", "witness", Unreached()),
    ),
    Counts(distinct=4_321, stored=4_321, generated=23_563, depth=16),
    complete=True,
    bounds_hit=(BoundHit("Hour", 412), BoundHit("a full channel", 1)),
    coverage=(("light", 23_000), ("pass_on", 0)),
    warnings=("action pass_on is never taken",),
    seconds=1.25,
)

UNFINISHED = replace(
    REPORT,
    results=(Result("one_at_a_time", "invariant", Unknown("not every state was explored: the time limit of 60 s")),),
    complete=False,
    stopped_by="the time limit of 60 s",
    bounds_hit=(),
    warnings=(),
)

HERE = Span("specs/lamps.spec", 9, 0, 9, 20)


def outcome(name: str, result: Result, *failures: Failure, report: Report | None = REPORT) -> Outcome:
    """Return an outcome at `small`; `name` is the last parts of its id."""
    return Outcome(
        id=f"lamps/small/{name}",
        model="lamps",
        place="small",
        property=result.property,
        engine=name.rsplit("/", 1)[1],
        expected="holds",
        verdict=result.verdict,
        report=report,
        failures=failures,
    )


def failure(kind: str, name: str, reason: str, detail: str = "") -> Failure:
    return Failure(kind, f"lamps/small/{name}", reason, detail)  # type: ignore[arg-type]


BAD = "specs/bad.spec:1:1: error[S001]: unexpected `mod`\n    1 | mod\n      | ^^^\n  help: did you mean `model`?"

PASSED = GateReport(
    preset="ci",
    lock="specs/quorax.lock",
    outcomes=(
        outcome("one_at_a_time/interp", REPORT.results[0]),
        outcome("deadlock/interp", REPORT.results[2]),
        outcome("witness:lit/interp", REPORT.results[3]),
    ),
)

FAILED = GateReport(
    preset=None,
    lock="specs/quorax.lock",
    outcomes=(
        outcome("one_at_a_time/interp", REPORT.results[0]),
        outcome(
            "deadlock/interp",
            REPORT.results[2],
            failure("verdict", "deadlock/interp", "violated in 1 step; the spec says that it holds"),
        ),
        outcome(
            "witness:all_lit/interp",
            REPORT.results[4],
            failure("vacuous", "witness:all_lit/interp", "the witness is not reached"),
        ),
        outcome(
            "one_at_a_time/explicit",
            Result("one_at_a_time", "invariant", Unknown("this version has no engine explicit")),
            failure("undetermined", "one_at_a_time/explicit", "this version has no engine explicit"),
            report=None,
        ),
    ),
    failures=(
        Failure("orphan", "lamps/small/lit | <burnt>/interp", "the lock has this entry, no spec has the obligation"),
        Failure("spec", "", BAD.splitlines()[0], BAD),
    ),
    warnings=("specs/lamps.spec:9:1: no preset selects this",),
)
