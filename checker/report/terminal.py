"""Reports as text for a terminal: a table of verdicts, what was explored, what is suspicious."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from checker.report.gate_report import GateReport, Outcome
from checker.report.words import bound_lines, counts_line, describe, plural, verdict_word, warning_lines
from checker.trace.verdict import DEADLOCK, Report, Result, Unknown

Paint: TypeAlias = Callable[[str, str], str]
"""Puts a text in a style: good, bad, doubtful, faint or bold."""

_STYLES = {"holds": "good", "violated": "bad", "unknown": "doubtful"}
_KINDS = {"transition": "transition invariant", "deadlock": "", "temporal": "temporal property"}


def plain(text: str, style: str) -> str:  # noqa: ARG001
    """Return the text as it is: the Paint for a file."""
    return text


def check_summary(report: Report, *, model: str, paint: Paint = plain) -> str:
    """Return what one engine run found, without traces: a line per property, then what was explored."""
    names = [_name(result) for result in report.results]
    kinds = [_KINDS.get(result.kind, result.kind) for result in report.results]
    name_width, kind_width = max(map(len, names), default=0), max(map(len, kinds), default=0)
    lines = [f"{paint(model, 'bold')}, instance {report.instance.name}: {report.instance}", ""]
    for result, name, kind in zip(report.results, names, kinds, strict=True):
        words = paint(describe(result.verdict, report), _STYLES[verdict_word(result.verdict)])
        lines.append(f"  {name:{name_width}}  {kind:{kind_width}}  {words}")
    lines += ["", f"{counts_line(report)}, {report.seconds:.1f} s"]
    if report.stopped_by:
        lines.append(f"stopped by: {report.stopped_by}")
    lines += [f"bound: {line}" for line in bound_lines(report)]
    lines += [paint(f"warning: {line}", "doubtful") for line in warning_lines(report)]
    return "\n".join(lines) + "\n"


def gate_summary(report: GateReport, *, paint: Paint = plain) -> str:
    """Return what the gate found: a line per obligation, its failures below it, and the conclusion last."""
    lines = [line for outcome in report.outcomes for line in _outcome_lines(outcome, paint)]
    for failure in report.failures:
        lines.append(f"{paint('FAIL', 'bad')}  {failure.obligation or failure.kind}")
        lines.append(f"        {failure.kind}: {failure.reason}")
        lines += [f"        {line}" for line in failure.detail.splitlines()]
    lines += [paint(f"warning: {warning}", "doubtful") for warning in report.warnings]
    lines += ["", paint(conclusion(report), "good" if report.is_ok else "bad")]
    return "\n".join(lines).lstrip("\n") + "\n"


def conclusion(report: GateReport) -> str:
    """Return in one line whether the gate passes, and if not, how much is wrong."""
    preset = f" (preset {report.preset})" if report.preset else ""
    total = plural(len(report.outcomes), "obligation")
    lock = f"; {report.lock} is up to date" if report.is_updated else ""
    if report.is_ok:
        return f"gate{preset}: {total} as expected{lock}"
    failed = sum(bool(o.failures) for o in report.outcomes)
    parts = [f"{failed} of {total} failed"] if report.outcomes else ["no obligation was decided"]
    if report.failures:
        parts.append(plural(len(report.failures), "other failure"))
    return f"gate{preset}: {', '.join(parts)}"


def outcome_words(outcome: Outcome) -> str:
    """Return what came out, in words."""
    if outcome.report is not None:
        return describe(outcome.verdict, outcome.report)
    return f"unknown: {outcome.verdict.reason}" if isinstance(outcome.verdict, Unknown) else "unknown"


def _outcome_lines(outcome: Outcome, paint: Paint) -> Iterator[str]:
    mark = paint("FAIL", "bad") if outcome.failures else paint("ok  ", "good")
    yield f"{mark}  {outcome.id}  {paint(outcome_words(outcome), 'faint')}"
    for failure in outcome.failures:
        yield f"        {failure.kind}: {failure.reason}"
        yield from (f"        {line}" for line in failure.detail.splitlines())


def _name(result: Result) -> str:
    return f"no {DEADLOCK}" if result.kind == "deadlock" else result.property
