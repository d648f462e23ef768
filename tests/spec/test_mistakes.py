"""Every mistake in a spec gives a numbered error with its place and a caret, and says what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.spec.parse import parse_spec
from checker.spec.resolve import resolve
from tests.golden import assert_golden
from tests.spec.mistakes import NAMES, SYNTAX

HERE = Path(__file__).parent
GOOD = (HERE / "lamps.spec").read_text(encoding="utf-8")


def complaint(text: str, folder: Path) -> str:
    """Return the complaint about the spec of the lamps with `text` added, as from its own folder."""
    path = folder / "lamps.spec"
    path.write_text(f"{GOOD}\n{text}\n", encoding="utf-8")
    model = load(str(HERE / "models" / "lamps.py"))
    with pytest.raises(QuoraxError) as caught:
        resolve(parse_spec(path), model)
    return str(caught.value).replace(str(folder) + "/", "") + "\n"


@pytest.mark.parametrize("name", SYNTAX)
def test_bad_syntax_is_reported_with_what_was_expected(name: str, tmp_path: Path) -> None:
    text = complaint(SYNTAX[name], tmp_path)
    assert re.search(r"^lamps\.spec:\d+:\d+: error\[S00[134]\]: ", text)
    assert "^" in text
    assert "help: " in text
    assert_golden(HERE / "golden" / f"{name.replace(' ', '_')}.txt", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_means_nothing_is_reported_with_the_nearest(name: str, tmp_path: Path) -> None:
    text = complaint(NAMES[name], tmp_path)
    assert re.search(r"^lamps\.spec:\d+:\d+: error\[[SI]0\d\d\]: ", text)
    assert "^" in text
    assert "help: " in text
    assert_golden(HERE / "golden" / f"{name.replace(' ', '_')}.txt", text)


def test_every_mistake_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    text = complaint("\n".join(SYNTAX.values()), tmp_path)
    assert text.count("error[") == len(SYNTAX)


def test_a_spec_without_a_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.spec"
    path.write_text("# nothing yet\n", encoding="utf-8")
    with pytest.raises(QuoraxError, match=r"error\[S003\]: the spec does not say what it is about"):
        parse_spec(path)


def test_a_spec_without_an_instance_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lamps.spec"
    path.write_text("model lamps\n", encoding="utf-8")
    with pytest.raises(QuoraxError, match=r"error\[S014\]: the spec has no instance"):
        resolve(parse_spec(path), load(str(HERE / "models" / "lamps.py")))


def test_a_missing_or_unreadable_spec_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuoraxError, match=r"error\[S002\]: there is no spec .*absent\.spec"):
        parse_spec(tmp_path / "absent.spec")
    (tmp_path / "binary.spec").write_bytes(b"model \xff")
    with pytest.raises(QuoraxError, match=r"error\[S002\]: cannot read the spec"):
        parse_spec(tmp_path / "binary.spec")
