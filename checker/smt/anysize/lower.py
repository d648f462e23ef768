"""Expressions of the IR as formulas: what they say about a state that is known by its relations.

Every construct has its meaning in one place. `all` and `any` become quantifiers, a comprehension the branches of its
generators, `maximal` what is in a set and above nothing in it; a helper is read where it is called. What has no form as
a formula is refused with the place where the model says it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from checker.diagnostics import Span
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
from checker.ir.infer import element_type
from checker.ir.system import System
from checker.ir.types import (
    EmptyType,
    EnumType,
    IntType,
    MapType,
    MessageSetType,
    NoneType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SetType,
    Type,
    Value,
    join,
    record_names,
)
from checker.smt.anysize.extremes import extremum
from checker.smt.anysize.formula import (
    NO,
    YES,
    Atom,
    Constant,
    Formula,
    Truth,
    conj,
    disj,
    exists,
    forall,
    implies,
    neg,
)
from checker.smt.anysize.layout import Layout, unsupported
from checker.smt.anysize.networks import available, sent_after
from checker.smt.anysize.values import (
    Branch,
    Entries,
    Members,
    Optional,
    Record,
    Scalar,
    Symbol,
    named,
    scalar,
    truth,
)

COUNTED_MAX = 3
"""A size is compared with numbers up to this: `len(S) <= 1` says that any two members are equal."""


_UNREAD = "a budget is only to be spent: nothing but a bound of instances may depend on it"


@dataclass(frozen=True, slots=True)
class Place:
    """What names mean where an expression stands: locals, the state, and the state before the step."""

    locals: Mapping[str, Symbol]
    state: Mapping[str, Symbol]
    old: Mapping[str, Symbol]

    def bind(self, name: str, value: Symbol) -> Place:
        return replace(self, locals={**self.locals, name: value})


class Lowering:
    """Lowers the expressions of one system. `used_firsts` are the orders whose first member was named."""

    def __init__(self, system: System, layout: Layout) -> None:
        self.system = system
        self.layout = layout
        self.algebra = layout.algebra
        self.used_firsts: set[str] = set()

    def formula(self, expr: Expr, place: Place) -> Formula:
        """Return an expression of type bool as a formula.

        Raises:
            QuoraxError: P001, for what has no form.

        """
        return truth(self.value(expr, place))

    def value_as(self, expr: Expr, kind: Type, place: Place) -> Symbol:
        """Return the value of an expression where `kind` is declared."""
        return self.coerced(self.value(expr, place), expr.type, kind)

    def coerced(self, value: Symbol, given: Type, kind: Type) -> Symbol:
        """Return a value of type `given` as one of type `kind`, which accepts it."""
        match kind, given:
            case OptionType(inner), NoneType():
                return Optional(NO, self.algebra.absent(inner))
            case OptionType(inner), OptionType(other):
                assert isinstance(value, Optional)
                return value if inner == other else Optional(value.has, self.coerced(value.inner, other, inner))
            case OptionType(inner), _:
                return Optional(YES, self.coerced(value, given, inner))
            case SetType(element), QuorumType():
                return replace(self.members(value, given), element=element)
            case SetType(element), SetType(EmptyType()):
                return self.algebra.listed(element, lambda: ())
            case SetType(element), SetType(other) if element != other:
                members = self.members(value, given)

                def branches() -> list[Branch]:
                    return [replace(b, value=self.coerced(b.value, other, element)) for b in members.branches()]

                return self.algebra.listed(element, branches)
            case MapType(_, inner), MapType(_, other) if inner != other:
                assert isinstance(value, Entries)
                return Entries(kind, lambda t: self.coerced(value.at(t), other, inner))
            case _:
                return value

    def value(self, expr: Expr, place: Place) -> Symbol:
        """Return the value of an expression."""
        match expr:
            case Const(type=kind, value=value):
                return self._const(kind, value, expr.span)
            case Local(name=name):
                return place.locals[name]
            case State(name=name, old=old):
                known = place.old if old else place.state
                if name not in known:
                    raise unsupported(expr.span, f"reading {name}, of which nothing is known,", _UNREAD)
                return known[name]
            case Given(name=name, type=kind):
                return self.layout.symbol(name, kind, expr.span)
            case Universe():
                return self._universe(expr)
            case FieldOf() | Index() | Make() | MakeSet() | MakeMap() | IsVariant() | Unwrap():
                return self._structure(expr, place)
            case Eq() | Less() | Not() | And() | Or() | Ite() | Let() | Quantifier():
                return self._logic(expr, place)
            case Comprehension() | Member() | SetOp() | Subset() | Extremum() | Only() | Messages() | Covers():
                return self._collection(expr, place)
            case Call():
                return self._call(expr, place)
            case Interval() | Arith() | Size() | MakeSeq() | Concat() | Slice():
                raise self._refused(expr)
            case _:
                assert_never(expr)

    def _refused(self, expr: Interval | Arith | Size | MakeSeq | Concat | Slice) -> Exception:
        match expr:
            case Interval() | Arith():
                return unsupported(expr.span, "arithmetic", "use members of an Order, compared and taken by successor")
            case Size():
                instead = f"compare it with a number up to {COUNTED_MAX}, or ask whether a quorum system covers the set"
                return unsupported(expr.span, "the size of a set", instead)
            case _:
                return unsupported(expr.span, "a sequence", "write a Map from an Order of positions instead")

    def _const(self, kind: Type, value: Value, span: Span) -> Symbol:
        match kind:
            case OptionType(inner):
                if value is None:
                    return Optional(NO, self.algebra.absent(inner))
                return Optional(YES, self._const(inner, value, span))
            case NoneType():
                return Optional(NO, YES)
            case OrderType(name) if value == 0:
                self.used_firsts.add(name)
                return named(Constant(f"{name}.first", name))
            case EnumType(name):
                return named(Constant(f"{name}.{self.system.domain(name).members[value]}", name))
            case RecordType(name):
                types = self.layout.fields(name).items()
                return Record(name, {f: self._const(t, v, span) for (f, t), v in zip(types, value[1:], strict=True)})
            case SetType(element) if not value:
                return self.algebra.listed(element, lambda: (), span)
            case _ if isinstance(value, bool):
                return Truth(value)
            case _:
                raise unsupported(span, f"the literal {value!r} of {kind}", "name members by parameters or variables")

    def _universe(self, expr: Universe) -> Symbol:
        element = element_type(expr.type)
        return self.algebra.listed(
            element,
            lambda: [Branch(s.variables, YES, s.value) for s in self.layout.shapes(element, "x", expr.span)],
            expr.span,
        )

    # -- records and maps ---------------------------------------------------------------------------------------------

    def _structure(self, expr: FieldOf | Index | Make | MakeSet | MakeMap | IsVariant | Unwrap, place: Place) -> Symbol:
        match expr:
            case FieldOf(target=target, name=name):
                return self._record(target, place).fields[name]
            case Unwrap(target=target):
                value = self.value(target, place)
                return value.inner if isinstance(value, Optional) else value
            case IsVariant(target=target, record=record):
                self._record(target, place)
                value = self.value(target, place)
                is_it = Truth(record in record_names(target.type))
                return conj((value.has, is_it)) if isinstance(value, Optional) else is_it
            case Make(args=args):
                (name,) = record_names(expr.type)
                types = self.layout.fields(name)
                values = [self.value_as(a, t, place) for a, t in zip(args, types.values(), strict=True)]
                return Record(name, dict(zip(types, values, strict=True)))
            case Index(target=target, key=key):
                entries = self.value(target, place)
                if not isinstance(entries, Entries):
                    raise unsupported(expr.span, "an element of a sequence", "write a Map from an Order of positions")
                return self._at(entries, scalar(self.value(key, place)))
            case MakeMap(type=MapType() as kind, variable=variable, value=value):
                self.layout.symbol("map", kind, expr.span)  # complains about its type
                body, result = value, kind.value
                return Entries(kind, lambda t: self.value_as(body, result, place.bind(variable, named(t))))
            case MakeSet(type=kind, args=args):
                if isinstance(kind, MessageSetType):
                    return sent_after(self, expr, place)
                element = element_type(kind)
                if isinstance(element, EmptyType):
                    return self.algebra.listed(element, lambda: ())
                values = [self.value_as(a, element, place) for a in args]
                return self.algebra.listed(element, lambda: [Branch((), YES, v) for v in values], expr.span)
            case _:
                raise AssertionError(f"{type(expr).__name__} has another type than its own")

    def _record(self, target: Expr, place: Place) -> Record:
        if len(record_names(target.type)) > 1:
            instead = "use a record with optional fields, or ask of the messages of each kind apart"
            raise unsupported(target.span, "a value of one of several records", instead)
        value = self.value(target, place)
        value = value.inner if isinstance(value, Optional) else value
        assert isinstance(value, Record)
        return value

    def _at(self, entries: Entries, key: Scalar) -> Symbol:
        """Return the entry at a key, for which there need not be a term."""
        if key.term is not None:
            return entries.at(key.term)

        def branches() -> list[Branch]:
            own = self.layout.names.new("k", key.sort)
            return [Branch((own,), key.equals(own), entries.at(own))]

        return self.algebra.pick(entries.type.value, branches)

    # -- logic --------------------------------------------------------------------------------------------------------

    def _logic(self, expr: Eq | Less | Not | And | Or | Ite | Let | Quantifier, place: Place) -> Symbol:
        match expr:
            case Eq():
                return self._equality(expr, place)
            case Less():
                return self._less(expr, place)
            case Not(operand=operand):
                return neg(self.formula(operand, place))
            case And(operands=operands):
                return self._in_turn(operands, place, NO)
            case Or(operands=operands):
                return self._in_turn(operands, place, YES)
            case Ite(condition=condition, then=then, orelse=orelse, type=kind):
                test = self.formula(condition, place)
                if isinstance(test, Truth):
                    return self.value_as(then if test.value else orelse, kind, place)
                if isinstance(kind, MessageSetType):
                    return sent_after(self, expr, place)
                return self.algebra.ite(
                    kind, test, self.value_as(then, kind, place), self.value_as(orelse, kind, place)
                )
            case Let(name=name, value=value, body=body):
                return self.value(body, place.bind(name, self.value(value, place)))
            case Quantifier(kind=kind, generators=generators, body=body):
                return self._quantifier(generators, body, place, is_all=kind == "all", span=expr.span)
            case _:
                assert_never(expr)

    def _in_turn(self, operands: Sequence[Expr], place: Place, last: Truth) -> Formula:
        """Return a conjunction (`last` is false) or disjunction; what follows what decides it is not looked at."""
        made: list[Formula] = []
        for operand in operands:
            made.append(self.formula(operand, place))
            if made[-1] == last:
                break
        return disj(made) if last.value else conj(made)

    def _equality(self, expr: Eq, place: Place) -> Formula:
        left, right = expr.left, expr.right
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Size) and isinstance(other, Const):
                return conj((self._at_most(one, other.value, place), neg(self._at_most(one, other.value - 1, place))))
            if isinstance(other.type, NoneType) or (isinstance(other, Const) and other.value is None):
                value = self.value(one, place)
                return neg(value.has) if isinstance(value, Optional) else Truth(isinstance(one.type, NoneType))
        kind = self._common(left.type, right.type, expr.span)
        return self.algebra.equal(kind, self.value_as(left, kind, place), self.value_as(right, kind, place), expr.span)

    def _common(self, left: Type, right: Type, span: Span) -> Type:
        kind = join(left, right)
        if isinstance(kind, QuorumType):
            return kind
        if kind is None or isinstance(kind, IntType):
            what = "arithmetic" if kind is not None else f"comparing {left} with {right}"
            raise unsupported(span, what, "use members of an Order")
        return kind

    def _less(self, expr: Less, place: Place) -> Formula:
        match expr:
            case Less(left=Size() as size, right=Const(value=int(value)), strict=strict):
                return self._at_most(size, value - int(strict), place)
            case Less(left=Const(value=int(value)), right=Size() as size, strict=strict):
                return neg(self._at_most(size, value - int(not strict), place))
            case Less(left=left, right=right, strict=strict):
                if not isinstance(left.type, OrderType):
                    raise unsupported(expr.span, "comparing integers", "use members of an Order")
                return self.algebra.less(
                    scalar(self.value(left, place)), scalar(self.value(right, place)), strict=strict
                )

    def _at_most(self, size: Size, number: int, place: Place) -> Formula:
        """Return whether a set has at most so many members."""
        if number < 0:
            return NO
        if number > COUNTED_MAX or not isinstance(size.collection.type, SetType | QuorumType):
            raise self._refused(size)
        members = self.members(self.value(size.collection, place), size.collection.type)

        def beyond(before: tuple[Symbol, ...]) -> Formula:
            """Return whether all members but those before are equal to one of them."""

            def told(value: Symbol) -> Formula:
                known = disj(self.algebra.equal(members.element, v, value, size.span) for v in before)
                return known if len(before) == number else disj((known, beyond((*before, value))))

            return self.algebra.every(members, told, size.span)

        return beyond(())

    def _quantifier(
        self, generators: Sequence[Generator], body: Expr, place: Place, *, is_all: bool, span: Span
    ) -> Formula:
        if not generators:
            return self.formula(body, place)
        first, rest = generators[0], generators[1:]
        parts: list[Formula] = []
        for branch in self._admitted(first, place, is_opened=is_all):
            if branch.condition == NO:
                continue
            inner = self._quantifier(rest, body, place.bind(first.variable, branch.value), is_all=is_all, span=span)
            if is_all:
                parts.append(forall(branch.variables, implies(branch.condition, inner), span))
            else:
                parts.append(exists(branch.variables, conj((branch.condition, inner)), span))
        return conj(parts) if is_all else disj(parts)

    def _admitted(self, generator: Generator, place: Place, *, is_opened: bool = False) -> list[Branch]:
        """Return the branches of a generator's domain, its conditions included.

        If `is_opened`, what a branch's record holds is named by variables: "for all x, if it holds x, then". That says
        the same, but where it is denied there is a member x to speak of, and not only the members below it.
        """
        members = self.members(self.value(generator.domain, place), generator.domain.type)
        found = members.branches()
        if is_opened:
            found = [b for branch in found for b in self._opened(branch, members.element, generator.domain.span)]
        made: list[Branch] = []
        for branch in found:
            if branch.condition == NO:
                continue
            inner = place.bind(generator.variable, branch.value)
            conditions = self._in_turn(generator.conditions, inner, NO)
            made.append(replace(branch, condition=conj((branch.condition, conditions))))
        return made

    def _opened(self, branch: Branch, kind: Type, span: Span) -> list[Branch]:
        if not isinstance(branch.value, Record) or _is_plain(branch.value):
            return [branch]
        return [
            Branch(
                (*branch.variables, *shape.variables),
                conj((branch.condition, self.algebra.equal(kind, shape.value, branch.value, span))),
                shape.value,
            )
            for shape in self.layout.shapes(kind, "m", span)
        ]

    # -- collections --------------------------------------------------------------------------------------------------

    def _collection(
        self,
        expr: Comprehension | Member | SetOp | Subset | Extremum | Only | Messages | Covers,
        place: Place,
    ) -> Symbol:
        match expr:
            case Comprehension(generators=generators, element=element):
                kind = element_type(expr.type)
                return self.algebra.listed(kind, lambda: self.generated(generators, element, kind, place), expr.span)
            case Member():
                return self._member(expr, place)
            case SetOp(type=MessageSetType()):
                return sent_after(self, expr, place)
            case SetOp():
                return self._set_operation(expr, place)
            case Subset(left=left, right=right, strict=strict):
                first, second = self.set_of(left, place), self.set_of(right, place)
                included = self.algebra.subset(first, second, expr.span)
                return conj((included, neg(self.algebra.subset(second, first, expr.span)))) if strict else included
            case Extremum():
                return extremum(self, expr, place)
            case Only(collection=collection, type=kind):
                members = self.set_of(collection, place)
                return self.algebra.pick(kind, members.branches)
            case Messages(network=network, record=record):
                return available(self, network, record, place)
            case Covers(quorum=quorum, collection=collection):
                members = self.set_of(collection, place)
                own = self.layout.names.new("q", quorum)
                inside = self.members(named(own), self.system.quorum(quorum).type)
                return exists((own,), self.algebra.subset(inside, members, expr.span), expr.span)
            case _:
                assert_never(expr)

    def generated(self, generators: Sequence[Generator], element: Expr, kind: Type, place: Place) -> list[Branch]:
        if not generators:
            return [Branch((), YES, self.value_as(element, kind, place))]
        first, rest = generators[0], generators[1:]
        return [
            Branch((*outer.variables, *b.variables), conj((outer.condition, b.condition)), b.value)
            for outer in self._admitted(first, place)
            for b in self.generated(rest, element, kind, place.bind(first.variable, outer.value))
        ]

    def set_of(self, expr: Expr, place: Place) -> Members:
        return self.members(self.value(expr, place), expr.type)

    def members(self, value: Symbol, kind: Type) -> Members:
        """Return a value as a set: a quorum is the set of its members."""
        if isinstance(value, Members):
            return value
        if not isinstance(value, Scalar) or not isinstance(kind, QuorumType):
            raise AssertionError(f"{kind} has no members")
        relation = self.layout.relation(f"in {kind.name}", (kind.base.name, kind.name))
        quorum = value

        def contains(member: Symbol) -> Formula:
            own = self.layout.names.new("p", kind.base.name)
            which = self.layout.names.new("q", kind.name)
            wanted = scalar(member)
            there = conj((Atom(relation, (own, which)), wanted.equals(own), quorum.equals(which)))
            return exists((own, which), there)

        def branches() -> list[Branch]:
            own = self.layout.names.new("p", kind.base.name)
            return [Branch((own,), contains(named(own)), named(own))]

        return Members(kind.base, branches, contains)

    def _member(self, expr: Member, place: Place) -> Formula:
        element, collection = expr.element, expr.collection
        match collection.type:
            case MessageSetType():
                names = record_names(element.type)
                if len(names) != 1:
                    raise unsupported(element.span, "a message of one of several kinds", "ask about each kind apart")
                value = self.value(element, place)
                there = available(self, collection, names[0], place)
                if isinstance(value, Optional):
                    return conj((value.has, there.contains(value.inner)))
                return there.contains(value)
            case SetType() | QuorumType():
                members = self.set_of(collection, place)
                kind, given = members.element, element.type
                value = self.value(element, place)
                if isinstance(value, Optional) and not isinstance(kind, OptionType):
                    return conj((value.has, members.contains(value.inner)))
                return members.contains(self.coerced(value, given, kind))
            case kind:
                raise unsupported(expr.span, f"membership in {kind}", "use a set or a MessageSet")

    def _set_operation(self, expr: SetOp, place: Place) -> Members:
        kind = SetType(element_type(expr.type))
        left, right = (self._as_set(self.value(side, place), side.type, kind) for side in (expr.left, expr.right))
        match expr.operator:
            case "union":
                return Members(
                    kind.element,
                    lambda: [*left.branches(), *right.branches()],
                    lambda v: disj((left.contains(v), right.contains(v))),
                )
            case "intersection" | "difference":

                def test(value: Symbol) -> Formula:
                    inside = right.contains(value)
                    return inside if expr.operator == "intersection" else neg(inside)

                def branches() -> list[Branch]:
                    return [replace(b, condition=conj((b.condition, test(b.value)))) for b in left.branches()]

                return Members(kind.element, branches, lambda v: conj((left.contains(v), test(v))))
            case _:
                assert_never(expr.operator)

    def _as_set(self, value: Symbol, given: Type, kind: SetType) -> Members:
        made = self.coerced(value, given, kind)
        assert isinstance(made, Members)
        return made

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _call(self, expr: Call, place: Place) -> Symbol:
        function = self.system.function(expr.function)
        args = {p.name: self.value_as(a, p.type, place) for p, a in zip(function.parameters, expr.args, strict=True)}
        inner = Place(args, place.old if expr.old else place.state, place.old)
        return self.coerced(self.value(function.body, inner), function.body.type, function.type)


def _is_plain(value: Symbol) -> bool:
    """Return whether all that a value consists of is named by terms."""
    match value:
        case Record(fields=fields):
            return all(map(_is_plain, fields.values()))
        case Optional(has=has, inner=inner):
            return has == NO or (has == YES and _is_plain(inner))
        case Scalar(term=term):
            return term is not None
        case _:
            return True
