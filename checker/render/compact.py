"""Values and messages as the short texts of a diagram: `Promise 1, a2, ∅`, `(0, v1)`."""

from __future__ import annotations

from dataclasses import dataclass

from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    FifoType,
    MapType,
    MessageSetType,
    OptionType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)
from checker.ir.values import channels_type, key_names, ordered, show_value
from checker.trace.trace import Lane


@dataclass(frozen=True, slots=True)
class Compact:
    """Writes the values of one instance, in less room than `show_value` takes."""

    system: System
    instance: Instance

    def value(self, kind: Type, value: Value) -> str:
        """Return a value: ∅ for None, a record as its fields in parentheses, a map of equal values as `all x`."""
        match kind:
            case OptionType(inner):
                return "∅" if value is None else self.value(inner, value)
            case RecordType(name):
                return f"({self._fields(name, value)})"
            case UnionType():
                return self._named(value)
            case QuorumType(_, base):
                return self.value(SetType(base), value)
            case SetType(element):
                return "{" + ", ".join(self.value(element, v) for v in ordered(value)) + "}"
            case MessageSetType():
                return "{" + ", ".join(map(self._named, ordered(value))) + "}"
            case BagType():
                copies = (self._named(v) + (f" ×{n}" if n > 1 else "") for v, n in ordered(value))
                return "{" + ", ".join(copies) + "}"
            case SeqType(element):
                return "[" + ", ".join(self.value(element, v) for v in value) + "]"
            case MapType(_, inner) if len(value) > 1 and all(v == value[0] for v in value):
                return f"all {self.value(inner, value[0])}"
            case MapType(key, inner):
                names = key_names(key, self.instance)
                return "{" + ", ".join(f"{k}: {self.value(inner, v)}" for k, v in zip(names, value, strict=True)) + "}"
            case FifoType():
                return self.value(channels_type(kind), value)
            case _:
                return show_value(kind, value, self.system, self.instance)

    def message(self, message: Value, without: tuple[Lane, ...] = ()) -> str:
        """Return a message: its name, then its fields, but for those that name a process of `without`."""
        lanes = {(lane.domain, lane.index) for lane in without}
        fields = [
            self.value(field.type, value)
            for field, value in zip(self.system.record(message[0]).fields, message[1:], strict=True)
            if not (isinstance(field.type, SortType) and (field.type.name, value) in lanes)
        ]
        return f"{message[0]} {', '.join(fields)}".rstrip()

    def _named(self, record: Value) -> str:
        return f"{record[0]}({self._fields(record[0], record)})"

    def _fields(self, name: str, record: Value) -> str:
        fields = zip(self.system.record(name).fields, record[1:], strict=True)
        return ", ".join(self.value(field.type, value) for field, value in fields)
