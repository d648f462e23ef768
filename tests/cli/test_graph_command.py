"""`quorax graph` draws every state and step of a small instance, or says that there are too many."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.conftest import Run


def test_the_graph_of_consensus_has_its_four_states_and_three_steps(quorax: Run) -> None:
    ran = quorax("graph", "consensus", "--bounds", "Value=3")
    assert ran.status == 0
    assert len(re.findall(r"^  q\d+ \[", ran.out, re.MULTILINE)) == 4
    assert len(re.findall(r"^  q\d+ -> q\d+ ", ran.out, re.MULTILINE)) == 3


def test_states_that_agree_on_the_projection_are_one(project: Path, quorax: Run) -> None:
    whole = quorax("graph", "models/ring.py", "--bounds", "Server=2").out
    merged = quorax("graph", "models/ring.py", "--bounds", "Server=2", "--project", "choice").out
    assert len(re.findall(r"^  q\d+ \[", merged, re.MULTILINE)) == 9  # nobody, s1 or s2: for each of two servers
    assert len(re.findall(r"^  q\d+ \[", whole, re.MULTILINE)) > 9


def test_a_predicate_can_be_marked(project: Path, quorax: Run) -> None:
    plain = quorax("graph", "models/ring.py", "--bounds", "Server=2", "--project", "choice").out
    marked = quorax("graph", "models/ring.py", "--bounds", "Server=2", "--project", "choice", "--highlight", "elected")
    assert marked.status == 0
    assert marked.out != plain
    unknown = quorax("graph", "models/ring.py", "--highlight", "electd")
    assert unknown.status == 2
    assert "did you mean elected?" in unknown.err


def test_it_is_drawn_in_the_format_of_the_file(project: Path, quorax: Run) -> None:
    ran = quorax("graph", "models/ring.py", "--instance", "pair", "--out", "graph.svg")
    assert ran.status == 0
    assert "graph.svg" in ran.out
    assert "<svg" in (project / "graph.svg").read_text(encoding="utf-8")


def test_too_many_states_are_refused_with_what_to_do(project: Path, quorax: Run) -> None:
    big = quorax("graph", "models/ring.py", "--states", "100")
    assert big.status == 2
    assert "error[C016]" in big.err
    unreadable = quorax("graph", "models/ring.py", "--mutant", "vote_twice")
    assert unreadable.status == 2
    assert "error[C022]" in unreadable.err
    assert "project" in unreadable.err


def test_what_a_bound_cuts_is_said(project: Path, quorax: Run) -> None:
    model = project / "clock.py"
    model.write_text(
        '"""A clock that ticks."""\n'
        "from checker.dsl import Model, Order, action, initial, successor\n\n\n"
        'class Time(Order):\n    """A moment."""\n\n\n'
        "class Clock(Model):\n    now: Time\n\n"
        "    @initial\n    def start(self) -> None:\n        self.now = Time.first()\n\n"
        "    @action\n    def tick(self) -> None:\n        self.now = successor(self.now)\n",
        encoding="utf-8",
    )
    ran = quorax("graph", "clock.py", "--bounds", "Time=3")
    assert ran.status == 0
    assert "1 transition cut at Time" in ran.err
