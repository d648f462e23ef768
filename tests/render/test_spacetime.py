"""Space-time diagrams: what they show, and that nothing covers anything else.

Golden files are rewritten with QUORAX_REWRITE=1 in the environment; draw them (`neato -n2 -Tpng`) and look at them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from checker.render.chart import Chart, chart_of
from checker.render.fonts import text_width
from checker.render.geometry import Box, Point, segments
from checker.render.layout import label_lines
from checker.render.picture import Picture, arranged
from checker.render.spacetime import spacetime_dot
from checker.trace.trace import Lane, Note, Trace
from tests.golden import assert_golden
from tests.render.stories import STORIES, crash_story, paxos_story, pbft_story, raft_story, ring_story

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(STORIES)


def chart(trace: Trace) -> Chart:
    return chart_of(trace)


def labels(trace: Trace) -> list[str]:
    return [line.label for line in chart(trace).lifelines]


def picture_of(name: str) -> Picture:
    return arranged(chart_of(STORIES[name]()))


@pytest.mark.parametrize("name", NAMES)
def test_diagrams_are_drawn_like_this(name: str) -> None:
    assert_golden(GOLDEN / f"{name}.dot", spacetime_dot(STORIES[name]()))


@pytest.mark.parametrize("name", NAMES)
def test_no_label_covers_another_or_a_box(name: str) -> None:
    picture = picture_of(name)
    texts = [*picture.labels, *(box for _, _, box in picture.stubs)]
    boxes = [*(b.box for b in picture.layout.boxes.values()), *picture.layout.headers]
    for i, text in enumerate(texts):
        assert not [other for other in texts[:i] if text.overlap(other) > 1]
        assert not [box for box in boxes if text.overlap(box) > 1]


@pytest.mark.parametrize("name", NAMES)
def test_no_box_covers_another(name: str) -> None:
    layout = picture_of(name).layout
    boxes = [*(b.box for b in layout.boxes.values()), *layout.headers]
    assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if a.overlap(b) > 0]


@pytest.mark.parametrize("name", NAMES)
def test_no_arrow_runs_through_a_box(name: str) -> None:
    picture = picture_of(name)
    for arrow, course in zip(picture.chart.arrows, picture.courses, strict=True):
        for row, placed in picture.layout.boxes.items():
            if row not in (arrow.row, arrow.source_row):
                assert placed.box.covers(course) == 0, (arrow, placed.event)


@pytest.mark.parametrize("name", NAMES)
def test_time_runs_downwards_along_every_arrow(name: str) -> None:
    for course in picture_of(name).courses:
        assert all(a.y <= b.y for a, b in segments(course))


@pytest.mark.parametrize("name", NAMES)
def test_texts_fit_their_boxes(name: str) -> None:
    for placed in picture_of(name).layout.boxes.values():
        title, *lines = placed.lines
        assert max(text_width(title, 10), *(text_width(line, 9) for line in lines)) < placed.box.width


@pytest.mark.parametrize("name", NAMES)
def test_the_same_trace_gives_the_same_bytes_in_any_process(name: str) -> None:
    code = (
        "from tests.render.stories import STORIES; from checker.render.spacetime import spacetime_dot; "
        f"print(spacetime_dot(STORIES[{name!r}]()), end='')"
    )
    env = {"PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env)
    assert ran.stdout.decode() == spacetime_dot(STORIES[name]())


@pytest.mark.skipif(shutil.which("neato") is None, reason="graphviz is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_graphviz_draws_it_without_a_word(name: str) -> None:
    ran = subprocess.run(
        ["neato", "-n2", "-Tsvg"], input=spacetime_dot(STORIES[name]()).encode(), capture_output=True, check=True
    )
    assert ran.stderr == b""


def test_every_member_of_the_main_sort_has_a_lifeline() -> None:
    assert [label for label in labels(ring_story(5, 1)) if label.startswith("p")] == ["p1", "p2", "p3", "p4", "p5"]


def test_of_a_large_sort_only_those_that_take_part_have_one() -> None:
    assert labels(ring_story(12, 4)) == ["p3", "p4", "p5", "p7"]


def test_proposers_stand_beside_the_acceptors() -> None:
    assert labels(paxos_story()) == ["Ballot 0", "a1", "a2", "a3", "Ballot 1"]


def test_a_step_of_no_process_is_a_step_of_the_environment() -> None:
    assert labels(raft_story())[-1] == "environment"
    assert "environment" not in labels(paxos_story())


def test_a_byzantine_process_is_marked() -> None:
    assert [line.label for line in chart(pbft_story()).lifelines if line.is_byzantine] == ["r1 (Byzantine)"]


def test_a_forged_message_comes_from_the_lifeline_of_its_signer() -> None:
    found = chart(pbft_story())
    forged = [a for a in found.arrows if a.kind == "forged"]
    signed = [a for a in forged if a.source is not None]
    assert {found.lifelines[a.source or 0].label for a in signed} == {"r1 (Byzantine)"}
    assert [a.label for a in forged if a.source is None] == ["forged Rumour 0"]


def test_a_message_that_nobody_received_is_not_drawn() -> None:
    assert not [a for a in chart(paxos_story()).arrows if a.label.startswith("Accepted")]


def test_every_receiver_of_a_message_has_an_arrow() -> None:
    assert [a.row for a in chart(paxos_story()).arrows if a.label == "Accept 0, v1"] == [5, 6]


def test_a_step_that_reads_a_quorum_has_an_arrow_from_each_member() -> None:
    assert [a.label for a in chart(paxos_story()).arrows if a.row == 3] == ["Promise 0, a1, ∅", "Promise 0, a2, ∅"]


def test_what_a_process_sent_to_itself_needs_no_arrow() -> None:
    assert not [a for a in chart(pbft_story()).arrows if a.source == a.target]


def test_what_an_arrow_shows_is_no_argument() -> None:
    events = chart(paxos_story()).events
    assert [(e.title, e.arguments) for e in events[:2]] == [("prepare", ""), ("promise", "")]
    assert (events[3].title, events[3].arguments) == ("propose", "v=v1, q={a1, a2}")


def test_the_process_of_an_event_is_left_out_of_its_changes() -> None:
    events = chart(raft_story()).events
    assert events[1].lines == ("log + (0, 1)",)
    assert events[7].lines == ("role: FOLLOWER → LEADER", "log[s2] - last (0, 2)")


def test_an_event_that_changes_nothing_says_what_it_sends() -> None:
    assert chart(paxos_story()).events[0].lines == ("sends Prepare 0",)
    assert chart(crash_story()).events[6].lines == ("(no change)",)


def test_a_lost_message_is_a_stub_at_its_sender() -> None:
    losses = chart(raft_story()).losses
    assert [(loss.row, loss.line, loss.toward) for loss in losses] == [(3, 0, 2), (3, 0, 2)]
    assert losses[1].label == "Request 0 lost at 5"


def test_a_process_that_crashed_is_down_until_it_recovers() -> None:
    assert [(o.line, o.start, o.end) for o in chart(crash_story()).outages] == [(2, 2, 4), (1, 5, None)]
    assert chart(crash_story()).events[2].kind == "down"


def test_the_step_that_explains_and_the_step_that_violates_stand_out() -> None:
    kinds = {e.row: e.kind for e in chart(paxos_story()).events}
    assert (kinds[6], kinds[7], kinds[11]) == ("fact", "deviation", "violation")


def test_messages_of_the_step_that_explains_are_amber() -> None:
    assert [a.label for a in chart(paxos_story()).arrows if a.kind == "deviation"] == ["Promise 1, a2, ∅"]


def test_a_lasso_marks_the_steps_of_its_cycle() -> None:
    assert chart(crash_story()).loop == (7, 8)
    assert chart(paxos_story()).loop is None


def test_a_behaviour_that_stops_for_good_loops_at_its_last_step() -> None:
    trace = crash_story()
    stopped = replace(trace, loop_start=len(trace.steps))
    assert chart(stopped).loop == (8, 8)
    assert "loop0 -> loop1" in spacetime_dot(stopped)


def test_a_long_trace_is_folded_around_what_matters() -> None:
    found = chart(ring_story(4, 60))
    assert [row.fold for row in found.rows if row.fold] == ["steps 14–33 hidden"]
    assert len(found.events) == 40


def test_steps_with_notes_are_never_hidden() -> None:
    trace = ring_story(4, 60)
    noted = replace(trace.steps[19], notes=(Note("fact", "it happened"),))
    found = chart(replace(trace, steps=(*trace.steps[:19], noted, *trace.steps[20:])))
    assert [row.fold for row in found.rows if row.fold] == ["steps 14–19 hidden", "steps 21–33 hidden"]


def test_a_message_from_a_hidden_step_says_which() -> None:
    hidden = [a for a in chart(ring_story(4, 60)).arrows if a.is_hidden]
    assert [a.label for a in hidden] == ["Token p1, 33 (step 33)", "Token p1, 31 (step 31)"]


def test_a_single_step_is_not_worth_hiding() -> None:
    assert not [row for row in chart_of(ring_story(4, 41)).rows if row.fold]


def test_a_trace_without_steps_shows_the_initial_state() -> None:
    (row,) = chart(STORIES["initial"]()).rows
    assert [note.text for note in row.notes][:2] == ["agreement is violated", "promised = all ∅"]


def test_a_system_without_processes_can_be_drawn() -> None:
    trace = ring_story(3, 2)
    steps = tuple(replace(s, process=None, sent=(), received=()) for s in trace.steps)
    assert "environment" in spacetime_dot(replace(trace, steps=steps))


def test_long_messages_take_two_lines_and_are_cut() -> None:
    name, fields = label_lines("Announcement " + "1, " * 90)
    assert (name, fields[:9], fields[-1]) == ("Announcement", "1, 1, 1, ", "…")


def test_text_of_a_model_cannot_break_the_dot() -> None:
    trace = replace(paxos_story(), title='a "quoted" \\N <b>title</b> &amp; more\nand more')
    dot = spacetime_dot(trace)
    assert r'label="a \"quoted\" \\N <b>title</b> &amp;amp; more and more"' in dot


def test_lanes_of_steps_have_the_color_of_their_lifeline() -> None:
    dot = spacetime_dot(paxos_story())
    (color,) = re.findall(r'p1 \[.*?fillcolor="(#\w+)"', dot)
    assert re.search(rf's1 \[.*?color="{color}"', dot)
    assert chart(paxos_story()).lifelines[1].lane == Lane("Acceptor", 0)


def test_boxes_know_how_much_of_a_line_they_cover() -> None:
    box = Box(0, 0, 10, 10)
    assert box.covers((Point(-20, 0), Point(20, 0))) == 10
    assert box.covers((Point(-20, 6), Point(20, 6))) == 0
    assert box.overlap(Box(5, 5, 10, 10)) == 25
