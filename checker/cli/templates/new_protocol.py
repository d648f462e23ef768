"""NewProtocol: a leader is elected by the votes of a majority.

Source: where the protocol is described, and which section this file follows.
Abstracted: what is left out, and why that is safe to leave out.
"""

from checker.dsl import Majority, Map, MessageSet, Model, Sort, action, initial, invariant, message, require


class Server(Sort):
    """A process that votes, and may be elected."""


class Quorum(Majority[Server]):
    """Servers whose votes elect a leader; any two quorums have a server in common."""


@message
class Ask:
    """A candidate asks for votes."""

    candidate: Server


@message
class Vote:
    """A server votes for a candidate."""

    voter: Server
    candidate: Server


class NewProtocol(Model):
    """Whoever has the votes of a quorum is the leader."""

    choice: Map[Server, Server | None]  # whom a server has voted for
    net: MessageSet[Ask | Vote]  # every message ever sent: any of them may arrive late, twice or never

    @initial
    def start(self) -> None:
        """Nobody has voted."""
        for s in Server:
            self.choice[s] = None

    @action
    def stand(self, s: Server) -> None:
        """Server s asks all servers for their votes, itself included."""
        self.net.send(Ask(s))

    @action
    def vote(self, s: Server, m: Ask) -> None:
        """Server s votes for the first candidate that asks it."""
        require(m in self.net)
        require(self.choice[s] is None)
        self.choice[s] = m.candidate
        self.net.send(Vote(s, m.candidate))

    def leads(self, s: Server) -> bool:
        """Return whether a quorum has voted for s."""
        return any(all(Vote(v, s) in self.net for v in q) for q in Quorum)

    def elected(self) -> bool:
        """Return whether there is a leader."""
        return any(self.leads(s) for s in Server)

    @invariant
    def one_leader(self) -> bool:
        """There is at most one leader."""
        return all(s == t for s in Server for t in Server if self.leads(s) and self.leads(t))
