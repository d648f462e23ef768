"""What the front end makes of a text: inheritance, replacement, narrowing, hashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.dsl.loader import load, snake_case
from checker.ir.expr import Unwrap
from checker.ir.hash import model_hash, property_hash
from checker.ir.show import show_action
from checker.ir.system import Action, System
from checker.ir.walk import expressions_of, walk
from tests.dsl.rejected import MODEL


def compiled(text: str, folder: Path, name: str = "small") -> System:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return load(str(path)).system


UNCHANGED = {
    "comments": ("        self.count += 1\n", "        # one more\n        self.count += 1  # counted\n"),
    "docstrings": ('"""Node n asks in a new term."""', '"""Something else."""'),
    "layout": (
        "self.net.send(Ask(self.term[n], n))",
        "self.net.send(\n            Ask(\n                self.term[n],\n                n,\n            )\n        )",
    ),
    "blank lines": ("class Small(Model)", "\n\n\nclass Small(Model)"),
    "an unused import": ("from enum import Enum, auto", "from enum import Enum, auto\nfrom typing import Any"),
}

CHANGED = {
    "a captured constant": ("LIMIT = 2", "LIMIT = 3"),
    "a comparison": ("m.term >= self.term[n]", "m.term > self.term[n]"),
    "a range": ("Range(0, 3)", "Range(0, 4)"),
    "durability": ("term: Map[Node, Term]", "term: Volatile[Map[Node, Term]]"),
    "a quorum system": ("class Quorum(Majority[Node])", 'class Quorum(Threshold[Node], size="N")'),
    "an initial value": ("self.count = 0", "self.count = 1"),
    "a dropped guard": ("        require(self.mode[n] == Mode.IDLE)\n", ""),
    "the order of statements": (
        "        self.mode[n] = Mode.BUSY\n        self.count += 1\n",
        "        self.count += 1\n        self.mode[n] = Mode.BUSY\n",
    ),
    "a helper": ("m.sender == n and m.term == t", "m.sender == n"),
}

QUORUM_IN_USE = MODEL.replace(
    "        self.mode[n] = Mode.BUSY\n",
    "        require(Quorum.covers(self.seen[n]))\n        self.mode[n] = Mode.BUSY\n",
).replace("    Majority,", "    Majority, Threshold,")


def hashes(system: System) -> list[str]:
    return [model_hash(system), *(property_hash(system, p.name) for p in system.properties)]


@pytest.mark.parametrize("change", UNCHANGED)
def test_the_hash_does_not_depend_on(change: str, tmp_path: Path) -> None:
    before, after = UNCHANGED[change]
    assert before in MODEL
    assert hashes(compiled(MODEL, tmp_path / "a")) == hashes(compiled(MODEL.replace(before, after), tmp_path / "b"))


def test_the_hash_does_not_depend_on_the_name_and_place_of_the_file(tmp_path: Path) -> None:
    assert hashes(compiled(MODEL, tmp_path / "a")) == hashes(compiled(MODEL, tmp_path / "b", "other"))


@pytest.mark.parametrize("change", CHANGED)
def test_the_hash_depends_on(change: str, tmp_path: Path) -> None:
    before, after = CHANGED[change]
    text = QUORUM_IN_USE.replace("Majority, Map,", "Majority, Threshold, Map,")
    assert text.count(before) == 1
    assert hashes(compiled(text, tmp_path / "a")) != hashes(compiled(text.replace(before, after), tmp_path / "b"))


def test_a_property_changes_its_own_hash_and_not_the_models(tmp_path: Path) -> None:
    first = compiled(MODEL, tmp_path / "a")
    second = compiled(MODEL.replace("self.count <= LIMIT", "self.count < LIMIT"), tmp_path / "b")
    assert model_hash(first) == model_hash(second)
    assert property_hash(first, "bounded") != property_hash(second, "bounded")
    assert property_hash(first, "monotone") == property_hash(second, "monotone")


def action_text(action: Action) -> str:
    return show_action(action)


def test_a_variant_rebinds_quorums_in_all_it_inherits() -> None:
    flexible = load("flexible_paxos").system
    assert [q.type.name for q in flexible.quorums] == ["Q1", "Q2"]
    assert [str(p.type) for p in flexible.action("propose").parameters] == ["Ballot", "Value", "Q1"]
    assert [a.name for a in flexible.actions] == [a.name for a in load("paxos").system.actions]


def test_a_mutant_replaces_only_what_it_declares() -> None:
    loaded = load("paxos")
    mutant = loaded.mutant("pick_lowest").system
    changed = [a.name for a, b in zip(loaded.system.actions, mutant.actions, strict=True) if a.body != b.body]
    assert changed == ["propose"]
    assert mutant.variables == loaded.system.variables


def test_a_mutant_is_found_by_name_and_by_catalogue_number() -> None:
    loaded = load("paxos")
    assert loaded.mutant("PX-02") is loaded.mutant("pick_lowest")


def test_a_volatile_variable_is_reset_by_forget() -> None:
    loaded = load("paxos")
    assert "self.promised[" not in action_text(loaded.system.action("restart"))
    assert "self.promised[" in action_text(loaded.mutant("forget_promise").system.action("restart"))


def test_what_a_test_for_none_guards_is_unwrapped(tmp_path: Path) -> None:
    system = load("paxos").system
    inner = [part for expr in expressions_of(system) for part in walk(expr) if isinstance(part, Unwrap)]
    assert inner
    assert all(str(part.type) in ("Ballot", "Vote") for part in inner)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PickLowest", "pick_lowest"),
        ("TCPReset", "tcp_reset"),
        ("Two2Phase", "two2_phase"),
        ("RBNoRelay", "rb_no_relay"),
    ],
)
def test_class_names_become_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected
