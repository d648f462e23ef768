"""How fast random simulation is on instances that nobody could exhaust: steps for each CPU second of the whole process.

No peer takes part: what a step is differs too much. The interpreter makes fewer runs of the same kind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.cases import RAFT_ALL
from benchmarks.contender import RunError, Work, last_lines
from benchmarks.process import run
from benchmarks.quorax import QUORAX, ROOT

PAXOS = Work("paxos", "Acceptor=5,Ballot=4,Value=2", ("agreement",))
RAFT = Work("raft", "Server=5,Command=2,Term=4,LogLength=3,elections=5,restarts=3", RAFT_ALL)


@dataclass(frozen=True, slots=True)
class Walk:
    """Random runs of an instance: how many steps, and the seconds of each measurement; without any, why not."""

    name: str
    steps: int = 0
    cpu_seconds: tuple[float, ...] = ()
    wall_seconds: tuple[float, ...] = ()
    reason: str = ""

    @property
    def rate(self) -> float:
        """Return steps per CPU second."""
        return self.steps / median(self.cpu_seconds)


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine with its options, and how many runs it makes: some seconds' worth."""

    name: str
    options: tuple[str, ...]
    paxos_runs: int
    raft_runs: int


ENGINES = (
    Engine("explicit", ("--engine", "explicit"), 400_000, 40_000),
    Engine("explicit, 2 workers", ("--engine", "explicit", "--workers", "2"), 400_000, 40_000),
    Engine("interp", ("--engine", "interp"), 400, 100),
)


def walks(folder: Path, *, runs: int, is_quick: bool) -> tuple[Walk, ...]:
    """Return the speed of every engine on every instance, measured `runs` times; a tenth of the work if quick."""
    share = 10 if is_quick else 1
    asked = [(PAXOS, e, e.paxos_runs // share) for e in ENGINES] + [(RAFT, e, e.raft_runs // share) for e in ENGINES]
    return tuple(_repeated(work, engine, count, folder, runs) for work, engine, count in asked)


def _repeated(work: Work, engine: Engine, count: int, folder: Path, runs: int) -> Walk:
    name = f"{work.model}, {engine.name}"
    try:
        _simulate(work, engine, 1, folder)  # compiles
        measured = [_simulate(work, engine, count, folder) for _ in range(runs)]
    except RunError as problem:
        return Walk(name, reason=str(problem))
    steps, cpu_seconds, wall_seconds = zip(*measured, strict=True)
    if len(set(steps)) != 1:
        return Walk(name, reason=f"one seed gave different runs: {sorted(set(steps))} steps")
    return Walk(name, steps[0], cpu_seconds, wall_seconds)


def _simulate(work: Work, engine: Engine, count: int, folder: Path) -> tuple[int, float, float]:
    """Return the steps of `count` runs, the CPU seconds and the seconds."""
    wanted = [word for name in work.properties for word in ("--property", name)]
    command = [*QUORAX, "simulate", work.model, "--bounds", work.bounds, *wanted, *engine.options]
    environment = {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    done = run([*command, "--runs", str(count), "--quiet", "--json", "-"], folder, environment=environment)
    return steps_of(done.output, engine.name.partition(",")[0]), done.usage.cpu_seconds, done.usage.wall_seconds


def steps_of(output: str, engine: str) -> int:
    """Return the steps of a simulation that found nothing, from a document of schema quorax/1.

    Raises:
        RunError: it is no such document, something was found, or another engine made the runs.

    """
    start = output.find("{")
    try:
        results = json.loads(output[start:])["results"] if start >= 0 else []
    except (json.JSONDecodeError, KeyError):
        results = []
    if not results or any(r["verdict"] != "unknown" or r["engine"] != engine for r in results):
        raise RunError(f"quorax simulate: {last_lines(output)}")
    return int(results[0]["states"]["generated"])
