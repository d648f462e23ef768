"""Exported modules: their look, their names, and what cannot be exported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.export.tla import TlaExport, export_tla
from checker.ir.instance import Setting, build_instance
from tests.export.encodings import FORGERY, NAMES
from tests.golden import assert_golden
from tests.interp.small import system_of
from tests.ir.everything import LOOPS

GOLDEN = Path(__file__).parent / "golden"

BOUNDS: dict[str, dict[str, Setting]] = {
    "consensus": {"Value": 3},
    "voting": {"Acceptor": 3, "Ballot": 3, "Value": 2},
    "paxos": {"Acceptor": 3, "Ballot": 2, "Value": 2},
    "flexible_paxos": {"Acceptor": 4, "Ballot": 2, "Value": 2, "Q1": (("a1", "a2"), ("a3", "a4")), "Q2": 3},
    "best_effort_broadcast": {"Process": 3, "Message": 1, "crashes": 1},
    "reliable_broadcast": {"Process": 3, "Message": 1, "crashes": 1},
    "uniform_reliable_broadcast": {"Process": 3, "Message": 1, "crashes": 1},
    "raft": {"Server": 3, "Term": 3, "Command": 1, "LogLength": 1, "elections": 2, "restarts": 1},
    "pbft": {"Replica": 4, "Digest": 2, "View": 2, "Number": 1, "f": 1, "byzantine": 1},
    "byzantine_reliable_broadcast": {"Process": 4, "Value": 2, "f": 1, "byzantine": 1},
}


def exported(name: str) -> TlaExport:
    system = load(name).system
    return export_tla(system, build_instance(system, "small", BOUNDS[name]))


def assert_as_written(export: TlaExport) -> None:
    assert_golden(GOLDEN / f"{export.name}.tla", export.module)
    assert_golden(GOLDEN / f"{export.name}.cfg", export.config)


@pytest.mark.parametrize("name", ["paxos", "reliable_broadcast"])
def test_a_bundled_model_reads_as_if_written_by_hand(name: str) -> None:
    assert_as_written(exported(name))


SMALL: list[tuple[str, dict[str, Setting]]] = [
    (NAMES, {"Server": 2, "Term": 2, "Length": 2, "steps": 2}),
    (FORGERY, {"Server": 2, "View": 2, "liars": 1}),
    (LOOPS, {"Server": 2, "Limit": 1, "pings": 1}),
]


@pytest.mark.parametrize(("text", "bounds"), SMALL, ids=["names", "forgery", "loops"])
def test_a_small_model_is_written_out_as_expected(text: str, bounds: dict[str, Setting], tmp_path: Path) -> None:
    system = system_of(text, tmp_path)
    assert_as_written(export_tla(system, build_instance(system, "small", bounds)))


@pytest.mark.parametrize("name", BOUNDS)
def test_no_line_is_wider_than_the_page(name: str) -> None:
    assert [line for line in exported(name).module.splitlines() if len(line) > 100] == []


@pytest.mark.parametrize("name", BOUNDS)
def test_every_constant_of_the_module_has_a_value_in_the_configuration(name: str) -> None:
    export = exported(name)
    block = export.module.partition("CONSTANT")[2].partition("\n\n")[0]
    declared = re.findall(r"^    (\w+),?(?:  |$)", block, re.MULTILINE)
    assert declared == re.findall(r"^    (\w+) = ", export.config, re.MULTILINE)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_system_is_exported_to_the_same_bytes_each_time(name: str) -> None:
    assert exported(name) == exported(name)


def test_names_that_tla_gives_a_meaning_are_numbered(tmp_path: Path) -> None:
    system = system_of(NAMES, tmp_path)
    instance = build_instance(system, "small", {"Server": ("TRUE", "a-b"), "Term": 2, "Length": 2, "steps": 1})
    export = export_tla(system, instance)
    assert export.name == "SequencesModel"
    assert "Append_2' = " in export.module
    assert "Server = {TRUE_2, Server_au2db}" in export.config
    assert "kind_2 |->" in export.module


HEAD = '''
class P(Sort):
    """A process."""

class Length(Bound):
    """Entries."""

@message(signed_by="sender")
class Ping:
    sender: P
    path: Seq[P, Length]

class Wrong(Model):
    """What cannot be exported."""

    log: Seq[P, Length]
    net: MessageSet[Ping]
    bag: Bag[Ping]

    @initial
    def start(self) -> None:
        self.log = Seq()
'''

REFUSED = {
    "E001": """
    @action
    def swap(self, p: P) -> None:
        for i in range(len(self.log)):
            self.log[i] = p
""",
    "E002": """
    @action
    def echo(self, p: P) -> None:
        self.net.send(Ping(p, Seq()))
        require(Ping(p, self.log) in self.net)
""",
    "E003": """
    @invariant
    def small(self) -> bool:
        return len(self.log) < 2147483648
""",
    "E004": """
    @action
    def adopt(self, s: Seq[P, Length]) -> None:
        self.log = s
""",
    "E005": """
    liars: Byzantine[P]
""",
}
"""What has no form in TLA+, or none that TLC could compute with, by its code."""


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_exported_is_refused_with_a_code_and_a_remedy(code: str, tmp_path: Path) -> None:
    system = system_of(HEAD + REFUSED[code], tmp_path)
    settings: dict[str, Setting] = {"P": 2, "Length": 1} | ({"liars": 1} if code == "E005" else {})
    with pytest.raises(QuoraxError) as refused:
        export_tla(system, build_instance(system, "small", settings))
    (problem,) = refused.value.diagnostics
    assert_golden(GOLDEN / "errors" / f"{code}.txt", str(problem).replace(f"{tmp_path}/", "") + "\n")
