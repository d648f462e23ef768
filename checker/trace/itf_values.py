"""Values as expressions of the Informal Trace Format, directed by their types, and back.

======================  ==============================================================================
type                    expression
======================  ==============================================================================
Bool                    ``true``, ``false``
Int                     a number; beyond ±(2**53 - 1) ``{"#bigint": "…"}``
Enum, Sort, Order       the member's name; a name that is a decimal number as that number
Option                  the inner value; None is ``{"tag": "None", "value": {}}``
Record                  ``{"ballot": 0, "value": "v1"}``
Union                   ``{"tag": "Promise", "value": {…}}``
Set, Quorum, MessageSet ``{"#set": […]}`` in canonical order
Map, Fifo               ``{"#map": [[key, value], …]}`` in key order, with every key
Bag                     ``{"#map": [[message, copies], …]}``
Seq                     ``[…]``
======================  ==============================================================================

Reading is as strict as the instance (members, ranges, capacities, quorums), but lenient about spelling where other
tools differ: null for None, `{"tag": "Some", …}`, a tagged record where the tag is known, `#tup` for a sequence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias, assert_never

from checker.diagnostics import NOWHERE, QuoraxError, error
from checker.ir.instance import Instance
from checker.ir.system import FieldDecl, System
from checker.ir.types import (
    BagType,
    BoolType,
    EmptyType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    NoneType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)
from checker.ir.values import channels_type, map_keys, ordered

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
"""What `json.loads` returns."""

SAFE_INTEGER_MAX = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (RFC 7159, section 6)."""


@dataclass(frozen=True, slots=True)
class ItfValues:
    """Writes and reads the values of one instance."""

    system: System
    instance: Instance

    def write(self, kind: Type, value: Value) -> Json:
        """Return a value as an ITF expression."""
        match kind:
            case BoolType():
                return bool(value)
            case IntType():
                return int(value) if abs(value) <= SAFE_INTEGER_MAX else {"#bigint": str(value)}
            case EnumType(name) | SortType(name) | OrderType(name):
                member = self.instance.domains[name][int(value)]
                return int(member) if _is_decimal(member) else member
            case OptionType(inner):
                return _written_none() if value is None else self.write(inner, value)
            case NoneType():
                return _written_none()
            case RecordType(name):
                return {f.name: self.write(f.type, v) for f, v in zip(self._fields(name), value[1:], strict=True)}
            case UnionType():
                return {"tag": value[0], "value": self.write(RecordType(value[0]), value)}
            case QuorumType(_, base):
                return self.write(SetType(base), value)
            case SetType(element) | MessageSetType(element):
                return {"#set": [self.write(element, v) for v in ordered(value)]}
            case SeqType(element):
                return [self.write(element, v) for v in value]
            case BagType(element):
                return {"#map": [[self.write(element, v), n] for v, n in ordered(value)]}
            case MapType(key, inner):
                pairs = zip(map_keys(key, self.instance), value, strict=True)
                return {"#map": [[self.write(key, k), self.write(inner, v)] for k, v in pairs]}
            case FifoType():
                return self.write(channels_type(kind), value)
            case EmptyType():
                raise AssertionError("nothing has no values")
            case _:
                assert_never(kind)

    def read(self, kind: Type, expression: Json, path: str) -> Value:
        """Return the value that an expression stands for; `path` says where in the document it is.

        Raises:
            QuoraxError: T004, if it is no value of the type; T005, if the instance has no such value.

        """
        match kind:
            case BoolType():
                return expression if isinstance(expression, bool) else _mismatch(kind, expression, path)
            case IntType():
                return self._integer(kind, expression, path)
            case EnumType(name) | SortType(name) | OrderType(name):
                return self._member(name, expression, path)
            case OptionType(inner):
                return self._option(inner, expression, path)
            case NoneType():
                return None if _is_none(expression) else _mismatch(kind, expression, path)
            case RecordType() | UnionType():
                return self._record(kind, expression, path)
            case QuorumType():
                return self._quorum(kind, expression, path)
            case SetType(element) | MessageSetType(element):
                return self._set(element, expression, path)
            case SeqType():
                return self._sequence(kind, expression, path)
            case BagType(element):
                return self._bag(element, expression, path)
            case MapType():
                return self._map(kind, expression, path)
            case FifoType():
                return self._map(channels_type(kind), expression, path)
            case EmptyType():
                return _mismatch(kind, expression, path)
            case _:
                assert_never(kind)

    def _fields(self, record: str) -> tuple[FieldDecl, ...]:
        return self.system.record(record).fields

    def _integer(self, kind: IntType, expression: Json, path: str) -> int:
        if isinstance(expression, dict) and set(expression) == {"#bigint"}:
            digits = expression["#bigint"]
            if not isinstance(digits, str) or not re.fullmatch(r"-?[0-9]{1,400}", digits):
                _mismatch(kind, digits, f"{path}.#bigint")
            expression = int(digits)
        if not isinstance(expression, int) or isinstance(expression, bool):
            _mismatch(kind, expression, path)
        low, high = self.instance.bound(kind.low), self.instance.bound(kind.high)
        if (low is not None and expression < low) or (high is not None and expression > high):
            ends = f"{'…' if low is None else low}..{'…' if high is None else high}"
            raise _outside(path, f"{expression} is outside {ends}")
        return int(expression)

    def _member(self, domain: str, expression: Json, path: str) -> int:
        members = self.instance.domains[domain]
        name = expression
        if isinstance(name, int) and not isinstance(name, bool) and abs(name) <= SAFE_INTEGER_MAX:
            name = str(name)
        if not isinstance(name, str):
            raise error(NOWHERE, "T004", f"{path}: {_show(expression)} is no member of {domain}", "give its name")
        if name not in members:
            raise _outside(path, f"{domain} has no member {name!r}", f"it has {', '.join(members)}")
        return members.index(name)

    def _option(self, inner: Type, expression: Json, path: str) -> Value:
        if _is_none(expression):
            return None
        if isinstance(expression, dict) and set(expression) == {"tag", "value"} and expression["tag"] == "Some":
            return self.read(inner, expression["value"], f"{path}.value")
        return self.read(inner, expression, path)

    def _record(self, kind: RecordType | UnionType, expression: Json, path: str) -> Value:
        if not isinstance(expression, dict):
            _mismatch(kind, expression, path)
        names = (kind.name,) if isinstance(kind, RecordType) else kind.names
        tag, inner = expression.get("tag"), expression.get("value")
        if set(expression) == {"tag", "value"} and isinstance(inner, dict):
            return self._tagged(names, tag, inner, path)
        if isinstance(kind, UnionType):
            _mismatch(kind, expression, path)
        return self._with_fields(kind.name, expression, path)

    def _tagged(self, names: tuple[str, ...], tag: Json, fields: dict[str, Json], path: str) -> Value:
        if not isinstance(tag, str) or tag not in names:
            remedy = f"tag it {' or '.join(names)}"
            raise error(NOWHERE, "T004", f"{path}.tag: {_show(tag)} is none of {', '.join(names)}", remedy)
        return self._with_fields(tag, fields, f"{path}.value")

    def _with_fields(self, name: str, fields: dict[str, Json], path: str) -> Value:
        declared = self._fields(name)
        if set(fields) != {f.name for f in declared}:
            wanted = ", ".join(f.name for f in declared) or "none"
            raise error(NOWHERE, "T004", f"{path}: {name} has not these fields", f"its fields are {wanted}")
        return (name, *(self.read(f.type, fields[f.name], f"{path}.{f.name}") for f in declared))

    def _quorum(self, kind: QuorumType, expression: Json, path: str) -> Value:
        members = self._set(kind.base, expression, path)
        if members not in self.instance.quorums[kind.name]:
            raise _outside(path, f"{_show(expression)} is no minimal quorum of {kind.name}")
        return members

    def _set(self, element: Type, expression: Json, path: str) -> frozenset[Value]:
        if not isinstance(expression, dict) or set(expression) != {"#set"}:
            _mismatch(SetType(element), expression, path)
        elements = self._list(expression["#set"], f"{path}.#set")
        return frozenset(self.read(element, e, f"{path}.#set[{i}]") for i, e in enumerate(elements))

    def _sequence(self, kind: SeqType, expression: Json, path: str) -> tuple[Value, ...]:
        if isinstance(expression, dict) and set(expression) == {"#tup"}:
            expression, path = expression["#tup"], f"{path}.#tup"
        elements = self._list(expression, path)
        capacity = self.instance.bound(kind.capacity)
        if capacity is not None and len(elements) > capacity:
            raise _outside(path, f"{len(elements)} elements, and the capacity is {capacity}")
        return tuple(self.read(kind.element, e, f"{path}[{i}]") for i, e in enumerate(elements))

    def _bag(self, element: Type, expression: Json, path: str) -> frozenset[tuple[Value, int]]:
        copies: dict[Value, int] = {}
        for message, count, at in self._pairs(expression, path):
            value = self.read(element, message, f"{at}[0]")
            number = self._integer(IntType(1, None), count, f"{at}[1]")
            if value in copies:
                raise error(NOWHERE, "T004", f"{at}: the same message twice", "add up its copies")
            copies[value] = number
        return frozenset(copies.items())

    def _map(self, kind: MapType, expression: Json, path: str) -> tuple[Value, ...]:
        entries: dict[Value, Value] = {}
        for key, value, at in self._pairs(expression, path):
            place = self.read(kind.key, key, f"{at}[0]")
            if place in entries:
                raise error(NOWHERE, "T004", f"{at}: the key {_show(key)} twice", "give each key one value")
            entries[place] = self.read(kind.value, value, f"{at}[1]")
        keys = map_keys(kind.key, self.instance)
        for key in keys:
            if key not in entries:
                name = self.write(kind.key, key)
                raise error(NOWHERE, "T004", f"{path}: the key {name} is missing", f"list every {kind.key}")
        return tuple(entries[key] for key in keys)

    def _pairs(self, expression: Json, path: str) -> list[tuple[Json, Json, str]]:
        if not isinstance(expression, dict) or set(expression) != {"#map"}:
            raise error(NOWHERE, "T004", f"{path}: {_show(expression)} is no map", 'write {"#map": [[key, value], …]}')
        found: list[tuple[Json, Json, str]] = []
        for i, entry in enumerate(self._list(expression["#map"], f"{path}.#map")):
            at = f"{path}.#map[{i}]"
            pair = self._list(entry, at)
            if len(pair) != 2:
                raise error(NOWHERE, "T004", f"{at}: {_show(entry)} is no pair", "write [key, value]")
            found.append((pair[0], pair[1], at))
        return found

    def _list(self, expression: Json, path: str) -> list[Json]:
        if not isinstance(expression, list):
            raise error(NOWHERE, "T004", f"{path}: {_show(expression)} is no list", "write […]")
        return expression


def _written_none() -> Json:
    return {"tag": "None", "value": {}}


def _is_decimal(name: str) -> bool:
    return re.fullmatch(r"0|[1-9][0-9]{0,14}", name) is not None


def _is_none(expression: Json) -> bool:
    return expression is None or (isinstance(expression, dict) and expression.get("tag") == "None")


def _mismatch(kind: Type, expression: Json, path: str) -> NoReturn:
    raise error(NOWHERE, "T004", f"{path}: {_show(expression)} is no {kind}", _FORMS.get(type(kind), ""))


_FORMS: dict[type[Type], str] = {
    BoolType: "write true or false",
    IntType: 'write a whole number, or {"#bigint": "…"}',
    SetType: 'write {"#set": […]}',
    RecordType: "write an object with the record's fields",
    UnionType: 'write {"tag": name, "value": {…}}',
}


def _outside(
    path: str, message: str, help: str = "read the trace with the instance that it was made with"
) -> QuoraxError:
    return error(NOWHERE, "T005", f"{path}: {message}", help)


def _show(expression: Json) -> str:
    """Return the beginning of a JSON value for a message."""
    if isinstance(expression, dict):
        return "{" + ", ".join(f'"{key}": …' for key in list(expression)[:3]) + "}"
    text = "null" if expression is None else repr(expression)
    return text if len(text) <= 40 else text[:39] + "…"
