"""The argument parser and the arguments that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import NoReturn

from checker.diagnostics import NOWHERE, error

DEFAULT_ENGINE = "explicit"
STORES = ("exact", "tree", "fp64")


class Parser(argparse.ArgumentParser):
    """An argument parser that complains as the rest of the toolkit does, and guesses no abbreviations."""

    def __init__(self, **options: object) -> None:
        super().__init__(**({"allow_abbrev": False} | options))  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Complain about the command line.

        Raises:
            QuoraxError: C001, always.

        """
        raise error(NOWHERE, "C001", message, f"{self.prog} --help lists what there is")


def common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes, before or after its name."""
    parser.add_argument(
        "--quiet", action="store_true", default=argparse.SUPPRESS, help="print results only: no progress, no remarks"
    )
    parser.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an internal error"
    )


def subject_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what says which system a command works on: model, mutant, instance."""
    parser.add_argument(
        "target", metavar="TARGET", help="a bundled model (paxos), a file (my/model.py), or file.py:Class"
    )
    parser.add_argument("--mutant", metavar="NAME", help="a wrong variant of the model, by name or number")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--instance", metavar="NAME", help="an instance of the spec (default: its first)")
    size.add_argument(
        "--bounds", metavar="A=3,B=2", help="an instance given here: numbers, members {x, y}, families {{a1, a2}}"
    )


def property_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the choice of properties."""
    parser.add_argument(
        "--property",
        metavar="NAME",
        action="append",
        help="an invariant, a temporal property of the spec, a predicate to reach, or deadlock; may be repeated "
        "(default: all invariants, the spec's witnesses and what it says holds in time; of a mutant, what it breaks)",
    )


def engine_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what says which engine explores, and how."""
    engines = parser.add_argument_group("engine")
    engines.add_argument(
        "--engine",
        default=DEFAULT_ENGINE,
        metavar="NAME",
        help=f"interp, or explicit: some hundred times faster, with a C compiler; bmc and induction: symbolic, with z3 "
        f"(default: {DEFAULT_ENGINE})",
    )
    engines.add_argument("--k", metavar="N", type=positive, help="states in a row that are assumed (induction)")
    engines.add_argument("--rlimit", metavar="N", type=positive, help="z3's steps for each question (bmc, induction)")
    engines.add_argument("--workers", metavar="N", type=positive, default=1, help="threads that explore (explicit)")
    engines.add_argument(
        "--store",
        choices=STORES,
        default=STORES[0],
        help="how states are kept (explicit): as they are, as shared trees, or as 64-bit fingerprints",
    )
    engines.add_argument(
        "--no-symmetry",
        action="store_true",
        help="explore states that differ only in the names of interchangeable members one by one (explicit)",
    )
    engines.add_argument(
        "--reduction",
        action="store_true",
        help="leave out orders of independent steps: for invariants and deadlock; traces may be longer (explicit)",
    )


def limit_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where an exploration gives up."""
    limits = parser.add_argument_group("limits", "what is not decided by then is unknown")
    limits.add_argument("--time", metavar="SECONDS", type=positive_number, help="stop after so long")
    limits.add_argument("--states", metavar="N", type=positive, help="keep no more than N states")
    limits.add_argument("--depth", metavar="N", type=natural, help="go no further than N actions")
    limits.add_argument("--memory", metavar="GB", type=positive_number, help="stop at so many gigabytes")


def output_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where a trace and the results go."""
    output = parser.add_argument_group("output")
    output.add_argument("--diagram", metavar="FILE", help="draw the trace: .svg, .png or .dot")
    output.add_argument("--trace-out", metavar="FILE", help="save the trace as ITF JSON, for `quorax trace`")
    output.add_argument("--json", metavar="FILE", help="write the results as JSON; - for standard output, alone")


def natural(text: str) -> int:
    """Return the number from 0 that `text` is."""
    number = int(text.replace("_", "").replace(",", ""))
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return number


def positive(text: str) -> int:
    """Return the number from 1 that `text` is."""
    number = natural(text)
    if not number:
        raise argparse.ArgumentTypeError("0 is too few")
    return number


def positive_number(text: str) -> float:
    """Return the number above 0 that `text` is."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return number


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the remedy for a name that nothing has: the nearest one, or all there are."""
    from difflib import get_close_matches

    names = tuple(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"there are {', '.join(names)}" if names else "there are none"
