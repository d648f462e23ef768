"""Contenders that count what they are told to, by a program that is always there."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.contender import Contender, Count, Ready, RunError, Work
from benchmarks.process import Usage

WORK = Work("paxos", "Ballot=2", ("agreement",))


@dataclass(frozen=True, slots=True)
class Fake:
    """Writes its name into the file `turns` of its case when it runs, and says `says`, as a number of states."""

    name: str
    says: str = "100"
    absence: str | None = None

    def missing(self) -> str | None:
        return self.absence

    def prepare(self, folder: Path) -> Ready:
        turns = str(folder.parent / "turns")
        program = f"open({turns!r}, 'a').write({self.name!r}); print({self.says!r})"
        return Ready((sys.executable, "-c", program), folder, Usage(1.0, 2.0, 3))

    def read(self, output: str) -> Count:
        if not output.strip().isdigit():
            raise RunError(f"{self.name} said {output.strip()}")
        return Count(int(output), int(output), 2 * int(output))

    def at(self, bounds: str) -> Fake:
        return self


def case(*contenders: Contender, against: tuple[str, ...] = ("b",)) -> Case:
    return Case("fakes", "Fakes", WORK, 100, contenders, against=against)
