"""The type of an expression, computed from the types its parts carry: one rule for each kind of node.

Every node of the IR carries its type, as the front end found it; these rules are the second opinion that `check`
compares it with, and what generated nodes take their types from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar, assert_never

from checker.ir.expr import (
    And,
    Arith,
    Call,
    Comprehension,
    Concat,
    Const,
    Covers,
    Eq,
    Expr,
    Extremum,
    FieldOf,
    Given,
    Index,
    Interval,
    IsVariant,
    Ite,
    Less,
    Let,
    Local,
    Make,
    MakeMap,
    MakeSeq,
    MakeSet,
    Member,
    Messages,
    Not,
    Only,
    Or,
    Quantifier,
    SetOp,
    Size,
    Slice,
    State,
    Subset,
    Universe,
    Unwrap,
)
from checker.ir.show import show_expr
from checker.ir.system import System
from checker.ir.types import (
    BOOL,
    INT,
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
    accepts,
    join,
    record_names,
)
from checker.ir.values import channels_type
from checker.ir.walk import children

T = TypeVar("T")


class IllTypedError(Exception):
    """An expression that no rule gives a type. The message is one sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean where an expression stands. `has_old`: there is a state before, as in transition invariants."""

    system: System
    names: Mapping[str, Type]
    has_old: bool = False

    def bind(self, name: str, kind: Type) -> Scope:
        return replace(self, names={**self.names, name: kind})


def type_of(expr: Expr, scope: Scope) -> Type:
    """Return the least type of `expr`, taking the types of its direct parts as given.

    Raises:
        IllTypedError: an unknown name, a part of the wrong type, a literal that is no value of its type.

    """
    match expr:
        case Const(type=kind, value=value):
            _want(is_value(kind, value, scope.system), f"{value!r} is no literal of {kind}")
            return kind
        case Local(name=name):
            return _known(scope.names, name, "local name")
        case State() | Given() | Universe() | Call():
            return _of_name(expr, scope)
        case FieldOf() | Index() | Make() | MakeSet() | MakeSeq() | MakeMap() | IsVariant() | Unwrap():
            return _of_structure(expr, scope)
        case Eq() | Less() | Not() | And() | Or() | Ite() | Let() | Quantifier():
            return _of_logic(expr)
        case Comprehension() | Member() | SetOp() | Subset() | Extremum() | Only() | Messages() | Covers():
            return _of_collection(expr, scope)
        case Arith() | Interval() | Size() | Concat() | Slice():
            return _of_number(expr)
        case _:
            assert_never(expr)


def inner_scopes(expr: Expr, scope: Scope) -> tuple[Scope, ...]:
    """Return the scope of each of `children(expr)`."""
    match expr:
        case Let(name=name, value=value):
            return scope, scope.bind(name, value.type)
        case MakeMap(type=MapType(key, _), variable=name):
            return (scope.bind(name, key),)
        case Extremum(collection=collection, variable=name, key=key, default=default):
            in_key = () if key is None else (scope.bind(name, element_type(collection.type)),)
            return (scope, *in_key, *(() if default is None else (scope,)))
        case Quantifier(generators=generators) | Comprehension(generators=generators):
            scopes: list[Scope] = []
            for generator in generators:
                scopes.append(scope)
                scope = scope.bind(generator.variable, element_type(generator.domain.type))
                scopes += [scope] * len(generator.conditions)
            return (*scopes, scope)
        case _:
            return (scope,) * len(children(expr))


def element_type(kind: Type) -> Type:
    """Return the type of the elements of what can be iterated.

    Raises:
        IllTypedError: values of `kind` cannot be.

    """
    match kind:
        case SetType(element) | SeqType(element, _):
            return element
        case QuorumType(_, base):
            return base
        case _:
            raise IllTypedError(f"{kind} cannot be iterated")


def is_value(kind: Type, value: Value, system: System) -> bool:
    """Return whether a literal is a value of a type in every instance: no member of a sort, of an order the first."""
    match kind:
        case BoolType():
            return isinstance(value, bool)
        case IntType():
            return isinstance(value, int) and not isinstance(value, bool)
        case EnumType(name):
            return isinstance(value, int) and 0 <= value < len(system.domain(name).members)
        case OrderType():
            return bool(value == 0 and isinstance(value, int))
        case NoneType():
            return value is None
        case OptionType(inner):
            return value is None or is_value(inner, value, system)
        case RecordType() | UnionType():
            return _is_record(kind, value, system)
        case SetType(element):
            return isinstance(value, frozenset) and all(is_value(element, v, system) for v in value)
        case SeqType(element):
            return isinstance(value, tuple) and all(is_value(element, v, system) for v in value)
        case _:
            return False


def _is_record(kind: RecordType | UnionType, value: Value, system: System) -> bool:
    if not isinstance(value, tuple) or not value or value[0] not in record_names(kind):
        return False
    fields = system.record(value[0]).fields
    return len(fields) + 1 == len(value) and all(
        is_value(f.type, v, system) for f, v in zip(fields, value[1:], strict=True)
    )


def _of_name(expr: State | Given | Universe | Call, scope: Scope) -> Type:
    system = scope.system
    match expr:
        case State(name=name, old=old):
            _want(scope.has_old or not old, f"there is no old {name} here")
            _want(not any(v.name == name and v.is_budget for v in system.variables), f"the budget {name} is read")
            return _known({v.name: v.type for v in system.variables}, name, "variable")
        case Given(name=name):
            return _known({g.name: g.type for g in system.givens}, name, "constant or bound")
        case Universe(type=SetType(BoolType() | EnumType() | SortType() | OrderType() | QuorumType())):
            return expr.type
        case Universe(type=kind):
            raise IllTypedError(f"{kind} has no universe")
        case Call(function=name, args=args, old=old):
            function = _known({f.name: f for f in system.functions}, name, "function")
            _want(scope.has_old or not (old or function.of_step), f"{name} reads the old state where there is none")
            _want(not (old and function.of_step), f"{name} sees two states: it cannot be called on the old one alone")
            _fitting((p.type for p in function.parameters), args, name)
            return function.type
        case _:
            assert_never(expr)


def _of_structure(
    expr: FieldOf | Index | Make | MakeSet | MakeSeq | MakeMap | IsVariant | Unwrap, scope: Scope
) -> Type:
    match expr:
        case FieldOf(target=target, name=name):
            names = record_names(target.type)
            return _common(f.type for n in names for f in scope.system.record(n).fields if f.name == name)
        case Index(target=target, key=key):
            wanted, value = _indexed(target.type)
            _fits(wanted, key)
            return value
        case Make(type=RecordType(name), args=args):
            _fitting((f.type for f in scope.system.record(name).fields), args, name)
            return expr.type
        case MakeSet(type=SetType(element), args=args) | MakeSeq(type=SeqType(element), args=args):
            _fitting([element] * len(args), args, str(expr.type))
            return expr.type
        case MakeMap(type=MapType(_, wanted), value=value):
            _fits(wanted, value)
            return expr.type
        case IsVariant(target=target, record=record):
            _want(record in record_names(target.type), f"{target.type} is never {record}")
            return BOOL
        case Unwrap(target=target):
            if isinstance(target.type, OptionType):
                return target.type.inner
            raise IllTypedError(f"{target.type} is not optional")
        case _:
            raise IllTypedError(f"{expr.type} is not made like this")


def _of_logic(expr: Eq | Less | Not | And | Or | Ite | Let | Quantifier) -> Type:
    match expr:
        case Eq(left=left, right=right):
            merged = _common((left.type, right.type))
            _want(not isinstance(merged, BagType | MessageSetType | FifoType), "networks are not compared")
            return BOOL
        case Less(left=left, right=right):
            _want(_is_ordered(left.type, right.type), f"{left.type} and {right.type} have no order")
            return BOOL
        case Not(operand=operand):
            _fits(BOOL, operand)
            return BOOL
        case And(operands=operands) | Or(operands=operands):
            _fitting([BOOL] * len(operands), operands, "a connective")
            return BOOL
        case Ite(condition=condition, then=then, orelse=orelse):
            _fits(BOOL, condition)
            return _common((then.type, orelse.type))
        case Let(body=body):
            return body.type
        case Quantifier(generators=generators, body=body):
            for condition in (body, *(c for g in generators for c in g.conditions)):
                _fits(BOOL, condition)
            return BOOL
        case _:
            assert_never(expr)


def _of_collection(
    expr: Comprehension | Member | SetOp | Subset | Extremum | Only | Messages | Covers, scope: Scope
) -> Type:
    match expr:
        case Comprehension(generators=generators, element=element):
            for condition in (c for g in generators for c in g.conditions):
                _fits(BOOL, condition)
            _want(not isinstance(element.type, BagType | MessageSetType | FifoType), "a network is no element")
            return SetType(element.type)
        case Member(element=element, collection=collection):
            inner = collection.type
            if isinstance(inner, BagType | MessageSetType):
                _common((inner.element, element.type))
            else:
                _common((element_type(inner), element.type))
            return BOOL
        case SetOp(left=left, right=right) | Subset(left=left, right=right):
            merged = _common((_as_set(left.type), _as_set(right.type)))
            return merged if isinstance(expr, SetOp) else BOOL
        case Extremum():
            return _of_extremum(expr)
        case Only(collection=collection):
            return element_type(collection.type)
        case Messages(network=network, record=record):
            is_network = isinstance(network.type, BagType | MessageSetType)
            _want(is_network and record in record_names(network.type.element), f"{network.type} has no {record}")  # type: ignore[union-attr]
            return SetType(RecordType(record))
        case Covers(quorum=name, collection=collection):
            quorum = _known({q.type.name: q.type for q in scope.system.quorums}, name, "quorum system")
            _fits(SetType(quorum.base), collection)
            return BOOL
        case _:
            assert_never(expr)


def _of_extremum(expr: Extremum) -> Type:
    element = element_type(expr.collection.type)
    compared = element if expr.key is None else expr.key.type
    _want(_is_ordered(compared, compared) or isinstance(element, EmptyType), f"{compared} has no order")
    if expr.all_of:
        _want(expr.default is None, "the set of all extrema has no default")
        return SetType(element)
    return element if expr.default is None else _common((element, expr.default.type))


def _of_number(expr: Arith | Interval | Size | Concat | Slice) -> Type:
    match expr:
        case Arith(left=left, right=right) | Interval(low=left, high=right):
            _fitting((INT, INT), (left, right), "arithmetic")
            return INT if isinstance(expr, Arith) else SetType(INT)
        case Size(collection=collection):
            countable = isinstance(collection.type, SetType | QuorumType | SeqType | BagType)
            _want(countable, f"{collection.type} has no size")
            return INT
        case Concat(left=left, right=right):
            _want(isinstance(left.type, SeqType) and isinstance(right.type, SeqType), "only sequences are concatenated")
            merged = _common((left.type, right.type))
            return SeqType(element_type(merged))
        case Slice(sequence=sequence, low=low, high=high):
            _want(isinstance(sequence.type, SeqType), f"{sequence.type} has no slices")
            for end in (low, high):
                if end is not None:
                    _fits(INT, end)
            return SeqType(element_type(sequence.type))
        case _:
            assert_never(expr)


def _indexed(kind: Type) -> tuple[Type, Type]:
    """Return the types of the key and the value where something of type `kind` is indexed."""
    match kind:
        case MapType(key, value):
            return key, value
        case SeqType(element, _):
            return INT, element
        case FifoType(endpoint, _, _):
            return endpoint, channels_type(kind).value
        case _:
            raise IllTypedError(f"{kind} cannot be indexed")


def _as_set(kind: Type) -> Type:
    if isinstance(kind, SetType | QuorumType):
        return SetType(element_type(kind))
    raise IllTypedError(f"{kind} is no set")


def _is_ordered(left: Type, right: Type) -> bool:
    return isinstance(left, IntType | OrderType) and accepts(left, right)


def _common(kinds: Iterable[Type]) -> Type:
    merged: Type | None = None
    for kind in kinds:
        before = merged
        merged = kind if merged is None else join(merged, kind)
        _want(merged is not None, f"{before} and {kind} have nothing in common")
    if merged is None:
        raise IllTypedError("no part says which type this has")
    return merged


def _fitting(kinds: Iterable[Type], args: tuple[Expr, ...], what: str) -> None:
    wanted = tuple(kinds)
    _want(len(wanted) == len(args), f"{what} takes {len(wanted)} arguments, not {len(args)}")
    for kind, arg in zip(wanted, args, strict=True):
        _fits(kind, arg)


def _fits(kind: Type, arg: Expr) -> None:
    _want(accepts(kind, arg.type), f"{show_expr(arg)} is {arg.type} where {kind} is wanted")


def _known(table: Mapping[str, T], name: str, what: str) -> T:
    if name not in table:
        raise IllTypedError(f"unknown {what} {name}")
    return table[name]


def _want(condition: bool, message: str) -> None:
    if not condition:
        raise IllTypedError(message)
