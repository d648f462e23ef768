"""Looks up every name of a spec, in the spec itself and in its model, and builds the instances it uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from checker.diagnostics import Diagnostic, QuoraxError, Span
from checker.dsl.loader import LoadedModel
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from checker.ir.types import BOOL, MapType, OrderType
from checker.spec.presets import picks
from checker.spec.temporal import temporal_property
from checker.spec.tree import (
    Binary,
    CheckDecl,
    Claim,
    Demand,
    FairAction,
    Formula,
    InstanceDecl,
    LimitsDecl,
    MutantDecl,
    Name,
    Predicate,
    PresetDecl,
    PropertyDecl,
    ProveDecl,
    Selector,
    Spec,
    Unary,
    WitnessDecl,
)
from checker.temporal.translate import violations_of

ENGINES = ("interp", "explicit", "bmc", "induction")
"""The engines that a `check`, `witness` or `mutant` statement may name, whether this version has them or not."""

PROVERS = ("smt",)
"""The engines that a `prove` statement may name."""


@dataclass(frozen=True, slots=True)
class ResolvedSpec:
    """A spec whose names all mean something. `instances` is by (mutant, or "" for the model itself; instance)."""

    spec: Spec
    model: LoadedModel
    instances: Mapping[tuple[str, str], Instance]

    def system(self, mutant: str = "") -> System:
        """Return the model's system, or a mutant's."""
        return self.model.mutants[mutant].system if mutant else self.model.system

    @property
    def default_instance(self) -> Instance:
        """The instance that is meant where none is named: the first."""
        return self.instances["", self.spec.instances[0].name.text]


def resolve(spec: Spec, model: LoadedModel) -> ResolvedSpec:
    """Return the spec with its names looked up.

    Raises:
        QuoraxError: S004 to S010 for names, S011 for a preset that selects nothing, S015 and S016 for temporal
            properties, I-codes for unusable settings, and the model's own errors.

    """
    lookup = _Lookup(spec, model)
    lookup.run()
    if lookup.problems:
        raise QuoraxError(lookup.problems)
    return ResolvedSpec(spec, model, lookup.build_instances())


def instance_settings(spec: Spec, name: str) -> dict[str, Setting]:
    """Return the settings of an instance, those it extends included.

    Raises:
        QuoraxError: S005 if there is no such instance, or it extends itself.

    """
    problems: list[Diagnostic] = []
    settings = _settings(spec, Name(name, spec.model.span), problems, ())
    if problems:
        raise QuoraxError(problems)
    return settings


def _settings(spec: Spec, name: Name, problems: list[Diagnostic], below: tuple[str, ...]) -> dict[str, Setting]:
    declared = {i.name.text: i for i in spec.instances}
    if name.text in below:
        circle = below[below.index(name.text) :]
        if name.text == min(circle):  # each of them finds it, one tells
            chain = " extends ".join((*circle, name.text))
            problems.append(Diagnostic(name.span, "S005", f"an instance extends itself: {chain}", "break the circle"))
        return {}
    if name.text not in declared:
        problems.append(_unknown(name, "S005", "instance", declared, str(spec.path)))
        return {}
    instance = declared[name.text]
    base = _settings(spec, instance.extends, problems, (*below, name.text)) if instance.extends else {}
    return base | {setting.name.text: setting.value for setting in instance.settings}


def _unknown(name: Name | Claim, code: str, kind: str, known: Iterable[str], where: str) -> Diagnostic:
    """Return the complaint about a name that nothing has, with the nearest that exists."""
    text = name.text if isinstance(name, Name) else name.name
    names = tuple(known)
    near = get_close_matches(text, names, n=1)
    has = f"it has {', '.join(names)}" if names else f"it has no {kind} at all"
    return Diagnostic(name.span, code, f"{where} has no {kind} {text}", f"did you mean {near[0]}?" if near else has)


class _Lookup:
    """One pass over a spec; what is wrong gathers in `problems`."""

    def __init__(self, spec: Spec, model: LoadedModel) -> None:
        self.spec = spec
        self.model = model
        self.file = str(spec.path)
        self.problems: list[Diagnostic] = []
        self.instances = {i.name.text: i for i in spec.instances}
        self.properties = {p.name.text: p for p in spec.properties}
        self.presets = {p.name.text: p for p in spec.presets}

    def run(self) -> None:
        self._check_unique("instance", (i.name for i in self.spec.instances))
        self._check_unique("property", (p.name for p in self.spec.properties))
        self._check_unique("preset", (p.name for p in self.spec.presets))
        self._check_unique("limits of", (s.instance for s in self.spec.statements if isinstance(s, LimitsDecl)))
        if not self.instances:
            self._problem(
                self.spec.model.span,
                "S014",
                "the spec has no instance",
                "add one, for example: instance small: Acceptor = 3, Ballot = 2, Value = 2",
            )
        for statement in self.spec.statements:
            match statement:
                case InstanceDecl():
                    self._instance(statement)
                case CheckDecl():
                    self._named("S005", "instance", statement.instance, self.instances)
                    self._claims(statement.claims, self.model.system)
                    self._depth(statement)
                    self._engines(statement.engines, ENGINES)
                case WitnessDecl():
                    self._named("S005", "instance", statement.instance, self.instances)
                    for name in statement.predicates:
                        self._predicate(name)
                    self._engines(statement.engines, ENGINES)
                case MutantDecl():
                    self._named("S005", "instance", statement.instance, self.instances)
                    if self._named("S008", "mutant", statement.mutant, self.model.mutants, self.model.name):
                        system = self.model.mutants[statement.mutant.text].system
                        self._claims(statement.claims, system)
                        self._temporal_claims(statement.claims, system)
                    self._engines(statement.engines, ENGINES)
                case ProveDecl():
                    self._claims(statement.claims, self.model.system)
                    self._engines(statement.engines, PROVERS)
                case PropertyDecl():
                    self._property(statement)
                case LimitsDecl():
                    self._named("S005", "instance", statement.instance, self.instances)
                case PresetDecl():
                    self._preset(statement)
        self._demands()

    def build_instances(self) -> dict[tuple[str, str], Instance]:
        """Return the instances, each built for the model and the mutants that are checked at it.

        An instance that only mutants use may set what only they have (the restarts of a mutant that forgets).

        Raises:
            QuoraxError: I-codes, for every instance that a system cannot use.

        """
        built: dict[tuple[str, str], Instance] = {}
        problems: list[Diagnostic] = []
        for mutant, name in self._pairs():
            declared = self.instances[name]
            system = self.model.mutants[mutant].system if mutant else self.model.system
            settings = _settings(self.spec, declared.name, problems, ())
            try:
                built[mutant, name] = build_instance(system, name, settings, declared.span)
            except QuoraxError as found:
                problems += found.diagnostics
        if problems:
            raise QuoraxError(problems)
        return built

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """Yield (mutant or "", instance) once for each pair that is used; the default instance always is."""
        used = [("", self.spec.instances[0].name.text)]
        for s in self.spec.statements:
            if isinstance(s, CheckDecl | WitnessDecl):
                used.append(("", s.instance.text))
            elif isinstance(s, MutantDecl):
                used.append((s.mutant.text, s.instance.text))
        names = {name for _, name in used}
        used += [("", name) for name in self.instances if name not in names]
        yield from dict.fromkeys(used)

    def _instance(self, instance: InstanceDecl) -> None:
        _settings(self.spec, instance.name, self.problems, ())
        self._check_unique("setting", (s.name for s in instance.settings))
        wanted = _is_sequence(self.model.system)
        for setting in instance.settings:
            name = setting.name.text
            if isinstance(setting.value, tuple) and setting.is_sequence != wanted.get(name, setting.is_sequence):
                wrong = "is a list, its order counts" if wanted[name] else "is a set, it has no order"
                listed = ", ".join(map(str, setting.value))
                advice = f"({listed})" if wanted[name] else f"{{{listed}}}"
                self._problem(setting.span, "S012", f"{name} {wrong}", f"write {name} = {advice}")

    def _demands(self) -> None:
        """Complain about a demand that is there twice, and so could have two expectations."""
        seen: dict[tuple[str, ...], Span] = {}
        for demand in self.spec.demands:
            for key, span in _keys(demand):
                if key in seen:
                    message = f"{key[-2]} by {key[-1]} is demanded twice"
                    self._problem(span, "S004", message, f"the first is in line {seen[key].line}")
                seen.setdefault(key, span)

    def _claims(self, claims: tuple[Claim, ...], system: System) -> None:
        known = [*(p.name for p in system.properties), *self.model.refinements]
        predicates = _predicates(system)
        for claim in claims:
            if claim.is_deadlock or claim.name in known or claim.name in self.properties:
                continue
            if claim.name == "deadlock":
                self._problem(
                    claim.span, "S006", "deadlock is no property", "write `no deadlock` to claim that there is none"
                )
            elif claim.name in predicates:
                self._problem(
                    claim.span,
                    "S006",
                    f"{claim.name} is a predicate, not an invariant",
                    f"write `witness …: {claim.name}`, or mark it @invariant in the model",
                )
            else:
                self.problems.append(_unknown(claim, "S006", "property", [*known, *self.properties], system.name))

    def _depth(self, check: CheckDecl) -> None:
        """Complain about a temporal property that is claimed to a depth: its behaviours are infinite."""
        for claim in check.claims:
            if check.expectation.depth is not None and claim.name in self.properties:
                self._problem(
                    claim.span,
                    "S016",
                    f"{claim.name} is a temporal property, which no search to a depth decides",
                    f"write `check {check.instance}: {claim.name} hold`",
                )

    def _temporal_claims(self, claims: tuple[Claim, ...], mutant: System) -> None:
        """Complain about a temporal property that a mutant cannot have, since it lacks what the property names."""
        for claim in claims:
            if claim.name not in self.properties:
                continue
            declared = self.properties[claim.name]
            actions = {a.name: [p.name for p in a.parameters] for a in mutant.actions}
            predicates = _predicates(mutant) + [p.name for p in mutant.properties if p.kind == "invariant"]
            missing = [f"predicate {n}" for n in _atoms(declared.formula) if n.text not in predicates]
            for fair in declared.fairness:
                parameters = actions.get(fair.action.text)
                missing += [f"action {fair.action}"] if parameters is None else []
                missing += [
                    f"parameter {p} of {fair.action}" for p in fair.per if p.text not in (parameters or [p.text])
                ]
            if missing:
                message = f"{mutant.name} has no {missing[0]}, which {claim.name} is about"
                self._problem(claim.span, "S016", message, "name another property, or declare one for this mutant")

    def _predicate(self, name: Name) -> None:
        system = self.model.system
        predicates = _predicates(system)
        if name.text in predicates:
            return
        if name.text in {p.name for p in system.properties}:
            self._problem(
                name.span,
                "S007",
                f"{name} is an invariant, not a predicate",
                f"write `check …: {name} hold`, or name a predicate that is not an invariant",
            )
        elif name.text in {f.name for f in system.functions}:
            self._problem(
                name.span,
                "S007",
                f"{name} is no predicate of a state",
                "a predicate takes no parameters, returns a bool and looks at one state",
            )
        else:
            self.problems.append(_unknown(name, "S007", "predicate", predicates, system.name))

    def _engines(self, engines: tuple[Name, ...], known: tuple[str, ...]) -> None:
        self._check_unique("engine", engines)
        for engine in engines:
            self._named("S009", "engine", engine, dict.fromkeys(known), "quorax")

    def _property(self, declared: PropertyDecl) -> None:
        if declared.name.text in {p.name for p in self.model.system.properties}:
            self._problem(
                declared.name.span,
                "S004",
                f"{declared.name} is a property of the model already",
                "give the temporal property a name of its own",
            )
        for name in _atoms(declared.formula):
            self._formula_atom(name)
        for fair in declared.fairness:
            self._fair_action(fair)
        self._fair_once(declared)
        try:
            violations_of(temporal_property(declared))
        except QuoraxError as too_large:
            self.problems += too_large.diagnostics

    def _fair_once(self, declared: PropertyDecl) -> None:
        seen: set[tuple[str, str, tuple[str, ...]]] = set()
        for fair in declared.fairness:
            self._check_unique("parameter", fair.per)
            key = (fair.strength, fair.action.text, tuple(p.text for p in fair.per))
            if key in seen:
                message = f"{fair.strength} fairness of {fair.action} is there twice"
                self._problem(fair.action.span, "S004", message, "leave out one of them")
            seen.add(key)

    def _formula_atom(self, name: Name) -> None:
        invariants = {p.name for p in self.model.system.properties if p.kind == "invariant"}
        if name.text not in invariants:
            self._predicate(name)

    def _fair_action(self, fair: FairAction) -> None:
        actions = {a.name: a for a in self.model.system.actions}
        if self._named("S013", "action", fair.action, actions, self.model.name):
            parameters = [p.name for p in actions[fair.action.text].parameters]
            for name in fair.per:
                self._named("S013", "parameter", name, dict.fromkeys(parameters), f"action {fair.action}")

    def _preset(self, preset: PresetDecl) -> None:
        self._expand(preset, ())
        for selector in preset.selectors:
            is_empty = selector.kind != "preset" and not any(picks(selector, d) for d in self.spec.demands)
            if self._selector_names(selector) and is_empty:
                self._problem(selector.span, "S011", "this selects nothing", "name what the spec has, or leave it out")

    def _expand(self, preset: PresetDecl, above: tuple[str, ...]) -> None:
        if preset.name.text in above:
            circle = above[above.index(preset.name.text) :]
            if preset.name.text == min(circle):
                chain = " includes ".join((*circle, preset.name.text))
                self._problem(preset.name.span, "S010", f"a preset includes itself: {chain}", "break the circle")
            return
        for selector in preset.selectors:
            if selector.kind == "preset" and selector.name and selector.name.text in self.presets:
                self._expand(self.presets[selector.name.text], (*above, preset.name.text))

    def _selector_names(self, selector: Selector) -> bool:
        """Check the names of a selector; return whether they are all known."""
        name = selector.name
        if name is None:
            return True
        if selector.instance and not self._named("S005", "instance", selector.instance, self.instances):
            return False
        match selector.kind:
            case "check" | "witness":
                return self._named("S005", "instance", name, self.instances)
            case "mutant":
                return self._named("S008", "mutant", name, self.model.mutants, self.model.name)
            case "preset":
                return self._named("S010", "preset", name, self.presets)
            case "prove" | "everything":
                return True

    def _named(self, code: str, kind: str, name: Name, known: Iterable[str], where: str = "") -> bool:
        """Complain about a name that is not known; return whether it is."""
        names = tuple(known)
        if name.text in names:
            return True
        self.problems.append(_unknown(name, code, kind, names, where or self.file))
        return False

    def _check_unique(self, kind: str, names: Iterable[Name]) -> None:
        seen: dict[str, Span] = {}
        for name in names:
            if name.text in seen:
                line = seen[name.text].line
                self._problem(name.span, "S004", f"{kind} {name} is there twice", f"the first is in line {line}")
            seen.setdefault(name.text, name.span)

    def _problem(self, span: Span, code: str, message: str, help: str) -> None:
        self.problems.append(Diagnostic(span, code, message, help))


def _is_sequence(system: System) -> dict[str, bool]:
    """Return whether a setting, if it lists members, lists them in an order that means something."""
    domains = {d.type.name: isinstance(d.type, OrderType) for d in system.domains}
    givens = {g.name: isinstance(g.type, MapType) for g in system.givens}
    return domains | givens | {q.type.name: False for q in system.quorums}


def _keys(demand: Demand) -> Iterator[tuple[tuple[str, ...], Span]]:
    """Yield what tells the verdicts apart that a statement demands, property and engine last."""
    match demand:
        case WitnessDecl(instance=instance):
            where = ("witness", instance.text)
            asked = [(f"witness {name}", name.span) for name in demand.predicates]
        case CheckDecl(instance=instance):
            where = ("check", instance.text)
            asked = [(claim.text, claim.span) for claim in demand.claims]
        case MutantDecl(mutant=mutant, instance=instance):
            where = ("mutant", f"{mutant} at {instance}")
            asked = [(claim.text, claim.span) for claim in demand.claims]
        case ProveDecl():
            where = ("prove", "any size")
            asked = [(claim.text, claim.span) for claim in demand.claims]
    for engine in dict.fromkeys(name.text for name in demand.engines):
        for what, span in asked:
            yield (*where, what, engine), span


def _predicates(system: System) -> list[str]:
    """Return the names of the functions that a witness or a formula may name."""
    return [f.name for f in system.functions if not f.parameters and f.type == BOOL and not f.of_step]


def _atoms(formula: Formula) -> Iterator[Name]:
    match formula:
        case Predicate(name):
            yield name
        case Unary(_, operand):
            yield from _atoms(operand)
        case Binary(_, left, right):
            yield from _atoms(left)
            yield from _atoms(right)
