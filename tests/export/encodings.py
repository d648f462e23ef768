"""Models whose names, values and expressions are those that TLA+ and TLC are most likely to see differently."""

from __future__ import annotations

DECLARATIONS = '''
class Server(Sort):
    """A process. *) ends no comment."""

class Term(Order):
    """A term."""

class Length(Bound):
    """Entries of a sequence."""

class Pair(Threshold[Server], size="2"):
    """Two servers."""

class Color(Enum):
    RED = auto()
    GREEN = auto()

Index = Annotated[int, Range(0, 2)]

@record
class Left:
    value: Index
    kind: bool

@record
class Right:
    value: Server | None
    kind: Color

@record
class Vote:
    term: Term
    voter: Server

@message
class Carry:
    value: Index
    IF: Server

@message
class Bring:
    value: Term | None
    IF: Color
'''

NAMES = (
    DECLARATIONS
    + '''
class Sequences(Model):
    """A model called like a standard module, whose names are words of TLA+."""

    Append: Seq[Left | Right, Length]  # alternatives
    vars: Set[Left | Right]  # fields of one name that have different types
    owner: Map[bool, Server | None]  # indexed by a truth value
    Next: Map[Index, Color]  # indexed by a number
    CHOOSE: Set[Server | None]  # None beside members
    Init: Set[Index | None]  # None beside numbers
    UNION: Set[bool | None]  # None beside truth values
    LET: Set[Color | None]  # None beside strings
    DOMAIN: Map[Server, Map[Term, Seq[Index, Length]]]
    bag: Bag[Carry | Bring]
    net: MessageSet[Carry | Bring]
    link: Fifo[Server, Carry, Length]
    steps: Budget[int]

    @initial
    def start(self, s: Server) -> None:
        self.Append = Seq()
        self.vars = set()
        for b in bool:
            self.owner[b] = s if b else None
        for i in range(0, 3):
            self.Next[i] = Color.RED
        self.CHOOSE = {None}
        self.Init = {None}
        self.UNION = {None}
        self.LET = {None}
        for r in Server:
            for t in Term:
                self.DOMAIN[r][t] = Seq()

    @action
    def append(self, Append: Server, i: Index, b: bool) -> None:
        spend(self.steps)
        self.Append.append(Left(i, b) if b else Right(self.owner[True], Color.RED))
        last = self.Append[len(self.Append) - 1]
        if isinstance(last, Right):
            self.vars |= {Right(Append, Color.GREEN)}
            self.CHOOSE |= {self.owner[True]}
        else:
            self.vars = self.vars | {last}
        if len(self.Append) == 2:
            self.Append[0] = self.Append[1]

    @action
    def owns(self, Spec: Server, b: bool) -> None:
        spend(self.steps)
        self.owner[b] = None if self.owner[b] == Spec else Spec
        self.Init = {i for i in range(0, 3) if self.Next[i] == Color.RED} | {None}
        self.UNION |= {b}
        self.LET |= {Color.GREEN if b else Color.RED}

    @action
    def paint(self, kind: Color) -> None:
        spend(self.steps)
        vars = {i for i in range(0, 3) if self.Next[i] != kind}
        for i in vars:
            if i > 0:
                self.Next[i] = kind
        s = choose({s for s in Server if self.owner[True] != s})
        for t in Term:
            self.DOMAIN[s][t] = self.DOMAIN[s][t][0:0] + Seq(len(vars) - 1 if vars else 0)

    @action
    def send(self, s: Server, m: Server) -> None:
        spend(self.steps)
        for r in Server:
            self.bag.send(Carry(1, m))
            for t in Term:
                if r != s:
                    self.bag.send(Bring(t, Color.RED))
        self.link.send(s, m, Carry(2, s))
        self.net.send(Bring(None, Color.GREEN))

    @action
    def lower(self, m: Bring) -> None:
        require(m.value is not None and m.value > Term.first())
        self.bag.receive(m)
        self.bag.send(Bring(Term.first(), m.IF))

    @action
    def take(self, m: Carry | Bring, s: Server, r: Server) -> None:
        self.bag.receive(m)
        if m not in self.net:
            self.net.send(m)
        got = self.link.receive(s, r)
        require(got.IF == s)
        self.link.send(r, s, got)

    @invariant
    def Cardinality(self) -> bool:
        return all(len(self.Append) >= 0 and 0 <= self.Next_of(i) for i in range(0, 3))

    def Next_of(self, Next: Index) -> int:
        DOMAIN = Next * 2 - Next
        return DOMAIN if self.Next[Next] == Color.RED else 1

    @transition_invariant
    def Len(self, old: Self) -> bool:
        return len(old.Append) <= len(self.Append) and all(self.knows(c) for c in old.CHOOSE) and self.kept(old)

    def knows(self, c: Server | None) -> bool:
        return c in self.CHOOSE

    def kept(self, old: Self) -> bool:
        first = old.owner[True]
        last = self.owner[True]
        is_same = first == last
        members = {first} if len(old.Append) == 0 else {last}
        return (
            all(not old.knows(old.owner[b]) or self.knows(old.owner[b]) for b in bool)
            and self.owns_all(first) == is_same
            and old.owns_all(last) == is_same
            and self.owns_all(only(members)) == (is_same or len(old.Append) > 0)
            and self.owns_all(old.other(first)) == (last == (None if first is None else old.owner[False]))
            and self.owned_before(old, last) == is_same
            and self.owned_before(old, self.other(last)) == (old.owner[True] == self.other(last))
        )

    def owns_all(self, s: Server | None) -> bool:
        return s == self.owner[True]

    def owned_before(self, old: Self, s: Server | None) -> bool:
        return old.owns_all(s) and (self.owns_all(s) or self.owner[True] != s)

    def other(self, s: Server | None) -> Server | None:
        return None if s is None else self.owner[False]
'''
)

FORGERY = '''
class Server(Sort):
    """A process."""

class View(Order):
    """A view."""

@message(signed_by="sender")
class Vote:
    sender: Server
    view: View

@record
class Proof:
    votes: Set[Vote]
    best: Vote | None

@message(signed_by="sender")
class Start:
    sender: Server
    proof: Proof

@message
class Note:
    about: Vote | Start

class Forgery(Model):
    """Messages inside messages, some of them forged."""

    liars: Byzantine[Server]
    view: Map[Server, View]
    started: Set[Server]
    net: MessageSet[Vote | Start | Note]

    @initial
    def start(self) -> None:
        for s in Server:
            self.view[s] = View.first()
        self.started = set()

    @action
    def vote(self, s: Server) -> None:
        require(s not in self.liars)
        self.view[s] = successor(self.view[s])
        self.net.send(Vote(s, self.view[s]))

    @action
    def propose(self, s: Server, v: Vote) -> None:
        require(s not in self.liars and v in self.net and v.view != View.first())
        self.net.send(Start(s, Proof({v}, v)))

    @action
    def begin(self, s: Server, m: Start) -> None:
        require(m in self.net and s != m.sender)
        require(len({v.sender for v in m.proof.votes}) > 1 and m.proof.best is not None)
        self.started |= {m.sender}

    @action
    def tell(self, m: Vote | Start) -> None:
        require(m in self.net and isinstance(m, Start) and Note(m) not in self.net)
        require(len(self.net.of(Note)) == 0)
        self.net.send(Note(m))

    @invariant
    def votes_are_cast_or_forged(self) -> bool:
        return all(v.sender in self.liars or v.view <= self.view[v.sender] for v in self.net.of(Vote))

    @invariant
    def proofs_are_there(self) -> bool:
        return all(v in self.net for m in self.net.of(Start) for v in m.proof.votes)
'''

CLAIMS = (
    "1 + 2 * 3 - 4 == 3 and 7 - (3 - 2) == 6 and 7 - 3 - 2 == 2 and (1 + 2) * 3 == 9",
    "(0 - 7) // 2 == 0 - 4 and 7 // 2 == 3 and (0 - 7) % 2 == 1 and 7 % 3 == 1",
    "-3 < -2 and not 1 < 1 and 1 <= 1 <= 2 and 3 > 2 >= 2 and not 2 > 2",
    "1 == 1 and 1 != 2 and (1 == 2) == (2 == 1) and not (1 == 1 and 2 == 1)",
    "all(i < 3 or i > 5 or i in {3, 4, 5} for i in range(9)) and not any(i > 2 for i in range(1, 3))",
    "{1, 2} | {3} - {3} == {1, 2} and {1, 2} & {2, 3} == {2} and ({1} | {2}) - {1} == {2}",
    "{1} < {1, 2} and not {1} < {1} and {1} <= {1} and set() <= {1} and not {1, 2} <= {1}",
    "{i + j for i in range(2) for j in range(1, 3) if i < j} == {1, 2, 3}",
    "{i for i in range(5) if i % 2 == 0 and i > 0} == {2, 4} and len({i * i for i in range(0 - 2, 3)}) == 3",
    "{w.voter for w in self.votes} <= {s for s in Server} and len(self.votes) == 2",
    "self.log[1:] == Seq(1) and self.log[:1] + self.log == Seq(0, 0, 1) and self.log[1:1] == self.log[2:]",
    "len(self.log + self.log[0:2]) == 4 and (self.log + Seq(5))[2] == 5 and self.log[len(self.log) - 1] == 1",
    "1 in self.log and 7 not in self.log and all(i < 2 for i in self.log) and {i for i in self.log} == {0, 1}",
    "max({1, 3, 2}) == 3 and min({4, 2}) == 2 and max(1, 2) == 2 and min(1, 2) == 1 and max(self.log) == 1",
    "min({i for i in range(0)}, default=9) == 9 and max({i for i in range(2)}, default=9) == 1",
    "maximal(self.votes, key=lambda w: w.term) == self.votes and minimal({1, 2}, key=lambda i: 0 - i) == {2}",
    "max(self.late, key=lambda w: w.term).voter == self.told[False]",
    "only({w.term for w in self.votes}) == Term.first()",
    "Pair.covers({w.voter for w in self.votes}) and not Pair.covers({w.voter for w in self.late})",
    "all(len(q) == 2 and any(s in q for s in r) for q in Pair for r in Pair) and len({s for s in Server}) == 3",
    "self.none is None and self.some is not None and self.some.voter in {s for s in Server}",
    "self.none == None or self.some == None or self.none == self.some or self.none != self.some",
    "mapping({b: 1 if b else 0 for b in bool})[True] == 1",
    "mapping({s: self.told[True] for s in Server}) == self.same",
    "not isinstance(self.either, Left) and isinstance(self.either, Right)",
    "self.either == Right(None, Color.GREEN) and self.either != Left(0, True)",
    "len(self.net.of(Carry)) == 0 and len(self.bag) == 0 and Carry(1, self.told[True]) not in self.bag",
    "all(len({i, j}) == (1 if i == j else 2) for i in self.log for j in self.log)",
    "any(any(i == j for j in range(i, 3)) and (i == 2 or i == 1) for i in range(3))",
    "(1 if self.none is None else 2) == 1",
    "(self.some.term if self.some is not None else Term.first()) == Term.first()",
    "self.helped(2) == 5 and all(self.helped(i) == 2 * i + 1 for i in range(3)) and self.helped(self.helped(0)) == 3",
)
"""What is true of the one state of `VALUES`."""

VALUES = (
    DECLARATIONS
    + '''
class Values(Model):
    """One state, of which many things are true."""

    none: Vote | None
    some: Vote | None
    log: Seq[Index, Length]
    votes: Set[Vote]
    late: Set[Vote]
    told: Map[bool, Server]
    same: Map[Server, Server]
    either: Left | Right
    net: MessageSet[Carry | Bring]
    bag: Bag[Carry]

    @initial
    def start(self, s: Server, t: Server) -> None:
        require(s != t)
        self.none = None
        self.some = Vote(Term.first(), s)
        second = successor(Term.first())
        self.log = Seq(0, 1)
        self.votes = {Vote(Term.first(), s), Vote(Term.first(), t)}
        self.late = {Vote(Term.first(), s), Vote(second, s)}
        for b in bool:
            self.told[b] = t if b else s
        for r in Server:
            self.same[r] = t
        self.either = Right(None, Color.GREEN)

    @action
    def idle(self, s: Server) -> None:
        self.same[s] = self.same[s]

    def helped(self, none: int) -> int:
        some = none + 1
        votes = some + none
        return votes if votes > 0 else some
'''
    + "".join(
        f"""
    @invariant
    def claim_{number}(self) -> bool:
        return {claim}
"""
        for number, claim in enumerate(CLAIMS)
    )
)
