"""Short ways to explore a bundled model, and to drive it step by step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from checker.dsl.loader import LoadedModel, load
from checker.interp.engine import Interpreter
from checker.interp.machine import Machine, Next, StateValues
from checker.ir.instance import Setting, build_instance
from checker.ir.system import System
from checker.ir.values import show_value
from checker.trace.verdict import Reached, Report, Request, Verdict, Violated

HERE = Path(__file__).parent


def published(name: str) -> LoadedModel:
    """Return the form of a model that is published, where ours differs from it."""
    return load(str(HERE / f"{name}.py"))


def explore(system: System, **settings: Setting) -> Report:
    """Return what the interpreter counts when it visits every state."""
    return Interpreter().run(system, build_instance(system, "test", settings), Request(exhaust=True))


def refute(system: System, name: str, **settings: Setting) -> Verdict:
    """Return the verdict on one property; the search stops as soon as there is one."""
    request = Request(properties=(name,))
    (result,) = Interpreter().run(system, build_instance(system, "test", settings), request).results
    return result.verdict


def reach(system: System, name: str, **settings: Setting) -> Verdict:
    """Return the verdict on one witness; the search stops as soon as there is one."""
    request = Request(witnesses=(name,))
    (result,) = Interpreter().run(system, build_instance(system, "test", settings), request).results
    return result.verdict


def steps(verdict: Verdict) -> int:
    """Return the length in actions of the trace that a verdict carries."""
    assert isinstance(verdict, Violated | Reached), verdict
    return len(verdict.trace.steps)


class Walk:
    """One behaviour of a model, chosen step by step by what an action and its arguments look like."""

    def __init__(self, system: System, start: Mapping[str, str] | None = None, /, **settings: Setting) -> None:
        """Begin in the only initial state in which the variables in `start` have the values that it shows."""
        self.system = system
        self.machine = Machine(system, build_instance(system, "walk", settings))
        wanted = start or {}
        (self.state,) = (
            s for s in self.machine.initial_states() if all(self.shows(s, n, v) for n, v in wanted.items())
        )

    def go(self, *steps: str) -> Walk:
        """Take the steps, each written as `Walk.offers` shows it."""
        for step in steps:
            offered = self._steps()
            assert step in offered, f"{step} is not enabled, only {', '.join(offered)}"
            self.state = offered[step]
        return self

    def offers(self) -> tuple[str, ...]:
        """Return every enabled step, such as `promise(a1, Prepare(0))`."""
        return tuple(self._steps())

    def holds(self, name: str, *args: int) -> bool:
        """Return the value of a predicate for arguments given as places (v1 is 0)."""
        function = self.system.function(name)
        names = [p.name for p in function.parameters]
        return bool(self.machine.evaluate(function.body, self.state, dict(zip(names, args, strict=True))))

    def shows(self, state: StateValues, name: str, shown: str) -> bool:
        """Return whether a variable has a value that is shown so."""
        place = [v.name for v in self.system.variables].index(name)
        kind = self.system.variables[place].type
        return show_value(kind, state[place], self.system, self.machine.instance) == shown

    def _steps(self) -> dict[str, StateValues]:
        outcomes = self.machine.outcomes(self.state)
        return {self._shown(o): o.state for o in outcomes if isinstance(o, Next)}

    def _shown(self, step: Next) -> str:
        parameters = self.system.action(step.action).parameters
        shown = (
            show_value(p.type, value, self.system, self.machine.instance)
            for p, value in zip(parameters, step.args, strict=True)
        )
        return f"{step.action}({', '.join(shown)})"
