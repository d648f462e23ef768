"""Checking refinement: an engine that asks another one about steps, and the reference that takes them one by one.

The interpreter checks refinement by its definition: every step of every reachable state is mapped, and looked for among
the successors of the mapped state. All other engines are asked about the same steps as a transition invariant, which
`checker.ir.refinement` writes; so the two know nothing of each other. What no expression says is left to the reference,
and a violation is explained by the reference whoever found it. Initial states are always mapped by the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from checker.diagnostics import QuoraxError
from checker.interp.conclude import report_of, undecided
from checker.interp.explore import Exploration, Found
from checker.interp.goals import Goal
from checker.interp.image import Image
from checker.interp.machine import Machine, StateValues
from checker.interp.meter import Meter
from checker.interp.refusal import explained
from checker.interp.replay import replay
from checker.interp.watch import UndefinedError, Watch, starts
from checker.ir.instance import Instance
from checker.ir.refinement import InexpressibleError, StepGoals, step_goals
from checker.ir.system import Property, System
from checker.trace.trace import Trace
from checker.trace.verdict import Engine, Limits, Progress, Report, Request, Result, Unknown, Verdict, Violated

REFERENCE = "interp"
"""The engine whose refinements the reference judges."""

INTERRUPTED = "interrupted"
"""What an engine says that a person stopped."""

COMPILED = "explicit"
"""The engine that leaves to the reference what no expression says."""


@dataclass(slots=True)
class _Claim:
    """A refinement that is asked for. `bounds` are those of the coarser model that may be why a step is none of it."""

    image: Image
    goals: StepGoals | None
    obstacle: str
    verdict: Verdict | None = None
    bounds: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.image.refinement.name

    @property
    def goal(self) -> Goal:
        """What a search by the reference looks for."""
        return Goal(self.name, "transition", None)

    @property
    def properties(self) -> tuple[Property, ...]:
        """What other engines are asked: whether all steps refine, and if there are bounds, whether they are excused."""
        assert self.goals is not None
        found = self.image.refinement
        doc = f"every step is a step of {found.coarse.name}, or changes nothing there"
        asked = [Property(found.name, "transition", self.goals.step, doc, span=found.span)]
        if self.goals.excused is not None:
            asked.append(Property(self.excused, "transition", self.goals.excused, doc, span=found.span))
        return tuple(asked)

    @property
    def excused(self) -> str:
        return f"{self.name}, bounds excused"


class Refining:
    """An engine that checks refinements too. Implements `checker.trace.verdict.Engine`."""

    def __init__(self, inner: Engine) -> None:
        self.inner = inner
        self.name = inner.name

    def run(
        self,
        system: System,
        instance: Instance,
        request: Request,
        progress: Callable[[Progress], None] | None = None,
        base: System | None = None,
    ) -> Report:
        """Return the report of the engine inside, with results for the refinements of `system` that are asked for.

        Raises:
            QuoraxError: as the engine inside.

        """
        asked = [r for r in system.refinements if r.name in request.properties]
        if not asked:
            return self.inner.run(system, instance, request, progress, base)
        machine = Machine(system, instance)
        claims = [_claim(Image(machine, r)) for r in asked]
        names = {c.name for c in claims}
        plain = replace(request, properties=tuple(n for n in request.properties if n not in names))
        try:
            initial = starts(machine)[0]
        except UndefinedError:  # the engine inside meets it again, and tells it with its place
            report = self.inner.run(system, instance, plain, progress, base)
            return _merged([report], claims, request, remark=())
        for claim in claims:
            claim.verdict = _at_start(claim, machine, initial)
        open_claims = [c for c in claims if c.verdict is None]
        walked = [c for c in open_claims if self._is_for_reference(c, request)]
        told = [c for c in open_claims if c not in walked and c.goals is not None]
        for claim in open_claims:
            if claim not in (*walked, *told):
                claim.verdict = Unknown(f"{self.name} cannot say what {claim.obstacle} does: use check --engine interp")
        reports = []
        if told or plain.properties or plain.witnesses or plain.temporal:
            reports.append(self._told(system, instance, plain, told, progress, base))
        elif not walked:  # nothing is left to ask
            at_once = replace(plain, limits=replace(plain.limits, depth=0))
            reports.append(self.inner.run(system, instance, at_once, progress, base))
        unfinished = next((r for r in reports if r.stopped_by == INTERRUPTED or r.error is not None), None)
        if walked and unfinished is not None:
            for claim in walked:
                claim.verdict = Unknown(f"not every step was looked at: {unfinished.stopped_by}")
        elif walked:
            meter = Meter(REFERENCE, _left(request.limits, reports), progress)
            reports.append(_walked(machine, walked, request, meter, base))
        return _merged(reports, claims, request, remark=self._remark(walked))

    def _is_for_reference(self, claim: _Claim, request: Request) -> bool:
        is_left_over = self.name == COMPILED and claim.goals is None
        return not request.runs and (self.name == REFERENCE or is_left_over)

    def _remark(self, walked: Sequence[_Claim]) -> tuple[str, ...]:
        """Return which refinements the engine inside had nothing to do with, and why."""
        if self.name == REFERENCE:
            return ()
        return tuple(
            f"the interpreter decided {c.name}, some hundred times slower: compiled code does without {c.obstacle}"
            for c in walked
        )

    def _told(
        self,
        system: System,
        instance: Instance,
        plain: Request,
        told: Sequence[_Claim],
        progress: Callable[[Progress], None] | None,
        base: System | None,
    ) -> Report:
        """Ask the engine inside, and let the reference explain what it finds."""
        added = tuple(p for c in told for p in c.properties)
        extended = replace(system, properties=(*system.properties, *added), refinements=())
        request = replace(plain, properties=(*plain.properties, *(p.name for p in added)))
        report = self.inner.run(extended, instance, request, progress, base)
        found = {r.property: r.verdict for r in report.results}
        for claim in told:
            claim.verdict = _settled(claim, found[claim.name], found.get(claim.excused))
        kept = tuple(r for r in report.results if r.property not in {p.name for p in added})
        return replace(report, system=system, results=kept)


def _claim(image: Image) -> _Claim:
    try:
        return _Claim(image, step_goals(image.refinement), "")
    except InexpressibleError as obstacle:
        return _Claim(image, None, str(obstacle))


def _at_start(claim: _Claim, machine: Machine, initial: Sequence[StateValues]) -> Verdict | None:
    """Return the verdict on a claim that some initial state refutes, or None.

    Raises:
        QuoraxError: the mapping has no value in an initial state, or the coarser model none to begin in.

    """
    try:
        refuting = next((state for state in initial if not claim.image.is_start(state)), None)
    except UndefinedError as undefined:
        raise QuoraxError([undefined.error.diagnostic]) from undefined
    if refuting is None:
        return None
    if claim.image.bounds_at_start:
        return _cut(claim, claim.image.bounds_at_start)
    return Violated(explained(Trace(machine.system, machine.instance, refuting, ()), claim.image))


def _settled(claim: _Claim, step: Verdict, excused: Verdict | None) -> Verdict:
    """Return the verdict on a claim from those on its goals."""
    decisive = step if excused is None else excused
    if isinstance(decisive, Violated):
        return Violated(explained(decisive.trace, claim.image))
    if isinstance(step, Violated):
        bounds = claim.image.bounds(step.trace.states[-2])
        return _cut(claim, bounds)
    return decisive if isinstance(decisive, Unknown) else step


def _cut(claim: _Claim, bounds: frozenset[str] | set[str]) -> Unknown:
    coarse = claim.image.refinement.coarse.name
    named = ", ".join(sorted(bounds))
    return Unknown(f"a step is none of {coarse}, perhaps only because {coarse} is cut by {named}: enlarge {named}")


def _left(limits: Limits, reports: Sequence[Report]) -> Limits:
    """Return the limits of a search that comes after others: what they took of the time is gone."""
    if limits.seconds is None:
        return limits
    return replace(limits, seconds=max(0.0, limits.seconds - sum(r.seconds for r in reports)))


class _StepWatch(Watch):
    """Judges steps by their images."""

    def __init__(self, machine: Machine, claims: Sequence[_Claim]) -> None:
        super().__init__(machine, ())
        self._open = list(claims)

    @property
    def is_done(self) -> bool:
        return not self._open

    def in_step(self, before: StateValues, after: StateValues) -> list[Goal]:
        """Return the goals of the claims that a step refutes."""
        refuted: list[_Claim] = []
        for claim in self._open:
            if before != after and not claim.image.is_step(before, after):
                bounds = claim.image.bounds(before)
                claim.bounds |= bounds
                refuted += [] if bounds else [claim]
        self._open = [c for c in self._open if c not in refuted]
        return [c.goal for c in refuted]


def _walked(machine: Machine, claims: Sequence[_Claim], request: Request, meter: Meter, base: System | None) -> Report:
    """Explore by the reference, and judge every step."""
    exploration = Exploration(machine, (), request.limits, exhaust=request.exhaust, look=meter.look)
    exploration.watch = _StepWatch(machine, claims)
    exploration.run()
    for claim in claims:
        found = exploration.decided.get(claim.goal)
        if found is not None:
            claim.verdict = Violated(_trace(exploration, found, claim, base))
        else:
            claim.verdict = _cut(claim, claim.bounds) if claim.bounds else undecided(exploration, claim.goal)
    return replace(report_of(exploration, (), REFERENCE, base), seconds=meter.seconds)


def _trace(exploration: Exploration, found: Found, claim: _Claim, base: System | None) -> Trace:
    machine = exploration.machine
    initial, path = exploration.path(found)
    return explained(replay(machine.system, machine.instance, initial, path, base=base), claim.image)


def _merged(
    reports: Sequence[Report], claims: Sequence[_Claim], request: Request, *, remark: tuple[str, ...]
) -> Report:
    """Return one report with the results in the order in which they were asked for: properties, then the others."""
    first = reports[0]
    verdicts = {c.name: Result(c.name, "transition", c.verdict or Unknown("not judged")) for c in claims}
    others = {r.property: r for r in first.results if r.kind in ("invariant", "transition", "deadlock")}
    properties = [verdicts.get(n) or others[n] for n in request.properties if n in verdicts or n in others]
    rest = [r for r in first.results if r not in properties]
    return replace(
        first,
        results=(*properties, *rest),
        complete=all(r.complete for r in reports),
        stopped_by=next((r.stopped_by for r in reports if r.stopped_by), ""),
        warnings=tuple(dict.fromkeys((*remark, *(w for r in reports for w in r.warnings)))),
        seconds=sum(r.seconds for r in reports),
        error=next((r.error for r in reports if r.error is not None), None),
    )
