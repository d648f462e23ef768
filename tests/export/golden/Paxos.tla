------------------------------------------- MODULE Paxos -------------------------------------------
\* A value is chosen once a quorum has accepted it in one ballot.
EXTENDS Integers

\* The messages of one kind.
Of(messages, kind) == {m \in messages : m.kind = kind}

\* All elements with the greatest key.
Maximal(S, key(_)) == {x \in S : \A y \in S : key(y) <= key(x)}

CONSTANTS
    Acceptor,       \* A process that votes.
    Value,          \* A value that may be chosen.
    Ballot,         \* A numbered attempt to choose a value; the number belongs to one proposer.
    PrepareQuorum,  \* Acceptors whose promises allow a proposal; meets every AcceptQuorum.
    AcceptQuorum,   \* Acceptors whose votes in one ballot choose a value.
    None            \* The absence of a value.

\* A vote for a value in a ballot: an accepted proposal.
Vote(ballot, value) == [ballot |-> ballot, value |-> value]
VoteRecord == [ballot : Ballot, value : Value]

\* The leader of a ballot asks for promises (1a).
Prepare(ballot) == [kind |-> "Prepare", ballot |-> ballot]
PrepareMessage == [kind : {"Prepare"}, ballot : Ballot]

\* An acceptor will take part in no lower ballot; this is its last vote so far (1b).
Promise(ballot, sender, vote) ==
    [kind |-> "Promise", ballot |-> ballot, sender |-> sender, vote |-> vote]
PromiseMessage ==
    [kind : {"Promise"}, ballot : Ballot, sender : Acceptor, vote : VoteRecord \cup {None}]

\* The leader of a ballot asks for votes for a value (2a).
Accept(ballot, value) == [kind |-> "Accept", ballot |-> ballot, value |-> value]
AcceptMessage == [kind : {"Accept"}, ballot : Ballot, value : Value]

\* An acceptor has voted for a value (2b).
Accepted(ballot, sender, value) ==
    [kind |-> "Accepted", ballot |-> ballot, sender |-> sender, value |-> value]
AcceptedMessage == [kind : {"Accepted"}, ballot : Ballot, sender : Acceptor, value : Value]

VARIABLES
    promised,  \* the highest ballot a has promised not to go below
    vote,      \* the last vote a cast
    net        \* every message ever sent

vars == <<promised, vote, net>>

TypeOK ==
    /\ promised \in [Acceptor -> Ballot \cup {None}]
    /\ vote \in [Acceptor -> VoteRecord \cup {None}]
    /\ net \subseteq PrepareMessage \cup PromiseMessage \cup AcceptMessage \cup AcceptedMessage

\* Return whether a quorum has accepted v in one ballot.
chosen(v) == \E b \in Ballot, q \in AcceptQuorum : \A a \in q : Accepted(b, a, v) \in net

\* Return whether a has promised a ballot above b, and so takes part in b no more.
is_past(a, b) == promised[a] # None /\ b < promised[a]

\* Return whether a has voted for v in ballot c, or has not voted there and never will (WontVoteIn).
only_for(a, c, v) ==
    LET absent == is_past(a, c) /\ ~(\E m \in Of(net, "Accepted") : m.ballot = c /\ m.sender = a)
    IN absent \/ Accepted(c, a, v) \in net

\* Return whether no value but v is chosen below ballot b, now or ever (SafeAt).
safe_at(b, v) == \A c \in Ballot : c < b => \E q \in PrepareQuorum : \A a \in q : only_for(a, c, v)

\* Return whether the last vote of a is in ballot b or above.
has_voted_from(a, b) == vote[a] # None /\ b <= vote[a].ballot

\* Return whether a has promised ballot b or one above.
has_promised(a, b) == promised[a] # None /\ b <= promised[a]

\* Return whether a has reported in a promise for b a vote in ballot c or above.
reports_from(b, a, c) ==
    \E m \in Of(net, "Promise") :
        m.ballot = b /\ m.sender = a /\ m.vote # None /\ c <= m.vote.ballot

\* Return whether a value has been chosen.
decided == \E v \in Value : chosen(v)

\* Return whether a value that got a vote in one ballot is proposed again in a higher one.
reproposed ==
    \E m \in Of(net, "Accepted"), n \in Of(net, "Accept") : m.ballot < n.ballot /\ m.value = n.value

\* Return whether the last vote of a is for another value than v.
holds_other(a, v) == vote[a] # None /\ vote[a].value # v

\* Return whether an acceptor still holds a vote for another value than the chosen one.
outvoted == \E v \in Value, a \in Acceptor : chosen(v) /\ holds_other(a, v)

\* Nobody has promised anything or voted.
Init ==
    /\ promised = [a \in Acceptor |-> None]
    /\ vote = [a \in Acceptor |-> None]
    /\ net = {}

\* A proposer asks to lead ballot b (Phase 1a).
prepare(b) ==
    /\ net' = net \cup {Prepare(b)}
    /\ UNCHANGED <<promised, vote>>

\* Acceptor a promises ballot m.ballot and reports its last vote (Phase 1b).
promise(a, m) ==
    /\ m \in net
    /\ promised[a] # None => promised[a] < m.ballot
    /\ promised' = [promised EXCEPT ![a] = m.ballot]
    /\ net' = net \cup {Promise(m.ballot, a, vote[a])}
    /\ UNCHANGED vote

\* The leader of b proposes v, which quorum q shows to be safe (Phase 2a).
propose(b, v, q) ==
    LET votes ==
            {m.vote :
                m \in {m \in Of(net, "Promise") : m.ballot = b /\ m.sender \in q /\ m.vote # None}}
    IN /\ ~(\E m \in Of(net, "Accept") : m.ballot = b)
       /\ \A a \in q : \E m \in Of(net, "Promise") : m.ballot = b /\ m.sender = a
       /\ votes = {} \/ (\E w \in Maximal(votes, LAMBDA w : w.ballot) : w.value = v)
       /\ net' = net \cup {Accept(b, v)}
       /\ UNCHANGED <<promised, vote>>

\* Acceptor a votes for m.value unless it promised a higher ballot (Phase 2b).
accept(a, m) ==
    /\ m \in net
    /\ promised[a] # None => promised[a] <= m.ballot
    /\ promised' = [promised EXCEPT ![a] = m.ballot]
    /\ vote' = [vote EXCEPT ![a] = Vote(m.ballot, m.value)]
    /\ net' = net \cup {Accepted(m.ballot, a, m.value)}

\* Acceptor a crashes and comes back; promise and vote were on disk before any message told of them.
restart(a) == UNCHANGED vars

\* Left out: restart, which changes nothing. Spec allows that anyway.
Next ==
    \/ \E b \in Ballot : prepare(b)
    \/ \E a \in Acceptor, m \in Of(net, "Prepare") : promise(a, m)
    \/ \E b \in Ballot, v \in Value, q \in PrepareQuorum : propose(b, v, q)
    \/ \E a \in Acceptor, m \in Of(net, "Accept") : accept(a, m)

Spec == Init /\ [][Next]_vars

\* At most one value is ever chosen.
agreement == \A v, w \in Value : chosen(v) /\ chosen(w) => v = w

\* Only a value that was proposed is chosen.
validity == \A v \in Value : chosen(v) => \E m \in Of(net, "Accept") : m.value = v

\* At most one value is proposed in a ballot.
one_value_per_ballot == \A m, n \in Of(net, "Accept") : m.ballot = n.ballot => m.value = n.value

\* Every vote is for a value that is safe in its ballot.
votes_safe == \A m \in Of(net, "Accepted") : safe_at(m.ballot, m.value)

\* No acceptor returns to a ballot that it has promised to be past.
promises_kept == [][\A a \in Acceptor, b \in Ballot : is_past(a, b) => is_past(a, b)']_vars

\* No acceptor replaces its last vote by one in a lower ballot, or by none.
votes_kept ==
    [][\A a \in Acceptor, b \in Ballot : has_voted_from(a, b) => has_voted_from(a, b)']_vars

\* A vote is for a value that was proposed in its ballot.
votes_proposed == \A m \in Of(net, "Accepted") : Accept(m.ballot, m.value) \in net

\* Who has voted in a ballot goes below it no more.
votes_promised == \A m \in Of(net, "Accepted") : has_promised(m.sender, m.ballot)

\* Who has sent a promise remembers it, or a higher one.
promises_recorded == \A m \in Of(net, "Promise") : has_promised(m.sender, m.ballot)

\* The last vote of an acceptor is one that it has sent.
votes_told ==
    \A a \in Acceptor, b \in Ballot, v \in Value : vote[a] = Vote(b, v) => Accepted(b, a, v) \in net

\* No acceptor has promised less than the ballot of its last vote.
votes_within_promises ==
    \A a \in Acceptor, b \in Ballot : has_voted_from(a, b) => has_promised(a, b)

\* The last vote of an acceptor is in no lower ballot than any that it has sent.
votes_recorded == \A m \in Of(net, "Accepted") : has_voted_from(m.sender, m.ballot)

\* A promise reports a vote in a lower ballot than it is for.
reports_below == \A m \in Of(net, "Promise") : m.vote # None => m.vote.ballot < m.ballot

\* A vote that a promise reports was cast.
reports_true ==
    \A m \in Of(net, "Promise") :
        m.vote # None => Accepted(m.vote.ballot, m.sender, m.vote.value) \in net

\* Who promises without a vote to report votes in no lower ballot, before or after.
reports_none ==
    \A m \in Of(net, "Promise") :
        m.vote = None => \A n \in Of(net, "Accepted") : n.sender = m.sender => m.ballot <= n.ballot

\* Who promises with a vote to report has no later one in a lower ballot, before or after.
reports_last ==
    \A m \in Of(net, "Promise") :
        m.vote # None =>
          \A n \in Of(net, "Accepted") :
              n.sender = m.sender /\ n.ballot < m.ballot =>
                reports_from(m.ballot, m.sender, n.ballot)

\* Below a proposal no other value can be chosen: of every quorum one has left that ballot without a
\* vote.
proposals_safe ==
    \A m \in Of(net, "Accept"), b \in Ballot :
        b < m.ballot =>
          \A v \in Value :
              v # m.value =>
                \A q \in AcceptQuorum : \E a \in q : is_past(a, b) /\ Accepted(b, a, v) \notin net

\* A proposal is for a value that is safe in its ballot: a quorum of promises shows it.
proposals_shown_safe == \A m \in Of(net, "Accept") : safe_at(m.ballot, m.value)
====================================================================================================
