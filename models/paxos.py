"""Single-decree Paxos: acceptors agree on one value by messages, whatever is lost, repeated, reordered or restarted.

Source: Leslie Lamport, "Paxos Made Simple" (2001), section 2; the grain is that of Lamport's module Paxos (2019).
Refines: voting. A message Accepted is a vote there, and a promise here is a promise there.
Abstracted: proposers have no state and no crash of their own. Whoever leads a ballot reads the messages of that ballot;
    that ballots have one leader each is kept as "one proposal per ballot". Refusals (NACK) and learners are left out.
Bounds: the number of ballots. An acceptor may restart at any moment, any number of times: it keeps all it knows.
"""

from typing import Self

from checker.dsl import (
    Majority,
    Map,
    MessageSet,
    Model,
    Order,
    Sort,
    action,
    initial,
    invariant,
    lemma,
    maximal,
    message,
    record,
    require,
    transition_invariant,
)


class Acceptor(Sort):
    """A process that votes."""


class Value(Sort):
    """A value that may be chosen."""


class Ballot(Order):
    """A numbered attempt to choose a value; the number belongs to one proposer."""


class PrepareQuorum(Majority[Acceptor]):
    """Acceptors whose promises allow a proposal; meets every AcceptQuorum."""


class AcceptQuorum(Majority[Acceptor]):
    """Acceptors whose votes in one ballot choose a value."""


@record
class Vote:
    """A vote for a value in a ballot: an accepted proposal."""

    ballot: Ballot
    value: Value


@message
class Prepare:
    """The leader of a ballot asks for promises (1a)."""

    ballot: Ballot


@message
class Promise:
    """An acceptor will take part in no lower ballot; this is its last vote so far (1b)."""

    ballot: Ballot
    sender: Acceptor
    vote: Vote | None


@message
class Accept:
    """The leader of a ballot asks for votes for a value (2a)."""

    ballot: Ballot
    value: Value


@message
class Accepted:
    """An acceptor has voted for a value (2b)."""

    ballot: Ballot
    sender: Acceptor
    value: Value


class Paxos(Model):
    """A value is chosen once a quorum has accepted it in one ballot."""

    promised: Map[Acceptor, Ballot | None]  # the highest ballot a has promised not to go below
    vote: Map[Acceptor, Vote | None]  # the last vote a cast
    net: MessageSet[Prepare | Promise | Accept | Accepted]  # every message ever sent

    @initial
    def start(self) -> None:
        """Nobody has promised anything or voted."""
        for a in Acceptor:
            self.promised[a] = None
            self.vote[a] = None

    @action(at="b")
    def prepare(self, b: Ballot) -> None:
        """A proposer asks to lead ballot b (Phase 1a)."""
        self.net.send(Prepare(b))

    @action
    def promise(self, a: Acceptor, m: Prepare) -> None:
        """Acceptor a promises ballot m.ballot and reports its last vote (Phase 1b)."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised < m.ballot)
        self.promised[a] = m.ballot
        self.net.send(Promise(m.ballot, a, self.vote[a]))

    @action(at="b")
    def propose(self, b: Ballot, v: Value, q: PrepareQuorum) -> None:
        """The leader of b proposes v, which quorum q shows to be safe (Phase 2a)."""
        require(not any(m.ballot == b for m in self.net.of(Accept)))
        require(all(any(m.ballot == b and m.sender == a for m in self.net.of(Promise)) for a in q))
        votes = {m.vote for m in self.net.of(Promise) if m.ballot == b and m.sender in q and m.vote is not None}
        require(not votes or any(w.value == v for w in maximal(votes, key=lambda w: w.ballot)))
        self.net.send(Accept(b, v))

    @action
    def accept(self, a: Acceptor, m: Accept) -> None:
        """Acceptor a votes for m.value unless it promised a higher ballot (Phase 2b)."""
        require(m in self.net)
        promised = self.promised[a]
        require(promised is None or promised <= m.ballot)
        self.promised[a] = m.ballot
        self.vote[a] = Vote(m.ballot, m.value)
        self.net.send(Accepted(m.ballot, a, m.value))

    @action
    def restart(self, a: Acceptor) -> None:
        """Acceptor a crashes and comes back; promise and vote were on disk before any message told of them."""
        self.forget(a)

    def chosen(self, v: Value) -> bool:
        """Return whether a quorum has accepted v in one ballot."""
        return any(all(Accepted(b, a, v) in self.net for a in q) for b in Ballot for q in AcceptQuorum)

    def safe_at(self, b: Ballot, v: Value) -> bool:
        """Return whether no value but v is chosen below ballot b, now or ever (SafeAt)."""
        return all(any(all(self.only_for(a, c, v) for a in q) for q in PrepareQuorum) for c in Ballot if c < b)

    def only_for(self, a: Acceptor, c: Ballot, v: Value) -> bool:
        """Return whether a has voted for v in ballot c, or has not voted there and never will (WontVoteIn)."""
        absent = self.is_past(a, c) and not any(m.ballot == c and m.sender == a for m in self.net.of(Accepted))
        return absent or Accepted(c, a, v) in self.net

    def is_past(self, a: Acceptor, b: Ballot) -> bool:
        """Return whether a has promised a ballot above b, and so takes part in b no more."""
        promised = self.promised[a]
        return promised is not None and promised > b

    def has_promised(self, a: Acceptor, b: Ballot) -> bool:
        """Return whether a has promised ballot b or one above."""
        promised = self.promised[a]
        return promised is not None and promised >= b

    def has_voted_from(self, a: Acceptor, b: Ballot) -> bool:
        """Return whether the last vote of a is in ballot b or above."""
        vote = self.vote[a]
        return vote is not None and vote.ballot >= b

    @invariant
    def agreement(self) -> bool:
        """At most one value is ever chosen."""
        return all(v == w for v in Value for w in Value if self.chosen(v) and self.chosen(w))

    @invariant
    def validity(self) -> bool:
        """Only a value that was proposed is chosen."""
        return all(any(m.value == v for m in self.net.of(Accept)) for v in Value if self.chosen(v))

    @lemma
    def one_value_per_ballot(self) -> bool:
        """At most one value is proposed in a ballot."""
        return all(m.value == n.value for m in self.net.of(Accept) for n in self.net.of(Accept) if m.ballot == n.ballot)

    @invariant
    def votes_safe(self) -> bool:
        """Every vote is for a value that is safe in its ballot."""
        return all(self.safe_at(m.ballot, m.value) for m in self.net.of(Accepted))

    @transition_invariant
    def promises_kept(self, old: Self) -> bool:
        """No acceptor returns to a ballot that it has promised to be past."""
        return all(self.is_past(a, b) for a in Acceptor for b in Ballot if old.is_past(a, b))

    @transition_invariant
    def votes_kept(self, old: Self) -> bool:
        """No acceptor replaces its last vote by one in a lower ballot, or by none."""
        return all(self.has_voted_from(a, b) for a in Acceptor for b in Ballot if old.has_voted_from(a, b))

    # -- why it is so: with one_value_per_ballot, all of these are kept by every step ---------------------------------

    @lemma
    def votes_proposed(self) -> bool:
        """A vote is for a value that was proposed in its ballot."""
        return all(Accept(m.ballot, m.value) in self.net for m in self.net.of(Accepted))

    @lemma
    def votes_promised(self) -> bool:
        """Who has voted in a ballot goes below it no more."""
        return all(self.has_promised(m.sender, m.ballot) for m in self.net.of(Accepted))

    @lemma
    def promises_recorded(self) -> bool:
        """Who has sent a promise remembers it, or a higher one."""
        return all(self.has_promised(m.sender, m.ballot) for m in self.net.of(Promise))

    @lemma
    def votes_told(self) -> bool:
        """The last vote of an acceptor is one that it has sent."""
        return all(
            Accepted(b, a, v) in self.net for a in Acceptor for b in Ballot for v in Value if self.vote[a] == Vote(b, v)
        )

    @lemma
    def votes_within_promises(self) -> bool:
        """No acceptor has promised less than the ballot of its last vote."""
        return all(self.has_promised(a, b) for a in Acceptor for b in Ballot if self.has_voted_from(a, b))

    @lemma
    def votes_recorded(self) -> bool:
        """The last vote of an acceptor is in no lower ballot than any that it has sent."""
        return all(self.has_voted_from(m.sender, m.ballot) for m in self.net.of(Accepted))

    @lemma
    def reports_below(self) -> bool:
        """A promise reports a vote in a lower ballot than it is for."""
        return all(m.vote.ballot < m.ballot for m in self.net.of(Promise) if m.vote is not None)

    @lemma
    def reports_true(self) -> bool:
        """A vote that a promise reports was cast."""
        return all(
            Accepted(m.vote.ballot, m.sender, m.vote.value) in self.net
            for m in self.net.of(Promise)
            if m.vote is not None
        )

    @lemma
    def reports_none(self) -> bool:
        """Who promises without a vote to report votes in no lower ballot, before or after."""
        return all(
            n.sender != m.sender or n.ballot >= m.ballot
            for m in self.net.of(Promise)
            if m.vote is None
            for n in self.net.of(Accepted)
        )

    @lemma
    def reports_last(self) -> bool:
        """Who promises with a vote to report has no later one in a lower ballot, before or after."""
        return all(
            self.reports_from(m.ballot, m.sender, n.ballot)
            for m in self.net.of(Promise)
            if m.vote is not None
            for n in self.net.of(Accepted)
            if n.sender == m.sender and n.ballot < m.ballot
        )

    def reports_from(self, b: Ballot, a: Acceptor, c: Ballot) -> bool:
        """Return whether a has reported in a promise for b a vote in ballot c or above."""
        return any(
            m.ballot == b and m.sender == a and m.vote is not None and m.vote.ballot >= c for m in self.net.of(Promise)
        )

    @lemma
    def proposals_safe(self) -> bool:
        """Below a proposal no other value can be chosen: of every quorum one has left that ballot without a vote."""
        return all(
            any(self.is_past(a, b) and Accepted(b, a, v) not in self.net for a in q)
            for m in self.net.of(Accept)
            for b in Ballot
            if b < m.ballot
            for v in Value
            if v != m.value
            for q in AcceptQuorum
        )

    @lemma
    def proposals_shown_safe(self) -> bool:
        """A proposal is for a value that is safe in its ballot: a quorum of promises shows it."""
        return all(self.safe_at(m.ballot, m.value) for m in self.net.of(Accept))

    def decided(self) -> bool:
        """Return whether a value has been chosen."""
        return any(self.chosen(v) for v in Value)

    def reproposed(self) -> bool:
        """Return whether a value that got a vote in one ballot is proposed again in a higher one."""
        return any(
            m.ballot < n.ballot and m.value == n.value for m in self.net.of(Accepted) for n in self.net.of(Accept)
        )

    def outvoted(self) -> bool:
        """Return whether an acceptor still holds a vote for another value than the chosen one."""
        return any(self.chosen(v) and self.holds_other(a, v) for v in Value for a in Acceptor)

    def holds_other(self, a: Acceptor, v: Value) -> bool:
        """Return whether the last vote of a is for another value than v."""
        vote = self.vote[a]
        return vote is not None and vote.value != v
