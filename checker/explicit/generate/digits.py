"""Where a member of a sort stands in the ranks of a type's values: as digits, so that exchanging members in a set of
bits moves bits by constant distances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checker.explicit.shapes import Maybe, Member, Number, Record, Shape, Variants
from checker.ir.types import QuorumType, SortType


@dataclass(frozen=True, slots=True)
class Digit:
    """A digit: values that differ by 1 in it alone have ranks that differ by `stride`. `zeros` has a bit for each rank
    in which it is there and 0.
    """

    stride: int
    zeros: int


def digits_of(shape: Shape, sort: str) -> tuple[Digit, ...] | None:
    """Return the digits that are members of a sort; None if a member is mentioned in another way."""
    match shape:
        case Member(type=SortType(name)):
            return (Digit(1, 1),) if name == sort else ()
        case Member(type=QuorumType(_, base)):
            return None if base.name == sort else ()
        case Member() | Number():
            return ()
        case Maybe(inner=inner):
            own = digits_of(inner, sort)
            return None if own is None else tuple(Digit(d.stride, d.zeros << 1) for d in own)
        case Record(fields=fields):
            return _of_fields([f.shape for f in fields], sort)
        case Variants(variants=variants):
            return _of_variants(variants, sort)
        case _:
            return None


def _of_fields(shapes: list[Shape], sort: str) -> tuple[Digit, ...] | None:
    found: list[Digit] = []
    above = 1
    below = [1]
    for shape in reversed(shapes[1:]):
        below.insert(0, below[0] * _card(shape))
    for shape, low in zip(shapes, below, strict=False):
        own = digits_of(shape, sort)
        if own is None:
            return None
        found += [Digit(d.stride * low, _repeated(_spread(d.zeros, low), above, _card(shape) * low)) for d in own]
        above *= _card(shape)
    return tuple(found)


def _of_variants(variants: Iterable[Shape], sort: str) -> tuple[Digit, ...] | None:
    found: list[Digit] = []
    before = 0
    for variant in variants:
        own = digits_of(variant, sort)
        if own is None:
            return None
        found += [Digit(d.stride, d.zeros << before) for d in own]
        before += _card(variant)
    return tuple(found)


def _card(shape: Shape) -> int:
    assert shape.card is not None, "sets of bits have ranked elements"
    return shape.card


def _spread(bits: int, width: int) -> int:
    """Return bits with `width` copies of each, side by side."""
    block, made, rank = (1 << width) - 1, 0, 0
    while bits:
        if bits & 1:
            made |= block << rank * width
        bits >>= 1
        rank += 1
    return made


def _repeated(bits: int, times: int, period: int) -> int:
    return sum(bits << i * period for i in range(times))
