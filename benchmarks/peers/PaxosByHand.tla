------------------------------ MODULE PaxosByHand -------------------------------
(* Single-decree Paxos as one would write it in TLA+ for TLC: an acceptor has three variables, and the messages are a  *)
(* set of records that only grows, as in Lamport's module Paxos. The steps are those of models/paxos.py.               *)
EXTENDS Integers

CONSTANTS Acceptor, Value, Ballot, Quorum, NoValue

VARIABLES
    promised,     \* the highest ballot that an acceptor has promised, or -1
    votedBallot,  \* the ballot of its last vote, or -1
    votedValue,   \* the value it voted for there
    sent          \* all messages ever sent

vars == <<promised, votedBallot, votedValue, sent>>

Send(m) == sent' = sent \cup {m}

Init ==
    /\ promised = [a \in Acceptor |-> -1]
    /\ votedBallot = [a \in Acceptor |-> -1]
    /\ votedValue = [a \in Acceptor |-> NoValue]
    /\ sent = {}

\* Somebody asks to lead ballot b.
Prepare(b) ==
    /\ Send([type |-> "prepare", bal |-> b])
    /\ UNCHANGED <<promised, votedBallot, votedValue>>

\* Acceptor a takes part in no lower ballot any more, and reports its last vote.
Promise(a) ==
    \E m \in sent :
        /\ m.type = "prepare" /\ m.bal > promised[a]
        /\ promised' = [promised EXCEPT ![a] = m.bal]
        /\ Send([type |-> "promise", acc |-> a, bal |-> m.bal,
                 lastBal |-> votedBallot[a], lastVal |-> votedValue[a]])
        /\ UNCHANGED <<votedBallot, votedValue>>

\* The leader of ballot b proposes v, the last vote that a quorum reports, or any value if it reports none.
Propose(b, v) ==
    /\ ~ \E m \in sent : m.type = "accept" /\ m.bal = b
    /\ \E Q \in Quorum :
        LET replies == {m \in sent : m.type = "promise" /\ m.acc \in Q /\ m.bal = b}
            votes == {m \in replies : m.lastBal >= 0}
        IN /\ \A a \in Q : \E m \in replies : m.acc = a
           /\ \/ votes = {}
              \/ \E m \in votes : m.lastVal = v /\ \A n \in votes : n.lastBal <= m.lastBal
    /\ Send([type |-> "accept", bal |-> b, val |-> v])
    /\ UNCHANGED <<promised, votedBallot, votedValue>>

\* Acceptor a votes for what is proposed in a ballot, unless it has promised a higher one.
Accept(a) ==
    \E m \in sent :
        /\ m.type = "accept" /\ m.bal >= promised[a]
        /\ promised' = [promised EXCEPT ![a] = m.bal]
        /\ votedBallot' = [votedBallot EXCEPT ![a] = m.bal]
        /\ votedValue' = [votedValue EXCEPT ![a] = m.val]
        /\ Send([type |-> "accepted", acc |-> a, bal |-> m.bal, val |-> m.val])

Next ==
    \/ \E b \in Ballot : Prepare(b) \/ \E v \in Value : Propose(b, v)
    \/ \E a \in Acceptor : Promise(a) \/ Accept(a)

Spec == Init /\ [][Next]_vars

Chosen(v) ==
    \E b \in Ballot, Q \in Quorum :
        \A a \in Q : [type |-> "accepted", acc |-> a, bal |-> b, val |-> v] \in sent

Agreement == \A v, w \in Value : Chosen(v) /\ Chosen(w) => v = w
=================================================================================
