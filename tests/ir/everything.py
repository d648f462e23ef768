"""Small models, as text, whose statements are those that a transition form has to work for."""

from __future__ import annotations

DECLARATIONS = '''
class Server(Sort):
    """A process."""

class Term(Order):
    """A term."""

class Limit(Bound):
    """Entries of a log, messages of a channel, and the end of counters."""

Index = Annotated[int, Range(0, Limit)]

@record
class Entry:
    term: Term
    owner: Server

@message
class Ping:
    to: Server

@message
class Pong:
    source: Server
    to: Server
'''

LOGS = (
    DECLARATIONS
    + '''
class Logs(Model):
    """Writes to places of sequences, and reads of what was written."""

    log: Map[Server, Seq[Entry, Limit]]
    count: Index
    last: Entry | None

    @initial
    def start(self) -> None:
        for s in Server:
            self.log[s] = Seq()
        self.count = 0
        self.last = None

    @action
    def write(self, s: Server, t: Term) -> None:
        """Append, cut at the capacity, then read the result back through a helper."""
        require(self.length(s) == 0 or self.log[s][0].term <= t)
        self.log[s].append(Entry(t, s))
        if self.length(s) > 1:
            self.last = self.log[s][self.length(s) - 1]

    @action
    def change(self, s: Server, i: Index) -> None:
        """Change an element, which is an error where there is none, unless it is the same already."""
        if i < self.length(s):
            require(self.log[s][i].owner == s)
            self.log[s][i] = Entry(self.log[s][i].term, s)
        elif i == self.length(s) + 1:
            self.log[s][i] = Entry(Term.first(), s)
        self.count = self.length(s)

    @action
    def truncate(self, s: Server, r: Server, i: Index) -> None:
        """Adopt a part of another log, or append to the own one."""
        mine = self.log[s]
        if s != r:
            if i <= self.length(r):
                self.log[s] = self.log[r][:i]
            if self.length(s) == i:
                self.log[s].append(Entry(Term.first(), r))
                mine = self.log[s]
        else:
            self.log[r] = self.log[r][1:] + self.log[s][:1] if self.length(s) > 1 else Seq()
        self.count = len(mine) + i - self.length(r)

    def length(self, s: Server) -> int:
        return len(self.log[s])
'''
)

LOOPS = (
    DECLARATIONS
    + '''
class Loops(Model):
    """Loops over all servers and over some, whose bodies branch, nest and send."""

    seen: Map[Server, Set[Server]]
    match: Map[Server, Map[Server, Index]]
    link: Fifo[Server, Ping, Limit]
    bag: Bag[Ping | Pong]
    net: MessageSet[Ping | Pong]
    pings: Budget[int]

    @initial
    def start(self) -> None:
        for s in Server:
            self.seen[s] = {s}
            for t in Server:
                self.match[s][t] = 0

    @action
    def meet(self, s: Server, t: Server) -> None:
        """Some servers learn of one, and what others have of them is reset."""
        require(s != t and t not in self.seen[s])
        for p in self.seen[s]:
            if p != s:
                self.seen[p] = self.seen[p] | {t}
                self.match[s][p] = 1
            elif self.match[s][p] == 0:
                self.match[s][p] = 1
                self.seen[p] = {t, p}
            else:
                self.seen[p] = self.seen[p] | {s}

    @action
    def level(self, s: Server) -> None:
        """All counters of all servers at once."""
        for p in Server:
            for q in Server:
                if p != s and q in self.seen[p]:
                    self.match[p][q] = self.match[p][q] // 2
                else:
                    self.match[p][q] = 1

    @action
    def ping(self, s: Server) -> None:
        """To all that s knows, on every network; the same message may be sent twice."""
        spend(self.pings)
        for p in self.seen[s]:
            self.link.send(s, p, Ping(p))
        for p in self.seen[s]:
            if p != s:
                self.net.send(Ping(p))
                self.bag.send(Ping(s))
        self.net.send(Pong(s, s))

    @action
    def pong(self, s: Server, m: Ping) -> None:
        """A reply for each pair, or the message back."""
        require(s != m.to)
        self.bag.receive(m)
        if m.to in self.seen[s]:
            for p in Server:
                for q in self.seen[p]:
                    if q != s:
                        self.bag.send(Pong(p, s))
        else:
            self.bag.send(Pong(m.to, s))
            self.net.send(Pong(m.to, s))

    @action
    def lose(self, m: Pong) -> None:
        """A message is lost."""
        self.bag.drop(m)

    @action
    def read(self, s: Server, t: Server) -> None:
        """A channel is read, and broken if that was all."""
        m = self.link.receive(s, t)
        self.seen[t] = self.seen[t] | {m.to, s}
        if len(self.link.channel(s, t)) > 0:
            self.link.reset(s, t)
            self.link.send(t, s, m)
'''
)

CHOICES = (
    DECLARATIONS
    + '''
class Choices(Model):
    """Choices under conditions, ends of orders, budgets, and values outside their range."""

    term: Map[Server, Term]
    leader: Server | None
    count: Index
    tries: Budget[int]

    @initial
    def start(self, first: Server) -> None:
        for s in Server:
            self.term[s] = Term.first()
        other = choose({s for s in Server if s != first})
        self.leader = other
        self.count = 0

    @action
    def move(self, s: Server) -> None:
        """Choose another leader, if there is one, else climb."""
        if self.leader == s:
            other = choose({t for t in Server if t != s and self.term[t] >= self.term[s]})
        else:
            other = s
            self.term[s] = successor(self.term[s])
            if self.term[s] != Term.first():
                spend(self.tries)
        self.leader = other
        mine = self.term[other]
        for t in Server:
            if self.term[t] < mine:
                self.term[t] = mine

    @action
    def add(self, s: Server) -> None:
        """Count beyond the limit, which is an error."""
        require(self.leader is None or self.term[self.leader] == self.term[s])
        self.count = self.count + 1
        self.leader = None if self.count % 2 == 0 else s

    @action
    def renew(self, s: Server, t: Server) -> None:
        """Two choices, the second from what the first leaves; two spends."""
        a = choose({p for p in Server if p != s})
        b = choose({p for p in Server if p != a and p != t})
        spend(self.tries)
        require(self.leader != b)
        self.leader = b
        if a == t:
            spend(self.tries)
            self.count = 0
'''
)
