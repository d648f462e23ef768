"""Traces as text. Golden files are rewritten with QUORAX_REWRITE=1 in the environment; review what changed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from checker.diagnostics import NOWHERE, Span
from checker.render.text import trace_text
from checker.trace.trace import Blame
from tests.golden import assert_golden
from tests.render.stories import STORIES, crash_story, paxos_story, raft_story, with_choices

GOLDEN = Path(__file__).parent / "golden"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("name", ["paxos", "raft", "pbft", "crash", "initial"])
def test_traces_read_like_this(name: str) -> None:
    assert_golden(GOLDEN / f"{name}.txt", trace_text(STORIES[name]()))


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("name", STORIES)
def test_lines_fit_the_terminal(name: str, width: int) -> None:
    assert max(len(line) for line in trace_text(STORIES[name](), width=width).splitlines()) <= width


@pytest.mark.parametrize("name", STORIES)
def test_lines_do_not_end_in_blanks(name: str) -> None:
    assert not [line for line in trace_text(STORIES[name]()).splitlines() if line != line.rstrip()]


@pytest.mark.parametrize("name", STORIES)
def test_color_changes_nothing_but_color(name: str) -> None:
    trace = STORIES[name]()
    assert ESCAPE.sub("", trace_text(trace, color=True)) == trace_text(trace)


def test_only_changed_variables_are_shown() -> None:
    step = trace_text(paxos_story()).split("\n\n")[2]
    assert "net + Prepare(0)" in step
    assert "vote" not in step


def test_messages_that_are_arguments_are_not_shown_as_read_too() -> None:
    text = trace_text(paxos_story())
    assert "reads Promise(0, a1, None)" in text
    assert "reads Prepare" not in text


def test_what_a_channel_delivers_is_shown_as_a_change_only() -> None:
    assert "reads" not in trace_text(raft_story())


def test_choices_are_shown() -> None:
    assert "prepare(b=0) choosing x=0" in trace_text(with_choices(paxos_story()))


def test_the_loop_is_marked_where_it_starts_and_where_it_closes() -> None:
    trace = crash_story()
    assert trace_text(trace).count("↺") == 2
    assert (
        trace_text(replace(trace, loop_start=0))
        .splitlines()[-1]
        .endswith("back to the initial state, and so on for ever")
    )


def test_a_behaviour_that_stops_for_good_says_so_where_it_stops() -> None:
    trace = crash_story()
    lines = trace_text(replace(trace, loop_start=len(trace.steps))).splitlines()
    assert lines[-1] == "        ↺ stutters for ever: nothing happens any more"
    assert sum("↺" in line for line in lines) == 2


def test_the_blamed_conjunct_is_shown_with_its_source_line(tmp_path: Path) -> None:
    source = tmp_path / "model.py"
    source.write_text("first = 1\n    return all(v == w for v in Value)\n", encoding="utf-8")
    blame = Blame("agreement", "invariant", "One value.", "v == w", Span(str(source), 2, 15, 2, 21))
    lines = trace_text(replace(paxos_story(), blame=blame), width=200).splitlines()[-4:]
    assert lines[0].endswith("model.py:2")
    assert lines[1] == "     2 |     return all(v == w for v in Value)"
    assert lines[2] == "       |                ^^^^^^"
    assert lines[3].strip() == "v == w is false"


def test_a_blame_without_a_place_is_one_line() -> None:
    trace = replace(paxos_story(), blame=Blame("deadlock", "deadlock", "", "", NOWHERE))
    assert trace_text(trace).splitlines()[-1] == "deadlock is violated"


def test_a_trace_without_a_title_is_headed_by_what_is_known() -> None:
    trace = replace(paxos_story(), title="")
    assert trace_text(trace).splitlines()[0] == "agreement is violated after 12 steps"
    assert trace_text(replace(trace, blame=None)).splitlines()[0] == "A behaviour of OmitVote: 12 steps"
