"""Duelling proposers: whether Paxos decides at all, where proposers get in each other's way for ever.

Source: Leslie Lamport, "Paxos Made Simple" (2001), section 2.4: two proposers may keep issuing proposals with ever
    higher numbers, none of which are ever chosen; a distinguished proposer prevents it.
Refines: nothing. The steps are those of Paxos, with refusals; what is agreed on is left out.
Abstracted:
  - Ballots. There is no end to them, and only their order matters: which proposers are at work in a higher ballot than
    p, and in whose ballots an acceptor would still take part. So the model is finite without a bound on ballots.
  - Values. Whether a second decision is the same as the first is the business of Paxos.
  - Messages of a ballot that its proposer has given up. An answer is read as soon as it is given.
  - Failure detection. A proposer knows which others have crashed.
Bounds: the number of crashes. With as many as there are proposers nothing is ever cut.
"""

from checker.dsl import Crashes, Enum, Majority, Map, Set, Sort, action, auto, initial, invariant, require


class Acceptor(Sort):
    """A process that votes."""


class Proposer(Sort):
    """A process that wants a decision, and takes a new ballot for every attempt."""


class Quorum(Majority[Acceptor]):
    """Acceptors whose promises allow a proposal, and whose votes in one ballot decide."""


class Phase(Enum):
    """How far a proposer has come in its ballot."""

    IDLE = auto()
    PREPARE = auto()
    ACCEPT = auto()


class Answer(Enum):
    """What an acceptor has said to the request that a proposer has made last."""

    NONE = auto()
    YES = auto()
    NO = auto()


class DuellingProposers(Crashes[Proposer]):
    """A proposer that is refused tries again in a higher ballot, unless whoever is above it may still succeed."""

    phase: Map[Proposer, Phase]  # how far p has come in its ballot
    answer: Map[Proposer, Map[Acceptor, Answer]]  # what a has said to the last request of p
    above: Map[Proposer, Set[Proposer]]  # the proposers whose ballots are higher than that of p
    open: Map[Acceptor, Set[Proposer]]  # the proposers in whose ballots a would still take part

    @initial
    def start(self) -> None:
        """Nobody has begun."""
        for p in Proposer:
            self.phase[p] = Phase.IDLE
            self.above[p] = set()
            for a in Acceptor:
                self.answer[p][a] = Answer.NONE
        for a in Acceptor:
            self.open[a] = set()

    @action
    def prepare(self, p: Proposer) -> None:
        """Proposer p takes a ballot above all others and asks for promises (Phase 1a)."""
        require(self.alive(p))
        require(self.phase[p] == Phase.IDLE or (self.refused(p) and self.may_retry(p)))
        for q in Proposer:
            self.above[q] = set() if q == p else self.above[q] | {p}
        for a in Acceptor:
            self.open[a] |= {p}
        self.ask(p, Phase.PREPARE)

    def ask(self, p: Proposer, phase: Phase) -> None:
        """Proposer p sends a request to all acceptors."""
        self.phase[p] = phase
        for a in Acceptor:
            self.answer[p][a] = Answer.NONE

    @action
    def propose(self, p: Proposer, q: Quorum) -> None:
        """Proposer p has the promises of quorum q and asks for votes (Phase 2a)."""
        require(self.alive(p))
        require(self.phase[p] == Phase.PREPARE)
        require(all(self.answer[p][a] == Answer.YES for a in q))
        self.ask(p, Phase.ACCEPT)

    @action
    def agree(self, a: Acceptor, p: Proposer) -> None:
        """Acceptor a promises, or votes, and will take part in no ballot below that of p (Phases 1b and 2b)."""
        require(self.asked(a, p) and p in self.open[a])
        self.answer[p][a] = Answer.YES
        self.open[a] = self.above[p] | {p}

    @action
    def refuse(self, a: Acceptor, p: Proposer) -> None:
        """Acceptor a tells p that it has promised to take part in higher ballots only (NACK)."""
        require(self.asked(a, p) and p not in self.open[a])
        self.answer[p][a] = Answer.NO

    def asked(self, a: Acceptor, p: Proposer) -> bool:
        """Return whether a has a request of p to answer."""
        return self.phase[p] != Phase.IDLE and self.answer[p][a] == Answer.NONE

    def refused(self, p: Proposer) -> bool:
        """Return whether an acceptor has refused the last request of p."""
        return any(self.answer[p][a] == Answer.NO for a in Acceptor)

    def may_retry(self, p: Proposer) -> bool:
        """Return whether nobody that has not crashed is at work in a higher ballot than p."""
        return all(not self.alive(q) for q in self.above[p])

    @invariant
    def promises_ordered(self) -> bool:
        """An acceptor that would take part in a ballot would take part in all higher ones."""
        return all(q in self.open[a] for a in Acceptor for p in self.open[a] for q in self.above[p])

    def decided(self) -> bool:
        """Return whether a quorum has voted in one ballot."""
        return any(
            self.phase[p] == Phase.ACCEPT and all(self.answer[p][a] == Answer.YES for a in q)
            for p in Proposer
            for q in Quorum
        )

    def abandoned(self) -> bool:
        """Return whether no proposer is left."""
        return all(not self.alive(p) for p in Proposer)

    def overtaken(self) -> bool:
        """Return whether a proposer has been refused in the midst of its second phase."""
        return any(self.phase[p] == Phase.ACCEPT and self.refused(p) for p in Proposer)
