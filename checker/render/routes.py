"""The course of every arrow: a straight line if it can be, else around the boxes on the lifelines that it passes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from checker.render.chart import Arrow, Chart
from checker.render.geometry import Point, Polyline, y_at
from checker.render.layout import Layout
from checker.render.ports import ends_of_arrows

_CLEARANCE = 5.0
"""Between an arrow and a box that it passes."""

_LANE = 4.0
"""Between two arrows that pass the same boxes."""

_COST_SHARED = 40.0
"""Of passing where another arrow passes already, in points of detour."""


def routes(chart: Chart, layout: Layout) -> tuple[Polyline, ...]:
    """Return the course of each arrow of a chart, from its start to its end."""
    router = _Router(layout)
    ends = ends_of_arrows(chart, layout)
    return tuple(router.course(arrow, *ends[i]) for i, arrow in enumerate(chart.arrows))


@dataclass(frozen=True, slots=True)
class _Router:
    """Finds one course after the other; `passes` are the heights at which arrows cross each lifeline level."""

    layout: Layout
    passes: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def course(self, arrow: Arrow, start: Point, end: Point) -> Polyline:
        """Bend the line at one blocked lifeline after the other until it is free; each bends it once at most."""
        if arrow.source is None:
            return start, end
        step = 1 if arrow.source < arrow.target else -1
        between = list(range(arrow.source + step, arrow.target, step))
        detours: dict[int, float] = {}
        line: Polyline = (start, end)
        while True:
            blocked = next((i for i in between if i not in detours and self._is_blocked(line, i)), None)
            if blocked is None:
                break
            detours[blocked] = self._free_height(blocked, y_at(line, self.layout.columns[blocked]), start.y, end.y)
            bends = [point for i in between if i in detours for point in self._across(i, detours[i], step)]
            line = (start, *bends, end)
        for lifeline, y in detours.items():
            self.passes[lifeline].append(y)
        return line

    def _across(self, lifeline: int, y: float, step: int) -> tuple[Point, Point]:
        """Return the two bends of a line that crosses a lifeline, and any box on it, level at height `y`."""
        x, reach = self.layout.columns[lifeline], step * (self.layout.halves[lifeline] + _CLEARANCE)
        return Point(x - reach, y), Point(x + reach, y)

    def _is_blocked(self, line: Polyline, lifeline: int) -> bool:
        x, half = self.layout.columns[lifeline], self.layout.halves[lifeline]
        low, high = sorted((y_at(line, x - half), y_at(line, x + half)))
        obstacles = self.layout.obstacles(lifeline)
        return any(low < b.bottom + _CLEARANCE and high > b.top - _CLEARANCE for b in obstacles)

    def _free_height(self, lifeline: int, wanted: float, start: float, end: float) -> float:
        """Return the height nearest to `wanted`, between the ends of the line, at which there is no box or arrow."""
        boxes = self.layout.obstacles(lifeline)
        edges = [y for b in boxes for y in (b.top - _CLEARANCE, b.bottom + _CLEARANCE)]
        levels = [y + i * _LANE for y in (wanted, *edges) for i in range(-3, 4)]
        low, high = min(start, end), max(start, end)
        free = [
            y
            for y in levels
            if low <= y <= high and not any(b.top - _CLEARANCE < y < b.bottom + _CLEARANCE for b in boxes)
        ]
        taken = self.passes.get(lifeline, [])

        def cost(y: float) -> tuple[float, float]:
            shared = sum(abs(y - other) < _LANE - 0.1 for other in taken)
            return abs(y - wanted) + _COST_SHARED * shared, y

        return min(free, key=cost, default=wanted)
