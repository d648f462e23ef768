"""z3, run so that the same question has the same answer everywhere: fresh contexts, fixed seeds, counted steps.

A solver that gives up begins again in a fresh context with the next seed: what one seed makes hard another may not.
Budgets are z3's own count of steps (`rlimit`), never seconds, so that a verdict does not depend on the machine. Besides
this file z3 is imported where scripts are put to it: `quorum/solve.py`, `anysize/solve.py`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from checker.diagnostics import NOWHERE, error

if TYPE_CHECKING:
    import z3  # type: ignore[import-untyped]

Status: TypeAlias = Literal["sat", "unsat", "unknown"]
Clause: TypeAlias = tuple[int, ...]

INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Budget:
    """What one question may cost: steps of z3 for each attempt, and a seed for each attempt."""

    rlimit: int = 500_000_000
    seeds: tuple[int, ...] = (0, 1)


def is_available() -> bool:
    """Return whether z3 is installed."""
    return importlib.util.find_spec("z3") is not None


def require_z3() -> None:
    """Complain if z3 is missing.

    Raises:
        QuoraxError: Y010.

    """
    if not is_available():
        raise error(NOWHERE, "Y010", "z3 is not installed", 'pip install "quorax[smt]"; --engine explicit needs none')


def fresh_solver(logic: str, budget: Budget, seed: int) -> z3.Solver:
    """Return a solver in a context of its own."""
    import z3

    solver = z3.SolverFor(logic, ctx=z3.Context())
    solver.set("random_seed", seed)
    if budget.rlimit:
        solver.set("rlimit", budget.rlimit)
    return solver


class Session:
    """Clauses that grow, and questions about them. Literals are as in DIMACS; variable 1 is true."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._attempt = 0
        self._texts: list[str] = []
        self._solver: z3.Solver | None = None
        self._model: z3.ModelRef | None = None
        self._asked: dict[int, int] = {}
        self.clauses = 0
        self.variables = 1
        self.reason = ""
        self.rlimit = 0
        self.add([(1,)])

    @property
    def attempts(self) -> int:
        """How many seeds were tried."""
        return self._attempt + 1

    def add(self, clauses: Iterable[Clause]) -> None:
        """Add clauses for good."""
        lines: list[str] = []
        for clause in clauses:
            lines.append(" ".join(map(str, clause)))
            self.variables = max(self.variables, *map(abs, clause))
        if not lines:
            return
        self.clauses += len(lines)
        text = f"p cnf {self.variables} {len(lines)}\n" + " 0\n".join(lines) + " 0\n"
        self._texts.append(text)
        if self._solver is not None:
            self._solver.from_string(text)

    def check(self, assumptions: Sequence[int] = ()) -> Status:
        """Return whether all clauses and assumptions can be true; `reason` says why that is unknown."""
        import z3

        while True:
            solver = self._ready()
            self._asked = {self._variable(a).get_id(): a for a in assumptions}
            terms = [self._variable(a) if a > 0 else z3.Not(self._variable(a)) for a in assumptions]
            before = _steps(solver)
            found = solver.check(*terms)
            spent = _steps(solver) - before
            self.rlimit += spent
            if found == z3.sat:
                self._model = solver.model()
                return "sat"
            if found == z3.unsat:
                return "unsat"
            self.reason = solver.reason_unknown()
            if "canceled" in self.reason or "interrupted" in self.reason:
                if spent < self._budget.rlimit:
                    raise KeyboardInterrupt  # which z3 takes for itself while it works
                self.reason = f"{self._budget.rlimit:,} steps of the solver were not enough"
            if self._attempt + 1 == len(self._budget.seeds):
                return "unknown"
            self._attempt += 1
            self._solver = None

    def is_true(self, literal: int) -> bool:
        """Return the value of a literal in the model that was found."""
        import z3

        assert self._model is not None
        value = bool(z3.is_true(self._model.eval(self._variable(literal))))
        return value == (literal > 0)

    def core(self) -> frozenset[int]:
        """Return assumptions that cannot all be true."""
        import z3

        assert self._solver is not None
        terms: Any = self._solver.unsat_core()
        return frozenset(self._asked[(t.arg(0) if z3.is_not(t) else t).get_id()] for t in terms)

    def smtlib(self, assumptions: Sequence[int] = ()) -> str:
        """Return the question as an SMT-LIB script, for another solver."""
        return smtlib_of(self._texts, self.variables, assumptions)

    def _ready(self) -> z3.Solver:
        if self._solver is None:
            solver = fresh_solver("QF_FD", self._budget, self._budget.seeds[self._attempt])
            for text in self._texts:
                solver.from_string(text)
            self._solver = solver
        return self._solver

    def _variable(self, literal: int) -> z3.BoolRef:
        """Return the term that z3's reader of DIMACS makes of a variable."""
        import z3

        assert self._solver is not None
        context = self._solver.ctx
        symbol = z3.Z3_mk_int_symbol(context.ref(), abs(literal))
        return z3.BoolRef(z3.Z3_mk_const(context.ref(), symbol, z3.BoolSort(context).ast), context)


def smtlib_of(texts: Iterable[str], variables: int, assumptions: Sequence[int]) -> str:
    """Return clauses, in DIMACS, and assumptions as an SMT-LIB script."""
    lines = ["(set-logic QF_UF)", *(f"(declare-const x{v} Bool)" for v in range(1, variables + 1))]
    for text in texts:
        for clause in text.splitlines()[1:]:
            literals = " ".join(_term(int(word)) for word in clause.split()[:-1])
            lines.append(f"(assert (or {literals}))")
    lines += [f"(assert {_term(literal)})" for literal in assumptions]
    return "\n".join([*lines, "(check-sat)", ""])


def _term(literal: int) -> str:
    return f"x{literal}" if literal > 0 else f"(not x{-literal})"


def _steps(solver: z3.Solver) -> int:
    """Return z3's count of steps so far."""
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count")) if "rlimit count" in statistics.keys() else 0  # noqa: SIM118
