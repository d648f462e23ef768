"""Verdicts in words: what a person is told, never more than was shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, assert_never

from checker.trace.trace import Trace
from checker.trace.verdict import Holds, How, Reached, Report, Unknown, Unreached, Verdict, Violated


def verdict_word(verdict: Verdict) -> Literal["holds", "violated", "unknown"]:
    """Return one of the three words; a witness that is reached holds, one that cannot be is violated."""
    match verdict:
        case Holds() | Reached():
            return "holds"
        case Violated() | Unreached():
            return "violated"
        case Unknown():
            return "unknown"
        case _:
            assert_never(verdict)


def verdict_trace(verdict: Verdict) -> Trace | None:
    """Return the trace that a verdict rests on, if it rests on one."""
    return verdict.trace if isinstance(verdict, Violated | Reached) else None


def describe(verdict: Verdict, report: Report, *, with_bounds: bool = True) -> str:
    """Return a verdict with what it rests on: "holds (exhaustive within bounds: Acceptor = 3, Ballot = 2)".

    Without `with_bounds`, for where the bounds are in sight: "holds (exhaustive within bounds)".
    """
    bounds = f": {report.instance}" if with_bounds and report.instance.settings else ""
    match verdict:
        case Holds(how):
            return _holds(how, report, bounds)
        case Violated(trace):
            return f"violated {_length(trace)}"
        case Reached(trace):
            return f"reached {_length(trace)}"
        case Unreached():
            return f"not reached (exhaustive within bounds{bounds})"
        case Unknown(reason):
            return f"unknown: {reason}"
        case _:
            assert_never(verdict)


def counts_line(report: Report) -> str:
    """Return how much was explored, or simulated: "3,921 distinct states in 443 orbits, 23,563 generated, depth 16"."""
    counts = report.counts
    if report.seed is not None:
        steps = plural(counts.generated, "random step")
        return f"{steps} from seed {report.seed}, at most {counts.depth:,} in a run ({report.engine})"
    if not counts.generated and not report.complete:
        return f"states were not counted, depth {counts.depth:,} ({report.engine})"
    extent = "" if report.complete else ", not all of them"
    if report.is_reduced:
        states = f"{plural(counts.stored, 'state')} visited{extent} under partial-order reduction"
        return f"{states}, depth {counts.depth:,} ({report.engine})"
    orbits = f" in {plural(counts.stored, 'orbit')}" if report.symmetry else ""
    return (
        f"{plural(counts.distinct, 'distinct state')}{orbits}{extent}, {counts.generated:,} generated, "
        f"depth {counts.depth:,} ({report.engine})"
    )


def bound_lines(report: Report) -> Iterator[str]:
    """Yield each bound that was hit: "412 transitions cut at Term = 3"."""
    for hit in report.bounds_hit:
        setting = report.instance.settings.get(hit.bound)
        bound = f"{hit.bound} = {setting}" if isinstance(setting, int) else hit.bound
        at_least = "at least " if report.is_reduced else ""
        yield f"{at_least}{plural(hit.count, 'transition')} cut at {bound}"


def plural(count: int, noun: str) -> str:
    """Return "1 state", "3,921 states"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _holds(how: How, report: Report, bounds: str) -> str:
    match how:
        case "exhaustive":
            return f"holds (exhaustive within bounds{bounds})"
        case "depth":
            return f"holds (to depth {report.counts.depth:,} only{bounds})"
        case "inductive":
            return f"holds (inductive within bounds{bounds})"
        case "any_size":
            return "holds (for any size)"
        case "simulation":
            return "unknown: simulation finds violations, it cannot show that there are none"
        case _:
            assert_never(how)


def _length(trace: Trace) -> str:
    count = plural(len(trace.steps), "step")
    if trace.loop_start is None:
        return f"in {count}" if trace.steps else "in the initial state"
    if trace.loop_start == len(trace.steps):
        return f"by stopping for ever after {count}" if trace.steps else "by stopping for ever in the initial state"
    cycle = plural(len(trace.steps) - trace.loop_start, "step")
    stem = f"after {plural(trace.loop_start, 'step')}" if trace.loop_start else "from the initial state on"
    return f"by a loop of {cycle} {stem}"
