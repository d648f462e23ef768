"""How the values of each type are packed into bits, for one instance.

A value is a string of bits of a width that its type fixes, and two values of one type are equal if and only if their
bits are. Up to 64 bits they are one number, its *code*, which C holds in a register; wider values are whole words.
In either case every part that fits into a word lies within one word, at a bit position that layout alone decides.

- What has parts (records, maps, sequences) of 64 bits or less has its first part in its most significant bits, so that
  codes ascend as values do in canonical order. (Sets are the exception: their codes have no such meaning.)
- An optional value is 0 for None, else the code of the value plus one. An element of a sequence likewise, where 0
  stands for "no element", so that the length needs no field.
- A set over few enough values has one bit for each, at the value's *rank*: its place among all values of the type,
  mixed-radix for records, so that the messages that agree on their first fields are neighbours. A set over too many
  is a sorted list, with a capacity that the engine raises and starts again when it proves too small. Bags are such
  lists always, with the number of copies beside each message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import assert_never

from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    BoolType,
    EmptyType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    NoneType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    record_names,
)
from checker.ir.values import channels_type, map_keys

WORD = 64
"""Bits in a word."""

INT64_LEAST, INT64_GREATEST = -(1 << 63), (1 << 63) - 1
"""The integers of generated code. Arithmetic that leaves them gives up."""

DENSE_MAX = 4096
"""Values of a type up to which a set of them has a bit for each (so always for members of a sort): 64 words, which are
copied faster than a list of a dozen messages is kept sorted."""

RANKED_MAX = 1 << 20
"""Values of a type up to which they are ranked at all: more are listed, and nothing needs their number."""

FIRST_CAPACITY = 8
"""Elements of a listed set or bag for which there is room at first."""

COPIES_BITS = 16
"""Width of the number of copies of a message in a bag."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The packing of a type: `bits` wide, codes 0..`top` (of up to 64 bits), ranks 0..`card`-1 (None: not ranked).

    `type` is closed: its ranges and capacities are numbers.
    """

    type: Type
    bits: int
    top: int
    card: int | None

    @property
    def is_wide(self) -> bool:
        return self.bits > WORD

    @property
    def words(self) -> int:
        """Words that a value takes by itself."""
        return max(1, -(-self.bits // WORD))

    @property
    def is_compact(self) -> bool:
        """Whether every code is a value (or nothing is), so that the rank of a value is its code."""
        return not self.is_wide and self.card in (0, self.top + 1)


@dataclass(frozen=True, slots=True)
class Number(Shape):
    """An integer from `least` to `greatest`, both inclusive; its code counts from `low`.

    Where an end is open the integer has 64 bits, and `low` is the least number of 64 bits.
    """

    low: int
    least: int
    greatest: int

    @property
    def is_empty(self) -> bool:
        return self.greatest < self.least


@dataclass(frozen=True, slots=True)
class Member(Shape):
    """A bool, or a member of an enum, sort, order or quorum system: its index."""


@dataclass(frozen=True, slots=True)
class Maybe(Shape):
    """An optional value. If wide, word 0 says whether there is one, and it begins in word 1."""

    inner: Shape


@dataclass(frozen=True, slots=True)
class Place:
    """A part and the position of its lowest bit."""

    name: str
    shape: Shape
    at: int


@dataclass(frozen=True, slots=True)
class Record(Shape):
    fields: tuple[Place, ...]

    def place(self, name: str) -> Place:
        return next(p for p in self.fields if p.name == name)


@dataclass(frozen=True, slots=True)
class Variants(Shape):
    """A union: a tag (the place of the record among the sorted names), and the record at `payload_at`."""

    variants: tuple[Record, ...]
    tag_at: int
    tag_bits: int
    payload_at: int

    def tag(self, record: str) -> int:
        return next(i for i, v in enumerate(self.variants) if str(v.type) == record)


@dataclass(frozen=True, slots=True)
class BitSet(Shape):
    """A set with one bit for each value of its elements' type."""

    element: Shape


@dataclass(frozen=True, slots=True)
class ListedSet(Shape):
    """A set as its size (word 0) and its elements, ascending, `stride` bits apart."""

    element: Shape
    capacity: int
    stride: int


@dataclass(frozen=True, slots=True)
class Array(Shape):
    """A map: one value for each key, `stride` bits apart; the first key's lowest if wide, else highest."""

    element: Shape
    count: int
    stride: int

    def at(self, index: int) -> int:
        return index * self.stride if self.is_wide else (self.count - 1 - index) * self.stride


@dataclass(frozen=True, slots=True)
class Sequence(Shape):
    """A sequence. If wide, word 0 is its length and elements follow; else elements are their codes plus one."""

    element: Shape
    capacity: int
    stride: int


@dataclass(frozen=True, slots=True)
class Copies(Shape):
    """A bag: the number of different messages (word 0), these ascending, then how many copies there are of each."""

    element: Shape
    capacity: int
    stride: int
    counts_at: int


@dataclass(frozen=True, slots=True)
class Parts(Shape):
    """A message set: one set for each kind of message, by record name. It has no place of its own: its parts have."""

    parts: tuple[tuple[str, BitSet | ListedSet], ...]


def mask(bits: int) -> int:
    """Return the number whose lowest `bits` bits are set."""
    return (1 << bits) - 1


@dataclass(slots=True)
class Shapes:
    """The shapes of one instance. `capacities` has the room that listed sets and bags need, by their type's text."""

    system: System
    instance: Instance
    capacities: Mapping[str, int] = field(default_factory=dict)
    _known: dict[Type, Shape] = field(default_factory=dict)

    def close(self, kind: Type) -> Type:
        """Return a type with the instance's numbers for its ranges and capacities."""
        bound = self.instance.bound
        match kind:
            case IntType(low, high):
                return IntType(bound(low), bound(high))
            case OptionType(inner):
                return OptionType(self.close(inner))
            case SetType(element):
                return SetType(self.close(element))
            case SeqType(element, capacity):
                return SeqType(self.close(element), bound(capacity))
            case MapType(key, value):
                return MapType(self.close(key), self.close(value))
            case FifoType(endpoint, element, capacity):
                return FifoType(endpoint, element, bound(capacity))
            case _:
                return kind

    def of(self, kind: Type) -> Shape:
        """Return the shape of a type, whose sequences all have a capacity."""
        kind = self.close(kind)
        if kind not in self._known:
            self._known[kind] = self._shape(kind)
        return self._known[kind]

    def record(self, name: str) -> Record:
        shape = self.of(RecordType(name))
        assert isinstance(shape, Record)
        return shape

    def _shape(self, kind: Type) -> Shape:
        match kind:
            case BoolType():
                return _member(kind, 2)
            case EnumType(name) | SortType(name) | OrderType(name):
                return _member(kind, self.instance.size(name))
            case QuorumType(name, _):
                return _member(kind, len(self.instance.quorums[name]))
            case IntType():
                return _number(kind)
            case OptionType(inner):
                return _maybe(kind, self.of(inner))
            case RecordType(name):
                return self._record(kind, name)
            case UnionType(names):
                return _variants(kind, tuple(self.record(name) for name in sorted(names)))
            case SetType(element):
                return self._set(kind, element)
            case MapType(key, value):
                return _array(kind, self.of(value), len(map_keys(key, self.instance)))
            case FifoType():
                channels = self.of(channels_type(kind))
                assert isinstance(channels, Array)
                return channels
            case SeqType(element, capacity):
                assert isinstance(capacity, int), f"{kind} has no capacity"
                return _sequence(kind, self.of(element), capacity)
            case BagType(element):
                return _copies(kind, self.of(element), self._capacity(kind))
            case MessageSetType(element):
                return self._parts(kind, record_names(element))
            case NoneType() | EmptyType():
                return _member(kind, 1)
            case _:
                assert_never(kind)

    def _record(self, kind: RecordType, name: str) -> Record:
        shapes = [(f.name, self.of(f.type)) for f in self.system.record(name).fields]
        bits = sum(shape.bits for _, shape in shapes)
        card = _product([shape.card for _, shape in shapes])
        if bits <= WORD:
            ends = list(accumulate(shape.bits for _, shape in shapes))
            places = tuple(Place(n, s, bits - end) for (n, s), end in zip(shapes, ends, strict=True))
            return Record(kind, bits, sum(p.shape.top << p.at for p in places), card, places)
        placed, end = placed_in_order(shapes)
        return Record(kind, whole_words(end), 0, None, placed)

    def _set(self, kind: SetType, element: Type) -> BitSet | ListedSet:
        inner = self.of(element)
        if inner.card is not None and inner.card <= DENSE_MAX:
            card = inner.card
            bits = card if card <= WORD else whole_words(card)
            return BitSet(kind, bits, mask(card) if card <= WORD else 0, 1 << card if card <= 12 else None, inner)
        stride, capacity = _stride(inner, least=8), self._capacity(kind)
        return ListedSet(kind, WORD + whole_words(capacity * stride), 0, None, inner, capacity, stride)

    def _parts(self, kind: MessageSetType, names: tuple[str, ...]) -> Parts:
        parts: list[tuple[str, BitSet | ListedSet]] = []
        for name in names:
            shape = self.of(SetType(RecordType(name)))
            assert isinstance(shape, BitSet | ListedSet)
            parts.append((name, shape))
        return Parts(kind, 0, 0, None, tuple(parts))

    def _capacity(self, kind: Type) -> int:
        return self.capacities.get(str(kind), FIRST_CAPACITY)


def placed_in_order(shapes: list[tuple[str, Shape]]) -> tuple[tuple[Place, ...], int]:
    """Return parts one after the other, none of up to 64 bits across a word's end; and the first bit after them."""
    places: list[Place] = []
    start = 0
    for name, shape in shapes:
        start = aligned(start, shape)
        places.append(Place(name, shape, start))
        start += shape.bits
    return tuple(places), start


def aligned(start: int, shape: Shape) -> int:
    """Return the first bit from `start` on at which a value may begin."""
    if shape.is_wide or start % WORD + shape.bits > WORD:
        return whole_words(start)
    return start


def whole_words(bits: int) -> int:
    """Return the bits of the words that so many bits take."""
    return -(-bits // WORD) * WORD


def _stride(element: Shape, least: int = 1) -> int:
    """Return the distance between elements such that none lies across a word's end."""
    if element.is_wide:
        return element.bits
    stride = least
    while stride < element.bits:
        stride *= 2
    return stride


def _product(cards: list[int | None]) -> int | None:
    total = 1
    for card in cards:
        if card is None or total * card > RANKED_MAX:
            return None
        total *= card
    return total


def _ranked(card: int) -> int | None:
    return card if card <= RANKED_MAX else None


def _member(kind: Type, count: int) -> Member:
    return Member(kind, (count - 1).bit_length(), count - 1, count)


def _number(kind: IntType) -> Number:
    low, high = kind.low, kind.high
    assert not isinstance(low, str)
    assert not isinstance(high, str)
    least = INT64_LEAST if low is None else low
    greatest = INT64_GREATEST if high is None else high
    if low is None or high is None or high - low > mask(WORD - 1):
        return Number(kind, WORD, mask(WORD), None, INT64_LEAST, least, greatest)
    top = max(0, high - low)
    return Number(kind, top.bit_length(), top, _ranked(max(0, high - low + 1)), low, least, greatest)


def _maybe(kind: OptionType, inner: Shape) -> Maybe:
    card = None if inner.card is None else _ranked(inner.card + 1)
    top = inner.top + 1
    if inner.is_wide or top.bit_length() > WORD:
        return Maybe(kind, WORD + whole_words(inner.bits), 0, None, inner)
    return Maybe(kind, top.bit_length(), top, card, inner)


def _variants(kind: UnionType, variants: tuple[Record, ...]) -> Variants:
    tag_bits = (len(variants) - 1).bit_length()
    payload = max(v.bits for v in variants)
    if tag_bits + payload > WORD:
        return Variants(kind, WORD + whole_words(payload), 0, None, variants, 0, tag_bits, WORD)
    top = max(i << payload | v.top for i, v in enumerate(variants))
    cards = [v.card for v in variants]
    card = None if None in cards else _ranked(sum(c for c in cards if c is not None))
    return Variants(kind, tag_bits + payload, top, card, variants, payload, tag_bits, 0)


def _array(kind: Type, element: Shape, count: int) -> Array:
    if count * element.bits <= WORD:
        top = sum(element.top << i * element.bits for i in range(count))
        return Array(kind, count * element.bits, top, _product([element.card] * count), element, count, element.bits)
    stride = _stride(element)
    return Array(kind, whole_words(count * stride), 0, None, element, count, stride)


def _sequence(kind: SeqType, element: Shape, capacity: int) -> Sequence:
    digit = (element.top + 1).bit_length()
    if not element.is_wide and capacity * digit <= WORD:
        top = sum(element.top + 1 << i * digit for i in range(capacity))
        return Sequence(kind, capacity * digit, top, _ranked(top + 1), element, capacity, digit)
    stride = _stride(element)
    bits = max(2 * WORD, WORD + whole_words(capacity * stride))
    return Sequence(kind, bits, 0, None, element, capacity, stride)


def _copies(kind: BagType, element: Shape, capacity: int) -> Copies:
    stride = _stride(element, least=8)
    counts_at = WORD + whole_words(capacity * stride)
    bits = counts_at + whole_words(capacity * COPIES_BITS)
    return Copies(kind, bits, 0, None, element, capacity, stride, counts_at)
