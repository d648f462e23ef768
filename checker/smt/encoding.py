"""What all circuits of a system in an instance share: the gates, what the instance fixes, and what is left open."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from checker.interp.domains import Domains
from checker.ir.types import Type, Value
from checker.smt.circuit import Circuit, Literal
from checker.smt.networks import Networks
from checker.smt.values import Algebra, Scalar, scalar

PAIRS_MAX = 6
"""Literals of which each pair is excluded by a clause of its own."""


class Encoding:
    """The circuit of a system in an instance. `constraints` are clauses that always hold, and were not taken yet."""

    def __init__(self, domains: Domains, circuit: Circuit | None = None) -> None:
        self.domains = domains
        self.system = domains.system
        self.instance = domains.instance
        self.circuit = Circuit() if circuit is None else circuit
        self.algebra = Algebra(self.circuit)
        self.networks = Networks(domains, self.algebra)
        self.constraints: list[tuple[Literal, ...]] = []

    def pick(self, values: tuple[Value, ...]) -> Scalar:
        """Return one of some values, left open: exactly one of its literals is true, always."""
        if len(values) < 3:
            return scalar({value: self.circuit.variable() for value in values})
        literals = [self.circuit.variable() for _ in values]
        self.constraints.append(tuple(literals))
        self._exclude(literals)
        return Scalar(dict(zip(values, literals, strict=True)))

    def _exclude(self, literals: list[Literal]) -> None:
        """Let no two literals be true: each pair of a few, or one after the other (Sinz 2005)."""
        if len(literals) <= PAIRS_MAX:
            self.constraints += [(-a, -b) for a, b in itertools.combinations(literals, 2)]
            return
        before = literals[0]
        for literal in literals[1:]:
            self.constraints.append((-before, -literal))
            after = self.circuit.either(before, literal)
            before = after

    def in_order(self, element: Type, values: Mapping[Value, Literal]) -> list[tuple[Value, Literal]]:
        """Return the elements of a set with their literals, in canonical order."""
        return [(value, values[value]) for value in self.domains.ordering(element)(values)]
