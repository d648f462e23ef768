"""What a trace says about its property: the title, the blame, and the notes beside the steps that matter."""

from __future__ import annotations

from dataclasses import replace

from checker.diagnostics import NOWHERE, error
from checker.interp.errors import ModelError
from checker.interp.explain import Explainer, Fact, Reason, describe, source_text
from checker.interp.goals import Goal
from checker.interp.machine import Cut, Failure, Machine, Next
from checker.ir.expr import Call, Expr, State
from checker.ir.system import System
from checker.ir.walk import walk
from checker.trace.trace import Blame, Note, Trace


def annotated(trace: Trace, machine: Machine, goal: Goal, title: str = "") -> Trace:
    """Return the trace with its end explained by `goal`; a given title stands.

    Raises:
        QuoraxError: T203, if the last state or step does not decide the goal.

    """
    reason = _deadlock(trace, machine) if goal.body is None else _reason(trace, machine, goal)
    trace = replace(trace, title=title or _title(trace, goal, reason, machine), blame=_blame(goal, reason, machine))
    for fact in reason.facts:
        since = _true_since(fact, trace, machine)
        if since is not None:
            trace = noted(trace, since, Note("fact", fact.text))
    return noted(trace, len(trace.steps), Note(*_last_remark(goal, reason, machine)))


def _reason(trace: Trace, machine: Machine, goal: Goal) -> Reason:
    """Return why the last state or step decides the goal."""
    assert goal.body is not None, "deadlock has no predicate"
    states = trace.states
    old = None
    if goal.kind == "transition":
        if len(states) < 2 or states[-1] == states[-2]:
            raise error(NOWHERE, "T203", f"the trace does not end in a step that changes the state: {goal.name} holds")
        old = states[-2]
    if machine.evaluate(goal.body, states[-1], {}, old) != goal.sought:
        raise error(NOWHERE, "T203", f"{goal.name} is {not goal.sought} at the end of the trace")
    return Explainer(machine, states[-1], old).reason(goal.body, {}, goal.sought)


def _deadlock(trace: Trace, machine: Machine) -> Reason:
    if any(isinstance(o, Next | Cut | Failure) for o in machine.outcomes(trace.states[-1])):
        raise error(NOWHERE, "T203", "an action is enabled at the end of the trace: it is no deadlock")
    return Reason()


def _blame(goal: Goal, reason: Reason, machine: Machine) -> Blame | None:
    if goal.kind == "witness":
        return None
    if reason.conjunct is None:
        return Blame(goal.name, goal.kind, goal.doc, "", goal.span)
    text = source_text(reason.conjunct, machine)
    return Blame(goal.name, goal.kind, goal.doc, text, reason.conjunct.span, reason.witnesses)


def _title(trace: Trace, goal: Goal, reason: Reason, machine: Machine) -> str:
    count = len(trace.steps)
    place = f"at step {count}" if count else "in the initial state"
    if goal.kind == "deadlock":
        return f"deadlock {place}: no action is enabled"
    verb = "is reached" if goal.kind == "witness" else "is violated"
    details = describe(reason.witnesses, machine)
    return f"{goal.name} {verb} {place}" + (f" ({details})" if details else "")


def _last_remark(goal: Goal, reason: Reason, machine: Machine) -> tuple[str, str]:
    details = describe(reason.witnesses, machine)
    match goal.kind:
        case "deadlock":
            return "violation", "no action is enabled"
        case "witness":
            return "fact", f"{goal.name}: {details}" if details else goal.name
        case _:
            return "violation", f"{goal.name} is violated: {details}" if details else f"{goal.name} is violated"


def _true_since(fact: Fact, trace: Trace, machine: Machine) -> int | None:
    """Return the first state from which a fact is true to the end; None for a fact about the state before a step."""
    if _reads_old(fact.expr, machine.system):
        return None
    since = None
    for index, state in reversed(list(enumerate(trace.states))):
        try:
            if not machine.evaluate(fact.expr, state, fact.locals):
                break
        except ModelError:
            break  # a fact that has no meaning yet is not true yet
        since = index
    return since


def _reads_old(expr: Expr, system: System) -> bool:
    """Return whether an expression is about the state before a step."""
    for part in walk(expr):
        if isinstance(part, State) and part.old:
            return True
        if isinstance(part, Call) and (part.old or system.function(part.function).of_step):
            return True
    return False


def noted(trace: Trace, index: int, note: Note) -> Trace:
    """Return the trace with a note on the step to the state `index` (0: on the initial state)."""
    if index == 0:
        return replace(trace, initial_notes=(*trace.initial_notes, note))
    step = trace.steps[index - 1]
    noted = replace(step, notes=(*step.notes, note))
    return replace(trace, steps=(*trace.steps[: index - 1], noted, *trace.steps[index:]))
