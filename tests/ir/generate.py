"""Random small systems, well-typed by construction, with tiny instances, states and expressions to go with them.

`systems()` draws a whole system, `instances(system)` an instance in which it has few states, `states(system, instance)`
any state of the declared types (reachable or not), `expressions(system, kind, names)` an expression over the system's
variables and the given locals. Every construct of the IR is drawn but Fifo networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from checker.ir.expr import (
    Expr,
    Generator,
    Index,
    Ite,
    Local,
    Quantifier,
    State,
    Universe,
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
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
    Value,
)
from checker.ir.values import map_keys
from tests.ir.generate_expressions import (
    ASK,
    COUNT,
    GROUP,
    LOCALS,
    MESSAGE,
    NODE,
    PHASE,
    SCALARS,
    TERM,
    VALUE,
    VOTE,
    Draw,
    ExpressionMaker,
    Names,
)


@st.composite
def systems(draw: Draw) -> System:
    """Draw a system with two to four variables, at most two networks, functions, one to three actions, properties."""
    system = _declarations(draw)
    for name in ("helper", "helper_of_helper")[: draw(st.integers(0, 2))]:
        system = replace(system, functions=(*system.functions, _function(draw, system, name)))
    maker = ActionMaker(draw, system)
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
    return ActionMaker(draw, system, has_old=has_old).expr(kind, names, fuel)


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
    body = ActionMaker(draw, system).expr(result, {p.name: p.type for p in parameters}, 3)
    return Function(name, parameters, result, body)


def _property(draw: Draw, system: System, kind: Any) -> Property:
    domains: Names = {"n": NODE, "v": VALUE, "t": TERM}
    body = ActionMaker(draw, system, has_old=kind == "transition").expr(BOOL, domains, 3)
    generators = tuple(Generator(name, Universe(SetType(domain))) for name, domain in domains.items())
    return Property(f"holds_{kind}", kind, Quantifier(BOOL, "all", generators, body))


class ActionMaker(ExpressionMaker):
    """Makes statements too."""

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
        inside = ActionMaker(self.draw, self.system, hidden=self.hidden | {variable.name})
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


class _Constant(ExpressionMaker):
    """Makes expressions that read no variable."""

    def readable(self) -> list[VariableDecl]:
        return []


def _sequence(variable: VariableDecl) -> bool:
    kind = variable.type.value if isinstance(variable.type, MapType) else variable.type
    return isinstance(kind, SeqType)
