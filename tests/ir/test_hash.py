"""Hashes follow the content: every change of behaviour changes them, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.dsl.loader import load
from checker.ir.expr import Call, Const, Eq, Less, Local, MakeSet
from checker.ir.hash import functions_used, model_hash, property_hash
from checker.ir.logic import FALSE, TRUE, integer
from checker.ir.system import Property, Require, System
from checker.ir.types import BOOL, INT, IntType, SetType
from checker.ir.walk import expressions_of, walk
from tests.ir.example import ASKING, EXAMPLE, FULL, GRANTED, GRANTING, ONE_LEADER, SEEN, START, TAKING
from tests.ir.generate import systems
from tests.ir.variations import moved, mutations


def hashes(system: System) -> tuple[str, ...]:
    return (model_hash(system), *(property_hash(system, p.name) for p in system.properties))


def test_a_hash_is_twenty_hexadecimal_digits_and_stays_the_same() -> None:
    assert hashes(EXAMPLE) == ("488dac4b0d7478564434", "02e2ea7ea0aa56e9d8bb", "9a4306a8b5da0c7ff1ce")


@settings(max_examples=20, deadline=None)
@given(systems())
def test_neither_place_nor_doc_counts(system: System) -> None:
    assert hashes(moved(system)) == hashes(system)


@settings(max_examples=60, deadline=None)
@given(st.data(), systems())
def test_whatever_else_changes_counts(data: st.DataObject, system: System) -> None:
    used = functions_used(system, expressions_of(replace(system, functions=())))
    system = replace(system, functions=tuple(f for f in system.functions if f.name in used))
    changed = data.draw(st.sampled_from(list(mutations(system))))
    assume(_calls(changed) <= {f.name for f in changed.functions})
    assert hashes(changed) != hashes(system)


def _calls(system: System) -> set[str]:
    return {e.function for whole in expressions_of(system) for e in walk(whole) if isinstance(e, Call)}


@pytest.mark.parametrize(
    "changed",
    [
        replace(EXAMPLE, actions=(GRANTING, ASKING, TAKING)),
        replace(EXAMPLE, actions=(replace(ASKING, body=(ASKING.body[1], ASKING.body[0], *ASKING.body[2:])),)),
        replace(EXAMPLE, quorums=(replace(EXAMPLE.quorums[0], size="N"),)),
        replace(EXAMPLE, records=(EXAMPLE.records[0], replace(EXAMPLE.records[1], signer=None), EXAMPLE.records[2])),
        replace(EXAMPLE, variables=(replace(EXAMPLE.variables[0], is_volatile=True), *EXAMPLE.variables[1:])),
        replace(EXAMPLE, givens=(replace(EXAMPLE.givens[0], type=IntType(1, None)), *EXAMPLE.givens[1:])),
        replace(EXAMPLE, domains=(*EXAMPLE.domains[:2], replace(EXAMPLE.domains[2], members=("BUSY", "IDLE")))),
        replace(EXAMPLE, initial=(replace(START, body=START.body[::-1]),)),
    ],
)
def test_the_model_hash_covers_whatever_changes_behaviour(changed: System) -> None:
    assert model_hash(changed) != model_hash(EXAMPLE)


def test_properties_and_what_only_they_use_do_not_touch_the_model_hash() -> None:
    weaker = replace(GRANTED, body=TRUE)
    more = replace(EXAMPLE, properties=(*EXAMPLE.properties, Property("more", "invariant", TRUE)))
    less = replace(EXAMPLE, properties=())
    other = replace(EXAMPLE, functions=(weaker, *EXAMPLE.functions[1:]))
    assert {model_hash(s) for s in (more, less, other)} == {model_hash(EXAMPLE)}


def test_a_property_hash_covers_the_functions_it_uses_and_theirs() -> None:
    changed = replace(EXAMPLE, functions=(replace(GRANTED, body=TRUE), *EXAMPLE.functions[1:]))
    assert property_hash(changed, "one_leader") != property_hash(EXAMPLE, "one_leader")
    assert property_hash(changed, "seen") != property_hash(EXAMPLE, "seen")
    assert property_hash(changed, "logs_grow") == property_hash(EXAMPLE, "logs_grow")


def test_a_property_hash_does_not_cover_the_model() -> None:
    changed = replace(EXAMPLE, actions=(ASKING,))
    assert property_hash(changed, "one_leader") == property_hash(EXAMPLE, "one_leader")


def test_the_order_and_number_of_unused_helpers_do_not_count() -> None:
    reordered = replace(EXAMPLE, functions=EXAMPLE.functions[::-1])
    without = replace(EXAMPLE, functions=tuple(f for f in EXAMPLE.functions if f != FULL))
    assert hashes(reordered) == hashes(without) == hashes(EXAMPLE)


def test_a_function_that_an_action_uses_counts_in_the_model() -> None:
    guarded = replace(ASKING, body=(Require(SEEN.body), *ASKING.body))
    using = replace(EXAMPLE, actions=(guarded, GRANTING, TAKING))
    changed = replace(using, functions=(replace(GRANTED, body=FALSE), *using.functions[1:]))
    assert model_hash(changed) != model_hash(using)


def test_a_property_and_an_invariant_of_another_kind_differ() -> None:
    other = replace(EXAMPLE, properties=(replace(ONE_LEADER, kind="transition"),))
    assert property_hash(other, "one_leader") != property_hash(EXAMPLE, "one_leader")


def test_an_unknown_property_has_no_hash() -> None:
    with pytest.raises(KeyError):
        property_hash(EXAMPLE, "liveness")


def test_literals_of_equal_python_values_differ() -> None:
    def of(expr: Any) -> str:
        return property_hash(replace(EXAMPLE, properties=(Property("p", "invariant", expr),)), "p")

    one, true = Const(INT, 1), Const(INT, True)
    assert of(one) != of(true)
    assert of(Local(INT, "a;b")) != of(Local(INT, "a"))
    assert of(Eq(BOOL, one, one)) != of(Less(BOOL, one, one))
    numbers = SetType(INT)
    assert of(Const(numbers, frozenset({2, 1}))) == of(Const(numbers, frozenset({1, 2})))
    assert of(Const(numbers, frozenset({1}))) != of(MakeSet(numbers, (integer(1),)))


@pytest.mark.parametrize("name", ["paxos", "voting"])
def test_a_mutant_has_a_hash_of_its_own(name: str) -> None:
    model = load(name)
    for mutant in model.mutants.values():
        renamed = replace(mutant.system, name=model.system.name)
        assert (model_hash(renamed) == model_hash(model.system)) == (renamed == model.system)
