"""Reports as text for a terminal: a table of verdicts, what was explored, what is suspicious."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

from checker.diagnostics import render
from checker.report.gate_report import Failure, GateReport, Outcome
from checker.report.words import bound_lines, counts_line, describe, plural, verdict_word
from checker.trace.verdict import DEADLOCK, Report, Result, Unknown, Violated

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
        words = describe(result.verdict, report, with_bounds=False)
        style = _STYLES[verdict_word(result.verdict)]
        if result.property in report.vacuous:
            empty = (
                "its premise is true in no state" if result.kind == "temporal" else "its range is empty in every state"
            )
            words, style = f"{words}, but vacuously: {empty}", "doubtful"
        words = paint(words, style)
        lines.append(f"  {name:{name_width}}  {kind:{kind_width}}  {words}")
    if not report.results:
        lines.append(f"  {paint('nothing was judged: no property was asked for', 'doubtful')}")
    lines += ["", f"{counts_line(report)}, {report.seconds:.1f} s"]
    if report.stopped_by:
        lines.append(f"stopped by: {report.stopped_by}")
    lines += [f"bound: {line}" for line in bound_lines(report)]
    lines += report.notes
    if report.error is not None:
        lines += ["", f"in {report.error.place}:", paint(render(report.error.diagnostic), "bad")]
    lines += [paint(f"warning: {line}", "doubtful") for line in report.warnings]
    return "\n".join(lines) + "\n"


def gate_summary(report: GateReport, *, paint: Paint = plain) -> str:
    """Return what the gate found: place by place the verdicts with their failures, and the conclusion last."""
    lines: list[str] = []
    for place in dict.fromkeys((o.model, o.place) for o in report.outcomes):
        lines += _place_lines([o for o in report.outcomes if (o.model, o.place) == place], paint)
    for failure in report.failures:
        lines += [f"{paint('FAIL', 'bad')} {failure.obligation}".rstrip(), *_failure_lines(failure, paint)]
    lines += [paint(f"warning: {warning}", "doubtful") for warning in report.warnings]
    if lines and lines[-1]:
        lines.append("")
    lines.append(paint(conclusion(report), "good" if report.is_ok else "bad"))
    return "\n".join(lines) + "\n"


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
    kinds = Counter(f.kind for f in report.all_failures)
    reasons = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    return f"gate{preset}: {', '.join(parts)}" + (f" ({reasons})" if reasons else "")


def outcome_words(outcome: Outcome, *, with_bounds: bool = True) -> str:
    """Return what came out, in words."""
    if outcome.report is not None:
        words = describe(outcome.verdict, outcome.report, with_bounds=with_bounds)
        return f"{words}, as expected" if isinstance(outcome.verdict, Violated) and not outcome.failures else words
    return f"unknown: {outcome.verdict.reason}" if isinstance(outcome.verdict, Unknown) else "unknown"


def _place_lines(outcomes: list[Outcome], paint: Paint) -> Iterator[str]:
    """Yield the lines about one system at one instance, and an empty one."""
    reports = list({id(o.report): o.report for o in outcomes if o.report is not None}.values())
    bounds = f"  {reports[0].instance}" if reports else ""
    yield f"{paint(f'{outcomes[0].model}/{outcomes[0].place}', 'bold')}{bounds}"
    names = [o.id.removeprefix(f"{o.model}/{o.place}/") for o in outcomes]
    width = max(map(len, names))
    for outcome, name in zip(outcomes, names, strict=True):
        mark = paint("FAIL", "bad") if outcome.failures else paint("ok", "good") + "  "
        words = outcome_words(outcome, with_bounds=False)
        yield f"  {mark} {name:{width}}  {words}"
        for failure in outcome.failures:
            if words != f"unknown: {failure.reason}" or failure.detail:
                yield from _failure_lines(failure, paint)
    for report in reports:
        yield paint(f"       {counts_line(report)}", "faint")
        if report.complete:
            yield from (paint(f"       {line}", "faint") for line in bound_lines(report))
    yield ""


def _failure_lines(failure: Failure, paint: Paint) -> Iterator[str]:
    first, *others = failure.detail.splitlines() or [failure.reason]
    yield paint(f"       {failure.kind}: {first}", "bad")
    yield from (f"       {line}" for line in others)


def _name(result: Result) -> str:
    return f"no {DEADLOCK}" if result.kind == "deadlock" else result.property
