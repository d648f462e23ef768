"""Rectangles and polylines in points, x to the right and y downwards."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias


class Point(NamedTuple):
    x: float
    y: float


Polyline: TypeAlias = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, by its centre."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2

    def overlap(self, other: Box) -> float:
        """Return the area that two rectangles share."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0

    def covers(self, line: Polyline) -> float:
        """Return how much of a polyline's length lies inside."""
        return sum(self._inside(a, b) for a, b in segments(line))

    def _inside(self, a: Point, b: Point) -> float:
        """Clip one segment (Liang and Barsky, "A New Concept and Method for Line Clipping", 1984)."""
        dx, dy = b.x - a.x, b.y - a.y
        low, high = 0.0, 1.0
        for delta, near, far in ((dx, self.left - a.x, self.right - a.x), (dy, self.top - a.y, self.bottom - a.y)):
            if delta == 0:
                if near > 0 or far < 0:
                    return 0.0
                continue
            first, last = sorted((near / delta, far / delta))
            low, high = max(low, first), min(high, last)
        return max(0.0, high - low) * math.hypot(dx, dy)


def segments(line: Polyline) -> Iterator[tuple[Point, Point]]:
    """Yield the segments of a polyline, each by its two ends."""
    yield from pairwise(line)


def y_at(line: Polyline, x: float) -> float:
    """Return the height of a polyline that never turns back in x, at `x` within its ends."""
    for a, b in segments(line):
        if min(a.x, b.x) <= x <= max(a.x, b.x) and a.x != b.x:
            return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
    nearest = min((line[0], line[-1]), key=lambda p: abs(p.x - x))
    return nearest.y


def shortened(line: Polyline, by: float) -> Polyline:
    """Return the polyline without its last `by` points of length: the room of an arrow head."""
    a, b = line[-2:]
    length = math.hypot(b.x - a.x, b.y - a.y)
    keep = max(0.0, length - by) / length if length else 0.0
    return (*line[:-1], Point(a.x + (b.x - a.x) * keep, a.y + (b.y - a.y) * keep))


def smooth(line: Polyline, radius: float) -> Polyline:
    """Return the control points of cubic Bézier curves along a polyline, its corners rounded."""
    path = [line[0]]
    for before, corner, after in zip(line, line[1:], line[2:], strict=False):
        first, last = _toward(corner, before, radius), _toward(corner, after, radius)
        path += [*_straight(path[-1], first), first, corner, corner, last]
    path += [*_straight(path[-1], line[-1]), line[-1]]
    return tuple(path)


def _straight(a: Point, b: Point) -> tuple[Point, Point]:
    """Return the inner control points of a straight curve."""
    dx, dy = (b.x - a.x) / 3, (b.y - a.y) / 3
    return Point(a.x + dx, a.y + dy), Point(b.x - dx, b.y - dy)


def _toward(a: Point, b: Point, distance: float) -> Point:
    """Return the point at `distance` from a toward b, but not beyond their middle."""
    length = math.hypot(b.x - a.x, b.y - a.y)
    part = min(0.5, distance / length) if length else 0.0
    return Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part)
