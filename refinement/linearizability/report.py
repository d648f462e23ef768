"""A decision as text for a person, and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import checker
from refinement.linearizability.budget import LimitReached
from refinement.linearizability.decide import Decision, Linearizable, NotLinearizable, Undetermined
from refinement.linearizability.explain import Explanation, Placed, clipped, sentences, subject_of, told
from refinement.linearizability.history import (
    FALSE,
    TRUE,
    History,
    Operation,
    Value,
    Word,
    by_key,
    count,
    show,
    show_call,
)
from refinement.linearizability.objects import SequentialObject

SCHEMA = "quorax-linearizability/1"

SHOWN_MAX = 12
"""Operations of an order, or keys, that the text lists."""


def heading(file: str, history: History, object: SequentialObject) -> str:
    """Return one line about the history."""
    clients = len({operation.client for operation in history.operations})
    keys = by_key(history.operations)
    parts = [f"{count(len(history.operations), 'operation')} by {count(clients, 'client')}"]
    parts += [f"{history.pending:,} pending"] if history.pending else []
    parts += [f"{history.failed:,} failed and left out"] if history.failed else []
    parts += [count(len(keys), "key")] if keys.keys() - {None} else []
    return f"{file}: {', '.join(parts)} ({object.name})"


def verdict(decision: Decision) -> str:
    """Return the verdict in one line."""
    match decision:
        case Linearizable():
            return "linearizable"
        case NotLinearizable(parts=parts, undetermined=open):
            keys = [show(part.key) for part in parts if part.key is not None]
            more = f" and {len(keys) - SHOWN_MAX:,} more" if len(keys) > SHOWN_MAX else ""
            named = f": {count(len(keys), 'key')}, {', '.join(keys[:SHOWN_MAX])}{more}" if keys else ""
            return f"not linearizable{named}" + (f"; {count(open, 'key')} undetermined" if open else "")
        case Undetermined(keys=keys, limit=limit):
            where = "" if keys == (None,) else f" for {count(len(keys), 'key')}"
            return f"undetermined{where}: {limit} was hit"


def explanation_lines(explanation: Explanation | LimitReached) -> Iterator[str]:
    """Yield the explanation, line by line."""
    if isinstance(explanation, LimitReached):
        yield f"why is not explained: {explanation} was hit"
        return
    yield from sentences(explanation)
    culprit = explanation.culprit
    yield ""
    subject = "" if explanation.key is None else f" on {subject_of(explanation.key)}"
    before = len(explanation.operations)
    yield (
        f"until it returned in line {culprit.returned_line} there is an order of the "
        f"{count(before, 'operation')}{subject}, for example"
    )
    yield from _order(explanation.prefix)
    yield _chance(explanation)
    yield ""
    others = len(explanation.operations) - len(explanation.kept)
    smallest = "" if explanation.core.is_minimal else "; perhaps fewer are, which took too long to find out"
    are = "is" if len(explanation.kept) == 1 else "are"
    yield f"{count(len(explanation.kept), 'operation')} {are} enough to see it{smallest}"
    width = max(len(operation.client) for operation in explanation.kept)
    for operation in sorted(explanation.kept, key=lambda o: o.called):
        yield f"  {operation.client:<{width}}  {_lines(operation)}  {_what(operation)}"
    if others:
        often = ", any number of times" if explanation.object.forgets else ""
        each = "the other one" if others == 1 else f"each of the {others:,} others"
        yield f"even if {each} takes effect while it runs{often}, or not at all"


def _chance(explanation: Explanation) -> str:
    """Where the culprit would have fitted in the order that is shown."""
    chance = explanation.chance
    if chance is None:
        return "in which there is no place where it would have fitted"
    return f"in which it would have fitted last {f'after step {chance}' if chance else 'at the beginning'}"


def _order(steps: tuple[Placed, ...]) -> Iterator[str]:
    hidden = max(0, len(steps) - SHOWN_MAX)
    if hidden:
        yield f"  … {hidden:,} before these"
    for number, step in enumerate(steps[hidden:], hidden + 1):
        yield f"  {number}. {told(step.operation)}: {clipped(show(step.state))}"


def _lines(operation: Operation) -> str:
    return f"lines {operation.called_line}–{operation.returned_line or '…'}"


def _what(operation: Operation) -> str:
    return told(operation).replace(f" by {operation.client}", "", 1)


def document(
    file: str, history: History, object: SequentialObject, decision: Decision, why: Explanation | LimitReached | None
) -> dict[str, Any]:
    """Return the results as a JSON document, as docs/linearizability.md describes it."""
    names = {Linearizable: "linearizable", NotLinearizable: "not_linearizable", Undetermined: "undetermined"}
    wrong = [part.key for part in decision.parts] if isinstance(decision, NotLinearizable) else []
    return {
        "schema": SCHEMA,
        "quorax": checker.__version__,
        "history": file,
        "object": object.name,
        "operations": len(history.operations),
        "pending": history.pending,
        "failed": history.failed,
        "keys": len(by_key(history.operations)),
        "verdict": names[type(decision)],
        "limit": decision.limit if isinstance(decision, Undetermined) else None,
        "keys_wrong": [thaw(key) for key in wrong],
        "configurations": decision.configurations,
        "explanation": _explanation(why) if isinstance(why, Explanation) else None,
        "explanation_limit": str(why) if isinstance(why, LimitReached) else None,
    }


def _explanation(why: Explanation) -> dict[str, Any]:
    conflict = why.misfit.conflict
    return {
        "key": thaw(why.key),
        "text": list(sentences(why)),
        "operation": _operation(why.culprit),
        "states": [thaw(state) for state in why.misfit.states],
        "rival": None if why.rival is None else _operation(why.rival),
        "rival_states": None if conflict is None else [thaw(state) for state in conflict.states],
        "prefix": [_placed(step) for step in why.prefix],
        "core": [_operation(operation) for operation in why.kept],
        "core_is_minimal": why.core.is_minimal,
    }


def _placed(step: Placed) -> dict[str, Any]:
    return {"operation": _operation(step.operation), "state": thaw(step.state)}


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "client": operation.client,
        "op": show_call(operation),
        "result": thaw(operation.result),
        "pending": operation.is_free,
        "lines": [operation.called_line, operation.returned_line or None],
    }


def thaw(value: Value) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, tuple):
        return [thaw(v) for v in value]
    if isinstance(value, Word):
        return {TRUE: True, FALSE: False}.get(value, value.text)
    return value
