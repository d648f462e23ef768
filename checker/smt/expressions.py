"""The meaning of expressions as circuits, the interpreter's evaluation on all states at once.

`Evaluator` follows `checker.interp.evaluate` step by step: from left to right, over domains in canonical order, each
part only on the path on which the interpreter comes to it. Where that meets something undefined it adds the path to
`faults`; on such a path values mean nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias, assert_never

from checker.interp.domains import key_place
from checker.interp.storage import fits
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
from checker.ir.types import (
    BagType,
    FifoType,
    MapType,
    MessageSetType,
    SeqType,
    SetType,
    Type,
    Value,
    record_names,
)
from checker.ir.values import map_keys
from checker.smt import collections
from checker.smt.circuit import FALSE, TRUE, Literal
from checker.smt.encoding import Encoding
from checker.smt.paths import Path
from checker.smt.values import (
    NOTHING,
    Copies,
    Entries,
    Items,
    Members,
    Scalar,
    Symbol,
    constant,
    key_of,
    scalar,
    truth,
)

Names: TypeAlias = Mapping[str, Symbol]
"""The values of the local names."""

Frame: TypeAlias = Mapping[str, Symbol]
"""The values of the state variables."""

Place: TypeAlias = tuple[str, Value]
"""A variable, and a part of it: the number of an entry, a message, all messages of a kind, or None for all of it."""

_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}


class Evaluator:
    """Evaluates expressions in one state, or in a step to it from the state `old`.

    `touched` are the places that were looked at, each with a literal that is true if the evaluation came to it.
    """

    def __init__(self, encoding: Encoding, frame: Frame, old: Frame | None = None) -> None:
        self.encoding = encoding
        self.frame = frame
        self.faults: list[Literal] = []
        self.touched: list[tuple[Place, Literal]] = []
        self._old = old
        self._past = None if old is None else Evaluator(encoding, old)
        self._circuit = encoding.circuit
        self._algebra = encoding.algebra
        self._known: dict[object, tuple[Symbol, Literal, list[tuple[Place, Literal]]]] = {}

    def take_faults(self) -> Literal:
        """Return whether something undefined was met since this was asked last."""
        met = self._circuit.disjunction(self.faults)
        self.faults = []
        return met

    def fail(self, path: Path, condition: Literal) -> None:
        """Note that where a path is taken and the condition is true, there is no value."""
        if condition != FALSE and not path.is_dead:
            self.faults.append(self._circuit.both(path.literal(self._circuit), condition))

    # -- truth values ------------------------------------------------------------------------------------------------

    def formula(self, expr: Expr, names: Names, path: Path) -> Literal:
        """Return the value of an expression of type bool."""
        if path.is_dead:
            return FALSE
        circuit = self._circuit
        match expr:
            case And(operands=operands):
                return self._in_turn(operands, names, path)[0]
            case Or(operands=operands):
                return self._either(operands, names, path)
            case Not(operand=operand):
                return -self.formula(operand, names, path)
            case Eq():
                return self._equal(expr, names, path)
            case Less():
                return self._less(expr, names, path)
            case IsVariant(target=target, record=record):
                it = self.scalar(target, names, path)
                is_one = self._algebra.mapped(it, lambda v: v is not None and v[0] == record)
                return is_one.alternatives.get(True, FALSE)
            case Member():
                return self._member(expr, names, path)
            case Subset():
                left, right = self._members(expr.left, names, path), self._members(expr.right, names, path)
                return collections.within(circuit, left, right, strict=expr.strict)
            case Covers(quorum=quorum, collection=collection):
                members = self._members(collection, names, path)
                quorums = self.encoding.instance.quorums[quorum]
                return circuit.disjunction(circuit.conjunction(members.get(m, FALSE) for m in q) for q in quorums)
            case Quantifier(kind=kind, generators=generators, body=body):
                found = self._search(generators, body, kind == "any", names, path)
                return found if kind == "any" else -found
            case _:
                value = self.value(expr, names, path)
                assert isinstance(value, Scalar)
                return value.alternatives.get(True, FALSE)

    def _in_turn(self, operands: tuple[Expr, ...], names: Names, path: Path) -> tuple[Literal, Path]:
        """Return whether all operands are true, and the path on which they are."""
        found: list[Literal] = []
        for operand in operands:
            literal = self.formula(operand, names, path)
            if literal == FALSE:
                return FALSE, path.then(FALSE)
            found.append(literal)
            path = path.then(literal)
        return self._circuit.conjunction(found), path

    def _either(self, operands: tuple[Expr, ...], names: Names, path: Path) -> Literal:
        found: list[Literal] = []
        for operand in operands:
            literal = self.formula(operand, names, path)
            if literal == TRUE:
                return TRUE
            found.append(literal)
            path = path.then(-literal)
        return self._circuit.disjunction(found)

    def _equal(self, expr: Eq, names: Names, path: Path) -> Literal:
        sizes = self._compared_size(expr.left, expr.right, names, path)
        left, right = sizes or (self.value(expr.left, names, path), self.value(expr.right, names, path))
        return self._algebra.equal(left, right)

    def _less(self, expr: Less, names: Names, path: Path) -> Literal:
        sizes = self._compared_size(expr.left, expr.right, names, path)
        left, right = sizes or (self.scalar(expr.left, names, path), self.scalar(expr.right, names, path))
        return self._algebra.less(left, right, strict=expr.strict)

    def _compared_size(self, left: Expr, right: Expr, names: Names, path: Path) -> tuple[Scalar, Scalar] | None:
        """Return both sides where one is the size of a set and the other a number, counted no further than matters."""
        match left, right:
            case (Size(collection=collection), Const(value=value)) if isinstance(collection.type, SetType):
                members = self._members(collection, names, path)
                return self._algebra.count(members.values(), max(value, 0) + 1), Scalar({value: TRUE})
            case (Const(), Size()):
                swapped = self._compared_size(right, left, names, path)
                return None if swapped is None else (swapped[1], swapped[0])
            case _:
                return None

    def _member(self, expr: Member, names: Names, path: Path) -> Literal:
        element, collection = expr.element, expr.collection
        circuit, algebra = self._circuit, self._algebra
        value = self.scalar(element, names, path)
        if isinstance(collection.type, MessageSetType):
            assert isinstance(collection, State)
            self.touch_messages(collection.name, value)
            whole: Symbol = self._state(collection)
        else:
            whole = self.value(collection, names, path)
        match collection.type:
            case MessageSetType():
                assert isinstance(whole, Members)
                available = self.encoding.networks.available
                return circuit.disjunction(
                    circuit.both(literal, available(whole.members, message))
                    for message, literal in value.alternatives.items()
                )
            case BagType():
                assert isinstance(whole, Copies)
                return circuit.disjunction(
                    circuit.both(literal, -whole.counts[message].alternatives.get(0, FALSE))
                    for message, literal in value.alternatives.items()
                    if message in whole.counts
                )
            case SeqType():
                items = algebra.items(whole)
                return circuit.disjunction(
                    circuit.both(algebra.longer(items, i), algebra.equal(value, item))
                    for i, item in enumerate(items.items)
                )
            case _:
                members = algebra.members(whole).members
                return circuit.disjunction(
                    circuit.both(literal, members[v]) for v, literal in value.alternatives.items() if v in members
                )

    def _search(self, generators: tuple[Generator, ...], body: Expr, goal: bool, names: Names, path: Path) -> Literal:
        """Return whether some binding makes the body `goal`; those after the first that does are not looked at."""
        if not generators:
            literal = self.formula(body, names, path)
            return literal if goal else -literal
        found: list[Literal] = []
        for inner, admitted, inside in self._admitted(generators[0], names, path, lambda: found):
            hit = self._circuit.both(admitted, self._search(generators[1:], body, goal, inner, inside))
            found.append(hit)
            if hit == TRUE:
                break
        return self._circuit.disjunction(found)

    def _admitted(
        self, generator: Generator, names: Names, path: Path, found: Callable[[], list[Literal]]
    ) -> Iterator[tuple[Names, Literal, Path]]:
        """Yield for each element that a generator admits the names, whether it does, and the path on which it does.

        `found` are the literals, up to now, that end the search where they are true.
        """
        done = 0
        for value, guard in self.each(generator.domain, names, path):
            for literal in found()[done:]:
                path = path.then(-literal)
            done = len(found())
            if path.is_dead:
                return
            inner = {**names, generator.variable: value}
            condition, inside = self._in_turn(generator.conditions, inner, path.then(guard))
            admitted = self._circuit.both(guard, condition)
            if admitted != FALSE:
                yield inner, admitted, inside

    # -- collections -------------------------------------------------------------------------------------------------

    def each(self, expr: Expr, names: Names, path: Path) -> list[tuple[Symbol, Literal]]:
        """Return the elements that a collection may have, in canonical order, each with whether it has it."""
        match expr:
            case Universe(type=SetType(element)):
                return [(constant(element, v), TRUE) for v in self.encoding.domains.universe(element)]
            case Interval(low=low, high=high):
                return collections.interval(
                    self._algebra, self.scalar(low, names, path), self.scalar(high, names, path)
                )
        whole = self.value(expr, names, path)
        if isinstance(expr.type, SeqType):
            items = self._algebra.items(whole)
            return [(item, self._algebra.longer(items, i)) for i, item in enumerate(items.items)]
        element = element_type(expr.type)
        members = self._algebra.members(whole).members
        return [(Scalar({v: TRUE}), literal) for v, literal in self.encoding.in_order(element, members)]

    def _members(self, expr: Expr, names: Names, path: Path) -> Mapping[Value, Literal]:
        return self._algebra.members(self.value(expr, names, path)).members

    def _gather(
        self,
        generators: tuple[Generator, ...],
        element: Expr,
        names: Names,
        path: Path,
        guard: Literal,
        gathered: dict[Value, list[Literal]],
    ) -> None:
        """Add the values of an element over generators, each with whether it is there."""
        if not generators:
            for value, literal in self.scalar(element, names, path).alternatives.items():
                gathered.setdefault(value, []).append(self._circuit.both(guard, literal))
            return
        for inner, admitted, inside in self._admitted(generators[0], names, path, list):
            both = self._circuit.both(guard, admitted)
            self._gather(generators[1:], element, inner, inside, both, gathered)

    # -- all values --------------------------------------------------------------------------------------------------

    def scalar(self, expr: Expr, names: Names, path: Path) -> Scalar:
        """Return the value of an expression as a scalar."""
        return self._algebra.concrete(self.value(expr, names, path))

    def value(self, expr: Expr, names: Names, path: Path) -> Symbol:
        """Return the value of an expression on a path."""
        if path.is_dead:
            return NOTHING
        match expr:
            case Const(value=value):
                return constant(expr.type, value)
            case Given(name=name):
                return constant(expr.type, self.encoding.instance.givens[name])
            case Local(name=name):
                return names[name]
            case State(name=name):
                self.touched.append(((name, None), TRUE))
                return self._state(expr)
            case Universe() | Interval():
                return Members(
                    {
                        next(iter(v.alternatives)): literal
                        for v, literal in self.each(expr, names, path)
                        if isinstance(v, Scalar) and literal != FALSE
                    }
                )
            case Messages(network=network, record=record):
                assert isinstance(network, State)
                kind = None if self.encoding.networks.can_forge else record
                self.touched.append(((network.name, kind), TRUE))
                return self.encoding.networks.messages(self._state(network), record)
            case And() | Or() | Not() | Eq() | Less() | IsVariant() | Member() | Subset() | Covers() | Quantifier():
                return truth(self.formula(expr, names, path))
            case Ite(condition=condition, then=then, orelse=orelse):
                literal = self.formula(condition, names, path)
                first = self.value(then, names, path.then(literal))
                return self._algebra.choose(literal, first, self.value(orelse, names, path.then(-literal)))
            case Let(name=name, value=bound, body=body):
                return self.value(body, {**names, name: self.value(bound, names, path)}, path)
            case Call():
                return self._call(expr, names, path)
            case FieldOf() | Index() | Make() | Unwrap():
                return self._access(expr, names, path)
            case MakeSet() | MakeSeq() | MakeMap() | Comprehension() | SetOp() | Concat() | Slice():
                return self._collection(expr, names, path)
            case Arith() | Size() | Extremum() | Only():
                return self._chosen(expr, names, path)
            case _:
                assert_never(expr)

    def _call(self, expr: Call, names: Names, path: Path) -> Symbol:
        args = [self.value(arg, names, path) for arg in expr.args]
        function = self.encoding.system.function(expr.function)
        args = [self.stored(arg, p.type, path) for arg, p in zip(args, function.parameters, strict=True)]
        if any(arg is NOTHING for arg in args):
            return NOTHING
        place = self._past if expr.old and self._past is not None else self
        key = (expr.function, *map(key_of, args))
        if key not in place._known:
            inner = place.again()
            bound = {p.name: arg for p, arg in zip(function.parameters, args, strict=True)}
            value = inner.value(function.body, bound, Path())
            place._known[key] = value, inner.take_faults(), inner.touched
        value, fault, touched = place._known[key]
        self.touched += touched
        self.fail(path, fault)
        return value

    def _state(self, expr: State) -> Symbol:
        return self._old[expr.name] if expr.old and self._old is not None else self.frame[expr.name]

    def touch_messages(self, network: str, messages: Scalar) -> None:
        """Note that it is looked whether messages are in a network: with forgery, that depends on all of it."""
        if self.encoding.networks.can_forge:
            self.touched.append(((network, None), TRUE))
        else:
            self.touched += (((network, message), literal) for message, literal in messages.alternatives.items())

    def again(self) -> Evaluator:
        """Return an evaluator of the same state, with the same memory, that has met no faults and touched nothing."""
        inner = Evaluator(self.encoding, self.frame)
        inner._old, inner._past, inner._known = self._old, self._past, self._known
        return inner

    # -- parts of values ---------------------------------------------------------------------------------------------

    def _access(self, expr: FieldOf | Index | Make | Unwrap, names: Names, path: Path) -> Symbol:
        match expr:
            case FieldOf(target=target, name=name):
                places = {
                    record: place
                    for record in record_names(target.type)
                    for place, field in enumerate(self.encoding.system.record(record).fields, start=1)
                    if field.name == name
                }
                having = self._expected(self.scalar(target, names, path), lambda v: v and v[0] in places, path)
                return self._algebra.mapped(having, lambda value: value[places[value[0]]])
            case Index(target=State(type=MapType() as kind) as target, key=key):
                place = self.scalar(key, names, path)
                entries = self.places(kind, place, path)[0].alternatives
                self.touched += (((target.name, i), literal) for i, literal in entries.items())
                return self.entry(self._state(target), kind, place, path)
            case Index(target=target, key=key):
                whole = self.value(target, names, path)
                return self.entry(whole, target.type, self.scalar(key, names, path), path)
            case Make(args=args):
                (name,) = record_names(expr.type)
                values = [self.scalar(arg, names, path) for arg in args]
                fields = self.encoding.system.record(name).fields
                parts = [self.stored(v, f.type, path) for v, f in zip(values, fields, strict=True)]
                return self._algebra.record(name, map(self._algebra.concrete, parts))
            case Unwrap(target=target):
                value = self.value(target, names, path)
                return self._expected(value, lambda v: v is not None, path) if isinstance(value, Scalar) else value
            case _:
                assert_never(expr)

    def _expected(self, value: Scalar, is_right: Callable[[Value], object], path: Path) -> Scalar:
        """Return a value without the alternatives that are not right, which are undefined."""
        kept, wrong = self._algebra.without(value, lambda v: not is_right(v))
        self.fail(path, wrong)
        return kept

    def entry(self, whole: Symbol, kind: Type, key: Scalar, path: Path) -> Symbol:
        """Return the value of a map at a key, or the item of a sequence: undefined where there is none."""
        if whole is NOTHING:
            return NOTHING
        algebra = self._algebra
        if isinstance(kind, SeqType):
            items = algebra.items(whole)
            key = self._expected(key, lambda i: 0 <= i < len(items.items), path)
            for index, literal in key.alternatives.items():
                self.fail(path, self._circuit.both(literal, -algebra.longer(items, index)))
            return algebra.select([(literal, items.items[i]) for i, literal in key.alternatives.items()])
        places, count = self.places(kind, key, path)
        values = algebra.entries(whole, count)
        return algebra.select([(literal, values[i]) for i, literal in places.alternatives.items()])

    def places(self, kind: Type, key: Scalar, path: Path) -> tuple[Scalar, int]:
        """Return which entry of a map a key stands for, and how many entries there are."""
        if isinstance(kind, FifoType):
            return key, self.encoding.instance.size(kind.endpoint.name)
        assert isinstance(kind, MapType)
        count = len(map_keys(kind.key, self.encoding.instance))
        place = key_place(kind.key, self.encoding.instance)
        if place is None:
            return key, count
        known = self._expected(key, lambda value: place(value) is not None, path)
        return self._algebra.mapped(known, place), count

    def stored(self, value: Symbol, kind: Type, path: Path) -> Symbol:
        """Return a value as it is stored where `kind` is declared: undefined where it does not fit."""
        fault = fits(kind, self.encoding.instance)
        if fault is None:
            return value
        match value, kind:
            case Scalar(), _:
                return self._expected(value, lambda v: fault(v) is None, path)
            case Entries(values), MapType(_, inner):
                return Entries(tuple(self.stored(v, inner, path) for v in values))
            case Members(members), SetType(element):
                misfit = fits(element, self.encoding.instance)
                assert misfit is not None
                for member, literal in members.items():
                    if misfit(member) is not None:
                        self.fail(path, literal)
                return Members({m: literal for m, literal in members.items() if misfit(m) is None})
            case Items(), SeqType(element, capacity):
                return self._stored_items(value, element, self.encoding.instance.bound(capacity), path)
            case _:
                return self.stored(self._algebra.concrete(value), kind, path)

    def _stored_items(self, value: Items, element: Type, capacity: int | None, path: Path) -> Items:
        lengths = Scalar(value.lengths)
        if capacity is not None:
            lengths = self._expected(lengths, lambda length: length <= capacity, path)
        longest = max(lengths.alternatives, default=0)
        kept = Items(lengths.alternatives, value.items[:longest])
        items = [self.stored(v, element, path.then(self._algebra.longer(kept, i))) for i, v in enumerate(kept.items)]
        return Items(lengths.alternatives, tuple(map(self._algebra.concrete, items)))

    # -- collections as values ---------------------------------------------------------------------------------------

    def _collection(
        self, expr: MakeSet | MakeSeq | MakeMap | Comprehension | SetOp | Concat | Slice, names: Names, path: Path
    ) -> Symbol:
        circuit = self._circuit
        match expr:
            case MakeSet(args=args):
                gathered: dict[Value, list[Literal]] = {}
                for arg in args:
                    for value, literal in self.scalar(arg, names, path).alternatives.items():
                        gathered.setdefault(value, []).append(literal)
                return Members({v: circuit.disjunction(literals) for v, literals in gathered.items()})
            case MakeSeq(args=args):
                return Items({len(args): TRUE}, tuple(self.scalar(arg, names, path) for arg in args))
            case MakeMap(type=MapType(kind, _), variable=variable, value=value):
                keys = map_keys(kind, self.encoding.instance)
                return Entries(tuple(self.value(value, {**names, variable: constant(kind, key)}, path) for key in keys))
            case Comprehension(generators=generators, element=element):
                found: dict[Value, list[Literal]] = {}
                self._gather(generators, element, names, path, TRUE, found)
                return Members({v: circuit.disjunction(literals) for v, literals in found.items()})
            case SetOp(operator=name, left=left, right=right):
                first, second = self._members(left, names, path), self._members(right, names, path)
                return Members(collections.combined(circuit, name, first, second))
            case Concat(left=left, right=right):
                one, other = self.value(left, names, path), self.value(right, names, path)
                return collections.joined(self._algebra, self._algebra.items(one), self._algebra.items(other))
            case Slice():
                whole = self._algebra.items(self.value(expr.sequence, names, path))
                low = Scalar({0: TRUE}) if expr.low is None else self.scalar(expr.low, names, path)
                high = Scalar(whole.lengths) if expr.high is None else self.scalar(expr.high, names, path)
                part, is_right = collections.part(self._algebra, whole, low, high)
                self.fail(path, -is_right)
                return part
            case _:
                raise AssertionError(expr)

    # -- numbers, and elements that stand out ------------------------------------------------------------------------

    def _chosen(self, expr: Arith | Size | Extremum | Only, names: Names, path: Path) -> Symbol:
        match expr:
            case Arith(operator=name, left=left, right=right):
                first, second = self.scalar(left, names, path), self.scalar(right, names, path)
                if name in ("//", "%"):
                    second = self._expected(second, lambda divisor: divisor != 0, path)
                return self._algebra.combined(first, second, _ARITHMETIC[name])
            case Size(collection=collection):
                return collections.size(self._algebra, self.value(collection, names, path), collection.type)
            case Extremum():
                return self._extremum(expr, names, path)
            case Only(collection=collection):
                literals = collections.distinct(self._algebra, self.each(collection, names, path))
                single = self._algebra.count(literals.values(), 2)
                self.fail(path, -single.alternatives.get(1, FALSE))
                return scalar(literals)
            case _:
                assert_never(expr)

    def _extremum(self, expr: Extremum, names: Names, path: Path) -> Symbol:
        circuit = self._circuit
        elements = self.each(expr.collection, names, path)
        keys: list[Scalar] = []
        for element, guard in elements:
            inner = {**names, expr.variable: element}
            key = expr.key
            keys.append(self._algebra.concrete(element) if key is None else self.scalar(key, inner, path.then(guard)))
        best = collections.best(circuit, [guard for _, guard in elements], keys, greatest=expr.greatest)
        winners = [
            (e, circuit.both(guard, circuit.disjunction(circuit.both(a, best[k]) for k, a in key.alternatives.items())))
            for (e, guard), key in zip(elements, keys, strict=True)
        ]
        literals = collections.distinct(self._algebra, winners)
        if expr.all_of:
            return Members(literals)
        if expr.key is not None:
            self.fail(path, circuit.two_of(literals.values()))
        there = circuit.disjunction(guard for _, guard in elements)
        if expr.default is None:
            self.fail(path, -there)
            return scalar(literals)
        default = self.value(expr.default, names, path.then(-there))
        return self._algebra.choose(there, scalar(literals), default)
