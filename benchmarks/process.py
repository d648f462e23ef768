"""Running a program, and what it cost: the operating system's account of the finished process and its children."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS_MAX = 3600.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process took: processor time of all its threads and children, time on the clock, peak resident memory.

    The peak is that of the largest single process. It is never below what this one had when it started that one, some
    tens of megabytes: Linux counts a process from its fork.
    """

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that has ended: all it wrote, and its exit code (negative: the signal that ended it)."""

    code: int
    output: str
    usage: Usage


def run(
    command: Sequence[str],
    folder: Path,
    *,
    environment: Mapping[str, str] | None = None,
    seconds_max: float = SECONDS_MAX,
) -> Finished:
    """Run a program in a folder until it ends; it and its children are killed after `seconds_max`."""
    with tempfile.TemporaryFile() as written:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        timer = threading.Timer(seconds_max, _kill, (process.pid,))
        timer.start()
        try:
            _, status, spent = os.wait4(process.pid, 0)
        finally:
            timer.cancel()
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        written.seek(0)
        output = written.read().decode("utf-8", errors="replace")
    return Finished(process.returncode, output, Usage(spent.ru_utime + spent.ru_stime, wall, _bytes(spent.ru_maxrss)))


def _kill(group: int) -> None:
    """End a process and its children, if they have not just ended by themselves."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _bytes(maxrss: int) -> int:
    """Return `ru_maxrss` in bytes: Linux counts kibibytes, macOS bytes."""
    return maxrss if sys.platform == "darwin" else maxrss * 1024
