"""Where the variables of a state are, and how a state travels between Python and C.

A state is an array of words. Whatever needs whole words comes first, then what must not lie across a word's end, last
the message sets with a bit for each message, which may begin anywhere. Unused bits are zero.
"""

from __future__ import annotations

from dataclasses import dataclass

from checker.explicit.codec import decode, encode
from checker.explicit.shapes import WORD, BitSet, Parts, Place, Shape, Shapes, aligned, mask, whole_words
from checker.ir.types import IntType, Value

StateValues = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of the variables, in declaration order; of a message set, those of its parts in `parts`."""

    shapes: Shapes
    places: dict[str, Place]
    parts: dict[tuple[str, str], Place]
    words: int

    def pack(self, state: StateValues) -> tuple[int, ...]:
        """Return the words of a state.

        Raises:
            CapacityError: a listed set or bag of the state has more elements than there is room for.

        """
        bits = 0
        for variable, value in zip(self.shapes.system.variables, state, strict=True):
            place = self.places[variable.name]
            if isinstance(place.shape, Parts):
                for record, shape in place.shape.parts:
                    messages = frozenset(m for m in value if m[0] == record)
                    bits |= encode(shape, messages, self.shapes) << self.parts[variable.name, record].at
            else:
                bits |= encode(place.shape, value, self.shapes) << place.at
        return tuple(bits >> WORD * i & mask(WORD) for i in range(self.words))

    def unpack(self, words: tuple[int, ...]) -> StateValues:
        """Return the state that the words are."""
        bits = sum(word << WORD * i for i, word in enumerate(words))
        values: list[Value] = []
        for variable in self.shapes.system.variables:
            place = self.places[variable.name]
            if isinstance(place.shape, Parts):
                parts = [(shape, self.parts[variable.name, record].at) for record, shape in place.shape.parts]
                values.append(frozenset().union(*(self._cut(bits, shape, at) for shape, at in parts)))
            else:
                values.append(self._cut(bits, place.shape, place.at))
        return tuple(values)

    def _cut(self, bits: int, shape: Shape, at: int) -> Value:
        width = (shape.element.card or 0) if isinstance(shape, BitSet) else shape.bits
        return decode(shape, bits >> at & mask(width), self.shapes)


def layout_of(shapes: Shapes) -> Layout:
    """Return the layout of an instance's states."""
    budgets = shapes.instance.budgets
    shaped = [
        (v.name, shapes.of(IntType(0, budgets[v.name]) if v.is_budget else v.type)) for v in shapes.system.variables
    ]
    rigid: list[tuple[tuple[str, str], Shape, int]] = []
    loose: list[tuple[tuple[str, str], Shape, int]] = []
    for name, shape in shaped:
        if not isinstance(shape, Parts):
            rigid.append(((name, ""), shape, shape.bits))
            continue
        for record, part in shape.parts:
            if isinstance(part, BitSet):
                loose.append(((name, record), part, part.element.card or 0))
            else:
                rigid.append(((name, record), part, part.bits))
    rigid.sort(key=lambda item: item[2] <= WORD)  # stable: whole words first
    at: dict[tuple[str, str], int] = {}
    end = 0
    for key, shape, bits in rigid:
        at[key] = end = aligned(end, shape)
        end += bits
    for key, _, bits in loose:
        at[key] = end
        end += bits
    places = {n: Place(n, s, at.get((n, ""), 0)) for n, s in shaped}
    parts = {
        (n, record): Place(record, part, at[n, record])
        for n, s in shaped
        if isinstance(s, Parts)
        for record, part in s.parts
    }
    return Layout(shapes, places, parts, max(1, whole_words(end) // WORD))
