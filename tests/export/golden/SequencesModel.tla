-------------------------------------- MODULE SequencesModel ---------------------------------------
\* A model called like a standard module, whose names are words of TLA+.
EXTENDS Integers, FiniteSets, Sequences, Bags

\* The messages of one kind.
Of(messages, kind_2) == {m \in messages : m.kind_2 = kind_2}

\* The single element of a set.
Only(S) == CHOOSE x \in S : TRUE

\* One copy of a message for each element of a set.
BagOf(S, message(_)) == [m \in {message(x) : x \in S} |-> Cardinality({x \in S : message(x) = m})]

CONSTANTS
    Server,    \* A process. *) ends no comment.
    Term,      \* A term.
    Length,    \* Entries of a sequence.
    MaxSteps,  \* The first value of steps.
    None       \* The absence of a value.

Color == {"RED", "GREEN"}

Left(value, kind) == [kind_2 |-> "Left", value |-> value, kind |-> kind]
LeftRecord == [kind_2 : {"Left"}, value : 0..2, kind : BOOLEAN]

Right(value, kind) == [kind_2 |-> "Right", value |-> value, kind |-> kind]
RightRecord == [kind_2 : {"Right"}, value : Server \cup {None}, kind : Color]

Carry(value, IF_2) == [kind_2 |-> "Carry", value |-> value, IF_2 |-> IF_2]
CarryMessage == [kind_2 : {"Carry"}, value : 0..2, IF_2 : Server]

Bring(value, IF_2) == [kind_2 |-> "Bring", value |-> value, IF_2 |-> IF_2]
BringMessage == [kind_2 : {"Bring"}, value : Term \cup {None}, IF_2 : Color]

VARIABLES
    Append_2,  \* alternatives
    vars_2,    \* fields of one name that have different types
    owner,     \* indexed by a truth value
    Next_2,    \* indexed by a number
    CHOOSE_2,  \* None beside members
    Init_2,    \* None beside numbers
    UNION_2,   \* None beside truth values
    LET_2,     \* None beside strings
    DOMAIN_2,
    bag,
    net,
    link,
    steps

vars == <<Append_2, vars_2, owner, Next_2, CHOOSE_2, Init_2, UNION_2, LET_2, DOMAIN_2, bag, net,
          link, steps>>

TypeOK ==
    /\ Append_2 \in Seq(LeftRecord \cup RightRecord)
    /\ vars_2 \subseteq LeftRecord \cup RightRecord
    /\ owner \in [BOOLEAN -> Server \cup {None}]
    /\ Next_2 \in [0..2 -> Color]
    /\ CHOOSE_2 \subseteq Server \cup {None}
    /\ Init_2 \subseteq 0..2 \cup {None}
    /\ UNION_2 \subseteq BOOLEAN \cup {None}
    /\ LET_2 \subseteq Color \cup {None}
    /\ DOMAIN_2 \in [Server -> [Term -> Seq(0..2)]]
    /\ IsABag(bag) /\ BagToSet(bag) \subseteq CarryMessage \cup BringMessage
    /\ net \subseteq CarryMessage \cup BringMessage
    /\ link \in [Server -> [Server -> Seq(CarryMessage)]]
    /\ steps \in 0..MaxSteps

Next_of(Next_3) ==
    LET DOMAIN_3 == Next_3 * 2 - Next_3 IN IF Next_2[Next_3] = "RED" THEN DOMAIN_3 ELSE 1

knows(c) == c \in CHOOSE_2

owns_all(s) == s = owner[TRUE]

other(s) == IF s = None THEN None ELSE owner[FALSE]

owned_before(s) == owns_all(s) /\ (s = owner'[TRUE] \/ owner'[TRUE] # s)

kept ==
    LET is_same == owner[TRUE] = owner'[TRUE]
        members == IF Append_2 = <<>> THEN {owner[TRUE]} ELSE {owner'[TRUE]}
    IN /\ \A b \in BOOLEAN : knows(owner[b]) => owner[b] \in CHOOSE_2'
       /\ (owner[TRUE] = owner'[TRUE]) = is_same
       /\ owns_all(owner'[TRUE]) = is_same
       /\ (LET s == Only(members) IN s = owner'[TRUE]) = (is_same \/ Append_2 # <<>>)
       /\ (LET s == IF owner[TRUE] = None THEN None ELSE owner[FALSE] IN s = owner'[TRUE])
            = (owner'[TRUE] = (IF owner[TRUE] = None THEN None ELSE owner[FALSE]))
       /\ owned_before(owner'[TRUE]) = is_same
       /\ owned_before(other(owner[TRUE])') = (owner[TRUE] = other(owner[TRUE])')

Init ==
    \E s \in Server :
        /\ Append_2 = <<>>
        /\ vars_2 = {}
        /\ owner = [b \in BOOLEAN |-> IF b THEN s ELSE None]
        /\ Next_2 = [i \in 0..2 |-> "RED"]
        /\ CHOOSE_2 = {None}
        /\ Init_2 = {None}
        /\ UNION_2 = {None}
        /\ LET_2 = {None}
        /\ DOMAIN_2 = [r \in Server |-> [t \in Term |-> <<>>]]
        /\ bag = EmptyBag
        /\ net = {}
        /\ link = [source \in Server |-> [destination \in Server |-> <<>>]]
        /\ steps = MaxSteps

append(Append_3, i, b) ==
    LET new_Append == Append(Append_2, IF b THEN Left(i, b) ELSE Right(owner[TRUE], "RED"))
    IN /\ 0 < steps
       /\ Len(Append_2) < Length
       /\ Append_2' = IF Len(new_Append) = 2
                      THEN [new_Append EXCEPT ![1] = new_Append[2]]
                      ELSE new_Append
       /\ IF new_Append[Len(new_Append)].kind_2 = "Right"
          THEN /\ vars_2' = vars_2 \cup {Right(Append_3, "GREEN")}
               /\ CHOOSE_2' = CHOOSE_2 \cup {owner[TRUE]}
          ELSE /\ vars_2' = vars_2 \cup {new_Append[Len(new_Append)]}
               /\ UNCHANGED CHOOSE_2
       /\ steps' = steps - 1
       /\ UNCHANGED <<owner, Next_2, Init_2, UNION_2, LET_2, DOMAIN_2, bag, net, link>>

owns(Spec_2, b) ==
    /\ 0 < steps
    /\ owner' = [owner EXCEPT ![b] = IF @ = Spec_2 THEN None ELSE Spec_2]
    /\ Init_2' = {i \in 0..2 : Next_2[i] = "RED"} \cup {None}
    /\ UNION_2' = UNION_2 \cup {b}
    /\ LET_2' = LET_2 \cup {IF b THEN "GREEN" ELSE "RED"}
    /\ steps' = steps - 1
    /\ UNCHANGED <<Append_2, vars_2, Next_2, CHOOSE_2, DOMAIN_2, bag, net, link>>

paint(kind) ==
    LET vars_3 == {i \in 0..2 : Next_2[i] # kind}
    IN /\ 0 < steps
       /\ \E s \in {s \in Server : owner[TRUE] # s} :
              /\ Next_2' = [i \in 0..2 |->
                               IF i \in vars_3
                               THEN IF 0 < i THEN kind ELSE Next_2[i]
                               ELSE Next_2[i]]
              /\ DOMAIN_2' = [DOMAIN_2 EXCEPT ![s] = [t \in Term |->
                                                         Append(SubSeq(DOMAIN_2[s][t], 1, 0),
                                                                IF vars_3 # {}
                                                                THEN Cardinality(vars_3) - 1
                                                                ELSE 0)]]
              /\ steps' = steps - 1
              /\ UNCHANGED <<Append_2, vars_2, owner, CHOOSE_2, Init_2, UNION_2, LET_2, bag, net,
                             link>>

send(s, m) ==
    /\ 0 < steps
    /\ Len(link[s][m]) < Length
    /\ bag' = bag (+) BagOf(Server, LAMBDA r : Carry(1, m))
              (+) BagOf(UNION {{<<r, t>> : t \in {t \in Term : r # s}} : r \in Server},
                        LAMBDA binding : Bring(binding[2], "RED"))
    /\ net' = net \cup {Bring(None, "GREEN")}
    /\ link' = [link EXCEPT ![s][m] = Append(@, Carry(2, s))]
    /\ steps' = steps - 1
    /\ UNCHANGED <<Append_2, vars_2, owner, Next_2, CHOOSE_2, Init_2, UNION_2, LET_2, DOMAIN_2>>

lower(m) ==
    /\ m.value # None
    /\ 0 < m.value
    /\ BagIn(m, bag)
    /\ bag' = (bag (-) SetToBag({m})) (+) SetToBag({Bring(0, m.IF_2)})
    /\ UNCHANGED <<Append_2, vars_2, owner, Next_2, CHOOSE_2, Init_2, UNION_2, LET_2, DOMAIN_2, net,
                   link, steps>>

take(m, s, r) ==
    /\ BagIn(m, bag)
    /\ link[s][r] # <<>>
    /\ link[s][r][1].IF_2 = s
    /\ Len(IF r = s THEN IF s = r THEN Tail(link[s][r]) ELSE link[s][s] ELSE link[r][s]) < Length
    /\ bag' = bag (-) SetToBag({m})
    /\ net' = IF m \in net THEN net ELSE net \cup {m}
    /\ link' = [link EXCEPT ![s][r] = Tail(@),
                            ![r] = [IF r = s
                                    THEN [link[s] EXCEPT ![r] = Tail(@)]
                                    ELSE link[r] EXCEPT ![s] = Append(IF r = s
                                                                      THEN IF s = r
                                                                           THEN Tail(link[s][r])
                                                                           ELSE link[s][s]
                                                                      ELSE link[r][s],
                                                                      link[s][r][1])]]
    /\ UNCHANGED <<Append_2, vars_2, owner, Next_2, CHOOSE_2, Init_2, UNION_2, LET_2, DOMAIN_2,
                   steps>>

Next ==
    \/ \E Append_3 \in Server, i \in 0..2, b \in BOOLEAN : append(Append_3, i, b)
    \/ \E Spec_2 \in Server, b \in BOOLEAN : owns(Spec_2, b)
    \/ \E kind \in Color : paint(kind)
    \/ \E s, m \in Server : send(s, m)
    \/ \E m \in Of(BagToSet(bag), "Bring") \cup Of(net, "Bring") : lower(m)
    \/ \E m \in BagToSet(bag) \cup net, s, r \in Server : take(m, s, r)

Spec == Init /\ [][Next]_vars

Cardinality_2 == \A i \in 0..2 : 0 <= Len(Append_2) /\ 0 <= Next_of(i)

Len_2 == [][Len(Append_2) <= Len(Append_2') /\ (\A c \in CHOOSE_2 : knows(c)') /\ kept]_vars
====================================================================================================
