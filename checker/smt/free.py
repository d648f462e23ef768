"""States of which nothing is known but the types of the variables: what a proof by induction begins with."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from checker.diagnostics import NOWHERE, Span, error
from checker.ir.instance import universe
from checker.ir.system import VariableDecl
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
)
from checker.ir.values import channels_type, map_keys
from checker.smt.encoding import Encoding
from checker.smt.expressions import Frame
from checker.smt.values import Entries, Items, Members, Scalar, Symbol

LISTED_MAX = 65_536
"""Values of a type that are listed."""


def free_frame(encoding: Encoding) -> Frame:
    """Return any state at all, whose values are within the declared types.

    Raises:
        QuoraxError: Y003, for a variable that may have endlessly many values, or too many to list.

    """
    return {variable.name: _variable(encoding, variable) for variable in encoding.system.variables}


def _variable(encoding: Encoding, variable: VariableDecl) -> Symbol:
    if variable.is_budget:
        return encoding.pick(tuple(range(encoding.instance.budgets[variable.name] + 1)))
    return _free(encoding, variable.type, variable.span, variable.name)


def _free(encoding: Encoding, kind: Type, span: Span, place: str) -> Symbol:
    """Return any value of a type."""
    match kind:
        case SetType(element) | MessageSetType(element):
            return Members({v: encoding.circuit.variable() for v in _listed(encoding, element, span, place)})
        case MapType(key, inner):
            return Entries(tuple(_free(encoding, inner, span, place) for _ in map_keys(key, encoding.instance)))
        case FifoType():
            return _free(encoding, channels_type(kind), span, place)
        case SeqType(element, bound):
            capacity = encoding.instance.bound(bound)
            if capacity is None:
                raise _endless(kind, span, place)
            values = _listed(encoding, element, span, place)
            lengths = encoding.pick(tuple(range(capacity + 1)) if values else (0,))
            return Items(lengths.alternatives, tuple(encoding.pick(values) for _ in range(capacity if values else 0)))
        case BagType():
            raise _endless(kind, span, place)
        case _:
            return Scalar(encoding.pick(_listed(encoding, kind, span, place)).alternatives)


def _listed(encoding: Encoding, kind: Type, span: Span, place: str) -> tuple[Value, ...]:
    """Return all values of a type.

    Raises:
        QuoraxError: Y003, if there is no end of them, or no list of them.

    """
    instance = encoding.instance

    def listed(kind: Type) -> tuple[Value, ...]:
        match kind:
            case BoolType() | EnumType() | SortType() | OrderType() | QuorumType():
                return universe(kind, encoding.system, instance)
            case IntType(low, high):
                if instance.bound(low) is None or instance.bound(high) is None:
                    raise _endless(kind, span, place)
                return universe(kind, encoding.system, instance)
            case OptionType(inner):
                return (None, *listed(inner))
            case RecordType(name):
                fields = [listed(f.type) for f in encoding.system.record(name).fields]
                return tuple((name, *values) for values in product(fields, kind))
            case UnionType(names):
                return tuple(value for name in names for value in listed(RecordType(name)))
            case SetType(element):
                members = listed(element)
                chosen = product([(False, True)] * len(members), kind)
                return tuple(frozenset(itertools.compress(members, row)) for row in chosen)
            case MapType(key, value):
                return product([listed(value)] * len(map_keys(key, instance)), kind)
            case SeqType(element, bound):
                capacity = instance.bound(bound)
                if capacity is None:
                    raise _endless(kind, span, place)
                values = listed(element)
                return tuple(row for length in range(capacity + 1) for row in product([values] * length, kind))
            case _:
                raise _endless(kind, span, place)

    def product(columns: Iterable[tuple[Value, ...]], kind: Type) -> tuple[tuple[Value, ...], ...]:
        parts = list(columns)
        total = 1
        for part in parts:
            total *= len(part)
            if total > LISTED_MAX:
                raise error(
                    span,
                    "Y003",
                    f"{place}: {kind} has more than {LISTED_MAX:,} values: too many for any of them to be assumed",
                    "use a smaller instance, or --engine bmc, which lists only what comes about",
                )
        return tuple(itertools.product(*parts))

    return listed(kind)


def _endless(kind: Type, span: Span, place: str) -> Exception:
    return error(
        span or NOWHERE,
        "Y003",
        f"{place}: there is no end to the values of {kind}, so induction cannot assume any of them",
        "declare a range or a capacity, or use --engine bmc, which begins in the initial states",
    )
