"""The one traversal of the IR: children, scopes, substitution, and the expressions of statements and systems.

Everything that visits expressions goes through `children` and `map_children`, which agree on an order: the order of
evaluation. What an expression binds, and in which of its children, is said once, by `binders`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias, assert_never

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
    Generator,
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
from checker.ir.system import (
    Append,
    Assign,
    Choose,
    ForEach,
    Function,
    If,
    KeyStep,
    NetOp,
    Require,
    Spend,
    Statement,
    Successor,
    System,
    Target,
)

NOBODY: frozenset[str] = frozenset()


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct subexpressions, in the order in which they are evaluated."""
    match expr:
        case Const() | Local() | State() | Given() | Universe():
            return ()
        case FieldOf(target=one) | IsVariant(target=one) | Unwrap(target=one) | Not(operand=one):
            return (one,)
        case Size(collection=one) | Only(collection=one) | Covers(collection=one) | Messages(network=one):
            return (one,)
        case MakeMap(value=one):
            return (one,)
        case Eq(left=a, right=b) | Less(left=a, right=b) | Arith(left=a, right=b) | Concat(left=a, right=b):
            return (a, b)
        case SetOp(left=a, right=b) | Subset(left=a, right=b) | Interval(low=a, high=b):
            return (a, b)
        case Index(target=a, key=b) | Member(element=a, collection=b) | Let(value=a, body=b):
            return (a, b)
        case And(operands=several) | Or(operands=several):
            return several
        case Make(args=several) | MakeSet(args=several) | MakeSeq(args=several) | Call(args=several):
            return several
        case Ite(condition=condition, then=then, orelse=orelse):
            return (condition, then, orelse)
        case Slice(sequence=a, low=low, high=high):
            return (a, *_present(low, high))
        case Extremum(collection=a, key=key, default=default):
            return (a, *_present(key, default))
        case Quantifier(generators=generators, body=body) | Comprehension(generators=generators, element=body):
            return (*(e for g in generators for e in (g.domain, *g.conditions)), body)
        case _:
            assert_never(expr)


def map_children(expr: Expr, function: Callable[[Expr], Expr]) -> Expr:
    """Return `expr` with each direct subexpression replaced by what `function` makes of it, called in order."""
    match expr:
        case Const() | Local() | State() | Given() | Universe():
            return expr
        case FieldOf(target=one) | IsVariant(target=one) | Unwrap(target=one):
            return replace(expr, target=function(one))
        case Not(operand=one):
            return replace(expr, operand=function(one))
        case Size(collection=one) | Only(collection=one) | Covers(collection=one):
            return replace(expr, collection=function(one))
        case Messages(network=one):
            return replace(expr, network=function(one))
        case MakeMap(value=one):
            return replace(expr, value=function(one))
        case Eq() | Less() | Arith() | Concat() | SetOp() | Subset():
            return replace(expr, left=function(expr.left), right=function(expr.right))
        case Interval(low=a, high=b):
            return replace(expr, low=function(a), high=function(b))
        case Index(target=a, key=b):
            return replace(expr, target=function(a), key=function(b))
        case Member(element=a, collection=b):
            return replace(expr, element=function(a), collection=function(b))
        case Let(value=a, body=b):
            return replace(expr, value=function(a), body=function(b))
        case And(operands=several) | Or(operands=several):
            return replace(expr, operands=tuple(function(e) for e in several))
        case Make(args=several) | MakeSet(args=several) | MakeSeq(args=several) | Call(args=several):
            return replace(expr, args=tuple(function(e) for e in several))
        case Ite(condition=condition, then=then, orelse=orelse):
            return replace(expr, condition=function(condition), then=function(then), orelse=function(orelse))
        case Slice(sequence=a, low=low, high=high):
            return replace(expr, sequence=function(a), low=_maybe(function, low), high=_maybe(function, high))
        case Extremum(collection=a, key=key, default=default):
            return replace(expr, collection=function(a), key=_maybe(function, key), default=_maybe(function, default))
        case Quantifier(generators=generators, body=body):
            return replace(expr, generators=_map_generators(generators, function), body=function(body))
        case Comprehension(generators=generators, element=element):
            return replace(expr, generators=_map_generators(generators, function), element=function(element))
        case _:
            assert_never(expr)


def binders(expr: Expr) -> tuple[frozenset[str], ...]:
    """Return, for each of `children(expr)`, the local names that `expr` binds in it."""
    match expr:
        case Let(name=name):
            return (NOBODY, frozenset((name,)))
        case MakeMap(variable=name):
            return (frozenset((name,)),)
        case Extremum(variable=name, key=key, default=default):
            in_key = () if key is None else (frozenset((name,)),)
            return (NOBODY, *in_key, *(NOBODY for _ in _present(default)))
        case Quantifier(generators=generators) | Comprehension(generators=generators):
            bound: frozenset[str] = NOBODY
            scopes: list[frozenset[str]] = []
            for generator in generators:
                scopes.append(bound)
                bound |= {generator.variable}
                scopes += [bound] * len(generator.conditions)
            return (*scopes, bound)
        case _:
            return (NOBODY,) * len(children(expr))


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield the expression and everything inside it, each before what it contains, in evaluation order."""
    pending = [expr]
    while pending:
        current = pending.pop()
        yield current
        pending += reversed(children(current))


def transform(expr: Expr, function: Callable[[Expr], Expr]) -> Expr:
    """Return `expr` rewritten from the leaves up: `function` sees each node after its children were rewritten."""
    return function(map_children(expr, lambda child: transform(child, function)))


def free_locals(expr: Expr) -> frozenset[str]:
    """Return the local names that occur in `expr` without being bound in it."""
    if isinstance(expr, Local):
        return frozenset((expr.name,))
    inner = (free_locals(child) - bound for child, bound in zip(children(expr), binders(expr), strict=True))
    return NOBODY.union(*inner)


Replacement: TypeAlias = Expr | str
"""What a name becomes: an expression, or another name (each occurrence then keeps its own type and span)."""


def substitute(expr: Expr, names: Mapping[str, Replacement], state: Mapping[str, Expr] | None = None) -> Expr:
    """Return `expr` with free locals and (non-old) state variables replaced; bound names give way to avoid capture.

    Replacing is textual: the value of a replaced name is evaluated where the name stood, each time it stood there.
    State read inside the functions that `expr` calls is not replaced; `inline_calls` first.
    """
    return _substitute(expr, dict(names), state or {})


def fresh(name: str, taken: Collection[str]) -> str:
    """Return `name`, or the first of name_2, name_3, … that is not taken."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def statement_expressions(statement: Statement) -> tuple[Expr, ...]:
    """Return the expressions of a statement in evaluation order, without those of the statements inside it."""
    match statement:
        case Require(condition=one) | If(condition=one) | ForEach(domain=one) | Choose(domain=one):
            return (one,)
        case Successor(operand=one):
            return (one,)
        case Assign(target=target, value=value) | Append(target=target, value=value):
            return (value, *(step.key for step in target.steps))
        case NetOp(args=args):
            return args
        case Spend():
            return ()
        case _:
            assert_never(statement)


def map_statement(statement: Statement, function: Callable[[Expr], Expr]) -> Statement:
    """Return `statement` with each of its expressions, and of the statements inside it, replaced."""
    match statement:
        case Require(condition=condition):
            return replace(statement, condition=function(condition))
        case Assign(target=target, value=value) | Append(target=target, value=value):
            mapped = function(value)
            return replace(statement, target=_map_target(target, function), value=mapped)
        case NetOp(args=args):
            return replace(statement, args=tuple(function(a) for a in args))
        case If(condition=condition, then=then, orelse=orelse):
            return replace(
                statement,
                condition=function(condition),
                then=map_statements(then, function),
                orelse=map_statements(orelse, function),
            )
        case ForEach(domain=domain, body=body):
            return replace(statement, domain=function(domain), body=map_statements(body, function))
        case Choose(domain=domain):
            return replace(statement, domain=function(domain))
        case Successor(operand=operand):
            return replace(statement, operand=function(operand))
        case Spend():
            return statement
        case _:
            assert_never(statement)


def map_statements(statements: Iterable[Statement], function: Callable[[Expr], Expr]) -> tuple[Statement, ...]:
    """Return `statements` with each of their expressions replaced, in program order."""
    return tuple(map_statement(s, function) for s in statements)


def inner_statements(statement: Statement) -> tuple[Statement, ...]:
    """Return the statements directly inside a statement."""
    match statement:
        case If(then=then, orelse=orelse):
            return (*then, *orelse)
        case ForEach(body=body):
            return body
        case _:
            return ()


def walk_statements(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the statements and everything inside them, in program order."""
    for statement in statements:
        yield statement
        yield from walk_statements(inner_statements(statement))


def expressions_of(system: System) -> Iterator[Expr]:
    """Yield every whole expression of a system: function bodies, then initial, actions and properties in order."""
    for function in system.functions:
        yield function.body
    for action in (*system.initial, *system.actions):
        for statement in walk_statements(action.body):
            yield from statement_expressions(statement)
    for prop in system.properties:
        yield prop.body


def map_system(system: System, function: Callable[[Expr], Expr]) -> System:
    """Return `system` with every whole expression, as `expressions_of` lists them, replaced."""
    return replace(
        system,
        functions=tuple(replace(f, body=function(f.body)) for f in system.functions),
        initial=tuple(replace(a, body=map_statements(a.body, function)) for a in system.initial),
        actions=tuple(replace(a, body=map_statements(a.body, function)) for a in system.actions),
        properties=tuple(replace(p, body=function(p.body)) for p in system.properties),
    )


def inline_calls(expr: Expr, system: System) -> Expr:
    """Return `expr` with every call replaced by the function's body, its arguments bound by Let, outermost first.

    Arguments are evaluated before the body, as in a call; a call in the old state reads `State(old=True)` throughout.
    """
    expr = map_children(expr, lambda child: inline_calls(child, system))
    if not isinstance(expr, Call):
        return expr
    function = system.function(expr.function)
    return applied(expr, function, inline_calls(function.body, system))


def applied(call: Call, function: Function, body: Expr) -> Expr:
    """Return `body`, an expression over the parameters of `function`, with the arguments of a call bound to them."""
    if call.old:
        body = transform(body, lambda e: replace(e, old=True) if isinstance(e, State | Call) else e)
    captured = NOBODY.union(*(free_locals(a) for a in call.args))
    taken = captured | {p.name for p in function.parameters} | free_locals(body)
    names: dict[str, Replacement] = {}
    bound: list[tuple[str, Expr]] = []
    for parameter, argument in zip(function.parameters, call.args, strict=True):
        if isinstance(argument, Local):  # has a value already: only the name differs
            names[parameter.name] = argument.name
        else:
            name = fresh(parameter.name, taken) if parameter.name in captured else parameter.name
            names[parameter.name] = name
            bound.append((name, argument))
    body = substitute(body, names)
    for name, argument in reversed(bound):
        body = Let(body.type, name, argument, body, span=call.span)
    return body


def _substitute(expr: Expr, names: dict[str, Replacement], state: Mapping[str, Expr]) -> Expr:
    match expr:
        case Local(name=name):
            new = names.get(name, expr)
            return replace(expr, name=new) if isinstance(new, str) else new
        case State(name=name, old=False):
            return state.get(name, expr)
        case Let(name=name, value=value, body=body):
            value = _substitute(value, names, state)
            name, inner = _enter(name, (body,), names, state)
            return replace(expr, name=name, value=value, body=_substitute(body, inner, state))
        case MakeMap(variable=name, value=value):
            name, inner = _enter(name, (value,), names, state)
            return replace(expr, variable=name, value=_substitute(value, inner, state))
        case Extremum(collection=collection, variable=name, key=key, default=default):
            name, inner = _enter(name, _present(key), names, state)
            return replace(
                expr,
                collection=_substitute(collection, names, state),
                variable=name,
                key=_maybe(lambda e: _substitute(e, inner, state), key),
                default=_maybe(lambda e: _substitute(e, names, state), default),
            )
        case Quantifier(generators=generators, body=body):
            generators, inner = _substitute_generators(generators, body, names, state)
            return replace(expr, generators=generators, body=_substitute(body, inner, state))
        case Comprehension(generators=generators, element=element):
            generators, inner = _substitute_generators(generators, element, names, state)
            return replace(expr, generators=generators, element=_substitute(element, inner, state))
        case _:
            return map_children(expr, lambda child: _substitute(child, names, state))


def _substitute_generators(
    generators: tuple[Generator, ...], body: Expr, names: dict[str, Replacement], state: Mapping[str, Expr]
) -> tuple[tuple[Generator, ...], dict[str, Replacement]]:
    result: list[Generator] = []
    for position, generator in enumerate(generators):
        domain = _substitute(generator.domain, names, state)
        later = (e for g in generators[position + 1 :] for e in (g.domain, *g.conditions))
        name, names = _enter(generator.variable, (*generator.conditions, *later, body), names, state)
        conditions = tuple(_substitute(c, names, state) for c in generator.conditions)
        result.append(Generator(name, domain, conditions))
    return tuple(result), names


def _enter(
    name: str, scope: tuple[Expr, ...], names: dict[str, Replacement], state: Mapping[str, Expr]
) -> tuple[str, dict[str, Replacement]]:
    """Return the name under which a bound `name` goes on, and the replacements that hold in its scope."""
    free = NOBODY.union(*(free_locals(e) for e in scope))
    inner = {k: v for k, v in names.items() if k != name and k in free}
    read = {e.name for part in scope for e in walk(part) if isinstance(e, State) and not e.old}
    incoming = [*inner.values(), *(v for k, v in state.items() if k in read)]
    captured = NOBODY.union(*(free_locals(v) if not isinstance(v, str) else (v,) for v in incoming))
    if name not in captured:
        return name, inner
    new = fresh(name, captured | free)
    return new, {**inner, name: new}


def _map_generators(generators: tuple[Generator, ...], function: Callable[[Expr], Expr]) -> tuple[Generator, ...]:
    return tuple(
        replace(g, domain=function(g.domain), conditions=tuple(function(c) for c in g.conditions)) for g in generators
    )


def _map_target(target: Target, function: Callable[[Expr], Expr]) -> Target:
    return replace(target, steps=tuple(KeyStep(function(step.key)) for step in target.steps))


def _present(*exprs: Expr | None) -> tuple[Expr, ...]:
    return tuple(e for e in exprs if e is not None)


def _maybe(function: Callable[[Expr], Expr], expr: Expr | None) -> Expr | None:
    return None if expr is None else function(expr)
