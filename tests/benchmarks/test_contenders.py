"""What TLC, Spin and quorax write is read as counts, and nothing is read from a run that did not go well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import quorax, spin, tlc
from benchmarks.contender import Count, RunError, Work
from benchmarks.quorax import Quorax
from benchmarks.spin import Spin
from benchmarks.tlc import Tlc
from checker.dsl.loader import load
from checker.export.tla import export_tla
from checker.ir.instance import build_instance
from tests.benchmarks.fakes import WORK

TLC_DONE = """\
Progress(25): 1,000 states generated (1,000 s/min), 900 distinct states found (900 ds/min), 7 states left on queue.
Model checking completed. No error has been found.
1350916 states generated, 185369 distinct states found, 0 states left on queue.
"""

TLC_VIOLATED = """\
Error: Invariant agreement is violated.
1350916 states generated, 185369 distinct states found, 12 states left on queue.
"""

SPIN_DONE = """\
State-vector 60 byte, depth reached 32, errors: 0
  8220065 states, stored
 61711732 states, matched
 69931797 transitions (= stored+matched)
"""


def test_a_finished_run_of_tlc_is_read() -> None:
    assert tlc.count_of(TLC_DONE) == Count(distinct=185_369, stored=185_369, generated=1_350_916)


@pytest.mark.parametrize(
    "output",
    [
        "",
        TLC_VIOLATED,
        TLC_DONE.replace("0 states left", "1 states left"),
        TLC_DONE.replace("No error has been found", "Error"),
    ],
    ids=["nothing", "violated", "unfinished", "wrong"],
)
def test_an_unfinished_or_wrong_run_of_tlc_is_not_read(output: str) -> None:
    with pytest.raises(RunError, match="TLC"):
        tlc.count_of(output)


def test_a_finished_run_of_spin_is_read() -> None:
    assert spin.count_of(SPIN_DONE) == Count(distinct=8_220_065, stored=8_220_065, generated=69_931_797)


def test_counts_that_spin_rounds_are_read() -> None:
    output = SPIN_DONE.replace("69931797", "1.2345e+08")
    assert spin.count_of(output).generated == 123_450_000


@pytest.mark.parametrize(
    "output",
    [
        "",
        SPIN_DONE.replace("errors: 0", "errors: 1"),
        "error: max search depth too small\n" + SPIN_DONE,
        "pan: out of memory\n" + SPIN_DONE,
    ],
    ids=["nothing", "violated", "cut", "out of memory"],
)
def test_an_unfinished_or_wrong_run_of_spin_is_not_read(output: str) -> None:
    with pytest.raises(RunError, match="Spin"):
        spin.count_of(output)


def check_document(verdict: str = "holds", engine: str = "explicit") -> str:
    states = {"distinct": 3_921, "stored": 443, "generated": 35_230, "depth": 16}
    result = {"property": "agreement", "verdict": verdict, "reason": "time", "engine": engine, "states": states}
    return json.dumps({"schema": "quorax/1", "results": [result]})


def test_a_document_of_quorax_is_read() -> None:
    remark = "quorax: a remark on standard error\n"
    assert quorax.count_of(remark + check_document()) == Count(distinct=3_921, stored=443, generated=35_230)


@pytest.mark.parametrize(
    "output", ["", "error[C007]: no", "{", "{}", check_document("unknown"), check_document(engine="interp")]
)
def test_a_document_without_a_verdict_of_quorax_is_not_read(output: str) -> None:
    with pytest.raises(RunError, match="quorax"):
        quorax.count_of(output)


def paxos_config() -> str:
    system = load("paxos").system
    return export_tla(system, build_instance(system, "small", {"Acceptor": 3, "Ballot": 2, "Value": 2})).config


def test_tlc_is_asked_for_the_properties_of_the_case_only() -> None:
    lines = tlc.judging(paxos_config(), ["agreement"]).splitlines()
    assert lines[lines.index("SPECIFICATION Spec") + 1 :] == ["INVARIANTS", "    agreement"]


def test_tlc_is_asked_for_a_transition_invariant_without_any_invariants() -> None:
    lines = tlc.judging(paxos_config(), ["votes_kept"]).splitlines()
    assert lines[lines.index("SPECIFICATION Spec") + 1 :] == ["PROPERTIES", "    votes_kept"]


def test_tlc_is_asked_for_all_properties_of_the_model_but_not_for_types() -> None:
    properties = [p.name for p in load("paxos").system.properties]
    assert tlc.judging(paxos_config(), properties) == paxos_config().replace("    TypeOK\n", "")


@pytest.mark.parametrize(
    ("contender", "name"),
    [
        (Quorax(WORK), "quorax exact"),
        (Quorax(WORK, "tree", has_symmetry=True, workers=2), "quorax tree, symmetry, 2 workers"),
        (Tlc(WORK), "TLC"),
        (Tlc(WORK, by_hand="PaxosByHand", workers=2), "TLC, hand-written module, 2 workers"),
        (Spin(WORK, slots_log2=12), "Spin"),
        (Spin(WORK, slots_log2=12, is_collapsed=True), "Spin, COLLAPSE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_contenders_are_called_by_what_is_special_about_them(contender: Quorax | Tlc | Spin, name: str) -> None:
    assert contender.name == name


def test_quorax_runs_the_compiled_engine_on_exactly_the_work_of_the_case() -> None:
    command = Quorax(WORK, "fp64", workers=2).command()
    options = " ".join(command[command.index("check") :])
    assert options.startswith("check paxos --bounds Ballot=2 --property agreement --engine explicit --store fp64 ")
    assert "--workers 2" in options
    assert options.endswith("--quiet --json -")


def test_spin_is_compiled_for_the_ballots_of_the_case() -> None:
    work = Work("paxos", "Acceptor=3,Ballot=4,Value=2", ("agreement",))
    assert Spin(work, slots_log2=12).ballots() == 4


@pytest.mark.parametrize(
    "work",
    [
        Work("paxos", "Acceptor=3,Ballot=3,Value=2", ("validity",)),
        Work("paxos", "Acceptor=4,Ballot=3,Value=2", ("agreement",)),
        Work("raft", "Server=3", ("agreement",)),
    ],
    ids=["other properties", "other bounds", "other model"],
)
def test_spin_refuses_what_its_model_is_not_of(work: Work, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not"):
        Spin(work, slots_log2=12).ballots()


def test_a_peer_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    work = Work("paxos", "Acceptor=3,Ballot=3,Value=2", ("agreement",))
    assert Tlc(work).missing() == "there is no java on PATH"
    assert Spin(work, slots_log2=12).missing() == "there is no spin on PATH"
