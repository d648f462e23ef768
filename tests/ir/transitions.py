"""What a transition form means, by the plainest reading of it, for comparison with the interpreter's outcomes."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from checker.interp.machine import Cut, Machine, Next
from checker.ir.expr import Expr, Generator
from checker.ir.steps import BagUpdate, Change, Check, Choice, Definition, Step, Transition, Update, inlined
from checker.ir.types import Value
from checker.ir.values import sort_key

Values: TypeAlias = tuple[Value, ...]
Names: TypeAlias = dict[str, Value]

Result: TypeAlias = tuple[str, Values, Values, object]
"""An action, its arguments, the choices made, and the next state, the bound that cuts it, or "error"."""

ERROR = "error"


class Reader:
    """Reads the transitions of one system in one instance. Definitions are read by name: inlined."""

    def __init__(self, transitions: tuple[Transition, ...], machine: Machine) -> None:
        self._transitions = [inlined(t) for t in transitions]
        self._machine = machine
        self._variables = machine.system.variables

    def results(self, state: Values) -> list[Result]:
        """Return the outcomes of all actions in a state, disabled ones left out."""
        return [result for transition in self._transitions for result in self._of(transition, state)]

    def _of(self, transition: Transition, state: Values) -> Iterator[Result]:
        domains = [self._machine.domains.parameter_values(p.type, state) for p in transition.parameters]
        for args in itertools.product(*domains):
            names = dict(zip((p.name for p in transition.parameters), args, strict=True))
            for choices, end in self._run(transition.steps, transition, state, names, ()):
                yield transition.name, args, choices, end

    def _run(
        self, steps: tuple[Step, ...], transition: Transition, state: Values, names: Names, chosen: Values
    ) -> Iterator[tuple[Values, object]]:
        for position, step in enumerate(steps):
            match step:
                case Definition():
                    raise AssertionError("definitions are inlined")
                case Check(kind=kind, condition=condition, path=path, bound=bound):
                    if self._value(path, state, names) and not self._value(condition, state, names):
                        if kind != "disabled":
                            yield chosen, ERROR if kind == "error" else bound
                        return
                case Choice(name=name, domain=domain, path=path):
                    rest = steps[position + 1 :]
                    if not self._value(path, state, names):
                        yield from self._run(rest, transition, state, {**names, name: None}, chosen)
                        return
                    for value in sorted(self._value(domain, state, names), key=sort_key):
                        yield from self._run(rest, transition, state, {**names, name: value}, (*chosen, value))
                    return
        yield chosen, self._after(transition, state, names)

    def _after(self, transition: Transition, state: Values, names: Names) -> Values:
        after = dict(zip((v.name for v in self._variables), state, strict=True))
        for update in transition.updates:
            if isinstance(update, Update):
                after[update.variable] = self._value(update.value, state, names)
            else:
                after[update.variable] = self._bag(update, after[update.variable], state, names)
        return tuple(after.values())

    def _bag(self, update: BagUpdate, before: Value, state: Values, names: Names) -> Value:
        copies = Counter(dict(before))
        for change in update.changes:
            for message in self._messages(change, state, names):
                copies[message] += 1 if change.operation == "send" else -1
        return frozenset((message, count) for message, count in copies.items() if count)

    def _messages(self, change: Change, state: Values, names: Names) -> Iterator[Value]:
        if all(self._value(condition, state, names) for condition in change.path):
            for binding in self._bindings(change.generators, state, names):
                yield self._value(change.message, state, binding)

    def _bindings(self, generators: tuple[Generator, ...], state: Values, names: Names) -> Iterator[Names]:
        if not generators:
            yield names
            return
        first, rest = generators[0], generators[1:]
        for value in self._value(first.domain, state, names):
            inner = {**names, first.variable: value}
            if all(self._value(condition, state, inner) for condition in first.conditions):
                yield from self._bindings(rest, state, inner)

    def _value(self, expr: Expr, state: Values, names: Names) -> Value:
        return self._machine.evaluate(expr, state, names)


def sequential_results(machine: Machine, state: Values) -> list[Result]:
    """Return the outcomes of all actions by their sequential form."""
    results: list[Result] = []
    for outcome in machine.outcomes(state):
        match outcome:
            case Next(action, args, choices, after):
                results.append((action, args, choices, after))
            case Cut(action, args, choices, bound, _):
                results.append((action, args, choices, bound))
            case _:
                results.append((outcome.action, outcome.args, outcome.choices, ERROR))
    return results


def assert_same(machine: Machine, reader: Reader, state: Values) -> None:
    """Assert that both forms come to the same in a state.

    Where the transition form has an error it stands for all that a sequential execution may come to instead: it may
    end before it reaches the undefined expression. Where the sequential form has an error so has the other.
    """
    transitions = reader.results(state)
    errors = [result[:3] for result in transitions if result[3] == ERROR]
    settled = Counter(result for result in transitions if result[3] != ERROR)
    expected = Counter(r for r in sequential_results(machine, state) if not any(_follows(r[:3], e) for e in errors))
    assert settled == expected, state


def _follows(step: tuple[str, Values, Values], earlier: tuple[str, Values, Values]) -> bool:
    return step[:2] == earlier[:2] and step[2][: len(earlier[2])] == earlier[2]
