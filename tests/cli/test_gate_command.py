"""`quorax gate` compares with the lock, and writes its findings in every format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def locked(project: Path, quorax: Run) -> Path:
    """Return the project with its lock written."""
    assert quorax("gate", "--update").status == 0
    return project


def test_a_preset_selects_what_is_decided(locked: Path, quorax: Run) -> None:
    out = quorax("gate", "--preset", "smoke").out
    assert "ring/small  " in out
    assert "ring/pair" not in out


def test_a_changed_model_fails_the_gate(locked: Path) -> None:
    model = locked / "models" / "ring.py"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("require(self.choice[s] is None)\n", "\n"), encoding="utf-8")
    command = [sys.executable, "-m", "checker.cli.main", "gate"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=locked, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "one_leader" in ran.stdout


def test_a_spec_in_error_is_exit_code_2(locked: Path, quorax: Run) -> None:
    (locked / "specs" / "ring.spec").write_text("model ../models/ring.py\nchek small: one_leader hold\n")
    assert quorax("gate").status == 2


def test_the_lock_is_not_updated_in_continuous_integration(
    locked: Path, quorax: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    ran = quorax("gate", "--update")
    assert ran.status == 2
    assert "error[G004]" in ran.err


def test_findings_are_written_as_json_junit_and_markdown(locked: Path, quorax: Run) -> None:
    ran = quorax("gate", "--json", "-", "--junit", "out.xml", "--markdown", "out.md")
    assert json.loads(ran.out)["ok"] is True
    assert ElementTree.parse(locked / "out.xml").getroot().tag == "testsuites"
    assert "ring" in (locked / "out.md").read_text(encoding="utf-8")


def test_another_lock_can_be_named(locked: Path, quorax: Run) -> None:
    assert quorax("gate", "--lock", "other.lock").status == 1
    assert quorax("gate", "--lock", "other.lock", "--update").status == 0
    assert quorax("gate", "--lock", "other.lock").status == 0
