"""Refinements are asked for by name, like any property, and belong to what the spec of a model wants."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("engine", ["explicit", "interp"])
def test_a_refinement_holds(engine: str, quorax: Run) -> None:
    ran = quorax("check", "voting", "--instance", "two_ballots", "--property", "refines:consensus", "--engine", engine)
    assert ran.status == 0
    assert "refines:consensus  transition invariant  holds (exhaustive within bounds)" in ran.out


def test_what_the_spec_wants_of_an_instance_includes_its_refinements(quorax: Run) -> None:
    ran = quorax("check", "voting", "--instance", "two_ballots", "--json", "-")
    found = {r["property"]: r["verdict"] for r in json.loads(ran.out)["results"]}
    assert found["refines:consensus"] == "holds"
    assert found["agreement"] == "holds"


@pytest.mark.parametrize("engine", ["explicit", "interp", "bmc"])
def test_a_mutant_that_breaks_one_says_why_and_how_to_see_it_again(engine: str, quorax: Run) -> None:
    words = ("--mutant", "forget_promise", "--instance", "small", "--property", "refines:voting", "--engine", engine)
    ran = quorax("check", "paxos", *words)
    assert ran.status == 1
    assert "refines:voting is violated at step 3: restart is no step of Voting" in ran.out
    assert "no step of Voting: promised[" in ran.out
    assert "Voting before: votes = {a1: {}, a2: {}, a3: {}}" in ran.out
    assert "promise: no arguments lead there; promise(" in ran.out
    again = "quorax check paxos --mutant forget_promise --instance small --property refines:voting"
    assert f"reproduce: {again}" in ran.out


def test_a_simulation_judges_refinements_too(quorax: Run) -> None:
    words = ("--mutant", "forget_promise", "--property", "refines:voting", "--runs", "200", "--seed", "1")
    ran = quorax("simulate", "paxos", *words)
    assert ran.status == 1
    assert "is no step of Voting" in ran.out


def test_a_misspelt_refinement_is_an_error_with_the_nearest_name(quorax: Run) -> None:
    ran = quorax("check", "paxos", "--property", "refines:votin")
    assert ran.status == 2
    assert "did you mean refines:voting?" in ran.err


def test_partial_order_reduction_refuses_them(quorax: Run) -> None:
    ran = quorax("check", "paxos", "--property", "refines:voting", "--reduction")
    assert ran.status == 2
    assert "X004" in ran.err


def test_the_list_shows_what_a_model_refines(quorax: Run) -> None:
    assert "refines:voting" in quorax("list", "paxos").out
