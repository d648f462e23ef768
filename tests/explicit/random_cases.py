"""Random systems with what the interpreter finds in them, and what the compiled engine has to find too."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from checker.explicit.engine import ExplicitEngine
from checker.interp.engine import Interpreter
from checker.ir.independence import ample_candidates
from checker.ir.instance import Instance, build_instance
from checker.ir.system import System
from checker.trace.verdict import Holds, Limits, Report, Request
from tests.dsl.random_models import random_model
from tests.explicit.batch import Batch
from tests.explicit.comparison import describe, everything, findings

STATES_MAX = 3000
"""States at which a system is too big to be compared: what is found first then depends on the order."""

STATES_WANTED = 50

ENGINES = tuple((store, workers) for workers in (1, 2, 3, 4) for store in ("exact", "tree"))
"""Stores and numbers of workers: each system meets one of them, in turn."""


@dataclass(frozen=True, slots=True)
class Case:
    """A system in an instance, what is asked, and what the interpreter answers."""

    label: str
    system: System
    instance: Instance
    request: Request
    reference: Report

    @property
    def is_big(self) -> bool:
        return self.reference.error is None and not self.reference.complete

    def describe(self) -> str:
        return f"{self.label}\n{describe(self.system, self.instance)}"


def case_of(label: str, system: System, instance: Instance) -> Case:
    """Return a case. What the interpreter raises (a type with too many values) is the caller's to handle."""
    request = replace(everything(system), limits=Limits(states=STATES_MAX))
    return Case(label, system, instance, request, Interpreter().run(system, instance, request))


def random_case(seed: int, folder: Path) -> Case:
    """Return the random model of a seed, at a budget with which it has neither too many states nor too few."""
    system, instance = random_model(seed).load(folder)
    case = case_of(f"random_model({seed})", system, instance)
    for _ in range(2):
        left = instance.budgets.get("left", 1)
        if case.is_big and left > 1:
            left = max(1, left - 2)
        elif case.reference.error is None and case.reference.counts.distinct < STATES_WANTED:
            left += 3
        else:
            break
        instance = build_instance(system, "random", {**instance.settings, "left": left})
        case = case_of(case.label, system, instance)
    return case


def engines_of(number: int) -> tuple[ExplicitEngine, ...]:
    """Return the engines that have to find all that the interpreter finds in the case of this number."""
    store, workers = ENGINES[number % len(ENGINES)]
    return (ExplicitEngine(workers, store, symmetry=number % 3 != 0),)  # type: ignore[arg-type]


def reducing_engine_of(number: int, case: Case) -> ExplicitEngine | None:
    """Return the engine that leaves out steps, and has to agree on the outline; None if it would leave out nothing."""
    if not ample_candidates(case.system, [p.body for p in case.system.properties if p.kind == "invariant"]):
        return None
    store, workers = ENGINES[number % len(ENGINES)]
    return ExplicitEngine(workers, store, symmetry=number % 2 == 0, reduction=True)  # type: ignore[arg-type]


def compare_all(cases: Sequence[Case], batch: Batch) -> None:
    """Compare every case with the compiled engine.

    Raises:
        AssertionError: two engines differ, with the system as text.

    """
    numbered = [(n, c) for n, c in enumerate(cases) if not c.is_big]
    pairs = [(c, e, c.request, findings) for n, c in numbered for e in engines_of(n)]
    pairs += [(c, e, lasting(c), outline) for n, c in numbered if (e := reducing_engine_of(n, c))]
    reports = batch.run_all([partial(e.run, c.system, c.instance, asked) for c, e, asked, _ in pairs])
    for (case, engine, _, seen), report in zip(pairs, reports, strict=True):
        agree(case, engine, report, seen)


def lasting(case: Case) -> Request:
    """Return the part of a request that is decided although steps are left out."""
    of_steps = {p.name for p in case.system.properties if p.kind == "transition"}
    return replace(case.request, properties=tuple(p for p in case.request.properties if p not in of_steps))


def outline(report: Report) -> dict[str, str]:
    """Return what does not depend on which steps an engine leaves out: what was not reached is unknown then."""
    verdicts = {r.property: type(r.verdict).__name__ for r in report.results if r.kind != "transition"}
    return {name: "Unknown" if kind == "Unreached" else kind for name, kind in verdicts.items()}


def agree(
    case: Case, engine: ExplicitEngine, native: Report, seen: Callable[[Report], dict[str, Any]] = findings
) -> None:
    """Compare what is seen of a report with the reference, or that there is an error as few steps away."""
    reference = case.reference
    if reference.error is None:
        assert seen(native) == seen(reference), f"{engine}: {case.describe()}"
        return
    assert native.error is not None, f"{engine}: {case.describe()}"
    if seen is outline:  # which error is met first depends on what is left out
        return
    traces = (native.error.trace, reference.error.trace)
    lengths = [None if trace is None else len(trace.steps) for trace in traces]
    assert lengths[0] == lengths[1], f"{engine}: {case.describe()}"


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a set of random systems is like: shares are from 0 to 1."""

    erring: float
    big: float
    sizable: float
    deep: float
    fired: float
    holding: float
    cut: float
    states_median: float
    depth_median: float

    def __str__(self) -> str:
        return ", ".join(f"{name} {getattr(self, name):.2f}" for name in self.__slots__)


def statistics_of(cases: Iterable[Case]) -> Statistics:
    """Return the statistics of random systems; of states and firing, those that were explored to the end."""
    known = tuple(cases)
    ended = [c.reference for c in known if c.reference.complete]
    fired = [count > 0 for r in ended for _, count in r.coverage]
    holds = [isinstance(x.verdict, Holds) for r in ended for x in r.results if x.kind in ("invariant", "transition")]

    def share(marks: Iterable[bool], of: int) -> float:
        return sum(marks) / of

    return Statistics(
        share((c.reference.error is not None for c in known), len(known)),
        share((c.is_big for c in known), len(known)),
        share((r.counts.distinct >= STATES_WANTED for r in ended), len(known)),
        share((r.counts.depth > 4 for r in ended), len(known)),
        share(fired, len(fired)),
        share(holds, len(holds)),
        share((bool(r.bounds_hit) for r in ended), len(ended)),
        statistics.median(r.counts.distinct for r in ended),
        statistics.median(r.counts.depth for r in ended),
    )
