"""C text: functions, comments, blocks, and the definitions of a program in the order in which they are needed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from checker.ir.walk import fresh

Lines: TypeAlias = list[str]

WIDTH = 120

RESERVED = frozenset(
    [
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
        "bool",
        "true",
        "false",
        "index",
        "rindex",
        "bcmp",
        "bcopy",
        "bzero",
        "ffs",
        "basename",
        "memcpy",
        "memcmp",
        "memset",
        "memmove",
        "main",
        "setjmp",
        "longjmp",
        "malloc",
        "free",
        "NULL",
        "s",
        "t",
        "old",
        "work",
        "open",
        "action",
        "label",
        "bound",
        "ways",
        "turns",
        "count",
        "decided",
        "found",
        "made",
        "best",
        "key",
        "best_key",
        "left",
        "right",
        "whole",
        "low",
        "high",
        "at",
        "i",
        "x",
        "y",
        "single",
        "is_found",
        "is_tied",
        "value",
        "code",
        "message",
        "rank",
        "all",
        "members",
        "result",
        "next",
        "successor",
        "stay",
        "took",
        "cut",
        "expand",
        "judge",
        "judge_step",
        "inhabited",
        "propositions",
        "all_propositions",
        "colour",
        "exchange",
        "symmetry",
        "class_sizes",
        "few",
        "steps",
    ]
)
"""What no name of a model may be called in C: keywords, library functions, and the names that generated code uses."""

FAILING = frozenset(
    [
        "qx_give_up",
        "qx_some",
        "qx_want",
        "qx_index",
        "qx_ranged",
        "qx_plus",
        "qx_minus",
        "qx_times",
        "qx_divide",
        "qx_modulo",
        "qx_list_add",
        "qx_wide_add",
        "qx_bag_add",
        "qx_wide_bag_add",
        "qx_choose",
    ]
)
"""What of the runtime may give up. (Arithmetic does where 64 bits are too few.)"""

_ATOM = re.compile(r"[\w.]+|[\w.]*\([^()]*\)|[\w.]+\[[^\[\]]*\]")


def atom(text: str) -> str:
    """Return an operand, in parentheses unless it needs none."""
    return text if _ATOM.fullmatch(text) or _is_call(text) else f"({text})"


def _is_call(text: str) -> bool:
    """Return whether a text is one call or one pair of parentheses, whatever is inside."""
    start = re.match(r"\w*\(", text)
    if not start or not text.endswith(")"):
        return False
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter == ")":
            return place == len(text) - 1
    return False


def negated(text: str) -> str:
    """Return the negation of a condition."""
    if re.fullmatch(r"!(\w+|\w+\([^()]*\))", text):
        return text[1:]
    return f"!{atom(text)}"


def indented(lines: Iterable[str]) -> Lines:
    """Return lines one level further in."""
    return ["    " + line if line else line for line in lines]


def block(head: str, body: Lines) -> Lines:
    """Return a statement with its body, in braces unless it is one line."""
    if len(body) == 1 and not body[0].startswith(("const ", "uint64_t ", "int64_t ", "bool ")):
        return [head, *indented(body)]
    return [f"{head} {{", *indented(body), "}"]


def comment(text: str) -> str:
    """Return a comment of as many lines as it takes."""
    text = " ".join(text.split()).replace("*/", "* /").replace("/*", "/ *").replace("\\", "/")
    if len(text) <= WIDTH - 6:
        return f"/* {text} */"
    return "/* " + "\n * ".join(textwrap.wrap(text, WIDTH - 3)) + " */"


def function(remark: str, head: str, body: Lines) -> str:
    """Return the definition of a static function, after a remark."""
    text = "\n".join([f"static {head}", "{", *indented(body), "}"])
    return f"{remark}\n{text}" if remark else text


class UnsupportedError(Exception):
    """Generated code does without something that a model has. The message names it."""


class AsymmetricError(Exception):
    """What an action does depends on the order in which members are met. The message says where."""


@dataclass(slots=True)
class Definitions:
    """The types and functions of one program, each made when something first needs it, before what needs it.

    `hidden` are the names of functions to come, which no local name may hide.
    """

    texts: Lines = field(default_factory=list)
    names: dict[object, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    taken: set[str] = field(default_factory=lambda: set(RESERVED))
    can_fail: set[str] = field(default_factory=lambda: set(FAILING))

    def name(self, wanted: str) -> str:
        """Return a name for a definition, as close to `wanted` as can be."""
        found = fresh(re.sub(r"\W+", "_", wanted), self.taken)
        self.taken.add(found)
        return found

    def fails(self, *texts: str) -> bool:
        """Return whether evaluating one of these texts may give up."""
        return any(word in self.can_fail for text in texts for word in re.findall(r"\w+", text))

    def add(self, name: str, text: str, *parts: str) -> None:
        """Add a definition; it may give up if one of its parts may."""
        self.texts.append(text)
        if self.fails(*(parts or (text,))):
            self.can_fail.add(name)


def cost(text: str) -> int:
    """Return 0 for what reads a few values, 1 for what calls a function of the model."""
    return int(any(part not in _CHEAP for part in _calls(text)))


def _calls(text: str) -> list[str]:
    return re.findall(r"(\w+)\(", text)


_CHEAP = frozenset(
    (
        "qx_get",
        "qx_part",
        "qx_has",
        "qx_slice",
        "qx_size",
        "qx_first",
        "qx_length",
        "UINT64_C",
        "INT64_C",
        "uint64_t",
        "int64_t",
        "unsigned",
    )
)


def atom_of_logic(text: str) -> str:
    """Return an operand of a connective, in parentheses if it is a connective itself."""
    return f"({text})" if "&&" in text or "||" in text or "?" in text else text
