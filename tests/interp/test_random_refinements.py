"""Random models against themselves without one of their actions: reference, expression and compiled code agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checker.explicit.engine import ExplicitEngine
from checker.interp.engine import Interpreter
from checker.interp.refinement import Refining
from checker.ir.expr import State
from checker.ir.instance import Instance
from checker.ir.refinement import InexpressibleError, step_goals
from checker.ir.system import Action, Refinement, System
from checker.trace.verdict import Engine, Limits, Report, Request, Violated
from tests.dsl.random_models import random_model
from tests.explicit.comparison import needs_compiler

NAME = "refines:itself"
STATES_MAX = 1500
SEEDS = 100
COMPILED = 12
"""Cases that are compiled too."""


class Expressed(Interpreter):
    """The interpreter under another name, so that it is asked about the expression and not about successors."""

    name = "expressed"


@dataclass(frozen=True, slots=True)
class Case:
    label: str
    system: System
    instance: Instance

    def judged(self, engine: Engine) -> Report:
        return Refining(engine).run(self.system, self.instance, Request((NAME,), limits=Limits(states=STATES_MAX)))


def without(system: System, action: Action) -> System:
    """Return a system with the claim that it is the same without one of its actions."""
    rest = tuple(a for a in system.actions if a is not action)
    coarse = replace(system, actions=rest, properties=())
    claim = Refinement(NAME, coarse, tuple(State(v.type, v.name) for v in system.variables))
    return replace(system, refinements=(claim,))


def cases(folder: Path) -> Iterator[Case]:
    for seed in range(SEEDS):
        system, instance = random_model(seed).load(folder)
        for action in system.actions[:2]:
            claimed = without(system, action)
            try:
                step_goals(claimed.refinements[0])
            except InexpressibleError:
                continue
            yield Case(f"random_model({seed}) without {action.name}", claimed, instance)


def outcome(report: Report) -> tuple[str, int | None, bool]:
    """Return the verdict, the length of the trace, and whether the model is in error."""
    (result,) = report.results
    steps = len(result.verdict.trace.steps) if isinstance(result.verdict, Violated) else None
    return type(result.verdict).__name__, steps, report.error is not None


def test_the_expression_says_what_the_reference_finds(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for case in cases(tmp_path):
        reference = outcome(case.judged(Interpreter()))
        assert outcome(case.judged(Expressed())) == reference, case.label
        seen[reference[0]] += 1
    assert min(seen["Holds"], seen["Violated"], seen["Unknown"]) >= 3, seen


@needs_compiler
def test_compiled_code_finds_it_too(tmp_path: Path) -> None:
    compared = 0
    for case in cases(tmp_path):
        reference = outcome(case.judged(Interpreter()))
        if reference[0] in ("Holds", "Violated") and compared < COMPILED:
            compared += 1  # whether there is an error as few steps away depends on the order of the search
            assert outcome(case.judged(ExplicitEngine()))[:2] == reference[:2], case.label
    assert compared == COMPILED
