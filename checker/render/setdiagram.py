"""A picture of some sets, in DOT: a column for each member, a row for each set, a bar wherever the set has members.

After Peter Rodgers, Gem Stapleton, Peter Chapman, "Visualizing Sets with Linear Diagrams" (2015): unlike overlapping
circles such rows stay readable for any number of sets. Every node is pinned, so that the picture is the same in every
Graphviz: draw it with `neato -n2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from checker.render.dotfile import Attribute, attributes, inches, left_aligned, position, right_aligned
from checker.render.fonts import BOLD, SANS, text_width, wrapped
from checker.render.geometry import Box

_TEXT, _SMALL, _TITLE = 10.5, 9.0, 13.0
_ROW = 30.0
_BAR = 17.0
_GAP = 16.0
"""Between the labels and the members, and above the sets that a claim is about."""

_COLUMN_MIN = 38.0
_SURE = 1.1
"""Room for a text whose edge must be where it is put, so that no font needs more."""

_RED, _GREY, _DARK, _TRACK = "#c62828", "#777777", "#222222", "#f1f3f4"
_COLORS = ("#1f77b4", "#2e7d32", "#d08700", "#6a3d9a", "#00838f", "#8d6e63", "#ad1457", "#546e7a")
"""Of the sets, one after the other; red is kept for what is wrong."""


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set, by the 0-based places of its members. Sets of the kind "claim" stand below the others, in red."""

    kind: Literal["fixed", "quorum", "claim"]
    label: str
    members: frozenset[int]
    remark: str


@dataclass(frozen=True, slots=True)
class SetPicture:
    """What to draw. `marked` are members that are shown as Byzantine."""

    title: str
    subtitle: str
    members: tuple[str, ...]
    rows: tuple[SetRow, ...]
    marked: frozenset[int] = frozenset()


def set_diagram_dot(picture: SetPicture) -> str:
    """Return the picture as DOT, the same bytes for the same picture."""
    return "\n".join(_Drawing(picture).lines()) + "\n"


class _Drawing:
    """Places: x grows to the right from the left edge of the labels, y downwards from the middle of the members."""

    def __init__(self, picture: SetPicture) -> None:
        self.picture = picture
        self.column = max(_COLUMN_MIN, 14 + max(text_width(m, _TEXT) for m in picture.members))
        labels = [text_width(row.label, _TEXT) * _SURE for row in picture.rows]
        self.left = max(labels, default=0.0) + _GAP
        self.right = self.left + self.column * len(picture.members)
        self.heights = [_ROW * (i + 1) + 4 + self._drop(i) for i in range(len(picture.rows))]

    def lines(self) -> Iterator[str]:
        yield "graph sets {"
        yield f'  graph [splines=line, outputorder=edgesfirst, bgcolor=white, pad=0.25, fontname="{SANS}"];'
        yield f'  node [fontname="{SANS}", fontsize={_TEXT:g}, shape=plaintext, margin=0, width=0.01, height=0.01];'
        for heading, section in (
            ("heading", self._heading()),
            ("sets", self._rows()),
            ("members", self._members()),
        ):
            yield f"  // {heading}"
            yield from (f"  {line}" for line in section)
        yield "}"

    def _drop(self, row: int) -> float:
        """Return how much further down a row is for being a claim's."""
        return _GAP if self.picture.rows[row].kind == "claim" else 0.0

    def _heading(self) -> Iterator[str]:
        remarks = [text_width(row.remark, _SMALL) * _SURE for row in self.picture.rows]
        right = self.right + 10 + max(remarks, default=0.0)
        width = max(right, 360.0)
        lines = wrapped(self.picture.title, _TITLE, width, 3)
        y = -60.0 - 18 * (len(lines) - 1)
        for i, line in enumerate(lines):
            yield _left(f"title{i}", 0, y + 18 * i, line, _TITLE, fontname=BOLD, fontcolor=_RED)
        yield _left("subtitle", 0, -40, self.picture.subtitle, _TEXT, fontcolor=_GREY)

    def _rows(self) -> Iterator[str]:
        plain = 0
        for i, (row, y) in enumerate(zip(self.picture.rows, self.heights, strict=True)):
            color = _RED
            if row.kind != "claim" and not (row.kind == "fixed" and row.members == self.picture.marked != frozenset()):
                color = _COLORS[plain % len(_COLORS)]
                plain += 1
            track = Box((self.left + self.right) / 2, y, self.right - self.left, _BAR)
            yield _box(f"t{i}", track, {"style": "filled,rounded", "color": _TRACK, "fillcolor": _TRACK})
            yield _right(f"s{i}", self.left - _GAP / 2, y, row.label, _TEXT, fontname=BOLD, fontcolor=color)
            yield from self._bars(i, row, y, color)
            remark_color = _RED if row.kind == "claim" else _GREY
            yield _left(f"n{i}", self.right + 10, y, row.remark, _SMALL, fontcolor=remark_color)

    def _bars(self, number: int, row: SetRow, y: float, color: str) -> Iterator[str]:
        """One bar for each run of members that stand side by side, and a dot for each member."""
        members = sorted(row.members)
        for part, (_, run) in enumerate(groupby(enumerate(members), lambda pair: pair[1] - pair[0])):
            places = [member for _, member in run]
            first, last = self._x(places[0]), self._x(places[-1])
            bar = Box((first + last) / 2, y, last - first + self.column - 10, _BAR)
            yield _box(f"b{number}_{part}", bar, {"style": "filled,rounded", "color": color, "fillcolor": f"{color}40"})
        for member in members:
            dot: dict[str, Attribute] = {"shape": "circle", "style": "filled", "color": color, "fillcolor": color}
            yield _box(f"d{number}_{member}", Box(self._x(member), y, 6, 6), dot)

    def _members(self) -> Iterator[str]:
        bottom = (self.heights[-1] if self.heights else 0.0) + _BAR / 2 + 4
        for i, name in enumerate(self.picture.members):
            x, is_marked = self._x(i), i in self.picture.marked
            style: dict[str, Attribute] = {"shape": "box", "style": "filled,rounded", "label": name, "fontname": BOLD}
            style |= {"color": _RED if is_marked else _DARK, "fillcolor": "#fdd9d7" if is_marked else "white"}
            style |= {"fontcolor": _RED if is_marked else _DARK, "penwidth": 1.6 if is_marked else 1.0}
            yield _box(f"m{i}", Box(x, 0, self.column - 8, 20), style)
            yield f"m{i}e " + attributes({"shape": "point", "style": "invis"}, pos=position(x, bottom)) + ";"
            line: dict[str, Attribute] = {"color": "#d8d8d8", "style": "dotted"}
            yield f"m{i} -- m{i}e " + attributes(line, pos=_straight(x, 10, bottom)) + ";"

    def _x(self, member: int) -> float:
        return self.left + self.column * (member + 0.5)


def _box(name: str, box: Box, given: dict[str, Attribute]) -> str:
    size: dict[str, Attribute] = {"shape": "box", "label": "", "fixedsize": True}
    size |= {"width": inches(box.width), "height": inches(box.height)}
    return f"{name} " + attributes(size | given, pos=position(box.x, box.y)) + ";"


def _left(name: str, x: float, y: float, text: str, size: float, **given: Attribute) -> str:
    """Return a text whose left edge is at `x`."""
    width = text_width(text, size) * _SURE
    style: dict[str, Attribute] = {"fontsize": size, "width": inches(width), "height": inches(size * 1.28)}
    return f"{name} " + attributes(style | given, label=left_aligned([text]), pos=position(x + width / 2, y)) + ";"


def _right(name: str, x: float, y: float, text: str, size: float, **given: Attribute) -> str:
    """Return a text whose right edge is at `x`."""
    width = text_width(text, size) * _SURE
    style: dict[str, Attribute] = {"fontsize": size, "width": inches(width), "height": inches(size * 1.28)}
    return f"{name} " + attributes(style | given, label=right_aligned([text]), pos=position(x - width / 2, y)) + ";"


def _straight(x: float, top: float, bottom: float) -> str:
    thirds = [top + (bottom - top) * i / 3 for i in range(4)]
    return '"' + " ".join(position(x, y)[1:-1] for y in thirds) + '"'
