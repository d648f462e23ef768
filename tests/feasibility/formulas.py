"""First-order formulas over relations: built, unfolded, evaluated in a finite structure, given to a solver.

Members of sorts have no structure, and there are no functions: an atom relates variables. Orders and membership in
quorums are relations like any other.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, assert_never

from checker.ir.types import Value


@dataclass(frozen=True, slots=True)
class Var:
    name: str
    sort: str


Row: TypeAlias = tuple[Var, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    relation: str
    args: Row


@dataclass(frozen=True, slots=True)
class Same:
    left: Var
    right: Var


@dataclass(frozen=True, slots=True)
class Not:
    operand: Atom | Same | Exists


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    variables: Row
    body: Formula


Formula: TypeAlias = Atom | Same | Not | And | Or | Exists

LE, IN = "le ", "in "
"""How the relations of orders and quorums are called, before the name of the order or quorum system."""

TRUE = And(())
FALSE = Or(())


def conj(*operands: Formula) -> Formula:
    """Return a conjunction, nested ones laid open."""
    parts = dict.fromkeys(p for o in operands for p in parts_of(o))
    return FALSE if FALSE in parts else next(iter(parts)) if len(parts) == 1 else And(tuple(parts))


def disj(*operands: Formula) -> Formula:
    """Return a disjunction, nested ones laid open."""
    parts = dict.fromkeys(p for o in operands for p in (o.operands if isinstance(o, Or) else (o,)))
    return TRUE if TRUE in parts else next(iter(parts)) if len(parts) == 1 else Or(tuple(parts))


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """Return the operands of a conjunction; a formula that is none is the only part."""
    return formula.operands if isinstance(formula, And) else (formula,)


def neg(formula: Formula) -> Formula:
    """Return the negation, pushed inwards as far as quantifiers."""
    match formula:
        case Not(operand=operand):
            return operand
        case And(operands=operands):
            return disj(*map(neg, operands))
        case Or(operands=operands):
            return conj(*map(neg, operands))
        case _:
            return Not(formula)


def same(left: Var, right: Var) -> Formula:
    return TRUE if left == right else Same(left, right)


def implies(premise: Formula, conclusion: Formula) -> Formula:
    return disj(neg(premise), conclusion)


def exists(variables: Row, body: Formula) -> Formula:
    return Exists(variables, body) if variables else body


def forall(variables: Row, body: Formula) -> Formula:
    return neg(exists(variables, neg(body)))


def at_most(left: Var, right: Var) -> Formula:
    """Return `left <= right`, of members of an order."""
    return Atom(LE + left.sort, (left, right))


def below(left: Var, right: Var) -> Formula:
    return neg(at_most(right, left))


def free(formula: Formula) -> frozenset[Var]:
    match formula:
        case Atom(args=args):
            return frozenset(args)
        case Same(left=left, right=right):
            return frozenset((left, right))
        case Not(operand=operand):
            return free(operand)
        case And(operands=operands) | Or(operands=operands):
            return frozenset().union(*map(free, operands))
        case Exists(variables=variables, body=body):
            return free(body).difference(variables)
        case _:
            assert_never(formula)


@dataclass(frozen=True, slots=True)
class Macro:
    """A relation by a formula over its arguments (and the parameters of an action)."""

    parameters: Row
    body: Formula

    def __call__(self, args: Row) -> Formula:
        return renamed(self.body, dict(zip(self.parameters, args, strict=True)))


def renamed(formula: Formula, names: Mapping[Var, Var]) -> Formula:
    """Return `formula` with free variables renamed."""
    return _replaced(formula, names, {}, free(formula).union(names.values()))


def unfolded(formula: Formula, macros: Mapping[str, Macro]) -> Formula:
    """Return `formula` with each atom whose relation has a macro replaced; of an action's: it holds after the step."""
    outside = (free(m.body).difference(m.parameters) for m in macros.values())
    return _replaced(formula, {}, macros, free(formula).union(*outside))


def _replaced(
    formula: Formula, names: Mapping[Var, Var], macros: Mapping[str, Macro], taken: frozenset[Var]
) -> Formula:
    """Return `formula` renamed and unfolded; bound variables avoid those `taken`, and so capture nothing put in."""

    def inside(part: Formula) -> Formula:
        return _replaced(part, names, macros, taken)

    match formula:
        case Atom(relation=relation, args=args):
            args = tuple(names.get(a, a) for a in args)
            return macros[relation](args) if relation in macros else Atom(relation, args)
        case Same(left=left, right=right):
            return same(names.get(left, left), names.get(right, right))
        case Not(operand=operand):
            return neg(inside(operand))
        case And(operands=operands):
            return conj(*map(inside, operands))
        case Or(operands=operands):
            return disj(*map(inside, operands))
        case Exists(variables=variables, body=body):
            apart: dict[Var, Var] = {}
            for variable in variables:
                apart[variable] = _untaken(variable, taken.union(apart.values()))
            inner = _replaced(body, {**names, **apart}, macros, taken.union(apart.values()))
            return exists(tuple(apart.values()), inner)
        case _:
            assert_never(formula)


def _untaken(variable: Var, taken: frozenset[Var]) -> Var:
    while variable in taken:
        variable = replace(variable, name=variable.name + "'")
    return variable


@dataclass(frozen=True, slots=True)
class Structure:
    """Members of the sorts, and the rows of each relation."""

    members: Mapping[str, tuple[Value, ...]]
    relations: Mapping[str, frozenset[tuple[Value, ...]]]


Meaning: TypeAlias = Callable[[Structure, Mapping[Var, Value]], bool]


def meaning(formula: Formula) -> Meaning:
    """Return what evaluates a formula in a structure, for values of its free variables."""
    match formula:
        case Atom(relation=relation, args=args):
            return lambda s, e: tuple([e[a] for a in args]) in s.relations[relation]
        case Same(left=left, right=right):
            return lambda s, e: bool(e[left] == e[right])
        case Not(operand=operand):
            inner = meaning(operand)
            return lambda s, e: not inner(s, e)
        case And(operands=operands):
            every = [meaning(o) for o in operands]
            return lambda s, e: all(m(s, e) for m in every)
        case Or(operands=operands):
            some = [meaning(o) for o in operands]
            return lambda s, e: any(m(s, e) for m in some)
        case Exists(variables=variables, body=body):
            inside = meaning(body)
            return lambda s, e: any(inside(s, {**e, **b}) for b in bindings(variables, s))
        case _:
            assert_never(formula)


def bindings(variables: Row, structure: Structure) -> Iterator[dict[Var, Value]]:
    """Yield all values of variables."""
    for values in itertools.product(*(structure.members[v.sort] for v in variables)):
        yield dict(zip(variables, values, strict=True))


class Encoder:
    """Formulas as z3's, in a context of their own. Free variables are constants."""

    def __init__(self) -> None:
        self.z3: Any = importlib.import_module("z3")
        self.context = self.z3.Context()

    def encode(self, formula: Formula) -> Any:
        z3 = self.z3
        match formula:
            case Atom(relation=relation, args=args):
                signature = (*(self._sort(a.sort) for a in args), z3.BoolSort(self.context))
                return z3.Function(relation, *signature)(*map(self._constant, args))
            case Same(left=left, right=right):
                return self._constant(left) == self._constant(right)
            case Not(operand=operand):
                return z3.Not(self.encode(operand))
            case And(operands=operands):
                return z3.And([z3.BoolVal(True, self.context), *map(self.encode, operands)])
            case Or(operands=operands):
                return z3.Or([z3.BoolVal(False, self.context), *map(self.encode, operands)])
            case Exists(variables=variables, body=body):
                return z3.Exists(list(map(self._constant, variables)), self.encode(body))
            case _:
                assert_never(formula)

    def _sort(self, name: str) -> Any:
        return self.z3.DeclareSort(name, self.context)

    def _constant(self, variable: Var) -> Any:
        return self.z3.Const(variable.name, self._sort(variable.sort))


def solve(hypotheses: Iterable[Formula], goal: Formula, *, rlimit: int = 20_000_000, seed: int = 0) -> str:
    """Return "unsat" if the goal follows from the hypotheses, "sat" if not, "unknown" if `rlimit` is used up."""
    encoder = Encoder()
    solver = encoder.z3.Solver(ctx=encoder.context)
    solver.set("rlimit", rlimit)
    solver.set("random_seed", seed)
    solver.add(*(encoder.encode(f) for f in (*hypotheses, neg(goal))))
    return str(solver.check())
