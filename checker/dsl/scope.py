"""What names mean while one function of a model is compiled: locals, the model's members, the module, builtins."""

from __future__ import annotations

import ast
import builtins
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from checker.diagnostics import Diagnostic, QuoraxError, Span, error
from checker.dsl.registry import Registry, TypeVariables, nearest
from checker.dsl.source import SourceFile
from checker.ir.expr import And, Const, Eq, Expr, Given, Local, Not, Or, State, Unwrap
from checker.ir.system import Function, GivenDecl, Statement, VariableDecl
from checker.ir.types import BOOL, INT, EnumType, OptionType, Type
from checker.ir.walk import free_locals


@dataclass(frozen=True, slots=True)
class Method:
    """A function of the model's text, and where its names are looked up. `owner` is the class it stands in."""

    name: str
    node: ast.FunctionDef
    file: SourceFile
    names: Mapping[str, Any]
    variables: TypeVariables
    owner: str


@dataclass(slots=True)
class Members:
    """What `self.` offers: filled by the compiler, read by every scope. Functions are compiled on first use."""

    variables: dict[str, VariableDecl] = field(default_factory=dict)
    givens: dict[str, GivenDecl] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    initial: tuple[Statement, ...] = ()
    compiling: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        return [*self.variables, *self.givens, *self.methods]


@dataclass(slots=True)
class Scope:
    """The names visible at one place.

    `narrowed` are optional expressions known not to be None there, `fixed` the locals that may not be assigned.
    Inside a procedure that replaces its call, locals have another name in the IR: `renamed`, made from `prefix` and
    none of the `taken` names; `depth` counts the procedures around.
    """

    method: Method
    registry: Registry
    members: Members
    self_name: str = ""
    old_name: str = ""
    locals: dict[str, Type] = field(default_factory=dict)
    narrowed: frozenset[Expr] = frozenset()
    fixed: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)
    prefix: str = ""
    taken: set[str] = field(default_factory=set)
    depth: int = 0

    def inner(self, locals: Mapping[str, Type] | None = None, narrowed: frozenset[Expr] = frozenset()) -> Scope:
        """Return a scope with more locals; a name that is bound again loses what was known of the outer one."""
        bound = locals or {}
        rebound = {*bound, *(self.renamed[name] for name in bound if name in self.renamed)}
        kept = frozenset(e for e in self.narrowed if not free_locals(e) & rebound)
        return replace(
            self,
            locals={**self.locals, **bound},
            narrowed=kept | narrowed,
            fixed=self.fixed - set(bound),
            renamed={k: v for k, v in self.renamed.items() if k not in bound},
        )

    def span(self, node: ast.AST) -> Span:
        return self.method.file.span(node)

    def error(self, node: ast.AST, code: str, message: str, help: str = "") -> QuoraxError:
        return error(self.span(node), code, message, help or f"docs/errors.md explains {code}")

    def method_error(self, method: Method, code: str, message: str, help: str = "") -> QuoraxError:
        """Return an error about another function of the model, at its definition."""
        return error(method.file.span(method.node), code, message, help)

    def lookup(self, node: ast.expr) -> Any:
        """Return the runtime object that a name or dotted name stands for outside the model, or None."""
        match node:
            case ast.Name(id=name) if name not in self.locals and name not in (self.self_name, self.old_name):
                thing = self.method.names.get(name, getattr(builtins, name, None))
                return self.registry.replacement(name, thing)
            case ast.Attribute(value=value, attr=attr):
                owner = self.lookup(value)
                return getattr(owner, attr, None) if owner is not None else None
            case _:
                return None

    def name(self, node: ast.Name) -> Expr:
        """Return the expression that a bare name stands for.

        Raises:
            QuoraxError: M030 unknown, M031 known but no value (a class, a function, a float).
        """
        if node.id in self.locals:
            name = self.renamed.get(node.id, node.id)
            return self.narrow(Local(self.locals[node.id], name, span=self.span(node)))
        if node.id in (self.self_name, self.old_name):
            raise self.error(node, "M031", f"{node.id} is the model, not a value", f"name a variable: {node.id}.x")
        if node.id not in self.method.names and not hasattr(builtins, node.id):
            known = [*self.locals, *self.method.names]
            hint = nearest(node.id, known)
            if node.id in self.members.names():
                hint = f"write {self.self_name or 'self'}.{node.id}"
            raise self.error(node, "M030", f"unknown name {node.id}", hint or "define or import it")
        return self.constant(node, self.lookup(node))

    def constant(self, node: ast.expr, thing: Any) -> Expr:
        """Return a captured module constant: bool, int, or a member of an Enum."""
        if isinstance(thing, bool):
            return Const(BOOL, thing, span=self.span(node))
        if isinstance(thing, enum.Enum):
            kind = self.registry.declare(type(thing), self.span(node))
            assert isinstance(kind, EnumType)
            return Const(kind, list(type(thing)).index(thing), span=self.span(node))
        if isinstance(thing, int):
            return Const(INT, thing, span=self.span(node))
        what = (
            "a class" if isinstance(thing, type) else "a function" if callable(thing) else f"a {type(thing).__name__}"
        )
        raise self.error(
            node,
            "M031",
            f"{ast.unparse(node)} is {what}, not a value of the language",
            "values are bools, ints, members, records and collections; iterate a class with `for x in ...`",
        )

    def member(self, node: ast.Attribute, old: bool) -> Expr:
        """Return `self.x` or `old.x`.

        Raises:
            QuoraxError: M032, if the model has no such variable.
        """
        if node.attr in self.members.variables:
            decl = self.members.variables[node.attr]
            if decl.is_budget:
                raise self.error(node, "M033", f"the budget {node.attr} cannot be read", f"use spend(self.{node.attr})")
            return self.narrow(State(decl.type, decl.name, old, span=self.span(node)))
        if node.attr in self.members.givens:
            given = self.members.givens[node.attr]
            return Given(given.type, given.name, span=self.span(node))
        if node.attr in self.members.methods:
            raise self.error(node, "M034", f"{node.attr} is a method: call it", f"write self.{node.attr}(...)")
        raise self.error(
            node,
            "M032",
            f"the model has no variable {node.attr}",
            nearest(node.attr, self.members.names()) or "declare it: `name: Type` in the class",
        )

    def narrow(self, expr: Expr) -> Expr:
        """Return the inner value of an optional expression that is known not to be None here."""
        if isinstance(expr.type, OptionType) and expr in self.narrowed:
            return Unwrap(expr.type.inner, expr, span=expr.span)
        return expr


def not_none(condition: Expr, truth: bool) -> frozenset[Expr]:
    """Return the optional expressions that cannot be None where `condition` is known to be `truth`."""
    match condition:
        case Eq(left=left, right=Const(value=None)) if not truth:
            return frozenset([left])
        case Not(operand=operand):
            return not_none(operand, not truth)
        case And(operands=operands) if truth:
            return frozenset().union(*(not_none(o, True) for o in operands))
        case Or(operands=operands) if not truth:
            return frozenset().union(*(not_none(o, False) for o in operands))
        case _:
            return frozenset()


def collect(problems: list[Diagnostic], work: Any, *args: Any) -> Any:
    """Run one piece of a phase; keep its diagnostics and go on, so that all errors of the phase are shown."""
    try:
        return work(*args)
    except QuoraxError as problem:
        problems.extend(problem.diagnostics)
        return None
