"""Wrong variants of Raft, as people have written them; checking must refute every one.

The numbers are those of the catalogue in `docs/mutants.md`.
"""

from checker.dsl import Map, Seq, Threshold, Volatile, action, mutant, require

from .raft import (
    AppendEntries,
    AppendReply,
    Command,
    Entry,
    Index,
    LogLength,
    Quorum,
    Raft,
    RequestVote,
    Role,
    Server,
    Term,
    Vote,
)


class Half(Threshold[Server], size="N // 2"):
    """One server fewer than a majority; two such sets need not meet."""


@mutant("RA-01", breaks="election_safety")
class VoteTwice(Raft):
    """A server votes for whoever asks, however often in one term."""

    @action
    def grant_vote(self, s: Server, m: RequestVote) -> None:
        """Server s votes for a candidate whose log is at least as up-to-date."""
        require(m in self.net)
        require(m.term == self.current_term[s])
        require(self.is_up_to_date(s, m))
        self.voted_for[s] = m.candidate
        self.net.send(Vote(m.term, s, m.candidate))


@mutant("RA-02", breaks="election_safety")
class VoteForgotten(Raft):
    """A server does not write down whom it voted for: after a restart it votes again."""

    voted_for: Volatile[Map[Server, Server | None]]


@mutant("RA-03", breaks="election_safety")
class TermForgotten(Raft):
    """A server does not write down its term: after a restart it enters the same term again, with a vote to give."""

    current_term: Volatile[Map[Server, Term]]


@mutant("RA-05", breaks="election_safety")
class HalfElects(Raft, replace={Quorum: Half}):
    """Half of the servers are taken for a majority."""


@mutant("RA-06", breaks="state_machine_safety")
class CommitEarly(Raft):
    """A leader commits with one acknowledgement fewer than a majority."""

    @action(replaces="advance_commit")
    def commit_early(self, s: Server, index: Index, q: Half) -> None:
        """Leader s commits up to an entry of its own term that half of the servers hold."""
        require(self.role[s] == Role.LEADER)
        require(self.commit_index[s] < index <= len(self.log[s]))
        require(self.term_at(s, index) == self.current_term[s])
        require(all(r == s or self.acknowledged(r, self.current_term[s], index) for r in q))
        self.commit(s, index)
        self.send_append(s, len(self.log[s]))


@mutant("RA-07", breaks="leader_completeness")
class VoteForAnyLog(Raft):
    """A server votes for the first candidate of a term, even if its log lacks entries."""

    @action
    def grant_vote(self, s: Server, m: RequestVote) -> None:
        """Server s votes once in a term."""
        require(m in self.net)
        require(m.term == self.current_term[s])
        require(self.may_vote_for(s, m.candidate))
        self.voted_for[s] = m.candidate
        self.net.send(Vote(m.term, s, m.candidate))


@mutant("RA-09", breaks="leader_completeness")
class CompareTermsOnly(Raft):
    """A server takes a log that ends in the same term for up-to-date, however short it is."""

    def is_up_to_date(self, s: Server, m: RequestVote) -> bool:
        """Return whether the candidate's log ends in no earlier term than that of s."""
        return self.term_at(s, len(self.log[s])) <= m.last_term


@mutant("RA-10", breaks="state_machine_safety")
class CountOldEntries(Raft):
    """A leader commits an entry of an earlier term as soon as a majority holds it (Figure 8)."""

    @action
    def advance_commit(self, s: Server, index: Index, q: Quorum) -> None:
        """Leader s commits up to any entry that a majority holds."""
        require(self.role[s] == Role.LEADER)
        require(self.commit_index[s] < index <= len(self.log[s]))
        require(all(r == s or self.acknowledged(r, self.current_term[s], index) for r in q))
        self.commit(s, index)
        self.send_append(s, len(self.log[s]))


@mutant("RA-11", breaks="leader_completeness")
class LogForgotten(Raft):
    """A server does not write down its log before it acknowledges an entry."""

    log: Volatile[Map[Server, Seq[Entry, LogLength]]]


@mutant("RA-16", breaks="leader_completeness")
class TruncateAlways(Raft):
    """A follower cuts its log back to where a message begins, even if nothing conflicts; old messages undo new ones."""

    @action
    def accept_entries(self, s: Server, m: AppendEntries) -> None:
        """Follower s replaces what follows m.prev_index by what m carries."""
        self.hear_leader(s, m)
        require(self.matches(s, m))
        last_index = m.prev_index
        self.log[s] = self.log[s][: m.prev_index]
        if m.entry is not None:
            last_index = m.prev_index + 1
            self.log[s].append(m.entry)
        self.commit(s, max(self.commit_index[s], min(m.commit_index, last_index)))
        if last_index > 0:
            self.net.send(AppendReply(m.term, s, True, last_index))


@mutant("RA-17", breaks="leader_append_only")
class OverwriteOwnEntry(Raft):
    """A leader puts a new command in the place of an entry of its own that is not committed yet."""

    @action
    def client_request(self, s: Server, c: Command) -> None:
        """Leader s writes a client's command behind what it has committed, over whatever stands there."""
        require(self.role[s] == Role.LEADER)
        last_index = self.commit_index[s]
        self.log[s] = self.log[s][:last_index]
        self.log[s].append(Entry(self.current_term[s], c))
        self.send_append(s, last_index)


@mutant("RA-23", breaks="commitments_kept")
class CommitFallsBack(Raft):
    """A follower adopts the commit index of whatever message it receives, also of an old one."""

    @action
    def accept_entries(self, s: Server, m: AppendEntries) -> None:
        """Follower s adopts what m carries, its commit index above all."""
        self.hear_leader(s, m)
        require(self.matches(s, m))
        last_index = m.prev_index
        if m.entry is not None:
            last_index = m.prev_index + 1
            if self.conflicts(s, last_index, m.entry):
                self.log[s] = self.log[s][: m.prev_index]
            if len(self.log[s]) == m.prev_index:
                self.log[s].append(m.entry)
        self.commit(s, min(m.commit_index, last_index))
        if last_index > 0:
            self.net.send(AppendReply(m.term, s, True, last_index))
