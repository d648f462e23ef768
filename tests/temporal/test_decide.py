"""A lasso is found exactly where there is one; whatever is found is real, fair, and violates the formula."""

from __future__ import annotations

from random import Random

import pytest

from checker.temporal.decide import find_lasso
from checker.temporal.fairness import TemporalProperty
from checker.temporal.formula import Atom, Binary, Formula, Unary, atoms_of, show_formula
from checker.temporal.graph import FairGraph, fair_graph
from checker.temporal.lasso import Lasso, is_satisfied
from checker.temporal.translate import violations_of
from tests.temporal.chance import some_formula, some_graph, some_word
from tests.temporal.oracles import has_fair_run, is_counterexample, path_of, some_lassos

P, Q = Atom("p"), Atom("q")
DONE = Unary("eventually", P)
ROUNDS = range(20)
"""Seeds of tests that each go through hundreds of random cases."""


def lasso_of(graph: FairGraph, formula: Formula = DONE) -> Lasso | None:
    return find_lasso(graph, violations_of(TemporalProperty("claim", formula)))


@pytest.mark.parametrize("seed", ROUNDS)
def test_a_single_behaviour_is_found_exactly_if_its_word_violates_the_formula(seed: int) -> None:
    chance = Random(seed)
    for _ in range(200):
        formula = some_formula(chance, chance.randrange(8))
        atoms = atoms_of(formula)
        word, again = some_word(chance, atoms)
        graph = path_of(word, again, atoms)
        lasso = lasso_of(graph, formula)
        assert (lasso is None) == is_satisfied(formula, word, again), show_formula(formula)
        assert lasso is None or is_counterexample(lasso, graph, formula, atoms), show_formula(formula)


@pytest.mark.parametrize("seed", ROUNDS)
def test_where_none_is_found_no_short_lasso_is_a_counterexample(seed: int) -> None:
    chance = Random(seed)
    for _ in range(50):
        formula = some_formula(chance, chance.randrange(1, 5))
        atoms = atoms_of(formula)
        graph = some_graph(chance, chance.randrange(1, 5), chance.randrange(4), len(atoms))
        lasso = lasso_of(graph, formula)
        if lasso is None:
            assert not any(is_counterexample(other, graph, formula, atoms) for other in some_lassos(graph, 3, 4))
        else:
            assert is_counterexample(lasso, graph, formula, atoms), show_formula(formula)


@pytest.mark.parametrize("seed", ROUNDS)
def test_components_and_fixpoints_agree_on_larger_graphs(seed: int) -> None:
    chance = Random(seed)
    for _ in range(60):
        formula = some_formula(chance, chance.randrange(1, 6))
        atoms = atoms_of(formula)
        graph = some_graph(chance, chance.randrange(1, 25), chance.randrange(6), len(atoms))
        lasso = lasso_of(graph, formula)
        assert (lasso is not None) == has_fair_run(graph, violations_of(TemporalProperty("claim", formula)))
        assert lasso is None or is_counterexample(lasso, graph, formula, atoms), show_formula(formula)


def test_without_fairness_a_behaviour_may_stop_anywhere() -> None:
    graph = fair_graph([0], [0, 1], [0, 0], [(0, 1, 0)])
    assert lasso_of(graph) == Lasso(0, (), ())


def test_weak_fairness_takes_a_step_that_stays_enabled() -> None:
    graph = fair_graph([0], [0, 1], [1, 0], [(0, 1, 1)], weak=1)
    assert lasso_of(graph) is None


def test_a_state_that_nothing_leaves_is_stuttered_in_for_ever() -> None:
    graph = fair_graph([0], [0, 0, 1], [1, 0, 0], [(0, 1, 1), (0, 2, 1)], weak=1)
    assert lasso_of(graph) == Lasso(0, (0,), ())


def test_a_step_that_leads_back_to_its_own_state_is_no_step() -> None:
    """⟨A⟩_v: what changes nothing serves no constraint, however it is labelled."""
    graph = fair_graph([0], [0], [1], [(0, 0, 1)], weak=1)
    assert lasso_of(graph) is None


def test_an_action_that_a_bound_cuts_counts_as_enabled() -> None:
    graph = fair_graph([0], [0], [1], [], weak=1)
    assert lasso_of(graph) is None


def test_weak_fairness_asks_nothing_of_an_action_that_is_disabled_again_and_again() -> None:
    """State 0 and 1 alternate; the step to the goal is enabled in state 1 only."""
    edges = [(0, 1, 1), (1, 0, 1), (1, 2, 2)]
    graph = fair_graph([0], [0, 0, 1], [1, 3, 0], edges, weak=3)
    assert lasso_of(graph) == Lasso(0, (), (0, 1))


def test_strong_fairness_asks_for_an_action_that_is_enabled_again_and_again() -> None:
    edges = [(0, 1, 1), (1, 0, 1), (1, 2, 2)]
    graph = fair_graph([0], [0, 0, 1], [1, 3, 0], edges, weak=1, strong=2)
    assert lasso_of(graph) is None


def test_strong_fairness_is_met_where_the_action_is_enabled_no_more() -> None:
    """The larger cycle passes where the goal is enabled; the smaller one, within it, does not."""
    edges = [(0, 1, 1), (1, 0, 1), (1, 2, 1), (2, 1, 1), (2, 3, 2)]
    graph = fair_graph([0], [0, 0, 0, 1], [1, 1, 3, 0], edges, weak=1, strong=2)
    assert lasso_of(graph) == Lasso(0, (), (0, 1))


def test_one_edge_may_serve_several_constraints() -> None:
    graph = fair_graph([0], [0, 0], [3, 3], [(0, 1, 3), (1, 0, 3)], weak=1, strong=2)
    assert lasso_of(graph) == Lasso(0, (), (0, 1))


def test_each_constraint_is_met_by_itself() -> None:
    """Two processes can step; serving one of them for ever is not fair to the other."""
    edges = [(0, 1, 1), (0, 2, 2), (1, 0, 1), (2, 0, 2)]
    graph = fair_graph([0], [0, 0, 0], [3, 3, 3], edges, weak=3)
    assert lasso_of(graph) == Lasso(0, (), (0, 2, 1, 3))


def test_the_stem_is_a_shortest_way_to_where_the_cycle_is() -> None:
    edges = [(0, 1, 1), (0, 4, 1), (1, 2, 1), (2, 3, 1), (3, 5, 1), (4, 3, 1), (5, 3, 1)]
    graph = fair_graph([0], [0] * 6, [1] * 6, edges, weak=1)
    assert lasso_of(graph) == Lasso(0, (1, 5), (4, 6))


def test_the_first_moment_counts_for_a_formula_about_the_whole_behaviour() -> None:
    """Bits stand for p and q in the order of the formula's text."""
    first, second = fair_graph([0], [1], [0], []), fair_graph([0], [2], [0], [])
    assert lasso_of(first, Binary("until", P, Q)) == Lasso(0, (), ())
    assert lasso_of(second, Binary("until", P, Q)) is None
    assert lasso_of(first, Binary("leads_to", P, Q)) == Lasso(0, (), ())
    assert lasso_of(second, Binary("leads_to", P, Q)) is None


def test_a_graph_without_states_has_no_behaviour() -> None:
    assert lasso_of(fair_graph([], [], [], [])) is None


def test_a_chain_of_a_hundred_thousand_states_needs_no_recursion() -> None:
    size = 100_000
    edges = [(i, i + 1, 1) for i in range(size - 1)]
    graph = fair_graph([0], [0] * size, [1] * (size - 1) + [0], edges, weak=1)
    lasso = lasso_of(graph)
    assert lasso is not None
    assert (len(lasso.stem), lasso.cycle) == (size - 1, ())


def test_a_search_can_be_stopped() -> None:
    def stop() -> None:
        raise TimeoutError

    graph = fair_graph([0], [0], [0], [])
    with pytest.raises(TimeoutError):
        find_lasso(graph, violations_of(TemporalProperty("claim", DONE)), look=stop)
