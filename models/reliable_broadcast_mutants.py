"""Wrong variants of reliable broadcast."""

from checker.dsl import action, mutant, require

from .best_effort_broadcast import Data, Message, Process
from .reliable_broadcast import ReliableBroadcast


@mutant("RB-01", breaks="agreement")
class NoRelay(ReliableBroadcast):
    """Nobody relays: best-effort broadcast taken for a reliable one."""

    @action
    def receive(self, p: Process, d: Data) -> None:
        """Process p takes a copy from the network and keeps it to itself."""
        require(self.alive(p))
        require(d.receiver == p)
        self.net.receive(d)
        if not self.seen(p, d.message):
            self.received[p] |= {d.message}


@mutant("RB-03", breaks="no_duplication")
class DeliverEveryCopy(ReliableBroadcast):
    """Nobody looks whether a relayed message is new."""

    @action
    def receive(self, p: Process, d: Data) -> None:
        """Process p takes a copy from the network and relays it, as if it were the first."""
        require(self.alive(p))
        require(d.receiver == p)
        self.net.receive(d)
        self.received[p] |= {d.message}
        self.to_send[p] |= {Data(d.message, p, q) for q in Process if q != p}


@mutant("RB-07", breaks="validity")
class SendOnce(ReliableBroadcast):
    """A process takes the first copy that it sends for the whole broadcast."""

    @action
    def send(self, p: Process, m: Message, q: Process) -> None:
        """Process p sends m to q and drops all other copies."""
        require(self.alive(p))
        require(Data(m, p, q) in self.to_send[p])
        self.to_send[p] = {d for d in self.to_send[p] if d.message != m}
        self.net.send(Data(m, p, q))


@mutant("RB-08", breaks="no_creation")
class DeliverUnsent(ReliableBroadcast):
    """A process delivers what has never reached it."""

    def deliverable(self, p: Process, m: Message) -> bool:
        """Return whether p has not delivered m yet."""
        return m not in self.delivered[p]
