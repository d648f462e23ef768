"""An instance: the sizes, constants, bounds, budgets and quorum families that make a model finite.

Settings come from a spec, from `--bounds`, or from a test, as numbers, member names or families of sets of them:
``{"Acceptor": 3, "Value": ("A", "B"), "Q1": (("a1", "a2"), ("a3", "a4"))}``.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from checker.diagnostics import NOWHERE, Diagnostic, QuoraxError, Span, error
from checker.ir.system import GivenDecl, QuorumDecl, System
from checker.ir.types import (
    BoolType,
    EnumType,
    IntType,
    MapType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SetType,
    SortType,
    Type,
    UnionType,
    Value,
)

Setting: TypeAlias = int | tuple[str, ...] | tuple[tuple[str, ...], ...]

MEMBERS_MAX = 64
"""Members of a sort or order: an explored instance beyond this is a slip of the pen."""

QUORUMS_MAX = 4096
UNIVERSE_MAX = 65_536
"""Values of a type that may be enumerated (forged messages, parameters)."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A finite instance of a system. Members are named; values refer to them by 0-based index."""

    name: str
    domains: Mapping[str, tuple[str, ...]]
    quorums: Mapping[str, tuple[frozenset[int], ...]]
    givens: Mapping[str, Value]
    budgets: Mapping[str, int]
    settings: Mapping[str, Setting]

    def size(self, domain: str) -> int:
        return len(self.domains[domain])

    def bound(self, bound: int | str | None) -> int | None:
        """Return the number that an end of a range or a capacity stands for."""
        return int(self.givens[bound]) if isinstance(bound, str) else bound

    def __str__(self) -> str:
        return show_settings(self.settings)


def show_settings(settings: Mapping[str, Setting]) -> str:
    """Return settings as a spec writes them: "Acceptor = 3, Value = {A, B}"."""
    return ", ".join(f"{name} = {_show_setting(value)}" for name, value in settings.items())


def build_instance(system: System, name: str, settings: Mapping[str, Setting], span: Span = NOWHERE) -> Instance:
    """Return the instance of `system` that `settings` describes.

    Raises:
        QuoraxError: a setting that is missing, unknown or unusable, one diagnostic for each.

    """
    problems: list[Diagnostic] = []
    known = _settable(system)
    for key in settings:
        if key not in known:
            problems.append(
                Diagnostic(
                    span,
                    "I001",
                    f"{system.name} has no sort, order, bound, constant or budget called {key}",
                    f"it has {', '.join(known)}",
                )
            )
    for key, kind in known.items():
        if key not in settings and kind not in ("quorum", "assignment"):
            problems.append(
                Diagnostic(
                    span,
                    "I002",
                    f"instance {name} of {system.name} does not say what {key} ({kind}) is",
                    f"add {key} = a number",
                )
            )
    if problems:
        raise QuoraxError(problems)
    domains = _domains(system, settings, span)
    givens = {g.name: _given(g, settings.get(g.name), domains, span) for g in system.givens}
    quorums = {q.type.name: _quorums(q, settings.get(q.type.name), domains, givens, span) for q in system.quorums}
    budgets = {v.name: _natural(v.name, settings[v.name], span) for v in system.variables if v.is_budget}
    return Instance(name, domains, quorums, givens, budgets, dict(settings))


def universe(kind: Type, system: System, instance: Instance) -> tuple[Value, ...]:
    """Return every value of a type, in canonical order: ascending, None first, fields left to right.

    Raises:
        QuoraxError: I010 if there are more than `UNIVERSE_MAX`, or no end of them (an unbounded integer, a sequence).

    """
    match kind:
        case BoolType():
            return (False, True)
        case IntType(low, high):
            first, last = instance.bound(low), instance.bound(high)
            if first is None or last is None:
                raise error(NOWHERE, "I010", "an unbounded integer has no list of values")
            return tuple(range(first, last + 1))
        case EnumType(name) | SortType(name) | OrderType(name):
            return tuple(range(instance.size(name)))
        case QuorumType(name, _):
            return instance.quorums[name]
        case OptionType(inner):
            return (None, *universe(inner, system, instance))
        case RecordType(name):
            columns = [universe(f.type, system, instance) for f in system.record(name).fields]
            _check_product(columns, str(kind))
            return tuple((name, *values) for values in itertools.product(*columns))
        case UnionType(names):
            return tuple(value for name in names for value in universe(RecordType(name), system, instance))
        case SetType(element):
            members = universe(element, system, instance)
            if len(members) > 16:
                raise error(NOWHERE, "I010", f"{kind} has 2^{len(members)} values: too many to list")
            return tuple(
                frozenset(chosen)
                for size in range(len(members) + 1)
                for chosen in itertools.combinations(members, size)
            )
        case _:
            raise error(NOWHERE, "I010", f"the values of {kind} cannot be listed")


def _check_product(columns: Iterable[tuple[Value, ...]], what: str) -> None:
    total = 1
    for column in columns:
        total *= len(column)
    if total > UNIVERSE_MAX:
        raise error(NOWHERE, "I010", f"{what} has {total:,} values: more than {UNIVERSE_MAX:,}")


def _settable(system: System) -> dict[str, str]:
    names: dict[str, str] = {}
    for domain in system.domains:
        if not isinstance(domain.type, EnumType):
            names[domain.type.name] = "sort" if isinstance(domain.type, SortType) else "order"
    for given in system.givens:
        names[given.name] = "assignment" if isinstance(given.type, MapType) else given.kind
    names |= {v.name: "budget" for v in system.variables if v.is_budget}
    names |= {q.type.name: "quorum" if q.size else "quorum family" for q in system.quorums}
    return names


def _domains(system: System, settings: Mapping[str, Setting], span: Span) -> dict[str, tuple[str, ...]]:
    sorts = [d.type.name for d in system.domains if isinstance(d.type, SortType)]
    domains: dict[str, tuple[str, ...]] = {}
    for domain in system.domains:
        name = domain.type.name
        if isinstance(domain.type, EnumType):
            domains[name] = domain.members
            continue
        setting = settings[name]
        if isinstance(setting, int):
            size = _natural(name, setting, span)
            if isinstance(domain.type, OrderType):
                domains[name] = tuple(str(i) for i in range(size))
            else:
                domains[name] = tuple(f"{_prefix(name, sorts)}{i + 1}" for i in range(size))
        else:
            domains[name] = tuple(str(member) for member in setting)
        if not 1 <= len(domains[name]) <= MEMBERS_MAX:
            raise error(span, "I003", f"{name} has {len(domains[name])} members", f"use 1 to {MEMBERS_MAX}")
        if len(set(domains[name])) != len(domains[name]):
            raise error(span, "I003", f"{name} names a member twice", "give each member one name")
    return domains


def _prefix(name: str, sorts: list[str]) -> str:
    """Return the shortest beginning of a sort's name that no other sort shares, in lower case: a1, a2, a3."""
    for length in range(1, len(name) + 1):
        prefix = name[:length].lower()
        if not any(o != name and o.lower().startswith(prefix) for o in sorts):
            return prefix
    return name.lower()


def _given(decl: GivenDecl, setting: Setting | None, domains: Mapping[str, tuple[str, ...]], span: Span) -> Value:
    if isinstance(decl.type, MapType):
        return _assignment(decl.name, decl.type, setting, domains, span)
    assert setting is not None
    if decl.kind != "byzantine":
        if decl.kind == "constant" and isinstance(setting, int):
            return setting
        return _natural(decl.name, setting, span)
    assert isinstance(decl.type, SetType)
    assert isinstance(decl.type.element, SortType)
    members = domains[decl.type.element.name]
    if isinstance(setting, int):  # the last members: the first primaries are then correct
        count = _natural(decl.name, setting, span)
        return frozenset(range(len(members) - min(count, len(members)), len(members)))
    return frozenset(_member(str(m), members, decl.type.element.name, span) for m in setting)


def _assignment(
    name: str,
    kind: MapType,
    setting: Setting | None,
    domains: Mapping[str, tuple[str, ...]],
    span: Span,
) -> Value:
    """Return a fixed map from one domain to another: as listed in key order, else round robin."""
    keys, members = domains[str(kind.key)], domains[str(kind.value)]
    if setting is None:
        return tuple(i % len(members) for i in range(len(keys)))
    if isinstance(setting, int) or len(setting) != len(keys):
        raise error(
            span,
            "I007",
            f"{name} = {_show_setting(setting)}: one {kind.value} for each of {len(keys)} {kind.key} is wanted",
            f"list {len(keys)} of {', '.join(members)}, or leave {name} out for round robin",
        )
    return tuple(_member(str(m), members, str(kind.value), span) for m in setting)


def _quorums(
    decl: QuorumDecl,
    setting: Setting | None,
    domains: Mapping[str, tuple[str, ...]],
    givens: Mapping[str, Value],
    span: Span,
) -> tuple[frozenset[int], ...]:
    name, members = decl.type.name, domains[decl.type.base.name]
    if isinstance(setting, tuple):
        sets = {
            frozenset(_member(m, members, decl.type.base.name, span) for m in ((s,) if isinstance(s, str) else s))
            for s in setting
        }
        minimal = [s for s in sets if not any(t < s for t in sets)]
        return tuple(sorted(minimal, key=sorted))
    if setting is not None:
        size = _natural(name, setting, span)
    elif decl.size:
        size = evaluate_size(decl.size, len(members), givens, decl.span)
    else:
        raise error(span, "I004", f"{name} lists no quorums", f"add {name} = {{{{a1, a2}}, …}}")
    if not 0 < size <= len(members):
        raise error(
            span,
            "I004",
            f"a quorum of {name} would have {size} of {len(members)} members",
            f"change the number of {decl.type.base.name} members or the size of {name}",
        )
    quorums = tuple(
        frozenset(c) for c in itertools.islice(itertools.combinations(range(len(members)), size), QUORUMS_MAX + 1)
    )
    if len(quorums) > QUORUMS_MAX:
        raise error(span, "I004", f"{name} has more than {QUORUMS_MAX:,} quorums", "use a smaller sort")
    return quorums


_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
}


def evaluate_size(formula: str, members: int, givens: Mapping[str, Value], span: Span) -> int:
    """Return the value of a quorum size formula over N and the instance's constants.

    Raises:
        QuoraxError: I005, with what the formula may contain.

    """

    def value(node: ast.expr) -> int:
        match node:
            case ast.Constant(value=int(number)):
                return number
            case ast.Name(id="N"):
                return members
            case ast.Name(id=name) if name in givens and isinstance(givens[name], int):
                return int(givens[name])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                divisor = value(right)
                if isinstance(op, ast.FloorDiv) and divisor == 0:
                    raise error(span, "I005", f"the quorum size {formula!r} divides by zero")
                return _OPERATORS[type(op)](value(left), divisor)
            case _:
                raise error(
                    span,
                    "I005",
                    f"cannot evaluate the quorum size {formula!r}",
                    "use N, constants of the model, numbers, + - * // and parentheses",
                )

    try:
        tree = ast.parse(formula, mode="eval").body
    except SyntaxError:
        tree = ast.expr()
    return value(tree)


def _natural(name: str, setting: Setting, span: Span) -> int:
    if not isinstance(setting, int) or setting < 0:
        raise error(span, "I003", f"{name} = {_show_setting(setting)}: a number from 0 is wanted")
    return setting


def _member(name: str, members: tuple[str, ...], sort: str, span: Span) -> int:
    if name not in members:
        raise error(span, "I006", f"{sort} has no member {name}", f"it has {', '.join(members)}")
    return members.index(name)


def _show_setting(setting: Setting) -> str:
    if isinstance(setting, int):
        return str(setting)
    return "{" + ", ".join(s if isinstance(s, str) else _show_setting(s) for s in setting) + "}"
