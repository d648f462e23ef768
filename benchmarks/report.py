"""The figures as tables for people, in Markdown, and as a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.cases import Case
from benchmarks.figures import Measured
from benchmarks.latency import Latency
from benchmarks.simulation import Walk

SCHEMA = "quorax-benchmarks/1"

MEBIBYTE = 2**20


def table(case: Case, measured: Sequence[Measured]) -> str:
    """Return a case as a heading and a table, one row for each contender, and remarks on those that did not run."""
    against = [name for name in case.against if any(one.name == name and one.samples for one in measured)]
    second = "CPU-s" if case.clock == "cpu" else "s"
    titles = ["engine", "distinct", "stored", "CPU s", "wall s", f"distinct/{second}", f"generated/{second}"]
    titles += ["peak MiB", "B/state", *(f"× {name}" for name in against)]
    rows = [_row(case, one, against) for one in measured if one.samples]
    remarks = [
        f"- {one.name}: {'failed' if one.has_failed else 'skipped'}: {one.reason}" for one in measured if one.reason
    ]
    parts = [f"{case.title}: {case.distinct:,} states (`{case.name}`)"]
    parts += [markdown(titles, rows)] if rows else []
    parts += ["\n".join(remarks)] if remarks else []
    return "\n\n".join(parts)


def latency_table(waits: Iterable[Latency]) -> str:
    """Return how long one waits for a verdict, as a table."""
    rows = [[wait.name, f"{wait.median_seconds:.2f}" if wait.seconds else f"skipped: {wait.reason}"] for wait in waits]
    return "From command to verdict (`latency`)\n\n" + markdown(["Paxos, 2 ballots", "s"], rows)


def simulation_table(walked: Iterable[Walk]) -> str:
    """Return how fast random runs are made, as a table."""
    rows = [
        [w.name, f"{w.steps:,}", f"{median(w.cpu_seconds):.2f}", f"{median(w.wall_seconds):.2f}", f"{w.rate:,.0f}"]
        if w.steps
        else [w.name, f"skipped: {w.reason}", "", "", ""]
        for w in walked
    ]
    titles = ["instance of five, engine", "steps", "CPU s", "wall s", "steps/CPU-s"]
    return "Random simulation (`simulation`)\n\n" + markdown(titles, rows)


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose first column is flush left and whose others are flush right."""
    lines = [list(titles), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines.insert(1, rule)
    shown = (
        [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))] for line in lines
    )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in shown)


def document(
    machine: Mapping[str, str],
    found: Iterable[tuple[Case, Sequence[Measured]]],
    waits: Iterable[Latency],
    walked: Iterable[Walk] = (),
    *,
    runs: int,
) -> dict[str, Any]:
    """Return everything that was measured, every run's figures included."""
    return {
        "schema": SCHEMA,
        "machine": dict(machine),
        "runs": runs,
        "cases": [_case(case, measured) for case, measured in found],
        "simulation": [asdict(walk) for walk in walked],
        "latency": [{"name": w.name, "seconds": list(w.seconds), "skipped": w.reason or None} for w in waits],
    }


def _row(case: Case, one: Measured, against: Sequence[str]) -> list[str]:
    size = one.bytes_per_state
    return [
        one.name,
        f"{one.count.distinct:,}",
        f"{one.count.stored:,}",
        f"{one.cpu_seconds:.2f}",
        f"{one.wall_seconds:.2f}",
        f"{one.distinct_rate(case.clock):,.0f}",
        f"{one.generated_rate(case.clock):,.0f}",
        f"{one.peak_bytes / MEBIBYTE:,.0f}",
        "" if size is None else f"{size:.0f}",
        *(f"{one.ratios[name]:.2f}" if name in one.ratios else "" for name in against),
    ]


def _case(case: Case, measured: Sequence[Measured]) -> dict[str, Any]:
    return {
        "name": case.name,
        "title": case.title,
        "model": case.work.model,
        "bounds": case.work.bounds,
        "properties": list(case.work.properties),
        "distinct": case.distinct,
        "clock": case.clock,
        "contenders": [_contender(case, one) for one in measured],
    }


def _contender(case: Case, one: Measured) -> dict[str, Any]:
    shared = {"name": one.name, "status": _status(one), "reason": one.reason or None, "command": list(one.command)}
    if not one.samples:
        return shared
    return {
        **shared,
        "states": asdict(one.count),
        "median": {"cpu_seconds": one.cpu_seconds, "wall_seconds": one.wall_seconds, "peak_bytes": one.peak_bytes},
        "distinct_per_second": one.distinct_rate(case.clock),
        "generated_per_second": one.generated_rate(case.clock),
        "bytes_per_state": one.bytes_per_state,
        "times_as_fast_as": one.ratios,
        "preparation": None if one.preparation is None else asdict(one.preparation),
        "runs": [asdict(sample.usage) for sample in one.samples],
    }


def _status(one: Measured) -> str:
    if one.samples:
        return "measured"
    return "failed" if one.has_failed else "skipped"
