"""Commands that other packages register: found, listed, loaded when given, and never in the way of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.registered import register

THEIRS = """
SUMMARY = "greet"

def configure(parser):
    parser.add_argument("name")

def run(options):
    print(f"hello {options.name}")
    return 0
"""


@pytest.fixture
def extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on Python's path in which another distribution registers commands."""
    lines = ("greet = greeting_of_another", "broken = no_module_at_all", "lacking = lacking_module", "check = theirs")
    register(tmp_path, *lines, name="another")
    (tmp_path / "greeting_of_another.py").write_text(THEIRS, encoding="utf-8")
    (tmp_path / "lacking_module.py").write_text("SUMMARY = 'nothing'\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("extended")
def test_a_registered_command_runs(quorax: Run) -> None:
    ran = quorax("greet", "Leslie")
    assert (ran.status, ran.out) == (0, "hello Leslie\n")


@pytest.mark.usefixtures("extended")
def test_help_lists_registered_commands_even_one_that_cannot_be_loaded(quorax: Run) -> None:
    ran = quorax("--help")
    assert ran.status == 0
    assert "greet" in ran.out
    assert "cannot be loaded: quorax broken says why" in " ".join(ran.out.split())


@pytest.mark.usefixtures("extended")
@pytest.mark.parametrize(
    ("name", "why"), [("broken", "ModuleNotFoundError"), ("lacking", "lacking_module has no configure")]
)
def test_a_command_that_cannot_be_loaded_says_why(quorax: Run, name: str, why: str) -> None:
    ran = quorax(name)
    assert ran.status == 2
    assert "error[C019]" in ran.err
    assert f"the command '{name}' of another cannot be loaded" in ran.err
    assert why in ran.err


@pytest.mark.usefixtures("extended")
def test_no_package_replaces_a_command_of_our_own(quorax: Run) -> None:
    ran = quorax("check", "--help")
    assert ran.status == 0
    assert "explore every behaviour" in ran.out.lower()


@pytest.mark.usefixtures("extended")
def test_a_misspelt_command_is_told_of_registered_ones(quorax: Run) -> None:
    ran = quorax("gret")
    assert ran.status == 2
    assert "did you mean greet?" in ran.err
