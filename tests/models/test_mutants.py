"""Every property is broken by some mutant, and every mutant by the shortest behaviour that breaks it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from checker.dsl.loader import bundled_models, load
from checker.dsl.model import Model
from checker.ir.instance import Setting
from checker.spec.find import bundled_specs
from checker.spec.parse import parse_spec
from checker.spec.tree import MutantDecl
from checker.trace.verdict import Holds, Violated
from tests.models.runs import refute, steps

PAXOS: dict[str, Setting] = {"Acceptor": 3, "Ballot": 2, "Value": 2}
FLEXIBLE: dict[str, Setting] = {"Ballot": 2, "Value": 2}
BROADCAST: dict[str, Setting] = {"Process": 3, "Message": 1}


@dataclass(frozen=True)
class Refutation:
    """A wrong variant, the property it breaks, the smallest instance for it, and the length of the shortest trace."""

    number: str
    model: str
    property: str
    settings: dict[str, Setting]
    steps: int


REFUTATIONS = [
    Refutation("RB-01", "reliable_broadcast", "agreement", BROADCAST | {"crashes": 1}, 4),
    Refutation("RB-03", "reliable_broadcast", "no_duplication", BROADCAST | {"crashes": 0}, 6),
    Refutation("RB-04", "uniform_reliable_broadcast", "uniform_agreement", BROADCAST | {"crashes": 1}, 2),
    Refutation("RB-05", "uniform_reliable_broadcast", "uniform_agreement", BROADCAST | {"crashes": 1}, 2),
    Refutation("RB-06", "uniform_reliable_broadcast", "uniform_agreement", BROADCAST | {"crashes": 2}, 5),
    Refutation("PX-01", "paxos", "agreement", PAXOS, 12),
    Refutation("PX-01", "paxos", "agreement", PAXOS | {"Acceptor": 2}, 12),
    Refutation("PX-04", "paxos", "agreement", PAXOS | {"Acceptor": 2}, 8),
    Refutation("PX-07", "paxos", "agreement", PAXOS | {"Ballot": 1}, 9),
    Refutation("PX-09", "paxos", "agreement", PAXOS, 10),
    Refutation("PX-10", "paxos", "agreement", PAXOS, 12),
    Refutation("PX-12", "paxos", "agreement", PAXOS, 13),
    Refutation("FP-03", "flexible_paxos", "agreement", FLEXIBLE | {"Acceptor": 3, "Q1": 2, "Q2": 1}, 10),
]

DEEP = [
    Refutation("PX-02", "paxos", "agreement", PAXOS | {"Ballot": 3}, 17),
    Refutation("PX-03", "paxos", "agreement", PAXOS | {"Ballot": 3}, 17),
    Refutation("PX-04", "paxos", "agreement", PAXOS | {"Acceptor": 4}, 12),
    Refutation("PX-06", "paxos", "agreement", PAXOS | {"Ballot": 3}, 17),
    Refutation("PX-11", "paxos", "agreement", PAXOS, 13),
    Refutation("PX-14", "paxos", "agreement", PAXOS, 12),
    Refutation("FP-01", "flexible_paxos", "agreement", FLEXIBLE | {"Acceptor": 4, "Q1": 2, "Q2": 2}, 12),
]


def check_refutation(case: Refutation) -> None:
    mutant = load(case.model).mutant(case.number)
    assert steps(refute(mutant.system, case.property, **case.settings)) == case.steps


@pytest.mark.parametrize("case", REFUTATIONS, ids=lambda c: f"{c.number}-{c.settings}")
def test_a_mutant_is_refuted_in_the_fewest_steps(case: Refutation) -> None:
    check_refutation(case)


@pytest.mark.deep
@pytest.mark.parametrize("case", DEEP, ids=lambda c: f"{c.number}-{c.settings}")
def test_a_mutant_is_refuted_in_the_fewest_steps_of_a_larger_instance(case: Refutation) -> None:
    check_refutation(case)


@pytest.mark.parametrize(
    ("model", "number", "settings"),
    [
        ("paxos", "PX-02", PAXOS),
        ("paxos", "PX-03", PAXOS),
        ("paxos", "PX-06", PAXOS),
        ("reliable_broadcast", "RB-01", BROADCAST | {"Process": 2, "crashes": 1}),
        ("uniform_reliable_broadcast", "RB-06", BROADCAST | {"crashes": 1}),
    ],
)
def test_a_mutant_is_not_refuted_where_its_mistake_cannot_show(
    model: str, number: str, settings: dict[str, Setting]
) -> None:
    mutant = load(model).mutant(number)
    assert refute(mutant.system, mutant.breaks, **settings) == Holds("exhaustive")


ORIGINALS = {(c.model, c.property, str(c.settings)): c for c in REFUTATIONS if c.model != "flexible_paxos"}
"""Each instance once; the mutants of Flexible Paxos trust quorums for which it is not meant."""


@pytest.mark.parametrize("case", ORIGINALS.values(), ids=lambda c: f"{c.model}-{c.property}-{c.settings}")
def test_the_original_holds_where_its_mutant_is_refuted(case: Refutation) -> None:
    assert refute(load(case.model).system, case.property, **case.settings) == Holds("exhaustive")


def test_flexible_paxos_says_itself_which_quorums_it_is_not_meant_for() -> None:
    system = load("flexible_paxos").system
    verdict = refute(system, "quorums_meet", Acceptor=3, Ballot=2, Value=2, Q1=2, Q2=1)
    assert isinstance(verdict, Violated)
    assert steps(verdict) == 0


@pytest.mark.parametrize("name", bundled_models())
def test_every_property_that_a_model_adds_is_broken_by_one_of_its_mutants(name: str) -> None:
    broken = {
        claim.name
        for path in bundled_specs()
        if path.stem == name
        for statement in parse_spec(path).statements
        if isinstance(statement, MutantDecl) and statement.expectation.kind == "fail"
        for claim in statement.claims
    }
    model = load(name)
    inherited = {key for base in model.model.__mro__[1:] if issubclass(base, Model) for key in vars(base)}
    own = [p for p in model.system.properties if p.name not in inherited]
    assert {p.name for p in own} <= broken


@pytest.mark.parametrize("name", bundled_models())
def test_a_mutant_breaks_what_its_decorator_says_at_an_instance_of_the_spec(name: str) -> None:
    (spec,) = (parse_spec(path) for path in bundled_specs() if path.stem == name)
    said = {
        (s.mutant.text, claim.name)
        for s in spec.statements
        if isinstance(s, MutantDecl) and s.expectation.kind == "fail"
        for claim in s.claims
    }
    assert {(m.name, m.breaks) for m in load(name).mutants.values()} <= said
