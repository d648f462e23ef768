"""Circuits evaluated without a solver: many scenarios at once, one bit of a Python integer for each.

A scenario is a state, and for a step an action with arguments and choices. What the circuit says of every scenario is
compared with what the interpreter does: both ways, since a scenario that the circuit enables has to be a step, with the
same state after it, and one that it does not enable has to be none.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checker.interp.errors import ModelError
from checker.interp.goals import goals_of
from checker.interp.machine import Cut, Failure, Machine, Next, StateValues, Values
from checker.smt.circuit import TRUE, Circuit, Literal
from checker.smt.encoding import Encoding
from checker.smt.expressions import Evaluator, Frame
from checker.smt.goals import judge
from checker.smt.steps import Event, Option, Pick, events_from, step_from
from checker.smt.unroll import value_in
from checker.smt.values import Scalar, constant
from checker.trace.verdict import Request

SCENARIOS_MAX = 30_000
"""Scenarios that are evaluated at once."""


@dataclass(slots=True)
class Bits:
    """The values of all literals in `count` scenarios, from those of the inputs."""

    circuit: Circuit
    count: int
    inputs: dict[int, int] = field(default_factory=dict)
    _values: dict[int, int] = field(default_factory=dict)

    @property
    def every(self) -> int:
        return (1 << self.count) - 1

    def set(self, literal: Literal, bits: int) -> None:
        """Fix an input, or its negation."""
        if abs(literal) != TRUE:
            self.inputs[abs(literal)] = bits if literal > 0 else bits ^ self.every

    def of(self, literal: Literal) -> int:
        bits = self._variable(abs(literal))
        return bits if literal > 0 else bits ^ self.every

    def reader(self, scenario: int) -> Reader:
        return Reader(self, 1 << scenario)

    def _variable(self, variable: int) -> int:
        pending = [variable]
        while pending:
            here = pending[-1]
            if here in self._values:
                pending.pop()
                continue
            gate = self.circuit._gates[here]
            if gate is None:
                self._values[here] = self.every if here == TRUE else self.inputs.get(here, 0)
                pending.pop()
                continue
            missing = [abs(i) for i in gate if i and abs(i) not in self._values]
            if missing:
                pending += missing
                continue
            self._values[here] = self._gate(gate)
            pending.pop()
        return self._values[variable]

    def _gate(self, gate: tuple[int, ...]) -> int:
        values = [self._values[abs(i)] ^ (0 if i > 0 else self.every) for i in gate if i]
        if gate[0] == 0:
            condition, then, orelse = values
            return (condition & then) | (~condition & orelse & self.every)
        made = self.every
        for value in values:
            made &= value
        return made


@dataclass(frozen=True, slots=True)
class Reader:
    """The values of literals in one scenario."""

    bits: Bits
    place: int

    def __call__(self, literal: Literal) -> bool:
        return bool(self.bits.of(literal) & self.place)


def any_of(encoding: Encoding, states: Sequence[StateValues]) -> tuple[Frame, list[Literal]]:
    """Return a frame that is one of some states, each with the literal that says that it is that one."""
    literals = [encoding.circuit.variable() for _ in states]
    frame: dict[str, object] = {}
    for place, variable in enumerate(encoding.system.variables):
        branches = [(a, constant(variable.type, s[place])) for a, s in zip(literals, states, strict=True)]
        frame[variable.name] = encoding.algebra.select(branches)
    return frame, literals  # type: ignore[return-value]


Scenario = tuple[int, Option, Values, Values]


class Comparison:
    """All scenarios of some states of one machine. `met` counts the outcomes that were compared."""

    def __init__(self, machine: Machine, states: Sequence[StateValues]) -> None:
        self.machine = machine
        self.states = states
        self.met: Counter[str] = Counter()

    def steps(self) -> None:
        """Compare every action, with all arguments and choices, in every state."""
        encoding = Encoding(self.machine.domains)
        frame, chosen = any_of(encoding, self.states)
        step = step_from(encoding, Evaluator(encoding, frame))
        every = self._scenarios(step.options)
        while batch := list(itertools.islice(every, SCENARIOS_MAX)):
            bits = Bits(encoding.circuit, len(batch))
            _fix(bits, batch, chosen, step.options)
            for clause in encoding.constraints:
                satisfied = 0
                for literal in clause:
                    satisfied |= bits.of(literal)
                assert satisfied == bits.every, "picking one of several is not always possible"
            for number, (state, option, arguments, _) in enumerate(batch):
                is_true = bits.reader(number)
                assert all(value_in(frame[v.name], is_true) == x for v, x in self._state(state))
                made = [p.value for p in option.picks if is_true(p.path)]
                choices = tuple(value_in(p, is_true) for p in made if p.alternatives)
                outcome = self.machine.perform(self.states[state], option.action.name, arguments, choices)
                is_next = isinstance(outcome, Next)
                where = (option.action.name, arguments, choices, self.states[state], outcome)
                assert is_true(option.outcome.enabled) == is_next == is_true(step.taken), where
                assert is_true(option.outcome.error) == isinstance(outcome, Failure) == is_true(step.error), where
                cuts = {bound for bound, literal in option.outcome.cuts.items() if is_true(literal)}
                assert cuts == ({outcome.bound} if isinstance(outcome, Cut) else set()), where
                assert cuts == {bound for bound, literal in step.cuts.items() if is_true(literal)}, where
                self.met[f"{option.action.name} {type(outcome).__name__}"] += 1
                if isinstance(outcome, Next):
                    for after in (option.outcome.frame, step.frame):
                        found = tuple(value_in(after[v.name], is_true) for v in encoding.system.variables)
                        assert found == outcome.state, where

    def events(self) -> None:
        """Compare the outcomes of every state with those that are found one by one."""
        encoding = Encoding(self.machine.domains)
        frame, chosen = any_of(encoding, self.states)
        events = list(events_from(encoding, Evaluator(encoding, frame)))
        bits = Bits(encoding.circuit, len(self.states))
        for number, literal in enumerate(chosen):
            bits.set(literal, 1 << number)
        for number, state in enumerate(self.states):
            is_true = bits.reader(number)
            found = [e for e in events if any(map(is_true, _outcomes(e)))]
            said = {(e.action.name, e.arguments) for e in found}
            assert said == {outcome[:2] for outcome in self.machine.outcomes(state)}, state

    def predicates(self) -> None:
        """Compare what is asked of states, and of steps between any two of some states."""
        system = self.machine.system
        names = tuple(p.name for p in system.properties)
        predicates = tuple(
            f.name for f in system.functions if not f.parameters and str(f.type) == "bool" and not f.of_step
        )
        encoding = Encoding(self.machine.domains)
        frame, chosen = any_of(encoding, self.states)
        old, chosen_old = any_of(encoding, self.states)
        pairs = [(i, (7 * i + k) % len(self.states)) for i in range(len(self.states)) for k in range(3)]
        bits = Bits(encoding.circuit, len(pairs))
        for number, literal in enumerate(chosen):
            bits.set(literal, sum(1 << p for p, (i, _) in enumerate(pairs) if i == number))
        for number, literal in enumerate(chosen_old):
            bits.set(literal, sum(1 << p for p, (_, j) in enumerate(pairs) if j == number))
        for goal in goals_of(system, Request(names, predicates)):
            here = Evaluator(encoding, frame, old if goal.kind == "transition" else None)
            judged = judge(encoding, goal, here, old if goal.kind == "transition" else None)
            assert goal.body is not None
            predicate = self.machine.predicate(goal.body)
            for number, (i, j) in enumerate(pairs):
                is_true = bits.reader(number)
                try:
                    value = predicate(self.states[i] + (self.states[j] if goal.kind == "transition" else ()))
                    expected = (value == goal.sought, False)
                except ModelError:
                    expected = (False, True)
                if goal.kind == "transition" and self.states[i] == self.states[j]:
                    expected = (False, False)
                assert (is_true(judged.decided), is_true(judged.undefined)) == expected, (goal.name, self.states[i])
                self.met[f"{goal.name} {expected}"] += 1

    def _state(self, number: int) -> Iterator[tuple[object, object]]:
        return zip(self.machine.system.variables, self.states[number], strict=True)  # type: ignore[return-value]

    def _scenarios(self, options: Sequence[Option]) -> Iterator[Scenario]:
        for number in range(len(self.states)):
            for option in options:
                columns = [tuple(a.alternatives) for a in option.arguments]
                picks = [tuple(p.value.alternatives) or (None,) for p in option.picks]
                for arguments in itertools.product(*columns):
                    for choices in itertools.product(*picks):
                        yield number, option, arguments, choices


def _outcomes(event: Event) -> tuple[Literal, ...]:
    return event.outcome.enabled, event.outcome.error, *event.outcome.cuts.values()


def _fix(bits: Bits, batch: Sequence[Scenario], chosen: Sequence[Literal], options: Sequence[Option]) -> None:
    """Set the inputs of a step to what each scenario is."""
    of_states = [0] * len(chosen)
    of_picks: dict[int, dict[object, int]] = {}
    picks: dict[int, Scalar] = {}
    actions: dict[Literal, int] = dict.fromkeys((o.chosen for o in options), 0)
    for number, (state, option, arguments, choices) in enumerate(batch):
        place = 1 << number
        of_states[state] |= place
        actions[option.chosen] |= place
        taken: dict[int, object] = {}
        for scalar, value in zip(
            (*option.arguments, *(p.value for p in option.picks)), (*arguments, *choices), strict=True
        ):
            taken[id(scalar)] = value
        for other in options:
            for scalar in (*other.arguments, *(p.value for p in other.picks)):
                if not scalar.alternatives:
                    continue
                picks[id(scalar)] = scalar
                value = taken.get(id(scalar), next(iter(scalar.alternatives)))
                row = of_picks.setdefault(id(scalar), {})
                row[value] = row.get(value, 0) | place
    for literal, positions in (*zip(chosen, of_states, strict=True), *actions.items()):
        bits.set(literal, positions)
    for key, scalar in picks.items():
        for value, literal in scalar.alternatives.items():
            bits.set(literal, of_picks[key].get(value, 0))


def reachable(machine: Machine, most: int) -> list[StateValues]:
    """Return the reachable states breadth first, up to a number, in a deterministic order."""
    states = list(dict.fromkeys(machine.initial_states()))
    seen = set(states)
    for state in states:
        if len(states) >= most:
            break
        for outcome in machine.outcomes(state):
            if isinstance(outcome, Next) and outcome.state not in seen:
                seen.add(outcome.state)
                states.append(outcome.state)
    return states[:most]


def pick_of(scalar: Scalar) -> Mapping[object, Literal]:
    return scalar.alternatives


__all__ = ["Bits", "Comparison", "Pick", "any_of", "pick_of", "reachable"]
