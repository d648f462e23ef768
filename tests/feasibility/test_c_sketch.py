"""Paxos, taken through C made from its sequential IR, behaves as the interpreter says."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from checker.dsl.loader import load
from checker.ir.expr import Or
from checker.ir.instance import Setting, build_instance
from checker.ir.system import Require, Statement, System
from checker.trace.verdict import Report
from tests.feasibility.c_sketch import UnsupportedError, c_program
from tests.models.runs import explore, refute, steps

COMPILER = shutil.which("cc")
FLAGS = ("-std=c11", "-O1", "-Wall", "-Wextra", "-Werror")

PAXOS: dict[str, Setting] = {"Acceptor": 3, "Ballot": 2, "Value": 2}

needs_cc = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler called cc on PATH")


def program(system: System, *properties: str, **settings: Setting) -> str:
    """Return the C program that judges some properties, or all of them if none is named."""
    names = properties or tuple(p.name for p in system.properties)
    return c_program(system, build_instance(system, "test", settings), names)


def execute(source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Compile a program without any warning and run it."""
    (folder / "paxos.c").write_text(source, encoding="utf-8")
    assert COMPILER is not None
    subprocess.run([COMPILER, *FLAGS, "-o", "paxos", "paxos.c"], cwd=folder, check=True)
    return subprocess.run([folder / "paxos"], capture_output=True, text=True, check=False)


def shown(report: Report) -> str:
    """Return what the program prints that finds what a complete run of the interpreter found."""
    assert report.complete
    return f"{report.counts.distinct} {report.counts.generated} {report.counts.depth} -\n"


@needs_cc
def test_c_visits_the_states_of_paxos_that_the_interpreter_visits(tmp_path: Path) -> None:
    system = load("paxos").system
    printed = execute(program(system, **PAXOS), tmp_path).stdout
    assert printed == shown(explore(system, **PAXOS)) == "3921 35230 16 -\n"


@needs_cc
def test_c_visits_the_states_of_flexible_paxos_that_the_interpreter_visits(tmp_path: Path) -> None:
    system = load("flexible_paxos").system
    settings: dict[str, Setting] = {"Acceptor": 2, "Ballot": 2, "Value": 2, "Q1": 1, "Q2": 2}
    printed = execute(program(system, **settings), tmp_path).stdout
    assert printed == shown(explore(system, **settings))


@needs_cc
@pytest.mark.parametrize("mutant", ["forget_vote", "accept_without_promise", "vote_at_will"])
def test_c_visits_the_states_of_mutants_that_the_interpreter_visits(mutant: str, tmp_path: Path) -> None:
    system = load("paxos").mutants[mutant].system
    settings = PAXOS | {"Acceptor": 2}
    source = c_program(system, build_instance(system, "test", settings), ())
    assert execute(source, tmp_path).stdout == shown(explore(system, **settings))


@needs_cc
@pytest.mark.parametrize(("mutant", "depth"), [("omit_vote", 12), ("half_is_enough", 8)])
def test_c_refutes_mutants_as_early_as_the_interpreter(mutant: str, depth: int, tmp_path: Path) -> None:
    system = load("paxos").mutants[mutant].system
    printed = execute(program(system, "agreement", **PAXOS), tmp_path).stdout
    assert printed.split()[2:] == [str(depth), "agreement"]
    assert steps(refute(system, "agreement", **PAXOS)) == depth


@needs_cc
def test_c_refutes_a_transition_invariant_as_early_as_the_interpreter(tmp_path: Path) -> None:
    system = load("paxos").mutants["forget_promise"].system
    printed = execute(program(system, "promises_kept", **PAXOS), tmp_path).stdout
    assert printed.split()[2:] == [str(steps(refute(system, "promises_kept", **PAXOS))), "promises_kept"]


@needs_cc
def test_c_visits_every_state_of_paxos_with_three_ballots(tmp_path: Path) -> None:
    settings = PAXOS | {"Ballot": 3}
    printed = execute(program(load("paxos").system, **settings), tmp_path).stdout
    assert printed == "185369 1907023 24 -\n"


def turned(statement: Statement) -> Statement:
    """Return the statement with the two sides of a disjunction exchanged."""
    match statement:
        case Require(condition=Or(operands=(first, second)) as condition):
            return replace(statement, condition=replace(condition, operands=(second, first)))
        case _:
            return statement


@needs_cc
def test_c_stops_at_the_undefined_expression_at_which_the_interpreter_stops(tmp_path: Path) -> None:
    system = load("paxos").system
    promise = system.action("promise")
    broken = replace(promise, body=tuple(map(turned, promise.body)))
    system = replace(system, actions=tuple(broken if a is promise else a for a in system.actions))
    error = explore(system, **PAXOS).error
    assert error is not None
    run = execute(program(system, **PAXOS), tmp_path)
    line = error.diagnostic.span.line
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"line {line}: a value is needed here, this is None\n"


def test_every_action_and_property_is_a_function_of_its_own() -> None:
    system = load("paxos").system
    text = program(system, **PAXOS)
    for action in system.actions:
        assert f"/* {action.name} */" in text
        assert f"\nstatic bool {action.name}(State *s, " in text
    for prop in system.properties:
        assert f"\nstatic bool {prop.name}(const State *" in text


def test_the_same_model_gives_the_same_program() -> None:
    assert program(load("paxos").system, **PAXOS) == program(load("paxos").system, **PAXOS)


def test_what_paxos_does_without_is_rejected_by_name_and_line() -> None:
    with pytest.raises(UnsupportedError, match=r"consensus\.py:\d+: the sketch has no C for a variable of type Set"):
        program(load("consensus").system, Value=2)
    system = load("flexible_paxos").mutants["sizes_sum_to_n"].system
    with pytest.raises(UnsupportedError, match=r"flexible_paxos_mutants\.py:\d+: the sketch has no C for"):
        program(system, Acceptor=2, Ballot=2, Value=2, Q1=1, Q2=1)
