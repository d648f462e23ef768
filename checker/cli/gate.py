"""`quorax gate`: decides what specs demand, and compares it with the lock file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli.status import Status
from checker.diagnostics import NOWHERE, error

if TYPE_CHECKING:
    from checker.cli.progress import ProgressLine
    from checker.gate.session import GateProgress
    from checker.report.gate_report import GateReport


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "specs", metavar="SPEC", nargs="*", help="spec files (default: specs/*.spec here, else the bundled ones)"
    )
    parser.add_argument(
        "--preset", metavar="NAME", help="smoke, ci, deep or another preset of the specs (default: all)"
    )
    parser.add_argument("--lock", metavar="FILE", help="the lock file (default: quorax.lock beside the specs)")
    parser.add_argument("--update", action="store_true", help="record what came out as the specs expect")
    output = parser.add_argument_group("output")
    output.add_argument("--json", metavar="FILE", help="write the results as JSON; - for standard output, alone")
    output.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML")
    output.add_argument("--markdown", metavar="FILE", help="write a summary for a pull request")


def run(options: argparse.Namespace) -> Status:
    """Run the gate, print what it found, and say whether it passes."""
    from checker.cli.console import console, is_live
    from checker.cli.engines import available_engines
    from checker.cli.outputs import check_folders
    from checker.cli.progress import ProgressLine
    from checker.gate.gate import run_gate
    from checker.report.terminal import gate_summary

    check_folders(options.json, options.junit, options.markdown)
    specs = _specs(options.specs)
    lock = Path(options.lock) if options.lock else _lock(specs)
    to = console(is_quiet=options.quiet, is_document=options.json == "-")
    with ProgressLine(sys.stderr, is_live=is_live(sys.stderr), is_quiet=options.quiet) as line:
        report = run_gate(
            specs,
            preset=options.preset,
            lock=lock,
            engines=available_engines(),
            update=options.update,
            progress=lambda progress: _show(progress, line),
        )
    to.say(gate_summary(report, paint=to.paint).rstrip("\n"))
    _write(report, options)
    return Status(report.exit_code)


def _specs(named: Sequence[str]) -> tuple[Path, ...]:
    from checker.spec.find import bundled_specs

    if named:
        return tuple(Path(name) for name in named)
    return tuple(sorted(Path("specs").glob("*.spec"))) or bundled_specs()


def _lock(specs: Sequence[Path]) -> Path:
    """Return the lock beside the specs.

    Raises:
        QuoraxError: C011, if they are in several folders.

    """
    from checker.spec.find import LOCK

    folders = sorted({spec.parent for spec in specs})
    if len(folders) > 1:
        shown = ", ".join(map(str, folders))
        raise error(NOWHERE, "C011", f"these specs are in several folders: {shown}", "say which lock: --lock FILE")
    return (folders[0] if folders else Path()) / LOCK


def _show(progress: GateProgress, line: ProgressLine) -> None:
    if progress.engine is not None:
        line(progress.engine, f"{progress.index}/{progress.total} {progress.place}: ")


def _write(report: GateReport, options: argparse.Namespace) -> None:
    from checker.cli.console import console, write_file
    from checker.cli.outputs import write_document
    from checker.report.document import gate_document
    from checker.report.junit import gate_junit
    from checker.report.markdown import gate_markdown

    write_document(options.json, gate_document(report), console())
    if options.junit:
        write_file(Path(options.junit), gate_junit(report))
    if options.markdown:
        write_file(Path(options.markdown), gate_markdown(report))
