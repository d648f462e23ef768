"""What a step changed: the difference between two states, as deep inside the values as a reader wants to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    EnumType,
    FifoType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)
from checker.ir.values import channels_type, key_names, map_keys, ordered, show_value
from checker.trace.trace import StateValues

Show: TypeAlias = Callable[[Type, Value], str]
"""How to write a value."""

WHOLE_RECORD_WIDTH = 40
"""Records up to this many characters are shown whole, longer ones field by field."""


@dataclass(frozen=True, slots=True)
class Key:
    """One step into a value: an entry of a map (`domain` is the sort, order or enum of its keys), or a field."""

    text: str
    domain: str = ""
    index: int = -1


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, at `keys` inside `variable`.

    set        `old` became `new`, both of type `type`
    add        each of `new` (a tuple of values of type `type`) came into a set or network, or to the end of a sequence
    remove     each of `old` left a set or network
    take       each of `old` left the front of a sequence
    cut        each of `old` left the end of a sequence
    """

    variable: str
    keys: tuple[Key, ...]
    kind: Literal["set", "add", "remove", "take", "cut"]
    type: Type
    old: Value
    new: Value
    in_network: bool = False

    def path(self, *, without: Key | None = None) -> str:
        """Return where the change is, as in `log[s1]`; `without` leaves out the key that the reader knows."""
        return self.variable + "".join(key.text for key in self.keys if key != without)

    def text(self, show: Show, *, without: Key | None = None) -> str:
        """Return the change as one line: `promised[a2]: None → 1`, `net + Prepare(0)`."""
        path = self.path(without=without)
        match self.kind:
            case "set":
                return f"{path}: {show(self.type, self.old)} → {show(self.type, self.new)}"
            case "add":
                return f"{path} + {_listed(self.type, self.new, show)}"
            case "remove":
                return f"{path} - {_listed(self.type, self.old, show)}"
            case "take":
                return f"{path} - first {_listed(self.type, self.old, show)}"
            case "cut":
                return f"{path} - last {_listed(self.type, self.old, show)}"


def changes(system: System, instance: Instance, before: StateValues, after: StateValues) -> tuple[Change, ...]:
    """Return every difference between two states, in the order of the variables' declarations."""
    differ = _Differ(system, instance)
    return tuple(
        change
        for variable, old, new in zip(system.variables, before, after, strict=True)
        for change in differ.differences(_Place(variable.name), variable.type, old, new)
    )


def domain_key(domain: str, index: int, instance: Instance) -> Key:
    """Return the key of a map entry that belongs to a member of a domain."""
    return Key(f"[{instance.domains[domain][index]}]", domain, index)


def _listed(kind: Type, values: tuple[Value, ...], show: Show) -> str:
    copies = Counter(values)  # in order of first appearance
    return ", ".join(show(kind, v) + (f" ×{n}" if n > 1 else "") for v, n in copies.items())


@dataclass(frozen=True, slots=True)
class _Place:
    variable: str
    keys: tuple[Key, ...] = ()
    in_network: bool = False

    def at(self, key: Key) -> _Place:
        return _Place(self.variable, (*self.keys, key), self.in_network)

    def change(self, kind: Literal["set", "add", "remove", "take", "cut"], of: Type, old: Value, new: Value) -> Change:
        return Change(self.variable, self.keys, kind, of, old, new, self.in_network)


@dataclass(frozen=True, slots=True)
class _Differ:
    system: System
    instance: Instance

    def differences(self, place: _Place, kind: Type, old: Value, new: Value) -> Iterator[Change]:
        if old == new:
            return
        match kind:
            case OptionType(inner) if old is not None and new is not None:
                yield from self.differences(place, inner, old, new)
            case MapType():
                yield from self._entries(place, kind, old, new)
            case RecordType() | UnionType():
                yield from self._fields(place, kind, old, new)
            case SetType(element):
                yield from self._elements(place, kind, element, old, new)
            case MessageSetType(element):
                network = _Place(place.variable, place.keys, in_network=True)
                yield from self._copies(network, element, Counter(old), Counter(new))
            case BagType(element):
                network = _Place(place.variable, place.keys, in_network=True)
                yield from self._copies(network, element, _counts(old), _counts(new))
            case SeqType(element):
                yield from self._sequence(place, kind, element, old, new)
            case FifoType():
                yield from self._channels(place, kind, old, new)
            case _:
                yield place.change("set", kind, old, new)

    def _entries(self, place: _Place, kind: MapType, old: Value, new: Value) -> Iterator[Change]:
        for key, name, before, after in self._zipped(kind, old, new):
            yield from self.differences(place.at(Key(f"[{name}]", _domain(kind.key), key)), kind.value, before, after)

    def _zipped(self, kind: MapType, old: Value, new: Value) -> Iterator[tuple[int, str, Value, Value]]:
        keys, names = map_keys(kind.key, self.instance), key_names(kind.key, self.instance)
        yield from zip(map(int, keys), names, old, new, strict=True)

    def _fields(self, place: _Place, kind: RecordType | UnionType, old: Value, new: Value) -> Iterator[Change]:
        is_long = len(show_value(kind, new, self.system, self.instance)) > WHOLE_RECORD_WIDTH
        if old[0] != new[0] or not is_long:
            yield place.change("set", kind, old, new)
            return
        for field, before, after in zip(self.system.record(old[0]).fields, old[1:], new[1:], strict=True):
            yield from self.differences(place.at(Key(f".{field.name}")), field.type, before, after)

    def _elements(self, place: _Place, kind: SetType, element: Type, old: Value, new: Value) -> Iterator[Change]:
        if not new:
            yield place.change("set", kind, old, new)
            return
        if gone := tuple(ordered(old - new)):
            yield place.change("remove", element, gone, ())
        if come := tuple(ordered(new - old)):
            yield place.change("add", element, (), come)

    def _copies(self, place: _Place, element: Type, old: Counter[Value], new: Counter[Value]) -> Iterator[Change]:
        """One change per message: a line each is easier to read than a list."""
        for message in ordered(frozenset(old - new)):
            yield place.change("remove", element, (message,) * (old[message] - new[message]), ())
        for message in ordered(frozenset(new - old)):
            yield place.change("add", element, (), (message,) * (new[message] - old[message]))

    def _sequence(self, place: _Place, kind: SeqType, element: Type, old: Value, new: Value) -> Iterator[Change]:
        if old == new[: len(old)]:
            yield place.change("add", element, (), new[len(old) :])
        elif place.in_network:
            yield from self._queue(place, element, old, new)
        elif new and new == old[: len(new)]:
            yield place.change("cut", element, old[len(new) :], ())
        else:
            shared = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
            inside = place.at(Key(f"[{shared}:]")) if shared else place
            yield inside.change("set", kind, old[shared:], new[shared:])

    def _queue(self, place: _Place, element: Type, old: Value, new: Value) -> Iterator[Change]:
        """What was delivered from a channel, or lost, and what was sent into it."""
        taken = next(n for n in range(len(old) + 1) if old[n:] == new[: len(old) - n])
        if taken:
            yield place.change("take", element, old[:taken], ())
        if come := new[len(old) - taken :]:
            yield place.change("add", element, (), come)

    def _channels(self, place: _Place, kind: FifoType, old: Value, new: Value) -> Iterator[Change]:
        names = self.instance.domains[kind.endpoint.name]
        channels = channels_type(kind).value
        assert isinstance(channels, MapType)
        for source, before, after in zip(names, old, new, strict=True):
            for destination, was, now in zip(names, before, after, strict=True):
                channel = _Place(place.variable, (Key(f"[{source}→{destination}]"),), in_network=True)
                yield from self.differences(channel, channels.value, was, now)


def _counts(bag: Value) -> Counter[Value]:
    return Counter({message: int(count) for message, count in bag})


def _domain(key: Type) -> str:
    return key.name if isinstance(key, SortType | OrderType | EnumType) else ""
