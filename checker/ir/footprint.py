"""What each action and property may read and write: paths of the state, and kinds of messages.

Footprints err on one side only. An action changes nothing outside `writes`. In two states that agree on `reads` it has
the same outcome for the same arguments and choices, and writes the same values to the same places; what it sends to a
Bag or MessageSet is added to whatever is there. A path may be listed that is never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checker.ir.expr import Call, Expr, Index, Let, Local, Member, Messages, State
from checker.ir.system import (
    Action,
    Append,
    Assign,
    Choose,
    ForEach,
    If,
    NetOp,
    Property,
    Spend,
    Statement,
    Successor,
    System,
    Target,
)
from checker.ir.types import BagType, FifoType, MapType, MessageSetType, Type, record_names
from checker.ir.walk import binders, children, inner_statements, statement_expressions, walk_statements

ANY = "*"
"""A key that may be any key."""


@dataclass(frozen=True, slots=True, order=True)
class Path:
    """A variable, or the entry of a map under the value of a parameter: `promised[a]` is `Path("promised", ("a",))`.

    There is one key for each map that was indexed: the name of an action's parameter, or `ANY`. What lies below the
    last key is part of the path, so that fewer keys mean more state. A Fifo is a map of maps, as its value is.
    """

    variable: str
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.variable + "".join(f"[{key}]" for key in self.keys)


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """The messages of one record in one network."""

    network: str
    record: str

    def __str__(self) -> str:
        return f"{self.network}.of({self.record})"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What an action or a property may touch, each in sorted order.

    `sends` are the kinds that may be put into a network. `receives` are those that a parameter ranges over, or that an
    operation takes out, loses or copies. `inspects` are those whose presence or absence an expression asks for. The
    network itself is in `reads` wherever it is received from or inspected, in `writes` wherever it changes.
    """

    reads: tuple[Path, ...]
    writes: tuple[Path, ...] = ()
    sends: tuple[Kind, ...] = ()
    receives: tuple[Kind, ...] = ()
    inspects: tuple[Kind, ...] = ()


def action_footprint(action: Action, system: System) -> Footprint:
    """Return the footprint of an action in terms of its parameters."""
    found = _Collector(system)
    names = {p.name: p.name for p in action.parameters}
    for parameter in action.parameters:
        found.message_parameter(parameter.type)
    found.statements(action.body, _aliases(action, names))
    return found.footprint()


def property_footprint(prop: Property, system: System) -> Footprint:
    """Return the footprint of a property: its reads, in the state before the step too, and what it inspects."""
    return expression_footprint(prop.body, system)


def expression_footprint(expr: Expr, system: System) -> Footprint:
    """Return the footprint of a closed expression."""
    found = _Collector(system)
    found.expression(expr, {})
    return found.footprint()


Names = Mapping[str, str]
"""Which parameter a local name has the value of; names that are not in it have some other value."""


@dataclass(slots=True)
class _Collector:
    system: System
    reads: set[Path] = field(default_factory=set)
    writes: set[Path] = field(default_factory=set)
    sends: set[Kind] = field(default_factory=set)
    receives: set[Kind] = field(default_factory=set)
    inspects: set[Kind] = field(default_factory=set)

    def footprint(self) -> Footprint:
        return Footprint(
            tuple(sorted(self.reads)),
            tuple(sorted(self.writes)),
            tuple(sorted(self.sends)),
            tuple(sorted(self.receives)),
            tuple(sorted(self.inspects)),
        )

    def message_parameter(self, kind: Type) -> None:
        """Add the messages that a parameter ranges over; other parameters range over values, and read nothing."""
        names = record_names(kind)
        if not names or not all(self.system.record(name).is_message for name in names):
            return
        for variable in self.system.variables:
            if isinstance(variable.type, BagType | MessageSetType):
                carried = [n for n in names if n in record_names(variable.type.element)]
                self.receives |= {Kind(variable.name, name) for name in carried}
                self.reads |= {Path(variable.name)} if carried else set()

    def statements(self, statements: Iterable[Statement], names: Names) -> None:
        for statement in statements:
            for expr in statement_expressions(statement):
                self.expression(expr, names)
            match statement:
                case Assign(target=target) if target.is_state:
                    self.assigned(target, names)
                case Append(target=target):
                    self.assigned(target, names)
                    self.reads.add(self.target_path(target, names))
                case Spend(budget=budget):
                    self.reads.add(Path(budget))
                    self.writes.add(Path(budget))
                case NetOp():
                    self.net_op(statement, names)
                case ForEach(variable=variable):
                    names = {k: v for k, v in names.items() if k != variable}
                    self.statements(inner_statements(statement), names)
                case If():
                    self.statements(inner_statements(statement), names)
                case _:
                    pass

    def assigned(self, target: Target, names: Names) -> None:
        path = self.target_path(target, names)
        self.writes.add(path)
        if len(path.keys) < len(target.steps):  # an element of a sequence: is there one at that index?
            self.reads.add(path)

    def target_path(self, target: Target, names: Names) -> Path:
        keys = tuple(_key(step.key, names) for step in target.steps)
        return self.path(target.name, keys)

    def path(self, variable: str, keys: tuple[str, ...]) -> Path:
        """Return the path down to the last map that is indexed."""
        kind: Type = self.system.variable(variable).type
        depth = 0
        while depth < len(keys) and isinstance(kind, MapType):
            kind, depth = kind.value, depth + 1
        return Path(variable, keys[:2] if isinstance(kind, FifoType) else keys[:depth])

    def net_op(self, statement: NetOp, names: Names) -> None:
        network = statement.network
        if isinstance(statement.type, FifoType):
            path = Path(network, tuple(_key(a, names) for a in statement.args[:2]))
            carried = record_names(statement.type.element)
        else:
            path = Path(network)
            carried = record_names(statement.args[0].type)
        self.writes.add(path)
        if statement.operation == "send":
            self.sends |= {Kind(network, n) for n in record_names(statement.args[-1].type)}
            if isinstance(statement.type, FifoType):  # a full channel cuts the transition
                self.reads.add(path)
        else:
            self.reads.add(path)
            self.receives |= {Kind(network, n) for n in carried}

    def expression(self, expr: Expr, names: Names) -> None:
        match expr:
            case State(name=name):
                self.reads.add(Path(name))
            case Index():
                self.indexed(expr, names)
            case Call(function=name, args=args):
                for arg in args:
                    self.expression(arg, names)
                function = self.system.function(name)
                passed = zip(function.parameters, (_key(a, names) for a in args), strict=True)
                self.expression(function.body, {p.name: key for p, key in passed if key != ANY})
            case Let(name=name, value=value, body=body):
                self.expression(value, names)
                self.expression(body, {**names, name: _key(value, names)})
            case _:
                self.network_reads(expr)
                for child, bound in zip(children(expr), binders(expr), strict=True):
                    self.expression(child, {k: v for k, v in names.items() if k not in bound})

    def network_reads(self, expr: Expr) -> None:
        match expr:
            case Messages(network=State(name=network), record=record):
                self.inspects.add(Kind(network, record))
            case Member(element=element, collection=State(name=network, type=BagType() | MessageSetType())):
                self.inspects |= {Kind(network, n) for n in record_names(element.type)}
            case _:
                pass

    def indexed(self, expr: Index, names: Names) -> None:
        keys: list[str] = []
        target: Expr = expr
        while isinstance(target, Index):
            self.expression(target.key, names)
            keys.insert(0, _key(target.key, names))
            target = target.target
        if isinstance(target, State):
            self.reads.add(self.path(target.name, tuple(keys)))
        else:
            self.expression(target, names)


def _key(expr: Expr, names: Names) -> str:
    return names.get(expr.name, ANY) if isinstance(expr, Local) else ANY


def _aliases(action: Action, names: Names) -> dict[str, str]:
    """Return the locals that stand for a parameter throughout: bound once, to it (arguments of procedures are)."""
    statements = list(walk_statements(action.body))
    times = Counter(name for statement in statements for name in _bound(statement))
    found = dict(names)
    for statement in statements:
        match statement:
            case Assign(target=Target(name=name, is_state=False), value=Local(name=source)):
                if times[name] == 1 and source in found:
                    found[name] = found[source]
            case _:
                pass
    return found


def _bound(statement: Statement) -> tuple[str, ...]:
    match statement:
        case Assign(target=Target(name=name, is_state=False)):
            return (name,)
        case ForEach(variable=name) | Choose(variable=name) | Successor(variable=name):
            return (name,)
        case NetOp(result=name) if name is not None:
            return (name,)
        case _:
            return ()
