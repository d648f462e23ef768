------------------------------------------- MODULE Loops -------------------------------------------
\* Loops over all servers and over some, whose bodies branch, nest and send.
EXTENDS Integers, FiniteSets, Sequences, Bags

\* The messages of one kind.
Of(messages, kind) == {m \in messages : m.kind = kind}

\* One copy of a message for each element of a set.
BagOf(S, message(_)) == [m \in {message(x) : x \in S} |-> Cardinality({x \in S : message(x) = m})]

CONSTANTS
    Server,    \* A process.
    Limit,     \* Entries of a log, messages of a channel, and the end of counters.
    MaxPings   \* The first value of pings.

Ping(to) == [kind |-> "Ping", to |-> to]
PingMessage == [kind : {"Ping"}, to : Server]

Pong(source, to) == [kind |-> "Pong", source |-> source, to |-> to]
PongMessage == [kind : {"Pong"}, source : Server, to : Server]

VARIABLES
    seen,
    match,
    link,
    bag,
    net,
    pings

vars == <<seen, match, link, bag, net, pings>>

TypeOK ==
    /\ seen \in [Server -> SUBSET Server]
    /\ match \in [Server -> [Server -> 0..Limit]]
    /\ link \in [Server -> [Server -> Seq(PingMessage)]]
    /\ IsABag(bag) /\ BagToSet(bag) \subseteq PingMessage \cup PongMessage
    /\ net \subseteq PingMessage \cup PongMessage
    /\ pings \in 0..MaxPings

Init ==
    /\ seen = [s \in Server |-> {s}]
    /\ match = [s \in Server |-> [t \in Server |-> 0]]
    /\ link = [source \in Server |-> [destination \in Server |-> <<>>]]
    /\ bag = EmptyBag
    /\ net = {}
    /\ pings = MaxPings

\* Some servers learn of one, and what others have of them is reset.
meet(s, t) ==
    /\ s # t
    /\ t \notin seen[s]
    /\ seen' = [p \in Server |->
                   IF p \in seen[s]
                   THEN IF p # s
                        THEN seen[p] \cup {t}
                        ELSE IF match[s][p] = 0 THEN {t, p} ELSE seen[p] \cup {s}
                   ELSE seen[p]]
    /\ match' = [key \in Server |->
                    [p \in Server |->
                        IF p \in seen[s]
                        THEN IF p # s
                             THEN IF key = s THEN 1 ELSE match[key][p]
                             ELSE IF match[s][p] = 0
                                  THEN IF key = s THEN 1 ELSE match[key][p]
                                  ELSE match[key][p]
                        ELSE match[key][p]]]
    /\ UNCHANGED <<link, bag, net, pings>>

\* All counters of all servers at once.
level(s) ==
    /\ match' = [p \in Server |->
                    [q \in Server |->
                        IF p # s /\ q \in seen[p]
                        THEN IF p = p THEN match[p][q] \div 2 ELSE match[p][q]
                        ELSE IF p = p THEN 1 ELSE match[p][q]]]
    /\ UNCHANGED <<seen, link, bag, net, pings>>

\* To all that s knows, on every network; the same message may be sent twice.
ping(s) ==
    /\ 0 < pings
    /\ \A p \in seen[s] : Len(link[s][p]) < Limit
    /\ link' = [link EXCEPT ![s] = [p \in Server |->
                                       IF p \in seen[s]
                                       THEN Append(link[s][p], Ping(p))
                                       ELSE link[s][p]]]
    /\ bag' = bag (+) BagOf({p \in seen[s] : p # s}, LAMBDA p : Ping(s))
    /\ net' = net \cup ({Ping(p) : p \in {p \in seen[s] : p # s}} \cup {Pong(s, s)})
    /\ pings' = pings - 1
    /\ UNCHANGED <<seen, match>>

\* A reply for each pair, or the message back.
pong(s, m) ==
    /\ s # m.to
    /\ BagIn(m, bag)
    /\ IF m.to \in seen[s]
       THEN /\ bag' = (bag (-) SetToBag({m}))
                      (+) BagOf(UNION {{<<p, q>> : q \in {q \in seen[p] : q # s}} : p \in Server},
                                LAMBDA binding : Pong(binding[1], s))
            /\ UNCHANGED net
       ELSE /\ bag' = (bag (-) SetToBag({m})) (+) SetToBag({Pong(m.to, s)})
            /\ net' = net \cup {Pong(m.to, s)}
    /\ UNCHANGED <<seen, match, link, pings>>

\* A message is lost.
lose(m) ==
    /\ BagIn(m, bag)
    /\ bag' = bag (-) SetToBag({m})
    /\ UNCHANGED <<seen, match, link, net, pings>>

\* A channel is read, and broken if that was all.
read(s, t) ==
    /\ link[s][t] # <<>>
    /\ Tail(link[s][t]) # <<>> =>
         Len(IF t = s THEN IF s = t THEN <<>> ELSE link[s][s] ELSE link[t][s]) < Limit
    /\ seen' = [seen EXCEPT ![t] = @ \cup {link[s][t][1].to, s}]
    /\ link' = IF Tail(link[s][t]) # <<>>
               THEN [link EXCEPT ![s][t] = <<>>,
                                 ![t] = [IF t = s
                                         THEN [link[s] EXCEPT ![t] = <<>>]
                                         ELSE link[t] EXCEPT ![s] = Append(IF t = s
                                                                           THEN IF s = t
                                                                                THEN <<>>
                                                                                ELSE link[s][s]
                                                                           ELSE link[t][s],
                                                                           link[s][t][1])]]
               ELSE [link EXCEPT ![s][t] = Tail(@)]
    /\ UNCHANGED <<match, bag, net, pings>>

Next ==
    \/ \E s, t \in Server : meet(s, t)
    \/ \E s \in Server : level(s)
    \/ \E s \in Server : ping(s)
    \/ \E s \in Server, m \in Of(BagToSet(bag), "Ping") \cup Of(net, "Ping") : pong(s, m)
    \/ \E m \in Of(BagToSet(bag), "Pong") \cup Of(net, "Pong") : lose(m)
    \/ \E s, t \in Server : read(s, t)

Spec == Init /\ [][Next]_vars
====================================================================================================
