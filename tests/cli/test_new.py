"""What `quorax new` writes is complete: it is checked, its mutant is refuted, and the gate passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_it_writes_a_model_its_mutants_a_spec_and_a_test(project: Path) -> None:
    written = sorted(p.relative_to(project).as_posix() for p in project.rglob("*") if p.is_file())
    assert written == ["models/ring.py", "models/ring_mutants.py", "specs/ring.spec", "tests/test_ring.py"]


def test_no_trace_of_the_template_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quorax: Run) -> None:
    monkeypatch.chdir(tmp_path)
    quorax("new", "two_phase_commit")
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        text = path.read_text(encoding="utf-8")
        assert "new_protocol" not in text
        assert "NewProtocol" not in text
    assert "class TwoPhaseCommit(Model):" in (tmp_path / "models" / "two_phase_commit.py").read_text(encoding="utf-8")
    assert 'mutant("TPC-01"' in (tmp_path / "models" / "two_phase_commit_mutants.py").read_text(encoding="utf-8")


def test_the_gate_passes_once_the_lock_is_written(project: Path, quorax: Run) -> None:
    assert quorax("gate", "specs/ring.spec").status == 1
    assert quorax("gate", "specs/ring.spec", "--update").status == 0
    ran = quorax("gate", "specs/ring.spec")
    assert ran.status == 0
    assert "warning" not in ran.out
    assert quorax("gate").status == 0


def test_it_overwrites_nothing(project: Path, quorax: Run) -> None:
    model = project / "models" / "ring.py"
    model.write_text("# mine\n", encoding="utf-8")
    (project / "specs" / "ring.spec").unlink()
    ran = quorax("new", "ring")
    assert ran.status == 2
    assert "models/ring.py" in ran.err
    assert model.read_text(encoding="utf-8") == "# mine\n"
    assert not (project / "specs" / "ring.spec").exists()


def test_two_protocols_live_in_one_project(project: Path, quorax: Run) -> None:
    assert quorax("new", "star").status == 0
    assert quorax("gate", "--update").status == 0
    ran = quorax("gate")
    assert ran.status == 0
    assert "star/small  " in ran.out
    assert "ring/small  " in ran.out


@pytest.mark.parametrize(
    "name", ["Ring", "ring-2", "2ring", "class", "ring_mutants", "ring_refines", "a/b", "", "_ring", "ring__two"]
)
def test_a_name_must_do_for_a_file_and_a_class(name: str, quorax: Run, tmp_path: Path) -> None:
    ran = quorax("new", name)
    assert ran.status == 2
    assert "error[C014]" in ran.err
