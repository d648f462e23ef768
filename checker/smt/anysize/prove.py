"""Proofs for any size: which properties follow by induction from the lemmas of a model, and on what that rests.

The lemmas are proved together: each holds at the start, and every action keeps each where all hold. A property follows
from them, in every state or of every step; one that they do not imply is tried once more as if it were a lemma. What is
proved is true of every instance that the ledger admits. What is not is unknown, and the obligation is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from checker.diagnostics import NOWHERE, error
from checker.ir.system import Property, System
from checker.ir.types import BagType, MessageSetType
from checker.smt.anysize.alternation import Edge, cycle
from checker.smt.anysize.axioms import Assertion
from checker.smt.anysize.concrete import NoStateError, concrete
from checker.smt.anysize.obligations import Obligation, Theory, reads_state
from checker.smt.anysize.smtlib import script
from checker.smt.anysize.solve import BUDGET, Solved, discharge
from checker.smt.quorum.facts import LeftOut, answers_beside, examined_facts
from checker.smt.quorum.solve import Solved as Second
from checker.smt.solver import Budget
from checker.trace.trace import Trace
from checker.trace.verdict import Holds, Result, Unknown, Verdict

SecondSolver: TypeAlias = Callable[[str], Second]
Notice: TypeAlias = Callable[[str], None]
"""Is told the name of each obligation before it is put to the solver."""


FULLER = 4
"""How much less a second attempt may cost that assumes more, at two seeds: it goes quickly or not at all."""


@dataclass(frozen=True, slots=True)
class Discharge:
    """An obligation and what was said of it. `cycle` leads out of the fragment that is decided, if it does."""

    obligation: Obligation
    solved: Solved
    cycle: tuple[Edge, ...]
    second: Second | None = None

    @property
    def is_met(self) -> bool:
        return self.solved.answer == self.obligation.wanted

    @property
    def agree(self) -> bool | None:
        """Whether a second solver says the same; None if it was not asked, or has no answer."""
        if self.second is None or "unknown" in (self.second.answer, self.solved.answer):
            return None
        return self.second.answer == self.solved.answer


@dataclass(frozen=True, slots=True)
class Need:
    """What keeping the lemmas through one action rests on."""

    action: str
    lemmas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the theorems rest on: `axioms` are those that some proof used, `needs` the lemmas by action."""

    axioms: tuple[Assertion, ...]
    assumed: tuple[str, ...]
    conditions: tuple[Assertion, ...]
    lemmas: tuple[str, ...]
    needs: tuple[Need, ...]
    budgets: tuple[str, ...]
    networks: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What one attempt showed: a verdict for each property, every obligation, and what the verdicts rest on.

    `failed` has the obligations that are not met, in order, and `counterexamples` what was found against each: a step
    that the interpreter walks, or why z3's structure is none. `is_sound` says that no second solver contradicts; if one
    does nothing holds.
    """

    results: tuple[Result, ...]
    discharges: tuple[Discharge, ...]
    ledger: Ledger
    failed: tuple[Discharge, ...]
    counterexamples: tuple[tuple[Discharge, Trace | str], ...]

    @property
    def is_sound(self) -> bool:
        return all(d.agree is not False for d in self.discharges)


def prove(
    system: System,
    names: Sequence[str],
    assumptions: Sequence[str] = (),
    conditions: Sequence[str] = (),
    *,
    budget: Budget = BUDGET,
    second: SecondSolver | None = None,
    notice: Notice = lambda _: None,
) -> Proof:
    """Try to prove the properties called `names` for instances of any size.

    `assumptions` are statements about the number of processes and of liars, as `quorax quorum` reads them;
    `conditions` name properties that speak of no state, and are assumed of the instance.

    Raises:
        QuoraxError: P001 for what has no form at any size, P002 for a condition that is none, Q001 to Q012 for
            assumptions that cannot be read.

    """
    assumed = [_condition(system, name) for name in conditions]
    _refuse_questions(system, assumptions)
    facts, left_out = examined_facts(system, assumptions, second=second) if system.quorums else ((), ())
    theory = Theory(system, facts, assumed)
    attempt = _Attempt(theory, budget, second, notice)
    attempt.lemmas()
    results = [Result(p.name, p.kind, attempt.verdict(p, conditions)) for p in map(system.property, names)]
    disputed = [d.obligation.name for d in attempt.discharges if d.agree is False]
    if disputed:
        doubt = Unknown(f"the second solver contradicts z3 on `{disputed[0]}`")
        results = [replace(r, verdict=doubt) if isinstance(r.verdict, Holds) else r for r in results]
    ledger = _ledger(theory, attempt, assumptions, left_out)
    failed = tuple(d for d in attempt.discharges if not d.is_met)
    examples = tuple((d, _counterexample(theory, d)) for d in failed)
    return Proof(tuple(results), tuple(attempt.discharges), ledger, failed, examples)


def _counterexample(theory: Theory, failed: Discharge) -> Trace | str:
    if failed.solved.structure is None:
        return "z3 has none"
    try:
        return concrete(theory, failed.obligation, failed.solved.structure)
    except NoStateError as reason:
        return str(reason)


class _Attempt:
    """Puts obligations to the solver, and remembers what it said."""

    def __init__(self, theory: Theory, budget: Budget, second: SecondSolver | None, notice: Notice) -> None:
        self._theory = theory
        self._budget = budget
        self._second = second
        self._notice = notice
        self._carried = tuple(p for p in theory.system.properties if p.is_lemma)
        self.discharges: list[Discharge] = []
        self._reason = ""

    def lemmas(self) -> None:
        """Prove the lemmas, and that what steps reach is defined and that each is possible."""
        theory = self._theory
        made = self._all((*theory.inductive(self._carried), *theory.sane(self._carried)))
        self._reason = _reason(made)

    def verdict(self, prop: Property, conditions: Sequence[str]) -> Verdict:
        """Return what is known of a property."""
        if prop.name in conditions:
            return Unknown("it was assumed of the instance")
        if self._reason:
            return Unknown(self._reason)
        if prop.is_lemma:
            return Holds("any_size")
        implied = self._all(self._theory.consequence(prop, self._carried))
        reason = _reason(implied)
        if prop.kind == "invariant" and any(d.solved.answer == "sat" for d in implied):
            carried = self._all(self._theory.inductive((*self._carried, prop)), only=prop.name)
            if not _reason(carried):
                self._forget(implied)
                return Holds("any_size")
            self._forget(carried if self._carried else implied)
            reason = reason if self._carried else _reason(carried)
        return Unknown(reason) if reason else Holds("any_size")

    def _forget(self, discharges: Iterable[Discharge]) -> None:
        """Leave out of the record what was tried in vain and is not what the verdict rests on."""
        gone = set(map(id, discharges))
        self.discharges = [d for d in self.discharges if id(d) not in gone]

    def _solved(self, obligation: Obligation) -> tuple[Obligation, Solved]:
        """Discharge an obligation; what is not shown at once, once more with all that is true of states.

        Of two counterexamples the second is kept: it is more like a state.
        """
        solved = discharge(obligation.assertions, self._budget)
        if solved.answer == "unsat" or obligation.purpose in ("possible", "initial"):
            return obligation, solved
        fuller = replace(obligation, assertions=(*self._theory.existence, *obligation.assertions))
        once = Budget(self._budget.rlimit // FULLER, self._budget.seeds[:2])
        again = discharge(fuller.assertions, once)
        return (obligation, solved) if again.answer == "unknown" else (fuller, again)

    def _all(self, obligations: Iterable[Obligation], only: str = "") -> list[Discharge]:
        """Discharge obligations; if `only`, those about the property of that name, up to the first that is not met.

        More is assumed then, and nothing that was shown with less assumed needs to be shown again.
        """
        made: list[Discharge] = []
        for obligation in obligations:
            if only and obligation.goal != only:
                continue
            self._notice(obligation.name)
            obligation, solved = self._solved(obligation)
            second = None if self._second is None else self._second(script(obligation.assertions))
            made.append(Discharge(obligation, solved, cycle(obligation.assertions), second))
            if only and not made[-1].is_met:
                break
        self.discharges += made
        return made


def _reason(discharges: Iterable[Discharge]) -> str:
    """Return why something is not proved, or nothing if it is: the first obligations that are not met."""
    failed = [d for d in discharges if not d.is_met]
    if not failed:
        return ""
    first, more = failed[0], len(failed) - 1
    others = f", and {more} more" if more else ""
    return f"{_what(first)}{others}"


def _what(found: Discharge) -> str:
    """Return in words why an obligation is not met."""
    name = found.obligation.name
    if found.solved.answer == "unknown":
        return f"z3 gave up on `{name}` ({found.solved.reason})"
    match found.obligation.purpose:
        case "possible":
            return f"not proved: `{name}` is false where the lemmas hold, so nothing is said of it"
        case "defined":
            return f"not proved: `{name}` has a counterexample to induction"
        case "consequence":
            return f"not proved: `{name}` has a counterexample, which need not be reachable"
        case _:
            return f"not inductive: `{name}` has a counterexample to induction, which need not be reachable"


def _condition(system: System, name: str) -> Property:
    """Return a property that is to be assumed of the instance.

    Raises:
        QuoraxError: P002, if it depends on the state, or is none.

    """
    prop = next((p for p in system.properties if p.name == name), None)
    if prop is None:
        raise error(NOWHERE, "P002", f"{system.name} has no property {name} to assume", "name one, or state a size")
    if reads_state(prop.body, system):
        message = f"{name} speaks of the state: what states satisfy is to be proved, not assumed"
        raise error(prop.span, "P002", message, "assume only what an instance fixes: how its quorums meet")
    return prop


def _refuse_questions(system: System, assumptions: Sequence[str]) -> None:
    """Complain about what is given as an assumption and would not be assumed.

    Raises:
        QuoraxError: P002, for a question, and for sizes where no quorums depend on them.

    """
    if assumptions and not system.quorums:
        message = f"{system.name} has no quorums: nothing depends on `{assumptions[0]}`"
        raise error(NOWHERE, "P002", message, "leave it out")
    asked = answers_beside(system, assumptions).results
    if asked:
        message = f"`{asked[0].question.text}` is a question: it is derived from sizes, and not assumed"
        raise error(NOWHERE, "P002", message, "assume sizes, such as n > 3*f; ask with quorax quorum")


def _ledger(theory: Theory, attempt: _Attempt, assumptions: Sequence[str], left_out: Sequence[LeftOut]) -> Ledger:
    system = theory.system
    used = {name for d in attempt.discharges for name in d.solved.core}
    needs: list[Need] = []
    lemmas = tuple(p.name for p in system.properties if p.is_lemma)
    for action in system.actions:
        own = [d for d in attempt.discharges if d.obligation.step and d.obligation.step.name == action.name]
        names = {name for d in own for name in d.solved.core if name != d.obligation.goal}
        needs.append(Need(action.name, tuple(n for n in lemmas if n in names)))
    return Ledger(
        tuple(a for a in theory.axioms if a.name in used),
        tuple(assumptions),
        theory.conditions,
        lemmas,
        tuple(needs),
        tuple(v.name for v in system.variables if v.is_budget),
        tuple(v.name for v in system.variables if isinstance(v.type, MessageSetType | BagType)),
        tuple(left_out),
    )
