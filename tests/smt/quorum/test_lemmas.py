"""Lemmas of published protocols are proved for every size, and what breaks them is refuted where it first breaks."""

from __future__ import annotations

import itertools

import pytest

from checker.smt.quorum.counterexample import World, refutes
from tests.smt.quorum.asking import answers, counterexamples
from tests.smt.quorum.lemmas import LEMMAS, ONLY_LIARS, PBFT, TIGHT

SETS_TRIED = 12
"""Bits of all sets together, up to which every way to choose them is tried."""


@pytest.mark.parametrize("name", LEMMAS)
def test_a_lemma_is_proved_for_every_size(name: str) -> None:
    (result,) = answers(*LEMMAS[name].whole).results
    assert result.word == "holds"
    assert {d.solved.answer for d in result.discharges if d.obligation.kind == "refute"} == {"unsat"}


@pytest.mark.parametrize("name", LEMMAS)
def test_a_weakened_lemma_is_refuted_by_the_smallest_counterexample(name: str) -> None:
    lemma = LEMMAS[name]
    assert lemma.weakened != lemma.whole
    (result,) = answers(*lemma.weakened).results
    assert result.word == "refuted"
    found = result.counterexample
    assert found is not None
    assert dict(found.parameters) == lemma.breaks
    assert refutes(found, result.scenario, result.question)
    if len(found.sets) * lemma.breaks["n"] <= SETS_TRIED:
        tried = counterexamples(result.scenario, result.question, dict(lemma.breaks))
        assert found.key == min(other.key for other in tried)


@pytest.mark.parametrize("name", [n for n, lemma in LEMMAS.items() if len(lemma.breaks) <= 3])
def test_there_is_no_counterexample_below_the_smallest(name: str) -> None:
    lemma = LEMMAS[name]
    (result,) = answers(*lemma.weakened).results
    names = list(lemma.breaks)
    count = len(result.question.quorums) + len(result.scenario.fixed)
    for values in itertools.product(range(max(lemma.breaks.values()) + 1), repeat=len(names)):
        below = dict(zip(names, values, strict=True))
        if below["n"] > 0 and below["n"] * count <= SETS_TRIED and values < tuple(lemma.breaks.values()):
            assert not any(counterexamples(result.scenario, result.question, below)), below


@pytest.mark.parametrize("name", TIGHT)
def test_a_tight_statement_fails_for_all_parameters_once_it_is_weakened(name: str) -> None:
    found = answers(*TIGHT[name])
    assert found.words == ("holds", "holds")
    (tight,) = found.tightness
    assert tight.weaker.word == "refuted"


def test_a_statement_that_is_not_tight_is_shown_where_it_is_spared() -> None:
    found = answers("quorum C: majority", "tight quorum F: size >= n", "any C, F, F meet")
    (tight,) = found.tightness
    assert tight.word == "refuted"
    assert tight.spared == {"n": 4}
    assert tight.weaker.word == "refuted"
    assert answers("n = 4", "quorum C: majority", "quorum F: size >= n - 1", "any C, F, F meet").words == ("holds",)


@pytest.mark.parametrize(
    "statements",
    [
        ("quorum C: majority", "tight quorum F: size >= n", "any C, F, F meet"),
        ("tight n = 3*f + 1", *PBFT[1:], "any Q, Q meet in honest"),
        ("tight q1 + q2 > n + 1", "quorum Q1: size >= q1", "quorum Q2: size >= q2", "any Q1, Q2 meet"),
        ("tight n > 4*f", "quorum Q: size >= n - f", "byzantine: size <= f", "any Q, Q meet in honest"),
    ],
)
def test_below_the_parameters_that_are_spared_everything_fails(statements: tuple[str, ...]) -> None:
    (tight,) = answers(*statements).tightness
    scenario, question = tight.weaker.scenario, tight.question
    assert tight.spared is not None
    assert not any(counterexamples(scenario, question, tight.spared))
    least = tuple(tight.spared.values())
    for values in itertools.product(range(1, least[0] + 1), *([range(max(least) + 2)] * (len(least) - 1))):
        below = dict(zip(tight.spared, values, strict=True))
        world = World(below, {}, below["n"])
        if values < least and all(world.is_true(assumed) for assumed in scenario.assumptions):
            assert any(counterexamples(scenario, question, below)), below


def test_a_statement_is_tight_if_one_of_the_questions_needs_it() -> None:
    found = answers("tight n = 3*f + 1", "quorum Q: size >= n - f", "byzantine: size <= f", "any Q, Q meet in honest",
                    "honest covers Q")  # fmt: skip
    assert [t.word for t in found.tightness] == ["holds", "refuted"]
    assert found.words == ("holds", "holds", "holds")


@pytest.mark.parametrize("name", ONLY_LIARS)
def test_quorums_that_meet_may_meet_in_liars_only(name: str) -> None:
    *given, question = ONLY_LIARS[name]
    assert answers(*given, question.format("everyone")).words == ("holds",)
    (result,) = answers(*given, question.format("honest")).results
    found = result.counterexample
    assert found is not None
    common = frozenset.intersection(*(found.sets[b.name] for b in result.question.quorums))
    assert common
    assert common <= found.sets["byzantine"]


def test_without_a_bound_on_liars_nobody_is_honest() -> None:
    given = "n = 3*f + 1", "quorum Q: size >= 2*f + 1"
    assert answers(*given, "byzantine: size <= f", "any Q, Q meet in honest").words == ("holds",)
    assert answers(*given, "byzantine: size >= 0", "any Q, Q meet in honest").words == ("refuted",)


def test_there_is_no_quorum_of_fewer_than_nobody() -> None:
    (result,) = answers("quorum Q: size = f - 1", "everyone covers Q").results
    assert result.counterexample is not None
    assert result.counterexample.parameters == {"n": 1, "f": 0}
    assert answers("quorum Q: size >= f - 1", "f <= 1", "everyone covers Q").words == ("holds",)
