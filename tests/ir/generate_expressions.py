"""Random well-typed expressions over a system: every kind of node, bound names that shadow, much that is undefined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

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
from checker.ir.system import (
    FieldDecl,
    Function,
    RecordDecl,
    System,
    VariableDecl,
)
from checker.ir.types import (
    BOOL,
    INT,
    BagType,
    BoolType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
    accepts,
    record_names,
)

NODE, VALUE, TERM, PHASE = SortType("Node"), SortType("Value"), OrderType("Term"), EnumType("Phase")
GROUP = QuorumType("Group", NODE)
COUNT = IntType(0, "Limit")
VOTE, ASK, TELL = RecordType("Vote"), RecordType("Ask"), RecordType("Tell")
MESSAGE = UnionType(("Ask", "Tell"))

SCALARS: tuple[Type, ...] = (BOOL, COUNT, NODE, VALUE, TERM, PHASE)
LOCALS: Mapping[str, Type] = {"n": NODE, "v": VALUE, "t": TERM, "q": GROUP, "b": BOOL, "i": INT, "m": ASK}
"""Names in scope where `expressions` is not told otherwise."""

BINDERS = ("x", "y", "n", "v")
"""Names that expressions bind: few, so that they shadow each other and what is around them."""

Draw = Callable[[st.SearchStrategy[Any]], Any]
Names = Mapping[str, Type]


def is_same(first: Type, second: Type) -> bool:
    return accepts(first, second) and accepts(second, first)


class ExpressionMaker:
    """Makes expressions and statements over one system. Expressions do not read the `hidden` variables."""

    def __init__(
        self, draw: Draw, system: System, *, has_old: bool = False, hidden: frozenset[str] = frozenset()
    ) -> None:
        self.draw = draw
        self.system = system
        self.has_old = has_old
        self.hidden = hidden

    def pick(self, options: Iterable[Any]) -> Any:
        return self.draw(st.sampled_from(tuple(options)))

    def expr(self, kind: Type, names: Names, fuel: int) -> Expr:
        """Make an expression whose type is `kind`, but for integer ranges and capacities."""
        if isinstance(kind, IntType):
            kind = INT
        elif isinstance(kind, SeqType):
            kind = SeqType(kind.element)
        makers = self.leaves(kind, names)
        if fuel > 0 and self.draw(st.integers(0, 5)):
            makers = [*self.general(kind, names, fuel - 1), *self.special(kind, names, fuel - 1)]
        return self.pick(makers)()

    def exact(self, kind: Type, names: Names, fuel: int) -> Expr:
        """Make an expression whose type is no variant of `kind`, and not the inner type of an option."""
        made = self.expr(kind, names, fuel)
        if is_same(made.type, kind):
            return made
        other = Const(kind, None) if isinstance(kind, OptionType) else self.expr(TELL, names, 0)
        return Ite(kind, self.expr(BOOL, names, 0), made, other)

    # What stands at the leaves

    def leaves(self, kind: Type, names: Names) -> list[Callable[[], Expr]]:
        made: list[Callable[[], Expr]] = []
        for name, known in names.items():
            if is_same(kind, known):
                made.append(lambda name=name, known=known: Local(known, name))  # type: ignore[misc]
        for variable in self.readable():
            if is_same(kind, variable.type):
                made.append(lambda v=variable: self.read(v))  # type: ignore[misc]
        for given in self.system.givens:
            if is_same(kind, given.type):
                made.append(lambda g=given: Given(g.type, g.name))  # type: ignore[misc]
        if not made or not isinstance(kind, SortType | QuorumType):
            made.append(lambda: self.literal(kind, names))
        return made

    def literal(self, kind: Type, names: Names) -> Expr:
        match kind:
            case BoolType():
                return Const(BOOL, self.draw(st.booleans()))
            case IntType():
                return Const(INT, self.draw(st.integers(-1, 3)))
            case EnumType():
                return Const(kind, self.draw(st.integers(0, 1)))
            case OrderType():
                return Const(kind, 0)
            case SortType() | QuorumType():  # no member has a name: the only one, if there is one
                return Only(kind, Universe(SetType(kind)))
            case OptionType(inner):
                return self.pick((lambda: Const(kind, None), lambda: self.expr(inner, names, 0)))()
            case RecordType(name):
                return Make(kind, tuple(self.expr(f.type, names, 0) for f in self.system.record(name).fields))
            case UnionType(variants):
                return self.expr(RecordType(self.pick(variants)), names, 0)
            case SetType():
                return MakeSet(kind, ())
            case SeqType():
                return MakeSeq(kind, ())
            case MapType(key, inner):
                return MakeMap(kind, "x", self.expr(inner, {**names, "x": key}, 0))
            case _:
                raise AssertionError(f"no literal of {kind}")

    def readable(self) -> list[VariableDecl]:
        networks = BagType | MessageSetType | FifoType
        return [
            v
            for v in self.system.variables
            if not v.is_budget and not isinstance(v.type, networks) and v.name not in self.hidden
        ]

    def read(self, variable: VariableDecl) -> State:
        return State(variable.type, variable.name, self.has_old and self.draw(st.booleans()))

    def networks(self) -> list[State]:
        return [
            State(v.type, v.name)
            for v in self.system.variables
            if isinstance(v.type, BagType | MessageSetType) and v.name not in self.hidden
        ]

    # What every type can be made of

    def general(self, kind: Type, names: Names, fuel: int) -> list[Callable[[], Expr]]:
        def part(wanted: Type) -> Expr:
            return self.expr(wanted, names, fuel)

        made: list[Callable[[], Expr]] = [
            lambda: Ite(kind, part(BOOL), part(kind), part(kind)),
            lambda: self.let(kind, names, fuel),
        ]
        if not isinstance(kind, OptionType):
            made.append(lambda: Unwrap(kind, self.exact(OptionType(kind), names, fuel)))
        for variable in self.readable():
            match variable.type:
                case MapType(key, inner) if is_same(inner, kind):
                    made.append(lambda v=variable, k=key, i=inner: Index(i, self.read(v), part(k)))  # type: ignore[misc]
                case SeqType(element, _) if is_same(element, kind):
                    made.append(lambda v=variable, e=element: Index(e, self.read(v), part(INT)))  # type: ignore[misc]
                case _:
                    pass
        for record in self.system.records:
            for field in record.fields:
                if is_same(field.type, kind):
                    made.append(lambda r=record, f=field: self.field(r, f, names, fuel))  # type: ignore[misc]
        for function in self.system.functions:
            if is_same(function.type, kind) and not self.hidden:
                made.append(lambda f=function: self.call(f, names, fuel))  # type: ignore[misc]
        if isinstance(kind, BoolType | IntType | EnumType | SortType | OrderType | RecordType):
            made += self.of_collections(kind, names, fuel)
        return made

    def let(self, kind: Type, names: Names, fuel: int) -> Expr:
        bound, name = self.pick((BOOL, INT, NODE, OptionType(VOTE))), self.pick(BINDERS)
        value = self.expr(bound, names, fuel)
        return Let(kind, name, value, self.expr(kind, {**names, name: bound}, fuel))

    def field(self, record: RecordDecl, field: FieldDecl, names: Names, fuel: int) -> Expr:
        plain = RecordType(record.name)
        kinds: list[Type] = [plain, OptionType(plain)]
        having = [r for r in MESSAGE.names if any(f.name == field.name for f in self.system.record(r).fields)]
        if record.is_message and having == [record.name]:
            kinds.append(MESSAGE)
        return FieldOf(field.type, self.exact(self.pick(kinds), names, fuel), field.name)

    def call(self, function: Function, names: Names, fuel: int) -> Expr:
        args = tuple(self.expr(p.type, names, fuel) for p in function.parameters)
        return Call(function.type, function.name, args, self.has_old and self.draw(st.booleans()))

    def of_collections(self, kind: Type, names: Names, fuel: int) -> list[Callable[[], Expr]]:
        def elements() -> Expr:
            return self.expr(self.pick((SetType(kind), SeqType(kind))), names, fuel)

        made: list[Callable[[], Expr]] = [
            lambda: Only(kind, elements()),
            lambda: Index(kind, self.expr(SeqType(kind), names, fuel), self.expr(INT, names, 0)),
            lambda: self.extremum(kind, elements(), names, fuel, all_of=False),
        ]
        return made

    def extremum(self, element: Type, collection: Expr, names: Names, fuel: int, *, all_of: bool) -> Expr:
        name = self.pick(BINDERS)
        key = None
        if not isinstance(element, IntType | OrderType) or self.draw(st.booleans()):
            key = self.expr(self.pick((INT, TERM)), {**names, name: element}, fuel)
        default = None if all_of or self.draw(st.booleans()) else self.expr(element, names, fuel)
        kind = SetType(element) if all_of else element
        return Extremum(kind, self.draw(st.booleans()), all_of, collection, name, key, default)

    # What is peculiar to a type

    def special(self, kind: Type, names: Names, fuel: int) -> list[Callable[[], Expr]]:
        def part(wanted: Type) -> Expr:
            return self.expr(wanted, names, fuel)

        match kind:
            case BoolType():
                return self.conditions(names, fuel)
            case IntType():
                return [
                    lambda: Arith(INT, self.pick(("+", "-", "*", "//", "%")), part(INT), part(INT)),
                    lambda: Size(INT, part(self.pick((SetType(NODE), SetType(INT), SeqType(VOTE), GROUP)))),
                ]
            case OptionType(inner):
                return [lambda: part(inner)]
            case RecordType(name):
                return [lambda: Make(kind, tuple(part(f.type) for f in self.system.record(name).fields))]
            case SetType(element):
                return self.sets(kind, element, names, fuel)
            case SeqType(element):
                return [
                    lambda: MakeSeq(kind, tuple(part(element) for _ in range(self.draw(st.integers(0, 2))))),
                    lambda: Concat(kind, part(kind), part(kind)),
                    lambda: Slice(kind, part(kind), self.end(names, fuel), self.end(names, fuel)),
                ]
            case MapType(key, inner):
                name = self.pick(BINDERS)
                return [lambda: MakeMap(kind, name, self.expr(inner, {**names, name: key}, fuel))]
            case _:
                return self.leaves(kind, names)

    def end(self, names: Names, fuel: int) -> Expr | None:
        return None if self.draw(st.booleans()) else self.expr(INT, names, min(fuel, 1))

    def conditions(self, names: Names, fuel: int) -> list[Callable[[], Expr]]:
        def part(wanted: Type) -> Expr:
            return self.expr(wanted, names, fuel)

        def several() -> tuple[Expr, ...]:
            return tuple(part(BOOL) for _ in range(self.draw(st.integers(2, 3))))

        def equality() -> Expr:
            kind = self.pick((*SCALARS, OptionType(VOTE), SetType(NODE), MESSAGE))
            return Eq(BOOL, part(kind), part(kind))

        def membership() -> Expr:
            element = self.pick((NODE, VALUE, INT, TERM))
            collections: list[Type] = [SetType(element), SeqType(element), *([GROUP] if element == NODE else [])]
            return Member(BOOL, part(element), part(self.pick(collections)))

        def guarded() -> Expr:
            option = self.exact(OptionType(VOTE), names, fuel)
            field = self.system.record("Vote").fields[0]
            inside = FieldOf(field.type, Unwrap(VOTE, option), field.name)
            is_there = Not(BOOL, Eq(BOOL, option, Const(option.type, None)))
            return And(BOOL, (is_there, Eq(BOOL, inside, part(field.type))))

        def inclusion() -> Expr:
            wider = part(self.pick((SetType(NODE), GROUP)))
            return Subset(BOOL, part(SetType(NODE)), wider, self.draw(st.booleans()))

        def variant() -> Expr:
            record = self.exact(self.pick((MESSAGE, OptionType(MESSAGE))), names, fuel)
            return IsVariant(BOOL, record, self.pick(MESSAGE.names))

        made: list[Callable[[], Expr]] = [
            equality,
            lambda: self.less(names, fuel),
            lambda: Not(BOOL, part(BOOL)),
            lambda: And(BOOL, several()),
            lambda: Or(BOOL, several()),
            lambda: Quantifier(BOOL, self.pick(("all", "any")), *self.over(BOOL, names, fuel)),
            membership,
            guarded,
            inclusion,
            variant,
            lambda: Covers(BOOL, "Group", part(SetType(NODE))),
        ]
        for network in self.networks():
            element = network.type.element  # type: ignore[union-attr]
            made.append(lambda n=network, e=element: Member(BOOL, part(e), n))  # type: ignore[misc]
        return made

    def less(self, names: Names, fuel: int) -> Expr:
        kind = self.pick((INT, TERM))
        left, right = self.expr(kind, names, fuel), self.expr(kind, names, fuel)
        return Less(BOOL, left, right, self.draw(st.booleans()))

    def over(self, kind: Type, names: Names, fuel: int) -> tuple[tuple[Generator, ...], Expr]:
        """Make generators, and an expression that sees what they bind."""
        generators: list[Generator] = []
        for _ in range(self.draw(st.integers(1, 2))):
            name, (domain, element) = self.pick(BINDERS), self.domain(names, fuel)
            names = {**names, name: element}
            conditions = tuple(self.expr(BOOL, names, fuel - 1) for _ in range(self.draw(st.integers(0, 1))))
            generators.append(Generator(name, domain, conditions))
        return tuple(generators), self.expr(kind, names, fuel)

    def domain(self, names: Names, fuel: int) -> tuple[Expr, Type]:
        element = self.pick((NODE, VALUE, TERM, GROUP, INT, PHASE))
        options: list[Callable[[], Expr]] = [lambda: self.expr(SetType(element), names, fuel)]
        if isinstance(element, IntType):
            options.append(lambda: self.interval())
        else:
            options += [lambda: Universe(SetType(element))] * 2
        if element == NODE:
            options.append(lambda: self.expr(GROUP, names, 0))
        return self.pick(options)(), element

    def interval(self) -> Expr:
        low, high = (Const(INT, self.draw(st.integers(-1, 3))) for _ in range(2))
        return Interval(SetType(INT), low, self.pick((high, Given(IntType(0, None), "Limit"))))

    def sets(self, kind: SetType, element: Type, names: Names, fuel: int) -> list[Callable[[], Expr]]:
        def part(wanted: Type) -> Expr:
            return self.expr(wanted, names, fuel)

        def comprehension() -> Expr:
            generators, made = self.over(element, names, fuel)
            return Comprehension(SetType(made.type), generators, made)

        made: list[Callable[[], Expr]] = [
            lambda: MakeSet(kind, tuple(part(element) for _ in range(self.draw(st.integers(0, 3))))),
            lambda: SetOp(kind, self.pick(("union", "intersection", "difference")), part(kind), part(kind)),
            comprehension,
        ]
        if not isinstance(element, OptionType):
            made.append(lambda: self.extremum(element, part(kind), names, fuel, all_of=True))
        if isinstance(element, BoolType | EnumType | SortType | OrderType | QuorumType):
            made.append(lambda: Universe(kind))
        if isinstance(element, IntType):
            made.append(self.interval)
        for network in self.networks():
            for record in record_names(network.type.element):  # type: ignore[union-attr]
                if element == RecordType(record):
                    made.append(lambda n=network, r=record: Messages(kind, n, r))  # type: ignore[misc]
        return made
