"""The lowered formulas agree with the interpreter on every explored state and transition of small instances."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from checker.dsl.loader import load
from checker.interp.machine import Machine, Next, StateValues
from checker.ir.instance import Setting, build_instance, universe
from checker.ir.system import System
from checker.ir.types import BoolType, EnumType, MapType, MessageSetType, OptionType, RecordType, SetType, Type
from checker.smt.anysize.formula import Formula, Var
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


CASES = {
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
        every=97,
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
        self.actions = {a.name: a for a in self.system.actions}
        self.steps: dict[str, list[Step]] = {}
        for lowered in self.theory.actions:
            self.steps.setdefault(lowered.name, []).append(Step(self, lowered))

    def reachable(self) -> list[StateValues]:
        """Return the reachable states, breadth first."""
        seen = dict.fromkeys(self.machine.initial_states())
        pending = list(seen)
        for state in pending:
            for outcome in self.machine.outcomes(state):
                if isinstance(outcome, Next) and outcome.state not in seen:
                    seen[outcome.state] = None
                    pending.append(outcome.state)
        return pending

    def moves(self, state: StateValues) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Yield every action with all arguments, possible or not."""
        for action in self.system.actions:
            columns = [universe(p.type, self.system, self.world.instance) for p in action.parameters]
            for args in itertools.product(*columns):
                yield action.name, args


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
        case OptionType(inner), Optional(has, content):
            yield f"{name}.has", keys, has
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
    world, machine = comparison.world, comparison.machine
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
        for action, args in comparison.moves(state):
            outcome = machine.perform(state, action, args, ())
            enabled: list[tuple[Step, dict[str, int]]] = []
            for step in comparison.steps[action]:
                own = step.bound(comparison, args)
                if own is not None and all(g(sizes, relations, {**constants, **own}) for g in step.guards):
                    enabled.append((step, {**constants, **own}))
            if bool(enabled) != isinstance(outcome, Next):
                yield f"{action}{args} is {'' if enabled else 'not '}possible"
            if isinstance(outcome, Next):
                for step, given in enabled:
                    yield from _after(comparison, step, state, outcome.state, relations, given)


def _after(
    comparison: Comparison,
    step: Step,
    state: StateValues,
    after: StateValues,
    relations: dict[str, set[tuple[int, ...]]],
    given: dict[str, int],
) -> Iterator[str]:
    world = comparison.world
    there, values = world.structure(after)
    for name, names, test in step.after:
        wanted = {(values[name[1:]],)} if name.startswith("=") else there[name]
        if in_formula(world, names, test, relations, given) != wanted:
            yield f"{step.lowered.title} leaves another {name}"
    for prop in comparison.system.properties:
        meant = comparison.machine.evaluate(prop.body, after, {}, state if prop.kind == "transition" else None)
        if step.properties[prop.name](world.sizes, relations, given) != meant:
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
                (r, frozenset({(values_there[r[1:]],)} if r.startswith("=") else relations[r]))
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
