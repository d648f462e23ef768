"""Conversions between types whose values are packed differently: the bodies of the C functions that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.explicit.codec import encode
from checker.explicit.generate.text import Lines, atom, indented
from checker.explicit.generate.values import Spot, Val, holds_nothing, shifted
from checker.explicit.shapes import WORD, Array, BitSet, ListedSet, Maybe, Member, Sequence, Shape, Variants
from checker.ir.types import IntType, QuorumType, record_names

if TYPE_CHECKING:
    from checker.explicit.generate.values import Packing


class Conversions:
    """The bodies of functions that convert between types whose values are packed differently."""

    def __init__(self, packing: Packing) -> None:
        self.p = packing

    def body(self, value: Val, shape: Shape) -> Lines:
        """Return the body of the function that converts `value` to a shape."""
        own, p = value.shape, self.p
        match own, shape:
            case (Maybe(), Maybe(inner=inner)):
                held = p.convert(p.convert(p.some(value, is_known=True), inner), shape)
                return [f"if ({p.is_none(value)})", *indented(p.returned(p.zero(shape))), *p.returned(held)]
            case (Variants(), Variants()):
                return self._variants(value, own, shape)
            case (Member(type=QuorumType(name, _)), BitSet()):
                sets = p.shapes.instance.quorums[name]
                table = p.table(f"members_of_{name}", [encode(shape, q, p.shapes) for q in sets])
                return [f"return {table}[value];"]
            case (Sequence(), Sequence()):
                return self._sequence(value, shape)
            case (Array(element=a), Array(element=b)):
                made, lines = "made", [f"{p.ctype(shape)} made = {'{{0}}' if shape.is_wide else 0};"]
                for i in range(own.count):
                    part = p.convert(p.part(value, own.at(i), a), b)
                    if shape.is_wide:
                        lines += p.put(Spot("made.w", shape.at(i)), part)
                    else:
                        lines.append(f"made |= {shifted(p.code(part), shape.at(i))};")
                return [*lines, f"return {made};"]
            case (_, BitSet(element=inner) | ListedSet(element=inner)):
                body = p.loop(value, "x", lambda x: p.include("made", shape, p.convert(x, inner)))
                return [p.empty("made", shape), *body, "return made;"]
            case _:
                raise AssertionError(f"{own.type} is never {shape.type}")

    def _variants(self, value: Val, own: Variants, shape: Variants) -> Lines:
        p = self.p
        tag = p.c(p.part(value, own.tag_at, p.shapes.of(IntType(0, (1 << own.tag_bits) - 1))))
        lines = [f"switch ({tag}) {{"]
        for i, variant in enumerate(own.variants):
            if str(variant.type) in record_names(shape.type):
                held = p.convert(p.part(value, own.payload_at, variant), shape)
                lines += [f"case {i}: {{", *indented(p.returned(held)), "}"]
        return [*lines, "default:", *indented(p.returned(p.zero(shape))), "}"]

    def _sequence(self, value: Val, shape: Sequence) -> Lines:
        """Copy a sequence element by element; one that is too long gives up."""
        p = self.p
        lines = [f"{p.ctype(shape)} made = {'{{0}}' if shape.is_wide else 0};"]
        if holds_nothing(value.shape) or value.shape.bits == 0:
            return [*lines, "(void)value;", "return made;"]
        lines.append(f"qx_want({p.length(value)} <= {shape.capacity});")

        def store(x: Val) -> Lines:
            return store_element(p, "made", shape, "x_at", p.convert(x, shape.element))

        return [
            *lines,
            *p.loop(value, "x", store),
            *([f"made.w[0] = {p.length(value)};"] if shape.is_wide else []),
            "return made;",
        ]


def store_element(p: Packing, made: str, shape: Sequence, index: str, value: Val) -> Lines:
    """Return what puts an element into a sequence that is being made in a variable."""
    if shape.capacity == 0:
        return []
    if shape.is_wide:
        return p.put(Spot(f"{made}.w", WORD, (f"{atom(index)} * {shape.stride}",)), value)
    return [f"{made} |= ({atom(p.code(value))} + 1) << ({shape.capacity - 1} - {atom(index)}) * {shape.stride};"]
