"""Generated C reads as if written by hand: whole programs, compared byte by byte."""

from __future__ import annotations

from difflib import ndiff
from pathlib import Path

import pytest

from checker.dsl.loader import load
from checker.explicit.generate.labels import Labelling
from checker.explicit.generate.program import program_of
from checker.explicit.layout import layout_of
from checker.explicit.shapes import Shapes
from checker.interp.goals import goals_of
from checker.ir.instance import Setting, build_instance
from checker.trace.verdict import Request
from tests.golden import assert_golden

GOLDEN = Path(__file__).parent / "golden"

CASES: dict[str, dict[str, Setting]] = {
    "consensus": {"Value": 3},
    "paxos": {"Acceptor": 3, "Ballot": 2, "Value": 2},
}
VOTING: dict[str, Setting] = {"Acceptor": 2, "Ballot": 2, "Value": 2}


LABELLING = Labelling(("decided",), (("promise", ("a",)), ("vote", ("b", "a")), ("vote", ())))


def generated(name: str, labelling: Labelling | None = None) -> str:
    system = load(name).system
    layout = layout_of(Shapes(system, build_instance(system, "golden", (CASES | {"voting": VOTING})[name])))
    return program_of(layout, goals_of(system, Request(tuple(p.name for p in system.properties))), labelling).text


@pytest.mark.parametrize("name", CASES)
def test_the_program_of_a_model_is_the_one_that_was_read(name: str) -> None:
    assert_golden(GOLDEN / f"{name}.c", generated(name))


def test_a_program_says_what_steps_serve_only_where_temporal_properties_are_asked_for() -> None:
    plain, labelled = generated("voting"), generated("voting", LABELLING)
    added = [line[2:] for line in ndiff(plain.splitlines(), labelled.splitlines()) if line[0] != " " and line[0] != "?"]
    assert_golden(GOLDEN / "labels.txt", "\n".join(added) + "\n")
    assert "serve" not in plain
    assert "letter" not in plain


def test_the_same_model_gives_the_same_program() -> None:
    assert generated("paxos") == generated("paxos")


def test_every_action_and_property_is_a_function_of_its_own() -> None:
    system, text = load("paxos").system, generated("paxos")
    for action in system.actions:
        assert f"/* Paxos.{action.name}: " in text
        assert f"\nstatic void {action.name}(const uint64_t *s, qx_work *work)\n" in text
    for prop in system.properties:
        assert f"\nstatic bool {prop.name}(const uint64_t *" in text
