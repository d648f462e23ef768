"""Content hashes of a model and of its properties, over the typed IR before any simplification.

Two systems with the same hash behave the same in every instance. What cannot change behaviour does not count: spans,
docs, file names, formatting, comments, the order in which helpers stand, whether an invariant is a lemma, and, for the
model, its properties and the helpers that only they use. Everything else counts: the version of the IR, every type,
range, capacity, literal and operator, quorum sizes, signers, volatility, budgets, names (they appear in traces and
specs, local ones included) and the order of declarations, statements and actions (it decides which shortest trace is
shown).

The text that is hashed is injective: every value is written with its type and length before its parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from checker.ir.expr import Call, Expr
from checker.ir.system import IR_VERSION, Action, System
from checker.ir.values import ordered
from checker.ir.walk import statement_expressions, walk, walk_statements

HASH_DIGITS = 20
"""Hexadecimal digits of a hash: 80 bits, so that two of a million models have the same one with probability 4e-13."""

_UNHASHED = frozenset(("doc", "is_lemma", "span"))


def model_hash(system: System) -> str:
    """Return the hash of everything that decides the reachable states of every instance, and their names."""
    actions = (*system.initial, *system.actions)
    used = functions_used(system, _expressions(actions))
    return _digest(
        "model",
        system.name,
        system.domains,
        system.quorums,
        system.records,
        system.givens,
        system.variables,
        system.initial,
        system.actions,
        _functions(system, used),
    )


def property_hash(system: System, property_name: str) -> str:
    """Return the hash of a property, or of a function that serves as one (a witness), and the helpers it uses.

    The model it is a property of is hashed apart.

    Raises:
        KeyError: the system has neither a property nor a function of that name.

    """
    predicates = {f.name: f for f in system.functions} | {p.name: p for p in system.properties}
    predicate = predicates[property_name]
    return _digest("property", predicate, _functions(system, functions_used(system, [predicate.body])))


def formula_hash(system: System, text: str, names: Iterable[str]) -> str:
    """Return the hash of a formula, given as text, and of the properties or functions of the system that it names.

    Raises:
        KeyError: the system has neither a property nor a function of one of the names.

    """
    return _digest("formula", text, tuple(property_hash(system, name) for name in names))


def refinement_hash(system: System, name: str) -> str:
    """Return the hash of a refinement: its mapping, the helpers that this uses, and the coarser model.

    Raises:
        KeyError: the system has no refinement of that name.

    """
    found = {r.name: r for r in system.refinements}[name]
    helpers = _functions(system, functions_used(system, found.images))
    return _digest("refinement", found.name, found.images, model_hash(found.coarse), helpers)


def functions_used(system: System, expressions: Iterable[Expr]) -> frozenset[str]:
    """Return the names of the functions that the expressions call, directly or through others."""
    used: set[str] = set()
    pending = list(expressions)
    while pending:
        for part in walk(pending.pop()):
            if isinstance(part, Call) and part.function not in used:
                used.add(part.function)
                pending.append(system.function(part.function).body)
    return frozenset(used)


def _functions(system: System, used: frozenset[str]) -> tuple[Any, ...]:
    return tuple(sorted((f for f in system.functions if f.name in used), key=lambda f: f.name))


def _expressions(actions: Iterable[Action]) -> list[Expr]:
    return [e for a in actions for s in walk_statements(a.body) for e in statement_expressions(s)]


def _digest(*parts: Any) -> str:
    hasher = hashlib.sha256()
    for text in _tokens(("quorax", IR_VERSION, *parts)):
        hasher.update(text.encode())
    return hasher.hexdigest()[:HASH_DIGITS]


def _tokens(value: Any) -> Iterable[str]:
    """Yield the canonical text of a node, a declaration or a value, piece by piece."""
    if is_dataclass(value):
        hashed = [f for f in fields(value) if f.name not in _UNHASHED]
        yield f"{type(value).__name__}({len(hashed)}:"
        for field in hashed:
            yield f"{field.name}="
            yield from _tokens(getattr(value, field.name))
        yield ")"
    elif isinstance(value, tuple | frozenset):
        yield f"{type(value).__name__}({len(value)}:"
        for part in ordered(value) if isinstance(value, frozenset) else value:
            yield from _tokens(part)
        yield ")"
    elif value is None or isinstance(value, bool | int):
        yield f"{value!r};"
    elif isinstance(value, str):
        yield f"str({len(value)}:{value})"
    else:
        raise TypeError(f"{type(value).__name__} is no part of the IR")
