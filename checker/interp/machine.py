"""A system and an instance as a state machine: initial states, the outcomes of every action, values of expressions.

Outcomes come in canonical order: actions as declared, then arguments in the order of their domains (the first parameter
varies slowest), then choices. An action means: bind all parameters, then run the body. To save work the body is run as
far as it goes with the parameters bound so far before the next one is bound; because nothing moves across anything
else, each outcome is that of the plain meaning.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias, cast

from checker.diagnostics import Span
from checker.interp.domains import Domains
from checker.interp.errors import ModelError
from checker.interp.evaluate import UNASSIGNED, Evaluator, is_assigned, scope_of
from checker.interp.operators import Code, Slots
from checker.interp.statements import (
    DISABLED,
    Bound,
    Disabled,
    Guard,
    Observer,
    Path,
    Run,
    Statements,
    Stop,
    local_names,
    only_looks,
)
from checker.ir.expr import Expr
from checker.ir.instance import Instance
from checker.ir.system import Action, Choose, Statement, System, VariableDecl
from checker.ir.types import BagType, FifoType, MapType, MessageSetType, Type, Value
from checker.ir.values import map_keys
from checker.ir.walk import free_locals, statement_expressions, walk_statements

StateValues: TypeAlias = tuple[Value, ...]
Values: TypeAlias = tuple[Value, ...]


class Next(NamedTuple):
    """An enabled step and the state it leads to."""

    action: str
    args: Values
    choices: Values
    state: StateValues


class Cut(NamedTuple):
    """A transition cut at a bound. `choices` are those made before the cut."""

    action: str
    args: Values
    choices: Values
    bound: str
    span: Span


class Failure(NamedTuple):
    """A step that has no meaning: an error of the model."""

    action: str
    args: Values
    choices: Values
    error: ModelError


Outcome: TypeAlias = Next | Cut | Failure


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


class Piece(NamedTuple):
    """A piece of an action's body: what only looks at the state, then what begins to write to it."""

    look: Run | None
    write: Run | None

    def run(self, state: Sequence[Value], x: Slots, path: Path) -> tuple[Stop | None, Sequence[Value]]:
        """Return what stopped the piece, if anything, and the state after it: `state` itself if nothing was written."""
        if self.look is not None:
            stop = self.look(cast(list[Value], state), x, path)
            if stop is not None:
                return stop, state
        if self.write is None:
            return None, state
        working = list(state)
        return self.write(working, x, path), working


class Program:
    """One action, compiled."""

    def __init__(
        self, action: Action, evaluator: Evaluator, *, is_initial: bool = False, observe: Observer | None = None
    ) -> None:
        self.action = action
        self.names = tuple(dict.fromkeys((*(p.name for p in action.parameters), *local_names(action.body))))
        self._domains = evaluator.domains
        scope = scope_of(self.names, is_initial=is_initial)
        statements = Statements(evaluator, action.name, scope, observe)
        self._pieces = [_piece(segment, statements) for segment in segments(action)]
        self.guards = statements.guards
        self._size = len(scope.frame)
        self._kinds = [p.type for p in action.parameters]

    def outcomes(self, state: StateValues, out: list[Outcome]) -> None:
        """Append the outcomes of the action in a state to `out`, in canonical order."""
        domains = [self._domains.parameter_values(kind, state) for kind in self._kinds]
        self._bind(state, [None] * self._size, (), domains, out)

    def perform(self, state: StateValues, args: Values, choices: Values) -> Outcome | None:
        """Return the outcome for given arguments and choices, or None if they are not possible or not enabled."""
        if len(args) != len(self._kinds):
            return None
        for kind, arg in zip(self._kinds, args, strict=True):
            if arg not in self._domains.parameter_values(kind, state):
                return None
        path = Script(choices)
        s: Sequence[Value] = state
        x = [*args, *[None] * (self._size - len(args))]
        try:
            for piece in self._pieces:
                stop, s = piece.run(s, x, path)
                if stop is not None:
                    return self._outcome(stop, s, args, path.made)
        except ModelError as error:
            return Failure(self.action.name, args, tuple(path.made), error)
        return self._outcome(None, s, args, path.made) if path.is_used_up else None

    def _bind(self, s: Sequence[Value], x: Slots, args: Values, domains: list[Values], out: list[Outcome]) -> None:
        """Run the body as far as it goes with `args`, then bind the next parameter.

        Every binding gets slots of its own: a local that the body has assigned may be assigned again further on, and
        the next binding must not see that.
        """
        place = len(args)
        if place == len(domains):
            self._finish(s, x, args, out)
            return
        try:
            stop, s = self._pieces[place].run(s, x, NO_CHOICE)
        except ModelError as error:
            self._stop_all(error, args, domains, out)
            return
        if stop is not None:
            self._stop_all(stop, args, domains, out)
            return
        for value in domains[place]:
            slots = [*x]
            slots[place] = value
            self._bind(s, slots, (*args, value), domains, out)

    def _stop_all(self, stop: Stop | ModelError, args: Values, domains: list[Values], out: list[Outcome]) -> None:
        """Give the outcome to each way of binding the parameters that are left."""
        if isinstance(stop, Disabled):
            return
        for rest in itertools.product(*domains[len(args) :]):
            whole = (*args, *rest)
            if isinstance(stop, Bound):
                out.append(Cut(self.action.name, whole, (), stop.name, stop.span))
            else:
                out.append(Failure(self.action.name, whole, (), stop))

    def _finish(self, s: Sequence[Value], x: Slots, args: Values, out: list[Outcome]) -> None:
        """Run the last piece once for every way of choosing."""
        path = Odometer()
        while True:
            try:
                stop, after = self._pieces[-1].run(s, [*x], path)
                outcome = self._outcome(stop, after, args, path.made)
            except ModelError as error:
                outcome = Failure(self.action.name, args, tuple(path.made), error)
            if outcome is not None:
                out.append(outcome)
            if not path.advance():
                return

    def _outcome(self, stop: Stop | None, s: Sequence[Value], args: Values, choices: list[Value]) -> Outcome | None:
        match stop:
            case None:
                return Next(self.action.name, args, tuple(choices), tuple(s))
            case Bound(name, span):
                return Cut(self.action.name, args, tuple(choices), name, span)
            case Disabled():
                return None


class Odometer(Path):
    """Goes through all ways of choosing, one execution at a time: the last choice changes first."""

    def __init__(self) -> None:
        self.made: list[Value] = []
        self._turns: list[int] = []
        self._sizes: list[int] = []

    def choose(self, elements: Sequence[Value]) -> Value | Disabled:
        if not elements:
            return DISABLED
        place = len(self.made)
        if place == len(self._turns):
            self._turns.append(0)
            self._sizes.append(len(elements))
        chosen = elements[self._turns[place]]
        self.made.append(chosen)
        return chosen

    def advance(self) -> bool:
        """Turn to the next way of choosing, and return whether there is one."""
        self.made = []
        while self._turns and self._turns[-1] + 1 == self._sizes[-1]:
            self._turns.pop()
            self._sizes.pop()
        if not self._turns:
            return False
        self._turns[-1] += 1
        return True


class Script(Path):
    """Makes the choices it was given, in order."""

    def __init__(self, choices: Values) -> None:
        self._choices = choices
        self.made: list[Value] = []

    @property
    def is_used_up(self) -> bool:
        return len(self.made) == len(self._choices)

    def choose(self, elements: Sequence[Value]) -> Value | Disabled:
        if self.is_used_up or self._choices[len(self.made)] not in elements:
            return DISABLED
        chosen = self._choices[len(self.made)]
        self.made.append(chosen)
        return chosen


NO_CHOICE = Script(())
"""For the pieces before the last, which choose nothing."""


def _piece(segment: tuple[Statement, ...], statements: Statements) -> Piece:
    look = tuple(itertools.takewhile(only_looks, segment))
    write = segment[len(look) :]
    return Piece(statements.block(look) if look else None, statements.block(write) if write else None)


def segments(action: Action) -> list[tuple[Statement, ...]]:
    """Return the body in pieces: the statements to run before the first parameter is bound, after one, after two, …

    A piece is the longest run of statements that uses no later parameter. Whatever chooses comes last, so that choices
    are enumerated after arguments.
    """
    places = {p.name: i for i, p in enumerate(action.parameters, start=1)}
    pieces: list[list[Statement]] = [[] for _ in range(len(places) + 1)]
    reached = 0
    for statement in action.body:
        inside = list(walk_statements((statement,)))
        if any(isinstance(s, Choose) for s in inside):
            reached = len(places)
        names = {name for s in inside for e in statement_expressions(s) for name in free_locals(e)}
        names.update(local_names((statement,)))
        reached = max(reached, *(places.get(name, 0) for name in names), 0)
        pieces[reached].append(statement)
    return [tuple(piece) for piece in pieces]


def _without_value(variable: VariableDecl, value: Value) -> ModelError:
    whole = "some of its entries have none" if isinstance(value, tuple) else "it has none"
    return ModelError(
        variable.span,
        "R012",
        f"{variable.name} needs an initial value: {whole}",
        f"assign self.{variable.name} in an @initial method",
    )
