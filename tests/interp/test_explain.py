"""Why a predicate is false or true: the part that decides it, its witnesses, and the facts it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.interp.explain import Explainer, Reason, describe, source_text
from checker.interp.machine import Machine
from tests.interp.small import machine_of

NUMBERS = """
class T(Order): ...

class Numbers(Model):
    few: Set[T]
    many: Set[T]
    flag: bool

    @initial
    def start(self) -> None:
        self.few = {t for t in T if t == T.first()}
        self.many = {t for t in T}
        self.flag = True

    @action
    def idle(self) -> None:
        self.flag = self.flag

    def is_few(self, t: T) -> bool:
        return t in self.few

    def is_below(self, a: T, b: T) -> bool:
        return self.flag and a < b

    def has_above(self, a: T) -> bool:
        return any(self.is_below(a, b) for b in T)

    def nothing(self) -> bool:
        return any(t not in self.many for t in T)

    @invariant
    def claim(self) -> bool:
        return EXPRESSION
"""


def reason(expression: str, value: bool, folder: Path) -> tuple[Reason, Machine]:
    machine = machine_of(NUMBERS.replace("EXPRESSION", expression), folder, T=3)
    (state,) = machine.initial_states()
    body = machine.system.property("claim").body
    assert machine.evaluate(body, state, {}) == value
    return Explainer(machine, state).reason(body, {}, value), machine


FALSE = {
    "all(t in self.few for t in T)": ("t in self.few", "t = 1", []),
    "self.flag and not self.flag": ("not self.flag", "", []),
    "self.flag and all(t in self.few for t in self.many if t > T.first())": ("t in self.few", "t = 1", []),
    "any(t not in self.many for t in T)": ("any(t not in self.many for t in T)", "", []),
    "not any(self.is_few(t) for t in T)": ("not any(self.is_few(t) for t in T)", "t = 0", ["is_few(0)"]),
    "not self.flag or all(self.is_few(t) for t in T)": ("self.is_few(t)", "t = 1", []),
    "all(s == t for s in T for t in T if self.is_few(s) and self.has_above(t))": (
        "s == t",
        "s = 0, t = 1",
        ["is_few(0)", "has_above(1): b = 2"],
    ),
    "all(self.is_below(s, t) for s in T for t in T if s < t) and self.nothing()": ("self.nothing()", "", []),
    "all(self.is_below(s, t) for s in T for t in T)": ("a < b", "s = 0, t = 0, a = 0, b = 0", []),
    "False if self.is_few(T.first()) else True": ("False", "", ["is_few(0)"]),
}


@pytest.mark.parametrize("expression", FALSE)
def test_a_false_predicate_is_blamed_on_its_smallest_false_part(expression: str, tmp_path: Path) -> None:
    found, machine = reason(expression, False, tmp_path)
    assert found.conjunct is not None
    conjunct, witnesses, facts = FALSE[expression]
    assert source_text(found.conjunct, machine) == conjunct
    assert describe(found.witnesses, machine) == witnesses
    assert [fact.text for fact in found.facts] == facts


TRUE = {
    "any(self.has_above(t) for t in T if t > T.first())": ("t = 1", ["has_above(1): b = 2"]),
    "self.is_few(T.first()) or self.nothing()": ("", ["is_few(0)"]),
    "self.flag and any(t not in self.few for t in T)": ("t = 1", []),
    "not all(self.is_few(t) for t in T)": ("t = 1", []),
    "all(t in self.many for t in T)": ("", []),
    "any(s < t for s in T for t in T if self.is_below(s, t))": ("s = 0, t = 1", ["is_below(0, 1)"]),
}


@pytest.mark.parametrize("expression", TRUE)
def test_a_true_predicate_is_explained_by_its_witnesses_and_facts(expression: str, tmp_path: Path) -> None:
    found, machine = reason(expression, True, tmp_path)
    witnesses, facts = TRUE[expression]
    assert describe(found.witnesses, machine) == witnesses
    assert [fact.text for fact in found.facts] == facts


def test_a_helpers_variable_of_the_same_name_is_told_apart(tmp_path: Path) -> None:
    text = NUMBERS.replace("any(self.is_below(a, b) for b in T)", "all(b < a for b in T)")
    machine = machine_of(text.replace("EXPRESSION", "all(self.has_above(b) for b in T)"), tmp_path, T=2)
    (state,) = machine.initial_states()
    found = Explainer(machine, state).reason(machine.system.property("claim").body, {}, False)
    assert describe(found.witnesses, machine) == "b = 0, a = 0"
    text = text.replace("EXPRESSION", "all(self.has_above(b) for b in T if b > T.first())")
    machine = machine_of(text, tmp_path, T=2)
    found = Explainer(machine, state).reason(machine.system.property("claim").body, {}, False)
    assert describe(found.witnesses, machine) == "b = 1, a = 1"
