"""Wrong variants of best-effort broadcast: each breaks one of its three promises."""

from checker.dsl import action, mutant, require

from .best_effort_broadcast import BestEffortBroadcast, Data, Message, Process


@mutant("BB-01", breaks="no_duplication")
class ReceiveTwice(BestEffortBroadcast):
    """The link repeats copies, and nobody looks whether a message has been delivered before."""

    @action
    def receive(self, p: Process, d: Data) -> None:
        """Process p gets a copy that stays in the network."""
        require(self.alive(p))
        require(d in self.net)
        require(d.receiver == p)
        self.received[p] |= {d.message}


@mutant("BB-02", breaks="no_creation")
class DeliverUnsent(BestEffortBroadcast):
    """A process delivers what has never reached it."""

    def deliverable(self, p: Process, m: Message) -> bool:
        """Return whether p has not delivered m yet."""
        return m not in self.delivered[p]


@mutant("BB-03", breaks="validity")
class SendOnce(BestEffortBroadcast):
    """A sender takes the first copy for the whole broadcast."""

    @action
    def send(self, p: Process, m: Message, q: Process) -> None:
        """Process p sends m to q and drops all other copies."""
        require(self.alive(p))
        require(Data(m, p, q) in self.to_send[p])
        self.to_send[p] = {d for d in self.to_send[p] if d.message != m}
        self.net.send(Data(m, p, q))
