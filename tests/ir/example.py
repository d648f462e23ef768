"""A small system written out in the IR, with every kind of declaration and statement in it."""

from __future__ import annotations

from checker.ir.expr import (
    And,
    Arith,
    Call,
    Const,
    Covers,
    Eq,
    FieldOf,
    Generator,
    Given,
    Index,
    Less,
    Local,
    Make,
    MakeSeq,
    MakeSet,
    Member,
    Messages,
    Not,
    Or,
    Quantifier,
    SetOp,
    Size,
    State,
    Universe,
)
from checker.ir.system import (
    Action,
    Append,
    Assign,
    Choose,
    DomainDecl,
    FieldDecl,
    ForEach,
    Function,
    GivenDecl,
    If,
    KeyStep,
    NetOp,
    Parameter,
    Property,
    QuorumDecl,
    RecordDecl,
    Require,
    Spend,
    Successor,
    System,
    Target,
    VariableDecl,
)
from checker.ir.types import (
    BOOL,
    INT,
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
    UnionType,
)

NODE, TERM, ROLE = SortType("Node"), OrderType("Term"), EnumType("Role")
MAJORITY = QuorumType("Majority", NODE)
ENTRY, ASK, GRANT = RecordType("Entry"), RecordType("Ask"), RecordType("Grant")
COUNT = IntType(0, "Limit")
NET, BAG, CHANNEL = MessageSetType(UnionType(("Ask", "Grant"))), BagType(GRANT), FifoType(NODE, ENTRY, "Limit")
LOG = SeqType(ENTRY, "Limit")
LOGS, TERMS, ROLES = MapType(NODE, LOG), MapType(NODE, TERM), MapType(NODE, ROLE)

n, p, t, m, each = Local(NODE, "n"), Local(NODE, "p"), Local(TERM, "t"), Local(ASK, "m"), Local(NODE, "each")
net, log, term, leader = State(NET, "net"), State(LOGS, "log"), State(TERMS, "term"), State(OptionType(NODE), "leader")
everyone = Universe(SetType(NODE))
FIRST, IDLE, BUSY = Const(TERM, 0), Const(ROLE, 0), Const(ROLE, 1)


def entry_of(variable: str, kind: MapType, key: Local) -> Target:
    """Return the place `self.variable[key]`."""
    return Target(variable, True, kind.value, (KeyStep(key),))


START = Action(
    "start",
    (),
    (
        ForEach(
            "each",
            everyone,
            (
                Assign(entry_of("term", TERMS, each), FIRST),
                Assign(entry_of("role", ROLES, each), IDLE),
                Assign(entry_of("log", LOGS, each), MakeSeq(LOG, ())),
            ),
        ),
        Assign(Target("leader", True, OptionType(NODE)), Const(OptionType(NODE), None)),
        Assign(Target("holders", True, SetType(NODE)), MakeSet(SetType(NODE), ())),
    ),
)

ASKING = Action(
    "ask",
    (Parameter("n", NODE),),
    (
        Require(Eq(BOOL, leader, Const(OptionType(NODE), None))),
        Successor("t", TERM, Index(TERM, term, n)),
        Assign(entry_of("term", TERMS, n), t),
        If(Less(BOOL, FIRST, t), (Assign(entry_of("role", ROLES, n), BUSY),), (Spend("restarts"),)),
        NetOp("send", "net", NET, (Make(ASK, (n, t)),)),
    ),
    at="n",
)

GRANTING = Action(
    "grant",
    (Parameter("n", NODE), Parameter("m", ASK)),
    (
        Require(Member(BOOL, m, net)),
        Choose("p", NODE, SetOp(SetType(NODE), "difference", everyone, Given(SetType(NODE), "faulty"))),
        Append(entry_of("log", LOGS, n), Make(ENTRY, (FieldOf(TERM, m, "term"), Size(INT, Index(LOG, log, n))))),
        NetOp("send", "net", NET, (Make(GRANT, (n, FieldOf(NODE, m, "sender"))),)),
        NetOp("send", "channel", CHANNEL, (n, p, Make(ENTRY, (FIRST, Const(INT, 0))))),
        Assign(Target("leader", True, OptionType(NODE)), FieldOf(NODE, m, "sender")),
    ),
)

TAKING = Action(
    "take",
    (Parameter("n", NODE), Parameter("p", NODE)),
    (
        NetOp("receive", "channel", CHANNEL, (p, n), "entry"),
        Assign(
            Target("fresh", False, BOOL), Less(BOOL, Index(TERM, term, n), FieldOf(TERM, Local(ENTRY, "entry"), "term"))
        ),
        Require(Local(BOOL, "fresh")),
        Assign(
            Target("holders", True, SetType(NODE)),
            SetOp(SetType(NODE), "union", State(SetType(NODE), "holders"), MakeSet(SetType(NODE), (n,))),
        ),
    ),
)

GRANTED = Function(
    "granted",
    (Parameter("n", NODE),),
    BOOL,
    Or(
        BOOL,
        (
            Covers(BOOL, "Majority", State(SetType(NODE), "holders")),
            Quantifier(
                BOOL,
                "any",
                (Generator("g", Messages(SetType(GRANT), net, "Grant")),),
                Eq(BOOL, FieldOf(NODE, Local(GRANT, "g"), "receiver"), n),
            ),
        ),
    ),
)
SEEN = Function("seen", (Parameter("n", NODE),), BOOL, Call(BOOL, "granted", (n,)))
GREW = Function(
    "grew",
    (Parameter("n", NODE),),
    BOOL,
    Less(
        BOOL,
        Size(INT, Index(LOG, State(LOGS, "log", old=True), n)),
        Arith(INT, "+", Size(INT, Index(LOG, log, n)), Const(INT, 1)),
    ),
    of_step=True,
)
FULL = Function("full", (Parameter("n", NODE),), BOOL, Eq(BOOL, Size(INT, Index(LOG, log, n)), Given(INT, "Limit")))

ONE_LEADER = Property(
    "one_leader",
    "invariant",
    Quantifier(
        BOOL,
        "all",
        (Generator("n", everyone), Generator("p", everyone, (Not(BOOL, Eq(BOOL, n, p)),))),
        Not(BOOL, And(BOOL, (Call(BOOL, "seen", (n,)), Call(BOOL, "granted", (p,))))),
    ),
)
LOGS_GROW = Property(
    "logs_grow", "transition", Quantifier(BOOL, "all", (Generator("n", everyone),), Call(BOOL, "grew", (n,)))
)

EXAMPLE = System(
    name="Lease",
    domains=(DomainDecl(NODE), DomainDecl(TERM), DomainDecl(ROLE, ("IDLE", "BUSY"))),
    quorums=(QuorumDecl(MAJORITY, "N // 2 + 1"),),
    records=(
        RecordDecl("Entry", (FieldDecl("term", TERM), FieldDecl("index", COUNT)), False),
        RecordDecl("Ask", (FieldDecl("sender", NODE), FieldDecl("term", TERM)), True, "sender"),
        RecordDecl("Grant", (FieldDecl("sender", NODE), FieldDecl("receiver", NODE)), True),
    ),
    givens=(
        GivenDecl("Limit", IntType(0, None), "bound"),
        GivenDecl("primary", MapType(TERM, NODE), "constant"),
        GivenDecl("faulty", SetType(NODE), "byzantine"),
    ),
    variables=(
        VariableDecl("term", TERMS),
        VariableDecl("role", ROLES, is_volatile=True),
        VariableDecl("log", LOGS),
        VariableDecl("leader", OptionType(NODE)),
        VariableDecl("holders", SetType(NODE)),
        VariableDecl("net", NET),
        VariableDecl("bag", BAG),
        VariableDecl("channel", CHANNEL),
        VariableDecl("restarts", IntType(0, None), is_budget=True),
    ),
    functions=(GRANTED, SEEN, GREW, FULL),
    initial=(START,),
    actions=(ASKING, GRANTING, TAKING),
    properties=(ONE_LEADER, LOGS_GROW),
)
