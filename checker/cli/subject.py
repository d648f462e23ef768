"""What a command works on: a model or a mutant of it, at one instance, found from the words of the command line."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from checker.cli.bounds import INSTANCE, parse_bounds
from checker.cli.parser import suggestion
from checker.diagnostics import NOWHERE, error
from checker.dsl.loader import LoadedModel, LoadedMutant, load
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from checker.ir.types import BOOL, EnumType
from checker.spec.find import spec_of
from checker.spec.parse import parse_spec
from checker.spec.resolve import instance_settings
from checker.spec.temporal import temporal_properties
from checker.spec.tree import CheckDecl, MutantDecl, Spec, WitnessDecl
from checker.temporal.fairness import TemporalProperty
from checker.trace.verdict import DEADLOCK


@dataclass(frozen=True, slots=True)
class Subject:
    """A system at an instance.

    `target` is what the model was loaded by; `words` are the arguments that name it all, for the command that
    reproduces a result.
    """

    target: str
    model: LoadedModel
    mutant: LoadedMutant | None
    system: System
    instance: Instance
    spec: Spec | None
    words: tuple[str, ...]

    @property
    def base(self) -> System | None:
        """The model that `system` is a mutant of."""
        return self.model.system if self.mutant else None

    @property
    def title(self) -> str:
        """The heading of a result: "paxos, mutant pick_lowest (PX-02)"."""
        return f"{self.model.name}, mutant {self.mutant.name} ({self.mutant.id})" if self.mutant else self.model.name

    @property
    def source(self) -> dict[str, str]:
        """What a saved trace remembers of its model."""
        return {"model": self.target, "mutant": self.mutant.name if self.mutant else ""}

    def command(self, name: str, *words: str) -> str:
        """Return a command about this subject, as one would type it."""
        return shlex.join(["quorax", name, *self.words, *words])


@dataclass(frozen=True, slots=True)
class Asked:
    """Names of invariants (or `DEADLOCK`), names of predicates to reach, and temporal properties."""

    properties: tuple[str, ...]
    witnesses: tuple[str, ...]
    temporal: tuple[TemporalProperty, ...] = ()


def find_subject(options: argparse.Namespace) -> Subject:
    """Return the subject that `subject_arguments` describe.

    Raises:
        QuoraxError: what is wrong with the model or its spec; C003 for an unknown instance, C004 if nothing says how
            big the instance is, C005 for bounds that cannot be read.

    """
    model = load(options.target)
    mutant = model.mutant(options.mutant) if options.mutant else None
    system = mutant.system if mutant else model.system
    spec = find_spec(model)
    words = [options.target, *(["--mutant", mutant.name] if mutant else [])]
    settings: Mapping[str, Setting]
    if options.bounds is not None:
        name, settings = INSTANCE, parse_bounds(options.bounds)
        words += ["--bounds", options.bounds]
    else:
        name = instance_name(spec, model, mutant, options.instance)
        assert spec is not None, "an instance is named only by a spec"
        settings = instance_settings(spec, name)
        words += ["--instance", name]
    return Subject(options.target, model, mutant, system, build_instance(system, name, settings), spec, tuple(words))


def find_spec(model: LoadedModel) -> Spec | None:
    """Return the spec of a model, or None if it has none."""
    path = spec_of(model.path)
    return parse_spec(path) if path else None


def instance_name(spec: Spec | None, model: LoadedModel, mutant: LoadedMutant | None, named: str | None) -> str:
    """Return the instance that is named, else the one at which the spec refutes the mutant, else the spec's first."""
    names = tuple(i.name.text for i in spec.instances) if spec else ()
    if named is not None and named not in names:
        where = spec.path if spec else f"{model.name}, which has no spec,"
        raise error(NOWHERE, "C003", f"{where} has no instance {named}", suggestion(named, names))
    if not spec or not names:
        raise error(
            NOWHERE,
            "C004",
            f"nothing says how big an instance of {model.name} is",
            f"give --bounds {example_bounds(model.system)}, or write {model.path.stem}.spec beside the model",
        )
    return named or (refuted_at(spec, mutant.name) if mutant else None) or names[0]


def refuted_at(spec: Spec, mutant: str) -> str | None:
    """Return the first instance at which a spec says that a mutant is refuted."""
    refuted = (s for s in spec.statements if isinstance(s, MutantDecl) and s.expectation.kind == "fail")
    return next((s.instance.text for s in refuted if s.mutant.text == mutant), None)


def example_bounds(system: System) -> str:
    """Return bounds that a person may start from."""
    sizes = [f"{d.type.name}=2" for d in system.domains if not isinstance(d.type, EnumType)]
    sizes += [f"{g.name}=1" for g in system.givens if g.kind in ("bound", "constant", "byzantine")]
    sizes += [f"{v.name}=1" for v in system.variables if v.is_budget]
    return ",".join(sizes) or '""'


def find_properties(subject: Subject, named: list[str] | None) -> Asked:
    """Return what to check: what is named, else all that the model and its spec want here; of a mutant, what it breaks.

    Raises:
        QuoraxError: C006, for a name that is no property, predicate or `DEADLOCK`.

    """
    if named:
        return _named(subject, tuple(dict.fromkeys(named)))
    if subject.mutant:
        return _named(subject, (subject.mutant.breaks,))
    invariants = tuple(p.name for p in subject.system.properties)
    return Asked((*invariants, *spec_refinements(subject)), spec_witnesses(subject), spec_temporal(subject))


def _named(subject: Subject, names: tuple[str, ...]) -> Asked:
    invariants = tuple(p.name for p in subject.system.properties)
    predicates = predicates_of(subject.system)
    temporal = temporal_properties(subject.spec) if subject.spec else {}
    refinements = tuple(subject.model.refinements)
    known = (*invariants, *predicates, *temporal, *refinements, DEADLOCK)
    for name in names:
        if name not in known:
            message = f"{subject.system.name} has no property {name}"
            raise error(NOWHERE, "C006", message, suggestion(name, known))
    return Asked(
        tuple(n for n in names if n in (*invariants, *refinements, DEADLOCK)),
        tuple(n for n in names if n in predicates),
        tuple(temporal[n] for n in names if n in temporal),
    )


def predicates_of(system: System) -> tuple[str, ...]:
    """Return the names of the functions that say something about one state: those a witness may name."""
    return tuple(f.name for f in system.functions if not f.parameters and f.type == BOOL and not f.of_step)


def spec_witnesses(subject: Subject) -> tuple[str, ...]:
    """Return the predicates that the spec wants reached at this instance."""
    if subject.spec is None:
        return ()
    found = (s for s in subject.spec.statements if isinstance(s, WitnessDecl))
    return tuple(dict.fromkeys(p.text for s in found if s.instance.text == subject.instance.name for p in s.predicates))


def spec_refinements(subject: Subject) -> tuple[str, ...]:
    """Return the refinements that the spec says hold at this instance."""
    claimed = _claimed(subject)
    return tuple(name for name in subject.model.refinements if name in claimed)


def spec_temporal(subject: Subject) -> tuple[TemporalProperty, ...]:
    """Return the temporal properties that the spec says hold at this instance.

    Others are there to show what fails without an assumption; they are checked when they are named.
    """
    if subject.spec is None:
        return ()
    claimed = _claimed(subject)
    return tuple(p for name, p in temporal_properties(subject.spec).items() if name in claimed)


def _claimed(subject: Subject) -> frozenset[str]:
    """Return the names of what the spec says holds at this instance."""
    demands = subject.spec.demands if subject.spec else ()
    checks = (d for d in demands if isinstance(d, CheckDecl) and d.instance.text == subject.instance.name)
    return frozenset(claim.name for check in checks if check.expectation.kind == "hold" for claim in check.claims)


def with_refinements(subject: Subject, asked: Asked) -> Subject:
    """Return the subject with the refinements that are asked for as part of its system.

    Raises:
        QuoraxError: what is wrong with the coarser models, or with the mappings to them.

    """
    names = [n for n in asked.properties if n in subject.model.refinements]
    if not names:
        return subject
    system = subject.model.refining(names, subject.mutant.name if subject.mutant else "")
    return replace(subject, system=system)
