"""Operators that TLA+ lacks and exported modules define when they use them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checker.export.names import Names


@dataclass(frozen=True, slots=True)
class Operator:
    """A definition. In its text `@` stands for its own name, `#` for the field that holds a message's kind."""

    doc: str
    text: str


OPERATORS = {
    "Of": Operator("The messages of one kind.", "@(messages, #) == {m \\in messages : m.# = #}"),
    "Elements": Operator("The elements of a sequence.", "@(s) == {s[i] : i \\in DOMAIN s}"),
    "Max": Operator("The greatest element.", "@(S) == CHOOSE x \\in S : \\A y \\in S : y <= x"),
    "Min": Operator("The least element.", "@(S) == CHOOSE x \\in S : \\A y \\in S : x <= y"),
    "MaxBy": Operator(
        "The element with the greatest key.",
        "@(S, key(_)) == CHOOSE x \\in S : \\A y \\in S : key(y) <= key(x)",
    ),
    "MinBy": Operator(
        "The element with the least key.",
        "@(S, key(_)) == CHOOSE x \\in S : \\A y \\in S : key(x) <= key(y)",
    ),
    "Maximal": Operator(
        "All elements with the greatest key.",
        "@(S, key(_)) == {x \\in S : \\A y \\in S : key(y) <= key(x)}",
    ),
    "Minimal": Operator(
        "All elements with the least key.",
        "@(S, key(_)) == {x \\in S : \\A y \\in S : key(x) <= key(y)}",
    ),
    "Only": Operator("The single element of a set.", "@(S) == CHOOSE x \\in S : TRUE"),
    "Covers": Operator("Whether a set contains a quorum.", "@(quorums, S) == \\E q \\in quorums : q \\subseteq S"),
    "BagOf": Operator(
        "One copy of a message for each element of a set.",
        "@(S, message(_)) == [m \\in {message(x) : x \\in S} |-> Cardinality({x \\in S : message(x) = m})]",
    ),
}
"""The operators by name, in the order in which they are defined."""


def definitions(used: Iterable[str], names: Names) -> list[str]:
    """Return the definitions of the operators that are used, each with its comment, in a fixed order."""
    wanted = set(used)
    return [
        f"\\* {operator.doc}\n{operator.text.replace('@', names.helpers[name]).replace('#', names.kind)}"
        for name, operator in OPERATORS.items()
        if name in wanted
    ]
