"""What two engines must agree on, and where there is a compiler to compare with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checker.explicit.build import find_compiler
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.trace.verdict import DEADLOCK, Report, Request, Result

needs_compiler = pytest.mark.skipif(
    find_compiler() is None, reason="there is neither cc on PATH nor the package ziglang"
)


def everything(system: System) -> Request:
    """Return the request that asks all there is to ask, and explores to the end."""
    predicates = tuple(f.name for f in system.functions if not f.parameters and str(f.type) == "bool" and not f.of_step)
    return Request((*(p.name for p in system.properties), DEADLOCK), predicates, exhaust=True)


def findings(report: Report) -> dict[str, Any]:
    """Return what does not depend on the engine, by what it is."""
    return {
        "counts": replace(report.counts, stored=0),
        "complete": report.complete,
        "bounds": report.bounds_hit,
        "coverage": report.coverage,
        "vacuous": report.vacuous,
        "verdicts": tuple(map(verdict, report.results)),
    }


def verdict(result: Result) -> tuple[str, str, int | str]:
    """Return a verdict with the length of its trace, or with its reason."""
    found = result.verdict
    trace = getattr(found, "trace", None)
    extent = getattr(found, "reason", "") if trace is None else len(trace.steps)
    return result.property, type(found).__name__, extent


def describe(system: System, instance: Instance) -> str:
    """Return a system as text, for a failure."""
    from checker.ir.show import show_system

    return f"{show_system(system)}\n{instance}"


def compiler() -> tuple[str, ...]:
    """Return the command of the C compiler, or skip the test."""
    found = find_compiler()
    if found is None:
        pytest.skip("there is neither cc on PATH nor the package ziglang")
    return found.command
