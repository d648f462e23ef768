"""Refinements are obligations like others, decided in runs of their own."""

from __future__ import annotations

from pathlib import Path

from checker.dsl.loader import load
from checker.gate.compare import asked_hash
from checker.gate.gate import run_gate
from checker.gate.obligations import obligations_of, runs_of
from checker.interp.engine import Interpreter
from checker.interp.refinement import Refining
from checker.ir.hash import model_hash, refinement_hash
from checker.spec.find import bundled_specs
from checker.spec.parse import parse_spec
from checker.spec.resolve import ResolvedSpec, resolve
from tests.interp.refining import COARSE, FINE, MAPPING, written

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


def test_what_is_odd_about_a_model_is_told_although_refinements_do_not_see_it(tmp_path: Path) -> None:
    body = "        return all(m < 3 for m in range(6) if m > 5)\n"
    empty = f"    @invariant\n    def empty(self) -> bool:\n{body}\n    @action\n"
    place = tmp_path / "models"
    written(place, {"coarse": COARSE, "fine": FINE.replace("    @action\n", empty), "fine_refines": MAPPING})
    spec = place / "fine.spec"
    spec.write_text("model fine.py\ninstance only:\ncheck only: empty, refines:coarse hold by interp\n", "utf-8")
    engines = {"interp": Refining(Interpreter())}
    report = run_gate((spec,), preset=None, lock=place / "lock", engines=engines, update=True, environment={})
    assert [(o.property, o.failures) for o in report.outcomes if o.property == "refines:coarse"] == [
        ("refines:coarse", ())
    ]
    assert "fine: empty says nothing: its range is empty in every state" in report.warnings
