"""Networks, each with the contract that its name promises."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

from checker.dsl.collections import Seq
from checker.dsl.model import Cut, Disabled

M = TypeVar("M")
B = TypeVar("B")
P = TypeVar("P")
T = TypeVar("T")


class MessageSet(Generic[M]):
    """Every message ever sent, for ever: loss, duplication and reordering at once.

    `m in net` and `net.of(Kind)` also see what a Byzantine process can forge, if the model has any: every message
    whose signer is Byzantine and whose inner signed messages are there.
    """

    def __init__(self) -> None:
        self.sent: frozenset[Any] = frozenset()

    def send(self, message: M) -> None:
        """Put a message into the network. An action statement."""
        self.sent |= {message}

    def of(self, kind: type[T]) -> AbstractSet[T]:
        """Return the messages of one kind."""
        return frozenset(m for m in self.sent if isinstance(m, kind))

    def __contains__(self, message: object) -> bool:
        return message in self.sent


class Bag(Generic[M]):
    """Each copy of a message is delivered at most once, in any order; losing one is an action of its own."""

    def __init__(self) -> None:
        self.copies: dict[Any, int] = {}

    def send(self, message: M) -> None:
        """Put a copy of a message into the network. An action statement."""
        self.copies = {**self.copies, message: self.copies.get(message, 0) + 1}

    def receive(self, message: M) -> None:
        """Take a copy of a message out; the action is disabled without one. An action statement."""
        if message not in self.copies:
            raise Disabled
        rest = self.copies[message] - 1
        self.copies = {m: n for m, n in self.copies.items() if m != message} | ({message: rest} if rest else {})

    def drop(self, message: M) -> None:
        """Lose a copy of a message; the action is disabled without one. An action statement."""
        self.receive(message)

    def duplicate(self, message: M) -> None:
        """Add a copy of a message that is in the network, else the action is disabled. An action statement."""
        if message not in self.copies:
            raise Disabled
        self.send(message)

    def of(self, kind: type[T]) -> AbstractSet[T]:
        """Return the messages of one kind that are in flight, each once."""
        return frozenset(m for m in self.copies if isinstance(m, kind))

    def __contains__(self, message: object) -> bool:
        return message in self.copies

    def __len__(self) -> int:
        return sum(self.copies.values())


class Fifo(Generic[P, M, B]):
    """One ordered channel for every ordered pair of processes, as TCP connections give.

    ``Fifo[Server, Messages, ChannelLength]``: sending into a channel that holds as many messages as the bound B says
    cuts the transition.
    """

    def __init__(self) -> None:
        self.channels: dict[tuple[Any, Any], tuple[Any, ...]] = {}
        self.capacity = 0

    def send(self, source: P, destination: P, message: M) -> None:
        """Append a message to a channel; the transition is cut if it is full. An action statement."""
        channel = self.channels.get((source, destination), ())
        if len(channel) >= self.capacity:
            raise Cut
        self.channels = {**self.channels, (source, destination): (*channel, message)}

    def receive(self, source: P, destination: P) -> M:
        """Take the oldest message of a channel; the action is disabled if it is empty. An action statement."""
        channel = self.channels.get((source, destination), ())
        if not channel:
            raise Disabled
        self.channels = {**self.channels, (source, destination): channel[1:]}
        oldest: M = channel[0]
        return oldest

    def drop(self, source: P, destination: P) -> M:
        """Lose the oldest message of a channel; the action is disabled if it is empty. An action statement."""
        return self.receive(source, destination)

    def reset(self, source: P, destination: P) -> None:
        """Lose everything in a channel, as a connection reset does. An action statement."""
        self.channels = {**self.channels, (source, destination): ()}

    def channel(self, source: P, destination: P) -> Seq[M, B]:
        """Return what is in a channel, oldest first."""
        return Seq(*self.channels.get((source, destination), ()))
