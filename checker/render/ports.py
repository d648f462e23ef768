"""Where arrows leave and reach the boxes of a diagram, so that those at one side of a box do not cross."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TypeAlias

from checker.render.chart import Arrow, Chart
from checker.render.geometry import Box, Point
from checker.render.layout import PORT_DISTANCE, Layout

_FALL = 16.0
"""How far above its end a forged message starts."""

_Side: TypeAlias = tuple[int, bool]
"""The side of the box in a row: the right one, or the left one."""


def ends_of_arrows(chart: Chart, layout: Layout) -> tuple[tuple[Point, Point], ...]:
    """Return where each arrow starts and ends. Arrows of one message leave its sender at the same point."""
    ports = _Ports(chart, layout)
    out, into = ports.heights()
    return tuple((ports.start(i, arrow, out, into), ports.end(i, arrow, into)) for i, arrow in enumerate(chart.arrows))


@dataclass(frozen=True, slots=True)
class _Ports:
    chart: Chart
    layout: Layout

    def heights(self) -> tuple[dict[tuple[int, str, bool], float], dict[int, float]]:
        """Return the height at which each message leaves each side of its sender, and each arrow arrives.

        On each side, from top to bottom: what arrives, the steepest first, then what leaves, the steepest last.
        """
        out: dict[tuple[int, str, bool], float] = {}
        into: dict[int, float] = {}
        leaving, arriving = self._leaving(), self._arriving()
        for row, side in dict.fromkeys([*arriving, *leaving]):
            incoming = sorted(arriving.get((row, side), ()), key=self._steepness, reverse=True)
            outgoing = sorted(leaving.get((row, side), ()), key=self._steepness)
            labels = list(dict.fromkeys(self.chart.arrows[i].label for i in outgoing))
            heights = _spread(len(incoming), len(labels), self._box(row))
            into |= zip(incoming, heights, strict=False)
            out |= {(row, label, side): y for label, y in zip(labels, heights[len(incoming) :], strict=True)}
        return out, into

    def start(self, index: int, arrow: Arrow, out: dict[tuple[int, str, bool], float], into: dict[int, float]) -> Point:
        layout = self.layout
        if arrow.source is None:
            return Point(self._box(arrow.row).left - 48, into[index] - _FALL)
        if arrow.source_row is None:
            return Point(layout.columns[arrow.source], into[index] - _FALL)
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

    def _leaving(self) -> dict[_Side, list[int]]:
        sides: dict[_Side, list[int]] = defaultdict(list)
        for i, arrow in enumerate(self.chart.arrows):
            if arrow.source_row is not None and not arrow.is_hidden:
                sides[arrow.source_row, _goes_right(arrow)].append(i)
        return dict(sides)

    def _arriving(self) -> dict[_Side, list[int]]:
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


def _spread(incoming: int, outgoing: int, box: Box) -> list[float]:
    """Return heights on a side of a box, from top to bottom; one alone is a little above or below the middle."""
    count = incoming + outgoing
    distance = min(PORT_DISTANCE, (box.height - 10) / count)
    middle = box.y if count > 1 else box.y - 4 * incoming + 4 * outgoing
    return [middle + (i - (count - 1) / 2) * distance for i in range(count)]
