"""What a model does wrong in a reachable state is shown as a numbered error with its place, and the way there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.diagnostics import render
from checker.interp.engine import Interpreter
from checker.ir.instance import Setting, build_instance
from checker.trace.verdict import Request, Unknown, Violated
from tests.dsl.rejected import ASK, BOUNDED, MODEL
from tests.golden import assert_golden
from tests.interp.small import system_of

SETTINGS: dict[str, Setting] = {"Node": 2, "Term": 3, "Length": 1, "size": 1, "restarts": 0}

MISTAKES = {
    "value out of range": (ASK, "        self.count = self.count - 1\n"),
    "field of None": (BOUNDED, "        return all(self.vote[n].term == self.term[n] for n in Node)\n"),
    "largest of nothing": (
        BOUNDED,
        "        return max(self.net.of(Ask), key=lambda m: m.term).term >= Term.first()\n",
    ),
    "tie that is not unique": (
        BOUNDED,
        "        asks = self.net.of(Ask)\n"
        "        return not asks or max(asks, key=lambda m: m.term).term >= Term.first()\n",
    ),
    "index outside a sequence": (BOUNDED, "        return all(self.log[n][0] >= Term.first() for n in Node)\n"),
    "only of several": (BOUNDED, "        return only(Node) in Node\n"),
    "division by zero": (BOUNDED, "        return 1 // self.count >= 0\n"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_an_error_of_the_model_has_a_number_a_place_a_remedy_and_a_trace(name: str, tmp_path: Path) -> None:
    before, after = MISTAKES[name]
    text = MODEL.replace("maximal, message,", "maximal, message, only,").replace(before, after)
    system = system_of(text, tmp_path)
    report = Interpreter().run(system, build_instance(system, "small", SETTINGS), Request(("bounded",)))
    assert report.error is not None
    assert report.error.trace is not None
    (result,) = report.results
    assert isinstance(result.verdict, Unknown)
    shown = re.sub(r"[^\s`]*/(\w+\.py)", r"\1", render(report.error.diagnostic))
    assert re.search(r"^\w+\.py:\d+:\d+: error\[R\d{3}\]: ", shown)
    assert "help: " in shown
    steps = ", ".join(step.action for step in report.error.trace.steps)
    golden = Path(__file__).parent / "golden" / f"{name.replace(' ', '_')}.txt"
    assert_golden(golden, f"{shown}\nafter: {steps or 'nothing'}\n")


def test_a_fact_about_the_state_before_a_step_does_not_disturb_the_trace(tmp_path: Path) -> None:
    text = MODEL.replace(
        "        return all(old.term[n] <= self.term[n] for n in Node)\n",
        "        return not any(self.above(n, old.of(n)) for n in Node)\n\n"
        "    def of(self, n: Node) -> Term:\n        return self.term[n]\n\n"
        "    def above(self, n: Node, t: Term) -> bool:\n        return self.term[n] > t\n",
    )
    system = system_of(text, tmp_path)
    report = Interpreter().run(system, build_instance(system, "small", SETTINGS), Request(("monotone",)))
    (result,) = report.results
    assert isinstance(result.verdict, Violated)
    assert len(result.verdict.trace.steps) == 1
