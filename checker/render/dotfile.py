"""Pieces of DOT text: quoted strings, attributes, numbers. Labels are plain: every build of Graphviz can draw them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from checker.render.geometry import Polyline

Attribute: TypeAlias = str | float | bool


def quoted(text: str) -> str:
    r"""Return a text as a quoted DOT string that is shown as it stands: no `\N`, no `&amp;` means anything in it."""
    plain = text.replace("\\", "\\\\").replace("&", "&amp;").replace('"', '\\"')
    return '"' + plain.replace("\r", "").replace("\n", "\\n") + '"'


def left_aligned(lines: Iterable[str]) -> str:
    """Return lines as a quoted DOT string, each flush with the left edge of its node."""
    return '"' + "".join(quoted(line)[1:-1] + "\\l" for line in lines) + '"'


def right_aligned(lines: Iterable[str]) -> str:
    """Return lines as a quoted DOT string, each flush with the right edge of its node."""
    return '"' + "".join(quoted(line)[1:-1] + "\\r" for line in lines) + '"'


def attributes(given: Mapping[str, Attribute], **literal: str) -> str:
    """Return an attribute list; `literal` values are DOT strings already."""
    shown = [f"{name}={_shown(value)}" for name, value in given.items()]
    shown += [f"{name}={value}" for name, value in literal.items()]
    return f"[{', '.join(shown)}]"


def number(value: float) -> str:
    """Return a number with one decimal, the same on every machine."""
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text


def position(x: float, y: float) -> str:
    """Return a place as DOT has it: y grows upwards there."""
    return f'"{number(x)},{number(-y)}"'


def inches(points: float) -> float:
    """Return a length as DOT wants the size of nodes."""
    return round(points / 72, 3)


def curve(points: Polyline, *, tip: bool) -> str:
    """Return Bézier control points as an edge's position; with `tip` the last point is where its arrow head points."""
    shown = [f"{number(p.x)},{number(-p.y)}" for p in points]
    if tip:
        shown = [f"e,{shown[-1]}", *shown[:-1]]
    return f'"{" ".join(shown)}"'


def _shown(value: Attribute) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    return f"{value:.3f}".rstrip("0").rstrip(".")
