"""Wrong variants of PBFT; checking must refute every one.

The numbers are those of the catalogue in `docs/mutants.md`. Most are harmless for as long as no view changes: the
quorums of one view meet, and what is executed there is not yet forgotten.
"""

from checker.dsl import Threshold, action, mutant, require, successor

from .pbft import (
    Certificate,
    Commit,
    CommitQuorum,
    Digest,
    NewView,
    Number,
    Pbft,
    Prepare,
    PrepareQuorum,
    PrePrepare,
    Replica,
    View,
    ViewChange,
    ViewChangeQuorum,
)


class FewPrepares(Threshold[Replica], size="2*f - 1"):
    """One PREPARE too few for a certificate: with the primary, 2f replicas."""


class FewCommits(Threshold[Replica], size="2*f"):
    """One COMMIT too few: f of these replicas may be Byzantine, and f correct ones are no majority of the correct."""


class AllButF(Threshold[Replica], size="N - f"):
    """All replicas that can be waited for, however many there are."""


class BackupsButF(Threshold[Replica], size="N - f - 1"):
    """All backups that can be waited for, however many there are."""


@mutant("PB-01", breaks="agreement")
class ExecutePrepared(Pbft):
    """A replica executes what it has prepared, without a commit phase: the next view may never hear of it."""

    def is_committed(self, m: Commit) -> bool:
        """Return whether the sender of m has prepared its request."""
        return self.is_certified(m.view, m.number, m.digest)


@mutant("PB-02", breaks="agreement")
class PrepareWithFewer(Pbft, replace={PrepareQuorum: FewPrepares}):
    """A certificate needs one PREPARE fewer: a view may have two that contradict each other."""


@mutant("PB-03", breaks="agreement")
class CommitWithFewer(Pbft, replace={CommitQuorum: FewCommits}):
    """A replica executes on 2f COMMITs: the next view may be begun by others."""


@mutant("PB-05", breaks="agreement")
class ThreeFReplicas(Pbft, replace={PrepareQuorum: BackupsButF, CommitQuorum: AllButF, ViewChangeQuorum: AllButF}):
    """Quorums are what 3f replicas can muster with f silent: two of them meet in Byzantine replicas only."""


@mutant("PB-06", breaks="agreement")
class TooManyFaults(Pbft):
    """The protocol as it is; the instance has more than f Byzantine replicas."""


@mutant("PB-08", breaks="agreement")
class ForgetPrepared(Pbft):
    """A VIEW-CHANGE does not show what its sender has prepared."""

    @action
    def change_view(self, r: Replica) -> None:
        """Replica r gives up its view empty-handed."""
        require(r not in self.byzantine)
        v = successor(self.view[r])
        self.view[r] = v
        for n in Number:
            self.net.send(ViewChange(v, n, None, r))


@mutant("PB-09", breaks="agreement")
class TrustNewPrimary(Pbft):
    """A backup takes the proposals of a new primary on trust: it does not recompute what the VIEW-CHANGEs demand."""

    @action
    def prepare(self, r: Replica, m: PrePrepare) -> None:
        """Backup r accepts the primary's first proposal for a number, once the view has begun."""
        require(r not in self.byzantine)
        require(m in self.net)
        require(m.sender == self.primary[m.view] and r != m.sender)
        require(self.view[r] <= m.view)
        require(not any(p.sender == r and p.view == m.view and p.number == m.number for p in self.net.of(Prepare)))
        require(self.is_requested(m.digest) and (m.digest is not None or View.first() < m.view))
        require(m.view == View.first() or any(self.begins(b, m) for b in self.net.of(NewView)))
        self.view[r] = m.view
        self.net.send(Prepare(m.view, m.number, m.digest, r))

    def begins(self, b: NewView, m: PrePrepare) -> bool:
        """Return whether NEW-VIEW b, from the sender of m, carries the VIEW-CHANGEs of a quorum, whatever they show."""
        return b.view == m.view and b.sender == m.sender and all(self.has_asked(s, b.view) for s in b.quorum)


@mutant("PB-11", breaks="agreement")
class LowestViewWins(Pbft):
    """Of the certificates that the VIEW-CHANGEs show, the one of the lowest view decides."""

    def is_highest(self, m: NewView, n: Number, c: Certificate) -> bool:
        """Return whether a sender of m's VIEW-CHANGEs shows certificate c for n, and none of them a lower one."""
        return any(c in self.claims(s, m.view, n) for s in m.quorum) and all(
            any(x is None or x.view >= c.view for x in self.claims(s, m.view, n)) for s in m.quorum
        )


@mutant("PB-12", breaks="agreement")
class CountPrimaryTwice(Pbft):
    """The primary's own PREPARE counts among the 2f, beside its PRE-PREPARE."""

    def is_certified(self, v: View, n: Number, d: Digest | None) -> bool:
        """Return whether the primary's PRE-PREPARE and 2f PREPAREs of different replicas are there."""
        return PrePrepare(v, n, d, self.primary[v]) in self.net and any(
            all(Prepare(v, n, d, s) in self.net for s in q) for q in PrepareQuorum
        )


@mutant("PB-21", breaks="validity")
class SkipRequest(Pbft):
    """A backup accepts a digest without having seen the request of a client behind it."""

    @action
    def prepare(self, r: Replica, m: PrePrepare) -> None:
        """Backup r accepts the primary's first proposal for a number in the first view."""
        require(r not in self.byzantine)
        require(m in self.net)
        require(m.sender == self.primary[m.view] and r != m.sender)
        require(self.view[r] <= m.view)
        require(not any(p.sender == r and p.view == m.view and p.number == m.number for p in self.net.of(Prepare)))
        require(self.is_allowed(m.view, m.number, m.digest))
        self.view[r] = m.view
        self.net.send(Prepare(m.view, m.number, m.digest, r))
