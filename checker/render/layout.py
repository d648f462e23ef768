"""Where everything in a space-time diagram goes: columns, rows and boxes.

All rows have one event at most, so the gaps between lifelines are free of boxes from top to bottom: that is where
labels go. A gap is as wide as the widest label that wants to be there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from checker.render.chart import Chart, Event, Loss, Row
from checker.render.fonts import clipped, text_height, text_width, wrapped
from checker.render.geometry import Box, Point
from checker.render.lifelines import Lifeline

TITLE_SIZE = 14.0
TEXT_SIZE = 10.0
SMALL_SIZE = 9.0
LOSS_SIZE = 8.0

INNER_WIDTH_MAX = 168.0
"""Text in an event's box is cut short beyond this; the tooltip has all of it."""

NOTE_WIDTH = 230.0
LABEL_WIDTH_MAX = 190.0

PORT_DISTANCE = 12.0
"""Between the ends of two arrows at a box: a label's height, as they may run side by side."""

_HEADER_HEIGHT = 22.0
_ROW_GAP = 18.0
_ROW_HEIGHT_MIN = 40.0
_BOX_WIDTH_MIN = 84.0
_GAP_MIN, _GAP_MAX = 64.0, LABEL_WIDTH_MAX + 26.0
_STUB_LENGTH = 26.0
_MARGIN = 40.0


@dataclass(frozen=True, slots=True)
class EventBox:
    """An event and its texts: the title, `arguments` lines that belong to it, then the changes."""

    event: Event
    box: Box
    lines: tuple[str, ...]
    arguments: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in points. `columns` are lifelines' centres, `halves` half the width of their widest box."""

    columns: tuple[float, ...]
    halves: tuple[float, ...]
    rows: tuple[float, ...]
    heights: tuple[float, ...]
    headers: tuple[Box, ...]
    boxes: Mapping[int, EventBox]
    notes: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def left(self) -> float:
        return self.columns[0] - max(self.halves[0], self.headers[0].width / 2)

    @property
    def right(self) -> float:
        return self.columns[-1] + max(self.halves[-1], self.headers[-1].width / 2)

    @property
    def bottom(self) -> float:
        """The end of the lifelines."""
        return self.rows[-1] + self.heights[-1] / 2 + 8 if self.rows else self.headers[0].bottom + 30

    @property
    def notes_left(self) -> float:
        return self.right + _MARGIN

    @property
    def numbers_x(self) -> float:
        return self.left - _MARGIN

    def obstacles(self, line: int) -> tuple[Box, ...]:
        """Return the boxes on a lifeline."""
        return tuple(b.box for b in self.boxes.values() if b.event.line == line)


def lay_out(chart: Chart, extra: Mapping[int, float]) -> Layout:
    """Return the layout of a chart; `extra` is room to add above some rows."""
    texts = {event.row: _texts(event) for event in chart.events}
    sizes = {event.row: _box_height(texts[event.row], _ports(chart, event.row)) for event in chart.events}
    halves = tuple(_half(chart, i, texts) for i in range(len(chart.lifelines)))
    columns = _columns(chart, halves)
    headers = tuple(
        Box(x, 0.0, _header_width(line), _HEADER_HEIGHT) for x, line in zip(columns, chart.lifelines, strict=True)
    )
    notes = tuple(_note_lines(row) for row in chart.rows)
    heights = tuple(_row_height(sizes.get(i, 0.0), lines) + extra.get(i, 0.0) for i, lines in enumerate(notes))
    tops = list(accumulate(heights, initial=_HEADER_HEIGHT / 2 + 12))
    rows = tuple(
        top + (height + extra.get(i, 0.0)) / 2 for i, (top, height) in enumerate(zip(tops, heights, strict=False))
    )
    boxes = {
        e.row: EventBox(e, Box(columns[e.line], rows[e.row], 2 * halves[e.line], sizes[e.row]), *texts[e.row])
        for e in chart.events
    }
    return Layout(columns, halves, rows, heights, headers, boxes, notes)


def label_lines(label: str) -> tuple[str, ...]:
    """Return a message's label as one line, or as its name above its fields if it is long."""
    if text_width(label, SMALL_SIZE) <= LABEL_WIDTH_MAX:
        return (label,)
    name, _, fields = label.partition(" ")
    return clipped(name, SMALL_SIZE, LABEL_WIDTH_MAX), clipped(fields, SMALL_SIZE, LABEL_WIDTH_MAX)


def label_width(label: str) -> float:
    """Return the width in points of a message's label."""
    return text_width("\n".join(label_lines(label)), SMALL_SIZE)


def loss_box(loss: Loss, layout: Layout, index: int) -> tuple[Point, Point, Box]:
    """Return where the stub of a lost message begins and ends, and its label's place; `index` counts an event's."""
    box = layout.boxes[loss.row].box
    towards_right = loss.toward is None or loss.toward >= loss.line
    if loss.toward is None and loss.line == len(layout.columns) - 1 and loss.line > 0:
        towards_right = False
    sign = 1.0 if towards_right else -1.0
    edge = box.right if towards_right else box.left
    start = Point(edge, box.top + 8 + 4 * index)
    end = Point(edge + sign * _STUB_LENGTH, start.y - 8 + 9 * index)
    width = text_width(loss.label, LOSS_SIZE)
    return start, end, Box(end.x + sign * (width / 2 + 5), end.y, width, SMALL_SIZE * 1.2)


def _texts(event: Event) -> tuple[tuple[str, ...], int]:
    """Return the lines of an event's box, and how many of them after the first hold arguments."""
    title = f"{event.title}({event.arguments})" if event.arguments else event.title
    changed = tuple(clipped(line, SMALL_SIZE, INNER_WIDTH_MAX) for line in event.lines)
    if text_width(title, TEXT_SIZE) <= INNER_WIDTH_MAX:
        return (title, *changed), 0
    name = clipped(event.title, TEXT_SIZE, INNER_WIDTH_MAX)
    arguments = wrapped(event.arguments, SMALL_SIZE, INNER_WIDTH_MAX, 2) if event.arguments else ()
    return (name, *arguments, *changed), len(arguments)


def _ports(chart: Chart, row: int) -> int:
    """Return how many places for arrows the event of a row needs, at the side where they are more."""
    places: dict[bool, set[object]] = {False: set(), True: set()}
    for i, arrow in enumerate(chart.arrows):
        is_right = arrow.source is None or arrow.source < arrow.target
        if arrow.row == row:
            places[not is_right].add(i)
        if arrow.source_row == row:
            places[is_right].add(arrow.label)
    return max(map(len, places.values()))


def _box_height(texts: tuple[tuple[str, ...], int], ports: int) -> float:
    """Return the height that the texts need, or the arrows, so that they and their labels keep apart."""
    lines, _ = texts
    return max(
        10 + text_height(1, TEXT_SIZE) + text_height(len(lines) - 1, SMALL_SIZE),
        10 + PORT_DISTANCE * ports if ports > 2 else 0.0,
    )


def _half(chart: Chart, line: int, texts: Mapping[int, tuple[tuple[str, ...], int]]) -> float:
    """Return half the width of the boxes on a lifeline, all as wide as the widest; next to nothing if it has none."""
    widths: list[float] = []
    for event in chart.events:
        if event.line == line:
            (title, *rest), _ = texts[event.row]
            widths += [_BOX_WIDTH_MIN, text_width(title, TEXT_SIZE) * 1.06 + 18]
            widths += [text_width(text, SMALL_SIZE) + 18 for text in rest]
    return max(widths, default=8.0) / 2


def _header_width(lifeline: Lifeline) -> float:
    return max(58.0, text_width(lifeline.label, TEXT_SIZE) * 1.1 + 22)


def _columns(chart: Chart, halves: tuple[float, ...]) -> tuple[float, ...]:
    """Return the lifelines' centres; every arrow wants its label in the last gap that it crosses."""
    gaps = [_GAP_MIN] * (len(halves) - 1)
    for arrow in chart.arrows:
        if arrow.source is not None:
            gap = arrow.target - 1 if arrow.source < arrow.target else arrow.target
            gaps[gap] = max(gaps[gap], label_width(arrow.label) + 26)
    for loss in chart.losses:
        gap = loss.line if loss.toward is None or loss.toward >= loss.line else loss.line - 1
        if 0 <= gap < len(gaps):
            gaps[gap] = max(gaps[gap], text_width(loss.label, LOSS_SIZE) + _STUB_LENGTH + 14)
    headers = [_header_width(line) / 2 for line in chart.lifelines]
    steps = [
        max(halves[i] + min(gap, _GAP_MAX) + halves[i + 1], headers[i] + 24 + headers[i + 1])
        for i, gap in enumerate(gaps)
    ]
    return tuple(accumulate(steps, initial=0.0)) if halves else ()


def _note_lines(row: Row) -> tuple[tuple[str, str], ...]:
    """Return the lines of a row's notes, each with the kind of its note."""
    return tuple((note.kind, line) for note in row.notes for line in wrapped(note.text, TEXT_SIZE, NOTE_WIDTH, 4))


def _row_height(box: float, notes: tuple[tuple[str, str], ...]) -> float:
    return max(_ROW_HEIGHT_MIN, box + _ROW_GAP if box else 0.0, text_height(len(notes), TEXT_SIZE) + 8)
