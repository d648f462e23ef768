"""Faults planted in the lowering are seen by the comparison with the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from checker.smt.anysize import axioms, formula, layout, steps, values
from checker.smt.anysize.formula import Atom, Below, Formula, Var
from checker.smt.quorum.facts import examined_facts
from tests.smt.anysize import test_against_interpreter as comparing
from tests.smt.anysize.test_against_interpreter import CASES, Comparison, differences

Patch = pytest.MonkeyPatch


def an_update_is_forgotten(patch: Patch) -> None:
    whole = steps.Steps._updated
    patch.setattr(steps.Steps, "_updated", lambda *a: {n: v for n, v in whole(*a).items() if n != "promised"})


def a_comparison_is_strict_where_it_is_not(patch: Patch) -> None:
    whole = values.Algebra.less
    patch.setattr(values.Algebra, "less", lambda self, a, b, strict: whole(self, a, b, strict=True))


def a_cut_is_not_closed(patch: Patch) -> None:
    whole = layout.Layout._cut

    def swapped(self: layout.Layout, *args: object) -> values.Scalar:
        made = whole(self, *args)  # type: ignore[arg-type]
        return replace(made, is_over=made.is_from)

    patch.setattr(layout.Layout, "_cut", swapped)


def a_projection_has_another_meaning(patch: Patch) -> None:
    whole = formula._projected

    def wrong(atom: Atom, payload: frozenset[Var], about: list[Formula]) -> Formula | None:
        return whole(atom, payload, [replace(c, strict=not c.strict) if isinstance(c, Below) else c for c in about])

    patch.setattr(formula, "_projected", wrong)


def quantifiers_are_exchanged(patch: Patch) -> None:
    from checker.smt.anysize import lower

    def wrong(variables: object, body: Formula, span: object = None) -> Formula:
        return formula.exists(variables, body)  # type: ignore[arg-type]

    patch.setattr(lower, "forall", wrong)


def a_guard_is_left_out(patch: Patch) -> None:
    patch.setattr(steps._Progress, "guarded", lambda self, _: self)


def an_axiom_is_too_strong(patch: Patch) -> None:
    def all_facts(*args: object) -> object:
        facts, _ = examined_facts(*args)  # type: ignore[arg-type]
        return [replace(f, result=replace(f.result, word="holds")) for f in facts]

    patch.setattr(comparing, "intersection_facts", all_facts)


def a_typing_is_too_strong(patch: Patch) -> None:
    whole = layout.Layout._is_cut
    patch.setattr(layout.Layout, "_is_cut", lambda self, cut, keys: formula.neg(whole(self, cut, keys)))


@pytest.mark.parametrize(
    "plant",
    [
        an_update_is_forgotten,
        a_comparison_is_strict_where_it_is_not,
        a_cut_is_not_closed,
        a_projection_has_another_meaning,
        quantifiers_are_exchanged,
        a_guard_is_left_out,
        an_axiom_is_too_strong,
        a_typing_is_too_strong,
    ],
)
def test_a_planted_fault_is_seen(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    case = replace(CASES["paxos"], states_max=1500, every=7)
    plant(monkeypatch)
    assert next(differences(Comparison(case)), None) is not None


def test_without_a_planted_fault_nothing_is_seen() -> None:
    case = replace(CASES["paxos"], states_max=1500, every=7)
    assert next(differences(Comparison(case)), None) is None
    assert axioms.strongest(()) == []
