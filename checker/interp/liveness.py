"""Temporal properties: judged once the whole state graph is there.

A lasso is a real behaviour even where bounds cut transitions, since what is cut counts as enabled and is never taken.
That there is none says something about the protocol only if nothing was cut.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from checker.interp.edges import Edges
from checker.interp.explore import Exploration, Look, StopError
from checker.interp.replay import replay
from checker.ir.system import System
from checker.temporal.fairness import TemporalProperty
from checker.temporal.lasso import Lasso
from checker.trace.trace import Trace
from checker.trace.verdict import Holds, Report, Result, Unknown, Verdict, Violated


def with_temporal_results(
    report: Report, exploration: Exploration, edges: Edges, look: Look, base: System | None
) -> Report:
    """Return the report of an exploration that has ended with the verdicts on temporal properties as well."""
    results: list[Result] = []
    stopped_by = ""
    for asked in edges.properties:
        verdict: Verdict
        try:
            verdict = _verdict(exploration, edges, asked, look, base)
        except StopError as stopped:
            stopped_by = stopped.reason
            verdict = Unknown(f"the search for a violating cycle did not end: {stopped_by}")
        except KeyboardInterrupt:
            stopped_by = "interrupted"
            verdict = Unknown(f"the search for a violating cycle did not end: {stopped_by}")
        results.append(Result(asked.name, "temporal", verdict))
    vacuous = tuple(p.name for p in edges.properties if exploration.is_complete and edges.is_vacuous(p))
    remarks = tuple(f"{name} says nothing: its premise is true in no state" for name in vacuous)
    return replace(
        report,
        results=(*report.results, *results),
        stopped_by=report.stopped_by or stopped_by,
        vacuous=(*report.vacuous, *vacuous),
        warnings=(*report.warnings, *remarks),
    )


def _verdict(
    exploration: Exploration, edges: Edges, asked: TemporalProperty, look: Look, base: System | None
) -> Verdict:
    if not exploration.is_complete:
        return Unknown(f"not every state was explored: {exploration.stopped_by}")

    def stop_if_due() -> None:
        counts = exploration.counts
        note = f"searching for a cycle that violates {asked.name}"
        reason = look(distinct=counts.distinct, generated=counts.generated, depth=counts.depth, queue=0, note=note)
        if reason:
            raise StopError(reason)

    lasso = edges.find(asked, exploration.initial, stop_if_due)
    if lasso is not None:
        return Violated(_trace(exploration, edges, lasso, asked, base))
    if exploration.cuts:
        bounds = ", ".join(sorted(exploration.cuts))
        return Unknown(f"boundary: {exploration.cuts.total():,} transitions were cut by {bounds}")
    return Holds("exhaustive")


def _trace(exploration: Exploration, edges: Edges, lasso: Lasso, asked: TemporalProperty, base: System | None) -> Trace:
    numbers = [lasso.start, *(edges.target(edge) for edge in (*lasso.stem, *lasso.cycle))]
    states = [exploration.state(number) for number in numbers]
    moves = [exploration.move(before, after) for before, after in pairwise(states)]
    machine = exploration.machine
    return replay(
        machine.system, machine.instance, states[0], moves, temporal=asked, base=base, loop_start=len(lasso.stem)
    )
