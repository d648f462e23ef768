"""`quorax trace` believes no file: it replays every step before it shows anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

FILE = "trace.itf.json"


@pytest.fixture
def saved(project: Path, quorax: Run) -> str:
    """Return what `check` printed about the violation whose trace it saved in FILE."""
    ran = quorax("check", "models/ring.py", "--mutant", "vote_twice", "--trace-out", FILE)
    assert ran.status == 1
    return ran.out


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change the JSON document in a file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_saved_trace_is_shown_as_it_was_when_it_was_found(saved: str, quorax: Run) -> None:
    ran = quorax("trace", FILE)
    assert ran.status == 0
    assert ran.out.rstrip() in saved
    assert "is violated" in ran.out


def test_a_trace_that_is_saved_again_is_the_same_file(saved: str, quorax: Run, project: Path) -> None:
    assert quorax("trace", FILE, "--format", "itf").out == (project / FILE).read_text(encoding="utf-8")


def test_a_trace_is_drawn_as_check_draws_it(saved: str, quorax: Run, project: Path) -> None:
    quorax("check", "models/ring.py", "--mutant", "vote_twice", "--diagram", "out.dot")
    assert quorax("trace", FILE, "--format", "dot").out == (project / "out.dot").read_text(encoding="utf-8")
    assert quorax("trace", FILE, "--format", "svg", "--out", "again.svg").status == 0
    assert "<svg" in (project / "again.svg").read_text(encoding="utf-8")


def test_a_state_that_the_step_does_not_lead_to_is_refused(saved: str, quorax: Run, project: Path) -> None:
    def forget(document: Any) -> None:
        document["states"][-1]["choice"] = document["states"][0]["choice"]

    edit(project / FILE, forget)
    ran = quorax("trace", FILE)
    assert ran.status == 2
    assert "error[C012]" in ran.err
    assert "choice" in ran.err


def test_a_step_that_is_not_enabled_is_refused(saved: str, quorax: Run, project: Path) -> None:
    def skip(document: Any) -> None:
        del document["states"][1]

    edit(project / FILE, skip)
    ran = quorax("trace", FILE)
    assert ran.status == 2
    assert "error[T202]" in ran.err


def test_the_model_itself_does_not_allow_what_its_mutant_does(saved: str, quorax: Run) -> None:
    ran = quorax("trace", FILE, "--model", "models/ring.py")
    assert ran.status == 2
    assert "error[T202]" in ran.err


def test_a_trace_without_a_model_asks_for_one(saved: str, quorax: Run, project: Path) -> None:
    edit(project / FILE, lambda document: document["#meta"].pop("source"))
    ran = quorax("trace", FILE)
    assert ran.status == 2
    assert "error[T003]" in ran.err
    named = quorax("trace", FILE, "--model", "models/ring.py", "--mutant", "vote_twice", "--instance", "small")
    assert named.status == 0
    assert named.out.rstrip() in saved
