"""The printer shows each kind of node as a model would write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.interp.errors import ModelError
from checker.interp.machine import Machine
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
    Or,
    Quantifier,
    SetOp,
    Size,
    Slice,
    State,
    Subset,
    Universe,
    Unwrap,
)
from checker.ir.instance import build_instance
from checker.ir.logic import integer
from checker.ir.show import show_action, show_expr, show_statement, show_system
from checker.ir.system import (
    Action,
    Append,
    Assign,
    Choose,
    DomainDecl,
    ForEach,
    If,
    KeyStep,
    NetOp,
    Parameter,
    Require,
    Spend,
    Statement,
    Successor,
    System,
    Target,
)
from checker.ir.types import (
    BOOL,
    INT,
    BagType,
    EnumType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    RecordType,
    SeqType,
    SetType,
    SortType,
)
from tests.golden import assert_golden
from tests.ir.example import EXAMPLE
from tests.ir.generate import systems
from tests.ir.variations import moved

GOLDEN = Path(__file__).parent / "golden"

NODE, TERM, PHASE, VOTE = SortType("Node"), OrderType("Term"), EnumType("Phase"), RecordType("Vote")
a, b, c = (Local(BOOL, name) for name in "abc")
i, j, k = (Local(INT, name) for name in "ijk")
R, S, T = (Local(SetType(INT), name) for name in "RST")
s, n, m = Local(SeqType(INT), "s"), Local(NODE, "n"), Local(VOTE, "m")
NET = State(MessageSetType(VOTE), "net")
EMPTY = System("Empty", (DomainDecl(PHASE, ("IDLE", "BUSY")),), (), (), (), (), (), (), (), ())


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Or(BOOL, (And(BOOL, (a, b)), c)), "a and b or c"),
        (And(BOOL, (Or(BOOL, (a, b)), c)), "(a or b) and c"),
        (And(BOOL, (And(BOOL, (a, b)), c)), "(a and b) and c"),
        (Not(BOOL, And(BOOL, (a, Not(BOOL, b)))), "not (a and not b)"),
        (Eq(BOOL, Eq(BOOL, i, j), Less(BOOL, i, j)), "(i == j) == (i < j)"),
        (Eq(BOOL, Not(BOOL, a), b), "(not a) == b"),
        (Not(BOOL, Eq(BOOL, i, j)), "i != j"),
        (Not(BOOL, Less(BOOL, i, j, strict=False)), "not i <= j"),
        (Not(BOOL, Member(BOOL, i, S)), "i not in S"),
        (Eq(BOOL, m, Const(OptionType(VOTE), None)), "m is None"),
        (Arith(INT, "-", i, Arith(INT, "-", j, k)), "i - (j - k)"),
        (Arith(INT, "-", Arith(INT, "-", i, j), k), "i - j - k"),
        (Arith(INT, "*", Arith(INT, "+", i, j), Const(INT, -1)), "(i + j) * -1"),
        (Ite(INT, Ite(BOOL, a, b, c), Ite(INT, a, i, j), Ite(INT, b, j, k)),
         "(i if a else j) if (b if a else c) else j if b else k"),
        (SetOp(S.type, "difference", R, SetOp(S.type, "union", S, T)), "R - (S | T)"),
        (SetOp(S.type, "union", SetOp(S.type, "intersection", R, S), T), "R & S | T"),
        (Subset(BOOL, R, SetOp(S.type, "union", S, T)), "R <= S | T"),
        (Subset(BOOL, R, S, strict=True), "R < S"),
        (Let(INT, "x", i, j), "let x = i in j"),
        (Arith(INT, "+", Let(INT, "x", i, j), k), "(let x = i in j) + k"),
        (Index(INT, Concat(s.type, s, MakeSeq(s.type, (i,))), Size(INT, s)), "(s + Seq(i))[len(s)]"),
        (FieldOf(INT, Ite(VOTE, a, m, m), "term"), "(m if a else m).term"),
        (Slice(s.type, s, None, Arith(INT, "-", i, integer(1))), "s[:i - 1]"),
    ],
)  # fmt: skip
def test_parentheses_are_the_fewest_that_keep_the_structure(expr: Expr, text: str) -> None:
    assert show_expr(expr) == text


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (State(INT, "x"), "self.x"),
        (State(INT, "x", old=True), "old.x"),
        (Given(INT, "Limit"), "Limit"),
        (Call(BOOL, "chosen", (i, j)), "self.chosen(i, j)"),
        (Call(BOOL, "chosen", (), old=True), "old.chosen()"),
        (Make(VOTE, (i, n)), "Vote(i, n)"),
        (MakeSet(S.type, (i, j)), "{i, j}"),
        (MakeSet(S.type, ()), "set()"),
        (MakeMap(MapType(NODE, INT), "x", i), "mapping({x: i for x in Node})"),
        (Interval(S.type, i, j), "range(i, j)"),
        (IsVariant(BOOL, m, "Vote"), "isinstance(m, Vote)"),
        (Unwrap(VOTE, m), "m"),
        (Universe(SetType(NODE)), "Node"),
        (Messages(SetType(VOTE), NET, "Vote"), "self.net.of(Vote)"),
        (Covers(BOOL, "Majority", S), "Majority.covers(S)"),
        (Only(INT, S), "only(S)"),
        (Extremum(INT, True, False, S, "x", None), "max(S)"),
        (Extremum(INT, False, False, S, "x", None, i), "min(S, default=i)"),
        (Extremum(S.type, True, True, S, "x", Local(INT, "x")), "maximal(S, key=lambda x: x)"),
        (Comprehension(S.type, (Generator("x", S, (a,)), Generator("y", T)), i), "{i for x in S if a for y in T}"),
        (Quantifier(BOOL, "any", (Generator("x", Ite(S.type, a, S, T)),), b), "any(b for x in (S if a else T))"),
        (Const(BOOL, True), "True"),
        (Const(TERM, 0), "Term.first()"),
        (Const(TERM, 2), "Term(2)"),
        (Const(PHASE, 1), "Phase(1)"),
        (Const(VOTE, ("Vote", 1, 0)), "Vote(1, 0)"),
        (Const(S.type, frozenset({10, 9})), "{9, 10}"),
        (Const(s.type, (1, 2)), "Seq(1, 2)"),
    ],
)
def test_every_expression_is_shown_as_the_model_writes_it(expr: Expr, text: str) -> None:
    assert show_expr(expr) == text


def test_members_of_an_enum_are_named_where_the_system_is_known() -> None:
    assert show_expr(Const(PHASE, 1), EMPTY) == "Phase.BUSY"


LOG = Target("log", True, SeqType(INT, 2), (KeyStep(n),))
BAG = BagType(VOTE)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (Require(Eq(BOOL, m, Const(OptionType(VOTE), None))), "require(m is None)"),
        (Assign(Target("x", False, INT), i), "x = i"),
        (Assign(LOG, MakeSeq(SeqType(INT), ())), "self.log[n] = Seq()"),
        (Append(LOG, i), "self.log[n].append(i)"),
        (NetOp("receive", "bag", BAG, (m,)), "self.bag.receive(m)"),
        (NetOp("receive", "bag", BAG, (n, n), "m"), "m = self.bag.receive(n, n)"),
        (Choose("x", NODE, Universe(SetType(NODE))), "x: Node = choose(Node)"),
        (Successor("t", TERM, Const(TERM, 0)), "t = successor(Term.first())"),
        (Spend("restarts"), "spend(self.restarts)"),
        (ForEach("x", S, (Spend("restarts"),)), "for x in S:\n    spend(self.restarts)"),
        (If(a, (), (Require(b),)), "if a:\n    pass\nelse:\n    require(b)"),
        (Require(Eq(BOOL, Unwrap(INT, k), i)), "require(k! == i)"),
    ],
)
def test_every_statement_is_shown_as_the_model_writes_it(statement: Statement, text: str) -> None:
    assert show_statement(statement) == text


def test_an_action_is_shown_as_a_method() -> None:
    action = Action("stop", (Parameter("n", NODE), Parameter("b", BOOL)), (Require(b),), at="n")
    assert show_action(action) == '@action(at="n")\ndef stop(self, n: Node, b: bool) -> None:\n    require(b)'


def test_a_whole_system_reads_as_a_model() -> None:
    assert_golden(GOLDEN / "lease.txt", show_system(EXAMPLE))


@settings(max_examples=20, deadline=None)
@given(systems())
def test_places_do_not_show(system: System) -> None:
    assert show_system(system) == show_system(moved(system))


NUMBERS = st.integers(-3, 3).map(integer)
MACHINE = Machine(EMPTY, build_instance(EMPTY, "empty", {}))


def numbers(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Return integer expressions whose parts are drawn from `inner`."""
    bools = st.just(BOOL)
    comparison = st.builds(Less, bools, inner, inner, st.booleans()) | st.builds(Eq, bools, inner, inner)
    several = st.lists(comparison | st.builds(Not, bools, comparison), min_size=2, max_size=3).map(tuple)
    condition = comparison | st.builds(And, bools, several) | st.builds(Or, bools, several)
    condition |= st.builds(Eq, bools, condition, condition) | st.builds(Not, bools, condition)
    arithmetic = st.builds(Arith, st.just(INT), st.sampled_from(("+", "-", "*", "//", "%")), inner, inner)
    return arithmetic | st.builds(Ite, st.just(INT), condition, inner, inner)


@settings(max_examples=200)
@given(st.recursive(NUMBERS, numbers, max_leaves=12))
def test_python_reads_the_text_as_the_same_expression(expr: Expr) -> None:
    try:
        value = eval(show_expr(expr))
    except ZeroDivisionError:
        with pytest.raises(ModelError):
            MACHINE.evaluate(expr, (), {})
    else:
        assert MACHINE.evaluate(expr, (), {}) == value
