"""Partial-order reduction leaves out states and steps, and no verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.explicit.engine import ExplicitEngine, Store
from checker.interp.engine import Interpreter
from checker.ir.instance import Instance, build_instance
from checker.ir.system import System
from checker.spec.parse import parse_spec
from checker.spec.resolve import instance_settings
from checker.spec.tree import MutantDecl
from checker.trace.verdict import DEADLOCK, Report, Request, Unknown, Unreached
from tests.explicit.comparison import needs_compiler
from tests.explicit.test_shipped_models import MODELS, SPECS, first_instance
from tests.interp.small import system_of


def lasting(system: System) -> Request:
    """Return the request for all that a reduced exploration decides."""
    invariants = tuple(p.name for p in system.properties if p.kind == "invariant")
    predicates = tuple(f.name for f in system.functions if not f.parameters and str(f.type) == "bool" and not f.of_step)
    return Request((*invariants, DEADLOCK), predicates, exhaust=True)


def verdicts(report: Report) -> list[tuple[str, type[object]]]:
    """Return the verdicts; what was not reached is unknown under reduction."""
    kinds = [(r.property, type(r.verdict)) for r in report.results]
    return [(name, Unknown if kind is Unreached else kind) for name, kind in kinds]


def compared(system: System, instance: Instance, **options: bool) -> tuple[Report, Report]:
    full, few = (ExplicitEngine(reduction=r, **options) for r in (False, True))
    return full.run(system, instance, lasting(system)), few.run(system, instance, lasting(system))


@needs_compiler
@pytest.mark.parametrize("symmetry", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_the_same_verdicts(name: str, symmetry: bool) -> None:
    full, few = compared(*first_instance(name), symmetry=symmetry)
    assert verdicts(full) == verdicts(few)
    assert few.counts.stored <= full.counts.stored
    assert not few.is_reduced or not [w for w in few.warnings if "could do without" in w]


@needs_compiler
def test_every_mutant_that_an_invariant_refutes_is_refuted() -> None:
    refuted = 0
    for name in ("paxos", "flexible_paxos"):
        model, spec = load(name), parse_spec(SPECS / f"{name}.spec")
        for declared in (s for s in spec.statements if isinstance(s, MutantDecl)):
            system = model.mutants[declared.mutant.text].system
            invariants = {p.name for p in system.properties if p.kind == "invariant"}
            instance = build_instance(system, "test", instance_settings(spec, declared.instance.text))
            for claim in (c.name for c in declared.claims if c.name in invariants):
                full, few = (
                    ExplicitEngine(reduction=r).run(system, instance, Request((claim,))) for r in (False, True)
                )
                assert verdicts(full) == verdicts(few)
                refuted += few.is_reduced
    assert refuted >= 5


@needs_compiler
@pytest.mark.parametrize("store", ["exact", "tree"])
def test_states_are_left_out_whatever_the_number_of_workers(store: Store) -> None:
    system = load("paxos").system
    instance = build_instance(system, "test", {"Acceptor": 3, "Ballot": 3, "Value": 2})
    runs = [
        ExplicitEngine(n, store, symmetry=False, reduction=True).run(system, instance, Request(("agreement",)))
        for n in (1, 2, 4)
    ]
    assert all(r.is_reduced and r.counts == runs[0].counts for r in runs)
    assert runs[0].counts.stored < 180_000 < 185_369


BUSY = '''
class Busy(Model):
    """One action that never comes to rest, and another that must not be forgotten for it."""

    lamp: bool
    count: Annotated[int, Range(0, 3)]

    @initial
    def start(self) -> None:
        self.lamp = False
        self.count = 0

    @action
    def blink(self) -> None:
        self.lamp = not self.lamp

    @action
    def tick(self) -> None:
        require(self.count < 3)
        self.count = self.count + 1

    @invariant
    def early(self) -> bool:
        return self.count < 3
'''


@needs_compiler
def test_what_is_left_out_is_not_left_out_for_ever(tmp_path: Path) -> None:
    system = system_of(BUSY, tmp_path)
    instance = build_instance(system, "test", {})
    full, few = compared(system, instance)
    assert few.is_reduced
    assert verdicts(full) == verdicts(few)
    assert few.counts.generated < full.counts.generated


@needs_compiler
@pytest.mark.parametrize(
    ("store", "request_", "what"),
    [
        ("exact", Request(("terms_and_votes_kept",)), "does not preserve terms_and_votes_kept"),
        ("fp64", Request(("log_matching",)), "the level of a state"),
    ],
)
def test_what_reduction_does_not_decide_is_refused(store: Store, request_: Request, what: str) -> None:
    with pytest.raises(QuoraxError, match=what) as caught:
        ExplicitEngine(store=store, reduction=True).run(*first_instance("raft"), request_)
    assert caught.value.diagnostics[0].code == "X004"


@needs_compiler
def test_a_model_without_independent_actions_is_explored_fully_with_a_remark() -> None:
    system, instance = first_instance("pbft")
    report = ExplicitEngine(reduction=True).run(system, instance, lasting(system))
    assert not report.is_reduced
    assert report.warnings[0] == "--reduction leaves out nothing: no action is independent of all others"
    assert report.counts.distinct == Interpreter().run(system, instance, lasting(system)).counts.distinct
