"""The symbolic engines from the command line and in specs: exit codes, words, pictures, and what they do not take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from checker.smt import solver
from tests.cli.conftest import Run
from tests.golden import assert_golden

ROOT = Path(__file__).parent.parent.parent
GOLDEN = Path(__file__).parent / "golden"
RING = ("check", "models/ring.py", "--property", "one_leader")


def test_a_clean_bounded_check_is_inconclusive_and_says_how_far_it_went(project: Path, quorax: Run) -> None:
    ran = quorax(*RING, "--engine", "bmc", "--depth", "5")
    assert ran.status == 3
    assert "unknown: no violation within 5 steps; longer behaviours were not looked at" in ran.out
    assert "states were not counted, depth 5 (bmc)" in ran.out


def test_a_bounded_check_refutes_a_mutant_as_the_interpreter_does(project: Path, quorax: Run) -> None:
    mutant = ("check", "models/ring.py", "--mutant", "vote_twice", "--property", "one_leader")
    found, reference = quorax(*mutant, "--engine", "bmc"), quorax(*mutant)
    assert found.status == reference.status == 1
    line = next(line for line in reference.out.splitlines() if "one_leader" in line)
    assert line in found.out.splitlines()


def test_what_is_inductive_holds(project: Path, quorax: Run) -> None:
    ran = quorax("check", "voting", "--engine", "induction", "--property", "one_value_per_ballot")
    assert ran.status == 0
    assert "holds (inductive within bounds)" in ran.out
    assert "vote preserves them by one_value_per_ballot" in ran.out


def test_a_counterexample_to_induction_is_inconclusive_and_drawn_but_no_trace(project: Path, quorax: Run) -> None:
    ran = quorax(
        "check", "voting", "--engine", "induction", "--property", "agreement", "--diagram", "cti.dot",
        "--trace-out", "cti.json", "--json", "cti.result.json",
    )  # fmt: skip
    assert ran.status == 3
    assert "unknown: not inductive: vote leads from a state in which agreement holds" in ran.out
    assert "some state" in ran.out
    assert "reproduce" not in ran.out
    assert "a counterexample to induction" in (project / "cti.dot").read_text(encoding="utf-8")
    assert not (project / "cti.json").exists()
    assert "cti.json is not written" in ran.err
    (result,) = json.loads((project / "cti.result.json").read_text(encoding="utf-8"))["results"]
    assert (result["verdict"], result["trace"]) == ("unknown", None)


@pytest.mark.parametrize(
    "options",
    [("--engine", "bmc", "--workers", "2"), ("--engine", "bmc", "--k", "2"), ("--k", "2"), ("--rlimit", "5")],
)
def test_options_of_other_engines_are_refused(options: tuple[str, ...], project: Path, quorax: Run) -> None:
    ran = quorax(*RING, *options)
    assert ran.status == 2
    assert "error[C018]" in ran.err


def test_without_z3_the_exit_code_is_2_and_the_remedy_is_named(
    project: Path, quorax: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solver, "is_available", lambda: False)
    for engine in ("bmc", "induction"):
        ran = quorax(*RING, "--engine", engine)
        assert ran.status == 2
        assert_golden(GOLDEN / "Y010_z3_is_not_installed.txt", ran.err)


def test_a_budget_that_is_spent_is_named(project: Path, quorax: Run) -> None:
    ran = quorax("check", "paxos", "--property", "agreement", "--engine", "bmc", "--rlimit", "20000")
    assert ran.status == 3
    assert "20,000 steps of the solver were not enough" in ran.out


def test_a_spec_may_ask_for_symbolic_engines(project: Path, quorax: Run) -> None:
    (project / "specs" / "ring.spec").write_text(
        "model ../models/ring.py\n"
        "instance small: Server = 3\n"
        "check small: one_leader hold to depth 4 by bmc\n"
        "witness small: elected by bmc\n"
        "mutant vote_twice at small breaks one_leader by bmc\n"
        "preset ci: everything\n",
        encoding="utf-8",
    )
    ran = quorax("gate", "specs/ring.spec", "--update")
    assert ran.status == 0, ran.out
    assert "holds (to depth 4 only)" in ran.out
    assert quorax("gate", "specs/ring.spec").status == 0


def test_no_hash_order_is_in_a_trace(project: Path) -> None:
    outputs = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "checker.cli.main", "check", "paxos", "--mutant", "half_is_enough"]
        ran = subprocess.run(
            [*command, "--engine", "bmc", "--trace-out", "trace.json"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 1, ran.stderr
        outputs.add((project / "trace.json").read_text(encoding="utf-8"))
    assert len(outputs) == 1
