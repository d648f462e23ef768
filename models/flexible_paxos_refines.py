"""How Flexible Paxos refines voting: as Paxos does, with Q1 and Q2 for the two quorum systems of both."""

from .flexible_paxos import FlexiblePaxos
from .paxos_refines import PaxosRefinesVoting


class FlexiblePaxosRefinesVoting(PaxosRefinesVoting, fine=FlexiblePaxos):
    """An acceptor votes when it accepts and promises when it promises; what proposers do changes nothing."""
