"""Which sorts an instance treats alike, and what that spares a search for shortest behaviours.

Renaming the members of such a sort makes a behaviour of every behaviour, and a violation of every violation. So of all
renamings one is enough: that in which members appear as arguments in ascending order. The language itself cannot tell
members of a sort apart; what an instance fixes (families of quorums, Byzantine processes, constant maps), constants in
expressions and the initial states can, and are looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checker.ir.expr import Const
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    EnumType,
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


def symmetric_sorts(system: System, instance: Instance, starts: Iterable[tuple[Value, ...]]) -> tuple[SortType, ...]:
    """Return the sorts of at least two members whose members an instance, with its initial states, treats alike."""
    states = frozenset(starts)
    sorts = [d.type for d in system.domains if isinstance(d.type, SortType)]
    return tuple(s for s in sorts if instance.size(s.name) > 1 and _is_symmetric(s, system, instance, states))


def _is_symmetric(sort: SortType, system: System, instance: Instance, states: frozenset[tuple[Value, ...]]) -> bool:
    constants = (part for expr in expressions_of(system) for part in walk(expr) if isinstance(part, Const))
    if any(_has(sort, c.type, system) and c.value not in (None, frozenset(), ()) for c in constants):
        return False
    for place in range(instance.size(sort.name) - 1):
        swapped = renaming(sort, place, system)
        if any(swapped(g.type, instance.givens[g.name]) != instance.givens[g.name] for g in system.givens):
            return False
        for quorum in system.quorums:
            family = instance.quorums[quorum.type.name]
            if {swapped(quorum.type, q) for q in family} != set(family):
                return False
        renamed = {tuple(swapped(v.type, x) for v, x in zip(system.variables, s, strict=True)) for s in states}
        if renamed != states:
            return False
    return True


def _has(sort: SortType, kind: Type, system: System) -> bool:
    """Return whether a value of a type may have a member of a sort in it."""
    match kind:
        case SortType():
            return kind == sort
        case QuorumType(_, base):
            return base == sort
        case OptionType(inner) | SetType(inner) | SeqType(inner) | BagType(inner) | MessageSetType(inner):
            return _has(sort, inner, system)
        case MapType(key, value):
            return _has(sort, key, system) or _has(sort, value, system)
        case FifoType(endpoint, element):
            return endpoint == sort or _has(sort, element, system)
        case RecordType(name):
            return any(_has(sort, f.type, system) for f in system.record(name).fields)
        case UnionType(names):
            return any(_has(sort, RecordType(name), system) for name in names)
        case _:
            return False


def renaming(sort: SortType, place: int, system: System) -> Callable[[Type, Value], Value]:
    """Return what swaps two neighbouring members of a sort in values."""

    def swap(index: int) -> int:
        return place + 1 if index == place else place if index == place + 1 else index

    def rename(kind: Type, value: Value) -> Value:
        match kind:
            case SortType():
                return swap(value) if kind == sort else value
            case QuorumType(_, base):
                return frozenset(rename(base, v) for v in value)
            case OptionType(inner):
                return None if value is None else rename(inner, value)
            case SetType(inner) | MessageSetType(inner):
                return frozenset(rename(inner, v) for v in value)
            case BagType(inner):
                return frozenset((rename(inner, v), n) for v, n in value)
            case SeqType(inner):
                return tuple(rename(inner, v) for v in value)
            case MapType(key, inner):
                values = tuple(rename(inner, v) for v in value)
                return tuple(values[swap(i)] for i in range(len(values))) if key == sort else values
            case FifoType():
                return rename(channels_type(kind), value)
            case RecordType() | UnionType():
                fields = zip(system.record(value[0]).fields, value[1:], strict=True)
                return (value[0], *(rename(f.type, v) for f, v in fields))
            case EnumType():
                return value
            case _:
                return value

    return rename
