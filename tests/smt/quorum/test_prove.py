"""Answers rest on obligations: exported as SMT-LIB, given up when the budget is spent, confirmed by a second solver."""

from __future__ import annotations

import functools
import importlib.util
import json

import pytest

from checker.smt.quorum import counterexample, prove
from checker.smt.quorum.build import build_inquiry
from checker.smt.quorum.counterexample import Counterexample, refutes
from checker.smt.quorum.prove import answer
from checker.smt.quorum.report import answers_document, answers_lines, smtlib, solvers_line
from checker.smt.quorum.solve import STEPS_MAX, Search, Solved, solve, solve_with_cvc5
from checker.smt.quorum.syntax import parse_lines
from tests.smt.quorum.asking import answers
from tests.smt.quorum.lemmas import LEMMAS, PBFT, TIGHT


def plain(text: str, style: str) -> str:
    return text


def test_what_is_exported_is_what_was_solved() -> None:
    found = answers("tight n = 3*f + 1", *PBFT[1:], "any Q, Q meet in honest", "honest covers Q")
    parts = smtlib(found.discharges).split("(reset)\n")
    assert len(parts) == len(found.discharges)
    for part, discharge in zip(parts, found.discharges, strict=True):
        assert part.endswith(discharge.obligation.text)
        assert solve(part).answer == discharge.solved.answer


def test_every_region_of_three_sets_is_counted() -> None:
    found = answers(*LEMMAS["quorums of 2f + 1 of 3f + 1 meet by threes"].whole)
    text = found.results[0].discharges[-1].obligation.text
    assert len({line for line in text.splitlines() if line.startswith("(declare-const r.")}) == 16


def test_a_question_that_the_solver_gives_up_is_unknown_and_names_its_obligation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prove, "solve", functools.partial(solve, steps_max=1))
    (result,) = answers("quorum Q: majority", "any Q, Q meet").results
    assert result.word == "unknown"
    assert result.reason.startswith("lemma 1")
    assert "gives up" in result.reason


def test_a_solver_that_contradicts_is_named() -> None:
    inquiry = build_inquiry(parse_lines(["quorum Q: majority", "any Q, Q meet"]))
    found = answer(inquiry, second=lambda text: Solved("sat", 0))
    assert [d.agree for d in found.discharges] == [True, False]
    assert "CONTRADICTS lemma 1" in solvers_line(found.discharges)
    assert [r.word for r in found.results] == ["unknown"]


def test_a_second_solver_that_does_not_know_contradicts_nothing() -> None:
    inquiry = build_inquiry(parse_lines(["quorum Q: majority", "any Q, Q meet"]))
    found = answer(inquiry, second=lambda text: Solved("unknown", 0))
    assert [d.agree for d in found.discharges] == [None, None]
    assert "does not know 2" in solvers_line(found.discharges)


@pytest.mark.skipif(importlib.util.find_spec("cvc5") is None, reason="cvc5 is not installed")
@pytest.mark.parametrize("lines", [*(lemma.whole for lemma in LEMMAS.values()), *TIGHT.values()])
def test_cvc5_agrees(lines: tuple[str, ...]) -> None:
    found = answer(build_inquiry(parse_lines(lines)), second=solve_with_cvc5)
    assert {d.agree for d in found.discharges} == {True}


def test_what_is_no_counterexample_is_not_taken_for_one() -> None:
    (result,) = answers("quorum Q: size >= n // 2", "any Q, Q meet").results
    for sets in (
        {"Q": frozenset({0}), "Q'": frozenset({0, 1})},  # they meet
        {"Q": frozenset(), "Q'": frozenset({0})},  # too small
        {"Q": frozenset({0}), "Q'": frozenset({2})},  # nobody is called that
    ):
        assert not refutes(Counterexample(("p0", "p1"), {"n": 2}, sets), result.scenario, result.question)
    good = Counterexample(("p0", "p1"), {"n": 2}, {"Q": frozenset({0}), "Q'": frozenset({1})})
    assert refutes(good, result.scenario, result.question)


def test_the_same_question_has_the_same_answer_to_the_byte() -> None:
    lines = ("quorum C: majority", "tight quorum F: size >= ⌈2*n/3⌉", "any C, F, F meet")
    first, second = (answers(*lines) for _ in range(2))
    assert list(answers_lines(first, plain)) == list(answers_lines(second, plain))
    assert json.dumps(answers_document(first)) == json.dumps(answers_document(second))
    assert smtlib(first.discharges) == smtlib(second.discharges)


def test_a_search_that_gives_up_is_tried_with_the_next_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    class Stubborn(Search):
        def __init__(self, text: str, *, seed: int = 0) -> None:
            super().__init__(text, steps_max=1 if seed == 0 else STEPS_MAX, seed=seed)
            seeds.append(seed)

    monkeypatch.setattr(counterexample, "Search", Stubborn)
    (result,) = answers("quorum Q: size >= n // 2", "any Q, Q meet").results
    assert result.word == "refuted"
    assert seeds == [0, 1]


def test_a_counterexample_that_cannot_be_made_small_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counterexample, "Search", functools.partial(Search, steps_max=1))
    (result,) = answers("quorum Q: size >= n // 2", "any Q, Q meet").results
    assert (result.word, result.counterexample) == ("unknown", None)
    assert "there is a counterexample" in result.reason
