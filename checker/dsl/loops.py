"""Loops over sets: the check that their result does not depend on the order, and the loops of `@initial`.

A set has no order that a model could observe. A loop is accepted if its iterations cannot interfere: each writes only
the entries at its own element and reads what the loop writes only there. Sending to a MessageSet or Bag commutes.
"""

from __future__ import annotations

from functools import partial

from checker.diagnostics import Span, error
from checker.ir.expr import Expr, Index, Local, State, Universe
from checker.ir.system import (
    Append,
    Assign,
    Choose,
    ForEach,
    If,
    NetOp,
    Spend,
    Statement,
    Successor,
    Target,
)
from checker.ir.types import FifoType, SortType
from checker.ir.walk import map_statement, statement_expressions, substitute, walk, walk_statements


def check_order_independent(loop: ForEach) -> None:
    """Raise unless the iterations of a loop can run in any order, or at once.

    Raises:
        QuoraxError: M014, at the statement through which iterations could interfere.
    """
    written = _written_places(loop)
    assigned = {s.target.name for s in walk_statements(loop.body) if isinstance(s, Assign) and not s.target.is_state}
    bound = assigned | {loop.variable}
    for statement in walk_statements(loop.body):
        if isinstance(statement, Choose | Spend):
            raise _dependent(statement.span, "a loop has no choose and no spend", "choose before the loop")
        if isinstance(statement, Successor | NetOp | ForEach):
            bound.add(statement.variable if not isinstance(statement, NetOp) else statement.result or "")
    for statement in walk_statements(loop.body):
        for expression in statement_expressions(statement):
            _check_reads(expression, loop, written)
    _check_locals(loop.body, assigned, set())


def _written_places(loop: ForEach) -> dict[str, int]:
    """Return the variables a loop writes, each with the depth at which it is indexed by the loop's own element."""
    places: dict[str, int] = {}
    for statement in walk_statements(loop.body):
        name = ""
        steps: tuple[Expr, ...] = ()
        if isinstance(statement, Assign | Append) and statement.target.is_state:
            name, steps = statement.target.name, tuple(s.key for s in statement.target.steps)
        elif isinstance(statement, NetOp) and (isinstance(statement.type, FifoType) or statement.operation != "send"):
            name, steps = statement.network, statement.args[:2] if isinstance(statement.type, FifoType) else ()
        if not name:
            continue
        depth = next((i for i, key in enumerate(steps) if _is_own(key, loop)), None)
        if depth is None or places.setdefault(name, depth) != depth:
            raise _dependent(
                statement.span,
                f"this writes {name} at an entry that other iterations of the loop may write too",
                f"index it by the loop's own {loop.variable}, or assign once after the loop",
            )
    return places


def _check_reads(expression: Expr, loop: ForEach, written: dict[str, int]) -> None:
    for part in walk(expression):
        if isinstance(part, State) and part.name in written and not _read_is_own(part, expression, loop, written):
            raise _dependent(
                part.span,
                f"this reads {part.name}, which other iterations of the loop write",
                f"read it before the loop, or only at the loop's own {loop.variable}",
            )


def _read_is_own(state: State, expression: Expr, loop: ForEach, written: dict[str, int]) -> bool:
    """Return whether every occurrence of this read in the expression is indexed by the loop's own element."""
    depth = written[state.name]
    return all(
        _own_at(part, state, depth, loop)
        for part in walk(expression)
        if isinstance(part, Index) and _chain(part)[0] is state and len(_chain(part)[1]) == depth + 1
    ) and any(
        isinstance(part, Index) and _chain(part)[0] is state and len(_chain(part)[1]) == depth + 1
        for part in walk(expression)
    )


def _own_at(part: Index, state: State, depth: int, loop: ForEach) -> bool:
    root, keys = _chain(part)
    return root is state and _is_own(keys[depth], loop)


def _chain(part: Expr) -> tuple[Expr, list[Expr]]:
    """Return what a chain of indexing starts from, and its keys from the outermost in."""
    keys: list[Expr] = []
    while isinstance(part, Index):
        keys.insert(0, part.key)
        part = part.target
    return part, keys


def _is_own(key: Expr, loop: ForEach) -> bool:
    return isinstance(key, Local) and key.name == loop.variable


def _check_locals(body: tuple[Statement, ...], assigned: set[str], defined: set[str]) -> None:
    """Raise if a local carries a value from one iteration into another: it is read before it is assigned."""
    for statement in body:
        for expression in statement_expressions(statement):
            for part in walk(expression):
                if isinstance(part, Local) and part.name in assigned and part.name not in defined:
                    raise _dependent(
                        part.span,
                        f"{part.name} carries a value from one iteration to the next",
                        "a set has no order: use a comprehension, any, all or max",
                    )
        match statement:
            case Assign(target=Target(name=name, is_state=False)):
                defined.add(name)
            case If(then=then, orelse=orelse):
                first, second = set(defined), set(defined)
                _check_locals(then, assigned, first)
                _check_locals(orelse, assigned, second)
                defined |= first & second
            case ForEach(body=inner):
                _check_locals(inner, assigned, set(defined))
            case _:
                pass


def _dependent(span: Span, message: str, help: str) -> Exception:
    return error(span, "M014", message, help)


def initial_value_statements(
    variable: str, process: SortType, initial: tuple[Statement, ...], name: str
) -> tuple[Statement, ...] | None:
    """Return the statements that give `variable[name]` its initial value, or None if `@initial` has no such loop.

    They are the statements about that variable in the top-level loop over the process's sort, with the loop's element
    replaced by the local `name`.
    """
    for statement in initial:
        if not (isinstance(statement, ForEach) and isinstance(statement.domain, Universe)):
            continue
        if not any(_writes(s, variable) for s in statement.body):
            continue
        mine = [s for s in statement.body if _writes(s, variable)]
        if not all(_only_writes(s, variable) for s in mine) or statement.domain.type.element != process:  # type: ignore[union-attr]
            return None
        renaming = {statement.variable: Local(process, name)}
        return tuple(map_statement(s, partial(substitute, names=renaming)) for s in mine)
    return None


def _writes(statement: Statement, variable: str) -> bool:
    return any(
        isinstance(s, Assign) and s.target.is_state and s.target.name == variable for s in walk_statements([statement])
    )


def _only_writes(statement: Statement, variable: str) -> bool:
    """Return whether a statement does nothing but assign the variable values that do not depend on the state."""
    match statement:
        case Assign(target=Target(name=name, is_state=True)):
            parts = [p for e in statement_expressions(statement) for p in walk(e)]
            return name == variable and not any(isinstance(p, State) for p in parts)
        case ForEach(body=body):
            return all(_only_writes(s, variable) for s in body)
        case _:
            return False
