"""Of all shortest traces the compiled engine shows one that does not depend on luck: the least, from its end on."""

from __future__ import annotations

import pytest

from checker.dsl.loader import load
from checker.explicit.engine import ExplicitEngine, Store
from checker.explicit.layout import layout_of
from checker.explicit.shapes import Shapes
from checker.interp.machine import Machine, Next, StateValues
from checker.ir.instance import Instance, build_instance
from checker.ir.system import System
from checker.trace.verdict import Request, Violated
from tests.explicit.comparison import needs_compiler


def forgetful() -> tuple[System, Instance]:
    """Return a mutant of Paxos that breaks agreement, with two values to choose the least state from."""
    system = load("paxos").mutants["omit_vote"].system
    return system, build_instance(system, "test", {"Acceptor": 3, "Ballot": 2, "Value": 2})


@pytest.fixture(scope="module")
def least() -> list[StateValues]:
    """The states of the least trace, found by the definition: by the interpreter, level by level."""
    system, instance = forgetful()
    machine, layout = Machine(system, instance), layout_of(Shapes(system, instance))
    holds = machine.predicate(system.property("agreement").body)
    levels, seen = [set(machine.initial_states())], set(machine.initial_states())
    while all(holds(s) for s in levels[-1]):
        levels.append({t for s in levels[-1] for t in successors(machine, s)} - seen)
        seen |= levels[-1]
    violating = [s for s in levels.pop() if not holds(s)]
    assert len(violating) > 1
    trace = [min(violating, key=layout.pack)]
    while levels:
        before = [s for s in levels.pop() if trace[0] in successors(machine, s)]
        trace.insert(0, min(before, key=layout.pack))
    return trace


def successors(machine: Machine, state: StateValues) -> list[StateValues]:
    return [o.state for o in machine.outcomes(state) if isinstance(o, Next)]


@needs_compiler
@pytest.mark.parametrize("store", ["exact", "tree"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_trace_is_the_least_of_the_shortest_seen_from_its_end(
    store: Store, workers: int, least: list[StateValues]
) -> None:
    verdict = (
        ExplicitEngine(workers, store, symmetry=False).run(*forgetful(), Request(("agreement",))).results[0].verdict
    )
    assert isinstance(verdict, Violated)
    assert list(verdict.trace.states) == least
