"""The engines of this version, by the name that `--engine` and specs use."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from checker.cli.parser import DEFAULT_ENGINE as DEFAULT
from checker.cli.parser import STORES, suggestion
from checker.diagnostics import NOWHERE, error
from checker.trace.verdict import Engine

PLANNED = {
    "bmc": "symbolic bounded model checking",
    "induction": "symbolic induction",
}
"""Engines that other versions have, and what they do: a spec may name them already."""


def engine_of(options: argparse.Namespace) -> Engine:
    """Return the engine that `engine_arguments` describe.

    Raises:
        QuoraxError: C007 for one that this version does not have, C008 for one that there is not, C018 for options
            that it does not have.

    """
    engine = engine_named(options.engine)
    if engine.name != "explicit":
        if options.workers != 1 or options.store != STORES[0] or options.reduction:
            message = f"{engine.name} has no --workers, no --store and no --reduction"
            raise error(NOWHERE, "C018", message, "add --engine explicit")
        return engine
    from checker.explicit.engine import ExplicitEngine

    return ExplicitEngine(options.workers, options.store, not options.no_symmetry, options.reduction)


def engine_named(name: str) -> Engine:
    """Return an engine.

    Raises:
        QuoraxError: C007 for one that this version does not have, C008 for one that there is not.

    """
    if name in PLANNED:
        message = f"engine {name} ({PLANNED[name]}) is not available in this version"
        raise error(NOWHERE, "C007", message, f"use --engine {DEFAULT}, the reference interpreter")
    engines = available_engines()
    if name not in engines:
        raise error(NOWHERE, "C008", f"there is no engine {name}", suggestion(name, (*engines, *PLANNED)))
    return engines[name]


def available_engines() -> Mapping[str, Engine]:
    """Return the engines of this version by name."""
    from checker.explicit.engine import ExplicitEngine
    from checker.interp.engine import Interpreter

    return {engine.name: engine for engine in (Interpreter(), ExplicitEngine())}
