"""Paxos goes through the first-order lowering: it agrees with the interpreter, and is proved at any size."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from checker.dsl.loader import load
from checker.interp.machine import Machine, Next, StateValues
from checker.ir.instance import build_instance, universe
from checker.ir.system import System
from checker.ir.transition import initial_form, transition_form
from checker.ir.types import MapType, MessageSetType, Type, Value
from tests.feasibility.first_order_sketch import Action, Lowering
from tests.feasibility.formulas import (
    IN,
    Atom,
    Formula,
    Structure,
    Var,
    below,
    bindings,
    conj,
    exists,
    forall,
    free,
    implies,
    meaning,
    neg,
    same,
    solve,
    unfolded,
)
from tests.feasibility.tables import UnsupportedError, Values, background, observed, orders, typing

PAXOS = load("paxos")


def system_of(mutant: str) -> System:
    return PAXOS.mutants[mutant].system if mutant else PAXOS.system


def quorums_meet() -> Formula:
    """Return that every PrepareQuorum meets every AcceptQuorum, as majorities do."""
    p, q, a = Var("p", "PrepareQuorum"), Var("q", "AcceptQuorum"), Var("a", "Acceptor")
    return forall((p, q), exists((a,), conj(Atom(IN + p.sort, (a, p)), Atom(IN + q.sort, (a, q)))))


def lemmas_of_paxos() -> dict[str, Formula]:
    """Return an inductive invariant that implies agreement; its last formula is the one of "choosable" values."""
    a, q = Var("a", "Acceptor"), Var("q", "AcceptQuorum")
    b, c = Var("b", "Ballot"), Var("c", "Ballot")
    v, w = Var("v", "Value"), Var("w", "Value")

    def atom(relation: str, *args: Var) -> Formula:
        return Atom(relation, args)

    voted = atom("net.Accepted", b, a, v)
    voted_below = conj(below(c, b), atom("net.Accepted", c, a, v))
    reported, no_report = atom("net.Promise", b, a, c, v), atom("net.Promise.none", b, a)
    promised = atom("promised.le", a, b)
    left = conj(atom(IN + q.sort, a, q), atom("promised.lt", a, c), neg(atom("net.Accepted", c, a, w)))
    closed = {
        "one proposal per ballot": implies(conj(atom("net.Accept", b, v), atom("net.Accept", b, w)), same(v, w)),
        "votes are for proposals": implies(voted, atom("net.Accept", b, v)),
        "votes are promises": implies(voted, promised),
        "promises without a vote are kept": implies(no_report, promised),
        "promises with a vote are kept": implies(atom("net.Promise.has", b, a), promised),
        "reports are of lower ballots": implies(reported, below(c, b)),
        "reports are of votes": implies(reported, atom("net.Accepted", c, a, v)),
        "none is reported where there is none": neg(conj(no_report, voted_below)),
        "no vote is above the reported one": implies(
            conj(atom("net.Promise.has", b, a), voted_below), atom("net.Promise.ballot.le", b, a, c)
        ),
        "the last vote was cast": implies(atom("vote", a, b, v), voted),
        "no vote is above the last one": implies(voted, atom("vote.ballot.le", a, b)),
        "no other value is choosable below a proposal": implies(
            conj(atom("net.Accept", b, v), below(c, b), neg(same(v, w))), exists((a,), left)
        ),
    }
    return {name: forall(tuple(sorted(free(f), key=str)), f) for name, f in closed.items()}


QUORUMS_MEET = quorums_meet()
LEMMAS = lemmas_of_paxos()


class Reading:
    """A lowered transition, read in finite structures."""

    def __init__(self, action: Action) -> None:
        self._parameters = action.parameters
        self._guard = meaning(action.guard)
        self._updates = [(name, m.parameters, meaning(m.body)) for name, m in action.macros.items()]

    def arguments(self, structure: Structure) -> Iterator[Values]:
        return itertools.product(*(structure.members[v.sort] for v in self._parameters))

    def is_enabled(self, structure: Structure, args: Values) -> bool:
        return self._guard(structure, self._bound(args))

    def after(self, structure: Structure, args: Values) -> Mapping[str, frozenset[Values]]:
        """Return all relations in the state after the step."""
        values = self._bound(args)
        changed = {
            name: frozenset(tuple(r.values()) for r in bindings(row, structure) if holds(structure, {**values, **r}))
            for name, row, holds in self._updates
        }
        return {**structure.relations, **changed}

    def _bound(self, args: Values) -> dict[Var, Value]:
        return dict(zip(self._parameters, args, strict=True))


class Comparison:
    """One instance: a system by the interpreter, and by the lowering (of another system, if there is one)."""

    def __init__(self, system: System, other: System | None = None, **bounds: int) -> None:
        self.machine = Machine(system, build_instance(system, "test", bounds))
        self._lowering = Lowering(other or system)
        self._readings = {t.name: Reading(self._lowering.action(t)) for t in transition_form(other or system)}
        self._background = background(system, self.machine.instance)
        self._properties = [(p, meaning(self._lowering.formula(p.body))) for p in system.properties]

    def structure(self, state: StateValues) -> Structure:
        return observed(self._lowering.tables.values(), self.machine.system, state, self._background)

    def compare_steps(self, state: StateValues, met: Counter[str]) -> None:
        """Assert that the same steps are enabled and lead to the same relations."""
        structure = self.structure(state)
        left = {(o.action, flat(o.args)): o.state for o in self.machine.outcomes(state) if isinstance(o, Next)}
        for action, reading in self._readings.items():
            for args in reading.arguments(structure):
                successor = left.pop((action, args), None)
                assert reading.is_enabled(structure, args) == (successor is not None), (action, args, state)
                if successor is not None:
                    expected = self.structure(successor).relations
                    assert reading.after(structure, args) == expected, (action, args, state)
                met["disabled" if successor is None else "enabled"] += 1
        assert not left

    def compare_properties(self, old: StateValues, state: StateValues, met: Counter[str]) -> None:
        """Assert that the properties of a state, or of a step from `old`, have the same value."""
        structure, before = self.structure(state), self.structure(old)
        both = {f"old {name}": rows for name, rows in before.relations.items()} | dict(structure.relations)
        for prop, lowered in self._properties:
            holds = self.machine.evaluate(prop.body, state, {}, old)
            assert lowered(Structure(structure.members, both), {}) == holds, (prop.name, old, state)
            met[f"{prop.name} {holds}"] += 1


class Proof:
    """What has to be shown for invariants of a system, at any size."""

    def __init__(self, system: System, invariants: Mapping[str, Formula]) -> None:
        self._lowering = Lowering(system)
        self._axioms = (QUORUMS_MEET, *orders(system))
        self._types = {f"typing {n}": f for n, f in enumerate(typing(self._lowering.tables.values()))}
        self._assumed = (*self._axioms, *self._types.values(), *invariants.values())
        self._invariants = invariants

    def failures(self, *, with_types: bool = False) -> dict[str, str]:
        """Return the obligations that are not proved, and the solver's answers: `step: invariant`."""
        start = self._lowering.action(initial_form(self._lowering.system)).macros
        answers = {f"initial: {n}": solve(self._axioms, unfolded(f, start)) for n, f in self._invariants.items()}
        for transition in transition_form(self._lowering.system):
            action = self._lowering.action(transition)
            known = (*self._assumed, action.guard)
            goals = {**self._invariants, **(self._types if with_types else {})}
            answers |= {f"{action.name}: {n}": solve(known, unfolded(f, action.macros)) for n, f in goals.items()}
        return {name: answer for name, answer in answers.items() if answer != "unsat"}

    def implies(self, name: str) -> bool:
        """Return whether the invariants imply a property of the system."""
        return solve(self._assumed, self._lowering.formula(self._lowering.system.property(name).body)) == "unsat"


def flat(args: Values) -> Values:
    """Return arguments as members: of a message, its fields."""
    return tuple(x for a in args for x in (a[1:] if isinstance(a, tuple) else (a,)))


def reachable(machine: Machine) -> list[StateValues]:
    seen = dict.fromkeys(machine.initial_states())
    pending = list(seen)
    while pending:
        new = [o.state for o in machine.outcomes(pending.pop()) if isinstance(o, Next) and o.state not in seen]
        seen |= dict.fromkeys(new)
        pending += new
    return list(seen)


def arbitrary(machine: Machine, count: int) -> Iterator[StateValues]:
    """Yield states that need not be reachable: maps with any entries, networks with any messages."""
    chance = random.Random(0)
    for _ in range(count):
        density = chance.random()
        yield tuple(_any_value(v.type, machine, chance, density) for v in machine.system.variables)


def _any_value(kind: Type, machine: Machine, chance: random.Random, density: float) -> Value:
    match kind:
        case MapType(key, entry):
            choices = universe(entry, machine.system, machine.instance)
            return tuple(chance.choice(choices) for _ in universe(key, machine.system, machine.instance))
        case MessageSetType(element):
            messages = universe(element, machine.system, machine.instance)
            return frozenset(m for m in messages if chance.random() < density)
        case _:
            raise AssertionError(f"{kind} is no type of a variable of Paxos")


def test_the_lowered_initial_state_is_that_of_the_interpreter() -> None:
    comparison = Comparison(PAXOS.system, Acceptor=3, Ballot=2, Value=2)
    initial = Reading(Lowering(PAXOS.system).action(initial_form(PAXOS.system)))
    (state,) = comparison.machine.initial_states()
    fixed = background(PAXOS.system, comparison.machine.instance)
    assert initial.after(fixed, ()) == comparison.structure(state).relations


def test_every_explored_step_of_paxos_is_the_lowered_one() -> None:
    comparison = Comparison(PAXOS.system, Acceptor=3, Ballot=2, Value=2)
    states = reachable(comparison.machine)
    met: Counter[str] = Counter()
    for state in states:
        comparison.compare_steps(state, met)
    assert len(states) == 3_921
    assert met == {"enabled": 35_229, "disabled": 102_006}


@pytest.mark.parametrize("mutant", ["", *PAXOS.mutants])
def test_steps_in_arbitrary_states_are_the_lowered_ones(mutant: str) -> None:
    comparison = Comparison(system_of(mutant), Acceptor=3, Ballot=3, Value=2)
    met: Counter[str] = Counter()
    for state in arbitrary(comparison.machine, 20):
        comparison.compare_steps(state, met)
    assert met["enabled"] > 100
    assert met["disabled"] > 100


@pytest.mark.parametrize("mutant", ["propose_own", "pick_lowest", "pick_any", "omit_vote", "lower_promise"])
def test_arbitrary_states_tell_the_steps_of_a_mutant_from_those_of_paxos(mutant: str) -> None:
    comparison = Comparison(system_of(mutant), PAXOS.system, Acceptor=3, Ballot=3, Value=2)

    def compare() -> None:
        for state in arbitrary(comparison.machine, 20):
            comparison.compare_steps(state, Counter())

    with pytest.raises(AssertionError, match=r"propose|promise"):
        compare()


@pytest.mark.parametrize(("mutant", "violations"), [("", 0), ("omit_vote", 72)])
def test_the_lowered_properties_hold_in_the_same_explored_states(mutant: str, violations: int) -> None:
    comparison = Comparison(system_of(mutant), Acceptor=2, Ballot=3, Value=2)
    met: Counter[str] = Counter()
    for state in reachable(comparison.machine):
        comparison.compare_properties(state, state, met)
    assert met["agreement True"] > 1_000
    assert met["agreement False"] == violations


def test_the_lowered_properties_hold_in_the_same_arbitrary_states_and_steps() -> None:
    comparison = Comparison(PAXOS.system, Acceptor=3, Ballot=3, Value=2)
    met: Counter[str] = Counter()
    for old, state in itertools.pairwise(arbitrary(comparison.machine, 200)):
        comparison.compare_properties(old, state, met)
    assert all(met[f"{p.name} {holds}"] > 10 for p in PAXOS.system.properties for holds in (True, False)), met


def test_what_is_assumed_of_relations_holds_in_arbitrary_states() -> None:
    comparison = Comparison(PAXOS.system, Acceptor=3, Ballot=3, Value=2)
    assumed = [
        meaning(f) for f in (QUORUMS_MEET, *orders(PAXOS.system), *typing(Lowering(PAXOS.system).tables.values()))
    ]
    for state in arbitrary(comparison.machine, 50):
        assert all(holds(comparison.structure(state), {}) for holds in assumed)


@pytest.mark.parametrize("name", ["voting", "consensus", "raft", "pbft", "reliable_broadcast"])
def test_what_has_no_lowering_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedError):
        Lowering(load(name).system)


def test_the_lemmas_hold_in_every_explored_state() -> None:
    comparison = Comparison(PAXOS.system, Acceptor=2, Ballot=3, Value=2)
    lemmas = {name: meaning(lemma) for name, lemma in LEMMAS.items()}
    for state in reachable(comparison.machine):
        structure = comparison.structure(state)
        assert all(holds(structure, {}) for holds in lemmas.values()), state


@pytest.fixture
def z3() -> None:
    pytest.importorskip("z3", reason="proofs need the solver z3 (pip install z3-solver)")


@pytest.mark.usefixtures("z3")
def test_agreement_alone_is_not_inductive() -> None:
    agreement = Lowering(PAXOS.system).formula(PAXOS.system.property("agreement").body)
    assert Proof(PAXOS.system, {"agreement": agreement}).failures() == {"accept: agreement": "sat"}


@pytest.mark.usefixtures("z3")
def test_the_lemmas_prove_paxos_at_any_size() -> None:
    proof = Proof(PAXOS.system, LEMMAS)
    assert proof.failures(with_types=True) == {}
    assert proof.implies("agreement")
    assert proof.implies("validity")
    assert proof.implies("one_value_per_ballot")


@pytest.mark.usefixtures("z3")
@pytest.mark.parametrize(
    ("mutant", "failure"),
    [
        ("omit_vote", "promise: none is reported where there is none"),
        ("pick_lowest", "propose: no other value is choosable below a proposal"),
        ("propose_twice", "propose: one proposal per ballot"),
        ("accept_without_promise", "accept: votes are promises"),
        ("forget_vote", "restart: no vote is above the last one"),
    ],
)
def test_the_lemmas_fail_for_a_mutant_where_it_is_wrong(mutant: str, failure: str) -> None:
    assert Proof(system_of(mutant), LEMMAS).failures() == {failure: "sat"}
