"""What statements may do, as far as it can be told from looking at them."""

from __future__ import annotations

from checker.interp.statements import only_looks
from checker.ir import expr as ir
from checker.ir.system import Append, Assign, Choose, NetOp, Require, Spend, Statement, Successor
from checker.ir.types import BagType, FifoType, MessageSetType
from checker.ir.walk import walk, walk_statements


def looking(piece: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return the first statements of a piece, which only look at the state."""
    look: list[Statement] = []
    for statement in piece:
        if not only_looks(statement):
            break
        look.append(statement)
    return tuple(look)


def assigned(statements: tuple[Statement, ...]) -> list[str]:
    """Return the local names that statements bind, each as often as it is bound; in branches once more, as they end."""
    names: list[str] = []
    for statement in walk_statements(statements):
        match statement:
            case Assign(target=target) if not target.is_state:
                names.append(target.name)
            case Choose(variable=name) | Successor(variable=name) | NetOp(result=str(name)):
                names.append(name)
            case _:
                pass
    return names


def endings(statement: Statement) -> tuple[str, ...]:
    """Return how a statement may end an action, besides in something undefined."""
    match statement:
        case Require() | Choose():
            return ("a false require",)
        case Successor(type=kind):
            return (f"a cut by {kind.name}",)
        case Spend(budget=budget):
            return (f"a cut by {budget}",)
        case Append():
            return ("a full sequence",)
        case NetOp(type=FifoType(), operation="send"):
            return ("a full channel",)
        case NetOp(type=FifoType() | BagType(), operation=operation) if operation not in ("send", "reset"):
            return ("a false require",)
        case _:
            return ()


def may_stop(statements: tuple[Statement, ...]) -> bool:
    """Return whether statements may end the action before they are through."""
    return any(
        isinstance(s, Require | Choose | Successor | Spend | Append)
        or (isinstance(s, NetOp) and not isinstance(s.type, MessageSetType))
        for s in walk_statements(statements)
    )


def reads_state(expr: ir.Expr) -> bool:
    """Return whether the value of an expression may depend on the state."""
    return any(isinstance(e, ir.State | ir.Call | ir.Messages) for e in walk(expr))
