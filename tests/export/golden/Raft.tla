------------------------------------------- MODULE Raft --------------------------------------------
\* A leader appends commands to its log, and commits those that a majority of servers hold.
EXTENDS Integers, Sequences

\* The messages of one kind.
Of(messages, kind) == {m \in messages : m.kind = kind}

CONSTANTS
    Server,        \* A member of the cluster.
    Command,       \* What a client asks the replicated state machine to do.
    Term,          \* A period with at most one leader.
    Quorum,        \* Servers whose votes elect a leader, and whose logs commit an entry.
    LogLength,     \* The most entries a log holds.
    MaxRestarts,   \* The first value of restarts.
    MaxElections,  \* The first value of elections.
    None           \* The absence of a value.

\* What a server takes itself to be.
Role == {"FOLLOWER", "CANDIDATE", "LEADER"}

\* A command, and the term in which a leader received it.
Entry(term, command) == [term |-> term, command |-> command]
EntryRecord == [term : Term, command : Command]

\* A candidate stands for election in a term, and tells how its log ends.
RequestVote(term, candidate, last_index, last_term) ==
    [kind |-> "RequestVote", term |-> term, candidate |-> candidate, last_index |-> last_index,
     last_term |-> last_term]
RequestVoteMessage ==
    [kind : {"RequestVote"}, term : Term, candidate : Server, last_index : 0..LogLength,
     last_term : Term]

\* A server votes for a candidate: the reply to RequestVote.
Vote(term, voter, candidate) ==
    [kind |-> "Vote", term |-> term, voter |-> voter, candidate |-> candidate]
VoteMessage == [kind : {"Vote"}, term : Term, voter : Server, candidate : Server]

\* A leader sends the entry of its log after `prev_index`, or a heartbeat where its log ends there.
AppendEntries(term, leader, prev_index, prev_term, entry, commit_index) ==
    [kind |-> "AppendEntries", term |-> term, leader |-> leader, prev_index |-> prev_index,
     prev_term |-> prev_term, entry |-> entry, commit_index |-> commit_index]
AppendEntriesMessage ==
    [kind : {"AppendEntries"}, term : Term, leader : Server, prev_index : 0..LogLength,
     prev_term : Term, entry : EntryRecord \cup {None}, commit_index : 0..LogLength]

\* A follower's log matches the leader's up to `index`; or, without success, differs from it there.
AppendReply(term, follower, success, index) ==
    [kind |-> "AppendReply", term |-> term, follower |-> follower, success |-> success,
     index |-> index]
AppendReplyMessage ==
    [kind : {"AppendReply"}, term : Term, follower : Server, success : BOOLEAN,
     index : 0..LogLength]

VARIABLES
    restarts,      \* how many more restarts may happen
    current_term,  \* the latest term s has seen
    voted_for,     \* whom s voted for in its current term
    log,           \* the entries s holds, committed or not
    role,          \* what s takes itself to be in its current term
    commit_index,  \* how far s knows its log to be committed
    applied,       \* what the state machine of s has executed since it started
    net,           \* every message ever sent
    elections      \* how many more elections may be started

vars == <<restarts, current_term, voted_for, log, role, commit_index, applied, net, elections>>

TypeOK ==
    /\ restarts \in 0..MaxRestarts
    /\ current_term \in [Server -> Term]
    /\ voted_for \in [Server -> Server \cup {None}]
    /\ log \in [Server -> Seq(EntryRecord)]
    /\ role \in [Server -> Role]
    /\ commit_index \in [Server -> 0..LogLength]
    /\ applied \in [Server -> Seq(EntryRecord)]
    /\ net \subseteq RequestVoteMessage \cup VoteMessage \cup AppendEntriesMessage
                     \cup AppendReplyMessage
    /\ elections \in 0..MaxElections

\* Return the term of an entry that s holds; the first term of all, in which nobody leads, for index
\* 0.
term_at(s, index) == IF 0 < index THEN log[s][index].term ELSE 0

\* Return whether s has voted for nobody else in its current term.
may_vote_for(s, candidate) == voted_for[s] # None => voted_for[s] = candidate

\* Return whether the candidate's log ends in a later term than that of s, or in the same and no
\* sooner.
is_up_to_date(s, m) ==
    LET last_term == term_at(s, Len(log[s]))
    IN last_term < m.last_term \/ (last_term = m.last_term /\ Len(log[s]) <= m.last_index)

\* Return whether the log of s has an entry of term m.prev_term at m.prev_index: the consistency
\* check.
matches(s, m) == m.prev_index <= Len(log[s]) /\ term_at(s, m.prev_index) = m.prev_term

\* Return whether the log of s has an entry of another term at this index.
conflicts(s, index, entry) == index <= Len(log[s]) /\ term_at(s, index) # entry.term

\* Return whether s has told the leader of a term that their logs match up to index.
acknowledged(s, term, index) ==
    LET replies == Of(net, "AppendReply")
    IN \E r \in replies : r.success /\ r.follower = s /\ r.term = term /\ index <= r.index

\* Return whether m carries a new entry of its leader, and a majority has acknowledged it to that
\* leader.
is_committed(m) ==
    IF m.entry # None => m.entry.term # m.term
    THEN FALSE
    ELSE \E q \in Quorum : \A s \in q : s = m.leader \/ acknowledged(s, m.term, m.prev_index + 1)

\* Return whether some server leads.
leader_elected == \E s \in Server : role[s] = "LEADER"

\* Return whether a follower has applied an entry.
entry_committed == \E s \in Server : role[s] = "FOLLOWER" /\ applied[s] # <<>>

\* Return whether two terms have had a leader.
two_terms_led == \E m, n \in Of(net, "AppendEntries") : m.term # n.term

\* Return whether a former leader has lost an entry of its term to a later leader.
entry_overwritten ==
    \E m \in Of(net, "AppendEntries") :
        /\ m.entry # None
        /\ m.entry.term = m.term
        /\ m.prev_index < Len(log[m.leader])
        /\ m.term < term_at(m.leader, m.prev_index + 1)

\* Return whether a server that voted for itself has lost its candidacy, and to no leader of that
\* term.
candidate_restarted ==
    \E s \in Server :
        /\ role[s] = "FOLLOWER"
        /\ voted_for[s] = s
        /\ ~(\E m \in Of(net, "AppendEntries") : m.term = current_term[s])

\* Every server is a follower with an empty log, before the first election.
Init ==
    /\ current_term = [s \in Server |-> 0]
    /\ voted_for = [s \in Server |-> None]
    /\ log = [s \in Server |-> <<>>]
    /\ role = [s \in Server |-> "FOLLOWER"]
    /\ commit_index = [s \in Server |-> 0]
    /\ applied = [s \in Server |-> <<>>]
    /\ net = {}
    /\ restarts = MaxRestarts
    /\ elections = MaxElections

\* Process p crashes and restarts: its Volatile variables are lost.
restart(p) ==
    /\ 0 < restarts
    /\ restarts' = restarts - 1
    /\ role' = [role EXCEPT ![p] = "FOLLOWER"]
    /\ commit_index' = [commit_index EXCEPT ![p] = 0]
    /\ applied' = [applied EXCEPT ![p] = <<>>]
    /\ UNCHANGED <<current_term, voted_for, log, net, elections>>

\* Server s has heard of no leader for too long: it starts an election in the next term and votes
\* for itself.
timeout(s) ==
    /\ role[s] # "LEADER"
    /\ 0 < elections
    /\ current_term[s] + 1 \in Term
    /\ current_term' = [current_term EXCEPT ![s] = @ + 1]
    /\ voted_for' = [voted_for EXCEPT ![s] = s]
    /\ role' = [role EXCEPT ![s] = "CANDIDATE"]
    /\ net' = net
              \cup {RequestVote(current_term[s] + 1, s, Len(log[s]), term_at(s, Len(log[s]))),
                    Vote(current_term[s] + 1, s, s)}
    /\ elections' = elections - 1
    /\ UNCHANGED <<restarts, log, commit_index, applied>>

\* Server s meets a newer term: it enters that term as a follower, with its vote to give (Rules for
\* Servers).
update_term(s, m) ==
    /\ m \in net
    /\ current_term[s] < m.term
    /\ current_term' = [current_term EXCEPT ![s] = m.term]
    /\ voted_for' = [voted_for EXCEPT ![s] = None]
    /\ role' = [role EXCEPT ![s] = "FOLLOWER"]
    /\ UNCHANGED <<restarts, log, commit_index, applied, net, elections>>

\* Server s votes once in a term, for a candidate whose log is at least as up-to-date (RequestVote
\* RPC).
grant_vote(s, m) ==
    /\ m \in net
    /\ m.term = current_term[s]
    /\ may_vote_for(s, m.candidate)
    /\ is_up_to_date(s, m)
    /\ voted_for' = [voted_for EXCEPT ![s] = m.candidate]
    /\ net' = net \cup {Vote(m.term, s, m.candidate)}
    /\ UNCHANGED <<restarts, current_term, log, role, commit_index, applied, elections>>

\* A majority has voted for candidate s: it leads its term, and says so in a heartbeat.
become_leader(s, q) ==
    LET entry == IF Len(log[s]) < Len(log[s]) THEN log[s][Len(log[s]) + 1] ELSE None
        prev_term == term_at(s, Len(log[s]))
    IN /\ role[s] = "CANDIDATE"
       /\ \A voter \in q : Vote(current_term[s], voter, s) \in net
       /\ role' = [role EXCEPT ![s] = "LEADER"]
       /\ net' = net
                 \cup {AppendEntries(current_term[s], s, Len(log[s]), prev_term, entry,
                                     commit_index[s])}
       /\ UNCHANGED <<restarts, current_term, voted_for, log, commit_index, applied, elections>>

\* Leader s appends a client's command to its log and sends it to the followers.
client_request(s, c) ==
    LET new_log == Append(log[s], Entry(current_term[s], c))
        entry == IF Len(log[s]) < Len(new_log) THEN new_log[Len(log[s]) + 1] ELSE None
        prev_term == IF log[s] # <<>> THEN new_log[Len(log[s])].term ELSE 0
    IN /\ role[s] = "LEADER"
       /\ Len(log[s]) < LogLength
       /\ log' = [log EXCEPT ![s] = new_log]
       /\ net' = net
                 \cup {AppendEntries(current_term[s], s, Len(log[s]), prev_term, entry,
                                     commit_index[s])}
       /\ UNCHANGED <<restarts, current_term, voted_for, role, commit_index, applied, elections>>

\* Follower s, whose log matches the leader's up to where m begins, adopts what m carries
\* (AppendEntries RPC).
\*
\* It deletes entries only from one on that conflicts with the leader's: m may be old, and s further
\* on.
accept_entries(s, m) ==
    LET new_log ==
            IF conflicts(s, m.prev_index + 1, m.entry)
            THEN SubSeq(log[s], 1, m.prev_index)
            ELSE log[s]
        new_log_2 ==
            IF m.entry # None
            THEN IF Len(new_log) = m.prev_index THEN Append(new_log, m.entry) ELSE new_log
            ELSE log[s]
        last_index == IF m.entry # None THEN m.prev_index + 1 ELSE m.prev_index
        index ==
            IF commit_index[s]
                 < (IF last_index < m.commit_index THEN last_index ELSE m.commit_index)
            THEN IF last_index < m.commit_index THEN last_index ELSE m.commit_index
            ELSE commit_index[s]
    IN /\ m \in net
       /\ m.term = current_term[s]
       /\ m.leader # s
       /\ matches(s, m)
       /\ m.entry # None /\ Len(new_log) = m.prev_index => Len(new_log) < LogLength
       /\ log' = [log EXCEPT ![s] = new_log_2]
       /\ role' = [role EXCEPT ![s] = "FOLLOWER"]
       /\ commit_index' = [commit_index EXCEPT ![s] = index]
       /\ applied' = IF Len(applied[s]) < index
                     THEN [applied EXCEPT ![s] = @ \o SubSeq(new_log_2, Len(@) + 1, index)]
                     ELSE applied
       /\ net' = IF 0 < last_index THEN net \cup {AppendReply(m.term, s, TRUE, last_index)} ELSE net
       /\ UNCHANGED <<restarts, current_term, voted_for, elections>>

\* Follower s lacks the entry before those of m, or holds one of another term there (AppendEntries
\* RPC).
refuse_entries(s, m) ==
    /\ m \in net
    /\ m.term = current_term[s]
    /\ m.leader # s
    /\ ~matches(s, m)
    /\ role' = [role EXCEPT ![s] = "FOLLOWER"]
    /\ net' = net \cup {AppendReply(m.term, s, FALSE, m.prev_index)}
    /\ UNCHANGED <<restarts, current_term, voted_for, log, commit_index, applied, elections>>

\* A follower's log differs from that of leader s at m.index: s tries one before (decrement
\* nextIndex).
retry(s, m) ==
    LET entry == IF m.index - 1 < Len(log[s]) THEN log[s][m.index] ELSE None
        prev_term == term_at(s, m.index - 1)
    IN /\ m \in net
       /\ role[s] = "LEADER"
       /\ m.term = current_term[s]
       /\ ~m.success
       /\ net' = net
                 \cup {AppendEntries(current_term[s], s, m.index - 1, prev_term, entry,
                                     commit_index[s])}
       /\ UNCHANGED <<restarts, current_term, voted_for, log, role, commit_index, applied,
                      elections>>

\* Leader s commits up to an entry of its own term that a majority holds, and tells the followers.
\*
\* Entries of earlier terms are committed with it, never on their own account (section 5.4.2, Figure
\* 8).
advance_commit(s, index, q) ==
    LET entry == IF Len(log[s]) < Len(log[s]) THEN log[s][Len(log[s]) + 1] ELSE None
        prev_term == term_at(s, Len(log[s]))
    IN /\ role[s] = "LEADER"
       /\ commit_index[s] < index
       /\ index <= Len(log[s])
       /\ term_at(s, index) = current_term[s]
       /\ \A r \in q : r = s \/ acknowledged(r, current_term[s], index)
       /\ commit_index' = [commit_index EXCEPT ![s] = index]
       /\ applied' = IF Len(applied[s]) < index
                     THEN [applied EXCEPT ![s] = @ \o SubSeq(log[s], Len(@) + 1, index)]
                     ELSE applied
       /\ net' = net \cup {AppendEntries(current_term[s], s, Len(log[s]), prev_term, entry, index)}
       /\ UNCHANGED <<restarts, current_term, voted_for, log, role, elections>>

Next ==
    \/ \E p \in Server : restart(p)
    \/ \E s \in Server : timeout(s)
    \/ \E s \in Server, m \in net : update_term(s, m)
    \/ \E s \in Server, m \in Of(net, "RequestVote") : grant_vote(s, m)
    \/ \E s \in Server, q \in Quorum : become_leader(s, q)
    \/ \E s \in Server, c \in Command : client_request(s, c)
    \/ \E s \in Server, m \in Of(net, "AppendEntries") : accept_entries(s, m)
    \/ \E s \in Server, m \in Of(net, "AppendEntries") : refuse_entries(s, m)
    \/ \E s \in Server, m \in Of(net, "AppendReply") : retry(s, m)
    \/ \E s \in Server, index \in 0..LogLength, q \in Quorum : advance_commit(s, index, q)

Spec == Init /\ [][Next]_vars

\* At most one server is ever elected leader in a term.
election_safety ==
    LET appends == Of(net, "AppendEntries")
    IN \A m, n \in appends : m.term = n.term => m.leader = n.leader

\* Logs that have an entry of the same term at an index are the same up to there.
log_matching ==
    \A s, r \in Server :
        \A i \in 1..(IF Len(log[r]) < Len(log[s]) THEN Len(log[r]) ELSE Len(log[s])) :
            term_at(s, i) = term_at(r, i) => SubSeq(log[s], 1, i) = SubSeq(log[r], 1, i)

\* An entry committed in one term is in the log of every leader of a later term.
leader_completeness ==
    \A m \in Of(net, "AppendEntries") :
        is_committed(m) =>
          \A s \in Server :
              role[s] = "LEADER" /\ m.term < current_term[s] =>
                m.prev_index < Len(log[s]) /\ log[s][m.prev_index + 1] = m.entry

\* No two servers apply different entries at the same index.
state_machine_safety ==
    \A s, r \in Server :
        \A i \in 0..(IF Len(applied[r]) < Len(applied[s])
                     THEN Len(applied[r])
                     ELSE Len(applied[s])) - 1 :
            applied[s][i + 1] = applied[r][i + 1]

\* A server still holds what it acknowledged to the leader of its current term.
acknowledgements_kept ==
    \A m \in Of(net, "AppendReply") :
        m.success /\ m.term = current_term[m.follower] => m.index <= Len(log[m.follower])

\* A server's commit index never falls back behind what it has applied.
commitments_kept == \A s \in Server : Len(applied[s]) <= commit_index[s]

\* A leader never overwrites or deletes entries of its own log; it only appends.
leader_append_only ==
    [][\A s \in Server :
           role[s] = "LEADER" /\ role'[s] = "LEADER" =>
             Len(log[s]) <= Len(log'[s]) /\ SubSeq(log'[s], 1, Len(log[s])) = log[s]]_vars

\* A server never goes back to an earlier term, and never changes its vote in a term.
terms_and_votes_kept ==
    [][\A s \in Server :
           current_term'[s] <= current_term[s] =>
             (/\ current_term[s] = current_term'[s]
              /\ voted_for[s] # None => voted_for[s] = voted_for'[s])]_vars
====================================================================================================
