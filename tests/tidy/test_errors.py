"""Every error code is documented, and every documented code can happen."""

from __future__ import annotations

import ast
import re

from tests.tidy.sources import ROOT, sources

CODE = re.compile(r"[MISGTCRE]\d{3}")
ROW = re.compile(r"^\| ([A-Z]\d{3}) \|", re.MULTILINE)


def codes_used() -> set[str]:
    """Return the error codes that stand in the code of the checker, as strings of their own."""
    nodes = (node for source in sources("checker") for node in ast.walk(source.tree))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if CODE.fullmatch(text)}


def codes_documented() -> list[str]:
    """Return the codes of the tables in docs/errors.md, in their order."""
    return ROW.findall((ROOT / "docs" / "errors.md").read_text(encoding="utf-8"))


def test_every_code_is_documented() -> None:
    assert sorted(codes_used() - set(codes_documented())) == []


def test_every_documented_code_can_happen() -> None:
    assert sorted(set(codes_documented()) - codes_used()) == []


def test_every_code_is_documented_once() -> None:
    documented = codes_documented()
    assert sorted(documented) == sorted(set(documented))
