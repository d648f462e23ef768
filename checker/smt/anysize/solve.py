"""Obligations put to z3: each in a fresh context, with a budget counted in the solver's own steps, seed after seed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from checker.smt.anysize.axioms import Assertion
from checker.smt.anysize.smtlib import order_name, relations_of, script, sorts_of, unknowns_of, unquoted
from checker.smt.anysize.structure import Structure
from checker.smt.solver import Budget, fresh_solver

if TYPE_CHECKING:
    import z3  # type: ignore[import-untyped]

Answer: TypeAlias = Literal["sat", "unsat", "unknown"]

BUDGET = Budget(rlimit=10_000_000, seeds=(0, 1, 2, 3, 4))
"""What one obligation may cost at each seed: those of Paxos and of voting take less than three million steps."""

TUPLES_MAX = 20_000
"""Tuples of one relation that are read from a model of the solver."""


@dataclass(frozen=True, slots=True)
class Solved:
    """What z3 said, at the first seed at which it said anything.

    `core` names the assertions that cannot all be true, but for what was to be shown; `structure` is a finite structure
    in which all are.
    """

    answer: Answer
    seed: int
    steps: int
    reason: str = ""
    core: tuple[str, ...] = ()
    structure: Structure | None = None


def discharge(assertions: Sequence[Assertion], budget: Budget = BUDGET) -> Solved:
    """Return whether all assertions can be true."""
    import z3

    text = script(assertions)
    solved = Solved("unknown", 0, 0, "no seed was tried")
    for seed in budget.seeds:
        solver = fresh_solver("UF", budget, seed)
        parsed: Any = z3.parse_smt2_string(text, ctx=solver.ctx)
        assert len(parsed) == len(assertions), "every assertion is one formula"
        for number in range(len(parsed)):
            solver.assert_and_track(parsed[number], z3.Bool(f"a{number}", solver.ctx))
        found = solver.check()
        steps = _steps(solver)
        if found == z3.unsat:
            places = sorted(int(str(c)[1:]) for c in solver.unsat_core())
            core = tuple(dict.fromkeys(assertions[i].name for i in places if assertions[i].kind != "goal"))
            return Solved("unsat", seed, steps, core=core)
        if found == z3.sat:
            return Solved("sat", seed, steps, structure=_structure(solver.model(), assertions))
        reason = str(solver.reason_unknown())
        if "canceled" in reason or "interrupted" in reason:
            if steps < budget.rlimit:
                raise KeyboardInterrupt  # which z3 takes for itself while it works
            reason = f"{budget.rlimit:,} steps were not enough"
        solved = Solved("unknown", seed, steps, reason)
    return solved


def _steps(solver: z3.Solver) -> int:
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count")) if "rlimit count" in statistics.keys() else 0  # noqa: SIM118


def _structure(model: z3.ModelRef, assertions: Sequence[Assertion]) -> Structure | None:
    """Return a model as a structure, or None if it has no finite list of members or too many tuples."""
    import z3

    formulas = [a.formula for a in assertions]
    context = model.ctx
    members: dict[str, list[z3.ExprRef]] = {}
    declared = {unquoted(d.name()): d for d in model.decls()}
    sorts = {unquoted(s.name()): s for s in model.sorts()}
    for sort in sorted(sorts_of(formulas)):
        own = sorts.get(sort)
        known: Any = model.get_universe(own) if own is not None else None
        universe = [] if known is None else [known[i] for i in range(len(known))]
        order = declared.get(order_name(sort))
        if order is not None:
            universe = _ascending(universe, lambda a, b, o=order: z3.is_true(model.eval(o(a, b), True)))
        members[sort] = universe
    relations: dict[str, frozenset[tuple[int, ...]]] = {}
    for relation in relations_of(formulas):
        own = declared.get(relation.name)
        columns = [range(len(members[s])) for s in relation.sorts]
        count = 1
        for column in columns:
            count *= max(1, len(column))
        if count > TUPLES_MAX:
            return None
        if own is None or any(len(c) == 0 for c in columns):
            relations[relation.name] = frozenset()
            continue
        there: set[tuple[int, ...]] = set()
        for places in itertools.product(*columns):
            args = [members[s][i] for s, i in zip(relation.sorts, places, strict=True)]
            if z3.is_true(model.eval(own(*args) if args else own(), True)):
                there.add(places)
        relations[relation.name] = frozenset(there)
    constants: dict[str, int] = {}
    for term in unknowns_of(formulas):
        own = declared.get(term.name)
        where = [str(e) for e in members[term.sort]]
        value = str(model.eval(own(), True)) if own is not None else ""
        constants[term.name] = where.index(value) if value in where else 0
    del context
    return Structure({s: max(1, len(u)) for s, u in members.items()}, relations, constants)


def _ascending(universe: list[z3.ExprRef], at_most: object) -> list[z3.ExprRef]:
    """Return members in the order that the model gives them."""
    assert callable(at_most)

    def compare(a: z3.ExprRef, b: z3.ExprRef) -> int:
        return 0 if str(a) == str(b) else -1 if at_most(a, b) else 1

    return sorted(universe, key=cmp_to_key(compare))
