"""What shipped models do without, the compiled engine finds as the interpreter does, however values are packed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.explicit import engine as engines
from checker.explicit import shapes
from checker.explicit.engine import ExplicitEngine
from checker.explicit.generate.text import UnsupportedError
from checker.interp.engine import Interpreter
from checker.ir import expr as ir
from checker.ir.instance import Setting, build_instance
from checker.ir.system import Action, Property, System
from checker.ir.types import BOOL, INT, IntType
from checker.trace.verdict import Request, Unknown
from tests.explicit.comparison import everything, findings, needs_compiler
from tests.explicit.constructs import CASES, CORNERS, counting, number, one_variable, put, system_called
from tests.explicit.test_shipped_models import first_instance


@pytest.fixture(params=["bits", "lists"])
def packing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Sets as bits wherever that is possible; or as lists that have room for one element at first."""
    if request.param == "lists":
        monkeypatch.setattr(shapes, "DENSE_MAX", 8)
        monkeypatch.setattr(shapes, "FIRST_CAPACITY", 1)
    return str(request.param)


def agree(system: System, settings: dict[str, Setting], engine: ExplicitEngine | None = None) -> None:
    instance = build_instance(system, "test", settings)
    engines = (engine or ExplicitEngine(2), Interpreter())
    native, reference = (e.run(system, instance, everything(system)) for e in engines)
    if reference.error is None:
        assert findings(native) == findings(reference)
        return
    assert native.error is not None
    assert native.error.diagnostic.code == reference.error.diagnostic.code


@needs_compiler
@pytest.mark.usefixtures("packing")
@pytest.mark.parametrize("name", CASES)
def test_a_construct_means_what_the_interpreter_says(name: str, tmp_path: Path) -> None:
    agree(*system_called(name, tmp_path))


@needs_compiler
@pytest.mark.parametrize("name", CORNERS)
@pytest.mark.parametrize("limit", [0, 1])
def test_a_corner_of_the_ir_means_what_the_interpreter_says(name: str, limit: int) -> None:
    agree(CORNERS[name], {"Node": 2, "Limit": limit})


@needs_compiler
@pytest.mark.usefixtures("packing")
@pytest.mark.parametrize("name", ["paxos", "raft", "pbft", "reliable_broadcast"])
def test_a_shipped_model_is_the_same_however_it_is_packed(name: str) -> None:
    system, instance = first_instance(name)
    native, reference = (e.run(system, instance, everything(system)) for e in (ExplicitEngine(2), Interpreter()))
    assert findings(native) == findings(reference)


@needs_compiler
def test_an_integer_that_leaves_64_bits_is_unknown_and_no_other_number() -> None:
    x = ir.State(IntType(), "x")
    square = Action("square", (), (put(IntType(), ir.Arith(INT, "*", x, x)),))
    system = one_variable(IntType(), number(3), square)
    positive = Property("positive", "invariant", ir.Less(BOOL, number(0), x))
    system = replace(system, properties=(positive,))
    report = ExplicitEngine().run(
        system, build_instance(system, "test", {"Node": 1, "Limit": 0}), Request(("positive",))
    )
    verdict = report.results[0].verdict
    assert isinstance(verdict, Unknown)
    assert "an integer beyond 64 bits" in verdict.reason


@needs_compiler
def test_what_compiled_code_does_without_is_left_to_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise UnsupportedError("a list of all values of Proof")

    monkeypatch.setattr(engines, "program_of", refuse)
    system = counting(IntType(0, 3), "-", 0)
    report = ExplicitEngine().run(system, build_instance(system, "test", {"Node": 1, "Limit": 0}), Request())
    assert report.engine == "interp"
    assert report.warnings[0].startswith("compiled code does without a list of all values of Proof")
