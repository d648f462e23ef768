"""`quorax simulate`: walks at random through an instance that is too big to exhaust."""

from __future__ import annotations

import argparse
from dataclasses import replace

from checker.cli.parser import (
    DEFAULT_ENGINE,
    STORES,
    limit_arguments,
    natural,
    output_arguments,
    positive,
    property_arguments,
    subject_arguments,
)
from checker.cli.status import Status

RUNS = 1000

ENGINE = "explicit"
"""Without a compiler it leaves the runs to the interpreter, and says so."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    subject_arguments(parser)
    property_arguments(parser)
    parser.add_argument(
        "--seed", metavar="N", type=natural, default=0, help="the same seed, the same runs (default: 0)"
    )
    parser.add_argument("--runs", metavar="N", type=positive, default=RUNS, help=f"how many (default: {RUNS:,})")
    engines = parser.add_argument_group("engine", "the same seed gives other runs in another engine")
    engines.add_argument(
        "--engine",
        default=ENGINE,
        metavar="NAME",
        help=f"{ENGINE}: compiled code, or {DEFAULT_ENGINE}: some hundred times slower (default: {ENGINE})",
    )
    engines.add_argument(
        "--workers", metavar="N", type=positive, default=1, help=f"threads that make the same runs ({ENGINE})"
    )
    parser.set_defaults(store=STORES[0], no_symmetry=True, reduction=False, k=None, rlimit=None)  # runs are not stored
    limit_arguments(parser)
    output_arguments(parser)


def run(options: argparse.Namespace) -> Status:
    """Simulate and print what was found; a clean simulation is inconclusive, however long."""
    from checker.cli.engines import engine_of
    from checker.cli.explore import explore, limits_of
    from checker.cli.outputs import check_outputs
    from checker.cli.subject import find_properties, find_subject

    check_outputs(options)
    engine = engine_of(options)
    subject = find_subject(options)
    asked = find_properties(subject, options.property)
    if not options.property and not subject.mutant:
        asked = replace(asked, temporal=())  # no random behaviour decides them
    again = ["simulate", "--seed", str(options.seed), "--runs", str(options.runs)]
    if options.depth is not None:
        again += ["--depth", str(options.depth)]
    return explore(engine, subject, asked, limits_of(options), options, again=again)
