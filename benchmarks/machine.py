"""What the figures were measured on, and with which versions."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from pathlib import Path

import checker
from benchmarks.process import run
from benchmarks.tlc import jar


def describe_machine() -> dict[str, str]:
    """Return the machine and the versions of all programs that take part; a program that is missing is not there."""
    found = {
        "processor": f"{_processor()}, {len(_usable())} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": platform.platform(),
        "python": platform.python_version(),
        "quorax": checker.__version__,
        "cc": _said("cc", "--version"),
        "java": _said("java", "-version"),
        "tlc": _tlc(),
        "spin": _said("spin", "-V"),
    }
    return {name: text for name, text in found.items() if text}


def _processor() -> str:
    """Return the processor's name as the system gives it."""
    listed = Path("/proc/cpuinfo")
    text = listed.read_text(encoding="utf-8") if listed.is_file() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def _usable() -> range | set[int]:
    """Return the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count() or 1)


def _said(program: str, option: str) -> str:
    """Return the first line that a program says about its version; nothing if it is not there."""
    if shutil.which(program) is None:
        return ""
    return run([program, option], Path.cwd(), seconds_max=60).output.partition("\n")[0].strip()


def _tlc() -> str:
    """Return the version of TLC, which it says before it finds that there is nothing to check."""
    archive = jar()
    if archive is None or shutil.which("java") is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        command = ["java", f"-Djava.io.tmpdir={folder}", "-cp", str(archive), "tlc2.TLC", "Nothing"]
        said = run(command, Path(folder), seconds_max=60).output
    found = re.search(r"TLC2 (Version .+)", said)
    return found[1].strip() if found else ""
