"""What a process cost is what the operating system says, for it and the processes it waited for."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from benchmarks.process import run

BUSY = "import time\nwhile time.process_time() < 0.2: pass\n"

CHILD = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}], check=True)\n"

WAITING = "import select\nselect.select([], [], [], 600)\n"


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_processor_time_is_counted(tmp_path: Path) -> None:
    assert run(python(BUSY), tmp_path).usage.cpu_seconds >= 0.2


def test_processor_time_of_children_is_counted(tmp_path: Path) -> None:
    assert run(python(CHILD), tmp_path).usage.cpu_seconds >= 0.2


def test_peak_memory_is_counted_in_bytes(tmp_path: Path) -> None:
    assert run(python("x = b'1' * 200_000_000"), tmp_path).usage.peak_bytes > 200_000_000


def test_all_that_is_written_is_read(tmp_path: Path) -> None:
    done = run(python("import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"), tmp_path)
    assert done.output.split() == ["out", "err"]
    assert done.code == 3


def test_a_program_sees_its_folder_and_environment(tmp_path: Path) -> None:
    done = run(python("import os; print(os.getcwd(), os.environ['WORD'])"), tmp_path, environment={"WORD": "yes"})
    assert done.output.split() == [str(tmp_path.resolve()), "yes"]


def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    assert run(python(WAITING), tmp_path, seconds_max=0.2).code == -signal.SIGKILL
