"""Which step sent what another step received, or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from checker.ir.types import MessageSetType
from checker.trace.trace import Envelope, Lane, Trace

_Mail: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that step `receiver` received (or lost, if `is_lost`) and step `sender` sent; both count from 1.

    `sender` is None for a message that no step sent: a forged one.
    """

    sender: int | None
    receiver: int
    envelope: Envelope
    is_lost: bool = False

    @property
    def is_forged(self) -> bool:
        return self.sender is None


def deliveries(trace: Trace) -> tuple[Delivery, ...]:
    """Return every delivery and every loss, by receiving step.

    A MessageSet delivers what was sent last; a Bag and a Fifo hand out the oldest copy that is still there.
    """
    sent: dict[_Mail, list[int]] = {}
    found: list[Delivery] = []
    for step in trace.steps:
        for is_lost, envelopes in ((True, step.lost), (False, step.received)):
            for envelope in envelopes:
                senders = sent.get(_mail(envelope), [])
                is_forged = envelope in step.forged or not senders
                sender = None if is_forged else _taken(trace, envelope, senders)
                if sender is not None or envelope in step.forged:
                    found.append(Delivery(sender, step.index, envelope, is_lost))
        for envelope in step.sent:
            sent.setdefault(_mail(envelope), []).append(step.index)
    return tuple(found)


def signer(trace: Trace, envelope: Envelope) -> Lane | None:
    """Return the process whose signature a message bears, if it bears one."""
    record = trace.system.record(envelope.message[0])
    for field, value in zip(record.fields, envelope.message[1:], strict=True):
        if field.name == record.signer:
            return Lane(str(field.type), value)
    return None


def _mail(envelope: Envelope) -> _Mail:
    return (envelope.network, envelope.message, envelope.source, envelope.destination)


def _taken(trace: Trace, envelope: Envelope, senders: list[int]) -> int:
    if isinstance(trace.system.variable(envelope.network).type, MessageSetType):
        return senders[-1]
    return senders.pop(0) if len(senders) > 1 else senders[0]
