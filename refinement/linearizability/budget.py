"""Where a search gives up. Configurations are counted, so that the same budget ends it at the same place everywhere."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

_LOOK_EVERY = 1024
"""Configurations between two looks at the clock."""


class LimitReached(Exception):  # noqa: N818 - no error: an answer
    """A search was given up; the message names the limit."""


@dataclass(slots=True)
class Budget:
    """How many configurations a search may visit, and for how long. Several searches may share one."""

    configurations: int
    seconds: float | None = None
    spent: int = 0
    _started_s: float = field(default_factory=time.monotonic)

    def spend(self) -> None:
        """Count one configuration.

        Raises:
            LimitReached: that was one too many, or it is too late.

        """
        self.spent += 1
        if self.spent > self.configurations:
            raise LimitReached(f"the limit of {self.configurations:,} configurations")
        if self.seconds is not None and self.spent % _LOOK_EVERY == 1 and self.elapsed_s >= self.seconds:
            raise LimitReached(f"the time limit of {self.seconds:g} seconds")

    @property
    def elapsed_s(self) -> float:
        """Seconds since this budget was made."""
        return time.monotonic() - self._started_s

    def part(self, configurations: int) -> Budget:
        """Return a budget of its own for a search that may fail without harm, within the same time."""
        left = None if self.seconds is None else max(0.0, self.seconds - self.elapsed_s)
        return Budget(min(configurations, max(0, self.configurations - self.spent)), left)
