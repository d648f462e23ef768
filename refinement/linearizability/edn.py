"""Values of Clojure's notation (https://github.com/edn-format/edn), as Jepsen writes them into histories."""

from __future__ import annotations

import re
from typing import TypeAlias, Union

from refinement.linearizability.history import Value, Word

Edn: TypeAlias = Union[Value, "dict[Value, Edn]"]

_TOKEN = re.compile(
    r"""[\s,]*(?P<token>
        "(?:[^"\\]|\\.)*"          # a string
      | \#[A-Za-z][\w./-]*         # a tag
      | \#\{ | [\[\](){}]          # brackets
      | [^\s,\[\](){}"]+           # a number, a keyword, a symbol
    )""",
    re.VERBOSE | re.DOTALL,
)
_INTEGER = re.compile(r"[+-]?\d+N?")
_FLOAT = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?M?")
_CLOSING = {"[": "]", "(": ")", "{": "}", "#{": "}"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_ATOMS: dict[str, Value] = {"nil": None}
_DEPTH_MAX = 20
"""Values of histories are shallow; what is deeper is no history."""


def read_edn(text: str) -> Edn:
    """Return the one value in a text: keywords and true and false as words, sequences as tuples, maps as dicts.

    Raises:
        ValueError: it is no single value; the message says why.

    """
    tokens = _tokens(text)
    value = _value(tokens, 0)
    if tokens:
        raise ValueError(f"{tokens[-1]} comes after the value")
    return value


def _tokens(text: str) -> list[str]:
    """The tokens, the first one last."""
    tokens: list[str] = []
    at = 0
    rest = len(text.rstrip(" \t\r\n,"))
    while at < rest:
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text[at : at + 20].strip()} does not parse")
        tokens.append(match["token"])
        at = match.end()
    return tokens[::-1]


def _value(tokens: list[str], depth: int) -> Edn:
    if not tokens:
        raise ValueError("a value is missing")
    if depth > _DEPTH_MAX:
        raise ValueError("it is nested too deep")
    token = tokens.pop()
    if token in _CLOSING:
        return _collection(token, tokens, depth)
    if token.startswith("#"):
        return _value(tokens, depth + 1)
    if token.startswith('"'):
        return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), token[1:-1], flags=re.DOTALL)
    if token in _ATOMS:
        return _ATOMS[token]
    if _INTEGER.fullmatch(token):
        return int(token.removesuffix("N"))
    if _FLOAT.fullmatch(token):
        return float(token.removesuffix("M"))
    if token in ("]", ")", "}"):
        raise ValueError(f"{token} closes nothing")
    return Word(token)


def _collection(opening: str, tokens: list[str], depth: int) -> Edn:
    items: list[Edn] = []
    while tokens and tokens[-1] != _CLOSING[opening]:
        items.append(_value(tokens, depth + 1))
    if not tokens:
        raise ValueError(f"{opening} is not closed")
    tokens.pop()
    if opening == "{":
        if len(items) % 2:
            raise ValueError("a map has a key without a value")
        return {plain(key): value for key, value in zip(items[::2], items[1::2], strict=True)}
    return tuple(plain(item) for item in items)


def plain(value: Edn) -> Value:
    """Return a value that is no map.

    Raises:
        ValueError: it is one.

    """
    if isinstance(value, dict):
        raise ValueError("a map is no value of an operation")
    return value
