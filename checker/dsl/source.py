"""The source text behind classes and functions: files, syntax trees, spans.

The front end reads a model's text and never its code objects, so that what it compiles is what the author sees.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import sys
from dataclasses import dataclass, field
from types import FunctionType

from checker.diagnostics import NOWHERE, Span, error


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A parsed file. `name` is what spans show: the path, relative to the working directory where it lies below."""

    name: str
    tree: ast.Module
    lines: tuple[str, ...]
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)

    def span(self, node: ast.AST) -> Span:
        """Return the span of a node, with columns in characters (the parser counts bytes)."""
        line = getattr(node, "lineno", 0)
        if not line:
            return Span(self.name, 0, 0, 0, 0)
        end_line = getattr(node, "end_lineno", None) or line
        start = self._column(line, getattr(node, "col_offset", 0))
        end = self._column(end_line, getattr(node, "end_col_offset", None) or 0)
        return Span(self.name, line, start, end_line, end)

    def _column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return len(text.encode()[:offset].decode(errors="replace"))


def display_name(path: str) -> str:
    """Return a path as spans show it."""
    relative = os.path.relpath(path) if os.path.isabs(path) else path
    return path if relative.startswith("..") else relative


class Sources:
    """The files one compilation has read, each parsed once."""

    def __init__(self) -> None:
        self._files: dict[str, SourceFile] = {}

    def of_module(self, module: str, what: str) -> SourceFile:
        """Return the file of a loaded module.

        Raises:
            QuoraxError: M003, if there is no text behind it (`exec`, an interactive session, a frozen archive).
        """
        if module not in self._files:
            path = getattr(sys.modules.get(module), "__file__", None) or ""
            lines = linecache.getlines(path) if path else []
            if not lines:
                raise error(
                    NOWHERE,
                    "M003",
                    f"there is no source text for {what}",
                    "put the model into a file; what `exec` or an interactive session defines has no text to read",
                )
            self._files[module] = parse(display_name(path), "".join(lines))
        return self._files[module]

    def of_class(self, cls: type) -> tuple[SourceFile, ast.ClassDef]:
        """Return the file and the definition of a class at the top level of its module."""
        file = self.of_module(cls.__module__, f"class {cls.__qualname__}")
        if cls.__qualname__ not in file.classes:
            raise error(
                NOWHERE,
                "M003",
                f"there is no source text for class {cls.__qualname__} in {file.name}",
                "define it at the top level of its file",
            )
        return file, file.classes[cls.__qualname__]

    def of_function(self, function: FunctionType) -> tuple[SourceFile, ast.FunctionDef]:
        """Return the file and the definition of a function at the top level of its module."""
        file = self.of_module(function.__module__, f"function {function.__qualname__}")
        if function.__qualname__ not in file.functions:
            raise error(
                NOWHERE,
                "M003",
                f"there is no source text for function {function.__qualname__} in {file.name}",
                "define it at the top level of its file with `def`",
            )
        return file, file.functions[function.__qualname__]


def parse(name: str, text: str) -> SourceFile:
    """Parse a file's text.

    Raises:
        QuoraxError: M002, at the place Python's parser names.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise syntax_error(name, problem) from None
    file = SourceFile(name, tree, tuple(text.split("\n")))
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            file.classes[node.name] = node
        elif isinstance(node, ast.FunctionDef):
            file.functions[node.name] = node
    return file


def syntax_error(name: str, problem: Exception) -> Exception:
    """Return the diagnostic for text that Python cannot parse."""
    line, column = 0, 0
    if isinstance(problem, SyntaxError):
        line, column = problem.lineno or 0, max((problem.offset or 1) - 1, 0)
    message = problem.msg if isinstance(problem, SyntaxError) else str(problem) or type(problem).__name__
    return error(
        Span(name, line, column, line, column + 1), "M002", f"this is not Python: {message}", "mend the syntax"
    )


def docstring(node: ast.AST) -> str:
    """Return a definition's docstring with its indentation removed, or the empty string."""
    if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.Module):
        return ""
    return inspect.cleandoc(ast.get_docstring(node, clean=False) or "")


def comment_after(file: SourceFile, node: ast.AST) -> str:
    """Return the comment at the end of a declaration's last line: the doc of a variable."""
    line = file.lines[(getattr(node, "end_lineno", None) or 1) - 1]
    rest = line.encode()[getattr(node, "end_col_offset", None) or 0 :].decode(errors="replace").strip()
    return rest[1:].strip() if rest.startswith("#") else ""
