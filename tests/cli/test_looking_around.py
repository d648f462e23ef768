"""`quorax list` and `quorax doctor` say what there is."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

import pytest

from checker.dsl.loader import bundled_models
from tests.cli.conftest import Run


def test_every_bundled_model_is_listed_with_one_line(quorax: Run) -> None:
    lines = quorax("list").out.splitlines()
    for name in bundled_models():
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert len(line.split()) > 3


def test_a_model_is_listed_with_instances_properties_and_mutants(quorax: Run) -> None:
    out = quorax("list", "paxos").out
    assert "Acceptor = 3, Ballot = 2, Value = 2" in out
    assert "At most one value is ever chosen." in out
    (mutant,) = [line for line in out.splitlines() if line.strip().startswith("pick_lowest ")]
    assert "PX-02" in mutant
    assert "Breaks agreement at three_ballots." in mutant


def test_a_model_of_a_users_own_is_listed_too(project: Path, quorax: Run) -> None:
    out = quorax("list", "models/ring.py").out
    assert "specs/ring.spec" in out
    assert "There is at most one leader." in out


def test_doctor_finds_nothing_wrong_here(quorax: Run) -> None:
    ran = quorax("doctor")
    assert ran.status == 0
    assert "fail" not in ran.out


def test_doctor_names_the_remedy_for_what_is_missing(quorax: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        return None

    def not_found(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(shutil, "which", nothing)
    monkeypatch.setattr(importlib.metadata, "version", not_found)
    monkeypatch.setattr(importlib.util, "find_spec", nothing)
    ran = quorax("doctor")
    assert ran.status == 2
    assert "pip install lark" in ran.out
    assert "quorax[diagrams]" in ran.out
    assert "there is no C compiler" in ran.out


def test_doctor_warns_of_a_cache_that_cannot_be_written(
    quorax: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    ran = quorax("doctor")
    assert ran.status == 0
    assert "cannot be written" in ran.out
