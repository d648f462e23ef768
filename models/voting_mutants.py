"""Wrong variants of voting: each drops one of the conditions under which an acceptor may promise or vote."""

from checker.dsl import action, maximal, mutant, require

from .voting import Acceptor, Ballot, PromiseQuorum, Value, Vote, Voting


@mutant("VO-01", breaks="agreement")
class VoteForAnything(Voting):
    """Nobody asks whether a value is safe: two ballots choose two values."""

    @action
    def vote(self, a: Acceptor, b: Ballot, v: Value) -> None:
        """Acceptor a votes for v in ballot b if v is b's only value."""
        promised = self.promised[a]
        require(promised is None or promised <= b)
        require(all(w.ballot != b for w in self.votes[a]))
        require(all(w.value == v for c in Acceptor for w in self.votes[c] if w.ballot == b))
        self.votes[a] |= {Vote(b, v)}
        self.promised[a] = b


@mutant("VO-02", breaks="one_value_per_ballot")
class SplitBallot(Voting):
    """Acceptors do not look at the votes of others in the same ballot, which may then be for two values."""

    @action
    def vote(self, a: Acceptor, b: Ballot, v: Value) -> None:
        """Acceptor a votes for v in ballot b, whatever the others vote for there."""
        promised = self.promised[a]
        require(promised is None or promised <= b)
        require(all(w.ballot != b for w in self.votes[a]))
        require(any(self.shows_safe(q, b, v) for q in PromiseQuorum))
        self.votes[a] |= {Vote(b, v)}
        self.promised[a] = b


@mutant("VO-03", breaks="votes_safe")
class TrustWithoutPromise(Voting):
    """A quorum's votes count without its promise: it may still vote below, for another value."""

    def shows_safe(self, q: PromiseQuorum, b: Ballot, v: Value) -> bool:
        """Return whether q's last votes below b are for v; what q may still vote for is ignored."""
        votes = {w for a in q for w in self.votes[a] if w.ballot < b}
        return not votes or any(w.value == v for w in maximal(votes, key=lambda w: w.ballot))


@mutant("VO-04", breaks="promises_kept")
class LowerPromise(Voting):
    """An acceptor promises whatever it is asked to, even less than it has promised already."""

    @action
    def promise(self, a: Acceptor, b: Ballot) -> None:
        """Acceptor a promises ballot b and forgets any higher promise."""
        self.promised[a] = b


@mutant("VO-05", breaks="votes_kept")
class KeepLastVote(Voting):
    """An acceptor remembers only its last vote: a value that was chosen may be so no longer."""

    @action
    def vote(self, a: Acceptor, b: Ballot, v: Value) -> None:
        """Acceptor a votes for v in ballot b and forgets how it voted before."""
        promised = self.promised[a]
        require(promised is None or promised <= b)
        require(all(w.ballot != b for w in self.votes[a]))
        require(all(w.value == v for c in Acceptor for w in self.votes[c] if w.ballot == b))
        require(any(self.shows_safe(q, b, v) for q in PromiseQuorum))
        self.votes[a] = {Vote(b, v)}
        self.promised[a] = b


@mutant("VO-06", breaks="last_ballot_decides")
class VoteAbovePromise(Voting):
    """An acceptor votes only above what it has promised, and so never where its promise counts: safe, and useless."""

    @action
    def vote(self, a: Acceptor, b: Ballot, v: Value) -> None:
        """Acceptor a votes for v in ballot b, if it has promised nothing, or less than b."""
        promised = self.promised[a]
        require(promised is None or promised < b)
        require(all(w.ballot != b for w in self.votes[a]))
        require(all(w.value == v for c in Acceptor for w in self.votes[c] if w.ballot == b))
        require(any(self.shows_safe(q, b, v) for q in PromiseQuorum))
        self.votes[a] |= {Vote(b, v)}
        self.promised[a] = b
