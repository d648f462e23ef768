"""What the literature says of progress: what is enough for it, and how it fails without."""

from __future__ import annotations

import pytest

from checker.diagnostics import NOWHERE
from checker.dsl.loader import load
from checker.interp.engine import Interpreter
from checker.ir.instance import Setting, build_instance
from checker.spec.find import bundled_specs
from checker.spec.parse import parse_spec
from checker.spec.temporal import read_property, temporal_properties
from checker.spec.tree import CheckDecl, MutantDecl
from checker.temporal.fairness import TemporalProperty
from checker.trace.trace import Trace
from checker.trace.verdict import Holds, Request, Verdict, Violated

TERMINATION = "eventually (decided or abandoned)"
EVERYBODY = "prepare(per=p), propose(per=p), agree(per=a, p), refuse(per=a, p)"


def judged(name: str, mutant: str, asked: TemporalProperty | str, **settings: Setting) -> Verdict:
    model = load(name)
    system = model.mutant(mutant).system if mutant else model.system
    claim = read_property("claim", asked, NOWHERE) if isinstance(asked, str) else asked
    report = Interpreter().run(system, build_instance(system, "test", settings), Request(temporal=(claim,)))
    return report.results[0].verdict


def duel(acceptors: int, strength: str = "weak") -> Trace:
    text = f"{TERMINATION} under {strength} fairness of {EVERYBODY}"
    verdict = judged("duelling_proposers", "retry_at_once", text, Acceptor=acceptors, Proposer=2, crashes=2)
    assert isinstance(verdict, Violated)
    return verdict.trace


@pytest.mark.parametrize(("acceptors", "steps"), [(1, 8), (2, 10), (3, 12)])
def test_two_proposers_duel_for_ever_without_a_crash_and_though_everybody_does_its_part(
    acceptors: int, steps: int
) -> None:
    """Paxos Made Simple, section 2.4."""
    trace = duel(acceptors)
    assert trace.loop_start is not None
    cycle = trace.steps[trace.loop_start :]
    assert len(cycle) == steps
    assert sorted(s.args[0].value for s in cycle if s.action == "prepare") == [0, 1]
    assert "crash" not in {s.action for s in trace.steps}


def test_strong_fairness_does_not_end_a_duel() -> None:
    trace = duel(2, "strong")
    assert trace.loop_start is not None
    assert {s.action for s in trace.steps[trace.loop_start :]} == {"prepare", "propose", "agree", "refuse"}


def test_a_single_proposer_ends_and_so_do_two_of_which_one_waits() -> None:
    text = f"{TERMINATION} under weak fairness of {EVERYBODY}"
    assert judged("duelling_proposers", "retry_at_once", text, Acceptor=3, Proposer=1, crashes=1) == Holds("exhaustive")
    assert judged("duelling_proposers", "", text, Acceptor=2, Proposer=2, crashes=2) == Holds("exhaustive")


@pytest.mark.parametrize("left_out", ["prepare", "promise", "propose", "accept"])
def test_paxos_needs_every_one_of_its_steps_to_decide(left_out: str) -> None:
    actions = {"prepare": "b", "promise": "a", "propose": "b", "accept": "a"}
    settings: dict[str, Setting] = {"Acceptor": 2, "Ballot": 2, "Value": 2}
    everything = ", ".join(f"{name}(per={per})" for name, per in actions.items())
    rest = ", ".join(f"{name}(per={per})" for name, per in actions.items() if name != left_out)
    assert judged("paxos", "", f"eventually decided under weak fairness of {everything}", **settings) == Holds(
        "exhaustive"
    )
    verdict = judged("paxos", "", f"eventually decided under weak fairness of {rest}", **settings)
    assert isinstance(verdict, Violated)
    assert verdict.trace.loop_start == len(verdict.trace.steps)


@pytest.mark.parametrize("name", [path.stem for path in bundled_specs()])
def test_every_temporal_property_of_a_bundled_spec_is_checked_and_some_check_or_mutant_refutes_it(name: str) -> None:
    """A property that nothing violates may be checking nothing."""
    (spec,) = (parse_spec(path) for path in bundled_specs() if path.stem == name)
    checked = {c.name for s in spec.statements if isinstance(s, CheckDecl) for c in s.claims}
    refuted = {
        c.name
        for s in spec.statements
        if isinstance(s, CheckDecl | MutantDecl) and s.expectation.kind == "fail"
        for c in s.claims
    }
    declared = set(temporal_properties(spec))
    assert declared <= checked
    assert declared <= refuted
