"""A model that is about nothing, and uses whatever has a form at any size."""

from typing import Self

from checker.dsl import (
    Budget,
    Enum,
    Majority,
    Map,
    MessageSet,
    Model,
    Order,
    Set,
    Sort,
    Volatile,
    action,
    auto,
    choose,
    initial,
    invariant,
    mapping,
    maximal,
    message,
    minimal,
    only,
    record,
    require,
    spend,
    successor,
    transition_invariant,
)


class Node(Sort):
    """A node."""


class Item(Sort):
    """An item."""


class Round(Order):
    """A round."""


class Quorum(Majority[Node]):
    """Most nodes."""


class Role(Enum):
    """What a node is."""

    IDLE = auto()
    BUSY = auto()
    DONE = auto()


@record
class Entry:
    """An entry."""

    round: Round
    item: Item | None


@message
class Ask:
    """A question."""

    node: Node
    urgent: bool


@message
class Answer:
    """An answer."""

    round: Round
    last: Entry | None


class Zoo(Model):
    """Does whatever can be done."""

    role: Map[Node, Role]
    now: Round
    leader: Node | None
    is_open: bool
    seen: Map[Node, Map[Round, bool]]
    held: Volatile[Map[Node, Entry | None]]
    friend: Map[Node, Node]
    items: Set[Item]
    marks: Set[Round]
    spare: Budget[int]
    net: MessageSet[Ask | Answer]

    @initial
    def start(self) -> None:
        """Nothing has happened."""
        self.now = Round.first()
        self.leader = None
        self.is_open = True
        self.items = set()
        self.marks = {Round.first()}
        first = choose(Node)
        for n in Node:
            self.role[n] = Role.IDLE
            self.held[n] = None
            self.friend[n] = first
            for r in Round:
                self.seen[n][r] = False

    @action
    def tick(self) -> None:
        """Time passes."""
        later = successor(self.now)
        require(self.is_open or later in self.marks)
        self.now = later
        self.marks |= {later}

    @action
    def ask(self, n: Node, urgent: bool) -> None:
        """A node asks, and is busy if it is urgent."""
        require(self.role[n] == Role.IDLE)
        if urgent:
            self.role[n] = Role.BUSY
            self.net.send(Ask(n, urgent))
        else:
            self.net.send(Ask(n, urgent))
            self.leader = n

    @action
    def answer(self, m: Ask) -> None:
        """Somebody answers with what is held, of which one is chosen."""
        require(m in self.net and m.urgent)
        n = choose({p for p in Node if p == m.node or self.role[p] == Role.BUSY})
        self.net.send(Answer(self.now, self.held[n]))
        self.role[n] = Role.DONE

    @action
    def learn(self, n: Node, m: Answer) -> None:
        """A node takes over what an answer says, if that is newer."""
        require(m in self.net)
        held = self.held[n]
        require(held is None or held.round < m.round)
        last = m.last
        if last is None:
            self.held[n] = Entry(m.round, None)
        else:
            self.held[n] = Entry(m.round, last.item)
        self.seen[n][m.round] = True

    @action
    def choose_item(self, n: Node, i: Item | None) -> None:
        """A node that is done puts an item in, while there are spare ones."""
        require(self.role[n] == Role.DONE)
        spend(self.spare)
        self.held[n] = Entry(max({r for r in Round if r <= self.now}, default=self.now), i)
        if i is not None:
            self.items |= {i}

    @action
    def befriend(self, n: Node, q: Quorum) -> None:
        """All in a quorum follow the friend of a node, if there is one item at most and a last mark."""
        require(len(self.items) <= 1)
        require(n in q and max(self.marks) == self.now)
        friend = self.friend[self.friend[n]]
        for p in q:
            self.friend[p] = friend
        self.is_open = not self.is_open

    @action
    def shut(self, n: Node) -> None:
        """The one item goes, and a node forgets."""
        require(len(self.items) == 1 and self.leader != n)
        require(only(self.items) in self.items)
        self.items = self.items - {i for i in Item if Quorum.covers({p for p in Node if self.holds(p, i)})}
        self.forget(n)

    def holds(self, n: Node, i: Item) -> bool:
        """Return whether a node holds an item."""
        entry = self.held[n]
        return entry is not None and entry.item == i

    @invariant
    def marked(self) -> bool:
        """Now is marked, and is the greatest."""
        return self.now in self.marks and all(r <= self.now for r in self.marks)

    @invariant
    def newest(self) -> bool:
        """The newest entries are held by friends, or not."""
        held = self.entries()
        last = maximal(held, key=lambda e: e.round)
        first = minimal(held, key=lambda e: e.round)
        return all(e.round >= f.round for e in last for f in first) and (len(held) > 0) == any(
            self.held[n] is not None for n in Node
        )

    def entries(self) -> Set[Entry]:
        """Return all that is held and has no item, or is of this round."""
        return {e for e in self.known() if e.item is None or e.round == self.now}

    def known(self) -> Set[Entry]:
        """Return all entries in answers."""
        return {m.last for m in self.net.of(Answer) if m.last is not None}

    @invariant
    def answered(self) -> bool:
        """Answers have a last entry of an earlier round."""
        return all(m.last is None or m.last.round <= m.round for m in self.net.of(Answer))

    @invariant
    def friends(self) -> bool:
        """All have the same friend, who has itself."""
        return self.friend == mapping({n: self.friend[n] for n in Node}) and any(
            all(self.friend[n] == f for n in Node) for f in Node
        )

    @transition_invariant
    def grows(self, old: Self) -> bool:
        """Marks stay, items and friends may not."""
        return old.marks <= self.marks and (old.items <= self.items or old.friend == self.friend)
