"""TLC, which we did not write, gives the same verdicts on temporal properties as the interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.diagnostics import NOWHERE
from checker.dsl.loader import load
from checker.export.tla import export_tla
from checker.interp.engine import Interpreter
from checker.ir.instance import Setting, build_instance
from checker.spec.temporal import read_property
from checker.trace.verdict import Holds, Request, Violated
from tests.export.temporal import with_temporal
from tests.export.tlc import run_tlc

Settings = dict[str, Setting]

PAXOS: Settings = {"Acceptor": 2, "Ballot": 2, "Value": 2}
VOTING: Settings = {"Acceptor": 2, "Ballot": 2, "Value": 2}
BROADCAST: Settings = {"Process": 3, "Message": 1, "crashes": 3}
PAIR: Settings = {"Process": 2, "Message": 1, "crashes": 2}
LIAR: Settings = {"Process": 4, "Value": 1, "f": 1, "byzantine": ("p4",)}
DUEL: Settings = {"Acceptor": 2, "Proposer": 2, "crashes": 2}

ALL = "prepare(per=b), promise(per=a), propose(per=b), accept(per=a)"
SENT = "weak fairness of send(per=p), receive(per=p), deliver(per=p)"
TOTALITY = "always eventually quiescent implies (delivered_by_any leads to delivered_by_all)"
WORK = "prepare(per=p), propose(per=p), agree(per=a, p), refuse(per=a, p)"

CASES: list[tuple[str, str, Settings, str, bool]] = [
    ("consensus", "", {"Value": 3}, "eventually decided", False),
    ("consensus", "", {"Value": 3}, "eventually always decided under weak fairness of choose_value", True),
    ("consensus", "take_back", {"Value": 2}, "eventually always decided under weak fairness of choose_value", False),
    ("consensus", "take_back", {"Value": 2}, "always eventually decided under weak fairness of choose_value", True),
    ("voting", "", VOTING, "eventually decided under weak fairness of promise(per=a), vote(per=a)", True),
    ("voting", "", VOTING, "eventually decided under weak fairness of promise, vote", True),
    (
        "voting",
        "",
        VOTING,
        "eventually decided under weak fairness of promise and strong fairness of vote(per=a)",
        True,
    ),
    ("voting", "", VOTING, "eventually decided_again under weak fairness of promise(per=a), vote(per=a)", False),
    ("paxos", "", PAXOS, f"eventually decided under weak fairness of {ALL}", True),
    ("paxos", "", PAXOS, "eventually decided under weak fairness of prepare, promise, propose, accept", True),
    ("paxos", "", PAXOS, "eventually decided under weak fairness of prepare(per=b), promise(per=a), propose", False),
    ("paxos", "", PAXOS, f"decided leads to reproposed under weak fairness of {ALL}", False),
    ("paxos", "", PAXOS, f"reproposed leads to decided under weak fairness of {ALL}", True),
    ("paxos", "", PAXOS, "always (decided implies always decided)", True),
    ("paxos", "accept_above_promise", PAXOS, f"eventually decided under weak fairness of {ALL}", False),
    ("best_effort_broadcast", "", BROADCAST, f"eventually delivered_where_due under {SENT}", True),
    ("best_effort_broadcast", "", BROADCAST, f"eventually always delivered_alike under {SENT}", False),
    ("best_effort_broadcast", "", BROADCAST, f"always eventually delivered_alike under {SENT}", False),
    ("reliable_broadcast", "", PAIR, f"eventually always delivered_alike under {SENT}", True),
    ("reliable_broadcast", "send_once", BROADCAST, f"eventually delivered_where_due under {SENT}", False),
    ("byzantine_reliable_broadcast", "", LIAR, TOTALITY, True),
    ("byzantine_reliable_broadcast", "no_amplification", LIAR, TOTALITY, False),
    ("duelling_proposers", "", DUEL, f"eventually (decided or abandoned) under weak fairness of {WORK}", True),
    (
        "duelling_proposers",
        "retry_at_once",
        DUEL,
        f"eventually (decided or abandoned) under weak fairness of {WORK}",
        False,
    ),
    (
        "duelling_proposers",
        "retry_at_once",
        DUEL,
        f"eventually (decided or abandoned) under strong fairness of {WORK}",
        False,
    ),
    (
        "duelling_proposers",
        "retry_same_ballot",
        DUEL,
        f"eventually (decided or abandoned) under weak fairness of {WORK}",
        False,
    ),
    (
        "duelling_proposers",
        "",
        DUEL,
        "overtaken leads to decided or abandoned under weak fairness of prepare, agree",
        False,
    ),
]


@pytest.mark.parametrize(("name", "mutant", "settings", "text", "holds"), CASES, ids=[f"{c[0]}-{c[3]}" for c in CASES])
def test_tlc_gives_the_same_verdict(
    name: str, mutant: str, settings: Settings, text: str, holds: bool, tmp_path: Path
) -> None:
    model = load(name)
    system = model.mutant(mutant).system if mutant else model.system
    instance = build_instance(system, "compared", settings)
    asked = read_property("claim", text, NOWHERE)
    report = Interpreter().run(system, instance, Request(temporal=(asked,)))
    verdict = report.results[0].verdict
    assert isinstance(verdict, Holds if holds else Violated), verdict
    run = run_tlc(with_temporal(export_tla(system, instance), asked), tmp_path)
    assert run.is_clean == holds, run.output
    assert holds or "Temporal properties were violated." in run.output, run.output
