"""What runs come to: medians, rates and ratios; and the refusal to compare engines that counted different states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from benchmarks.contender import Count
from benchmarks.process import Usage

BYTES_MIN = 16 * 2**20
"""Growth of the peak memory below which it says nothing about states."""

Clock = Literal["cpu", "wall"]


class DifferentStatesError(Exception):
    """Two engines, or two runs of one, counted different states: their speeds are not comparable."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run."""

    count: Count
    usage: Usage


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs of one contender. Without samples, `reason` says why there are none.

    `floor_bytes` is the peak memory at an instance of few states: what the program takes whatever it counts.
    """

    name: str
    samples: tuple[Sample, ...] = ()
    reason: str = ""
    has_failed: bool = False
    command: tuple[str, ...] = ()
    preparation: Usage | None = None
    floor_bytes: int = 0
    ratios: dict[str, float] = field(default_factory=dict)

    @property
    def count(self) -> Count:
        return self.samples[0].count

    @property
    def cpu_seconds(self) -> float:
        return median(s.usage.cpu_seconds for s in self.samples)

    @property
    def wall_seconds(self) -> float:
        return median(s.usage.wall_seconds for s in self.samples)

    @property
    def peak_bytes(self) -> float:
        return median(s.usage.peak_bytes for s in self.samples)

    @property
    def bytes_per_state(self) -> float | None:
        """Return what memory grew by for each stored state; None where that is not known, or too little to tell."""
        growth = self.peak_bytes - self.floor_bytes
        return growth / self.count.stored if self.floor_bytes and growth >= BYTES_MIN else None

    def seconds(self, clock: Clock) -> float:
        """Return the median time of a run."""
        return self.cpu_seconds if clock == "cpu" else self.wall_seconds

    def distinct_rate(self, clock: Clock) -> float:
        """Return distinct states per second."""
        return self.count.distinct / self.seconds(clock)

    def generated_rate(self, clock: Clock) -> float:
        """Return generated states per second; what counts as generated is each engine's own notion."""
        return self.count.generated / self.seconds(clock)


def require_same_states(case: str, distinct: int, measured: Sequence[Measured]) -> None:
    """Refuse a comparison unless every run counted as many distinct states as the instance is known to have.

    Raises:
        DifferentStatesError: some run did not.

    """
    for one in measured:
        for sample in one.samples:
            if sample.count.distinct != distinct:
                found = f"{sample.count.distinct:,} distinct states"
                raise DifferentStatesError(f"{case}: {one.name} counted {found}, where there are {distinct:,}")


def ratios(one: Measured, against: Sequence[Measured], clock: Clock) -> dict[str, float]:
    """Return how many times as fast one contender is as each of some others, those that were measured."""
    if not one.samples:
        return {}
    rate = one.distinct_rate(clock)
    return {other.name: rate / other.distinct_rate(clock) for other in against if other.samples and other != one}
