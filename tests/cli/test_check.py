"""`quorax check` shows verdicts, traces and bounds, and writes what was asked for."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_the_default_is_the_first_instance_all_invariants_and_the_witnesses(project: Path, quorax: Run) -> None:
    out = quorax("check", "models/ring.py").out
    assert "instance small: Server = 3" in out
    assert "one_leader" in out
    assert "elected" in out


def test_the_default_of_a_mutant_is_what_it_breaks_where_the_spec_says(project: Path, quorax: Run) -> None:
    spec = project / "specs" / "ring.spec"
    spec.write_text(spec.read_text(encoding="utf-8").replace("vote_twice at small", "vote_twice at pair"))
    out = quorax("check", "models/ring.py", "--mutant", "vote_twice").out
    assert "mutant vote_twice (R-01)" in out
    assert "instance pair: Server = 2" in out
    assert "elected" not in out


def test_a_mutant_is_found_by_its_number_too(project: Path, quorax: Run) -> None:
    assert "mutant vote_twice (R-01)" in quorax("check", "models/ring.py", "--mutant", "R-01").out


def test_bounds_take_the_place_of_an_instance(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--bounds", "Server={x,y}")
    assert ran.status == 0
    assert "Server = {x, y}" in ran.out


def test_deadlock_can_be_asked_for(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--property", "deadlock")
    assert ran.status == 0
    assert "deadlock" in ran.out


def test_a_witness_that_is_asked_for_by_name_is_shown_with_its_trace(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--property", "elected")
    assert ran.status == 0
    assert "vote(s=" in ran.out
    assert "vote(s=" not in quorax("check", "models/ring.py").out


def test_the_command_that_a_violation_prints_shows_it_again(project: Path, quorax: Run) -> None:
    first = quorax("check", "models/ring.py", "--mutant", "vote_twice", "--bounds", "Server={a, b, c}")
    command = next(line for line in first.out.splitlines() if line.startswith("reproduce: "))
    words = shlex.split(command.removeprefix("reproduce: "))
    assert words[0] == "quorax"
    again = quorax(*words[1:])
    assert again.status == first.status == 1
    assert _trace(again.out) == _trace(first.out)


def _trace(out: str) -> list[str]:
    """Return the lines of the trace in what a command printed."""
    lines = out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip().startswith("0  initial state"))
    end = next(i for i, line in enumerate(lines) if line.startswith("reproduce: "))
    return lines[start:end]


def test_json_on_standard_output_is_one_document_and_nothing_else(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--mutant", "vote_twice", "--json", "-", "--diagram", "out.dot")
    assert ran.status == 1
    document = json.loads(ran.out)
    assert document["schema"] == "quorax/1"
    assert document["model"] == "ring"
    (result,) = document["results"]
    assert result["property"] == "one_leader"
    assert result["verdict"] == "violated"
    assert result["trace"]["states"]
    assert (project / "out.dot").is_file()


def test_json_in_a_file_leaves_the_text_on_standard_output(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--json", "out.json")
    assert "one_leader" in ran.out
    results = json.loads((project / "out.json").read_text(encoding="utf-8"))["results"]
    assert {r["property"]: r["verdict"] for r in results} == {"one_leader": "holds", "elected": "holds"}


def test_a_violation_is_drawn(project: Path, quorax: Run) -> None:
    for name, start in (("out.dot", b"digraph"), ("out.svg", b"<svg")):
        ran = quorax("check", "models/ring.py", "--mutant", "vote_twice", "--diagram", name)
        assert f"diagram: {name}" in ran.out
        assert start in (project / name).read_bytes()


@pytest.mark.skipif(shutil.which("dot") is None, reason="PNG needs the dot program of graphviz")
def test_a_violation_is_drawn_as_png(project: Path, quorax: Run) -> None:
    quorax("check", "models/ring.py", "--mutant", "vote_twice", "--diagram", "out.png")
    assert (project / "out.png").read_bytes().startswith(b"\x89PNG")


def test_without_a_trace_there_is_no_diagram_and_that_is_said(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--property", "one_leader", "--diagram", "out.svg")
    assert ran.status == 0
    assert "out.svg is not written" in ran.err
    assert not (project / "out.svg").exists()


def test_quiet_leaves_the_result_and_nothing_else(project: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--property", "one_leader", "--diagram", "out.svg", "--quiet")
    assert ran.err == ""
    assert "one_leader" in ran.out
    assert quorax("--quiet", "check", "models/ring.py").err == ""


def test_an_error_of_the_model_in_a_reachable_state_is_exit_code_2_with_the_way_there(
    project: Path, quorax: Run
) -> None:
    model = project / "models" / "ring.py"
    text = model.read_text(encoding="utf-8")
    before = "return any(self.leads(s) for s in Server)"
    assert before in text
    after = (
        "return any(self.leads(s) and only({t for t in Server if self.leads(t)}) == only(set(Server)) for s in Server)"
    )
    model.write_text(
        text.replace(before, after).replace("message, require", "message, only, require"), encoding="utf-8"
    )
    ran = quorax("check", "models/ring.py")
    assert ran.status == 2
    assert "error[R" in ran.err
    assert "vote(s=" in ran.out
