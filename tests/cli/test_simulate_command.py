"""`quorax simulate` prints the seed, and a command that shows what it found again; workers change nothing of it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from checker.explicit import engine as engines
from tests.cli.conftest import Run
from tests.explicit.comparison import needs_compiler

UNDEFINED = """
    @invariant
    def no_such(self) -> bool:
        return 1 // (1 - len({s for s in Server if self.choice[s] is not None})) < 2
"""


@pytest.mark.parametrize("engine", [pytest.param("explicit", marks=needs_compiler), "interp"])
def test_a_violation_is_shown_again_by_its_command(project: Path, quorax: Run, engine: str) -> None:
    asked = ("simulate", "models/ring.py", "--mutant", "vote_twice", "--runs", "50", "--seed", "7", "--engine", engine)
    first = quorax(*asked)
    assert first.status == 1
    assert " random steps from seed 7, at most " in first.out
    command = reproducing(first.out)
    assert "--seed 7" in command
    assert f"--engine {engine}" in command
    again = quorax(*shlex.split(command)[2:])
    assert timeless(again.out) == timeless(first.out)


@needs_compiler
def test_the_number_of_workers_changes_nothing_that_is_printed(project: Path, quorax: Run) -> None:
    asked = ("simulate", "models/ring.py", "--mutant", "vote_twice", "--seed", "3", "--property", "one_leader")
    one, two, four = (timeless(quorax(*asked, "--workers", n).out) for n in ("1", "2", "4"))
    assert one == two == four
    assert any("(explicit)" in line for line in one)


def test_the_command_names_the_engine_that_made_the_runs(
    project: Path, quorax: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "find_compiler", lambda: None)
    ran = quorax("simulate", "models/ring.py", "--mutant", "vote_twice", "--runs", "50")
    assert "some hundred times slower" in ran.out
    assert "--engine interp" in reproducing(ran.out)


def test_the_interpreter_has_no_workers(project: Path, quorax: Run) -> None:
    ran = quorax("simulate", "models/ring.py", "--engine", "interp", "--workers", "2")
    assert ran.status == 2
    assert "C018" in ran.err


def test_an_error_of_the_model_is_shown_again_by_its_command(project: Path, quorax: Run) -> None:
    model = project / "models" / "ring.py"
    text = model.read_text(encoding="utf-8")
    before, mark, after = text.partition("    @invariant\n")
    model.write_text(before + UNDEFINED.lstrip("\n") + "\n" + mark + after, encoding="utf-8")
    first = quorax("simulate", "models/ring.py", "--property", "no_such", "--runs", "5")
    assert first.status == 2
    again = quorax(*shlex.split(reproducing(first.out))[2:])
    assert (again.status, timeless(again.out)) == (first.status, timeless(first.out))


def reproducing(out: str) -> str:
    """Return the line with the command that shows the same again."""
    return next(line for line in out.splitlines() if line.startswith("reproduce: "))


def timeless(out: str) -> list[str]:
    """Return the lines of what was printed, without the seconds it took."""
    return [line.rpartition(", ")[0] if " random steps from seed " in line else line for line in out.splitlines()]
