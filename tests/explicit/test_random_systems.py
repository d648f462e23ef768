"""Random well-typed systems: the compiled engine agrees with the interpreter on all of them.

Guard counts are not compared: compiled code does not look at a guard that could give up where no message is there to
take the step.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker.diagnostics import QuoraxError
from checker.explicit.engine import ExplicitEngine
from checker.interp.engine import Interpreter
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.trace.verdict import DEADLOCK, Limits, Request
from tests.explicit.comparison import describe, findings, needs_compiler
from tests.ir.generate import Draw, instances, systems

STATES_MAX = 2000
"""States at which a system is too big to be compared: what is found first then depends on the order."""

QUICK = settings(max_examples=120, deadline=None, derandomize=True, database=None,
                 suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
LONG = settings(QUICK, max_examples=2000)


@st.composite
def explored(draw: Draw) -> tuple[System, Instance]:
    system = draw(systems())
    return system, draw(instances(system))


def compare(system: System, instance: Instance, workers: int) -> None:
    asked = (*(p.name for p in system.properties), DEADLOCK)
    request = Request(asked, exhaust=True, limits=Limits(states=STATES_MAX))
    try:
        reference = Interpreter().run(system, instance, request)
    except QuoraxError:  # a type with too many values to list
        return
    native = ExplicitEngine(workers=workers).run(system, instance, request)
    if reference.error is not None:
        assert native.error is not None, describe(system, instance)
        traces = (native.error.trace, reference.error.trace)
        lengths = [None if trace is None else len(trace.steps) for trace in traces]
        assert lengths[0] == lengths[1], describe(system, instance)
    elif reference.complete:
        assert findings(native) == findings(reference), describe(system, instance)


@needs_compiler
@pytest.mark.parametrize("workers", [1, 2])
@QUICK
@given(explored())
def test_a_random_system_is_explored_as_by_the_interpreter(workers: int, drawn: tuple[System, Instance]) -> None:
    compare(*drawn, workers)


@needs_compiler
@pytest.mark.deep
@LONG
@given(explored())
def test_thousands_of_random_systems_are_explored_as_by_the_interpreter(drawn: tuple[System, Instance]) -> None:
    compare(*drawn, 1)
