"""Which actions may be taken before all others without changing what can be found: candidates for ample sets.

An ample set (Clarke, Grumberg, Peled: Model Checking, chapter 10) is made of whole actions here: all steps of some
actions, of which the footprints show that no step of another action

- can enable a step of theirs,
- can disable one, or change what it does, or be disabled or changed by one.

What cannot be told from footprints counts as dependent. Sending to a message set is the case that matters: messages
stay, so a step that sends one can only enable those that receive it, unless they ask which messages are (not) there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from checker.ir.expr import Expr, Local, Member, State
from checker.ir.footprint import Footprint, Kind, action_footprint, expression_footprint
from checker.ir.system import Action, Require, Statement, System
from checker.ir.types import (
    BagType,
    FifoType,
    MapType,
    MessageSetType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
    record_names,
)


@dataclass(frozen=True, slots=True)
class _Touched:
    """A footprint in terms of whole variables, and of the kinds of messages in message sets."""

    reads: frozenset[str]
    writes: frozenset[str]
    sends: frozenset[Kind]
    receives: frozenset[Kind]
    inspects: frozenset[Kind]


def ample_candidates(system: System, judged: Iterable[Expr]) -> tuple[frozenset[str], ...]:
    """Return sets of actions (by name) that may be expanded alone, small ones first; none of them has all actions.

    No step of theirs changes what one of the predicates `judged` reads, so that what these say of a state is said of it
    before such a step too.
    """
    touched = {a.name: _touched(action_footprint(_without_receipts(a, system), system), system) for a in system.actions}
    read = [_touched(expression_footprint(e, system), system) for e in judged]
    found: set[frozenset[str]] = set()
    for name in touched:
        closed = _closure(name, touched)
        if len(closed) < len(touched) and not any(_is_visible(touched[a], r) for a in closed for r in read):
            found.add(closed)
    return tuple(sorted(found, key=lambda names: (len(names), sorted(names))))


def _closure(name: str, touched: dict[str, _Touched]) -> frozenset[str]:
    """Return the least set with an action in which every action that matters to one of the set is in it too."""
    found, left = {name}, [name]
    while left:
        own = touched[left.pop()]
        for other, its in touched.items():
            if other not in found and (_conflict(own, its) or its.sends & own.receives):
                found.add(other)
                left.append(other)
    return frozenset(found)


def _conflict(a: _Touched, b: _Touched) -> bool:
    """Return whether a step of one may disable a step of the other, or change what it does."""
    if a.writes & (b.reads | b.writes) or b.writes & a.reads:
        return True
    return bool(a.sends & b.inspects or b.sends & a.inspects)


def _is_visible(action: _Touched, read: _Touched) -> bool:
    return bool(action.writes & read.reads or action.sends & read.inspects)


def _touched(footprint: Footprint, system: System) -> _Touched:
    """Return what is touched. A message set of which a footprint does not say by kind what is read is read whole."""
    sets = {v.name: record_names(v.type.element) for v in system.variables if isinstance(v.type, MessageSetType)}
    by_kind = {k.network for k in (*footprint.receives, *footprint.inspects)}
    reads = {p.variable for p in footprint.reads}
    whole = {Kind(n, record) for n in (reads & sets.keys()) - by_kind for record in sets[n]}
    return _Touched(
        frozenset(reads - sets.keys()),
        frozenset({p.variable for p in footprint.writes} - sets.keys()),
        frozenset(k for sent in footprint.sends for k in (sent, *_forged_with(sent, system))),
        frozenset(footprint.receives),
        frozenset((*footprint.inspects, *whole)),
    )


def _forged_with(sent: Kind, system: System) -> Iterable[Kind]:
    """Return the kinds of messages that carry one of this kind: liars can make them up once that one was sent."""
    if not any(g.kind == "byzantine" for g in system.givens):
        return ()
    network = system.variable(sent.network).type
    assert isinstance(network, BagType | FifoType | MessageSetType)
    return (Kind(sent.network, n) for n in record_names(network.element) if sent.record in _records_in(n, system))


def _records_in(record: str, system: System) -> frozenset[str]:
    """Return the names of the records in the fields of a record, however deep."""
    inside = {n for f in system.record(record).fields for n in _named(f.type)}
    return frozenset(inside).union(*(_records_in(n, system) for n in inside))


def _named(kind: Type) -> tuple[str, ...]:
    match kind:
        case RecordType() | UnionType():
            return record_names(kind)
        case OptionType(inner) | SetType(inner) | SeqType(inner, _) | MapType(_, inner):
            return _named(inner)
        case _:
            return ()


def _without_receipts(action: Action, system: System) -> Action:
    """Return the action without guards that are always true: that a message parameter is in the set it comes from."""

    def is_receipt(statement: Statement) -> bool:
        match statement:
            case Require(
                condition=Member(element=Local(name=name), collection=State(type=MessageSetType() as carried))
            ):
                parameter = next((p for p in action.parameters if p.name == name), None)
                names = () if parameter is None else record_names(parameter.type)
                return bool(names) and all(_carriers(n, system) == [carried] for n in names)
            case _:
                return False

    return replace(action, body=tuple(s for s in action.body if not is_receipt(s)))


def _carriers(record: str, system: System) -> list[Type]:
    """Return the types of the networks that carry a kind of message."""
    networks = [v.type for v in system.variables if isinstance(v.type, BagType | FifoType | MessageSetType)]
    return [n for n in networks if record in record_names(n.element)]
