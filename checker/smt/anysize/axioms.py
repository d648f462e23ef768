"""What is assumed of every instance, each with where it comes from: orders, enums, and how quorums meet.

No axiom about quorums is written here: each is the form that a derived fact (`checker.smt.quorum.facts`) has as a
formula. Only the strongest are taken; what they imply would slow the solver down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from checker.diagnostics import NOWHERE
from checker.ir.system import System
from checker.ir.types import EnumType, OrderType, SetType, SortType
from checker.smt.anysize.formula import (
    YES,
    Atom,
    Constant,
    Formula,
    Term,
    below,
    conj,
    disj,
    exists,
    forall,
    implies,
    neg,
    same,
)
from checker.smt.anysize.layout import Layout
from checker.smt.anysize.values import Members, named
from checker.smt.quorum.facts import Fact

Kind: TypeAlias = Literal["axiom", "typing", "existence", "assumption", "lemma", "guard", "goal"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """A formula that an obligation assumes. `origin` says where it comes from, in words."""

    name: str
    kind: Kind
    formula: Formula
    origin: str = ""


def axioms(system: System, layout: Layout, facts: Sequence[Fact], firsts: Iterable[str]) -> Iterator[Assertion]:
    """Yield what is assumed of every instance. `firsts` are the orders whose first member is named."""
    for domain in system.domains:
        name = domain.type.name
        if isinstance(domain.type, EnumType):
            members = [Constant(f"{name}.{m}", name) for m in domain.members]
            yield Assertion(f"members of {name}", "axiom", _closed(layout, name, members), "the enum's declaration")
        if isinstance(domain.type, OrderType):
            yield Assertion(f"order of {name}", "axiom", _total(layout, name), f"{name} is an Order")
    for name in sorted(firsts):
        own = layout.names.new("x", name)
        first = forall((own,), below(Constant(f"{name}.first", name), own, strict=False))
        yield Assertion(f"first of {name}", "axiom", first, f"{name} is an Order")
    for fact in strongest(facts):
        yield Assertion(fact.text, "axiom", _fact(layout, fact), derivation(fact))


def derivation(fact: Fact) -> str:
    """Return from what a fact about quorums was derived, in words."""
    return f"derived for every n from {'; '.join(fact.statements)}"


def strongest(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that no other one implies, without those that say nothing of sets."""
    useful = [f for f in facts if f.word == "holds" and (f.kind == "meet" or f.outside is not None)]
    return [f for f in useful if not any(g is not f and _implies(g, f) for g in useful)]


def _implies(strong: Fact, weak: Fact) -> bool:
    if strong.kind != "meet" or weak.kind != "meet" or strong.sort != weak.sort:
        return False
    is_included = not Counter(weak.systems) - Counter(strong.systems)
    return is_included and (weak.outside is None or weak.outside == strong.outside)


def _fact(layout: Layout, fact: Fact) -> Formula:
    quorums = [layout.names.new("q", name) for name in fact.systems]
    member = layout.names.new("p", fact.sort)
    inside = [_in_quorum(layout, fact.sort, member, q) for q in quorums]
    outside: Formula = YES
    if fact.outside is not None:
        liars = layout.symbol(fact.outside, SetType(SortType(fact.sort)), NOWHERE)
        assert isinstance(liars, Members)
        outside = neg(liars.contains(named(member)))
    if fact.kind == "meet":
        return forall(quorums, exists((member,), conj((*inside, outside))))
    return exists(quorums, forall((member,), implies(conj(inside), outside)))


def _in_quorum(layout: Layout, sort: str, member: Term, quorum: Term) -> Formula:
    return Atom(layout.relation(f"in {quorum.sort}", (sort, quorum.sort)), (member, quorum))


def _total(layout: Layout, sort: str) -> Formula:
    """Return that `<=` is a total order. (That `<` is its strict part is how it is written.)"""
    x, y, z = (layout.names.new(n, sort) for n in "xyz")
    transitive = implies(conj((below(x, y, strict=False), below(y, z, strict=False))), below(x, z, strict=False))
    antisymmetric = implies(conj((below(x, y, strict=False), below(y, x, strict=False))), same(x, y))
    return conj(
        (
            forall((x, y, z), transitive),
            forall((x, y), antisymmetric),
            forall((x, y), disj((below(x, y, strict=False), below(y, x, strict=False)))),
        )
    )


def _closed(layout: Layout, sort: str, members: Sequence[Constant]) -> Formula:
    own = layout.names.new("x", sort)
    apart = [neg(same(a, b)) for i, a in enumerate(members) for b in members[i + 1 :]]
    return conj((*apart, forall((own,), disj(same(own, m) for m in members))))
