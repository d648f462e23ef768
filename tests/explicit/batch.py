"""Compiles the programs of many systems into a few shared objects: starting a compiler costs more than most programs.

Programs have the same names in them. Put into one file, each gets its number behind every name it defines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from checker.diagnostics import QuoraxError
from checker.explicit import engine as engines
from checker.explicit.build import build
from checker.explicit.generate.program import INCLUDE, SYMBOL, Program

PROGRAMS = 12
"""Programs in one file."""

DEFINED = re.compile(
    r"^(?:static )?(?:const )?\w+ (?:\*(?:const )?)?(\w+)(?:\(|\[\w*\](?:\[\w*\])* = |;| = )"
    r"|^enum \{ (\w+)|^#define (\w+)",
    re.MULTILINE,
)
"""What begins a definition at the left margin: a function, a table, a constant, a mark."""


class _Collected(BaseException):
    """A program was written, which is all that was wanted. No error that an engine could handle."""


@dataclass(slots=True)
class Batch:
    """Compiled programs by their text: the object that each is in, and what it is called there."""

    flags: tuple[str, ...] = ()
    folder: Path | None = None
    places: dict[str, tuple[Path, str]] = field(default_factory=dict)

    def add(self, runs: Iterable[Callable[[], object]]) -> None:
        """Compile the programs that these runs of the compiled engine would compile, and run none of them."""
        texts = dict.fromkeys(text for run in runs for text in _programs_of(run) if text not in self.places)
        groups = [tuple(texts)[n : n + PROGRAMS] for n in range(0, len(texts), PROGRAMS)]
        with ThreadPoolExecutor(2) as pool:
            for group, path in zip(groups, pool.map(self._compile, groups), strict=True):
                self.places |= {text: (path, _symbol(n)) for n, text in enumerate(group)}

    @contextmanager
    def used(self) -> Iterator[None]:
        """Let the compiled engine take its programs from here, and compile only what is not here."""

        def program_of(*args: Any, **options: Any) -> Program:
            program = made(*args, **options)
            place = self.places.get(_stripped(program.text))
            return program if place is None else replace(program, symbol=place[1])

        def found(source: str) -> Path:
            place = self.places.get(_stripped(source))
            return build(source, flags=self.flags, folder=self.folder) if place is None else place[0]

        made = engines.program_of
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engines, "program_of", program_of)
            patch.setattr(engines, "build", found)
            yield

    def _compile(self, texts: Sequence[str]) -> Path:
        parts = (numbered(text, n) for n, text in enumerate(texts))
        return build("\n".join((INCLUDE, *parts)), flags=self.flags, folder=self.folder)


def numbered(text: str, number: int) -> str:
    """Return a program in which every name that it defines has a number behind it."""
    names = {name for found in DEFINED.findall(text) for name in found if name and not name.startswith("HAS_")}
    pattern = re.compile(rf"(?<![.>\w])({'|'.join(sorted(names))})(?!\w)")
    return pattern.sub(rf"\1_{number}", text)


def _symbol(number: int) -> str:
    return f"{SYMBOL}_{number}"


def _stripped(source: str) -> str:
    return source.removeprefix(INCLUDE).strip()


def _programs_of(run: Callable[[], object]) -> list[str]:
    """Return the program that a run compiles first; none if it comes to none."""
    texts: list[str] = []

    def collect(source: str) -> Path:
        texts.append(_stripped(source))
        raise _Collected

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "build", collect)
        with suppress(_Collected, QuoraxError):
            run()
    return texts
