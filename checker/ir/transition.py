"""Transition form: an action as checks in program order, and what it changes as functions of the state before.

The sequential form (`checker.ir.system`) is executed symbolically: assigned locals are replaced by their values, reads
after writes by what was written, conditional writes become `Ite`, a loop over a set becomes one simultaneous update.
The result (`checker.ir.steps`) does not depend on an instance. Solvers and translations to other languages start from
it; the interpreter never does, so that tests can compare the two forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, assert_never

from checker.diagnostics import Span, error
from checker.ir.definedness import Definedness, fits
from checker.ir.expr import (
    Call,
    Comprehension,
    Concat,
    Const,
    Expr,
    Generator,
    Given,
    Index,
    Ite,
    Less,
    Local,
    MakeMap,
    MakeSeq,
    MakeSet,
    Member,
    Quantifier,
    SetOp,
    Size,
    Slice,
    State,
)
from checker.ir.logic import TRUE, conjunction, negation
from checker.ir.steps import BagUpdate, Change, Check, Choice, Definition, Step, Transition, Update
from checker.ir.system import (
    Append,
    Assign,
    Choose,
    ForEach,
    If,
    NetOp,
    Parameter,
    Require,
    Spend,
    Statement,
    Successor,
    System,
    Target,
)
from checker.ir.types import (
    BOOL,
    INT,
    BagType,
    FifoType,
    MapType,
    MessageSetType,
    QuorumType,
    SeqType,
    SetType,
    Type,
    join,
)
from checker.ir.updates import (
    as_single_update,
    entries_type,
    entry,
    has_successor,
    is_short,
    shifted,
    simultaneous,
    successor_of,
    updated,
)
from checker.ir.walk import fresh, inline_calls, statement_expressions, substitute, transform, walk, walk_statements


def transition_form(system: System) -> tuple[Transition, ...]:
    """Return the transition form of every action, in declaration order.

    Raises:
        QuoraxError: E002, for what the form cannot express.

    """
    return tuple(
        replace(_execute(system, a.name, a.parameters, a.body, {}), at=a.at, doc=a.doc, span=a.span)
        for a in system.actions
    )


def initial_form(system: System) -> Transition:
    """Return the initial actions as one transition whose updates do not depend on a state before.

    Every variable but the budgets, which start at what the instance says, has an update.

    Raises:
        QuoraxError: as `transition_form`.

    """
    parameters = tuple(p for a in system.initial for p in a.parameters)
    body = tuple(s for a in system.initial for s in a.body)
    empty = {
        v.name: _empty(v.type) for v in system.variables if isinstance(v.type, MessageSetType | BagType | FifoType)
    }
    doc = "\n".join(a.doc for a in system.initial if a.doc)
    return replace(_execute(system, "initial", parameters, body, empty), doc=doc)


@dataclass(frozen=True, slots=True)
class _Store:
    """What is known at a point of an action: values of assigned locals and variables, messages sent and taken."""

    locals: Mapping[str, Expr]
    values: Mapping[str, Expr]
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)

    def bind(self, name: str, value: Expr) -> _Store:
        return replace(self, locals={**self.locals, name: value})

    def write(self, variable: str, value: Expr) -> _Store:
        return replace(self, values={**self.values, variable: value})

    def change(self, network: str, *made: Change) -> _Store:
        return replace(self, changes={**self.changes, network: (*self.changes.get(network, ()), *made)})


_Done: TypeAlias = tuple[tuple[Step, ...], _Store]
"""The steps that statements come to, and what is known after them."""


def _execute(
    system: System,
    name: str,
    parameters: tuple[Parameter, ...],
    body: tuple[Statement, ...],
    start: Mapping[str, Expr],
) -> Transition:
    """Return the transition of a body, in a state whose variables have the values `start` gives them."""
    plain = {n: v for n, v in start.items() if not isinstance(v.type, MessageSetType | BagType)}
    steps, store = _Execution(system, parameters, is_initial=bool(start)).block(body, _Store({}, plain))
    updates: list[Update | BagUpdate] = []
    for decl in system.variables:
        changes = store.changes.get(decl.name, ())
        if decl.name in store.values:
            updates.append(Update(decl.name, store.values[decl.name]))
        elif changes or decl.name in start:
            if isinstance(decl.type, BagType):
                updates.append(BagUpdate(decl.name, changes))
            else:
                sent = start.get(decl.name, State(decl.type, decl.name))
                updates.append(Update(decl.name, _with_sent(sent, changes)))
    return Transition(name, parameters, steps, tuple(updates))


class _Execution:
    """Executes the statements of one action symbolically.

    A value that is written and read again gets a name, so that what the action comes to is no longer than the action.
    """

    def __init__(self, system: System, parameters: Iterable[Parameter], *, is_initial: bool) -> None:
        self._system = system
        self._is_initial = is_initial
        self._definedness = Definedness(system)
        self._taken = {p.name for p in parameters}
        self._loop_names: set[str] = set()
        self._loops: list[str] = []

    def block(self, statements: Sequence[Statement], store: _Store, later: frozenset[str] = frozenset()) -> _Done:
        """Execute statements, after which the variables `later` are read."""
        steps: list[Step] = []
        for position, statement in enumerate(statements):
            if not self._is_initial:
                steps += self._check_defined(statement, store)
            made, store = self._statement(statement, store, later | self._read(statements[position + 1 :]))
            steps += made
        return tuple(steps), store

    def _statement(self, statement: Statement, store: _Store, later: frozenset[str]) -> _Done:
        span = statement.span
        match statement:
            case Require(condition=condition):
                return (Check("disabled", self._value(condition, store), span=span),), store
            case Assign(target=target, value=value):
                made = self._value(value, store)
                if target.is_state:
                    return self._write(target, made, store, later)
                return self._bind(target.name, made, store, target.span)
            case Append():
                return self._append(statement, store, later)
            case NetOp():
                return self._net_op(statement, store)
            case If():
                return self._if(statement, store, later)
            case ForEach():
                return self._for_each(statement, store)
            case Choose(variable=variable, type=kind, domain=domain):
                choice = Choice(self._new_name(variable), kind, self._value(domain, store), span=span)
                return (choice,), store.bind(variable, Local(kind, choice.name, span=span))
            case Successor(variable=variable, type=kind, operand=operand):
                member = self._value(operand, store)
                steps, store = self._bind(variable, successor_of(member), store, span)
                return (Check("cut", has_successor(member), bound=kind.name, span=span), *steps), store
            case Spend(budget=budget):
                left = self._value(State(self._system.variable(budget).type, budget), store)
                check = Check("cut", Less(BOOL, Const(INT, 0), left), bound=budget, span=span)
                return (check,), store.write(budget, shifted(left, -1))
            case _:
                assert_never(statement)

    def _check_defined(self, statement: Statement, store: _Store) -> tuple[Check, ...]:
        """Return the check that all expressions of a statement have values, and that what it stores fits."""
        conditions = [self._definedness.of(expr) for expr in statement_expressions(statement)]
        if isinstance(statement, Assign | Append) and statement.target.is_state:
            place, kind = self._place(statement.target), statement.target.type
            stored = kind.element if isinstance(statement, Append) and isinstance(kind, SeqType) else kind
            conditions += [self._definedness.of(place), fits(statement.value, stored)]
        condition = conjunction(conditions)
        if condition == TRUE:
            return ()
        return (Check("error", self._value(condition, store), span=statement.span),)

    def _place(self, target: Target) -> Expr:
        """Return what stands at a place of the state before it is written."""
        place: Expr = State(self._system.variable(target.name).type, target.name, span=target.span)
        for step in target.steps:
            place = entry(place, step.key)
        return place

    def _bind(self, name: str, value: Expr, store: _Store, span: Span) -> _Done:
        steps, value = self._named(name, value, span)
        return steps, store.bind(name, value)

    def _named(self, name: str, value: Expr, span: Span) -> tuple[tuple[Step, ...], Expr]:
        """Return a definition of a value and its name; or the value itself, if it is short or depends on a loop."""
        if self._loops or is_short(value):
            return (), value
        definition = Definition(self._new_name(name), value.type, value, span=span)
        return (definition,), Local(value.type, definition.name, span=span)

    def _append(self, statement: Append, store: _Store, later: frozenset[str]) -> _Done:
        target = statement.target
        sequence, value = self._value(self._place(target), store), self._value(statement.value, store)
        assert isinstance(target.type, SeqType)
        longer = Concat(target.type, sequence, MakeSeq(SeqType(target.type.element), (value,)), span=statement.span)
        shown = target.name + "[...]" * len(target.steps)
        check = _room(sequence, target.type.capacity, f"len({shown})", statement.span)
        steps, store = self._write(target, longer, store, later)
        return (*check, *steps), store

    def _write(self, target: Target, value: Expr, store: _Store, later: frozenset[str]) -> _Done:
        keys = tuple(self._value(step.key, store) for step in target.steps)
        steps: tuple[Step, ...] = ()
        if target.name in later:
            steps, value = self._named(f"new_{target.name}", value, target.span)
        return steps, store.write(target.name, updated(self._current(target.name, store), keys, value))

    def _current(self, variable: str, store: _Store) -> Expr:
        return store.values.get(variable, State(self._system.variable(variable).type, variable))

    def _net_op(self, statement: NetOp, store: _Store) -> _Done:
        if isinstance(statement.type, FifoType):
            return self._channel_op(statement, statement.type, store)
        span = statement.span
        (message,) = (self._value(arg, store) for arg in statement.args)
        taken = statement.operation in ("receive", "drop")
        change = Change("take" if taken else "send", message)
        if statement.operation == "send":
            return (), store.change(statement.network, change)
        there = Member(BOOL, message, State(statement.type, statement.network, span=span), span=span)
        return (Check("disabled", self._value(there, store), span=span),), store.change(statement.network, change)

    def _channel_op(self, statement: NetOp, kind: FifoType, store: _Store) -> _Done:
        name, span = statement.network, statement.span
        source, destination, *message = (self._value(arg, store) for arg in statement.args)
        whole = self._current(name, store)
        channel = entry(entry(whole, source), destination)
        plain = SeqType(kind.element)
        steps: tuple[Step, ...] = ()
        match statement.operation:
            case "send":
                steps = _room(channel, kind.capacity, f"len({name})", span)
                rest: Expr = Concat(plain, channel, MakeSeq(plain, tuple(message)), span=span)
            case "reset":
                rest = MakeSeq(plain, (), span=span)
            case "receive" | "drop":
                steps = (Check("disabled", Less(BOOL, Const(INT, 0), Size(INT, channel)), span=span),)
                rest = Slice(plain, channel, Const(INT, 1), None, span=span)
                if statement.result is not None:
                    first = Index(kind.element, channel, Const(INT, 0), span=span)
                    bound, store = self._bind(statement.result, first, store, span)
                    steps += bound
            case "duplicate":
                raise AssertionError("a channel does not duplicate")
            case _:
                assert_never(statement.operation)
        return steps, store.write(name, updated(whole, (source, destination), rest))

    def _if(self, statement: If, store: _Store, later: frozenset[str]) -> _Done:
        condition = self._value(statement.condition, store)
        then_steps, then = self.block(statement.then, store)
        else_steps, orelse = self.block(statement.orelse, store)
        steps: list[Step] = [*_under(condition, then_steps), *_under(negation(condition), else_steps)]
        after = _Store(dict(store.locals), dict(store.values), _merged_changes(condition, store, then, orelse))
        for variable in (v.name for v in self._system.variables):
            if variable in then.values or variable in orelse.values:
                first, second = self._current(variable, then), self._current(variable, orelse)
                value = _merged(condition, first, second)
                if variable in later and not self._loops:
                    made, value = self._named_place(f"new_{variable}", value, statement.span)
                    steps += made
                after = after.write(variable, value)
        for name, value in then.locals.items():
            if name in orelse.locals and (value, orelse.locals[name]) != (store.locals.get(name),) * 2:
                made, after = self._bind(name, _merged(condition, value, orelse.locals[name]), after, value.span)
                steps += made
        return tuple(steps), after

    def _named_place(self, name: str, value: Expr, span: Span) -> tuple[tuple[Step, ...], Expr]:
        """Return the value of a variable with a name for what is in the one place that changed, if it is one place."""
        update = as_single_update(value)
        if update is None:
            return self._named(name, value, span)
        whole, key, new = update
        steps, new = self._named_place(name, new, span)
        return steps, updated(whole, (key,), new)

    def _for_each(self, statement: ForEach, store: _Store) -> _Done:
        """Run the body once, for an unknown element, and make what it did what all elements do at once."""
        domain = self._value(statement.domain, store)
        element = _element(domain.type)
        name = fresh(statement.variable, self._taken | set(self._loops))
        self._loop_names.add(name)
        self._loops.append(name)
        steps, after = self.block(statement.body, store.bind(statement.variable, Local(element, name)))
        self._loops.pop()
        done = replace(store)
        for variable, value in after.values.items():
            before = self._current(variable, store)
            if value != before:
                depth = _own_depth(statement, variable)
                _check_written(statement, before.type, depth)
                done = done.write(variable, simultaneous(before, value, name, domain, depth))
        for network, made in after.changes.items():
            new = made[len(store.changes.get(network, ())) :]
            done = done.change(network, *(_for_all(c, name, domain) for c in new))
        return tuple(_checked_for_all(step, name, domain) for step in steps), done

    def _value(self, expr: Expr, store: _Store) -> Expr:
        """Return what `expr` is at this point, over the state before the action.

        Raises:
            QuoraxError: E002, if it reads a network that the action has already changed.

        """
        changed = {n for n, made in store.changes.items() if made}
        written = store.values.keys() | changed
        if written & self._read_by_functions(expr):
            expr = inline_calls(expr, self._system)
        for part in walk(expr):
            if isinstance(part, State) and part.name in changed:
                raise error(
                    part.span,
                    "E002",
                    f"this reads the network {part.name} after the action has changed it",
                    "read it before the first send or receive of the action",
                )
        value = substitute(expr, store.locals, store.values)
        return transform(value, _looked_up) if store.values else value

    def _read(self, statements: Iterable[Statement]) -> frozenset[str]:
        """Return the variables that statements read."""
        read: set[str] = set()
        for statement in walk_statements(statements):
            for expr in statement_expressions(statement):
                read |= self._read_by_functions(expr)
                read.update(part.name for part in walk(expr) if isinstance(part, State))
            if isinstance(statement, Append):
                read.add(statement.target.name)
        return frozenset(read)

    def _read_by_functions(self, expr: Expr) -> set[str]:
        """Return the variables that the functions called in an expression read."""
        pending = {part.function for part in walk(expr) if isinstance(part, Call)}
        seen: set[str] = set()
        read: set[str] = set()
        while pending:
            name = pending.pop()
            seen.add(name)
            for part in walk(self._system.function(name).body):
                if isinstance(part, Call) and part.function not in seen:
                    pending.add(part.function)
                elif isinstance(part, State):
                    read.add(part.name)
        return read

    def _new_name(self, name: str) -> str:
        chosen = fresh(name, self._taken | self._loop_names)
        self._taken.add(chosen)
        return chosen


def _looked_up(expr: Expr) -> Expr:
    """Return a read of an updated map as the value that was written there, where that can be seen."""
    if isinstance(expr, Index) and isinstance(expr.target, MakeMap | Ite):
        return entry(expr.target, expr.key)
    return expr


def _merged_changes(condition: Expr, store: _Store, then: _Store, orelse: _Store) -> dict[str, tuple[Change, ...]]:
    """Return what happens to the networks up to the end of an `if` whose branches end with the given stores."""
    changes = dict(store.changes)
    for branch, test in ((then, condition), (orelse, negation(condition))):
        for network, made in branch.changes.items():
            new = made[len(store.changes.get(network, ())) :]
            changes[network] = (*changes.get(network, ()), *(replace(c, path=(test, *c.path)) for c in new))
    return changes


def _merged(condition: Expr, then: Expr, orelse: Expr) -> Expr:
    """Return the value of a place after an `if` whose branches leave the given values there."""
    if then == orelse:
        return then
    return Ite(join(then.type, orelse.type) or then.type, condition, then, orelse, span=condition.span)


def _under(path: Expr, steps: Iterable[Step]) -> Iterable[Step]:
    """Yield the steps of a branch that is taken where `path` is true."""
    for step in steps:
        yield step if isinstance(step, Definition) else replace(step, path=conjunction((path, step.path)))


def _checked_for_all(step: Step, variable: str, domain: Expr) -> Step:
    """Return a check in a loop's body as one check of all elements."""
    assert isinstance(step, Check), "a loop's body has neither choices nor definitions of its own"
    conditions = () if step.path == TRUE else (step.path,)
    generator = Generator(variable, domain, conditions)
    match step.condition:
        case Quantifier(kind="all", generators=inner, body=body):
            every = Quantifier(BOOL, "all", (generator, *inner), body, span=step.span)
        case condition:
            every = Quantifier(BOOL, "all", (generator,), condition, span=step.span)
    return replace(step, condition=every, path=TRUE)


def _for_all(change: Change, variable: str, domain: Expr) -> Change:
    return replace(change, generators=(Generator(variable, domain, change.path), *change.generators), path=())


def _element(collection: Type) -> Type:
    match collection:
        case SetType(element) | SeqType(element, _):
            return element
        case QuorumType(_, base):
            return base
        case _:
            raise AssertionError(f"{collection} has no elements")


def _own_depth(loop: ForEach, variable: str) -> int:
    """Return which of the keys under which a loop writes a variable is the loop's own element."""
    for statement in walk_statements(loop.body):
        match statement:
            case Assign(target=target) | Append(target=target) if target.is_state and target.name == variable:
                keys = tuple(step.key for step in target.steps)
            case NetOp(network=network, args=args) if network == variable:
                keys = args[:2]
            case _:
                continue
        for depth, key in enumerate(keys):
            if isinstance(key, Local) and key.name == loop.variable:
                return depth
    raise AssertionError(f"the loop over {loop.variable} writes {variable} at its own element")


def _check_written(loop: ForEach, kind: Type, depth: int) -> None:
    """Raise unless the iterations of a loop write to a map of type `kind`, `depth` maps down.

    Raises:
        QuoraxError: E001, if they write to elements of a sequence.

    """
    for _ in range(depth + 1):
        kind = entries_type(kind)
        if not isinstance(kind, MapType):
            raise error(
                loop.span,
                "E001",
                "a loop that changes elements of a sequence has no simultaneous form",
                "build the new sequence before the loop, or use a Map",
            )
        kind = kind.value


def _room(sequence: Expr, capacity: int | str | None, unnamed: str, span: Span) -> tuple[Check, ...]:
    """Return the check that a sequence is not full: `unnamed` is what a capacity without a name is reported as."""
    if capacity is None:
        return ()
    limit = Given(INT, capacity) if isinstance(capacity, str) else Const(INT, capacity)
    bound = capacity if isinstance(capacity, str) else unnamed
    return (Check("cut", Less(BOOL, Size(INT, sequence), limit, span=span), bound=bound, span=span),)


def _empty(network: Type) -> Expr:
    """Return the network that has no message."""
    match network:
        case FifoType():
            outer = entries_type(network)
            assert isinstance(outer, MapType)
            assert isinstance(outer.value, MapType)
            return MakeMap(outer, "source", MakeMap(outer.value, "destination", MakeSeq(outer.value.value, ())))
        case _:
            return MakeSet(network, ())


def _with_sent(network: Expr, changes: Iterable[Change]) -> Expr:
    """Return a message set after all sends: the union of the old set and one set for each path on which it sends."""
    parts: list[tuple[tuple[Expr, ...], Expr]] = []
    for change in changes:
        kind = SetType(change.message.type)
        new: Expr = MakeSet(kind, (change.message,))
        if change.generators:
            new = Comprehension(kind, change.generators, change.message)
        path, sent = parts[-1] if parts else ((), None)
        if sent is not None and path == change.path:
            parts[-1] = (path, _united(sent, new))
        elif sent is not None and path and (*path[:-1], negation(path[-1])) == change.path:
            parts[-1] = (path[:-1], _merged(path[-1], sent, new))
        else:
            parts.append((change.path, new))
    for path, sent in parts:
        for condition in reversed(path):
            sent = _merged(condition, sent, MakeSet(sent.type, ()))
        network = SetOp(network.type, "union", network, sent)
    return network


def _united(first: Expr, second: Expr) -> Expr:
    kind = join(first.type, second.type) or first.type
    if isinstance(first, MakeSet) and isinstance(second, MakeSet):
        return MakeSet(kind, (*first.args, *second.args))
    return SetOp(kind, "union", first, second)
