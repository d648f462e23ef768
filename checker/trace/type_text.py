"""Types from their text, as `str(type)` writes it: `Map[Acceptor, Vote | None]`."""

from __future__ import annotations

import re

from checker.ir.system import System
from checker.ir.types import (
    BOOL,
    INT,
    NONE,
    NOTHING,
    BagType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    NoneType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
)

_TOKEN = re.compile(r"\s*(int (-?\w+|)\.\.(-?\w+|)|\w+|[\[\],|])")


def parse_type(text: str, system: System) -> Type:
    """Return the type that `text` names; a Fifo's capacity, which the text leaves out, is unbounded.

    Raises:
        ValueError: there is no such type in the system; the message says what is wrong.

    """
    reader = _Reader(text, _named_types(system))
    kind = reader.alternatives()
    reader.end()
    return kind


def _named_types(system: System) -> dict[str, Type]:
    names: dict[str, Type] = {"bool": BOOL, "int": INT, "None": NONE, "nothing": NOTHING}
    names |= {d.type.name: d.type for d in system.domains}
    names |= {q.type.name: q.type for q in system.quorums}
    return names | {r.name: RecordType(r.name) for r in system.records}


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, names: dict[str, Type]) -> None:
        self._text = text
        self._names = names
        self._at = 0

    def alternatives(self) -> Type:
        """Read `A`, `A | None`, `A | B` or `A | B | None`."""
        kinds = [self._one()]
        while self._take("|"):
            kinds.append(self._one())
        is_optional = len(kinds) > 1 and isinstance(kinds[-1], NoneType)
        kinds = kinds[:-1] if is_optional else kinds
        kind = kinds[0]
        if len(kinds) > 1:
            kind = UnionType(tuple(k.name for k in kinds if isinstance(k, RecordType)))
            if len(kind.names) < len(kinds):
                raise ValueError(f"{self._text}: only records have alternatives")
        return OptionType(kind) if is_optional else kind

    def end(self) -> None:
        if self._text[self._at :].strip():
            raise ValueError(f"{self._text}: {self._text[self._at :].strip()} is too much")

    def _one(self) -> Type:
        token = self._next()
        if token.group(2) is not None:
            return IntType(_limit(token.group(2)), _limit(token.group(3)))
        name = token.group(1)
        if self._take("["):
            kind = self._collection(name)
            self._expect("]")
            return kind
        if name not in self._names:
            raise ValueError(f"{self._text}: the model has no type {name}")
        return self._names[name]

    def _collection(self, name: str) -> Type:
        first = self.alternatives()
        match name:
            case "Set":
                return SetType(first)
            case "Seq":
                return SeqType(first, _limit(self._next().group(1)) if self._take(",") else None)
            case "Bag" | "MessageSet":
                return BagType(self._record(first)) if name == "Bag" else MessageSetType(self._record(first))
            case "Map":
                self._expect(",")
                return MapType(first, self.alternatives())
            case "Fifo" if isinstance(first, SortType):
                self._expect(",")
                return FifoType(first, self._record(self.alternatives()))
            case _:
                raise ValueError(f"{self._text}: the language has no type {name}[…]")

    def _record(self, kind: Type) -> RecordType | UnionType:
        if not isinstance(kind, RecordType | UnionType):
            raise ValueError(f"{self._text}: a network carries messages, not {kind}")
        return kind

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._at)
        if token is None:
            raise ValueError(f"{self._text!r} is no type")
        self._at = token.end()
        return token

    def _take(self, symbol: str) -> bool:
        token = _TOKEN.match(self._text, self._at)
        if token is None or token.group(1) != symbol:
            return False
        self._at = token.end()
        return True

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise ValueError(f"{self._text}: {symbol} is missing")


def _limit(text: str) -> int | str | None:
    """Return the end of a range, or a capacity: a number, the name of a bound, or None where there is no text."""
    if not text:
        return None
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else text
