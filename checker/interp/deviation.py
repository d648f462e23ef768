"""What the original model would have done: the remark on the step by which a mutant first leaves it."""

from __future__ import annotations

from collections.abc import Sequence

from checker.diagnostics import QuoraxError
from checker.interp.explain import span_text
from checker.interp.machine import Cut, Machine, Next, StateValues
from checker.ir.instance import Instance, build_instance
from checker.ir.show import show_expr
from checker.ir.system import Action, Require, Statement, System, VariableDecl
from checker.ir.types import BagType, MapType, MessageSetType, QuorumType, RecordType, Type, UnionType, Value
from checker.ir.values import key_names, ordered, show_value
from checker.trace.trace import Step

DIFFERENCES_MAX = 3
"""Differences named in one remark."""


class Original:
    """The model that a mutant was made from, as far as the two can be compared by name."""

    def __init__(self, base: System, mutant: Machine) -> None:
        self._base = base
        self._mutant = mutant
        instance = _instance(base, mutant.instance)
        is_comparable = instance is not None and _has_same_state(base, mutant.system)
        self._machine = Machine(base, instance) if instance is not None and is_comparable else None
        self._places = [mutant.domains.places[v.name] for v in base.variables] if is_comparable else []

    def remark(self, before: StateValues, step: Step) -> str | None:
        """Return what the original would have done instead of a step; None if the same, or if they do not compare."""
        machine = self._machine
        if machine is None:
            return None
        state, wanted = self._project(before), self._project(step.state)
        outcomes = machine.outcomes(state)
        action = next((a for a in self._base.actions if a.name == step.action), None)
        if action is None or not _has_same_parameters(action, step):
            is_step = state == wanted or any(isinstance(o, Next) and o.state == wanted for o in outcomes)
            return None if is_step else f"{self._base.name} has no step that does this"
        args = tuple(b.value for b in step.args)
        outcomes = [o for o in outcomes if (o.action, o.args) == (action.name, args)]
        steps = [o for o in outcomes if isinstance(o, Next)]
        if any(o.state == wanted for o in steps):
            return None
        if steps:
            choices = tuple(b.value for b in step.choices)
            closest = next((o for o in steps if o.choices == choices), steps[0])
            return self._difference(machine, state, closest.state, wanted)
        if outcomes:
            return f"{self._base.name} would be cut at a bound" if isinstance(outcomes[0], Cut) else None
        return self._refusal(machine, action, state, step)

    def _project(self, state: StateValues) -> StateValues:
        """Return the values of the original's variables in a state of the mutant."""
        return tuple(state[place] for place in self._places)

    def _difference(self, machine: Machine, before: StateValues, expected: StateValues, actual: StateValues) -> str:
        rows = zip(self._base.variables, before, expected, actual, strict=True)
        differences = [t for v, b, e, a in rows if e != a for t in _differences(machine, v.name, v.type, b, e, a)]
        named, more = differences[:DIFFERENCES_MAX], len(differences) - DIFFERENCES_MAX
        return f"{self._base.name} would {' and '.join(named)}" + (f" and {more} more" if more > 0 else "")

    def _refusal(self, machine: Machine, action: Action, state: StateValues, step: Step) -> str:
        name = self._base.name
        for parameter, binding in zip(action.parameters, step.args, strict=True):
            if binding.value not in machine.domains.parameter_values(parameter.type, state):
                value = show_value(binding.type, binding.value, self._mutant.system, self._mutant.instance)
                return f"{name} has no {parameter.type} {value}"
        ran: list[Statement] = []
        choices = tuple(b.value for b in step.choices)
        machine.perform(state, action.name, tuple(b.value for b in step.args), choices, lambda s, *_: ran.append(s))
        last = ran[-1] if ran else None
        if isinstance(last, Require):
            text = span_text(last.condition.span) or show_expr(last.condition, self._base)
            return f"{name} would refuse: {text} is false"
        return f"{name} would not take this step"


def _instance(base: System, instance: Instance) -> Instance | None:
    """Return the original's instance with the mutant's settings, or None if they do not fit it."""
    names = {d.type.name for d in base.domains} | {q.type.name for q in base.quorums}
    names |= {g.name for g in base.givens} | {v.name for v in base.variables}
    settings = {name: setting for name, setting in instance.settings.items() if name in names}
    try:
        return build_instance(base, instance.name, settings)
    except QuoraxError:
        return None


def _has_same_state(base: System, mutant: System) -> bool:
    """Return whether every variable of the original is one of the mutant's, of the same type."""
    variables = {v.name: v for v in mutant.variables}
    records = {r.name: r for r in mutant.records}
    return all(_is_same_variable(v, variables.get(v.name)) for v in base.variables) and all(
        r.name not in records or records[r.name].fields == r.fields for r in base.records
    )


def _is_same_variable(original: VariableDecl, variable: VariableDecl | None) -> bool:
    return variable is not None and (original.type, original.is_budget) == (variable.type, variable.is_budget)


def _has_same_parameters(action: Action, step: Step) -> bool:
    """Return whether the original's action can take the arguments: same names and types, or quorums of one sort."""
    if [p.name for p in action.parameters] != [b.name for b in step.args]:
        return False
    return all(
        p.type == b.type
        or (isinstance(p.type, QuorumType) and isinstance(b.type, QuorumType) and p.type.base == b.type.base)
        for p, b in zip(action.parameters, step.args, strict=True)
    )


def _differences(machine: Machine, place: str, kind: Type, before: Value, expected: Value, actual: Value) -> list[str]:
    """Return what the original would do to a variable, or to an entry of a map, as phrases after "would"."""
    match kind:
        case MessageSetType(element):
            return _sendings(machine, element, ordered(expected - actual), ordered(actual - expected))
        case BagType(element):
            missing = [message for message, _ in ordered(expected - actual)]
            surplus = [message for message, _ in ordered(actual - expected)]
            return _sendings(machine, element, missing, surplus)
        case MapType(key, inner):
            rows = zip(key_names(key, machine.instance), before, expected, actual, strict=True)
            return [t for k, b, e, a in rows if e != a for t in _differences(machine, f"{place}[{k}]", inner, b, e, a)]
        case _:
            verb = "keep" if expected == before else "set"
            return [f"{verb} {place} = {show_value(kind, expected, machine.system, machine.instance)}"]


def _sendings(
    machine: Machine, kind: RecordType | UnionType, missing: Sequence[Value], surplus: Sequence[Value]
) -> list[str]:
    match missing, surplus:
        case [wanted], [sent] if wanted[0] == sent[0]:
            fields = machine.system.record(wanted[0]).fields
            rows = zip(fields, wanted[1:], sent[1:], strict=True)
            changed = [
                f"{f.name} = {show_value(f.type, w, machine.system, machine.instance)}" for f, w, s in rows if w != s
            ]
            return [f"send {wanted[0]} with {', '.join(changed)}"]
        case _:
            show = [f"send {show_value(kind, m, machine.system, machine.instance)}" for m in missing]
            return show or [f"not send {show_value(kind, m, machine.system, machine.instance)}" for m in surplus]
