"""The checker accepts what is well-formed and names what is not, each rule by a wrong variation of one system."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from checker.diagnostics import QuoraxError
from checker.dsl.loader import bundled_models, load
from checker.ir.check import check_system
from checker.ir.expr import (
    And,
    Arith,
    Call,
    Comprehension,
    Concat,
    Const,
    Covers,
    Eq,
    Expr,
    Extremum,
    FieldOf,
    Generator,
    Given,
    Index,
    Interval,
    IsVariant,
    Ite,
    Less,
    Let,
    Local,
    Make,
    MakeMap,
    MakeSeq,
    MakeSet,
    Member,
    Messages,
    Not,
    Only,
    Quantifier,
    SetOp,
    Size,
    Slice,
    State,
    Subset,
    Universe,
    Unwrap,
)
from checker.ir.logic import TRUE, integer
from checker.ir.system import (
    Action,
    Append,
    Assign,
    Choose,
    DomainDecl,
    FieldDecl,
    ForEach,
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
    Statement,
    Successor,
    System,
    Target,
    VariableDecl,
)
from checker.ir.types import (
    BOOL,
    INT,
    NOTHING,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    NoneType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
)
from tests.ir.example import (
    ASK,
    BAG,
    CHANNEL,
    ENTRY,
    EXAMPLE,
    FULL,
    GRANT,
    GRANTED,
    GREW,
    IDLE,
    LOG,
    NET,
    NODE,
    ROLE,
    START,
    TERM,
    TERMS,
    entry_of,
    everyone,
    leader,
    log,
    m,
    n,
    net,
    t,
    term,
)
from tests.ir.generate import systems


def problems(system: System) -> list[str]:
    """Return what is wrong with a system: code and message of each diagnostic."""
    try:
        check_system(system)
    except QuoraxError as error:
        return [f"{d.code} {d.message}" for d in error.diagnostics]
    return []


def with_invariant(body: Expr, **names: Type) -> System:
    """Return the example with one property, `body` for all values of the names."""
    generators = tuple(Generator(name, Universe(SetType(kind))) for name, kind in names.items())
    whole = Quantifier(BOOL, "all", generators, body) if names else body
    return replace(EXAMPLE, properties=(Property("p", "invariant", whole),))


def with_body(*body: Statement, **names: Type) -> System:
    """Return the example with one action."""
    parameters = tuple(Parameter(name, kind) for name, kind in names.items())
    return replace(EXAMPLE, actions=(Action("a", parameters, body),))


def with_type(kind: Type) -> System:
    """Return the example with a further variable of some type."""
    return replace(EXAMPLE, variables=(*EXAMPLE.variables, VariableDecl("extra", kind)))


def test_the_example_is_well_formed() -> None:
    assert problems(EXAMPLE) == []


@pytest.mark.parametrize("name", bundled_models())
def test_the_bundled_models_and_their_mutants_are_well_formed(name: str) -> None:
    model = load(name)
    for system in (model.system, *(mutant.system for mutant in model.mutants.values())):
        assert problems(system) == []


@settings(max_examples=60, deadline=None)
@given(systems())
def test_drawn_systems_are_well_formed(system: System) -> None:
    assert problems(system) == []


BALLOT = OrderType("Ballot")
COLOUR = EnumType("Colour")
HOLDER = RecordDecl("Holder", (FieldDecl("inner", OptionType(RecordType("Held"))),), False)
HELD = RecordDecl("Held", (FieldDecl("back", SetType(RecordType("Holder"))),), False)


@pytest.mark.parametrize(
    ("system", "problem"),
    [
        (with_type(BALLOT), "M901 there is no domain Ballot"),
        (with_type(QuorumType("Grid", NODE)), "M901 there is no quorum system Grid"),
        (with_type(RecordType("Vote")), "M901 there is no record Vote"),
        (with_type(UnionType(("Ask",))), "M901 Ask does not have two variants or more, each once"),
        (with_type(UnionType(("Ask", "Vote"))), "M901 there is no record Vote"),
        (with_type(OptionType(OptionType(BOOL))), "M901 bool | None | None has two kinds of None"),
        (with_type(MapType(SetType(NODE), BOOL)), "M901 Set[Node] cannot be the key of a map"),
        (with_type(MapType(INT, BOOL)), "M901 int cannot be the key of a map"),
        (with_type(SeqType(BOOL)), "M901 Seq[bool] has no capacity"),
        (with_type(SeqType(BOOL, "Length")), "M901 there is no bound Length"),
        (with_type(IntType(0, "primary")), "M901 there is no bound primary"),
        (with_type(SetType(NET)), f"M901 {NET} stands where a value is stored"),
        (with_type(SetType(NOTHING)), "M901 the type nothing stands where a value is stored"),
        (with_type(NoneType()), "M901 the type None stands where a value is stored"),
        (with_type(FifoType(SortType("Client"), ENTRY)), "M901 there is no domain Client"),
        (
            replace(EXAMPLE, domains=(*EXAMPLE.domains, DomainDecl(COLOUR))),
            "M901 Colour: enums have members, sorts and orders none",
        ),
        (
            replace(EXAMPLE, quorums=(*EXAMPLE.quorums, QuorumDecl(QuorumType("Grid", SortType("Client")), ""))),
            "M901 there is no domain Client",
        ),
        (replace(EXAMPLE, records=(*EXAMPLE.records, HOLDER, HELD)), "M901 the record Held contains itself"),
        (
            replace(EXAMPLE, records=(*EXAMPLE.records, RecordDecl("Vote", (FieldDecl("a", BOOL),), True, "a"))),
            "M901 Vote: the signer a is no field of a sort",
        ),
        (
            replace(EXAMPLE, givens=(*EXAMPLE.givens, GivenDecl("limit", BOOL, "bound"))),
            "M901 limit: a bound cannot be a bool",
        ),
        (
            replace(EXAMPLE, variables=(*EXAMPLE.variables, VariableDecl("left", BOOL, is_budget=True))),
            "M901 the budget left is no integer",
        ),
        (with_body(x=TERMS), "M901 the values of Map[Node, Term] cannot be parameters"),
        (replace(EXAMPLE, actions=(Action("a", (), (), at="n"),)), "M901 a: there is no parameter n"),
        (replace(EXAMPLE, domains=(*EXAMPLE.domains, DomainDecl(NODE))), "M902 2 declarations of the type Node"),
        (with_body(Require(TRUE)), ""),
        (
            replace(EXAMPLE, functions=(*EXAMPLE.functions, replace(FULL, name="start"))),
            "M902 2 declarations of the member start",
        ),
        (
            replace(EXAMPLE, records=(*EXAMPLE.records, RecordDecl("R", (FieldDecl("a", BOOL),) * 2, False))),
            "M902 2 declarations of the field of R a",
        ),
        (
            replace(EXAMPLE, actions=(Action("a", (Parameter("x", BOOL),) * 2, ()),)),
            "M902 2 declarations of the parameter of a x",
        ),
    ],
)
def test_declarations_fit_together(system: System, problem: str) -> None:
    assert problems(system)[:1] == ([problem] if problem else [])


x, s, v = Local(INT, "x"), Local(NODE, "n"), Local(OptionType(NODE), "v")
NODES, NAMES = SetType(NODE), {"n": NODE, "t": TERM}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (Local(BOOL, "b"), "b: unknown local name b"),
        (Eq(BOOL, Local(TERM, "n"), t), "n carries Term, its parts make it Node"),
        (State(BOOL, "flag"), "self.flag: unknown variable flag"),
        (State(BOOL, "term"), "self.term carries bool, its parts make it Map[Node, Term]"),
        (State(TERMS, "term", old=True), "old.term: there is no old term here"),
        (Eq(BOOL, State(INT, "restarts"), integer(0)), "self.restarts: the budget restarts is read"),
        (Given(INT, "f"), "f: unknown constant or bound f"),
        (Call(BOOL, "won", (n,)), "self.won(n): unknown function won"),
        (Call(BOOL, "granted", (t,)), "self.granted(t): t is Term where Node is wanted"),
        (Call(BOOL, "granted", ()), "self.granted(): granted takes 1 arguments, not 0"),
        (Call(INT, "granted", (n,)), "self.granted(n) carries int, its parts make it bool"),
        (Call(BOOL, "grew", (n,)), "self.grew(n): grew reads the old state where there is none"),
        (Call(BOOL, "granted", (n,), old=True), "old.granted(n): granted reads the old state where there is none"),
        (Const(BOOL, 1), "1: 1 is no literal of bool"),
        (Const(INT, True), "True: True is no literal of int"),
        (Const(TERM, 1), "Term(1): 1 is no literal of Term"),
        (Const(NODE, 0), "Node(0): 0 is no literal of Node"),
        (Const(ROLE, 2), "Role(2): 2 is no literal of Role"),
        (Const(OptionType(ENTRY), ("Entry", 0)), "Entry(0): ('Entry', 0) is no literal of Entry | None"),
        (Universe(SetType(INT)), "int: Set[int] has no universe"),
        (FieldOf(TERM, n, "term"), "n.term: no part says which type this has"),
        (FieldOf(TERM, Make(ASK, (n, t)), "index"), "Ask(n, t).index: no part says which type this has"),
        (FieldOf(NODE, Make(ASK, (n, t)), "term"), "Ask(n, t).term carries Node, its parts make it Term"),
        (Index(TERM, term, t), "self.term[t]: t is Term where Node is wanted"),
        (Index(TERM, n, t), "n[t]: Node cannot be indexed"),
        (Make(ASK, (n,)), "Ask(n): Ask takes 2 arguments, not 1"),
        (Make(ASK, (t, t)), "Ask(t, t): t is Term where Node is wanted"),
        (Make(BOOL, ()), "bool(): bool is not made like this"),
        (MakeSet(NODES, (n, t)), "{n, t}: t is Term where Node is wanted"),
        (MakeSeq(SeqType(NODE), (t,)), "Seq(t): t is Term where Node is wanted"),
        (MakeMap(TERMS, "k", Local(NODE, "k")), "mapping({k: k for k in Node}): k is Node where Term is wanted"),
        (IsVariant(BOOL, Make(ASK, (n, t)), "Grant"), "isinstance(Ask(n, t), Grant): Ask is never Grant"),
        (Unwrap(NODE, n), "n: Node is not optional"),
        (Unwrap(TERM, leader), "self.leader carries Term, its parts make it Node"),
        (Eq(BOOL, n, t), "n == t: Node and Term have nothing in common"),
        (Eq(BOOL, net, net), "self.net == self.net: networks are not compared"),
        (Less(BOOL, n, n), "n < n: Node and Node have no order"),
        (Less(BOOL, t, integer(1)), "t < 1: Term and int have no order"),
        (Not(BOOL, n), "not n: n is Node where bool is wanted"),
        (And(BOOL, (TRUE, n)), "True and n: n is Node where bool is wanted"),
        (Ite(NODE, n, n, n), "n if n else n: n is Node where bool is wanted"),
        (Ite(NODE, TRUE, n, t), "n if True else t: Node and Term have nothing in common"),
        (Let(NODE, "x", n, t), "let x = n in t carries Node, its parts make it Term"),
        (Quantifier(BOOL, "all", (Generator("x", n),), TRUE), "all(True for x in n): Node cannot be iterated"),
        (Quantifier(BOOL, "all", (Generator("x", everyone, (n,)),), TRUE),
         "all(True for x in Node if n): n is Node where bool is wanted"),
        (Comprehension(NODES, (Generator("x", everyone),), t),
         "{t for x in Node} carries Set[Node], its parts make it Set[Term]"),
        (Member(BOOL, t, everyone), "t in Node: Node and Term have nothing in common"),
        (SetOp(NODES, "union", everyone, n), "Node | n: Node is no set"),
        (Subset(BOOL, everyone, Universe(SetType(TERM))),
         "Node <= Term: Set[Node] and Set[Term] have nothing in common"),
        (Arith(INT, "+", integer(1), t), "1 + t: t is Term where int is wanted"),
        (Interval(SetType(INT), t, integer(1)), "range(t, 1): t is Term where int is wanted"),
        (Size(INT, n), "len(n): Node has no size"),
        (Concat(LOG, Index(LOG, log, n), n), "self.log[n] + n: only sequences are concatenated"),
        (Slice(LOG, Index(LOG, log, n), n, None), "self.log[n][n:]: n is Node where int is wanted"),
        (Extremum(NODE, True, False, everyone, "x", None), "max(Node): Node has no order"),
        (Extremum(TERM, True, False, everyone, "x", Local(NODE, "x")), "max(Node, key=lambda x: x): Node has no order"),
        (Extremum(NODES, True, True, everyone, "x", integer(1), n),
         "maximal(Node, key=lambda x: 1, default=n): the set of all extrema has no default"),
        (Only(TERM, everyone), "only(Node) carries Term, its parts make it Node"),
        (Messages(SetType(ENTRY), net, "Entry"), f"self.net.of(Entry): {NET} has no Entry"),
        (Covers(BOOL, "Grid", everyone), "Grid.covers(Node): unknown quorum system Grid"),
        (Covers(BOOL, "Majority", n), "Majority.covers(n): n is Node where Set[Node] is wanted"),
        (Eq(BALLOT, n, n), "there is no domain Ballot"),
    ],
)  # fmt: skip
def test_an_expression_has_the_type_its_parts_make(body: Expr, problem: str) -> None:
    assert f"M903 {problem}" in problems(with_invariant(body, **NAMES))


def test_each_ill_typed_part_is_reported_once() -> None:
    wrong = And(BOOL, (Not(BOOL, n), Not(BOOL, t)))
    found = problems(with_invariant(wrong, **NAMES))
    assert found == ["M903 not n: n is Node where bool is wanted", "M903 not t: t is Term where bool is wanted"]


def test_a_bound_name_has_its_type_in_its_scope_only() -> None:
    inside = Quantifier(BOOL, "all", (Generator("k", everyone),), Eq(BOOL, Local(NODE, "k"), n))
    assert problems(with_invariant(inside, n=NODE)) == []
    assert problems(with_invariant(And(BOOL, (inside, Eq(BOOL, Local(NODE, "k"), n))), n=NODE)) == [
        "M903 k: unknown local name k"
    ]


def test_a_property_is_a_truth_value() -> None:
    assert problems(with_invariant(integer(1))) == ["M903 1 is int where bool is wanted"]


def test_a_transition_invariant_sees_the_state_before() -> None:
    body = Eq(BOOL, State(TERMS, "term"), State(TERMS, "term", old=True))
    assert problems(replace(EXAMPLE, properties=(Property("p", "transition", body),))) == []


def test_a_function_of_a_step_is_not_called_on_the_old_state_alone() -> None:
    body = Quantifier(BOOL, "all", (Generator("n", everyone),), Call(BOOL, "grew", (n,), old=True))
    found = problems(replace(EXAMPLE, properties=(Property("p", "transition", body),)))
    assert found == ["M903 old.grew(n): grew sees two states: it cannot be called on the old one alone"]


def test_a_function_of_one_state_does_not_see_the_old_one() -> None:
    found = problems(replace(EXAMPLE, functions=(GRANTED, *EXAMPLE.functions[1:2], replace(GREW, of_step=False), FULL)))
    assert found == ["M903 old.log: there is no old log here"]


def test_functions_do_not_call_themselves() -> None:
    there, back = (
        replace(FULL, name="there", body=Call(BOOL, "back", (n,))),
        replace(FULL, name="back", body=Call(BOOL, "there", (n,))),
    )
    found = problems(replace(EXAMPLE, functions=(*EXAMPLE.functions, there, back)))
    assert found == ["M905 the function back calls itself", "M905 the function there calls itself"]


LOCAL = Target("x", False, BOOL)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (Require(n), "n is Node where bool is wanted"),
        (Assign(entry_of("term", TERMS, n), n), "n is Node where Term is wanted"),
        (Assign(Target("age", True, INT), integer(1)), "age is no variable that can be assigned"),
        (Assign(Target("restarts", True, INT), integer(1)), "restarts is no variable that can be assigned"),
        (Assign(Target("net", True, NET), net), "net is no variable that can be assigned"),
        (Assign(Target("leader", True, NODE), n), "the target is Node | None, not Node"),
        (Assign(Target("leader", True, NODE, (KeyStep(n),)), n), "Node | None has no entries to assign"),
        (Assign(Target("term", True, TERM, (KeyStep(t),)), t), "t is Term where Node is wanted"),
        (Assign(Target("log", True, ENTRY, (KeyStep(n), KeyStep(n))), Make(ENTRY, (t, integer(0)))),
         "n is Node where int is wanted"),
        (Assign(Target("n", False, NODE), n), "n is a parameter or loop variable and cannot be bound again"),
        (Assign(Target("y", False, TERM, (KeyStep(n),)), t), "the local y is assigned whole"),
        (Append(Target("term", True, TERMS), t), "term is no sequence of the state"),
        (Append(Target("log", True, LOG, (KeyStep(n),)), t), "t is Term where Entry is wanted"),
        (Spend("fuel"), "there is no budget fuel"),
        (Choose("c", TERM, everyone), "c is Term, an element of Set[Node] is not"),
        (Choose("n", NODE, everyone), "n is a parameter or loop variable and cannot be bound again"),
        (Successor("s", TERM, n), "n is Node where Term is wanted"),
        (Successor("s", NODE, n), "Node has no successors"),  # type: ignore[arg-type]
        (ForEach("e", n, ()), "Node cannot be iterated"),
        (ForEach("n", everyone, ()), "n is a parameter or loop variable and cannot be bound again"),
        (ForEach("e", everyone, (Assign(Target("e", False, NODE), n),)),
         "e is a parameter or loop variable and cannot be bound again"),
        (If(n, ()), "n is Node where bool is wanted"),
        (NetOp("send", "wire", NET, (m,)), "there is no network wire of type MessageSet[Ask | Grant]"),
        (NetOp("send", "net", BAG, (m,)), "there is no network net of type Bag[Grant]"),
        (NetOp("send", "bag", BAG, (m,)), "m is Ask where Grant is wanted"),
        (NetOp("receive", "net", NET, (m,)), "MessageSet[Ask | Grant] has no receive of 1 arguments"),
        (NetOp("reset", "bag", BAG, (n, n)), "Bag[Grant] has no reset of 2 arguments"),
        (NetOp("duplicate", "channel", CHANNEL, (n, n)), "Fifo[Node, Entry] has no duplicate of 2 arguments"),
        (NetOp("send", "channel", CHANNEL, (n, n)), "Fifo[Node, Entry] has no send of 2 arguments"),
        (NetOp("send", "net", NET, (m,), "r"), "send on MessageSet[Ask | Grant] has no result"),
        (NetOp("reset", "channel", CHANNEL, (n, n), "r"), "reset on Fifo[Node, Entry] has no result"),
    ],
)  # fmt: skip
def test_a_statement_changes_what_can_change(statement: Statement, problem: str) -> None:
    assert problems(with_body(statement, n=NODE, t=TERM, m=ASK)) == [f"M904 {problem}"]


def test_a_local_is_known_after_both_branches_bind_it() -> None:
    bind, use = Assign(LOCAL, TRUE), Require(Local(BOOL, "x"))
    assert problems(with_body(If(TRUE, (bind,), (bind,)), use)) == []
    assert problems(with_body(If(TRUE, (bind,)), use)) == ["M903 x: unknown local name x"]


def test_a_local_of_a_loop_ends_with_it() -> None:
    loop = ForEach("e", everyone, (Assign(LOCAL, TRUE), Require(Local(BOOL, "x"))))
    assert problems(with_body(loop)) == []
    assert problems(with_body(loop, Require(Local(BOOL, "x")))) == ["M903 x: unknown local name x"]


def test_every_variable_has_an_initial_value() -> None:
    found = problems(replace(EXAMPLE, initial=(replace(START, body=START.body[:1]),)))
    assert found == ["M906 nothing gives holders its initial value", "M906 nothing gives leader its initial value"]


def test_all_problems_are_reported_together_and_blame_the_toolkit() -> None:
    wrong: Any = Require(Local(BOOL, "lost"))
    with pytest.raises(QuoraxError) as caught:
        check_system(with_body(wrong, Spend("fuel")))
    assert [d.code for d in caught.value.diagnostics] == ["M903", "M904"]
    assert all("fault of quorax" in d.help for d in caught.value.diagnostics)


def test_the_type_of_a_network_is_no_message_set_of_something_else() -> None:
    other = MessageSetType(GRANT)
    found = problems(with_body(NetOp("send", "net", other, (m,)), m=ASK))
    assert found == ["M904 there is no network net of type MessageSet[Grant]"]


def test_an_enum_has_the_members_it_declares() -> None:
    assert problems(with_invariant(Eq(BOOL, IDLE, Const(ROLE, 1)))) == []
