"""Reads a spec: text -> statements -> tree, with every syntax error of the file reported at once.

A statement begins in the first column and goes on over the indented lines below it; blank lines and comments may
stand anywhere. Each statement is parsed by itself (LALR, `grammar.lark`), so one mistake hides no other.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.diagnostics import Diagnostic, QuoraxError, Span, error
from checker.spec.build import Builder
from checker.spec.syntax import parse_statement
from checker.spec.tree import Name, Spec, Statement


@dataclass(frozen=True, slots=True)
class Chunk:
    """The text of one statement; `line` is where it begins, 1-based."""

    text: str
    line: int


def parse_spec(path: Path) -> Spec:
    """Return the tree of a spec file.

    Raises:
        QuoraxError: S002 if the file cannot be read, else as `parse_text`.

    """
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise error(Span("", 0, 0, 0, 0), "S002", f"there is no spec {file}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise error(Span("", 0, 0, 0, 0), "S002", f"cannot read the spec {file}: {problem}") from None
    linecache.checkcache(file)
    return parse_text(text, path)


def parse_text(text: str, path: Path) -> Spec:
    """Return the tree of a spec's text; `path` is where it stands, for spans and for a model given by path.

    Raises:
        QuoraxError: S001 for each statement that does not parse, S003 for a missing or repeated `model`.

    """
    file = str(path)
    problems: list[Diagnostic] = []
    models: list[Name] = []
    statements: list[Statement] = []
    for chunk in _chunks(text):
        try:
            node = Builder(file, chunk.line).statement(parse_statement(chunk.text, file, chunk.line))
        except QuoraxError as found:
            problems += found.diagnostics
            continue
        if not isinstance(node, Name):
            statements.append(node)
        elif models:
            problems.append(Diagnostic(node.span, "S003", "a spec is about one model", "put this in a spec of its own"))
        else:
            models.append(node)
    if not models and not problems:
        first = Span(file, 1, 0, 1, 1)
        problems.append(Diagnostic(first, "S003", "the spec does not say what it is about", "begin with: model paxos"))
    if problems:
        raise QuoraxError(problems)
    return Spec(path, models[0], tuple(statements))


def _chunks(text: str) -> Iterator[Chunk]:
    """Yield the statements: each line that begins in the first column starts one."""
    lines: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            lines.append("")
        elif line[0].isspace() and start:
            lines.append(line)
        else:
            if start:
                yield Chunk("\n".join(lines), start)
            lines, start = [line], number
    if start:
        yield Chunk("\n".join(lines), start)
