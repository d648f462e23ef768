"""Proofs for any size as text for a person, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any, TypeAlias

from checker import __version__
from checker.smt.anysize.alternation import show_cycle
from checker.smt.anysize.axioms import Assertion
from checker.smt.anysize.prove import Discharge, Ledger, Proof
from checker.trace.verdict import Holds, Result, Violated

Paint: TypeAlias = Callable[[str, str], str]
"""Puts a text in a style: good, bad, doubtful, faint or bold."""

SCHEMA = "quorax-proof/1"


def verdict_lines(results: Sequence[Result], paint: Paint) -> Iterator[str]:
    """Yield a line per property."""
    width = max((len(r.property) for r in results), default=0)
    for result in results:
        match result.verdict:
            case Holds():
                words = paint("holds (for any size)", "good")
            case Violated(trace):
                words = paint(f"violated, after {len(trace.steps)} steps of {trace.instance.name}", "bad")
            case verdict:
                words = paint(f"unknown: {getattr(verdict, 'reason', '')}", "doubtful")
        yield f"  {result.property:{width}}  {words}"


def ledger_lines(proof: Proof) -> Iterator[str]:
    """Yield what the theorems rest on."""
    ledger = proof.ledger
    yield "rests on:"
    for axiom in ledger.axioms:
        yield f"  axiom: {axiom.name} ({axiom.origin})"
    yield from (f"  assumed: {text}" for text in ledger.assumed)
    yield from (f"  assumed: {c.name}, {c.origin}" for c in ledger.conditions)
    yield from (f"  left out: {left.system}: {left.reason}" for left in ledger.left_out)
    if ledger.lemmas:
        yield f"  lemmas: {', '.join(ledger.lemmas)}"
    for need in ledger.needs:
        yield f"  {need.action} keeps what it may break by {', '.join(need.lemmas) or 'nothing else'}"
    yield from (f"  dropped: the budget {name}, so that what it limits is not" for name in ledger.budgets)
    yield from (f"  network: any message of {name} may be lost, repeated or late" for name in ledger.networks)
    for line in _cycles(proof.discharges):
        yield f"  remark: {line}"
    yield solver_line(proof.discharges)


def solver_line(discharges: Sequence[Discharge]) -> str:
    """Return how many obligations there were, and on how many a second solver agrees."""
    met = sum(d.is_met for d in discharges)
    steps = sum(d.solved.steps for d in discharges)
    text = f"z3: {met} of {len(discharges)} obligations met, {steps:,} steps"
    seconds = [d for d in discharges if d.second is not None]
    if seconds:
        text += f"; cvc5 agrees on {sum(d.agree is True for d in seconds)}"
        text += f", does not know {sum(d.agree is None for d in seconds)}"
        disputed = [d.obligation.name for d in seconds if d.agree is False]
        text += f", CONTRADICTS {', '.join(disputed)}" if disputed else ""
    return text


def failure_lines(failed: Discharge, why: str) -> Iterator[str]:
    """Yield a counterexample that no instance of the model was found for: z3's structure. `why` says why not."""
    yield f"{failed.obligation.name}: z3 says {failed.solved.answer}"
    if failed.solved.structure is not None:
        yield f"  a structure, which is no step of an instance: {why}"
        yield from (f"    {line}" for line in failed.solved.structure.lines())


def proof_document(model: str, model_hash: str, proof: Proof, results: Sequence[Result]) -> dict[str, Any]:
    """Return a proof as a JSON document; a trace is ITF."""
    ledger = proof.ledger
    return {
        "schema": SCHEMA,
        "quorax": __version__,
        "model": model,
        "model_hash": model_hash,
        "results": [_result(r) for r in results],
        "ledger": _ledger(ledger),
        "obligations": [_obligation(d) for d in proof.discharges],
    }


def _result(result: Result) -> dict[str, Any]:
    from checker.trace.itf import to_itf

    verdict = result.verdict
    word = {Holds: "holds", Violated: "violated"}.get(type(verdict), "unknown")
    return {
        "property": result.property,
        "kind": result.kind,
        "verdict": word,
        "how": "any_size" if isinstance(verdict, Holds) else None,
        "engine": "prove",
        "reason": getattr(verdict, "reason", ""),
        "trace": to_itf(verdict.trace) if isinstance(verdict, Violated) else None,
    }


def _ledger(ledger: Ledger) -> dict[str, Any]:
    def shown(a: Assertion) -> dict[str, str]:
        return {"name": a.name, "from": a.origin}

    return {
        "axioms": [shown(a) for a in ledger.axioms],
        "assumed": [*({"name": t, "from": "the command line"} for t in ledger.assumed), *map(shown, ledger.conditions)],
        "lemmas": list(ledger.lemmas),
        "needs": {need.action: list(need.lemmas) for need in ledger.needs},
        "budgets_dropped": list(ledger.budgets),
        "networks": list(ledger.networks),
        "left_out": [{"system": left.system, "reason": left.reason} for left in ledger.left_out],
    }


def _obligation(d: Discharge) -> dict[str, Any]:
    return {
        "name": d.obligation.name,
        "purpose": d.obligation.purpose,
        "wanted": d.obligation.wanted,
        "z3": d.solved.answer,
        "seed": d.solved.seed,
        "steps": d.solved.steps,
        "needs": list(d.solved.core),
        "cycle": show_cycle(d.cycle) if d.cycle else None,
        "cvc5": None if d.second is None else d.second.answer,
    }


def _cycles(discharges: Sequence[Discharge]) -> Iterator[str]:
    """Yield, for each way out of the fragment that is decided, the first obligation that takes it and how many do."""
    found: dict[str, list[Discharge]] = {}
    for d in discharges:
        if d.cycle:
            found.setdefault(show_cycle(d.cycle), []).append(d)
    for way, own in found.items():
        edge = next((e for e in own[0].cycle if e.span.line), own[0].cycle[0])
        place = f"{PurePath(edge.span.file).name}:{edge.span.line}: " if edge.span.line else ""
        yield (
            f"{place}{edge.assertion} leads from {edge.source} to {edge.target}, and so round {way}: "
            f"z3 need not decide `{own[0].obligation.name}`" + (f" and {len(own) - 1} more" if len(own) > 1 else "")
        )
