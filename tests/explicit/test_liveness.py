"""The C decision procedure finds the very lassos that the reference finds."""

from __future__ import annotations

from random import Random

import pytest

from checker.temporal.decide import find_lasso
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import Atom, Unary, atoms_of, show_formula
from checker.temporal.graph import fair_graph
from checker.temporal.translate import violations_of
from tests.explicit.comparison import needs_compiler
from tests.explicit.liveness_library import Library
from tests.temporal.chance import some_formula, some_graph
from tests.temporal.oracles import is_counterexample

pytestmark = needs_compiler

DONE = violations_of(TemporalProperty("done", Unary("eventually", Atom("p"))))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("liveness"))


@pytest.mark.parametrize("seed", range(20))
def test_c_and_the_reference_agree_on_every_verdict_and_every_lasso(library: Library, seed: int) -> None:
    chance = Random(seed)
    for _ in range(250):
        formula = some_formula(chance, chance.randrange(1, 6))
        atoms, constraints = atoms_of(formula), chance.choice((0, 1, 3, 6, 70, 130))
        graph = some_graph(chance, chance.randrange(1, 40), constraints, len(atoms))
        automaton = violations_of(TemporalProperty("claim", formula))
        expected = find_lasso(graph, automaton)
        answer, lasso = library.find(graph, automaton)
        assert (answer, lasso) == ("none" if expected is None else "found", expected), show_formula(formula)
        assert lasso is None or is_counterexample(lasso, graph, formula, atoms), show_formula(formula)


def test_a_long_chain_needs_no_deep_stack(library: Library) -> None:
    size = 200_000
    edges = [(i, i + 1, 1) for i in range(size - 1)]
    graph = fair_graph([0], [0] * size, [1] * (size - 1) + [0], edges, weak=1)
    answer, lasso = library.find(graph, DONE)
    assert answer == "found"
    assert lasso is not None
    assert (len(lasso.stem), lasso.cycle) == (size - 1, ())


def test_a_search_stops_when_it_is_told_to(library: Library) -> None:
    assert library.find(fair_graph([0], [0], [0], []), DONE, stop=True) == ("stopped", None)


def test_a_search_that_needs_more_memory_than_it_may_use_says_so(library: Library) -> None:
    size = 10_000
    graph = fair_graph([0], [0] * size, [1] * size, [(i, (i + 1) % size, 1) for i in range(size)], weak=1)
    limits = range(1_000, 1_000_000, 25_000)
    answers = [library.find(graph, DONE, bytes_max=limit)[0] for limit in limits]
    assert answers == sorted(answers, reverse=True)
    assert set(answers) == {"no memory", "found"}


def test_a_graph_without_states_has_no_behaviour(library: Library) -> None:
    assert library.find(fair_graph([], [], [], []), DONE) == ("none", None)
