"""Values that depend on what is not known yet: which literals of a circuit make them which value.

How the values of each type are encoded is decided here:

=======================  =============================================================================================
bool, integer, member,   `Scalar`: the values it may be, each with the literal that says so. A value of a quorum
option, record, union    system is one of its sets; a record is one value, whatever is in its fields.
Set, MessageSet          `Members`: the elements it may have, each with the literal that says that it is there
Map, Fifo                `Entries`: a value for each key
Seq                      `Items`: the lengths it may have, and a value for each place up to the greatest
Bag                      `Copies`: the messages it may have, each with the number of copies, a `Scalar`
=======================  =============================================================================================

Only values that can come about are listed: they are found while the circuit is built, so an integer needs no range and
a message set no list of all messages. A container inside a record, a set or an option is one value of a scalar too,
and is taken apart where it is used.

A symbolic value means something only on the path on which it was computed. There exactly one alternative of a scalar
is true, and of a sequence the places below its length; elsewhere literals may say anything. So whatever is decided
from a value is decided together with its path, and of one alternative, or two, nothing but the first has to be known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import TypeAlias

from checker.diagnostics import NOWHERE, error
from checker.ir.types import BagType, FifoType, MapType, MessageSetType, SeqType, SetType, Type, Value
from checker.ir.values import channels_type, ordered
from checker.smt.circuit import FALSE, TRUE, Circuit, Literal

ALTERNATIVES_MAX = 65_536
"""Values that a scalar may have."""


@dataclass(frozen=True, slots=True)
class Scalar:
    alternatives: Mapping[Value, Literal]

    @property
    def only(self) -> bool:
        """Whether there is just one value that it may be."""
        return len(self.alternatives) == 1


@dataclass(frozen=True, slots=True)
class Members:
    members: Mapping[Value, Literal]


@dataclass(frozen=True, slots=True)
class Entries:
    values: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """`lengths` are the alternatives of the length; the items at and beyond it mean nothing."""

    lengths: Mapping[int, Literal]
    items: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Copies:
    counts: Mapping[Value, Scalar]


Symbol: TypeAlias = Scalar | Members | Entries | Items | Copies

NOTHING = Scalar({})
"""The value of what is never reached."""

ZERO = Scalar({0: TRUE})


def key_of(symbol: Symbol) -> object:
    """Return something hashable that is equal for equal symbols."""
    match symbol:
        case Scalar(part) | Members(part):
            return frozenset(part.items())
        case Entries(values):
            return tuple(map(key_of, values))
        case Items(lengths, items):
            return frozenset(lengths.items()), tuple(map(key_of, items))
        case Copies(counts):
            return frozenset((value, key_of(count)) for value, count in counts.items())


def constant(kind: Type, value: Value) -> Symbol:
    """Return a known value of a type."""
    match kind:
        case SetType() | MessageSetType():
            return Members(dict.fromkeys(ordered(value), TRUE))
        case MapType(_, inner):
            return Entries(tuple(constant(inner, v) for v in value))
        case FifoType():
            return constant(channels_type(kind), value)
        case SeqType(inner):
            return Items({len(value): TRUE}, tuple(Scalar({v: TRUE}) for v in value))
        case BagType():
            return Copies({message: Scalar({count: TRUE}) for message, count in ordered(value)})
        case _:
            return Scalar({value: TRUE})


def truth(literal: Literal) -> Scalar:
    """Return a literal as a value."""
    if literal in (TRUE, FALSE):
        return Scalar({literal == TRUE: TRUE})
    return Scalar({False: -literal, True: literal})


def scalar(alternatives: Mapping[Value, Literal]) -> Scalar:
    """Return a scalar without the alternatives that cannot be, and without what need not be known of the rest."""
    kept = {value: literal for value, literal in alternatives.items() if literal != FALSE}
    for value, literal in kept.items():
        if literal == TRUE:
            return Scalar({value: TRUE})
    if not kept:
        return NOTHING
    if len(kept) == 1:
        return Scalar(dict.fromkeys(kept, TRUE))
    if len(kept) == 2:
        (first, literal), (second, _) = kept.items()
        return Scalar({first: literal, second: -literal})
    if len(kept) > ALTERNATIVES_MAX:
        raise too_many("a value", len(kept))
    return Scalar(kept)


def too_many(what: str, count: int) -> Exception:
    """Return the error of a value that may be too many things."""
    return error(
        NOWHERE,
        "Y001",
        f"{what} may be {count:,} different things: more than {ALTERNATIVES_MAX:,}",
        "use a smaller instance, or --engine explicit",
    )


class Algebra:
    """What is done with symbolic values, whatever they stand for."""

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit

    # -- taking apart, putting together ------------------------------------------------------------------------------

    def concrete(self, symbol: Symbol) -> Scalar:
        """Return a value as a scalar: a container becomes one of the values that it may be.

        Raises:
            QuoraxError: Y001, if it may be too many.

        """
        match symbol:
            case Scalar():
                return symbol
            case Members(members):
                return self._product(
                    (Scalar({(): -present, (value,): present}) for value, present in members.items()),
                    lambda parts: frozenset(element for part in parts for element in part),
                )
            case Entries(values):
                return self._product(map(self.concrete, values), tuple)
            case Items(lengths, items):
                alternatives: dict[Value, Literal] = {}
                for length, literal in lengths.items():
                    for value, other in self._product(items[:length], tuple).alternatives.items():
                        alternatives[value] = self.circuit.both(literal, other)
                return scalar(alternatives)
            case Copies():
                raise AssertionError("a bag is part of no other value")

    def record(self, name: str, fields: Iterable[Scalar]) -> Scalar:
        """Return a record of given fields."""
        return self._product(fields, lambda values: (name, *values))

    def members(self, symbol: Symbol) -> Members:
        """Return a value that is a set as its members."""
        match symbol:
            case Members():
                return symbol
            case Scalar(alternatives):
                having: dict[Value, list[Literal]] = {}
                for value, literal in alternatives.items():
                    for element in ordered(value):
                        having.setdefault(element, []).append(literal)
                count = len(alternatives)
                return Members(
                    {v: TRUE if len(ls) == count else self.circuit.disjunction(ls) for v, ls in having.items()}
                )
            case _:
                raise AssertionError("not a set")

    def entries(self, symbol: Symbol, count: int) -> tuple[Symbol, ...]:
        """Return the values of a map of `count` keys."""
        match symbol:
            case Entries(values):
                return values
            case Scalar(alternatives):
                return tuple(self._grouped(alternatives, itemgetter(i)) for i in range(count))
            case _:
                raise AssertionError("not a map")

    def items(self, symbol: Symbol) -> Items:
        """Return a value that is a sequence as its items."""
        match symbol:
            case Items():
                return symbol
            case Scalar(alternatives):
                longest = max(map(len, alternatives), default=0)
                places = [
                    self._grouped({v: a for v, a in alternatives.items() if len(v) > i}, itemgetter(i))
                    for i in range(longest)
                ]
                return Items(self._grouped(alternatives, len).alternatives, tuple(places))
            case _:
                raise AssertionError("not a sequence")

    def mapped(self, symbol: Scalar, function: Callable[[Value], Value]) -> Scalar:
        """Return the value of a function of a scalar."""
        return self._grouped(symbol.alternatives, function)

    def _grouped(self, alternatives: Mapping[Value, Literal], function: Callable[[Value], Value]) -> Scalar:
        groups: dict[Value, list[Literal]] = {}
        for value, literal in alternatives.items():
            groups.setdefault(function(value), []).append(literal)
        if len(groups) == 1:
            return Scalar(dict.fromkeys(groups, TRUE))
        return scalar({value: self.circuit.disjunction(literals) for value, literals in groups.items()})

    def _product(self, parts: Iterable[Scalar], make: Callable[[tuple[Value, ...]], Value]) -> Scalar:
        """Return what is made of one alternative of each part."""
        made: dict[tuple[Value, ...], Literal] = {(): TRUE}
        for part in parts:
            if len(made) * len(part.alternatives) > ALTERNATIVES_MAX:
                raise too_many("a value", len(made) * len(part.alternatives))
            made = {
                (*before, value): both
                for before, literal in made.items()
                for value, other in part.alternatives.items()
                if (both := self.circuit.both(literal, other)) != FALSE
            }
        return scalar({make(values): literal for values, literal in made.items()})

    # -- choosing ----------------------------------------------------------------------------------------------------

    def choose(self, condition: Literal, then: Symbol, orelse: Symbol) -> Symbol:
        """Return `then if condition else orelse`."""
        if condition == TRUE or then is orelse:
            return then
        return orelse if condition == FALSE else self.select([(condition, then), (-condition, orelse)])

    def select(self, branches: Sequence[tuple[Literal, Symbol]]) -> Symbol:
        """Return the value of the branch whose literal is true: exactly one is."""
        branches = [(literal, symbol) for literal, symbol in branches if literal != FALSE and symbol is not NOTHING]
        if not branches:
            return NOTHING
        first = branches[0][1]
        if all(symbol is first for _, symbol in branches):
            return first
        kinds = {type(symbol) for _, symbol in branches}
        if kinds == {Scalar}:
            return self._select_scalar(
                [(literal, symbol) for literal, symbol in branches if isinstance(symbol, Scalar)]
            )
        if Scalar in kinds and self._has_none(branches):
            return self._select_scalar([(literal, self.concrete(symbol)) for literal, symbol in branches])
        if Members in kinds:
            return Members(self._select_literals([(g, self.members(symbol).members) for g, symbol in branches]))
        if Items in kinds:
            return self._select_items([(literal, self.items(symbol)) for literal, symbol in branches])
        if Copies in kinds:
            return self._select_copies([(g, symbol.counts) for g, symbol in branches if isinstance(symbol, Copies)])
        count = next(len(symbol.values) for _, symbol in branches if isinstance(symbol, Entries))
        rows = [(literal, self.entries(symbol, count)) for literal, symbol in branches]
        return Entries(tuple(self.select([(literal, row[i]) for literal, row in rows]) for i in range(count)))

    @staticmethod
    def _has_none(branches: Iterable[tuple[Literal, Symbol]]) -> bool:
        return any(isinstance(symbol, Scalar) and None in symbol.alternatives for _, symbol in branches)

    def _select_scalar(self, branches: Sequence[tuple[Literal, Scalar]]) -> Scalar:
        return scalar(self._select_literals([(guard, symbol.alternatives) for guard, symbol in branches]))

    def _select_items(self, branches: Sequence[tuple[Literal, Items]]) -> Items:
        lengths = scalar(self._select_literals([(guard, symbol.lengths) for guard, symbol in branches]))
        places = [
            self._select_scalar([(guard, symbol.items[i]) for guard, symbol in branches if len(symbol.items) > i])
            for i in range(max(lengths.alternatives, default=0))
        ]
        return Items(lengths.alternatives, tuple(places))

    def _select_copies(self, branches: Sequence[tuple[Literal, Mapping[Value, Scalar]]]) -> Copies:
        messages = dict.fromkeys(message for _, counts in branches for message in counts)
        return Copies(
            {m: self._select_scalar([(guard, counts.get(m, ZERO)) for guard, counts in branches]) for m in messages}
        )

    def _select_literals(self, branches: Sequence[tuple[Literal, Mapping[Value, Literal]]]) -> dict[Value, Literal]:
        """Return for each value the literal of the branch that is taken: false where the branch does not list it."""
        values = dict.fromkeys(value for _, literals in branches for value in literals)
        return {
            v: self._select_literal([(guard, literals.get(v, FALSE)) for guard, literals in branches]) for v in values
        }

    def _select_literal(self, branches: Sequence[tuple[Literal, Literal]]) -> Literal:
        """Return a chain of choices that ends in what most branches say, so that what they share shows at once."""
        groups: dict[Literal, list[Literal]] = {}
        for guard, literal in branches:
            groups.setdefault(literal, []).append(guard)
        last = max(groups, key=lambda literal: len(groups[literal]))
        chosen = last
        for literal, guards in groups.items():
            if literal != last:
                chosen = self.circuit.choice(self.circuit.disjunction(guards), literal, chosen)
        return chosen

    # -- comparing, counting -----------------------------------------------------------------------------------------

    def equal(self, left: Symbol, right: Symbol) -> Literal:
        """Return whether two values are the same."""
        circuit = self.circuit
        if left is right:
            return TRUE
        match left, right:
            case Scalar(first), Scalar(second):
                if first.keys() == second.keys() == {False, True}:
                    return circuit.same(first[True], second[True])
                return circuit.disjunction(circuit.both(first[v], second[v]) for v in first if v in second)
            case Members(first), Members(second):
                values = dict.fromkeys((*first, *second))
                return circuit.conjunction(circuit.same(first.get(v, FALSE), second.get(v, FALSE)) for v in values)
            case Entries(ones), Entries(others):
                return circuit.conjunction(self.equal(a, b) for a, b in zip(ones, others, strict=True))
            case Items(), Items():
                return self._equal_items(left, right)
            case Copies(some), Copies(more):
                messages = dict.fromkeys((*some, *more))
                return circuit.conjunction(self.equal(some.get(m, ZERO), more.get(m, ZERO)) for m in messages)
            case _:
                return self.equal(self.concrete(left), self.concrete(right))

    def _equal_items(self, left: Items, right: Items) -> Literal:
        circuit = self.circuit
        same = [self.equal(Scalar(left.lengths), Scalar(right.lengths))]
        for i, (one, other) in enumerate(zip(left.items, right.items, strict=False)):
            same.append(circuit.either(-self.longer(left, i), self.equal(one, other)))
        return circuit.conjunction(same)

    def longer(self, symbol: Items, index: int) -> Literal:
        """Return whether a sequence has an item at a place."""
        if all(length > index for length in symbol.lengths):
            return TRUE
        return self.circuit.disjunction(literal for length, literal in symbol.lengths.items() if length > index)

    def less(self, left: Scalar, right: Scalar, *, strict: bool) -> Literal:
        """Return `left < right`, or `left <= right` unless strict."""
        circuit = self.circuit
        least, greatest = min(left.alternatives, default=0), max(left.alternatives, default=0)
        found: list[Literal] = []
        certain = 0
        for value, literal in right.alternatives.items():
            if greatest < value or (greatest == value and not strict):
                found.append(literal)
                certain += 1
            elif least < value or (least == value and not strict):
                below = (a for v, a in left.alternatives.items() if v < value or (v == value and not strict))
                found.append(circuit.both(literal, circuit.disjunction(below)))
        return TRUE if certain and certain == len(right.alternatives) else circuit.disjunction(found)

    def combined(self, left: Scalar, right: Scalar, function: Callable[[Value, Value], Value]) -> Scalar:
        """Return a function of two scalars."""
        groups: dict[Value, list[Literal]] = {}
        for one, literal in left.alternatives.items():
            for other, second in right.alternatives.items():
                groups.setdefault(function(one, other), []).append(self.circuit.both(literal, second))
        return scalar({value: self.circuit.disjunction(literals) for value, literals in groups.items()})

    def count(self, literals: Iterable[Literal], most: int | None = None) -> Scalar:
        """Return how many literals are true; `most` stands for any number from there on."""
        exactly: list[Literal] = [TRUE]
        for literal in literals:
            if literal == FALSE:
                continue
            shifted = [self.circuit.choice(literal, fewer, same) for fewer, same in pairwise([FALSE, *exactly, FALSE])]
            if most is not None and len(shifted) > most + 1:
                shifted = [*shifted[:most], self.circuit.either(exactly[most], shifted[most])]
            exactly = shifted
        return scalar(dict(enumerate(exactly)))

    def added(self, numbers: Iterable[Scalar]) -> Scalar:
        """Return a sum."""
        total = ZERO
        for number in numbers:
            total = self.combined(total, number, lambda a, b: a + b)
        return total

    def without(self, symbol: Scalar, is_wrong: Callable[[Value], bool]) -> tuple[Scalar, Literal]:
        """Return a scalar without the alternatives that are wrong, and whether it is one of those."""
        wrong = {value: literal for value, literal in symbol.alternatives.items() if is_wrong(value)}
        if not wrong:
            return symbol, FALSE
        if len(wrong) == len(symbol.alternatives):
            return NOTHING, TRUE
        kept = {value: literal for value, literal in symbol.alternatives.items() if value not in wrong}
        return scalar(kept), self.circuit.disjunction(wrong.values())
