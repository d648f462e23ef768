"""Files and functions stay small, say what they are, and leave nothing open."""

from __future__ import annotations

import ast
import re

import pytest

from tests.tidy.sources import ROOT, Source, sources, text_files

PYTHON = sources("checker", "models", "refinement", "tests", "benchmarks")
LINES_MAX = 600
FUNCTION_LINES_MAX = 60

UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|NotImplemented" + r"Error")
MACHINE_PATH = re.compile(r"(?<![\w.~/])/(?:ho" + r"me|Us" + r"ers|ro" + r"ot|wo" + r"rk|op" + r"t|private)/\w")

ENTRY_POINTS = {
    "checker.ir.simplify": "what engines may do to an expression before they encode it",
    "checker.cli.templates.new_protocol_mutants": "what `quorax new` writes",
    "checker.cli.templates.test_new_protocol": "what `quorax new` writes",
}
"""Modules that no other module imports, and why they are there."""


@pytest.mark.parametrize("source", PYTHON, ids=lambda s: s.name)
def test_files_and_functions_have_a_size_that_can_be_read(source: Source) -> None:
    assert source.text.count("\n") <= LINES_MAX
    if source.name.startswith("tests/"):  # there a function may hold a table
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES_MAX, f"{source.name}:{node.lineno} {node.name} has {lines} lines"


@pytest.mark.parametrize("source", [s for s in PYTHON if s.text], ids=lambda s: s.name)
def test_every_module_says_what_it_is_for(source: Source) -> None:
    assert ast.get_docstring(source.tree)


@pytest.mark.parametrize("path", text_files(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_nothing_is_left_open_and_nothing_depends_on_a_machine(path: object) -> None:
    text = (ROOT / str(path)).read_text(encoding="utf-8")
    assert not UNFINISHED.search(text)
    assert not MACHINE_PATH.search(text)


def test_every_module_of_the_checker_and_of_refinement_is_used() -> None:
    files = sources("checker", "refinement")
    everything = {s.module for s in files if not s.name.endswith("__init__.py")}
    imported = {i.module for s in files for i in s.imports}
    named = {f"{i.module}.{name}" for s in files for i in s.imports for name in _names(s, i.line)}
    commands = {s.module for s in files if "\ndef configure(" in s.text}
    unused = everything - imported - named - commands
    assert unused == ENTRY_POINTS.keys() & everything


def _names(source: Source, line: int) -> list[str]:
    """Return the names that the `from ... import` statement in this line imports."""
    found = (n for n in ast.walk(source.tree) if isinstance(n, ast.ImportFrom) and n.lineno == line)
    return [alias.name for node in found for alias in node.names]
