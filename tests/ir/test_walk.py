"""The laws of the one traversal: children, free names, substitution."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.ir.expr import (
    Call,
    Comprehension,
    Const,
    Eq,
    Expr,
    Extremum,
    Generator,
    Let,
    Local,
    MakeMap,
    Quantifier,
    State,
)
from checker.ir.show import show_expr
from checker.ir.system import Assign, Function, Parameter, System
from checker.ir.types import BOOL, INT, MapType, OptionType, SetType, Type
from checker.ir.walk import (
    applied,
    binders,
    children,
    expressions_of,
    free_locals,
    fresh,
    inline_calls,
    map_children,
    map_system,
    statement_expressions,
    substitute,
    transform,
    walk,
    walk_statements,
)
from tests.ir.evaluation import UNDEFINED, value_or_undefined
from tests.ir.generate import Case, cases, expressions, systems
from tests.ir.generate_expressions import LOCALS, NODE, VOTE

KINDS = (BOOL, INT, NODE, OptionType(VOTE), SetType(NODE))
x, y, z = Local(INT, "x"), Local(INT, "y"), Local(INT, "z")
S, T = Local(SetType(INT), "S"), Local(SetType(INT), "T")


@settings(max_examples=50, deadline=None)
@given(systems())
def test_children_and_map_children_agree_on_the_order(system: System) -> None:
    for whole in expressions_of(system):
        for expr in walk(whole):
            seen: list[Expr] = []
            assert map_children(expr, lambda child, seen=seen: seen.append(child) or child) == expr  # type: ignore[misc]
            assert tuple(seen) == children(expr)
            assert len(binders(expr)) == len(seen)


@settings(max_examples=30, deadline=None)
@given(systems())
def test_mapping_a_system_visits_every_whole_expression_once(system: System) -> None:
    seen: list[Expr] = []
    assert map_system(system, lambda e: seen.append(e) or e) == system  # type: ignore[func-returns-value]
    assert sorted(map(show_expr, seen)) == sorted(map(show_expr, expressions_of(system)))


def test_walking_goes_through_an_expression_from_the_outside_in() -> None:
    expr = Eq(BOOL, x, Let(INT, "y", x, y))
    assert list(walk(expr)) == [expr, x, Let(INT, "y", x, y), x, y]


def test_a_quantifier_evaluates_domains_and_conditions_in_turn() -> None:
    c, d, body = Eq(BOOL, x, x), Eq(BOOL, y, x), Eq(BOOL, x, y)
    expr = Quantifier(BOOL, "all", (Generator("x", S, (c,)), Generator("y", T, (d,))), body)
    assert children(expr) == (S, c, T, d, body)
    assert [sorted(names) for names in binders(expr)] == [[], ["x"], ["x"], ["x", "y"], ["x", "y"]]


def test_bound_names_are_not_free() -> None:
    assert free_locals(Let(INT, "x", x, Eq(BOOL, x, y))) == {"x", "y"}
    assert free_locals(MakeMap(MapType(BOOL, INT), "x", x)) == set()
    assert free_locals(Extremum(INT, True, False, S, "x", x, x)) == {"S", "x"}
    assert free_locals(Comprehension(SetType(INT), (Generator("x", S), Generator("y", Local(S.type, "x"))), y)) == {"S"}


def test_a_bound_name_gives_way_to_what_is_substituted() -> None:
    expr = Quantifier(BOOL, "any", (Generator("x", S, (Eq(BOOL, x, y),)), Generator("x", T)), Eq(BOOL, x, y))
    assert show_expr(substitute(expr, {"y": x})) == "any(x_2 == x for x_2 in S if x_2 == x for x_2 in T)"
    assert show_expr(substitute(expr, {"x": y, "S": T})) == "any(x == y for x in T if x == y for x in T)"


def test_a_bound_name_gives_way_to_a_new_name_too() -> None:
    assert show_expr(substitute(Let(INT, "x", y, Eq(BOOL, x, z)), {"z": "x"})) == "let x_2 = y in x_2 == x"


def test_state_is_replaced_but_not_the_state_before() -> None:
    expr = MakeMap(MapType(BOOL, BOOL), "x", Eq(BOOL, State(INT, "s"), State(INT, "s", old=True)))
    replaced = substitute(expr, {}, {"s": x})
    assert show_expr(replaced) == "mapping({x_2: x == old.s for x_2 in bool})"


def test_fresh_names_are_numbered_from_two() -> None:
    assert [fresh("x", taken) for taken in ((), ("x",), ("x", "x_2"))] == ["x", "x_2", "x_3"]


@settings(max_examples=60, deadline=None)
@given(st.data(), cases(), st.sampled_from(KINDS), st.sampled_from(sorted(LOCALS)))
def test_substituting_is_evaluating_with_another_value(data: st.DataObject, case: Case, kind: Type, name: str) -> None:
    expr = data.draw(expressions(case.system, kind))
    other = data.draw(expressions(case.system, LOCALS[name], fuel=1))
    assume(isinstance(other.type, type(LOCALS[name])))
    value = value_or_undefined(other, case)
    assume(value is not UNDEFINED)
    replaced = substitute(expr, {name: other})
    assert value_or_undefined(replaced, case) == value_or_undefined(expr, case, **{name: value})
    assert free_locals(replaced) <= (free_locals(expr) - {name}) | free_locals(other)


@settings(max_examples=60, deadline=None)
@given(st.data(), cases(), st.sampled_from(KINDS))
def test_substituting_state_is_evaluating_in_another_state(data: st.DataObject, case: Case, kind: Type) -> None:
    expr = data.draw(expressions(case.system, kind))
    assume(not any(isinstance(e, Call) for e in walk(expr)))
    variable = case.system.variables[0]
    new = data.draw(expressions(case.system, variable.type, fuel=1))
    value = value_or_undefined(new, case)
    assume(value is not UNDEFINED)
    other = Case(case.system, case.instance, (value, *case.state[1:]), case.locals)
    assert value_or_undefined(substitute(expr, {}, {variable.name: new}), case) == value_or_undefined(expr, other)


@settings(max_examples=60, deadline=None)
@given(st.data(), cases(), st.sampled_from(KINDS))
def test_inlining_calls_keeps_the_value(data: st.DataObject, case: Case, kind: Type) -> None:
    expr = data.draw(expressions(case.system, kind))
    inlined = inline_calls(expr, case.system)
    assert not any(isinstance(e, Call) for e in walk(inlined))
    value = value_or_undefined(expr, case)
    assert value is UNDEFINED or value_or_undefined(inlined, case) == value


def test_a_call_on_the_old_state_reads_it_throughout() -> None:
    body = Eq(BOOL, State(INT, "s"), x)
    function = Function("f", (Parameter("x", INT),), BOOL, body)
    call = Call(BOOL, "f", (State(INT, "s"),), old=True)
    assert show_expr(applied(call, function, body)) == "let x = self.s in old.s == x"


def test_transforming_rewrites_from_the_leaves_up() -> None:
    def number(expr: Expr) -> Expr:
        return Const(INT, 1) if expr == x else Const(BOOL, True) if expr == Eq(BOOL, Const(INT, 1), y) else expr

    assert transform(Eq(BOOL, x, y), number) == Const(BOOL, True)


@settings(max_examples=20, deadline=None)
@given(systems())
def test_the_expressions_of_an_assignment_are_its_value_and_its_keys(system: System) -> None:
    for statement in _statements(system):
        if isinstance(statement, Assign):
            keys = tuple(step.key for step in statement.target.steps)
            assert statement_expressions(statement) == (statement.value, *keys)


def _statements(system: System) -> Iterator[object]:
    for action in (*system.initial, *system.actions):
        yield from walk_statements(action.body)
