"""Byzantine reliable broadcast: everybody delivers what one process sends, or nobody does, although some lie.

Source: Gabriel Bracha, "Asynchronous Byzantine agreement protocols" (1987), the broadcast primitive; in the form of
    Authenticated Double-Echo Broadcast in Cachin, Guerraoui, Rodrigues (CGR), "Introduction to Reliable and Secure
    Distributed Programming" (2011), section 3.11.

Refines: nothing.

Abstracted:
  - A process acts on whatever messages it could have received; none is lost for ever. To send to all is one step: an
    honest process does not stop half-way, and a copy that is under way for long is one that is not acted on for long.
  - A process echoes only what the sender has sent. In Bracha's paper it may also echo what an echo quorum, or f + 1
    READYs, are for; such a late echo is left out, and READY does not wait for it.
  - One broadcast, by any process: the sender is chosen at the start. Several would not notice each other.

Bounds: none but the numbers of processes and of values. A Byzantine process has no state: all it could ever sign is on
the network from the start. So "in the end" is judged where all is quiet: where the honest have done everything that
they must do for what the honest have sent. What they may do besides, on the word of liars, is never waited for.
"""

from typing import Self

from checker.dsl import (
    Byzantine,
    Constant,
    Map,
    MessageSet,
    Model,
    Set,
    Sort,
    Threshold,
    action,
    choose,
    initial,
    invariant,
    lemma,
    message,
    require,
    transition_invariant,
)


class Process(Sort):
    """A process; at most f of them, and fewer than a third, are Byzantine. The others are honest."""


class Value(Sort):
    """A value that may be broadcast."""


class EchoQuorum(Threshold[Process], size="(N + f) // 2 + 1"):
    """Processes whose ECHOs let a process be ready: more than (N + f) / 2, so that two share an honest process."""


class AmplifyQuorum(Threshold[Process], size="f + 1"):
    """Processes whose READYs make others ready: one of them is honest."""


class DeliverQuorum(Threshold[Process], size="2*f + 1"):
    """Processes whose READYs let a value be delivered: the honest among them make everybody ready."""


@message(signed_by="sender")
class Initial:
    """The sender broadcasts a value (CGR's SEND)."""

    value: Value
    sender: Process


@message(signed_by="sender")
class Echo:
    """A process has the value from the sender."""

    value: Value
    sender: Process


@message(signed_by="sender")
class Ready:
    """A process knows that no honest process can be ready for another value."""

    value: Value
    sender: Process


class ByzantineReliableBroadcast(Model):
    """A value is delivered once 2f + 1 processes are ready for it, and f + 1 of these make all others ready."""

    f: Constant[int]  # how many Byzantine processes are tolerated
    byzantine: Byzantine[Process]  # the processes that may send anything they can sign
    sender: Process  # the process that broadcasts, honest or not; everybody knows it
    delivered: Map[Process, Value | None]  # the value that an honest process has delivered
    net: MessageSet[Initial | Echo | Ready]  # every message ever sent

    @initial
    def start(self) -> None:
        """Somebody is the sender; nothing has been delivered."""
        s = choose(Process)
        self.sender = s
        for p in Process:
            self.delivered[p] = None

    @action
    def broadcast(self, p: Process, v: Value) -> None:
        """The sender, if it is honest, sends one value to all (step 0)."""
        require(p == self.sender and p not in self.byzantine)
        require(not any(m.sender == p for m in self.net.of(Initial)))
        self.net.send(Initial(v, p))

    @action
    def echo(self, p: Process, m: Initial) -> None:
        """Process p echoes the first value that it has from the sender (step 1)."""
        require(p not in self.byzantine)
        require(m in self.net)
        require(m.sender == self.sender)
        require(not self.has_echoed(p))
        self.net.send(Echo(m.value, p))

    @action
    def ready(self, p: Process, v: Value) -> None:
        """Process p is ready for v, on an echo quorum, or as f + 1 processes are (step 2)."""
        require(p not in self.byzantine)
        require(not self.is_ready(p))
        require(self.makes_ready(v, set(Process)))
        self.net.send(Ready(v, p))

    @action
    def deliver(self, p: Process, v: Value) -> None:
        """Process p delivers v once 2f + 1 processes are ready for it (step 3)."""
        require(p not in self.byzantine)
        require(self.delivered[p] is None)
        require(self.lets_deliver(v, set(Process)))
        self.delivered[p] = v

    def has_echoed(self, p: Process) -> bool:
        """Return whether p has sent ECHO."""
        return any(m.sender == p for m in self.net.of(Echo))

    def is_ready(self, p: Process) -> bool:
        """Return whether p has sent READY."""
        return any(m.sender == p for m in self.net.of(Ready))

    def makes_ready(self, v: Value, heard: Set[Process]) -> bool:
        """Return whether what the processes in `heard` have sent makes everybody ready for v who is not yet ready."""
        return EchoQuorum.covers(self.echoing(v, heard)) or AmplifyQuorum.covers(self.ready_for(v, heard))

    def lets_deliver(self, v: Value, heard: Set[Process]) -> bool:
        """Return whether what the processes in `heard` have sent lets everybody deliver v."""
        return DeliverQuorum.covers(self.ready_for(v, heard))

    def echoing(self, v: Value, heard: Set[Process]) -> Set[Process]:
        """Return the processes in `heard` whose ECHO for v is there."""
        return {q for q in heard if Echo(v, q) in self.net}

    def ready_for(self, v: Value, heard: Set[Process]) -> Set[Process]:
        """Return the processes in `heard` whose READY for v is there."""
        return {q for q in heard if Ready(v, q) in self.net}

    def honest(self) -> Set[Process]:
        """Return the processes that are not Byzantine."""
        return {p for p in Process if p not in self.byzantine}

    # -- what a broadcast promises: consistency, integrity, no duplication, validity, totality (CGR, module 3.12) ----

    @invariant
    def consistency(self) -> bool:
        """No two honest processes deliver different values."""
        return all(
            self.delivered[p] is None or self.delivered[q] is None or self.delivered[p] == self.delivered[q]
            for p in Process
            for q in Process
        )

    @invariant
    def integrity(self) -> bool:
        """What is delivered, the sender has sent: an honest sender is not misquoted."""
        return all(Initial(v, self.sender) in self.net for p in Process for v in Value if self.delivered[p] == v)

    @transition_invariant
    def no_duplication(self, old: Self) -> bool:
        """Who has delivered a value never delivers another."""
        return all(old.delivered[p] is None or old.delivered[p] == self.delivered[p] for p in Process)

    @invariant
    def validity(self) -> bool:
        """When all is quiet, every honest process has delivered what an honest sender has broadcast."""
        return not self.quiescent() or self.delivered_where_due()

    @invariant
    def totality(self) -> bool:
        """When all is quiet, either every honest process has delivered a value or none has."""
        return not self.quiescent() or not self.delivered_by_any() or self.delivered_by_all()

    def quiescent(self) -> bool:
        """Return whether the messages of honest processes leave nothing to do to any of them."""
        return all(self.idle(p) for p in Process if p not in self.byzantine)

    def idle(self, p: Process) -> bool:
        """Return whether p has done all that it must: what it has no choice but to do for messages of the honest."""
        return (
            (self.is_ready(p) or not any(self.makes_ready(v, self.honest()) for v in Value))
            and (self.delivered[p] is not None or not any(self.lets_deliver(v, self.honest()) for v in Value))
            and (self.has_echoed(p) or self.sender in self.byzantine or not self.sent())
            and (p != self.sender or self.sent())
        )

    def sent(self) -> bool:
        """Return whether a value of the sender is there."""
        return any(m.sender == self.sender for m in self.net.of(Initial))

    def delivered_where_due(self) -> bool:
        """Return whether the sender is Byzantine, or has broadcast a value that every honest process has delivered."""
        return self.sender in self.byzantine or any(
            Initial(v, self.sender) in self.net and all(self.delivered[p] == v for p in self.honest()) for v in Value
        )

    def delivered_by_any(self) -> bool:
        """Return whether an honest process has delivered a value."""
        return any(self.delivered[p] is not None for p in Process)

    def delivered_by_all(self) -> bool:
        """Return whether every honest process has delivered a value."""
        return all(self.delivered[p] is not None for p in self.honest())

    # -- why it is so: each follows from those before it and from which quorums meet ---------------------------------

    @lemma
    def one_echo(self) -> bool:
        """No honest process echoes two values."""
        return all(m.value == k.value for m in self.echoes() for k in self.echoes() if m.sender == k.sender)

    @lemma
    def echoes_sent(self) -> bool:
        """What an honest process echoes, the sender has sent."""
        return all(Initial(m.value, self.sender) in self.net for m in self.echoes())

    @lemma
    def readies_echoed(self) -> bool:
        """If an honest process is ready for a value, an echo quorum has echoed it: the first had no other reason."""
        return all(EchoQuorum.covers(self.echoing(m.value, set(Process))) for m in self.readies())

    @lemma
    def readies_agree(self) -> bool:
        """All honest processes that are ready are ready for the same value: two echo quorums share an honest one."""
        return all(m.value == k.value for m in self.readies() for k in self.readies())

    @lemma
    def deliveries_readied(self) -> bool:
        """For what is delivered, an honest process is ready: not all of 2f + 1 are liars."""
        return all(any(m.value == v for m in self.readies()) for p in Process for v in Value if self.delivered[p] == v)

    @invariant
    def deliveries_backed(self) -> bool:
        """For what is delivered, f + 1 honest processes are ready: at most f of 2f + 1 are not honest."""
        return all(
            AmplifyQuorum.covers(self.ready_for(v, self.honest()))
            for p in Process
            for v in Value
            if self.delivered[p] == v
        )

    def echoes(self) -> Set[Echo]:
        """Return the ECHOs of honest processes."""
        return {m for m in self.net.of(Echo) if m.sender not in self.byzantine}

    def readies(self) -> Set[Ready]:
        """Return the READYs of honest processes."""
        return {m for m in self.net.of(Ready) if m.sender not in self.byzantine}

    # -- what must be possible ---------------------------------------------------------------------------------------

    def equivocation(self) -> bool:
        """Return whether honest processes have echoed different values of the sender."""
        return any(m.value != k.value for m in self.echoes() for k in self.echoes())

    def amplification(self) -> bool:
        """Return whether f + 1 READYs make an honest process ready that the ECHOs of honest ones would not."""
        return any(
            AmplifyQuorum.covers(self.ready_for(v, self.honest()))
            and not EchoQuorum.covers(self.echoing(v, self.honest()))
            and any(not self.is_ready(p) for p in self.honest())
            for v in Value
        )

    def delivered_despite_equivocation(self) -> bool:
        """Return whether every honest process has delivered a value, though not all of them have echoed it."""
        return self.equivocation() and self.delivered_by_all()

    def abandoned(self) -> bool:
        """Return whether all is quiet and every honest process has echoed, but nobody will ever have to deliver."""
        return self.quiescent() and all(self.has_echoed(p) for p in self.honest()) and not self.delivered_by_any()
