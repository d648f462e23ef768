"""Uniform reliable broadcast: nobody delivers a message before a majority has it.

Source: Cachin, Guerraoui, Rodrigues, "Introduction to Reliable and Secure Distributed Programming" (2011), section 3.4,
    Majority-Ack Uniform Reliable Broadcast.
Refines: reliable broadcast, with more to wait for.
Abstracted: as in best-effort broadcast. A relayed copy is also the acknowledgement of its sender.
Bounds: the number of messages and of crashes. A majority stays correct: that is assumed, and built into `crash`.
"""

from checker.dsl import Majority, Map, Set, action, initial, invariant, require, spend

from .best_effort_broadcast import Data, Message, Process
from .reliable_broadcast import ReliableBroadcast


class AckQuorum(Majority[Process]):
    """Processes that must have a message before it is delivered: one of them stays correct and passes it on."""


class UniformReliableBroadcast(ReliableBroadcast):
    """If any process delivers a message, even one that crashes right afterwards, all correct processes do."""

    acks: Map[Process, Map[Message, Set[Process]]]  # the processes that p knows to have m

    @initial
    def know_own(self) -> None:
        """A process knows that it has its own messages."""
        for p in Process:
            for m in Message:
                self.acks[p][m] = {q for q in Process if q == p and self.origin[m] == p}

    @action
    def receive(self, p: Process, d: Data) -> None:
        """Process p takes a copy, which acknowledges that its sender has the message, and relays it if it is new."""
        require(self.alive(p))
        require(d.receiver == p)
        self.net.receive(d)
        self.acks[p][d.message] |= {p, d.sender}
        if not self.seen(p, d.message):
            self.received[p] |= {d.message}
            self.to_send[p] |= {Data(d.message, p, q) for q in Process if q != p}

    @action
    def crash(self, p: Process) -> None:
        """Process p stops for good; the protocol assumes that a majority stays correct."""
        require(self.alive(p))
        require(2 * len(self.crashed | {p}) < len(Process))
        spend(self.crashes)
        self.crashed |= {p}

    def deliverable(self, p: Process, m: Message) -> bool:
        """Return whether p has received m and knows that a majority has it."""
        return m in self.received[p] and AckQuorum.covers(self.acks[p][m])

    def delivered_uniformly(self) -> bool:
        """Return whether what any process has delivered, all that have not crashed have delivered."""
        return all(self.delivered_by_correct(m) for p in Process for m in self.delivered[p])

    @invariant
    def uniform_agreement(self) -> bool:
        """When all is quiet, what any process delivered, crashed or not, all correct processes have delivered."""
        return not self.quiescent() or all(self.delivered_by_correct(m) for p in Process for m in self.delivered[p])
