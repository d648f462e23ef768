"""The types of the modelling language, and how their values are represented.

A value is a plain hashable Python object; its meaning comes from its type, which every IR node carries:

======================  ==============================================================================
type                    value
======================  ==============================================================================
Bool                    ``bool``
Int                     ``int``
Enum, Sort, Order       ``int``: the 0-based index of the member (an order's members ascend)
Option                  ``None`` or a value of the inner type
Record, Union           ``tuple``: the record's name, then the field values in declaration order
Set, Quorum             ``frozenset`` of element values
Map                     ``tuple`` of values, one per key, in the order of the key's universe
Seq                     ``tuple`` of elements
Bag                     ``frozenset`` of ``(element, count)`` pairs, counts at least 1
MessageSet              ``frozenset`` of the messages sent so far
Fifo                    as Map[P, Map[P, Seq]]: ``[p][q]`` is the channel from p to q, oldest message first
======================  ==============================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""A value of the modelling language, represented as the table above says."""


@dataclass(frozen=True, slots=True)
class BoolType:
    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class IntType:
    """Integers in `low`..`high`, both inclusive; a `str` names a Bound of the instance, None is unbounded.

    Only the declared type of a variable, field or parameter is a range, and only storing into it is checked;
    arithmetic is over all integers.
    """

    low: int | str | None = None
    high: int | str | None = None

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "int"
        low, high = ("" if end is None else end for end in (self.low, self.high))
        return f"int {low}..{high}"


@dataclass(frozen=True, slots=True)
class EnumType:
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class SortType:
    """A finite set of interchangeable members: equality only."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class OrderType:
    """A totally ordered set of members 0..n-1."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class QuorumType:
    """A minimal member of the quorum system `name`, a set of members of sort `base`."""

    name: str
    base: SortType

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class OptionType:
    inner: Type

    def __str__(self) -> str:
        return f"{self.inner} | None"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record or message, by name; its fields are in `System.records`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class UnionType:
    """A tagged union of records, by name, in declaration order, at least two."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return " | ".join(self.names)


@dataclass(frozen=True, slots=True)
class SetType:
    element: Type

    def __str__(self) -> str:
        return f"Set[{self.element}]"


@dataclass(frozen=True, slots=True)
class MapType:
    """A total map; `key` is a sort, order, enum, bool or bounded integer type."""

    key: Type
    value: Type

    def __str__(self) -> str:
        return f"Map[{self.key}, {self.value}]"


@dataclass(frozen=True, slots=True)
class SeqType:
    """A finite sequence. `capacity` names a Bound or is a number; None for the type of an intermediate value."""

    element: Type
    capacity: int | str | None = None

    def __str__(self) -> str:
        return f"Seq[{self.element}]" if self.capacity is None else f"Seq[{self.element}, {self.capacity}]"


@dataclass(frozen=True, slots=True)
class BagType:
    """A network in which each copy of a message is delivered at most once, in any order."""

    element: RecordType | UnionType

    def __str__(self) -> str:
        return f"Bag[{self.element}]"


@dataclass(frozen=True, slots=True)
class MessageSetType:
    """A monotone network: what was sent stays receivable for ever, which is loss, duplication and reorder at once."""

    element: RecordType | UnionType

    def __str__(self) -> str:
        return f"MessageSet[{self.element}]"


@dataclass(frozen=True, slots=True)
class FifoType:
    """One ordered channel per ordered pair of members of `endpoint`."""

    endpoint: SortType
    element: RecordType | UnionType
    capacity: int | str | None = None

    def __str__(self) -> str:
        return f"Fifo[{self.endpoint}, {self.element}]"


@dataclass(frozen=True, slots=True)
class NoneType:
    """The type of a bare None, before it meets the option it belongs to."""

    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True, slots=True)
class EmptyType:
    """The element type of an empty collection, before it meets the collection it belongs to."""

    def __str__(self) -> str:
        return "nothing"


ScalarType: TypeAlias = BoolType | IntType | EnumType | SortType | OrderType
NetworkType: TypeAlias = BagType | MessageSetType | FifoType
Type: TypeAlias = (
    ScalarType
    | QuorumType
    | OptionType
    | RecordType
    | UnionType
    | SetType
    | MapType
    | SeqType
    | NetworkType
    | NoneType
    | EmptyType
)

BOOL = BoolType()
INT = IntType()
NONE = NoneType()
NOTHING = EmptyType()


def record_names(kind: Type) -> tuple[str, ...]:
    """Return the names of the records that a value of `kind` may be: none if it is no record type."""
    match kind:
        case RecordType(name):
            return (name,)
        case UnionType(names):
            return names
        case OptionType(inner):
            return record_names(inner)
        case _:
            return ()


def accepts(expected: Type, given: Type) -> bool:
    """Return whether a value of type `given` may be stored where `expected` is declared.

    Integer ranges and capacities are not compared: whether a value fits is checked when it is stored.
    """
    match expected, given:
        case (IntType(), IntType()):
            return True
        case (OptionType(_), NoneType()):
            return True
        case (OptionType(inner), OptionType(other)):
            return accepts(inner, other)
        case (OptionType(inner), _):
            return accepts(inner, given)
        case (UnionType(names), RecordType() | UnionType()):
            return set(record_names(given)) <= set(names)
        case (SetType(_) | SeqType(_) | BagType(_), SetType(EmptyType()) | SeqType(EmptyType())):
            return type(expected) is type(given)
        case (SetType(element), SetType(other)):
            return accepts(element, other)
        case (SetType(element), QuorumType(_, base)):
            return accepts(element, base)
        case (SeqType(element, _), SeqType(other, _)):
            return accepts(element, other)
        case (MapType(key, value), MapType(other_key, other_value)):
            return accepts(key, other_key) and accepts(value, other_value)
        case _:
            return expected == given


def join(first: Type, second: Type) -> Type | None:
    """Return the least type that accepts both, or None if there is none (`Vote` and None join to `Vote | None`)."""
    if accepts(first, second):
        return first
    if accepts(second, first):
        return second
    match first, second:
        case (NoneType(), other) | (other, NoneType()):
            return OptionType(other)
        case (OptionType(inner), other) | (other, OptionType(inner)):
            merged = join(inner, other.inner if isinstance(other, OptionType) else other)
            return None if merged is None else OptionType(merged)
        case (SetType(a), SetType(b)):
            merged = join(a, b)
            return None if merged is None else SetType(merged)
        case (SeqType(a, _), SeqType(b, _)):
            merged = join(a, b)
            return None if merged is None else SeqType(merged)
        case (QuorumType(_, base), QuorumType(_, other_base)) if base == other_base:
            return SetType(base)
        case (RecordType() | UnionType(), RecordType() | UnionType()):
            names = dict.fromkeys(record_names(first) + record_names(second))
            return UnionType(tuple(names))
        case _:
            return None
