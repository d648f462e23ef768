"""Which messages are there: those that were sent, and those that a Byzantine process can make up.

A message is *available* in a message set if it was sent, or if the process that signs it is Byzantine and every signed
message inside it is available itself: signatures cannot be forged, everything else can. In a bag the messages in flight
are available. Lists of messages are in canonical order.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import TypeAlias

from checker.diagnostics import NOWHERE, error
from checker.interp.ordering import Ordering
from checker.ir.instance import UNIVERSE_MAX, Instance, universe
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    MapType,
    MessageSetType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
    Value,
)

REMEMBERED_MAX = 8192
"""Network values whose sorted messages are kept at a time: those around the state being explored."""

Available: TypeAlias = Callable[[str], tuple[Value, ...]]
"""The available messages of a kind, in some network."""


class Network:
    """The messages of one network variable, whose value is passed in: nothing here changes a state."""

    def __init__(self, kind: MessageSetType | BagType, forger: Forger) -> None:
        self._is_bag = isinstance(kind, BagType)
        self._forger = forger
        self._order = Ordering(kind.element)
        self._remembered: dict[Value, dict[str, tuple[Value, ...]]] = {}

    def messages(self, value: Value, record: str) -> tuple[Value, ...]:
        """Return the available messages of one kind, in canonical order."""
        by_kind = self._remembered.get(value)
        if by_kind is None:
            if len(self._remembered) >= REMEMBERED_MAX:
                self._remembered.clear()
            by_kind = self._remembered[value] = {}
        found = by_kind.get(record)
        if found is None:
            found = by_kind[record] = self._available(value, record)
        return found

    def has(self, value: Value, message: Value) -> bool:
        """Return whether a message is available."""
        if self._is_bag:
            return any(copy == message for copy, _ in value)
        return message in value or (self._forger.is_active and self._forger.is_forgeable(message, value))

    def is_sent(self, value: Value, message: Value) -> bool:
        """Return whether a message is there because it was sent."""
        return any(copy == message for copy, _ in value) if self._is_bag else message in value

    def _available(self, value: Value, record: str) -> tuple[Value, ...]:
        if self._is_bag:
            return self._order(copy for copy, _ in value if copy[0] == record)
        sent = [message for message in value if message[0] == record]
        if self._forger.is_active:
            forged = self._forger.forgeable(record, lambda inner: self.messages(value, inner))
            return self._order({*sent, *forged})
        return self._order(sent)


class Forger:
    """What the Byzantine processes of an instance can make up."""

    def __init__(self, system: System, instance: Instance) -> None:
        self._system = system
        self._instance = instance
        byzantine = {
            str(given.type.element): instance.givens[given.name]
            for given in system.givens
            if given.kind == "byzantine" and isinstance(given.type, SetType)
        }
        self._fields = {r.name: tuple(f.type for f in r.fields) for r in system.records}
        signed = {
            r.name: next((place, f.type) for place, f in enumerate(r.fields, start=1) if f.name == r.signer)
            for r in system.records
            if r.signer is not None
        }
        self._places = {name: place for name, (place, _) in signed.items()}
        self._liars = {name: byzantine[str(kind)] for name, (_, kind) in signed.items() if byzantine.get(str(kind))}
        self._bearing = {
            name: [(place, kind) for place, kind in enumerate(kinds, start=1) if self._bears_signatures(kind)]
            for name, kinds in self._fields.items()
        }
        self._always: dict[str, tuple[Value, ...]] = {}
        self.is_active = bool(self._liars)

    def can_sign(self, record: str) -> bool:
        """Return whether a Byzantine process signs messages of a kind."""
        return record in self._liars

    def is_signed(self, record: str) -> bool:
        """Return whether messages of a kind bear a signature."""
        return record in self._places

    def liars(self, record: str) -> tuple[str, frozenset[int]]:
        """Return the field that holds the signer of a kind of message, and the Byzantine processes among its values."""
        signer = self._system.record(record).signer
        assert signer is not None
        return signer, frozenset(self._liars[record])

    def bears_signatures(self, record: str) -> bool:
        """Return whether messages of a kind may have signed messages inside them."""
        return bool(self._bearing[record])

    def bears_signatures_in(self, kind: Type) -> bool:
        """Return whether a value of a type may be, or have inside it, a signed message."""
        return self._bears_signatures(kind)

    def forgeable(self, record: str, available: Available) -> tuple[Value, ...]:
        """Return the messages of kind `record` that can be made up, given the signed messages that can be put in them.

        Raises:
            QuoraxError: I010, if there are too many to list.

        """
        if record in self._always:
            return self._always[record]
        if record not in self._liars:
            return ()
        columns = [self._values(kind, available) for kind in self._fields[record]]
        columns[self._places[record] - 1] = tuple(sorted(self._liars[record]))
        forged = self._product(record, columns)
        if not self._bearing[record]:
            self._always[record] = forged
        return forged

    def is_forgeable(self, message: Value, sent: Value) -> bool:
        """Return whether `message`, which was not sent, can be made up by its signer from what was sent."""
        liars = self._liars.get(message[0])
        if liars is None or message[self._places[message[0]]] not in liars:
            return False
        return self._can_contain(message, sent)

    def _can_contain(self, record: Value, sent: Value) -> bool:
        """Return whether every signed message inside a record is available."""
        return all(self._is_possible(kind, record[place], sent) for place, kind in self._bearing[record[0]])

    def _is_possible(self, kind: Type, value: Value, sent: Value) -> bool:
        """Return whether a value is, or is made of, signed messages that are available."""
        if value is None:
            return True
        match kind:
            case RecordType() | UnionType():
                if value[0] in self._places:
                    return value in sent or self.is_forgeable(value, sent)
                return self._can_contain(value, sent)
            case OptionType(inner):
                return self._is_possible(inner, value, sent)
            case SetType(inner) | SeqType(inner) | MapType(_, inner):
                return all(self._is_possible(inner, part, sent) for part in value)
            case _:
                raise AssertionError(f"{kind} bears no signatures")

    def _values(self, kind: Type, available: Available) -> tuple[Value, ...]:
        """Return the values of a type in which every signed message is available."""
        if not self._bears_signatures(kind):
            return universe(kind, self._system, self._instance)
        match kind:
            case RecordType(name) if name in self._places:
                return available(name)
            case RecordType(name):
                return self._product(name, [self._values(field, available) for field in self._fields[name]])
            case UnionType(names):
                return tuple(value for name in names for value in self._values(RecordType(name), available))
            case OptionType(inner):
                return (None, *self._values(inner, available))
            case SetType(inner):
                return _subsets(kind, self._values(inner, available))
            case _:
                raise error(NOWHERE, "I010", f"a Byzantine process can forge endless messages with a {kind}")

    def _product(self, record: str, columns: list[tuple[Value, ...]]) -> tuple[Value, ...]:
        total = 1
        for column in columns:
            total *= len(column)
        if total > UNIVERSE_MAX:
            raise error(
                NOWHERE,
                "I010",
                f"Byzantine processes can forge {total:,} {record} messages: more than {UNIVERSE_MAX:,}",
                "use a smaller instance, or give the message fewer fields",
            )
        return tuple((record, *values) for values in itertools.product(*columns))

    def _bears_signatures(self, kind: Type) -> bool:
        """Return whether a value of a type may have a signed message in it."""
        match kind:
            case RecordType(name):
                return name in self._places or any(map(self._bears_signatures, self._fields[name]))
            case UnionType(names):
                return any(self._bears_signatures(RecordType(name)) for name in names)
            case OptionType(inner) | SetType(inner) | SeqType(inner) | MapType(_, inner):
                return self._bears_signatures(inner)
            case _:
                return False


def _subsets(kind: Type, members: tuple[Value, ...]) -> tuple[Value, ...]:
    if 2 ** len(members) > UNIVERSE_MAX:
        raise error(NOWHERE, "I010", f"{kind} has 2^{len(members)} values: too many to list")
    sizes: Iterable[int] = range(len(members) + 1)
    return tuple(frozenset(chosen) for size in sizes for chosen in itertools.combinations(members, size))
