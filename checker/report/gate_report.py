"""What a run of the gate found, as data: the gate fills it in, the other files of this folder show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from checker.trace.verdict import Report, Unknown, Verdict

FailureKind: TypeAlias = Literal[
    "verdict",
    "survivor",
    "vacuous",
    "undetermined",
    "checker",
    "changed",
    "bounds",
    "count",
    "coverage",
    "stale",
    "missing",
    "orphan",
    "edited",
    "spec",
    "internal",
]
"""Why the gate fails.

verdict       the verdict, or the length of the trace, is not what the spec expects
survivor      a mutant that should be refuted is not
vacuous       a witness is not reached, or nothing ever happens
undetermined  there is no verdict
checker       what came out changed, though nothing that it depends on did
changed       the verdict, or what it rests on, is not what the lock records
bounds        the instance or the bounds hit are not what the lock records
count         the state graph is not as big as the spec or the lock says
coverage      an action fires no more
stale         the model or the property is not the one that the lock records
missing       the lock has no entry for the obligation
orphan        the lock has an entry without obligation
edited        an entry of the lock is not as the gate wrote it
spec          a spec, or its model, is in error
internal      the checker itself failed
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason why the gate fails, in one line; `detail` is what else there is to read. `obligation` is an id."""

    kind: FailureKind
    obligation: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one obligation. `report` is None if no engine ran; a report may serve several outcomes."""

    id: str
    model: str
    place: str
    property: str
    engine: str
    expected: str
    verdict: Verdict
    report: Report | None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class GateReport:
    """One run of the gate. `failures` belong to no single obligation that was run."""

    preset: str | None
    lock: str
    outcomes: tuple[Outcome, ...]
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    is_updated: bool = False

    @property
    def all_failures(self) -> tuple[Failure, ...]:
        """The failures of the whole run first, then those of each obligation."""
        return self.failures + tuple(f for o in self.outcomes for f in o.failures)

    @property
    def is_ok(self) -> bool:
        """Whether something was run, all of it was decided, and nothing failed."""
        decided = all(not isinstance(o.verdict, Unknown) for o in self.outcomes)
        return bool(self.outcomes) and decided and not self.all_failures

    @property
    def exit_code(self) -> int:
        """4 if the checker failed, else 2 for bad input, 1 for a difference, 3 if something is undetermined, 0."""
        kinds = {f.kind for f in self.all_failures}
        if "internal" in kinds:
            return 4
        if "spec" in kinds:
            return 2
        if kinds - {"undetermined"}:
            return 1
        return 0 if self.is_ok else 3
