"""What an instance fixes once and for all: the members of every type, the places of map keys, the networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from checker.interp.networks import Forger, Network
from checker.interp.ordering import Ordering
from checker.ir.instance import Instance, universe
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    BoolType,
    IntType,
    MessageSetType,
    RecordType,
    Type,
    UnionType,
    Value,
    record_names,
)

KeyOf: TypeAlias = Callable[[Value], int | None]
"""The 0-based place of a key in a map's values, or None for an integer that is no key."""


class Domains:
    """The domains of one instance, computed when first asked for."""

    def __init__(self, system: System, instance: Instance) -> None:
        self.system = system
        self.instance = instance
        self.places = {variable.name: place for place, variable in enumerate(system.variables)}
        forger = Forger(system, instance)
        self.networks = {
            v.name: Network(v.type, forger) for v in system.variables if isinstance(v.type, MessageSetType | BagType)
        }
        self._universes: dict[Type, tuple[Value, ...]] = {}
        self._orderings: dict[Type, Ordering] = {}
        self._message_kinds = frozenset(r.name for r in system.records if r.is_message)

    def universe(self, kind: Type) -> tuple[Value, ...]:
        """Return all values of a type, ascending.

        Raises:
            QuoraxError: I010, if there are too many.

        """
        if kind not in self._universes:
            self._universes[kind] = universe(kind, self.system, self.instance)
        return self._universes[kind]

    def ordering(self, element: Type) -> Ordering:
        if element not in self._orderings:
            self._orderings[element] = Ordering(element)
        return self._orderings[element]

    def parameter_values(self, kind: Type, state: tuple[Value, ...]) -> tuple[Value, ...]:
        """Return what a parameter ranges over in a state: available messages, or all values of the type."""
        if not self.is_message(kind):
            return self.universe(kind)
        return tuple(message for record in record_names(kind) for message in self._messages(record, state))

    def is_message(self, kind: Type) -> bool:
        """Return whether a parameter of the type ranges over the messages in the networks."""
        return isinstance(kind, RecordType | UnionType) and self._message_kinds.issuperset(record_names(kind))

    def _messages(self, record: str, state: tuple[Value, ...]) -> tuple[Value, ...]:
        """Return the messages of a kind that are available in any network, in canonical order."""
        found = [network.messages(state[self.places[name]], record) for name, network in self.networks.items()]
        if len(found) == 1:
            return found[0]
        return self.ordering(RecordType(record))(frozenset().union(*found))


def key_place(key: Type, instance: Instance) -> KeyOf | None:
    """Return where the value of a key is in a map; None if it is the key itself (members of domains)."""
    match key:
        case BoolType():
            return int
        case IntType(low, high):
            first, last = instance.bound(low), instance.bound(high)
            if first is None or last is None:
                raise AssertionError("the front end admits only bounded integer keys")
            return lambda value: value - first if first <= value <= last else None
        case _:
            return None
