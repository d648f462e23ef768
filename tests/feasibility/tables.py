"""The state of a model as relations, and what is true of them whatever the model does.

Every place of the state is a table. `Map[K, T | None]` is a table with a row for each key that has a value, and the
messages of one kind are a table whose key is their fields, but for one that may be None: that is the payload. A table
is observed through relations, which have one argument per column of its key, then:

    t            the payload's columns   there is such a row
    t.has                                there is a row with some payload
    t.none                               there is a message without payload (of a map: not t.has)
    t.<c>.le     r                       there is a row whose payload's column c, of an order, is r or above
    t.<c>.lt     r                       ... above r
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SortType,
    Type,
    Value,
    record_names,
)
from tests.feasibility.formulas import (
    IN,
    LE,
    Atom,
    Formula,
    Row,
    Structure,
    Var,
    at_most,
    below,
    conj,
    disj,
    forall,
    implies,
    neg,
    same,
)

Values: TypeAlias = tuple[Value, ...]


class UnsupportedError(Exception):
    """The sketch has no lowering for something."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    sort: str
    is_order: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Where a part of the state is: the columns of the key, and those of what may be None (none: nothing may)."""

    name: str
    keys: tuple[str, ...]
    payload: tuple[Column, ...]
    is_map: bool

    @property
    def kind(self) -> str:
        """Return the kind of the messages."""
        return self.name.rpartition(".")[2]

    @property
    def is_cut_only(self) -> bool:
        """Return whether the payload is one member of an order, which the cuts define."""
        return self.is_map and len(self.payload) == 1 and self.payload[0].is_order

    def split(self, row: Row) -> tuple[Row, Row]:
        return row[: len(self.keys)], row[len(self.keys) :]

    def row(self, keys: Row, payload: Row) -> Formula:
        return Atom(self.name, (*keys, *payload))

    def has(self, keys: Row) -> Formula:
        return Atom(f"{self.name}.has", keys)

    def none(self, keys: Row) -> Formula:
        return neg(self.has(keys)) if self.is_map else Atom(f"{self.name}.none", keys)

    def cut(self, column: Column, kind: str, keys: Row, bound: Var) -> Formula:
        """Return whether there is a payload with `bound < column` (kind lt) or `bound <= column` (le)."""
        return Atom(dotted(self.name, column.name, kind), (*keys, bound))


def tables_of(system: System) -> dict[str, Table]:
    """Return the tables of a system's state by name: `v` for a map v, `n.K` for the messages of kind K in n."""
    tables: list[Table] = []
    for variable in system.variables:
        match variable.type:
            case MapType(SortType(key) | OrderType(key), OptionType(inner)):
                tables.append(Table(variable.name, (key,), columns_of(inner, system), True))
            case MessageSetType(element):
                for kind in record_names(element):
                    types = [f.type for f in system.record(kind).fields]
                    keys = tuple(str(t) for t in types if not isinstance(t, OptionType))
                    options = [t.inner for t in types if isinstance(t, OptionType)]
                    payload = columns_of(options[0], system) if options else ()
                    if len(options) > 1:
                        raise UnsupportedError(f"message {kind} has several optional fields")
                    tables.append(Table(f"{variable.name}.{kind}", keys, payload, False))
            case other:
                raise UnsupportedError(f"{variable.name} is a {other}")
    return {t.name: t for t in tables}


def columns_of(kind: Type, system: System) -> tuple[Column, ...]:
    """Return the columns of a member of a domain, which has no name, or of a record of such members."""
    match kind:
        case SortType(name) | OrderType(name) | QuorumType(name, _):
            return (Column("", name, isinstance(kind, OrderType)),)
        case RecordType(name):
            fields = [(f.name, columns_of(f.type, system)) for f in system.record(name).fields]
            if any(len(columns) > 1 for _, columns in fields):
                raise UnsupportedError(f"{name} is a record of records")
            return tuple(replace(column, name=name) for name, (column,) in fields)
        case _:
            raise UnsupportedError(f"{kind} is no row of members")


def dotted(*names: str) -> str:
    return ".".join(filter(None, names))


def typing(tables: Iterable[Table]) -> Iterator[Formula]:
    """Yield what holds of the relations of tables whatever the model does: a row shows in all that observe it.

    That each observation has a row to show for it is left out: true, but not needed, and one edge more between sorts.
    """
    for table in tables:
        keys = tuple(Var(f"k{i}", sort) for i, sort in enumerate(table.keys))
        row = tuple(Var(f"x{i}", c.sort) for i, c in enumerate(table.payload))
        if table.payload and not table.is_cut_only:
            there = table.row(keys, row)
            yield forall((*keys, *row), implies(there, table.has(keys)))
            if table.is_map:
                other = tuple(Var(f"y{i}", c.sort) for i, c in enumerate(table.payload))
                both = conj(there, table.row(keys, other))
                yield forall((*keys, *row, *other), implies(both, conj(*map(same, row, other))))
        for column, x in zip(table.payload, row, strict=True):
            if column.is_order:
                yield from _typing_of_cuts(table, column, keys, row, x)


def _typing_of_cuts(table: Table, column: Column, keys: Row, row: Row, x: Var) -> Iterator[Formula]:
    r, s = Var("r", column.sort), Var("s", column.sort)
    le, lt = table.cut(column, "le", keys, r), table.cut(column, "lt", keys, r)
    yield forall((*keys, r), implies(lt, le))
    yield forall((*keys, r), implies(le, table.has(keys)))
    yield forall((*keys, r, s), implies(conj(le, below(s, r)), table.cut(column, "lt", keys, s)))
    if not table.is_cut_only:
        there = table.row(keys, row)
        yield forall((*keys, *row, r), implies(conj(there, at_most(r, x)), le))
        if table.is_map:
            yield forall((*keys, *row, r), implies(conj(there, le), at_most(r, x)))


def orders(system: System) -> Iterator[Formula]:
    """Yield that the orders of a system are total."""
    for domain in system.domains:
        if isinstance(domain.type, OrderType):
            x, y, z = (Var(name, domain.type.name) for name in "xyz")
            yield forall((x,), at_most(x, x))
            yield forall((x, y, z), implies(conj(at_most(x, y), at_most(y, z)), at_most(x, z)))
            yield forall((x, y), implies(conj(at_most(x, y), at_most(y, x)), same(x, y)))
            yield forall((x, y), disj(at_most(x, y), at_most(y, x)))


def background(system: System, instance: Instance) -> Structure:
    """Return the domains, their orders, and the quorums with their members."""
    members: dict[str, Values] = {}
    relations: dict[str, frozenset[Values]] = {}
    for domain in system.domains:
        name = domain.type.name
        members[name] = tuple(range(instance.size(name)))
        if isinstance(domain.type, OrderType):
            relations[LE + name] = frozenset((x, y) for x in members[name] for y in members[name] if x <= y)
    for quorum in system.quorums:
        name = quorum.type.name
        members[name] = instance.quorums[name]
        relations[IN + name] = frozenset((a, q) for q in members[name] for a in q)
    return Structure(members, relations)


def observed(tables: Iterable[Table], system: System, state: Values, fixed: Structure) -> Structure:
    """Return the relations of a state, by what they mean, beside what the instance has fixed."""
    values = dict(zip((v.name for v in system.variables), state, strict=True))
    relations = dict(fixed.relations)
    for table in tables:
        rows: list[tuple[Values, Values | None]]
        if table.is_map:
            rows = [((key,), row_of(value)) for key, value in enumerate(values[table.name])]
        else:
            network = table.name.removesuffix(f".{table.kind}")
            rows = [_row_of_message(m, system) for m in values[network] if m[0] == table.kind]
        relations |= _relations(table, rows, fixed)
    return Structure(fixed.members, relations)


def row_of(value: Value) -> Values | None:
    """Return a member, a record or None as a row."""
    if value is None:
        return None
    return tuple(value[1:]) if isinstance(value, tuple) else (value,)


def _row_of_message(message: Value, system: System) -> tuple[Values, Values | None]:
    fields = system.record(message[0]).fields
    options = [v for f, v in zip(fields, message[1:], strict=True) if isinstance(f.type, OptionType)]
    keys = tuple(v for f, v in zip(fields, message[1:], strict=True) if not isinstance(f.type, OptionType))
    return keys, row_of(options[0]) if options else ()


def _relations(
    table: Table, rows: Iterable[tuple[Values, Values | None]], fixed: Structure
) -> Iterator[tuple[str, frozenset[Values]]]:
    there = [(keys, row) for keys, row in rows if row is not None]
    if not table.is_cut_only:
        yield table.name, frozenset((*keys, *row) for keys, row in there)
    if table.payload:
        yield f"{table.name}.has", frozenset(keys for keys, _ in there)
    if table.payload and not table.is_map:
        yield f"{table.name}.none", frozenset(keys for keys, row in rows if row is None)
    for place, column in enumerate(table.payload):
        if column.is_order:
            bounds = [(keys, r, row[place]) for keys, row in there for r in fixed.members[column.sort]]
            name = dotted(table.name, column.name)
            yield f"{name}.le", frozenset((*keys, r) for keys, r, x in bounds if r <= x)
            yield f"{name}.lt", frozenset((*keys, r) for keys, r, x in bounds if r < x)
