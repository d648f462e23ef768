"""Best-effort broadcast: the sender sends one copy to every process, and that is all.

Source: Cachin, Guerraoui, Rodrigues, "Introduction to Reliable and Secure Distributed Programming" (2011), section 3.2.
Refines: nothing.
Abstracted: payloads. A message is known by its sender and its place among the sender's messages, never by its content,
    so that two messages with equal payloads stay two. All broadcasts have been asked for before the first step.
Bounds: the number of messages and of crashes. Links deliver every copy once, also copies of a sender that has crashed.
"""

from typing import Self

from checker.dsl import (
    Bag,
    Constant,
    Crashes,
    Map,
    Set,
    Sort,
    action,
    initial,
    invariant,
    message,
    require,
    transition_invariant,
)


class Process(Sort):
    """A process that broadcasts and delivers messages."""


class Message(Sort):
    """A broadcast message: the n-th of its sender."""


@message
class Data:
    """The copy of a message on its way from one process to another."""

    message: Message
    sender: Process
    receiver: Process


class BestEffortBroadcast(Crashes[Process]):
    """If the sender of a message stays correct, so that it sends all copies, every correct process delivers it."""

    origin: Constant[Map[Message, Process]]  # the process that broadcasts m
    to_send: Map[Process, Set[Data]]  # copies p has still to send; a crash may fall between any two
    received: Map[Process, Set[Message]]  # messages that have reached p and are not yet delivered
    delivered: Map[Process, Set[Message]]  # messages p has delivered
    net: Bag[Data]  # copies on their way

    @initial
    def start(self) -> None:
        """Every message has reached its own sender, which has all other copies to send (Broadcast)."""
        for p in Process:
            self.to_send[p] = {Data(m, p, q) for m in Message for q in Process if self.origin[m] == p and q != p}
            self.received[p] = {m for m in Message if self.origin[m] == p}
            self.delivered[p] = set()

    @action
    def send(self, p: Process, m: Message, q: Process) -> None:
        """Process p sends its copy of m to q."""
        require(self.alive(p))
        require(Data(m, p, q) in self.to_send[p])
        self.to_send[p] -= {Data(m, p, q)}
        self.net.send(Data(m, p, q))

    @action
    def receive(self, p: Process, d: Data) -> None:
        """Process p takes a copy from the network."""
        require(self.alive(p))
        require(d.receiver == p)
        self.net.receive(d)
        self.received[p] |= {d.message}

    @action
    def deliver(self, p: Process, m: Message) -> None:
        """Process p hands message m to its application (Deliver)."""
        require(self.alive(p))
        require(self.deliverable(p, m))
        self.received[p] -= {m}
        self.delivered[p] |= {m}

    def deliverable(self, p: Process, m: Message) -> bool:
        """Return whether p may deliver m now."""
        return m in self.received[p]

    def quiescent(self) -> bool:
        """Return whether no process that has not crashed has anything left to send, to receive or to deliver."""
        return all(self.idle(p) for p in Process if self.alive(p))

    def idle(self, p: Process) -> bool:
        """Return whether p has no copy to send or receive, and no message to deliver."""
        expected = {d for d in self.net.of(Data) if d.receiver == p}
        return not self.to_send[p] and not expected and not any(self.deliverable(p, m) for m in Message)

    def sent(self, m: Message) -> bool:
        """Return whether a copy of m has left its origin."""
        p = self.origin[m]
        return any(Data(m, p, q) not in self.to_send[p] for q in Process if q != p)

    def delivered_alike(self) -> bool:
        """Return whether the processes that have not crashed have delivered the same messages."""
        return all(
            self.delivered[p] == self.delivered[q] for p in Process for q in Process if self.alive(p) if self.alive(q)
        )

    @transition_invariant
    def no_duplication(self, old: Self) -> bool:
        """No process delivers a message twice: what a step delivers had not been delivered."""
        return all(m not in old.delivered[p] for p in Process for m in old.received[p] if m not in self.received[p])

    @invariant
    def no_creation(self) -> bool:
        """A process delivers only its own messages, and messages that their origin has sent to somebody."""
        return all(self.origin[m] == p or self.sent(m) for p in Process for m in self.delivered[p])

    @invariant
    def validity(self) -> bool:
        """When all is quiet, every correct process has delivered every message of a correct process."""
        return not self.quiescent() or all(
            m in self.delivered[p] for p in Process for m in Message if self.alive(p) and self.alive(self.origin[m])
        )

    def delivered_where_due(self) -> bool:
        """Return whether all processes that have not crashed have delivered each message of one that has not."""
        return all(
            m in self.delivered[p] for p in Process for m in Message if self.alive(p) and self.alive(self.origin[m])
        )

    def delivered_by_all(self) -> bool:
        """Return whether every process has delivered every message."""
        return all(m in self.delivered[p] for p in Process for m in Message)

    def correct_differ(self) -> bool:
        """Return whether all is quiet, and yet a correct process has delivered what another one never will."""
        return self.quiescent() and not self.delivered_alike()
