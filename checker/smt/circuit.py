"""Boolean circuits, shared as they are built, and the clauses that define them.

A literal is a number as in DIMACS: a variable, or minus a variable for its negation. Variable 1 is true. Gates are
conjunctions of any width, and choices between two literals; equal gates are one gate, and constants are folded where
they appear, so that what an instance fixes costs nothing. Everything is numbered in the order in which it is built:
the same calls make the same clauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

Literal: TypeAlias = int

TRUE: Literal = 1
FALSE: Literal = -1

GATES_MAX = 20_000_000
"""Gates of one circuit: some gigabytes."""


class SizeError(Exception):
    """A circuit has outgrown its limit. `gates` is the limit."""

    def __init__(self, gates: int) -> None:
        super().__init__(f"the limit of {gates:,} gates")
        self.gates = gates


class Circuit:
    """A growing circuit. Gate `v` is a tuple of inputs: of a conjunction sorted, of a choice after a 0."""

    def __init__(self, gates_max: int = GATES_MAX) -> None:
        self._gates: list[tuple[int, ...] | None] = [None, None]
        self._known: dict[tuple[int, ...], int] = {}
        self._defined: set[int] = {TRUE}
        self._gates_max = gates_max

    @property
    def variables(self) -> int:
        """The greatest variable so far."""
        return len(self._gates) - 1

    def variable(self) -> Literal:
        """Return a new input."""
        self._gates.append(None)
        return len(self._gates) - 1

    def both(self, left: Literal, right: Literal) -> Literal:
        """Return `left and right`."""
        if left == FALSE or right == FALSE or left == -right:
            return FALSE
        if left in (TRUE, right):
            return right
        if right == TRUE:
            return left
        return self._gate((left, right) if left < right else (right, left))

    def either(self, left: Literal, right: Literal) -> Literal:
        """Return `left or right`."""
        return -self.both(-left, -right)

    def conjunction(self, literals: Iterable[Literal]) -> Literal:
        """Return whether all are true: true for nothing."""
        kept = set(literals)
        kept.discard(TRUE)
        if FALSE in kept:
            return FALSE
        if len(kept) < 2:
            return kept.pop() if kept else TRUE
        if any(-literal in kept for literal in kept):
            return FALSE
        return self._gate(tuple(sorted(kept)))

    def disjunction(self, literals: Iterable[Literal]) -> Literal:
        """Return whether any is true: false for nothing."""
        return -self.conjunction([-literal for literal in literals])

    def choice(self, condition: Literal, then: Literal, orelse: Literal) -> Literal:
        """Return `then if condition else orelse`."""
        if then == orelse or condition == TRUE:
            return then
        if condition == FALSE:
            return orelse
        if condition < 0:
            condition, then, orelse = -condition, orelse, then
        if then in (TRUE, condition):
            return self.either(condition, orelse)
        if then in (FALSE, -condition):
            return self.both(-condition, orelse)
        if orelse in (FALSE, condition):
            return self.both(condition, then)
        if orelse in (TRUE, -condition):
            return self.either(-condition, then)
        if then < 0:
            return -self._gate((0, condition, -then, -orelse))
        return self._gate((0, condition, then, orelse))

    def same(self, left: Literal, right: Literal) -> Literal:
        """Return `left == right`."""
        return self.choice(left, right, -right)

    def two_of(self, literals: Iterable[Literal]) -> Literal:
        """Return whether at least two are true."""
        one = two = FALSE
        for literal in literals:
            two = self.either(two, self.both(one, literal))
            one = self.either(one, literal)
        return two

    def definitions(self, roots: Iterable[Literal]) -> list[tuple[Literal, ...]]:
        """Return the clauses that define the gates below `roots`, without those that were returned before."""
        clauses: list[tuple[Literal, ...]] = []
        pending = [abs(root) for root in roots]
        while pending:
            gate = pending.pop()
            if gate in self._defined:
                continue
            self._defined.add(gate)
            inputs = self._gates[gate]
            if inputs is None:
                continue
            clauses += _clauses(gate, inputs)
            pending += [abs(i) for i in inputs if i]
        return clauses

    def evaluation(self, is_true: Callable[[Literal], bool]) -> Callable[[Literal], bool]:
        """Return what evaluates any literal, given the values of the inputs: also gates that no solver was told of."""
        known: dict[int, bool] = {TRUE: True}

        def value(literal: Literal) -> bool:
            return known[abs(literal)] == (literal > 0)

        def evaluate(literal: Literal) -> bool:
            pending = [abs(literal)]
            while pending:
                here = pending[-1]
                gate = self._gates[here]
                missing = [abs(i) for i in gate or () if i and abs(i) not in known]
                if missing and here not in known:
                    pending += missing
                    continue
                pending.pop()
                if here not in known:
                    known[here] = is_true(here) if gate is None else _evaluated(gate, value)
            return value(literal)

        return evaluate

    def _gate(self, inputs: tuple[int, ...]) -> Literal:
        known = self._known.get(inputs)
        if known is None:
            known = len(self._gates)
            if known > self._gates_max:
                raise SizeError(self._gates_max)
            self._known[inputs] = known
            self._gates.append(inputs)
        return known


def _evaluated(gate: tuple[int, ...], value: Callable[[Literal], bool]) -> bool:
    """Return the value of a gate, given those of its inputs."""
    if gate[0] != 0:
        return all(map(value, gate))
    _, condition, then, orelse = gate
    return value(then) if value(condition) else value(orelse)


def _clauses(gate: int, inputs: tuple[int, ...]) -> list[tuple[Literal, ...]]:
    """Return what says that a gate is what its inputs make it."""
    if inputs[0] != 0:
        return [*((-gate, i) for i in inputs), (gate, *(-i for i in inputs))]
    _, condition, then, orelse = inputs
    return [
        (-condition, -then, gate),
        (-condition, then, -gate),
        (condition, -orelse, gate),
        (condition, orelse, -gate),
        (-then, -orelse, gate),
        (then, orelse, -gate),
    ]
