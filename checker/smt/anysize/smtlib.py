"""Obligations as SMT-LIB: what z3 reads, cvc5 reads, and a person may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from checker.smt.anysize.axioms import Assertion
from checker.smt.anysize.formula import (
    Atom,
    Below,
    Constant,
    Formula,
    Junction,
    Quantified,
    Relation,
    Same,
    Term,
    Truth,
    free,
)

PREFIX = "."


def script(assertions: Sequence[Assertion]) -> str:
    """Return a script that asks whether all assertions, each under its name, can be true."""
    lines = ["(set-logic UF)"]
    formulas = [a.formula for a in assertions]
    lines += [f"(declare-sort {quoted(sort)} 0)" for sort in sorted(sorts_of(formulas))]
    lines += [f"(declare-fun {order_of(sort)} ({quoted(sort)} {quoted(sort)}) Bool)" for sort in _ordered(formulas)]
    for relation in relations_of(formulas):
        columns = " ".join(quoted(sort) for sort in relation.sorts)
        lines.append(f"(declare-fun {quoted(relation.name)} ({columns}) Bool)")
    lines += [f"(declare-fun {quoted(t.name)} () {quoted(t.sort)})" for t in unknowns_of(formulas)]
    for number, assertion in enumerate(assertions):
        lines.append(f"; {assertion.kind}: {assertion.name}")
        lines.append(f"(assert (! {text(assertion.formula)} :named a{number}))")
    return "\n".join([*lines, "(check-sat)", ""])


def text(formula: Formula) -> str:
    """Return a formula as a term of SMT-LIB."""
    match formula:
        case Truth(value):
            return "true" if value else "false"
        case Atom(relation, args, is_positive):
            called = f"({quoted(relation.name)} {' '.join(map(_term, args))})" if args else quoted(relation.name)
            return called if is_positive else f"(not {called})"
        case Same(left, right, is_positive):
            equal = f"(= {_term(left)} {_term(right)})"
            return equal if is_positive else f"(not {equal})"
        case Below(left, right, True):
            return f"(not ({order_of(left.sort)} {_term(right)} {_term(left)}))"
        case Below(left, right, _):
            return f"({order_of(left.sort)} {_term(left)} {_term(right)})"
        case Junction(is_or, operands):
            return f"({'or' if is_or else 'and'} {' '.join(map(text, operands))})"
        case Quantified(is_all, variables, body):
            bound = " ".join(f"({quoted(v.name)} {quoted(v.sort)})" for v in variables)
            return f"({'forall' if is_all else 'exists'} ({bound}) {text(body)})"
        case _:
            assert_never(formula)


def quoted(name: str) -> str:
    """Return a name as a symbol of SMT-LIB, none of which has a meaning already: a variable may be called `true`."""
    return f"|{PREFIX}{name}|"


def unquoted(symbol: str) -> str:
    """Return the name that a symbol, without its bars, stands for."""
    return symbol.removeprefix(PREFIX)


def order_name(sort: str) -> str:
    """Return the name of a sort's order."""
    return f"{sort}.le"


def order_of(sort: str) -> str:
    """Return the symbol of a sort's order, `<=`."""
    return quoted(order_name(sort))


def parts(formula: Formula) -> Iterator[Formula]:
    """Yield a formula and everything inside it, each before what it contains."""
    pending = [formula]
    while pending:
        current = pending.pop()
        yield current
        match current:
            case Junction(_, operands):
                pending += reversed(operands)
            case Quantified(_, _, body):
                pending.append(body)
            case _:
                pass


def terms(formula: Formula) -> Iterator[Term]:
    """Yield every term, bound variables too."""
    for part in parts(formula):
        match part:
            case Atom(_, args):
                yield from args
            case Same(left, right) | Below(left, right):
                yield left
                yield right
            case Quantified(_, variables, _):
                yield from variables
            case _:
                pass


def sorts_of(formulas: Iterable[Formula]) -> set[str]:
    """Return every sort that formulas are about."""
    formulas = tuple(formulas)
    found = {t.sort for f in formulas for t in terms(f)}
    return found | {sort for r in relations_of(formulas) for sort in r.sorts}


def relations_of(formulas: Iterable[Formula]) -> list[Relation]:
    """Return every relation in formulas, by name."""
    found = {p.relation.name: p.relation for f in formulas for p in parts(f) if isinstance(p, Atom)}
    return [found[name] for name in sorted(found)]


def unknowns_of(formulas: Iterable[Formula]) -> list[Term]:
    """Return every constant, and every variable that nothing binds, by name."""
    formulas = tuple(formulas)
    found: set[Term] = {t for f in formulas for t in terms(f) if isinstance(t, Constant)}
    found |= {v for f in formulas for v in free(f)}
    return sorted(found, key=lambda t: t.name)


def _ordered(formulas: Iterable[Formula]) -> list[str]:
    return sorted({p.left.sort for f in formulas for p in parts(f) if isinstance(p, Below)})


def _term(term: Term) -> str:
    return quoted(term.name)
