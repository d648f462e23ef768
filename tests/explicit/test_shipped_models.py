"""The compiled engine finds of every shipped model and mutant what the interpreter finds, and what the specs say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checker.dsl.loader import bundled_models, load
from checker.explicit.engine import ExplicitEngine
from checker.interp.engine import Interpreter
from checker.interp.refinement import Refining
from checker.ir.instance import Instance, build_instance
from checker.ir.system import System
from checker.spec.parse import parse_spec
from checker.spec.resolve import instance_settings
from checker.spec.temporal import temporal_properties
from checker.spec.tree import MutantDecl
from checker.trace.verdict import Holds, Limits, Request, Violated
from tests.explicit.comparison import everything, findings, needs_compiler

SPECS = Path(__file__).parent.parent.parent / "specs"
MODELS = tuple(bundled_models())
STATES_MAX = 20_000
"""States at which the interpreter gives up a mutant."""

LONG = ("three_terms", "four_terms")
"""Instances of Raft that take a minute, or hundreds of megabytes."""


def mutants() -> Iterator[object]:
    for name in MODELS:
        for declared in parse_spec(SPECS / f"{name}.spec").statements:
            if isinstance(declared, MutantDecl):
                for claim in declared.claims:
                    label = f"{name}-{declared.mutant}-{declared.instance}-{claim.name}"
                    marks = [pytest.mark.deep] if declared.instance.text in LONG else []
                    yield pytest.param(name, declared, claim.name, id=label, marks=marks)


def first_instance(name: str) -> tuple[System, Instance]:
    """Return a shipped model, and the default instance of its spec."""
    system = load(name).system
    spec = parse_spec(SPECS / f"{name}.spec")
    return system, build_instance(system, "first", instance_settings(spec, spec.instances[0].name.text))


@needs_compiler
@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_explored_as_by_the_interpreter(name: str) -> None:
    system, instance = first_instance(name)
    native, reference = (e.run(system, instance, everything(system)) for e in (ExplicitEngine(), Interpreter()))
    assert findings(native) == findings(reference)
    assert native.guards == reference.guards
    assert native.warnings == reference.warnings


def all_mutants() -> Iterator[object]:
    """Yield every mutant, at the first instance at which its spec says something of it."""
    for name in MODELS:
        statements = parse_spec(SPECS / f"{name}.spec").statements
        declared = {str(d.mutant): d for d in reversed(statements) if isinstance(d, MutantDecl)}
        for mutant, first in declared.items():
            yield pytest.param(name, first, id=f"{name}-{mutant}")


@needs_compiler
@pytest.mark.deep
@pytest.mark.parametrize(("name", "declared"), tuple(all_mutants()))
def test_a_mutant_is_explored_as_by_the_interpreter(name: str, declared: MutantDecl) -> None:
    system = load(name).mutants[declared.mutant.text].system
    settings = instance_settings(parse_spec(SPECS / f"{name}.spec"), declared.instance.text)
    instance = build_instance(system, "test", settings)
    request = replace(everything(system), limits=Limits(states=STATES_MAX))
    reference = Interpreter().run(system, instance, request)
    if reference.complete or reference.error:
        for symmetry in (False, True):
            native = ExplicitEngine(2, symmetry=symmetry).run(system, instance, request)
            assert findings(native) == findings(reference)


@needs_compiler
@pytest.mark.parametrize(("name", "declared", "claim"), tuple(mutants()))
def test_a_mutant_is_refuted_in_the_fewest_steps_or_passes_as_its_spec_says(
    name: str, declared: MutantDecl, claim: str
) -> None:
    model = load(name)
    spec = parse_spec(SPECS / f"{name}.spec")
    temporal = temporal_properties(spec)
    request = Request(temporal=(temporal[claim],)) if claim in temporal else Request((claim,))
    system = model.refining([claim], declared.mutant.text)
    instance = build_instance(system, "test", instance_settings(spec, declared.instance.text))
    verdict = Refining(ExplicitEngine()).run(system, instance, request).results[0].verdict
    if declared.expectation.kind == "hold":
        assert verdict == Holds("exhaustive")
    else:
        assert isinstance(verdict, Violated)
        assert declared.expectation.steps in (None, len(verdict.trace.steps))
