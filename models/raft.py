"""Raft: a replicated log under a strong leader, message by message.

Source: Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014), sections 5.1 to 5.4 and
Figure 2, whose words name the variables and messages.

Refines: a replicated log, an append-only sequence of commands: it grows where a leader advances its commit index.

Abstracted:
  - Time. An election may start at any moment, and a message may be received at any moment after it was sent, in any
    order, more than once, or never. Nothing here says that a leader is ever elected.
  - Sending. A message is sent in the step that first has something to say, and the network may sit on it. An
    acknowledgement of nothing (up to index 0) is not sent at all.
  - Receiving. Candidates and leaders read votes and replies off the network, where each counts once however often
    it arrives. So votesGranted, matchIndex and nextIndex need no variables: a follower that refuses names the place
    that did not match, and the leader tries the one before.
  - Addresses. Whatever a leader sends to one follower, any other may receive as well.
  - Refusals. A vote refused and a request of an old term go unanswered: the answer would bring a newer term and
    nothing else, and every term is on the network already, in the RequestVote that began it.
  - Batches (a message carries one entry at most), snapshots, membership changes and client sessions.

Bounds: Term (its first member, 0, precedes all elections), LogLength, and the budgets `elections` and `restarts`.
"""

from typing import Annotated, Self

from checker.dsl import (
    Bound,
    Budget,
    Enum,
    Majority,
    Map,
    MessageSet,
    Order,
    Range,
    Restarts,
    Seq,
    Sort,
    Volatile,
    action,
    auto,
    initial,
    invariant,
    message,
    record,
    require,
    spend,
    successor,
    transition_invariant,
)


class Server(Sort):
    """A member of the cluster."""


class Command(Sort):
    """What a client asks the replicated state machine to do."""


class Term(Order):
    """A period with at most one leader."""


class LogLength(Bound):
    """The most entries a log holds."""


class Quorum(Majority[Server]):
    """Servers whose votes elect a leader, and whose logs commit an entry."""


class Role(Enum):
    """What a server takes itself to be."""

    FOLLOWER = auto()
    CANDIDATE = auto()
    LEADER = auto()


Index = Annotated[int, Range(0, LogLength)]
"""Where an entry stands in a log, counted from 1; 0 is before the first entry."""


@record
class Entry:
    """A command, and the term in which a leader received it."""

    term: Term
    command: Command


@message
class RequestVote:
    """A candidate stands for election in a term, and tells how its log ends."""

    term: Term
    candidate: Server
    last_index: Index
    last_term: Term


@message
class Vote:
    """A server votes for a candidate: the reply to RequestVote."""

    term: Term
    voter: Server
    candidate: Server


@message
class AppendEntries:
    """A leader sends the entry of its log after `prev_index`, or a heartbeat where its log ends there."""

    term: Term
    leader: Server
    prev_index: Index
    prev_term: Term
    entry: Entry | None
    commit_index: Index


@message
class AppendReply:
    """A follower's log matches the leader's up to `index`; or, without success, differs from it there."""

    term: Term
    follower: Server
    success: bool
    index: Index


class Raft(Restarts[Server]):
    """A leader appends commands to its log, and commits those that a majority of servers hold."""

    current_term: Map[Server, Term]  # the latest term s has seen
    voted_for: Map[Server, Server | None]  # whom s voted for in its current term
    log: Map[Server, Seq[Entry, LogLength]]  # the entries s holds, committed or not
    role: Volatile[Map[Server, Role]]  # what s takes itself to be in its current term
    commit_index: Volatile[Map[Server, Index]]  # how far s knows its log to be committed
    applied: Volatile[Map[Server, Seq[Entry, LogLength]]]  # what the state machine of s has executed since it started
    net: MessageSet[RequestVote | Vote | AppendEntries | AppendReply]  # every message ever sent
    elections: Budget[int]  # how many more elections may be started

    @initial
    def start(self) -> None:
        """Every server is a follower with an empty log, before the first election."""
        for s in Server:
            self.current_term[s] = Term.first()
            self.voted_for[s] = None
            self.log[s] = Seq()
            self.role[s] = Role.FOLLOWER
            self.commit_index[s] = 0
            self.applied[s] = Seq()

    # -- terms and elections (sections 5.1, 5.2 and 5.4.1) -----------------------------------------------------------

    @action
    def timeout(self, s: Server) -> None:
        """Server s has heard of no leader for too long: it starts an election in the next term and votes for itself."""
        require(self.role[s] != Role.LEADER)
        spend(self.elections)
        term = successor(self.current_term[s])
        self.current_term[s] = term
        self.voted_for[s] = s
        self.role[s] = Role.CANDIDATE
        last_index = len(self.log[s])
        self.net.send(RequestVote(term, s, last_index, self.term_at(s, last_index)))
        self.net.send(Vote(term, s, s))

    @action
    def update_term(self, s: Server, m: RequestVote | Vote | AppendEntries | AppendReply) -> None:
        """Server s meets a newer term: it enters that term as a follower, with its vote to give (Rules for Servers)."""
        require(m in self.net)
        require(self.current_term[s] < m.term)
        self.current_term[s] = m.term
        self.voted_for[s] = None
        self.role[s] = Role.FOLLOWER

    @action
    def grant_vote(self, s: Server, m: RequestVote) -> None:
        """Server s votes once in a term, for a candidate whose log is at least as up-to-date (RequestVote RPC)."""
        require(m in self.net)
        require(m.term == self.current_term[s])
        require(self.may_vote_for(s, m.candidate))
        require(self.is_up_to_date(s, m))
        self.voted_for[s] = m.candidate
        self.net.send(Vote(m.term, s, m.candidate))

    def may_vote_for(self, s: Server, candidate: Server) -> bool:
        """Return whether s has voted for nobody else in its current term."""
        return self.voted_for[s] is None or self.voted_for[s] == candidate

    def is_up_to_date(self, s: Server, m: RequestVote) -> bool:
        """Return whether the candidate's log ends in a later term than that of s, or in the same and no sooner."""
        last_index = len(self.log[s])
        last_term = self.term_at(s, last_index)
        return last_term < m.last_term or (last_term == m.last_term and last_index <= m.last_index)

    @action
    def become_leader(self, s: Server, q: Quorum) -> None:
        """A majority has voted for candidate s: it leads its term, and says so in a heartbeat."""
        require(self.role[s] == Role.CANDIDATE)
        require(all(Vote(self.current_term[s], voter, s) in self.net for voter in q))
        self.role[s] = Role.LEADER
        self.send_append(s, len(self.log[s]))

    # -- log replication (section 5.3) -------------------------------------------------------------------------------

    @action
    def client_request(self, s: Server, c: Command) -> None:
        """Leader s appends a client's command to its log and sends it to the followers."""
        require(self.role[s] == Role.LEADER)
        last_index = len(self.log[s])
        self.log[s].append(Entry(self.current_term[s], c))
        self.send_append(s, last_index)

    @action
    def accept_entries(self, s: Server, m: AppendEntries) -> None:
        """Follower s, whose log matches the leader's up to where m begins, adopts what m carries (AppendEntries RPC).

        It deletes entries only from one on that conflicts with the leader's: m may be old, and s further on.
        """
        self.hear_leader(s, m)
        require(self.matches(s, m))
        last_index = m.prev_index
        if m.entry is not None:
            last_index = m.prev_index + 1
            if self.conflicts(s, last_index, m.entry):
                self.log[s] = self.log[s][: m.prev_index]
            if len(self.log[s]) == m.prev_index:
                self.log[s].append(m.entry)
        self.commit(s, max(self.commit_index[s], min(m.commit_index, last_index)))
        if last_index > 0:
            self.net.send(AppendReply(m.term, s, True, last_index))

    @action
    def refuse_entries(self, s: Server, m: AppendEntries) -> None:
        """Follower s lacks the entry before those of m, or holds one of another term there (AppendEntries RPC)."""
        self.hear_leader(s, m)
        require(not self.matches(s, m))
        self.net.send(AppendReply(m.term, s, False, m.prev_index))

    def hear_leader(self, s: Server, m: AppendEntries) -> None:
        """Take m for a message of the current leader: nobody else stands for election in its term."""
        require(m in self.net)
        require(m.term == self.current_term[s] and m.leader != s)
        self.role[s] = Role.FOLLOWER

    def matches(self, s: Server, m: AppendEntries) -> bool:
        """Return whether the log of s has an entry of term m.prev_term at m.prev_index: the consistency check."""
        return m.prev_index <= len(self.log[s]) and self.term_at(s, m.prev_index) == m.prev_term

    def conflicts(self, s: Server, index: Index, entry: Entry) -> bool:
        """Return whether the log of s has an entry of another term at this index."""
        return index <= len(self.log[s]) and self.term_at(s, index) != entry.term

    @action
    def retry(self, s: Server, m: AppendReply) -> None:
        """A follower's log differs from that of leader s at m.index: s tries one before (decrement nextIndex)."""
        require(m in self.net)
        require(self.role[s] == Role.LEADER and m.term == self.current_term[s])
        require(not m.success)
        self.send_append(s, m.index - 1)

    @action
    def advance_commit(self, s: Server, index: Index, q: Quorum) -> None:
        """Leader s commits up to an entry of its own term that a majority holds, and tells the followers.

        Entries of earlier terms are committed with it, never on their own account (section 5.4.2, Figure 8).
        """
        require(self.role[s] == Role.LEADER)
        require(self.commit_index[s] < index <= len(self.log[s]))
        require(self.term_at(s, index) == self.current_term[s])
        require(all(r == s or self.acknowledged(r, self.current_term[s], index) for r in q))
        self.commit(s, index)
        self.send_append(s, len(self.log[s]))

    def send_append(self, s: Server, prev_index: Index) -> None:
        """Send the entry after prev_index, or a heartbeat if the log of s ends there."""
        entry = self.log[s][prev_index] if prev_index < len(self.log[s]) else None
        prev_term = self.term_at(s, prev_index)
        self.net.send(AppendEntries(self.current_term[s], s, prev_index, prev_term, entry, self.commit_index[s]))

    def commit(self, s: Server, index: Index) -> None:
        """Set the commit index of s, and apply what it now covers to the state machine."""
        self.commit_index[s] = index
        if len(self.applied[s]) < index:
            self.applied[s] = self.applied[s] + self.log[s][len(self.applied[s]) : index]

    # -- words that the rules use ------------------------------------------------------------------------------------

    def term_at(self, s: Server, index: Index) -> Term:
        """Return the term of an entry that s holds; the first term of all, in which nobody leads, for index 0."""
        return self.log[s][index - 1].term if index > 0 else Term.first()

    def acknowledged(self, s: Server, term: Term, index: Index) -> bool:
        """Return whether s has told the leader of a term that their logs match up to index."""
        replies = self.net.of(AppendReply)
        return any(r.success and r.follower == s and r.term == term and r.index >= index for r in replies)

    def is_committed(self, m: AppendEntries) -> bool:
        """Return whether m carries a new entry of its leader, and a majority has acknowledged it to that leader."""
        if m.entry is None or m.entry.term != m.term:
            return False
        return any(all(s == m.leader or self.acknowledged(s, m.term, m.prev_index + 1) for s in q) for q in Quorum)

    # -- what must be true (Figure 3) --------------------------------------------------------------------------------

    @invariant
    def election_safety(self) -> bool:
        """At most one server is ever elected leader in a term."""
        appends = self.net.of(AppendEntries)
        return all(m.leader == n.leader for m in appends for n in appends if m.term == n.term)

    @invariant
    def log_matching(self) -> bool:
        """Logs that have an entry of the same term at an index are the same up to there."""
        return all(
            self.log[s][:i] == self.log[r][:i]
            for s in Server
            for r in Server
            for i in range(1, min(len(self.log[s]), len(self.log[r])) + 1)
            if self.term_at(s, i) == self.term_at(r, i)
        )

    @invariant
    def leader_completeness(self) -> bool:
        """An entry committed in one term is in the log of every leader of a later term."""
        return all(
            m.prev_index < len(self.log[s]) and self.log[s][m.prev_index] == m.entry
            for m in self.net.of(AppendEntries)
            if self.is_committed(m)
            for s in Server
            if self.role[s] == Role.LEADER and m.term < self.current_term[s]
        )

    @invariant
    def state_machine_safety(self) -> bool:
        """No two servers apply different entries at the same index."""
        return all(
            self.applied[s][i] == self.applied[r][i]
            for s in Server
            for r in Server
            for i in range(min(len(self.applied[s]), len(self.applied[r])))
        )

    @invariant
    def acknowledgements_kept(self) -> bool:
        """A server still holds what it acknowledged to the leader of its current term."""
        return all(
            m.index <= len(self.log[m.follower])
            for m in self.net.of(AppendReply)
            if m.success and m.term == self.current_term[m.follower]
        )

    @invariant
    def commitments_kept(self) -> bool:
        """A server's commit index never falls back behind what it has applied."""
        return all(len(self.applied[s]) <= self.commit_index[s] for s in Server)

    @transition_invariant
    def leader_append_only(self, old: Self) -> bool:
        """A leader never overwrites or deletes entries of its own log; it only appends."""
        return all(
            len(old.log[s]) <= len(self.log[s]) and self.log[s][: len(old.log[s])] == old.log[s]
            for s in Server
            if old.role[s] == Role.LEADER and self.role[s] == Role.LEADER
        )

    @transition_invariant
    def terms_and_votes_kept(self, old: Self) -> bool:
        """A server never goes back to an earlier term, and never changes its vote in a term."""
        return all(
            old.current_term[s] < self.current_term[s]
            or (
                old.current_term[s] == self.current_term[s]
                and (old.voted_for[s] is None or old.voted_for[s] == self.voted_for[s])
            )
            for s in Server
        )

    # -- what must be possible ---------------------------------------------------------------------------------------

    def leader_elected(self) -> bool:
        """Return whether some server leads."""
        return any(self.role[s] == Role.LEADER for s in Server)

    def entry_committed(self) -> bool:
        """Return whether a follower has applied an entry."""
        return any(self.role[s] == Role.FOLLOWER and len(self.applied[s]) > 0 for s in Server)

    def two_terms_led(self) -> bool:
        """Return whether two terms have had a leader."""
        return any(m.term != n.term for m in self.net.of(AppendEntries) for n in self.net.of(AppendEntries))

    def entry_overwritten(self) -> bool:
        """Return whether a former leader has lost an entry of its term to a later leader."""
        return any(
            m.prev_index < len(self.log[m.leader]) and self.term_at(m.leader, m.prev_index + 1) > m.term
            for m in self.net.of(AppendEntries)
            if m.entry is not None and m.entry.term == m.term
        )

    def candidate_restarted(self) -> bool:
        """Return whether a server that voted for itself has lost its candidacy, and to no leader of that term."""
        return any(
            self.role[s] == Role.FOLLOWER
            and self.voted_for[s] == s
            and not any(m.term == self.current_term[s] for m in self.net.of(AppendEntries))
            for s in Server
        )
