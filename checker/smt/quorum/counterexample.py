"""Counterexamples: the smallest one, as sets of processes, and their evaluation in plain Python.

The least number of processes comes first, then the least parameters in order of first mention, then the sets with the
fewest members in all, and of these the ones that come first: p0 is in as many sets as can be, in the first before the
others. Nothing here that judges a counterexample knows of Venn regions, solvers or their arithmetic.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, assert_never

from checker.smt.quorum.encode import Obligation
from checker.smt.quorum.solve import SEEDS, GaveUpError, Search
from checker.smt.quorum.terms import (
    SIZE_OF_ALL,
    Add,
    Both,
    Comparison,
    Covers,
    Either,
    Everyone,
    Fact,
    Family,
    Named,
    Not,
    Number,
    Parameter,
    Question,
    Quotient,
    Relation,
    Scaled,
    Scenario,
    SetTerm,
    Size,
    System,
    Term,
    Threshold,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Parameters and sets for which a claim of a question is false.

    `members` names the processes, and sets hold their 0-based places; fixed sets come before quorums.
    """

    members: tuple[str, ...]
    parameters: Mapping[str, int]
    sets: Mapping[str, frozenset[int]]

    @property
    def key(self) -> tuple[object, ...]:
        """What the smallest counterexample has the least of."""
        places = [[place not in members for members in self.sets.values()] for place in range(len(self.members))]
        return tuple(self.parameters.values()), sum(map(len, self.sets.values())), places


_COMPARE: dict[Relation, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


def smallest(obligations: Iterable[Obligation]) -> Counterexample:
    """Return the smallest counterexample of a question, given those of its obligations that are satisfiable.

    Raises:
        GaveUpError: the solver cannot find it within its budget.
        RuntimeError: what the solver found is no counterexample: a bug here or there.

    """
    found = [_retried(_smallest, obligation) for obligation in obligations]
    return min(found, key=lambda counterexample: counterexample.key)


def least_parameters(obligation: Obligation) -> dict[str, int]:
    """Return the least parameters that satisfy an obligation.

    Raises:
        GaveUpError: the solver cannot find them within its budget.

    """
    return _retried(_least_parameters, obligation)


def _retried(find: Callable[[Obligation, Search], T], obligation: Obligation) -> T:
    """Return what a search finds at the first seed at which the solver does not give up."""
    *seeds, last = SEEDS
    for seed in seeds:
        with contextlib.suppress(GaveUpError):
            return find(obligation, Search(obligation.text, seed=seed))
    return find(obligation, Search(obligation.text, seed=last))


def _least_parameters(obligation: Obligation, search: Search) -> dict[str, int]:
    return {p: search.least((p,)) for p in obligation.case.parameters}


def _smallest(obligation: Obligation, search: Search) -> Counterexample:
    case, parameters = obligation.case, _least_parameters(obligation, search)
    part = case.partition
    search.least(tuple(r.name for r in part.regions for name in part.names if name in r.inside))
    count = parameters[SIZE_OF_ALL]
    left = [count if atom is None else len(atom) for atom in part.atoms]
    waiting = [iter(range(count) if atom is None else sorted(atom)) for atom in part.atoms]
    names = (*part.names, *case.chosen)
    sets: dict[str, set[int]] = {name: set() for name in names}
    for region in part.regions:
        size = search.greatest(region.name, left[region.atom]) if left[region.atom] else 0
        left[region.atom] -= size
        for _ in range(size):
            member = next(waiting[region.atom])
            for name in names:
                if name in region.inside:
                    sets[name].add(member)
    members = case.scenario.members or tuple(f"p{i}" for i in range(count))
    order = [f.name for f in case.scenario.fixed] + [b.name for b in case.question.quorums]
    found = Counterexample(members, parameters, {name: frozenset(sets[name]) for name in order})
    if not refutes(found, case.scenario, case.question):
        raise RuntimeError(f"what z3 found for {obligation.name} is no counterexample: {found}")
    return found


def refutes(candidate: Counterexample, scenario: Scenario, question: Question) -> bool:
    """Return whether everything that the scenario says is true of a candidate, and a claim of the question is not."""
    world = World(candidate.parameters, candidate.sets, len(candidate.members))
    return world.is_of(scenario, question) and not all(world.is_true(claim) for claim in question.claims)


@dataclass(frozen=True, slots=True)
class World:
    """Values for all that a question leaves open. Says what is true of them."""

    parameters: Mapping[str, int]
    sets: Mapping[str, frozenset[int]]
    count: int

    def is_of(self, scenario: Scenario, question: Question) -> bool:
        """Return whether this is what a question is about: what is assumed is true, and quorums are quorums."""
        return (
            self.count == self.parameters[SIZE_OF_ALL] >= 1
            and all(value >= 0 for value in self.parameters.values())
            and (not scenario.members or self.count == len(scenario.members))
            and all(members <= frozenset(range(self.count)) for members in self.sets.values())
            and all(self.is_true(assumption) for assumption in scenario.assumptions)
            and all(self._compares(len(self.sets[f.name]), f.relation, f.size) for f in scenario.fixed)
            and all(self.is_quorum(self.sets[b.name], b.system) for b in question.quorums)
        )

    def is_quorum(self, members: frozenset[int], system: System) -> bool:
        """Return whether a set is a quorum of a system."""
        match system.quorums:
            case Threshold(size, is_exact):
                return self._compares(len(members), "=" if is_exact else ">=", size)
            case Family(sets):
                return members in sets
            case _:
                assert_never(system.quorums)

    def is_true(self, fact: Fact) -> bool:
        """Return whether a claim or an assumption is true."""
        match fact:
            case Comparison(left, compare, right):
                return self._compares(self.number(left), compare, right)
            case Covers(covering, System(_, Threshold()) as system):
                inside = sorted(self.members(covering))
                # Whether a set is a quorum depends on its size, and there are subsets of every size.
                return any(self.is_quorum(frozenset(inside[:size]), system) for size in range(len(inside) + 1))
            case Covers(covering, System(_, Family(sets))):
                return any(listed <= self.members(covering) for listed in sets)
            case _:
                raise AssertionError(fact)

    def number(self, term: Term) -> int:
        """Return the value of a number."""
        match term:
            case Number(value):
                return value
            case Parameter(name):
                return self.parameters[name]
            case Size(of):
                return len(self.members(of))
            case Add(left, right):
                return self.number(left) + self.number(right)
            case Scaled(factor, inner):
                return factor * self.number(inner)
            case Quotient(inner, divisor, is_ceiling):
                value = self.number(inner)
                return -(-value // divisor) if is_ceiling else value // divisor
            case _:
                assert_never(term)

    def members(self, term: SetTerm) -> frozenset[int]:
        """Return the members of a set."""
        match term:
            case Everyone():
                return frozenset(range(self.count))
            case Named(name):
                return self.sets[name]
            case Not(operand):
                return frozenset(range(self.count)) - self.members(operand)
            case Both(left, right):
                return self.members(left) & self.members(right)
            case Either(left, right):
                return self.members(left) | self.members(right)
            case _:
                assert_never(term)

    def _compares(self, value: int, compare: Relation, term: Term) -> bool:
        return _COMPARE[compare](value, self.number(term))
