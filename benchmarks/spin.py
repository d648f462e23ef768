"""Spin as a contender: on peers/paxos.pml, which has the steps of models/paxos.py and therefore its states."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.contender import Count, Ready, RunError, Work, last_lines
from benchmarks.process import Usage, run
from benchmarks.tlc import PEERS

DEPTH_MAX = 1_000
"""Steps of the longest path that pan may take: no message is sent twice, so that none is as long as a hundred."""

FLAGS = ("-O2", "-DSAFETY", "-DNOREDUCE", "-DNOCLAIM")
"""One process has nothing that partial-order reduction could leave out; without it, pan keeps less and is faster."""

STORED = re.compile(r"^\s*([\d.e+]+) states, stored$", re.MULTILINE)
TRANSITIONS = re.compile(r"^\s*([\d.e+]+) transitions", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Spin:
    """Spin on Paxos with three acceptors and two values; the number of ballots is read from the bounds.

    `slots_log2` is pan's -w: its table of states should have at least as many slots as there are states.
    """

    work: Work
    slots_log2: int
    is_collapsed: bool = False

    @property
    def name(self) -> str:
        return "Spin, COLLAPSE" if self.is_collapsed else "Spin"

    def missing(self) -> str | None:
        for program in ("spin", "cc"):
            if shutil.which(program) is None:
                return f"there is no {program} on PATH"
        return None

    def prepare(self, folder: Path) -> Ready:
        translated = run(["spin", f"-DBALLOTS={self.ballots()}", "-a", str(PEERS / "paxos.pml")], folder)
        if translated.code:
            raise RunError(f"spin: {last_lines(translated.output)}")
        collapse = ["-DCOLLAPSE"] if self.is_collapsed else []
        compiled = run(["cc", *FLAGS, *collapse, "-o", "pan", "pan.c"], folder)
        if compiled.code:
            raise RunError(f"cc: {last_lines(compiled.output)}")
        command = (str(folder / "pan"), f"-m{DEPTH_MAX}", f"-w{self.slots_log2}", "-n")
        return Ready(command, folder, _sum(translated.usage, compiled.usage))

    def ballots(self) -> int:
        """Return the number of ballots of the instance.

        Raises:
            RunError: the rest of the instance is not the one that the model in peers/ is of.

        """
        found = re.fullmatch(r"Acceptor=3,Ballot=(\d),Value=2", self.work.bounds)
        if found is None or self.work.properties != ("agreement",):
            raise RunError(f"peers/paxos.pml is not {self.work}")
        return int(found[1])

    def read(self, output: str) -> Count:
        return count_of(output)

    def at(self, bounds: str) -> Spin:
        return replace(self, work=replace(self.work, bounds=bounds), slots_log2=12)


def count_of(output: str) -> Count:
    """Return the counts of a run of pan that finished and found nothing wrong."""
    stored, transitions = STORED.search(output), TRANSITIONS.search(output)
    is_cut = "max search depth too small" in output or "out of memory" in output
    if stored is None or transitions is None or is_cut or ", errors: 0" not in output:
        raise RunError(f"Spin: {last_lines(output)}")
    distinct = int(float(stored[1]))
    return Count(distinct, distinct, int(float(transitions[1])))


def _sum(first: Usage, second: Usage) -> Usage:
    return Usage(
        first.cpu_seconds + second.cpu_seconds,
        first.wall_seconds + second.wall_seconds,
        max(first.peak_bytes, second.peak_bytes),
    )
