"""The engines of this version, by the name that `--engine` and specs use."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from checker.cli.parser import STORES, suggestion
from checker.diagnostics import NOWHERE, error
from checker.trace.verdict import Engine

SYMBOLIC = ("bmc", "induction")
"""The engines that ask z3."""


def engine_of(options: argparse.Namespace) -> Engine:
    """Return the engine that `engine_arguments` describe.

    Raises:
        QuoraxError: C008 for one that there is not, C018 for options that it does not have.

    """
    from checker.interp.refinement import Refining

    engine = engine_named(options.engine)
    _check_options(engine.name, options)
    if engine.name in SYMBOLIC:
        return Refining(_symbolic(engine.name, options))
    if engine.name != "explicit":
        return engine
    from checker.explicit.engine import ExplicitEngine

    return Refining(ExplicitEngine(options.workers, options.store, not options.no_symmetry, options.reduction))


def engine_named(name: str) -> Engine:
    """Return an engine.

    Raises:
        QuoraxError: C008 for one that there is not.

    """
    engines = available_engines()
    if name not in engines:
        raise error(NOWHERE, "C008", f"there is no engine {name}", suggestion(name, engines))
    return engines[name]


def available_engines() -> Mapping[str, Engine]:
    """Return the engines by name."""
    from checker.explicit.engine import ExplicitEngine
    from checker.interp.engine import Interpreter
    from checker.interp.refinement import Refining
    from checker.smt.engine import BmcEngine, InductionEngine

    engines: tuple[Engine, ...] = (Interpreter(), ExplicitEngine(), BmcEngine(), InductionEngine())
    return {engine.name: Refining(engine) for engine in engines}


def _check_options(name: str, options: argparse.Namespace) -> None:
    """Complain about options that an engine does not have.

    Raises:
        QuoraxError: C018.

    """
    if name != "explicit" and (options.workers != 1 or options.store != STORES[0] or options.reduction):
        message = f"{name} has no --workers, no --store and no --reduction"
        raise error(NOWHERE, "C018", message, "add --engine explicit")
    if name != "induction" and options.k is not None:
        raise error(NOWHERE, "C018", f"{name} has no --k", "add --engine induction")
    if name not in SYMBOLIC and options.rlimit is not None:
        raise error(NOWHERE, "C018", f"{name} has no --rlimit", "add --engine bmc")


def _symbolic(name: str, options: argparse.Namespace) -> Engine:
    from checker.smt.engine import BmcEngine, InductionEngine
    from checker.smt.solver import Budget

    budget = Budget() if options.rlimit is None else Budget(options.rlimit)
    return BmcEngine(budget) if name == "bmc" else InductionEngine(options.k or 1, budget)
