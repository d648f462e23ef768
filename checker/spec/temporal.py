"""Temporal properties of a spec as engines take them."""

from __future__ import annotations

from typing import assert_never

from checker.diagnostics import Span
from checker.spec.build import Builder
from checker.spec.syntax import parse_statement
from checker.spec.tree import Binary, Formula, Predicate, PropertyDecl, Spec, Unary
from checker.temporal import formula as temporal
from checker.temporal.fairness import Fairness, TemporalProperty

ENGINES = ("interp", "explicit")
"""The engines that decide temporal properties: those that visit every state."""


def temporal_properties(spec: Spec) -> dict[str, TemporalProperty]:
    """Return the temporal properties that a spec declares, by name, in source order."""
    return {declared.name.text: temporal_property(declared) for declared in spec.properties}


def temporal_property(declared: PropertyDecl) -> TemporalProperty:
    """Return a declared property; its span is that of the formula."""
    fairness = tuple(Fairness(f.strength, f.action.text, tuple(p.text for p in f.per)) for f in declared.fairness)
    return TemporalProperty(declared.name.text, _formula(declared.formula), fairness, declared.formula.span)


def read_property(name: str, text: str, span: Span) -> TemporalProperty:
    """Return the property that `TemporalProperty.text` gave as text.

    Raises:
        QuoraxError: S001, if the text is no such thing.

    """
    statement = f"property {name}: {text}"
    declared = Builder("", 1).statement(parse_statement(statement, "", 1))
    assert isinstance(declared, PropertyDecl), "the text begins as a property does"
    found = temporal_property(declared)
    return TemporalProperty(found.name, found.formula, found.fairness, span)


def _formula(formula: Formula) -> temporal.Formula:
    match formula:
        case Predicate(name):
            return temporal.Atom(name.text)
        case Unary(operator, operand):
            return temporal.Unary(operator, _formula(operand))
        case Binary(operator, left, right):
            return temporal.Binary(operator, _formula(left), _formula(right))
        case _:
            assert_never(formula)
