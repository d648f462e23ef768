"""Well-formedness of the IR, independent of the front end that made it.

Whatever passes has a meaning in every engine; an M9xx error is a fault of the toolkit, not of the model. The codes:

======  ==========================================================================================================
M901    a declaration is ill-formed: an unknown or recursive type, a map key that cannot be listed, a bad bound
M902    a name is declared twice
M903    an expression is ill-typed, reads an unknown name, or carries another type than its parts have
M904    a statement is ill-formed: what it assigns, binds, sends or takes from
M905    functions call each other in a circle
M906    a variable has no initial value
======  ==========================================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import assert_never

from checker.diagnostics import Diagnostic, QuoraxError, Span
from checker.ir.expr import (
    Call,
    Concat,
    Const,
    Expr,
    Extremum,
    Ite,
    Let,
    Local,
    MakeMap,
    MakeSeq,
    MakeSet,
    SetOp,
)
from checker.ir.infer import IllTypedError, Scope, element_type, inner_scopes, type_of
from checker.ir.show import show_expr
from checker.ir.system import (
    Action,
    Append,
    Assign,
    Choose,
    ForEach,
    Function,
    If,
    NetOp,
    Property,
    Require,
    Spend,
    Statement,
    Successor,
    System,
    Target,
)
from checker.ir.types import (
    BOOL,
    INT,
    BagType,
    BoolType,
    EmptyType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    NoneType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    accepts,
    join,
)
from checker.ir.walk import children, walk, walk_statements

HELP = "this is a fault of quorax, which should have refused the model earlier: please report it"


def check_system(system: System) -> None:
    """Raise unless every part of `system` is well-formed.

    Raises:
        QuoraxError: M901–M906, everything that is wrong; expressions are looked at only if declarations are right.

    """
    checker = _Checker(system)
    checker.declarations()
    checker.raise_problems()
    checker.bodies()
    checker.raise_problems()


WIDENED = (Const, Local, Let, Ite, Call, MakeSet, MakeSeq, MakeMap, SetOp, Concat, Extremum)
"""Nodes that may carry a wider type than their parts need: the type of the place where they stand."""


class _Checker:
    """Collects what is wrong with one system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.problems: list[Diagnostic] = []

    def raise_problems(self) -> None:
        if self.problems:
            raise QuoraxError(self.problems)

    def report(self, span: Span, code: str, message: str) -> None:
        self.problems.append(Diagnostic(span, code, message, HELP))

    # Declarations

    def declarations(self) -> None:
        system = self.system
        types = (*(d.type.name for d in system.domains), *(q.type.name for q in system.quorums))
        self.unique("type", [*types, *(r.name for r in system.records)])
        state = (*(g.name for g in system.givens), *(v.name for v in system.variables))
        actions = (a.name for a in (*system.initial, *system.actions))
        predicates = (*(f.name for f in system.functions), *(p.name for p in system.properties))
        self.unique("member", [*state, *actions, *predicates])
        for domain in system.domains:
            self.unique(f"member of {domain.type}", domain.members)
            if isinstance(domain.type, EnumType) != bool(domain.members):
                self.report(domain.span, "M901", f"{domain.type}: enums have members, sorts and orders none")
        for quorum in system.quorums:
            self.type(quorum.type, quorum.span, is_stored=True)
        for record in system.records:
            self.unique(f"field of {record.name}", [f.name for f in record.fields])
            for field in record.fields:
                self.type(field.type, field.span, is_stored=True)
            signs = [f for f in record.fields if f.name == record.signer and isinstance(f.type, SortType)]
            if record.signer is not None and not (record.is_message and signs):
                self.report(record.span, "M901", f"{record.name}: the signer {record.signer} is no field of a sort")
        self.finite_records()
        self.state()

    def state(self) -> None:
        for given in self.system.givens:
            self.type(given.type, given.span, is_stored=True)
            match given.kind, given.type:
                case ("bound", IntType()) | ("byzantine", SetType(SortType())) | ("constant", IntType()):
                    pass
                case ("constant", MapType(SortType() | OrderType(), SortType() | OrderType())):
                    pass
                case _:
                    self.report(given.span, "M901", f"{given.name}: a {given.kind} cannot be a {given.type}")
        for variable in self.system.variables:
            is_network = isinstance(variable.type, BagType | MessageSetType | FifoType)
            self.type(variable.type, variable.span, is_stored=not is_network)
            if variable.is_budget and not isinstance(variable.type, IntType):
                self.report(variable.span, "M901", f"the budget {variable.name} is no integer")

    def unique(self, what: str, names: Iterable[str]) -> None:
        for name, count in Counter(names).items():
            if count > 1:
                self.report(self.system.span, "M902", f"{count} declarations of the {what} {name}")

    def finite_records(self) -> None:
        """Report records that contain themselves."""
        inside = {r.name: {n for f in r.fields for n in _names_inside(f.type)} for r in self.system.records}
        for record in self.system.records:
            if record.name in _reachable(record.name, inside):
                self.report(record.span, "M901", f"the record {record.name} contains itself")

    def type(self, kind: Type, span: Span, *, is_stored: bool) -> None:
        """Report what is wrong with a type; one that `is_stored` has neither networks nor untyped parts."""
        problem = self.type_problem(kind, is_stored)
        if problem:
            self.report(span, "M901", problem)

    def type_problem(self, kind: Type, is_stored: bool) -> str:
        """Return what is wrong with a type, or the empty string."""
        system = self.system
        match kind:
            case BoolType():
                return ""
            case IntType(low, high):
                return self.bound_problem(low) or self.bound_problem(high)
            case EnumType() | SortType() | OrderType():
                return "" if any(d.type == kind for d in system.domains) else f"there is no domain {kind}"
            case QuorumType(name, base):
                known = any(q.type == kind for q in system.quorums)
                return self.type_problem(base, is_stored) if known else f"there is no quorum system {name}"
            case RecordType(name):
                return "" if any(r.name == name for r in system.records) else f"there is no record {name}"
            case UnionType(names):
                if len(set(names)) < 2 or len(set(names)) < len(names):
                    return f"{kind} does not have two variants or more, each once"
                return next(filter(None, (self.type_problem(RecordType(n), is_stored) for n in names)), "")
            case OptionType(OptionType() | NoneType()):
                return f"{kind} has two kinds of None"
            case OptionType(inner) | SetType(inner):
                return self.type_problem(inner, is_stored)
            case SeqType(inner, capacity):
                if is_stored and capacity is None:
                    return f"{kind} has no capacity"
                return self.bound_problem(capacity) or self.type_problem(inner, is_stored)
            case MapType(key, value):
                problem = "" if _is_key(key) else f"{key} cannot be the key of a map"
                return problem or self.type_problem(key, is_stored) or self.type_problem(value, is_stored)
            case BagType(element) | MessageSetType(element):
                return f"{kind} stands where a value is stored" if is_stored else self.type_problem(element, True)
            case FifoType(endpoint, element, capacity):
                problem = f"{kind} stands where a value is stored" if is_stored else self.bound_problem(capacity)
                return problem or self.type_problem(endpoint, True) or self.type_problem(element, True)
            case NoneType() | EmptyType():
                return f"the type {kind} stands where a value is stored" if is_stored else ""
            case _:
                assert_never(kind)

    def bound_problem(self, bound: int | str | None) -> str:
        known = not isinstance(bound, str) or any(
            g.name == bound and isinstance(g.type, IntType) for g in self.system.givens
        )
        return "" if known else f"there is no bound {bound}"

    # Functions, actions and properties

    def bodies(self) -> None:
        calls = {f.name: {e.function for e in walk(f.body) if isinstance(e, Call)} for f in self.system.functions}
        for function in self.system.functions:
            if function.name in _reachable(function.name, calls):
                self.report(function.span, "M905", f"the function {function.name} calls itself")
            self.function(function)
        for action in (*self.system.initial, *self.system.actions):
            self.action(action)
        for prop in self.system.properties:
            self.property(prop)
        self.initial_values()

    def function(self, function: Function) -> None:
        scope = self.parameters(function, has_old=function.of_step)
        self.type(function.type, function.span, is_stored=False)
        self.expression(function.body, scope, function.type, "M903")

    def property(self, prop: Property) -> None:
        self.expression(prop.body, Scope(self.system, {}, prop.kind == "transition"), BOOL, "M903")

    def action(self, action: Action) -> None:
        scope = self.parameters(action, has_old=False)
        names = [p.name for p in action.parameters]
        if action.at is not None and action.at not in names:
            self.report(action.span, "M901", f"{action.name}: there is no parameter {action.at}")
        self.block(action.body, scope, frozenset(names))

    def parameters(self, owner: Action | Function, *, has_old: bool) -> Scope:
        self.unique(f"parameter of {owner.name}", [p.name for p in owner.parameters])
        for parameter in owner.parameters:
            self.type(parameter.type, parameter.span, is_stored=False)
            is_unlisted = isinstance(parameter.type, MapType | BagType | MessageSetType | FifoType)
            if isinstance(owner, Action) and is_unlisted:
                self.report(parameter.span, "M901", f"the values of {parameter.type} cannot be parameters")
        return Scope(self.system, {p.name: p.type for p in owner.parameters}, has_old)

    def initial_values(self) -> None:
        statements = [s for a in self.system.initial for s in walk_statements(a.body)]
        given = {s.target.name for s in statements if isinstance(s, Assign) and s.target.is_state}
        for variable in self.system.variables:
            is_free = variable.is_budget or isinstance(variable.type, BagType | MessageSetType | FifoType)
            if not is_free and variable.name not in given:
                self.report(variable.span, "M906", f"nothing gives {variable.name} its initial value")

    # Expressions

    def expression(self, expr: Expr, scope: Scope, expected: Type | None = None, code: str = "M904") -> bool:
        """Check an expression from its leaves up, and that it fits the place it stands in; return whether it does."""
        if not self.node(expr, scope):
            return False
        if expected is not None and not accepts(expected, expr.type):
            self.report(expr.span, code, f"{show_expr(expr)} is {expr.type} where {expected} is wanted")
            return False
        return True

    def node(self, expr: Expr, scope: Scope) -> bool:
        problem = self.type_problem(expr.type, is_stored=False)
        if problem:
            self.report(expr.span, "M903", problem)
            return False
        try:
            parts = zip(children(expr), inner_scopes(expr, scope), strict=True)
            are_right = [self.node(child, inner) for child, inner in parts]  # all of them, to report each
            if not all(are_right):
                return False
            computed = type_of(expr, scope)
        except IllTypedError as ill:
            self.report(expr.span, "M903", f"{show_expr(expr)}: {ill}")
            return False
        if accepts(expr.type, computed) and (isinstance(expr, WIDENED) or accepts(computed, expr.type)):
            return True
        self.report(expr.span, "M903", f"{show_expr(expr)} carries {expr.type}, its parts make it {computed}")
        return False

    # Statements: each returns the scope of the next. `fixed` are the names that nothing may assign again.

    def block(self, statements: Iterable[Statement], scope: Scope, fixed: frozenset[str]) -> Scope:
        for statement in statements:
            try:
                scope = self.statement(statement, scope, fixed)
            except IllTypedError as ill:
                self.report(statement.span, "M904", str(ill))
        return scope

    def statement(self, statement: Statement, scope: Scope, fixed: frozenset[str]) -> Scope:
        match statement:
            case Require(condition=condition):
                self.expression(condition, scope, BOOL)
                return scope
            case Assign(target=target, value=value):
                self.expression(value, scope, target.type)
                return self.assigned(target, scope, fixed)
            case Append(target=target, value=value):
                if not isinstance(target.type, SeqType) or not target.is_state:
                    raise IllTypedError(f"{target.name} is no sequence of the state")
                self.expression(value, scope, target.type.element)
                return self.assigned(target, scope, fixed)
            case NetOp():
                return self.net_op(statement, scope, fixed)
            case If(condition=condition, then=then, orelse=orelse):
                self.expression(condition, scope, BOOL)
                return _joined(scope, self.block(then, scope, fixed), self.block(orelse, scope, fixed))
            case ForEach(variable=variable, domain=domain, body=body):
                self.expression(domain, scope)
                inner = _bound(variable, element_type(domain.type), scope, fixed)
                # what one iteration leaves in a local from before the loop has no meaning after it
                self.block(body, inner, fixed | {variable} | set(scope.names))
                return scope
            case Choose(variable=variable, type=kind, domain=domain):
                self.expression(domain, scope)
                if kind != element_type(domain.type):
                    raise IllTypedError(f"{variable} is {kind}, an element of {domain.type} is not")
                return _bound(variable, kind, scope, fixed)
            case Successor(variable=variable, type=kind, operand=operand):
                self.expression(operand, scope, kind)
                if not isinstance(kind, OrderType):
                    raise IllTypedError(f"{kind} has no successors")
                return _bound(variable, kind, scope, fixed)
            case Spend(budget=budget):
                if not any(v.name == budget and v.is_budget for v in self.system.variables):
                    raise IllTypedError(f"there is no budget {budget}")
                return scope
            case _:
                assert_never(statement)

    def assigned(self, target: Target, scope: Scope, fixed: frozenset[str]) -> Scope:
        """Check the place that a statement assigns; return the scope with the local it binds, if it is one."""
        if not target.is_state:
            if target.steps:
                raise IllTypedError(f"the local {target.name} is assigned whole")
            return _bound(target.name, target.type, scope, fixed)
        variable = next((v for v in self.system.variables if v.name == target.name), None)
        if variable is None or variable.is_budget or isinstance(variable.type, BagType | MessageSetType | FifoType):
            raise IllTypedError(f"{target.name} is no variable that can be assigned")
        kind: Type = variable.type
        for step in target.steps:
            match kind:
                case MapType(key, value):
                    self.expression(step.key, scope, key)
                    kind = value
                case SeqType(element, _):
                    self.expression(step.key, scope, INT)
                    kind = element
                case _:
                    raise IllTypedError(f"{kind} has no entries to assign")
        if kind != target.type:
            raise IllTypedError(f"the target is {kind}, not {target.type}")
        return scope

    def net_op(self, statement: NetOp, scope: Scope, fixed: frozenset[str]) -> Scope:
        if not any(v.name == statement.network and v.type == statement.type for v in self.system.variables):
            raise IllTypedError(f"there is no network {statement.network} of type {statement.type}")
        kinds = _operands(statement)
        if kinds is None or len(kinds) != len(statement.args):
            raise IllTypedError(f"{statement.type} has no {statement.operation} of {len(statement.args)} arguments")
        for kind, arg in zip(kinds, statement.args, strict=True):
            self.expression(arg, scope, kind)
        if statement.result is None:
            return scope
        if not isinstance(statement.type, FifoType) or statement.operation not in ("receive", "drop"):
            raise IllTypedError(f"{statement.operation} on {statement.type} has no result")
        return _bound(statement.result, statement.type.element, scope, fixed)


def _operands(statement: NetOp) -> tuple[Type, ...] | None:
    """Return the types of the arguments of a network operation; None if that network does not offer it."""
    match statement.type, statement.operation:
        case (FifoType(endpoint, element, _), "send"):
            return (endpoint, endpoint, element)
        case (FifoType(endpoint, _, _), "receive" | "drop" | "reset"):
            return (endpoint, endpoint)
        case (BagType(element), "send" | "receive" | "drop" | "duplicate") | (MessageSetType(element), "send"):
            return (element,)
        case _:
            return None


def _bound(name: str, kind: Type, scope: Scope, fixed: frozenset[str]) -> Scope:
    if name in fixed:
        raise IllTypedError(f"{name} is a parameter or loop variable and cannot be bound again")
    return scope.bind(name, kind)


def _joined(before: Scope, then: Scope, orelse: Scope) -> Scope:
    """Return the scope after an If: what is bound on both sides, at the type they have in common."""
    for name in (n for n in then.names if n in orelse.names):
        kind = join(then.names[name], orelse.names[name])
        if kind is not None:
            before = before.bind(name, kind)
    return before


def _is_key(kind: Type) -> bool:
    match kind:
        case BoolType() | EnumType() | SortType() | OrderType():
            return True
        case IntType(low, high):
            return low is not None and high is not None
        case _:
            return False


def _names_inside(kind: Type) -> set[str]:
    match kind:
        case RecordType(name):
            return {name}
        case UnionType(names):
            return set(names)
        case OptionType(inner) | SetType(inner) | SeqType(inner, _) | MapType(_, inner):
            return _names_inside(inner)
        case _:
            return set()


def _reachable(start: str, edges: dict[str, set[str]]) -> set[str]:
    """Return the names that one or more steps lead to."""
    found: set[str] = set()
    pending = [start]
    while pending:
        for name in edges.get(pending.pop(), set()) - found:
            found.add(name)
            pending.append(name)
    return found
