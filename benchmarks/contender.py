"""What is measured: a program that counts the states of an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.process import Usage


class RunError(Exception):
    """A program did not do what it was run for. The message says what it said."""


@dataclass(frozen=True, slots=True)
class Work:
    """A model's instance, as `quorax check` names them, and the properties to judge."""

    model: str
    bounds: str
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """What a program counted. `stored` are the states it kept, fewer than the distinct ones under symmetry."""

    distinct: int
    stored: int
    generated: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A program that can be run now, and what it took to make (compilers, mostly)."""

    command: tuple[str, ...]
    folder: Path
    preparation: Usage
    environment: Mapping[str, str] = field(default_factory=dict)


class Contender(Protocol):
    """A program with its options and its work."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    def missing(self) -> str | None:
        """Return why it cannot be run on this machine, or None."""
        ...

    def prepare(self, folder: Path) -> Ready:
        """Write and compile what it needs into an empty folder.

        Raises:
            RunError: that did not work.

        """
        ...

    def read(self, output: str) -> Count:
        """Return what it counted, from all that it wrote.

        Raises:
            RunError: it did not finish, or found something wrong.

        """
        ...

    def at(self, bounds: str) -> Contender:
        """Return the same program at another instance."""
        ...


def last_lines(output: str, count: int = 5) -> str:
    """Return the end of what a program wrote, for an error message."""
    lines = [line for line in output.splitlines() if line.strip()]
    return "\n".join(lines[-count:])
