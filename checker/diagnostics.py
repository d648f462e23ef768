"""Spans, numbered diagnostics and the text a person reads when something is wrong.

Every complaint about a user's text is a `Diagnostic`: a stable code, a place, what is wrong, and the remedy. A phase
collects its diagnostics, sorts them and raises one `QuoraxError`; nothing else may end a run because of bad input.
The codes are documented in `docs/errors.md`.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of source text: 1-based lines, 0-based columns in characters, the end exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column + 1}"


NOWHERE = Span("", 0, 0, 0, 0)
"""The span of what has no source text (generated nodes, instances typed on the command line)."""


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One complaint. `code` is a letter and three digits; `help` is the remedy, a sentence without a full stop."""

    span: Span
    code: str
    message: str
    help: str = ""
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return render(self)


class QuoraxError(Exception):
    """Bad input, with every diagnostic of the phase that found it, in source order."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n\n".join(render(d) for d in self.diagnostics))


def error(span: Span, code: str, message: str, help: str = "", *notes: str) -> QuoraxError:
    """Return an error that carries a single diagnostic."""
    return QuoraxError([Diagnostic(span, code, message, help, notes)])


def render(diagnostic: Diagnostic) -> str:
    """Return the diagnostic as text: place, code and message, the source line with a caret, notes, help."""
    span = diagnostic.span
    place = f"{span}: " if span.file else ""
    lines = [f"{place}error[{diagnostic.code}]: {diagnostic.message}"]
    source = linecache.getline(span.file, span.line).rstrip("\n") if span.file else ""
    if source.strip():
        width = span.end_column - span.column if span.end_line == span.line else len(source) - span.column
        gutter = f"{span.line:>5} | "
        lines.append(gutter + source)
        pad = "".join("\t" if c == "\t" else " " for c in source[: span.column])
        lines.append(" " * (len(gutter) - 2) + "| " + pad + "^" * max(1, width))
    lines += [f"  note: {note}" for note in diagnostic.notes]
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    return "\n".join(lines)
