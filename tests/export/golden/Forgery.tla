------------------------------------------ MODULE Forgery ------------------------------------------
\* Messages inside messages, some of them forged.
EXTENDS Integers, FiniteSets

\* The messages of one kind.
Of(messages, kind) == {m \in messages : m.kind = kind}

CONSTANTS
    Server,  \* A process.
    View,    \* A view.
    liars,
    None     \* The absence of a value.

Vote(sender, view) == [kind |-> "Vote", sender |-> sender, view |-> view]
VoteMessage == [kind : {"Vote"}, sender : Server, view : View]

Proof(votes, best) == [votes |-> votes, best |-> best]
ProofRecord == [votes : SUBSET VoteMessage, best : VoteMessage \cup {None}]

Start(sender, proof) == [kind |-> "Start", sender |-> sender, proof |-> proof]
StartMessage == [kind : {"Start"}, sender : Server, proof : ProofRecord]

Note(about) == [kind |-> "Note", about |-> about]
NoteMessage == [kind : {"Note"}, about : VoteMessage \cup StartMessage]

\* The Vote messages that can be forged, and all that are there.
ForgedVote == [kind : {"Vote"}, sender : liars, view : View]
AvailableVote(sent) == Of(sent, "Vote") \cup ForgedVote

\* The Start messages that can be forged, and all that are there.
ForgedStart(sent) ==
    [kind : {"Start"}, sender : liars,
     proof : [votes : SUBSET (AvailableVote(sent)), best : AvailableVote(sent) \cup {None}]]
AvailableStart(sent) == Of(sent, "Start") \cup ForgedStart(sent)

\* All messages that are there.
Available(sent) == sent \cup ForgedVote \cup ForgedStart(sent)

VARIABLES
    view,
    started,
    net

vars == <<view, started, net>>

TypeOK ==
    /\ view \in [Server -> View]
    /\ started \subseteq Server
    /\ net \subseteq VoteMessage \cup StartMessage \cup NoteMessage

Init ==
    /\ view = [s \in Server |-> 0]
    /\ started = {}
    /\ net = {}

vote(s) ==
    /\ s \notin liars
    /\ view[s] + 1 \in View
    /\ view' = [view EXCEPT ![s] = @ + 1]
    /\ net' = net \cup {Vote(s, view[s] + 1)}
    /\ UNCHANGED started

propose(s, v) ==
    /\ s \notin liars
    /\ v \in Available(net)
    /\ v.view # 0
    /\ net' = net \cup {Start(s, Proof({v}, v))}
    /\ UNCHANGED <<view, started>>

begin(s, m) ==
    /\ m \in Available(net)
    /\ s # m.sender
    /\ 1 < Cardinality({v.sender : v \in m.proof.votes})
    /\ m.proof.best # None
    /\ started' = started \cup {m.sender}
    /\ UNCHANGED <<view, net>>

tell(m) ==
    /\ m \in Available(net)
    /\ m.kind = "Start"
    /\ Note(m) \notin net
    /\ Of(net, "Note") = {}
    /\ net' = net \cup {Note(m)}
    /\ UNCHANGED <<view, started>>

Next ==
    \/ \E s \in Server : vote(s)
    \/ \E s \in Server, v \in AvailableVote(net) : propose(s, v)
    \/ \E s \in Server, m \in AvailableStart(net) : begin(s, m)
    \/ \E m \in AvailableVote(net) \cup AvailableStart(net) : tell(m)

Spec == Init /\ [][Next]_vars

votes_are_cast_or_forged ==
    \A v \in AvailableVote(net) : v.sender \in liars \/ v.view <= view[v.sender]

proofs_are_there == \A m \in AvailableStart(net) : \A v \in m.proof.votes : v \in Available(net)
====================================================================================================
