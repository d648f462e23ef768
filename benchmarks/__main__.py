"""The command: `python -m benchmarks`, from the checkout."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.cases import Case, cases
from benchmarks.figures import DifferentStatesError, Measured
from benchmarks.latency import Latency, latencies
from benchmarks.machine import describe_machine
from benchmarks.measure import Limits, measure
from benchmarks.report import document, latency_table, simulation_table, table
from benchmarks.simulation import Walk, walks


def main() -> int:
    """Measure, print tables, and write JSON; 1 if something failed, or engines disagree about what they counted."""
    options = _parser().parse_args()
    limits = Limits(runs=1 if options.quick else options.runs, repeat_below_seconds=options.repeat_below)
    machine = describe_machine()
    _say("\n".join(f"- {name}: {text}" for name, text in machine.items()))
    found: list[tuple[Case, tuple[Measured, ...]]] = []
    waits: tuple[Latency, ...] = ()
    walked: tuple[Walk, ...] = ()

    def save() -> None:
        if options.json:
            text = json.dumps(document(machine, found, waits, walked, runs=limits.runs), indent=2) + "\n"
            Path(options.json).write_text(text, encoding="utf-8")

    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        for case in cases(is_quick=options.quick):
            if options.only and case.name not in options.only:
                continue
            try:
                found.append((case, measure(case, Path(name), limits, _note)))
            except DifferentStatesError as problem:
                sys.stderr.write(f"error: {problem}\n")
                return 1
            _say("\n" + table(*found[-1]))
            save()
        if not options.only or "latency" in options.only:
            waits = latencies(Path(name), runs=limits.runs)
            _say("\n" + latency_table(waits))
            save()
        if not options.only or "simulation" in options.only:
            walked = walks(Path(name), runs=limits.runs, is_quick=options.quick)
            _say("\n" + simulation_table(walked))
            save()
    return 1 if any(one.has_failed for _, measured in found for one in measured) else 0


def _parser() -> argparse.ArgumentParser:
    names = [case.name for case in cases(is_quick=False)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small instances, once each: about a minute")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each engine, in turn (default: 3)")
    parser.add_argument(
        "--repeat-below",
        type=float,
        default=200,
        metavar="SECONDS",
        help="an engine that takes longer is not run again (default: 200)",
    )
    parser.add_argument(
        "--only", action="append", metavar="CASE", choices=[*names, "latency", "simulation"], help=", ".join(names)
    )
    parser.add_argument("--json", metavar="FILE", help="write all figures, every run's included, as JSON")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _note(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
