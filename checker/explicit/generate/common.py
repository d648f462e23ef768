"""The least type that has every value of two others, with ranges and capacities."""

from __future__ import annotations

from checker.explicit.generate.text import UnsupportedError
from checker.ir.types import EmptyType, IntType, MapType, NoneType, OptionType, QuorumType, SeqType, SetType, Type, join


def common(first: Type, second: Type) -> Type:
    """Return the least closed type that has every value of both, ranges and capacities included."""
    if first == second:
        return first
    match first, second:
        case (IntType(low, high), IntType(other_low, other_high)):
            return IntType(_least(low, other_low), _greatest(high, other_high))
        case (NoneType(), OptionType()):
            return second
        case (OptionType(), NoneType()):
            return first
        case (NoneType(), other) | (other, NoneType()):
            return OptionType(other)
        case (OptionType(a), OptionType(b)):
            return OptionType(common(a, b))
        case (OptionType(a), other) | (other, OptionType(a)):
            return OptionType(common(a, other))
        case (EmptyType(), other) | (other, EmptyType()):
            return other
        case (NoneType(), NoneType()):
            return first
        case (SetType(a), SetType(b)):
            return SetType(common(a, b))
        case (QuorumType(_, base), SetType(b)) | (SetType(b), QuorumType(_, base)):
            return SetType(common(base, b))
        case (SeqType(a, n), SeqType(b, m)):
            assert isinstance(n, int)
            assert isinstance(m, int)
            return SeqType(common(a, b), max(n, m))
        case (MapType(key, a), MapType(_, b)):
            return MapType(key, common(a, b))
        case _:
            merged = join(first, second)
            if merged is None:
                raise UnsupportedError(f"{first} where {second} stands too")
            return merged


def _least(a: int | str | None, b: int | str | None) -> int | None:
    return None if a is None or b is None else min(int(a), int(b))


def _greatest(a: int | str | None, b: int | str | None) -> int | None:
    return None if a is None or b is None else max(int(a), int(b))
