"""The engines of this version, by the name that `--engine` and specs use."""

from __future__ import annotations

from collections.abc import Mapping

from checker.cli.parser import suggestion
from checker.diagnostics import NOWHERE, error
from checker.trace.verdict import Engine

DEFAULT = "interp"

PLANNED = {
    "explicit": "compiled explicit-state exploration",
    "bmc": "symbolic bounded model checking",
    "induction": "symbolic induction",
}
"""Engines that other versions have, and what they do: a spec may name them already."""


def engine_named(name: str) -> Engine:
    """Return an engine.

    Raises:
        QuoraxError: C007 for one that this version does not have, C008 for one that there is not.

    """
    if name in PLANNED:
        message = f"engine {name} ({PLANNED[name]}) is not available in this version"
        raise error(NOWHERE, "C007", message, f"use --engine {DEFAULT}, the reference interpreter")
    if name != DEFAULT:
        raise error(NOWHERE, "C008", f"there is no engine {name}", suggestion(name, (DEFAULT, *PLANNED)))
    return available_engines()[name]


def available_engines() -> Mapping[str, Engine]:
    """Return the engines of this version by name."""
    from checker.interp.engine import Interpreter

    return {DEFAULT: Interpreter()}
