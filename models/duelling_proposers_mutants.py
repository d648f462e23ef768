"""Wrong variants of the duelling proposers: all safe, and without an end."""

from checker.dsl import action, mutant, require

from .duelling_proposers import Acceptor, Answer, DuellingProposers, Phase, Proposer


@mutant("PX-L1", breaks="termination")
class RetryAtOnce(DuellingProposers):
    """A proposer that is refused tries again at once, whoever is at work above it."""

    def may_retry(self, p: Proposer) -> bool:
        """Return whether p itself has not crashed: nobody else is waited for."""
        return self.alive(p)


@mutant("PX-L3", breaks="termination")
class RetrySameBallot(DuellingProposers):
    """A proposer that is refused tries again in the ballot that was refused."""

    @action
    def prepare(self, p: Proposer) -> None:
        """Proposer p asks for promises in its first ballot, again if it was refused."""
        require(self.alive(p))
        require(self.phase[p] == Phase.IDLE or (self.refused(p) and self.may_retry(p)))
        if self.phase[p] == Phase.IDLE:
            for q in Proposer:
                self.above[q] = set() if q == p else self.above[q] | {p}
            for a in Acceptor:
                self.open[a] |= {p}
        self.ask(p, Phase.PREPARE)


@mutant("PX-L5", breaks="termination")
class WaitForTheDead(DuellingProposers):
    """A proposer waits for whoever is above it, even for one that has crashed."""

    def may_retry(self, p: Proposer) -> bool:
        """Return whether nobody has a higher ballot."""
        return not self.above[p]


@mutant("PX-19", breaks="promises_ordered")
class PromiseToOne(DuellingProposers):
    """An acceptor that promises a ballot refuses all others, higher ones as well."""

    @action
    def agree(self, a: Acceptor, p: Proposer) -> None:
        """Acceptor a promises, or votes, and is lost for everybody else."""
        require(self.asked(a, p) and p in self.open[a])
        self.answer[p][a] = Answer.YES
        self.open[a] = {p}
