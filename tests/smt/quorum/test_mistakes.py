"""Every mistake in a question gives a numbered error with its place and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.smt.quorum.syntax import parse_lines
from tests.golden import assert_golden
from tests.smt.quorum.asking import answers
from tests.smt.quorum.mistakes import MISTAKES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_with_its_number_and_a_remedy(name: str) -> None:
    code, lines = MISTAKES[name]
    with pytest.raises(QuoraxError) as caught:
        answers(*lines)
    assert caught.value.diagnostics[0].code == code
    assert "help: " in str(caught.value)
    assert_golden(GOLDEN / f"{name.replace(' ', '_')}.txt", f"{caught.value}\n")


def test_all_mistakes_of_a_sweep_are_reported_at_once() -> None:
    with pytest.raises(QuoraxError) as caught:
        answers("quorum Q: size >= n*n", "byzantine: size <= f*f", "any Q, Q meet")
    assert [d.span.line for d in caught.value.diagnostics] == [1, 2]


def test_comments_and_blank_lines_say_nothing() -> None:
    assert [s.text for s in parse_lines(["# majorities", "", "quorum  Q:  majority  # of all"])] == [
        "quorum Q: majority"
    ]


def test_statements_may_stand_in_any_order() -> None:
    assert answers(
        "any Q, Q meet in honest", "byzantine: size <= f", "quorum Q: size >= 2*f + 1", "n = 3*f + 1"
    ).words == ("holds",)


@pytest.mark.parametrize("deep", ["not " * 95 + "Q", "(" * 180 + "Q" + ")" * 180])
def test_nesting_as_deep_as_a_statement_may_be_is_read(deep: str) -> None:
    assert len(answers("quorum Q: majority", f"any Q: {deep} covers Q").words) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quorum Q: size >= ⌈(n + f + 1)/2⌉", "quorum Q: size > (N + f) // 2"),
        ("quorum Q: size >= ⌊n/2⌋ + 1", "quorum Q: majority"),
        ("quorum Q: size ≥ 2f+1", "quorum Q: size > 2*f"),
    ],
)
def test_two_spellings_of_a_size_are_the_same(one: str, other: str) -> None:
    for lines in ((one, other.replace("Q", "R")), (other, one.replace("Q", "R"))):
        assert answers(*lines, "byzantine: size <= f", "any Q covers R".replace(" c", ": Q c")).words == ("holds",)
