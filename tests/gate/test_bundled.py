"""The bundled specs hold, and the lock beside them is about the models as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.dsl.loader import load
from checker.gate.compare import asked_hash
from checker.gate.gate import run_gate
from checker.gate.lock import read_lock, settings_document
from checker.gate.obligations import obligations_of, runs_of
from checker.interp.engine import Interpreter
from checker.interp.refinement import Refining
from checker.ir.hash import model_hash
from checker.spec.find import BUNDLED, LOCK, bundled_specs
from checker.spec.parse import parse_spec
from checker.spec.resolve import ResolvedSpec, resolve


def resolved(path: Path) -> ResolvedSpec:
    spec = parse_spec(path)
    return resolve(spec, load(spec.target))


@pytest.mark.parametrize("path", bundled_specs(), ids=lambda path: path.stem)
def test_the_smoke_preset_comes_out_as_expected(path: Path, tmp_path: Path) -> None:
    engines = dict.fromkeys(("explicit", "interp"), Refining(Interpreter()))  # the reference, whatever a spec names
    report = run_gate((path,), preset="smoke", lock=tmp_path / LOCK, engines=engines, update=True, environment={})
    assert report.is_ok, [f.reason for f in report.all_failures]


@pytest.mark.parametrize("path", bundled_specs(), ids=lambda path: path.stem)
def test_the_lock_is_about_the_models_and_instances_as_they_are(path: Path) -> None:
    spec, locked = resolved(path), read_lock(BUNDLED / LOCK).entries
    for run in runs_of(spec, obligations_of(spec)):
        for obligation in run.obligations:
            entry = locked[obligation.id]
            assert entry.model_hash == model_hash(run.system), obligation.id
            assert entry.property_hash == asked_hash(run.system, obligation), obligation.id
            assert entry.settings == settings_document(run.instance.settings), obligation.id


def test_the_lock_has_no_entry_without_an_obligation_and_none_edited_by_hand() -> None:
    lock = read_lock(BUNDLED / LOCK)
    known = {obligation.id for path in bundled_specs() for obligation in obligations_of(resolved(path))}
    assert not lock.edited
    assert set(lock.entries) <= known
