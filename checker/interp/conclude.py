"""From what an exploration found to a report: verdicts with replayed traces, bounds, coverage and warnings."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from checker.interp.explain import span_text
from checker.interp.explore import Found
from checker.interp.goals import Goal
from checker.interp.machine import Machine, StateValues
from checker.interp.replay import Move, replay
from checker.interp.statements import Guard
from checker.interp.watch import UndefinedError
from checker.ir.absence import foreign_absences
from checker.ir.expr import Local, Member, State
from checker.ir.system import Require, System
from checker.ir.walk import walk_statements
from checker.trace.trace import Trace
from checker.trace.verdict import (
    BoundHit,
    Counts,
    GuardCoverage,
    Holds,
    ModelErrorFound,
    Reached,
    Report,
    Result,
    Unknown,
    Unreached,
    Verdict,
    Violated,
)


class Findings(Protocol):
    """What a search that has ended knows, whoever made it."""

    machine: Machine
    decided: dict[Goal, Found]
    undefined: UndefinedError | None
    undefined_at: Found | None
    is_complete: bool
    stopped_by: str
    complete_to: int | None
    cuts: Counter[str]
    fired: Counter[str]

    @property
    def counts(self) -> Counts:
        """What was counted."""
        ...

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Every `require` in program order, with how often it was met; none where that was not counted."""
        ...

    @property
    def vacuous(self) -> tuple[str, ...]:
        """The invariants whose range was empty in every state."""
        ...

    def path(self, found: Found) -> tuple[StateValues, list[Move]]:
        """Return the initial state and the moves that lead to where something was found."""
        ...


def report_of(exploration: Findings, goals: tuple[Goal, ...], engine: str, base: System | None) -> Report:
    """Return the report of an exploration that has ended, its results in the order of `goals`."""
    machine = exploration.machine
    guards = tuple(
        coverage_of(g) for g in exploration.guards
    )  # before paths are found again, which counts guards once more
    return Report(
        machine.system,
        machine.instance,
        engine,
        tuple(Result(g.name, g.kind, _verdict(exploration, g, base)) for g in goals),
        exploration.counts,
        exploration.is_complete,
        exploration.stopped_by,
        tuple(BoundHit(bound, count) for bound, count in sorted(exploration.cuts.items())),
        tuple((a.name, exploration.fired[a.name]) for a in machine.system.actions),
        guards,
        _warnings(exploration, guards) if exploration.is_complete else (),
        error=None if exploration.undefined is None else _error(exploration, exploration.undefined, base),
        vacuous=exploration.vacuous if exploration.is_complete else (),
    )


def _verdict(exploration: Findings, goal: Goal, base: System | None) -> Verdict:
    found = exploration.decided.get(goal)
    if found is not None:
        trace = _trace(exploration, found, base, property=goal.name)
        return Reached(trace) if goal.kind == "witness" else Violated(trace)
    return undecided(exploration, goal)


def undecided(exploration: Findings, goal: Goal) -> Verdict:
    """Return the verdict on a goal that nothing decided."""
    if exploration.complete_to is not None:
        what = "not reached" if goal.kind == "witness" else "no violation"
        return Unknown(f"{what} within {exploration.complete_to} steps; what is deeper was not explored", "depth")
    if not exploration.is_complete:
        return Unknown(f"not every state was explored: {exploration.stopped_by}")
    if goal.kind != "witness":
        return Holds("exhaustive")
    if exploration.cuts:
        bounds = ", ".join(sorted(exploration.cuts))
        return Unknown(f"not reached within the bounds: {exploration.cuts.total():,} transitions were cut by {bounds}")
    return Unreached()


def _trace(exploration: Findings, found: Found, base: System | None, *, property: str = "", title: str = "") -> Trace:
    machine = exploration.machine
    initial, path = exploration.path(found)
    return replay(machine.system, machine.instance, initial, path, property=property, title=title, base=base)


def _error(exploration: Findings, undefined: UndefinedError, base: System | None) -> ModelErrorFound:
    diagnostic = undefined.error.diagnostic
    found = exploration.undefined_at
    title = f"{undefined.place}: {diagnostic.message}"
    trace = None if found is None else _trace(exploration, found, base, title=title)
    return ModelErrorFound(diagnostic, undefined.place, trace)


def coverage_of(guard: Guard) -> GuardCoverage:
    """Return how often a `require` was reached and refused, with its text."""
    return GuardCoverage(guard.action, guard.span.line, span_text(guard.span), guard.reached, guard.refused)


def _warnings(exploration: Findings, guards: tuple[GuardCoverage, ...]) -> tuple[str, ...]:
    """Return what makes a complete run say less than it seems to: the most telling first."""
    system = exploration.machine.system
    never = [f"action {a.name} is never taken" for a in system.actions if not exploration.fired[a.name]]
    vacuous = [f"{name} says nothing: its range is empty in every state" for name in exploration.vacuous]
    absent = [
        f"{a.name} tests that others have not sent something (line {span.line}), which {a.process} cannot know"
        for a, span in foreign_absences(system)
    ]
    receipts = [r for a in system.actions for r in walk_statements(a.body) if isinstance(r, Require)]
    idle = [
        f"{g.action} could do without {g.text or 'a require'} (line {g.line}), which is never false"
        for g, r in (zip(guards, receipts, strict=True) if guards else ())
        if g.reached and not g.refused and not _is_receipt(r)
    ]
    return (*never, *vacuous, *absent, *idle)


def _is_receipt(guard: Require) -> bool:
    """Return whether a guard asks for a message parameter in a network: never false, but it says what is received."""
    match guard.condition:
        case Member(element=Local(), collection=State()):
            return True
        case _:
            return False
