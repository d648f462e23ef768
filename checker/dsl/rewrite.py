"""What a model's functions need to run natively: a few rewrites of their syntax trees, line numbers kept.

Python's own semantics is used for everything else, so that this run is a second opinion on the language. Rewritten are

- set displays and comprehensions, into frozen sets, which can be elements and fields;
- assignments to entries (`self.x[k] = v`), into assignments of a changed map: values do not change in place;
- `spend(self.b)`, `self.log[s].append(e)` and `self.net.send(...)`, which must know their budget, capacity, network.

Because file and lines stay, a debugger steps through the model's own text.
"""

from __future__ import annotations

import ast
import copy


def rewrite(node: ast.FunctionDef) -> ast.Module:
    """Return a module that defines the rewritten function, without decorators and annotations."""
    made = _Rewriter().visit(copy.deepcopy(node))
    assert isinstance(made, ast.FunctionDef)
    made.decorator_list = []
    made.returns = None
    for argument in made.args.args:
        argument.annotation = None
    return ast.fix_missing_locations(ast.Module([made], []))


class _Rewriter(ast.NodeTransformer):
    def visit_Set(self, node: ast.Set) -> ast.AST:
        self.generic_visit(node)
        return _call("frozenset", [node], node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return _call("frozenset", [node], node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        (target,) = node.targets
        return _assignment(target, node.value, node) if isinstance(target, ast.Subscript) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        loaded = _loaded(node.target)
        value = ast.copy_location(ast.BinOp(loaded, node.op, node.value), node)
        if isinstance(node.target, ast.Subscript):
            return _assignment(node.target, value, node)
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        match node.value:
            case ast.Call(func=ast.Name(id="spend"), args=[ast.Attribute() as budget]):
                made = _call("spend", [_loaded(budget)], node)
                target = ast.copy_location(ast.Attribute(budget.value, budget.attr, ast.Store()), budget)
                return ast.copy_location(ast.Assign([target], made), node)
            case ast.Call(func=ast.Attribute(value=target, attr="append"), args=[element]):
                root, depth = _root(target)
                extended = _call("append", [_loaded(target), element, ast.Constant(root), ast.Constant(depth)], node)
                return _assignment(target, extended, node)
            case _:
                return node


def _assignment(target: ast.expr, value: ast.expr, node: ast.stmt) -> ast.stmt:
    """Return `self.x = updated(self.x, (k, j), value)` for `self.x[k][j] = value`."""
    keys: list[ast.expr] = []
    while isinstance(target, ast.Subscript):
        keys.insert(0, target.slice)
        target = target.value
    assert isinstance(target, ast.Attribute)
    place = ast.copy_location(ast.Attribute(target.value, target.attr, ast.Store()), target)
    if keys:
        value = _call("updated", [_loaded(target), ast.Tuple(keys, ast.Load()), value], node)
    return ast.copy_location(ast.Assign([place], value), node)


def _root(node: ast.expr) -> tuple[str, int]:
    depth = 0
    while isinstance(node, ast.Subscript):
        node, depth = node.value, depth + 1
    return (node.attr if isinstance(node, ast.Attribute) else "", depth)


def _loaded(node: ast.expr) -> ast.expr:
    """Return a target as an expression that reads it."""
    match node:
        case ast.Subscript(value=value, slice=index):
            return ast.copy_location(ast.Subscript(_loaded(value), index, ast.Load()), node)
        case ast.Attribute(value=value, attr=attr):
            return ast.copy_location(ast.Attribute(value, attr, ast.Load()), node)
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(name, ast.Load()), node)
        case _:
            return node


def _call(name: str, args: list[ast.expr], node: ast.AST) -> ast.expr:
    """Return a call of one of the functions that `checker.dsl.native` provides under a private name."""
    made = ast.Call(ast.Name(f"__quorax_{name}", ast.Load()), args, [])
    return ast.copy_location(made, node)
