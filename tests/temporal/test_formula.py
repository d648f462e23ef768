"""Formulas: their text, their meaning on one word, and the automata that stand for them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from checker.diagnostics import QuoraxError, Span
from checker.temporal.components import components
from checker.temporal.fairness import Fairness, TemporalProperty
from checker.temporal.formula import Atom, Binary, Formula, Unary, atoms_of, premise_of
from checker.temporal.graph import fair_graph
from checker.temporal.lasso import Lasso, is_satisfied, normalised, states_of
from checker.temporal.translate import violations_of
from tests.temporal.chance import some_formula

P, Q, R = Atom("p"), Atom("q"), Atom("r")


def word(*letters: str) -> list[frozenset[str]]:
    return [frozenset(letter) for letter in letters]


@pytest.mark.parametrize(
    ("formula", "letters", "again", "value"),
    [
        (Unary("eventually", P), ("", "p"), 1, True),
        (Unary("eventually", P), ("", "q"), 1, False),
        (Unary("always", P), ("p", "p"), 0, True),
        (Unary("always", P), ("p", ""), 1, False),
        (Binary("until", P, Q), ("p", "p", "q"), 2, True),
        (Binary("until", P, Q), ("p", "p"), 1, False),  # strong: it has to come
        (Binary("until", P, Q), ("p", "", "q"), 2, False),
        (Binary("until", P, Q), ("q",), 0, True),
        (Binary("leads_to", P, Q), ("p", "", "q"), 2, True),
        (Binary("leads_to", P, Q), ("p", "q", "p"), 2, False),
        (Binary("leads_to", P, Q), ("p", "q", "p"), 0, True),
        (Binary("leads_to", P, Q), ("",), 0, True),
        (Unary("always", Unary("eventually", P)), ("", "p"), 0, True),
        (Unary("always", Unary("eventually", P)), ("p", ""), 1, False),
        (Unary("eventually", Unary("always", P)), ("", "p"), 1, True),
        (Unary("eventually", Unary("always", P)), ("", "p"), 0, False),
        (Binary("implies", Unary("always", P), Q), ("",), 0, True),
    ],
)
def test_a_formula_means_on_a_word_what_it_should(
    formula: Formula, letters: tuple[str, ...], again: int, value: bool
) -> None:
    assert is_satisfied(formula, word(*letters), again) == value


@pytest.mark.parametrize("seed", range(20))
def test_repeating_a_moment_changes_no_formula(seed: int) -> None:
    chance = Random(seed)
    for _ in range(100):
        formula = some_formula(chance, 5)
        letters = [frozenset(a for a in "pqr" if chance.random() < 0.5) for _ in range(4)]
        again, repeated = chance.randrange(4), chance.randrange(4)
        longer = [*letters[: repeated + 1], *letters[repeated:]]
        assert is_satisfied(formula, letters, again) == is_satisfied(formula, longer, again + (again > repeated))


def test_a_property_is_shown_as_a_spec_writes_it() -> None:
    formula = Binary("leads_to", Binary("and", P, Unary("not", Binary("or", Q, R))), Unary("always", Q))
    fairness = (Fairness("weak", "accept", ("a", "m")), Fairness("weak", "send"), Fairness("strong", "elect"))
    assert TemporalProperty("x", formula, fairness).text == (
        "p and not (q or r) leads to always q "
        "under weak fairness of accept(per=a, m), send and strong fairness of elect"
    )


def test_the_atoms_of_a_formula_are_listed_once_in_the_order_of_the_text() -> None:
    assert atoms_of(Binary("until", Binary("and", Q, P), Unary("not", Q))) == ("q", "p")


def test_the_premise_of_a_formula_is_what_it_is_about() -> None:
    premise = Binary("and", P, Unary("not", Q))
    assert premise_of(Binary("leads_to", premise, R)) == premise
    assert premise_of(Unary("always", Binary("implies", premise, Unary("eventually", R)))) == premise
    assert premise_of(Binary("leads_to", Unary("always", P), R)) is None
    assert premise_of(Unary("eventually", P)) is None


@pytest.mark.parametrize(
    ("formula", "size"),
    [
        (Unary("eventually", P), 1),
        (Unary("always", Unary("eventually", P)), 2),
        (Unary("eventually", Unary("always", P)), 2),
        (Binary("leads_to", P, Q), 3),
        (Unary("eventually", Unary("always", Unary("eventually", P))), 2),
        (Binary("or", P, Unary("not", P)), 0),
    ],
)
def test_automata_of_common_formulas_are_as_small_as_they_can_be(formula: Formula, size: int) -> None:
    assert len(violations_of(TemporalProperty("x", formula)).locations) == size


def big_formula(parts: int) -> Formula:
    formula: Formula = Unary("always", Unary("eventually", Atom("p0")))
    for i in range(1, parts):
        formula = Binary("and", formula, Unary("always", Unary("eventually", Atom(f"p{i}"))))
    return Unary("not", formula)


def test_a_formula_that_is_too_large_is_refused_in_good_time(tmp_path: Path) -> None:
    path = tmp_path / "big.spec"
    path.write_text("property all: not everything\n", encoding="utf-8")
    span = Span(str(path), 1, 9, 1, 12)
    with pytest.raises(
        QuoraxError, match=r"big\.spec:1:10: error\[S015\]: the formula of all is too large: it has more"
    ):
        violations_of(TemporalProperty("all", big_formula(20), span=span))
    with pytest.raises(QuoraxError, match=r"S015.*it names 65 predicates, 64 at most"):
        violations_of(TemporalProperty("all", big_formula(65), span=span))


def test_a_lasso_is_shown_with_the_shortest_cycle_entered_as_early_as_possible() -> None:
    assert normalised(Lasso(0, (4, 1, 2), (3, 1, 2, 3, 1, 2))) == Lasso(0, (4,), (1, 2, 3))
    assert normalised(Lasso(0, (1, 2), ())) == Lasso(0, (1, 2), ())


def test_a_lasso_that_is_no_walk_is_refused() -> None:
    graph = fair_graph([0], [0, 0], [0, 0], [(0, 1, 0), (1, 0, 0)])
    assert states_of(Lasso(0, (0,), (1, 0)), graph) == ([0, 1, 0], 1)
    with pytest.raises(ValueError, match="edge 1 does not leave state 0"):
        states_of(Lasso(0, (1,), ()), graph)
    with pytest.raises(ValueError, match="does not close"):
        states_of(Lasso(0, (), (0,)), graph)


@pytest.mark.parametrize("seed", range(20))
def test_components_are_the_nodes_that_reach_one_another_in_reverse_topological_order(seed: int) -> None:
    chance = Random(seed)
    size = chance.randrange(1, 30)
    graph = [sorted({chance.randrange(size) for _ in range(chance.randrange(3))}) for _ in range(size)]
    reach = [{v} for v in range(size)]
    for _ in range(size):
        reach = [r.union(*(reach[w] for w in graph[v])) for v, r in enumerate(reach)]
    found = list(components(range(size), lambda v: graph[v]))
    assert sorted(v for component in found for v in component) == list(range(size))
    for place, component in enumerate(found):
        for v in component:
            assert {w for w in reach[v] if v in reach[w]} == set(component)
            assert all(w in component or any(w in earlier for earlier in found[:place]) for w in graph[v])
