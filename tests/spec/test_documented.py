"""The specs that `docs/specs.md` shows mean something, and everything that can be said is said there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from checker.dsl.loader import load
from checker.report.gate_report import FailureKind
from checker.spec.parse import parse_text
from checker.spec.resolve import resolve
from checker.spec.syntax import FORMS

TEXT = (Path(__file__).parents[2] / "docs" / "specs.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```spec\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
FRAME = "model paxos\ninstance small: Acceptor = 3, Ballot = 2, Value = 2\n"


@pytest.mark.parametrize("text", SHOWN)
def test_a_spec_that_is_shown_resolves(text: str) -> None:
    whole = text if "\nmodel " in text else FRAME + text
    assert resolve(parse_text(whole, Path("specs/paxos.spec")), load("paxos")).spec.statements


@pytest.mark.parametrize("word", FORMS)
def test_every_statement_is_described(word: str) -> None:
    assert f"**`{word} " in TEXT


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_every_reason_to_fail_is_listed(kind: str) -> None:
    rows = re.findall(r"^\| ([a-z, ]+) \|", TEXT, re.MULTILINE)
    assert kind in [name for row in rows for name in row.split(", ")]
