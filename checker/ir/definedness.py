"""When an expression is defined: a condition in the same language.

Evaluation goes from left to right and stops as soon as the result is known; the condition follows it, so that it is
itself always defined. It is exact but for one thing: of a quantifier's body it asks that it be defined for *every*
element, since nothing may depend on the order in which elements come, while an engine stops at the first element that
decides. So where the condition holds evaluation yields a value, and where it fails there is an order of evaluation that
reaches an undefined expression.

It speaks of states in which every variable has a value, and so not of `@initial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from checker.ir.expr import (
    And,
    Arith,
    Call,
    Comprehension,
    Const,
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
    Only,
    Or,
    Quantifier,
    Size,
    Slice,
    Universe,
    Unwrap,
)
from checker.ir.infer import element_type
from checker.ir.logic import (
    TRUE,
    at_most,
    conjunction,
    disjunction,
    implication,
    integer,
    is_none,
    negation,
)
from checker.ir.system import System
from checker.ir.types import (
    BOOL,
    INT,
    IntType,
    MapType,
    OptionType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    Type,
    record_names,
)
from checker.ir.walk import applied, children, free_locals, fresh


def definedness(expr: Expr, system: System) -> Expr:
    """Return the condition under which `expr` has a value; it has the same free names, and is True if it always has."""
    return Definedness(system).of(expr)


class Definedness:
    """The conditions of one system's expressions; those of its functions are worked out once."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._functions: dict[str, Expr] = {}

    def is_certain(self, expr: Expr) -> bool:
        """Return whether `expr` is always defined; where this says no it may still be."""
        return self.of(expr) == TRUE

    def of(self, expr: Expr) -> Expr:
        """Return the condition under which `expr` has a value."""
        match expr:
            case And(operands=operands):
                return self._in_turn(operands)
            case Or(operands=operands):
                return self._in_turn(operands, TRUE, negation)
            case Ite(condition=condition, then=then, orelse=orelse):
                yes = implication(condition, self.of(then))
                no = implication(negation(condition), self.of(orelse))
                return conjunction((self.of(condition), yes, no))
            case Let(name=name, value=value, body=body):
                inside = self.of(body)
                if name in free_locals(inside):
                    inside = Let(BOOL, name, value, inside)
                return conjunction((self.of(value), inside))
            case Quantifier(generators=generators, body=body) | Comprehension(generators=generators, element=body):
                return self._over(generators, self.of(body))
            case MakeMap(type=MapType(key, _), variable=variable, value=value):
                return for_all(variable, keys_of(key), self.of(value))
            case Extremum():
                return self._of_extremum(expr)
            case Call():
                return self._of_call(expr)
            case _:
                parts = [self.of(child) for child in children(expr)]
                return conjunction((*parts, *_own_conditions(expr, self._system)))

    def _in_turn(
        self, operands: Iterable[Expr], last: Expr = TRUE, goes_on: Callable[[Expr], Expr] = lambda operand: operand
    ) -> Expr:
        """Return when operands are defined, each where all before it `goes_on`, and `last` holds where all do."""
        premise: Expr = TRUE
        conditions: list[Expr] = []
        for operand in operands:
            conditions.append(implication(premise, self.of(operand)))
            premise = conjunction((premise, goes_on(operand)))
        return conjunction((*conditions, implication(premise, last)))

    def _over(self, generators: tuple[Generator, ...], inside: Expr) -> Expr:
        """Return when the generators are defined, and `inside` for all that they admit."""
        for generator in reversed(generators):
            admitted = self._in_turn(generator.conditions, inside)
            every = for_all(generator.variable, generator.domain, admitted)
            inside = conjunction((self.of(generator.domain), every))
        return inside

    def _of_extremum(self, expr: Extremum) -> Expr:
        collection = expr.collection
        conditions = [self.of(collection)]
        if expr.key is not None:
            conditions.append(for_all(expr.variable, collection, self.of(expr.key)))
        if not expr.all_of:
            is_empty = Eq(BOOL, Size(INT, collection), integer(0))
            default = negation(is_empty) if expr.default is None else implication(is_empty, self.of(expr.default))
            conditions.append(default)
            if expr.key is not None:
                winners = replace(expr, type=SetType(element_type(collection.type)), all_of=True, default=None)
                conditions.append(at_most(Size(INT, winners), integer(1)))
        return conjunction(conditions)

    def _of_call(self, expr: Call) -> Expr:
        function = self._system.function(expr.function)
        if expr.function not in self._functions:
            self._functions[expr.function] = self.of(function.body)
        inside = self._functions[expr.function]
        fitting = [fits(a, p.type) for p, a in zip(function.parameters, expr.args, strict=True)]
        body = inside if isinstance(inside, Const) else applied(expr, function, inside)
        return conjunction((*(self.of(a) for a in expr.args), *fitting, body))


def fits(value: Expr, kind: Type) -> Expr:
    """Return the condition under which `value` may be stored where `kind` is declared: ranges and capacities."""
    match kind:
        case IntType(low, high):
            ends = [] if low is None else [at_most(end_of(low), value)]
            return conjunction([*ends, *([] if high is None else [at_most(value, end_of(high))])])
        case OptionType(inner) if isinstance(value.type, OptionType):
            return implication(negation(is_none(value)), fits(Unwrap(value.type.inner, value), inner))
        case OptionType(inner) if value.type != kind:
            return fits(value, inner)
        case SeqType(element, capacity):
            size = [] if capacity is None else [at_most(Size(INT, value), end_of(capacity))]
            return conjunction((*size, _each_fits(value, element)))
        case SetType(element) if not isinstance(value.type, QuorumType):
            return _each_fits(value, element)
        case MapType(key, inner) if isinstance(value.type, MapType):
            name = fresh("key", free_locals(value))
            entry = Index(value.type.value, value, Local(key, name))
            return for_all(name, keys_of(key), fits(entry, inner))
        case _:
            return TRUE


def keys_of(key: Type) -> Expr:
    """Return the set of all keys of a map."""
    if isinstance(key, IntType):
        assert key.low is not None, "the keys of a map are bounded"
        assert key.high is not None
        return Interval(SetType(INT), end_of(key.low), Arith(INT, "+", end_of(key.high), integer(1)))
    return Universe(SetType(key))


def end_of(bound: int | str) -> Expr:
    """Return an end of a range, or a capacity, as an expression."""
    return Given(INT, bound) if isinstance(bound, str) else integer(bound)


def for_all(variable: str, domain: Expr, condition: Expr) -> Expr:
    """Return `all(condition for variable in domain)`; True if the condition is, even if the domain is undefined."""
    return TRUE if condition == TRUE else Quantifier(BOOL, "all", (Generator(variable, domain),), condition)


def _own_conditions(expr: Expr, system: System) -> Iterable[Expr]:
    """Return what `expr` asks of its parts, once they are defined."""
    match expr:
        case Unwrap(target=target):
            return (negation(is_none(target)),)
        case FieldOf(target=target, name=name):
            return (_has_field(target, name, system),)
        case Index(target=target, key=key):
            return _has_entry(target, key)
        case Slice(sequence=sequence, low=low, high=high):
            size = Size(INT, sequence)
            ends = [integer(0) if low is None else low, size if high is None else high, size]
            steps = zip([integer(0), *ends], ends, strict=False)
            return (at_most(a, b) for a, b in steps if a != b)
        case Arith(operator="//" | "%", right=right):
            return (negation(Eq(BOOL, right, integer(0))),)
        case Only(collection=collection):
            return (Eq(BOOL, Size(INT, _distinct(collection)), integer(1)),)
        case Make(type=RecordType(name), args=args):
            return (fits(a, f.type) for a, f in zip(args, system.record(name).fields, strict=True))
        case _:
            return ()


def _has_field(target: Expr, name: str, system: System) -> Expr:
    """Return whether a record is there and of a variant that has the field."""
    names = record_names(target.type)
    having = [n for n in names if any(f.name == name for f in system.record(n).fields)]
    if len(having) < len(names):
        return disjunction(IsVariant(BOOL, target, n) for n in having)
    return negation(is_none(target)) if isinstance(target.type, OptionType) else TRUE


def _has_entry(target: Expr, key: Expr) -> Iterable[Expr]:
    match target.type:
        case SeqType():
            return (at_most(integer(0), key), Less(BOOL, key, Size(INT, target)))
        case MapType(IntType() as domain, _):
            return (fits(key, domain),)
        case _:
            return ()


def _distinct(collection: Expr) -> Expr:
    """Return a collection as a set."""
    if not isinstance(collection.type, SeqType):
        return collection
    element = collection.type.element
    return Comprehension(SetType(element), (Generator("element", collection),), Local(element, "element"))


def _each_fits(collection: Expr, kind: Type) -> Expr:
    element = element_type(collection.type)
    name = fresh("element", free_locals(collection))
    return for_all(name, collection, fits(Local(element, name), kind))
