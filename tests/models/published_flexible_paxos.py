"""Flexible Paxos as its authors published it, without restarts.

Source: Howard, module FPaxos of the fpaxos-tlaplus repository.
Refines: voting.
Abstracted: as in the bundled Flexible Paxos.
Bounds: as in the bundled Flexible Paxos.
"""

from checker.dsl import action, require
from models.flexible_paxos import FlexiblePaxos
from models.paxos import Acceptor


class PublishedFlexiblePaxos(FlexiblePaxos):
    """The four actions of the publication, and no other."""

    @action
    def restart(self, a: Acceptor) -> None:
        """Acceptor a never restarts."""
        require(a not in Acceptor)
