"""Reliable broadcast by flooding: who delivers a message first makes sure that all others get it too.

Source: Cachin, Guerraoui, Rodrigues, "Introduction to Reliable and Secure Distributed Programming" (2011), section 3.3,
    Eager Reliable Broadcast.
Refines: nothing. Best-effort broadcast with a relay on first receipt.
Abstracted: as in best-effort broadcast. A crash-free broadcast to N processes takes N * (N - 1) sends.
Bounds: the number of messages and of crashes. "In the end" is judged in quiescent states, where nothing is left to do.
"""

from checker.dsl import action, invariant, require

from .best_effort_broadcast import BestEffortBroadcast, Data, Message, Process


class ReliableBroadcast(BestEffortBroadcast):
    """If one correct process delivers a message, all correct processes do, even if its sender crashes half-way."""

    @action
    def receive(self, p: Process, d: Data) -> None:
        """Process p takes a copy from the network, and relays the message to all others if it is new."""
        require(self.alive(p))
        require(d.receiver == p)
        self.net.receive(d)
        if not self.seen(p, d.message):
            self.received[p] |= {d.message}
            self.to_send[p] |= {Data(d.message, p, q) for q in Process if q != p}

    def seen(self, p: Process, m: Message) -> bool:
        """Return whether m has reached p before."""
        return m in self.received[p] or m in self.delivered[p]

    @invariant
    def agreement(self) -> bool:
        """When all is quiet, the correct processes have delivered the same messages."""
        return not self.quiescent() or self.delivered_alike()

    def rescued(self) -> bool:
        """Return whether all correct processes have delivered a message that its origin crashed in the midst of."""
        return any(self.cut_short(m) and self.delivered_by_correct(m) for m in Message)

    def cut_short(self, m: Message) -> bool:
        """Return whether the origin of m has crashed with copies of m still to send."""
        p = self.origin[m]
        return not self.alive(p) and any(d.message == m for d in self.to_send[p])

    def delivered_by_correct(self, m: Message) -> bool:
        """Return whether every process that has not crashed has delivered m."""
        return all(m in self.delivered[p] for p in Process if self.alive(p))
