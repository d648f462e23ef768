"""Refinements are obligations like others, decided in runs of their own."""

from __future__ import annotations

from checker.dsl.loader import load
from checker.gate.compare import asked_hash
from checker.gate.obligations import obligations_of, runs_of
from checker.ir.hash import model_hash, refinement_hash
from checker.spec.find import bundled_specs
from checker.spec.parse import parse_spec
from checker.spec.resolve import ResolvedSpec, resolve

NAME = "refines:voting"


def spec_of_paxos() -> ResolvedSpec:
    (path,) = (p for p in bundled_specs() if p.stem == "paxos")
    return resolve(parse_spec(path), load("paxos"))


def test_a_refinement_has_a_stable_id() -> None:
    ids = {o.id for o in obligations_of(spec_of_paxos())}
    assert f"paxos/small/{NAME}/explicit" in ids
    assert f"paxos/small/{NAME}/interp" in ids
    assert f"paxos/mutant:forget_promise@small/{NAME}/explicit" in ids


def test_a_run_that_decides_refinements_decides_nothing_else_and_is_of_the_same_model() -> None:
    spec = spec_of_paxos()
    runs = runs_of(spec, obligations_of(spec))
    refining = [r for r in runs if r.system.refinements]
    assert refining
    for run in runs:
        assert {o.property == NAME for o in run.obligations} == {bool(run.system.refinements)}
    for run in refining:
        assert model_hash(run.system) == model_hash(spec.system(run.obligations[0].mutant))
        assert asked_hash(run.system, run.obligations[0]) == refinement_hash(run.system, NAME)
