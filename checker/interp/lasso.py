"""What a lasso says about a temporal property: that it is fair, and violates the formula, seen once more.

The formula is evaluated on the states of the trace, and fairness on what the machine enables and does in them: nothing
of what found the lasso is trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from checker.diagnostics import NOWHERE, error
from checker.interp.annotate import noted
from checker.interp.edges import predicate_of, steps_of
from checker.interp.machine import Machine, Next, Outcome, StateValues
from checker.temporal.constraints import Constraints
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import atoms_of
from checker.temporal.lasso import is_satisfied
from checker.trace.trace import Blame, Note, Trace


def violating(trace: Trace, machine: Machine, asked: TemporalProperty, title: str = "") -> Trace:
    """Return the trace, a lasso, with what it says about a property; a given title stands.

    Notes say where a predicate of the formula changes its value, and what the cycle leaves out though it could be done.

    Raises:
        QuoraxError: T203, if the trace is no lasso or satisfies the formula; T205, if it is not fair.

    """
    again = trace.loop_start
    if again is None:
        raise error(NOWHERE, "T203", f"the trace ends: only an infinite behaviour can violate {asked.name}")
    moments = trace.states[:-1] if again < len(trace.steps) else trace.states
    word = _word(moments, machine, asked)
    if is_satisfied(asked.formula, word, again):
        raise error(NOWHERE, "T203", f"{asked.name} is true of this behaviour")
    cycle, outcomes = moments[again:], [machine.outcomes(state) for state in moments[again:]]
    _check_fair(cycle, outcomes, machine, asked)
    blame = Blame(asked.name, "temporal", asked.text, "", asked.span)
    trace = replace(trace, title=title or _title(trace, asked), blame=blame)
    trace = _with_changes(trace, [*word, word[again]][: len(trace.steps) + 1], asked)
    left_out = _left_out(cycle, outcomes)
    return (
        noted(trace, again, Note("loop", f"never taken, though enabled throughout: {left_out}")) if left_out else trace
    )


def _word(moments: Sequence[StateValues], machine: Machine, asked: TemporalProperty) -> list[frozenset[str]]:
    """Return which predicates are true at each moment."""
    predicates = {name: predicate_of(machine, name) for name in atoms_of(asked.formula)}
    return [frozenset(name for name, is_true in predicates.items() if is_true(state)) for state in moments]


def _check_fair(
    cycle: Sequence[StateValues], outcomes: Sequence[list[Outcome]], machine: Machine, asked: TemporalProperty
) -> None:
    """Complain about a constraint that going round these states for ever does not meet.

    Raises:
        QuoraxError: T205.

    """
    constraints = Constraints(machine.system, (asked,))
    ever, always, taken = 0, -1, 0
    for state, possible, after in zip(cycle, outcomes, _following(cycle), strict=True):
        enabled, served = steps_of(state, possible, constraints)
        ever, always, taken = ever | enabled, always & enabled, taken | served.get(after, 0)
    weak, strong = constraints.of_property(asked, "weak"), constraints.of_property(asked, "strong")
    for unmet, when in ((weak & always & ~taken, "in each state"), (strong & ever & ~taken, "in a state")):
        if unmet:
            name = constraints.names(unmet, machine.instance)[0]
            raise error(NOWHERE, "T205", f"the cycle is not fair: {name} is enabled {when} of it, and never taken")


def _following(cycle: Sequence[StateValues]) -> list[StateValues]:
    """Return the state after each state of a cycle."""
    return [*cycle[1:], cycle[0]]


def _title(trace: Trace, asked: TemporalProperty) -> str:
    assert trace.loop_start is not None, "the trace is a lasso"
    length = len(trace.steps) - trace.loop_start
    after = f"after step {trace.loop_start}" if trace.loop_start else "from the initial state on"
    if not length:
        return f"{asked.name} is violated: nothing happens any more {after}"
    return f"{asked.name} is violated: a cycle of {length} step{'s' * (length != 1)} goes on for ever {after}"


def _with_changes(trace: Trace, word: Sequence[frozenset[str]], asked: TemporalProperty) -> Trace:
    """Return the trace with a note on each step that makes a predicate of the formula true, or false again."""
    steps = [
        replace(step, notes=(*step.notes, *_changes(before, after, asked)))
        for step, (before, after) in zip(trace.steps, pairwise(word), strict=True)
    ]
    return replace(trace, steps=tuple(steps))


def _changes(before: frozenset[str], after: frozenset[str], asked: TemporalProperty) -> list[Note]:
    return [
        Note("fact", f"{name} becomes true" if name in after else f"{name} becomes false")
        for name in atoms_of(asked.formula)
        if (name in before) != (name in after)
    ]


def _left_out(cycle: Sequence[StateValues], outcomes: Sequence[list[Outcome]]) -> str:
    """Return the actions that could change each state of a cycle, and never do."""
    enabled: dict[str, int] = {}
    taken: set[str] = set()
    for state, possible, after in zip(cycle, outcomes, _following(cycle), strict=True):
        steps = [o for o in possible if not isinstance(o, Next) or o.state != state]
        for action in dict.fromkeys(step.action for step in steps):
            enabled[action] = enabled.get(action, 0) + 1
        taken.update(o.action for o in steps if isinstance(o, Next) and o.state == after)
    return ", ".join(action for action, count in enabled.items() if count == len(cycle) and action not in taken)
