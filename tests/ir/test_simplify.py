"""Simplifying keeps values and errors, and is done when it is done once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.ir.check import check_system
from checker.ir.expr import (
    And,
    Arith,
    Comprehension,
    Concat,
    Const,
    Eq,
    Expr,
    Extremum,
    FieldOf,
    Generator,
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
    Not,
    Only,
    Or,
    Quantifier,
    SetOp,
    Size,
    Slice,
    Subset,
    Universe,
    Unwrap,
)
from checker.ir.logic import FALSE, TRUE, integer
from checker.ir.show import show_expr
from checker.ir.simplify import simplify, simplify_system
from checker.ir.system import FieldDecl, RecordDecl, System
from checker.ir.types import BOOL, INT, MapType, OptionType, RecordType, SeqType, SetType, Type
from tests.ir.evaluation import value_or_undefined
from tests.ir.generate import Case, cases, expressions, systems
from tests.ir.generate_expressions import COUNT, NODE, VOTE

KINDS = (BOOL, INT, COUNT, NODE, OptionType(VOTE), VOTE, SetType(NODE), SetType(INT), SeqType(INT))


@settings(max_examples=120, deadline=None)
@given(st.data(), cases(), st.sampled_from(KINDS))
def test_simplifying_keeps_the_value_or_the_lack_of_one(data: st.DataObject, case: Case, kind: Type) -> None:
    expr = data.draw(expressions(case.system, kind))
    assert value_or_undefined(simplify(expr, case.system), case) == value_or_undefined(expr, case)


@settings(max_examples=40, deadline=None)
@given(systems())
def test_a_simplified_system_is_well_formed_and_simplifying_again_changes_nothing(system: System) -> None:
    simple = simplify_system(system)
    check_system(simple)
    assert simplify_system(simple) == simple


ENTRY = RecordType("Entry")
INTS, SEQ, BOOLS = SetType(INT), SeqType(INT), MapType(BOOL, INT)
SYSTEM = System(
    name="Example",
    domains=(),
    quorums=(),
    records=(RecordDecl("Entry", (FieldDecl("term", INT), FieldDecl("is_last", BOOL)), False),),
    givens=(),
    variables=(),
    functions=(),
    initial=(),
    actions=(),
    properties=(),
)
a, b, i, x, y = Local(BOOL, "a"), Local(BOOL, "b"), Local(INT, "i"), Local(INT, "x"), Local(INT, "y")
S, s, k = Local(INTS, "S"), Local(SEQ, "s"), Local(OptionType(INT), "k")
RISKY = Arith(INT, "//", integer(1), i)
"""Undefined where i is 0."""

RISK = Eq(BOOL, RISKY, x)
NOTHING, NO_SEQ = MakeSet(INTS, ()), MakeSeq(SEQ, ())
POSITIVE = Less(BOOL, integer(0), x)


def all_of(body: Expr, *generators: Generator) -> Expr:
    return Quantifier(BOOL, "all", generators, body)


def any_of(body: Expr, *generators: Generator) -> Expr:
    return Quantifier(BOOL, "any", generators, body)


@pytest.mark.parametrize(
    ("expr", "simple"),
    [
        (And(BOOL, (TRUE, a, TRUE)), "a"),
        (And(BOOL, (a, And(BOOL, (b, a)))), "a and b"),
        (And(BOOL, (FALSE, RISK)), "False"),
        (And(BOOL, (a, FALSE)), "False"),
        (And(BOOL, (a, b, Not(BOOL, a))), "False"),
        (Or(BOOL, (Not(BOOL, a), b, a)), "True"),
        (Or(BOOL, (TRUE, RISK)), "True"),
        (Or(BOOL, (FALSE, a)), "a"),
        (Not(BOOL, Not(BOOL, a)), "a"),
        (Not(BOOL, Less(BOOL, x, y)), "y <= x"),
        (Not(BOOL, FALSE), "True"),
        (Eq(BOOL, a, TRUE), "a"),
        (Eq(BOOL, FALSE, a), "not a"),
        (Eq(BOOL, x, x), "True"),
        (Eq(BOOL, integer(1), integer(2)), "False"),
        (Eq(BOOL, x, Const(OptionType(INT), None)), "False"),
        (Less(BOOL, x, x), "False"),
        (Less(BOOL, x, x, strict=False), "True"),
        (Less(BOOL, integer(1), integer(2)), "True"),
        (Ite(INT, TRUE, x, RISKY), "x"),
        (Ite(INT, Not(BOOL, a), x, y), "y if a else x"),
        (Ite(INT, a, x, x), "x"),
        (Ite(INT, a, Ite(INT, a, x, y), i), "x if a else i"),
        (Ite(INT, a, x, Ite(INT, a, y, i)), "x if a else i"),
        (Ite(BOOL, a, TRUE, FALSE), "a"),
        (Ite(BOOL, a, FALSE, RISK), "not a and 1 // i == x"),
        (Ite(BOOL, a, TRUE, RISK), "a or 1 // i == x"),
        (Ite(BOOL, a, RISK, FALSE), "a and 1 // i == x"),
        (Ite(BOOL, a, RISK, TRUE), "not a or 1 // i == x"),
        (Let(INT, "x", i, Arith(INT, "*", x, x)), "i * i"),
        (Let(INT, "x", integer(3), Arith(INT, "*", x, y)), "3 * y"),
        (Let(INT, "x", Size(INT, S), y), "y"),
        (Let(INT, "x", RISKY, x), "1 // i"),
    ],
)
def test_logic_is_folded(expr: Expr, simple: str) -> None:
    assert show_expr(simplify(expr, SYSTEM)) == simple


@pytest.mark.parametrize(
    ("expr", "simple"),
    [
        (Arith(INT, "+", integer(2), integer(3)), "5"),
        (Arith(INT, "//", integer(-1), integer(2)), "-1"),
        (Arith(INT, "%", integer(-1), integer(3)), "2"),
        (Arith(INT, "-", Arith(INT, "+", x, integer(1)), integer(1)), "x"),
        (Arith(INT, "-", Arith(INT, "+", x, integer(1)), integer(3)), "x - 2"),
        (Arith(INT, "+", integer(1), Arith(INT, "-", x, integer(-2))), "x + 3"),
        (Arith(INT, "*", integer(1), x), "x"),
        (Arith(INT, "//", x, integer(1)), "x"),
        (Arith(INT, "*", x, integer(0)), "0"),
        (Arith(INT, "*", integer(0), x), "0"),
        (Arith(INT, "%", x, integer(1)), "0"),
        (Size(INT, Const(INTS, frozenset({1, 2}))), "2"),
        (Size(INT, MakeSet(INTS, (x,))), "1"),
        (Size(INT, MakeSet(INTS, (x, y))), "len({x, y})"),
        (Size(INT, MakeSeq(SEQ, (x, y))), "2"),
        (Only(INT, MakeSet(INTS, (RISKY,))), "1 // i"),
        (MakeSet(INTS, (x, y, x)), "{x, y}"),
        (Member(BOOL, x, NOTHING), "False"),
        (Member(BOOL, x, MakeSet(INTS, (y,))), "x == y"),
        (Member(BOOL, integer(1), Const(INTS, frozenset({1}))), "True"),
        (Member(BOOL, Local(NODE, "n"), Universe(SetType(NODE))), "True"),
        (SetOp(INTS, "union", S, NOTHING), "S"),
        (SetOp(INTS, "union", NOTHING, S), "S"),
        (SetOp(INTS, "intersection", S, S), "S"),
        (SetOp(INTS, "intersection", S, NOTHING), "set()"),
        (SetOp(INTS, "difference", S, S), "set()"),
        (SetOp(INTS, "difference", S, NOTHING), "S"),
        (Subset(BOOL, NOTHING, S), "True"),
        (Subset(BOOL, S, NOTHING, strict=True), "False"),
        (Subset(BOOL, S, S), "True"),
        (Concat(SEQ, NO_SEQ, s), "s"),
        (Concat(SEQ, MakeSeq(SEQ, (x,)), MakeSeq(SEQ, (y,))), "Seq(x, y)"),
        (Slice(SEQ, s, integer(0), None), "s"),
        (Index(INT, MakeSeq(SEQ, (x, y)), integer(1)), "y"),
        (Index(INT, MakeMap(BOOLS, "z", Ite(INT, Local(BOOL, "z"), x, y)), a), "x if a else y"),
        (FieldOf(INT, Make(ENTRY, (x, a)), "term"), "x"),
        (FieldOf(BOOL, Const(ENTRY, ("Entry", 1, True)), "is_last"), "True"),
        (IsVariant(BOOL, Make(ENTRY, (x, a)), "Entry"), "True"),
        (IsVariant(BOOL, Const(OptionType(ENTRY), None), "Entry"), "False"),
        (Unwrap(INT, Const(OptionType(INT), 3)), "3"),
        (Extremum(INT, True, False, NOTHING, "z", None, x), "x"),
        (Extremum(INTS, True, True, NOTHING, "z", None), "set()"),
        (Extremum(INT, False, False, MakeSet(INTS, (x,)), "z", None), "x"),
    ],
)
def test_values_are_folded(expr: Expr, simple: str) -> None:
    assert show_expr(simplify(expr, SYSTEM)) == simple


@pytest.mark.parametrize(
    ("expr", "simple"),
    [
        (all_of(RISK, Generator("x", NOTHING)), "True"),
        (any_of(RISK, Generator("x", Interval(INTS, integer(2), integer(2)))), "False"),
        (all_of(RISK, Generator("x", S, (FALSE,))), "True"),
        (all_of(POSITIVE, Generator("x", S, (TRUE, a))), "all(0 < x for x in S if a)"),
        (all_of(POSITIVE, Generator("x", MakeSet(INTS, (i,)))), "0 < i"),
        (all_of(POSITIVE, Generator("x", MakeSet(INTS, (i,)), (a,))), "not a or 0 < i"),
        (any_of(POSITIVE, Generator("x", MakeSet(INTS, (i,)), (a,))), "a and 0 < i"),
        (any_of(RISK, Generator("y", S), Generator("x", MakeSet(INTS, (y,)))), "any(1 // i == y for y in S)"),
        (all_of(TRUE, Generator("x", S)), "True"),
        (any_of(FALSE, Generator("x", S)), "False"),
        (Comprehension(INTS, (Generator("x", S),), x), "S"),
        (Comprehension(INTS, (Generator("x", NOTHING),), RISKY), "set()"),
        (Comprehension(INTS, (Generator("x", MakeSet(INTS, (i,))),), Arith(INT, "*", x, y)), "{i * y}"),
    ],
)
def test_generators_over_nothing_and_over_one_element_go(expr: Expr, simple: str) -> None:
    assert show_expr(simplify(expr, SYSTEM)) == simple


@pytest.mark.parametrize(
    "expr",
    [
        And(BOOL, (RISK, FALSE)),
        Or(BOOL, (RISK, TRUE)),
        Eq(BOOL, RISKY, RISKY),
        Arith(INT, "*", RISKY, integer(0)),
        Arith(INT, "//", integer(1), integer(0)),
        Arith(INT, "%", integer(1), integer(0)),
        Ite(INT, RISK, x, x),
        Let(INT, "x", RISKY, y),
        Member(BOOL, RISKY, NOTHING),
        Size(INT, MakeSet(INTS, (RISKY,))),
        SetOp(INTS, "intersection", MakeSet(INTS, (RISKY,)), NOTHING),
        Subset(BOOL, NOTHING, MakeSet(INTS, (RISKY,))),
        Index(INT, MakeSeq(SEQ, (RISKY, y)), integer(1)),
        Index(INT, MakeSeq(SEQ, (x,)), integer(1)),
        Index(INT, MakeMap(BOOLS, "z", RISKY), a),
        FieldOf(BOOL, Make(ENTRY, (RISKY, a)), "is_last"),
        IsVariant(BOOL, Make(ENTRY, (RISKY, a)), "Entry"),
        Unwrap(INT, Const(OptionType(INT), None)),
        Unwrap(INT, k),
        all_of(TRUE, Generator("x", MakeSet(INTS, (RISKY, y)))),
        all_of(RISK, Generator("y", MakeSet(INTS, (RISKY, y))), Generator("x", NOTHING)),
        any_of(FALSE, Generator("x", S, (RISK,))),
        Extremum(INT, True, False, MakeSet(INTS, (x,)), "z", RISKY),
        Extremum(INT, True, False, NOTHING, "z", None),
    ],
    ids=show_expr,
)
def test_what_may_be_undefined_is_never_dropped(expr: Expr) -> None:
    assert simplify(expr, SYSTEM) == expr


@settings(max_examples=10, deadline=None)
@given(systems())
def test_the_initial_actions_stay_as_they_are(system: System) -> None:
    assert simplify_system(system).initial == system.initial
