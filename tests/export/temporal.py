"""Temporal properties in TLA+, for TLC to judge: a second opinion on formulas, fairness and cycles."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import assert_never

from checker.export.tla import TlaExport
from checker.temporal.fairness import Fairness, TemporalProperty
from checker.temporal.formula import Atom, Binary, Formula, Unary

NEXT = re.compile(r"^ *(?:\\/ )?(?:\\E (?P<bound>.*?) : )?(?P<name>\w+)(?:\((?P<args>[\w, ]*)\))?$", re.MULTILINE)
SPEC = "Spec == Init /\\ [][Next]_vars\n"


def with_temporal(export: TlaExport, asked: TemporalProperty) -> TlaExport:
    """Return an exported module that assumes the fairness of a property, and asks for it and nothing else."""
    next_state = export.module.split("\nNext ==")[1].split("\n\n")[0]
    disjuncts = {found["name"]: found for found in NEXT.finditer(next_state)}
    fairness = "".join(f" /\\ {_fair(fair, disjuncts[fair.action])}" for fair in asked.fairness)
    assert SPEC in export.module
    claim = f"\nclaim == {tla_formula(asked.formula)}\n{'=' * 10}"
    module = export.module.replace(SPEC, SPEC.rstrip() + fairness + "\n").replace(f"\n{'=' * 10}", claim, 1)
    config = export.config.split("INVARIANTS")[0].split("PROPERTIES")[0] + "PROPERTIES\n    claim\n"
    return replace(export, module=module, config=config)


def _fair(fair: Fairness, disjunct: re.Match[str]) -> str:
    """Return a declaration as a conjunct: its `per` parameters are bound by ∀ outside, the others by ∃ inside."""
    domains = dict(_domains(disjunct["bound"] or ""))
    strength = "WF" if fair.strength == "weak" else "SF"
    outside = "".join(f"\\A {name} \\in {domains[name]} : " for name in fair.per)
    inside = "".join(f"\\E {name} \\in {domain} : " for name, domain in domains.items() if name not in fair.per)
    call = disjunct["name"] + (f"({disjunct['args']})" if disjunct["args"] else "")
    return f"({outside}{strength}_vars({inside}{call}))"


def _domains(bound: str) -> list[tuple[str, str]]:
    """Return the domain of each variable of `s, t \\in Server, m \\in Of(net, "Ping")`, in order."""
    found = re.findall(r"((?:\w+, )*\w+) \\in (.*?)(?=, (?:\w+, )*\w+ \\in |$)", bound)
    return [(name, domain) for names, domain in found for name in names.split(", ")]


def tla_formula(formula: Formula) -> str:
    match formula:
        case Atom(name):
            return name
        case Unary(operator, operand):
            return f"{ {'not': '~', 'always': '[]', 'eventually': '<>'}[operator] }({tla_formula(operand)})"
        case Binary("until", _, _):
            raise ValueError("TLA has no until")
        case Binary(operator, left, right):
            sign = {"and": "/\\", "or": "\\/", "implies": "=>", "leads_to": "~>"}[operator]
            return f"({tla_formula(left)}) {sign} ({tla_formula(right)})"
        case _:
            assert_never(formula)
