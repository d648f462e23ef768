"""What the specs demand, verdict by verdict, and how few engine runs can deliver it.

An obligation is one verdict on one property. Its id is stable, for the lock and for people::

    paxos/small/agreement/interp
    paxos/small/witness:decided/interp
    paxos/mutant:pick_lowest@three_ballots/agreement/interp
    paxos/any_size/agreement/smt
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from checker.diagnostics import Span
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.spec.presets import selected
from checker.spec.resolve import ResolvedSpec
from checker.spec.temporal import ENGINES, temporal_properties
from checker.spec.tree import (
    CheckDecl,
    Demand,
    Expectation,
    ExpectedCounts,
    LimitsDecl,
    MutantDecl,
    Name,
    ProveDecl,
    WitnessDecl,
)
from checker.temporal.fairness import TemporalProperty
from checker.trace.verdict import Limits, Request

ANY_SIZE = "any_size"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One verdict that a spec demands. `unsupported` says why this version cannot give it, if it cannot.

    `place` says what is checked and where: "small", "mutant:pick_lowest@three_ballots", "any_size". `mutant` is "" for
    the model itself. `temporal` is the property, if it is a temporal one.
    """

    id: str
    demand: Literal["check", "witness", "mutant", "prove"]
    model: str
    place: str
    mutant: str
    instance: str
    property: str
    engine: str
    expectation: Expectation
    counts: ExpectedCounts
    span: Span
    unsupported: str = ""
    temporal: TemporalProperty | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One engine run and the obligations it decides; `base` is the model, if `system` is a mutant of it."""

    system: System
    base: System | None
    instance: Instance
    engine: str
    request: Request
    obligations: tuple[Obligation, ...]


def obligations_of(spec: ResolvedSpec, preset: str | None = None) -> tuple[Obligation, ...]:
    """Return the obligations of a spec in source order; only those of a preset that the spec has, if one is named."""
    demands = spec.spec.demands if preset is None else selected(spec.spec, preset)
    return tuple(obligation for demand in demands for obligation in _obligations(spec, demand))


def runs_of(spec: ResolvedSpec, obligations: Iterable[Obligation]) -> tuple[Run, ...]:
    """Return the runs that decide the supported obligations: one for each system, instance, engine and depth.

    Refinements have runs of their own: the models that they name are no part of what other obligations rest on.
    """
    groups: dict[tuple[str, str, str, int | None, bool], list[Obligation]] = {}
    for obligation in obligations:
        if not obligation.unsupported:
            is_refinement = obligation.property in spec.model.refinements
            where = (obligation.mutant, obligation.instance, obligation.engine)
            key = (*where, obligation.expectation.depth, is_refinement)
            groups.setdefault(key, []).append(obligation)
    return tuple(_run(spec, group) for group in groups.values())


def _run(spec: ResolvedSpec, group: list[Obligation]) -> Run:
    first = group[0]
    limits = _limits(spec, first.instance, first.expectation.depth)
    request = Request(
        properties=tuple(o.property for o in group if o.demand != "witness" and o.temporal is None),
        witnesses=tuple(o.property for o in group if o.demand == "witness"),
        limits=limits,
        exhaust=any(o.counts != ExpectedCounts() for o in group),
        temporal=tuple(o.temporal for o in group if o.temporal is not None),
    )
    base = spec.model.system if first.mutant else None
    instance = spec.instances[first.mutant, first.instance]
    refined = {o.property for o in group} & spec.model.refinements.keys()
    system = spec.model.refining(refined, first.mutant) if refined else spec.system(first.mutant)
    return Run(system, base, instance, first.engine, request, tuple(group))


def _limits(spec: ResolvedSpec, instance: str, depth: int | None) -> Limits:
    for s in spec.spec.statements:
        if isinstance(s, LimitsDecl) and s.instance.text == instance:
            return Limits(s.states, depth, s.seconds, s.memory_bytes)
    return Limits(depth=depth)


def _obligations(spec: ResolvedSpec, demand: Demand) -> Iterator[Obligation]:
    """Yield the obligations of one statement: each property by each engine."""
    model = spec.model.name
    kind: Literal["check", "witness", "mutant", "prove"]
    mutant, instance, counts = "", ANY_SIZE, ExpectedCounts()
    match demand:
        case CheckDecl():
            kind, instance, counts, place = "check", demand.instance.text, demand.counts, demand.instance.text
        case WitnessDecl():
            kind, instance, place = "witness", demand.instance.text, demand.instance.text
        case MutantDecl():
            kind, mutant, instance = "mutant", demand.mutant.text, demand.instance.text
            place = f"mutant:{mutant}@{instance}"
        case ProveDecl():
            kind, place = "prove", ANY_SIZE
    expectation = demand.expectation if isinstance(demand, CheckDecl | MutantDecl) else Expectation("hold")
    declared = temporal_properties(spec.spec) if kind != "witness" else {}
    for engine in demand.engines:
        for name in _properties(demand):
            shown = f"witness:{name}" if kind == "witness" else name.text
            yield Obligation(
                id=f"{model}/{place}/{shown}/{engine}",
                demand=kind,
                model=model,
                place=place,
                mutant=mutant,
                instance=instance,
                property=name.text,
                engine=engine.text,
                expectation=expectation,
                counts=counts,
                span=name.span,
                unsupported=_unsupported(kind, name.text in declared, engine.text),
                temporal=declared.get(name.text),
            )


def _properties(demand: Demand) -> tuple[Name, ...]:
    if isinstance(demand, WitnessDecl):
        return demand.predicates
    return tuple(Name(claim.name, claim.span) for claim in demand.claims)


def _unsupported(kind: str, is_temporal: bool, engine: str) -> str:
    if kind == "prove":
        return "proofs for any size are not supported by this version"
    if is_temporal and engine not in ENGINES:
        return f"the engine {engine} decides no temporal properties: use {' or '.join(ENGINES)}"
    return ""
