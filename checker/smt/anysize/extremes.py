"""The greatest and least of a set, as formulas: a member that no other member exceeds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checker.ir.expr import Extremum
from checker.smt.anysize.formula import NO, Formula, conj
from checker.smt.anysize.layout import unsupported
from checker.smt.anysize.values import Branch, Scalar, Symbol

if TYPE_CHECKING:
    from checker.smt.anysize.lower import Lowering, Place


def extremum(lowering: Lowering, expr: Extremum, place: Place) -> Symbol:
    """Return the members above (or below) which the key of no member is."""
    collection = lowering.set_of(expr.collection, place)

    def key_of(value: Symbol) -> Scalar:
        key = value if expr.key is None else lowering.value(expr.key, place.bind(expr.variable, value))
        if not isinstance(key, Scalar) or key.sort not in lowering.layout.orders:
            raise unsupported(expr.span, "the greatest or least of what is of no Order", "use a key of an Order")
        return key

    def is_best(value: Symbol) -> Formula:
        best = key_of(value)

        def is_no_better(other: Symbol) -> Formula:
            pair = (key_of(other), best) if expr.greatest else (best, key_of(other))
            return lowering.algebra.less(*pair, strict=False)

        return lowering.algebra.every(collection, is_no_better, expr.span)

    def branches() -> list[Branch]:
        return [
            replace(b, condition=conj((b.condition, is_best(b.value))))
            for b in collection.branches()
            if b.condition != NO
        ]

    if expr.all_of:
        return lowering.algebra.listed(collection.element, branches, expr.span)
    if expr.default is None:
        return lowering.algebra.pick(expr.type, branches)
    is_empty = lowering.algebra.every(collection, lambda _: NO, expr.span)
    default = lowering.value_as(expr.default, expr.type, place)

    def with_default() -> list[Branch]:
        found = [replace(b, value=lowering.coerced(b.value, collection.element, expr.type)) for b in branches()]
        return [*found, Branch((), is_empty, default)]

    return lowering.algebra.pick(expr.type, with_default)
