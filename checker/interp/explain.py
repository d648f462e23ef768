"""Why a predicate is false, or true: the part that decides it, the values of its quantifiers, the facts it rests on.

The walk follows what evaluation looked at. A false conjunction is false because of its first false operand, a false
`all` because of the first binding that fails, a true `any` because of the first that does not; where several parts are
needed, all of them count.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from checker.diagnostics import Span
from checker.interp.evaluate import element_type
from checker.interp.machine import Machine
from checker.ir.expr import And, Call, Expr, Generator, Ite, Let, Local, Member, Not, Or, Quantifier
from checker.ir.show import show_expr
from checker.ir.types import BOOL, Type, Value
from checker.ir.values import show_value
from checker.trace.trace import Binding

Locals: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true that a verdict rests on, in the model's words, and therefore worth a place in time.

    A helper that holds, such as chosen(v1): b = 0, q = {a1, a2}; or what a helper's set has to contain for the verdict,
    such as Commit(0, d1) in executions().
    """

    expr: Expr
    locals: Locals
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an expression has the value it has. `conjunct` is the smallest false part, if any part is false."""

    conjunct: Expr | None = None
    witnesses: tuple[Binding, ...] = ()
    facts: tuple[Fact, ...] = ()

    def __add__(self, other: Reason) -> Reason:
        """Return both reasons together; the first conjunct stands."""
        names = {b.name: b for b in self.witnesses}
        new: list[Binding] = []
        for binding in other.witnesses:
            while names.get(binding.name, binding) != binding:  # a helper's variable of the same name
                binding = replace(binding, name=binding.name + "'")
            if binding.name not in names:
                new.append(binding)
        facts = tuple(dict.fromkeys(f.text for f in self.facts))
        return Reason(
            self.conjunct or other.conjunct,
            (*self.witnesses, *new),
            (*self.facts, *(f for f in other.facts if f.text not in facts)),
        )


class Explainer:
    """Explains predicates in one state, or in one step where `old` is the state before it."""

    def __init__(self, machine: Machine, state: Sequence[Value], old: Sequence[Value] | None = None) -> None:
        self._machine = machine
        self._state = state
        self._old = old

    def reason(self, expr: Expr, locals: Locals, value: bool) -> Reason:
        """Return why `expr`, whose value is `value`, has it."""
        found = self._inside(expr, locals, value)
        if value:
            return found
        return found if found.conjunct is not None else replace(found, conjunct=expr)

    def _inside(self, expr: Expr, locals: Locals, value: bool) -> Reason:
        match expr:
            case Not(operand=operand):
                return self.reason(operand, locals, not value)
            case And(operands=operands):
                return self._connective(operands, locals, value, deciding=False)
            case Or(operands=operands):
                return self._connective(operands, locals, value, deciding=True)
            case Ite(condition=condition, then=then, orelse=orelse):
                test = bool(self._evaluate(condition, locals))
                supporting = replace(self.reason(condition, locals, test), conjunct=None)
                return supporting + self.reason(then if test else orelse, locals, value)
            case Let(name=name, value=bound, body=body):
                return self.reason(body, {**locals, name: self._evaluate(bound, locals)}, value)
            case Quantifier(kind=kind, generators=generators, body=body) if value == (kind == "any"):
                return self._witnessed(generators, body, locals, value) or Reason()
            case Call():
                return self._call(expr, locals, value)
            case _:
                return Reason()

    def _connective(self, operands: Iterable[Expr], locals: Locals, value: bool, deciding: bool) -> Reason:
        """Explain a conjunction (decided by a False operand) or a disjunction (by a True one)."""
        if value == deciding:
            decisive = next(o for o in operands if self._evaluate(o, locals) == value)
            return self.reason(decisive, locals, value)
        reasons = [(o, self.reason(o, locals, value)) for o in operands]
        if not value:  # a false `not a or b` is blamed on b, the conclusion, if there is just one
            conclusions = [o for o, _ in reasons if not isinstance(o, Not)]
            blamed = conclusions[0] if len(conclusions) == 1 else None
            reasons = [(o, r if o is blamed else replace(r, conjunct=None)) for o, r in reasons]
        return sum((r for _, r in reasons), Reason())

    def _witnessed(self, generators: tuple[Generator, ...], body: Expr, locals: Locals, value: bool) -> Reason | None:
        """Return the first binding for which the body is `value`, and why it is; None if there is none."""
        if not generators:
            return self.reason(body, locals, value) if self._evaluate(body, locals) == value else None
        generator, rest = generators[0], generators[1:]
        kind = element_type(generator.domain.type)
        for element in self._machine.elements(generator.domain, self._state, locals, self._old):
            inner = {**locals, generator.variable: element}
            if not all(self._evaluate(c, inner) for c in generator.conditions):
                continue
            found = self._witnessed(rest, body, inner, value)
            if found is not None:
                bound = Reason(witnesses=(Binding(generator.variable, kind, element),))
                conditions = [self.reason(c, inner, True) for c in generator.conditions]
                return sum(conditions, bound + self._membership(generator, kind, inner)) + found
        return None

    def _membership(self, generator: Generator, kind: Type, locals: Locals) -> Reason:
        """Return the fact that an element is in a set that a helper computes."""
        call = generator.domain
        if not isinstance(call, Call):
            return Reason()
        member = Member(BOOL, Local(kind, generator.variable), call)
        arguments = zip(self._machine.system.function(call.function).parameters, call.args, strict=True)
        shown = ", ".join(self._show(Binding(p.name, p.type, self._evaluate(a, locals))) for p, a in arguments)
        element = self._show(Binding(generator.variable, kind, locals[generator.variable]))
        return Reason(facts=(Fact(member, locals, f"{element} in {call.function}({shown})"),))

    def _call(self, call: Call, locals: Locals, value: bool) -> Reason:
        function = self._machine.system.function(call.function)
        values = [self._evaluate(a, locals) for a in call.args]
        bindings = [Binding(p.name, p.type, v) for p, v in zip(function.parameters, values, strict=True)]
        inside = self._of_callee(call).reason(function.body, {b.name: b.value for b in bindings}, value)
        if value:
            shown = ", ".join(self._show(b) for b in bindings)
            text = f"{function.name}({shown})"
            details = describe(inside.witnesses, self._machine)
            return Reason(facts=(Fact(call, locals, f"{text}: {details}" if details else text),))
        if inside.conjunct is function.body:
            return Reason(facts=inside.facts)  # nothing smaller inside: the call itself is to blame
        return Reason(witnesses=tuple(bindings)) + inside

    def _of_callee(self, call: Call) -> Explainer:
        if not call.old:
            return self
        assert self._old is not None, "only a step has a state before it"
        return Explainer(self._machine, self._old)

    def _evaluate(self, expr: Expr, locals: Locals) -> Value:
        return self._machine.evaluate(expr, self._state, locals, self._old)

    def _show(self, binding: Binding) -> str:
        return show_value(binding.type, binding.value, self._machine.system, self._machine.instance)


def describe(bindings: Iterable[Binding], machine: Machine) -> str:
    """Return bindings as text: `b = 0, q = {a1, a2}`."""
    return ", ".join(f"{b.name} = {show_value(b.type, b.value, machine.system, machine.instance)}" for b in bindings)


def source_text(expr: Expr, machine: Machine) -> str:
    """Return an expression as it was written, on one line; as the printer shows it if the text is not at hand."""
    return span_text(expr.span) or show_expr(expr, machine.system)


def span_text(span: Span) -> str:
    """Return the source text of a span on one line, or nothing if it cannot be read."""
    if not span.file:
        return ""
    lines = [linecache.getline(span.file, number) for number in range(span.line, span.end_line + 1)]
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return " ".join(" ".join(lines).split())
