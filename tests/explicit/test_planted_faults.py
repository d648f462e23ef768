"""The tests of the compiled engine see its faults: whatever is planted in a copy of it turns a test red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.explicit.comparison import needs_compiler
from tests.explicit.planted_faults import FAULTS, SAMPLE, Fault

ROOT = Path(__file__).parent.parent.parent
COPIED = ("checker", "models", "specs", "tests", "pyproject.toml")
TESTS_FAILED = 1
"""What pytest exits with if it ran tests, and some failed."""

MISHAPS = (
    "the C compiler failed",
    "CompilerError",
    "ImportError",
    "ModuleNotFoundError",
    "SyntaxError",
    "FileNotFound",
)
"""What would turn a test red without having looked at anything."""


def copied(folder: Path) -> Path:
    """Copy what tests need, and return where to."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def plant(fault: Fault, root: Path) -> None:
    """Replace the text that a fault names, which has to be there once."""
    path = root / "checker" / "explicit" / fault.file
    text = path.read_text(encoding="utf-8")
    assert text.count(fault.old) == 1, f"{fault.file} has {text.count(fault.old)} times: {fault.old}"
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def run_tests(root: Path, tests: tuple[str, ...], seconds: int = 600) -> subprocess.CompletedProcess[str]:
    """Run tests of a copy until one fails; what is compiled stays in there."""
    own = {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": str(root / "cache")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
        cwd=root, env=os.environ | own, capture_output=True, text=True, check=False, timeout=seconds,
    )  # fmt: skip


def turns_red(fault: Fault, folder: Path) -> None:
    """Assert that the tests of a fault fail, and not by a mishap."""
    root = copied(folder)
    plant(fault, root)
    done = run_tests(root, fault.tests)
    assert done.returncode == TESTS_FAILED, f"{fault.name}: no test sees it\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert not [word for word in MISHAPS if word in done.stdout], done.stdout[-4000:]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_the_text_that_a_fault_replaces_is_there_once(fault: Fault) -> None:
    text = (ROOT / "checker" / "explicit" / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1


@needs_compiler
@pytest.mark.parametrize("fault", [f for f in FAULTS if f.name in SAMPLE], ids=lambda f: f.name)
def test_a_planted_fault_is_seen(fault: Fault, tmp_path: Path) -> None:
    turns_red(fault, tmp_path)


@needs_compiler
@pytest.mark.deep
@pytest.mark.parametrize("fault", [f for f in FAULTS if f.name not in SAMPLE], ids=lambda f: f.name)
def test_every_planted_fault_is_seen(fault: Fault, tmp_path: Path) -> None:
    turns_red(fault, tmp_path)


@needs_compiler
@pytest.mark.deep
def test_without_a_fault_the_same_tests_pass(tmp_path: Path) -> None:
    tests = tuple(dict.fromkeys(test for fault in FAULTS for test in fault.tests))
    done = run_tests(copied(tmp_path), tests, seconds=3600)
    assert done.returncode == 0, done.stdout[-4000:]
