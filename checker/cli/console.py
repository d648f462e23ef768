"""What a command prints: results on standard output, remarks on standard error, colour where a person looks."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from checker.diagnostics import NOWHERE, error

_STYLES = {"good": "32", "bad": "1;31", "doubtful": "33", "faint": "2", "bold": "1"}


@dataclass(frozen=True, slots=True)
class Console:
    """Where a command writes. `is_document` says that standard output is one JSON document and nothing else."""

    out: TextIO
    err: TextIO
    is_quiet: bool = False
    is_document: bool = False

    def say(self, text: str = "") -> None:
        """Print a line of the result."""
        if not self.is_document:
            print(text, file=self.out)

    def remark(self, text: str) -> None:
        """Print a line that is no part of the result."""
        if not self.is_quiet:
            print(text, file=self.err)

    def complain(self, text: str) -> None:
        """Print what is wrong, even when quiet."""
        print(text, file=self.err)

    def document(self, text: str) -> None:
        """Print the JSON document."""
        print(text, file=self.out)

    def paint(self, text: str, style: str) -> str:
        """Return the text in a style of `_STYLES`, where standard output is a terminal that wants colour."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if is_colourful(self.out) else text


def console(*, is_quiet: bool = False, is_document: bool = False) -> Console:
    """Return the console of this process."""
    return Console(sys.stdout, sys.stderr, is_quiet, is_document)


def is_live(stream: TextIO) -> bool:
    """Return whether a person looks at this stream, on a terminal that can redraw a line."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def is_colourful(stream: TextIO) -> bool:
    """Return whether to colour what goes to a stream (https://no-color.org)."""
    return is_live(stream) and not os.environ.get("NO_COLOR")


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file that the user asked for.

    Raises:
        QuoraxError: C010, if it cannot be written.

    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as problem:
        raise error(NOWHERE, "C010", f"cannot write {path}: {problem.strerror}", "give another file") from None
