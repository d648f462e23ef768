"""The timeline of a history that is not linearizable, in DOT: a lane per client, a bar per operation.

After the figures of Herlihy and Wing (1990): time goes to the right. Shown are the few operations that are enough, and
in grey those that bring about what they return. The one that fits nowhere is red, one that is in its way amber; dashed
ones had not returned by then. Numbered dots are an order of the others, each within its bar. Every node is pinned, so
that the picture is the same in every Graphviz: draw it with `neato -n2`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from checker.render.dotfile import Attribute, attributes, curve, inches, left_aligned, position, right_aligned
from checker.render.fonts import BOLD, SANS, text_width, wrapped
from checker.render.geometry import Box, Point
from refinement.linearizability.explain import Explanation, Placed, clipped, sentences, subject_of
from refinement.linearizability.history import Operation, count, show, show_call, tells

OPERATIONS_MAX = 40
"""Operations drawn: what fits a large screen. Of more, those called last."""

_TEXT, _SMALL, _TITLE = 10.5, 9.0, 13.0
_LANE = 50.0
_BAR = 20.0
_DOT = 14.0
_STEP = 16.0
"""Between two events, at least."""

_SURE = 1.1
"""Room for a text whose edge must be where it is put, so that no font needs more."""

_RED, _AMBER, _GREY, _DARK, _FAINT, _TRACK = "#c62828", "#d08700", "#777777", "#222222", "#8a8a8a", "#e4e4e4"
_FILL = {_RED: "#fdd9d7", _AMBER: "#fff3cd", _DARK: "#ffffff", _FAINT: "#f6f6f6"}


def timeline_dot(explanation: Explanation) -> str:
    """Return the timeline as DOT, the same bytes for the same explanation."""
    return "\n".join(_Drawing(explanation).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Dot:
    """A step of the order: its number, and the 0-based gap between events in which it takes effect."""

    number: int
    step: Placed
    gap: int
    x: float


class _Drawing:
    """Places: x grows to the right from the end of the clients' names, y downwards from the first lane."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        self.kept = frozenset(explanation.kept)
        shown = [o for o in explanation.operations if o in self.kept or o.called in _causes(explanation)]
        self.omitted = max(0, len(shown) - OPERATIONS_MAX)
        self.operations = [o for o in shown if o in shown[self.omitted :] or o == explanation.culprit]
        self.lanes = {client: i for i, client in enumerate(dict.fromkeys(o.client for o in self.operations))}
        places = {o.called for o in self.operations} | {o.returned for o in self.operations if o.returned is not None}
        self.places = sorted(places)
        steps = self._steps()
        gaps = self._gaps(steps)
        self.columns = self._columns(gaps)
        self.dots = list(self._dots(steps, gaps))
        self.end = self.columns[-1] + _STEP

    def _steps(self) -> tuple[Placed, ...]:
        """What is shown of the order of the others."""
        others = {o.called for o in self.operations} - {self.explanation.culprit.called}
        return tuple(step for step in self.explanation.prefix if step.operation.called in others)

    def _gaps(self, steps: tuple[Placed, ...]) -> list[int]:
        """The gap of each step: as early as its call and the steps before it allow."""
        gaps: list[int] = []
        for step in steps:
            called = max(bisect_left(self.places, step.operation.called + 1) - 1, 0)
            gaps.append(max(called, gaps[-1] if gaps else 0))
        return gaps

    def _columns(self, gaps: list[int]) -> list[float]:
        """The x of every event: room for the dots in the gap before it, and for the texts of bars that end there."""
        columns: list[float] = [_STEP]
        starts = {o.called: o for o in self.operations}
        ends = {o.returned: o for o in self.operations if o.returned is not None}
        for i in range(1, len(self.places) + 1):
            x = columns[-1] + _STEP + _DOT * 1.3 * gaps.count(i - 1)
            finished = [ends[self.places[i]]] if i < len(self.places) and self.places[i] in ends else []
            if i == len(self.places):
                finished = [o for o in starts.values() if o.is_pending]
            for operation in finished:
                started = columns[self.places.index(operation.called)]
                x = max(x, started + text_width(_label(operation), _TEXT) * _SURE + 12)
            columns.append(x)
        return columns

    def _dots(self, steps: tuple[Placed, ...], gaps: list[int]) -> Iterator[_Dot]:
        for i, (step, gap) in enumerate(zip(steps, gaps, strict=True)):
            left, right = self.columns[gap], self.columns[gap + 1]
            rank = gaps[:i].count(gap) + 1
            yield _Dot(i + 1, step, gap, left + (right - left) * rank / (gaps.count(gap) + 1))

    def lines(self) -> Iterator[str]:
        yield "graph timeline {"
        yield f'  graph [splines=line, outputorder=edgesfirst, bgcolor=white, pad=0.25, fontname="{SANS}"];'
        yield f'  node [fontname="{SANS}", fontsize={_TEXT:g}, shape=plaintext, margin=0, width=0.01, height=0.01];'
        for heading, section in (
            ("heading", self._heading()),
            ("lanes", self._lanes()),
            ("operations", self._bars()),
            ("an order of the others", self._order()),
        ):
            yield f"  // {heading}"
            yield from (f"  {line}" for line in section)
        yield "}"

    @property
    def left(self) -> float:
        return -max(text_width(client, _TEXT) * _SURE for client in self.lanes) - 8

    def _heading(self) -> Iterator[str]:
        title = f"not linearizable: {subject_of(self.explanation.key)} ({self.explanation.object.name})"
        width = max(self.end - self.left, 420.0)
        texts = [line for s in sentences(self.explanation) for line in wrapped(s, _TEXT, width, 4)]
        remarks = wrapped(self._remark(), _SMALL, width, 3)
        y = -_LANE - 15 * (len(texts) + len(remarks))
        yield _left("title", self.left, y - 8, title, _TITLE, fontname=BOLD, fontcolor=_RED)
        for i, text in enumerate([*texts, *remarks]):
            is_text = i < len(texts)
            color, size = (_DARK, _TEXT) if is_text else (_GREY, _SMALL)
            yield _left(f"n{i}", self.left, y + 15 * (i + 1), text, size, fontcolor=color)

    def _remark(self) -> str:
        hidden = len(self.explanation.operations) - len(self.operations)
        is_grey = any(self._color(operation) == _FAINT for operation in self.operations)
        parts = ["the operations in black and colour are enough"] if is_grey else []
        parts += [f"{count(hidden, 'more operation')} not shown"] if hidden else []
        if (hidden or is_grey) and not self.omitted:
            parts.append("whatever else was called may take effect while it runs, or not at all")
        return "; ".join(parts)

    def _lanes(self) -> Iterator[str]:
        for client, i in self.lanes.items():
            y = i * _LANE
            yield _right(f"c{i}", -8, y, client, _TEXT, fontname=BOLD, fontcolor=_DARK)
            yield from _line(f"l{i}", Point(0, y), Point(self.end, y), {"color": _TRACK, "penwidth": 1.5})

    def _bars(self) -> Iterator[str]:
        for i, operation in enumerate(self.operations):
            color = self._color(operation)
            start = self.columns[self.places.index(operation.called)]
            is_open = operation.returned is None
            end = self.end if operation.returned is None else self.columns[self.places.index(operation.returned)]
            box = Box((start + end) / 2, self.lanes[operation.client] * _LANE, end - start, _BAR)
            style = "filled,rounded,dashed" if is_open else "filled,rounded"
            lines = f"lines {operation.called_line}–{operation.returned_line or '…'}"
            given: dict[str, Attribute] = {"style": style, "color": color, "fillcolor": _FILL[color]}
            given |= {
                "fontcolor": color,
                "label": _label(operation),
                "penwidth": 1.0 if color in (_DARK, _FAINT) else 1.8,
            }
            given |= {"tooltip": f"{operation.client}: {_label(operation)} ({lines})"}
            yield _box(f"o{i}", box, given)

    def _color(self, operation: Operation) -> str:
        if operation == self.explanation.culprit:
            return _RED
        if operation == self.explanation.rival:
            return _AMBER
        return _DARK if operation in self.kept else _FAINT

    def _order(self) -> Iterator[str]:
        """The dots of the order, and below the lanes what each stands for."""
        bottom = len(self.lanes) * _LANE
        if self.dots:
            text = "an order of the others until then, and the state after each:"
            yield _left("order", self.left, bottom, text, _SMALL, fontcolor=_GREY)
        for dot in self.dots:
            operation, name = dot.step.operation, f"d{dot.number}"
            box = Box(dot.x, self.lanes[operation.client] * _LANE + _BAR / 2 + _DOT / 2 + 1, _DOT, _DOT)
            given: dict[str, Attribute] = {"shape": "circle", "style": "filled", "fillcolor": "white"}
            given |= {"color": _GREY, "fontcolor": _GREY, "fontsize": 8.0, "label": str(dot.number)}
            yield _box(name, box, given)
            text = f"{dot.number}. {_label(operation)} by {operation.client}: {clipped(show(dot.step.state))}"
            yield _left(f"{name}t", self.left, bottom + 14 * dot.number, text, _SMALL, fontcolor=_GREY)


def _causes(explanation: Explanation) -> set[int]:
    """The calls of the operations that, in the order that was found, brought about what the kept ones return."""
    kept = {operation.called for operation in explanation.kept}
    chance = explanation.chance
    found: set[int] = set()
    cause = None
    for steps, step in enumerate(explanation.prefix, 1):
        is_change = step.operation.name not in explanation.object.observers
        if step.operation.called in kept and not is_change and cause is not None:
            found.add(cause)
        if is_change:
            cause = step.operation.called
        if steps == chance and cause is not None:
            found.add(cause)
    return found


def _label(operation: Operation) -> str:
    """What stands in a bar: the call, and what it returned if that says something."""
    call = clipped(show_call(operation))
    return f"{call} → {clipped(show(operation.result))}" if tells(operation) else call


def _box(name: str, box: Box, given: dict[str, Attribute]) -> str:
    size: dict[str, Attribute] = {"shape": "box", "fixedsize": True}
    size |= {"width": inches(box.width), "height": inches(box.height)}
    return f"{name} " + attributes(size | given, pos=position(box.x, box.y)) + ";"


def _line(name: str, start: Point, end: Point, given: dict[str, Attribute]) -> Iterator[str]:
    """Yield a straight line between two invisible points."""
    for end_name, point in ((f"{name}a", start), (f"{name}b", end)):
        invisible: dict[str, Attribute] = {"shape": "point", "style": "invis"}
        yield f"{end_name} " + attributes(invisible, pos=position(point.x, point.y)) + ";"
    thirds = tuple(Point(start.x + (end.x - start.x) * i / 3, start.y + (end.y - start.y) * i / 3) for i in range(4))
    yield f"{name}a -- {name}b " + attributes(given, pos=curve(thirds, tip=False)) + ";"


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
