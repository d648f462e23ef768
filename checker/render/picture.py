"""A chart with a place for everything, before it is written in any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from checker.render.chart import Chart
from checker.render.geometry import Box, Point, Polyline
from checker.render.labels import collisions, place_labels
from checker.render.layout import Layout, lay_out, loss_box
from checker.render.routes import routes

_ROOMIER = 3
"""How often rows may be moved apart for labels that have no room."""

_ROOM = 8.0


@dataclass(frozen=True, slots=True)
class Picture:
    """`courses` and `labels` belong to the chart's arrows; `stubs` (from, to, label) to its losses."""

    chart: Chart
    layout: Layout
    courses: tuple[Polyline, ...]
    labels: tuple[Box, ...]
    stubs: tuple[tuple[Point, Point, Box], ...]


def arranged(chart: Chart) -> Picture:
    """Return the picture of a chart; rows are moved apart as long as labels collide, a few times at most."""
    extra: dict[int, float] = {}
    for _ in range(_ROOMIER):
        picture = _placed(chart, extra)
        taken = tuple(box for _, _, box in picture.stubs)
        crowded = {_row_below(picture.layout, box.y) for box in collisions(picture.labels, picture.layout, taken)}
        if not crowded:
            return picture
        extra |= {row: extra.get(row, 0.0) + _ROOM for row in crowded}
    return _placed(chart, extra)


def _placed(chart: Chart, extra: Mapping[int, float]) -> Picture:
    layout = lay_out(chart, extra)
    courses = routes(chart, layout)
    stubs: list[tuple[Point, Point, Box]] = []
    counts: Counter[int] = Counter()
    for loss in chart.losses:
        stubs.append(loss_box(loss, layout, counts[loss.row]))
        counts[loss.row] += 1
    labels = place_labels(chart, layout, courses, tuple(box for _, _, box in stubs))
    return Picture(chart, layout, courses, labels, tuple(stubs))


def _row_below(layout: Layout, y: float) -> int:
    """Return the first row whose middle is below a height."""
    return next((i for i, row in enumerate(layout.rows) if row >= y), len(layout.rows) - 1)
