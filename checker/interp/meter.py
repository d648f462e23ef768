"""Time and memory of a run: the only place in the interpreter that looks at a clock. Nothing it says enters a verdict
or a count, except that a limit of seconds or bytes ends the run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from checker.trace.verdict import Limits, Progress

INTERVAL_S = 0.5
"""Seconds between two reports of progress."""


class Meter:
    """Reports progress about twice a second, and says when a limit of time or memory is reached."""

    def __init__(self, engine: str, limits: Limits, report: Callable[[Progress], None] | None) -> None:
        self._engine = engine
        self._limits = limits
        self._report = report
        self._started_s = time.monotonic()
        self._reported_s = self._started_s

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started_s

    def look(self, *, distinct: int, generated: int, depth: int, queue: int, note: str = "") -> str:
        """Return the limit that the run has reached, or nothing; report progress if it is time to."""
        now_s = time.monotonic()
        elapsed_s = now_s - self._started_s
        if self._report is not None and now_s - self._reported_s >= INTERVAL_S:
            self._reported_s = now_s
            memory = memory_bytes()
            self._report(Progress(self._engine, distinct, generated, depth, queue, elapsed_s, memory, note))
        if self._limits.seconds is not None and elapsed_s >= self._limits.seconds:
            return f"the time limit of {self._limits.seconds:g} seconds"
        if self._limits.memory_bytes is not None and memory_bytes() >= self._limits.memory_bytes:
            return f"the memory limit of {self._limits.memory_bytes:,} bytes"
        return ""


def memory_bytes() -> int:
    """Return the peak memory of the process, or 0 where the platform does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
