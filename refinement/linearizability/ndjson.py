"""Histories in the format of quorax: one JSON object a line, described in docs/linearizability.md.

The first line is `{"schema": "quorax-history/1"}`, perhaps with `object` and `initial`. Every other line is an event:
`type` (invoke, return, fail, info), `client`, and with invoke `op`, `key`, `value`, with return `value`; `time` is for
people, and must not run backwards.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn, get_args

from refinement.linearizability.assemble import Complaints, Event, Kind, Recording, is_value
from refinement.linearizability.history import FALSE, TRUE, Value

SCHEMA = "quorax-history/1"
_KINDS: tuple[Kind, ...] = get_args(Kind)
_HEADER = {"schema", "object", "initial"}
_FIELDS = {"type", "client", "op", "key", "value", "time"}


def is_ndjson(lines: Sequence[str]) -> bool:
    """Return whether the first line looks like that of a history of quorax."""
    first = next((line for line in lines if line.strip()), "")
    return first.lstrip().startswith("{") and '"schema"' in first


def read_ndjson(file: str, lines: Sequence[str]) -> Recording:
    """Return what a history of quorax says.

    Raises:
        QuoraxError: H002 for a line that is no JSON object, H003 for another schema, H004 for a field that is missing
            or wrong, H010 for a time that runs backwards.

    """
    return _Reader(file).recording(lines)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.complaints = Complaints(file)
        self.header: dict[str, Any] | None = None
        self.events: list[Event] = []
        self.time: float | None = None

    def recording(self, lines: Sequence[str]) -> Recording:
        for number, line in enumerate(lines, 1):
            if line.strip():
                self._line(number, line)
        self.complaints.raise_any()
        header = self.header or {}
        initial = freeze(header.get("initial"))
        return Recording(self.file, tuple(self.events), header.get("object", ""), initial, "initial" in header)

    def _line(self, number: int, line: str) -> None:
        try:
            found = json.loads(line, parse_constant=_refuse)
            if not isinstance(found, dict):
                raise ValueError("an object is wanted")
        except (ValueError, RecursionError) as problem:
            self.complaints.add(number, "H002", f"not a JSON object: {problem}", "write one event a line")
            return
        if self.header is None:
            self.header = found
            self._check_header(number, found)
            return
        try:
            self._event(number, found)
        except ValueError as problem:
            self.complaints.add(number, "H004", str(problem))

    def _check_header(self, number: int, found: dict[str, Any]) -> None:
        if found.get("schema") != SCHEMA:
            message = f"the schema is {found.get('schema')!r}, and should be {SCHEMA!r}"
            self.complaints.add(number, "H003", message, f'begin with {{"schema": "{SCHEMA}"}}')
        elif not isinstance(found.get("object", ""), str):
            self.complaints.add(number, "H004", "object is the name of an object")
        elif found.keys() - _HEADER:
            self.complaints.add(number, "H004", f"there is no field {_first(found.keys() - _HEADER)}")
        else:
            try:
                freeze(found.get("initial"))
            except ValueError as problem:
                self.complaints.add(number, "H004", f"initial: {problem}")

    def _event(self, number: int, found: dict[str, Any]) -> None:
        kind, client = found.get("type"), found.get("client")
        if kind not in _KINDS:
            raise ValueError(f"type is one of {', '.join(_KINDS)}")
        if not isinstance(client, str) or not client:
            raise ValueError("client is a text")
        name = found.get("op", "")
        if not isinstance(name, str) or (kind == "invoke" and not name):
            raise ValueError("op is the name of an operation")
        if found.keys() - _FIELDS:
            raise ValueError(f"there is no field {_first(found.keys() - _FIELDS)}")
        if kind == "return" and "value" not in found:
            raise ValueError("value is missing: what the operation returned, null if nothing")
        self._check_time(number, found.get("time"))
        key, value = freeze(found.get("key")), freeze(found.get("value"))
        self.events.append(Event(number, kind, client, name, key, value))

    def _check_time(self, number: int, time: Any) -> None:
        if time is None:
            return
        if isinstance(time, bool) or not isinstance(time, int | float):
            raise ValueError("time is a number")
        if self.time is not None and time < self.time:
            remedy = "sort the events by time: their order in the file is the order in which they happened"
            self.complaints.add(number, "H010", f"time runs backwards, from {self.time} to {time}", remedy)
        self.time = time


def freeze(value: Any) -> Value:
    """Return a JSON value as one of operations.

    Raises:
        ValueError: it is an object, an infinite number, or a text that is no Unicode.

    """
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, list):
        return tuple(freeze(v) for v in value)
    if isinstance(value, dict):
        raise ValueError("a JSON object is no value of an operation")
    if not is_value(value):
        raise ValueError("a value is neither finite nor Unicode")
    found: Value = value
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _first(names: set[str]) -> str:
    return repr(min(names))
