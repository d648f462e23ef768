"""How voting refines consensus: when, seen from there, a value is chosen."""

from checker.dsl import Refinement, Set

from .consensus import Consensus
from .voting import Value, Voting


class VotingRefinesConsensus(Refinement, fine=Voting, coarse=Consensus):
    """A value is chosen in the step in which the last member of a quorum votes for it.

    Source: Leslie Lamport, "The Paxos Algorithm, or How to Win a Turing Award" (2019), module Voting.
    """

    def chosen(self, voting: Voting) -> Set[Value]:
        """Return the values for which a quorum has voted in one ballot."""
        return {v for v in Value if voting.chosen(v)}
