"""Says what a counterexample shows: each set with what is asked of its size, and what is wrong with the claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from checker.smt.quorum.counterexample import Counterexample, World
from checker.smt.quorum.terms import (
    Comparison,
    Covers,
    Fact,
    Family,
    Number,
    Question,
    Scenario,
    SetTerm,
    Size,
    Term,
    Threshold,
    sizes,
)

RowKind: TypeAlias = Literal["fixed", "quorum", "claim"]


@dataclass(frozen=True, slots=True)
class Row:
    """A set of a counterexample. `remark` says what its size has to be, or what is wrong with it."""

    kind: RowKind
    label: str
    members: frozenset[int]
    remark: str


def rows(found: Counterexample, scenario: Scenario, question: Question) -> tuple[Row, ...]:
    """Return the fixed sets, the quorums, and the sets that the false claims are about."""
    world = World(found.parameters, found.sets, len(found.members))
    return (
        *(
            Row("fixed", f.name, found.sets[f.name], f"size {f.relation} {world.number(f.size)}")
            for f in scenario.fixed
        ),
        *(Row("quorum", b.name, found.sets[b.name], _wanted(world, b.system.quorums)) for b in question.quorums),
        *(row for claim in question.claims if not world.is_true(claim) for row in _wrong(world, claim)),
    )


def _wanted(world: World, quorums: Threshold | Family) -> str:
    if isinstance(quorums, Family):
        return "as listed"
    return f"size {'=' if quorums.is_exact else '>='} {world.number(quorums.size)}"


def _wrong(world: World, claim: Fact) -> Iterator[Row]:
    match claim:
        case Covers(covering, system):
            wanted = "none of those listed"
            if isinstance(system.quorums, Threshold):
                wanted = f"which needs {world.number(system.quorums.size)} members"
            yield _row(world, covering, f"contains no {system.name}, {wanted}")
        case Comparison(Size(of), ">=", Number(1)):
            yield _row(world, of, "nobody is in it")
        case Comparison(Size(of), compare, right):
            yield _row(world, of, f"size {world.number(Size(of))}, which is not {compare} {_valued(world, right)}")
        case Comparison(left, compare, right):
            remark = f"{_valued(world, left)} is not {compare} {_valued(world, right)}"
            for of in (*sizes(left), *sizes(right)):
                yield _row(world, of, remark)
        case _:
            raise AssertionError(claim)


def _row(world: World, of: SetTerm, remark: str) -> Row:
    return Row("claim", str(of).replace("not byzantine", "honest"), world.members(of), remark)


def _valued(world: World, term: Term) -> str:
    """Return a number with its value, "f + 1 = 2"; a number as it is."""
    value = world.number(term)
    return str(value) if isinstance(term, Number) else f"{term} = {value}"
