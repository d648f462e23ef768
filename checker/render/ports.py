"""Where arrows leave and reach the boxes of a diagram, so that those at one side of a box do not cross."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from checker.render.chart import Arrow, Chart
from checker.render.geometry import Box, Point
from checker.render.layout import Layout

_DISTANCE = 7.0
"""Between the ends of two arrows, where there is room."""

_Side: TypeAlias = tuple[int, bool]
"""The side of the box in a row: the right one, or the left one."""


def ends_of_arrows(chart: Chart, layout: Layout) -> tuple[tuple[Point, Point], ...]:
    """Return where each arrow starts and ends. Arrows of one message leave its sender at the same point."""
    ports = _Ports(chart, layout)
    out, into = ports.departures(), ports.arrivals()
    return tuple((ports.start(i, arrow, out, into), ports.end(i, arrow, into)) for i, arrow in enumerate(chart.arrows))


@dataclass(frozen=True, slots=True)
class _Ports:
    chart: Chart
    layout: Layout

    def departures(self) -> dict[tuple[int, str, bool], float]:
        """Return the height at which each message leaves each side: the steepest lowest, all in the lower half."""
        out: dict[tuple[int, str, bool], float] = {}
        arriving = self._sides_reached()
        for (row, side), indices in self._sides_left().items():
            ranked = sorted(indices, key=self._steepness)
            labels = list(dict.fromkeys(self.chart.arrows[i].label for i in ranked))
            heights = _spread(len(labels), self._box(row), (row, side) in arriving, is_upper=False)
            out |= {(row, label, side): y for label, y in zip(labels, heights, strict=True)}
        return out

    def arrivals(self) -> dict[int, float]:
        """Return the height at which each arrow arrives: the steepest highest, all in the upper half."""
        into: dict[int, float] = {}
        leaving = self._sides_left()
        for (row, side), indices in self._sides_reached().items():
            ranked = sorted(indices, key=self._steepness, reverse=True)
            into |= zip(
                ranked, _spread(len(ranked), self._box(row), (row, side) in leaving, is_upper=True), strict=True
            )
        return into

    def start(self, index: int, arrow: Arrow, out: dict[tuple[int, str, bool], float], into: dict[int, float]) -> Point:
        layout = self.layout
        if arrow.source is None:
            return Point(self._box(arrow.row).left - 48, into[index] - 14)
        if arrow.source_row is None:
            return Point(layout.columns[arrow.source], layout.rows[arrow.row] - layout.heights[arrow.row] / 2)
        if arrow.is_hidden:
            return Point(layout.columns[arrow.source], layout.rows[arrow.source_row])
        box = self._box(arrow.source_row)
        is_right = arrow.source < arrow.target
        return Point(box.right if is_right else box.left, out[arrow.source_row, arrow.label, is_right])

    def end(self, index: int, arrow: Arrow, into: dict[int, float]) -> Point:
        box = self._box(arrow.row)
        return Point(box.left if _goes_right(arrow) else box.right, into[index])

    def _box(self, row: int) -> Box:
        return self.layout.boxes[row].box

    def _sides_left(self) -> dict[_Side, list[int]]:
        sides: dict[_Side, list[int]] = defaultdict(list)
        for i, arrow in enumerate(self.chart.arrows):
            if arrow.source_row is not None and not arrow.is_hidden:
                sides[arrow.source_row, _goes_right(arrow)].append(i)
        return dict(sides)

    def _sides_reached(self) -> dict[_Side, list[int]]:
        sides: dict[_Side, list[int]] = defaultdict(list)
        for i, arrow in enumerate(self.chart.arrows):
            sides[arrow.row, not _goes_right(arrow)].append(i)
        return dict(sides)

    def _steepness(self, index: int) -> float:
        arrow, layout = self.chart.arrows[index], self.layout
        if arrow.source is None or arrow.source_row is None:
            return 0.0
        fall = layout.rows[arrow.row] - layout.rows[arrow.source_row]
        return fall / abs(layout.columns[arrow.target] - layout.columns[arrow.source])


def _goes_right(arrow: Arrow) -> bool:
    return arrow.source is None or arrow.source < arrow.target


def _spread(count: int, box: Box, is_shared: bool, *, is_upper: bool) -> Sequence[float]:
    """Return `count` heights on the side of a box: around its middle, or in one half if the other is in use."""
    low, high = box.top + 5, box.bottom - 5
    if is_shared:
        low, high = (low, box.y - 2) if is_upper else (box.y + 2, high)
    middle = (low + high) / 2
    if not is_shared and count == 1:
        middle += -4 if is_upper else 4
    distance = min(_DISTANCE, (high - low) / count)
    return [middle + (i - (count - 1) / 2) * distance for i in range(count)]
