"""Exit codes are a contract: every way that a command can end has its number, and none of them is a traceback."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import checker.cli.list
from tests.cli.conftest import Run
from tests.golden import assert_golden

ROOT = Path(__file__).parent.parent.parent
GOLDEN = Path(__file__).parent / "golden"
QUORAX = [sys.executable, "-m", "checker.cli.main"]

MISTAKES = {
    "C001 an unknown option": ("check", "models/ring.py", "--worker", "4"),
    "C001 a missing argument": ("check",),
    "C001 a number that is none": ("check", "models/ring.py", "--states", "many"),
    "C001 two ways to say how big": ("check", "models/ring.py", "--instance", "small", "--bounds", "Server=2"),
    "C002 an unknown command": ("chek", "models/ring.py"),
    "C003 an unknown instance": ("check", "models/ring.py", "--instance", "smal"),
    "C004 nothing says how big": ("check", "lonely.py"),
    "C005 bounds that cannot be read": ("check", "models/ring.py", "--bounds", "Server=,"),
    "C006 an unknown property": ("check", "models/ring.py", "--property", "one_leadr"),
    "C018 an option of another engine": ("check", "models/ring.py", "--engine", "interp", "--workers", "2"),
    "C008 an unknown engine": ("check", "models/ring.py", "--engine", "interpreter"),
    "C009 a diagram of unknown format": ("check", "models/ring.py", "--diagram", "out.gif"),
    "C010 a folder that is not there": ("check", "models/ring.py", "--diagram", "nowhere/out.svg"),
    "C011 specs in several folders": ("gate", "specs/ring.spec", "ring.spec"),
    "C014 no name for a file": ("new", "My-Protocol"),
    "C015 files that are there already": ("new", "ring"),
    "I001 an unknown bound": ("check", "models/ring.py", "--bounds", "Servr=3,Server=2"),
    "M016 an unknown mutant": ("check", "models/ring.py", "--mutant", "vote_twic"),
    "M017 an unknown model": ("check", "paxo"),
    "M017 a missing file": ("check", "models/rang.py"),
    "T001 a missing trace": ("trace", "nothing.itf.json"),
}
"""Commands that cannot be meant, by the code of the complaint."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_exit_code_2_with_a_numbered_complaint_and_a_remedy(name: str, project: Path, quorax: Run) -> None:
    (project / "lonely.py").write_text((project / "models" / "ring.py").read_text(encoding="utf-8"), encoding="utf-8")
    (project / "ring.spec").write_text("model models/ring.py\n", encoding="utf-8")
    ran = quorax(*MISTAKES[name])
    assert ran.status == 2
    assert f"error[{name.split()[0]}]: " in ran.err
    assert "help: " in ran.err
    assert ran.out == ""
    if not name.startswith("C001"):  # the words of C001 are argparse's, and change with Python
        assert_golden(GOLDEN / f"{name.replace(' ', '_')}.txt", ran.err)


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("chek",), "check"),
        (("check", "paxo"), "paxos"),
        (("check", "models/ring.py", "--mutant", "vote_twic"), "vote_twice"),
        (("check", "models/ring.py", "--instance", "smal"), "small"),
        (("check", "models/ring.py", "--property", "one_leadr"), "one_leader"),
        (("check", "models/ring.py", "--engine", "interpr"), "interp"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    arguments: tuple[str, ...], near: str, project: Path, quorax: Run
) -> None:
    assert f"did you mean {near}?" in quorax(*arguments).err


def test_what_holds_is_exit_code_0(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py")
    assert ran.status == 0
    assert "one_leader" in ran.out


def test_a_violation_is_exit_code_1(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--mutant", "vote_twice")
    assert ran.status == 1
    assert "violated in " in ran.out


def test_a_limit_is_exit_code_3_and_holds_is_never_said(project: Path, quorax: Run) -> None:
    for limit in (("--states", "2"), ("--depth", "1"), ("--time", "0.000001")):
        ran = quorax("check", "models/ring.py", "--engine", "interp", *limit)
        assert ran.status == 3
        assert "unknown" in ran.out
        assert "holds" not in ran.out


def test_a_clean_simulation_is_exit_code_3_and_holds_is_never_said(project: Path, quorax: Run) -> None:
    ran = quorax("simulate", "models/ring.py", "--runs", "3")
    assert ran.status == 3
    assert "holds" not in ran.out


def test_no_command_at_all_shows_the_help_and_is_exit_code_2(quorax: Run) -> None:
    ran = quorax()
    assert ran.status == 2
    assert "usage: quorax" in ran.err


def test_an_internal_error_is_exit_code_4_and_an_apology(monkeypatch: pytest.MonkeyPatch, quorax: Run) -> None:
    def fail(options: object) -> None:
        raise RuntimeError("the cat sat on it")

    monkeypatch.setattr(checker.cli.list, "run", fail)
    ran = quorax("list")
    assert ran.status == 4
    assert "a bug in quorax" in ran.err
    assert "the cat sat on it" in ran.err
    assert "Traceback" not in ran.err
    with pytest.raises(RuntimeError, match="the cat sat on it"):
        quorax("list", "--debug")


def test_running_out_of_memory_is_exit_code_3(monkeypatch: pytest.MonkeyPatch, quorax: Run) -> None:
    def fail(options: object) -> None:
        raise MemoryError

    monkeypatch.setattr(checker.cli.list, "run", fail)
    ran = quorax("list")
    assert ran.status == 3
    assert "out of memory" in ran.err


def test_a_reader_that_leaves_ends_the_command_in_silence() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([*QUORAX, "list"], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writer)
    assert done.returncode == 3
    assert done.stderr == b""


def test_an_interrupt_gives_the_partial_verdict_and_exit_code_3() -> None:
    terminal, child_end = pty.openpty()
    command = [*QUORAX, "check", "paxos", "--instance", "three_ballots", "--engine", "interp"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=child_end, text=True) as running:
        os.close(child_end)
        shown = b""
        while b"states" not in shown:  # the first line of progress: the search is under way
            shown += os.read(terminal, 4096)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate()
    os.close(terminal)
    assert running.returncode == 3
    assert "interrupted" in out
    assert "distinct states" in out
    assert "holds" not in out
