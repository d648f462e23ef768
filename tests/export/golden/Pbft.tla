------------------------------------------- MODULE Pbft --------------------------------------------
\* A request is executed once 2f + 1 replicas have committed it in one view.
EXTENDS Integers, FiniteSets, TLC

\* The messages of one kind.
Of(messages, kind) == {m \in messages : m.kind = kind}

\* The element with the greatest key.
MaxBy(S, key(_)) == CHOOSE x \in S : \A y \in S : key(y) <= key(x)

CONSTANTS
    Replica,           \* A server; at most f of them are Byzantine.
    Digest,            \* A request of a client, known by its digest.
    View,              \* A configuration in which one replica, the primary, orders the requests.
    Number,            \* A sequence number: a place in the order of requests.
    \* Backups whose PREPAREs, with the primary's PRE-PREPARE, make a certificate.
    PrepareQuorum,
    CommitQuorum,      \* Replicas whose COMMITs let a request be executed.
    ViewChangeQuorum,  \* Replicas whose VIEW-CHANGEs begin a view.
    f,                 \* how many Byzantine replicas are tolerated
    byzantine,         \* the replicas that may send anything they can sign
    r1,
    r2,
    None               \* The absence of a value.

\* who orders the requests in each view
primary == (0 :> r1 @@ 1 :> r2)

\* The claim that a request was prepared in a view. No request (None) is the null request, which
\* does nothing.
Certificate(view, digest) == [view |-> view, digest |-> digest]
CertificateRecord == [view : View, digest : Digest \cup {None}]

\* A client asks for a request to be executed. No replica can forge it.
Request(digest) == [kind |-> "Request", digest |-> digest]
RequestMessage == [kind : {"Request"}, digest : Digest]

\* The primary of a view assigns a sequence number to a request.
PrePrepare(view, number, digest, sender) ==
    [kind |-> "PrePrepare", view |-> view, number |-> number, digest |-> digest, sender |-> sender]
PrePrepareMessage ==
    [kind : {"PrePrepare"}, view : View, number : Number, digest : Digest \cup {None},
     sender : Replica]

\* A backup has accepted a PRE-PREPARE, and will accept no other for that view and number.
Prepare(view, number, digest, sender) ==
    [kind |-> "Prepare", view |-> view, number |-> number, digest |-> digest, sender |-> sender]
PrepareMessage ==
    [kind : {"Prepare"}, view : View, number : Number, digest : Digest \cup {None},
     sender : Replica]

\* A replica holds a certificate: the request is prepared.
Commit(view, number, digest, sender) ==
    [kind |-> "Commit", view |-> view, number |-> number, digest |-> digest, sender |-> sender]
CommitMessage ==
    [kind : {"Commit"}, view : View, number : Number, digest : Digest \cup {None}, sender : Replica]

\* A replica wants to enter a view, and shows its certificate of the highest view for a number, if
\* it has one.
ViewChange(view, number, certificate, sender) ==
    [kind |-> "ViewChange", view |-> view, number |-> number, certificate |-> certificate,
     sender |-> sender]
ViewChangeMessage ==
    [kind : {"ViewChange"}, view : View, number : Number,
     certificate : CertificateRecord \cup {None}, sender : Replica]

\* The primary of a view begins it, on the strength of the VIEW-CHANGEs of a quorum.
NewView(view, quorum, sender) ==
    [kind |-> "NewView", view |-> view, quorum |-> quorum, sender |-> sender]
NewViewMessage == [kind : {"NewView"}, view : View, quorum : ViewChangeQuorum, sender : Replica]

\* The PrePrepare messages that can be forged, and all that are there.
ForgedPrePrepare ==
    [kind : {"PrePrepare"}, view : View, number : Number, digest : Digest \cup {None},
     sender : byzantine]
AvailablePrePrepare(sent) == Of(sent, "PrePrepare") \cup ForgedPrePrepare

\* The Prepare messages that can be forged, and all that are there.
ForgedPrepare ==
    [kind : {"Prepare"}, view : View, number : Number, digest : Digest \cup {None},
     sender : byzantine]
AvailablePrepare(sent) == Of(sent, "Prepare") \cup ForgedPrepare

\* The Commit messages that can be forged, and all that are there.
ForgedCommit ==
    [kind : {"Commit"}, view : View, number : Number, digest : Digest \cup {None},
     sender : byzantine]
AvailableCommit(sent) == Of(sent, "Commit") \cup ForgedCommit

\* The ViewChange messages that can be forged, and all that are there.
ForgedViewChange ==
    [kind : {"ViewChange"}, view : View, number : Number,
     certificate : CertificateRecord \cup {None}, sender : byzantine]
AvailableViewChange(sent) == Of(sent, "ViewChange") \cup ForgedViewChange

\* The NewView messages that can be forged, and all that are there.
ForgedNewView == [kind : {"NewView"}, view : View, quorum : ViewChangeQuorum, sender : byzantine]
AvailableNewView(sent) == Of(sent, "NewView") \cup ForgedNewView

\* All messages that are there.
Available(sent) ==
    sent \cup ForgedPrePrepare \cup ForgedPrepare \cup ForgedCommit \cup ForgedViewChange
    \cup ForgedNewView

VARIABLES
    view,  \* the view that a correct replica is in, or waits to enter
    net    \* every message ever sent

vars == <<view, net>>

TypeOK ==
    /\ view \in [Replica -> View]
    /\ net \subseteq RequestMessage \cup PrePrepareMessage \cup PrepareMessage \cup CommitMessage
                     \cup ViewChangeMessage \cup NewViewMessage

\* Return whether a client has sent the request behind d; the null request is always there.
is_requested(d) == d # None => Request(d) \in net

\* Return whether the primary's PRE-PREPARE and 2f PREPAREs of different backups are there
\* (prepared).
is_certified(v, n, d) ==
    /\ PrePrepare(v, n, d, primary[v]) \in AvailablePrePrepare(net)
    /\ \E q \in PrepareQuorum :
           \A s \in q : s # primary[v] /\ Prepare(v, n, d, s) \in AvailablePrepare(net)

\* Return what the VIEW-CHANGEs of s for view v show for n: certificates that are proved, or None.
claims(s, v, n) ==
    LET shown ==
            {m.certificate :
                m \in {m \in AvailableViewChange(net) : m.sender = s /\ m.view = v /\ m.number = n}}
    IN {c \in shown : c # None => c.view < v /\ is_certified(c.view, n, c.digest)}

\* Return whether a sender of m's VIEW-CHANGEs shows certificate c for n, and none of them a higher
\* one.
is_highest(m, n, c) ==
    /\ \E s \in m.quorum : c \in claims(s, m.view, n)
    /\ \A s \in m.quorum : \E x \in claims(s, m.view, n) : x # None => x.view <= c.view

\* Return whether none of m's VIEW-CHANGEs shows a certificate for n.
is_free(m, n) == \A s \in m.quorum : ViewChange(m.view, n, None, s) \in AvailableViewChange(net)

\* Return whether one of m's VIEW-CHANGEs shows a certificate for n.
is_shown(m, n) == \E s \in m.quorum : \E c \in claims(s, m.view, n) : c # None

\* Return whether the VIEW-CHANGEs that m carries demand d for number n, or leave n free for any
\* request.
\*
\* They demand the certificate of the highest view; without one, the null request if a higher number
\* has one.
follows(m, n, d) ==
    IF \E v \in View : is_highest(m, n, Certificate(v, d))
    THEN TRUE
    ELSE IF d = None
         THEN is_free(m, n) /\ (\E k \in Number : n < k /\ is_shown(m, k))
         ELSE \A k \in Number : k < n \/ is_free(m, k)

\* Return whether the primary of v may assign n to d: any request in the first view, later what O
\* allows.
is_allowed(v, n, d) ==
    IF v = 0
    THEN d # None
    ELSE \E m \in AvailableNewView(net) : m.view = v /\ m.sender = primary[v] /\ follows(m, n, d)

\* Return the certificate of the highest view that r holds for a number.
last_prepared(r, n) ==
    LET held ==
            {Certificate(m.view, m.digest) :
                m \in {m \in AvailableCommit(net) : m.sender = r /\ m.number = n}}
    IN IF held = {} THEN None ELSE MaxBy(held, LAMBDA c : c.view)

\* Return whether s has sent a VIEW-CHANGE for view v.
has_asked(s, v) == \E m \in AvailableViewChange(net) : m.sender = s /\ m.view = v

\* Return the COMMITs of correct replicas: what they have prepared.
commits == {m \in AvailableCommit(net) : m.sender \notin byzantine}

\* Return whether the sender of m may execute its request: 2f + 1 COMMITs match m (committed-local).
is_committed(m) ==
    \E q \in CommitQuorum :
        \A s \in q : Commit(m.view, m.number, m.digest, s) \in AvailableCommit(net)

\* Return the COMMITs of correct replicas that their senders may follow by executing the request.
executions == {m \in commits : is_committed(m)}

\* Return the correct replicas that have prepared what m says.
preparers(m) ==
    {k.sender : k \in {k \in commits : k = Commit(m.view, m.number, m.digest, k.sender)}}

\* Return whether a request is executed in the first view.
executed_at_once == \E m \in executions : m.view = 0

\* Return whether a request is executed that a correct replica carried into a later view by a
\* certificate.
executed_after_view_change ==
    \E m \in executions, k \in AvailableViewChange(net) :
        /\ k.sender \notin byzantine
        /\ 0 < m.view
        /\ k.view = m.view
        /\ k.certificate # None
        /\ k.certificate.digest = m.digest

\* Return whether correct replicas have accepted different requests for a number in one view.
equivocation ==
    LET accepted == {m \in AvailablePrepare(net) : m.sender \notin byzantine}
    IN \E m, k \in accepted : m.view = k.view /\ m.number = k.number /\ m.digest # k.digest

\* Return whether the null request is executed.
gap_filled == \E m \in executions : m.digest = None

\* Every replica is in the first view; nothing has been requested.
Init ==
    /\ view = [r \in Replica |-> 0]
    /\ net = {}

\* A client sends request d to the replicas (REQUEST).
request(d) ==
    /\ net' = net \cup {Request(d)}
    /\ UNCHANGED view

\* Primary r assigns number n to request d, once in its view (PRE-PREPARE).
pre_prepare(r, n, d) ==
    /\ r \notin byzantine
    /\ r = primary[view[r]]
    /\ ~(\E m \in AvailablePrePrepare(net) : m.sender = r /\ m.view = view[r] /\ m.number = n)
    /\ is_requested(d)
    /\ is_allowed(view[r], n, d)
    /\ net' = net \cup {PrePrepare(view[r], n, d, r)}
    /\ UNCHANGED view

\* Backup r accepts the primary's first proposal for a number, if that is its to make (PREPARE).
prepare(r, m) ==
    /\ r \notin byzantine
    /\ m \in AvailablePrePrepare(net)
    /\ m.sender = primary[m.view]
    /\ r # m.sender
    /\ view[r] <= m.view
    /\ ~(\E p \in AvailablePrepare(net) : p.sender = r /\ p.view = m.view /\ p.number = m.number)
    /\ is_requested(m.digest)
    /\ is_allowed(m.view, m.number, m.digest)
    /\ view' = [view EXCEPT ![r] = m.view]
    /\ net' = net \cup {Prepare(m.view, m.number, m.digest, r)}

\* Replica r holds a certificate for a proposal that it has accepted (COMMIT).
commit(r, m) ==
    /\ r \notin byzantine
    /\ m \in AvailablePrePrepare(net)
    /\ view[r] = m.view
    /\ r = m.sender \/ Prepare(m.view, m.number, m.digest, r) \in AvailablePrepare(net)
    /\ is_certified(m.view, m.number, m.digest)
    /\ net' = net \cup {Commit(m.view, m.number, m.digest, r)}
    /\ UNCHANGED view

\* Replica r gives up its view, and shows for each number what it has prepared last (VIEW-CHANGE).
change_view(r) ==
    LET prepared == [n \in Number |-> last_prepared(r, n)]
    IN /\ r \notin byzantine
       /\ view[r] + 1 \in View
       /\ view' = [view EXCEPT ![r] = @ + 1]
       /\ net' = net \cup {ViewChange(view[r] + 1, n, prepared[n], r) : n \in Number}

\* Primary r begins its view on the VIEW-CHANGEs of quorum q, its own among them (NEW-VIEW).
new_view(r, q) ==
    /\ r \notin byzantine
    /\ r = primary[view[r]]
    /\ r \in q
    /\ ~(\E m \in AvailableNewView(net) : m.sender = r /\ m.view = view[r])
    /\ \A s \in q : has_asked(s, view[r])
    /\ net' = net \cup {NewView(view[r], q, r)}
    /\ UNCHANGED view

Next ==
    \/ \E d \in Digest : request(d)
    \/ \E r \in Replica, n \in Number, d \in Digest \cup {None} : pre_prepare(r, n, d)
    \/ \E r \in Replica, m \in AvailablePrePrepare(net) : prepare(r, m)
    \/ \E r \in Replica, m \in AvailablePrePrepare(net) : commit(r, m)
    \/ \E r \in Replica : change_view(r)
    \/ \E r \in Replica, q \in ViewChangeQuorum : new_view(r, q)

Spec == Init /\ [][Next]_vars

\* No two correct replicas execute different requests under the same number, in whatever views.
agreement == \A m, k \in executions : m.number = k.number => m.digest = k.digest

\* At most one request is prepared for a number in a view.
prepared_unique ==
    \A m, k \in commits : m.view = k.view /\ m.number = k.number => m.digest = k.digest

\* What a correct replica executes, at least f + 1 correct replicas have prepared in that view.
committed_is_prepared == \A m \in executions : f < Cardinality(preparers(m))

\* Once a request is executed in a view, no correct replica accepts another for its number in a
\* later view.
new_view_safe ==
    \A m \in executions, p \in AvailablePrepare(net) :
        p.sender \notin byzantine /\ m.view < p.view /\ m.number = p.number => m.digest = p.digest

\* Only the null request and what a client has sent is executed.
validity == \A m \in executions : m.digest # None => Request(m.digest) \in net
====================================================================================================
