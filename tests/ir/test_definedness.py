"""The definedness condition of an expression is true exactly where the interpreter finds a value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.ir.definedness import definedness, fits
from checker.ir.expr import (
    And,
    Arith,
    Call,
    Comprehension,
    Const,
    Eq,
    Expr,
    Extremum,
    FieldOf,
    Generator,
    Index,
    Ite,
    Less,
    Let,
    Local,
    Make,
    MakeMap,
    MakeSet,
    Not,
    Only,
    Or,
    Quantifier,
    Slice,
    Unwrap,
)
from checker.ir.logic import integer, is_none
from checker.ir.show import show_expr
from checker.ir.system import FieldDecl, Function, Parameter, RecordDecl, System
from checker.ir.types import BOOL, INT, IntType, MapType, OptionType, RecordType, SeqType, SetType, Type, UnionType
from checker.ir.walk import walk
from tests.ir.evaluation import UNDEFINED, value_or_undefined
from tests.ir.generate import Case, cases, expressions
from tests.ir.generate_expressions import COUNT, NODE, VOTE

KINDS = (BOOL, INT, COUNT, NODE, OptionType(VOTE), VOTE, SetType(NODE), SetType(INT))


@settings(max_examples=120, deadline=None)
@given(st.data(), cases(), st.sampled_from(KINDS))
def test_an_expression_has_a_value_just_where_its_condition_holds(data: st.DataObject, case: Case, kind: Type) -> None:
    expr = data.draw(expressions(case.system, kind))
    holds = value_or_undefined(definedness(expr, case.system), case)
    assert holds is not UNDEFINED, "the condition itself is always defined"
    if holds:
        assert value_or_undefined(expr, case) is not UNDEFINED
    elif not _may_stop_early(expr, case.system):
        assert value_or_undefined(expr, case) is UNDEFINED


def _may_stop_early(expr: Expr, system: System) -> bool:
    """Return whether evaluation may end at an element of a quantifier before it reaches an undefined one."""
    return any(
        isinstance(e, Quantifier) or (isinstance(e, Call) and _may_stop_early(system.function(e.function).body, system))
        for e in walk(expr)
    )


VOTE_OR_NONE = OptionType(VOTE)
ENTRY, CHAR = RecordType("Entry"), RecordType("Other")
i, j, o, s, v = (Local(INT, "i"), Local(INT, "j"), Local(VOTE_OR_NONE, "o"), Local(SeqType(INT), "s"), Local(VOTE, "v"))
b = Local(BOOL, "b")
S, PAIRS = Local(SetType(INT), "S"), Local(SetType(ENTRY), "pairs")
SYSTEM = System(
    name="Example",
    domains=(),
    quorums=(),
    records=(
        RecordDecl("Vote", (FieldDecl("term", INT),), False),
        RecordDecl("Entry", (FieldDecl("term", IntType(0, 3)), FieldDecl("log", SeqType(INT, "Limit"))), False),
        RecordDecl("Other", (FieldDecl("value", INT),), False),
    ),
    givens=(),
    variables=(),
    functions=(Function("half", (Parameter("x", IntType(0, None)),), INT, Arith(INT, "//", i, Local(INT, "x"))),),
    initial=(),
    actions=(),
    properties=(),
)
HALF = Arith(INT, "//", i, j)
TERM = FieldOf(INT, Unwrap(VOTE, o), "term")
TEST = Eq(BOOL, HALF, i)
UNION = Local(UnionType(("Entry", "Other")), "u")
KEY = Local(ENTRY, "p")


@pytest.mark.parametrize(
    ("expr", "condition"),
    [
        (Unwrap(VOTE, o), "o is not None"),
        (FieldOf(INT, o, "term"), "o is not None"),
        (FieldOf(INT, v, "term"), "True"),
        (FieldOf(INT, UNION, "value"), "isinstance(u, Other)"),
        (Index(INT, s, i), "0 <= i and i < len(s)"),
        (Index(BOOL, Local(MapType(IntType(0, "Limit"), BOOL), "m"), i), "0 <= i and i <= Limit"),
        (Index(BOOL, Local(MapType(BOOL, BOOL), "m"), b), "True"),
        (Slice(SeqType(INT), s, i, j), "0 <= i and i <= j and j <= len(s)"),
        (Slice(SeqType(INT), s, None, j), "0 <= j and j <= len(s)"),
        (Slice(SeqType(INT), s, i, None), "0 <= i and i <= len(s)"),
        (HALF, "j != 0"),
        (Arith(INT, "+", HALF, TERM), "j != 0 and o is not None"),
        (Only(INT, S), "len(S) == 1"),
        (Only(INT, s), "len({element for element in s}) == 1"),
        (Extremum(INT, True, False, S, "x", None), "len(S) != 0"),
        (Extremum(INT, True, False, S, "x", None, HALF), "len(S) != 0 or j != 0"),
        (Extremum(SetType(INT), True, True, S, "x", None), "True"),
        (
            Extremum(ENTRY, False, False, PAIRS, "p", FieldOf(INT, KEY, "term")),
            "len(pairs) != 0 and len(minimal(pairs, key=lambda p: p.term)) <= 1",
        ),
        (Make(ENTRY, (i, s)), "0 <= i and i <= 3 and len(s) <= Limit"),
        (Make(ENTRY, (integer(2), s)), "len(s) <= Limit"),
        (Make(ENTRY, (integer(4), s)), "False"),
        (Call(INT, "half", (j,)), "0 <= j and j != 0"),
        (Call(INT, "half", (HALF,)), "j != 0 and 0 <= i // j and (let x = i // j in x != 0)"),
    ],
)
def test_each_partial_operation_asks_for_what_it_needs(expr: Expr, condition: str) -> None:
    assert show_expr(definedness(expr, SYSTEM)) == condition


@pytest.mark.parametrize(
    ("expr", "condition"),
    [
        (And(BOOL, (b, TEST)), "not b or j != 0"),
        (And(BOOL, (TEST, b)), "j != 0"),
        (Or(BOOL, (b, TEST)), "b or j != 0"),
        (And(BOOL, (Not(BOOL, is_none(o)), Less(BOOL, TERM, i))), "True"),
        (Or(BOOL, (is_none(o), Less(BOOL, TERM, i))), "True"),
        (Or(BOOL, (Not(BOOL, is_none(o)), Less(BOOL, TERM, i))), "o is not None"),
        (Ite(INT, b, HALF, i), "not b or j != 0"),
        (Ite(INT, b, i, HALF), "b or j != 0"),
        (Ite(INT, is_none(o), i, TERM), "True"),
        (Let(INT, "x", HALF, Arith(INT, "%", i, Local(INT, "x"))), "j != 0 and (let x = i // j in x != 0)"),
        (Let(INT, "x", HALF, Local(INT, "x")), "j != 0"),
        (MakeMap(MapType(BOOL, INT), "x", HALF), "all(j != 0 for x in bool)"),
        (MakeSet(SetType(INT), (HALF, TERM)), "j != 0 and o is not None"),
    ],
)
def test_what_comes_before_licenses_what_comes_after(expr: Expr, condition: str) -> None:
    assert show_expr(definedness(expr, SYSTEM)) == condition


def test_generators_are_defined_where_earlier_conditions_hold() -> None:
    x = Local(INT, "x")
    first = Generator("x", S, (Not(BOOL, Eq(BOOL, x, integer(0))),))
    second = Generator("y", MakeSet(SetType(INT), (Arith(INT, "//", i, x),)))
    assert show_expr(definedness(Comprehension(SetType(INT), (first, second), x), SYSTEM)) == "True"
    unguarded = Comprehension(SetType(INT), (Generator("x", S), second), x)
    assert show_expr(definedness(unguarded, SYSTEM)) == "all(x != 0 for x in S)"


def test_a_quantifier_is_defined_only_if_its_body_is_for_every_element() -> None:
    body = Eq(BOOL, Arith(INT, "//", i, Local(INT, "x")), i)
    quantifier = Quantifier(BOOL, "any", (Generator("x", S),), body)
    assert show_expr(definedness(quantifier, SYSTEM)) == "all(x != 0 for x in S)"


@pytest.mark.parametrize(
    ("value", "kind", "condition"),
    [
        (i, IntType(0, "Limit"), "0 <= i and i <= Limit"),
        (i, IntType(None, 3), "i <= 3"),
        (i, INT, "True"),
        (Local(OptionType(INT), "k"), OptionType(IntType(0, None)), "k is None or 0 <= k"),
        (i, OptionType(IntType(0, None)), "0 <= i"),
        (Const(OptionType(INT), None), OptionType(INT), "True"),
        (S, SetType(IntType(0, 1)), "all(0 <= element and element <= 1 for element in S)"),
        (s, SeqType(IntType(0, None), 2), "len(s) <= 2 and all(0 <= element for element in s)"),
        (Local(MapType(BOOL, INT), "m"), MapType(BOOL, IntType(0, None)), "all(0 <= m[key] for key in bool)"),
    ],
)
def test_a_value_fits_where_its_integers_and_sequences_do(value: Expr, kind: Type, condition: str) -> None:
    assert show_expr(fits(value, kind)) == condition
