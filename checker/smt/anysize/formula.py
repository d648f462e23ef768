"""First-order formulas over uninterpreted sorts, in negation normal form, and the rewriting that keeps them easy.

There are no functions but constants, and the only arithmetic is the order of a totally ordered sort. Formulas are made
by the functions below, never by the classes: negations go inwards as they are made, and quantifiers as deep as they
may. A variable that is said to equal something is replaced by it, and what is asked of an optional payload of a message
becomes an atom of its own (`Relation`): quantifiers that are not there cannot be instantiated.

Every rewriting is an equivalence in the structures that states of a model are: finite, each sort with a member, each
order total, each projection as its relation has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from checker.diagnostics import NOWHERE, Span

Column: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Var:
    """A variable, or where nothing binds it an unknown of the question: a parameter of an action."""

    name: str
    sort: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant: a member of an enum, the first of an order, the value of a variable of the state."""

    name: str
    sort: str


Term: TypeAlias = Var | Constant


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation, the sorts of its columns in order. `orders` says which sorts are totally ordered.

    The columns `payload` are what an optional field of a message holds. Three kinds of projections go without them:
    whether there are any values in these columns, and for a column of an order whether there are some with at least, or
    with more than, a member that takes the column's place at the end.
    """

    name: str
    sorts: tuple[str, ...]
    payload: tuple[Column, ...] = ()
    orders: frozenset[str] = frozenset()

    def kept(self) -> tuple[Column, ...]:
        """Return the columns that projections keep."""
        return tuple(i for i in range(len(self.sorts)) if i not in self.payload)

    def some(self) -> Relation:
        """Return the projection that says whether there is a payload."""
        return Relation(f"{self.name}.some", tuple(self.sorts[i] for i in self.kept()))

    def cut(self, column: Column, *, strict: bool) -> Relation:
        """Return the projection that says whether there is a payload at least (or more than) the last argument."""
        name = f"{self.name}.{'gt' if strict else 'ge'}{column}"
        return Relation(name, (*(self.sorts[i] for i in self.kept()), self.sorts[column]))

    def cut_columns(self) -> tuple[Column, ...]:
        """Return the columns of payloads that are of an order."""
        return tuple(i for i in self.payload if self.sorts[i] in self.orders)


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Atom:
    relation: Relation
    args: tuple[Term, ...]
    is_positive: bool = True


@dataclass(frozen=True, slots=True)
class Same:
    left: Term
    right: Term
    is_positive: bool = True


@dataclass(frozen=True, slots=True)
class Below:
    """`left < right`, or `left <= right` unless `strict`, of two members of an order."""

    left: Term
    right: Term
    strict: bool


@dataclass(frozen=True, slots=True)
class Junction:
    """A conjunction, or a disjunction if `is_or`, of at least two."""

    is_or: bool
    operands: tuple[Formula, ...]
    free: frozenset[Var] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Quantified:
    """`exists` or, if `is_all`, `for all`. `span` is where the model says so."""

    is_all: bool
    variables: tuple[Var, ...]
    body: Formula
    free: frozenset[Var] = field(compare=False)
    span: Span = field(default=NOWHERE, compare=False)


Literal: TypeAlias = Truth | Atom | Same | Below
Formula: TypeAlias = Literal | Junction | Quantified

YES = Truth(True)
NO = Truth(False)


def free(formula: Formula) -> frozenset[Var]:
    """Return the variables that nothing binds."""
    match formula:
        case Truth():
            return frozenset()
        case Atom(args=args):
            return frozenset(t for t in args if isinstance(t, Var))
        case Same(left=left, right=right) | Below(left=left, right=right):
            return frozenset(t for t in (left, right) if isinstance(t, Var))
        case Junction() | Quantified():
            return formula.free
        case _:
            assert_never(formula)


def same(left: Term, right: Term) -> Formula:
    """Return `left = right`."""
    return YES if left == right else Same(left, right)


def below(left: Term, right: Term, *, strict: bool) -> Formula:
    """Return `left < right`, or `left <= right`."""
    return Truth(not strict) if left == right else Below(left, right, strict)


def conj(operands: Iterable[Formula]) -> Formula:
    """Return the conjunction."""
    return _junction(operands, is_or=False)


def disj(operands: Iterable[Formula]) -> Formula:
    """Return the disjunction."""
    return _junction(operands, is_or=True)


def neg(formula: Formula) -> Formula:
    """Return the negation."""
    match formula:
        case Truth(value):
            return Truth(not value)
        case Atom(relation, args, is_positive):
            return Atom(relation, args, not is_positive)
        case Same(left, right, is_positive):
            return Same(left, right, not is_positive)
        case Below(left, right, strict):
            return Below(right, left, not strict)
        case Junction(is_or, operands, names):
            return Junction(not is_or, tuple(neg(o) for o in operands), names)
        case Quantified(is_all, variables, body, names, span):
            return Quantified(not is_all, variables, neg(body), names, span)
        case _:
            assert_never(formula)


def implies(premise: Formula, conclusion: Formula) -> Formula:
    """Return `premise => conclusion`."""
    return disj((neg(premise), conclusion))


def iff(left: Formula, right: Formula) -> Formula:
    """Return `left <=> right`."""
    return conj((implies(left, right), implies(right, left)))


def forall(variables: Iterable[Var], body: Formula, span: Span = NOWHERE) -> Formula:
    """Return the universal closure over some variables."""
    return neg(exists(variables, neg(body), span))


def exists(variables: Iterable[Var], body: Formula, span: Span = NOWHERE) -> Formula:
    """Return the existential closure over some variables, which differ from all that `body` binds."""
    wanted = tuple(v for v in variables if v in free(body))
    if not wanted:
        return body
    if isinstance(body, Junction) and body.is_or:
        return disj(exists(wanted, operand, span) for operand in body.operands)
    conjuncts = body.operands if isinstance(body, Junction) else (body,)
    replaced = _one_point(wanted, conjuncts)
    if replaced is not None:
        variable, term = replaced
        return exists((v for v in wanted if v != variable), substitute(body, {variable: term}), span)
    parts: list[Formula] = []
    for group, members in _components(wanted, conjuncts):
        if len(members) == 1 and isinstance(members[0], Junction):
            parts.append(exists(group, members[0], span))
        elif group:
            parts.append(_folded(group, members, span) or _exists(group, conj(members), span))
        else:
            parts += members
    return conj(parts)


def substitute(formula: Formula, terms: Mapping[Var, Term]) -> Formula:
    """Return a formula with free variables replaced by terms that nothing in it binds."""
    if not terms.keys() & free(formula):
        return formula

    def term(t: Term) -> Term:
        return terms.get(t, t) if isinstance(t, Var) else t

    match formula:
        case Truth():
            return formula
        case Atom(relation, args, is_positive):
            return Atom(relation, tuple(map(term, args)), is_positive)
        case Same(left, right, is_positive):
            made = same(term(left), term(right))
            return made if is_positive else neg(made)
        case Below(left, right, strict):
            return below(term(left), term(right), strict=strict)
        case Junction(is_or, operands):
            return _junction((substitute(o, terms) for o in operands), is_or=is_or)
        case Quantified(is_all, variables, body, _, span):
            entering = {v: t for v, t in terms.items() if v in formula.free}
            if any(t in variables for t in entering.values()) or entering.keys() & set(variables):
                raise AssertionError("a variable is bound twice")
            new = substitute(body, entering)
            return forall(variables, new, span) if is_all else exists(variables, new, span)
        case _:
            assert_never(formula)


def _exists(variables: tuple[Var, ...], body: Formula, span: Span) -> Formula:
    if isinstance(body, Quantified) and not body.is_all:
        return Quantified(False, (*variables, *body.variables), body.body, body.free - set(variables), span)
    return Quantified(False, variables, body, free(body) - set(variables), span)


def _junction(operands: Iterable[Formula], *, is_or: bool) -> Formula:
    kept: list[Formula] = []
    literals: set[Literal] = set()
    pending = list(operands)
    pending.reverse()
    while pending:
        operand = pending.pop()
        if isinstance(operand, Junction) and operand.is_or == is_or:
            pending += reversed(operand.operands)
            continue
        if isinstance(operand, Truth):
            if operand.value == is_or:
                return operand
            continue
        if isinstance(operand, Atom | Same | Below):
            opposite = neg(operand)
            assert isinstance(opposite, Atom | Same | Below)
            if opposite in literals:
                return Truth(is_or)
            if operand in literals:
                continue
            literals.add(operand)
        kept.append(operand)
    if len(kept) < 2:
        return kept[0] if kept else Truth(not is_or)
    return Junction(is_or, tuple(kept), frozenset[Var]().union(*map(free, kept)))


def _one_point(variables: tuple[Var, ...], conjuncts: Iterable[Formula]) -> tuple[Var, Term] | None:
    """Return a bound variable that a conjunct says is equal to something else, and that."""
    for conjunct in conjuncts:
        match conjunct:
            case Same(left, right, True):
                for one, other in ((left, right), (right, left)):
                    if isinstance(one, Var) and one in variables:
                        return one, other
            case _:
                pass
    return None


def _components(
    variables: tuple[Var, ...], conjuncts: Iterable[Formula]
) -> Iterable[tuple[tuple[Var, ...], list[Formula]]]:
    """Return the conjuncts in groups that share no bound variables, each with those it has."""
    groups: list[tuple[set[Var], list[Formula]]] = []
    for conjunct in conjuncts:
        own = set(variables) & free(conjunct)
        joined: tuple[set[Var], list[Formula]] = (set(own), [conjunct])
        apart: list[tuple[set[Var], list[Formula]]] = []
        for names, members in groups:
            if names & joined[0]:
                joined = (names | joined[0], [*members, *joined[1]])
            else:
                apart.append((names, members))
        groups = [*apart, joined]
    return [(tuple(v for v in variables if v in names), members) for names, members in groups]


def _folded(variables: tuple[Var, ...], conjuncts: list[Formula], span: Span) -> Formula | None:
    """Return a conjunction under `exists` with the payload of an atom projected away, or None if none can be."""
    for atom in conjuncts:
        if not isinstance(atom, Atom) or not atom.is_positive or not atom.relation.payload:
            continue
        payload = frozenset(t for t in (atom.args[i] for i in atom.relation.payload) if isinstance(t, Var))
        about = [c for c in conjuncts if c is not atom and free(c) & payload]
        projected = _projected(atom, payload & set(variables), about)
        if projected is not None:
            others = [c for c in conjuncts if c is not atom and c not in about]
            return exists((v for v in variables if v not in payload), conj((projected, *others)), span)
    return None


def _projected(atom: Atom, payload: frozenset[Var], about: list[Formula]) -> Formula | None:
    """Return the projection for `exists payload. R(keys, payload)`, or with `t <= payload` or `t < payload` too."""
    relation, args = atom.relation, atom.args
    kept = tuple(args[i] for i in relation.kept())
    if len(payload) != len(relation.payload) or set(kept) & payload or len(about) > 1:
        return None
    if not about:
        return Atom(relation.some(), kept)
    (only,) = about
    if not isinstance(only, Below) or only.left in payload:
        return None
    column = args.index(only.right)
    return Atom(relation.cut(column, strict=only.strict), (*kept, only.left))
