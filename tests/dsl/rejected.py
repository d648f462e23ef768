"""A small well-formed model, and edits to it that the front end must reject."""

from __future__ import annotations

MODEL = '''"""A small protocol."""

from enum import Enum, auto

from checker.dsl import (
    Annotated, Bag, Bound, Budget, Constant, Majority, Map, MessageSet, Model, Order, Range, Seq, Set, Sort, Volatile,
    action, choose, initial, invariant, maximal, message, record, require, spend, successor, transition_invariant,
)


class Node(Sort):
    """A process."""


class Term(Order):
    """A term."""


class Length(Bound):
    """Entries of a log."""


class Quorum(Majority[Node]):
    """More than half."""


class Mode(Enum):
    IDLE = auto()
    BUSY = auto()


LIMIT = 2


@record
class Vote:
    term: Term
    node: Node


@message
class Ask:
    term: Term
    sender: Node


@message
class Reply:
    term: Term
    sender: Node
    vote: Vote | None


def newest(votes: Set[Vote]) -> Vote:
    """Return the vote of the highest term."""
    return max(votes, key=lambda w: w.term)


class Small(Model):
    """A small protocol."""

    term: Map[Node, Term]  # the term of n
    mode: Volatile[Map[Node, Mode]]  # what n does
    vote: Map[Node, Vote | None]  # the last vote of n
    log: Map[Node, Seq[Term, Length]]  # the terms n has seen
    seen: Map[Node, Set[Node]]  # whom n has heard
    count: Annotated[int, Range(0, 3)]  # how many asked
    size: Constant[int]  # a number
    restarts: Budget[int]  # how many restarts are left
    net: MessageSet[Ask | Reply]

    @initial
    def start(self) -> None:
        for n in Node:
            self.term[n] = Term.first()
            self.mode[n] = Mode.IDLE
            self.vote[n] = None
            self.log[n] = Seq()
            self.seen[n] = set()
        self.count = 0

    @action
    def ask(self, n: Node) -> None:
        """Node n asks in a new term."""
        require(self.mode[n] == Mode.IDLE)
        self.term[n] = successor(self.term[n])
        self.mode[n] = Mode.BUSY
        self.count += 1
        self.net.send(Ask(self.term[n], n))

    @action
    def answer(self, n: Node, m: Ask) -> None:
        """Node n answers with its vote."""
        require(m in self.net and m.term >= self.term[n])
        self.log[n].append(m.term)
        self.net.send(Reply(m.term, n, self.vote[n]))

    @action
    def restart(self, n: Node) -> None:
        """Node n restarts."""
        spend(self.restarts)
        self.forget(n)

    def replied(self, n: Node, t: Term) -> bool:
        """Return whether n has replied in t."""
        return any(m.sender == n and m.term == t for m in self.net.of(Reply))

    def heard(self, n: Node) -> bool:
        """Return whether n has heard anybody."""
        return len(self.seen[n]) > 0

    @invariant
    def bounded(self) -> bool:
        """Nobody counts beyond the limit."""
        return self.count <= LIMIT or any(self.replied(n, t) for n in Node for t in Term)

    @transition_invariant
    def monotone(self, old: "Small") -> bool:
        """Terms never fall."""
        return all(old.term[n] <= self.term[n] for n in Node)
'''

ASK = "        self.count += 1\n"
BOUNDED = "        return self.count <= LIMIT or any(self.replied(n, t) for n in Node for t in Term)\n"

EDITS: dict[str, tuple[str, str]] = {
    "while loop": (ASK, "        while True:\n            pass\n"),
    "return from an action": (ASK, "        return\n"),
    "try statement": (ASK, "        try:\n            self.count = 1\n        finally:\n            pass\n"),
    "import inside an action": (ASK, "        import os\n"),
    "two targets": (ASK, "        self.count = x = 1\n"),
    "tuple": (ASK, "        x = (1, 2)\n"),
    "list": (ASK, "        x = [1, 2]\n"),
    "dictionary": (ASK, "        x = {n: 1}\n"),
    "string": (ASK, "        x = 'busy'\n"),
    "float": (ASK, "        self.count = 1.5\n"),
    "walrus": (ASK, "        require((x := 1) == 1)\n"),
    "lambda outside min and max": (ASK, "        x = lambda y: y\n"),
    "call outside the language": (ASK, "        x = sorted(self.seen[n])\n"),
    "print": (ASK, "        print(self.count)\n"),
    "expression without effect": (ASK, "        self.count == 1\n"),
    "method of a value": (ASK, "        self.seen[n].add(n)\n"),
    "division": (ASK, "        self.count = self.count / 2\n"),
    "unknown name": (ASK, "        self.count = LIMITS\n"),
    "unknown variable": (ASK, "        self.counter = 1\n"),
    "unknown field": (BOUNDED, "        return all(m.ballot == m.term for m in self.net.of(Ask))\n"),
    "unknown method": (BOUNDED, "        return self.replies() == 1\n"),
    "unknown type": ("    size: Constant[int]  # a number\n", "    size: Constant[Int]\n"),
    "type outside the language": ("    size: Constant[int]  # a number\n", "    size: dict[Node, int]\n"),
    "integer without a range": ("    count: Annotated[int, Range(0, 3)]", "    count: int"),
    "integer field without a range": ("    vote: Vote | None\n\n\ndef", "    vote: int\n\n\ndef"),
    "map with a set as key": ("    seen: Map[Node, Set[Node]]", "    seen: Map[Set[Node], Node]"),
    "union of a record and a sort": ("    vote: Map[Node, Vote | None]", "    vote: Map[Node, Vote | Node]"),
    "record that contains itself": (
        "    node: Node\n\n\n@message",
        "    node: Node\n    last: 'Vote | None'\n\n\n@message",
    ),
    "wrong type": (ASK, "        self.count = self.mode[n]\n"),
    "comparison of different types": (BOUNDED, "        return self.term == 3\n"),
    "order on a sort": (BOUNDED, "        return all(n < k for n in Node for k in Node)\n"),
    "order on an enum": (BOUNDED, "        return all(self.mode[n] < Mode.BUSY for n in Node)\n"),
    "truth of an option": (BOUNDED, "        return all(not self.vote[n] for n in Node)\n"),
    "arithmetic on an order": (ASK, "        self.term[n] = self.term[n] + 1\n"),
    "max without a key": (BOUNDED, "        return max(Node) in Node\n"),
    "key that has no order": (BOUNDED, "        return max(Node, key=lambda n: n) in Node\n"),
    "wrong number of arguments": (ASK, "        self.net.send(Ask(self.term[n]))\n"),
    "message that the network lacks": (ASK, "        self.net.send(Vote(self.term[n], n))\n"),
    "iteration over a network": (BOUNDED, "        return all(m.term == m.term for m in self.net)\n"),
    "iteration over a map": (BOUNDED, "        return all(t == t for t in self.term)\n"),
    "network in a set": (BOUNDED, "        return len({self.net}) == 1\n"),
    "network as a value": (ASK, "        x = self.net\n"),
    "sequence without a bound": ("    log: Map[Node, Seq[Term, Length]]", "    log: Map[Node, Seq[Term]]"),
    "range without an end": ("Range(0, 3)", "Range(0, None)"),
    "call of an action": (BOUNDED, "        return self.ask(Node) == 1\n"),
    "assignment to a sort": (ASK, "        Node = n\n"),
    "assignment to a parameter": (ASK, "        n = choose(Node)\n"),
    "assignment to a field": (ASK, "        self.vote[n].term = self.term[n]\n"),
    "assignment to a constant": (ASK, "        self.size = 1\n"),
    "assignment to a network": (ASK, "        self.net = set()\n"),
    "budget that is read": (ASK, "        require(self.restarts > 0)\n"),
    "order-dependent loop": (ASK, "        for k in Node:\n            self.count = self.count + 1\n"),
    "loop that reads its neighbours": (
        ASK,
        "        for k in Node:\n            self.seen[k] = self.seen[n]\n",
    ),
    "loop that carries a value": (
        ASK,
        "        x = 0\n        for k in Node:\n            x = x + 1\n",
    ),
    "loop that reads its neighbours through a helper": (
        ASK,
        "        for k in Node:\n            self.seen[k] = {j for j in Node if self.heard(j)}\n",
    ),
    "loop that looks into the network it sends to": (
        ASK,
        "        for k in Node:\n            if not any(m.sender == k for m in self.net.of(Ask)):\n"
        "                self.net.send(Ask(self.term[n], k))\n",
    ),
    "loop that leaves a value behind": (
        ASK,
        "        last = n\n        for k in Node:\n            last = k\n            self.seen[k] = {last}\n"
        "        self.seen[last] = set()\n",
    ),
    "loop whose element hides a parameter": (
        ASK,
        "        for n in Node:\n            self.seen[n] = set()\n",
    ),
    "loop with a guard and a cut": (
        ASK,
        "        for k in Node:\n            require(k != n)\n            self.log[k].append(self.term[n])\n",
    ),
    "choose inside a loop": (ASK, "        for k in Node:\n            self.seen[k] = {choose(Node)}\n"),
    "choose inside an expression": (ASK, "        self.count = 1 if choose(Node) == n else 0\n"),
    "require inside an expression": (ASK, "        self.count = require(True)\n"),
    "successor of an integer": (ASK, "        self.count = successor(self.count)\n"),
    "missing initial value": ("        self.count = 0\n", ""),
    "value in the class": (
        "    net: MessageSet[Ask | Reply]\n",
        "    net: MessageSet[Ask | Reply]\n    start_at = 1\n",
    ),
    "invariant with a side effect": (BOUNDED, "        self.count = 0\n        return True\n"),
    "invariant that sends": (
        BOUNDED,
        "        self.net.send(Ask(Term.first(), choose(Node)))\n        return True\n",
    ),
    "invariant with a parameter": ("    def bounded(self) -> bool:", "    def bounded(self, n: Node) -> bool:"),
    "invariant that sees the old state": (
        "    def bounded(self) -> bool:",
        "    def bounded(self, old: 'Small') -> bool:",
    ),
    "transition invariant without old": (
        '    def monotone(self, old: "Small") -> bool:',
        "    def monotone(self) -> bool:",
    ),
    "helper that changes the state": (
        "        return any(m.sender == n and m.term == t for m in self.net.of(Reply))\n",
        "        self.count = 1\n        return True\n",
    ),
    "helper that recurses": (
        "        return any(m.sender == n and m.term == t for m in self.net.of(Reply))\n",
        "        return self.replied(n, t)\n",
    ),
    "helper that may not return": (
        "        return any(m.sender == n and m.term == t for m in self.net.of(Reply))\n",
        "        if n in self.seen[n]:\n            return True\n",
    ),
    "helper with a loop": (
        "        return any(m.sender == n and m.term == t for m in self.net.of(Reply))\n",
        "        for k in Node:\n            pass\n        return True\n",
    ),
    "parameter without a type": ("    def ask(self, n: Node)", "    def ask(self, n)"),
    "parameter with a default": ("    def ask(self, n: Node)", "    def ask(self, n: Node = LIMIT)"),
    "action with a foreign decorator": ("    @action\n    def ask", "    @staticmethod\n    def ask"),
    "volatile without a plain initial value": (
        "            self.mode[n] = Mode.IDLE\n",
        "            self.mode[n] = Mode.IDLE if n in self.seen[n] else Mode.BUSY\n",
    ),
    "at that names no parameter": ("    @action\n    def ask", '    @action(at="p")\n    def ask'),
    "bad syntax": ("    @action\n    def ask(self, n: Node)", "    @action\n    def ask(self, n: Node"),
    "name that Python does not know": ("class Term(Order):", "class Term(Orders):"),
    "import outside the allowed": (
        "from enum import Enum, auto",
        "from enum import Enum, auto\nimport nothing_like_it",
    ),
}
