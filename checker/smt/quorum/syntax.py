"""Parses the statements of a question about quorums, or says in words what it expected instead: Q001."""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.diagnostics import Diagnostic, QuoraxError, Span, error

if TYPE_CHECKING:
    from lark import Token, Tree

TYPED = "<question>"
"""The file that statements come from which were typed on the command line, one a line."""

LENGTH_MAX = 400
"""Characters in one statement: more than anybody reads, fewer than would nest too deep."""

FORMS = {
    "quorum": "quorum Q: size >= n // 2 + 1",
    "set": "set crashed: size <= f",
    "byzantine": "byzantine: size <= f",
    "family": "family Row = {{a, b}, {c, d}}",
    "grid": "grid Row, Column: 2 x 3",
    "everyone": "everyone = {a, b, c}",
    "any": "any Q, Q meet in honest",
}
"""An example of each statement, by its first word."""

_EXPECTED_MAX = 5
_NAMES = {
    "NAME": "a name",
    "MEMBER": "a process",
    "INTEGER": "a number",
    "COMPARE": "a comparison",
    "$END": "the end of the statement",
}
_WORD = re.compile(r"\w+|\S")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its tree. `text` is how it was written, blanks aside."""

    text: str
    tree: Tree[Token]
    file: str
    line: int

    def span(self, node: Any) -> Span:
        """Return the place of a token or a tree within the file."""
        at = getattr(node, "meta", node)
        if not hasattr(at, "column"):  # the tree of a word that the grammar drops
            return Span(self.file, self.line, 0, self.line, len(self.text))
        return Span(self.file, self.line, at.column - 1, self.line, at.end_column - 1)


def parse_lines(lines: Iterable[str], file: str = TYPED) -> tuple[Statement, ...]:
    """Return the statements in `lines`, one a line; blank lines and comments after `#` are left out.

    Raises:
        QuoraxError: Q001, for each line that does not parse.

    """
    texts = list(lines)
    if file == TYPED:  # so that a complaint can show what was typed
        linecache.cache[file] = (0, None, [f"{text}\n" for text in texts], file)
    statements: list[Statement] = []
    problems: list[Diagnostic] = []
    for number, text in enumerate(texts, 1):
        code = text.partition("#")[0].rstrip()
        if not code.strip():
            continue
        try:
            statements.append(Statement(" ".join(code.split()), _parse(code, file, number), file, number))
        except QuoraxError as found:
            problems += found.diagnostics
    if problems:
        raise QuoraxError(problems)
    return tuple(statements)


@cache
def _parser() -> Any:
    """Return the parser, untyped as most of what is used of it."""
    from lark import Lark

    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, start="statement", parser="lalr", lexer="contextual", propagate_positions=True)


def _parse(text: str, file: str, line: int) -> Tree[Token]:
    from lark.exceptions import UnexpectedInput

    if len(text) > LENGTH_MAX:
        span = Span(file, line, 0, line, len(text))
        message = f"the statement has {len(text)} characters: at most {LENGTH_MAX} are read"
        raise error(span, "Q001", message, "say it in several statements")
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
    words = {t.name: f"`{t.pattern.value}`" for t in _parser().terminals}
    accepted = parser.accepts()
    expected = sorted({_NAMES.get(t) or words[t] for t in accepted}, key=lambda phrase: ("`" in phrase, phrase))
    wanted = f": expected {', '.join(expected)}" if len(expected) <= _EXPECTED_MAX else ""
    found = _WORD.match(text, offset)
    start, end = found.span() if found else (len(text), len(text) + 1)
    message = f"unexpected `{found[0]}`{wanted}" if found else f"the statement ends too early{wanted}"
    first = _WORD.search(text)
    form = FORMS.get(first[0]) if first else None
    forms = ", ".join(f"`{f}`" for f in ("n = 3*f + 1", FORMS["quorum"], FORMS["any"]))
    return error(Span(file, line, start, line, end), "Q001", message, f"for example: {form or forms}")
