"""A guard that tests the absence of others' messages is noticed; one about a process's own messages is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.dsl.loader import bundled_models, load
from checker.ir.absence import foreign_absences
from tests.dsl.rejected import MODEL

GUARD = "        self.log[n].append(m.term)\n"

FOREIGN = {
    "nobody replied": "require(not any(r.term == m.term for r in self.net.of(Reply)))",
    "all replies are older": "require(all(r.term < m.term for r in self.net.of(Reply)))",
    "one message is missing": "require(Ask(Term.first(), m.sender) not in self.net)",
    "behind a helper": "require(not self.replied(m.sender, m.term))",
    "in a branch": "require(m.term == Term.first() or not any(r.vote is None for r in self.net.of(Reply)))",
}

OWN = {
    "its own reply": "require(not any(r.sender == n and r.term == m.term for r in self.net.of(Reply)))",
    "its own message": "require(Ask(m.term, n) not in self.net)",
    "behind a helper": "require(not self.replied(n, m.term))",
    "presence": "require(any(r.term == m.term for r in self.net.of(Reply)))",
}


def actions_noticed(guard: str, folder: Path) -> list[str]:
    path = folder / "small.py"
    path.write_text(MODEL.replace(GUARD, f"        {guard}\n{GUARD}"), encoding="utf-8")
    return [action.name for action, _ in foreign_absences(load(str(path)).system)]


@pytest.mark.parametrize("case", FOREIGN)
def test_the_absence_of_others_messages_is_noticed(case: str, tmp_path: Path) -> None:
    assert actions_noticed(FOREIGN[case], tmp_path) == ["answer"]


@pytest.mark.parametrize("case", OWN)
def test_what_a_process_can_know_is_not(case: str, tmp_path: Path) -> None:
    assert actions_noticed(OWN[case], tmp_path) == []


@pytest.mark.parametrize("name", bundled_models())
def test_bundled_models_test_no_absence_they_could_not_know(name: str) -> None:
    assert not foreign_absences(load(name).system)
