"""Wrong variants of Byzantine reliable broadcast.

With 3f + 1 processes, consistency has two grounds: honest processes that are ready agree, since they have heard echo
quorums; and any two delivery quorums share an honest process, which is ready once. Who takes away one of them loses
totality, not consistency. With a process more, delivery quorums need not meet.
"""

from checker.dsl import Set, Threshold, action, mutant, require

from .byzantine_reliable_broadcast import (
    AmplifyQuorum,
    ByzantineReliableBroadcast,
    DeliverQuorum,
    Echo,
    EchoQuorum,
    Initial,
    Process,
    Value,
)


class HalfQuorum(Threshold[Process], size="(N + f) // 2"):
    """One ECHO too few: two of these may share nobody but liars."""


class LiarsQuorum(Threshold[Process], size="f"):
    """One READY too few: all of these may be liars."""


class FewReadies(Threshold[Process], size="2*f"):
    """One READY too few: only f of these need be honest, and f READYs make nobody ready."""


class Everybody(Threshold[Process], size="N"):
    """All processes, those that never send anything among them."""


class AllButF(Threshold[Process], size="N - f"):
    """All processes that can be waited for, however many there are."""


@mutant("BR-01", breaks="one_echo")
class EchoTwice(ByzantineReliableBroadcast):
    """A process echoes every value that it has from the sender."""

    @action
    def echo(self, p: Process, m: Initial) -> None:
        """Process p echoes a value of the sender."""
        require(p not in self.byzantine)
        require(m in self.net)
        require(m.sender == self.sender)
        self.net.send(Echo(m.value, p))


@mutant("BR-02", breaks="readies_agree")
class FewEchoes(ByzantineReliableBroadcast, replace={EchoQuorum: HalfQuorum}):
    """An echo quorum is one process smaller: there may be one for each of two values."""


@mutant("BR-03", breaks="readies_echoed")
class AmplifyLiars(ByzantineReliableBroadcast, replace={AmplifyQuorum: LiarsQuorum}):
    """A process is ready because f others say that they are."""


@mutant("BR-04", breaks="deliveries_backed")
class DeliverEarly(ByzantineReliableBroadcast, replace={DeliverQuorum: FewReadies}):
    """A process delivers what 2f processes are ready for: too few honest ones to make the others ready."""


@mutant("BR-05", breaks="totality")
class NoAmplification(ByzantineReliableBroadcast):
    """Nobody is ready because others are: who has not heard an echo quorum never is."""

    def makes_ready(self, v: Value, heard: Set[Process]) -> bool:
        """Return whether the processes in `heard` have sent the ECHOs of a quorum."""
        return EchoQuorum.covers(self.echoing(v, heard))


@mutant("BR-06", breaks="readies_agree")
class SkipEcho(ByzantineReliableBroadcast):
    """A process is ready for what the sender has sent to it, without asking what the others have."""

    def makes_ready(self, v: Value, heard: Set[Process]) -> bool:
        """Return whether the sender, or f + 1 processes that are ready, make everybody ready."""
        return (self.sender in heard and Initial(v, self.sender) in self.net) or AmplifyQuorum.covers(
            self.ready_for(v, heard)
        )


@mutant("BR-07", breaks="integrity")
class EchoAnybody(ByzantineReliableBroadcast):
    """A process does not look who has sent it a value."""

    @action
    def echo(self, p: Process, m: Initial) -> None:
        """Process p echoes the first value that anybody sends."""
        require(p not in self.byzantine)
        require(m in self.net)
        require(not self.has_echoed(p))
        self.net.send(Echo(m.value, p))


@mutant("BR-08", breaks="validity")
class WaitForAll(ByzantineReliableBroadcast, replace={DeliverQuorum: Everybody}):
    """A process waits until all are ready, and a liar never says that it is."""


@mutant("BR-09", breaks="consistency")
class TooManyFaults(ByzantineReliableBroadcast):
    """The protocol as it is; the instance has more than f Byzantine processes."""


@mutant("BR-10", breaks="consistency")
class ThreeFProcesses(ByzantineReliableBroadcast, replace={EchoQuorum: AllButF, DeliverQuorum: AllButF}):
    """Quorums are what 3f processes can muster with f silent: two of them share nobody but liars."""


@mutant("BR-11", breaks="no_duplication")
class DeliverAgain(ByzantineReliableBroadcast):
    """A process does not look whether it has delivered: harmless as long as there are no more than f liars."""

    @action
    def deliver(self, p: Process, v: Value) -> None:
        """Process p delivers v once 2f + 1 processes are ready for it, whatever it has delivered before."""
        require(p not in self.byzantine)
        require(self.lets_deliver(v, set(Process)))
        self.delivered[p] = v


@mutant("BR-12", breaks="readies_agree")
class CountAnyEcho(ByzantineReliableBroadcast):
    """A process counts ECHOs, whatever they are for, and is ready for any value among them."""

    def makes_ready(self, v: Value, heard: Set[Process]) -> bool:
        """Return whether one process in `heard` has echoed v, and a quorum anything."""
        echoing = {q for w in Value for q in self.echoing(w, heard)}
        return (self.echoing(v, heard) != set() and EchoQuorum.covers(echoing)) or AmplifyQuorum.covers(
            self.ready_for(v, heard)
        )


@mutant("BR-13", breaks="validity")
class Starved(ByzantineReliableBroadcast):
    """The protocol as it is; of 3f processes, f are silent, and the others are not enough for a quorum."""


@mutant("BR-14", breaks="deliveries_readied")
class DeliverForLiars(ByzantineReliableBroadcast, replace={DeliverQuorum: LiarsQuorum}):
    """A process delivers what f others are ready for: they may all be liars."""
