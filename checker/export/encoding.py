"""Values and types of the IR as TLA+: chosen so that two states are equal in TLC exactly where they are equal here.

Members of orders are integers, members of sorts model values, members of enums strings; None is a model value; a
record has a field for its kind if it is a message or one of several alternatives; a map is a function, a sequence a
sequence, a bag a function from messages to how many copies there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker.diagnostics import NOWHERE, Span, error
from checker.export.layout import LINE, Align, Doc, Group, bracketed, joined
from checker.export.names import Names
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BagType,
    BoolType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
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
    record_names,
)
from checker.ir.values import channels_type, map_keys, ordered
from checker.ir.walk import expressions_of, walk

INTEGER_MAX = 2**31 - 1
"""TLC computes with 32 bits."""


class Encoding:
    """How the values of one system look. Remembers which operators, members and constants have been written."""

    def __init__(self, system: System, instance: Instance) -> None:
        self.system = system
        self.instance = instance
        self.names = Names(system, instance)
        self.tagged = _tagged(system)
        self.operators: set[str] = set()
        self.members: set[tuple[str, int]] = set()
        self.has_none = False
        self.has_forgers = any(g.kind == "byzantine" for g in system.givens) and any(r.signer for r in system.records)

    def operator(self, name: str) -> str:
        """Return the name of a helper operator, which the module will then define."""
        self.operators.add(name)
        return self.names.helpers[name]

    def none(self) -> str:
        self.has_none = True
        return self.names.none

    def member(self, sort: str, index: int) -> str:
        """Return the name of a member of a sort, which the module will then declare."""
        self.members.add((sort, index))
        return self.names.members[sort][index]

    def integer(self, value: int, span: Span = NOWHERE) -> str:
        """Return a literal.

        Raises:
            QuoraxError: E003, if TLC cannot compute with it.

        """
        if abs(value) > INTEGER_MAX:
            raise error(span, "E003", f"{value} is too large for TLC", f"stay within ±{INTEGER_MAX}")
        return str(value) if value >= 0 else f"({value})"

    def constant(self, kind: Type, value: Value, span: Span = NOWHERE) -> Doc:
        """Return a value as an expression that needs no parentheses around it."""
        match kind, value:
            case (_, None):
                return self.none()
            case (OptionType(inner), _):
                return self.constant(inner, value, span)
            case (BoolType(), _):
                return "TRUE" if value else "FALSE"
            case (IntType() | OrderType(), _):
                return self.integer(value, span)
            case (EnumType(name), _):
                return f'"{self.instance.domains[name][value]}"'
            case (SortType(name), _):
                return self.member(name, value)
            case (RecordType() | UnionType(), (str(name), *values)):
                fields = self.system.record(name).fields
                return self.record(name, [self.constant(f.type, v, span) for f, v in zip(fields, values, strict=True)])
            case (QuorumType(_, base), _):
                return self.constant(SetType(base), value, span)
            case (SetType(element) | MessageSetType(element), _):
                return bracketed("{", (self.constant(element, v, span) for v in ordered(value)), "}")
            case (SeqType(element, _), _):
                return bracketed("<<", (self.constant(element, v, span) for v in value), ">>")
            case (MapType(key, inner), _):
                keys = map_keys(key, self.instance)
                pairs = [
                    (self.constant(key, k, span), " :> ", self.constant(inner, v, span))
                    for k, v in zip(keys, value, strict=True)
                ]
                return Group(("(", Align(joined((LINE, "@@ "), pairs)), ")"))
            case _:
                raise AssertionError(f"a literal of type {kind}")

    def record(self, name: str, values: Sequence[Doc]) -> Doc:
        """Return the record `name` with these values of its fields, in declaration order."""
        constructor = self.names.records[name]
        return bracketed(f"{constructor}(", values, ")") if values else constructor

    def type_set(self, kind: Type) -> Doc:
        """Return the set of all values of a type, without parentheses around a union."""
        match kind:
            case BoolType():
                return "BOOLEAN"
            case IntType(low, high):
                return self._range(low, high)
            case EnumType(name) | SortType(name) | OrderType(name):
                return self.names.domains[name]
            case QuorumType(name, _):
                return self.names.quorums[name]
            case OptionType(inner):
                return union([self.type_set(inner), f"{{{self.none()}}}"])
            case RecordType() | UnionType():
                return union([self.names.record_sets[name] for name in record_names(kind)])
            case SetType(element) | MessageSetType(element):
                return ("SUBSET ", self.closed_type_set(element))
            case SeqType(element, _):
                return ("Seq(", self.type_set(element), ")")
            case MapType(key, value):
                return ("[", self.type_set(key), " -> ", self.type_set(value), "]")
            case FifoType():
                return self.type_set(channels_type(kind))
            case _:
                raise AssertionError(f"{kind} has no set of values")

    def closed_type_set(self, kind: Type) -> Doc:
        """Return the set of all values of a type as an operand."""
        is_closed = isinstance(
            kind, BoolType | EnumType | SortType | OrderType | QuorumType | RecordType | SeqType | MapType
        )
        return self.type_set(kind) if is_closed else ("(", self.type_set(kind), ")")

    def record_set(self, name: str, fields: Sequence[Doc]) -> Doc:
        """Return the set of the records `name` whose fields are in the given sets."""
        decl = self.system.record(name)
        named = [(f"{self.names.field(f.name)} : ", of) for f, of in zip(decl.fields, fields, strict=True)]
        kind: list[Doc] = [f'{self.names.kind} : {{"{name}"}}'] if name in self.tagged else []
        return bracketed("[", [*kind, *named], "]")

    def _range(self, low: int | str | None, high: int | str | None) -> str:
        ends = [
            self.names.givens[e] if isinstance(e, str) else None if e is None else self.integer(e) for e in (low, high)
        ]
        if ends[1] is None:
            return "Nat" if low == 0 else "Int"
        return "Int" if ends[0] is None else f"{ends[0]}..{ends[1]}"


def union(sets: Sequence[Doc]) -> Doc:
    """Return the union of sets that need no parentheses."""
    first, *rest = sets
    return Align((first, *(Group((LINE, "\\cup ", part)) for part in rest)))


def is_listable(kind: Type, system: System) -> bool:
    """Return whether TLC can list the values of a type: no sequences, no unbounded integers."""
    match kind:
        case IntType(low, high):
            return low is not None and high is not None
        case OptionType(inner) | SetType(inner):
            return is_listable(inner, system)
        case MapType(key, value):
            return is_listable(key, system) and is_listable(value, system)
        case RecordType() | UnionType():
            fields = [f.type for name in record_names(kind) for f in system.record(name).fields]
            return all(is_listable(f, system) for f in fields)
        case SeqType() | BagType() | MessageSetType() | FifoType():
            return False
        case _:
            return True


def _tagged(system: System) -> frozenset[str]:
    """Return the records with a field for their kind: messages, alternatives of a union, and those without fields."""
    found = {r.name for r in system.records if r.is_message or not r.fields}
    for kind in _types(system):
        if isinstance(kind, UnionType):
            found.update(kind.names)
    return frozenset(found)


def _types(system: System) -> Iterable[Type]:
    """Yield every type that occurs in a system, and the types inside it."""
    declared = [v.type for v in system.variables] + [f.type for r in system.records for f in r.fields]
    used = (part.type for whole in expressions_of(system) for part in walk(whole))
    pending: list[Type] = list(dict.fromkeys([*declared, *used]))
    while pending:
        kind = pending.pop()
        yield kind
        match kind:
            case OptionType(inner) | SetType(inner) | SeqType(inner, _) | BagType(inner) | MessageSetType(inner):
                pending.append(inner)
            case FifoType(_, inner, _):
                pending.append(inner)
            case MapType(key, inner):
                pending += [key, inner]
            case _:
                pass
