"""What is proved is what should be; whatever is wrong in a model, a lemma or an axiom leaves something unproved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.ir.system import System
from checker.smt.anysize.obligations import Theory
from checker.smt.anysize.prove import Proof, prove
from checker.smt.anysize.smtlib import script
from checker.smt.anysize.solve import BUDGET, discharge
from checker.smt.quorum.facts import Fact, intersection_facts
from checker.smt.quorum.solve import Solved as Second
from checker.smt.solver import Budget
from checker.trace.trace import Trace
from checker.trace.verdict import Holds, Unknown
from tests.smt.anysize.small import counter, system_of

BRACHA = ("n > 3*f", "byzantine: size <= f")
ONCE = Budget(2_000_000, (0, 1))


def proved(proof: Proof) -> dict[str, bool]:
    return {r.property: isinstance(r.verdict, Holds) for r in proof.results}


def all_of(system: System, *conditions: str, budget: Budget = BUDGET) -> Proof:
    return prove(system, [p.name for p in system.properties], (), conditions, budget=budget)


def without(system: System, lemma: str) -> System:
    return replace(system, properties=tuple(p for p in system.properties if p.name != lemma))


@pytest.mark.parametrize("seed", BUDGET.seeds)
def test_paxos_is_proved_at_every_seed(seed: int) -> None:
    proof = all_of(load("paxos").system, budget=Budget(BUDGET.rlimit, (seed,)))
    assert all(proved(proof).values())
    assert {d.solved.answer for d in proof.discharges} == {"sat", "unsat"}
    assert {"order of Ballot", "any PrepareQuorum, AcceptQuorum meet"} <= {a.name for a in proof.ledger.axioms}


def test_consensus_and_voting_are_proved() -> None:
    for name in ("consensus", "voting"):
        assert all(proved(all_of(load(name).system)).values())


def test_flexible_paxos_is_proved_if_its_quorums_meet() -> None:
    system = load("flexible_paxos").system
    found = proved(all_of(system, "quorums_meet"))
    assert [name for name, holds in found.items() if not holds] == ["quorums_meet"]
    alone = prove(system, ["agreement"], budget=ONCE)
    assert proved(alone) == {"agreement": False}


def test_the_broadcast_is_consistent_while_liars_are_fewer_than_a_third() -> None:
    system = load("byzantine_reliable_broadcast").system
    names = ["consistency", "integrity", "no_duplication"]
    proof = prove(system, names, BRACHA)
    assert all(proved(proof).values())
    assert [a.name for a in proof.ledger.axioms if "meet" in a.name]
    assert proof.ledger.assumed == BRACHA
    assert not any(proved(prove(system, ["consistency"], BRACHA[:1], budget=ONCE)).values())


@pytest.mark.parametrize(
    ("model", "mutant", "obligation"),
    [
        ("paxos", "omit_vote", "promise keeps reports_none"),
        ("paxos", "half_is_enough", "propose keeps proposals_safe"),
        ("paxos", "forget_vote", "restart keeps votes_recorded"),
        ("paxos", "propose_twice", "propose keeps one_value_per_ballot"),
        ("paxos", "vote_at_will", "accept_other keeps votes_proposed"),
        ("paxos", "accept_without_promise", "accept keeps votes_promised"),
        ("voting", "vote_for_anything", "vote keeps votes_safe"),
        ("voting", "split_ballot", "vote keeps one_value_per_ballot"),
        ("voting", "keep_last_vote", "vote satisfies votes_kept"),
    ],
)
def test_no_mutant_is_proved(model: str, mutant: str, obligation: str) -> None:
    wrong = load(model).mutant(mutant)
    proof = all_of(wrong.system, budget=ONCE)
    assert proved(proof)[wrong.breaks] is False
    names = [d.obligation.name for d in proof.failed]
    assert obligation in names
    assert any(d.solved.structure is not None for d in proof.failed)


def test_a_counterexample_to_induction_is_a_step_that_the_interpreter_takes() -> None:
    proof = all_of(load("voting").mutant("lower_promise").system, budget=ONCE)
    traces = [found for _, found in proof.counterexamples if isinstance(found, Trace)]
    assert traces
    assert traces[0].is_anywhere
    assert [s.action for s in traces[0].steps] == ["promise"]
    assert any("is violated" in note.text for note in traces[0].steps[0].notes)


def test_without_a_lemma_voting_is_not_proved() -> None:
    proof = prove(without(load("voting").system, "votes_promised"), ["agreement"], budget=ONCE)
    assert proved(proof) == {"agreement": False}


@pytest.mark.parametrize("lemma", ["reports_last", "reports_none", "promises_recorded", "votes_told"])
def test_without_a_lemma_paxos_is_not_proved(lemma: str) -> None:
    proof = prove(without(load("paxos").system, lemma), ["agreement"], budget=ONCE)
    assert proved(proof) == {"agreement": False}
    assert any(d.solved.structure is not None for d in proof.failed)


def unmet(system: System, facts: Sequence[Fact]) -> list[str]:
    theory = Theory(system, facts)
    lemmas = [p for p in system.properties if p.is_lemma]
    obligations = [*theory.inductive(lemmas), *theory.consequence(system.property("agreement"), lemmas)]
    return [o.name for o in obligations if discharge(o.assertions, ONCE).answer != o.wanted]


def test_without_the_fact_that_quorums_meet_voting_is_not_proved() -> None:
    system = load("voting").system
    facts = intersection_facts(system)
    assert unmet(system, facts) == []
    assert unmet(system, [f for f in facts if len(set(f.systems)) == 1]) != []


def test_an_undefined_expression_that_may_be_reached_is_not_proved(tmp_path: Path) -> None:
    assert all(proved(all_of(counter(tmp_path), budget=ONCE)).values())
    several = all_of(counter(tmp_path, guard="len(self.seen) >= 1"), budget=ONCE)
    assert not any(proved(several).values())
    assert "hand_over is defined" in several.failed[0].obligation.name


def test_a_lemma_that_may_be_undefined_does_not_hold(tmp_path: Path) -> None:
    trivial = all_of(counter(tmp_path, body="n == n"), budget=ONCE)
    assert all(proved(trivial).values())
    undefined = all_of(counter(tmp_path, body="only(self.seen) == n or only(self.seen) != n"), budget=ONCE)
    assert not any(proved(undefined).values())
    assert "begin keeps begun" in [d.obligation.name for d in undefined.failed]


def test_an_action_that_is_never_possible_proves_nothing(tmp_path: Path) -> None:
    proof = all_of(
        counter(tmp_path, guard="len(self.seen) == 1 and not any(self.at[n] is not None for n in self.seen)"),
        budget=ONCE,
    )
    assert not any(proved(proof).values())
    (failed,) = proof.failed
    assert failed.obligation.purpose == "possible"
    verdict = proof.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert "hand_over is possible" in verdict.reason


def test_nothing_holds_that_a_second_solver_contradicts() -> None:
    proof = prove(load("consensus").system, ["agreement"], second=lambda text: Second("sat", 0))
    assert not proof.is_sound
    verdict = proof.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert "the second solver contradicts z3" in verdict.reason


NOTHING = """
class Node(Sort): ...

class Nothing(Model):
    \"\"\"A choice from nothing: CHOOSING.\"\"\"

    seen: Set[Node]
    last: Node | None

    @initial
    def start(self) -> None:
        self.seen = set()
        START

    @action
    def see(self, n: Node) -> None:
        STEP
        self.seen = self.seen | {n}

    @invariant
    def wrong(self) -> bool:
        return self.last is not None
"""
CHOICE = "self.last = choose({n for n in Node if n not in set(Node)})"


@pytest.mark.parametrize(
    ("start", "step", "name"), [(CHOICE, "pass", "the start"), ("self.last = None", CHOICE, "see")]
)
def test_a_choice_from_nothing_proves_nothing(start: str, step: str, name: str, tmp_path: Path) -> None:
    chosen = CHOICE.replace("self.last =", "last =")
    parts = [text.replace(CHOICE, f"{chosen}\n        self.last = last") for text in (start, step)]
    proof = all_of(system_of(NOTHING.replace("START", parts[0]).replace("STEP", parts[1]), tmp_path), budget=ONCE)
    assert not any(proved(proof).values())
    assert f"{name} is possible" in [d.obligation.name for d in proof.failed]


@pytest.mark.parametrize(
    ("declared", "value", "message"),
    [
        ("Annotated[int, Range(0, 3)]", "0", "the type int 0..3"),
        ("Map[Node, Map[bool, bool]]", "mapping({n: mapping({b: b for b in bool}) for n in Node})", "a map from bool"),
    ],
)
def test_what_has_no_form_is_refused_at_its_line(tmp_path: Path, declared: str, value: str, message: str) -> None:
    text = f"""class Small(Model):
    '''Small.'''

    it: {declared}

    @initial
    def start(self) -> None:
        '''Starts.'''
        self.it = {value}

    @invariant
    def fine(self) -> bool:
        '''Is fine.'''
        return self.it == self.it
"""
    with pytest.raises(QuoraxError) as refused:
        all_of(system_of(text, tmp_path, f"refused_{len(declared)}"))
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "P001"
    assert message in diagnostic.message
    assert diagnostic.span.line == 17


def test_what_speaks_of_the_state_is_not_assumed() -> None:
    with pytest.raises(QuoraxError) as refused:
        prove(load("paxos").system, ["agreement"], (), ["votes_safe"])
    assert refused.value.diagnostics[0].code == "P002"


@pytest.mark.parametrize(("model", "given"), [("paxos", "any AcceptQuorum, AcceptQuorum meet"), ("consensus", "n > 3")])
def test_what_would_not_be_assumed_is_refused(model: str, given: str) -> None:
    with pytest.raises(QuoraxError) as refused:
        prove(load(model).system, ["agreement"], [given])
    assert refused.value.diagnostics[0].code == "P002"


def test_a_proof_is_the_same_every_time() -> None:
    first, second = (all_of(load("voting").system) for _ in range(2))
    assert [(d.solved.steps, d.solved.core) for d in first.discharges] == [
        (d.solved.steps, d.solved.core) for d in second.discharges
    ]
    assert [script(d.obligation.assertions) for d in first.discharges] == [
        script(d.obligation.assertions) for d in second.discharges
    ]


def test_a_second_solver_contradicts_nothing() -> None:
    pytest.importorskip("cvc5")
    from checker.smt.quorum.solve import solve_with_cvc5

    system = load("consensus").system
    proof = prove(system, [p.name for p in system.properties], second=solve_with_cvc5)
    assert proof.is_sound
    assert any(d.agree for d in proof.discharges)
