"""Bodies of actions to IR statements.

Statements run in order over immutable values. A method that returns None and is no action is a *procedure*: its call is
replaced by its body, with the arguments bound first and its locals renamed.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from checker.dsl import calls, expressions, functions, loops
from checker.dsl.model import choose, require, spend, successor
from checker.dsl.registry import nearest
from checker.dsl.scope import Method, Scope, not_none
from checker.ir.expr import Expr, Local, State
from checker.ir.system import (
    Append,
    Assign,
    Choose,
    ForEach,
    If,
    KeyStep,
    NetOp,
    Require,
    Spend,
    Statement,
    Successor,
    Target,
)
from checker.ir.types import (
    INT,
    BagType,
    FifoType,
    MapType,
    MessageSetType,
    OrderType,
    SeqType,
    SetType,
    SortType,
    Type,
    accepts,
    join,
)
from checker.ir.walk import fresh, walk

INLINED_MAX = 32
"""How deep procedures may call procedures."""

_NET_ARITY = {"send": (1, 3), "receive": (1, 2), "drop": (1, 2), "duplicate": (1, 0), "reset": (0, 2)}
"""Arguments of network operations on a MessageSet or Bag, and on a Fifo; 0 where there is no such operation."""

Block = tuple[tuple[Statement, ...], Scope]


def compile_body(nodes: Sequence[ast.stmt], scope: Scope) -> tuple[Statement, ...]:
    """Return the statements of an action.

    Raises:
        QuoraxError: M030–M089, for the first statement that is wrong.
    """
    return _block(nodes, scope)[0]


def _block(nodes: Sequence[ast.stmt], scope: Scope) -> Block:
    made: list[Statement] = []
    for node in nodes:
        statements, scope = _statement(node, scope)
        made += statements
    return tuple(made), scope


def _statement(node: ast.stmt, scope: Scope) -> Block:
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
            return (), scope
        case ast.Expr(value=ast.Call() as call):
            return _call_statement(call, scope)
        case ast.Assign(targets=[target], value=value):
            return _assign(target, value, node, scope)
        case ast.AnnAssign(target=ast.Name() as target, value=value) if value is not None:
            method = scope.method
            kind, _ = scope.registry.type_of_annotation(node.annotation, method.file, method.names, method.variables)
            return _assign(target, value, node, scope, kind)
        case ast.AugAssign():
            return _augmented(node, scope)
        case ast.If():
            return _if(node, scope)
        case ast.For():
            return _for(node, scope)
        case ast.Assert(test=test):
            made = expressions.condition(test, scope)
            if not not_none(made, True):
                raise scope.error(node, "M066", "assert only tells what is not None", "use require(...) for a guard")
            return (), scope.inner(narrowed=not_none(made, True))
        case _:
            raise _rejected(node, scope)


def _rejected(node: ast.stmt, scope: Scope) -> Exception:
    match node:
        case ast.Return():
            return scope.error(node, "M071", "an action returns nothing", "use require(...) and if/else")
        case ast.While():
            return scope.error(node, "M067", "while is not part of the language", "loop over a Sort or a set with for")
        case ast.Assign():
            return scope.error(node, "M072", "one target for each assignment", "write two lines")
        case ast.Delete():
            return scope.error(node, "M043", "del is not part of the language", "assign a value without the element")
        case ast.Expr():
            return scope.error(node, "M073", "this expression has no effect", "write require(...) if it is a guard")
        case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
            return scope.error(node, "M043", "definitions inside an action are not part of the language", "move it out")
        case _:
            return scope.error(
                node, "M043", f"{type(node).__name__} is not part of the language", "see the language reference"
            )


def _call_statement(node: ast.Call, scope: Scope) -> Block:
    span = scope.span(node)
    word = scope.lookup(node.func)
    if word is require:
        (argument,) = calls.arguments(node, scope, "require", 1)
        condition = expressions.condition(argument, scope)
        return (Require(condition, span=span),), scope.inner(narrowed=not_none(condition, True))
    if word is spend:
        (argument,) = calls.arguments(node, scope, "spend", 1)
        return (Spend(_budget(argument, scope), span=span),), scope
    if word is choose or word is successor:
        raise scope.error(node, "M074", "the result is not used", f"write x = {ast.unparse(node)}")
    if isinstance(node.func, ast.Attribute):
        made = _method_statement(node, node.func, scope)
        if made is not None:
            return made
    expressions.compile_expr(node, scope)
    raise scope.error(node, "M073", "this call has no effect", "write require(...) if it is a guard")


def _budget(node: ast.expr, scope: Scope) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == scope.self_name:
            decl = scope.members.variables.get(attr)
            if decl is not None and decl.is_budget:
                return attr
    raise scope.error(node, "M075", f"{ast.unparse(node)} is not a budget", "declare `restarts: Budget[int]`")


def _method_statement(node: ast.Call, func: ast.Attribute, scope: Scope) -> Block | None:
    if isinstance(func.value, ast.Name) and func.value.id == scope.self_name and scope.self_name:
        if func.attr == "forget":
            return _forget(node, scope), scope
        method = scope.members.methods.get(func.attr)
        if method is not None and functions.is_procedure(method) and not scope.members.roles.get(func.attr):
            return _procedure(method, node, scope)
        return None
    if func.attr in _NET_ARITY:
        return (_net_op(node, func, None, scope),), _after_write(scope, _root(func.value))
    if func.attr == "append":
        (argument,) = calls.arguments(node, scope, "append", 1)
        target = _target(func.value, scope)
        if not isinstance(target.type, SeqType) or not target.is_state:
            raise scope.error(node, "M076", "append changes a sequence of the state", "write s + Seq(x) for a value")
        value = expressions.compile_expr(argument, scope, target.type.element)
        return (Append(target, value, span=scope.span(node)),), _after_write(scope, target.name)
    return None


def _net_op(node: ast.Call, func: ast.Attribute, result: str | None, scope: Scope) -> NetOp:
    network = expressions.compile_expr(func.value, scope)
    operation: Any = func.attr
    if not isinstance(network, State) or not isinstance(network.type, MessageSetType | BagType | FifoType):
        raise scope.error(
            node, "M055", f"{network.type} has no method {operation}", "networks are variables of the model"
        )
    is_fifo = isinstance(network.type, FifoType)
    count = _NET_ARITY[operation][is_fifo]
    if not count or (isinstance(network.type, MessageSetType) and operation != "send"):
        kind = type(network.type).__name__.removesuffix("Type")
        raise scope.error(node, "M077", f"a {kind} has no {operation}", "see what each network offers in the reference")
    given = calls.arguments(node, scope, operation, count)
    kinds: list[Type] = [network.type.element]
    if isinstance(network.type, FifoType):
        kinds = [network.type.endpoint, network.type.endpoint, network.type.element]
    args = tuple(expressions.compile_expr(a, scope, k) for a, k in zip(given, kinds, strict=False))
    return NetOp(operation, network.name, network.type, args, result, span=scope.span(node))


def _assign(target: ast.expr, value: ast.expr, node: ast.stmt, scope: Scope, declared: Type | None = None) -> Block:
    if isinstance(value, ast.Call):
        word = scope.lookup(value.func)
        if word is choose:
            return _choose(target, value, scope)
        if word is successor:
            return _successor(target, value, node, scope)
        if (
            isinstance(value.func, ast.Attribute)
            and value.func.attr in ("receive", "drop")
            and scope.lookup(value.func) is None
        ):
            return _receive(target, value, value.func, scope)
    if isinstance(target, ast.Name):
        return _assign_local(
            target, expressions.compile_expr(value, scope, declared or _known(target, scope)), node, scope, declared
        )
    place = _target(target, scope)
    made = expressions.compile_expr(value, scope, place.type)
    return (Assign(place, made, span=scope.span(node)),), _after_write(scope, place.name)


def _known(target: ast.Name, scope: Scope) -> Type | None:
    """Return the type an existing local keeps when it is assigned again; a new one takes the value's."""
    return scope.locals.get(target.id)


def _assign_local(target: ast.Name, value: Expr, node: ast.stmt, scope: Scope, declared: Type | None = None) -> Block:
    scope, name = _bind(target, declared or _known(target, scope) or value.type, scope)
    place = Target(name, False, scope.locals[target.id], span=scope.span(target))
    return (Assign(place, value, span=scope.span(node)),), scope


def _bind(target: ast.Name, kind: Type, scope: Scope) -> tuple[Scope, str]:
    """Return the scope with a local bound, and its name in the IR.

    Raises:
        QuoraxError: M078, if the name is a class of the module, a parameter or the model itself.
    """
    outside = scope.method.names.get(target.id)
    if isinstance(outside, type):
        raise scope.error(target, "M078", f"cannot assign to the class {target.id}", "choose another name")
    if target.id in (scope.self_name, scope.old_name):
        raise scope.error(target, "M078", f"cannot assign to {target.id}", "choose another name")
    if target.id in scope.fixed:
        raise scope.error(target, "M078", f"cannot assign to the parameter {target.id}", "choose another name")
    if isinstance(kind, MessageSetType | BagType | FifoType):
        raise scope.error(target, "M050", "a network is no value", "name the network where you use it")
    inner = scope.inner({target.id: kind})
    name = scope.prefix + target.id
    scope.taken.add(name)
    inner.renamed[target.id] = name
    return inner, name


def _choose(target: ast.expr, call: ast.Call, scope: Scope) -> Block:
    (argument,) = calls.arguments(call, scope, "choose", 1)
    domain, element = expressions.elements(argument, scope)
    declared = domain.type.element if isinstance(domain.type, SetType | SeqType) else element
    if not isinstance(target, ast.Name):
        raise scope.error(target, "M074", "choose binds a local name", f"write x = {ast.unparse(call)} first")
    inner, name = _bind(target, declared, scope)
    return (Choose(name, declared, domain, span=scope.span(call)),), inner


def _successor(target: ast.expr, call: ast.Call, node: ast.stmt, scope: Scope) -> Block:
    (argument,) = calls.arguments(call, scope, "successor", 1)
    operand = expressions.compile_expr(argument, scope)
    if not isinstance(operand.type, OrderType):
        raise scope.error(argument, "M079", f"{operand.type} has no successor", "successor is for members of an Order")
    kind = operand.type
    span = scope.span(call)
    if isinstance(target, ast.Name):
        inner, name = _bind(target, kind, scope)
        return (Successor(name, kind, operand, span=span),), inner
    place = _target(target, scope)
    if not accepts(place.type, kind):
        raise scope.error(node, "M040", f"{place.type} is wanted here, this is {kind}")
    name = fresh(f"next_{kind.name.lower()}", scope.taken)
    scope.taken.add(name)
    assign = Assign(place, Local(kind, name, span=span), span=scope.span(node))
    return (Successor(name, kind, operand, span=span), assign), _after_write(scope, place.name)


def _receive(target: ast.expr, call: ast.Call, func: ast.Attribute, scope: Scope) -> Block:
    if not isinstance(target, ast.Name):
        raise scope.error(target, "M074", f"{func.attr} binds a local name", f"write m = {ast.unparse(call)} first")
    network = expressions.compile_expr(func.value, scope)
    if not isinstance(network.type, FifoType):
        raise scope.error(call, "M074", f"{func.attr} returns nothing here", "take the message as a parameter")
    inner, name = _bind(target, network.type.element, scope)
    return (_net_op(call, func, name, scope),), _after_write(inner, _root(func.value))


def _augmented(node: ast.AugAssign, scope: Scope) -> Block:
    span = scope.span(node)
    if isinstance(node.target, ast.Name):
        left = scope.name(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        hint = left.type if isinstance(left.type, SetType | SeqType) else None
        right = expressions.compile_expr(node.value, scope, hint)
        return _assign_local(node.target, expressions.operation(node.op, left, right, node, scope), node, scope)
    place = _target(node.target, scope)
    left = expressions.compile_expr(ast.parse(ast.unparse(node.target), mode="eval").body, scope)
    left = replace(left, span=scope.span(node.target))
    hint = left.type if isinstance(left.type, SetType | SeqType) else None
    right = expressions.compile_expr(node.value, scope, hint)
    value = expressions.fit(expressions.operation(node.op, left, right, node, scope), place.type, node, scope)
    return (Assign(place, value, span=span),), _after_write(scope, place.name)


def _target(node: ast.expr, scope: Scope) -> Target:
    """Return the place in the state that an assignment changes.

    Raises:
        QuoraxError: M080–M082, if it is none.
    """
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == scope.self_name and scope.self_name:
            return _variable(node, attr, scope)
        case ast.Attribute(value=ast.Name(id=name)) if name == scope.old_name and scope.old_name:
            raise scope.error(node, "M080", "the state before the step cannot be changed")
        case ast.Attribute():
            raise scope.error(node, "M081", "records do not change", "make a new record with the field's new value")
        case ast.Subscript(value=value, slice=index) if not isinstance(index, ast.Slice):
            outer = _target(value, scope)
            match outer.type:
                case MapType(key, inner):
                    step = KeyStep(expressions.compile_expr(index, scope, key))
                case SeqType(inner, _):
                    step = KeyStep(expressions.compile_expr(index, scope, INT))
                case _:
                    raise scope.error(node, "M045", f"{outer.type} has no entries to assign")
            return Target(outer.name, True, inner, (*outer.steps, step), span=scope.span(node))
        case _:
            raise scope.error(node, "M080", f"cannot assign to {ast.unparse(node)}", "assign to self.x or self.x[k]")


def _variable(node: ast.Attribute, name: str, scope: Scope) -> Target:
    decl = scope.members.variables.get(name)
    if decl is None:
        if name in scope.members.givens:
            raise scope.error(node, "M082", f"{name} is fixed by the instance", "declare a variable if it changes")
        remedy = nearest(name, scope.members.variables) or "declare it: `name: Type` in the class"
        raise scope.error(node, "M032", f"the model has no variable {name}", remedy)
    if decl.is_budget:
        raise scope.error(node, "M033", f"the budget {name} is not assigned", f"use spend(self.{name})")
    if isinstance(decl.type, MessageSetType | BagType | FifoType):
        raise scope.error(node, "M082", f"the network {name} is not assigned", f"use self.{name}.send(...)")
    return Target(name, True, decl.type, span=scope.span(node))


def _if(node: ast.If, scope: Scope) -> Block:
    test = expressions.condition(node.test, scope)
    then, after_then = _block(node.body, scope.inner(narrowed=not_none(test, True)))
    orelse, after_else = _block(node.orelse, scope.inner(narrowed=not_none(test, False)))
    joined: dict[str, Type] = {}
    for name, kind in after_then.locals.items():
        other = after_else.locals.get(name)
        merged = join(kind, other) if other is not None else None
        if merged is not None and after_then.renamed.get(name) == after_else.renamed.get(name):
            joined[name] = merged
    after = replace(
        scope,
        locals=joined,
        renamed={k: v for k, v in after_then.renamed.items() if k in joined},
        narrowed=after_then.narrowed & after_else.narrowed,
    )
    return (If(test, then, orelse, span=scope.span(node)),), after


def _for(node: ast.For, scope: Scope) -> Block:
    if node.orelse:
        raise scope.error(node, "M043", "for-else is not part of the language", "write the statements after the loop")
    if not isinstance(node.target, ast.Name):
        raise scope.error(node.target, "M043", "a loop binds one name", "name the element, use its fields")
    domain, element = expressions.elements(node.iter, scope)
    if isinstance(domain.type, SeqType):
        raise scope.error(node.iter, "M042", "a loop is over a set", "loop over range(len(s)) and index it")
    inner, name = _bind(node.target, element, scope)
    inner = replace(inner, fixed=inner.fixed | {node.target.id})
    body, after = _block(node.body, inner)
    loop = ForEach(name, domain, body, span=scope.span(node))
    loops.check_order_independent(loop, scope.members.functions, {scope.renamed.get(n, n) for n in scope.locals})
    kept = frozenset(e for e in scope.narrowed if e in after.narrowed)
    return (loop,), replace(scope, narrowed=kept)


def _procedure(method: Method, node: ast.Call, scope: Scope) -> Block:
    """Return the body of a procedure in the place of its call."""
    if scope.depth >= INLINED_MAX:
        raise scope.error(node, "M062", f"{method.name} calls itself, or procedures nest too deep", "write a loop")
    inner, parameters = functions.scope_of(method, scope.registry, scope.members)
    args = functions.match_arguments(node, parameters, scope)
    prefix = fresh(method.name, scope.taken)
    scope.taken.add(prefix)
    inner = replace(inner, prefix=f"{prefix}.", taken=scope.taken, depth=scope.depth + 1, locals={})
    made: list[Statement] = []
    for parameter, value in zip(parameters, args, strict=True):
        name = inner.prefix + parameter.name
        made.append(Assign(Target(name, False, parameter.type), value, span=scope.span(node)))
        inner.locals[parameter.name] = parameter.type
        inner.renamed[parameter.name] = name
    inner = replace(inner, fixed=frozenset(p.name for p in parameters))
    body, _ = _block(method.node.body, inner)
    return (*made, *body), replace(scope, narrowed=frozenset())


def _forget(node: ast.Call, scope: Scope) -> tuple[Statement, ...]:
    """Return the assignments that give a process's volatile variables their initial values."""
    (argument,) = calls.arguments(node, scope, "forget", 1)
    process = expressions.compile_expr(argument, scope)
    if not isinstance(process.type, SortType):
        raise scope.error(argument, "M083", f"{process.type} is not a process", "forget takes a member of a Sort")
    name = fresh("restarted", scope.taken)
    scope.taken.add(name)
    span = scope.span(node)
    made: list[Statement] = [Assign(Target(name, False, process.type), process, span=span)]
    for decl in scope.members.variables.values():
        if decl.is_volatile and isinstance(decl.type, MapType) and decl.type.key == process.type:
            reset = loops.initial_value_statements(decl.name, process.type, scope.members, name)
            if reset is None:
                raise scope.error(
                    node,
                    "M084",
                    f"the initial value of the volatile {decl.name} is not plain",
                    f"write `for p in {process.type}: self.{decl.name}[p] = ...` in @initial",
                )
            made += reset
    return tuple(made)


def _after_write(scope: Scope, variable: str) -> Scope:
    """Return the scope without what was known about a variable that has just changed."""
    kept = frozenset(
        e for e in scope.narrowed if not any(isinstance(part, State) and part.name == variable for part in walk(e))
    )
    return replace(scope, narrowed=kept)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else ""
