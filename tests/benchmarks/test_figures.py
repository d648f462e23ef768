"""Medians, rates, ratios, and what is shown of them."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from benchmarks.cases import CASES, Case, cases
from benchmarks.contender import Count
from benchmarks.figures import Measured, Sample, ratios
from benchmarks.latency import Latency, edited
from benchmarks.measure import with_ratios
from benchmarks.process import Usage
from benchmarks.quorax import ROOT
from benchmarks.report import document, latency_table, table
from checker.dsl.loader import load
from tests.benchmarks.fakes import Fake, case

MEBIBYTE = 2**20

COLUMNS = (
    *("engine", "distinct", "stored", "CPU s", "wall s", "distinct/CPU-s", "generated/CPU-s"),
    *("peak MiB", "B/state"),
)


def measured(name: str, *cpu_seconds: float, stored: int = 100) -> Measured:
    usages = (Usage(seconds, 2 * seconds, 100 * MEBIBYTE) for seconds in cpu_seconds)
    count = Count(distinct=100, stored=stored, generated=400)
    return Measured(name, tuple(Sample(count, usage) for usage in usages), command=(name, "--run"))


def test_the_time_of_a_contender_is_the_median_of_its_runs() -> None:
    assert measured("a", 1.0, 9.0, 2.0).cpu_seconds == 2.0
    assert measured("a", 1.0, 9.0, 2.0).wall_seconds == 4.0


def test_rates_are_per_second_of_the_clock_of_the_case() -> None:
    one = measured("a", 2.0)
    assert (one.distinct_rate("cpu"), one.distinct_rate("wall")) == (50, 25)
    assert (one.generated_rate("cpu"), one.generated_rate("wall")) == (200, 100)


def test_a_ratio_says_how_many_times_as_fast_the_first_is() -> None:
    fast, slow = measured("fast", 1.0), measured("slow", 10.0)
    assert ratios(fast, [slow], "cpu") == {"slow": 10.0}
    assert ratios(slow, [fast, slow], "cpu") == {"fast": 0.1}


def test_there_is_no_ratio_to_what_did_not_run() -> None:
    assert ratios(measured("fast", 1.0), [Measured("slow")], "cpu") == {}
    assert ratios(Measured("fast"), [measured("slow", 1.0)], "cpu") == {}


def test_memory_is_counted_above_the_floor_and_for_each_stored_state() -> None:
    one = replace(measured("a", 1.0, stored=2 * MEBIBYTE), floor_bytes=20 * MEBIBYTE)
    assert one.bytes_per_state == 40


@pytest.mark.parametrize("floor", [0, 90 * MEBIBYTE], ids=["unknown floor", "little growth"])
def test_memory_per_state_is_not_guessed(floor: int) -> None:
    assert replace(measured("a", 1.0), floor_bytes=floor).bytes_per_state is None


def test_a_table_has_a_row_for_what_ran_and_a_remark_for_what_did_not() -> None:
    fakes = case(Fake("a"), Fake("b"), Fake("c"))
    rows = with_ratios(fakes, [measured("a", 0.5), measured("b", 5.0), Measured("c", reason="there is no c")])
    shown = table(fakes, rows).splitlines()
    assert (shown[0], shown[-1]) == ("Fakes: 100 states (`fakes`)", "- c: skipped: there is no c")
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown if line.startswith("|")] == [
        [*COLUMNS, "× b"],
        ["------", *["-" * (len(title) - 1) + ":" for title in COLUMNS[1:]], "----:"],
        ["a", "100", "100", "0.50", "1.00", "200", "800", "100", "", "10.00"],
        ["b", "100", "100", "5.00", "10.00", "20", "80", "100", "", ""],
    ]


def test_a_document_has_every_run_and_the_reasons() -> None:
    fakes = case(Fake("a"), Fake("b"))
    rows = with_ratios(fakes, [measured("a", 1.0, 2.0, 3.0), Measured("b", reason="lost", has_failed=True)])
    found = document({"processor": "abacus"}, [(fakes, rows)], [Latency("wait", (1.5,))], runs=3)
    (shown,) = found["cases"]
    a, b = shown["contenders"]
    assert found["machine"] == {"processor": "abacus"}
    assert [run["cpu_seconds"] for run in a["runs"]] == [1.0, 2.0, 3.0]
    assert (a["status"], a["median"]["cpu_seconds"], a["command"]) == ("measured", 2.0, ["a", "--run"])
    assert (b["status"], b["reason"]) == ("failed", "lost")
    assert found["latency"] == [{"name": "wait", "seconds": [1.5], "skipped": None}]


def test_waits_are_shown_in_seconds() -> None:
    shown = latency_table([Latency("cold", (3.0, 1.0, 2.0)), Latency("warm", reason="no")]).splitlines()
    assert shown[-2].split("|")[1:3] == [" cold             ", "        2.00 "]
    assert shown[-1].split("|")[1:3] == [" warm             ", " skipped: no "]


def test_each_edit_makes_another_model() -> None:
    text = (ROOT / "models" / "paxos.py").read_text(encoding="utf-8")
    texts = {edited(text, number=n) for n in range(3)}
    assert len(texts) == 3
    for changed in texts:
        ast.parse(changed)


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_a_case_names_properties_and_contenders_that_there_are(one: Case) -> None:
    known = load(one.work.model).system.properties
    wanted, asked = {p.name for p in known if not p.is_lemma}, set(one.work.properties)
    assert asked == {"agreement"} or wanted <= asked <= {p.name for p in known}
    assert set(one.against) <= {c.name for c in one.contenders}
    assert len({c.name for c in one.contenders}) == len(one.contenders)


def test_the_quick_cases_are_some_of_all() -> None:
    quick = cases(is_quick=True)
    assert quick
    assert set(quick) < set(cases(is_quick=False))
