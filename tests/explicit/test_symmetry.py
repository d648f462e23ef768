"""Symmetry: who is interchangeable, the least state of an orbit, and that nothing is missed or miscounted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.dsl.loader import load
from checker.explicit.build import build
from checker.explicit.engine import ExplicitEngine, Store
from checker.explicit.generate.program import INCLUDE, program_of
from checker.explicit.layout import layout_of
from checker.explicit.library import Bits, Search, Settings, Sizes, load_library
from checker.explicit.shapes import Shapes
from checker.interp.engine import Interpreter
from checker.interp.machine import Machine, Next, StateValues
from checker.ir import expr as ir
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.symmetry import Class, Exchange, exchanged, symmetry_of
from checker.ir.system import Action, System
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import Atom, Unary
from checker.trace.verdict import DEADLOCK, Request
from tests.explicit.comparison import everything, findings, needs_compiler
from tests.explicit.constructs import CASES, NODE, one_variable, put, system_called
from tests.explicit.test_every_construct import agree
from tests.explicit.test_shipped_models import MODELS, first_instance
from tests.interp.small import system_of

PAXOS: dict[str, Setting] = {"Acceptor": 3, "Ballot": 2, "Value": 2}


def paxos(**settings: Setting) -> tuple[System, Instance]:
    system = load("paxos").system
    return system, build_instance(system, "test", PAXOS | settings)


def generators(system: System, instance: Instance) -> list[Exchange]:
    """Return exchanges that make every permutation."""
    classes = symmetry_of(system, instance).classes
    return [Exchange(c.sort, a, b) for c in classes for a, b in zip(c.members, c.members[1:], strict=False)]


def moved(state: StateValues, exchange: Exchange, system: System) -> StateValues:
    kinds = [v.type for v in system.variables]
    return tuple(exchanged(x, k, exchange, system) for x, k in zip(state, kinds, strict=True))


def reachable(machine: Machine) -> Iterator[StateValues]:
    found = set(machine.initial_states())
    left = list(found)
    while left:
        state = left.pop()
        yield state
        for outcome in machine.outcomes(state):
            if isinstance(outcome, Next) and outcome.state not in found:
                found.add(outcome.state)
                left.append(outcome.state)


# -- who is interchangeable ------------------------------------------------------------------------------------------


def classes(name: str, **settings: Setting) -> list[tuple[str, tuple[int, ...]]]:
    system = load(name).system
    return [(c.sort, c.members) for c in symmetry_of(system, build_instance(system, "test", settings)).classes]


def test_all_members_of_sorts_are_interchangeable_where_nothing_names_them() -> None:
    assert classes("paxos", Acceptor=3, Ballot=2, Value=2) == [("Value", (0, 1)), ("Acceptor", (0, 1, 2))]


def test_a_byzantine_member_is_not_like_the_others() -> None:
    found = classes("pbft", Replica=4, Digest=2, Number=1, View=2, f=1, byzantine=1)
    assert ("Digest", (0, 1)) in found
    assert not any(sort == "Replica" and 3 in members for sort, members in found)


def test_the_primaries_of_views_are_no_other_replicas() -> None:
    assert all(
        sort != "Replica" for sort, _ in classes("pbft", Replica=4, Digest=2, Number=1, View=4, f=1, byzantine=1)
    )


def test_members_that_listed_quorums_tell_apart_are_not_interchangeable() -> None:
    grid: Setting = (("a1", "a2"), ("a3", "a4"), ("a1", "a3"))
    system = load("flexible_paxos").system
    names = [q.type.name for q in system.quorums]
    settings: dict[str, Setting] = {"Acceptor": 4, "Ballot": 2, "Value": 2, **dict.fromkeys(names, grid)}
    found = symmetry_of(system, build_instance(system, "test", settings)).classes
    assert found == (Class("Value", (0, 1)),)


def test_a_sort_whose_members_an_expression_names_is_not_symmetric() -> None:
    first = put(NODE, ir.Const(NODE, 0))
    system = one_variable(NODE, ir.Const(NODE, 1), Action("first", (), (first,)))
    assert symmetry_of(system, build_instance(system, "test", {"Node": 3, "Limit": 1})).classes == ()


def test_large_sorts_are_split_into_classes_that_can_be_sorted() -> None:
    found = classes("consensus", Value=11)
    assert found == [("Value", (8, 9, 10)), ("Value", tuple(range(8)))]


# -- what the language promises --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_permuted_states_have_permuted_steps(name: str) -> None:
    system, instance = first_instance(name)
    machine = Machine(system, instance)
    sample = random.Random(5).sample(list(reachable(machine)), 4)
    for state in sample:
        for exchange in generators(system, instance):
            there = {moved(o.state, exchange, system) for o in machine.outcomes(state) if isinstance(o, Next)}
            here = {o.state for o in machine.outcomes(moved(state, exchange, system)) if isinstance(o, Next)}
            assert here == there


# -- the least state of an orbit -------------------------------------------------------------------------------------


def canonicaliser(system: System, instance: Instance) -> Search:
    """Return a search that is never run: it knows the least state of each orbit."""
    layout = layout_of(Shapes(system, instance, {}))
    program = program_of(layout, (), symmetry=symmetry_of(system, instance))
    library = load_library(build(f"{INCLUDE}\n{program.text}"))
    return Search(library, program.symbol, Sizes(layout.words, 0, 0, 0), [], Bits(), Settings())


def orbit(state: StateValues, system: System, instance: Instance) -> frozenset[StateValues]:
    found, left = {state}, [state]
    while left:
        here = left.pop()
        for exchange in generators(system, instance):
            there = moved(here, exchange, system)
            if there not in found:
                found.add(there)
                left.append(there)
    return frozenset(found)


@needs_compiler
@pytest.mark.parametrize("name", MODELS)
def test_each_orbit_has_one_least_state_which_is_in_it(name: str) -> None:
    system, instance = first_instance(name)
    search = canonicaliser(system, instance)
    layout = layout_of(Shapes(system, instance, {}))
    states = sorted(reachable(Machine(system, instance)), key=repr)
    for state in random.Random(3).sample(states, min(60, len(states))):
        whole = {layout.pack(s) for s in orbit(state, system, instance)}
        least = {search.least(s) for s in whole}
        assert len(least) == 1
        assert least <= whole
        assert search.orbit(next(iter(whole))) == len(whole)


@needs_compiler
@pytest.mark.parametrize(
    ("settings", "distinct", "orbits"),
    [({"Ballot": 2}, 3921, 443), ({"Ballot": 3}, 185_369, 17_153), ({"Ballot": 4}, 8_220_065, 710_709)],
)
def test_paxos_has_as_many_orbits_as_others_have_counted(
    settings: dict[str, Setting], distinct: int, orbits: int
) -> None:
    counts = ExplicitEngine().run(*paxos(**settings), Request(("agreement",), exhaust=True)).counts
    assert (counts.distinct, counts.stored) == (distinct, orbits)


@needs_compiler
@pytest.mark.parametrize("name", MODELS)
def test_orbits_are_counted_right(name: str) -> None:
    system, instance = first_instance(name)
    left = set(reachable(Machine(system, instance)))
    orbits = 0
    while left:
        left -= orbit(next(iter(left)), system, instance)
        orbits += 1
    assert ExplicitEngine().run(system, instance, everything(system)).counts.stored == orbits


POINTERS = '''
class Node(Sort): ...

class Pointers(Model):
    """Every node points to one: what a node looks like says little of where it is in a cycle."""

    target: Map[Node, Node]

    @initial
    def start(self) -> None:
        for n in Node:
            self.target[n] = n

    @action
    def turn(self, n: Node, m: Node) -> None:
        self.target[n] = m
'''


@needs_compiler
@pytest.mark.parametrize(("nodes", "orbits"), [(2, 3), (3, 7), (4, 19), (5, 47)])
def test_functions_have_as_many_orbits_as_there_are_functional_graphs(nodes: int, orbits: int, tmp_path: Path) -> None:
    """F. Harary counted them (The Number of Functional Digraphs, 1959); of one colour need not be interchangeable."""
    system = system_of(POINTERS, tmp_path)
    instance = build_instance(system, "test", {"Node": nodes})
    counts = ExplicitEngine().run(system, instance, Request((DEADLOCK,))).counts
    assert (counts.distinct, counts.stored) == (nodes**nodes, orbits)


# -- searching -------------------------------------------------------------------------------------------------------


@needs_compiler
@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_the_same_with_and_without_symmetry(name: str) -> None:
    system, instance = first_instance(name)
    with_it, without = (ExplicitEngine(symmetry=s).run(system, instance, everything(system)) for s in (True, False))
    assert findings(with_it) == findings(without)
    assert with_it.guards == without.guards


@needs_compiler
@pytest.mark.parametrize("name", CASES)
def test_a_construct_is_the_same_without_symmetry(name: str, tmp_path: Path) -> None:
    agree(*system_called(name, tmp_path), ExplicitEngine(symmetry=False))


@needs_compiler
@pytest.mark.parametrize("store", ["exact", "tree", "fp64"])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_traces_are_behaviours_of_the_model_whatever_the_store(store: Store, workers: int) -> None:
    model = load("paxos")
    system = model.mutants["pick_lowest"].system
    instance = build_instance(system, "test", PAXOS | {"Ballot": 3})
    verdicts = [
        ExplicitEngine(w, store).run(system, instance, Request(("agreement",))).results[0].verdict for w in (1, workers)
    ]
    assert len(verdicts[0].trace.steps) == 17  # type: ignore[union-attr]
    assert verdicts[0] == verdicts[1]


EITHER = '''
class Process(Sort): ...

@record
class Mark:
    is_last: bool

class Together(Model):
    """Processes that go on together, unless one is stuck, or has no mark: whichever is met first."""

    stuck: Map[Process, bool]
    mark: Map[Process, Mark | None]

    @initial
    def start(self) -> None:
        for p in Process:
            self.stuck[p] = False
            self.mark[p] = Mark(False)

    @action
    def get_stuck(self, p: Process) -> None:
        self.stuck[p] = True

    @action
    def finish(self, p: Process) -> None:
        self.mark[p] = Mark(True)

    @action
    def all_turn(self) -> None:
        for p in Process:
            require(not self.stuck[p])
            self.mark[p] = Mark(not self.mark[p].is_last)
'''

HIDDEN = '''
class Process(Sort): ...

@record
class Mark:
    is_last: bool

class Marks(Model):
    """Whether the missing mark is met depends on which process is asked first."""

    mark: Map[Process, Mark | None]

    @initial
    def start(self) -> None:
        for p in Process:
            self.mark[p] = Mark(False)

    @action
    def change(self, p: Process, q: Process) -> None:
        require(p != q)
        require(all(self.mark[r] == Mark(False) for r in Process))
        self.mark[p] = Mark(True)
        self.mark[q] = None

    @invariant
    def sane(self) -> bool:
        return any(self.mark[p].is_last for p in Process) or all(self.mark[p] == Mark(False) for p in Process)
'''


@needs_compiler
def test_a_loop_whose_end_depends_on_the_order_of_members_is_explored_without_symmetry(tmp_path: Path) -> None:
    system = system_of(EITHER, tmp_path)
    instance = build_instance(system, "test", {"Process": 3})
    report, reference = (e.run(system, instance, everything(system)) for e in (ExplicitEngine(), Interpreter()))
    assert report.symmetry == ""
    assert report.warnings[0] == (
        "symmetry was not used: the loop over p in all_turn may end in a false require or something undefined,"
        " whichever comes first"
    )
    assert findings(report) == findings(reference)


@needs_compiler
def test_an_error_that_only_some_states_of_an_orbit_meet_is_found(tmp_path: Path) -> None:
    system = system_of(HIDDEN, tmp_path)
    instance = build_instance(system, "test", {"Process": 2})
    report, reference = (e.run(system, instance, Request(("sane",))) for e in (ExplicitEngine(), Interpreter()))
    assert report.error is not None
    assert reference.error is not None
    assert report.error.diagnostic == reference.error.diagnostic
    assert report.error.trace == reference.error.trace


@needs_compiler
def test_temporal_properties_are_decided_without_symmetry() -> None:
    system, instance = paxos()
    stays = TemporalProperty("stays", Unary("always", Atom("agreement")))
    report = ExplicitEngine().run(system, instance, Request(("agreement",), temporal=(stays,)))
    assert report.symmetry == ""
    assert report.counts.stored == report.counts.distinct
