"""Whoever reads a model finds where it comes from, what it leaves out, and what every name in it is for."""

from __future__ import annotations

import sys

import pytest

from checker.dsl.loader import bundled_models, load

HEADINGS = ("Source:", "Refines:", "Abstracted:", "Bounds:")


@pytest.mark.parametrize("name", bundled_models())
def test_a_model_says_its_source_what_it_refines_what_is_lost_and_its_bounds(name: str) -> None:
    text = sys.modules[load(name).model.__module__].__doc__ or ""
    places = [text.find(f"\n{heading}") for heading in HEADINGS]
    assert -1 not in places, f"{name} lacks {HEADINGS[places.index(-1)]}"
    assert places == sorted(places)


@pytest.mark.parametrize("name", bundled_models())
def test_every_declaration_of_a_model_is_explained(name: str) -> None:
    system = load(name).system
    explained = {
        **{d.type.name: d.doc for d in system.domains},
        **{q.type.name: q.doc for q in system.quorums},
        **{r.name: r.doc for r in system.records},
        **{g.name: g.doc for g in system.givens},
        **{v.name: v.doc for v in system.variables},
        **{f.name: f.doc for f in system.functions},
        **{a.name: a.doc for a in (*system.initial, *system.actions)},
        **{p.name: p.doc for p in system.properties},
    }
    assert [name for name, doc in explained.items() if not doc.strip()] == []


@pytest.mark.parametrize("name", bundled_models())
def test_every_mutant_says_what_goes_wrong(name: str) -> None:
    for mutant in load(name).mutants.values():
        assert mutant.id
        assert (mutant.model.__doc__ or "").strip(), mutant.name
