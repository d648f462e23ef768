"""Reports as JSON, for programs. The schemas are stable: a field is added, never changed."""

from __future__ import annotations

import json
from typing import Any

from checker import __version__
from checker.report.gate_report import GateReport, Outcome
from checker.report.words import describe, verdict_trace, verdict_word
from checker.trace.itf import to_itf
from checker.trace.verdict import Holds, Report, Result, Unknown, Unreached, Verdict

SCHEMA = "quorax/1"
GATE_SCHEMA = "quorax-gate/1"


def report_document(
    report: Report, *, model: str, model_hash: str, target: str = "", mutant: str = ""
) -> dict[str, Any]:
    """Return a report as a JSON document of schema quorax/1.

    `model` and `model_hash` say what was checked; `target` and `mutant` what a trace is to be loaded with again.
    `verdict` is holds, violated or unknown: a witness that is reached `holds`, with its trace; one that no behaviour
    within the bounds reaches is `violated`. `how` is what a verdict without a trace rests on, else null; `reason`
    says why a verdict is unknown.
    """
    return {
        "schema": SCHEMA,
        "quorax": __version__,
        "model": model,
        "model_hash": model_hash,
        "instance": report.instance.name,
        "results": [_result(report, result, target or model, mutant) for result in report.results],
    }


def gate_document(report: GateReport) -> dict[str, Any]:
    """Return what the gate found as a JSON document of schema quorax-gate/1."""
    return {
        "schema": GATE_SCHEMA,
        "quorax": __version__,
        "preset": report.preset,
        "ok": report.is_ok,
        "exit_code": report.exit_code,
        "updated": report.is_updated,
        "obligations": [_outcome(outcome) for outcome in report.outcomes],
        "failures": [{"kind": f.kind, "obligation": f.obligation, "reason": f.reason} for f in report.all_failures],
        "warnings": list(report.warnings),
    }


def to_json(document: dict[str, Any]) -> str:
    """Return a document as text, its fields in the order of the schema."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _result(report: Report, result: Result, target: str, mutant: str) -> dict[str, Any]:
    trace = verdict_trace(result.verdict)
    return {
        "property": result.property,
        "kind": result.kind,
        "verdict": verdict_word(result.verdict),
        "how": _how(result.verdict),
        "reason": result.verdict.reason if isinstance(result.verdict, Unknown) else None,
        **_exploration(report),
        "trace": None if trace is None else to_itf(trace, model=target, mutant=mutant),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    trace = verdict_trace(outcome.verdict)
    return {
        "id": outcome.id,
        "expected": outcome.expected,
        "verdict": verdict_word(outcome.verdict),
        "how": _how(outcome.verdict),
        "words": describe(outcome.verdict, outcome.report) if outcome.report else None,
        "steps": None if trace is None else len(trace.steps),
        **(_exploration(outcome.report) if outcome.report else {"engine": outcome.engine}),
        "failures": [{"kind": f.kind, "reason": f.reason} for f in outcome.failures],
    }


def _exploration(report: Report) -> dict[str, Any]:
    counts = report.counts
    return {
        "engine": report.engine,
        "states": {
            "distinct": None if report.is_reduced else counts.distinct,
            "stored": counts.stored,
            "generated": counts.generated,
            "depth": counts.depth,
        },
        "bounds_hit": [{"bound": hit.bound, "count": hit.count} for hit in report.bounds_hit],
        "coverage": dict(report.coverage),
        "seconds": round(report.seconds, 3),
    }


def _how(verdict: Verdict) -> str | None:
    if isinstance(verdict, Holds | Unknown):
        return verdict.how
    return "exhaustive" if isinstance(verdict, Unreached) else None
