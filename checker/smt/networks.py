"""Which messages are there, symbolically: those that were sent, and those that a Byzantine process can make up.

The rules are those of `checker.interp.networks`; a message inside another one is there or not by a literal of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checker.interp.domains import Domains
from checker.interp.networks import Forger
from checker.ir.types import (
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
    Value,
    record_names,
)
from checker.smt.circuit import FALSE, TRUE, Literal
from checker.smt.values import Algebra, Copies, Members, Symbol

Sent = Mapping[Value, Literal]


class Networks:
    """The networks of one instance."""

    def __init__(self, domains: Domains, algebra: Algebra) -> None:
        self._domains = domains
        self._system = domains.system
        self._circuit = algebra.circuit
        self._forger = Forger(domains.system, domains.instance)
        self._fields = {r.name: tuple(f.type for f in r.fields) for r in domains.system.records}

    @property
    def can_forge(self) -> bool:
        """Whether some messages are available without having been sent."""
        return self._forger.is_active

    def messages(self, network: Symbol, record: str) -> Members:
        """Return the available messages of one kind."""
        if isinstance(network, Copies):
            counts = {m: count for m, count in network.counts.items() if m[0] == record}
            return Members({m: -count.alternatives.get(0, FALSE) for m, count in counts.items()})
        if not isinstance(network, Members):
            return Members({})
        sent = network.members
        values = dict.fromkeys(m for m in sent if m[0] == record)
        if self._forger.is_active:
            values |= dict.fromkeys(self._forgeable(record, sent))
        return Members({m: literal for m in values if (literal := self.available(sent, m)) != FALSE})

    def parameters(self, kind: Type, frame: Mapping[str, Symbol]) -> Members:
        """Return the messages that a parameter of a type ranges over: those available in any network."""
        found: dict[Value, list[Literal]] = {}
        for record in record_names(kind):
            for network in self._domains.networks:
                for message, literal in self.messages(frame[network], record).members.items():
                    found.setdefault(message, []).append(literal)
        ordered = self._domains.ordering(kind)(found)
        return Members({m: self._circuit.disjunction(found[m]) for m in ordered})

    def available(self, sent: Sent, message: Value) -> Literal:
        """Return whether a message is available in a message set."""
        literal = sent.get(message, FALSE)
        if literal == TRUE or not self._forger.is_active:
            return literal
        return self._circuit.either(literal, self._forged(message, sent))

    def _forgeable(self, record: str, sent: Sent) -> Iterable[Value]:
        """Return the messages of a kind that may be made up, given those that may have been sent."""

        def possible(inner: str) -> tuple[Value, ...]:
            own = [m for m in sent if m[0] == inner]
            return tuple(dict.fromkeys((*own, *self._forgeable(inner, sent))))

        return self._forger.forgeable(record, possible)

    def _forged(self, message: Value, sent: Sent) -> Literal:
        """Return whether a message can be made up by its signer from what was sent."""
        record = message[0]
        if not self._forger.can_sign(record):
            return FALSE
        signer, liars = self._forger.liars(record)
        place = next(i for i, f in enumerate(self._system.record(record).fields, start=1) if f.name == signer)
        return self._contents(message, sent) if message[place] in liars else FALSE

    def _contents(self, record: Value, sent: Sent) -> Literal:
        """Return whether every signed message inside a record is available."""
        kinds = self._fields[record[0]]
        return self._circuit.conjunction(
            self._possible(kind, value, sent)
            for kind, value in zip(kinds, record[1:], strict=True)
            if self._forger.bears_signatures_in(kind)
        )

    def _possible(self, kind: Type, value: Value, sent: Sent) -> Literal:
        """Return whether a value is, or is made of, signed messages that are available."""
        if value is None:
            return TRUE
        match kind:
            case RecordType() | UnionType():
                if self._forger.is_signed(value[0]):
                    return self.available(sent, value)
                return self._contents(value, sent)
            case OptionType(inner):
                return self._possible(inner, value, sent)
            case SetType(inner) | SeqType(inner) | MapType(_, inner):
                return self._circuit.conjunction(self._possible(inner, part, sent) for part in value)
            case _:
                raise AssertionError(f"{kind} bears no signatures")
