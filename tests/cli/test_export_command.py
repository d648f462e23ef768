"""`quorax export` writes a module and a configuration, and says how to run them."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run


def test_the_module_and_its_configuration_are_written(project: Path, quorax: Run) -> None:
    (project / "out").mkdir()
    ran = quorax("export", "--tla", "models/ring.py", "--out", "out")
    assert ran.status == 0
    assert "---- MODULE Ring ----" in (project / "out" / "Ring.tla").read_text(encoding="utf-8")
    assert "Server" in (project / "out" / "Ring.cfg").read_text(encoding="utf-8")
    assert "-deadlock" in ran.err


def test_a_language_must_be_named(project: Path, quorax: Run) -> None:
    ran = quorax("export", "models/ring.py")
    assert ran.status == 2
    assert "--tla" in ran.err
