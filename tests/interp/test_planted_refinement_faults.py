"""The tests of refinement see its faults: whatever is planted in a copy of it turns a test red."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explicit.planted_faults import Fault
from tests.explicit.test_planted_faults import ROOT, copied, run_tests, turns_red

TESTS = "tests/interp/test_refinement.py::test_"
WRONG = (f"{TESTS}a_wrong_mapping_is_refuted_by_the_shortest_behaviour",)
VARIABLES = (f"{TESTS}every_variable_counts_in_a_step_and_in_what_is_none",)
STARTS = (f"{TESTS}an_initial_state_has_to_be_mapped_to_an_initial_state",)
GUARDS = (f"{TESTS}a_violation_tells_what_each_action_of_the_coarser_model_lacks",)
BOUNDS = (f"{TESTS}a_bound_of_the_coarser_model_is_named_and_never_a_violation",)
RANGES = (f"{TESTS}a_value_that_the_coarser_model_cannot_hold_is_no_step_of_it",)
EXPRESSION, REFERENCE, JUDGE = "../ir/refinement.py", "../interp/image.py", "../interp/refinement.py"

FAULTS = (
    Fault("the image before a step is that after it", EXPRESSION,
          "replace(e, old=True)", "replace(e, old=False)", WRONG),
    Fault("a step stutters if one variable does", EXPRESSION,
          "stutters = conjunction(", "stutters = disjunction(", VARIABLES),
    Fault("what an action leaves alone may change", EXPRESSION,
          "self._after, strict=True))\n\n    def _read_before",
          "self._after, strict=True) if values[n] is not self._read[n])\n\n    def _read_before", VARIABLES),
    Fault("guards are forgotten", EXPRESSION,
          "return conjunction((disjunction((negation(path), condition)), rest))", "return rest", GUARDS),
    Fault("errors of the coarser model are steps", EXPRESSION,
          'if kind == "cut" and is_excused:',
          'if kind == "error":\n                    return rest\n'
          '                if kind == "cut" and is_excused:', RANGES),
    Fault("bounds excuse nothing", EXPRESSION,
          'kind == "cut" and is_excused', 'kind == "no" and is_excused', BOUNDS),
    Fault("bounds excuse nothing in the reference", JUDGE,
          "[] if bounds else [claim]", "[claim]", BOUNDS),
    Fault("bounds excuse everything in the reference", JUDGE,
          "[] if bounds else [claim]", "[]", WRONG),
    Fault("the reference stutters if one variable does", REFERENCE,
          "mapped_before == mapped_after or", "mapped_before[0] == mapped_after[0] or", VARIABLES),
    Fault("initial states are not looked at", JUDGE, "if refuting is None:", "if refuting or True:", STARTS),
)  # fmt: skip

SAMPLE = (
    "the image before a step is that after it",
    "what an action leaves alone may change",
    "initial states are not looked at",
)
"""Faults that every run plants; the others take longer than they are worth each time."""


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.name in SAMPLE], ids=lambda f: f.name)
def test_a_planted_fault_is_seen(fault: Fault, tmp_path: Path) -> None:
    turns_red(fault, tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("fault", [f for f in FAULTS if f.name not in SAMPLE], ids=lambda f: f.name)
def test_every_planted_fault_is_seen(fault: Fault, tmp_path: Path) -> None:
    turns_red(fault, tmp_path)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_the_text_that_a_fault_replaces_is_there_once(fault: Fault) -> None:
    text = (ROOT / "checker" / "explicit" / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1


@pytest.mark.deep
def test_without_a_fault_the_same_tests_pass(tmp_path: Path) -> None:
    tests = tuple(dict.fromkeys(test for fault in FAULTS for test in fault.tests))
    done = run_tests(copied(tmp_path), tests)
    assert done.returncode == 0, done.stdout[-4000:]
