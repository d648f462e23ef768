"""Guards that test the absence of a message which their process could not know to be absent.

In a network that may lose and delay, a process knows what it has received and what it has sent itself, never that
others have not sent something. A guard such as `not any(m.ballot == b for m in self.net.of(Accept))` is sound where
b's own leader takes the step, and magic anywhere else. This is a warning: a model may know better, and an environment
sees all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.diagnostics import Span
from checker.ir.expr import (
    And,
    Eq,
    Expr,
    FieldOf,
    Ite,
    Let,
    Local,
    Make,
    Member,
    Messages,
    Not,
    Or,
    Quantifier,
    State,
)
from checker.ir.system import Action, Require, System
from checker.ir.types import MessageSetType
from checker.ir.walk import inline_calls, walk, walk_statements


def foreign_absences(system: System) -> tuple[tuple[Action, Span], ...]:
    """Return the guards that test the absence of others' messages, with the action, in program order.

    A test counts as the process's own if it asks for messages one of whose fields is the process. Actions without a
    process are the environment's, which may see everything.
    """
    found: dict[tuple[str, Span], tuple[Action, Span]] = {}
    for action in system.actions:
        process = action.process
        if process is None:
            continue
        for statement in walk_statements(action.body):
            if isinstance(statement, Require):
                for part in _absences(inline_calls(statement.condition, system), True):
                    if not _is_own(part, process, _names(part)):
                        found.setdefault((action.name, statement.span), (action, statement.span))
    return tuple(found.values())


def _absences(expr: Expr, positive: bool) -> Iterator[Expr]:
    """Yield the parts of a condition that are true because messages are absent, inside the Lets around them."""
    match expr:
        case Not(operand=operand):
            yield from _absences(operand, not positive)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _absences(operand, positive)
        case Ite(condition=test, then=then, orelse=orelse):
            for truth in (True, False):
                yield from _absences(test, truth)
            yield from _absences(then, positive)
            yield from _absences(orelse, positive)
        case Let(name=name, value=value, body=body):
            yield from (Let(part.type, name, value, part) for part in _absences(body, positive))
        case Quantifier(kind=kind, generators=generators, body=body):
            ranges_over_messages = any(_is_sent(g.domain) for g in generators)
            if ranges_over_messages and positive == (kind == "all"):
                yield expr
            yield from _absences(body, positive)
        case Member(collection=State(type=MessageSetType())) if not positive:
            yield expr
        case _:
            return


def _is_sent(domain: Expr) -> bool:
    return isinstance(domain, Messages) and isinstance(domain.network.type, MessageSetType)


def _names(expr: Expr) -> dict[str, Expr]:
    """Return what the names bound around a part stand for: the arguments of the helpers it was found in."""
    names: dict[str, Expr] = {}
    while isinstance(expr, Let):
        value = expr.value
        names[expr.name] = names.get(value.name, value) if isinstance(value, Local) else value
        expr = expr.body
    return names


def _is_own(expr: Expr, process: str, names: Mapping[str, Expr]) -> bool:
    """Return whether a test is about messages that carry the process itself."""

    def is_process(part: Expr) -> bool:
        part = names.get(part.name, part) if isinstance(part, Local) else part
        return isinstance(part, Local) and part.name == process

    for part in walk(expr):
        match part:
            case Eq(left=FieldOf(), right=other) | Eq(left=other, right=FieldOf()) if is_process(other):
                return True
            case Make(args=args) if any(is_process(a) for a in args):
                return True
            case _:
                pass
    return False
