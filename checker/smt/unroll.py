"""Behaviours of a system as a growing chain of symbolic states, and how a model of it is read back.

Behaviours that others stand for may be left out: those with steps that change nothing, those in which members of a sort
that is used symmetrically do not appear in ascending order, those in which neighbouring steps could change places and
do not come in order. A search for shortest behaviours misses nothing by that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from checker.interp.machine import Machine, StateValues
from checker.interp.replay import Move
from checker.ir.types import SortType, Value
from checker.smt.circuit import FALSE, Literal
from checker.smt.encoding import Encoding
from checker.smt.expressions import Evaluator, Frame, Place
from checker.smt.reorder import changes, comes_before, depend
from checker.smt.solver import Session
from checker.smt.steps import Option, Step, step_from
from checker.smt.values import Copies, Entries, Items, Members, Scalar, Symbol, constant

Assignment = Callable[[Literal], bool]
"""The values of literals in a model."""


class DisagreementError(Exception):
    """The interpreter does not see what the circuit said: one of the two is wrong."""


@dataclass(slots=True)
class Link:
    """A state of a chain, and the step from it."""

    evaluator: Evaluator
    step: Step

    @property
    def frame(self) -> Frame:
        return self.evaluator.frame


class Chain:
    """A chain of states. `links` are the states so far; each but the last has a step that is taken."""

    def __init__(
        self,
        encoding: Encoding,
        session: Session,
        first: Frame,
        *,
        symmetric: Sequence[SortType] = (),
        is_ordered: bool = False,
        keeps_last: bool = False,
    ) -> None:
        """Begin in `first`. If `is_ordered`, independent steps come in order, but for the last if `keeps_last`."""
        self.encoding = encoding
        self.session = session
        self.links: list[Link] = []
        self._symmetric = symmetric
        self._is_ordered = is_ordered
        self._delay = 1 if keeps_last else 0
        self._changes: list[dict[Place, Literal]] = []
        self._met: dict[SortType, list[Literal]] = {s: [FALSE] * encoding.instance.size(s.name) for s in symmetric}
        self._extend(Evaluator(encoding, first))

    @property
    def last(self) -> Link:
        """The last state."""
        return self.links[-1]

    def grow(self) -> None:
        """Take a step that changes something, from the last state to a new one."""
        for condition in self.conditions():
            self.require(condition)
        before = self.last.frame
        if self._is_ordered:
            self._changes.append(changes(self.encoding, before, self.last.step.frame))
            second = len(self._changes) - 1 - self._delay
            if second > 0:
                self.require(self._in_order(second))
        self._extend(Evaluator(self.encoding, self.last.step.frame, before))

    def model(self) -> Assignment:
        """Return the values of all literals in the model that the solver found."""
        return self.encoding.circuit.evaluation(self.session.is_true)

    def conditions(self) -> list[Literal]:
        """Return what has to be true for the step from the last state to be taken, and to change something."""
        circuit, algebra = self.encoding.circuit, self.encoding.algebra
        before, step = self.last.frame, self.last.step
        if step.taken == FALSE:
            return [FALSE]
        same = circuit.conjunction(algebra.equal(before[name], step.frame[name]) for name in before)
        ascending = (literal for sort in self._symmetric for literal in self._ascend(sort))
        return [step.taken, -same, *ascending]

    def require(self, literal: Literal) -> None:
        """Leave only the behaviours in which a literal is true."""
        self.define(literal)
        self.session.add([(literal,)])

    def define(self, *literals: Literal) -> None:
        """Tell the solver what literals mean."""
        encoding = self.encoding
        constraints, encoding.constraints = encoding.constraints, []
        roots = [*literals, *(literal for clause in constraints for literal in clause)]
        self.session.add(encoding.circuit.definitions(roots))
        self.session.add(constraints)

    def _extend(self, evaluator: Evaluator) -> None:
        self.links.append(Link(evaluator, step_from(self.encoding, evaluator)))

    def _in_order(self, second: int) -> Literal:
        """Return that a step and the one before it depend on each other, or come in order."""
        circuit = self.encoding.circuit
        first, then = self.links[second - 1].step, self.links[second].step
        earlier = depend(circuit, self._changes[second - 1], then.touched)
        later = depend(circuit, self._changes[second], first.touched)
        return circuit.disjunction([earlier, later, -comes_before(circuit, then, first, self.encoding)])

    def _ascend(self, sort: SortType) -> list[Literal]:
        """Return that members appear as arguments only after those before them."""
        circuit = self.encoding.circuit
        before = self._met[sort]
        after = list(before)
        ascending: list[Literal] = []
        for option in self.last.step.options:
            met = list(before)
            for parameter, argument in zip(option.action.parameters, option.arguments, strict=True):
                if parameter.type != sort:
                    continue
                is_member = [circuit.both(option.chosen, argument.alternatives.get(m, FALSE)) for m in range(len(met))]
                ascending += (circuit.either(-is_member[m], met[m - 1]) for m in range(1, len(met)))
                met = [circuit.either(a, b) for a, b in zip(met, is_member, strict=True)]
            after = [circuit.either(a, b) for a, b in zip(after, met, strict=True)]
        self._met[sort] = after
        return ascending


def frame_of(encoding: Encoding, states: Sequence[StateValues]) -> Frame:
    """Return a state that is one of several known ones."""
    picked = encoding.pick(tuple(range(len(states))))
    return {
        variable.name: encoding.algebra.select(
            [(literal, constant(variable.type, states[i][place])) for i, literal in picked.alternatives.items()]
        )
        for place, variable in enumerate(encoding.system.variables)
    }


# -- reading a model ---------------------------------------------------------------------------------------------------


def state_in(encoding: Encoding, frame: Frame, is_true: Assignment) -> StateValues:
    """Return the state that a frame is in a model."""
    return tuple(value_in(frame[v.name], is_true) for v in encoding.system.variables)


def value_in(symbol: Symbol, is_true: Assignment) -> Value:
    """Return the value that a symbol has in a model.

    Raises:
        DisagreementError: it has none, or two.

    """
    match symbol:
        case Scalar(alternatives):
            return _alternative(alternatives, is_true)
        case Members(members):
            return frozenset(value for value, literal in members.items() if is_true(literal))
        case Entries(values):
            return tuple(value_in(v, is_true) for v in values)
        case Items(lengths, items):
            return tuple(value_in(item, is_true) for item in items[: _alternative(lengths, is_true)])
        case Copies(counts):
            copies = ((message, value_in(count, is_true)) for message, count in counts.items())
            return frozenset((message, count) for message, count in copies if count)


def _alternative(alternatives: Mapping[Value, Literal], is_true: Assignment) -> Value:
    found = [value for value, literal in alternatives.items() if is_true(literal)]
    if len(found) != 1:
        raise DisagreementError(f"a value is {len(found)} things at once")
    return found[0]


def move_in(step: Step, is_true: Assignment) -> Move:
    """Return the move that a step is in a model."""
    option = option_in(step, is_true)
    arguments = tuple(value_in(argument, is_true) for argument in option.arguments)
    choices = tuple(value_in(pick.value, is_true) for pick in option.picks if is_true(pick.path))
    return option.action.name, arguments, choices


def option_in(step: Step, is_true: Assignment) -> Option:
    """Return the action that is taken in a model."""
    found = [option for option in step.options if is_true(option.chosen)]
    if len(found) != 1:
        raise DisagreementError(f"{len(found)} actions are taken at once")
    return found[0]


def first_state(machine: Machine, states: Sequence[StateValues]) -> StateValues:
    """Return the first of some states that is initial.

    Raises:
        DisagreementError: none is.

    """
    initial = frozenset(machine.initial_states())
    for state in states:
        if state in initial:
            return state
    raise DisagreementError("a behaviour begins in no initial state")
