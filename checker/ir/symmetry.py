"""Which members of sorts are interchangeable in an instance, and exchanging two of them in a value.

The language can say nothing of a member of a sort but whether it is this one or another, so every permutation of the
members maps behaviours to behaviours, as long as it maps what the instance names to itself: Byzantine processes,
assignments, and quorum systems. Members are taken for interchangeable if exchanging these two, and no others, does so.
That is an equivalence (conjugating one exchange with another gives the third), and the permutations within its classes
are a group. It is not always the whole group (the rows and columns of a grid), but every part of it is sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial, prod

from checker.ir.expr import Const
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    FifoType,
    MapType,
    MessageSetType,
    OptionType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)
from checker.ir.values import channels_type
from checker.ir.walk import expressions_of, walk

CLASS_MAX = 8
"""Members of a class; more of them are split, since sorting them may have to try all their orders."""


@dataclass(frozen=True, slots=True)
class Class:
    """Two members of a sort or more, ascending, any permutation of which is a symmetry."""

    sort: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The classes of interchangeable members, small ones first."""

    classes: tuple[Class, ...]

    @property
    def order(self) -> int:
        """The number of permutations."""
        return prod(factorial(len(c.members)) for c in self.classes)

    def __str__(self) -> str:
        return " x ".join(f"{c.sort} {len(c.members)}!" for c in self.classes)


NO_SYMMETRY = Symmetry(())


def symmetry_of(system: System, instance: Instance) -> Symmetry:
    """Return the classes of interchangeable members of all sorts."""
    classes = [part for c in _classes(system, instance) for part in _split(c)]
    return Symmetry(tuple(sorted(classes, key=lambda c: len(c.members))))


def symmetric_sorts(system: System, instance: Instance) -> tuple[SortType, ...]:
    """Return the sorts of at least two members that are all interchangeable, in the order of declaration."""
    return tuple(SortType(c.sort) for c in _classes(system, instance) if len(c.members) == instance.size(c.sort))


def _named_sorts(system: System) -> frozenset[str]:
    """Return the sorts of whose members an expression speaks by name. (No model can; an IR made by hand could.)"""
    constants = [e for expr in expressions_of(system) for e in walk(expr) if isinstance(e, Const)]
    naming = [c for c in constants if c.value not in (None, (), frozenset())]
    return frozenset(sort for constant in naming for sort in sorts_in(constant.type, system))


def sorts_in(kind: Type, system: System) -> frozenset[str]:
    """Return the sorts of which a value of a type may have members."""
    match kind:
        case SortType(name):
            return frozenset((name,))
        case QuorumType(_, base):
            return sorts_in(base, system)
        case RecordType(name):
            return frozenset[str]().union(*(sorts_in(f.type, system) for f in system.record(name).fields))
        case UnionType(names):
            return frozenset[str]().union(*(sorts_in(RecordType(n), system) for n in names))
        case OptionType(inner) | SetType(inner) | SeqType(inner, _) | BagType(inner) | MessageSetType(inner):
            return sorts_in(inner, system)
        case MapType(key, value):
            return sorts_in(key, system) | sorts_in(value, system)
        case FifoType():
            return sorts_in(channels_type(kind), system)
        case _:
            return frozenset()


def _classes(system: System, instance: Instance) -> Iterator[Class]:
    """Yield all classes, however large."""
    named = _named_sorts(system)
    for sort in (d.type.name for d in system.domains if isinstance(d.type, SortType)):
        left = [] if sort in named else list(range(instance.size(sort)))
        while left:
            first = left[0]
            alike = [m for m in left if m == first or _is_symmetry(Exchange(sort, first, m), system, instance)]
            left = [m for m in left if m not in alike]
            if len(alike) > 1:
                yield Class(sort, tuple(alike))


def _split(whole: Class) -> Iterator[Class]:
    for start in range(0, len(whole.members), CLASS_MAX):
        members = whole.members[start : start + CLASS_MAX]
        if len(members) > 1:
            yield Class(whole.sort, members)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Exchanging two members of a sort."""

    sort: str
    first: int
    second: int

    def member(self, member: int) -> int:
        """Return the member that takes the place of another."""
        return {self.first: self.second, self.second: self.first}.get(member, member)


def _is_symmetry(exchange: Exchange, system: System, instance: Instance) -> bool:
    """Return whether an exchange leaves what an instance names as it is."""
    for given in system.givens:
        value = instance.givens[given.name]
        if exchanged(value, given.type, exchange, system) != value:
            return False
    for quorum in system.quorums:
        family = instance.quorums[quorum.type.name]
        if quorum.type.base.name == exchange.sort:
            moved = {frozenset(map(exchange.member, members)) for members in family}
            if moved != set(family):
                return False
    return True


def exchanged(value: Value, kind: Type, exchange: Exchange, system: System) -> Value:
    """Return a value of a type in which two members have changed places."""

    def inside(value: Value, kind: Type) -> Value:
        match kind:
            case SortType(name):
                return exchange.member(value) if name == exchange.sort else value
            case OptionType(inner):
                return None if value is None else inside(value, inner)
            case RecordType() | UnionType():
                fields = system.record(value[0]).fields
                return (value[0], *(inside(v, f.type) for f, v in zip(fields, value[1:], strict=True)))
            case QuorumType(_, base):
                return frozenset(inside(v, base) for v in value)
            case SetType(element) | MessageSetType(element):
                return frozenset(inside(v, element) for v in value)
            case BagType(element):
                return frozenset((inside(v, element), count) for v, count in value)
            case SeqType(element):
                return tuple(inside(v, element) for v in value)
            case MapType(key, inner):
                entries = [inside(v, inner) for v in value]
                if key == SortType(exchange.sort):
                    first, second = exchange.first, exchange.second
                    entries[first], entries[second] = entries[second], entries[first]
                return tuple(entries)
            case FifoType():
                return inside(value, channels_type(kind))
            case _:
                return value

    return inside(value, kind)
