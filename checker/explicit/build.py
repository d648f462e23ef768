"""Compiles generated C with the runtime into a shared object, and keeps it by what it was made from.

The compiler is `cc` on the PATH, else the one that the package ziglang brings. What is cached carries its own checksum
and is made anew if that does not match; a cache that cannot be written is done without. Cached code depends on the
processor, since it is compiled for the one at hand.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RUNTIME = Path(__file__).parent / "runtime"

FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-fPIC", "-pthread", "-fno-strict-aliasing", "-Wall", "-Wextra", *(
    f"-Werror={fault}" for fault in ("incompatible-pointer-types", "int-conversion", "shift-count-overflow")
))  # fmt: skip
"""Warnings are shown only if compiling fails; those that would mean wrong code make it fail."""

LINES_FOR_O1 = 5_000
"""Generated lines from which -O1 is the better bargain: -O2 then takes longer to compile than it saves."""

SECONDS_MAX = 600
"""How long a compiler may take."""


class CompilerError(Exception):
    """There is no compiler, or it failed. The message says what it said."""


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C compiler: the command, and what it calls itself."""

    command: tuple[str, ...]
    version: str


def find_compiler() -> Compiler | None:
    """Return the compiler to use, or None if there is none."""
    found = shutil.which("cc")
    if found is not None:
        return _asked((found,))
    if importlib.util.find_spec("ziglang") is not None:
        return _asked((sys.executable, "-m", "ziglang", "cc"))
    return None


@cache
def _asked(command: tuple[str, ...]) -> Compiler | None:
    """Return a compiler with what it calls itself; None if it does not start."""
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Compiler(command, said.stdout.partition("\n")[0])


def build(source: str, *, flags: Sequence[str] = (), folder: Path | None = None) -> Path:
    """Return the shared object of a generated program and the runtime.

    Args:
        source: the C text.
        flags: more flags for every compilation (a sanitizer).
        folder: where to keep what is made; the user's cache unless said otherwise.

    Raises:
        CompilerError: there is no compiler, or it failed.

    """
    compiler = find_compiler()
    if compiler is None:
        raise CompilerError("there is no C compiler: neither cc on the PATH nor the package ziglang")
    level = "-O1" if source.count("\n") > LINES_FOR_O1 else "-O2"
    every = (*FLAGS, *_native(compiler), level, *flags)
    key = _digest(source, runtime_text(), compiler.version, " ".join(every), processor())
    target = _cache(folder) / f"{key}.so"
    if is_intact(target):
        return target
    with tempfile.TemporaryDirectory(prefix="quorax-") as scratch:
        made = _compile(compiler, source, every, Path(scratch), _cache(folder))
        try:
            return keep(made, target)
        except OSError:  # no room, or not ours to write to: used once, and forgotten
            once = Path(tempfile.mkdtemp(prefix="quorax-")) / "program.so"
            shutil.copy(made, once)
            return once


def runtime_text() -> str:
    """Return the whole text of the runtime."""
    return "\n".join(p.name + "\n" + p.read_text(encoding="utf-8") for p in sorted(RUNTIME.glob("*.[ch]")))


def is_intact(path: Path) -> bool:
    """Return whether a cached file is there as it was written."""
    try:
        return path.with_suffix(".sum").read_text(encoding="ascii") == _digest_of(path.read_bytes())
    except (OSError, UnicodeDecodeError):
        return False


def keep(made: Path, target: Path) -> Path:
    """Put a file into the cache with its checksum, each in one step, so that nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    content = made.read_bytes()
    for path, data in ((target, content), (target.with_suffix(".sum"), _digest_of(content).encode("ascii"))):
        handle, name = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    return target


@cache
def processor() -> str:
    """Return what tells this kind of processor from others."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        flags = next((line for line in text.splitlines() if line.startswith(("flags", "Features"))), "")
    except OSError:
        flags = platform.processor()
    return f"{platform.machine()} {sys.platform} {flags}"


def _compile(compiler: Compiler, source: str, flags: Sequence[str], scratch: Path, kept: Path) -> Path:
    """Compile the program, and what of the runtime is not in the cache, at the same time; then link."""
    program = scratch / "program.c"
    program.write_text(source, encoding="utf-8")
    sources = [program, *sorted(RUNTIME.glob("*.c"))]
    key = _digest(runtime_text(), compiler.version, " ".join(flags), processor())
    objects: list[Path] = []
    running: list[tuple[subprocess.Popen[str], Path, Path | None]] = []
    for path in sources:
        cached = None if path is program else kept / f"{key}-{path.stem}.o"
        if cached is not None and is_intact(cached):
            objects.append(cached)
            continue
        made = scratch / f"{path.stem}.o"
        objects.append(made)
        command = [*compiler.command, *flags, f"-I{RUNTIME}", "-c", str(path), "-o", str(made)]
        running.append((subprocess.Popen(command, stderr=subprocess.PIPE, text=True), made, cached))
    problems = [_finished(process) for process, _, _ in running]
    if any(problems):
        raise CompilerError(next(filter(None, problems)))
    for _, made, cached in running:
        if cached is not None:
            try:
                keep(made, cached)
            except OSError:
                break
    linked = scratch / "linked.so"
    command = [*compiler.command, *flags, "-shared", *map(str, objects), "-o", str(linked)]
    problem = _finished(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
    if problem:
        raise CompilerError(problem)
    return linked


def _finished(process: subprocess.Popen[str]) -> str:
    """Return what a compiler complained about, or nothing."""
    try:
        _, said = process.communicate(timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"the C compiler did not end within {SECONDS_MAX} seconds"
    if process.returncode == 0:
        return ""
    lines = said.strip().splitlines()
    first = next((i for i, line in enumerate(lines) if "error:" in line), 0)  # warnings come before it
    shown = "\n".join(lines[first:])[:4000]
    return f"the C compiler failed:\n{shown or f'exit code {process.returncode}'}"


def _native(compiler: Compiler) -> tuple[str, ...]:
    if "ziglang" in compiler.command or platform.machine() not in ("x86_64", "AMD64"):
        return ()
    return ("-march=native",)


def _cache(folder: Path | None) -> Path:
    if folder is not None:
        return folder
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "quorax" / "explicit"


def _digest(*parts: str) -> str:
    return _digest_of("\0".join(parts).encode())[:32]


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
