"""Paxos as it is published, without restarts.

Source: Leslie Lamport, module Paxos of "The Paxos Algorithm, or How to Win a Turing Award" (2019): Phase1a, Phase1b,
    Phase2a and Phase2b.
Refines: voting.
Abstracted: as in the bundled Paxos.
Bounds: as in the bundled Paxos.
"""

from checker.dsl import action, require
from models.paxos import Acceptor, Paxos


class PublishedPaxos(Paxos):
    """The four actions of the publication, and no other."""

    @action
    def restart(self, a: Acceptor) -> None:
        """Acceptor a never restarts."""
        require(a not in Acceptor)
