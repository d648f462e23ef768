"""A run that judges nothing does not look like success."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.cli.main import main
from tests.dsl.rejected import MODEL


def test_a_model_without_properties_is_inconclusive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = MODEL[: MODEL.index("    @invariant")]
    path = tmp_path / "small.py"
    path.write_text(body, encoding="utf-8")
    code = main(["check", str(path), "--bounds", "Node=1,Term=2,Length=1,size=1,restarts=0"])
    assert code == 3
    assert "nothing was judged" in capsys.readouterr().out


def test_a_vacuous_invariant_does_not_simply_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "small.py"
    before = MODEL[MODEL.index("        return self.count <= LIMIT") : MODEL.index("    @transition_invariant")]
    path.write_text(
        MODEL.replace(before, "        return all(n == k for n in Node for k in Node if self.count == 3)\n\n"),
        encoding="utf-8",
    )
    main(["check", str(path), "--bounds", "Node=1,Term=2,Length=1,size=1,restarts=0"])
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("  bounded"))
    assert "holds" in line
    assert line.endswith("but vacuously: its range is empty in every state")
