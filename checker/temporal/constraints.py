"""The fairness constraints of a system: one for each declaration and each value of its `per` parameters.

Constraints are numbered as they are met: one that no step ever serves has no number, and needs none.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from checker.diagnostics import Diagnostic, QuoraxError
from checker.ir.instance import Instance
from checker.ir.system import Action, System
from checker.ir.types import Value
from checker.ir.values import show_value
from checker.temporal.fairness import Fairness, Strength, TemporalProperty


class Constraints:
    """The constraints that some properties assume, as sets of bits. Equal declarations share theirs."""

    def __init__(self, system: System, properties: Iterable[TemporalProperty]) -> None:
        """Look up the actions and parameters that fairness is declared of.

        Raises:
            QuoraxError: R021, for those that the system does not have.

        """
        self._system = system
        self._places: dict[str, list[tuple[tuple[str, ...], tuple[int, ...]]]] = {}
        self._numbers: dict[tuple[str, tuple[str, ...], tuple[Value, ...]], int] = {}
        self._sets: dict[tuple[str, tuple[Value, ...]], int] = {}
        problems: list[Diagnostic] = []
        for asked in properties:
            for fair in asked.fairness:
                self._declare(fair, asked, problems)
        if problems:
            raise QuoraxError(problems)

    def of_step(self, action: str, args: tuple[Value, ...]) -> int:
        """Return the constraints that a step serves, if it changes the state."""
        if action not in self._places:
            return 0
        key = (action, args)
        if key not in self._sets:
            found = 0
            for per, places in self._places[action]:
                constraint = (action, per, tuple(args[place] for place in places))
                found |= 1 << self._numbers.setdefault(constraint, len(self._numbers))
            self._sets[key] = found
        return self._sets[key]

    def of_property(self, asked: TemporalProperty, strength: Strength) -> int:
        """Return the constraints met so far that a property assumes in this strength."""
        declared = {(fair.action, fair.per) for fair in asked.fairness if fair.strength == strength}
        return sum(1 << i for (action, per, _), i in self._numbers.items() if (action, per) in declared)

    def names(self, constraints: int, instance: Instance) -> list[str]:
        """Return constraints in words: "accept(a = a1)", in the order of their numbers."""
        return [
            self._name(action, per, values, instance)
            for (action, per, values), i in self._numbers.items()
            if constraints >> i & 1
        ]

    def _name(self, action: str, per: tuple[str, ...], values: tuple[Value, ...], instance: Instance) -> str:
        kinds = {p.name: p.type for p in self._system.action(action).parameters}
        shown = (
            f"{name} = {show_value(kinds[name], value, self._system, instance)}"
            for name, value in zip(per, values, strict=True)
        )
        return f"{action}({', '.join(shown)})" if per else action

    def _declare(self, fair: Fairness, asked: TemporalProperty, problems: list[Diagnostic]) -> None:
        actions = {a.name: a for a in self._system.actions}
        if fair.action not in actions:
            problems.append(_unknown(asked, "action", fair.action, actions, self._system.name))
            return
        parameters = _places(actions[fair.action])
        unknown = [name for name in fair.per if name not in parameters]
        problems += (_unknown(asked, "parameter", name, parameters, f"action {fair.action}") for name in unknown)
        here = self._places.setdefault(fair.action, [])
        if not unknown and fair.per not in (per for per, _ in here):
            here.append((fair.per, tuple(parameters[name] for name in fair.per)))


def _places(action: Action) -> dict[str, int]:
    return {p.name: i for i, p in enumerate(action.parameters)}


def _unknown(asked: TemporalProperty, kind: str, name: str, known: Iterable[str], where: str) -> Diagnostic:
    names = tuple(known)
    near = get_close_matches(name, names, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"it has {', '.join(names) or 'none'}"
    return Diagnostic(asked.span, "R021", f"{where} has no {kind} {name}, which {asked.name} wants to be fair", remedy)
