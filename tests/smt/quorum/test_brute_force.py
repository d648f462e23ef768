"""Random questions, at one instance each, get the answer that trying every choice of sets gives."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.smt.quorum.build import build_inquiry
from checker.smt.quorum.prove import Result
from checker.smt.quorum.syntax import parse_lines
from tests.smt.quorum.asking import answered, counterexamples, worlds

BITS = 12
"""Of all sets together: 4,096 choices are tried for a question."""

COMPARE = st.sampled_from(["<", "<=", "=", "!=", ">=", ">"])


def numbers() -> st.SearchStrategy[str]:
    """Numbers over n and f, of which many are near half of n, where quorums begin to meet."""
    linear = st.builds("{0}*n + {1}*f - {2}".format, st.integers(-1, 2), st.integers(-2, 2), st.integers(-2, 3))
    floors = st.builds("({0}) // {1}".format, linear, st.integers(2, 4))
    ceilings = st.builds("ceil(({0})/{1})".format, linear, st.integers(2, 4))
    usual = st.sampled_from(["n // 2 + 1", "n - f", "f + 1", "2*f + 1", "⌈(n + f + 1)/2⌉", "1", "0", "n"])
    return st.one_of(usual, usual, linear, floors, ceilings)


def sets(names: list[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from([*names, "everyone"]),
        lambda inner: st.one_of(
            st.builds("(not {0})".format, inner),
            st.builds("({0} {1} {2})".format, inner, st.sampled_from(["and", "or", "minus"]), inner),
        ),
        max_leaves=4,
    )


@st.composite
def claims(draw: st.DrawFn, names: list[str], systems: list[str]) -> str:
    kind = draw(st.sampled_from(["size", "sizes", "covers"]))
    if kind == "covers":
        return f"{draw(sets(names))} covers {draw(st.sampled_from(systems))}"
    right = f"|{draw(sets(names))}|" if kind == "sizes" else draw(numbers())
    return f"{draw(st.integers(1, 2))}*|{draw(sets(names))}| {draw(COMPARE)} {right}"


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[str], dict[str, int]]:
    """A question about at most three sets, at values of its parameters."""
    count = draw(st.integers(1, 3))
    at = {"n": draw(st.integers(1, {1: 6, 2: 6, 3: 4}[count])), "f": draw(st.integers(0, 2))}
    lines = ["f >= 0", f"quorum Q: size {draw(st.sampled_from(['>=', '>', '=']))} {draw(numbers())}"]
    lines.append(f"quorum R: size {draw(st.sampled_from(['>=', '=']))} {draw(numbers())}")
    fixed = draw(st.booleans()) and count > 1
    if fixed:
        lines.append(f"byzantine: size {draw(st.sampled_from(['<=', '=', '<']))} {draw(numbers())}")
    systems = draw(st.lists(st.sampled_from(["Q", "R"]), min_size=count - fixed, max_size=count - fixed))
    names = [f"{system}{i}" for i, system in enumerate(systems)]
    bound = ", ".join(f"{system} {name}" for system, name in zip(systems, names, strict=True))
    honest = ["honest", "byzantine"] if fixed else []
    if draw(st.booleans()):
        where = draw(st.sampled_from(["", *(f" in {s}" for s in honest), f" in at least {draw(numbers())} members"]))
        return [*lines, f"any {bound} meet{where}"], at
    return [*lines, f"any {bound}: {draw(claims(names + honest, ['Q', 'R']))}"], at


@settings(max_examples=120, deadline=None, derandomize=True)
@given(questions())
def test_at_an_instance_the_answer_is_that_of_trying_everything(asked: tuple[list[str], dict[str, int]]) -> None:
    lines, at = asked
    inquiry = build_inquiry(parse_lines([f"{p} = {value}" for p, value in at.items()] + lines))
    (question,) = inquiry.questions
    result = answered(inquiry)
    assert any(worlds(inquiry.scenario, question, at)) == (result is not None)
    if result is None:
        return
    refuted = [found.key for found in counterexamples(inquiry.scenario, question, at)]
    assert result.word == ("refuted" if refuted else "holds")
    if refuted:
        assert result.counterexample is not None
        assert result.counterexample.key == min(refuted)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(questions())
def test_no_smaller_instance_has_a_counterexample_than_the_one_that_is_shown(
    asked: tuple[list[str], dict[str, int]],
) -> None:
    inquiry = build_inquiry(parse_lines(asked[0]))
    result = answered(inquiry)
    if result is None:
        return
    assert result.word != "unknown"
    least = None if result.counterexample is None else tuple(result.counterexample.parameters.values())
    for values in _tried(result):
        parameters = dict(zip(result.scenario.parameters, values, strict=True))
        is_refuted = any(counterexamples(result.scenario, result.question, parameters))
        assert not is_refuted or (least is not None and least <= values)
        if values == least:
            assert is_refuted


def _tried(result: Result) -> list[tuple[int, ...]]:
    count = len(result.question.quorums) + len(result.scenario.fixed)
    others = [range(3)] * (len(result.scenario.parameters) - 1)
    return list(itertools.product(range(1, min(3, 9 // count) + 1), *others))
