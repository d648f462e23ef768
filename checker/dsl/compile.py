"""From a model class to a `System`: its members in order of inheritance, each compiled to IR.

The class is walked from its most basic ancestor to itself, so that what a variant declares again replaces what it
inherits, in the inherited place. All errors of a phase are collected before any is shown.
"""

from __future__ import annotations

import ast
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from checker.diagnostics import Diagnostic, QuoraxError, Span
from checker.dsl.functions import compile_predicate, function_of, is_procedure, scope_of
from checker.dsl.model import Model, Role
from checker.dsl.registry import Registry, check_bounded
from checker.dsl.scope import Members, Method, Scope, collect
from checker.dsl.source import SourceFile, Sources, comment_after, docstring
from checker.dsl.statements import compile_body
from checker.ir.check import check_system
from checker.ir.system import (
    Action,
    Assign,
    GivenDecl,
    Property,
    System,
    VariableDecl,
)
from checker.ir.types import (
    BagType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OrderType,
    SetType,
    SortType,
    Type,
)
from checker.ir.walk import walk_statements


@dataclass(frozen=True, slots=True)
class Definitions:
    """What a system was compiled from, for those who run the text itself: methods, and classes by name."""

    methods: Mapping[str, Method]
    classes: Mapping[str, type]
    replacement: Callable[[str, Any], Any]


def definitions_of(model: type) -> Definitions:
    """Return the functions and classes behind a model; raises as `compile_model` does."""
    compiler = Compiler(model)
    compiler.system()
    return Definitions(compiler.members.methods, compiler.registry.classes, compiler.registry.replacement)


def replacements_of(model: type) -> list[Mapping[Any, Any]]:
    """Return what a model and its ancestors `replace`, the most basic ancestor first."""
    return [vars(c).get("replaced", {}) for c in reversed(model.__mro__) if issubclass(c, Model) and c is not Model]


def compile_model(model: type) -> System:
    """Return the system that a model class describes.

    Raises:
        QuoraxError: every error in its text, in source order.
    """
    try:
        system = Compiler(model).system()
        check_system(system)
        return system
    except RecursionError:
        raise QuoraxError(
            [Diagnostic(Span("", 0, 0, 0, 0), "M004", f"{model.__name__} is nested too deep", "split expressions up")]
        ) from None


class Compiler:
    """Holds what the phases of one compilation share."""

    def __init__(self, model: type, replaced: Sequence[Mapping[Any, Any]] = ()) -> None:
        self.model = model
        self.sources = Sources()
        ancestors = [c for c in reversed(model.__mro__) if issubclass(c, Model) and c is not Model]
        self.registry = Registry(self.sources, [*replacements_of(model), *replaced])
        self.ancestors = ancestors
        self.variables = _type_variables(model)
        self.members = Members()
        self.roles: dict[str, Role] = {}
        self.problems: list[Diagnostic] = []

    def system(self) -> System:
        """Run the phases: declarations, initial states, actions, properties."""
        for cls in self.ancestors:
            collect(self.problems, self._declare_class, cls)
        self._raise_problems()
        self.members.roles = {name: role.kind.replace("_", " ") for name, role in self.roles.items()}
        initial = self._actions("initial")
        self.members.initial = tuple(s for a in initial for s in a.body)
        actions = self._actions("action")
        properties = self._properties()
        for name, method in list(self.members.methods.items()):
            if name not in self.roles and not is_procedure(method):
                collect(self.problems, function_of, name, Scope(method, self.registry, self.members))
        self._check_initial(initial)
        self._raise_problems()
        file, node = self.sources.of_class(self.model)
        registry = self.registry
        return System(
            name=self.model.__name__,
            domains=tuple(sorted(registry.domains.values(), key=lambda d: registry.rank(d.type.name))),
            quorums=tuple(sorted(registry.quorums.values(), key=lambda q: registry.rank(q.type.name))),
            records=tuple(sorted(registry.records.values(), key=lambda r: registry.rank(r.name))),
            givens=(*registry.bounds.values(), *self.members.givens.values()),
            variables=tuple(self.members.variables.values()),
            functions=tuple(self.members.functions.values()),
            initial=tuple(initial),
            actions=tuple(actions),
            properties=tuple(properties),
            doc=docstring(node),
            span=file.span(node),
        )

    def _raise_problems(self) -> None:
        if self.problems:
            raise QuoraxError(self.problems)

    def _declare_class(self, cls: type) -> None:
        file, node = self.sources.of_class(cls)
        names = {**vars(sys.modules[cls.__module__])}
        variables = self.variables.get(cls, {})
        for item in node.body:
            match item:
                case ast.AnnAssign(target=ast.Name()):
                    collect(self.problems, self._declare_variable, item, file, names, variables)
                case ast.FunctionDef():
                    method = Method(item.name, item, file, names, variables, cls.__name__)
                    collect(self.problems, self._declare_method, method, vars(cls).get(item.name))
                case ast.Expr(value=ast.Constant()) | ast.Pass():
                    pass
                case _:
                    self.problems.append(
                        Diagnostic(
                            file.span(item),
                            "M005",
                            "a model's class declares variables and methods only",
                            "write `name: Type`, or move this to the top of the file",
                        )
                    )

    def _declare_variable(
        self, node: ast.AnnAssign, file: SourceFile, names: Mapping[str, Any], variables: Mapping[Any, Any]
    ) -> None:
        assert isinstance(node.target, ast.Name)
        name, span = node.target.id, file.span(node)
        kind, marker = self.registry.type_of_annotation(node.annotation, file, names, variables)
        doc = comment_after(file, node)
        if node.value is not None:
            raise QuoraxError(
                [Diagnostic(span, "M006", f"{name} has a value here", "give initial values in the @initial method")]
            )
        if name in self.members.methods:
            raise QuoraxError([Diagnostic(span, "M026", f"{name} is a method too", "rename one of them")])
        self.members.variables.pop(name, None) if marker in ("constant", "byzantine") else None
        self.members.givens.pop(name, None)
        match marker:
            case "constant" | "byzantine":
                self.members.givens[name] = _given(name, kind, marker, doc, span)
            case _:
                if marker != "budget":
                    check_bounded(name, kind, span)
                elif not isinstance(kind, IntType):
                    raise QuoraxError(
                        [Diagnostic(span, "M007", f"the budget {name} is no number", "write Budget[int]")]
                    )
                kind = IntType(0, None) if marker == "budget" else kind
                self.members.variables[name] = VariableDecl(
                    name, kind, marker == "volatile", marker == "budget", doc, span=span
                )

    def _declare_method(self, method: Method, runtime: Any) -> None:
        role = getattr(runtime, "__role__", None) if isinstance(runtime, FunctionType) else None
        span = method.file.span(method.node)
        if not isinstance(runtime, FunctionType):
            raise QuoraxError(
                [Diagnostic(span, "M008", f"{method.name} is not a plain method", "remove the decorator or the copy")]
            )
        if len(method.node.decorator_list) != (1 if role else 0):
            raise QuoraxError(
                [
                    Diagnostic(
                        span,
                        "M008",
                        f"{method.name} has decorators that the language lacks",
                        "use one of @initial, @action, @invariant, @lemma and @transition_invariant",
                    )
                ]
            )
        inherited = self.roles.get(method.name)
        if role is None and inherited is not None:
            raise QuoraxError(
                [
                    Diagnostic(
                        span,
                        "M009",
                        f"{method.name} replaces an inherited {inherited.kind.replace('_', ' ')} but is none",
                        f"decorate it with @{inherited.kind}",
                    )
                ]
            )
        if method.name in self.members.variables or method.name in self.members.givens:
            raise QuoraxError([Diagnostic(span, "M026", f"{method.name} is a variable too", "rename one of them")])
        if role is not None and role.replaces:
            self._replace(method, role, span)
        self.members.methods[method.name] = method
        if role is not None:
            self.roles[method.name] = role

    def _replace(self, method: Method, role: Role, span: Span) -> None:
        if self.roles.get(role.replaces, Role("initial")).kind != role.kind:
            raise QuoraxError(
                [Diagnostic(span, "M009", f"there is no inherited action {role.replaces}", "name the one it replaces")]
            )
        if role.replaces != method.name:
            order = list(self.members.methods)
            position = order.index(role.replaces)
            self.members.methods.pop(role.replaces)
            self.roles.pop(role.replaces)
            items = list(self.members.methods.items())
            items.insert(position, (method.name, method))
            self.members.methods = dict(items)

    def _actions(self, kind: str) -> list[Action]:
        made = []
        for name, role in self._ordered_roles():
            if role.kind == kind:
                action = collect(self.problems, self._action, self.members.methods[name], role)
                if action is not None:
                    made.append(action)
        return made

    def _ordered_roles(self) -> list[tuple[str, Role]]:
        return [(name, self.roles[name]) for name in self.members.methods if name in self.roles]

    def _action(self, method: Method, role: Role) -> Action:
        scope, parameters = scope_of(method, self.registry, self.members)
        for parameter in parameters:
            if isinstance(parameter.type, MessageSetType | BagType | FifoType | MapType):
                raise scope.error(method.node, "M085", f"a parameter cannot be a {parameter.type}", "take its parts")
            if isinstance(parameter.type, IntType) and None in (parameter.type.low, parameter.type.high):
                raise scope.error(
                    method.node,
                    "M085",
                    f"the parameter {parameter.name} has no range",
                    "use Annotated[int, Range(...)]",
                )
        if scope.old_name:
            raise scope.error(method.node, "M085", "an action has no `old`", "read self.x before you assign it")
        if role.at and role.at not in {p.name for p in parameters}:
            raise scope.error(
                method.node, "M086", f"at={role.at!r} is no parameter of {method.name}", "name a parameter"
            )
        scope.fixed = frozenset(p.name for p in parameters)
        body = compile_body(method.node.body, scope)
        return Action(
            method.name, parameters, body, role.at or None, docstring(method.node), span=scope.span(method.node)
        )

    def _properties(self) -> list[Property]:
        made = []
        for name, role in self._ordered_roles():
            if role.kind in ("invariant", "lemma", "transition_invariant"):
                prop = collect(self.problems, self._property, self.members.methods[name], role)
                if prop is not None:
                    made.append(prop)
        return made

    def _property(self, method: Method, role: Role) -> Property:
        body, scope = compile_predicate(method, self.registry, self.members)
        is_step = role.kind == "transition_invariant"
        if is_step != bool(scope.old_name):
            remedy = "add the parameter `old`" if is_step else "use @transition_invariant to see the state before"
            raise scope.error(method.node, "M064", f"{method.name} is a @{role.kind}", remedy)
        return Property(
            method.name,
            "transition" if is_step else "invariant",
            body,
            docstring(method.node),
            is_lemma=role.kind == "lemma",
            span=scope.span(method.node),
        )

    def _check_initial(self, initial: list[Action]) -> None:
        """Every variable needs a value at the start; networks start empty and budgets full."""
        assigned = {
            s.target.name
            for action in initial
            for s in walk_statements(action.body)
            if isinstance(s, Assign) and s.target.is_state
        }
        for decl in self.members.variables.values():
            is_free = decl.is_budget or isinstance(decl.type, MessageSetType | BagType | FifoType)
            if not is_free and decl.name not in assigned:
                self.problems.append(
                    Diagnostic(
                        decl.span,
                        "M010",
                        f"{decl.name} has no initial value",
                        f"assign self.{decl.name} in the @initial method",
                    )
                )


def _given(name: str, kind: Type, marker: str, doc: str, span: Span) -> GivenDecl:
    match marker, kind:
        case "byzantine", SetType(SortType()):
            return GivenDecl(name, kind, "byzantine", doc, span=span)
        case "constant", IntType() | MapType(SortType() | OrderType(), SortType() | OrderType()):
            return GivenDecl(name, kind, "constant", doc, span=span)
        case _:
            raise QuoraxError(
                [
                    Diagnostic(
                        span,
                        "M007",
                        f"{name} cannot be a {marker} of type {kind}",
                        "write Constant[int], Constant[Map[View, Replica]] or Byzantine[Replica]",
                    )
                ]
            )


def _type_variables(model: type) -> dict[type, dict[Any, Any]]:
    """Return what the type variables of each generic ancestor stand for: `Restarts[Server]` binds P to Server."""
    bound: dict[type, dict[Any, Any]] = {model: {}}
    pending = [model]
    while pending:
        cls = pending.pop()
        for base in getattr(cls, "__orig_bases__", cls.__bases__):
            origin = typing.get_origin(base) or base
            if not isinstance(origin, type) or not issubclass(origin, Model) or origin is Model:
                continue
            parameters = getattr(origin, "__parameters__", ())
            args = typing.get_args(base)
            bound.setdefault(origin, {}).update(
                {p: bound[cls].get(a, a) for p, a in zip(parameters, args, strict=False)}
            )
            pending.append(origin)
    return bound
