------------------------------------- MODULE ReliableBroadcast -------------------------------------
\* If one correct process delivers a message, all correct processes do, even if its sender crashes
\* half-way.
EXTENDS Integers, Bags, TLC

CONSTANTS
    Process,     \* A process that broadcasts and delivers messages.
    Message,     \* A broadcast message: the n-th of its sender.
    MaxCrashes,  \* The first value of crashes.
    m1,
    p1

\* the process that broadcasts m
origin == (m1 :> p1)

\* The copy of a message on its way from one process to another.
Data(message, sender, receiver) ==
    [kind |-> "Data", message |-> message, sender |-> sender, receiver |-> receiver]
DataMessage == [kind : {"Data"}, message : Message, sender : Process, receiver : Process]

VARIABLES
    crashed,    \* the processes that have stopped
    crashes,    \* how many more may stop
    to_send,    \* copies p has still to send; a crash may fall between any two
    received,   \* messages that have reached p and are not yet delivered
    delivered,  \* messages p has delivered
    net         \* copies on their way

vars == <<crashed, crashes, to_send, received, delivered, net>>

TypeOK ==
    /\ crashed \subseteq Process
    /\ crashes \in 0..MaxCrashes
    /\ to_send \in [Process -> SUBSET DataMessage]
    /\ received \in [Process -> SUBSET Message]
    /\ delivered \in [Process -> SUBSET Message]
    /\ IsABag(net) /\ BagToSet(net) \subseteq DataMessage

\* Return whether p has not crashed.
alive(p) == p \notin crashed

\* Return whether m has reached p before.
seen(p, m) == m \in received[p] \/ m \in delivered[p]

\* Return whether p may deliver m now.
deliverable(p, m) == m \in received[p]

\* Return whether a copy of m has left its origin.
sent(m) == \E q \in Process : q # origin[m] /\ Data(m, origin[m], q) \notin to_send[origin[m]]

\* Return whether p has no copy to send or receive, and no message to deliver.
idle(p) ==
    LET expected == {d \in BagToSet(net) : d.receiver = p}
    IN to_send[p] = {} /\ expected = {} /\ ~(\E m \in Message : deliverable(p, m))

\* Return whether no process that has not crashed has anything left to send, to receive or to
\* deliver.
quiescent == \A p \in Process : alive(p) => idle(p)

\* Return whether the processes that have not crashed have delivered the same messages.
delivered_alike == \A p, q \in Process : alive(p) /\ alive(q) => delivered[p] = delivered[q]

\* Return whether all processes that have not crashed have delivered each message of one that has
\* not.
delivered_where_due ==
    \A p \in Process, m \in Message : alive(p) /\ alive(origin[m]) => m \in delivered[p]

\* Return whether every process has delivered every message.
delivered_by_all == \A p \in Process, m \in Message : m \in delivered[p]

\* Return whether all is quiet, and yet a correct process has delivered what another one never will.
correct_differ == quiescent /\ ~delivered_alike

\* Return whether the origin of m has crashed with copies of m still to send.
cut_short(m) == ~alive(origin[m]) /\ (\E d \in to_send[origin[m]] : d.message = m)

\* Return whether every process that has not crashed has delivered m.
delivered_by_correct(m) == \A p \in Process : alive(p) => m \in delivered[p]

\* Return whether all correct processes have delivered a message that its origin crashed in the
\* midst of.
rescued == \E m \in Message : cut_short(m) /\ delivered_by_correct(m)

\* Every process runs.
\* Every message has reached its own sender, which has all other copies to send (Broadcast).
Init ==
    /\ crashed = {}
    /\ to_send = [p \in Process |->
                     UNION {{Data(m, p, q) : q \in {q \in Process : origin[m] = p /\ q # p}} :
                         m \in Message}]
    /\ received = [p \in Process |-> {m \in Message : origin[m] = p}]
    /\ delivered = [p \in Process |-> {}]
    /\ net = EmptyBag
    /\ crashes = MaxCrashes

\* Process p stops for good.
crash(p) ==
    /\ p \notin crashed
    /\ 0 < crashes
    /\ crashed' = crashed \cup {p}
    /\ crashes' = crashes - 1
    /\ UNCHANGED <<to_send, received, delivered, net>>

\* Process p sends its copy of m to q.
send(p, m, q) ==
    /\ alive(p)
    /\ Data(m, p, q) \in to_send[p]
    /\ to_send' = [to_send EXCEPT ![p] = @ \ {Data(m, p, q)}]
    /\ net' = net (+) SetToBag({Data(m, p, q)})
    /\ UNCHANGED <<crashed, crashes, received, delivered>>

\* Process p takes a copy from the network, and relays the message to all others if it is new.
receive(p, d) ==
    /\ alive(p)
    /\ d.receiver = p
    /\ BagIn(d, net)
    /\ IF seen(p, d.message)
       THEN UNCHANGED <<to_send, received>>
       ELSE /\ to_send' = [to_send EXCEPT ![p] = @
                                                 \cup {Data(d.message, p, q) :
                                                          q \in {q \in Process : q # p}}]
            /\ received' = [received EXCEPT ![p] = @ \cup {d.message}]
    /\ net' = net (-) SetToBag({d})
    /\ UNCHANGED <<crashed, crashes, delivered>>

\* Process p hands message m to its application (Deliver).
deliver(p, m) ==
    /\ alive(p)
    /\ deliverable(p, m)
    /\ received' = [received EXCEPT ![p] = @ \ {m}]
    /\ delivered' = [delivered EXCEPT ![p] = @ \cup {m}]
    /\ UNCHANGED <<crashed, crashes, to_send, net>>

Next ==
    \/ \E p \in Process : crash(p)
    \/ \E p \in Process, m \in Message, q \in Process : send(p, m, q)
    \/ \E p \in Process, d \in BagToSet(net) : receive(p, d)
    \/ \E p \in Process, m \in Message : deliver(p, m)

Spec == Init /\ [][Next]_vars

\* No process delivers a message twice: what a step delivers had not been delivered.
no_duplication ==
    [][\A p \in Process :
           \A m \in received[p] : m \notin received'[p] => m \notin delivered[p]]_vars

\* A process delivers only its own messages, and messages that their origin has sent to somebody.
no_creation == \A p \in Process : \A m \in delivered[p] : origin[m] = p \/ sent(m)

\* When all is quiet, every correct process has delivered every message of a correct process.
validity ==
    quiescent =>
      \A p \in Process, m \in Message : alive(p) /\ alive(origin[m]) => m \in delivered[p]

\* When all is quiet, the correct processes have delivered the same messages.
agreement == quiescent => delivered_alike
====================================================================================================
