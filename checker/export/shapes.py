"""What expressions have the shape of a TLA+ construct: several generators at once, an update, a conjunction."""

from __future__ import annotations

from collections.abc import Sequence

from checker.ir.expr import And, Expr, Generator, Index
from checker.ir.types import BOOL, MapType, SeqType, Type
from checker.ir.updates import as_update, entries_type, shifted
from checker.ir.walk import free_locals


def flat_conjuncts(expr: Expr) -> tuple[Expr, ...]:
    """Return the parts of nested conjunctions, in order."""
    return tuple(p for o in expr.operands for p in flat_conjuncts(o)) if isinstance(expr, And) else (expr,)


def all_of(conditions: Sequence[Expr]) -> Expr:
    """Return the conjunction of at least one condition."""
    return conditions[0] if len(conditions) == 1 else And(BOOL, tuple(conditions))


def independent(generators: Sequence[Generator]) -> int:
    """Return how many generators can share one quantifier: no conditions between them, no domain that sees another."""
    bound: set[str] = set()
    for count, generator in enumerate(generators):
        if count and (generators[count - 1].conditions or bound & free_locals(generator.domain)):
            return count
        bound.add(generator.variable)
    return len(generators)


def changes_of(expr: Expr) -> tuple[Expr, list[tuple[tuple[Expr, ...], Expr]]]:
    """Return the container that updates started from, and the keys and new values of each, first to last."""
    made = as_update(expr)
    if made is None:
        return expr, []
    container, key, value = made
    base, earlier = changes_of(container)
    inner_base, inner = changes_of(value)
    if inner and inner_base == entry_of(container, (key,)):
        return base, [*earlier, *(((key, *keys), new) for keys, new in inner)]
    return base, [*earlier, ((key,), value)]


def entry_of(container: Expr, keys: Sequence[Expr]) -> Expr:
    """Return what is at a place, one key for each map or sequence on the way."""
    for key in keys:
        container = Index(_inner_type(container.type), container, key)
    return container


def _inner_type(kind: Type) -> Type:
    entries = entries_type(kind)
    assert isinstance(entries, MapType | SeqType)
    return entries.value if isinstance(entries, MapType) else entries.element


def places_in_tla(container: Expr, keys: Sequence[Expr]) -> list[Expr]:
    """Return keys as TLA+ counts them: sequences from 1."""
    kind = container.type
    places: list[Expr] = []
    for key in keys:
        places.append(shifted(key, 1) if isinstance(entries_type(kind), SeqType) else key)
        kind = _inner_type(kind)
    return places
