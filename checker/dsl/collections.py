"""Maps, sequences and the words that work on collections.

The classes are what a model's annotations name. Their methods say what type checkers need to know, and do it when a
model runs natively; engines work on the IR.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Generic, Protocol, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
B = TypeVar("B")

Set = AbstractSet
"""A finite set. Write `{a, b}`, `{f(x) for x in S if c}` and `set()`; combine with `|`, `&` and `-`."""


class Range:
    """Both ends, inclusive, of an integer: ``Annotated[int, Range(0, LogLength)]``; an end is a number or a Bound."""

    def __init__(self, low: int | type, high: int | type) -> None:
        self.low = low
        self.high = high


class Map(Generic[K, V]):
    """A total map: it has a value for every member of its key domain. `m[k] = v` changes one entry."""

    def __init__(self, entries: Mapping[K, V]) -> None:
        self.entries = dict(entries)

    def __getitem__(self, key: K) -> V:
        return self.entries[key]

    def __setitem__(self, key: K, value: V) -> None:
        self.entries[key] = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Map) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(frozenset(self.entries.items()))

    def __repr__(self) -> str:
        return repr(self.entries)


def mapping(entries: Mapping[K, V]) -> Map[K, V]:
    """Return the map with an entry for every member of a domain: ``mapping({a: None for a in Acceptor})``."""
    return Map(entries)


class Seq(Generic[T, B]):
    """A sequence of at most as many elements as the bound B says.

    `s[i]` counts from 0; `s[i:j]`, `s + t` and `len(s)` are as in Python, except that an index outside is an error
    of the model. `self.log[s].append(e)` cuts the transition if the sequence is full.
    """

    def __init__(self, *elements: T) -> None:
        self.elements = elements

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Seq[T, B]: ...
    def __getitem__(self, index: int | slice) -> T | Seq[T, B]:
        if isinstance(index, slice):
            low, high = index.start or 0, len(self.elements) if index.stop is None else index.stop
            if not 0 <= low <= high <= len(self.elements):
                raise IndexError(index)
            return Seq(*self.elements[low:high])
        if index < 0:
            raise IndexError(index)
        return self.elements[index]

    def __add__(self, other: Seq[T, B]) -> Seq[T, B]:
        return Seq(*self.elements, *other.elements)

    def __len__(self) -> int:
        return len(self.elements)

    def __iter__(self) -> Iterator[T]:
        return iter(self.elements)

    def __contains__(self, element: object) -> bool:
        return element in self.elements

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seq) and self.elements == other.elements

    def __hash__(self) -> int:
        return hash(self.elements)

    def __repr__(self) -> str:
        return repr(list(self.elements))

    def append(self, element: T) -> None:
        """Add an element at the end; the transition is cut if the sequence is full. An action statement."""
        self.elements = (*self.elements, element)


class SupportsOrder(Protocol):
    """What `maximal` and `minimal` can compare: integers and members of an order."""

    def __lt__(self, other: Any, /) -> bool: ...


def maximal(elements: Iterable[T], *, key: Callable[[T], SupportsOrder]) -> Set[T]:
    """Return the elements with the greatest key, all of them; the empty set for nothing."""
    pool = list(elements)
    return frozenset(x for x in pool if not any(key(x) < key(y) for y in pool))


def minimal(elements: Iterable[T], *, key: Callable[[T], SupportsOrder]) -> Set[T]:
    """Return the elements with the least key, all of them; the empty set for nothing."""
    pool = list(elements)
    return frozenset(x for x in pool if not any(key(y) < key(x) for y in pool))


def only(elements: Iterable[T]) -> T:
    """Return the single element; it is an error of the model if there is none or more than one."""
    (element,) = set(elements)
    return element
