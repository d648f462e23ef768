"""TLC, which we did not write, finds the same states in an exported module as our engines in the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.dsl.loader import load
from checker.explicit.build import find_compiler
from checker.explicit.engine import ExplicitEngine
from checker.export.tla import export_tla
from checker.interp.engine import Interpreter
from checker.ir.instance import Setting, build_instance
from checker.ir.system import System
from checker.trace.verdict import Engine, Holds, Request
from tests.export.encodings import FORGERY, NAMES, VALUES
from tests.export.tlc import run_tlc
from tests.interp.small import system_of
from tests.ir.everything import LOOPS

Settings = dict[str, Setting]

ROWS, COLUMNS = (("a1", "a2"), ("a3", "a4")), (("a1", "a3"), ("a2", "a4"))

BUNDLED: list[tuple[str, Settings, int]] = [
    ("consensus", {"Value": 3}, 4),
    ("voting", {"Acceptor": 2, "Ballot": 2, "Value": 2}, 57),
    ("paxos", {"Acceptor": 3, "Ballot": 2, "Value": 2}, 3_921),
    ("flexible_paxos", {"Acceptor": 2, "Ballot": 2, "Value": 2, "Q1": (("a1",), ("a2",)), "Q2": 2}, 721),
    ("best_effort_broadcast", {"Process": 3, "Message": 1, "crashes": 1}, 128),
    ("reliable_broadcast", {"Process": 2, "Message": 1, "crashes": 1}, 48),
    ("uniform_reliable_broadcast", {"Process": 3, "Message": 1, "crashes": 1}, 4_976),
    ("raft", {"Server": 2, "Term": 2, "Command": 1, "LogLength": 1, "elections": 2, "restarts": 1}, 54),
    ("pbft", {"Replica": 4, "Digest": 2, "View": 1, "Number": 1, "f": 1, "byzantine": 1}, 72),
    ("byzantine_reliable_broadcast", {"Process": 4, "Value": 2, "f": 1, "byzantine": 1}, 1_408),
]

LARGER: list[tuple[str, Settings, int]] = [
    ("voting", {"Acceptor": 3, "Ballot": 3, "Value": 2}, 6_752),
    ("reliable_broadcast", {"Process": 3, "Message": 1, "crashes": 2}, 11_312),
    ("raft", {"Server": 3, "Term": 3, "Command": 1, "LogLength": 1, "elections": 2, "restarts": 0}, 23_122),
    ("pbft", {"Replica": 4, "Digest": 2, "View": 2, "Number": 1, "f": 1, "byzantine": 1}, 8_076),
    ("byzantine_reliable_broadcast", {"Process": 5, "Value": 2, "f": 1, "byzantine": 1}, 10_653),
]

LARGEST: list[tuple[str, Settings, int]] = [
    ("voting", {"Acceptor": 3, "Ballot": 4, "Value": 2}, 66_657),
    ("paxos", {"Acceptor": 3, "Ballot": 3, "Value": 2}, 185_369),
    ("flexible_paxos", {"Acceptor": 4, "Ballot": 2, "Value": 2, "Q1": ROWS, "Q2": COLUMNS}, 39_937),
    ("best_effort_broadcast", {"Process": 3, "Message": 3, "crashes": 1}, 131_072),
    ("reliable_broadcast", {"Process": 3, "Message": 1, "crashes": 3}, 12_928),
    ("uniform_reliable_broadcast", {"Process": 3, "Message": 2, "crashes": 0}, 1_547_536),
    ("raft", {"Server": 3, "Term": 3, "Command": 2, "LogLength": 1, "elections": 2, "restarts": 1}, 188_621),
    ("pbft", {"Replica": 4, "Digest": 3, "View": 2, "Number": 1, "f": 1, "byzantine": ()}, 190_256),
    ("pbft", {"Replica": 4, "Digest": 1, "View": 3, "Number": 1, "f": 1, "byzantine": ("r4",)}, 143_236),
    ("byzantine_reliable_broadcast", {"Process": 7, "Value": 2, "f": 2, "byzantine": 2}, 192_639),
]
"""Instances for the compiled engine, of which TLC takes up to a minute each."""


def engines() -> list[Engine]:
    """Return the engines that can run here, the oracle first."""
    return [Interpreter(), *([ExplicitEngine()] if find_compiler() else [])]


def count(engine: Engine, system: System, settings: Settings) -> int:
    """Check all properties, expect that they hold, and return the number of states."""
    request = Request(tuple(p.name for p in system.properties), exhaust=True)
    report = engine.run(system, build_instance(system, "compared", settings), request)
    assert report.complete
    assert all(isinstance(r.verdict, Holds) for r in report.results), report.results
    return report.counts.distinct


def count_with_tlc(system: System, settings: Settings, folder: Path) -> int | None:
    """Check all properties with TLC, expect that they hold, and return the number of states, or skip the test."""
    run = run_tlc(export_tla(system, build_instance(system, "compared", settings)), folder)
    assert run.is_clean, run.output
    return run.distinct


def compare(system: System, settings: Settings, folder: Path) -> int:
    """Check all properties with TLC and our engines, and return the number of states that all of them find."""
    states = count_with_tlc(system, settings, folder)
    found = {engine.name: count(engine, system, settings) for engine in engines()}
    assert found == dict.fromkeys(found, states)
    return found["interp"]


@pytest.mark.parametrize(("name", "settings", "states"), BUNDLED, ids=[name for name, _, _ in BUNDLED])
def test_tlc_finds_the_states_of_a_bundled_model(name: str, settings: Settings, states: int, tmp_path: Path) -> None:
    assert compare(load(name).system, settings, tmp_path) == states


@pytest.mark.deep
@pytest.mark.parametrize(("name", "settings", "states"), LARGER, ids=[name for name, _, _ in LARGER])
def test_tlc_finds_the_states_of_a_larger_instance(name: str, settings: Settings, states: int, tmp_path: Path) -> None:
    assert compare(load(name).system, settings, tmp_path) == states


@pytest.mark.deep
@pytest.mark.parametrize(("name", "settings", "states"), LARGEST, ids=[name for name, _, _ in LARGEST])
def test_tlc_finds_the_states_of_the_compiled_engine_at_a_large_instance(
    name: str, settings: Settings, states: int, tmp_path: Path
) -> None:
    if find_compiler() is None:
        pytest.skip("there is no C compiler")
    system = load(name).system
    assert count(ExplicitEngine(), system, settings) == count_with_tlc(system, settings, tmp_path) == states


def test_tlc_finds_the_states_of_a_model_whose_names_are_words_of_tla(tmp_path: Path) -> None:
    settings: Settings = {"Server": 2, "Term": 2, "Length": 2, "steps": 2}
    assert compare(system_of(NAMES, tmp_path), settings, tmp_path) > 1_000


def test_tlc_finds_the_states_of_loops_over_channels_and_bags(tmp_path: Path) -> None:
    assert compare(system_of(LOOPS, tmp_path), {"Server": 2, "Limit": 1, "pings": 1}, tmp_path) > 100


@pytest.mark.parametrize("liars", [0, 1])
def test_tlc_finds_the_states_of_a_model_with_forged_messages(liars: int, tmp_path: Path) -> None:
    settings: Settings = {"Server": 2, "View": 2, "liars": liars}
    assert compare(system_of(FORGERY, tmp_path), settings, tmp_path) > 10


def test_expressions_have_the_same_value_in_tlc(tmp_path: Path) -> None:
    assert compare(system_of(VALUES, tmp_path), {"Server": 3, "Term": 2, "Length": 9}, tmp_path) == 6


def test_tlc_refutes_what_the_interpreter_refutes(tmp_path: Path) -> None:
    mutant = load("paxos").mutant("PX-01").system
    settings: Settings = {"Acceptor": 3, "Ballot": 2, "Value": 2}
    run = run_tlc(export_tla(mutant, build_instance(mutant, "compared", settings)), tmp_path)
    assert "is violated" in run.output
