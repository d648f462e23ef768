"""Random well-typed systems: the compiled engine agrees with the interpreter on all of them.

Guard counts are not compared: compiled code does not look at a guard that could give up where no message is there to
take the step.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker.diagnostics import QuoraxError
from checker.ir.instance import Instance
from checker.ir.system import System
from tests.dsl.random_models import random_model
from tests.explicit.batch import Batch, numbered
from tests.explicit.comparison import needs_compiler
from tests.explicit.random_cases import Case, case_of, compare_all, random_case, statistics_of
from tests.ir.generate import Draw, instances, systems

QUICK = (200, 120)
"""Random models and wild systems of an ordinary run."""

LONG = (2000, 2000)

SEVERAL = 40
"""Cases that are compared together: they are compiled together, and a difference is seen soon."""

DRAWN = {
    "parameters of sorts": "n: Node", "values": "v: Value", "maps of sorts": "Map[Node,", "quantifiers": "any(",
    "quorums": "q: Group", "quorums covered": "Group.covers(", "choices": "choose({", "messages": "require(m in",
    "messages by kind": ".net.of(", "bags": "bag.receive(m)", "copies": "bag.duplicate(m)", "losses": "bag.drop(m)",
    "channels": "link.receive(", "resets": "link.reset(", "channels read": "link.channel(", "budgets": "spend(",
    "ends of orders": "successor(", "sequences": ".append(", "slices": "[:", "loops": "for each in",
    "branches": "else:", "liars": "Byzantine[", "who lies": "self.faulty", "forgeries": 'signed_by="sender"',
    "steps": "old.", "elements that are best": "maximal(", "elements that are alone": "only(", "big sets": "Set[Big]",
}  # fmt: skip
"""What occurs in the text of some of two hundred random models."""


@st.composite
def drawn(draw: Draw) -> tuple[System, Instance]:
    system = draw(systems())
    return system, draw(instances(system))


def wild_systems(count: int) -> list[tuple[System, Instance]]:
    """Return systems of which most err soon: every construct in every place, whatever that means."""
    found: list[tuple[System, Instance]] = []

    @settings(max_examples=count, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
    @given(drawn())
    def collect(example: tuple[System, Instance]) -> None:
        found.append(example)

    collect()
    return found


def wild_cases(count: int) -> list[Case]:
    made: list[Case] = []
    for number, (system, instance) in enumerate(wild_systems(count)):
        try:
            made.append(case_of(f"wild system {number}", system, instance))
        except QuoraxError:  # a type with too many values to list
            continue
    return made


def compare_in_parts(cases: list[Case], batch: Batch) -> None:
    for first in range(0, len(cases), SEVERAL):
        compare_all(cases[first : first + SEVERAL], batch)


@needs_compiler
def test_a_random_model_is_explored_as_by_the_interpreter_and_few_err(tmp_path: Path) -> None:
    cases: list[Case] = []
    for first in range(0, QUICK[0], SEVERAL):
        part = [random_case(seed, tmp_path) for seed in range(first, first + SEVERAL)]
        compare_all(part, Batch(folder=tmp_path))
        cases += part
    found = statistics_of(cases)
    assert 0.1 < found.erring < 0.3, found
    assert found.big < 0.15, found
    assert found.sizable > 0.5, found
    assert found.deep > 0.35, found
    assert found.fired > 0.7, found
    assert 0.3 < found.holding < 0.8, found


@needs_compiler
def test_a_wild_system_is_explored_as_by_the_interpreter(tmp_path: Path) -> None:
    compare_in_parts(wild_cases(QUICK[1]), Batch(folder=tmp_path))


@needs_compiler
@pytest.mark.deep
def test_thousands_of_random_systems_are_explored_as_by_the_interpreter(tmp_path: Path) -> None:
    models, wild = LONG
    for first in range(QUICK[0], QUICK[0] + models, SEVERAL):
        cases = [random_case(seed, tmp_path) for seed in range(first, first + SEVERAL)]
        compare_all(cases, Batch(folder=tmp_path))
        print(f"{first}: {statistics_of(cases)}")
    compare_in_parts(wild_cases(wild), Batch(folder=tmp_path))


def test_random_models_use_most_of_the_language() -> None:
    texts = [random_model(seed).text for seed in range(200)]
    assert [name for name, words in DRAWN.items() if sum(words in text for text in texts) < 5] == []


def test_a_random_model_is_the_same_for_the_same_seed() -> None:
    assert random_model(7) == random_model(7)
    assert random_model(7).text != random_model(8).text


def test_every_name_that_a_program_defines_is_numbered_and_no_member_of_a_structure() -> None:
    text = """static const uint8_t every_Vote[] = {
    0u,
};

static uint64_t judge(const uint64_t *s)
{
    return s[WORDS - 1] + work->judge + every_Vote[0];
}

enum { WORDS = 2 };

const qx_model qx_system = {
    .judge = judge,
};"""
    renamed = numbered(text, 3)
    assert "every_Vote_in_3[] =" in renamed
    assert "uint64_t judge_in_3(" in renamed
    assert "s[WORDS_in_3 - 1] + work->judge + every_Vote_in_3[0]" in renamed
    assert ".judge = judge_in_3," in renamed
    assert "qx_model qx_system_in_3 = {" in renamed
