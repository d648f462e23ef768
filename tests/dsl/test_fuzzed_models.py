"""Any edit of a shipped model either compiles or gives numbered errors; nothing else ever comes out."""

from __future__ import annotations

import io
import random
import sys
import tokenize
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import BUNDLED, bundled_models, load
from tests.dsl.rejected import MODEL

EDITS_PER_MODEL = 150


def tokens_of(text: str) -> list[tokenize.TokenInfo]:
    kinds = (tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING)
    return [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type in kinds and "\n" not in t.string]


def edited(text: str, seed: int) -> str:
    """Return the text with one to three tokens deleted, doubled, or replaced by another token of the text."""
    rng = random.Random(seed)
    lines = text.split("\n")
    for _ in range(rng.randint(1, 3)):
        source = "\n".join(lines)
        try:
            tokens = tokens_of(source)
        except (tokenize.TokenError, SyntaxError):
            break
        token = rng.choice(tokens)
        other = rng.choice(tokens)
        row, line = token.start[0] - 1, lines[token.start[0] - 1]
        replacement = rng.choice(["", f"{token.string} {token.string}", other.string, other.string, other.string])
        lines[row] = line[: token.start[1]] + replacement + line[token.end[1] :]
    return "\n".join(lines)


def sources() -> list[tuple[str, str]]:
    texts = [(name, (BUNDLED / f"{name}.py").read_text(encoding="utf-8")) for name in bundled_models()]
    return [*texts, ("small", MODEL)]


@pytest.mark.parametrize("name", [name for name, _ in sources()])
def test_every_edit_compiles_or_gives_numbered_errors(name: str, tmp_path: Path) -> None:
    text = dict(sources())[name]
    for beside in BUNDLED.glob("*.py"):
        (tmp_path / beside.name).write_text(beside.read_text(encoding="utf-8"), encoding="utf-8")
    rejected = 0
    for seed in range(EDITS_PER_MODEL):
        path = tmp_path / f"edit_{seed}.py"
        path.write_text(edited(text, seed), encoding="utf-8")
        try:
            _ = load(str(path)).system
        except QuoraxError as problem:
            rejected += bool(problem.diagnostics)
        for module in [m for m in sys.modules if m.endswith(f".edit_{seed}")]:
            del sys.modules[module]
    assert rejected > EDITS_PER_MODEL // 2, "most edits break a model"
