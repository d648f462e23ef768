"""Every kind of bad model text gives a numbered error with its place, a caret and a remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.compile import compile_model
from checker.dsl.loader import load
from checker.dsl.model import Model
from tests.dsl.rejected import EDITS, MODEL
from tests.golden import assert_golden

GOLDEN = Path(__file__).parent / "golden"


def compile_text(text: str, folder: Path) -> None:
    path = folder / "small.py"
    path.write_text(text, encoding="utf-8")
    _ = load(str(path)).system


def test_the_model_that_is_edited_is_itself_accepted(tmp_path: Path) -> None:
    compile_text(MODEL, tmp_path)


@pytest.mark.parametrize("name", EDITS)
def test_bad_text_gives_a_numbered_error_with_place_caret_and_remedy(name: str, tmp_path: Path) -> None:
    before, after = EDITS[name]
    assert MODEL.count(before) == 1, f"the edit {name!r} must apply exactly once"
    with pytest.raises(QuoraxError) as caught:
        compile_text(MODEL.replace(before, after), tmp_path)
    text = re.sub(r"[^\s`]*small\.py", "small.py", str(caught.value))
    assert re.search(r"^small\.py:\d+:\d+: error\[M\d{3}\]: ", text)
    assert "^" in text
    assert "help: " in text
    assert_golden(GOLDEN / f"{name.replace(' ', '_')}.txt", text + "\n")


def test_text_that_was_executed_without_a_file_is_refused() -> None:
    names: dict[str, object] = {"Model": Model, "__name__": "nowhere"}
    exec("class Ghost(Model):\n    pass\n", names)
    ghost = names["Ghost"]
    assert isinstance(ghost, type)
    with pytest.raises(QuoraxError, match=r"error\[M003\]: there is no source text for class Ghost"):
        compile_model(ghost)
