"""The notation of TLA+: how tightly its operators bind, and the shapes of its lists and definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from checker.export.layout import HARD, LINE, Align, Doc, Either, Group, Nest, joined

# How tightly operators bind, loosest first. Those of one level are not mixed without parentheses.
OPEN, IMPLIES, JUNCTION, NOT, COMPARE, UNION, INTERVAL, PLUS, MINUS, TIMES, POSTFIX, ATOM = range(12)

Shown: TypeAlias = tuple[int, Doc]
"""A text, and how tightly its outermost operator binds."""


def closed(shown: Shown, least: int) -> Doc:
    """Return a text as an operand: in parentheses if it binds less tightly than `least`, or is a list of lines."""
    level, text = shown
    if level < least:
        return ("(", Align(text), ")")
    if level == JUNCTION:
        return Group((Either("", "("), Align(text), Either("", ")")))
    return text


def junction(symbol: str, items: Sequence[Shown]) -> Shown:
    """Return a conjunction or disjunction: on one line, or as a list with the symbol in front of each item."""
    if len(items) == 1:
        return items[0]
    parts: list[Doc] = []
    for position, (level, text) in enumerate(items):
        is_loose = level <= JUNCTION
        parts.append(Either(f" {symbol} ", (LINE, f"{symbol} ")) if position else Either("", f"{symbol} "))
        parts += [Either("(", ""), Align(text), Either(")", "")] if is_loose else [Align(text)]
    return JUNCTION, Group(Align(tuple(parts)))


def bullets(symbol: str, items: Sequence[Doc]) -> Doc:
    """Return items as a list of lines with the symbol in front of each; a single item has none."""
    if len(items) == 1:
        return items[0]
    return Align(joined(HARD, [(f"{symbol} ", Align(item)) for item in items]))


def braced(left: Doc, right: Doc) -> Doc:
    """Return `{left : right}`."""
    return Group(("{", left, " :", Nest(4, (LINE, Align(right))), "}"))


def conditional(condition: Doc, then: Doc, orelse: Doc) -> Doc:
    """Return `IF condition THEN then ELSE orelse`."""
    parts = (("IF ", Align(condition)), ("THEN ", Align(then)), ("ELSE ", Align(orelse)))
    return Group(Align(joined(LINE, parts)))


def let(definitions: Sequence[Doc], body: Doc) -> Doc:
    """Return `LET definitions IN body`, the definitions below each other."""
    return Group(Align(("LET ", Align(joined(HARD, definitions)), LINE, "IN ", Align(body))))
