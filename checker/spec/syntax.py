"""Parses one statement, or says in words what it expected instead: S001."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.diagnostics import QuoraxError, Span, error

if TYPE_CHECKING:
    from lark import Token, Tree

FORMS = {
    "model": "model paxos",
    "instance": "instance small: Acceptor = 3, Ballot = 2, Value = {A, B}",
    "check": "check small: agreement, no deadlock hold by interp",
    "witness": "witness small: decided",
    "mutant": "mutant pick_lowest at small breaks agreement",
    "prove": "prove agreement for any size",
    "property": "property termination: eventually decided under weak fairness of accept",
    "limits": "limits small: seconds 60, states 1_000_000",
    "preset": "preset ci: check small, witness small, mutants",
}
"""An example of each statement, by its first word."""

_NAMES = {
    "INSTANCE": "the name of an instance",
    "SETTING": "the name of a sort, order, bound, constant or budget",
    "PROPERTY": "the name of a property",
    "REFINEMENT": "the name of a property",
    "PREDICATE": "the name of a predicate",
    "MUTANT": "the name of a mutant",
    "ACTION": "the name of an action",
    "PARAMETER": "the name of a parameter",
    "ENGINE": "the name of an engine",
    "PRESET": "the name of a preset",
    "MEMBER": "the name of a member",
    "INTEGER": "a number",
    "NUMBER": "a number",
    "TARGET": "a model's name or path",
    "$END": "the end of the statement",
}
"""What a person calls a terminal that is no fixed word."""

_WORD = re.compile(r"\w+|\S")


@cache
def _parser() -> Any:
    """Return the parser, untyped as most of what is used of it."""
    from lark import Lark

    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, start="statement", parser="lalr", lexer="contextual", propagate_positions=True)


def parse_statement(text: str, file: str, line: int) -> Tree[Token]:
    """Return the syntax tree of one statement, whose positions count from 1 at its own beginning.

    `line` is where the statement begins in `file`.

    Raises:
        QuoraxError: S001, with what was expected.

    """
    from lark.exceptions import UnexpectedInput

    interactive = _parser().parse_interactive(text)
    try:
        for token in interactive.lexer_thread.lex(interactive.parser_state):
            interactive.feed_token(token)
        tree: Tree[Token] = interactive.feed_eof()
    except UnexpectedInput as found:
        raise _complaint(text, _offset(found, text), interactive, file, line) from None
    return tree


def _offset(found: Any, text: str) -> int:
    """Return where an error of the parser stands; the length of the text for its end."""
    token = getattr(found, "token", None)
    if token is None:
        return int(found.pos_in_stream)
    return len(text) if token.type == "$END" else int(token.start_pos)


def _complaint(text: str, offset: int, parser: Any, file: str, line: int) -> QuoraxError:
    """Return the error for the word at `offset`, or for the end of the text."""
    terminals = _parser().terminals
    words = {t.name: t.pattern.value for t in terminals if t.name not in _NAMES}
    expected: set[str] = parser.accepts()
    found = _WORD.match(text, offset)
    wanted = _listing(sorted({_NAMES.get(t) or f"`{words[t]}`" for t in expected}, key=_names_first))
    if found is None:
        end = len(text.rstrip())
        span = _span(text, end, end + 1, file, line)
        message = f"the statement ends too early: expected {wanted}"
    else:
        span = _span(text, found.start(), found.end(), file, line)
        message = f"unexpected `{found[0]}`: expected {wanted}"
    return error(span, "S001", message, _remedy(text, found, {words[t] for t in expected if t in words}))


def _remedy(text: str, found: re.Match[str] | None, expected: set[str]) -> str:
    if found is not None:
        near = get_close_matches(found[0].lower(), sorted(expected), n=1)
        if near and near[0] != found[0]:
            return f"did you mean `{near[0]}`?"
        begins_line = text.rfind("\n", 0, found.start()) >= 0 and not text[: found.start()].rpartition("\n")[2].strip()
        if begins_line and found[0] in FORMS:
            return "a statement begins in the first column; an indented line continues the one above"
    first = _WORD.match(text)
    form = FORMS.get(first[0]) if first and first is not found else None
    return f"for example: {form}" if form else f"a statement begins with {_listing([f'`{w}`' for w in FORMS])}"


def _names_first(phrase: str) -> tuple[int, str]:
    rank = 0 if phrase.startswith(("the name", "a ")) else 2 if phrase.startswith("the end") else 1
    return rank, phrase


def _listing(phrases: list[str]) -> str:
    """Return "a, b or c"."""
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def _span(text: str, start: int, end: int, file: str, line: int) -> Span:
    """Return the span of text[start:end], which lies in one line."""
    before = text[:start]
    column = start - (before.rfind("\n") + 1)
    number = line + before.count("\n")
    return Span(file, number, column, number, column + end - start)


def node_span(node: Any, file: str, line: int) -> Span:
    """Return the span of a token, or of a tree's `meta`, of a statement that begins at `line`."""
    return Span(file, line + node.line - 1, node.column - 1, line + node.end_line - 1, node.end_column - 1)
