"""Flexible Paxos: Paxos in which only quorums of different phases have to meet.

Source: Heidi Howard, Dahlia Malkhi, Alexander Spiegelman, "Flexible Paxos: Quorum intersection revisited" (2016).
Refines: voting, with Q1 for its PromiseQuorum and Q2 for its VoteQuorum.
Abstracted: as in Paxos. The quorums do not change while the protocol runs.
Bounds: the number of ballots. The instance gives each system of quorums by size (`Q1 = 3` is all sets of three), or
    set by set (`Q1 = {{a1, a2}, {a3, a4}}` are the rows of a grid).
"""

from checker.dsl import Family, invariant

from .paxos import Acceptor, AcceptQuorum, Paxos, PrepareQuorum


class Q1(Family[Acceptor]):
    """Acceptors whose promises allow a proposal: they elect a leader."""


class Q2(Family[Acceptor]):
    """Acceptors whose votes in one ballot choose a value: they replicate it."""


class FlexiblePaxos(Paxos, replace={PrepareQuorum: Q1, AcceptQuorum: Q2}):
    """Paxos with two independent systems of quorums, of which nothing is asked but that each Q1 meets each Q2."""

    @invariant
    def quorums_meet(self) -> bool:
        """Every quorum of phase 1 shares an acceptor with every quorum of phase 2: the assumption of the protocol."""
        return all(any(a in r for a in q) for q in Q1 for r in Q2)

    def phases_disjoint(self) -> bool:
        """Return whether two quorums of one phase have no acceptor in common, which Paxos would not allow."""
        return any(not any(a in r for a in q) for q in Q1 for r in Q1) or any(
            not any(a in r for a in q) for q in Q2 for r in Q2
        )
