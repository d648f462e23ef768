"""How Paxos refines voting: which messages are votes there. Promises are the same in both."""

from checker.dsl import Map, Refinement, Set, mapping

from .paxos import Accepted, Acceptor, AcceptQuorum, Paxos, PrepareQuorum, Vote
from .voting import PromiseQuorum, VoteQuorum, Voting


class PaxosRefinesVoting(
    Refinement, fine=Paxos, coarse=Voting, names={PromiseQuorum: PrepareQuorum, VoteQuorum: AcceptQuorum}
):
    """An acceptor votes when it accepts and promises when it promises; what proposers do changes nothing.

    Source: Leslie Lamport, "The Paxos Algorithm, or How to Win a Turing Award" (2019), module Paxos.
    """

    def votes(self, paxos: Paxos) -> Map[Acceptor, Set[Vote]]:
        """Return the votes that each acceptor has cast: those it has told others of, and it tells of all."""
        sent = paxos.net.of(Accepted)
        return mapping({a: {Vote(m.ballot, m.value) for m in sent if m.sender == a} for a in Acceptor})
