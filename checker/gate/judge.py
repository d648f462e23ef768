"""Takes the verdict on an obligation out of an engine's report, and judges it by what the spec expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from checker.gate.obligations import Obligation
from checker.report.gate_report import Failure, FailureKind
from checker.report.words import describe, plural
from checker.trace.verdict import Holds, Reached, Report, Unknown, Unreached, Verdict, Violated


class EngineError(Exception):
    """An engine's report contradicts itself: a bug of the engine."""


def settle(obligation: Obligation, report: Report) -> Verdict:
    """Return the verdict that a report gives on an obligation; unknown if it rests on less than it should.

    A search that ended at the depth that the spec asks for, and at nothing else, holds to that depth.

    Raises:
        EngineError: the report has no single verdict on the property, or one of the wrong kind, or calls an
            exploration exhaustive that is not complete.

    """
    is_witness = obligation.demand == "witness"
    found = [r for r in report.results if r.property == obligation.property and (r.kind == "witness") == is_witness]
    if len(found) != 1:
        raise EngineError(f"{report.engine} gave {plural(len(found), 'verdict')} on {obligation.property}")
    verdict = found[0].verdict
    if isinstance(verdict, Reached | Unreached) != is_witness and not isinstance(verdict, Unknown):
        raise EngineError(f"{report.engine} answered {type(verdict).__name__} on {obligation.property}")
    rests_on_all = isinstance(verdict, Unreached) or verdict == Holds("exhaustive")
    if rests_on_all and not report.complete:
        raise EngineError(f"{report.engine} calls an unfinished exploration exhaustive: {obligation.property}")
    depth = obligation.expectation.depth
    if isinstance(verdict, Unknown) and verdict.how == "depth" and depth is not None and report.counts.depth >= depth:
        return Holds("depth")
    return verdict


def against_spec(obligation: Obligation, verdict: Verdict, report: Report) -> Iterator[Failure]:
    """Yield what the spec expected otherwise."""
    problem = _verdict_problem(obligation, verdict, report)
    if problem is not None:
        yield problem
    if report.complete and report.coverage and not any(fired for _, fired in report.coverage):
        yield _failure(obligation, "vacuous", "nothing ever happens: no action fires in any reachable state")
    elif obligation.demand == "check" and obligation.property in report.vacuous:
        reason = f"{obligation.property} says nothing here: what it is about never occurs"
        yield _failure(obligation, "vacuous", reason)
    wanted, counts = obligation.counts, report.counts
    for name, expected, actual in (
        ("distinct states", wanted.states, counts.distinct),
        ("transitions", wanted.transitions, counts.generated),
        ("depth", wanted.depth, counts.depth),
    ):
        if expected is not None and expected != actual:
            yield _failure(obligation, "count", f"{name}: the spec says {expected:,}, the engine {actual:,}")


def _verdict_problem(obligation: Obligation, verdict: Verdict, report: Report) -> Failure | None:
    words = describe(verdict, report)
    expected = obligation.expectation
    match verdict:
        case Unknown(reason):
            return _failure(obligation, "undetermined", reason)
        case Reached():
            return None
        case Unreached():
            return _failure(obligation, "vacuous", f"the witness is {words}")
        case Violated(trace):
            if expected.kind == "hold":
                return _failure(obligation, "verdict", f"{words}; the spec says that it {expected}")
            if expected.steps is not None and expected.steps != len(trace.steps):
                return _failure(obligation, "verdict", f"{words}; the spec says in {plural(expected.steps, 'step')}")
            return None
        case Holds(how):
            if expected.kind == "fail" and obligation.demand == "mutant":
                return _failure(obligation, "survivor", f"the mutant survives: {obligation.property} {words}")
            if expected.kind == "fail":
                return _failure(obligation, "verdict", f"{words}; the spec says that it {expected}")
            if how == "simulation" or (how == "depth" and expected.depth is None):
                return _failure(obligation, "undetermined", f"{words}; the spec says that it {expected}")
            return None
        case _:
            assert_never(verdict)


def _failure(obligation: Obligation, kind: FailureKind, reason: str) -> Failure:
    return Failure(kind, obligation.id, reason)
