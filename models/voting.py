"""Voting: consensus by votes in numbered ballots, before there are messages.

Source: Leslie Lamport, "The Paxos Algorithm, or How to Win a Turing Award" (2019), module Voting.
Refines: consensus. A value is chosen there when a quorum has voted for it in one ballot here.
Abstracted: messages and proposers. An acceptor sees at once how all others have voted and what they have promised.
Bounds: the number of ballots. An acceptor may stop for good at any time: nothing here says that it must go on.
"""

from typing import Self

from checker.dsl import (
    Majority,
    Map,
    Model,
    Order,
    Set,
    Sort,
    action,
    initial,
    invariant,
    lemma,
    maximal,
    record,
    require,
    transition_invariant,
)


class Acceptor(Sort):
    """A process that votes."""


class Value(Sort):
    """A value that may be chosen."""


class Ballot(Order):
    """A numbered round of voting; each is about one value."""


class PromiseQuorum(Majority[Acceptor]):
    """Acceptors whose promises and votes show which values are safe; meets every VoteQuorum."""


class VoteQuorum(Majority[Acceptor]):
    """Acceptors whose votes in one ballot choose a value."""


@record
class Vote:
    """A vote for a value in a ballot."""

    ballot: Ballot
    value: Value


class Voting(Model):
    """A value is chosen once a quorum has voted for it in one ballot."""

    votes: Map[Acceptor, Set[Vote]]  # all votes that a has cast
    promised: Map[Acceptor, Ballot | None]  # the ballot below which a will not vote any more

    @initial
    def start(self) -> None:
        """Nobody has voted or promised anything."""
        for a in Acceptor:
            self.votes[a] = set()
            self.promised[a] = None

    @action
    def promise(self, a: Acceptor, b: Ballot) -> None:
        """Acceptor a promises never again to vote below ballot b (IncreaseMaxBal)."""
        promised = self.promised[a]
        require(promised is None or promised < b)
        self.promised[a] = b

    @action
    def vote(self, a: Acceptor, b: Ballot, v: Value) -> None:
        """Acceptor a votes for v in ballot b, which is b's only value and safe there (VoteFor)."""
        promised = self.promised[a]
        require(promised is None or promised <= b)
        require(all(w.ballot != b for w in self.votes[a]))
        require(all(w.value == v for c in Acceptor for w in self.votes[c] if w.ballot == b))
        require(any(self.shows_safe(q, b, v) for q in PromiseQuorum))
        self.votes[a] |= {Vote(b, v)}
        self.promised[a] = b

    def shows_safe(self, q: PromiseQuorum, b: Ballot, v: Value) -> bool:
        """Return whether q has promised b, and its last votes below b, if there are any, are for v (ShowsSafeAt)."""
        votes = {w for a in q for w in self.votes[a] if w.ballot < b}
        last = maximal(votes, key=lambda w: w.ballot)
        return all(self.has_promised(a, b) for a in q) and (not votes or any(w.value == v for w in last))

    def has_promised(self, a: Acceptor, b: Ballot) -> bool:
        """Return whether a will not vote below ballot b any more."""
        promised = self.promised[a]
        return promised is not None and promised >= b

    def chosen(self, v: Value) -> bool:
        """Return whether a quorum has voted for v in one ballot."""
        return any(all(Vote(b, v) in self.votes[a] for a in q) for b in Ballot for q in VoteQuorum)

    def safe_at(self, b: Ballot, v: Value) -> bool:
        """Return whether no value but v is chosen below ballot b, now or ever (SafeAt)."""
        return all(any(all(self.only_for(a, c, v) for a in q) for q in PromiseQuorum) for c in Ballot if c < b)

    def only_for(self, a: Acceptor, c: Ballot, v: Value) -> bool:
        """Return whether a has voted for v in ballot c, or has not voted there and never will."""
        promised = self.promised[a]
        absent = promised is not None and promised > c and all(w.ballot != c for w in self.votes[a])
        return absent or Vote(c, v) in self.votes[a]

    @invariant
    def agreement(self) -> bool:
        """At most one value is ever chosen."""
        return all(v == w for v in Value for w in Value if self.chosen(v) and self.chosen(w))

    @lemma
    def one_value_per_ballot(self) -> bool:
        """All votes of one ballot are for the same value."""
        return all(
            v.value == w.value
            for a in Acceptor
            for c in Acceptor
            for v in self.votes[a]
            for w in self.votes[c]
            if v.ballot == w.ballot
        )

    @lemma
    def votes_safe(self) -> bool:
        """Every vote is for a value that is safe in its ballot."""
        return all(self.safe_at(w.ballot, w.value) for a in Acceptor for w in self.votes[a])

    @transition_invariant
    def promises_kept(self, old: Self) -> bool:
        """No acceptor takes a promise back."""
        return all(self.has_promised(a, b) for a in Acceptor for b in Ballot if old.has_promised(a, b))

    @transition_invariant
    def votes_kept(self, old: Self) -> bool:
        """No acceptor takes a vote back."""
        return all(old.votes[a] <= self.votes[a] for a in Acceptor)

    @lemma
    def votes_promised(self) -> bool:
        """Who has voted in a ballot goes below it no more."""
        return all(self.has_promised(a, w.ballot) for a in Acceptor for w in self.votes[a])

    @lemma
    def others_unchosen(self) -> bool:
        """Below a vote no other value can be chosen: of every quorum one has left that ballot without a vote for it."""
        return all(
            any(self.is_past(d, c) and Vote(c, v) not in self.votes[d] for d in q)
            for a in Acceptor
            for w in self.votes[a]
            for c in Ballot
            if c < w.ballot
            for v in Value
            if v != w.value
            for q in VoteQuorum
        )

    def is_past(self, a: Acceptor, b: Ballot) -> bool:
        """Return whether a has promised a ballot above b."""
        promised = self.promised[a]
        return promised is not None and promised > b

    def decided(self) -> bool:
        """Return whether a value has been chosen."""
        return any(self.chosen(v) for v in Value)

    def decided_again(self) -> bool:
        """Return whether a value has been chosen in two ballots."""
        return any(
            b < c and all(Vote(b, v) in self.votes[a] for a in q) and all(Vote(c, v) in self.votes[a] for a in r)
            for v in Value
            for b in Ballot
            for c in Ballot
            for q in VoteQuorum
            for r in VoteQuorum
        )

    def outvoted(self) -> bool:
        """Return whether somebody voted for another value than the chosen one: one vote decides nothing."""
        return any(self.chosen(v) and w.value != v for v in Value for a in Acceptor for w in self.votes[a])
