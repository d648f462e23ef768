"""Running TLC on exported modules, where there is one: QUORAX_TLA_JAR names tla2tools.jar (2.15 or later)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.export.tla import TlaExport

SECONDS_MAX = 600


@dataclass(frozen=True)
class TlcRun:
    """What TLC says: `distinct` states, None if it did not finish, and whether it found nothing wrong."""

    distinct: int | None
    is_clean: bool
    output: str


def run_tlc(export: TlaExport, folder: Path) -> TlcRun:
    """Check an exported module with TLC, or skip the test where TLC or Java is not there."""
    jar, java = os.environ.get("QUORAX_TLA_JAR"), shutil.which("java")
    if not jar or not Path(jar).is_file():
        pytest.skip("QUORAX_TLA_JAR does not name tla2tools.jar")
    if java is None:
        pytest.skip("there is no java on PATH")
    module, config = f"{export.name}.tla", f"{export.name}.cfg"
    (folder / module).write_text(export.module, encoding="utf-8")
    (folder / config).write_text(export.config, encoding="utf-8")
    machine = [java, "-Xmx1g", "-XX:+UseParallelGC", f"-Djava.io.tmpdir={folder}", "-cp", str(Path(jar).resolve())]
    arguments = [
        "tlc2.TLC",
        "-deadlock",
        "-workers",
        "1",
        "-metadir",
        str(folder / "states"),
        "-config",
        config,
        module,
    ]
    done = subprocess.run(
        [*machine, *arguments], cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    found = re.search(r"generated, (\d+) distinct states found, 0 states left", done.stdout)
    is_clean = "Model checking completed. No error has been found." in done.stdout
    return TlcRun(int(found.group(1)) if found else None, is_clean, done.stdout)
