"""This project's engine as a contender: `quorax check`, compiled in advance, read from its JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from benchmarks.contender import Count, Ready, RunError, Work, last_lines
from benchmarks.process import run

ROOT = Path(__file__).parent.parent

QUORAX = (sys.executable, "-m", "checker.cli.main")
EXPLICIT = ("--engine", "explicit")


@dataclass(frozen=True, slots=True)
class Quorax:
    """The compiled explicit-state engine with one way to store states."""

    work: Work
    store: Literal["exact", "tree", "fp64"] = "exact"
    has_symmetry: bool = False
    workers: int = 1

    @property
    def name(self) -> str:
        words = [f"quorax {self.store}"]
        words += ["symmetry"] if self.has_symmetry else []
        words += [f"{self.workers} workers"] if self.workers > 1 else []
        return ", ".join(words)

    def missing(self) -> str | None:
        if self.has_symmetry and not _has_symmetry():
            return "this version reduces no symmetry"
        return _missing()

    def prepare(self, folder: Path) -> Ready:
        """Let the engine compile its program, by a check that ends after the first step."""
        environment = {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
        done = run([*self.command(), "--depth", "1"], folder, environment=environment)
        if '"schema"' not in done.output:
            raise RunError(f"{self.name}: {last_lines(done.output)}")
        return Ready(self.command(), folder, done.usage, environment)

    def command(self) -> tuple[str, ...]:
        """Return the command that explores the instance."""
        wanted = [word for name in self.work.properties for word in ("--property", name)]
        return (
            *(*QUORAX, "check", self.work.model, "--bounds", self.work.bounds, *wanted),
            *(*EXPLICIT, "--store", self.store, "--workers", str(self.workers)),
            *(("--no-symmetry",) if _has_symmetry() and not self.has_symmetry else ()),
            *("--quiet", "--json", "-"),
        )

    def read(self, output: str) -> Count:
        return count_of(output)

    def at(self, bounds: str) -> Quorax:
        return replace(self, work=replace(self.work, bounds=bounds))


def count_of(output: str) -> Count:
    """Return the counts of a document of schema quorax/1, in which the explicit engine finds that everything holds.

    Raises:
        RunError: it is no such document; or the interpreter has taken over, for want of a compiler.

    """
    start = output.find("{")
    try:
        results = json.loads(output[start:])["results"] if start >= 0 else []
    except (json.JSONDecodeError, KeyError):
        results = []
    if not results:
        raise RunError(f"quorax: {last_lines(output)}")
    for result in results:
        if result["verdict"] != "holds":
            raise RunError(f"quorax: {result['property']} is {result['verdict']}: {result['reason']}")
        if result["engine"] != "explicit":
            raise RunError(f"quorax: {result['engine']} explored instead")
    states = results[0]["states"]
    return Count(states["distinct"], states["stored"], states["generated"])


@cache
def _has_symmetry() -> bool:
    return "--no-symmetry" in run([*QUORAX, "check", "--help"], ROOT).output


@cache
def _missing() -> str | None:
    """Return what `quorax check --engine explicit` says if it cannot run here."""
    command = [*QUORAX, "check", "consensus", *EXPLICIT, "--quiet", "--json", "-"]
    done = run(command, ROOT)
    return None if done.code == 0 else last_lines(done.output, 1).strip() or f"exit code {done.code}"
