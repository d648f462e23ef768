"""Values of the modelling language as formulas: each is known by what it answers.

A member of a sort or order that is not named by a term is a `Scalar` with predicates: whether it is t, and of an order
whether t is below it or at most it. So comparing the value of a map at a key with a term needs no quantifier. A
collection is known by its members: in branches, each with variables of its own, a condition, and the value.

What has no value (the content of None) answers no to everything. Where an expression is undefined its formula means
nothing; that it is defined wherever it is reached is an obligation of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from checker.diagnostics import NOWHERE, Span
from checker.ir.types import (
    BoolType,
    EnumType,
    MapType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SetType,
    SortType,
    Type,
)
from checker.smt.anysize.formula import (
    NO,
    YES,
    Atom,
    Below,
    Formula,
    Junction,
    Quantified,
    Same,
    Term,
    Truth,
    Var,
    below,
    conj,
    disj,
    exists,
    forall,
    iff,
    implies,
    neg,
    same,
)

Test: TypeAlias = Callable[[Term], Formula]
FORMULAS = (Truth, Atom, Same, Below, Junction, Quantified)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A member of a sort. `is_over(t)` is t < value, `is_from(t)` is t <= value; both only for an order."""

    sort: str
    equals: Test
    is_over: Test
    is_from: Test
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Optional:
    """`inner` where `has` holds, else None."""

    has: Formula
    inner: Symbol


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    fields: Mapping[str, Symbol]


@dataclass(frozen=True, slots=True)
class Branch:
    """Values that there are: `value` for all `variables` for which `condition` holds."""

    variables: tuple[Var, ...]
    condition: Formula
    value: Symbol


@dataclass(frozen=True, slots=True)
class Members:
    """A set. Each call of `branches` makes new variables."""

    element: Type
    branches: Callable[[], Sequence[Branch]]
    contains: Callable[[Symbol], Formula]


@dataclass(frozen=True, slots=True)
class Entries:
    """A map."""

    type: MapType
    at: Callable[[Term], Symbol]


@dataclass(frozen=True, slots=True)
class Network:
    """A message set: what of each kind of message was sent."""

    kinds: Mapping[str, Members]


Symbol: TypeAlias = Formula | Scalar | Optional | Record | Members | Entries | Network


class Names:
    """Makes variables, each with a name of its own."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, name: str, sort: str) -> Var:
        self._count += 1
        return Var(f"{name}!{self._count}", sort)


def named(term: Term) -> Scalar:
    """Return the value that a term stands for."""
    return Scalar(
        term.sort,
        lambda t: same(term, t),
        lambda t: below(t, term, strict=True),
        lambda t: below(t, term, strict=False),
        term,
    )


def truth(value: Symbol) -> Formula:
    """Return a value that is known to be a truth value."""
    assert isinstance(value, FORMULAS)
    return value


def scalar(value: Symbol) -> Scalar:
    """Return a value that is known to be a member of a sort."""
    assert isinstance(value, Scalar)
    return value


def sort_of(kind: Type) -> str | None:
    """Return the sort that members of a type are of, or None."""
    match kind:
        case SortType(name) | OrderType(name) | EnumType(name) | QuorumType(name, _):
            return name
        case _:
            return None


class Algebra:
    """Equality, choice and comparison of values. `keys_of` says which sort the keys of a map are of."""

    def __init__(self, names: Names, fields: Callable[[str], Mapping[str, Type]]) -> None:
        self.names = names
        self._fields = fields

    def absent(self, kind: Type) -> Symbol:
        """Return what stands for the content of None."""
        return self.pick(kind, lambda: ())

    def pick(self, kind: Type, branches: Callable[[], Sequence[Branch]]) -> Symbol:
        """Return the one value that there is among branches."""
        only = branches()
        if len(only) == 1 and not only[0].variables and only[0].condition == YES:
            return only[0].value
        choice = _Choice(branches)
        match kind:
            case BoolType():
                return choice.ask(truth)
            case SortType(name) | OrderType(name) | EnumType(name) | QuorumType(name, _):
                return Scalar(
                    name,
                    lambda t: choice.ask(lambda v: scalar(v).equals(t)),
                    lambda t: choice.ask(lambda v: scalar(v).is_over(t)),
                    lambda t: choice.ask(lambda v: scalar(v).is_from(t)),
                )
            case OptionType(inner):
                content = self.pick(inner, lambda: choice.inside(_content, _has)) if only else self.absent(inner)
                return Optional(choice.ask(_has), content)
            case RecordType(name):
                return Record(name, {f: self._picked(t, choice, f) for f, t in self._fields(name).items()})
            case SetType(element):
                return Members(
                    element,
                    lambda: _flat(choice.inside(lambda v: v)),
                    lambda value: choice.ask(lambda v: _members(v).contains(value)),
                )
            case MapType(_, result):
                return Entries(kind, lambda t: self.pick(result, lambda: choice.inside(lambda v: _entries(v).at(t))))
            case _:
                raise AssertionError(f"{kind} was refused before")

    def _picked(self, kind: Type, choice: _Choice, field: str) -> Symbol:
        return self.pick(kind, lambda: choice.inside(lambda v: _fields(v)[field]))

    def ite(self, kind: Type, condition: Formula, then: Symbol, orelse: Symbol) -> Symbol:
        """Return `then` where the condition holds, else `orelse`."""
        if isinstance(condition, Truth):
            return then if condition.value else orelse
        return self.pick(kind, lambda: (Branch((), condition, then), Branch((), neg(condition), orelse)))

    def equal(self, kind: Type, left: Symbol, right: Symbol, span: Span = NOWHERE) -> Formula:
        """Return whether two values of a type are equal."""
        match left, right:
            case Scalar(), Scalar():
                return self._equal_members(left, right)
            case Optional(), Optional():
                both = conj((left.has, right.has))
                neither = conj((neg(left.has), neg(right.has)))
                assert isinstance(kind, OptionType)
                inner = NO if both == NO else conj((both, self.equal(kind.inner, left.inner, right.inner, span)))
                return disj((neither, inner))
            case Record(), Record():
                types = self._fields(left.name)
                return conj(self.equal(t, left.fields[f], right.fields[f], span) for f, t in types.items())
            case Members(), Members():
                return conj((self.subset(left, right, span), self.subset(right, left, span)))
            case Entries(), Entries():
                sort = sort_of(left.type.key)
                assert sort is not None
                key = self.names.new("k", sort)
                return forall((key,), self.equal(left.type.value, left.at(key), right.at(key), span), span)
            case _:
                return iff(truth(left), truth(right))

    def less(self, left: Scalar, right: Scalar, *, strict: bool) -> Formula:
        """Return `left < right`, or `left <= right`: whether what is at most the one is below (at most) the other."""
        if left.term is not None:
            return right.is_over(left.term) if strict else right.is_from(left.term)
        if right.term is not None:
            return neg(left.is_from(right.term) if strict else left.is_over(right.term))
        own = self.names.new("x", left.sort)
        return forall((own,), implies(left.is_from(own), right.is_over(own) if strict else right.is_from(own)))

    def subset(self, left: Members, right: Members, span: Span = NOWHERE) -> Formula:
        """Return whether all of `left` is in `right`."""
        return self.every(left, right.contains, span)

    def every(self, of: Members, test: Callable[[Symbol], Formula], span: Span = NOWHERE) -> Formula:
        """Return whether all members pass a test."""
        return conj(forall(b.variables, disj((neg(b.condition), test(b.value))), span) for b in of.branches())

    def some(self, of: Members, test: Callable[[Symbol], Formula], span: Span = NOWHERE) -> Formula:
        """Return whether a member passes a test."""
        return disj(exists(b.variables, conj((b.condition, test(b.value))), span) for b in of.branches())

    def listed(self, element: Type, branches: Callable[[], Sequence[Branch]], span: Span = NOWHERE) -> Members:
        """Return the set of what is in some branches."""

        def contains(value: Symbol) -> Formula:
            return disj(
                exists(b.variables, conj((b.condition, self.equal(element, b.value, value, span))), span)
                for b in branches()
            )

        return Members(element, branches, contains)

    def _equal_members(self, left: Scalar, right: Scalar) -> Formula:
        """Return whether two members are one. Of those without a term: whether the same may be said of both."""
        if left.term is not None:
            return right.equals(left.term)
        if right.term is not None:
            return left.equals(right.term)
        own = self.names.new("x", left.sort)
        return forall((own,), iff(left.equals(own), right.equals(own)))


class _Choice:
    """The one value among branches, to be asked."""

    def __init__(self, branches: Callable[[], Sequence[Branch]]) -> None:
        self._branches = branches

    def ask(self, question: Callable[[Symbol], Formula]) -> Formula:
        """Return whether it satisfies something."""
        return disj(
            exists(b.variables, conj((b.condition, question(b.value)))) for b in self._branches() if b.condition != NO
        )

    def inside(
        self, part: Callable[[Symbol], Symbol], where: Callable[[Symbol], Formula] = lambda _: YES
    ) -> list[Branch]:
        """Return a part of it, in branches; only `where` it satisfies something."""
        made: list[Branch] = []
        for b in self._branches():
            condition = conj((b.condition, where(b.value)))
            if condition != NO:
                made.append(Branch(b.variables, condition, part(b.value)))
        return made


def _content(value: Symbol) -> Symbol:
    assert isinstance(value, Optional)
    return value.inner


def _has(value: Symbol) -> Formula:
    assert isinstance(value, Optional)
    return value.has


def _fields(value: Symbol) -> Mapping[str, Symbol]:
    assert isinstance(value, Record)
    return value.fields


def _members(value: Symbol) -> Members:
    assert isinstance(value, Members)
    return value


def _entries(value: Symbol) -> Entries:
    assert isinstance(value, Entries)
    return value


def _flat(branches: Iterable[Branch]) -> list[Branch]:
    """Return the branches of the sets that are the values of branches."""
    return [
        Branch((*outer.variables, *own.variables), conj((outer.condition, own.condition)), own.value)
        for outer in branches
        for own in _members(outer.value).branches()
    ]
