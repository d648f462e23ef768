"""Verdicts, results and reports. A verdict is never a bool, and a bound that was hit is never silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from checker.diagnostics import Diagnostic
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.temporal.fairness import TemporalProperty
from checker.trace.trace import Trace

How: TypeAlias = Literal["exhaustive", "depth", "inductive", "any_size", "simulation"]
Kind: TypeAlias = Literal["invariant", "transition", "deadlock", "witness", "temporal"]

DEADLOCK = "deadlock"
"""The name under which freedom from deadlock is asked for and reported."""


@dataclass(frozen=True, slots=True)
class Holds:
    """The property is true of every behaviour, within the bounds that the report names."""

    how: How


@dataclass(frozen=True, slots=True)
class Violated:
    trace: Trace


@dataclass(frozen=True, slots=True)
class Reached:
    """A witness: the trace ends in a state in which the predicate is true."""

    trace: Trace


@dataclass(frozen=True, slots=True)
class Unreached:
    """The predicate is false in every reachable state, and no bound cut the search: a violated witness."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No verdict; `reason` says what stopped the engine, in words a person can act on.

    `example` is a counterexample to induction: a behaviour that begins in a state that need not be reachable.
    """

    reason: str
    how: How | None = None
    example: Trace | None = None


Verdict: TypeAlias = Holds | Violated | Reached | Unreached | Unknown


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one property."""

    property: str
    kind: Kind
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ModelErrorFound:
    """The model itself is wrong: a reachable step or predicate is undefined, or stores a value outside its type.

    `place` says where ("promise(a1, Prepare(0))", "the invariant agreement"). `trace` leads to the state in which it
    is undefined; None if that is an initial action. Whoever prints a report with an error exits with 2.
    """

    diagnostic: Diagnostic
    place: str
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class BoundHit:
    """`count` distinct (state, action, arguments) were cut at the bound called `bound`."""

    bound: str
    count: int


@dataclass(frozen=True, slots=True)
class GuardCoverage:
    """How often a `require` was reached, and how often it was false; never false means that it guards nothing."""

    action: str
    line: int
    text: str
    reached: int
    refused: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What was explored. `distinct` counts states, `generated` the enabled (action, arguments, choices) taken plus
    the initial states, `depth` the longest shortest path in actions, `terminal` states without any step or cut.
    """

    distinct: int = 0
    stored: int = 0
    generated: int = 0
    depth: int = 0
    terminal: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What one engine run found. `complete` says that every reachable state within the bounds was visited.

    `vacuous` names the invariants that hold only because they say nothing about any state (`all(… for … if …)` whose
    range is always empty), and temporal properties of the form "whenever p" where p is never true, after a complete
    run. `symmetry` says of which sorts how many members were interchangeable: "Acceptor 3!". If it `is_reduced`, by
    partial-order reduction, states and steps were left out, and counts are of what was visited. `notes` say how a
    verdict came about: what each step of a proof needed.
    """

    system: System
    instance: Instance
    engine: str
    results: tuple[Result, ...]
    counts: Counts
    complete: bool
    stopped_by: str = ""
    bounds_hit: tuple[BoundHit, ...] = ()
    coverage: tuple[tuple[str, int], ...] = ()
    guards: tuple[GuardCoverage, ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    seed: int | None = None
    error: ModelErrorFound | None = None
    vacuous: tuple[str, ...] = ()
    symmetry: str = ""
    is_reduced: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Where an engine gives up. None means no limit."""

    states: int | None = None
    depth: int | None = None
    seconds: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A look at a running engine. Rates are states per second since the start; memory is the process's peak."""

    engine: str
    distinct: int
    generated: int
    depth: int
    queue: int
    seconds: float
    memory_bytes: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What to check. Invariants and transition invariants by name, `DEADLOCK` for deadlock, witnesses by the name of
    a predicate (a helper of the model that takes no parameters and returns bool). Temporal properties name predicates
    and actions of the model themselves; only a complete exploration decides them.

    An engine may stop when everything asked for is decided; if `exhaust`, it goes on, so that counts and coverage are
    complete.
    """

    properties: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    seed: int = 0
    runs: int = 0
    exhaust: bool = False
    temporal: tuple[TemporalProperty, ...] = ()


class Engine(Protocol):
    """What every engine is to its callers."""

    name: str

    def run(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None = None,
        base: System | None = None,
    ) -> Report:
        """Return the report; KeyboardInterrupt ends the run early with `complete=False`.

        `base` is the model that `system` is a mutant of: traces then mark the first step it would not have taken.
        """
        ...


def exit_code(results: Iterable[Result]) -> int:
    """Return the command line's exit code: 1 if anything is violated, else 3 if anything is unknown, else 0.

    Nothing judged is nothing known: 3.
    """
    verdicts = [r.verdict for r in results]
    if any(isinstance(v, Violated | Unreached) for v in verdicts):
        return 1
    return 3 if not verdicts or any(isinstance(v, Unknown) for v in verdicts) else 0
