"""Records what an obligation came out as, and compares it with what the lock recorded before.

A difference has one of two causes. If the model, the property and the bounds are as they were, the checker is wrong,
now or when the lock was written. Otherwise somebody changed the model or the spec, and has to say so with `--update`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from checker.gate.lock import Entry, Graph, settings_document
from checker.gate.obligations import Obligation, Run
from checker.ir.hash import formula_hash, model_hash, property_hash, refinement_hash
from checker.ir.system import Property, System
from checker.report.gate_report import Failure, FailureKind
from checker.report.words import verdict_trace
from checker.temporal.formula import atoms_of
from checker.trace.verdict import DEADLOCK, Holds, Reached, Report, Unreached, Violated

Settled: TypeAlias = Holds | Violated | Reached | Unreached
"""A verdict that says something."""

UPDATE = "if this is meant, run with --update"
CHECKER = "although model, property and bounds did not: a bug of the checker, now or when the lock was written"


def entry_of(run: Run, obligation: Obligation, verdict: Settled, report: Report) -> Entry:
    """Return what the lock is to record."""
    trace = verdict_trace(verdict)
    graph = None
    if trace is None:
        counts = report.counts
        bounds = {hit.bound: hit.count for hit in report.bounds_hit}
        graph = Graph(counts.distinct, counts.generated, counts.depth, bounds, dict(report.coverage))
    return Entry(
        verdict=_word(verdict),
        how=verdict.how if isinstance(verdict, Holds) else None,
        steps=None if trace is None else len(trace.steps),
        graph=graph,
        depth_bound=obligation.expectation.depth,
        settings=settings_document(run.instance.settings),
        model_hash=model_hash(run.system),
        property_hash=asked_hash(run.system, obligation),
    )


def against_lock(obligation: Obligation, entry: Entry, locked: Entry) -> Iterator[Failure]:
    """Yield what the lock records otherwise, the gravest first."""
    old_bounds, new_bounds = _bounds(locked), _bounds(entry)
    is_model_same = entry.model_hash == locked.model_hash
    is_same_input = is_model_same and entry.property_hash == locked.property_hash and old_bounds == new_bounds
    differences = list(_differences(entry, locked))
    for kind, change in differences:
        if is_same_input:
            yield Failure("checker", obligation.id, f"{change}, {CHECKER}")
        else:
            yield Failure(kind, obligation.id, f"{change}; {UPDATE}")
    if old_bounds != new_bounds:
        yield Failure("bounds", obligation.id, f"{_bounds_change(old_bounds, new_bounds)}; {UPDATE}")
    elif not differences and not is_same_input:
        what = "property" if is_model_same else "model"
        yield Failure("stale", obligation.id, f"the {what} changed, what came out did not; {UPDATE}")


def asked_hash(system: System, obligation: Obligation) -> str:
    """Return the hash of what is asked for: a property, the predicate of a witness, a refinement; "" for deadlock."""
    if obligation.temporal is not None:
        return formula_hash(system, obligation.temporal.text, atoms_of(obligation.temporal.formula))
    if obligation.demand == "witness":
        predicate = system.function(obligation.property)
        asked = Property(predicate.name, "invariant", predicate.body)
        system = replace(system, properties=(asked,))
    elif obligation.property == DEADLOCK:
        return ""
    elif obligation.property in {r.name for r in system.refinements}:
        return refinement_hash(system, obligation.property)
    return property_hash(system, obligation.property)


def _differences(entry: Entry, locked: Entry) -> Iterator[tuple[FailureKind, str]]:
    if (entry.verdict, entry.how) != (locked.verdict, locked.how):
        yield "changed", f"the verdict changed from {_rests(locked)} to {_rests(entry)}"
    elif entry.steps != locked.steps:
        yield "changed", f"the trace changed from {locked.steps} to {entry.steps} steps"
    if entry.graph is not None and locked.graph is not None:
        yield from _graph_differences(entry.graph, locked.graph)


def _graph_differences(graph: Graph, locked: Graph) -> Iterator[tuple[FailureKind, str]]:
    """Yield the differences of two graphs; the finer counts only where the coarser ones agree."""
    new = [bound for bound in graph.bounds_hit if bound not in locked.bounds_hit]
    if new:
        yield "bounds", f"the bound {', '.join(new)} is hit, and was not before"
    idle = [name for name, fired in graph.coverage.items() if fired == 0 and locked.coverage.get(name, 1) > 0]
    if idle:
        yield "coverage", f"the action {', '.join(idle)} never fires any more"
    numbers = (
        ("distinct states", locked.distinct, graph.distinct),
        ("transitions", locked.generated, graph.generated),
        ("depth", locked.depth, graph.depth),
    )
    changes = [f"{name} {before:,} -> {after:,}" for name, before, after in numbers if before != after]
    if changes:
        yield "count", f"the state graph changed ({', '.join(changes)})"
    elif not new and not idle and graph != locked:
        yield "count", "how often bounds are hit and actions fire changed"


def _bounds(entry: Entry) -> dict[str, float | str]:
    return {**entry.settings, "depth": math.inf if entry.depth_bound is None else entry.depth_bound}


def _bounds_change(old: Mapping[str, float | str], new: Mapping[str, float | str]) -> str:
    """Return how the bounds differ, with a word on the numbers that became smaller."""
    changes: list[str] = []
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name, 0), new.get(name, 0)
        if before != after:
            is_weaker = not isinstance(before, str) and not isinstance(after, str) and after < before
            changes.append(f"{name} {_show(before)} -> {_show(after)}{' (weaker)' if is_weaker else ''}")
    return f"the bounds changed: {', '.join(changes)}"


def _show(setting: float | str) -> str:
    return "unlimited" if setting == math.inf else str(setting)


def _word(verdict: Settled) -> str:
    match verdict:
        case Holds():
            return "holds"
        case Violated():
            return "violated"
        case Reached():
            return "reached"
        case Unreached():
            return "unreached"


def _rests(entry: Entry) -> str:
    return f"{entry.verdict} ({entry.how})" if entry.how else entry.verdict
