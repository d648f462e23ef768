"""Random small systems, well-typed by construction, with tiny instances, states and expressions to go with them.

`systems()` draws a whole system, `instances(system)` an instance in which it has few states, `states(system, instance)`
any state of the declared types (reachable or not), `expressions(system, kind, names)` an expression over the system's
variables and the given locals. Every construct of the IR is drawn; many expressions are undefined somewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
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
from checker.ir.instance import Instance, build_instance, universe
from checker.ir.system import (
    Action,
    Append,
    Assign,
    Choose,
    DomainDecl,
    FieldDecl,
    ForEach,
    Function,
    GivenDecl,
    If,
    KeyStep,
    NetOp,
    Parameter,
    Property,
    QuorumDecl,
    RecordDecl,
    Require,
    Spend,
    Statement,
    Successor,
    System,
    Target,
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
    Value,
    accepts,
    record_names,
)
from checker.ir.values import map_keys

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


@st.composite
def systems(draw: Draw) -> System:
    """Draw a system with two to four variables, at most two networks, functions, one to three actions, properties."""
    system = _declarations(draw)
    for name in ("helper", "helper_of_helper")[: draw(st.integers(0, 2))]:
        system = replace(system, functions=(*system.functions, _function(draw, system, name)))
    maker = _Maker(draw, system)
    actions = tuple(maker.action(f"step_{n}") for n in range(draw(st.integers(1, 3))))
    kinds = ("invariant", "transition")[: draw(st.integers(1, 2))]
    properties = tuple(_property(draw, system, kind) for kind in kinds)
    return replace(system, initial=(maker.start(),), actions=actions, properties=properties)


@st.composite
def instances(draw: Draw, system: System) -> Instance:
    """Draw an instance with two nodes and two values."""
    settings: dict[str, Any] = {
        "Node": 2,
        "Value": 2,
        "Term": draw(st.integers(1, 3)),
        "Limit": draw(st.integers(1, 2)),
    }
    settings |= {g.name: draw(st.integers(0, 1)) for g in system.givens if g.name != "Limit"}
    settings |= {v.name: draw(st.integers(0, 2)) for v in system.variables if v.is_budget}
    return build_instance(system, "tiny", settings)


@st.composite
def states(draw: Draw, system: System, instance: Instance) -> tuple[Value, ...]:
    """Draw a state: any values of the variables' types."""
    return tuple(
        draw(st.integers(0, instance.budgets[v.name])) if v.is_budget else draw(values(v.type, system, instance))
        for v in system.variables
    )


@st.composite
def values(draw: Draw, kind: Type, system: System, instance: Instance) -> Value:
    """Draw a value of a type."""

    def several(element: Type, most: int) -> list[Value]:
        return draw(st.lists(values(element, system, instance), max_size=most))

    match kind:
        case IntType(None, None):
            return draw(st.integers(-1, 3))
        case OptionType(inner):
            return draw(st.none() | values(inner, system, instance))
        case RecordType(name):
            return (name, *(draw(values(f.type, system, instance)) for f in system.record(name).fields))
        case UnionType(names):
            return draw(values(RecordType(draw(st.sampled_from(names))), system, instance))
        case SetType(element) | MessageSetType(element):
            return frozenset(several(element, 3))
        case SeqType(element, capacity):
            return tuple(several(element, instance.bound(capacity) or 0))
        case MapType(key, inner):
            return tuple(draw(values(inner, system, instance)) for _ in map_keys(key, instance))
        case BagType(element):
            copies = dict.fromkeys(several(element, 2), 1)
            return frozenset((message, draw(st.integers(1, 2))) for message in copies)
        case FifoType():
            raise AssertionError("no system drawn here has a Fifo")
        case _:
            return draw(st.sampled_from(universe(kind, system, instance)))


@st.composite
def expressions(
    draw: Draw, system: System, kind: Type = BOOL, names: Names = LOCALS, fuel: int = 4, has_old: bool = False
) -> Expr:
    """Draw an expression of a type; `fuel` is how deep it may be, more or less."""
    return _Maker(draw, system, has_old=has_old).expr(kind, names, fuel)


@st.composite
def bindings(draw: Draw, system: System, instance: Instance, names: Names = LOCALS) -> dict[str, Value]:
    """Draw values for local names."""
    return {name: draw(values(kind, system, instance)) for name, kind in names.items()}


@dataclass(frozen=True, slots=True)
class Case:
    """A system, an instance of it, and one of its states with values for `LOCALS`."""

    system: System
    instance: Instance
    state: tuple[Value, ...]
    locals: dict[str, Value]


@st.composite
def cases(draw: Draw) -> Case:
    """Draw something to evaluate expressions in."""
    system = draw(systems())
    instance = draw(instances(system))
    return Case(system, instance, draw(states(system, instance)), draw(bindings(system, instance)))


def _declarations(draw: Draw) -> System:
    def scalar_fields(*names: str) -> tuple[FieldDecl, ...]:
        return tuple(FieldDecl(name, draw(st.sampled_from(SCALARS))) for name in names[: draw(st.integers(1, 2))])

    sender = FieldDecl("sender", NODE)
    signer = draw(st.sampled_from((None, "sender")))
    records = (
        RecordDecl("Vote", scalar_fields("term", "value"), False),
        RecordDecl("Ask", (sender, *scalar_fields("term")), True, signer),
        RecordDecl("Tell", (sender, FieldDecl("vote", OptionType(VOTE))), True),
    )
    variables = [VariableDecl(f"var_{n}", _stored(draw)) for n in range(draw(st.integers(2, 4)))]
    if draw(st.booleans()):
        variables.append(VariableDecl("net", MessageSetType(MESSAGE)))
    if draw(st.booleans()):
        variables.append(VariableDecl("bag", BagType(ASK)))
    if draw(st.booleans()):
        variables.append(VariableDecl("budget", IntType(0, None), is_budget=True))
    givens = [GivenDecl("Limit", IntType(0, None), "bound")]
    if draw(st.booleans()):
        givens.append(GivenDecl("faulty", SetType(NODE), "byzantine"))
    return System(
        name="Drawn",
        domains=(DomainDecl(NODE), DomainDecl(VALUE), DomainDecl(TERM), DomainDecl(PHASE, ("IDLE", "BUSY"))),
        quorums=(QuorumDecl(GROUP, draw(st.sampled_from(("N // 2 + 1", "1")))),),
        records=records,
        givens=tuple(givens),
        variables=tuple(variables),
        functions=(),
        initial=(),
        actions=(),
        properties=(),
    )


def _stored(draw: Draw) -> Type:
    """Draw the type of a variable."""
    scalar = draw(st.sampled_from(SCALARS))
    simple: tuple[Type, ...] = (scalar, OptionType(scalar), OptionType(VOTE), SetType(scalar), SeqType(scalar, "Limit"))
    inner = draw(st.sampled_from((*simple, SeqType(VOTE, "Limit"), VOTE)))
    key = draw(st.sampled_from((NODE, NODE, TERM, PHASE, BOOL, COUNT)))
    return draw(st.sampled_from((inner, MapType(key, inner), MapType(NODE, inner))))


def _function(draw: Draw, system: System, name: str) -> Function:
    kinds = draw(st.lists(st.sampled_from((NODE, VALUE, TERM, COUNT, OptionType(VOTE))), min_size=1, max_size=2))
    parameters = tuple(Parameter(n, k) for n, k in zip(("n", "x"), kinds, strict=False))
    result = draw(st.sampled_from((BOOL, INT, OptionType(VOTE), SetType(NODE))))
    body = _Maker(draw, system).expr(result, {p.name: p.type for p in parameters}, 3)
    return Function(name, parameters, result, body)


def _property(draw: Draw, system: System, kind: Any) -> Property:
    domains: Names = {"n": NODE, "v": VALUE, "t": TERM}
    body = _Maker(draw, system, has_old=kind == "transition").expr(BOOL, domains, 3)
    generators = tuple(Generator(name, Universe(SetType(domain))) for name, domain in domains.items())
    return Property(f"holds_{kind}", kind, Quantifier(BOOL, "all", generators, body))


def _is_same(first: Type, second: Type) -> bool:
    return accepts(first, second) and accepts(second, first)


class _Maker:
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
        if _is_same(made.type, kind):
            return made
        other = Const(kind, None) if isinstance(kind, OptionType) else self.expr(TELL, names, 0)
        return Ite(kind, self.expr(BOOL, names, 0), made, other)

    # What stands at the leaves

    def leaves(self, kind: Type, names: Names) -> list[Callable[[], Expr]]:
        made: list[Callable[[], Expr]] = []
        for name, known in names.items():
            if _is_same(kind, known):
                made.append(lambda name=name, known=known: Local(known, name))  # type: ignore[misc]
        for variable in self.readable():
            if _is_same(kind, variable.type):
                made.append(lambda v=variable: self.read(v))  # type: ignore[misc]
        for given in self.system.givens:
            if _is_same(kind, given.type):
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
                case MapType(key, inner) if _is_same(inner, kind):
                    made.append(lambda v=variable, k=key, i=inner: Index(i, self.read(v), part(k)))  # type: ignore[misc]
                case SeqType(element, _) if _is_same(element, kind):
                    made.append(lambda v=variable, e=element: Index(e, self.read(v), part(INT)))  # type: ignore[misc]
                case _:
                    pass
        for record in self.system.records:
            for field in record.fields:
                if _is_same(field.type, kind):
                    made.append(lambda r=record, f=field: self.field(r, f, names, fuel))  # type: ignore[misc]
        for function in self.system.functions:
            if _is_same(function.type, kind) and not self.hidden:
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

    # Statements

    def start(self) -> Action:
        """Make the initial action: what has no literal is chosen."""
        body: list[Statement] = [
            Choose("some_node", NODE, Universe(SetType(NODE))),
            Choose("some_value", VALUE, Universe(SetType(VALUE))),
        ]
        names: Names = {"some_node": NODE, "some_value": VALUE}
        for variable in self.readable():
            target = Target(variable.name, True, variable.type)
            body.append(Assign(target, _Constant(self.draw, self.system).expr(variable.type, names, 0)))
        return Action("start", (), tuple(body))

    def action(self, name: str) -> Action:
        chosen = self.draw(st.lists(st.sampled_from(("n", "v", "t", "q", "b", "m")), unique=True, max_size=3))
        parameters = tuple(Parameter(p, LOCALS[p]) for p in sorted(chosen))
        body, _ = self.block({p.name: p.type for p in parameters}, self.draw(st.integers(1, 4)), 1)
        return Action(name, parameters, body)

    def block(self, names: Names, count: int, depth: int) -> tuple[tuple[Statement, ...], Names]:
        made: list[Statement] = []
        for _ in range(count):
            statement, names = self.statement(names, depth)
            made.append(statement)
        return tuple(made), names

    def statement(self, names: Names, depth: int) -> tuple[Statement, Names]:
        options: list[Callable[[], tuple[Statement, Names]]] = [
            lambda: (Require(self.expr(BOOL, names, 3)), names),
            lambda: (self.assign(names), names),
            lambda: (self.assign(names), names),
            lambda: self.local(names),
            lambda: self.choose(names),
            lambda: self.successor(names),
        ]
        if depth:
            options.append(lambda: (self.branch(names, depth), names))
            loops = [v for v in self.readable() if isinstance(v.type, MapType) and v.type.key == NODE]
            options += [lambda v=v: (self.loop(v, names), names) for v in loops]  # type: ignore[misc]
        options += [lambda v=v: (self.append(v, names), names) for v in self.readable() if _sequence(v)]  # type: ignore[misc]
        options += [lambda n=n: (self.net_op(n, names), names) for n in self.networks()]  # type: ignore[misc]
        if any(v.is_budget for v in self.system.variables):
            options.append(lambda: (Spend("budget"), names))
        return self.pick(options)()

    def assign(self, names: Names) -> Assign:
        variable = self.pick(self.readable())
        kind: Type = variable.type
        steps: list[KeyStep] = []
        while isinstance(kind, MapType | SeqType) and (isinstance(kind, MapType) or self.draw(st.booleans())):
            key, kind = (kind.key, kind.value) if isinstance(kind, MapType) else (INT, kind.element)
            steps.append(KeyStep(self.expr(key, names, 1)))
        return Assign(Target(variable.name, True, kind, tuple(steps)), self.expr(kind, names, 3))

    def local(self, names: Names) -> tuple[Statement, Names]:
        kind, name = self.pick((BOOL, INT, NODE, OptionType(VOTE), SetType(NODE))), self.pick(("local_a", "local_b"))
        kind = names.get(name, kind)
        return Assign(Target(name, False, kind), self.expr(kind, names, 2)), {**names, name: kind}

    def choose(self, names: Names) -> tuple[Statement, Names]:
        kind, name = self.pick((NODE, VALUE, TERM)), f"chosen_{len(names)}"
        return Choose(name, kind, self.expr(SetType(kind), names, 2)), {**names, name: kind}

    def successor(self, names: Names) -> tuple[Statement, Names]:
        name = f"next_{len(names)}"
        return Successor(name, TERM, self.expr(TERM, names, 1)), {**names, name: TERM}

    def branch(self, names: Names, depth: int) -> If:
        then, _ = self.block(names, self.draw(st.integers(1, 2)), depth - 1)
        orelse, _ = self.block(names, self.draw(st.integers(0, 1)), depth - 1)
        return If(self.expr(BOOL, names, 2), then, orelse)

    def loop(self, variable: VariableDecl, names: Names) -> ForEach:
        """Make a loop whose iterations write their own entry of one map and read nothing of it but that entry."""
        assert isinstance(variable.type, MapType)
        inside = _Maker(self.draw, self.system, hidden=self.hidden | {variable.name})
        name, inner = f"each_{len(names)}", variable.type.value
        own = Target(variable.name, True, inner, (KeyStep(Local(NODE, name)),))
        value = inside.expr(inner, {**names, name: NODE}, 2)
        kept = Index(inner, State(variable.type, variable.name), Local(NODE, name))
        if self.draw(st.booleans()):
            value = Ite(inner, inside.expr(BOOL, {**names, name: NODE}, 2), value, kept)
        domain = self.pick((Universe(SetType(NODE)), inside.expr(SetType(NODE), names, 1)))
        return ForEach(name, domain, (Assign(own, value),))

    def append(self, variable: VariableDecl, names: Names) -> Append:
        kind: Type = variable.type
        steps: tuple[KeyStep, ...] = ()
        if isinstance(kind, MapType):
            steps, kind = (KeyStep(self.expr(kind.key, names, 1)),), kind.value
        assert isinstance(kind, SeqType)
        return Append(Target(variable.name, True, kind, steps), self.expr(kind.element, names, 2))

    def net_op(self, network: State, names: Names) -> NetOp:
        kind = network.type
        assert isinstance(kind, BagType | MessageSetType)
        offered: tuple[Any, ...] = ("send", "receive", "drop", "duplicate") if isinstance(kind, BagType) else ("send",)
        return NetOp(self.pick(offered), network.name, kind, (self.expr(kind.element, names, 2),))


class _Constant(_Maker):
    """Makes expressions that read no variable."""

    def readable(self) -> list[VariableDecl]:
        return []


def _sequence(variable: VariableDecl) -> bool:
    kind = variable.type.value if isinstance(variable.type, MapType) else variable.type
    return isinstance(kind, SeqType)
