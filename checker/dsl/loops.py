"""Loops over sets: the check that their result does not depend on the order, and the loops of `@initial`.

A set has no order that a model could observe. A loop is accepted if its iterations cannot interfere: each writes only
the entries at its own element and reads what the loop writes only there. Sending to a MessageSet or Bag commutes, as
long as the loop does not look into that network.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from checker.diagnostics import Span, error
from checker.dsl.scope import Members
from checker.ir.expr import Call, Expr, Index, Local, State, Universe
from checker.ir.system import (
    Append,
    Assign,
    Choose,
    ForEach,
    Function,
    If,
    NetOp,
    Require,
    Spend,
    Statement,
    Successor,
    Target,
)
from checker.ir.types import FifoType, SetType, SortType
from checker.ir.walk import (
    free_locals,
    map_statement,
    statement_expressions,
    substitute,
    walk,
    walk_statements,
)

ANYWHERE = -1
"""The depth recorded for a network that a loop sends to: no read of it is at the loop's own element."""


def check_order_independent(loop: ForEach, functions: Mapping[str, Function], outer: Collection[str]) -> None:
    """Raise unless the iterations of a loop can run in any order, or at once. `outer` are the locals from before it.

    Raises:
        QuoraxError: M014, at the statement through which iterations could interfere.
    """
    body = list(walk_statements(loop.body))
    _check_statements(body)
    _check_outer([loop, *body], outer)
    written = _written_places(loop, body)
    for statement in body:
        for expression in statement_expressions(statement):
            _check_reads(expression, loop, written, functions)
    assigned = {s.target.name for s in body if isinstance(s, Assign) and not s.target.is_state}
    _check_locals(loop.body, assigned, set())


def _check_statements(body: list[Statement]) -> None:
    """Reject what chooses or counts, and a guard beside a cut: which of them comes first would decide the outcome."""
    guards = any(isinstance(s, Require) for s in body)
    for statement in body:
        if isinstance(statement, Choose | Spend):
            raise _dependent(statement.span, "a loop has no choose and no spend", "choose before the loop")
        cuts = isinstance(statement, Successor | Append) or _is_fifo(statement)
        if cuts and guards:
            raise _dependent(
                statement.span,
                "a loop with a require has nothing that could be cut at a bound",
                "write two loops, the guards first",
            )


def _check_outer(statements: list[Statement], outer: Collection[str]) -> None:
    """Reject a local from before the loop that the loop binds: it would keep what the last iteration left in it."""
    for statement in statements:
        match statement:
            case Assign(target=Target(name=name, is_state=False)):
                bound = name
            case ForEach(variable=name) | Successor(variable=name):
                bound = name
            case NetOp(result=str(name)):
                bound = name
            case _:
                continue
        if bound in outer:
            raise _dependent(
                statement.span,
                f"the loop changes {bound}, which comes from before it",
                "use another name; to gather something over a set, use a comprehension, any, all or max",
            )


def _is_fifo(statement: Statement) -> bool:
    return isinstance(statement, NetOp) and isinstance(statement.type, FifoType)


def _written_places(loop: ForEach, body: list[Statement]) -> dict[str, int]:
    """Return the variables a loop writes, each with the depth at which it is indexed by the loop's own element."""
    places: dict[str, int] = {}
    for statement in body:
        match statement:
            case Assign(target=Target(name=name, is_state=True) as target) | Append(target=Target(name=name) as target):
                steps = tuple(step.key for step in target.steps)
            case NetOp(network=name, type=FifoType(), args=args):
                steps = args[:2]
            case NetOp(network=name, operation="send"):
                places[name] = ANYWHERE
                continue
            case NetOp(network=name):
                steps = ()
            case _:
                continue
        depth = next((i for i, key in enumerate(steps) if _is_own(key, loop)), None)
        if depth is None or places.setdefault(name, depth) != depth:
            raise _dependent(
                statement.span,
                f"this writes {name} at an entry that other iterations of the loop may write too",
                f"index it by the loop's own {loop.variable}, or assign once after the loop",
            )
    return places


def _check_reads(
    expression: Expr, loop: ForEach, written: Mapping[str, int], functions: Mapping[str, Function]
) -> None:
    own = {id(state) for state in _own_reads(expression, loop, written)}
    for part in walk(expression):
        names = {part.name} if isinstance(part, State) and id(part) not in own else set[str]()
        if isinstance(part, Call):
            names = set(_state_read_by(part.function, functions))
        for name in sorted(names & set(written)):
            raise _dependent(
                part.span,
                f"this reads {name}, which other iterations of the loop write",
                f"read it before the loop, or only at the loop's own {loop.variable}",
            )


def _own_reads(expression: Expr, loop: ForEach, written: Mapping[str, int]) -> Iterator[State]:
    """Yield the reads of written variables that are indexed by the loop's own element where it writes them."""
    for part in walk(expression):
        if isinstance(part, Index):
            root, keys = _chain(part)
            depth = written.get(root.name, ANYWHERE) if isinstance(root, State) else ANYWHERE
            if isinstance(root, State) and 0 <= depth < len(keys) and _is_own(keys[depth], loop):
                yield root


def _state_read_by(function: str, functions: Mapping[str, Function]) -> Iterator[str]:
    """Yield the variables a helper reads, directly or through others."""
    for part in walk(functions[function].body):
        if isinstance(part, State):
            yield part.name
        elif isinstance(part, Call):
            yield from _state_read_by(part.function, functions)


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


def _dependent(span: Span, message: str, remedy: str) -> Exception:
    return error(span, "M014", message, remedy)


def initial_value_statements(
    variable: str, process: SortType, members: Members, name: str
) -> tuple[Statement, ...] | None:
    """Return the statements that give `variable[name]` its initial value, or None if `@initial` has no such loop.

    They are the statements about that variable in the top-level loop over the process's sort, with the loop's element
    replaced by the local `name`. Their values depend on nothing else, and nothing else assigns the variable.
    """
    writers = [s for s in members.initial if _writes(s, variable)]
    match writers:
        case [ForEach(domain=Universe(type=SetType(element)), variable=own, body=body)] if element == process:
            mine = [s for s in body if _writes(s, variable)]
            if not all(_is_plain(s, variable, frozenset([own]), members.functions) for s in mine):
                return None
            renaming = {own: Local(process, name)}
            return tuple(map_statement(s, partial(substitute, names=renaming)) for s in mine)
        case _:
            return None


def _writes(statement: Statement, variable: str) -> bool:
    inside = walk_statements([statement])
    return any(isinstance(s, Assign) and s.target.is_state and s.target.name == variable for s in inside)


def _is_plain(statement: Statement, variable: str, bound: frozenset[str], functions: Mapping[str, Function]) -> bool:
    """Return whether a statement only assigns the variable values made of the `bound` names and constants."""
    match statement:
        case Assign(target=Target(name=name, is_state=True)) if name == variable:
            return all(_is_constant(e, bound, functions) for e in statement_expressions(statement))
        case ForEach(variable=own, domain=domain, body=body):
            inner = bound | {own}
            return _is_constant(domain, bound, functions) and all(
                _is_plain(s, variable, inner, functions) for s in body
            )
        case _:
            return False


def _is_constant(expression: Expr, bound: frozenset[str], functions: Mapping[str, Function]) -> bool:
    if not free_locals(expression) <= bound:
        return False
    for part in walk(expression):
        if isinstance(part, State):
            return False
        if isinstance(part, Call) and any(True for _ in _state_read_by(part.function, functions)):
            return False
    return True
