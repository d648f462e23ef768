"""Line breaking: documents that say where a text may be broken, and the text of a given width.

After Philip Wadler, "A prettier printer" (2003), with alignment to the current column. A group is laid out on one line
if it fits; `Either` gives it different contents for the two cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, assert_never


@dataclass(frozen=True, slots=True)
class Line:
    """A place to break: a newline where the enclosing group is broken, else `flat`."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Hard:
    """A newline, which breaks every group around it."""


@dataclass(frozen=True, slots=True)
class Nest:
    """Contents whose broken lines are indented by `by` more columns."""

    by: int
    inner: Doc


@dataclass(frozen=True, slots=True)
class Align:
    """Contents whose broken lines start at the column where the contents start."""

    inner: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """Contents that are broken at all their lines, or at none."""

    inner: Doc


@dataclass(frozen=True, slots=True)
class Either:
    """One content where the enclosing group fits on a line, another where it is broken."""

    flat: Doc
    broken: Doc


Doc: TypeAlias = str | tuple["Doc", ...] | Line | Hard | Nest | Align | Group | Either
"""A text, or pieces of text in a row, or one of the above. Texts have no newlines."""

LINE = Line()
HARD = Hard()


def joined(separator: Doc, docs: Iterable[Doc]) -> Doc:
    """Return the documents in a row with the separator between them."""
    parts: list[Doc] = []
    for doc in docs:
        parts += [separator, doc] if parts else [doc]
    return tuple(parts)


def filled(separator: Doc, docs: Iterable[Doc]) -> Doc:
    """Return the documents in a row, with a line break only before those that would not fit on their line."""
    first, *rest = docs
    return Align((first, *((separator, Group((LINE, doc))) for doc in rest)))


def bracketed(opening: str, docs: Iterable[Doc], closing: str) -> Doc:
    """Return a list between brackets, filling lines."""
    items = tuple(docs)
    return (opening, filled(",", items), closing) if items else opening + closing


def render(doc: Doc, width: int, indent: int = 0) -> str:
    """Return the text: lines of at most `width` columns where the places to break allow it, starting at `indent`."""
    pieces: list[str] = [" " * indent]
    column = indent
    pending: list[tuple[int, bool, Doc]] = [(indent, False, doc)]
    while pending:
        margin, is_flat, current = pending.pop()
        match current:
            case str():
                pieces.append(current)
                column += len(current)
            case tuple():
                pending += [(margin, is_flat, part) for part in reversed(current)]
            case Line(flat=flat) if is_flat:
                pieces.append(flat)
                column += len(flat)
            case Line() | Hard():
                pieces.append("\n" + " " * margin)
                column = margin
            case Nest(by=by, inner=inner):
                pending.append((margin + by, is_flat, inner))
            case Align(inner=inner):
                pending.append((column, is_flat, inner))
            case Group(inner=inner):
                fits = is_flat or _fits(inner, pending, width - column)
                pending.append((margin, fits, inner))
            case Either(flat=flat_doc, broken=broken):
                pending.append((margin, is_flat, flat_doc if is_flat else broken))
            case _:
                assert_never(current)
    return "\n".join(line.rstrip() for line in "".join(pieces).split("\n"))


def _fits(doc: Doc, rest: list[tuple[int, bool, Doc]], room: int) -> bool:
    """Return whether `doc` on one line, with what follows it up to the next break, needs at most `room` columns."""
    pending: list[tuple[bool, Doc]] = [(flat, d) for _, flat, d in rest]
    pending.append((True, doc))
    while pending and room >= 0:
        is_flat, current = pending.pop()
        match current:
            case str():
                room -= len(current)
            case tuple():
                pending += [(is_flat, part) for part in reversed(current)]
            case Line(flat=flat):
                if not is_flat:
                    return True
                room -= len(flat)
            case Hard():
                return not is_flat
            case Nest(inner=inner) | Align(inner=inner) | Group(inner=inner):
                pending.append((is_flat, inner))
            case Either(flat=flat_doc, broken=broken):
                pending.append((is_flat, flat_doc if is_flat else broken))
            case _:
                assert_never(current)
    return room >= 0
