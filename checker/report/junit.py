"""What the gate found, as JUnit XML: one case per obligation, and one per failure that belongs to none."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from checker.report.gate_report import Failure, GateReport, Outcome
from checker.report.terminal import outcome_words

_ERRORS = frozenset(("undetermined", "internal", "spec"))
"""The kinds that say nothing about a model: JUnit's errors. The others are its failures."""


def gate_junit(report: GateReport) -> str:
    """Return the XML text: a suite per model, classes named after the place, cases after the property and engine."""
    root = Xml.Element("testsuites", name="quorax gate")
    for model in dict.fromkeys(o.model for o in report.outcomes):
        outcomes = [o for o in report.outcomes if o.model == model]
        suite = _suite(root, model, [o.failures for o in outcomes])
        for i, outcome in enumerate(outcomes):
            is_first = all(o.report is not outcome.report for o in outcomes[:i])
            _case(suite, outcome, outcome.report.seconds if outcome.report and is_first else 0.0)
    if report.failures:
        suite = _suite(root, "gate", [(f,) for f in report.failures])
        for failure in report.failures:
            case = Xml.SubElement(suite, "testcase", classname="gate", name=failure.obligation or failure.kind)
            _problem(case, failure)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: Xml.Element, name: str, failures: list[tuple[Failure, ...]]) -> Xml.Element:
    errors = sum(any(f.kind in _ERRORS for f in case) for case in failures)
    failed = sum(any(f.kind not in _ERRORS for f in case) for case in failures)
    counts = {"tests": str(len(failures)), "failures": str(failed), "errors": str(errors)}
    return Xml.SubElement(root, "testsuite", {"name": name, **counts})


def _case(suite: Xml.Element, outcome: Outcome, seconds: float) -> None:
    """Add a case; the time of a run that serves several is given to the first."""
    name = outcome.id.removeprefix(f"{outcome.model}/{outcome.place}/")
    names = {"classname": f"{outcome.model}.{outcome.place}", "name": name}
    case = Xml.SubElement(suite, "testcase", {**names, "time": f"{seconds:.3f}"})
    for failure in outcome.failures:
        _problem(case, failure)
    Xml.SubElement(case, "system-out").text = _printable(outcome_words(outcome))


def _problem(case: Xml.Element, failure: Failure) -> None:
    tag = "error" if failure.kind in _ERRORS else "failure"
    problem = Xml.SubElement(case, tag, type=failure.kind, message=_printable(failure.reason))
    problem.text = _printable(failure.detail) or None


def _printable(text: str) -> str:
    """Return the text without the control characters that XML cannot carry."""
    return "".join(c for c in text if c in "\n\t" or c >= " ")
