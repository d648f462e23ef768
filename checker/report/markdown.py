"""What the gate found, as markdown: a comment on a change, or the summary page of a build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.report.gate_report import GateReport, Outcome
from checker.report.terminal import conclusion, outcome_words
from checker.report.words import plural, verdict_trace


def gate_markdown(report: GateReport) -> str:
    """Return the failures, then every obligation folded away, then the warnings."""
    sign = "✅" if report.is_ok else "❌"
    lines = [f"## {sign} {conclusion(report)}", ""]
    if report.all_failures:
        lines += ["| obligation | | why |", "|---|---|---|"]
        lines += [_row(f"`{f.obligation}`" if f.obligation else "", f.kind, f.reason) for f in report.all_failures]
        lines.append("")
    lines += _details(plural(len(report.outcomes), "obligation"), _obligation_table(report.outcomes))
    if report.warnings:
        lines += _details(plural(len(report.warnings), "warning"), [f"- {_escape(w)}" for w in report.warnings])
    return "\n".join(lines)


def _obligation_table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    yield "| obligation | expected | came out | states | transitions | depth |"
    yield "|---|---|---|--:|--:|--:|"
    for outcome in outcomes:
        counts = outcome.report.counts if outcome.report and verdict_trace(outcome.verdict) is None else None
        numbers = (f"{counts.distinct:,}", f"{counts.generated:,}", f"{counts.depth:,}") if counts else ("", "", "")
        yield _row(f"`{outcome.id}`", outcome.expected, outcome_words(outcome), *numbers)


def _details(title: str, lines: Iterable[str]) -> list[str]:
    return [f"<details><summary>{title}</summary>", "", *lines, "", "</details>", ""]


def _row(*cells: str) -> str:
    return f"| {' | '.join(_escape(cell) for cell in cells)} |"


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
