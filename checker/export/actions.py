"""Actions, initial states and the next-state relation as TLA+, from the transition form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias, assert_never

from checker.diagnostics import error
from checker.export.encoding import is_listable, union
from checker.export.expressions import Expressions, Scope
from checker.export.layout import HARD, LINE, Align, Doc, Group, Nest, bracketed, filled
from checker.export.notation import bullets, conditional, let
from checker.export.shapes import all_of
from checker.ir.expr import Comprehension, Expr, Ite, Local, MakeSeq, MakeSet, Not, SetOp, State
from checker.ir.logic import TRUE
from checker.ir.steps import BagUpdate, Change, Check, Choice, Definition, Step, Transition, Update
from checker.ir.system import Parameter
from checker.ir.types import NOTHING, BagType, MessageSetType, RecordType, SeqType, SetType, UnionType, record_names

Changed: TypeAlias = Update | BagUpdate


class Actions:
    """Prints the transitions of one system."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions
        self._encoding = expressions.encoding
        self._names = expressions.encoding.names
        self._system = expressions.encoding.system

    def initial(self, transition: Transition) -> Doc:
        """Return the definition of the initial states."""
        scope = Scope(self._names.all)
        binders, scope = self._parameters(transition.parameters, scope)
        budgets: list[Doc] = [
            (self._names.variables[name], " = ", constant) for name, constant in self._names.budgets.items()
        ]
        body = self._steps(transition.steps, transition.updates, scope, budgets, "")
        if binders is not None:
            body = ("\\E ", binders, " :", Nest(4, (HARD, body)))
        return (self._names.frame["Init"], " ==", Nest(4, (HARD, body)))

    def action(self, transition: Transition) -> Doc:
        """Return the definition of an action as an operator of its parameters."""
        scope = Scope(self._names.all)
        parameters: list[str] = []
        for parameter in transition.parameters:
            scope, name = self._expressions.bind(scope, parameter.name)
            parameters.append(name)
        changed = {u.variable for u in transition.updates}
        rest = [v.name for v in self._system.variables if v.name not in changed]
        body = self._steps(transition.steps, transition.updates, scope, self._unchanged(rest), "'")
        return Group((self._head(transition, parameters), " ==", Nest(4, (LINE, body))))

    def next(self, transitions: Sequence[Transition]) -> Doc:
        """Return the definition of the next-state relation: some action, for some parameters.

        An action that changes nothing is left out: [Next]_vars allows its steps, and TLC would take each of them in
        each state only to find the state it came from.
        """
        steps: list[Doc] = []
        idle = [t for t in transitions if _is_stuttering(t)]
        for transition in (t for t in transitions if t not in idle):
            binders, scope = self._parameters(transition.parameters, Scope(self._names.all))
            call = self._head(transition, [scope.names[p.name] for p in transition.parameters])
            steps.append(call if binders is None else Group(("\\E ", binders, " :", Nest(4, (LINE, call)))))
        steps = steps or [f"UNCHANGED {self._names.frame['vars']}"]
        return (*self._remark(idle), self._names.frame["Next"], " ==", Nest(4, (HARD, bullets("\\/", steps))))

    def _remark(self, idle: Sequence[Transition]) -> tuple[Doc, ...]:
        """Return a comment, on a line of its own, that names the actions that the next-state relation leaves out."""
        names = ", ".join(self._names.actions[t.name] for t in idle)
        reason = f"{'change' if len(idle) > 1 else 'changes'} nothing. {self._names.frame['Spec']} allows that anyway."
        return (f"\\* Left out: {names}, which {reason}", HARD) if idle else ()

    def _head(self, transition: Transition, parameters: Sequence[str]) -> str:
        name = self._names.actions[transition.name]
        return f"{name}({', '.join(parameters)})" if parameters else name

    def _parameters(self, parameters: Iterable[Parameter], scope: Scope) -> tuple[Doc | None, Scope]:
        """Return the names of parameters with the sets they range over (None without), and the scope inside."""
        groups: list[tuple[list[str], Doc]] = []
        for parameter in parameters:
            scope, name = self._expressions.bind(scope, parameter.name)
            domain = self._parameter_domain(parameter)
            if groups and groups[-1][1] == domain:
                groups[-1][0].append(name)
            else:
                groups.append(([name], domain))
        binders = [(", ".join(names), " \\in ", domain) for names, domain in groups]
        return (filled(",", binders) if binders else None), scope

    def _parameter_domain(self, parameter: Parameter) -> Doc:
        kind = parameter.type
        if isinstance(kind, RecordType | UnionType) and all(
            self._system.record(name).is_message for name in record_names(kind)
        ):
            return self._messages(record_names(kind))
        if not is_listable(kind, self._system):
            raise error(
                parameter.span,
                "E004",
                f"TLC cannot list the values of {parameter.name}: {kind}",
                "take a parameter of a finite type",
            )
        return self._encoding.type_set(kind)

    def _messages(self, records: Sequence[str]) -> Doc:
        """Return the messages of some kinds that are available in any network."""
        scope = Scope(self._names.all)
        found: list[Doc] = []
        for decl in self._system.variables:
            if isinstance(decl.type, MessageSetType | BagType):
                carried = [name for name in record_names(decl.type.element) if name in records]
                found += self._expressions.available(State(decl.type, decl.name), carried, scope)
        return union(found) if found else "{}"

    def _steps(
        self, steps: Sequence[Step], updates: Sequence[Changed], scope: Scope, rest: list[Doc], prime: str
    ) -> Doc:
        """Return guards, choices and updates as one conjunction, under the definitions they use."""
        definitions: list[Doc] = []
        items: list[Doc] = []
        for position, step in enumerate(steps):
            match step:
                case Definition(name=name, value=value):
                    shown = self._expressions.show(value, scope)
                    scope, name = self._expressions.bind(scope, name)
                    definitions.append((name, " ==", Group(Nest(4, (LINE, Align(shown))))))
                case Check(kind="error"):
                    pass  # TLC finds errors of the model by itself
                case Check(condition=condition, path=path):
                    if path == TRUE:
                        items += self._expressions.conjuncts((condition,), scope)
                    else:
                        items.append(self._expressions.implication(path, condition, scope))
                case Choice():
                    domain = self._choice_domain(step, scope)
                    inner, name = self._expressions.bind(scope, step.name)
                    body = self._steps(steps[position + 1 :], updates, inner, rest, prime)
                    items.append(("\\E ", name, " \\in ", domain, " :", Nest(4, (HARD, body))))
                    break
                case _:
                    assert_never(step)
        else:
            items += self._updates(updates, scope, prime) + rest
        body = bullets("/\\", items)
        return let(definitions, body) if definitions else body

    def _choice_domain(self, choice: Choice, scope: Scope) -> Doc:
        domain = self._expressions.domain(choice.domain, scope)
        if choice.path == TRUE:
            return domain
        # Where the choice is not made, its name is not used, but TLA+ wants one value for it.
        return ("(", conditional(self._expressions.show(choice.path, scope), domain, "{0}"), ")")

    def _updates(self, updates: Sequence[Changed], scope: Scope, prime: str) -> list[Doc]:
        """Return assignments; those that an `if` of the model makes together stand in one IF."""
        pending = [_outermost_condition(u) for u in updates]
        items: list[Doc] = []
        unchanged: list[str] = []
        while pending:
            test = _condition(pending[0])
            together = [u for u in pending if _condition(u) == test] if test is not None else []
            if test is None or len(together) < 2:
                update = pending.pop(0)
                if prime and _is_kept(update):
                    unchanged.append(update.variable)
                else:
                    items.append(self._assignment(update, scope, prime))
                continue
            pending = [u for u in pending if u not in together]
            branches = [
                bullets("/\\", self._updates([_branch(u, test, truth) for u in together], scope, prime))
                for truth in (True, False)
            ]
            items.append(conditional(self._expressions.show(test, scope), *branches))
        return items + self._unchanged(unchanged)

    def _unchanged(self, variables: Sequence[str]) -> list[Doc]:
        if not variables:
            return []
        names = [self._names.variables[v] for v in variables]
        if len(names) == len(self._names.variables) and len(names) > 1:
            return [f"UNCHANGED {self._names.frame['vars']}"]
        if len(names) == 1:
            return [f"UNCHANGED {names[0]}"]
        return [("UNCHANGED ", bracketed("<<", names, ">>"))]

    def _assignment(self, update: Changed, scope: Scope, prime: str) -> Doc:
        name = self._names.variables[update.variable]
        if isinstance(update, Update):
            return (f"{name}{prime} = ", Align(self._expressions.show(update.value, scope)))
        bag: Doc = name if prime else "EmptyBag"
        previous = ""
        for change in update.changes:
            operator = "(+)" if change.operation == "send" else "(-)"
            bag = ("(", bag, ")") if previous not in ("", operator) else bag
            bag = (bag, Group((LINE, f"{operator} ", Align(self._copies(change, scope)))))
            previous = operator
        return (f"{name}{prime} = ", Align(bag))

    def _copies(self, change: Change, scope: Scope) -> Doc:
        """Return the bag of the copies that a change adds or takes, as an operand."""
        if change.generators:
            copies = self._copies_of_loop(change, scope)
        else:
            copies = ("SetToBag({", Align(self._expressions.show(change.message, scope)), "})")
        if not change.path:
            return copies
        tests = self._expressions.show(all_of(change.path), scope)
        return ("(", conditional(tests, copies, "EmptyBag"), ")")

    def _copies_of_loop(self, change: Change, scope: Scope) -> Doc:
        """Return one copy for each binding of the generators, with `BagOf` over the set of the bindings."""
        variables = [g.variable for g in change.generators]
        bound: Expr = Local(NOTHING, variables[0])
        if len(variables) > 1:
            bound = MakeSeq(SeqType(NOTHING), tuple(Local(NOTHING, v) for v in variables))
        bindings = self._expressions.show(Comprehension(SetType(NOTHING), change.generators, bound), scope)
        inner, name = self._expressions.bind(scope, variables[0] if len(variables) == 1 else "binding")
        if len(variables) > 1:
            places = {v: f"{name}[{place}]" for place, v in enumerate(variables, start=1)}
            inner = replace(inner, names={**inner.names, **places})
        function = ("LAMBDA ", name, " : ", self._expressions.show(change.message, inner))
        return Group((f"{self._encoding.operator('BagOf')}(", Align((bindings, ",", LINE, function)), ")"))


def _is_stuttering(transition: Transition) -> bool:
    """Return whether a transition leaves every state as it is, and cannot fail, which TLC would have to find."""
    can_fail = any(isinstance(step, Check) and step.kind == "error" for step in transition.steps)
    return not transition.updates and not can_fail


def _outermost_condition(update: Changed) -> Changed:
    """Return an update with a conditional send as a conditional whole, and no negated condition."""
    if isinstance(update, BagUpdate):
        return update
    value = update.value
    match value:
        case SetOp(type=kind, operator="union", left=left, right=Ite(condition=test, then=then, orelse=orelse)):
            value = Ite(kind, test, _with(value, left, then), _with(value, left, orelse))
        case _:
            pass
    match value:
        case Ite(condition=Not(operand=test), then=then, orelse=orelse):
            value = Ite(value.type, test, orelse, then)
        case _:
            pass
    return replace(update, value=value)


def _with(whole: SetOp, network: Expr, sent: Expr) -> Expr:
    return network if isinstance(sent, MakeSet) and not sent.args else replace(whole, right=sent)


def _condition(update: Changed) -> Expr | None:
    """Return the condition that decides between two updates of a variable, or None."""
    if isinstance(update, Update):
        return update.value.condition if isinstance(update.value, Ite) else None
    for change in update.changes:
        if change.path:
            return _positive(change.path[0])
    return None


def _branch(update: Changed, test: Expr, truth: bool) -> Changed:
    """Return what an update is where its condition is known."""
    if isinstance(update, Update):
        assert isinstance(update.value, Ite)
        return _outermost_condition(replace(update, value=update.value.then if truth else update.value.orelse))
    kept: list[Change] = []
    for change in update.changes:
        if not change.path or _positive(change.path[0]) != test:
            kept.append(change)
        elif (change.path[0] == test) == truth:
            kept.append(replace(change, path=change.path[1:]))
    return replace(update, changes=tuple(kept))


def _positive(condition: Expr) -> Expr:
    return condition.operand if isinstance(condition, Not) else condition


def _is_kept(update: Changed) -> bool:
    """Return whether an update of a step leaves its variable as it is."""
    if isinstance(update, BagUpdate):
        return not update.changes
    return isinstance(update.value, State) and update.value.name == update.variable
