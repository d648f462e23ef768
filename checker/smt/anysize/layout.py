"""The state of a model as relations, what is always true of them, and what a model fixes besides its state.

A map to a sort becomes a relation from keys to the member; a map to an order becomes two *cuts*, the members below the
value and those at most it; an option a flag more; a record one such thing for each field. A set, and each kind of
message of a network, becomes a relation of its members' parts: one for each *shape*, that is each way in which its
optional parts are there or not.

What `typing` returns is true of every state by what the relations mean, so it is assumed and never proved.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checker.diagnostics import Span, error
from checker.ir.system import System
from checker.ir.types import (
    BoolType,
    EnumType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SetType,
    SortType,
    Type,
    record_names,
)
from checker.smt.anysize.formula import (
    NO,
    YES,
    Atom,
    Column,
    Constant,
    Formula,
    Quantified,
    Relation,
    Term,
    Var,
    below,
    conj,
    exists,
    forall,
    free,
    implies,
    neg,
    same,
)
from checker.smt.anysize.values import (
    Algebra,
    Branch,
    Entries,
    Members,
    Names,
    Network,
    Optional,
    Record,
    Scalar,
    Symbol,
    named,
    sort_of,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One form that values of a type have: for all `variables`, `value`. `optional` are those under an option.

    No two shapes of a type have the same `label`: it says of each option and bool whether it is there, or true.
    """

    variables: tuple[Var, ...]
    value: Symbol
    optional: tuple[bool, ...]
    label: str = ""


class Layout:
    """The relations of one system, made as they are asked for; `relations` has all that were made, in order."""

    def __init__(self, system: System, names: Names) -> None:
        self.system = system
        self.names = names
        self.orders = frozenset(d.type.name for d in system.domains if isinstance(d.type, OrderType))
        self.algebra = Algebra(names, self.fields)
        self.relations: dict[str, Relation] = {}
        self._record_fields = {r.name: {f.name: f.type for f in r.fields} for r in system.records}

    def fields(self, record: str) -> Mapping[str, Type]:
        """Return the types of a record's fields, in order."""
        return self._record_fields[record]

    def relation(self, name: str, sorts: Sequence[str], payload: tuple[Column, ...] = ()) -> Relation:
        made = Relation(name, tuple(sorts), payload, self.orders)
        known = self.relations.setdefault(name, made)
        assert known == made, f"two relations are called {name}"
        return known

    def symbol(self, name: str, kind: Type, span: Span, keys: tuple[Term, ...] = ()) -> Symbol:
        """Return the value called `name` at some keys.

        Raises:
            QuoraxError: P001, for a type without a form as relations.

        """
        sorts = [k.sort for k in keys]
        match kind:
            case BoolType():
                return Atom(self.relation(name, sorts), keys)
            case SortType(sort) | EnumType(sort) | QuorumType(sort, _) | OrderType(sort) if not keys:
                return named(Constant(name, sort))
            case SortType(sort) | EnumType(sort) | QuorumType(sort, _):
                at = self.relation(f"{name}.is", (*sorts, sort))
                return Scalar(sort, lambda t: Atom(at, (*keys, t)), _not_ordered, _not_ordered)
            case OrderType(sort):
                return self._cut(name, sort, keys)
            case OptionType(inner):
                has = Atom(self.relation(f"{name}?", sorts), keys)
                return Optional(has, self.symbol(name, inner, span, keys))
            case RecordType(record):
                return Record(
                    record, {f: self.symbol(f"{name}.{f}", t, span, keys) for f, t in self.fields(record).items()}
                )
            case SetType(element):
                return self._set(name, element, span, keys)
            case MapType(_, value):
                self._refuse_keys(kind, span)
                return Entries(kind, lambda t: self.symbol(name, value, span, (*keys, t)))
            case MessageSetType(element):
                return Network({r: self._set(f"{name}.{r}", RecordType(r), span, keys) for r in record_names(element)})
            case _:
                raise unsupported(span, f"the type {kind}", _INSTEAD.get(type(kind).__name__, "use sets and maps"))

    def _refuse_keys(self, kind: Type, span: Span) -> None:
        """Complain about a map, in a map, whose keys are of no sort."""
        while isinstance(kind, MapType):
            if sort_of(kind.key) is None:
                raise unsupported(span, f"a map from {kind.key}", "use a Sort, an Order or an Enum as its key")
            kind = kind.value

    def shapes(self, kind: Type, name: str, span: Span, *, is_optional: bool = False) -> list[Shape]:
        """Return the forms of a type's values, each with variables of its own.

        Raises:
            QuoraxError: P001, for a type whose values cannot be enumerated so.

        """
        sort = sort_of(kind)
        if sort is not None:
            variable = self.names.new(name, sort)
            return [Shape((variable,), named(variable), (is_optional,))]
        match kind:
            case BoolType():
                return [Shape((), YES, (), f"+{name}"), Shape((), NO, (), f"-{name}")]
            case OptionType(inner):
                nothing = Shape((), Optional(NO, self.algebra.absent(inner)), (), f"-{name}")
                return [
                    nothing,
                    *(
                        Shape(s.variables, Optional(YES, s.value), s.optional, f"+{name}{_inner(s.label)}")
                        for s in self.shapes(inner, name, span, is_optional=True)
                    ),
                ]
            case RecordType(record):
                types = self.fields(record)
                columns = [self.shapes(t, f, span, is_optional=is_optional) for f, t in types.items()]
                return [_joined(record, tuple(types), parts) for parts in itertools.product(*columns)]
            case _:
                raise unsupported(
                    span, f"{kind} inside a set, a message or a parameter", "send one message per element instead"
                )

    def shape_relation(self, name: str, keys: Sequence[Term], shape: Shape) -> Relation:
        """Return the relation of the members of one shape in a set."""
        sorts = (*(k.sort for k in keys), *(v.sort for v in shape.variables))
        payload = tuple(len(keys) + i for i, is_optional in enumerate(shape.optional) if is_optional)
        return self.relation(shape_name(name, shape), sorts, payload)

    def _set(self, name: str, element: Type, span: Span, keys: tuple[Term, ...]) -> Members:
        hint = "x" if sort_of(element) else "m"

        def branches() -> list[Branch]:
            made = []
            for shape in self.shapes(element, hint, span):
                relation = self.shape_relation(name, keys, shape)
                made.append(Branch(shape.variables, Atom(relation, (*keys, *shape.variables)), shape.value))
            return made

        branches()  # complains about the type now
        return self.algebra.listed(element, branches, span)

    def _cut(self, name: str, sort: str, keys: tuple[Term, ...]) -> Scalar:
        sorts = [k.sort for k in keys]
        over = self.relation(f"{name}.over", (*sorts, sort))
        at_least = self.relation(f"{name}.from", (*sorts, sort))

        def is_over(t: Term) -> Formula:
            return Atom(over, (*keys, t))

        def is_from(t: Term) -> Formula:
            return Atom(at_least, (*keys, t))

        return Scalar(sort, lambda t: conj((is_from(t), neg(is_over(t)))), is_over, is_from)

    # -- what is always true ------------------------------------------------------------------------------------------

    def typing(self, name: str, kind: Type, span: Span) -> Iterator[tuple[str, Formula]]:
        """Yield what is true of the value called `name` whatever it is, each with a name."""
        for value, keys, present in self._leaves(name, kind, span, (), YES):
            own, other = self.names.new("x", value.sort), self.names.new("y", value.sort)
            if value.sort in self.orders:
                yield f"cut of {name}", self._is_cut(value, keys)
            else:
                both = conj((value.equals(own), value.equals(other)))
                yield f"one value of {name}", forall((*keys, own, other), implies(both, same(own, other)))
            if present != YES:
                test = value.is_from(own) if value.sort in self.orders else value.equals(own)
                yield f"nothing in {name} where it is None", forall((*keys, own), implies(test, present))
        for relation in self._sets(name, kind, span, ()):
            if relation.payload:
                yield from self._projections(relation)

    def existence(self, name: str, kind: Type, span: Span) -> Iterator[tuple[str, Formula]]:
        """Yield what else is true of it: that there is a value, and a payload where there is a projection.

        It leads from keys to members, and through the lemmas back to keys: instances without end. So it is assumed only
        where a proof does not go through without.
        """
        for value, keys, present in self._leaves(name, kind, span, (), YES):
            own = self.names.new("x", value.sort)
            yield f"a value of {name}", forall(keys, implies(present, exists((own,), value.equals(own))))
        for relation in self._sets(name, kind, span, ()):
            if relation.payload:
                yield from self._payloads(relation)

    def _leaves(
        self, name: str, kind: Type, span: Span, keys: tuple[Var, ...], present: Formula
    ) -> Iterator[tuple[Scalar, tuple[Var, ...], Formula]]:
        """Yield the members of sorts that a value consists of, with the keys of maps and when they are there."""
        match kind:
            case SortType() | EnumType() | QuorumType() | OrderType() if keys:
                value = self.symbol(name, kind, span, keys)
                assert isinstance(value, Scalar)
                yield value, keys, present
            case OptionType(inner):
                whole = self.symbol(name, kind, span, keys)
                assert isinstance(whole, Optional)
                yield from self._leaves(name, inner, span, keys, conj((present, whole.has)))
            case RecordType(record):
                for field, field_type in self.fields(record).items():
                    yield from self._leaves(f"{name}.{field}", field_type, span, keys, present)
            case MapType(key, value_type):
                key_sort = sort_of(key) or ""
                yield from self._leaves(name, value_type, span, (*keys, self.names.new("k", key_sort)), present)
            case _:
                return

    def _sets(self, name: str, kind: Type, span: Span, keys: tuple[Var, ...]) -> Iterator[Relation]:
        """Yield the relations of the sets in a value."""
        match kind:
            case SetType(element):
                for shape in self.shapes(element, "x" if sort_of(element) else "m", span):
                    yield self.shape_relation(name, keys, shape)
            case OptionType(inner):
                yield from self._sets(name, inner, span, keys)
            case RecordType(record):
                for field, field_type in self.fields(record).items():
                    yield from self._sets(f"{name}.{field}", field_type, span, keys)
            case MapType(key, value):
                yield from self._sets(name, value, span, (*keys, self.names.new("k", sort_of(key) or "")))
            case MessageSetType(element):
                for record in record_names(element):
                    yield from self._sets(f"{name}.{record}", SetType(RecordType(record)), span, keys)
            case _:
                return

    def _is_cut(self, cut: Scalar, keys: tuple[Var, ...]) -> Formula:
        """Return that both sets are closed downwards, and differ by one member at most."""
        one, other = self.names.new("x", cut.sort), self.names.new("y", cut.sort)
        is_below = below(one, other, strict=True)
        return conj(
            (
                forall((*keys, one), implies(cut.is_over(one), cut.is_from(one))),
                forall((*keys, one, other), implies(conj((cut.is_from(other), is_below)), cut.is_over(one))),
                forall((*keys, one, other), implies(conj((cut.equals(one), is_below)), neg(cut.is_from(other)))),
            )
        )

    def _projections(self, relation: Relation) -> Iterator[tuple[str, Formula]]:
        """Yield how the projections of a relation follow from it. (That they follow from nothing else is left out.)"""
        args = tuple(self.names.new("x", sort) for sort in relation.sorts)
        kept = tuple(args[i] for i in relation.kept())
        tuple_, some = Atom(relation, args), Atom(relation.some(), kept)
        yield f"{relation.name} has a payload", forall(args, implies(tuple_, some))
        for column in relation.cut_columns():
            bound, lower = args[column], self.names.new("y", relation.sorts[column])
            at_least, over = relation.cut(column, strict=False), relation.cut(column, strict=True)
            yield (
                f"{relation.name} reaches its payload",
                conj(
                    forall(
                        (*args, lower),
                        implies(conj((tuple_, below(lower, bound, strict=strict))), Atom(cut, (*kept, lower))),
                    )
                    for cut, strict in ((at_least, False), (over, True))
                ),
            )
            is_less = below(lower, bound, strict=True)
            yield (
                f"{relation.name} is cut",
                conj(
                    (
                        forall((*kept, lower), implies(Atom(over, (*kept, lower)), Atom(at_least, (*kept, lower)))),
                        forall((*kept, lower), implies(Atom(at_least, (*kept, lower)), some)),
                        forall(
                            (*kept, bound, lower),
                            implies(conj((Atom(at_least, (*kept, bound)), is_less)), Atom(over, (*kept, lower))),
                        ),
                    )
                ),
            )

    def _payloads(self, relation: Relation) -> Iterator[tuple[str, Formula]]:
        """Yield that a projection is there because of a payload."""
        args = tuple(self.names.new("x", sort) for sort in relation.sorts)
        kept, payload = (tuple(args[i] for i in columns) for columns in (relation.kept(), relation.payload))
        whole = Atom(relation, args)
        yield (
            f"a payload of {relation.name}",
            forall(kept, implies(Atom(relation.some(), kept), _exists(payload, whole))),
        )
        for column in relation.cut_columns():
            own = self.names.new("y", relation.sorts[column])
            for strict in (False, True):
                there = conj((whole, below(own, args[column], strict=strict)))
                reached = Atom(relation.cut(column, strict=strict), (*kept, own))
                yield (
                    f"a payload of {relation.name} there",
                    forall((*kept, own), implies(reached, _exists(payload, there))),
                )


def _exists(variables: tuple[Var, ...], body: Formula) -> Formula:
    """Return an existential closure as it stands: it would be made the projection that it is to define."""
    return Quantified(False, variables, body, free(body) - set(variables))


def shape_name(name: str, shape: Shape) -> str:
    """Return the name of the relation of one shape in the set called `name`: "net.Promise[-vote]"."""
    return f"{name}[{shape.label}]" if shape.label else name


def _inner(label: str) -> str:
    return f"({label})" if label else ""


def unsupported(span: Span, what: str, instead: str) -> Exception:
    """Return the error that says what has no form at any size."""
    return error(span, "P001", f"no proof for any size: {what} has no form as relations", instead)


_INSTEAD = {
    "IntType": "count with members of an Order, or ask whether a set covers a quorum",
    "SeqType": "write a Map from an Order of positions instead",
    "BagType": "use a MessageSet, from which messages do not go: what holds then holds with a Bag too",
    "FifoType": "use a MessageSet whose messages carry their position",
    "UnionType": "use a record with optional fields, or one variable for each of the alternatives",
}


def _joined(record: str, names: tuple[str, ...], parts: Sequence[Shape]) -> Shape:
    return Shape(
        tuple(v for p in parts for v in p.variables),
        Record(record, {name: p.value for name, p in zip(names, parts, strict=True)}),
        tuple(o for p in parts for o in p.optional),
        "".join(p.label for p in parts),
    )


def _not_ordered(term: Term) -> Formula:
    raise AssertionError(f"{term.sort} has no order")
