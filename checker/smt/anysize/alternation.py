"""Which sorts quantifiers lead from and to: whether a question is in a fragment that is decided.

In a formula in negation normal form, a variable that exists for all members of other sorts is a function of them. If no
way along such functions leads from a sort back to itself, there are finitely many terms, and z3 decides the question:
the many-sorted form of the Bernays–Schönfinkel class, as in Oded Padon, Kenneth L. McMillan, Aurojit Panda, Mooly
Sagiv, Sharon Shoham, "Ivy: Safety Verification by Interactive Generalization" (2016), section 3. With a cycle it may
still answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checker.diagnostics import NOWHERE, Span
from checker.smt.anysize.axioms import Assertion
from checker.smt.anysize.formula import Formula, Junction, Quantified


@dataclass(frozen=True, slots=True)
class Edge:
    """For each member of `source` there is one of `target`: said at `span`, by the assertion `assertion`."""

    source: str
    target: str
    assertion: str
    span: Span = NOWHERE


def cycle(assertions: Iterable[Assertion]) -> tuple[Edge, ...]:
    """Return a shortest cycle among sorts, the edge first that the model says last; nothing if there is none."""
    edges: dict[tuple[str, str], Edge] = {}
    for assertion in assertions:
        for edge in _edges(assertion.formula, assertion.name, frozenset()):
            edges[edge.source, edge.target] = edge
    best: tuple[Edge, ...] = ()
    for first in edges.values():
        way = _way(edges.values(), first.target, first.source)
        if way is not None and (not best or len(way) + 1 < len(best)):
            best = (first, *way)
    return best


def show_cycle(found: tuple[Edge, ...]) -> str:
    """Return a cycle as text: "Ballot -> Quorum -> Ballot"."""
    return " -> ".join((*(e.source for e in found), found[0].source))


def _edges(formula: Formula, name: str, outer: frozenset[str]) -> Iterator[Edge]:
    match formula:
        case Junction(_, operands):
            for operand in operands:
                yield from _edges(operand, name, outer)
        case Quantified(True, variables, body):
            yield from _edges(body, name, outer | {v.sort for v in variables})
        case Quantified(False, variables, body, _, span):
            for source in sorted(outer):
                for target in sorted({v.sort for v in variables}):
                    yield Edge(source, target, name, span)
            yield from _edges(body, name, outer)
        case _:
            return


def _way(edges: Iterable[Edge], start: str, goal: str) -> tuple[Edge, ...] | None:
    edges = tuple(edges)
    ways: dict[str, tuple[Edge, ...]] = {start: ()}
    pending = [start]
    for sort in pending:
        if sort == goal:
            return ways[sort]
        for edge in edges:
            if edge.source == sort and edge.target not in ways:
                ways[edge.target] = (*ways[sort], edge)
                pending.append(edge.target)
    return None
