"""Running a model's own functions in plain CPython: a second semantics, and what a debugger steps through.

Nothing here reads the IR of an action or a property. Values are the objects a model's text talks about (members,
records, frozen sets, `Map`, `Seq`); they are translated from and to the values of the IR at the edges only, so that
both semantics can be compared state by state.
"""

from __future__ import annotations

import builtins
import enum
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pdb import Pdb
from types import FunctionType
from typing import Any

from checker.dsl.collections import Map, Seq
from checker.dsl.compile import definitions_of
from checker.dsl.domains import QuorumSystem, running
from checker.dsl.model import Cut, Disabled, choose, successor
from checker.dsl.networks import Bag, Fifo, MessageSet
from checker.dsl.rewrite import rewrite
from checker.ir.instance import Instance, universe
from checker.ir.system import Action, System
from checker.ir.types import (
    BagType,
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
    record_names,
)
from checker.ir.values import map_keys, ordered

StateValues = tuple[Value, ...]


class ModelFailed(Exception):  # noqa: N818 - an outcome, not an error
    """The model's text fails on a state: an undefined expression, or a value outside its declared type."""


@dataclass(frozen=True, slots=True)
class NativeStep:
    """One enabled binding and the state it leads to, None where it is cut; `choices` were made on the way."""

    action: str
    args: tuple[Value, ...]
    choices: int
    state: StateValues | None


class NativeModel:
    """A model class on one instance, run by CPython. `system` gives declarations and types, never behaviour."""

    def __init__(self, model: type, system: System, instance: Instance) -> None:
        self.system = system
        self.instance = instance
        self._definitions = definitions_of(model)
        self._classes = dict(self._definitions.classes)
        self._script: list[int] = []
        self._position = 0
        self._widths: list[int] = []
        self._forced: list[Any] = []
        self._members = {cls: self._make_members(cls) for cls in self._classes.values()}
        self._class = self._native_class(model)
        self._volatile: dict[str, Map[Any, Any]] = {}

    def initial_states(self) -> tuple[StateValues, ...]:
        """Return the initial states, sorted and each once."""
        found: set[StateValues] = set()
        blank = [self._blank(v.type, v.name) for v in self.system.variables]
        for bindings in itertools.product(*(self._bindings(a) for a in self.system.initial)):

            def run(bindings: tuple[tuple[Value, ...], ...] = bindings) -> Any:
                me = self._object(blank)
                for action, args in zip(self.system.initial, bindings, strict=True):
                    self._invoke(me, action, args)
                return me

            found |= {self._values(me) for me, _ in self._branches(run) if me is not None}
        return tuple(sorted(found, key=lambda s: repr([ordered(frozenset([v])) for v in s])))

    def steps(self, state: StateValues) -> Iterator[NativeStep]:
        """Yield every enabled or cut binding of every action.

        Raises:
            ModelFailed: the text fails in this state.
        """
        for action in self.system.actions:
            for args in self._bindings(action, state):

                def run(action: Action = action, args: tuple[Value, ...] = args) -> Any:
                    me = self.state_object(state)
                    self._invoke(me, action, args)
                    return me

                for me, choices in self._branches(run):
                    yield NativeStep(action.name, args, choices, None if me is None else self._values(me))

    def holds(self, name: str, state: StateValues, old: StateValues | None = None) -> bool:
        """Return the value of a property or of a predicate without parameters."""
        me = self.state_object(state)
        with _Running(self._members):
            return bool(self._guarded(getattr(me, name), *([] if old is None else [self.state_object(old)])))

    def state_object(self, state: StateValues) -> Any:
        """Return a state as an instance of the model's class, for a debugger or a prompt."""
        return self._object([self._native(v.type, x) for v, x in zip(self.system.variables, state, strict=True)])

    def debug(self, state: StateValues, action: str, args: tuple[Value, ...], chosen: tuple[Any, ...], pdb: Pdb) -> str:
        """Run one step under a debugger, stopped at the action's first line, and return how it ends.

        `chosen` are typed values: what each `choose` returns, in order.
        """
        decl = self.system.action(action)
        me = self.state_object(state)
        native = [self._native(p.type, a) for p, a in zip(decl.parameters, args, strict=True)]
        self._forced = [self._native(b.type, b.value) for b in chosen]
        try:
            with _Running(self._members):
                pdb.runcall(getattr(me, action), *native)
        except Disabled:
            return "not enabled"
        except Cut:
            return "cut at a bound"
        finally:
            self._forced = []
        return "done"

    # -- running -----------------------------------------------------------------------------------------------

    def _invoke(self, me: Any, action: Action, args: tuple[Value, ...]) -> None:
        native = [self._native(p.type, a) for p, a in zip(action.parameters, args, strict=True)]
        with _Running(self._members):
            self._guarded(getattr(me, action.name), *native)

    @staticmethod
    def _guarded(function: Callable[..., Any], *args: Any) -> Any:
        try:
            return function(*args)
        except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError) as problem:
            raise ModelFailed(f"{type(problem).__name__}: {problem}") from problem

    def _branches(self, run: Callable[[], Any]) -> Iterator[tuple[Any, int]]:
        """Yield the outcome of every way to choose: depth first, by running again with the next script of choices."""
        script: list[int] = []
        while True:
            self._script, self._position, self._widths = script, 0, []
            try:
                yield run(), self._position
            except Cut:
                yield None, self._position
            except Disabled:
                pass
            taken = [*script, *([0] * (len(self._widths) - len(script)))]
            while taken and taken[-1] + 1 >= self._widths[len(taken) - 1]:
                taken.pop()
            if not taken:
                return
            taken[-1] += 1
            script = taken

    def _choose(self, elements: Iterable[Any]) -> Any:
        options = list(elements)
        if not options:
            raise Disabled
        if self._forced:
            return self._forced.pop(0)
        position = self._position
        self._position += 1
        self._widths = [*self._widths[:position], len(options)]
        return options[self._script[position] if position < len(self._script) else 0]

    def _successor(self, member: Any) -> Any:
        members = self._members[type(member)]
        if member.index + 1 >= len(members):
            raise Cut
        return members[member.index + 1]

    def _append(self, sequence: Any, element: Any, variable: str, depth: int) -> Any:
        kind = self.system.variable(variable).type
        for _ in range(depth):
            assert isinstance(kind, MapType)
            kind = kind.value
        assert isinstance(kind, SeqType)
        capacity = self.instance.bound(kind.capacity)
        if capacity is not None and len(sequence) >= capacity:
            raise Cut
        return Seq(*sequence, element)

    def _forget(self, me: Any, process: Any) -> None:
        if not self._volatile:
            first = self.state_object(self.initial_states()[0])
            self._volatile = {v.name: getattr(first, v.name) for v in self.system.variables if v.is_volatile}
        for variable in self.system.variables:
            kind = variable.type
            if variable.is_volatile and isinstance(kind, MapType) and str(kind.key) == type(process).__name__:
                value = self._volatile[variable.name][process]
                setattr(me, variable.name, _updated(getattr(me, variable.name), (process,), value))

    def _bindings(self, action: Action, state: StateValues | None = None) -> Iterator[tuple[Value, ...]]:
        columns = [self._parameter_values(p.type, state) for p in action.parameters]
        return itertools.product(*columns)

    def _parameter_values(self, kind: Type, state: StateValues | None) -> list[Value]:
        names = record_names(kind)
        carriers = [
            (v, x)
            for v, x in zip(self.system.variables, state or (), strict=False)
            if isinstance(v.type, MessageSetType | BagType) and set(names) & set(record_names(v.type.element))
        ]
        if not carriers or isinstance(kind, OptionType):
            return list(universe(kind, self.system, self.instance))
        found: set[Value] = set()
        for variable, value in carriers:
            network = self._native(variable.type, value)
            assert isinstance(variable.type, MessageSetType | BagType)
            for name in names:
                if name in record_names(variable.type.element):
                    found |= {self._value(RecordType(name), m) for m in network.of(self._classes[name])}
        return ordered(frozenset(found))

    # -- the class ---------------------------------------------------------------------------------------------

    def _native_class(self, model: type) -> Any:
        namespaces: dict[str, dict[str, Any]] = {}
        methods: dict[str, Any] = {"forget": lambda me, process: self._forget(me, process)}
        for name, method in self._definitions.methods.items():
            if method.owner:
                methods[name] = self._compiled(method.name, method, namespaces)
        return type(model.__name__, (), methods)

    def _compiled(self, name: str, method: Any, namespaces: dict[str, dict[str, Any]]) -> FunctionType:
        names = namespaces.get(method.file.name)
        if names is None:
            names = namespaces[method.file.name] = self._namespace(method.names)
            for helper, text in method.file.functions.items():
                if isinstance(names.get(helper), FunctionType):
                    exec(compile(rewrite(text), method.file.name, "exec"), names)
        scope = dict(names)
        exec(compile(rewrite(method.node), method.file.name, "exec"), names, scope)
        made = scope[name]
        assert isinstance(made, FunctionType)
        return made

    def _namespace(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Return a module's names as the running model sees them."""
        replaced = {name: self._definitions.replacement(name, thing) for name, thing in names.items()}
        for name, thing in replaced.items():
            if thing is choose:
                replaced[name] = self._choose
            elif thing is successor:
                replaced[name] = self._successor
        return {
            **replaced,
            "set": frozenset,
            "bool": (False, True),
            "max": _extremum(greatest=True),
            "min": _extremum(greatest=False),
            "__quorax_frozenset": frozenset,
            "__quorax_updated": _updated,
            "__quorax_spend": _spend,
            "__quorax_append": self._append,
        }

    def _make_members(self, cls: Any) -> tuple[Any, ...]:
        name = cls.__name__
        if issubclass(cls, enum.Enum):
            return tuple(cls)
        if issubclass(cls, QuorumSystem):
            base = self.system.quorum(name).type.base
            sort = self._classes[base.name]
            members = [sort(i, n) for i, n in enumerate(self.instance.domains[base.name])]
            return tuple(cls(members[i] for i in q) for q in self.instance.quorums[name])
        if name in self.instance.domains:
            return tuple(cls(i, n) for i, n in enumerate(self.instance.domains[name]))
        return ()

    def _object(self, values: list[Any]) -> Any:
        me = self._class()
        for variable, value in zip(self.system.variables, values, strict=True):
            setattr(me, variable.name, value)
        for given in self.system.givens:
            setattr(me, given.name, self._native(given.type, self.instance.givens[given.name]))
        return me

    def _blank(self, kind: Type, name: str) -> Any:
        """Return what a variable is before the initial actions run: an empty network, a full budget, a bare map."""
        match kind:
            case MessageSetType() | BagType():
                return self._native(kind, frozenset())
            case FifoType(endpoint):
                size = self.instance.size(endpoint.name)
                return self._native(kind, (((),) * size,) * size)
            case MapType(_, inner):
                return Map(
                    {self._native(kind.key, k): self._blank(inner, "") for k in map_keys(kind.key, self.instance)}
                )
            case _:
                return self.instance.budgets.get(name)

    # -- values ------------------------------------------------------------------------------------------------

    def _native(self, kind: Type, value: Value) -> Any:
        """Return a value of the IR as the object that a model's text talks about."""
        match kind:
            case SortType(name) | OrderType(name) | EnumType(name):
                return self._members[self._classes[name]][value]
            case OptionType(inner):
                return None if value is None else self._native(inner, value)
            case RecordType() | UnionType():
                fields = self.system.record(value[0]).fields
                args = (self._native(f.type, v) for f, v in zip(fields, value[1:], strict=True))
                return self._classes[value[0]](*args)
            case SetType(element):
                return frozenset(self._native(element, v) for v in value)
            case QuorumType(name, base):
                return self._classes[name](self._native(base, v) for v in value)
            case MapType(key, inner):
                pairs = zip(map_keys(key, self.instance), value, strict=True)
                return Map({self._native(key, k): self._native(inner, v) for k, v in pairs})
            case SeqType(element):
                return Seq(*(self._native(element, v) for v in value))
            case MessageSetType(element):
                network = _AvailableMessages(self)
                network.sent = frozenset(self._native(element, v) for v in value)
                return network
            case BagType(element):
                bag: Bag[Any] = Bag()
                bag.copies = {self._native(element, m): n for m, n in value}
                return bag
            case FifoType():
                return self._native_fifo(kind, value)
            case _:
                return value

    def _native_fifo(self, kind: FifoType, value: Value) -> Fifo[Any, Any, Any]:
        fifo: Fifo[Any, Any, Any] = Fifo()
        fifo.capacity = self.instance.bound(kind.capacity) or 0
        members = self._members[self._classes[kind.endpoint.name]]
        for source, row in zip(members, value, strict=True):
            for destination, channel in zip(members, row, strict=True):
                fifo.channels[source, destination] = tuple(self._native(kind.element, m) for m in channel)
        return fifo

    def _values(self, me: Any) -> StateValues:
        return tuple(self._value(v.type, getattr(me, v.name)) for v in self.system.variables)

    def _value(self, kind: Type, thing: Any) -> Value:
        """Return an object of a native run as a value of the IR.

        Raises:
            ModelFailed: it is outside its declared type.
        """
        match kind:
            case EnumType(name):
                return self._members[self._classes[name]].index(thing)
            case SortType() | OrderType():
                return thing.index
            case IntType(low, high):
                first, last = self.instance.bound(low), self.instance.bound(high)
                if (first is not None and thing < first) or (last is not None and thing > last):
                    raise ModelFailed(f"{thing} is outside {kind}")
                return thing
            case OptionType(inner):
                return None if thing is None else self._value(inner, thing)
            case RecordType() | UnionType():
                decl = self.system.record(type(thing).__name__)
                return (decl.name, *(self._value(f.type, getattr(thing, f.name)) for f in decl.fields))
            case SetType(element) | QuorumType(_, element):
                return frozenset(self._value(element, x) for x in thing)
            case MapType(key, inner):
                return tuple(self._value(inner, thing[self._native(key, k)]) for k in map_keys(key, self.instance))
            case SeqType(element, capacity):
                limit = self.instance.bound(capacity)
                if limit is not None and len(thing) > limit:
                    raise ModelFailed(f"{thing} is longer than {limit}")
                return tuple(self._value(element, x) for x in thing)
            case MessageSetType(element):
                return frozenset(self._value(element, m) for m in thing.sent)
            case BagType(element):
                return frozenset((self._value(element, m), n) for m, n in thing.copies.items())
            case FifoType(endpoint, element):
                members = self._members[self._classes[endpoint.name]]
                rows = ((thing.channels.get((p, q), ()) for q in members) for p in members)
                return tuple(tuple(tuple(self._value(element, m) for m in c) for c in row) for row in rows)
            case _:
                return thing


class _Running:
    """Gives the domain classes their members while a model's functions run."""

    def __init__(self, members: Mapping[type, tuple[Any, ...]]) -> None:
        self._members = members

    def __enter__(self) -> None:
        self._token = running.set(self._members)

    def __exit__(self, *_: object) -> None:
        running.reset(self._token)


class _AvailableMessages(MessageSet[Any]):
    """A message set that also holds what the Byzantine processes of the instance can forge."""

    def __init__(self, run: NativeModel) -> None:
        super().__init__()
        self._run = run
        byzantine = [g for g in run.system.givens if g.kind == "byzantine"]
        self._faulty = frozenset().union(*(run._native(g.type, run.instance.givens[g.name]) for g in byzantine))

    def of(self, kind: type[Any]) -> frozenset[Any]:
        decl = self._run.system.record(kind.__name__)
        sent = frozenset(m for m in self.sent if isinstance(m, kind))
        if not self._faulty or decl.signer is None:
            return sent
        everything = universe(RecordType(decl.name), self._run.system, self._run.instance)
        return sent | {m for v in everything if (m := self._run._native(RecordType(decl.name), v)) in self}

    def __contains__(self, message: object) -> bool:
        if message in self.sent:
            return True
        signer = self._signer(message)
        return signer in self._faulty and all(n in self for n in _nested(message) if self._signer(n) is not None)

    def _signer(self, message: object) -> Any:
        name = getattr(type(message), "__message__", "")
        return getattr(message, name) if name else None


def _nested(message: object) -> Iterator[Any]:
    """Yield the records inside a record, at every depth."""
    pending = [getattr(message, name) for name in getattr(message, "__dataclass_fields__", {})]
    while pending:
        thing = pending.pop()
        if hasattr(thing, "__dataclass_fields__"):
            yield thing
            pending += [getattr(thing, name) for name in thing.__dataclass_fields__]
        elif isinstance(thing, frozenset | Seq):
            pending += list(thing)
        elif isinstance(thing, Map):
            pending += list(thing.entries.values())


def _updated(container: Any, keys: tuple[Any, ...], value: Any) -> Any:
    """Return a map or sequence with one entry changed, however deep."""
    if not keys:
        return value
    inner = _updated(container[keys[0]], keys[1:], value)
    if isinstance(container, Seq):
        return Seq(*container.elements[: keys[0]], inner, *container.elements[keys[0] + 1 :])
    if keys[0] not in container.entries:
        raise KeyError(keys[0])
    return Map({**container.entries, keys[0]: inner})


def _spend(budget: int) -> int:
    if budget <= 0:
        raise Cut
    return budget - 1


def _extremum(*, greatest: bool) -> Callable[..., Any]:
    """Return max or min as the language has them: a tie between unequal elements is an error of the model."""
    plain: Callable[..., Any] = builtins.max if greatest else builtins.min

    def extremum(*args: Any, key: Callable[[Any], Any] | None = None, **default: Any) -> Any:
        if len(args) == 2:
            return plain(*args)
        pool = list(args[0])
        best = plain(pool, key=key, **default)
        if key is not None and pool and any(key(x) == key(best) and x != best for x in pool):
            raise ValueError("several unequal elements have the greatest or least key")
        return best

    return extremum
