"""A spec's text becomes the tree that its author meant."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.spec.parse import parse_spec, parse_text
from checker.spec.tree import (
    Binary,
    CheckDecl,
    Expectation,
    Formula,
    LimitsDecl,
    MutantDecl,
    Predicate,
    Spec,
    Unary,
    WitnessDecl,
)

HERE = Path(__file__).parent
LAMPS = HERE / "lamps.spec"


def spec_of(text: str, path: str = "specs/lamps.spec") -> Spec:
    return parse_text(text, Path(path))


def shown(formula: Formula) -> str:
    """Return a formula with every parenthesis."""
    match formula:
        case Predicate(name):
            return name.text
        case Unary(operator, operand):
            return f"({operator} {shown(operand)})"
        case Binary(operator, left, right):
            return f"({shown(left)} {operator} {shown(right)})"


def formula_of(text: str) -> str:
    (declared,) = spec_of(f"model lamps\nproperty p: {text}").properties
    return shown(declared.formula)


def test_settings_are_numbers_sets_lists_and_families() -> None:
    small, named, leaky = parse_spec(LAMPS).instances
    assert {s.name.text: s.value for s in small.settings} == {"Lamp": 2, "Hour": 2, "Row": (("l1",), ("l2",))}
    assert {s.name.text: s.value for s in named.settings} == {
        "Lamp": ("x", "y"),
        "Row": (("x", "y"),),
        "keeper": ("x", "x"),
    }
    assert [s.is_sequence for s in named.settings] == [False, False, True]
    assert leaky.extends is not None
    assert leaky.extends.text == "small"


def test_a_negative_constant_a_long_number_and_an_empty_set_are_settings() -> None:
    (declared,) = spec_of("model m\ninstance i: offset = -3, Bound = 1_000, byzantine = {}").instances
    assert [s.value for s in declared.settings] == [-3, 1000, ()]


def test_an_instance_may_have_no_settings() -> None:
    (declared,) = spec_of("model m\ninstance only:").instances
    assert declared.settings == ()


def test_a_check_names_claims_expectation_engines_and_counts() -> None:
    checks = [s for s in parse_spec(LAMPS).statements if isinstance(s, CheckDecl)]
    assert [[c.text for c in s.claims] for s in checks] == [
        ["one_at_a_time", "time_passes"],
        ["no deadlock"],
        ["one_at_a_time"],
    ]
    assert [str(s.expectation) for s in checks] == ["holds", "fails in 1 step", "holds to depth 1"]
    assert [[e.text for e in s.engines] for s in checks] == [["explicit"], ["explicit"], ["interp", "explicit"]]
    assert (checks[0].counts.states, checks[0].counts.transitions, checks[0].counts.depth) == (8, 9, 3)


def test_a_mutant_is_to_be_refuted_or_is_a_control() -> None:
    mutants = [s for s in parse_spec(LAMPS).statements if isinstance(s, MutantDecl)]
    assert [m.expectation for m in mutants] == [
        Expectation("fail", steps=2),
        Expectation("fail"),
        Expectation("hold"),
    ]


def test_fairness_is_listed_per_action_with_its_parameters() -> None:
    (progress,) = parse_spec(LAMPS).properties
    fair = [(f.strength, f.action.text, [p.text for p in f.per]) for f in progress.fairness]
    assert fair == [("weak", "pass_on", []), ("weak", "light", ["a"]), ("strong", "light", [])]


def test_limits_are_seconds_states_and_bytes() -> None:
    (limits,) = (s for s in parse_spec(LAMPS).statements if isinstance(s, LimitsDecl))
    assert (limits.seconds, limits.states, limits.memory_bytes) == (60, 1_000_000, 2_000_000_000)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("not a and b", "((not a) and b)"),
        ("a or b and c", "(a or (b and c))"),
        ("a and b until c", "(a and (b until c))"),
        ("a implies b implies c", "(a implies (b implies c))"),
        ("a or b implies c", "((a or b) implies c)"),
        ("always a implies eventually b", "((always a) implies (eventually b))"),
        ("always (a implies eventually b)", "(always (a implies (eventually b)))"),
        ("a and b leads to not c", "((a and b) leads_to (not c))"),
        ("always eventually a", "(always (eventually a))"),
    ],
)
def test_formulas_bind_as_documented(text: str, meaning: str) -> None:
    assert formula_of(text) == meaning


def test_spans_point_at_the_words_across_continued_lines() -> None:
    spec = spec_of("model m\n\n# a comment\nwitness small: lit,\n\n    # another\n    row_lit\n")
    (witness,) = spec.statements
    assert isinstance(witness, WitnessDecl)
    spans = [str(p.span) for p in witness.predicates]
    assert spans == ["specs/lamps.spec:4:16", "specs/lamps.spec:7:5"]


def test_words_of_the_language_are_names_where_only_a_name_can_stand() -> None:
    (check,) = spec_of("model m\ncheck check: hold, fail hold by by").statements
    assert isinstance(check, CheckDecl)
    assert (check.instance.text, [c.name for c in check.claims], check.engines[0].text) == (
        "check",
        ["hold", "fail"],
        "by",
    )


def test_a_model_by_path_is_relative_to_the_spec_and_a_bundled_one_is_not() -> None:
    assert spec_of("model ../models/lamps.py:Lamps", "specs/a.spec").target == "specs/../models/lamps.py:Lamps"
    assert spec_of("model lamps.py", "specs/a.spec").target == "specs/lamps.py"
    assert spec_of("model paxos", "specs/a.spec").target == "paxos"


def test_a_property_that_no_check_names_must_hold_at_the_default_instance() -> None:
    spec = spec_of("model m\ninstance a: N = 1\ninstance b: N = 2\nproperty p: always x\nproperty q: always x\n"
                   "check b: q fail")  # fmt: skip
    demands = [d for d in spec.demands if isinstance(d, CheckDecl)]
    assert [(d.instance.text, d.claims[0].name, d.expectation.kind) for d in demands] == [
        ("b", "q", "fail"),
        ("a", "p", "hold"),
    ]


def test_no_edit_of_a_spec_ends_in_anything_but_a_tree_or_a_diagnostic() -> None:
    text = LAMPS.read_text(encoding="utf-8")
    draw = random.Random(20)
    for _ in range(400):
        start = draw.randrange(len(text))
        edited = text[:start] + draw.choice(["", "\n", " ", "{", "=", ":", "no", "\t#", "é", "9"])
        edited += text[start + draw.randrange(12) :]
        with contextlib.suppress(QuoraxError):
            assert isinstance(parse_text(edited, LAMPS), Spec)
