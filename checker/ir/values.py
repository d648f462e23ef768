"""Values as people read them: `Promise(1, a2, Vote(0, v1))`, `{a1, a2}`, `None`."""

from __future__ import annotations

from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    BoolType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)


def show_value(kind: Type, value: Value, system: System, instance: Instance) -> str:
    """Return a value as one line of text, the same for equal values: sets are listed in sorted order."""

    def show(kind: Type, value: Value) -> str:
        match kind:
            case EnumType(name) | SortType(name) | OrderType(name):
                return instance.domains[name][value]
            case OptionType(inner):
                return "None" if value is None else show(inner, value)
            case RecordType() | UnionType():
                fields = zip(system.record(value[0]).fields, value[1:], strict=True)
                return f"{value[0]}({', '.join(show(f.type, v) for f, v in fields)})"
            case QuorumType(_, base):
                return show(SetType(base), value)
            case SetType(element) | MessageSetType(element):
                return "{" + ", ".join(show(element, v) for v in ordered(value)) + "}"
            case BagType(element):
                copies = (f"{show(element, v)} x{n}" if n > 1 else show(element, v) for v, n in ordered(value))
                return "{" + ", ".join(copies) + "}"
            case SeqType(element):
                return "[" + ", ".join(show(element, v) for v in value) + "]"
            case MapType(key, inner):
                names = key_names(key, instance)
                return "{" + ", ".join(f"{k}: {show(inner, v)}" for k, v in zip(names, value, strict=True)) + "}"
            case FifoType():
                return show(channels_type(kind), value)
            case _:
                return str(value)

    return show(kind, value)


def ordered(values: frozenset[Value]) -> list[Value]:
    """Return the elements of a set in canonical order: by shape, then by value, None first."""
    return sorted(values, key=sort_key)


def sort_key(value: Value) -> tuple[object, ...]:
    """Return a key that orders the values of any one type canonically."""
    if value is None:
        return (0,)
    if isinstance(value, tuple):
        return (2, *(sort_key(v) for v in value))
    if isinstance(value, frozenset):
        return (3, len(value), *(sort_key(v) for v in ordered(value)))
    return (1, value)


def key_names(key: Type, instance: Instance) -> tuple[str, ...]:
    """Return the names of the keys of a map, in the order of its values."""
    match key:
        case EnumType(name) | SortType(name) | OrderType(name):
            return instance.domains[name]
        case _:
            return tuple(str(k) for k in map_keys(key, instance))


def map_keys(key: Type, instance: Instance) -> tuple[Value, ...]:
    """Return the keys of a map, in the order of its values."""
    match key:
        case EnumType(name) | SortType(name) | OrderType(name):
            return tuple(range(instance.size(name)))
        case BoolType():
            return (False, True)
        case IntType(low, high):
            first, last = instance.bound(low), instance.bound(high)
            assert first is not None, "the front end admits only bounded integer keys"
            assert last is not None
            return tuple(range(first, last + 1))
        case _:
            raise AssertionError(f"{key} is not a key type")


def channels_type(network: FifoType) -> MapType:
    """Return a Fifo's value as a map of maps of sequences."""
    return MapType(network.endpoint, MapType(network.endpoint, SeqType(network.element, network.capacity)))
