"""Documents are laid out as they say: on one line if they fit, else broken where they may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checker.export.layout import HARD, LINE, Align, Doc, Either, Group, Line, Nest, bracketed, filled, joined, render

WORDS = ("alpha", "beta", "gamma", "delta")


def test_a_group_that_fits_stays_on_one_line() -> None:
    assert render(Group(joined(LINE, WORDS)), 22) == "alpha beta gamma delta"


def test_a_group_that_does_not_fit_is_broken_everywhere() -> None:
    assert render(Group(joined(LINE, WORDS)), 21) == "alpha\nbeta\ngamma\ndelta"


def test_what_follows_a_group_counts_when_it_is_fitted() -> None:
    assert render((Group(("a", LINE, "b")), "cdefgh"), 8) == "a\nbcdefgh"


def test_an_inner_group_may_fit_where_the_outer_one_does_not() -> None:
    doc = Group((Group(("one", LINE, "two")), LINE, Group(("three", LINE, "four"))))
    assert render(doc, 12) == "one two\nthree four"


def test_filling_breaks_only_before_what_does_not_fit() -> None:
    assert render(filled(",", WORDS), 12) == "alpha, beta,\ngamma, delta"


def test_broken_lines_start_where_an_alignment_started() -> None:
    assert render(("let ", Align(Group(joined(LINE, WORDS[:2])))), 8) == "let alpha\n    beta"


def test_broken_lines_are_indented_by_a_nest() -> None:
    assert render(Group(("f ==", Nest(4, (LINE, "body")))), 8) == "f ==\n    body"


def test_a_bracketed_list_is_aligned_after_its_bracket() -> None:
    assert render(("x = ", bracketed("f(", WORDS, ")")), 19) == "x = f(alpha, beta,\n      gamma, delta)"


def test_an_empty_list_has_only_brackets() -> None:
    assert render(bracketed("{", (), "}"), 10) == "{}"


def test_a_hard_break_breaks_the_groups_around_it() -> None:
    assert render(Group(("a", LINE, "b", HARD, "c")), 80) == "a\nb\nc"


def test_a_group_shows_one_content_where_it_fits_and_another_where_not() -> None:
    doc = Group((Either("", "/\\ "), "alpha", Either(" /\\ ", (LINE, "/\\ ")), "beta"))
    assert render(doc, 13) == "alpha /\\ beta"
    assert render(doc, 12) == "/\\ alpha\n/\\ beta"


def test_no_line_ends_in_a_space() -> None:
    assert render(("a ", HARD, "b"), 80) == "a\nb"


@st.composite
def docs(draw: st.DrawFn, depth: int = 3) -> Doc:
    """Draw a document whose texts have no spaces at their ends."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(("a", "bcd", "efghij", LINE, Line(""))))
    inner = tuple(draw(docs(depth - 1)) for _ in range(draw(st.integers(1, 4))))
    return draw(st.sampled_from((inner, Group(inner), Align(inner), Nest(2, inner))))


@given(docs(), st.integers(1, 40))
def test_the_width_decides_about_breaks_and_nothing_else(doc: Doc, width: int) -> None:
    assert "".join(render(doc, width).split()) == "".join(render(doc, 10_000).split())


@given(docs(), st.integers(1, 40))
def test_a_group_is_one_line_if_it_fits(doc: Doc, width: int) -> None:
    framed = ("|", Group(doc), "|")
    flat = render(framed, 10_000)
    assert len(flat) > width or render(framed, width) == flat
