"""PBFT: replicas agree on the order of requests although some of them lie.

Source: Castro and Liskov, Practical Byzantine Fault Tolerance (OSDI 1999), sections 4.2 (normal case) and 4.4 (view
changes).

Refines: one consensus per sequence number: a request is chosen where f + 1 correct replicas have sent COMMIT for it.

Abstracted:
  - A replica's log is what it has sent. It acts on whatever messages it could have received; none is lost for ever.
  - A request stands for its digest; replies, timestamps and the execution of requests in order are left out.
  - Checkpoints and watermarks: every sequence number stays open, and VIEW-CHANGE begins at the first.
  - VIEW-CHANGE and NEW-VIEW are sent one sequence number at a time. A certificate in them is a claim: who
    receives it looks for the PRE-PREPARE and the PREPAREs that prove it. NEW-VIEW names the quorum of senders whose
    VIEW-CHANGEs it carries, and a PRE-PREPARE of the new view is checked against what these senders said.
  - Time: a replica may give up a view at any moment.

Bounds: View and Number. A Byzantine replica has no state: all it could ever sign is on the network from the start.
"""

from checker.dsl import (
    Byzantine,
    Constant,
    Map,
    MessageSet,
    Model,
    Order,
    Set,
    Sort,
    Threshold,
    action,
    initial,
    invariant,
    mapping,
    message,
    record,
    require,
    successor,
)


class Replica(Sort):
    """A server; at most f of them are Byzantine."""


class Digest(Sort):
    """A request of a client, known by its digest."""


class View(Order):
    """A configuration in which one replica, the primary, orders the requests."""


class Number(Order):
    """A sequence number: a place in the order of requests."""


class PrepareQuorum(Threshold[Replica], size="2*f"):
    """Backups whose PREPAREs, with the primary's PRE-PREPARE, make a certificate."""


class CommitQuorum(Threshold[Replica], size="2*f + 1"):
    """Replicas whose COMMITs let a request be executed."""


class ViewChangeQuorum(Threshold[Replica], size="2*f + 1"):
    """Replicas whose VIEW-CHANGEs begin a view."""


@record
class Certificate:
    """The claim that a request was prepared in a view. No request (None) is the null request, which does nothing."""

    view: View
    digest: Digest | None


@message
class Request:
    """A client asks for a request to be executed. No replica can forge it."""

    digest: Digest


@message(signed_by="sender")
class PrePrepare:
    """The primary of a view assigns a sequence number to a request."""

    view: View
    number: Number
    digest: Digest | None
    sender: Replica


@message(signed_by="sender")
class Prepare:
    """A backup has accepted a PRE-PREPARE, and will accept no other for that view and number."""

    view: View
    number: Number
    digest: Digest | None
    sender: Replica


@message(signed_by="sender")
class Commit:
    """A replica holds a certificate: the request is prepared."""

    view: View
    number: Number
    digest: Digest | None
    sender: Replica


@message(signed_by="sender")
class ViewChange:
    """A replica wants to enter a view, and shows its certificate of the highest view for a number, if it has one."""

    view: View
    number: Number
    certificate: Certificate | None
    sender: Replica


@message(signed_by="sender")
class NewView:
    """The primary of a view begins it, on the strength of the VIEW-CHANGEs of a quorum."""

    view: View
    quorum: ViewChangeQuorum
    sender: Replica


class Pbft(Model):
    """A request is executed once 2f + 1 replicas have committed it in one view."""

    f: Constant[int]  # how many Byzantine replicas are tolerated
    byzantine: Byzantine[Replica]  # the replicas that may send anything they can sign
    primary: Constant[Map[View, Replica]]  # who orders the requests in each view
    view: Map[Replica, View]  # the view that a correct replica is in, or waits to enter
    net: MessageSet[Request | PrePrepare | Prepare | Commit | ViewChange | NewView]  # every message ever sent

    @initial
    def start(self) -> None:
        """Every replica is in the first view; nothing has been requested."""
        for r in Replica:
            self.view[r] = View.first()

    @action
    def request(self, d: Digest) -> None:
        """A client sends request d to the replicas (REQUEST)."""
        self.net.send(Request(d))

    # -- the normal case (section 4.2) -------------------------------------------------------------------------------

    @action
    def pre_prepare(self, r: Replica, n: Number, d: Digest | None) -> None:
        """Primary r assigns number n to request d, once in its view (PRE-PREPARE)."""
        require(r not in self.byzantine)
        require(r == self.primary[self.view[r]])
        require(not any(m.sender == r and m.view == self.view[r] and m.number == n for m in self.net.of(PrePrepare)))
        require(self.is_requested(d) and self.is_allowed(self.view[r], n, d))
        self.net.send(PrePrepare(self.view[r], n, d, r))

    @action
    def prepare(self, r: Replica, m: PrePrepare) -> None:
        """Backup r accepts the primary's first proposal for a number, if that is its to make (PREPARE)."""
        require(r not in self.byzantine)
        require(m in self.net)
        require(m.sender == self.primary[m.view] and r != m.sender)
        require(self.view[r] <= m.view)
        require(not any(p.sender == r and p.view == m.view and p.number == m.number for p in self.net.of(Prepare)))
        require(self.is_requested(m.digest) and self.is_allowed(m.view, m.number, m.digest))
        self.view[r] = m.view
        self.net.send(Prepare(m.view, m.number, m.digest, r))

    @action
    def commit(self, r: Replica, m: PrePrepare) -> None:
        """Replica r holds a certificate for a proposal that it has accepted (COMMIT)."""
        require(r not in self.byzantine)
        require(m in self.net)
        require(self.view[r] == m.view)
        require(r == m.sender or Prepare(m.view, m.number, m.digest, r) in self.net)
        require(self.is_certified(m.view, m.number, m.digest))
        self.net.send(Commit(m.view, m.number, m.digest, r))

    def is_certified(self, v: View, n: Number, d: Digest | None) -> bool:
        """Return whether the primary's PRE-PREPARE and 2f PREPAREs of different backups are there (prepared)."""
        primary = self.primary[v]
        return PrePrepare(v, n, d, primary) in self.net and any(
            all(s != primary and Prepare(v, n, d, s) in self.net for s in q) for q in PrepareQuorum
        )

    def is_committed(self, m: Commit) -> bool:
        """Return whether the sender of m may execute its request: 2f + 1 COMMITs match m (committed-local)."""
        return any(all(Commit(m.view, m.number, m.digest, s) in self.net for s in q) for q in CommitQuorum)

    # -- view changes (section 4.4) ----------------------------------------------------------------------------------

    @action
    def change_view(self, r: Replica) -> None:
        """Replica r gives up its view, and shows for each number what it has prepared last (VIEW-CHANGE)."""
        require(r not in self.byzantine)
        v = successor(self.view[r])
        self.view[r] = v
        prepared = mapping({n: self.last_prepared(r, n) for n in Number})
        for n in Number:
            self.net.send(ViewChange(v, n, prepared[n], r))

    def last_prepared(self, r: Replica, n: Number) -> Certificate | None:
        """Return the certificate of the highest view that r holds for a number."""
        held = {Certificate(m.view, m.digest) for m in self.net.of(Commit) if m.sender == r and m.number == n}
        return max(held, key=lambda c: c.view, default=None)

    @action
    def new_view(self, r: Replica, q: ViewChangeQuorum) -> None:
        """Primary r begins its view on the VIEW-CHANGEs of quorum q, its own among them (NEW-VIEW)."""
        require(r not in self.byzantine)
        v = self.view[r]
        require(r == self.primary[v] and r in q)
        require(not any(m.sender == r and m.view == v for m in self.net.of(NewView)))
        require(all(self.has_asked(s, v) for s in q))
        self.net.send(NewView(v, q, r))

    def has_asked(self, s: Replica, v: View) -> bool:
        """Return whether s has sent a VIEW-CHANGE for view v."""
        return any(m.sender == s and m.view == v for m in self.net.of(ViewChange))

    def is_requested(self, d: Digest | None) -> bool:
        """Return whether a client has sent the request behind d; the null request is always there."""
        return d is None or Request(d) in self.net

    def is_allowed(self, v: View, n: Number, d: Digest | None) -> bool:
        """Return whether the primary of v may assign n to d: any request in the first view, later what O allows."""
        if v == View.first():
            return d is not None
        return any(self.follows(m, n, d) for m in self.net.of(NewView) if m.view == v and m.sender == self.primary[v])

    def follows(self, m: NewView, n: Number, d: Digest | None) -> bool:
        """Return whether the VIEW-CHANGEs that m carries demand d for number n, or leave n free for any request.

        They demand the certificate of the highest view; without one, the null request if a higher number has one.
        """
        if any(self.is_highest(m, n, Certificate(v, d)) for v in View):
            return True
        if d is None:
            return self.is_free(m, n) and any(n < k and self.is_shown(m, k) for k in Number)
        return all(k < n or self.is_free(m, k) for k in Number)

    def is_highest(self, m: NewView, n: Number, c: Certificate) -> bool:
        """Return whether a sender of m's VIEW-CHANGEs shows certificate c for n, and none of them a higher one."""
        return any(c in self.claims(s, m.view, n) for s in m.quorum) and all(
            any(x is None or x.view <= c.view for x in self.claims(s, m.view, n)) for s in m.quorum
        )

    def is_shown(self, m: NewView, n: Number) -> bool:
        """Return whether one of m's VIEW-CHANGEs shows a certificate for n."""
        return any(c is not None for s in m.quorum for c in self.claims(s, m.view, n))

    def is_free(self, m: NewView, n: Number) -> bool:
        """Return whether none of m's VIEW-CHANGEs shows a certificate for n."""
        return all(ViewChange(m.view, n, None, s) in self.net for s in m.quorum)

    def claims(self, s: Replica, v: View, n: Number) -> Set[Certificate | None]:
        """Return what the VIEW-CHANGEs of s for view v show for n: certificates that are proved, or None."""
        shown = {m.certificate for m in self.net.of(ViewChange) if m.sender == s and m.view == v and m.number == n}
        return {c for c in shown if c is None or (c.view < v and self.is_certified(c.view, n, c.digest))}

    # -- what must be true of correct replicas -----------------------------------------------------------------------

    @invariant
    def agreement(self) -> bool:
        """No two correct replicas execute different requests under the same number, in whatever views."""
        return all(m.digest == k.digest for m in self.executions() for k in self.executions() if m.number == k.number)

    @invariant
    def prepared_unique(self) -> bool:
        """At most one request is prepared for a number in a view."""
        return all(
            m.digest == k.digest
            for m in self.commits()
            for k in self.commits()
            if m.view == k.view and m.number == k.number
        )

    @invariant
    def committed_is_prepared(self) -> bool:
        """What a correct replica executes, at least f + 1 correct replicas have prepared in that view."""
        return all(len(self.preparers(m)) > self.f for m in self.executions())

    @invariant
    def new_view_safe(self) -> bool:
        """Once a request is executed in a view, no correct replica accepts another for its number in a later view."""
        return all(
            m.digest == p.digest
            for m in self.executions()
            for p in self.net.of(Prepare)
            if p.sender not in self.byzantine and m.view < p.view and m.number == p.number
        )

    @invariant
    def validity(self) -> bool:
        """Only the null request and what a client has sent is executed."""
        return all(m.digest is None or Request(m.digest) in self.net for m in self.executions())

    def commits(self) -> Set[Commit]:
        """Return the COMMITs of correct replicas: what they have prepared."""
        return {m for m in self.net.of(Commit) if m.sender not in self.byzantine}

    def executions(self) -> Set[Commit]:
        """Return the COMMITs of correct replicas that their senders may follow by executing the request."""
        return {m for m in self.commits() if self.is_committed(m)}

    def preparers(self, m: Commit) -> Set[Replica]:
        """Return the correct replicas that have prepared what m says."""
        return {k.sender for k in self.commits() if k == Commit(m.view, m.number, m.digest, k.sender)}

    # -- what must be possible ---------------------------------------------------------------------------------------

    def executed_at_once(self) -> bool:
        """Return whether a request is executed in the first view."""
        return any(m.view == View.first() for m in self.executions())

    def executed_after_view_change(self) -> bool:
        """Return whether a request is executed that a correct replica carried into a later view by a certificate."""
        return any(
            View.first() < m.view
            and k.view == m.view
            and k.certificate is not None
            and k.certificate.digest == m.digest
            for m in self.executions()
            for k in self.net.of(ViewChange)
            if k.sender not in self.byzantine
        )

    def equivocation(self) -> bool:
        """Return whether correct replicas have accepted different requests for a number in one view."""
        accepted = {m for m in self.net.of(Prepare) if m.sender not in self.byzantine}
        return any(
            m.view == k.view and m.number == k.number and m.digest != k.digest for m in accepted for k in accepted
        )

    def gap_filled(self) -> bool:
        """Return whether the null request is executed."""
        return any(m.digest is None for m in self.executions())
