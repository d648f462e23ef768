"""Compiles the programs of many systems into a few shared objects: starting a compiler costs more than most programs.

Programs have the same names in them. Put into one file, each gets its number behind every name it defines: `_in_3` and
not `_3`, which a local may end in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from checker.explicit import engine as engines
from checker.explicit.build import build
from checker.explicit.generate.program import INCLUDE, SYMBOL, Program

T = TypeVar("T")

PROGRAMS = 12
"""Programs in one file."""

DEFINED = re.compile(
    r"^(?:static )?(?:const )?\w+ (?:\*(?:const )?)?(\w+)(?:\(|\[\w*\](?:\[\w*\])* = |;| = )"
    r"|^enum \{ (\w+)|^#define (\w+)",
    re.MULTILINE,
)
"""What begins a definition at the left margin: a function, a table, a constant, a mark."""


class _MissingError(BaseException):
    """A program was asked for that is not compiled yet. No error that an engine could handle."""


@dataclass(slots=True)
class Batch:
    """Compiled programs by their text: the object that each is in, and what it is called there."""

    flags: tuple[str, ...] = ()
    folder: Path | None = None
    places: dict[str, tuple[Path, str]] = field(default_factory=dict)

    def run_all(self, runs: Sequence[Callable[[], T]]) -> list[T]:
        """Return what runs of the compiled engine return, one after the other.

        Whenever runs come to programs that are not there, these are compiled together, and the runs begin again.
        """
        results: dict[int, T] = {}
        missing: dict[str, None] = {}
        while len(results) < len(runs):
            self._compile_all(tuple(missing))
            missing = {}
            for number, run in enumerate(runs):
                with suppress(_MissingError), self._used(missing):
                    results[number] = run() if number not in results else results[number]
        return [results[number] for number in range(len(runs))]

    @contextmanager
    def _used(self, missing: dict[str, None]) -> Iterator[None]:
        """Let the compiled engine take its programs from here, and note the one that stops it."""

        def program_of(*args: Any, **options: Any) -> Program:
            program = made(*args, **options)
            text = _stripped(program.text)
            if text not in self.places:
                missing[text] = None
                raise _MissingError
            return replace(program, symbol=self.places[text][1])

        made = engines.program_of
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engines, "program_of", program_of)
            patch.setattr(engines, "build", lambda source: self.places[_stripped(source)][0])
            yield

    def _compile_all(self, texts: Sequence[str]) -> None:
        groups = [texts[n : n + PROGRAMS] for n in range(0, len(texts), PROGRAMS)]
        with ThreadPoolExecutor(2) as pool:
            for group, path in zip(groups, pool.map(self._compile, groups), strict=True):
                self.places |= {text: (path, f"{SYMBOL}_in_{n}") for n, text in enumerate(group)}

    def _compile(self, texts: Sequence[str]) -> Path:
        parts = (numbered(text, n) for n, text in enumerate(texts))
        return build("\n".join((INCLUDE, *parts)), flags=self.flags, folder=self.folder)


def numbered(text: str, number: int) -> str:
    """Return a program in which every name that it defines has a number behind it."""
    names = {name for found in DEFINED.findall(text) for name in found if name and not name.startswith("HAS_")}
    pattern = re.compile(rf"(?<![.>\w])({'|'.join(sorted(names))})(?!\w)")
    return pattern.sub(rf"\1_in_{number}", text)


def _stripped(source: str) -> str:
    return source.removeprefix(INCLUDE).strip()
