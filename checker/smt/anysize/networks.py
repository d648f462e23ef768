"""Message sets as formulas: what is available in them, and what is in them after a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from checker.diagnostics import Span
from checker.ir.expr import Comprehension, Expr, Ite, MakeSet, SetOp, State
from checker.ir.types import MessageSetType, RecordType, SetType, SortType, Type, record_names
from checker.smt.anysize.formula import YES, Formula, conj, disj, neg
from checker.smt.anysize.layout import unsupported
from checker.smt.anysize.values import Branch, Members, Network, Record, Symbol

if TYPE_CHECKING:
    from checker.smt.anysize.lower import Lowering, Place


def available(lowering: Lowering, network: Expr, record: str, place: Place) -> Members:
    """Return the messages of a kind that are available in a network."""
    return _available(lowering, _sent(lowering, network, place), record, network.span)


def _sent(lowering: Lowering, expr: Expr, place: Place) -> Network:
    value = lowering.value(expr, place)
    if not isinstance(value, Network):
        raise unsupported(expr.span, f"the messages of {expr.type}", "use a MessageSet")
    return value


def _available(lowering: Lowering, network: Network, record: str, span: Span) -> Members:
    """Return the messages of a kind that were sent, or that a Byzantine process can sign."""
    sent = network.kinds[record]
    forgers = [g for g in lowering.system.givens if g.kind == "byzantine"]
    if not forgers:
        return sent
    decl = lowering.system.record(record)
    signer = next((f.type for f in decl.fields if f.name == decl.signer), None)
    if any(_is_signed_inside(lowering, f.type) for f in decl.fields):
        raise unsupported(span, f"{record}, which carries other signed messages,", "send their fields instead")
    liars = [lowering.layout.symbol(g.name, g.type, span) for g in forgers if g.type == SetType(signer or SortType(""))]

    def can_forge(value: Symbol) -> Formula:
        assert isinstance(value, Record)
        return disj(_set(w).contains(value.fields[decl.signer or ""]) for w in liars)

    def branches() -> list[Branch]:
        shapes = lowering.layout.shapes(RecordType(record), "m", span)
        forged = [Branch(s.variables, can_forge(s.value), s.value) for s in shapes] if liars else []
        return [*sent.branches(), *forged]

    return Members(sent.element, branches, lambda v: disj((sent.contains(v), can_forge(v))))


def _is_signed_inside(lowering: Lowering, kind: Type) -> bool:
    """Return whether values of a type are, or have inside them, messages that somebody signs."""
    records = [lowering.system.record(name) for name in record_names(kind)]
    return any(r.signer or any(_is_signed_inside(lowering, f.type) for f in r.fields) for r in records)


def sent_after(lowering: Lowering, expr: Expr, place: Place) -> Network:
    """Return what was sent after sending: an expression that `checker.ir.transition` made."""
    match expr:
        case State():
            return _sent(lowering, expr, place)
        case SetOp(left=left, right=right):
            first, second = sent_after(lowering, left, place), sent_after(lowering, right, place)
            names = dict.fromkeys((*first.kinds, *second.kinds))
            return Network({n: _united(first.kinds.get(n), second.kinds.get(n)) for n in names})
        case Ite(condition=condition, then=then, orelse=orelse):
            test = lowering.formula(condition, place)
            first, second = sent_after(lowering, then, place), sent_after(lowering, orelse, place)
            names = dict.fromkeys((*first.kinds, *second.kinds))
            return Network(
                {n: _united(_when(test, first.kinds.get(n)), _when(neg(test), second.kinds.get(n))) for n in names}
            )
        case MakeSet(args=args):
            kinds: dict[str, list[Symbol]] = {}
            for arg in args:
                (name,) = record_names(arg.type)
                kinds.setdefault(name, []).append(lowering.value(arg, place))
            made = {n: _single(lowering, n, values, expr.span) for n, values in kinds.items()}
            empty = record_names(expr.type.element) if isinstance(expr.type, MessageSetType) else ()
            return Network({**{n: _single(lowering, n, [], expr.span) for n in empty}, **made})
        case Comprehension(element=element, generators=generators):
            (name,) = record_names(element.type)
            kind = RecordType(name)
            return Network(
                {
                    name: lowering.algebra.listed(
                        kind, lambda: lowering.generated(generators, element, kind, place), expr.span
                    )
                }
            )
        case _:
            raise unsupported(expr.span, "what is sent here", "send messages one by one, or in a loop")


def _single(lowering: Lowering, record: str, values: Sequence[Symbol], span: Span) -> Members:
    return lowering.algebra.listed(RecordType(record), lambda: [Branch((), YES, v) for v in values], span)


def _united(first: Members | None, second: Members | None) -> Members:
    if first is None or second is None:
        only = first if first is not None else second
        assert only is not None
        return only
    return Members(
        first.element,
        lambda: [*first.branches(), *second.branches()],
        lambda v: disj((first.contains(v), second.contains(v))),
    )


def _set(value: Symbol) -> Members:
    assert isinstance(value, Members)
    return value


def _when(condition: Formula, members: Members | None) -> Members | None:
    """Return a set where a condition holds, and nothing elsewhere."""
    if members is None:
        return None
    return Members(
        members.element,
        lambda: [replace(b, condition=conj((condition, b.condition))) for b in members.branches()],
        lambda v: conj((condition, members.contains(v))),
    )
