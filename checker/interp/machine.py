"""A system and an instance as a state machine: initial states, the outcomes of every action, values of expressions.

Outcomes come in canonical order: actions as declared, then arguments in the order of their domains (the first parameter
varies slowest), then choices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from checker.interp.domains import Domains
from checker.interp.errors import ModelError
from checker.interp.evaluate import UNASSIGNED, Evaluator, is_assigned, scope_of
from checker.interp.operators import Code
from checker.interp.program import Cut, Failure, Next, Outcome, Program, StateValues, Values
from checker.interp.statements import Guard, Observer
from checker.ir.expr import Expr
from checker.ir.instance import Instance
from checker.ir.system import System, VariableDecl
from checker.ir.types import BagType, FifoType, MapType, MessageSetType, Type, Value
from checker.ir.values import map_keys

__all__ = ["Cut", "Failure", "Machine", "Next", "Outcome", "StateValues", "Values", "blank"]


class Machine:
    """The reference semantics of a system in one instance. Compiling is done here, once."""

    def __init__(self, system: System, instance: Instance) -> None:
        self.system = system
        self.instance = instance
        self.domains = Domains(system, instance)
        self._evaluator = Evaluator(self.domains)
        self._programs = {a.name: Program(a, self._evaluator) for a in system.actions}
        self._running = tuple(self._programs.values())
        self._expressions: dict[tuple[int, tuple[str, ...]], tuple[Expr, Code, int]] = {}

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Every `require` of the actions in program order, with how often `outcomes` met it."""
        return tuple(guard for program in self._running for guard in program.guards)

    def outcomes(self, state: StateValues) -> list[Outcome]:
        """Return the outcomes of all actions in a state; what is disabled has none."""
        out: list[Outcome] = []
        for program in self._running:
            program.outcomes(state, out)
        return out

    def perform(
        self, state: StateValues, action: str, args: Values, choices: Values, observe: Observer | None = None
    ) -> Outcome | None:
        """Return the outcome of one action with given arguments and choices, or None if that is not enabled.

        `observe` is told of every statement before it runs, with the working state and the slots of the locals, which
        are `local_slots(action)`.
        """
        program = self._programs[action]
        if observe is not None:
            program = Program(program.action, self._evaluator, observe=observe)
        return program.perform(state, args, choices)

    def local_slots(self, action: str) -> tuple[str, ...]:
        """Return the names of an action's parameters and locals, in the order of their slots."""
        return self._programs[action].names

    def initial_outcomes(self) -> list[Outcome]:
        """Return the outcomes of running all initial actions in order on a blank state, each `Next` state once."""
        states: dict[StateValues, Next] = {(): Next("", (), (), self._blank())}
        stopped: list[Outcome] = []
        for action in self.system.initial:
            program = Program(action, self._evaluator, is_initial=True)
            reached: dict[StateValues, Next] = {}
            for start in states.values():
                out: list[Outcome] = []
                program.outcomes(start.state, out)
                for outcome in out:
                    if isinstance(outcome, Next):
                        reached.setdefault(outcome.state, outcome)
                    else:
                        stopped.append(outcome)
            states = reached
        return [*(self._checked_start(start) for start in states.values()), *stopped]

    def initial_states(self) -> Iterator[StateValues]:
        """Yield the initial states, each once, in canonical order.

        Raises:
            ModelError: R012 for a variable that no initial action assigns, or any error in an initial action.

        """
        for outcome in self.initial_outcomes():
            if isinstance(outcome, Failure):
                raise outcome.error
            if isinstance(outcome, Next):
                yield outcome.state

    def predicate(self, expr: Expr) -> Callable[[Values], Value]:
        """Return what evaluates a closed expression on a state (or on a state followed by the one before it)."""
        scope = scope_of(())
        code = self._evaluator.compile(expr, scope)
        size = len(scope.frame)
        return lambda state: code(state, [None] * size)

    def evaluate(
        self,
        expr: Expr,
        state: Sequence[Value],
        locals: Mapping[str, Value],
        old: Sequence[Value] | None = None,
    ) -> Value:
        """Return the value of an expression in a state, `old` being the state before it.

        Raises:
            ModelError: the expression is undefined there.

        """
        names = tuple(locals)
        key = (id(expr), names)
        if key not in self._expressions:
            scope = scope_of(names)
            code = self._evaluator.compile(expr, scope)
            self._expressions[key] = (expr, code, len(scope.frame))  # holding expr keeps its id its own
        _, code, size = self._expressions[key]
        slots = [*locals.values(), *[None] * (size - len(names))]
        return code((*state, *(old or ())), slots)

    def elements(
        self, expr: Expr, state: Sequence[Value], locals: Mapping[str, Value], old: Sequence[Value] | None = None
    ) -> tuple[Value, ...]:
        """Return the elements of a collection in canonical order."""
        scope = scope_of(locals)
        each = self._evaluator.each(expr, scope)
        slots = [*locals.values(), *[None] * (len(scope.frame) - len(locals))]
        return tuple(each((*state, *(old or ())), slots))

    def _blank(self) -> StateValues:
        """Return the state before the first initial action: networks empty, budgets full, the rest unassigned."""
        return tuple(
            self.instance.budgets[v.name] if v.is_budget else blank(v.type, self.instance)
            for v in self.system.variables
        )

    def _checked_start(self, start: Next) -> Outcome:
        for variable, value in zip(self.system.variables, start.state, strict=True):
            if not is_assigned(value):
                return Failure(start.action, start.args, start.choices, _without_value(variable, value))
        return start


def blank(kind: Type, instance: Instance) -> Value:
    """Return the value of a variable before it is assigned: networks are empty, of maps every entry is unassigned."""
    match kind:
        case MessageSetType() | BagType():
            return frozenset()
        case FifoType(endpoint, _, _):
            row = ((),) * instance.size(endpoint.name)
            return (row,) * instance.size(endpoint.name)
        case MapType(key, inner):
            return (blank(inner, instance),) * len(map_keys(key, instance))
        case _:
            return UNASSIGNED


def _without_value(variable: VariableDecl, value: Value) -> ModelError:
    whole = "some of its entries have none" if isinstance(value, tuple) else "it has none"
    return ModelError(
        variable.span,
        "R012",
        f"{variable.name} needs an initial value: {whole}",
        f"assign self.{variable.name} in an @initial method",
    )
