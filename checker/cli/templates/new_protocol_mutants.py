"""Wrong variants of NewProtocol: checking must refute every one, or it checks too little."""

from checker.dsl import action, mutant, require

from .new_protocol import Ask, NewProtocol, Server, Vote


@mutant("NP-01", breaks="one_leader")
class VoteTwice(NewProtocol):
    """A server votes for every candidate that asks it."""

    @action
    def vote(self, s: Server, m: Ask) -> None:
        """Server s votes for m.candidate, whomever it has voted for before."""
        require(m in self.net)
        self.choice[s] = m.candidate
        self.net.send(Vote(s, m.candidate))
