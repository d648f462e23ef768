"""The lowered formulas agree with the interpreter on every explored state and transition of small instances."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.dsl.loader import load
from checker.interp.machine import Cut, Machine, Next, Outcome, StateValues
from checker.ir.instance import Setting, build_instance, universe
from checker.ir.system import System
from checker.ir.types import BoolType, EnumType, MapType, MessageSetType, OptionType, RecordType, SetType, Type
from checker.smt.anysize.formula import Formula, Var, conj
from checker.smt.anysize.layout import Layout
from checker.smt.anysize.obligations import Theory
from checker.smt.anysize.steps import LoweredStep
from checker.smt.anysize.values import Entries, Members, Network, Optional, Record, Scalar, Symbol, sort_of
from checker.smt.quorum.facts import intersection_facts
from tests.smt.anysize.structures import Evaluated, World, bindings, evaluated

BRACHA = ("n > 3*f", "byzantine: size <= f")


@dataclass(frozen=True)
class Case:
    model: str
    settings: dict[str, Setting]
    assumptions: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    every: int = 1
    """One state in so many is looked at."""
    states_max: int = 10_000
    """How many states are explored, breadth first."""


ZOO = str(Path(__file__).with_name("zoo.py"))

CASES = {
    "zoo": Case(ZOO, {"Node": 2, "Item": 1, "Round": 2, "spare": 1}, every=5, states_max=5000),
    "consensus": Case("consensus", {"Value": 3}),
    "voting": Case("voting", {"Acceptor": 3, "Ballot": 2, "Value": 2}, every=3),
    "paxos": Case("paxos", {"Acceptor": 3, "Ballot": 2, "Value": 2}),
    "flexible_paxos": Case(
        "flexible_paxos",
        {"Acceptor": 3, "Ballot": 2, "Value": 1, "Q1": 3, "Q2": 1},
        conditions=("quorums_meet",),
        every=5,
    ),
    "broadcast": Case(
        "byzantine_reliable_broadcast",
        {"Process": 4, "Value": 2, "f": 1, "byzantine": 1},
        BRACHA,
        every=11,
    ),
}


class Comparison:
    """One model lowered, and one instance of it explored."""

    def __init__(self, case: Case, system: System | None = None) -> None:
        self.case = case
        self.system = system or load(case.model).system
        facts = intersection_facts(self.system, case.assumptions)
        conditions = [self.system.property(name) for name in case.conditions]
        self.theory = Theory(self.system, facts, conditions)
        instance = build_instance(self.system, "small", case.settings)
        self.machine = Machine(self.system, instance)
        self.world = World(self.system, instance, self.theory.layout)
        self.assumed = [(a.name, evaluated(a.formula)) for a in self.theory.background]
        self.properties = {
            p.name: (evaluated(self.theory.truth_of(p, self.theory.state)), self.machine.predicate(p.body))
            for p in self.system.properties
            if p.kind == "invariant"
        }
        self.budgets = {v.name for v in self.system.variables if v.is_budget}
        self.actions = {a.name: a for a in self.system.actions}
        self.steps: dict[str, list[Step]] = {}
        for lowered in self.theory.actions:
            self.steps.setdefault(lowered.name, []).append(Step(self, lowered))

    def reachable(self) -> list[StateValues]:
        """Return the reachable states, breadth first."""
        seen = dict.fromkeys(self.machine.initial_states())
        pending = list(seen)
        for state in itertools.takewhile(lambda _: len(pending) < self.case.states_max, pending):
            for outcome in self.machine.outcomes(state):
                if isinstance(outcome, Next) and outcome.state not in seen:
                    seen[outcome.state] = None
                    pending.append(outcome.state)
        return pending

    def moves(self, state: StateValues) -> Iterator[tuple[str, tuple[object, ...], list[Outcome]]]:
        """Yield every action with all arguments, possible or not, and what comes of it."""
        found: dict[tuple[str, tuple[object, ...]], list[Outcome]] = {}
        for outcome in self.machine.outcomes(state):
            found.setdefault((outcome.action, outcome.args), []).append(outcome)
        for action in self.system.actions:
            columns = [universe(p.type, self.system, self.world.instance) for p in action.parameters]
            for args in itertools.product(*columns):
                yield action.name, args, found.get((action.name, args), [])

    def written(self, step: Step, state: StateValues) -> tuple[frozenset[tuple[int, ...]], ...]:
        """Return a state as the relations that a step has formulas for."""
        relations, constants = self.world.structure(state)
        return tuple(
            frozenset(
                constant_in(self.world, name[1:], relations, constants) if name.startswith("=") else relations[name]
            )
            for name, _, _ in step.after
        )


class Step:
    """One form of an action, to be evaluated."""

    def __init__(self, of: Comparison, lowered: LoweredStep) -> None:
        self.lowered = lowered
        self.kinds = [p.type for p in of.actions[lowered.name].parameters]
        self.guards = [evaluated(g.formula) for g in lowered.guards]
        self.after = [
            (relation, names, evaluated(formula))
            for variable in of.system.variables
            if variable.name in lowered.after
            for relation, names, formula in observed(
                of.theory.layout, variable.name, variable.type, lowered.after[variable.name], ()
            )
        ]
        self.properties = {
            p.name: evaluated(of.theory.truth_of(p, lowered.after, of.theory.state if p.kind == "transition" else None))
            for p in of.system.properties
        }

    def leads_to(
        self, world: World, relations: dict[str, set[tuple[int, ...]]], given: dict[str, int]
    ) -> tuple[frozenset[tuple[int, ...]], ...]:
        """Return the relations after the step, as the formulas have them."""
        return tuple(frozenset(in_formula(world, names, test, relations, given)) for _, names, test in self.after)

    def bound(self, of: Comparison, args: tuple[object, ...]) -> dict[str, int] | None:
        found: dict[str, int] = {}
        for kind, symbol, value in zip(self.kinds, self.lowered.arguments, args, strict=True):
            own = bindings(of.world, kind, symbol, value)
            if own is None:
                return None
            found |= own
        return found


def observed(
    layout: Layout, name: str, kind: Type, symbol: Symbol, keys: tuple[Var, ...]
) -> Iterator[tuple[str, tuple[Var, ...], Formula]]:
    """Yield what a value is as relations: name, columns, and the formula that says what is in it."""
    match kind, symbol:
        case BoolType(), _:
            yield name, keys, symbol  # type: ignore[misc]
        case OptionType(), Optional(has, Scalar() as content) if not keys:
            own = layout.names.new("x", content.sort)
            yield f"{name}?", keys, has
            yield f"={name}", (own,), conj((has, content.equals(own)))
        case OptionType(inner), Optional(has, content):
            yield f"{name}?", keys, has
            yield from observed(layout, name, inner, content, keys)
        case RecordType(), Record(fields=fields):
            types = layout.fields(kind.name)
            for field, part in fields.items():
                yield from observed(layout, f"{name}.{field}", types[field], part, keys)
        case SetType(element), Members():
            for shape in layout.shapes(element, "m" if isinstance(element, RecordType) else "x", layout.system.span):
                relation = layout.shape_relation(name, keys, shape)
                yield relation.name, (*keys, *shape.variables), symbol.contains(shape.value)
        case MessageSetType(), Network(kinds=kinds):
            for record, sent in kinds.items():
                yield from observed(layout, f"{name}.{record}", SetType(RecordType(record)), sent, keys)
        case MapType(key, inner), Entries():
            own = layout.names.new("k", sort_of(key) or "")
            yield from observed(layout, name, inner, symbol.at(own), (*keys, own))
        case _, Scalar():
            own = layout.names.new("x", symbol.sort)
            if not keys:
                yield f"={name}", (own,), symbol.equals(own)
            elif symbol.sort in layout.orders:
                yield f"{name}.over", (*keys, own), symbol.is_over(own)
                yield f"{name}.from", (*keys, own), symbol.is_from(own)
            else:
                yield f"{name}.is", (*keys, own), symbol.equals(own)
        case _:
            assert not isinstance(kind, EnumType)
            raise AssertionError(kind)


def constant_in(
    world: World, name: str, relations: dict[str, set[tuple[int, ...]]], constants: dict[str, int]
) -> set[tuple[int, ...]]:
    """Return the value of a constant as a relation of one column: empty if it is None."""
    is_optional = isinstance(world.system.variable(name).type, OptionType)
    return set() if is_optional and () not in relations[f"{name}?"] else {(constants[name],)}


def in_formula(
    world: World, names: tuple[Var, ...], test: Evaluated, relations: object, constants: dict[str, int]
) -> set[tuple[int, ...]]:
    """Return the tuples for which a formula is true."""
    columns = [range(world.sizes[v.sort]) for v in names]
    return {
        row
        for row in itertools.product(*columns)
        if test(world.sizes, relations, {**constants, **dict(zip((v.name for v in names), row, strict=True))})  # type: ignore[arg-type]
    }


def differences(comparison: Comparison) -> Iterator[str]:
    """Yield where formulas and interpreter differ, from all states looked at."""
    world = comparison.world
    sizes = world.sizes
    for number, state in enumerate(comparison.reachable()):
        if number % comparison.case.every:
            continue
        relations, constants = world.structure(state)
        for name, test in comparison.assumed:
            if not test(sizes, relations, constants):
                yield f"{name} is false in a reachable state"
        for name, (test, meant) in comparison.properties.items():
            if test(sizes, relations, constants) != meant(state):
                yield f"{name} differs"
        for action, args, outcomes in comparison.moves(state):
            if any(isinstance(o, Cut) and o.bound in comparison.budgets for o in outcomes):
                continue
            wanted = {o.state for o in outcomes if isinstance(o, Next)}
            yield from _moves(comparison, state, relations, constants, action, args, wanted)


def _moves(
    comparison: Comparison,
    state: StateValues,
    relations: dict[str, set[tuple[int, ...]]],
    constants: dict[str, int],
    action: str,
    args: tuple[object, ...],
    wanted: set[StateValues],
) -> Iterator[str]:
    """Yield where the steps that formulas allow with some arguments are not those of the interpreter."""
    sizes = comparison.world.sizes
    allowed: dict[object, tuple[Step, dict[str, int]]] = {}
    for step in comparison.steps[action]:
        bound = step.bound(comparison, args)
        left = [] if bound is None else [v for v in step.lowered.unknowns if v.name not in bound]
        for places in () if bound is None else itertools.product(*(range(sizes[v.sort]) for v in left)):
            given = {**constants, **(bound or {}), **{v.name: p for v, p in zip(left, places, strict=True)}}
            if all(g(sizes, relations, given) for g in step.guards):
                allowed[step.leads_to(comparison.world, relations, given)] = (step, given)
    there = {comparison.written(step, after): after for after in wanted for step in comparison.steps[action][:1]}
    if allowed.keys() != there.keys():
        yield f"{action}{args} leads to {len(allowed)} states, and should to {len(there)}"
    for written, (step, given) in allowed.items():
        if written in there:
            yield from _judged(comparison, step, state, there[written], relations, given)


def _judged(
    comparison: Comparison,
    step: Step,
    state: StateValues,
    after: StateValues,
    relations: dict[str, set[tuple[int, ...]]],
    given: dict[str, int],
) -> Iterator[str]:
    for prop in comparison.system.properties:
        meant = comparison.machine.evaluate(prop.body, after, {}, state if prop.kind == "transition" else None)
        if step.properties[prop.name](comparison.world.sizes, relations, given) != meant:
            yield f"{prop.name} differs after {step.lowered.title}"


@pytest.mark.parametrize("name", CASES)
def test_formulas_agree_with_the_interpreter(name: str) -> None:
    comparison = Comparison(CASES[name])
    assert next(differences(comparison), None) is None
    assert all(comparison.steps[a.name] for a in comparison.system.actions)


@pytest.mark.parametrize("name", CASES)
def test_initial_states_agree_with_the_interpreter(name: str) -> None:
    comparison = Comparison(CASES[name])
    world = comparison.world
    nothing, constants = world.structure(next(comparison.machine.initial_states()))
    empty = {
        relation: nothing[relation] for relation in nothing if relation.startswith("in ") or relation == "byzantine"
    }
    found = set()
    starts = [Step(_pretending(comparison, lowered), lowered) for lowered in comparison.theory.initial]
    for step in starts:
        for values in itertools.product(*(range(world.sizes[v.sort]) for v in step.lowered.unknowns)):
            given = {**constants, **dict(zip((v.name for v in step.lowered.unknowns), values, strict=True))}
            found.add(
                tuple(
                    (relation, frozenset(in_formula(world, names, test, _Empty(empty), given)))
                    for relation, names, test in step.after
                )
            )
    wanted = set()
    for state in comparison.machine.initial_states():
        relations, values_there = world.structure(state)
        wanted.add(
            tuple(
                (
                    r,
                    frozenset(
                        constant_in(world, r[1:], relations, values_there) if r.startswith("=") else relations[r]
                    ),
                )
                for r, _, _ in starts[0].after
            )
        )
    assert found == wanted


class _Empty(dict[str, set[tuple[int, ...]]]):
    """What there is before anything is: nothing of the state may be read."""

    def __missing__(self, name: str) -> set[tuple[int, ...]]:
        raise AssertionError(f"{name} is read before the start")


def _pretending(comparison: Comparison, lowered: LoweredStep) -> Comparison:
    comparison.actions.setdefault(lowered.name, lowered.transition)  # type: ignore[arg-type]
    return comparison
