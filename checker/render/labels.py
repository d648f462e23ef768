"""Where the labels of arrows go: on the arrow, in a gap between lifelines, where nothing else is.

Each label takes the cheapest of a few places along its arrow. What it would cover costs: boxes and other labels most,
then arrows and lifelines; the middle of the last gap before the receiver is free of charge. Labels are placed one
after the other, twice, so that the early ones can yield to the late ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.render.chart import Arrow, Chart
from checker.render.fonts import text_height
from checker.render.geometry import Box, Polyline, y_at
from checker.render.layout import SMALL_SIZE, Layout, label_lines, label_width

_PLACES = tuple(i / 20 for i in range(2, 19))
"""Where in a gap to try a label, as parts of its width."""

_REACH = 30.0
"""What is further above or below an arrow than this cannot be in the way of its label."""

_COST_OVERLAP = 25.0  # per square point
_COST_ARROW = 2.5  # per point of a line that is covered
_COST_LIFELINE = 60.0
_COST_GAP = 9.0  # per gap away from the receiver
_COST_OFF_CENTRE = 24.0  # at the edge of the gap


def place_labels(chart: Chart, layout: Layout, lines: tuple[Polyline, ...], taken: tuple[Box, ...]) -> tuple[Box, ...]:
    """Return the place of each arrow's label; `taken` are places of other texts."""
    dots = (
        Box(*lines[i][0], 8, 8) for i, arrow in enumerate(chart.arrows) if arrow.is_hidden or arrow.kind == "forged"
    )
    obstacles = (*(b.box for b in layout.boxes.values()), *layout.headers, *taken, *dots)
    placed: dict[int, Box] = {}
    for _ in range(2):
        for i, arrow in enumerate(chart.arrows):
            top, bottom = lines[i][0].y - _REACH, lines[i][-1].y + _REACH
            others = (*obstacles, *(box for j, box in placed.items() if j != i))
            near = [box for box in others if box.bottom > top and box.top < bottom]
            crossing = [line for j, line in enumerate(lines) if j != i and line[-1].y > top and line[0].y < bottom]
            options = list(_options(arrow, lines[i], layout))
            costs = [cost + _cost(box, layout, near, crossing) for cost, box in options]
            placed[i] = options[costs.index(min(costs))][1]
    return tuple(placed[i] for i in range(len(chart.arrows)))


def collisions(labels: tuple[Box, ...], layout: Layout, taken: tuple[Box, ...]) -> Iterator[Box]:
    """Yield the labels that cover another label or a box."""
    obstacles = (*(b.box for b in layout.boxes.values()), *taken)
    for i, label in enumerate(labels):
        if any(label.overlap(o) for o in obstacles) or any(label.overlap(o) for o in labels[:i]):
            yield label


def _options(arrow: Arrow, line: Polyline, layout: Layout) -> Iterator[tuple[float, Box]]:
    """Yield places along the arrow with what they cost by themselves."""
    width, height = label_width(arrow.label) + 5, text_height(len(label_lines(arrow.label)), SMALL_SIZE)
    if arrow.source is None:
        yield 0.0, Box(line[0].x - width / 2 + 10, line[0].y - height / 2 - 2, width, height)
        return
    low, high = sorted((arrow.source, arrow.target))
    for gap in range(low, high):
        left = layout.columns[gap] + layout.halves[gap]
        right = layout.columns[gap + 1] - layout.halves[gap + 1]
        away = high - 1 - gap if arrow.source < arrow.target else gap - low
        for part in _PLACES:
            x = left + part * (right - left)
            cost = _COST_GAP * away + _COST_OFF_CENTRE * (2 * abs(part - 0.5)) ** 2
            yield cost, Box(x, y_at(line, x), width, height)


def _cost(box: Box, layout: Layout, obstacles: list[Box], lines: list[Polyline]) -> float:
    roomy = Box(box.x, box.y, box.width + 4, box.height + 2)
    covered = sum(roomy.overlap(o) for o in obstacles)
    crossed = sum(box.covers(line) for line in lines)
    lifelines = sum(box.left < x < box.right for x in layout.columns)
    return _COST_OVERLAP * covered + _COST_ARROW * crossed + _COST_LIFELINE * lifelines
