"""The source files of the project, parsed once, as the tidy tests look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Import:
    """An absolute or relative import. `is_lazy` says that it runs inside a function, or only for type checkers."""

    module: str
    line: int
    is_lazy: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file; `name` is its path from the root, `module` what it is imported as."""

    name: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def imports(self) -> tuple[Import, ...]:
        return tuple(self._imports(self.tree, is_lazy=False))

    def _imports(self, node: ast.AST, *, is_lazy: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.Import(names=names):
                    yield from (Import(alias.name, child.lineno, is_lazy) for alias in names)
                case ast.ImportFrom(module=module, level=0):
                    yield Import(module or "", child.lineno, is_lazy)
                case ast.ImportFrom(module=module, level=level):
                    parts = self.module.split(".")
                    package = parts if self.name.endswith("__init__.py") else parts[:-1]
                    anchor = package[: len(package) - level + 1]
                    yield Import(".".join([*anchor, *([module] if module else [])]), child.lineno, is_lazy)
                case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                    yield from self._imports(child, is_lazy=True)
                case ast.FunctionDef() | ast.Lambda():
                    yield from self._imports(child, is_lazy=True)
                case _:
                    yield from self._imports(child, is_lazy=is_lazy)


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Return the Python files below some folders of the root, sorted by name."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    texts = ((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
    return tuple(Source(name, text, ast.parse(text)) for name, text in texts)


def text_files() -> tuple[Path, ...]:
    """Return every text file of the project that people wrote."""
    folders = ("checker", "models", "refinement", "specs", "tests", "docs", "benchmarks", ".ci", ".github")
    kinds = ("*.py", "*.md", "*.spec", "*.lark", "*.txt", "*.toml", "*.yaml", "*.yml", "*.dot", "*.json", "run")
    below = (path for folder in folders for kind in kinds for path in (ROOT / folder).rglob(kind))
    top = (path for kind in (*kinds, ".gitignore") for path in ROOT.glob(kind))
    return tuple(sorted({path for path in (*below, *top) if path.is_file()}))
