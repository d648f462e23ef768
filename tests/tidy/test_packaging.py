"""What pip installs is complete, pinned, and works in a stranger's project."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.tidy.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PIN = re.compile(r"([A-Za-z0-9._-]+)==(\S+)")

DATA = (
    "checker/spec/grammar.lark",
    "checker/cli/templates/new_protocol.spec",
    "checker/py.typed",
    "models/paxos.py",
    "models/paxos_mutants.py",
    "specs/paxos.spec",
    "specs/quorax.lock",
)
"""Files that the toolkit reads beside its own code."""


def pins() -> dict[str, str]:
    """Return the versions in constraints.txt by normalised name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    matches = (PIN.fullmatch(line) for line in lines if line and not line.startswith("#"))
    return {canonical(m[1]): m[2] for m in matches if m}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(requirement: Requirement, seen: set[str]) -> None:
    """Add to `seen` what a requirement installs, itself included, on this Python."""
    name = canonical(requirement.name)
    if name != "quorax":
        seen.add(name)
        try:
            requires = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # an extra that is not installed here
            return
        for inner in map(Requirement, requires):
            wanted = any(
                inner.marker is None or inner.marker.evaluate({"extra": e}) for e in requirement.extras or {""}
            )
            if wanted and canonical(inner.name) not in seen:
                needed(inner, seen)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.split()[-1]


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """Return a folder into which the wheel is installed."""
    folder = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """Return a project in which a stranger uses our names for things of their own."""
    folder = tmp_path / "stranger"
    for name in ("models", "specs", "impls", "refinement", "checker"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("raise RuntimeError('this is not quorax')\n", encoding="utf-8")
    (folder / "models" / "paxos.py").write_text("raise RuntimeError('not the bundled model')\n", encoding="utf-8")
    return folder


def run_python(code: str, *arguments: str, at: Path, installed: Path) -> subprocess.CompletedProcess[str]:
    """Run code as the script of an installed command runs: the working directory is not on the path."""
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTEST_ADDOPTS")}
    environment |= {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True, check=False)


def run_quorax(*arguments: str, at: Path, installed: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command."""
    code = "import sys; from checker.cli.main import main; sys.exit(main())"
    return run_python(code, *arguments, at=at, installed=installed)


def test_everything_that_an_install_brings_is_pinned() -> None:
    extras = PROJECT["optional-dependencies"]
    seen: set[str] = set()
    for text in [*PROJECT["dependencies"], *(t for group in extras.values() for t in group)]:
        needed(Requirement(text), seen)
    assert seen - pins().keys() == set()


@pytest.mark.parametrize("requirement", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]])
def test_the_pins_satisfy_the_requirements(requirement: str) -> None:
    wanted = Requirement(requirement)
    if canonical(wanted.name) != "quorax":
        assert pins()[canonical(wanted.name)] in wanted.specifier


def test_the_wheel_has_everything_that_is_read_beside_the_code(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert set(DATA) <= names


def test_the_wheel_has_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"checker", "models", "refinement", "specs"}


def test_the_installed_command_lists_and_checks_what_is_bundled(installed: Path, tmp_path: Path) -> None:
    listed = run_quorax("list", "paxos", at=tmp_path, installed=installed)
    assert listed.returncode == 0, listed.stderr
    assert "PX-02" in listed.stdout
    checked = run_quorax("check", "paxos", "--instance", "two_acceptors", at=tmp_path, installed=installed)
    assert checked.returncode == 0, checked.stderr
    assert "145 distinct states" in checked.stdout


def test_a_stranger_who_uses_our_names_gets_the_bundled_models(installed: Path, stranger: Path) -> None:
    checked = run_quorax("check", "paxos", "--instance", "two_acceptors", at=stranger, installed=installed)
    assert checked.returncode == 0, checked.stderr
    assert "145 distinct states" in checked.stdout


def test_a_stranger_who_uses_our_names_gets_our_further_commands(installed: Path, stranger: Path) -> None:
    history = stranger / "history.txt"
    history.write_text("0\t:invoke\t:read\tnil\n0\t:ok\t:read\t4\n", encoding="utf-8")
    decided = run_quorax("linearize", history.name, at=stranger, installed=installed)
    assert decided.returncode == 1, decided.stderr
    assert "not linearizable" in decided.stdout


def test_what_a_stranger_calls_refinement_is_never_loaded_instead_of_ours(installed: Path, stranger: Path) -> None:
    (stranger / "refinement" / "__init__.py").write_text("", encoding="utf-8")
    (stranger / "refinement" / "linearizability").mkdir()
    command = "SUMMARY = 'theirs'\ndef configure(parser): ...\ndef run(options): print('theirs')\n"
    (stranger / "refinement" / "linearizability" / "command.py").write_text(command, encoding="utf-8")
    code = "import sys; from checker.cli.main import main; sys.path.insert(0, '.'); sys.exit(main(['linearize', 'x']))"
    done = run_python(code, at=stranger, installed=installed)
    assert done.returncode == 2, done.stdout
    assert "error[C019]" in done.stderr


def test_a_stranger_can_start_a_model_of_their_own(installed: Path, stranger: Path) -> None:
    assert run_quorax("new", "ring", at=stranger, installed=installed).returncode == 0
    checked = run_quorax("check", "models/ring.py", at=stranger, installed=installed)
    assert checked.returncode == 0, checked.stderr


def test_the_test_that_a_stranger_is_given_passes_under_pytest(installed: Path, stranger: Path) -> None:
    assert run_quorax("new", "ring", at=stranger, installed=installed).returncode == 0
    assert run_quorax("gate", "specs/ring.spec", "--update", at=stranger, installed=installed).returncode == 0
    code = "import sys, pytest; sys.exit(pytest.main(['-q', 'tests']))"
    done = run_python(code, at=stranger, installed=installed)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_the_readme_and_the_script_run_the_same_tests() -> None:
    tests = ".venv/bin/pytest -q -n auto"
    command = f'python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e ".[test]" && {tests}'
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
