"""Running the contenders of a case: in turn, so that a machine that slows down slows all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.contender import Contender, Ready, RunError
from benchmarks.figures import Measured, Sample, ratios, require_same_states
from benchmarks.process import run


@dataclass(frozen=True, slots=True)
class Limits:
    """How often to run: `runs` times, but once only what takes `repeat_below_seconds` of processor time or more."""

    runs: int
    repeat_below_seconds: float


def measure(
    case: Case, folder: Path, limits: Limits, note: Callable[[str], None] | None = None
) -> tuple[Measured, ...]:
    """Return what each contender of a case did, in their order, with the ratios between them.

    `note` is told before each run which it is.

    Raises:
        DifferentStatesError: they counted different states.

    """
    entries = [_Entry(contender, case, folder / case.name / str(n)) for n, contender in enumerate(case.contenders)]
    for turn in range(limits.runs):
        for entry in entries:
            if turn == 0 or entry.is_repeated(limits):
                if note:
                    note(f"{case.name}: {entry.contender.name}, run {turn + 1}")
                entry.take_turn()
                require_same_states(case.name, case.distinct, [entry.measured])
    return with_ratios(case, [entry.measured for entry in entries])


def with_ratios(case: Case, measured: Sequence[Measured]) -> tuple[Measured, ...]:
    """Return contenders with how they compare to those that the case compares with."""
    against = [one for one in measured if one.name in case.against]
    return tuple(replace(one, ratios=ratios(one, against, case.clock)) for one in measured)


class _Entry:
    """A contender, prepared when it is first run, and its runs so far."""

    def __init__(self, contender: Contender, case: Case, folder: Path) -> None:
        self.contender = contender
        self.measured = Measured(contender.name)
        self._case = case
        self._folder = folder
        self._ready: Ready | None = None

    def is_repeated(self, limits: Limits) -> bool:
        samples = self.measured.samples
        return bool(samples) and samples[0].usage.cpu_seconds < limits.repeat_below_seconds

    def take_turn(self) -> None:
        """Run once; remember why, if that is not possible."""
        reason = self.contender.missing()
        if reason is not None:
            self.measured = replace(self.measured, reason=reason)
            return
        try:
            if self._ready is None:
                self._make_ready()
            assert self._ready is not None
            sample = _sample(self.contender, self._ready)
        except RunError as problem:
            self.measured = replace(self.measured, samples=(), reason=str(problem), has_failed=True)
            return
        self.measured = replace(self.measured, samples=(*self.measured.samples, sample))

    def _make_ready(self) -> None:
        self._folder.mkdir(parents=True)
        self._ready = self.contender.prepare(self._folder)
        floor = 0
        if self._case.floor_bounds:
            smallest = self.contender.at(self._case.floor_bounds)
            below = self._folder / "floor"
            below.mkdir()
            floor = _sample(smallest, smallest.prepare(below)).usage.peak_bytes
        made = self._ready
        self.measured = replace(self.measured, command=made.command, preparation=made.preparation, floor_bytes=floor)


def _sample(contender: Contender, ready: Ready) -> Sample:
    done = run(ready.command, ready.folder, environment=ready.environment)
    return Sample(contender.read(done.output), done.usage)
