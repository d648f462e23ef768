"""The circuits say of every state, action, argument and choice what the interpreter does, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.interp.machine import Machine
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from checker.smt import values
from tests.explicit.constructs import CASES, CORNERS, system_called
from tests.explicit.test_shipped_models import MODELS, first_instance
from tests.ir.generate import instances, states, systems
from tests.ir.test_transition import BUNDLED
from tests.smt.simulation import Comparison, reachable

QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None,
                 suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip
LONG = settings(QUICK, max_examples=3000)

SMALL = [case for case in BUNDLED if isinstance(case, tuple) and len(case) == 3 and isinstance(case[0], str)]


def compare(system: System, settings: dict[str, Setting], most: int) -> Comparison:
    """Compare everything in the first reachable states."""
    machine = Machine(system, build_instance(system, "test", settings))
    comparison = Comparison(machine, reachable(machine, most))
    comparison.steps()
    comparison.events()
    comparison.predicates()
    return comparison


@pytest.mark.parametrize(("name", "bounds", "count"), SMALL, ids=lambda v: v if isinstance(v, str) else "")
def test_a_bundled_model_means_the_same_in_every_reachable_state(
    name: str, bounds: dict[str, Setting], count: int
) -> None:
    assert len(compare(load(name).system, bounds, 1_000).states) == count


@pytest.mark.parametrize("name", MODELS)
def test_a_shipped_model_means_the_same_in_its_first_states(name: str) -> None:
    system, instance = first_instance(name)
    machine = Machine(system, instance)
    comparison = Comparison(machine, reachable(machine, 60))
    comparison.steps()
    comparison.predicates()


@pytest.mark.deep
@pytest.mark.parametrize("name", MODELS)
def test_a_shipped_model_means_the_same_in_thousands_of_states(name: str) -> None:
    system, instance = first_instance(name)
    machine = Machine(system, instance)
    every = reachable(machine, 4_000)
    for start in range(0, len(every), 250):
        comparison = Comparison(machine, every[start : start + 250])
        comparison.steps()
        comparison.predicates()


@pytest.mark.parametrize("name", CASES)
def test_a_construct_means_what_the_interpreter_says(name: str, tmp_path: Path) -> None:
    compare(*system_called(name, tmp_path), 150)


@pytest.mark.parametrize("name", CORNERS)
@pytest.mark.parametrize("limit", [0, 1])
def test_a_corner_of_the_ir_means_what_the_interpreter_says(name: str, limit: int) -> None:
    compare(CORNERS[name], {"Node": 2, "Limit": limit}, 20)


def test_the_constructs_lead_to_every_kind_of_outcome(tmp_path: Path) -> None:
    met = compare(*system_called("logs that end in an error", tmp_path), 150).met
    assert {"change Failure", "change Next", "truncate Cut", "write Cut", "write NoneType"} <= met.keys()


def test_what_may_be_too_many_things_is_an_error_and_no_guess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "ALTERNATIVES_MAX", 3)
    with pytest.raises(QuoraxError, match="Y001"):
        compare(*system_called("loops", tmp_path), 150)


@st.composite
def anywhere(draw: st.DrawFn) -> tuple[System, Instance, list[tuple[object, ...]]]:
    system = draw(systems())
    instance = draw(instances(system))
    return system, instance, draw(st.lists(states(system, instance), min_size=1, max_size=6))


def compare_anywhere(system: System, instance: Instance, drawn: list[tuple[object, ...]]) -> None:
    machine = Machine(system, instance)
    comparison = Comparison(machine, list(dict.fromkeys(drawn)))
    comparison.steps()
    comparison.events()
    comparison.predicates()


@QUICK
@given(anywhere())
def test_a_random_system_means_the_same_in_any_state(drawn: tuple[System, Instance, list[tuple[object, ...]]]) -> None:
    compare_anywhere(*drawn)


@pytest.mark.deep
@LONG
@given(anywhere())
def test_thousands_of_random_systems_mean_the_same_in_any_state(
    drawn: tuple[System, Instance, list[tuple[object, ...]]],
) -> None:
    compare_anywhere(*drawn)
