"""Asks z3, and for a second opinion cvc5, about obligations written as SMT-LIB.

Each obligation has a context of its own, so that no answer depends on what was asked before, and a budget that is
counted in the solver's own steps rather than in time. A solver that gives up is asked again with the next seed.

Whatever has quantifiers is first put to z3's game between a player for each kind of them, which decides linear integer
arithmetic: Nikolaj Bjørner, Mikoláš Janota, "Playing with Quantified Satisfaction" (2015). The ordinary solver
instantiates quantifiers instead, and gave up on three of five lemmas about tightness.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module, util
from typing import Any, Literal, TypeAlias

from checker.diagnostics import NOWHERE, error

Answer: TypeAlias = Literal["sat", "unsat", "unknown"]

STEPS_MAX = 20_000_000
"""z3's `rlimit` for one question put to it: some seconds. A lemma about three sets takes some thousands."""

SEEDS = (0, 1, 2)

CVC5_STEPS_MAX = 2_000_000
"""cvc5's `rlimit-per` for one obligation."""


@dataclass(frozen=True, slots=True)
class Solved:
    """What a solver said, with the seed at which it said so; `reason` is why it gave up, in its own words."""

    answer: Answer
    seed: int
    reason: str = ""


def require_cvc5() -> None:
    """Complain if cvc5 is not installed.

    Raises:
        QuoraxError: Q014.

    """
    if util.find_spec("cvc5") is None:
        raise error(NOWHERE, "Q014", "cvc5, the second solver, is not installed", 'pip install "quorax[cross-check]"')


def solve(text: str, *, steps_max: int = STEPS_MAX, seeds: tuple[int, ...] = SEEDS) -> Solved:
    """Return what z3 says of a script, at the first seed at which it says anything."""
    solved = Solved("unknown", 0, "no seed was tried")
    for seed in seeds:
        solver = _solver(text, steps_max, seed)
        answer: Answer = str(solver.check())  # type: ignore[assignment]
        if answer != "unknown":
            return Solved(answer, seed)
        solved = Solved("unknown", seed, str(solver.reason_unknown()))
    return solved


def solve_with_cvc5(text: str) -> Solved:
    """Return what cvc5 says of a script."""
    cvc5: Any = import_module("cvc5")
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("rlimit-per", str(CVC5_STEPS_MAX))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "obligation")
    printed = ""
    while True:
        command = parser.nextCommand()
        if command.isNull():
            break
        printed += command.invoke(solver, parser.getSymbolManager())
    answer = printed.strip()
    if answer in ("sat", "unsat"):
        return Solved("sat" if answer == "sat" else "unsat", 0)
    return Solved("unknown", 0, answer)


class GaveUpError(Exception):
    """z3 has no answer within its budget."""


class Search:
    """The solutions of a satisfiable script, narrowed down step by step: what was said stays said."""

    def __init__(self, text: str, *, steps_max: int = STEPS_MAX, seed: int = 0) -> None:
        self._z3: Any = import_module("z3")
        self._solver = _solver(text, steps_max, seed)
        self._model: Any = None

    def least(self, names: tuple[str, ...]) -> int:
        """Return the least sum of some numbers, and say that it has that value.

        Raises:
            GaveUpError: z3 has no answer.

        """
        total = self._total(names)
        value = self._value(total)
        while self._is_possible(total < value):
            value = self._value(total)
        self._solver.add(total == value)
        return value

    def greatest(self, name: str, limit: int) -> int:
        """Return the greatest value of a number that is at most `limit`, and say that it has that value.

        Raises:
            GaveUpError: z3 has no answer.

        """
        number = self._total((name,))
        value = self._value(number)
        while value < limit and self._is_possible(number > value):
            value = self._value(number)
        self._solver.add(number == value)
        return value

    def _total(self, names: tuple[str, ...]) -> Any:
        context = self._solver.ctx
        zero = self._z3.IntVal(0, context)
        return sum((self._z3.Int(name, context) for name in names), zero)

    def _value(self, number: Any) -> int:
        """Return the value of a number in a solution of all that was said."""
        if self._model is None and not self._is_possible(None):
            raise GaveUpError("there is no solution to narrow down")
        model: Any = self._model
        return int(model.eval(number, model_completion=True).as_long())

    def _is_possible(self, condition: Any) -> bool:
        """Return whether there is a solution in which `condition` is true too, and keep it."""
        self._solver.push()
        if condition is not None:
            self._solver.add(condition)
        answer = str(self._solver.check())
        reason = str(self._solver.reason_unknown())
        if answer == "sat":
            self._model = self._solver.model()
        self._solver.pop()
        if answer == "unknown":
            raise GaveUpError(reason)
        return answer == "sat"


def _solver(text: str, steps_max: int, seed: int) -> Any:
    """Return a solver that has read a script, in a context of its own."""
    z3: Any = import_module("z3")
    context = z3.Context()
    if "(exists" in text and seed == SEEDS[0]:
        solver = z3.Tactic("qsat", context).solver()
    else:
        solver = z3.Solver(ctx=context)
        solver.set("random_seed", seed)
    solver.set("rlimit", steps_max)
    solver.from_string(text)
    return solver
