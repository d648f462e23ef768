"""The JSON documents have the fields of their schema, and say no more than was shown."""

from __future__ import annotations

import json

import pytest

from checker import __version__
from checker.report.document import gate_document, report_document, to_json
from checker.trace.verdict import Holds, Reached, Unknown, Unreached, Verdict, Violated
from tests.report.lamps import FAILED, PASSED, REPORT, TRACE, UNFINISHED

FIELDS = [
    "property",
    "kind",
    "verdict",
    "how",
    "reason",
    "engine",
    "states",
    "bounds_hit",
    "coverage",
    "seconds",
    "trace",
]


def test_a_document_names_the_version_the_model_and_the_instance() -> None:
    document = report_document(REPORT, model="lamps", model_hash="c0ffee")
    assert list(document) == ["schema", "quorax", "model", "model_hash", "instance", "results"]
    assert [document[key] for key in list(document)[:-1]] == ["quorax/1", __version__, "lamps", "c0ffee", "small"]


def test_a_result_has_the_fields_of_the_schema() -> None:
    first, *rest = report_document(REPORT, model="lamps", model_hash="c0ffee")["results"]
    assert list(first) == FIELDS
    assert first["states"] == {"distinct": 4_321, "stored": 4_321, "generated": 23_563, "depth": 16}
    assert first["bounds_hit"] == [{"bound": "Hour", "count": 412}, {"bound": "a full channel", "count": 1}]
    assert first["coverage"] == {"light": 23_000, "pass_on": 0}
    assert first["seconds"] == 1.25
    assert [r["kind"] for r in rest] == ["transition", "deadlock", "witness", "witness"]


@pytest.mark.parametrize(
    ("verdict", "word", "how"),
    [
        (Holds("exhaustive"), "holds", "exhaustive"),
        (Holds("any_size"), "holds", "any_size"),
        (Violated(TRACE), "violated", None),
        (Reached(TRACE), "holds", None),
        (Unreached(), "violated", "exhaustive"),
        (Unknown("stopped"), "unknown", None),
        (Unknown("no violation within 7 steps", "depth"), "unknown", "depth"),
    ],
)
def test_verdicts_are_three_words(verdict: Verdict, word: str, how: str | None) -> None:
    from dataclasses import replace

    report = replace(REPORT, results=(replace(REPORT.results[0], verdict=verdict),))
    (result,) = report_document(report, model="lamps", model_hash="")["results"]
    assert (result["verdict"], result["how"]) == (word, how)
    assert (result["reason"] is not None) == (word == "unknown")
    assert (result["trace"] is not None) == isinstance(verdict, Violated | Reached)


def test_a_trace_is_in_itf_with_what_it_takes_to_load_it() -> None:
    document = report_document(REPORT, model="lamps", model_hash="", target="my/lamps.py", mutant="leak")
    trace = document["results"][2]["trace"]
    assert trace["vars"] == ["hour", "burning", "powered"]
    assert len(trace["states"]) == 2
    assert "my/lamps.py" in json.dumps(trace["#meta"])
    assert "leak" in json.dumps(trace["#meta"])


def test_an_unfinished_run_is_unknown_with_its_reason() -> None:
    (result,) = report_document(UNFINISHED, model="lamps", model_hash="")["results"]
    assert result["verdict"] == "unknown"
    assert result["reason"] == "not every state was explored: the time limit of 60 s"


def test_the_gate_says_what_failed_and_how_it_exits() -> None:
    document = gate_document(FAILED)
    assert (document["schema"], document["ok"], document["exit_code"]) == ("quorax-gate/1", False, 2)
    assert [f["kind"] for f in document["failures"]] == ["orphan", "spec", "verdict", "vacuous", "undetermined"]
    assert [o["verdict"] for o in document["obligations"]] == ["holds", "violated", "violated", "unknown"]
    assert [o["steps"] for o in document["obligations"]] == [None, 1, None, None]


def test_a_gate_that_passes_is_ok() -> None:
    document = gate_document(PASSED)
    assert (document["ok"], document["exit_code"], document["failures"]) == (True, 0, [])


def test_text_is_the_same_for_the_same_document_and_reads_back() -> None:
    text = to_json(gate_document(FAILED))
    assert text == to_json(gate_document(FAILED))
    assert json.loads(text) == gate_document(FAILED)
