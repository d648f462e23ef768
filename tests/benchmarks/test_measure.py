"""Contenders run in turn, are refused when they count different states, and are skipped when they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.figures import DifferentStatesError
from benchmarks.measure import Limits, measure
from tests.benchmarks.fakes import Fake, case

THREE = Limits(runs=3, repeat_below_seconds=1_000)


def test_contenders_run_in_turn(tmp_path: Path) -> None:
    a, b = measure(case(Fake("a"), Fake("b")), tmp_path, THREE)
    assert (tmp_path / "fakes" / "turns").read_text() == "ababab"
    assert len(a.samples) == len(b.samples) == 3


def test_what_is_slow_runs_once(tmp_path: Path) -> None:
    (a,) = measure(case(Fake("a")), tmp_path, Limits(runs=3, repeat_below_seconds=0))
    assert len(a.samples) == 1


def test_engines_that_count_different_states_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(DifferentStatesError, match="fakes: b counted 99 distinct states, where there are 100"):
        measure(case(Fake("a"), Fake("b", says="99")), tmp_path, THREE)


def test_what_is_missing_is_skipped_with_the_reason(tmp_path: Path) -> None:
    a, b = measure(case(Fake("a"), Fake("b", absence="there is no b")), tmp_path, THREE)
    assert len(a.samples) == 3
    assert (b.samples, b.reason, b.has_failed) == ((), "there is no b", False)
    assert a.ratios == {}


def test_what_fails_is_reported_and_not_run_again(tmp_path: Path) -> None:
    _, b = measure(case(Fake("a"), Fake("b", says="out of memory")), tmp_path, THREE)
    assert (b.samples, b.reason, b.has_failed) == ((), "b said out of memory", True)
    assert (tmp_path / "fakes" / "turns").read_text() == "abaa"


def test_contenders_are_compared_with_those_that_the_case_names(tmp_path: Path) -> None:
    a, b = measure(case(Fake("a"), Fake("b")), tmp_path, THREE)
    assert a.ratios == {"b": pytest.approx(b.cpu_seconds / a.cpu_seconds)}
    assert b.ratios == {}


def test_what_a_contender_took_to_make_is_kept_apart(tmp_path: Path) -> None:
    (a,) = measure(case(Fake("a")), tmp_path, THREE)
    assert a.preparation is not None
    assert a.preparation.cpu_seconds == 1.0
