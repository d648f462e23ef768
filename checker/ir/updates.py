"""Values with one place changed, as expressions: what assignments come to once a step is a function of its pre-state.

An assignment `m[k] = v` makes the map `{key: v if key == k else m[key]}`, one to a sequence the parts around the
element with the new one between. Reading such a value back at a known key is simplified, so that what a step reads
after its own writes stays as short as what was written. Back ends that have words of their own for a changed place
(`EXCEPT` of TLA+, `store` of SMT-LIB) find it again with `as_update`, and the next member of an order with
`as_successor`.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.ir.expr import (
    Arith,
    Comprehension,
    Concat,
    Const,
    Eq,
    Expr,
    Extremum,
    FieldOf,
    Generator,
    Given,
    Index,
    Interval,
    Ite,
    Less,
    Local,
    MakeMap,
    MakeSeq,
    Member,
    Quantifier,
    Size,
    Slice,
    State,
    Universe,
    Unwrap,
)
from checker.ir.types import BOOL, INT, FifoType, IntType, MapType, SeqType, SetType, Type, join
from checker.ir.values import channels_type
from checker.ir.walk import free_locals, fresh, substitute


def updated(container: Expr, keys: Sequence[Expr], value: Expr) -> Expr:
    """Return the map or sequence `container` with the place at `keys` holding `value`.

    An index outside a sequence makes the result undefined; a key outside a map leaves the map as it is.
    """
    if not keys:
        return value
    key, *inner = keys
    new = updated(entry(container, key), inner, value) if inner else value
    before = as_update(container)
    if before is not None and before[1] == key:
        container = before[0]
    match entries_type(container.type):
        case MapType(key_type, value_type) as kind:
            taken = free_locals(container) | free_locals(key) | free_locals(new)
            bound = Local(key_type, fresh("key", taken))
            kept = Index(value_type, container, bound)
            return MakeMap(kind, bound.name, Ite(value_type, Eq(BOOL, bound, key), new, kept))
        case SeqType(element, _):
            plain = SeqType(element)
            left, right = Slice(plain, container, None, key), Slice(plain, container, shifted(key, 1), None)
            return Concat(plain, Concat(plain, left, MakeSeq(plain, (new,))), right)
        case _:
            raise AssertionError(f"{container.type} has no places")


def simultaneous(before: Expr, after: Expr, variable: str, domain: Expr, depth: int) -> Expr:
    """Return a map after a loop over `domain`, each of whose iterations writes only at its own key, at `depth`.

    `after` is the map that the iteration for the local `variable` makes of `before`, as an expression.
    """
    kind = entries_type(before.type)
    assert isinstance(kind, MapType), "the iterations of a loop write to maps"
    if depth == 0:
        own = Local(kind.key, variable)
        new = entry(after, own)
        if not _is_every_key(domain, kind.key):
            new = Ite(kind.value, Member(BOOL, own, domain), new, entry(before, own))
        return MakeMap(kind, variable, new)
    made = as_update(after)
    if made is not None and made[0] == before and variable not in free_locals(made[1]):
        return updated(before, (made[1],), simultaneous(entry(before, made[1]), made[2], variable, domain, depth - 1))
    outer = Local(kind.key, fresh("key", free_locals(before) | free_locals(after) | {variable}))
    inner = simultaneous(entry(before, outer), entry(after, outer), variable, domain, depth - 1)
    return MakeMap(kind, outer.name, inner)


def entry(container: Expr, key: Expr) -> Expr:
    """Return the value of a map or sequence at a key, looking through the updates that made a map."""
    match container:
        case MakeMap(variable=variable, value=value):
            return _looked_through(substitute(value, {variable: key}))
        case Ite(type=MapType(_, element), condition=condition, then=then, orelse=orelse):
            if isinstance(then, MakeMap | Ite) or isinstance(orelse, MakeMap | Ite):
                first, second = entry(then, key), entry(orelse, key)
                return first if first == second else Ite(element, condition, first, second, span=container.span)
        case _:
            pass
    match entries_type(container.type):
        case MapType(_, element) | SeqType(element, _):
            return Index(element, container, key)
        case _:
            raise AssertionError(f"{container.type} has no entries")


def entries_type(kind: Type) -> Type:
    """Return a type as a map or sequence; a Fifo is a map of maps of sequences."""
    return channels_type(kind) if isinstance(kind, FifoType) else kind


def as_update(expr: Expr) -> tuple[Expr, Expr, Expr] | None:
    """Return the container, key and new value of what `updated` made for its first key, or None for anything else."""
    match expr:
        case MakeMap(
            variable=variable,
            value=Ite(
                condition=Eq(left=Local(name=asked), right=key),
                then=new,
                orelse=Index(target=old, key=Local(name=read)),
            ),
        ) if variable == asked == read:
            is_bound = any(variable in free_locals(part) for part in (old, key, new))
            return None if is_bound else (old, key, new)
        case Concat(left=Concat(left=Slice() as left, right=MakeSeq(args=(new,))), right=Slice() as right):
            is_whole = left.low is None and right.high is None and left.sequence == right.sequence
            if left.high is not None and is_whole and right.low == shifted(left.high, 1):
                return left.sequence, left.high, new
            return None
        case _:
            return None


def as_single_update(expr: Expr) -> tuple[Expr, Expr, Expr] | None:
    """Return the container, key and new value of an update, also if it is made of several under conditions.

    None if it changes places under different keys, or changes nothing, or changes an element of a sequence or nothing:
    there need not be such an element where nothing changes.
    """
    if not isinstance(expr, Ite):
        return as_update(expr)
    sides = (expr.then, expr.orelse)
    updates = tuple(as_single_update(side) for side in sides)
    found = next((update for update in updates if update is not None), None)
    if found is None:
        return None
    container, key, _ = found
    if None in updates and isinstance(container.type, SeqType):
        return None
    news: list[Expr] = []
    for side, update in zip(sides, updates, strict=True):
        if (side != container) if update is None else (update[:2] != (container, key)):
            return None
        news.append(entry(container, key) if update is None else update[2])
    first, second = news
    return (
        container,
        key,
        Ite(join(first.type, second.type) or first.type, expr.condition, first, second, span=expr.span),
    )


def shifted(number: Expr, by: int) -> Expr:
    """Return an integer expression plus a constant, folded into the constant it may end in: `i - 1` by 1 is `i`."""
    match number:
        case Const(type=kind, value=value):
            return Const(kind, value + by, span=number.span)
        case Arith(operator="+", left=left, right=Const(value=value)):
            return _plus(left, value + by)
        case Arith(operator="-", left=left, right=Const(value=value)):
            return _plus(left, by - value)
        case _:
            return _plus(number, by)


def successor_of(member: Expr) -> Expr:
    """Return the next member of an order: the least of those above. Undefined for the last."""
    bound = Local(member.type, fresh("next", free_locals(member)))
    above = Generator(bound.name, Universe(SetType(member.type)), (Less(BOOL, member, bound),))
    collection = Comprehension(SetType(member.type), (above,), bound)
    return Extremum(member.type, False, False, collection, "member", None, span=member.span)


def has_successor(member: Expr) -> Expr:
    """Return whether there is a member of an order above this one."""
    bound = Local(member.type, fresh("next", free_locals(member)))
    above = Generator(bound.name, Universe(SetType(member.type)))
    return Quantifier(BOOL, "any", (above,), Less(BOOL, member, bound), span=member.span)


def as_successor(expr: Expr) -> Expr | None:
    """Return the member whose successor `successor_of` made, or None for any other expression."""
    match expr:
        case Extremum(collection=Comprehension(generators=(Generator(conditions=(Less(left=member),)),))):
            return member if expr == successor_of(member) else None
        case _:
            return None


def as_has_successor(expr: Expr) -> Expr | None:
    """Return the member that `has_successor` asked about, or None for any other expression."""
    match expr:
        case Quantifier(generators=(Generator(),), body=Less(left=member)):
            return member if expr == has_successor(member) else None
        case _:
            return None


def is_short(expr: Expr) -> bool:
    """Return whether writing an expression out again is no longer than naming it."""
    match expr:
        case Const() | Local() | State() | Given() | Universe():
            return True
        case FieldOf(target=inner) | Unwrap(target=inner) | Size(collection=inner):
            return is_short(inner)
        case Index(target=container, key=key):
            return is_short(container) and is_short(key)
        case Arith(left=left, right=Const()):
            return is_short(left)
        case _:
            member = as_successor(expr)
            return member is not None and is_short(member)


def _is_every_key(domain: Expr, key: Type) -> bool:
    """Return whether a set is plainly that of all keys of a map."""
    match domain, key:
        case Interval(low=Const(value=low), high=Const(value=high)), IntType(first, last):
            return (low, high - 1) == (first, last)
        case _:
            return isinstance(domain, Universe)


def _looked_through(expr: Expr) -> Expr:
    """Return an entry of an update without the comparison of keys, where their equality is plain to see."""
    match expr:
        case Ite(condition=Eq(left=left, right=right), then=then, orelse=orelse):
            if _is_same(left, right):
                return _looked_through(then)
            if isinstance(left, Const) and isinstance(right, Const):
                return _looked_through(orelse)
            return Ite(expr.type, expr.condition, _looked_through(then), _looked_through(orelse), span=expr.span)
        case Index(target=MakeMap() | Ite() as target, key=key):
            return entry(target, key)
        case _:
            return expr


def _is_same(left: Expr, right: Expr) -> bool:
    """Return whether two keys are plainly equal; of integers one may carry a range and the other none."""
    return left == right or (isinstance(left, Local) and isinstance(right, Local) and left.name == right.name)


def _plus(number: Expr, by: int) -> Expr:
    if by == 0:
        return number
    return Arith(INT, "+" if by > 0 else "-", number, Const(INT, abs(by)), span=number.span)
