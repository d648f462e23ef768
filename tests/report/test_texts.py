"""What people read: golden texts for the terminal, markdown and JUnit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from checker.diagnostics import Diagnostic, Span
from checker.report.gate_report import GateReport
from checker.report.junit import gate_junit
from checker.report.markdown import gate_markdown
from checker.report.terminal import check_summary, gate_summary
from checker.report.words import describe
from checker.trace.trace import Trace
from checker.trace.verdict import Holds, ModelErrorFound, Unknown, Verdict, Violated
from tests.golden import assert_golden
from tests.report.lamps import FAILED, INSTANCE, PASSED, REPORT, SYSTEM, TRACE, UNFINISHED

GOLDEN = Path(__file__).parent / "golden"
BROKEN = Diagnostic(Span("lamps.py", 4, 2, 4, 9), "R001", "None has no field hour", "require that it is not None")


def test_check_summary() -> None:
    assert_golden(GOLDEN / "check.txt", check_summary(REPORT, model="lamps"))


def test_check_summary_of_an_unfinished_run() -> None:
    assert_golden(GOLDEN / "check_unfinished.txt", check_summary(UNFINISHED, model="lamps"))


def test_check_summary_of_a_model_in_error() -> None:
    report = replace(UNFINISHED, error=ModelErrorFound(BROKEN, "light(l1)", None), stopped_by="an error of the model")
    assert_golden(GOLDEN / "check_error.txt", check_summary(report, model="lamps"))


def test_a_summary_is_painted_where_a_person_looks() -> None:
    painted = check_summary(REPORT, model="lamps", paint=lambda text, style: f"<{style}>{text}</{style}>")
    assert "<good>holds (exhaustive within bounds)</good>" in painted
    assert "<bad>violated in 1 step</bad>" in painted


@pytest.mark.parametrize(("name", "report"), [("passed", PASSED), ("failed", FAILED)])
def test_gate_texts(name: str, report: GateReport) -> None:
    assert_golden(GOLDEN / f"gate_{name}.txt", gate_summary(report))
    assert_golden(GOLDEN / f"gate_{name}.md", gate_markdown(report))
    assert_golden(GOLDEN / f"gate_{name}.xml", gate_junit(report))


def test_an_updated_lock_is_mentioned() -> None:
    assert gate_summary(replace(PASSED, is_updated=True)).endswith("as expected; specs/quorax.lock is up to date\n")


def test_a_gate_that_decided_nothing_does_not_pass() -> None:
    empty = GateReport(preset="ci", lock="quorax.lock", outcomes=())
    assert not empty.is_ok
    assert empty.exit_code == 3
    assert gate_summary(empty) == "gate (preset ci): no obligation was decided\n"


def test_junit_is_well_formed_with_one_case_per_obligation_and_undetermined_as_error() -> None:
    root = Xml.fromstring(gate_junit(FAILED))
    cases = root.findall("testsuite[@name='lamps']/testcase")
    assert [c.get("name") for c in cases] == [
        "one_at_a_time/interp",
        "deadlock/interp",
        "witness:all_lit/interp",
        "one_at_a_time/explicit",
    ]
    assert [[child.tag for child in c if child.tag != "system-out"] for c in cases] == [
        [],
        ["failure"],
        ["failure"],
        ["error"],
    ]


def test_junit_carries_no_character_that_xml_cannot() -> None:
    (failure,) = FAILED.failures[1:]
    report = replace(FAILED, failures=(replace(failure, reason="a \x1b b", detail="c \x00 d"),))
    problem = Xml.fromstring(gate_junit(report)).find("testsuite[@name='gate']/testcase/error")
    assert problem is not None
    assert (problem.get("message"), problem.text) == ("a  b", "c  d")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Holds("exhaustive"), "holds (exhaustive within bounds: Lamp = 2, Hour = 2, Row = {{l1}, {l2}})"),
        (Holds("depth"), "holds (to depth 16 only: Lamp = 2, Hour = 2, Row = {{l1}, {l2}})"),
        (Holds("any_size"), "holds (for any size)"),
        (Holds("simulation"), "unknown: simulation finds violations, it cannot show that there are none"),
        (Unknown("stopped"), "unknown: stopped"),
        (Violated(TRACE), "violated in 1 step"),
        (Violated(Trace(SYSTEM, INSTANCE, TRACE.initial, ())), "violated in the initial state"),
        (Violated(replace(TRACE, steps=TRACE.steps * 3, loop_start=1)), "violated by a loop of 2 steps after 1 step"),
        (
            Violated(replace(TRACE, steps=TRACE.steps * 3, loop_start=0)),
            "violated by a loop of 3 steps from the initial state on",
        ),
        (Violated(replace(TRACE, steps=TRACE.steps * 3, loop_start=3)), "violated by stopping for ever after 3 steps"),
        (
            Violated(Trace(SYSTEM, INSTANCE, TRACE.initial, (), loop_start=0)),
            "violated by stopping for ever in the initial state",
        ),
    ],
)
def test_a_verdict_says_what_it_rests_on(verdict: Verdict, words: str) -> None:
    assert describe(verdict, REPORT) == words
