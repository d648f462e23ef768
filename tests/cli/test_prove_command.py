"""`quorax prove` from the command line: verdicts, exit codes, what is written, and what it does not take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.smt import solver
from tests.cli.conftest import Run

IDLE = """
from checker.dsl import *

class Node(Sort): ...

class Idle(Model):
    set: Set[Node]
    lost: Set[Node]

    @initial
    def start(self) -> None:
        self.set = set()
        self.lost = set()

    @action
    def unset(self, n: Node) -> None:
        require(n in self.lost)
        self.set = self.set - {n}

    @invariant
    def kept(self) -> bool:
        return all(n in self.set or n not in self.set for n in Node)
"""


def test_what_is_proved_is_exit_code_0_and_says_what_it_rests_on(quorax: Run) -> None:
    ran = quorax("prove", "voting", "--property", "agreement")
    assert ran.status == 0
    assert "agreement  holds (for any size)" in ran.out
    assert "axiom: any PromiseQuorum, VoteQuorum meet (derived for every n from quorum PromiseQuorum" in ran.out


def test_a_violated_property_is_exit_code_1_with_a_trace(quorax: Run) -> None:
    ran = quorax("prove", "consensus", "--mutant", "choose_another", "--property", "agreement")
    assert ran.status == 1
    assert "agreement  violated, after 2 steps" in ran.out
    assert "agreement is violated at step 2" in ran.out


def test_what_is_not_proved_is_exit_code_3(quorax: Run) -> None:
    ran = quorax("prove", "flexible_paxos", "--property", "quorums_meet", "--assume", "quorums_meet")
    assert ran.status == 3
    assert "unknown: it was assumed of the instance" in ran.out


def test_an_action_that_is_taken_in_no_explored_state_is_remarked(project: Path, quorax: Run) -> None:
    (project / "idle.py").write_text(IDLE, encoding="utf-8")
    ran = quorax("prove", "idle.py", "--bounds", "Node=2")
    assert ran.status == 0
    assert "no step of unset is among those explored in instance bounds" in ran.out + ran.err


def test_the_document_and_the_obligations_are_written(quorax: Run, tmp_path: Path) -> None:
    folder = tmp_path / "obligations"
    document = json.loads(quorax("prove", "consensus", "--json", "-", "--smtlib", str(folder)).out)
    assert document["schema"] == "quorax-proof/1"
    assert {r["property"]: (r["verdict"], r["how"]) for r in document["results"]} == {
        "agreement": ("holds", "any_size"),
        "stability": ("holds", "any_size"),
    }
    scripts = sorted(folder.glob("*.smt2"))
    assert len(scripts) == len(document["obligations"])
    assert "(check-sat)" in scripts[0].read_text(encoding="utf-8")


def test_mistakes_are_exit_code_2(quorax: Run) -> None:
    assert "error[C006]" in quorax("prove", "consensus", "--property", "agrement").err
    ran = quorax("prove", "paxos", "--assume", "votes_safe")
    assert ran.status == 2
    assert "error[P002]" in ran.err
    ran = quorax("prove", "raft")
    assert ran.status == 2
    assert "error[P001]: no proof for any size" in ran.err


def test_without_z3_the_exit_code_is_2_and_the_remedy_is_named(quorax: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "is_available", lambda: False)
    ran = quorax("prove", "consensus")
    assert ran.status == 2
    assert 'pip install "quorax[smt]"' in ran.err
