"""A counterexample to induction as a step of the model itself: instance, state and action, walked by the interpreter.

z3's structure is read back as an instance of its size and a state of it. It need not be one: a cut may have no greatest
member, and quorums are those it happens to have. So nothing is believed of it: the interpreter has to find that the
lemmas hold before, that the step exists, and that what was to be shown is false after it. If it does not, the structure
is shown, which is a counterexample to the lowering's view of the model and to nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checker.diagnostics import QuoraxError
from checker.interp.errors import ModelError
from checker.interp.machine import Machine, StateValues
from checker.interp.replay import replay
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from checker.ir.types import (
    BoolType,
    EnumType,
    IntType,
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
from checker.smt.anysize.formula import Truth
from checker.smt.anysize.layout import Layout, shape_name
from checker.smt.anysize.obligations import Obligation, Theory
from checker.smt.anysize.structure import Structure
from checker.smt.anysize.values import Optional, Record, Scalar, Symbol
from checker.trace.trace import Trace

LONGEST = 64
"""Members of a sort up to which a structure is made an instance."""


class NoStateError(Exception):
    """A structure that is no state of an instance; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A structure as an instance."""

    system: System
    layout: Layout
    structure: Structure
    gaps: dict[str, set[int]] = field(default_factory=dict)
    """For each order, before which of its members there is a value that is no member: one is put in there."""

    def find_gaps(self) -> None:
        """Find the values that lie between members of an order, or above all of them.

        Raises:
            NoStateError: a variable has no value, or a type that has no form.

        """
        for v in self.system.variables:
            if not v.is_budget:
                self._value(v.name, v.type, ())

    def instance(self) -> Instance:
        """Return the instance that the structure is one of.

        Raises:
            NoStateError: there is none.

        """
        settings: dict[str, Setting] = {}
        for domain in self.system.domains:
            if not isinstance(domain.type, EnumType):
                name = domain.type.name
                settings[name] = tuple(f"{name[0].lower()}{i + 1}" for i in range(self._size(name)))
        liars: list[int] = []
        for given in self.system.givens:
            if (
                given.kind == "byzantine"
                and isinstance(given.type, SetType)
                and isinstance(given.type.element, SortType)
            ):
                members = settings[given.type.element.name]
                assert isinstance(members, tuple)
                liars = [row[0] for row in sorted(self.structure.relations.get(given.name, frozenset()))]
                settings[given.name] = tuple(str(members[i]) for i in liars)
        for given in self.system.givens:
            if given.kind == "constant" and isinstance(given.type, IntType):
                settings[given.name] = len(liars)
        for variable in self.system.variables:
            if variable.is_budget:
                settings[variable.name] = 1
        for quorum in self.system.quorums:
            sets = self._quorums(quorum.type)
            members = settings[quorum.type.base.name]
            settings[quorum.type.name] = tuple(tuple(str(members[i]) for i in sorted(s)) for s in sets)  # type: ignore[index]
        try:
            return build_instance(self.system, "counterexample", settings)
        except QuoraxError as problem:
            raise NoStateError(problem.diagnostics[0].message) from None

    def _size(self, sort: str) -> int:
        return self.structure.sizes.get(sort, 1) + len(self.gaps.get(sort, ()))

    def _quorums(self, kind: QuorumType) -> list[frozenset[int]]:
        inside = self.structure.relations.get(f"in {kind.name}", frozenset())
        count = self.structure.sizes.get(kind.name, 1)
        sets = [frozenset(p for p, q in inside if q == own) for own in range(count)]
        if any(not s for s in sets):
            raise NoStateError(f"it has a {kind.name} without members")
        return sets

    def state(self, instance: Instance) -> StateValues:
        """Return the state that the relations say.

        Raises:
            NoStateError: they say none.

        """
        return tuple(
            instance.budgets[v.name] if v.is_budget else self._value(v.name, v.type, ()) for v in self.system.variables
        )

    def _rows(self, name: str, keys: tuple[int, ...]) -> list[tuple[int, ...]]:
        rows = self.structure.relations.get(name, frozenset())
        return sorted(row[len(keys) :] for row in rows if row[: len(keys)] == keys)

    def _value(self, name: str, kind: Type, keys: tuple[int, ...]) -> Value:
        match kind:
            case BoolType():
                return bool(self._rows(name, keys))
            case SortType() | EnumType() | OrderType() | QuorumType() if not keys:
                return self.member(kind, self.structure.constants.get(name, 0))
            case SortType() | EnumType() | QuorumType():
                found = [row[0] for row in self._rows(f"{name}.is", keys)]
                return self.member(kind, self._only(name, found or [0]))  # if it has none, any may do
            case OrderType(sort):
                over, at_most = self._rows(f"{name}.over", keys), self._rows(f"{name}.from", keys)
                if over == at_most:
                    self.gaps.setdefault(sort, set()).add(len(over))
                    return len(over) + sum(gap < len(over) for gap in self.gaps[sort])
                return self.member(kind, self._only(name, [row[0] for row in at_most if row not in over]))
            case OptionType(inner):
                return self._value(name, inner, keys) if self._rows(f"{name}?", keys) else None
            case RecordType(record):
                fields = self.layout.fields(record).items()
                return (record, *(self._value(f"{name}.{f}", t, keys) for f, t in fields))
            case MapType(key, inner):
                count = self.structure.sizes.get(str(key), 1)
                if self.gaps.get(str(key)):
                    raise NoStateError(f"{name} has no value for a member of {key} that had to be put in")
                return tuple(self._value(name, inner, (*keys, k)) for k in range(count))
            case SetType(element):
                return frozenset(self._members(name, element, keys))
            case MessageSetType(element):
                return frozenset(
                    m for r in record_names(element) for m in self._members(f"{name}.{r}", RecordType(r), keys)
                )
            case _:
                raise NoStateError(f"{name} is a {kind}")

    def _only(self, name: str, found: Sequence[int]) -> int:
        if len(found) != 1:
            raise NoStateError(f"{name} has no value where it should have one")
        return found[0]

    def _members(self, name: str, element: Type, keys: tuple[int, ...]) -> list[Value]:
        made: list[Value] = []
        for shape in self.layout.shapes(element, "m" if isinstance(element, RecordType) else "x", self.system.span):
            for row in self._rows(shape_name(name, shape), keys):
                given = {v.name: place for v, place in zip(shape.variables, row, strict=True)}
                made.append(self.value_of(shape.value, element, given))
        return made

    def value_of(self, symbol: Symbol, kind: Type, given: Mapping[str, int]) -> Value:
        """Return the value of a symbol whose variables are given.

        Raises:
            NoStateError: it is not made of variables.

        """
        match symbol, kind:
            case Truth(value), BoolType():
                return value
            case Optional(has=has, inner=inner), OptionType(inner_type):
                return self.value_of(inner, inner_type, given) if has == Truth(True) else None
            case Record(name=name, fields=fields), _:
                types = self.layout.fields(name)
                return (name, *(self.value_of(part, types[f], given) for f, part in fields.items()))
            case Scalar(term=term), _ if term is not None and term.name in given:
                return self.member(kind, given[term.name])
            case _:
                raise NoStateError("an argument has no value of its own")

    def member(self, kind: Type, place: int) -> Value:
        """Return a member of a sort as a value: a quorum is the set of its members."""
        if isinstance(kind, OrderType):
            return place + sum(gap <= place for gap in self.gaps.get(kind.name, ()))
        return self._quorums(kind)[place] if isinstance(kind, QuorumType) else place


def concrete(theory: Theory, obligation: Obligation, structure: Structure, base: System | None = None) -> Trace:
    """Return the counterexample to an obligation about a step, or about a state, as the interpreter walks it.

    Raises:
        NoStateError: it does not, or the structure is no state of an instance.

    """
    reading = Reading(theory.system, theory.layout, structure)
    if max(structure.sizes.values(), default=0) > LONGEST or obligation.purpose in ("possible", "defined", "initial"):
        raise NoStateError("it is not about a step between states")
    reading.find_gaps()
    instance = reading.instance()
    state = reading.state(instance)
    machine = Machine(theory.system, instance)
    for name in (a.name for a in obligation.assertions if a.kind in ("lemma", "assumption")):
        try:
            holds = machine.predicate(theory.system.property(name).body)(state)
        except ModelError as undefined:
            raise NoStateError(f"{name} is undefined there: {undefined.diagnostic.message}") from None
        if not holds:
            raise NoStateError(f"{name} does not hold there")
    step, goal = obligation.step, obligation.goal
    moves = []
    where = "a state in which all that was assumed holds"
    title = f"a counterexample, which need not be reachable: {where}, and {goal} does not"
    if step is not None:
        kinds = [p.type for p in step.transition.parameters]
        given = structure.constants
        args = tuple(reading.value_of(a, k, given) for a, k in zip(step.arguments, kinds, strict=True))
        choices = tuple(reading.value_of(a, k, given) for a, k in step.choices)
        moves.append((step.name, args, choices))
        title = f"a counterexample to induction, which need not be reachable: {step.name} leads from {where} "
        title += f"to one in which {goal} does not" if obligation.goal else "elsewhere"
    try:
        return replay(theory.system, instance, state, moves, property=goal, title=title, base=base, is_anywhere=True)
    except (QuoraxError, ModelError) as refused:
        raise NoStateError(f"the interpreter does not take it ({str(refused).splitlines()[0]})") from None
