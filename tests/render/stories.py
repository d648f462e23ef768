"""Traces written by hand, one per thing that a picture must be able to show. They need no interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from checker.diagnostics import Span
from checker.ir.expr import Universe
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import (
    Action,
    Choose,
    DomainDecl,
    FieldDecl,
    GivenDecl,
    Parameter,
    QuorumDecl,
    RecordDecl,
    System,
    VariableDecl,
)
from checker.ir.types import (
    BOOL,
    BagType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)
from checker.trace.trace import Binding, Blame, Envelope, Lane, Note, Step, Trace

FILE = "models/story.py"


@dataclass
class Story:
    """Builds a trace step by step; what a step does not change stays."""

    system: System
    instance: Instance
    state: dict[str, Value]
    steps: list[Step] = field(default_factory=list)
    initial: dict[str, Value] = field(init=False)

    def __post_init__(self) -> None:
        self.initial = dict(self.state)

    def step(
        self,
        action: str,
        process: Lane | None,
        *args: Value,
        changes: Mapping[str, Value] | None = None,
        sent: tuple[Envelope, ...] = (),
        received: tuple[Envelope, ...] = (),
        notes: tuple[Note, ...] = (),
        **more: object,
    ) -> None:
        self.state |= changes or {}
        for envelope in sent:
            kind = self.system.variable(envelope.network).type
            if isinstance(kind, MessageSetType):
                self.state[envelope.network] |= {envelope.message}
        index = len(self.steps) + 1
        parameters = next(a.parameters for a in self.system.actions if a.name == action)
        self.steps.append(
            Step(
                index=index,
                action=action,
                args=tuple(Binding(p.name, p.type, a) for p, a in zip(parameters, args, strict=True)),
                choices=(),
                state=self._values(self.state),
                process=process,
                sent=sent,
                received=received,
                notes=notes,
                span=Span(FILE, 10 + index, 4, 12 + index, 9),
            )
        )
        self.steps[-1] = replace(self.steps[-1], **more)  # type: ignore[arg-type]

    def trace(self, title: str = "", **more: object) -> Trace:
        trace = Trace(self.system, self.instance, self._values(self.initial), tuple(self.steps), title)
        return replace(trace, **more)  # type: ignore[arg-type]

    def _values(self, state: dict[str, Value]) -> tuple[Value, ...]:
        return tuple(state[v.name] for v in self.system.variables)


def system_of(name: str, *declared: object, actions: Mapping[str, Mapping[str, Type]]) -> System:
    """Return a system with declarations but no behaviour."""

    def of(kind: type) -> tuple[object, ...]:
        return tuple(d for d in declared if isinstance(d, kind))

    return System(
        name=name,
        domains=of(DomainDecl),  # type: ignore[arg-type]
        quorums=of(QuorumDecl),  # type: ignore[arg-type]
        records=of(RecordDecl),  # type: ignore[arg-type]
        givens=of(GivenDecl),  # type: ignore[arg-type]
        variables=of(VariableDecl),  # type: ignore[arg-type]
        functions=(),
        initial=(),
        actions=tuple(
            Action(action, tuple(Parameter(n, t) for n, t in parameters.items()), (), doc=f"What {action} is for.")
            for action, parameters in actions.items()
        ),
        properties=(),
        span=Span(FILE, 1, 0, 9, 0),
    )


def record(name: str, signer: str | None = None, **fields: Type) -> RecordDecl:
    return RecordDecl(name, tuple(FieldDecl(n, t) for n, t in fields.items()), is_message=True, signer=signer)


ACCEPTOR, VALUE, BALLOT = SortType("Acceptor"), SortType("Value"), OrderType("Ballot")
QUORUM = QuorumType("Quorum", ACCEPTOR)
VOTE = RecordType("Vote")


def paxos(**settings: Setting) -> tuple[System, Instance]:
    messages = UnionType(("Prepare", "Promise", "Accept", "Accepted"))
    system = system_of(
        "OmitVote",
        DomainDecl(ACCEPTOR),
        DomainDecl(VALUE),
        DomainDecl(BALLOT),
        QuorumDecl(QUORUM, "N // 2 + 1"),
        replace(record("Vote", ballot=BALLOT, value=VALUE), is_message=False),
        record("Prepare", ballot=BALLOT),
        record("Promise", signer="sender", ballot=BALLOT, sender=ACCEPTOR, vote=OptionType(VOTE)),
        record("Accept", ballot=BALLOT, value=VALUE),
        record("Accepted", signer="sender", ballot=BALLOT, sender=ACCEPTOR, value=VALUE),
        VariableDecl("promised", MapType(ACCEPTOR, OptionType(BALLOT))),
        VariableDecl("vote", MapType(ACCEPTOR, OptionType(VOTE))),
        VariableDecl("net", MessageSetType(messages)),
        actions={
            "prepare": {"b": BALLOT},
            "promise": {"a": ACCEPTOR, "m": RecordType("Prepare")},
            "propose": {"b": BALLOT, "v": VALUE, "q": QUORUM},
            "accept": {"a": ACCEPTOR, "m": RecordType("Accept")},
        },
    )
    return system, build_instance(system, "small", {"Acceptor": 3, "Value": 2, "Ballot": 2} | settings)


def paxos_story() -> Trace:
    """Two values are chosen, because an acceptor leaves its vote out of a promise (step 6)."""
    system, instance = paxos()
    story = Story(system, instance, {"promised": (None,) * 3, "vote": (None,) * 3, "net": frozenset()})
    net = MessageSetType(UnionType(("Prepare", "Promise", "Accept", "Accepted")))

    def mail(*message: Value) -> Envelope:
        return Envelope("net", net.element, message)

    def leader(b: int) -> Lane:
        return Lane("Ballot", b)

    def acceptor(a: int) -> Lane:
        return Lane("Acceptor", a)

    def promise(a: int, b: int, vote: Value, *notes: Note) -> None:
        promised = tuple(b if i == a else p for i, p in enumerate(story.state["promised"]))
        prepare = mail("Prepare", b)
        story.step(
            "promise",
            acceptor(a),
            a,
            prepare.message,
            changes={"promised": promised},
            received=(prepare,),
            sent=(mail("Promise", b, a, vote),),
            notes=notes,
        )

    def accept(a: int, b: int, v: int, *notes: Note) -> None:
        votes = tuple(("Vote", b, v) if i == a else w for i, w in enumerate(story.state["vote"]))
        promised = tuple(b if i == a else p for i, p in enumerate(story.state["promised"]))
        proposal = mail("Accept", b, v)
        story.step(
            "accept",
            acceptor(a),
            a,
            proposal.message,
            changes={"vote": votes, "promised": promised},
            received=(proposal,),
            sent=(mail("Accepted", b, a, v),),
            notes=notes,
        )

    def propose(b: int, v: int, *quorum: int) -> None:
        promises = tuple(mail("Promise", b, a, None) for a in quorum)
        story.step("propose", leader(b), b, v, frozenset(quorum), received=promises, sent=(mail("Accept", b, v),))

    story.step("prepare", leader(0), 0, sent=(mail("Prepare", 0),))
    promise(0, 0, None)
    promise(1, 0, None)
    propose(0, 0, 0, 1)
    story.step("prepare", leader(1), 1, sent=(mail("Prepare", 1),))
    accept(0, 0, 0)
    accept(1, 0, 0, Note("fact", "chosen(v1): b = 0, q = {a1, a2}"))
    promise(1, 1, None, Note("deviation", "Paxos would send Promise with vote = Vote(0, v1)"))
    promise(2, 1, None)
    propose(1, 1, 1, 2)
    accept(2, 1, 1)
    accept(
        1,
        1,
        1,
        Note("fact", "chosen(v2): b = 1, q = {a2, a3}"),
        Note("violation", "agreement is violated: v = v1, w = v2"),
    )
    witnesses = (Binding("v", VALUE, 0), Binding("w", VALUE, 1))
    blame = Blame(
        "agreement", "invariant", "At most one value is ever chosen.", "v == w", Span(FILE, 91, 0, 91, 6), witnesses
    )
    return story.trace("agreement is violated at step 12 (v = v1, w = v2)", blame=blame)


SERVER, ROLE, TERM = SortType("Server"), EnumType("Role"), OrderType("Term")
ENTRY = RecordType("Entry")


def raft_story() -> Trace:
    """A leader over channels: a connection is reset (step 5), a server restarts (step 6), a log is cut (step 8)."""
    element = UnionType(("Request", "Append"))
    system = system_of(
        "Logs",
        DomainDecl(SERVER),
        DomainDecl(ROLE, ("FOLLOWER", "LEADER")),
        DomainDecl(TERM),
        replace(record("Entry", term=TERM, index=IntType(0, 9)), is_message=False),
        record("Request", term=TERM),
        record("Append", term=TERM, previous=IntType(0, 9), entries=SeqType(ENTRY, 3), commit=IntType(0, 9)),
        VariableDecl("role", MapType(SERVER, ROLE)),
        VariableDecl("log", MapType(SERVER, SeqType(ENTRY, 3))),
        VariableDecl("net", FifoType(SERVER, element, 4)),
        VariableDecl("restarts", IntType(0, None), is_budget=True),
        actions={
            "elect": {"s": SERVER},
            "append": {"s": SERVER, "n": IntType(0, 9)},
            "replicate": {"s": SERVER},
            "store": {"s": SERVER, "t": SERVER},
            "reset": {"s": SERVER, "t": SERVER},
            "restart": {"s": SERVER},
        },
    )
    instance = build_instance(system, "three", {"Server": 3, "Term": 2, "restarts": 1})
    empty: tuple[tuple[tuple[Value, ...], ...], ...] = (((),) * 3,) * 3
    story = Story(system, instance, {"role": (0, 0, 0), "log": ((), (), ()), "net": empty, "restarts": 1})

    def lane(s: int) -> Lane:
        return Lane("Server", s)

    def mail(s: int, t: int, *message: Value) -> Envelope:
        return Envelope("net", element, message, s, t)

    def moved(envelopes: tuple[Envelope, ...], gone: tuple[Envelope, ...] = ()) -> Value:
        net = [[list(channel) for channel in row] for row in story.state["net"]]
        for e in gone:
            net[e.source or 0][e.destination or 0].remove(e.message)
        for e in envelopes:
            net[e.source or 0][e.destination or 0].append(e.message)
        return tuple(tuple(tuple(channel) for channel in row) for row in net)

    def log(s: int, *entries: Value) -> Value:
        return tuple(entries if i == s else old for i, old in enumerate(story.state["log"]))

    one, two, other = ("Entry", 0, 1), ("Entry", 0, 2), ("Entry", 1, 1)
    first = mail(0, 1, "Append", 0, 0, (one, two), 0)
    lost = (mail(0, 2, "Append", 0, 0, (one, two), 0), mail(0, 2, "Request", 0))
    story.step("elect", lane(0), 0, changes={"role": (1, 0, 0)})
    story.step("append", lane(0), 0, 1, changes={"log": log(0, one)})
    story.step("append", lane(0), 0, 2, changes={"log": log(0, one, two)})
    sent = (first, *lost)
    story.step("replicate", lane(0), 0, changes={"net": moved(sent)}, sent=sent)
    story.step("reset", None, 0, 2, changes={"net": moved((), lost)}, lost=lost)
    story.step("restart", lane(2), 2, changes={"restarts": 0}, is_restart=True)
    story.step("store", lane(1), 1, 0, changes={"net": moved((), (first,)), "log": log(1, one, two)}, received=(first,))
    story.step("elect", lane(2), 2, changes={"role": (1, 0, 1), "log": log(1, one)})
    answer = mail(2, 1, "Append", 1, 0, (other,), 1)
    story.step("replicate", lane(2), 2, changes={"net": moved((answer,))}, sent=(answer,))
    story.step(
        "store",
        lane(1),
        1,
        2,
        changes={"net": moved((), (answer,)), "log": log(1, other)},
        received=(answer,),
        notes=(Note("violation", "committed entries are lost"),),
    )
    return story.trace()


REPLICA, CLIENT, VIEW = SortType("Replica"), SortType("Client"), OrderType("View")


def pbft_story() -> Trace:
    """A Byzantine primary sends different proposals to two backups (steps 2 and 3), and nobody else signs (step 5)."""
    messages = UnionType(("Request", "PrePrepare", "Prepare", "Rumour"))
    system = system_of(
        "TooManyFaults",
        DomainDecl(REPLICA),
        DomainDecl(CLIENT),
        DomainDecl(VIEW),
        GivenDecl("byzantine", SetType(REPLICA), "byzantine"),
        record("Request", client=CLIENT),
        record("PrePrepare", signer="primary", view=VIEW, client=CLIENT, primary=REPLICA),
        record("Prepare", signer="sender", view=VIEW, client=CLIENT, sender=REPLICA),
        record("Rumour", view=VIEW),
        VariableDecl("executed", MapType(REPLICA, OptionType(CLIENT))),
        VariableDecl("net", MessageSetType(messages)),
        actions={
            "request": {"c": CLIENT},
            "prepare": {"r": REPLICA, "m": RecordType("PrePrepare")},
            "execute": {"r": REPLICA, "m": RecordType("PrePrepare")},
        },
    )
    instance = build_instance(system, "four", {"Replica": 4, "Client": 2, "View": 1, "byzantine": ("r1",)})
    story = Story(system, instance, {"executed": (None,) * 4, "net": frozenset()})

    def mail(*message: Value) -> Envelope:
        return Envelope("net", messages, message)

    def replica(r: int) -> Lane:
        return Lane("Replica", r)

    story.step("request", Lane("Client", 0), 0, sent=(mail("Request", 0),))
    for r, c in ((1, 0), (2, 1)):
        proposal = mail("PrePrepare", 0, c, 0)
        asked = (mail("Request", 0),) if c == 0 else ()
        sent = (mail("Prepare", 0, c, r),)
        story.step(
            "prepare", replica(r), r, proposal.message, sent=sent, received=(proposal, *asked), forged=(proposal,)
        )
    for r, c in ((1, 0), (2, 1)):
        proposal, own, lie = mail("PrePrepare", 0, c, 0), mail("Prepare", 0, c, r), mail("Prepare", 0, c, 0)
        forged = (proposal, lie, mail("Rumour", 0)) if r == 2 else (proposal, lie)
        executed = tuple(c if i == r else e for i, e in enumerate(story.state["executed"]))
        notes = (Note("fact", f"executed[r{r + 1}] = c{c + 1}"),)
        story.step(
            "execute",
            replica(r),
            r,
            proposal.message,
            changes={"executed": executed},
            received=(own, *forged),
            forged=forged,
            notes=notes if r == 1 else (*notes, Note("violation", "agreement is violated: i = r2, j = r3")),
        )
    blame = Blame("agreement", "invariant", "Correct replicas execute the same requests.", "", Span("", 0, 0, 0, 0))
    return story.trace("agreement is violated at step 5", blame=blame)


PROCESS = SortType("Process")


def crash_story() -> Trace:
    """Processes crash (steps 3 and 6), one comes back (step 5), a message is lost (step 4); it goes on for ever."""
    element = RecordType("Ping")
    system = system_of(
        "Pings",
        DomainDecl(PROCESS),
        record("Ping", sender=PROCESS, round=IntType(0, 9)),
        VariableDecl("crashed", SetType(PROCESS)),
        VariableDecl("alone", BOOL),
        VariableDecl("net", BagType(element)),
        actions={
            "ping": {"p": PROCESS, "n": IntType(0, 9)},
            "hear": {"p": PROCESS, "m": element},
            "crash": {"p": PROCESS},
            "recover": {"p": PROCESS},
            "drop": {"m": element},
            "idle": {},
        },
    )
    instance = build_instance(system, "two", {"Process": 3})
    story = Story(system, instance, {"crashed": frozenset(), "alone": False, "net": frozenset()})

    def mail(p: int, n: int) -> Envelope:
        return Envelope("net", element, ("Ping", p, n))

    def lane(p: int) -> Lane:
        return Lane("Process", p)

    one = mail(0, 1)
    story.step("ping", lane(0), 0, 1, changes={"net": frozenset({(one.message, 2)})}, sent=(one, one))
    story.step("hear", lane(1), 1, one.message, changes={"net": frozenset({(one.message, 1)})}, received=(one,))
    story.step("crash", lane(2), 2, changes={"crashed": frozenset({2})}, is_restart=True)
    story.step("drop", None, one.message, changes={"net": frozenset()}, lost=(one,))
    story.step("recover", lane(2), 2, changes={"crashed": frozenset()})
    story.step("crash", lane(1), 1, changes={"crashed": frozenset({1}), "alone": True}, is_restart=True)
    story.step("idle", None, notes=(Note("loop", "the loop starts here"),))
    story.step("ping", lane(0), 0, 1, changes={"alone": False}, sent=(one,))
    story.step("idle", None, changes={"alone": True})
    return story.trace("no process hears anything, for ever", loop_start=7)


def ring_story(processes: int, steps: int) -> Trace:
    """A token goes round and round: as many processes and steps as a test wants."""
    element = RecordType("Token")
    system = system_of(
        "Ring",
        DomainDecl(PROCESS),
        record("Token", holder=PROCESS, hops=IntType(0, 999)),
        VariableDecl("hops", MapType(PROCESS, IntType(0, 999))),
        VariableDecl("net", MessageSetType(element)),
        actions={"pass_on": {"p": PROCESS, "m": OptionType(element)}},
    )
    instance = build_instance(system, "ring", {"Process": processes})
    story = Story(system, instance, {"hops": (0,) * processes, "net": frozenset()})
    for n in range(steps):
        p = n * 2 % processes if n % 7 else (n + 3) % processes
        previous = story.steps[-1].sent if story.steps else ()
        hops = tuple(n + 1 if i == p else h for i, h in enumerate(story.state["hops"]))
        token = Envelope("net", element, ("Token", p, n + 1))
        received = (*previous, *(story.steps[n - 5].sent if n % 4 == 3 and n > 5 else ()))
        message = previous[0].message if previous else None
        story.step("pass_on", Lane("Process", p), p, message, changes={"hops": hops}, sent=(token,), received=received)
    return story.trace()


def initial_story() -> Trace:
    """The initial state is wrong already."""
    system, instance = paxos()
    story = Story(system, instance, {"promised": (None,) * 3, "vote": (("Vote", 0, 1),) * 3, "net": frozenset()})
    blame = Blame("agreement", "invariant", "At most one value is ever chosen.", "v == w", Span(FILE, 91, 0, 91, 6))
    notes = (Note("violation", "agreement is violated"),)
    return story.trace("agreement is violated in the initial state", blame=blame, initial_notes=notes)


STORIES = {
    "paxos": paxos_story,
    "raft": raft_story,
    "pbft": pbft_story,
    "crash": crash_story,
    "ring": lambda: ring_story(5, 25),
    "folded": lambda: ring_story(4, 60),
    "initial": initial_story,
}


def with_choices(trace: Trace) -> Trace:
    """Return the trace with a chosen value in its first step, declared in the action."""
    name = trace.steps[0].action
    kind = trace.steps[0].args[0].type
    body = (Choose("x", kind, Universe(SetType(kind))),)
    actions = tuple(replace(a, body=body) if a.name == name else a for a in trace.system.actions)
    first = replace(trace.steps[0], choices=(Binding("x", kind, 0),))
    return replace(trace, system=replace(trace.system, actions=actions), steps=(first, *trace.steps[1:]))
