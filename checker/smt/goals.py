"""What is asked about states and steps, as literals."""

from __future__ import annotations

from dataclasses import dataclass

from checker.interp.goals import Goal
from checker.smt.circuit import FALSE, TRUE, Literal
from checker.smt.encoding import Encoding
from checker.smt.expressions import Evaluator, Frame
from checker.smt.paths import Path
from checker.smt.steps import events_from


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a goal is decided at a place (violated, or reached), and whether it is undefined there."""

    goal: Goal
    decided: Literal
    undefined: Literal


def judge(encoding: Encoding, goal: Goal, here: Evaluator, before: Frame | None) -> Judged:
    """Return what becomes of a goal in a state, or in the step to it from the state `before`.

    Raises:
        QuoraxError: Y002, where deadlock is asked for and there are too many ways to act.

    """
    circuit = encoding.circuit
    if goal.kind == "deadlock":
        enabled = [
            literal
            for event in events_from(encoding, here)
            for literal in (event.outcome.enabled, event.outcome.error, *event.outcome.cuts.values())
        ]
        here.take_faults()
        return Judged(goal, -circuit.disjunction(enabled), FALSE)
    assert goal.body is not None
    changed = TRUE
    if goal.kind == "transition":
        if before is None:
            return Judged(goal, FALSE, FALSE)
        changed = -circuit.conjunction(encoding.algebra.equal(before[name], here.frame[name]) for name in before)
    value = here.formula(goal.body, {}, Path().then(changed))
    undefined = here.take_faults()
    is_sought = value if goal.sought else -value
    return Judged(goal, circuit.conjunction((changed, is_sought, -undefined)), undefined)
