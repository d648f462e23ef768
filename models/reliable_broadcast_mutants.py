"""Wrong variants of reliable and of uniform reliable broadcast.

The numbers are those of the catalogue in `docs/mutants.md`.
"""

from checker.dsl import Threshold, action, mutant, require, spend

from .best_effort_broadcast import Data, Message, Process
from .reliable_broadcast import AckQuorum, ReliableBroadcast, UniformReliableBroadcast


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


@mutant("RB-04", breaks="uniform_agreement")
class DeliverFirst(UniformReliableBroadcast):
    """A process delivers as soon as it receives, before its relays have reached anybody."""

    def deliverable(self, p: Process, m: Message) -> bool:
        """Return whether p has received m, whoever else has it."""
        return m in self.received[p]


class OneBelowMajority(Threshold[Process], size="N // 2"):
    """One process fewer than a majority: all of them may crash."""


@mutant("RB-05", breaks="uniform_agreement")
class TooFewAcks(UniformReliableBroadcast, replace={AckQuorum: OneBelowMajority}):
    """A process delivers with one acknowledgement fewer than a majority."""


@mutant("RB-06", breaks="uniform_agreement")
class LoseMajority(UniformReliableBroadcast):
    """The protocol runs where a majority may crash, against its assumption."""

    @action
    def crash(self, p: Process) -> None:
        """Process p stops for good, however many have stopped before."""
        require(self.alive(p))
        spend(self.crashes)
        self.crashed |= {p}
