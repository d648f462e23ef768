"""The space-time diagram of a trace, in DOT: lifelines, time downwards, an arrow per message.

After Leslie Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System" (1978), figure 1. Every node
is pinned and every edge has its course, so that the picture is the same in every Graphviz: draw it with `neato -n2`,
or where engines have names of one word with `nop2`. Labels are plain text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checker.render.chart import STEPS_MAX, Chart, EventKind, Outage, chart_of
from checker.render.dotfile import Attribute, attributes, curve, inches, left_aligned, position
from checker.render.fonts import BOLD, SANS, text_height, text_width, wrapped
from checker.render.geometry import Box, Point, shortened, smooth
from checker.render.layout import (
    LOSS_SIZE,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    EventBox,
    Layout,
    label_lines,
)
from checker.render.picture import Picture, arranged
from checker.trace.trace import Trace

RED, AMBER, GREEN, BLUE = "#c62828", "#d08700", "#2e7d32", "#00838f"
_GREY_TEXT, _DARK_TEXT, _NUMBERS = "#444444", "#222222", "#8a8a8a"
_LINE, _DOWN, _LOST = "#b8b8b8", "#cfcfcf", "#b0b0b0"

_FILL: dict[EventKind, str] = {
    "plain": "#ffffff",
    "fact": "#e8f5e9",
    "deviation": "#fff3cd",
    "violation": "#fdd9d7",
    "down": "#eeeeee",
}
_BORDER: dict[EventKind, str] = {"deviation": AMBER, "violation": RED, "down": "#888888"}
_NOTE_COLOR = {"fact": GREEN, "deviation": AMBER, "violation": RED, "loop": BLUE}
_TONE = {"bad": RED, "good": GREEN, "plain": "#263238"}

_LEGEND: dict[str, tuple[str, str]] = {
    "deviation": (AMBER, "amber: a step that the model without the mutation would not take"),
    "violation": (RED, "red: the property is false from here on"),
    "down": ("#777777", "grey: down, or restarted"),
    "forged": ("#777777", "dashed: a message that a Byzantine process made up"),
}

_SURE = 1.1
"""Room for a text whose left edge must be where it is put, so that no font needs more: bold is 10 % wider."""

_CORNER = 10.0
_HEAD = 7.0
"""Length of an arrow head of size 0.7."""


def spacetime_dot(trace: Trace, *, steps_max: int = STEPS_MAX) -> str:
    """Return the space-time diagram of a trace as DOT, the same bytes for the same trace.

    A trace of more than `steps_max` steps is folded: rows say which steps are hidden; steps with notes never are.
    """
    chart = chart_of(trace, steps_max=steps_max)
    return "\n".join(_Drawing(arranged(chart)).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A picture, written as DOT."""

    picture: Picture

    @property
    def chart(self) -> Chart:
        return self.picture.chart

    @property
    def layout(self) -> Layout:
        return self.picture.layout

    def lines(self) -> Iterator[str]:
        yield "digraph trace {"
        yield f'  graph [splines=line, outputorder=edgesfirst, bgcolor=white, pad=0.25, fontname="{SANS}"];'
        yield (
            f'  node [fontname="{SANS}", fontsize={TEXT_SIZE:g}, shape=plaintext, margin=0, width=0.01, height=0.01];'
        )
        yield f'  edge [fontname="{SANS}", fontsize={SMALL_SIZE:g}, arrowsize=0.7];'
        for heading, section in (
            ("heading", self._heading()),
            ("lifelines", self._lifelines()),
            ("steps", self._rows()),
            ("messages", self._messages()),
            ("lost messages", self._losses()),
            ("loop", self._loop()),
            ("legend", self._legend()),
        ):
            lines = list(section)
            if lines:
                yield f"  // {heading}"
                yield from (f"  {line}" for line in lines)
        yield "}"

    def _heading(self) -> Iterator[str]:
        """The title above the lifelines, and a frame that keeps the margins free."""
        layout, middle = self.layout, (self.layout.numbers_x + self._right()) / 2
        width = max(self._right() - layout.numbers_x, 420.0)
        lines = wrapped(self.chart.title, TITLE_SIZE, width, 3)
        top = layout.headers[0].top if layout.headers else 0.0
        color = _TONE[self.chart.tone]
        y = top - 44 - 18 * (len(lines) - 1)
        for i, line in enumerate(lines):
            yield _text(f"title{i}", middle, y + 18 * i, line, fontsize=TITLE_SIZE, fontname=BOLD, fontcolor=color)
        subtitle = wrapped(self.chart.subtitle, TEXT_SIZE, width, 1)[0]
        yield _text("subtitle", middle, top - 23, subtitle, fontcolor="#666666")
        half = max(text_width(line, TITLE_SIZE) * 1.06 for line in lines) / 2
        half = max(half, text_width(subtitle, TEXT_SIZE) / 2)
        left = min(layout.numbers_x - 24, middle - half)
        right = max(self._right(), middle + half)
        bottom = layout.bottom + (14 + 13 * len(self._legend_entries()) if self._legend_entries() else 0)
        frame = Box((left + right) / 2, (y - 12 + bottom) / 2, right - left, bottom - y + 12)
        yield _node("frame", frame, {"shape": "box", "style": "invis", "label": ""})

    def _right(self) -> float:
        """The right edge of the widest note, or of the last lifeline."""
        widths = [text_width(line, TEXT_SIZE) * _SURE for notes in self.layout.notes for _, line in notes]
        return self.layout.notes_left + max(widths) if widths else self.layout.right + 8

    def _lifelines(self) -> Iterator[str]:
        for i, (line, header) in enumerate(zip(self.chart.lifelines, self.layout.headers, strict=True)):
            style: dict[str, Attribute] = {"shape": "box", "style": "filled,rounded", "color": line.color}
            style |= {"fillcolor": line.color, "fontcolor": "white", "fontname": BOLD, "label": line.label}
            if line.is_byzantine:
                style |= {"style": "filled,rounded,dashed", "fillcolor": "white", "fontcolor": line.color}
            yield _node(f"p{i}", header, style)
            yield _point(f"p{i}e", header.x, self.layout.bottom)
            outages = [o for o in self.chart.outages if o.line == i]
            yield from (_lifeline(i, header.x, *part) for part in self._parts(header.bottom, outages))

    def _parts(self, top: float, outages: list[Outage]) -> Iterator[tuple[float, float, bool]]:
        """Yield the parts of a lifeline, from top to bottom, and whether the process is down there."""
        for outage in outages:
            end = self.layout.bottom if outage.end is None else self.layout.rows[outage.end]
            start = self.layout.rows[outage.start]
            yield top, start, False
            yield start, end, True
            top = end
        if top < self.layout.bottom:
            yield top, self.layout.bottom, False

    def _rows(self) -> Iterator[str]:
        layout = self.layout
        for i, (row, y) in enumerate(zip(self.chart.rows, layout.rows, strict=True)):
            if row.fold:
                yield from self._fold(i, row.fold, y)
            else:
                yield _text(f"n{i}", layout.numbers_x, y, row.number, fontcolor=_NUMBERS)
            if i in layout.boxes:
                yield from self._event(i, layout.boxes[i])
            yield from self._notes(i, y)

    def _fold(self, row: int, text: str, y: float) -> Iterator[str]:
        left, right = self.layout.left, self.layout.right
        yield _point(f"f{row}a", left, y)
        yield _point(f"f{row}b", right, y)
        line = smooth((Point(left, y), Point(right, y)), 0)
        yield f"f{row}a -> f{row}b " + attributes(
            {"dir": "none", "style": "dashed", "color": _LINE}, pos=curve(line, tip=False)
        )
        box = Box((left + right) / 2, y, text_width(text, TEXT_SIZE) + 16, 16)
        yield _node(f"f{row}", box, _BLANK | {"fontcolor": _NUMBERS, "label": text})

    def _event(self, row: int, placed: EventBox) -> Iterator[str]:
        event, box = placed.event, placed.box
        color = _BORDER.get(event.kind, self.chart.lifelines[event.line].color)
        yield _node(
            f"s{row}",
            box,
            {
                "shape": "box",
                "style": "filled,rounded",
                "color": color,
                "penwidth": 2.2 if event.kind in ("deviation", "violation") else 1.1,
                "fillcolor": _FILL[event.kind],
                "label": "",
                "tooltip": event.tooltip,
            },
        )
        title, *rest = placed.lines
        y = box.y - (text_height(len(rest), SMALL_SIZE) + (1 if rest else 0)) / 2
        yield _text(f"s{row}t", box.x, y, title, fontname=BOLD)
        for i, line in enumerate(rest):
            y += SMALL_SIZE * 1.28 + (1 if i == 0 else 0)
            color = _DARK_TEXT if i < placed.arguments else _GREY_TEXT
            yield _text(f"s{row}c{i}", box.x, y, line, fontsize=SMALL_SIZE, fontcolor=color)

    def _notes(self, row: int, y: float) -> Iterator[str]:
        """One node per note, left-aligned: the lines of a node are set at even distances by every Graphviz."""
        notes = self.layout.notes[row]
        y -= (len(notes) - 1) * TEXT_SIZE * 1.28 / 2
        for i, (kind, line) in enumerate(notes):
            width = text_width(line, TEXT_SIZE) * _SURE
            box = Box(self.layout.notes_left + width / 2, y + i * TEXT_SIZE * 1.28, width, TEXT_SIZE * 1.28)
            style: dict[str, Attribute] = {"fontname": BOLD, "fontcolor": _NOTE_COLOR.get(kind, _GREY_TEXT)}
            yield _node(f"x{row}n{i}", box, style, label=left_aligned([line]), is_fixed=False)

    def _messages(self) -> Iterator[str]:
        for i, (arrow, course, box) in enumerate(
            zip(self.chart.arrows, self.picture.courses, self.picture.labels, strict=True)
        ):
            color = _LOST if arrow.source is None else self.chart.lifelines[arrow.source].color
            color = AMBER if arrow.kind == "deviation" else color
            tail = f"s{arrow.source_row}"
            if arrow.kind == "forged" or arrow.is_hidden:
                tail = f"m{i}s"
                yield _node(
                    tail, Box(*course[0], 5, 5), {"shape": "circle", "style": "filled", "color": color, "label": ""}
                )
            style: dict[str, Attribute] = {"color": color, "penwidth": 2.0 if arrow.kind == "deviation" else 1.2}
            if arrow.kind == "forged":
                style["style"] = "dashed"
            points = smooth(shortened(course, _HEAD), _CORNER)
            yield f"{tail} -> s{arrow.row} " + attributes(style, pos=curve((*points, course[-1]), tip=True))
            text: dict[str, Attribute] = {
                "fontsize": SMALL_SIZE,
                "fontcolor": color if arrow.source is not None else _GREY_TEXT,
            }
            yield _node(f"m{i}", box, _BLANK | text | {"label": "\n".join(label_lines(arrow.label))})

    def _losses(self) -> Iterator[str]:
        for i, (loss, (start, end, box)) in enumerate(zip(self.chart.losses, self.picture.stubs, strict=True)):
            yield _point(f"l{i}e", *end)
            points = smooth((start, end), 0)
            style: dict[str, Attribute] = {"color": _LOST, "style": "dashed", "arrowhead": "tee", "arrowsize": 0.6}
            yield f"s{loss.row} -> l{i}e " + attributes(style, pos=curve((*points, end), tip=True))
            yield _node(f"l{i}", box, {"fontsize": LOSS_SIZE, "fontcolor": "#9a9a9a", "label": loss.label})

    def _loop(self) -> Iterator[str]:
        """A line beside the step numbers, from the last step up to the first of the cycle, or from a step to itself."""
        if self.chart.loop is None:
            return
        first, last = (self.layout.rows[i] for i in self.chart.loop)
        if first == last:
            first, last = first - _TURN, last + _TURN
        x = self.layout.numbers_x - 18
        yield _point("loop0", x + 8, last)
        yield _point("loop1", x + 8, first)
        line = (Point(x + 8, last), Point(x, last), Point(x, first), Point(x + 8, first))
        points = smooth(shortened(line, _HEAD), 4)
        yield "loop0 -> loop1 " + attributes({"color": BLUE, "penwidth": 1.4}, pos=curve((*points, line[-1]), tip=True))

    def _legend_entries(self) -> list[tuple[str, str]]:
        kinds = {str(e.kind) for e in self.chart.events} | {a.kind for a in self.chart.arrows}
        return [entry for kind, entry in _LEGEND.items() if kind in kinds]

    def _legend(self) -> Iterator[str]:
        for i, (color, text) in enumerate(self._legend_entries()):
            width = text_width(text, SMALL_SIZE) * _SURE
            box = Box(self.layout.left + width / 2, self.layout.bottom + 16 + 13 * i, width, SMALL_SIZE * 1.28)
            style: dict[str, Attribute] = {"fontsize": SMALL_SIZE, "fontcolor": color}
            yield _node(f"k{i}", box, style, label=left_aligned([text]), is_fixed=False)


_TURN = 11.0
"""Half the height of the line that leads from a step to itself."""

_BLANK: dict[str, Attribute] = {"shape": "box", "style": "filled", "fillcolor": "white", "color": "white"}


def _node(name: str, box: Box, given: dict[str, Attribute], *, is_fixed: bool = True, **literal: str) -> str:
    size: dict[str, Attribute] = {"fixedsize": True} if is_fixed else {}
    size |= {"width": inches(box.width), "height": inches(box.height)}
    return f"{name} " + attributes(size | given, **literal, pos=position(box.x, box.y)) + ";"


def _text(name: str, x: float, y: float, label: str, **given: Attribute) -> str:
    return f"{name} " + attributes({"label": label} | given, pos=position(x, y)) + ";"


def _point(name: str, x: float, y: float) -> str:
    return f"{name} " + attributes({"shape": "point", "style": "invis"}, pos=position(x, y)) + ";"


def _lifeline(line: int, x: float, top: float, bottom: float, is_down: bool) -> str:
    style: dict[str, Attribute] = {"dir": "none", "color": _LINE, "penwidth": 2}
    if is_down:
        style = {"dir": "none", "color": _DOWN, "penwidth": 2, "style": "dotted"}
    points = smooth((Point(x, top), Point(x, bottom)), 0)
    return f"p{line} -> p{line}e " + attributes(style, pos=curve(points, tip=False)) + ";"
