"""The IR as text, in the words the model was written in.

Parentheses are the fewest that Python's precedence allows. Two things have no Python form of their own: `x!` is an
option used as a value (`Unwrap`, shown only in whole systems and statements), and `let x = v in body` a local name in
the middle of an expression. Spans and docs are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    Action,
    Append,
    Assign,
    Choose,
    DomainDecl,
    ForEach,
    Function,
    GivenDecl,
    If,
    NetOp,
    Parameter,
    Property,
    QuorumDecl,
    RecordDecl,
    Require,
    Spend,
    Statement,
    Successor,
    System,
    Target,
    VariableDecl,
)
from checker.ir.types import (
    EnumType,
    FifoType,
    MapType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)
from checker.ir.values import ordered

# Binding strengths of Python's grammar, weakest first.
LET, CONDITIONAL, OR, AND, NOT, COMPARE, UNION, INTERSECT, SUM, PRODUCT, NEGATIVE, POSTFIX = range(12)

INDENT = "    "


def show_expr(expr: Expr, system: System | None = None) -> str:
    """Return an expression as one line. With its `system`, members of enums and fields of constants are named."""
    return _Printer(system, is_explicit=False).expr(expr, LET)


def show_statement(statement: Statement, system: System | None = None) -> str:
    """Return a statement, and what is inside it, as lines without a final newline."""
    return "\n".join(_Printer(system, is_explicit=True).statement(statement))


def show_action(action: Action, system: System | None = None) -> str:
    """Return an action as a method, as lines without a final newline."""
    return "\n".join(_Printer(system, is_explicit=True).action(action, "action"))


def show_system(system: System) -> str:
    """Return a whole system as a model's text: the same for systems that differ only in spans and docs."""
    return "\n".join(_Printer(system, is_explicit=True).whole(system)) + "\n"


def show_type(kind: Type) -> str:
    """Return a type with all that it says: as its string, and the capacities of channels."""
    match kind:
        case FifoType(_, _, capacity) if capacity is not None:
            return f"{str(kind)[:-1]}, {capacity}]"
        case _:
            return str(kind)


_Primary: TypeAlias = (
    Local
    | State
    | Given
    | Universe
    | Interval
    | FieldOf
    | Index
    | Make
    | MakeSet
    | MakeSeq
    | MakeMap
    | IsVariant
    | Unwrap
    | Quantifier
    | Comprehension
    | Size
    | Slice
    | Extremum
    | Only
    | Messages
    | Covers
    | Call
)


@dataclass(frozen=True, slots=True)
class _Printer:
    system: System | None
    is_explicit: bool

    def expr(self, expr: Expr, level: int) -> str:
        """Return `expr` for a place that wants at least the binding strength `level`."""
        strength, text = self._show(expr)
        return f"({text})" if strength < level else text

    def _show(self, expr: Expr) -> tuple[int, str]:
        match expr:
            case And(operands=()) | Or(operands=()):
                return POSTFIX, str(isinstance(expr, And))
            case And(operands=operands):
                return AND, " and ".join(self.expr(o, NOT) for o in operands)
            case Or(operands=operands):
                return OR, " or ".join(self.expr(o, AND) for o in operands)
            case Not(operand=Eq(left=left, right=right)):
                return COMPARE, self._binary(left, "is not" if _is_none(right) else "!=", right, COMPARE)
            case Not(operand=Member(element=element, collection=collection)):
                return COMPARE, self._binary(element, "not in", collection, COMPARE)
            case Not(operand=operand):
                return NOT, f"not {self.expr(operand, NOT)}"
            case Eq(left=left, right=right):
                return COMPARE, self._binary(left, "is" if _is_none(right) else "==", right, COMPARE)
            case Less(left=left, right=right, strict=strict) | Subset(left=left, right=right, strict=strict):
                return COMPARE, self._binary(left, "<" if strict else "<=", right, COMPARE)
            case Member(element=element, collection=collection):
                return COMPARE, self._binary(element, "in", collection, COMPARE)
            case SetOp(operator=operator, left=left, right=right):
                symbol, strength = _SET_OPERATORS[operator]
                return strength, self._binary(left, symbol, right, strength)
            case Arith(operator=operator, left=left, right=right):
                strength = SUM if operator in "+-" else PRODUCT
                return strength, self._binary(left, operator, right, strength)
            case Concat(left=left, right=right):
                return SUM, self._binary(left, "+", right, SUM)
            case Ite(condition=condition, then=then, orelse=orelse):
                test, yes = self.expr(condition, OR), self.expr(then, OR)
                return CONDITIONAL, f"{yes} if {test} else {self.expr(orelse, CONDITIONAL)}"
            case Let(name=name, value=value, body=body):
                return LET, f"let {name} = {self.expr(value, CONDITIONAL)} in {self.expr(body, LET)}"
            case Const(type=kind, value=value):
                text = self.constant(kind, value)
                return (NEGATIVE if text.startswith("-") else POSTFIX), text
            case Unwrap(target=target) if not self.is_explicit:
                return self._show(target)
            case _:
                return POSTFIX, self._primary(expr)

    def _primary(self, expr: _Primary) -> str:
        match expr:
            case Local(name=name) | Given(name=name):
                return name
            case State(name=name, old=old):
                return f"{'old' if old else 'self'}.{name}"
            case Universe(type=kind):
                return str(kind.element if isinstance(kind, SetType) else kind)
            case Interval(low=low, high=high):
                return f"range({self.listed((low, high))})"
            case FieldOf(target=target, name=name):
                return f"{self.expr(target, POSTFIX)}.{name}"
            case Index(target=target, key=key):
                return f"{self.expr(target, POSTFIX)}[{self.expr(key, LET)}]"
            case Make(type=kind, args=args):
                return f"{kind}({self.listed(args)})"
            case MakeSet(args=()):
                return "set()"
            case MakeSet(args=args):
                return "{" + self.listed(args) + "}"
            case MakeSeq(args=args):
                return f"Seq({self.listed(args)})"
            case MakeMap(type=kind, variable=variable, value=value):
                domain = kind.key if isinstance(kind, MapType) else kind
                return f"mapping({{{variable}: {self.expr(value, CONDITIONAL)} for {variable} in {domain}}})"
            case IsVariant(target=target, record=record):
                return f"isinstance({self.expr(target, CONDITIONAL)}, {record})"
            case Unwrap(target=target):
                return f"{self.expr(target, POSTFIX)}!"
            case Quantifier(kind=kind, generators=generators, body=body):
                return f"{kind}({self.expr(body, CONDITIONAL)}{self._generators(generators)})"
            case Comprehension(generators=generators, element=element):
                return f"{{{self.expr(element, CONDITIONAL)}{self._generators(generators)}}}"
            case Size(collection=collection):
                return f"len({self.expr(collection, LET)})"
            case Slice(sequence=sequence, low=low, high=high):
                ends = ":".join("" if end is None else self.expr(end, CONDITIONAL) for end in (low, high))
                return f"{self.expr(sequence, POSTFIX)}[{ends}]"
            case Extremum():
                return self._extremum(expr)
            case Only(collection=collection):
                return f"only({self.expr(collection, LET)})"
            case Messages(network=network, record=record):
                return f"{self.expr(network, POSTFIX)}.of({record})"
            case Covers(quorum=quorum, collection=collection):
                return f"{quorum}.covers({self.expr(collection, LET)})"
            case Call(function=function, args=args, old=old):
                return f"{'old' if old else 'self'}.{function}({self.listed(args)})"
            case _:
                assert_never(expr)

    def _extremum(self, expr: Extremum) -> str:
        plain, several = ("max", "maximal") if expr.greatest else ("min", "minimal")
        parts = [self.expr(expr.collection, CONDITIONAL)]
        if expr.key is not None:
            parts.append(f"key=lambda {expr.variable}: {self.expr(expr.key, CONDITIONAL)}")
        if expr.default is not None:
            parts.append(f"default={self.expr(expr.default, CONDITIONAL)}")
        return f"{several if expr.all_of else plain}({', '.join(parts)})"

    def _binary(self, left: Expr, operator: str, right: Expr, strength: int) -> str:
        """Return an infix operation; all associate to the left, except that comparisons do not associate."""
        first = strength + 1 if strength == COMPARE else strength
        return f"{self.expr(left, first)} {operator} {self.expr(right, strength + 1)}"

    def _generators(self, generators: Iterable[Generator]) -> str:
        parts: list[str] = []
        for generator in generators:
            parts.append(f" for {generator.variable} in {self.expr(generator.domain, OR)}")
            parts += [f" if {self.expr(condition, OR)}" for condition in generator.conditions]
        return "".join(parts)

    def listed(self, args: Iterable[Expr]) -> str:
        return ", ".join(self.expr(a, CONDITIONAL) for a in args)

    def constant(self, kind: Type, value: Value) -> str:
        """Return a literal value; values are shown by their shape where the system is not known."""
        match kind, value:
            case (_, None):
                return "None"
            case (OptionType(inner), _):
                return self.constant(inner, value)
            case (EnumType(name), _):
                members = self.system.domain(name).members if self.system else ()
                return f"{name}.{members[value]}" if value < len(members) else f"{name}({value})"
            case (OrderType(name), 0):
                return f"{name}.first()"
            case (OrderType(name) | SortType(name), _):
                return f"{name}({value})"
            case (RecordType() | UnionType(), (name, *values)):
                types = [f.type for f in self.system.record(name).fields] if self.system else [None] * len(values)
                shown = (str(v) if t is None else self.constant(t, v) for t, v in zip(types, values, strict=True))
                return f"{name}({', '.join(shown)})"
            case (SetType(element), _) if value:
                return "{" + ", ".join(self.constant(element, v) for v in ordered(value)) + "}"
            case (SetType(), _):
                return "set()"
            case (QuorumType(_, base), _):
                return self.constant(SetType(base), value)
            case (SeqType(element), _):
                return f"Seq({', '.join(self.constant(element, v) for v in value)})"
            case (MapType(_, inner), _):
                return f"mapping({', '.join(self.constant(inner, v) for v in value)})"
            case _:
                return str(value)

    def statement(self, statement: Statement) -> list[str]:
        match statement:
            case Require(condition=condition):
                return [f"require({self.expr(condition, LET)})"]
            case Assign(target=target, value=value):
                return [f"{self._target(target)} = {self.expr(value, LET)}"]
            case NetOp(operation=operation, network=network, args=args, result=result):
                name = f"{result} = " if result else ""
                return [f"{name}self.{network}.{operation}({self.listed(args)})"]
            case If(condition=condition, then=then, orelse=orelse):
                lines = [f"if {self.expr(condition, LET)}:", *self._block(then)]
                return lines if not orelse else [*lines, "else:", *self._block(orelse)]
            case ForEach(variable=variable, domain=domain, body=body):
                return [f"for {variable} in {self.expr(domain, LET)}:", *self._block(body)]
            case Choose(variable=variable, type=kind, domain=domain):
                return [f"{variable}: {kind} = choose({self.expr(domain, LET)})"]
            case Successor(variable=variable, operand=operand):
                return [f"{variable} = successor({self.expr(operand, LET)})"]
            case Append(target=target, value=value):
                return [f"{self._target(target)}.append({self.expr(value, LET)})"]
            case Spend(budget=budget):
                return [f"spend(self.{budget})"]
            case _:
                assert_never(statement)

    def _block(self, statements: Iterable[Statement]) -> list[str]:
        lines = [INDENT + line for statement in statements for line in self.statement(statement)]
        return lines or [f"{INDENT}pass"]

    def _target(self, target: Target) -> str:
        keys = "".join(f"[{self.expr(step.key, LET)}]" for step in target.steps)
        return f"{'self.' if target.is_state else ''}{target.name}{keys}"

    def action(self, action: Action, role: str) -> list[str]:
        at = f'(at="{action.at}")' if action.at else ""
        head = f"def {action.name}({_parameters(action.parameters, 'self')}) -> None:"
        return [f"@{role}{at}", head, *self._block(action.body)]

    def function(self, function: Function) -> list[str]:
        bound = ("self", "old") if function.of_step else ("self",)
        head = f"def {function.name}({_parameters(function.parameters, *bound)}) -> {function.type}:"
        return [head, *self._returned(function.body)]

    def property(self, prop: Property) -> list[str]:
        role, bound = ("invariant", "self") if prop.kind == "invariant" else ("transition_invariant", "self, old")
        role = "lemma" if prop.is_lemma else role
        return [f"@{role}", f"def {prop.name}({bound}) -> bool:", *self._returned(prop.body)]

    def _returned(self, body: Expr) -> list[str]:
        """Return the lines of a function: the names it binds first, then what it returns."""
        lines: list[str] = []
        while isinstance(body, Let):
            lines.append(f"{INDENT}{body.name} = {self.expr(body.value, CONDITIONAL)}")
            body = body.body
        return [*lines, f"{INDENT}return {self.expr(body, CONDITIONAL)}"]

    def whole(self, system: System) -> list[str]:
        lines: list[str] = []
        for text in (
            *(_domain(d) for d in system.domains),
            *(_quorum(q) for q in system.quorums),
            *(_record(r) for r in system.records),
        ):
            lines += [*text, ""]
        members = [
            [*map(_given, system.givens), *map(_variable, system.variables)],
            *map(self.function, system.functions),
            *(self.action(a, "initial") for a in system.initial),
            *(self.action(a, "action") for a in system.actions),
            *map(self.property, system.properties),
        ]
        lines.append(f"class {system.name}(Model):")
        for member in members:
            lines += [*(INDENT + line for line in member), ""]
        return lines[:-1]


_SET_OPERATORS = {"union": ("|", UNION), "intersection": ("&", INTERSECT), "difference": ("-", SUM)}


def _is_none(expr: Expr) -> bool:
    return isinstance(expr, Const) and expr.value is None


def _parameters(parameters: Iterable[Parameter], *bound: str) -> str:
    return ", ".join((*bound, *(f"{p.name}: {p.type}" for p in parameters)))


def _domain(domain: DomainDecl) -> list[str]:
    match domain.type:
        case SortType(name):
            return [f"class {name}(Sort): ..."]
        case OrderType(name):
            return [f"class {name}(Order): ..."]
        case EnumType(name):
            return [f"class {name}(Enum):", *(f"{INDENT}{member} = auto()" for member in domain.members)]
        case _:
            assert_never(domain.type)


def _quorum(quorum: QuorumDecl) -> list[str]:
    base = f'Threshold[{quorum.type.base}], size="{quorum.size}"' if quorum.size else f"Family[{quorum.type.base}]"
    return [f"class {quorum.type}({base}): ..."]


def _record(record: RecordDecl) -> list[str]:
    signed = f'(signed_by="{record.signer}")' if record.signer else ""
    fields = [f"{INDENT}{f.name}: {show_type(f.type)}" for f in record.fields]
    return [f"@message{signed}" if record.is_message else "@record", f"class {record.name}:", *(fields or ["    pass"])]


def _given(given: GivenDecl) -> str:
    return f"{given.name}: {given.kind.capitalize()}[{show_type(given.type)}]"


def _variable(variable: VariableDecl) -> str:
    kind = show_type(variable.type)
    if variable.is_budget:
        kind = f"Budget[{kind}]"
    return f"{variable.name}: {f'Volatile[{kind}]' if variable.is_volatile else kind}"
