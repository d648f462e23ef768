"""Live progress on standard error: one line redrawn on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self, TextIO

from checker.trace.verdict import Progress

REDRAW_SECONDS = 0.1
LOG_SECONDS = 10.0
"""Between two plain lines: a build log of ten minutes gets sixty."""


class ProgressLine:
    """Shows the progress an engine reports. Engines bring the time with them, so this needs no clock."""

    def __init__(self, stream: TextIO, *, is_live: bool, is_quiet: bool = False) -> None:
        self._stream = stream
        self._is_live = is_live
        self._is_quiet = is_quiet
        self._next_seconds = 0.0 if is_live else LOG_SECONDS
        self._last_seconds = 0.0
        self._is_drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def __call__(self, progress: Progress, prefix: str = "") -> None:
        """Show where the engine is, unless it was shown a moment ago."""
        if progress.seconds < self._last_seconds:  # another engine run
            self._next_seconds -= self._last_seconds
        self._last_seconds = progress.seconds
        if self._is_quiet or progress.seconds < self._next_seconds:
            return
        self._next_seconds = progress.seconds + (REDRAW_SECONDS if self._is_live else LOG_SECONDS)
        text = prefix + progress_text(progress)
        self._stream.write(f"\r{text}\x1b[K" if self._is_live else f"{text}\n")
        self._stream.flush()
        self._is_drawn = self._is_live

    def clear(self) -> None:
        """Remove the line, so that results begin in the first column."""
        if self._is_drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_drawn = False


def progress_text(progress: Progress) -> str:
    """Return one line: how many states (or random steps), how fast, how deep, how much is waiting, memory and time."""
    is_simulation = progress.distinct == 0 < progress.generated
    made = progress.generated if is_simulation else progress.distinct
    rate = made / progress.seconds if progress.seconds > 0 else 0.0
    parts = [
        f"{made:,} {'steps' if is_simulation else 'states'}",
        f"{rate:,.0f}/s",
        f"depth {progress.depth}",
        *([] if is_simulation else [f"queue {progress.queue:,}"]),
        f"{progress.memory_bytes / 1e6:,.0f} MB",
        f"{progress.seconds:.0f} s",
    ]
    if progress.note:
        parts.append(progress.note)
    return "  ".join(parts)
