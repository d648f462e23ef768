"""Numbers and sets are printed as they can be typed again, and mean the same."""

from __future__ import annotations

from hypothesis import given, settings

from checker.smt.quorum.numbers import Builder
from checker.smt.quorum.syntax import parse_lines
from checker.smt.quorum.terms import Comparison, Named, Number, Size, Term, plus
from tests.smt.quorum.test_brute_force import numbers, sets

NAMES = {name: Named(name) for name in ("a", "b")}


def parsed(text: str) -> Term:
    """Return the left side of `text >= 0`."""
    (statement,) = parse_lines([f"{text} >= 0"])
    (comparison,) = Builder(statement, NAMES, {}).comparisons(statement.tree.children[0])  # type: ignore[arg-type]
    assert comparison == Comparison(comparison.left, ">=", Number(0))
    return comparison.left


@settings(max_examples=200, deadline=None, derandomize=True)
@given(numbers())
def test_a_number_is_printed_as_it_can_be_typed(text: str) -> None:
    term = parsed(text)
    assert parsed(str(term)) == term


@settings(max_examples=200, deadline=None, derandomize=True)
@given(sets(["a", "b"]))
def test_a_set_is_printed_as_it_can_be_typed(text: str) -> None:
    term = parsed(f"|{text}|")
    assert isinstance(term, Size)
    assert parsed(str(term)) == term


def test_one_more_is_written_briefly() -> None:
    assert str(plus(parsed("2*f + 1"), -1)) == "2*f"
    assert str(plus(parsed("2*f"), -1)) == "2*f - 1"
    assert str(plus(parsed("n - f"), 1)) == "n - f + 1"
    assert str(plus(Number(3), -1)) == "2"
