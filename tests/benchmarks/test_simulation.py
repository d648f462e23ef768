"""The benchmark of random simulation reads only what the engine it names has simulated."""

from __future__ import annotations

import json

import pytest

from benchmarks.contender import RunError
from benchmarks.report import document, simulation_table
from benchmarks.simulation import Walk, steps_of


def simulated(verdict: str = "unknown", engine: str = "explicit") -> str:
    results = [{"verdict": verdict, "engine": engine, "states": {"generated": 440_514}}]
    return json.dumps({"schema": "quorax/1", "results": results})


def test_steps_are_read_from_the_document() -> None:
    assert steps_of("a remark\n" + simulated(), "explicit") == 440_514


@pytest.mark.parametrize(
    "output", ["", "error[C007]: no", "{", "{}", simulated("violated"), simulated(engine="interp")]
)
def test_anything_but_a_clean_simulation_of_the_engine_is_refused(output: str) -> None:
    with pytest.raises(RunError):
        steps_of(output, "explicit")


def test_rates_are_per_median_second_and_what_was_skipped_says_why() -> None:
    walked = [Walk("paxos", 600, (1.0, 3.0, 2.0), (4.0, 4.0, 4.0)), Walk("raft", reason="no")]
    cells = simulation_table(walked).splitlines()[4].split("|")
    assert [cell.strip() for cell in cells] == ["", "paxos", "600", "2.00", "4.00", "300", ""]
    assert "skipped: no" in simulation_table(walked)
    found = document({}, [], [], walked, runs=3)["simulation"]
    assert [(one["name"], one["steps"]) for one in found] == [("paxos", 600), ("raft", 0)]
