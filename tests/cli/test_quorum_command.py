"""`quorax quorum` answers, draws and exports, and says what is missing."""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path

import pytest

from checker.smt.quorum import prove
from checker.smt.quorum.solve import solve
from tests.cli.conftest import Run
from tests.golden import assert_golden

GOLDEN = Path(__file__).parent / "golden"
PBFT = ("n = 3*f + 1", "quorum Q: size >= 2*f + 1", "byzantine: size <= f", "any Q, Q meet in honest")
SPLIT = ("n = 3*f", "quorum Q: size >= n - f", "byzantine: size <= f", "any Q, Q meet in honest")


def test_a_lemma_that_holds_is_exit_code_0(quorax: Run) -> None:
    ran = quorax("quorum", *PBFT)
    assert ran.status == 0
    assert_golden(GOLDEN / "quorum_holds.txt", ran.out)


def test_a_lemma_that_is_refuted_is_exit_code_1_with_the_smallest_counterexample(quorax: Run) -> None:
    ran = quorax("quorum", *SPLIT)
    assert ran.status == 1
    assert_golden(GOLDEN / "quorum_refuted.txt", ran.out)


def test_a_question_without_an_answer_is_exit_code_3(quorax: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "solve", functools.partial(solve, steps_max=1))
    ran = quorax("quorum", *PBFT)
    assert ran.status == 3
    assert "unknown  any Q, Q meet in honest: lemma 1" in ran.out


def test_what_cannot_be_read_is_exit_code_2(quorax: Run) -> None:
    ran = quorax("quorum", "quorum Q: majority", "any Q, Q meat")
    assert ran.status == 2
    assert_golden(GOLDEN / "quorum_mistake.txt", ran.err)


def test_statements_come_from_a_file_too(quorax: Run, tmp_path: Path) -> None:
    file = tmp_path / "pbft.txt"
    file.write_text("\n".join(["# PBFT", *PBFT[:3]]), encoding="utf-8")
    assert quorax("quorum", "--file", str(file), PBFT[3]).status == 0
    file.write_text("quorum Q: size\n", encoding="utf-8")
    assert f"{file}:1:15: error[Q001]" in quorax("quorum", "--file", str(file)).err
    assert "error[Q016]" in quorax("quorum", "--file", str(tmp_path / "absent.txt")).err


def test_a_statement_that_is_slack_is_exit_code_1(quorax: Run) -> None:
    ran = quorax("quorum", "quorum C: majority", "tight quorum F: size >= n", "any C, F, F meet")
    assert ran.status == 1
    assert "still holds if n = 4" in ran.out


def test_the_facts_of_a_model_are_listed_for_any_size(quorax: Run) -> None:
    ran = quorax("quorum", "paxos")
    assert ran.status == 0
    assert_golden(GOLDEN / "quorum_paxos.txt", ran.out)


def test_the_facts_of_an_instance_and_of_a_mutant_are_listed(quorax: Run) -> None:
    assert "holds    any Q1, Q2 meet" in quorax("quorum", "flexible_paxos", "--instance", "grid").out
    halves = quorax("quorum", "paxos", "--mutant", "half_is_enough").out
    assert "refuted  any HalfPrepares, HalfAccepts meet" in halves


BROADCAST = ("byzantine_reliable_broadcast", "n > 3*f", "byzantine: size <= f")


def test_a_question_about_a_model_is_answered(quorax: Run) -> None:
    wrong = "any DeliverQuorum: DeliverQuorum minus byzantine covers EchoQuorum"
    ran = quorax("quorum", *BROADCAST, wrong)
    assert ran.status == 1
    assumed, answered = ran.out.split("z3: ", 1)
    assert wrong not in assumed
    assert f"refuted  {wrong}" in answered
    assert "smallest counterexample: n = " in answered
    right = "any DeliverQuorum: DeliverQuorum minus byzantine covers AmplifyQuorum"
    ran = quorax("quorum", *BROADCAST, right)
    assert ran.status == 0
    assert f"holds    {right}" in ran.out
    (result,) = json.loads(quorax("quorum", *BROADCAST, wrong, "--json", "-").out)["results"]
    assert result["verdict"] == "refuted"
    assert "results" not in json.loads(quorax("quorum", *BROADCAST, "--json", "-").out)


def test_a_model_without_quorums_is_told_so(quorax: Run) -> None:
    ran = quorax("quorum", "consensus")
    assert ran.status == 2
    assert "error[Q015]: consensus declares no quorums" in ran.err


def test_an_instance_goes_with_a_model(quorax: Run) -> None:
    assert "error[C001]: --instance goes with a model" in quorax("quorum", *PBFT, "--instance", "small").err


def test_the_document_has_the_counterexample_and_every_obligation(quorax: Run) -> None:
    document = json.loads(quorax("quorum", *SPLIT, "--json", "-").out)
    assert document["schema"] == "quorax-quorum/1"
    (result,) = document["results"]
    assert result["verdict"] == "refuted"
    assert result["counterexample"]["parameters"] == {"n": 3, "f": 1}
    assert result["counterexample"]["sets"] == {"byzantine": ["p0"], "Q": ["p0", "p1"], "Q'": ["p0", "p2"]}
    assert [o["z3"] for o in result["obligations"]] == ["sat", "sat"]
    facts = json.loads(quorax("quorum", "paxos", "--json", "-").out)["facts"]
    assert {"meet", "available"} == {fact["kind"] for fact in facts}


def test_the_counterexample_is_drawn(quorax: Run, tmp_path: Path) -> None:
    ran = quorax("quorum", *SPLIT, "--diagram", str(tmp_path / "split.dot"))
    assert ran.status == 1
    assert_golden(GOLDEN / "quorum_refuted.dot", (tmp_path / "split.dot").read_text(encoding="utf-8"))
    assert b"<svg" in _drawn(quorax, tmp_path / "split.svg")


def _drawn(quorax: Run, path: Path) -> bytes:
    quorax("quorum", *SPLIT, "--diagram", str(path))
    return path.read_bytes()


def test_without_a_counterexample_nothing_is_drawn(quorax: Run, tmp_path: Path) -> None:
    ran = quorax("quorum", *PBFT, "--diagram", str(tmp_path / "none.svg"))
    assert ran.status == 0
    assert "is not written" in ran.err
    assert not (tmp_path / "none.svg").exists()


def test_the_obligations_are_exported(quorax: Run, tmp_path: Path) -> None:
    quorax("quorum", *PBFT, "--smtlib", str(tmp_path / "pbft.smt2"))
    assert_golden(GOLDEN / "quorum_holds.smt2", (tmp_path / "pbft.smt2").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("solver", "option", "code", "extra"),
    [("z3", (), "Y010", "smt"), ("cvc5", ("--cross-check",), "Q014", "cross-check")],
)
def test_a_solver_that_is_missing_is_named_with_the_extra_that_brings_it(
    solver: str, option: tuple[str, ...], code: str, extra: str, quorax: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == solver else find(name))
    ran = quorax("quorum", *PBFT, *option)
    assert ran.status == 2
    assert ran.err.startswith(f"error[{code}]: {solver}")
    assert f"quorax[{extra}]" in ran.err
