"""Wrong variants of Flexible Paxos: most trust another condition than "every Q1 meets every Q2".

A wrong condition does no harm where it happens to imply the right one. The instances in the spec are such that the
wrong one holds and the right one does not.
"""

from checker.dsl import action, invariant, mutant, require

from .flexible_paxos import Q1, Q2, FlexiblePaxos
from .paxos import Accept, Accepted, Acceptor, Vote


@mutant("FP-01", breaks="agreement")
class SizesSumToN(FlexiblePaxos):
    """The sizes of the quorums add up to N: one less than what makes them meet."""

    @invariant
    def quorums_meet(self) -> bool:
        """A quorum of phase 1 and one of phase 2 have N members together."""
        return all(len(q) + len(r) >= len(Acceptor) for q in Q1 for r in Q2)


@mutant("FP-03", breaks="agreement")
class MajorityElects(FlexiblePaxos):
    """Majorities elect, and so the quorums of phase 2 may be of any size, even of one acceptor."""

    @invariant
    def quorums_meet(self) -> bool:
        """Every quorum of phase 1 is a majority."""
        return all(2 * len(q) > len(Acceptor) for q in Q1)


@mutant("FP-04", breaks="agreement")
class MeetWithinPhases(FlexiblePaxos):
    """The quorums of each phase meet one another, not those of the other phase."""

    @invariant
    def quorums_meet(self) -> bool:
        """Two quorums of the same phase share an acceptor."""
        return all(any(a in r for a in q) for q in Q1 for r in Q1) and all(
            any(a in r for a in q) for q in Q2 for r in Q2
        )


@mutant("FP-06", breaks="quorums_meet")
class ElectBySmallQuorum(FlexiblePaxos, replace={Q1: Q2}):
    """A leader is elected by as few acceptors as it needs for replicating: a quorum of phase 2 serves both phases."""


@mutant("FP-07", breaks="last_ballot_decides")
class ElectorsKeepOut(FlexiblePaxos):
    """Who has elected a leader does not vote for its proposal: where replicating needs all, nothing is chosen."""

    @action
    def accept(self, a: Acceptor, m: Accept) -> None:
        """Acceptor a votes for m.value if it has promised nothing, or a lower ballot."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised < m.ballot)
        self.promised[a] = m.ballot
        self.vote[a] = Vote(m.ballot, m.value)
        self.net.send(Accepted(m.ballot, a, m.value))
