"""A model that uses every construct of the language and means nothing."""

from __future__ import annotations

ZOO = '''"""Every construct of the language."""

from enum import Enum, auto

from checker.dsl import (
    Annotated, Bag, Bound, Byzantine, Constant, Fifo, Map, MessageSet, Order, Range, Restarts, Seq, Set, Sort,
    Threshold, Volatile, action, choose, initial, invariant, mapping, maximal, message, minimal, only, record, require,
    successor, transition_invariant,
)


class Server(Sort):
    """A process."""


class Term(Order):
    """A term."""


class Length(Bound):
    """Entries of a log, and messages of a channel."""


Index = Annotated[int, Range(0, Length)]


class Group(Threshold[Server], size="f + 1"):
    """One more than may be faulty."""


class Role(Enum):
    FOLLOWER = auto()
    LEADER = auto()


LIMIT = 3


@record
class Entry:
    term: Term
    index: Index


@message(signed_by="sender")
class Claim:
    sender: Server
    term: Term


@message
class Batch:
    sender: Server
    entries: Seq[Entry, Length]
    peers: Set[Server]
    newest: Entry | None


@message(signed_by="sender")
class Echo:
    sender: Server
    claim: Claim


def at_least(a: Term | None, b: Term) -> bool:
    """Return whether a is b or later, or nothing."""
    if a is None:
        return True
    later = a > b
    return later or a == b


def everybody() -> Set[Server]:
    """Return all servers."""
    return {s for s in Server}


class Zoo(Restarts[Server]):
    """Servers that do a little of everything."""

    term: Map[Server, Term]  # the term of s
    role: Volatile[Map[Server, Role]]  # what s does
    seen: Volatile[Map[Server, Set[Server]]]  # whom s has heard
    match: Volatile[Map[Server, Map[Server, Index]]]  # what s knows of others
    log: Map[Server, Seq[Entry, Length]]  # the entries of s
    leader: Server | None  # who leads
    flag: Map[bool, Index]  # indexed by a truth value
    f: Constant[int]
    owner: Constant[Map[Term, Server]]
    faulty: Byzantine[Server]
    net: MessageSet[Claim | Batch | Echo]
    link: Fifo[Server, Claim, Length]
    bag: Bag[Claim | Batch]

    @initial
    def start(self, first: Server) -> None:
        for s in Server:
            self.term[s] = Term.first()
            self.role[s] = Role.FOLLOWER
            self.seen[s] = set()
            self.log[s] = Seq()
            for t in Server:
                self.match[s][t] = 0
        for c in bool:
            self.flag[c] = 0
        self.leader = first

    def step_up(self, s: Server, t: Term) -> None:
        """Server s enters term t (a procedure)."""
        require(t > self.term[s])
        mine = t
        self.term[s] = mine
        if s in self.faulty:
            role = Role.LEADER
        else:
            role = Role.FOLLOWER
        self.role[s] = role

    @action
    def timeout(self, s: Server) -> None:
        """Server s moves on and tells the others."""
        require(self.role[s] != Role.LEADER and s not in self.faulty)
        t = successor(self.term[s])
        self.step_up(s, t)
        self.seen[s] |= {s}
        self.log[s].append(Entry(t, len(self.log[s])))
        for p in Server:
            if p != s and p in self.seen[s]:
                self.match[s][p] = 1
        self.net.send(Batch(s, self.log[s][0:1], self.seen[s], self.newest(s)))
        self.bag.send(Claim(s, t))

    @action
    def claim(self, s: Server, t: Server) -> None:
        """Server s writes to t."""
        require(s != t and self.leader == s)
        self.link.send(s, t, Claim(s, self.term[s]))

    @action
    def read(self, s: Server, t: Server) -> None:
        """Server t reads what s wrote, and somebody else may lead."""
        m = self.link.receive(s, t)
        other = choose({p for p in Server if p != m.sender and p not in self.faulty})
        self.leader = other
        if self.leader is None or len(self.log[s]) > LIMIT:
            self.seen[t] = self.seen[t] - {s}
        else:
            self.seen[t] = (everybody() & {s}) | self.seen[t]
        self.flag[s in self.faulty] = len(self.link.channel(s, t))

    @action
    def take(self, m: Claim) -> None:
        """Somebody takes a claim out of the bag."""
        self.bag.receive(m)
        self.net.send(m)

    @action
    def believe(self, s: Server, m: Claim, q: Group) -> None:
        """Server s believes a claim, forged or not."""
        require(m in self.net and isinstance(m, Claim))
        require(all(p in self.seen[s] or p == m.sender for p in q) and Group.covers(self.seen[s] | {m.sender}))
        require(max(self.match[s][p] for p in Server) >= 0)
        self.seen[s] |= {m.sender}
        self.role[s] = Role.LEADER if self.owner[m.term] == s else self.role[s]

    @action
    def reset(self, s: Server, t: Server) -> None:
        """The connection breaks."""
        require(len(self.link.channel(s, t)) > 0)
        self.link.reset(s, t)

    def newest(self, s: Server) -> Entry | None:
        """Return the last entry of s."""
        entries = self.log[s]
        return entries[len(entries) - 1] if entries else None

    @invariant
    def total(self) -> bool:
        """A bundle of expressions."""
        lengths = mapping({s: len(self.log[s]) for s in Server})
        terms = {self.term[s] for s in Server}
        batches = self.net.of(Batch)
        return (
            all(at_least(self.term[s], min(terms)) for s in Server)
            and all(lengths[s] + 1 > 0 and lengths[s] // 2 <= lengths[s] % 3 + 2 for s in Server)
            and max(terms) == max({e.term for s in Server for e in self.log[s]}, default=Term.first())
            and all(m.newest is None or m.newest.index < 2 for m in batches)
            and only({len(Server)}) == 3
            and maximal(terms, key=lambda t: t) != minimal(terms, key=lambda t: t)
            and any(Echo(s, Claim(s, t)) in self.net for s in Server for t in Term)
        )

    @transition_invariant
    def forward(self, old: "Zoo") -> bool:
        """Terms never fall and logs only grow."""
        return all(old.term[s] <= self.term[s] and len(old.log[s]) <= len(self.log[s]) for s in Server)
'''
