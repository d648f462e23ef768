"""Runs generated code compiled so that what C leaves undefined ends the process: a program, for it may end there.

The first argument says how: `trap` needs no library; `address` also sees reads and writes outside of what is there,
and needs a library to be loaded before Python (`preload` says which). The second is a fault to begin with, if any.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from checker.explicit import shapes
from checker.explicit.build import CompilerError, build, find_compiler
from checker.explicit.engine import ExplicitEngine
from checker.explicit.library import load_library
from checker.ir.instance import Instance, build_instance
from checker.ir.system import System
from checker.spec.parse import parse_spec
from checker.spec.temporal import temporal_properties
from checker.trace.verdict import Limits, Report, Request
from tests.dsl.random_models import random_model
from tests.explicit.batch import Batch
from tests.explicit.comparison import everything
from tests.explicit.constructs import CASES, CORNERS, system_called
from tests.explicit.test_shipped_models import MODELS, SPECS, first_instance

SANITIZERS = {
    "trap": ("-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"),
    "address": ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O0", "-g1"),
}

LIBRARY = "libasan.so"

FAULTS = {
    "trap": ("int fault(int n) { return n << n; }\n", 40),
    "address": ("int fault(int n) { volatile int at[4] = {0}; int *p = (int *)at; return p[n]; }\n", 4),
}
"""What each of them ends the process for, and the argument with which it does."""

RANDOM = 30
"""Random models that are explored."""

STATES_MAX = 2000
"""States at which an exploration ends: by then all code has run that a model has."""


def preload() -> str | None:
    """Return the library that is to be loaded before Python to check addresses; None if the compiler has none."""
    compiler = find_compiler()
    if compiler is None:
        return None
    asked = [*compiler.command, f"-print-file-name={LIBRARY}"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60).stdout.strip()
    return said if Path(said).is_absolute() and Path(said).exists() else None


def run_sanitized(*fault: str) -> subprocess.CompletedProcess[str]:
    """Run this program, checking as much as the compiler can."""
    library = preload()
    told = {"LD_PRELOAD": library or "", "ASAN_OPTIONS": "detect_leaks=0"} if library else {}
    command = [sys.executable, "-m", "tests.explicit.sanitized", "address" if library else "trap", *fault]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env={**os.environ, **told})


def main() -> None:
    """Explore everything, with sets as bits and as lists."""
    flags = SANITIZERS[sys.argv[1]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            build("int nothing;\n", flags=flags, folder=folder)
        except CompilerError:
            print(f"cannot compile with {' '.join(flags)}")
            return
        if len(sys.argv) > 2:
            text, argument = FAULTS[sys.argv[2]]
            load_library(build(text, flags=flags, folder=folder)).fault(argument)
        batch = Batch(flags, folder)
        subjects = [*constructs(folder), *shipped(), *drawn(folder)]
        for dense in (shapes.DENSE_MAX, 8):
            shapes.DENSE_MAX = dense
            shapes.FIRST_CAPACITY = 1
            batch.run_all([run for n, subject in enumerate(subjects) for run in runs_of(n, *subject)])
            batch.run_all(temporal_runs())
        print("defined")


def runs_of(number: int, system: System, instance: Instance) -> list[Callable[[], Report]]:
    """Return the runs that explore a system: by one of the stores, with one worker or two."""
    asked = everything(system)
    request = Request(asked.properties, asked.witnesses, Limits(states=STATES_MAX), exhaust=True)
    store = ("exact", "tree", "fp64")[number % 3]
    engine = ExplicitEngine(1 + number % 2, store)  # type: ignore[arg-type]
    simulation = replace(request, runs=20, limits=Limits())
    return [partial(engine.run, system, instance, asked) for asked in (request, simulation)]


def temporal_runs() -> list[Callable[[], Report]]:
    """Return the runs that decide the temporal properties of shipped models."""
    runs: list[Callable[[], Report]] = []
    for name in MODELS:
        asked = temporal_properties(parse_spec(SPECS / f"{name}.spec")).values()
        runs.append(partial(ExplicitEngine(2).run, *first_instance(name), Request(temporal=tuple(asked))))
    return runs


def constructs(folder: Path) -> list[tuple[System, Instance]]:
    """Return the constructs and the corners."""
    named = [system_called(name, folder) for name in CASES]
    corners = [(system, {"Node": 2, "Limit": 1}) for system in CORNERS.values()]
    return [(s, build_instance(s, "test", settings)) for s, settings in (*named, *corners)]


def shipped() -> list[tuple[System, Instance]]:
    """Return the shipped models."""
    return [first_instance(name) for name in MODELS]


def drawn(folder: Path) -> list[tuple[System, Instance]]:
    """Return random models."""
    return [random_model(seed).load(folder) for seed in range(RANDOM)]


if __name__ == "__main__":
    sys.exit(main())
