"""One action as a program: what binds its parameters and choices, and the outcome of each way of doing so.

An action means: bind all parameters, then run the body. To save work the body is run as far as it goes with the
parameters bound so far before the next one is bound; because no statement moves across another, each outcome is that of
the plain meaning.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, cast

from checker.diagnostics import Span
from checker.interp.errors import ModelError
from checker.interp.evaluate import Evaluator, scope_of
from checker.interp.operators import Slots
from checker.interp.statements import (
    DISABLED,
    Bound,
    Disabled,
    Observer,
    Path,
    Run,
    Statements,
    Stop,
    local_names,
    only_looks,
)
from checker.ir.system import Action, Choose, Statement
from checker.ir.types import Value
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
