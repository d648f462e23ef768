"""States as finite structures, and formulas evaluated in them: a second reading of what the lowering means.

Nothing here uses the lowering's own symbols: a state of the interpreter is written down as relations from the names and
the meaning that `checker.smt.anysize.layout` documents, and formulas are turned into Python expressions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import (
    BoolType,
    EnumType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SetType,
    SortType,
    Type,
    Value,
    record_names,
)
from checker.ir.values import map_keys
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
    Var,
    free,
)
from checker.smt.anysize.layout import Layout

Tuples = set[tuple[int, ...]]
Evaluated = Callable[[Mapping[str, int], Mapping[str, Tuples], Mapping[str, int]], bool]


class World:
    """The structures of one instance."""

    def __init__(self, system: System, instance: Instance, layout: Layout) -> None:
        self.system = system
        self.instance = instance
        self.layout = layout
        self.fields = {r.name: {f.name: f.type for f in r.fields} for r in system.records}
        self.sizes = {d.type.name: instance.size(d.type.name) for d in system.domains}
        self.sizes |= {q.type.name: len(instance.quorums[q.type.name]) for q in system.quorums}
        self._rigid: dict[str, Tuples] = defaultdict(set)
        self._constants: dict[str, int] = {f"{n}.first": 0 for n in self.sizes}
        for quorum in system.quorums:
            sets = instance.quorums[quorum.type.name]
            self._rigid[f"in {quorum.type.name}"] = {(p, q) for q, members in enumerate(sets) for p in members}
        for domain in system.domains:
            for place, member in enumerate(domain.members):
                self._constants[f"{domain.type.name}.{member}"] = place
        for given in system.givens:
            if given.kind == "byzantine":
                self._rigid[given.name] = {(p,) for p in instance.givens[given.name]}

    def structure(self, state: Iterable[Value]) -> tuple[dict[str, Tuples], dict[str, int]]:
        """Return the relations and constants of a state, with all projections."""
        relations: dict[str, Tuples] = defaultdict(set, {n: set(t) for n, t in self._rigid.items()})
        constants = dict(self._constants)
        for variable, value in zip(self.system.variables, state, strict=True):
            if not variable.is_budget:
                self._write(variable.name, variable.type, value, (), relations, constants)
        for relation in list(self.layout.relations.values()):
            if relation.payload:
                self._project(relation, relations)
        return relations, constants

    def _write(
        self,
        name: str,
        kind: Type,
        value: Value,
        keys: tuple[int, ...],
        relations: dict[str, Tuples],
        constants: dict[str, int],
    ) -> None:
        match kind:
            case BoolType():
                if value:
                    relations[name].add(keys)
            case SortType() | EnumType() | OrderType() | QuorumType() if not keys:
                constants[name] = self.member(kind, value)
            case SortType() | EnumType() | QuorumType():
                relations[f"{name}.is"].add((*keys, self.member(kind, value)))
            case OrderType():
                relations[f"{name}.over"] |= {(*keys, r) for r in range(value)}
                relations[f"{name}.from"] |= {(*keys, r) for r in range(value + 1)}
            case OptionType(inner):
                constants.setdefault(name, 0)  # which it is where there is none does not matter
                if value is not None:
                    relations[f"{name}?"].add(keys)
                    self._write(name, inner, value, keys, relations, constants)
            case RecordType(record):
                for (field, field_type), part in zip(self.fields[record].items(), value[1:], strict=True):
                    self._write(f"{name}.{field}", field_type, part, keys, relations, constants)
            case SetType(element):
                for member in value:
                    label, columns = self.columns(element, "x" if not isinstance(element, RecordType) else "m", member)
                    relations[_labelled(name, label)].add((*keys, *columns))
            case MessageSetType():
                for message in value:
                    label, columns = self.columns(RecordType(message[0]), "m", message)
                    relations[_labelled(f"{name}.{message[0]}", label)].add((*keys, *columns))
            case MapType(key, inner):
                for place, part in zip(map_keys(key, self.instance), value, strict=True):
                    self._write(name, inner, part, (*keys, place), relations, constants)
            case _:
                raise AssertionError(kind)

    def member(self, kind: Type, value: Value) -> int:
        return self.instance.quorums[kind.name].index(value) if isinstance(kind, QuorumType) else value

    def columns(self, kind: Type, name: str, value: Value) -> tuple[str, tuple[int, ...]]:
        """Return which shape a value has, by its label, and its columns."""
        match kind:
            case BoolType():
                return (f"+{name}" if value else f"-{name}"), ()
            case OptionType(inner):
                if value is None:
                    return f"-{name}", ()
                label, columns = self.columns(inner, name, value)
                return f"+{name}" + (f"({label})" if label else ""), columns
            case RecordType(record):
                parts = [
                    self.columns(t, f, v) for (f, t), v in zip(self.fields[record].items(), value[1:], strict=True)
                ]
                return "".join(p[0] for p in parts), tuple(c for p in parts for c in p[1])
            case _:
                return "", (self.member(kind, value),)

    def _project(self, relation: Relation, relations: dict[str, Tuples]) -> None:
        for row in relations[relation.name]:
            kept = tuple(row[i] for i in relation.kept())
            relations[relation.some().name].add(kept)
            for column in relation.cut_columns():
                limit = row[column]
                relations[relation.cut(column, strict=False).name] |= {(*kept, r) for r in range(limit + 1)}
                relations[relation.cut(column, strict=True).name] |= {(*kept, r) for r in range(limit)}


def evaluated(formula: Formula) -> Evaluated:
    """Return a formula as a function of sizes, relations and constants; free variables are constants too."""
    source = f"lambda S, R, C: {_python(formula, {v: f'C[{v.name!r}]' for v in free(formula)})}"
    return eval(source)  # type: ignore[no-any-return]


def _python(formula: Formula, names: dict[Var, str]) -> str:
    def term(t: Term) -> str:
        return f"C[{t.name!r}]" if isinstance(t, Constant) else names[t]

    match formula:
        case Truth(value):
            return str(value)
        case Atom(relation, args, is_positive):
            row = "".join(f"{term(a)}, " for a in args)
            return f"(({row}) {'in' if is_positive else 'not in'} R[{relation.name!r}])"
        case Same(left, right, is_positive):
            return f"({term(left)} {'==' if is_positive else '!='} {term(right)})"
        case Below(left, right, strict):
            return f"({term(left)} {'<' if strict else '<='} {term(right)})"
        case Junction(is_or, operands):
            return "(" + (" or " if is_or else " and ").join(_python(o, names) for o in operands) + ")"
        case Quantified(is_all, variables, body):
            inner = {**names, **{v: f"x{len(names) + i}" for i, v in enumerate(variables)}}
            loops = " ".join(f"for {inner[v]} in range(S[{v.sort!r}])" for v in variables)
            return f"{'all' if is_all else 'any'}({_python(body, inner)} {loops})"


def bindings(world: World, kind: Type, symbol: Any, value: Value) -> dict[str, int] | None:
    """Return what the variables of a symbol have to be for it to have a value, or None if it has another shape."""
    from checker.smt.anysize.values import Optional, Record, Scalar

    match kind, symbol:
        case BoolType(), Truth(truth):
            return {} if truth == value else None
        case OptionType(), Optional(has=Truth(False)):
            return {} if value is None else None
        case OptionType(inner), Optional(inner=content):
            return None if value is None else bindings(world, inner, content, value)
        case RecordType(record), Record(fields=fields):
            found: dict[str, int] = {}
            if (record,) != tuple(record_names(kind)):
                return None
            for (field, field_type), part in zip(world.fields[record].items(), value[1:], strict=True):
                own = bindings(world, field_type, fields[field], part)
                if own is None:
                    return None
                found |= own
            return found
        case _, Scalar(term=Var(name)):
            return {name: world.member(kind, value)}
        case _:
            raise AssertionError(kind)


def _labelled(name: str, label: str) -> str:
    return f"{name}[{label}]" if label else name
