"""A sketch of the lowering of models to first-order logic: members of any number, the state as relations.

A value is lowered to its graph: the formula that says which row it is. What expressions observe of a value is
existential over its graph, and `Lowering._exists` turns that into one of the relations that observe a table, so that
comparisons with an optional member of an order become free of quantifiers. An update is a macro for each relation it
changes, over the state before, so that no axiom need say what stays as it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from checker.ir import expr as ir
from checker.ir import logic
from checker.ir.definedness import definedness
from checker.ir.steps import BagUpdate, Check, Transition, Update, inlined
from checker.ir.system import System
from checker.ir.types import (
    MapType,
    MessageSetType,
    OptionType,
    QuorumType,
    RecordType,
    SetType,
    record_names,
)
from checker.ir.updates import entry
from checker.ir.walk import inline_calls, substitute
from tests.feasibility.formulas import (
    FALSE,
    IN,
    LE,
    TRUE,
    And,
    Atom,
    Exists,
    Formula,
    Macro,
    Not,
    Or,
    Row,
    Same,
    Var,
    at_most,
    below,
    conj,
    disj,
    exists,
    free,
    implies,
    neg,
    parts_of,
    renamed,
    same,
    unfolded,
)
from tests.feasibility.tables import Table, UnsupportedError, columns_of, dotted, tables_of


@dataclass(frozen=True, slots=True)
class Graph:
    """A member, a flat record or None, by its graph: whether it is a given row, and whether it is None."""

    sorts: tuple[str, ...]
    holds: Callable[[Row], Formula]
    absent: Formula = FALSE


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    fields: tuple[Graph, ...]


Lowered: TypeAlias = Graph | Record
Env: TypeAlias = Mapping[str, Lowered]

NONE = Graph((), lambda _: FALSE, TRUE)


def known(row: Row) -> Graph:
    return Graph(tuple(v.sort for v in row), lambda other: conj(*map(same, other, row)))


@dataclass(frozen=True, slots=True)
class Case:
    """Elements of a collection: the values, for all variables for which the guard holds."""

    variables: Row
    guard: Formula
    value: Lowered


@dataclass(frozen=True, slots=True)
class Action:
    """A transition: enabled where the guard holds of the parameters, it makes of each relation what its macro says."""

    name: str
    parameters: Row
    guard: Formula
    macros: Mapping[str, Macro]


def either(test: Formula, then: Formula, orelse: Formula) -> Formula:
    return disj(conj(test, then), conj(neg(test), orelse))


class Lowering:
    """Lowers the expressions and transitions of one system.

    Raises:
        UnsupportedError: for what the sketch leaves out.

    """

    def __init__(self, system: System) -> None:
        if system.givens or any(v.is_budget for v in system.variables):
            raise UnsupportedError("constants, bounds, Byzantine processes and budgets")
        self.system = system
        self.tables = tables_of(system)
        before = {f"old {t.name}": replace(t, name=f"old {t.name}") for t in self.tables.values()}
        self._tables = self.tables | before
        self._numbers = itertools.count(1)
        self._derived = {t.name: self._from_cuts(t) for t in self._tables.values() if t.is_cut_only}

    def formula(self, expr: ir.Expr) -> Formula:
        """Return a closed boolean expression that always has a value; `old t` is the table t in the state before."""
        if definedness(expr, self.system) != logic.TRUE:
            raise UnsupportedError(f"{expr.span}: this may be undefined")
        return unfolded(self._inlined(expr, {}), self._derived)

    def action(self, transition: Transition) -> Action:
        """Return a transition that can neither fail nor be cut at a bound."""
        env: dict[str, Lowered] = {}
        parameters: list[Var] = []
        guards: list[Formula] = []
        for parameter in transition.parameters:
            columns = columns_of(parameter.type, self.system)
            row = tuple(Var(dotted(parameter.name, c.name), c.sort) for c in columns)
            parameters += row
            env[parameter.name] = known(row)
            if isinstance(parameter.type, RecordType):
                env[parameter.name] = Record(parameter.type.name, tuple(known((v,)) for v in row))
                guards.append(self._available(parameter.type.name, row))
        plain = inlined(transition)
        for step in plain.steps:
            if not isinstance(step, Check) or step.kind != "disabled":
                raise UnsupportedError(f"{transition.name}: a {type(step).__name__} that is no guard")
            guards.append(implies(self._inlined(step.path, env), self._inlined(step.condition, env)))
        macros = {name: macro for u in plain.updates for name, macro in self._update(u, env)}
        settled = {n: replace(m, body=unfolded(m.body, self._derived)) for n, m in macros.items()}
        return Action(transition.name, tuple(parameters), unfolded(conj(*guards), self._derived), settled)

    def _available(self, kind: str, row: Row) -> Formula:
        """Return whether a network has a message: what parameters of its kind range over."""
        return disj(*(t.row(row, ()) for t in self.tables.values() if not t.is_map and t.kind == kind))

    def _from_cuts(self, table: Table) -> Macro:
        keys, (member,) = self._new(table.keys), self._new(c.sort for c in table.payload)
        (column,) = table.payload
        is_last = neg(table.cut(column, "lt", keys, member))
        return Macro((*keys, member), conj(table.cut(column, "le", keys, member), is_last))

    # Expressions

    def _inlined(self, expr: ir.Expr, env: Env) -> Formula:
        return self._formula(inline_calls(expr, self.system), env)

    def _formula(self, expr: ir.Expr, env: Env) -> Formula:
        match expr:
            case ir.Const(value=bool(value)):
                return TRUE if value else FALSE
            case ir.Not(operand=operand):
                return neg(self._formula(operand, env))
            case ir.And(operands=operands):
                return conj(*(self._formula(o, env) for o in operands))
            case ir.Or(operands=operands):
                return disj(*(self._formula(o, env) for o in operands))
            case ir.Let(name=name, value=value, body=body):
                return self._formula(substitute(body, {name: value}), env)
            case ir.Quantifier(kind="all", generators=generators, body=body):
                return neg(
                    self._any((v, conj(g, neg(self._formula(body, e)))) for v, g, e in self._bound(generators, env))
                )
            case ir.Quantifier(generators=generators, body=body):
                return self._any((v, conj(g, self._formula(body, e))) for v, g, e in self._bound(generators, env))
            case ir.Eq(left=ir.Size(collection=collection), right=ir.Const(value=0)):
                return neg(self._any((c.variables, c.guard) for c in self._cases(collection, env)))
            case ir.Eq(left=left, right=right):
                return self._equal(self._value(left, env), self._value(right, env))
            case ir.Less(left=left, right=right, strict=strict):
                return self._less(self._value(left, env), self._value(right, env), strict=strict)
            case ir.Member(element=element, collection=collection):
                return self._contains(collection, self._value(element, env), env)
            case _:
                raise UnsupportedError(f"{expr.span}: {type(expr).__name__} as a condition")

    def _value(self, expr: ir.Expr, env: Env) -> Lowered:
        match expr:
            case ir.Const(value=None):
                return NONE
            case ir.Local(name=name):
                return env[name]
            case ir.Unwrap(target=target):
                return self._value(target, env)
            case ir.Make(type=RecordType(name), args=args):
                return Record(name, tuple(self._graph(a, env) for a in args))
            case ir.FieldOf(target=target, name=name):
                return self._field(target, name, env)
            case ir.Index(target=ir.State(name=name, old=old), key=key):
                return self._entry(self._tables[f"old {name}" if old else name], self._graph(key, env))
            case ir.Ite(condition=condition, then=then, orelse=orelse):
                test = self._formula(condition, env)
                first, second = self._graph(then, env), self._graph(orelse, env)
                return Graph(
                    first.sorts or second.sorts,
                    lambda row: either(test, first.holds(row), second.holds(row)),
                    either(test, first.absent, second.absent),
                )
            case _:
                raise UnsupportedError(f"{expr.span}: {type(expr).__name__} as a value")

    def _graph(self, expr: ir.Expr, env: Env) -> Graph:
        return flat(self._value(expr, env))

    def _field(self, target: ir.Expr, name: str, env: Env) -> Lowered:
        record, kinds = self._value(target, env), record_names(target.type)
        if len(kinds) != 1:
            raise UnsupportedError(f"{target.span}: a field of a union")
        place = [f.name for f in self.system.record(kinds[0]).fields].index(name)
        if isinstance(record, Record):
            return record.fields[place]

        def holds(row: Row) -> Formula:
            whole = list(self._new(record.sorts))
            others = (*whole[:place], *whole[place + 1 :])
            whole[place] = row[0]
            return self._exists(others, record.holds(tuple(whole)))

        return Graph((record.sorts[place],), holds, record.absent)

    def _entry(self, table: Table, key: Graph) -> Graph:
        (k,) = self._new(table.keys)
        found = key.holds((k,))
        return Graph(
            tuple(c.sort for c in table.payload),
            lambda row: self._exists((k,), conj(found, table.row((k,), row))),
            self._exists((k,), conj(found, table.none((k,)))),
        )

    def _equal(self, left: Lowered, right: Lowered) -> Formula:
        if isinstance(left, Record) and isinstance(right, Record):
            if left.name != right.name:
                return FALSE
            return conj(*map(self._equal, left.fields, right.fields))
        left, right = flat(left), flat(right)
        row = self._new(left.sorts or right.sorts)
        return disj(conj(left.absent, right.absent), self._exists(row, conj(left.holds(row), right.holds(row))))

    def _less(self, left: Lowered, right: Lowered, *, strict: bool) -> Formula:
        """Return whether two members of an order are there and the left one is below the right one."""
        low, high = flat(left), flat(right)
        x, y = self._new((*low.sorts, *high.sorts))
        return self._exists((x, y), conj(low.holds((x,)), high.holds((y,)), (below if strict else at_most)(x, y)))

    # Collections

    def _cases(self, collection: ir.Expr, env: Env) -> Iterator[Case]:
        match collection:
            case ir.Universe(type=SetType(element)):
                row = self._new(c.sort for c in columns_of(element, self.system))
                yield Case(row, TRUE, known(row))
            case ir.Local(type=QuorumType(name, base)):
                quorum, inside = self._new((name, base.name))
                is_quorum = self._graph(collection, env).holds((quorum,))
                there = self._exists((quorum,), conj(is_quorum, Atom(IN + name, (inside, quorum))))
                yield Case((inside,), there, known((inside,)))
            case ir.Messages(network=ir.State(name=name, old=old), record=kind):
                yield from self._messages(self._tables[f"old {name}.{kind}" if old else f"{name}.{kind}"])
            case ir.State(type=MessageSetType(element)):
                for kind in record_names(element):
                    yield from self._cases(ir.Messages(SetType(RecordType(kind)), collection, kind), env)
            case ir.MakeSet(args=args):
                yield from (Case((), TRUE, self._value(a, env)) for a in args)
            case ir.SetOp(operator="union", left=left, right=right):
                yield from self._cases(left, env)
                yield from self._cases(right, env)
            case ir.Comprehension(generators=generators, element=element):
                for variables, guard, inner in self._bound(generators, env):
                    yield Case(variables, guard, self._value(element, inner))
            case ir.Extremum(all_of=True):
                yield from self._extremes(collection, env)
            case _:
                raise UnsupportedError(f"{collection.span}: {type(collection).__name__} as a collection")

    def _contains(self, collection: ir.Expr, value: Lowered, env: Env) -> Formula:
        cases = self._cases(collection, env)
        return self._any((c.variables, conj(c.guard, self._equal(c.value, value))) for c in cases)

    def _messages(self, table: Table) -> Iterator[Case]:
        """Yield the messages with their payload, and those that have none."""
        keys, row = self._new(table.keys), self._new(c.sort for c in table.payload)
        yield Case((*keys, *row), table.row(keys, row), self._message(table, keys, known(row)))
        if table.payload:
            keys = self._new(table.keys)
            yield Case(keys, table.none(keys), self._message(table, keys, NONE))

    def _message(self, table: Table, keys: Row, option: Graph) -> Record:
        plain = iter(keys)
        types = (f.type for f in self.system.record(table.kind).fields)
        fields = (option if isinstance(t, OptionType) else known((next(plain),)) for t in types)
        return Record(table.kind, tuple(fields))

    def _extremes(self, expr: ir.Extremum, env: Env) -> Iterator[Case]:
        """Yield the elements with which no element compares as greater (or as less)."""

        def key(case: Case) -> Lowered:
            return case.value if expr.key is None else self._value(expr.key, {**env, expr.variable: case.value})

        for case in self._cases(expr.collection, env):
            others = list(self._cases(expr.collection, env))
            pairs = ((key(case), key(o)) if expr.greatest else (key(o), key(case)) for o in others)
            beaten = [self._less(low, high, strict=True) for low, high in pairs]
            some = self._any((o.variables, conj(o.guard, b)) for o, b in zip(others, beaten, strict=True))
            yield Case(case.variables, conj(case.guard, neg(some)), case.value)

    def _bound(self, generators: tuple[ir.Generator, ...], env: Env) -> Iterator[tuple[Row, Formula, Env]]:
        """Yield the ways of binding generators: new variables, when they count, and the values of the names."""
        if not generators:
            yield (), TRUE, env
            return
        first, *rest = generators
        for case in self._cases(first.domain, env):
            inner = {**env, first.variable: case.value}
            guard = conj(case.guard, *(self._formula(c, inner) for c in first.conditions))
            if guard != FALSE:
                for variables, more, last in self._bound(tuple(rest), inner):
                    yield (*case.variables, *variables), conj(guard, more), last

    # Updates

    def _update(self, update: Update | BagUpdate, env: Env) -> Iterator[tuple[str, Macro]]:
        kind = self.system.variable(update.variable).type
        match kind, update:
            case MapType(key, _), Update(variable=name, value=value):
                keys = self._new(c.sort for c in columns_of(key, self.system))
                at_key = entry(value, ir.Local(key, "its key"))  # no name of the model has a space
                there = self._graph(at_key, {**env, "its key": known(keys)})
                yield from self._macros(self.tables[name], keys, there)
            case MessageSetType(element), Update(variable=name, value=value):
                for record in record_names(element):
                    table = self.tables[f"{name}.{record}"]
                    keys = self._new(table.keys)
                    yield from self._macros(table, keys, self._sent(value, table, keys, env))
            case _:
                raise UnsupportedError(f"an update of {update.variable}, a {kind}")

    def _sent(self, network: ir.Expr, table: Table, keys: Row, env: Env) -> Graph:
        """Return which payloads come with the keys in a set of messages: any number, and None too."""

        def is_sent(option: Graph) -> Formula:
            return self._contains(network, self._message(table, keys, option), env)

        return Graph(tuple(c.sort for c in table.payload), lambda row: is_sent(known(row)), is_sent(NONE))

    def _macros(self, table: Table, keys: Row, there: Graph) -> Iterator[tuple[str, Macro]]:
        """Yield each relation that observes a table, as what it says where the rows are those of a graph.

        A relation that stays as it is has no macro.
        """
        row = self._new(c.sort for c in table.payload)
        whole = there.holds(row)
        observed = {table.row(keys, row): whole}
        if table.payload:
            observed[table.has(keys)] = self._exists(row, whole)
            observed[table.none(keys)] = there.absent
        for column, x in zip(table.payload, row, strict=True):
            if column.is_order:
                (r,) = self._new((column.sort,))
                observed[table.cut(column, "le", keys, r)] = self._exists(row, conj(whole, at_most(r, x)))
                observed[table.cut(column, "lt", keys, r)] = self._exists(row, conj(whole, below(r, x)))
        for atom, body in observed.items():
            if isinstance(atom, Atom) and atom.relation not in self._derived and atom != body:
                yield atom.relation, Macro(atom.args, body)

    # Quantifiers

    def _new(self, sorts: Iterable[str]) -> Row:
        return tuple(Var(f"{sort.lower()}{next(self._numbers)}", sort) for sort in sorts)

    def _any(self, some: Iterable[tuple[Row, Formula]]) -> Formula:
        return disj(*(self._exists(variables, body) for variables, body in some))

    def _exists(self, variables: Row, body: Formula) -> Formula:
        """Return `exists variables: body` with fewer quantifiers.

        A variable that equals another goes; what does not mention them goes outside; an alternative gets its own; and
        a row of a table of which little is asked is one of the relations that observe the table.
        """
        bound = frozenset(variables)
        inner = (p for p in parts_of(body) if free(p) & bound)
        parts = sorted(inner, key=lambda p: _TURNS.index(type(p)))
        outer = [p for p in parts_of(body) if not free(p) & bound]
        left = tuple(v for v in variables if any(v in free(p) for p in parts))
        for place, part in enumerate(parts):
            rest = conj(*parts[:place], *parts[place + 1 :])
            match part:
                case Same(left=one, right=other):
                    gone, kept = (one, other) if one in bound else (other, one)
                    return conj(*outer, self._exists(left, renamed(rest, {gone: kept})))
                case Exists(variables=more, body=inside):
                    apart = self._new(v.sort for v in more)
                    inside = renamed(inside, dict(zip(more, apart, strict=True)))
                    return conj(*outer, self._exists((*left, *apart), conj(inside, rest)))
                case Or(operands=operands):
                    return conj(*outer, self._any((left, conj(o, rest)) for o in operands))
                case Atom():
                    observed = self._observed(part, parts_of(rest), bound)
                    if observed is not None:
                        return conj(*outer, self._exists(left, observed))
                case _:
                    pass
        return conj(*outer, exists(left, conj(*parts)))

    def _observed(self, atom: Atom, rest: tuple[Formula, ...], bound: frozenset[Var]) -> Formula | None:
        """Return what says the same as an atom and the rest together, but does not mention the row of its payload."""
        table = self._tables.get(atom.relation)
        if table is None or not table.payload:
            return None
        keys, row = table.split(atom.args)
        if not bound.issuperset(row) or len(set(atom.args)) < len(atom.args):
            return None
        asked = [p for p in rest if free(p).intersection(row)]
        others = [p for p in rest if p not in asked]
        if not asked:
            return conj(table.has(keys), *others)
        cut = _cut(table, keys, row, asked[0])
        return None if len(asked) > 1 or cut is None else conj(cut, *others)


_TURNS: Sequence[type[Formula]] = (Same, Exists, Or, Atom, Not, And)
"""In which order `_exists` looks at the parts of its body."""


def _cut(table: Table, keys: Row, row: Row, asked: Formula) -> Formula | None:
    """Return a comparison of a member of an order in a payload as a cut.

    That the member is above another needs some row that shows it; that it is below, and so are no others, a map.
    """
    comparison = asked.operand if isinstance(asked, Not) else asked
    if not isinstance(comparison, Atom) or not comparison.relation.startswith(LE):
        return None
    x, r = comparison.args if comparison.args[0] in row else comparison.args[::-1]
    if x not in row or r in row:
        return None
    column = table.payload[row.index(x)]
    le, lt = table.cut(column, "le", keys, r), table.cut(column, "lt", keys, r)
    if asked == at_most(r, x):
        return le
    if asked == below(r, x):
        return lt
    if not table.is_map:
        return None
    return conj(table.has(keys), neg(lt) if asked == at_most(x, r) else neg(le))


def flat(value: Lowered) -> Graph:
    """Return a record of members as the graph of its row."""
    if isinstance(value, Graph):
        return value
    fields = value.fields
    if any(len(f.sorts) != 1 or f.absent != FALSE for f in fields):
        raise UnsupportedError(f"a {value.name} that is no row of members")
    sorts = tuple(sort for f in fields for sort in f.sorts)
    return Graph(sorts, lambda row: conj(*(f.holds((x,)) for f, x in zip(fields, row, strict=True))))
