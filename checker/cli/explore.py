"""Runs an engine with live progress, then prints and writes everything that was asked for: check and simulate."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from checker.cli.console import Console, console, is_live
from checker.cli.outputs import write_document, write_trace
from checker.cli.progress import ProgressLine
from checker.cli.status import Status
from checker.cli.subject import Asked, Subject, with_refinements
from checker.ir.hash import model_hash
from checker.report.document import report_document
from checker.report.terminal import check_summary
from checker.trace.trace import Trace
from checker.trace.verdict import (
    Engine,
    Limits,
    ModelErrorFound,
    Reached,
    Report,
    Request,
    Unknown,
    Violated,
    exit_code,
)

GIGABYTE = 10**9


def limits_of(options: argparse.Namespace) -> Limits:
    """Return the limits that `limit_arguments` describe."""
    memory = int(options.memory * GIGABYTE) if options.memory else None
    return Limits(options.states, options.depth, options.time, memory)


def explore(
    engine: Engine,
    subject: Subject,
    asked: Asked,
    limits: Limits,
    options: argparse.Namespace,
    *,
    again: Sequence[str] = ("check",),
) -> Status:
    """Run the engine and show its report; `again` is the command, with its options, that shows a violation again."""
    subject = with_refinements(subject, asked)
    seed, runs = getattr(options, "seed", 0), getattr(options, "runs", 0)
    request = Request(asked.properties, asked.witnesses, limits, seed, runs, temporal=asked.temporal)
    with ProgressLine(sys.stderr, is_live=is_live(sys.stderr), is_quiet=options.quiet) as progress:
        report = engine.run(subject.system, subject.instance, request, progress, subject.base)
    to = console(is_quiet=options.quiet, is_document=options.json == "-")
    to.say(check_summary(report, model=subject.title, paint=to.paint).rstrip("\n"))
    _show_traces(report, asked, to)
    write_trace(options, _best_trace(report), subject.source, to)
    if report.seed is not None:  # runs depend on the engine that made them: not always the one that was asked to
        again = [*again, "--engine", report.engine]
    violated = [[r.property] for r in report.results if isinstance(r.verdict, Violated)]
    if report.seed is not None and report.error is not None:
        violated.append(options.property or [])  # an error of the model may be in any of them
    for names in violated:
        words = [word for name in names for word in ("--property", name)]
        to.say(f"reproduce: {subject.command(again[0], *again[1:], *words)}")
    document = report_document(report, model=subject.model.name, model_hash=model_hash(subject.system))
    write_document(options.json, document, to)
    if report.error is not None:
        _show_error(report.error, to)
        return Status.USAGE
    return Status(exit_code(report.results))


def _show_error(found: ModelErrorFound, to: Console) -> None:
    """Print where exploring came upon an error of the model itself, and how it got there."""
    from checker.diagnostics import render
    from checker.render.text import trace_text

    if found.trace is not None:
        to.say(f"\n{trace_text(found.trace).rstrip()}\n")
    to.complain(f"{render(found.diagnostic)}\n  note: found in {found.place}")


def _show_traces(report: Report, asked: Asked, to: Console) -> None:
    """Print the trace of all that is violated or not inductive, and of witnesses where nothing else was asked for."""
    from checker.render.text import trace_text

    for result in report.results:
        match result.verdict:
            case Violated(trace):
                to.say(f"\n{trace_text(trace).rstrip()}\n")
            case Unknown(example=Trace() as trace):
                to.say(f"\n{trace_text(trace).rstrip()}\n")
            case Reached(trace) if not asked.properties and not asked.temporal:
                to.say(f"\n{trace_text(trace).rstrip()}\n")
            case _:
                pass


def _best_trace(report: Report) -> Trace | None:
    """Return the trace to draw and to save: the first violation's, else a witness's, else one against induction."""
    violations = [r.verdict.trace for r in report.results if isinstance(r.verdict, Violated)]
    witnesses = [r.verdict.trace for r in report.results if isinstance(r.verdict, Reached)]
    examples = [r.verdict.example for r in report.results if isinstance(r.verdict, Unknown)]
    return next(iter(violations + witnesses + [e for e in examples if e is not None]), None)
