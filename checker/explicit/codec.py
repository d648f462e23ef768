"""Values to bits and back, as `checker.explicit.shapes` lays them out: the Python side of what generated C does."""

from __future__ import annotations

from checker.explicit.shapes import (
    COPIES_BITS,
    WORD,
    Array,
    BitSet,
    Copies,
    ListedSet,
    Maybe,
    Member,
    Number,
    Record,
    Sequence,
    Shape,
    Shapes,
    Variants,
    mask,
)
from checker.ir.types import BoolType, QuorumType, Value


class CapacityError(Exception):
    """A set or bag has more elements than there is room for. `kind` is the text of its type."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def encode(shape: Shape, value: Value, shapes: Shapes) -> int:
    """Return the bits of a value, as one number.

    Raises:
        CapacityError: a listed set or bag has more elements than there is room for.

    """
    match shape:
        case Number(low=low):
            return int(value) - low
        case Member(type=QuorumType(name, _)):
            return shapes.instance.quorums[name].index(value)
        case Member():
            return 0 if value is None else int(value)
        case Maybe(inner=inner):
            if value is None:
                return 0
            code = encode(inner, value, shapes)
            return code << WORD | 1 if shape.is_wide else code + 1
        case Record(fields=fields):
            return sum(encode(p.shape, v, shapes) << p.at for p, v in zip(fields, value[1:], strict=True))
        case Variants():
            tag = shape.tag(value[0])
            return tag << shape.tag_at | encode(shape.variants[tag], value, shapes) << shape.payload_at
        case BitSet(element=element):
            return sum(1 << rank(element, encode(element, v, shapes)) for v in value)
        case Array(element=element):
            return sum(encode(element, v, shapes) << shape.at(i) for i, v in enumerate(value))
        case Sequence():
            return _encode_sequence(shape, value, shapes)
        case ListedSet() | Copies():
            return _encode_list(shape, value, shapes)
        case _:
            raise AssertionError(f"{shape.type} is not packed as one value")


def decode(shape: Shape, bits: int, shapes: Shapes) -> Value:
    """Return the value that the bits are."""
    match shape:
        case Number(low=low):
            return bits + low
        case Member(type=QuorumType(name, _)):
            return shapes.instance.quorums[name][bits]
        case Member(type=BoolType()):
            return bool(bits)
        case Member():
            return bits
        case Maybe(inner=inner):
            if not bits:
                return None
            return decode(inner, bits >> WORD if shape.is_wide else bits - 1, shapes)
        case Record(fields=fields):
            return (str(shape.type), *(decode(p.shape, _part(bits, p.at, p.shape), shapes) for p in fields))
        case Variants():
            variant = shape.variants[bits >> shape.tag_at & mask(shape.tag_bits)]
            return decode(variant, _part(bits, shape.payload_at, variant), shapes)
        case BitSet(element=element):
            ranks = (r for r in range(element.card or 0) if bits >> r & 1)
            return frozenset(decode(element, unrank(element, r), shapes) for r in ranks)
        case Array(element=element, count=count):
            return tuple(decode(element, _part(bits, shape.at(i), element), shapes) for i in range(count))
        case Sequence():
            return _decode_sequence(shape, bits, shapes)
        case ListedSet() | Copies():
            return _decode_list(shape, bits, shapes)
        case _:
            raise AssertionError(f"{shape.type} is not packed as one value")


def rank(shape: Shape, code: int) -> int:
    """Return the place of a value, given by its code, among all values of a ranked type."""
    if shape.is_compact:
        return code
    match shape:
        case Maybe(inner=inner):
            return 0 if code == 0 else 1 + rank(inner, code - 1)
        case Record(fields=fields):
            total = 0
            for p in fields:
                total = total * _card(p.shape) + rank(p.shape, _part(code, p.at, p.shape))
            return total
        case Variants(variants=variants):
            tag = code >> shape.tag_at
            before = sum(_card(v) for v in variants[:tag])
            return before + rank(variants[tag], _part(code, shape.payload_at, variants[tag]))
        case Array(element=element, count=count):
            total = 0
            for i in range(count):
                total = total * _card(element) + rank(element, _part(code, shape.at(i), element))
            return total
        case _:
            raise AssertionError(f"{shape.type} is not ranked")


def unrank(shape: Shape, number: int) -> int:
    """Return the code of the value at a place among all values of a ranked type."""
    if shape.is_compact:
        return number
    match shape:
        case Maybe(inner=inner):
            return 0 if number == 0 else 1 + unrank(inner, number - 1)
        case Record(fields=fields):
            code = 0
            for p in reversed(fields):
                number, digit = divmod(number, _card(p.shape))
                code |= unrank(p.shape, digit) << p.at
            return code
        case Variants(variants=variants):
            for tag, variant in enumerate(variants):
                if number < _card(variant):
                    return tag << shape.tag_at | unrank(variant, number) << shape.payload_at
                number -= _card(variant)
            raise AssertionError(f"{shape.type} has fewer values")
        case Array(element=element, count=count):
            code = 0
            for i in reversed(range(count)):
                number, digit = divmod(number, _card(element))
                code |= unrank(element, digit) << shape.at(i)
            return code
        case _:
            raise AssertionError(f"{shape.type} is not ranked")


def _card(shape: Shape) -> int:
    assert shape.card is not None, f"{shape.type} is not ranked"
    return shape.card


def _part(bits: int, at: int, shape: Shape) -> int:
    return bits >> at & mask(shape.bits)


def _encode_sequence(shape: Sequence, value: Value, shapes: Shapes) -> int:
    codes = [encode(shape.element, v, shapes) for v in value]
    if shape.is_wide:
        return len(codes) | sum(code << WORD + i * shape.stride for i, code in enumerate(codes))
    last = shape.capacity - 1
    return sum(code + 1 << (last - i) * shape.stride for i, code in enumerate(codes))


def _decode_sequence(shape: Sequence, bits: int, shapes: Shapes) -> Value:
    if shape.is_wide:
        codes = [_part(bits, WORD + i * shape.stride, shape.element) for i in range(bits & mask(WORD))]
    else:
        last = shape.capacity - 1
        digits = [bits >> (last - i) * shape.stride & mask(shape.stride) for i in range(shape.capacity)]
        codes = [digit - 1 for digit in digits if digit]
    return tuple(decode(shape.element, code, shapes) for code in codes)


def _encode_list(shape: ListedSet | Copies, value: Value, shapes: Shapes) -> int:
    copies = dict(value) if isinstance(shape, Copies) else dict.fromkeys(value, 0)
    listed = sorted((encode(shape.element, v, shapes), count) for v, count in copies.items())
    if len(listed) > shape.capacity:
        raise CapacityError(str(shape.type))
    bits = len(listed) | sum(code << WORD + i * shape.stride for i, (code, _) in enumerate(listed))
    if isinstance(shape, Copies):
        bits |= sum(count << shape.counts_at + i * COPIES_BITS for i, (_, count) in enumerate(listed))
    return bits


def _decode_list(shape: ListedSet | Copies, bits: int, shapes: Shapes) -> Value:
    places = range(bits & mask(WORD))
    values = [decode(shape.element, _part(bits, WORD + i * shape.stride, shape.element), shapes) for i in places]
    if not isinstance(shape, Copies):
        return frozenset(values)
    counts = [bits >> shape.counts_at + i * COPIES_BITS & mask(COPIES_BITS) for i in places]
    return frozenset(zip(values, counts, strict=True))
