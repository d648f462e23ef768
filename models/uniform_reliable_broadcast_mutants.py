"""Wrong variants of uniform reliable broadcast."""

from checker.dsl import Threshold, action, mutant, require, spend

from .best_effort_broadcast import Message, Process
from .uniform_reliable_broadcast import AckQuorum, UniformReliableBroadcast


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


class Everybody(Threshold[Process], size="N"):
    """All processes: one crash is enough, and there is no such quorum left."""


@mutant("RB-09", breaks="validity")
class WaitForAll(UniformReliableBroadcast, replace={AckQuorum: Everybody}):
    """A process waits for the acknowledgements of all: safe, and blocked for ever by a single crash."""
