"""Temporal properties in compiled code: the graph, the verdicts and the lassos are those of the interpreter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker.diagnostics import QuoraxError
from checker.dsl.loader import bundled_models, load
from checker.explicit import shapes
from checker.explicit.engine import ExplicitEngine, Store
from checker.explicit.findings import DisagreementError, NativeFindings
from checker.explicit.layout import layout_of
from checker.explicit.library import Search
from checker.explicit.shapes import Shapes
from checker.explicit.temporal import Claims, Decided
from checker.gate.obligations import Run, obligations_of, runs_of
from checker.interp.engine import Interpreter
from checker.interp.machine import Machine
from checker.ir.instance import Instance, Setting
from checker.ir.system import Property, System
from checker.ir.types import BOOL
from checker.spec.parse import parse_spec
from checker.spec.resolve import resolve
from checker.temporal.fairness import Fairness, TemporalProperty
from checker.temporal.formula import Atom, Binary, Formula, Unary
from checker.trace.verdict import Holds, Limits, Report, Request, Unknown, Violated
from tests.explicit.chance import ATOMS, some_fairness, some_model
from tests.explicit.comparison import describe, needs_compiler, verdict
from tests.explicit.graphs import Vertices, recorded, reference
from tests.interp.small import bundled, instance_of, system_of
from tests.interp.test_liveness import CLIMB, WALK
from tests.ir.generate import Draw, expressions, instances, systems
from tests.temporal.chance import some_formula

pytestmark = needs_compiler

SPECS = Path(__file__).parents[2] / "specs"
ENGINES: tuple[tuple[int, Store], ...] = ((1, "exact"), (2, "exact"), (4, "exact"), (1, "tree"), (3, "tree"))
QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None,
                 suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
LONG = settings(QUICK, max_examples=2500)


def asked(formula: Formula, *fairness: Fairness) -> TemporalProperty:
    return TemporalProperty("claim", formula, fairness)


def both(system: System, instance: Instance, request: Request) -> tuple[Report, Report]:
    return ExplicitEngine().run(system, instance, request), Interpreter().run(system, instance, request)


def lasso(report: Report) -> tuple[Any, ...]:
    """Return the lasso that violates the first property: where it begins and loops, and its moves."""
    found = report.results[0].verdict
    assert isinstance(found, Violated), found
    trace = found.trace
    return trace.initial, trace.loop_start, [(s.action, s.args, s.choices, s.state) for s in trace.steps]


def graphs(system: System, instance: Instance, *properties: TemporalProperty) -> tuple[Vertices, Vertices]:
    """Return the graph as it is recorded, and as the interpreter sees it."""
    machine = Machine(system, instance)
    layout = layout_of(Shapes(system, instance, {}))
    native = recorded(system, instance, properties, ExplicitEngine())
    return native, reference(machine, Claims(machine, properties), layout)


# What is shipped


def shipped() -> Iterator[Any]:
    for name in bundled_models():
        spec = resolve(parse_spec(SPECS / f"{name}.spec"), load(name))
        runs = {
            (run.system.name, run.instance.name, tuple(p.name for p in run.request.temporal)): run
            for run in runs_of(spec, obligations_of(spec))
            if run.request.temporal
        }
        for key, run in runs.items():
            yield pytest.param(run, id="-".join((name, *key[:2])))


SHIPPED = tuple(shipped())


@pytest.mark.parametrize("run", SHIPPED)
def test_what_specs_ask_of_models_and_mutants_is_decided_as_by_the_interpreter(run: Run) -> None:
    native, known = both(run.system, run.instance, run.request)
    assert list(map(verdict, native.results)) == list(map(verdict, known.results))
    assert native.counts == known.counts
    assert (native.vacuous, native.warnings, native.stopped_by) == (known.vacuous, known.warnings, known.stopped_by)


@pytest.mark.parametrize("run", [case for case in SHIPPED if case.values[0].base is None])
def test_the_graph_of_a_shipped_model_is_the_interpreters(run: Run) -> None:
    native, known = graphs(run.system, run.instance, *run.request.temporal)
    assert native == known


@pytest.mark.parametrize("mutant", ["retry_at_once", "retry_same_ballot", "wait_for_the_dead"])
def test_the_lasso_depends_neither_on_workers_nor_on_the_store(mutant: str) -> None:
    system = bundled("duelling_proposers", mutant)
    instance = instance_of(system, Acceptor=3, Proposer=2, crashes=2)
    fair = tuple(Fairness("weak", n, ("p",)) for n in ("prepare", "propose")) + tuple(
        Fairness("weak", n, ("a", "p")) for n in ("agree", "refuse")
    )
    ended = asked(Unary("eventually", Binary("or", Atom("decided"), Atom("abandoned"))), *fair)
    found = [lasso(ExplicitEngine(n, s).run(system, instance, Request(temporal=(ended,)))) for n, s in ENGINES]
    assert all(one == found[0] for one in found)


def test_states_and_edges_are_numbered_alike_whoever_came_first() -> None:
    system = bundled("paxos")
    instance = instance_of(system, Acceptor=3, Ballot=2, Value=2)
    claim = asked(Unary("eventually", Atom("decided")), Fairness("weak", "accept", ("a",)))
    found = [recorded(system, instance, (claim,), ExplicitEngine(n, s)) for n, s in ENGINES]
    orders = [[(state, list(v.steps)) for state, v in one.items()] for one in found]
    assert all(order == orders[0] for order in orders)
    assert all(one == found[0] for one in found)
    assert len(found[0]) == 3921


# Random systems


@st.composite
def claimed(draw: Draw) -> tuple[System, Instance, tuple[TemporalProperty, ...]]:
    """Draw a system with two predicates, an instance, and two temporal properties with some fairness."""
    system = draw(systems())
    atoms = tuple(Property(name, "invariant", draw(expressions(system, BOOL, {}))) for name in ("p", "q"))
    system = System(**{f: getattr(system, f) for f in system.__slots__} | {"properties": (*system.properties, *atoms)})
    chance = Random(draw(st.integers(0, 10**6)))
    properties = tuple(
        TemporalProperty(
            f"claim_{i}", some_formula(chance, chance.randrange(1, 5), ("p", "q")), some_fairness(chance, system)
        )
        for i in range(2)
    )
    return system, draw(instances(system)), properties


def compare(system: System, instance: Instance, properties: tuple[TemporalProperty, ...]) -> str:
    """Compare everything, and return in a word what was compared."""
    request = Request(temporal=properties, limits=Limits(states=1000))
    try:
        known = Interpreter().run(system, instance, request)
    except QuoraxError:  # a type with too many values to list
        return "refused"
    native = ExplicitEngine().run(system, instance, request)
    if known.error is not None:
        assert native.error is not None, describe(system, instance)
        return "error"
    kinds = [(r.property, type(r.verdict), getattr(r.verdict, "reason", "")) for r in known.results]
    found = [(r.property, type(r.verdict), getattr(r.verdict, "reason", "")) for r in native.results]
    assert found == kinds, (describe(system, instance), properties)
    assert native.vacuous == known.vacuous
    if not known.complete or any("compiled code does without" in w for w in native.warnings):
        return "interpreted"
    return "compared"


@QUICK
@given(claimed())
def test_random_claims_on_random_systems_are_decided_as_by_the_interpreter(
    drawn: tuple[System, Instance, tuple[TemporalProperty, ...]],
) -> None:
    if compare(*drawn) == "compared":
        native, known = graphs(*drawn[:2], *drawn[2])
        assert native == known, (describe(*drawn[:2]), drawn[2])


@pytest.mark.deep
@LONG
@given(claimed())
def test_thousands_of_random_claims_are_decided_as_by_the_interpreter(
    drawn: tuple[System, Instance, tuple[TemporalProperty, ...]],
) -> None:
    if compare(*drawn) == "compared":
        native, known = graphs(*drawn[:2], *drawn[2])
        assert native == known, (describe(*drawn[:2]), drawn[2])


def in_a_random_world(seed: int, folder: Path) -> tuple[str, ...]:
    """Compare three claims in a random world, and return the verdicts in a word each."""
    chance = Random(seed)
    system = system_of(some_model(chance), folder)
    instance = instance_of(system, P=2, Height=chance.choice((1, 2, 3)))
    properties = tuple(
        TemporalProperty(
            f"claim_{i}", some_formula(chance, chance.randrange(1, 5), ATOMS), some_fairness(chance, system)
        )
        for i in range(3)
    )
    if compare(system, instance, properties) != "compared":  # it has too many states, which both say
        return ()
    native, known = graphs(system, instance, *properties)
    assert native == known, (describe(system, instance), properties)
    workers, store = chance.choice(ENGINES)
    again = ExplicitEngine(workers, store).run(system, instance, Request(temporal=properties))
    assert again.results == ExplicitEngine().run(system, instance, Request(temporal=properties)).results
    return tuple(type(r.verdict).__name__ for r in again.results)


def test_claims_in_random_worlds_are_decided_as_by_the_interpreter(tmp_path: Path) -> None:
    kinds = Counter(kind for seed in range(40) for kind in in_a_random_world(seed, tmp_path))
    assert min(kinds["Holds"], kinds["Violated"], kinds["Unknown"]) >= 10, kinds


def test_listed_sets_may_outgrow_their_room_in_a_predicate_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "DENSE_MAX", 1)
    monkeypatch.setattr(shapes, "FIRST_CAPACITY", 1)
    text = WALK.replace(
        "return all(self.at[p] != Place.first() for p in P)", "return {p for p in P if self.tired[p]} == {p for p in P}"
    )
    system = system_of(text, tmp_path)
    arrive = asked(Unary("eventually", Atom("all_there")), Fairness("strong", "walk", ("p",)))
    native, known = both(system, instance_of(system, P=3, Place=2), Request(temporal=(arrive,)))
    assert native.results == known.results
    for seed in range(2000, 2005):
        chance = Random(seed)
        world = system_of(some_model(chance), tmp_path)
        claims = tuple(
            TemporalProperty(f"claim_{i}", some_formula(chance, 3, ATOMS), some_fairness(chance, world))
            for i in range(3)
        )
        assert compare(world, instance_of(world, P=2, Height=2), claims) == "compared"


@pytest.mark.deep
def test_claims_in_hundreds_of_random_worlds_are_decided_as_by_the_interpreter(tmp_path: Path) -> None:
    for seed in range(1000, 1500):
        in_a_random_world(seed, tmp_path)


# Corners


PAIRS = """
class P(Sort): ...
class Place(Order): ...

@message
class Push:
    to: P
    by: Annotated[int, Range(0, 4)]

class Pairs(Model):
    at: Map[P, Place]
    far: Map[P, bool]
    net: MessageSet[Push]

    @initial
    def start(self) -> None:
        for p in P:
            self.at[p] = Place.first()
            self.far[p] = False

    @action
    def walk(self, p: P, q: P, far: bool) -> None:
        self.at[p] = successor(self.at[p])
        require(p != q)
        self.far[q] = far

    @action
    def send(self, p: P, n: Annotated[int, Range(2, 4)]) -> None:
        require(self.at[p] != Place.first())
        self.net.send(Push(p, n))

    @action
    def push(self, p: P, m: Push) -> None:
        self.at[p] = successor(self.at[p])
        require(m in self.net)
        self.far[m.to] = self.far[p]

    @action
    def idle(self, p: P) -> None:
        self.far[p] = self.far[p]

    def all_far(self) -> bool:
        return all(self.far[p] for p in P)
"""
"""In `walk` and in `push` a bound may cut before the last parameters are bound, and before `p != q` is looked at."""

FAIR = (
    Fairness("weak", "walk", ("q", "far")),
    Fairness("strong", "walk", ("p",)),
    Fairness("strong", "walk"),
    Fairness("weak", "send", ("n", "p")),
    Fairness("weak", "push", ("m",)),
    Fairness("weak", "push", ("p",)),
    Fairness("strong", "idle", ("p",)),
)


@pytest.mark.parametrize(
    "fairness", [FAIR, FAIR[:1], FAIR[4:5], FAIR[5:6], ()], ids=("all", "pairs", "messages", "pushers", "none")
)
def test_a_cut_enables_every_way_of_binding_what_is_left(tmp_path: Path, fairness: tuple[Fairness, ...]) -> None:
    """Where there is no message, `push` has nothing to bind, is not cut, and enables nothing."""
    system = system_of(PAIRS, tmp_path)
    instance = instance_of(system, P=2, Place=2)
    native, known = graphs(system, instance, asked(Unary("eventually", Atom("all_far")), *fairness))
    assert native == known
    declared = {key[0] for vertex in native.values() for key in vertex.enabled}
    assert declared == set(range(len(fairness))) - {6}, "idling changes nothing, so nothing enables it"


MANY = """
class P(Sort): ...

class Many(Model):
    seen: Set[P]
    done: bool

    @initial
    def start(self) -> None:
        self.seen = set()
        self.done = False

    @action
    def pick(self, p: P, q: P, r: P) -> None:
        self.seen = {p, q, r}

    @action
    def finish(self) -> None:
        require(len(self.seen) == 1)
        self.done = True

    def over(self) -> bool:
        return self.done
"""


def test_there_may_be_more_constraints_than_bits_in_a_word(tmp_path: Path) -> None:
    """Six processes make 216 constraints of one declaration, and a step serves up to six ways of picking."""
    system = system_of(MANY, tmp_path)
    instance = instance_of(system, P=6)
    claim = asked(Unary("eventually", Atom("over")), Fairness("strong", "pick", ("p", "q", "r")))
    native, known = graphs(system, instance, claim)
    assert native == known
    assert len({key for vertex in native.values() for key in vertex.enabled}) == 216
    for fairness in (claim.fairness, (*claim.fairness, Fairness("strong", "finish"))):
        reports = both(system, instance, Request(temporal=(asked(claim.formula, *fairness),)))
        assert verdict(reports[0].results[0]) == verdict(reports[1].results[0])
    assert reports[0].results[0].verdict == Holds("exhaustive")


def test_steps_that_change_nothing_serve_nothing_and_are_no_edges(tmp_path: Path) -> None:
    system = system_of(WALK, tmp_path)
    arrive = asked(Unary("eventually", Atom("all_there")), Fairness("strong", "idle", ("p",)))
    native, known = both(system, instance_of(system, P=2, Place=2), Request(temporal=(arrive,)))
    assert lasso(native) == lasso(known)
    assert lasso(native)[1:] == (0, [])


def test_what_bounds_cut_is_enabled_and_leaves_open_whether_a_property_holds(tmp_path: Path) -> None:
    system = system_of(CLIMB, tmp_path)
    claim = asked(Unary("eventually", Atom("rests")), Fairness("weak", "climb"))
    native, _ = both(system, instance_of(system, Height=3), Request(temporal=(claim,)))
    assert native.results[0].verdict == Unknown("boundary: 1 transitions were cut by Height")


def test_a_predicate_without_a_value_is_an_error_with_a_trace(tmp_path: Path) -> None:
    text = WALK.replace(
        "return any(self.at[p] != Place.first() for p in P)",
        "return 1 // (2 - len({p for p in P if self.at[p] != Place.first()})) == 0",
    )
    system = system_of(text, tmp_path)
    request = Request(temporal=(asked(Unary("always", Atom("some_there"))),))
    native, known = both(system, instance_of(system, P=2, Place=2), request)
    assert native.error is not None
    assert known.error is not None
    assert (native.error.diagnostic, native.error.place) == (known.error.diagnostic, known.error.place)
    assert native.error.trace is not None
    assert known.error.trace is not None
    assert len(native.error.trace.steps) == len(known.error.trace.steps) == 2
    assert native.results == known.results
    assert (native.complete, native.stopped_by) == (False, "an error of the model")


# Names, limits, and what goes wrong


def paxos(**sizes: Setting) -> tuple[System, Instance]:
    system = bundled("paxos")
    return system, instance_of(system, **{"Acceptor": 3, "Ballot": 2, "Value": 2} | sizes)


DECIDES = asked(Unary("eventually", Atom("decided")), Fairness("weak", "accept", ("a",)))
SURELY = TemporalProperty("surely", Binary("implies", Atom("decided"), Atom("decided")))


def test_names_that_the_model_lacks_are_refused_before_anything_is_explored() -> None:
    with pytest.raises(QuoraxError, match="R020"):
        ExplicitEngine().run(*paxos(Ballot=5), Request(temporal=(asked(Atom("decidedd")),)))
    with pytest.raises(QuoraxError, match="R021"):
        ExplicitEngine().run(*paxos(Ballot=5), Request(temporal=(asked(Atom("decided"), Fairness("weak", "accpt")),)))


def test_an_incomplete_search_decides_no_temporal_property() -> None:
    for limits in (Limits(states=1000), Limits(depth=3)):
        native, known = both(*paxos(), Request(("agreement",), temporal=(DECIDES,), limits=limits))
        assert [r.verdict for r in native.results] == [r.verdict for r in known.results]


def stopping(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Stop the `at`-th (from 0) thing that is done after a search."""
    count = iter(range(100))

    def during(search: Search, action: Callable[[], object], look: object) -> str:
        is_due = next(count) == at
        search.run.stop = is_due
        action()
        return "the time limit of 1 seconds" if is_due else ""

    monkeypatch.setattr(Search, "during", during)


def test_a_limit_met_while_edges_are_recorded_leaves_everything_temporal_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping(monkeypatch, 0)
    report = ExplicitEngine().run(*paxos(), Request(("agreement",), temporal=(DECIDES, SURELY)))
    late = Unknown("the search for a violating cycle did not end: the time limit of 1 seconds")
    assert [r.verdict for r in report.results] == [Holds("exhaustive"), late, late]
    assert report.stopped_by == "the time limit of 1 seconds"


def test_a_limit_met_in_one_search_for_cycles_leaves_the_others_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping(monkeypatch, 1)
    report = ExplicitEngine().run(*paxos(), Request(("agreement",), temporal=(DECIDES, SURELY)))
    late = Unknown("the search for a violating cycle did not end: the time limit of 1 seconds")
    assert [r.verdict for r in report.results] == [Holds("exhaustive"), late, Holds("exhaustive")]
    assert report.stopped_by == "the time limit of 1 seconds"


def with_memory(monkeypatch: pytest.MonkeyPatch, change: Callable[[Search], int]) -> None:
    """Let what follows a search have as much memory as `change` says, beside what the search has taken."""
    decide = Claims.decide

    def lean(claims: Claims, findings: NativeFindings, search: Search, look: Any, _: int, base: Any) -> Decided:
        more = change(search)
        return decide(claims, findings, search, look, search.glance().memory_bytes + more, base)

    monkeypatch.setattr(Claims, "decide", lean)


def test_a_limit_of_memory_is_met_honestly_at_any_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more and more memory, the verdict is unknown first, and then the right one."""
    kinds: list[str] = []
    for more in range(1_000, 1_500_000, 50_000):
        with monkeypatch.context() as patched:
            with_memory(patched, lambda _, more=more: more)  # type: ignore[misc]
            found = ExplicitEngine().run(*paxos(), Request(temporal=(DECIDES,))).results[0].verdict
        kinds.append(type(found).__name__)
        if isinstance(found, Unknown):
            assert found.reason.startswith("the search for a violating cycle did not end: the memory limit of ")
    assert kinds == sorted(kinds)
    assert set(kinds) == {"Unknown", "Violated"}


def test_a_search_with_other_states_than_the_graph_is_a_bug_and_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    for change in (1, -1):

        def miscount(search: Search, change: int = change) -> int:
            search.run.stored += change
            return 1 << 30

        with monkeypatch.context() as patched:
            with_memory(patched, miscount)
            with pytest.raises(DisagreementError, match="the states of the graph are not those of the search"):
                ExplicitEngine().run(*paxos(), Request(temporal=(DECIDES,)))


def test_a_lasso_that_the_interpreter_does_not_see_is_a_bug_and_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its fairness, the property is violated by doing nothing: which is not fair."""
    monkeypatch.setattr(Claims, "declarations", lambda *_: set())
    prepared = asked(DECIDES.formula, Fairness("weak", "prepare"))
    with pytest.raises(DisagreementError, match=r"what violates claim in compiled code does not.*T205"):
        ExplicitEngine().run(*paxos(), Request(temporal=(prepared,)))


def test_fingerprints_leave_temporal_properties_to_the_interpreter() -> None:
    report = ExplicitEngine(store="fp64").run(*paxos(), Request(temporal=(DECIDES,)))
    assert isinstance(report.results[0].verdict, Violated)
    assert "the interpreter decided claim" in " ".join(report.warnings)


def test_values_that_need_more_than_a_word_are_left_to_the_interpreter(tmp_path: Path) -> None:
    system = system_of(MANY, tmp_path)
    wide = asked(Unary("eventually", Atom("over")), Fairness("weak", "pick", ("p", "q", "r") * 40))
    native, known = both(system, instance_of(system, P=2), Request(temporal=(wide,)))
    assert [verdict(r) for r in native.results] == [verdict(r) for r in known.results]
    assert native.warnings[0] == (
        "the interpreter decided claim, some hundred times slower: compiled code does without "
        f"fairness of pick(per={', '.join(('p', 'q', 'r') * 40)}), whose values are so many"
    )
