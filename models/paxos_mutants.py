"""Wrong variants of Paxos, as people have written them; checking must refute every one."""

from checker.dsl import Map, Threshold, Volatile, action, maximal, minimal, mutant, require

from .paxos import (
    Accept,
    Accepted,
    Acceptor,
    AcceptQuorum,
    Ballot,
    Paxos,
    Prepare,
    PrepareQuorum,
    Promise,
    Value,
    Vote,
)


@mutant("PX-01", breaks="agreement")
class ProposeOwn(Paxos):
    """A leader proposes the value it came with, although its quorum reports votes."""

    @action(at="b")
    def propose(self, b: Ballot, v: Value, q: PrepareQuorum) -> None:
        """The leader of b proposes v, once quorum q has promised."""
        require(not any(m.ballot == b for m in self.net.of(Accept)))
        require(all(any(m.ballot == b and m.sender == a for m in self.net.of(Promise)) for a in q))
        self.net.send(Accept(b, v))


@mutant("PX-02", breaks="agreement")
class PickLowest(Paxos):
    """A leader takes up the reported vote of the lowest ballot instead of the highest."""

    @action(at="b")
    def propose(self, b: Ballot, v: Value, q: PrepareQuorum) -> None:
        """The leader of b proposes v, the value of the oldest vote in quorum q."""
        require(not any(m.ballot == b for m in self.net.of(Accept)))
        require(all(any(m.ballot == b and m.sender == a for m in self.net.of(Promise)) for a in q))
        votes = {m.vote for m in self.net.of(Promise) if m.ballot == b and m.sender in q and m.vote is not None}
        require(not votes or any(w.value == v for w in minimal(votes, key=lambda w: w.ballot)))
        self.net.send(Accept(b, v))


@mutant("PX-03", breaks="agreement")
class PickAny(Paxos):
    """A leader takes up any reported vote, whatever its ballot."""

    @action(at="b")
    def propose(self, b: Ballot, v: Value, q: PrepareQuorum) -> None:
        """The leader of b proposes v, the value of some vote in quorum q."""
        require(not any(m.ballot == b for m in self.net.of(Accept)))
        require(all(any(m.ballot == b and m.sender == a for m in self.net.of(Promise)) for a in q))
        votes = {m.vote for m in self.net.of(Promise) if m.ballot == b and m.sender in q and m.vote is not None}
        require(not votes or any(w.value == v for w in votes))
        self.net.send(Accept(b, v))


class HalfPrepares(Threshold[Acceptor], size="N // 2"):
    """Half of the acceptors, which need not meet the other half."""


class HalfAccepts(Threshold[Acceptor], size="N // 2"):
    """Half of the acceptors, which need not meet the other half."""


@mutant("PX-04", breaks="agreement")
class HalfIsEnough(Paxos, replace={PrepareQuorum: HalfPrepares, AcceptQuorum: HalfAccepts}):
    """Half of the acceptors count as a quorum, rounded down: two quorums need not meet."""


@mutant("PX-06", breaks="agreement")
class AcceptWithoutPromise(Paxos):
    """Voting in a ballot does not count as a promise: the acceptor may go on in a lower ballot."""

    @action
    def accept(self, a: Acceptor, m: Accept) -> None:
        """Acceptor a votes for m.value and leaves its promise as it was."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised <= m.ballot)
        self.vote[a] = Vote(m.ballot, m.value)
        self.net.send(Accepted(m.ballot, a, m.value))


@mutant("PX-07", breaks="one_value_per_ballot")
class ProposeTwice(Paxos):
    """A ballot has two proposals: its leader restarted and forgot, or two proposers use the same number."""

    @action(at="b")
    def propose(self, b: Ballot, v: Value, q: PrepareQuorum) -> None:
        """The leader of b proposes v, even if it has proposed before."""
        require(all(any(m.ballot == b and m.sender == a for m in self.net.of(Promise)) for a in q))
        votes = {m.vote for m in self.net.of(Promise) if m.ballot == b and m.sender in q and m.vote is not None}
        require(not votes or any(w.value == v for w in maximal(votes, key=lambda w: w.ballot)))
        self.net.send(Accept(b, v))


@mutant("PX-09", breaks="agreement")
class CountMessages(Paxos):
    """A leader counts promises, not acceptors: the network repeats one promise, and it passes for a quorum."""

    @action(at="b")
    def propose(self, b: Ballot, v: Value, q: PrepareQuorum) -> None:
        """The leader of b proposes v after as many promises as q has members, some perhaps copies of one another."""
        require(not any(m.ballot == b for m in self.net.of(Accept)))
        require(any(m.ballot == b and m.sender in q for m in self.net.of(Promise)))
        votes = {m.vote for m in self.net.of(Promise) if m.ballot == b and m.sender in q and m.vote is not None}
        require(not votes or any(w.value == v for w in maximal(votes, key=lambda w: w.ballot)))
        self.net.send(Accept(b, v))


@mutant("PX-10", breaks="agreement")
class OmitVote(Paxos):
    """A promise does not say how the acceptor voted."""

    @action
    def promise(self, a: Acceptor, m: Prepare) -> None:
        """Acceptor a promises ballot m.ballot and reports nothing."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised < m.ballot)
        self.promised[a] = m.ballot
        self.net.send(Promise(m.ballot, a, None))


@mutant("PX-11", breaks="agreement")
class ForgetPromise(Paxos):
    """Promises are kept in memory only: after a restart an acceptor votes where it had promised not to."""

    promised: Volatile[Map[Acceptor, Ballot | None]]  # the highest ballot a remembers to have promised


@mutant("PX-12", breaks="agreement")
class ForgetVote(Paxos):
    """Votes are kept in memory only: after a restart an acceptor reports that it has never voted."""

    vote: Volatile[Map[Acceptor, Vote | None]]  # the last vote a remembers to have cast


@mutant("PX-14", breaks="agreement")
class LowerPromise(Paxos):
    """An acceptor answers every Prepare with a promise, and a lower one replaces a higher one."""

    @action
    def promise(self, a: Acceptor, m: Prepare) -> None:
        """Acceptor a promises ballot m.ballot, even if it has promised a higher one."""
        require(m in self.net)
        self.promised[a] = m.ballot
        self.net.send(Promise(m.ballot, a, self.vote[a]))


@mutant("PX-18", breaks="last_ballot_decides")
class AcceptAbovePromise(Paxos):
    """An acceptor votes only above what it has promised, and so never where it was asked to: safe, and useless."""

    @action
    def accept(self, a: Acceptor, m: Accept) -> None:
        """Acceptor a votes for m.value if it has promised nothing, or a lower ballot."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised < m.ballot)
        self.promised[a] = m.ballot
        self.vote[a] = Vote(m.ballot, m.value)
        self.net.send(Accepted(m.ballot, a, m.value))


@mutant("PX-17", breaks="validity")
class VoteAtWill(Paxos):
    """An acceptor that is asked to vote votes for a value of its own."""

    @action(replaces="accept")
    def accept_other(self, a: Acceptor, m: Accept, v: Value) -> None:
        """Acceptor a votes for v, whatever m proposes."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised <= m.ballot)
        self.promised[a] = m.ballot
        self.vote[a] = Vote(m.ballot, v)
        self.net.send(Accepted(m.ballot, a, v))


@mutant("PX-20", breaks="reports_true")
class ReportOther(Paxos):
    """A promise reports the ballot of the acceptor's last vote, and any value."""

    @action(replaces="promise")
    def promise_other(self, a: Acceptor, m: Prepare, v: Value) -> None:
        """Acceptor a promises ballot m.ballot and reports that its last vote was for v."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised < m.ballot)
        self.promised[a] = m.ballot
        vote = self.vote[a]
        self.net.send(Promise(m.ballot, a, None if vote is None else Vote(vote.ballot, v)))


@mutant("PX-21", breaks="votes_told")
class NoteRefused(Paxos):
    """An acceptor notes a proposal as its last vote before it finds out that it has promised not to vote for it."""

    @action
    def accept(self, a: Acceptor, m: Accept) -> None:
        """Acceptor a notes m.value as its vote, and votes for it unless it promised a higher ballot."""
        require(m in self.net)
        promised = self.promised[a]
        self.vote[a] = Vote(m.ballot, m.value)
        if promised is None or promised <= m.ballot:
            self.promised[a] = m.ballot
            self.net.send(Accepted(m.ballot, a, m.value))
