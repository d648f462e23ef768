"""Pure helpers: methods and module-level functions whose body comes down to one expression.

A helper assigns locals, branches with `if` and returns. It is compiled when it is first called, once, and stays a
function in the IR; a call passes values, never places, so a helper can change nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from types import FunctionType

from checker.dsl import calls, expressions
from checker.dsl.registry import Registry
from checker.dsl.scope import Members, Method, Scope, not_none
from checker.ir.expr import Expr, Ite, Let
from checker.ir.system import Function, Parameter
from checker.ir.types import BOOL, Type, accepts, join

BRANCHES_MAX = 256
"""Paths through one helper; what follows an `if` without a return is compiled once for each branch."""


def call_helper(name: str, node: ast.Call, scope: Scope, old: bool) -> Expr:
    """Return a call of a method of the model (`self.chosen(v)`, or `old.chosen(v)` in the state before)."""
    function = function_of(name, scope)
    method = scope.members.methods[name]
    if is_procedure(method):
        raise scope.error(node, "M052", f"{name} returns nothing: it is a statement", "write it on a line of its own")
    args = match_arguments(node, function.parameters, scope, skip_old=function.of_step)
    return calls.called(function.name, args, function.type, node, scope, old)


def call_function(target: FunctionType, node: ast.Call, scope: Scope) -> Expr:
    """Return a call of a module-level function, registering it as a helper of the model."""
    name = target.__name__
    known = scope.members.methods.get(name)
    file, definition = scope.registry.sources.of_function(target)
    if known is not None and known.node is not definition:
        raise scope.error(node, "M026", f"the model has two helpers called {name}", "rename one of them")
    if known is None:
        module = sys.modules[target.__module__]
        scope.members.methods[name] = Method(name, definition, file, vars(module), {}, "")
    return call_helper(name, node, scope, old=False)


def function_of(name: str, scope: Scope) -> Function:
    """Return the compiled helper.

    Raises:
        QuoraxError: M062, if it calls itself, directly or through others.
    """
    members = scope.members
    if name in members.functions:
        return members.functions[name]
    method = members.methods[name]
    if name in members.compiling:
        cycle = [*members.compiling[members.compiling.index(name) :], name]
        raise scope.method_error(
            method, "M062", f"{' -> '.join(cycle)}: a helper cannot call itself", "use all, any or a comprehension"
        )
    members.compiling.append(name)
    try:
        members.functions[name] = compile_function(method, scope.registry, members)
    finally:
        members.compiling.pop()
    return members.functions[name]


def compile_function(method: Method, registry: Registry, members: Members) -> Function:
    """Return the IR of a helper."""
    scope, parameters = scope_of(method, registry, members)
    returns = method.node.returns
    if returns is None:
        raise scope.error(method.node, "M063", f"{method.name} does not say what it returns", "write `-> bool`")
    kind, _ = registry.type_of_annotation(returns, method.file, method.names, method.variables)
    body = _block(method.node.body, scope, kind, [0])
    return Function(
        method.name,
        parameters,
        kind,
        body,
        bool(scope.old_name),
        ast.get_docstring(method.node) or "",
        span=scope.span(method.node),
    )


def compile_image(method: Method, registry: Registry, members: Members, kind: Type) -> Expr:
    """Return the body of a mapping's method as a value of type `kind`, a variable of a coarser model.

    Raises:
        QuoraxError: M088 if the method returns another type, M089 if its parameters are not a mapping's.
    """
    scope = Scope(method, registry, members)
    arguments, returns = method.node.args, method.node.returns
    is_plain = not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs)
    if len(arguments.args) != 2 or not is_plain or arguments.defaults or method.node.decorator_list:
        raise scope.error(
            method.node,
            "M089",
            f"{method.name} does not take the finer model's state, and nothing else",
            f"write `def {method.name}(self, fine: Fine) -> {kind}`",
        )
    scope.self_name = arguments.args[1].arg
    if returns is None:
        raise scope.error(method.node, "M063", f"{method.name} does not say what it returns", f"write `-> {kind}`")
    given, _ = registry.type_of_annotation(returns, method.file, method.names, method.variables)
    if not accepts(kind, given):
        raise scope.error(
            returns, "M088", f"{method.name} is {given} here, and {kind} in the coarser model", f"return {kind}"
        )
    return _block(method.node.body, scope, kind, [0])


def compile_predicate(method: Method, registry: Registry, members: Members) -> tuple[Expr, Scope]:
    """Return the body of a property (bool), and its scope."""
    scope, parameters = scope_of(method, registry, members)
    if parameters:
        raise scope.error(method.node, "M064", "a property takes no parameters", "quantify: all(... for x in S)")
    return _block(method.node.body, scope, BOOL, [0]), scope


def scope_of(method: Method, registry: Registry, members: Members) -> tuple[Scope, tuple[Parameter, ...]]:
    """Return the scope of a function's body, and its parameters without `self` and `old`.

    Raises:
        QuoraxError: M065 for parameters without a type, with defaults, or of other kinds.
    """
    arguments = method.node.args
    scope = Scope(method, registry, members)
    positional = list(arguments.args)
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs or arguments.defaults:
        raise scope.error(
            method.node, "M065", f"{method.name} has parameters the language lacks", "use plain typed parameters"
        )
    if method.owner:
        if not positional:
            raise scope.error(method.node, "M065", f"{method.name} lacks self", f"write def {method.name}(self, ...)")
        scope.self_name = positional.pop(0).arg
    parameters: list[Parameter] = []
    for argument in positional:
        if argument.arg == "old" and method.owner:
            scope.old_name = "old"
            continue
        if argument.annotation is None:
            raise scope.error(argument, "M065", f"the parameter {argument.arg} has no type", f"write {argument.arg}: T")
        kind, _ = registry.type_of_annotation(argument.annotation, method.file, method.names, method.variables)
        parameters.append(Parameter(argument.arg, kind, span=scope.span(argument)))
        scope.locals[argument.arg] = kind
        scope.taken.add(argument.arg)
    return scope, tuple(parameters)


def match_arguments(
    node: ast.Call, parameters: Sequence[Parameter], scope: Scope, skip_old: bool = False
) -> tuple[Expr, ...]:
    """Return the arguments of a call in parameter order.

    Raises:
        QuoraxError: M058, if they do not match.
    """
    given: dict[str, ast.expr] = {}
    positional = list(node.args)
    if skip_old and positional and isinstance(positional[0], ast.Name) and positional[0].id == scope.old_name:
        positional.pop(0)
    for parameter, argument in zip(parameters, positional, strict=False):
        given[parameter.name] = argument
    for keyword in node.keywords:
        if keyword.arg is not None:
            given[keyword.arg] = keyword.value
    names = [p.name for p in parameters]
    if sorted(given) != sorted(names) or len(positional) + len(node.keywords) != len(names):
        wanted = ", ".join(f"{p.name}: {p.type}" for p in parameters)
        raise scope.error(node, "M058", f"wrong arguments for {ast.unparse(node.func)}", f"it takes ({wanted})")
    return tuple(expressions.compile_expr(given[p.name], scope, p.type) for p in parameters)


def is_procedure(method: Method) -> bool:
    """Return whether a method is a sequence of statements (`-> None`) rather than a helper with a value."""
    returns = method.node.returns
    return isinstance(returns, ast.Constant) and returns.value is None


def _block(body: Sequence[ast.stmt], scope: Scope, kind: Type, paths: list[int]) -> Expr:
    """Return the value that running `body` returns."""
    for position, statement in enumerate(body):
        rest = body[position + 1 :]
        match statement:
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                continue
            case ast.Return(value=value) if value is not None:
                return expressions.compile_expr(value, scope, kind)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return _let(name, expressions.compile_expr(value, scope), statement, rest, scope, kind, paths)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                method = scope.method
                declared, _ = scope.registry.type_of_annotation(
                    statement.annotation, method.file, method.names, method.variables
                )
                made = expressions.compile_expr(value, scope, declared)
                return _let(name, made, statement, rest, scope, kind, paths, declared)
            case ast.If():
                return _branch(statement, rest, scope, kind, paths)
            case ast.Assert(test=test):
                made = expressions.condition(test, scope)
                if not not_none(made, True):
                    raise scope.error(statement, "M066", "assert only tells what is not None", "assert x is not None")
                scope = scope.inner(narrowed=not_none(made, True))
            case ast.For() | ast.While():
                raise scope.error(statement, "M067", "a helper has no loops", "use all, any, max or a comprehension")
            case _:
                raise _impure(statement, scope)
    raise scope.error(
        body[-1] if body else scope.method.node,
        "M068",
        f"{scope.method.name} may end without returning a value",
        "end with `return ...`",
    )


def _let(
    name: str,
    value: Expr,
    node: ast.stmt,
    rest: Sequence[ast.stmt],
    scope: Scope,
    kind: Type,
    paths: list[int],
    declared: Type | None = None,
) -> Expr:
    inner = scope.inner({name: declared or value.type})
    body = _block(rest, inner, kind, paths)
    return Let(body.type, name, value, body, span=scope.span(node))


def _branch(node: ast.If, rest: Sequence[ast.stmt], scope: Scope, kind: Type, paths: list[int]) -> Expr:
    paths[0] += 1
    if paths[0] > BRANCHES_MAX:
        raise scope.error(node, "M069", f"more than {BRANCHES_MAX} paths through one helper", "split it")
    test = expressions.condition(node.test, scope)
    then = _block([*node.body, *rest], scope.inner(narrowed=not_none(test, True)), kind, paths)
    orelse = _block([*node.orelse, *rest], scope.inner(narrowed=not_none(test, False)), kind, paths)
    return Ite(join(then.type, orelse.type) or kind, test, then, orelse, span=scope.span(node))


def _impure(statement: ast.stmt, scope: Scope) -> Exception:
    """Return the diagnostic for a statement that a pure function cannot contain."""
    match statement:
        case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.Delete():
            return scope.error(
                statement, "M070", f"{scope.method.name} must not change anything", "only actions assign to the state"
            )
        case ast.Expr(value=ast.Call()):
            return scope.error(
                statement, "M070", f"{scope.method.name} must not have effects", "only actions send, require or spend"
            )
        case _:
            return scope.error(
                statement,
                "M043",
                f"{type(statement).__name__} is not part of the language",
                "a helper assigns locals, branches with if and returns",
            )
