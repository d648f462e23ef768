"""Answers questions about quorums: proved for all parameters, refuted by the smallest counterexample, or unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from checker.diagnostics import NOWHERE, error
from checker.smt.quorum.build import Inquiry, Weakened
from checker.smt.quorum.counterexample import Counterexample, least_parameters, smallest
from checker.smt.quorum.encode import Obligation, refutations, sense, spare
from checker.smt.quorum.solve import GaveUpError, Solved, solve
from checker.smt.quorum.terms import Comparison, Number, Parameter, Question, Scenario

Word: TypeAlias = Literal["holds", "refuted", "unknown"]
Solver: TypeAlias = Callable[[str], Solved]


_BEST: tuple[Word, ...] = ("holds", "unknown", "refuted")


@dataclass(frozen=True, slots=True)
class Discharge:
    """An obligation and what z3 said of it; `second` is what another solver said, if it was asked."""

    obligation: Obligation
    solved: Solved
    second: Solved | None = None

    @property
    def agree(self) -> bool | None:
        """Whether both solvers say the same; None if the second was not asked, or has no answer."""
        if self.second is None or "unknown" in (self.second.answer, self.solved.answer):
            return None
        return self.second.answer == self.solved.answer


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one question.

    `counterexample` is there if it is refuted, and `reason` if it is unknown, or if a smaller one cannot be excluded.
    """

    question: Question
    scenario: Scenario
    word: Word
    discharges: tuple[Discharge, ...]
    counterexample: Counterexample | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tightness:
    """Whether a question fails as soon as a statement is weakened by one.

    `word` is "holds" if, whatever the parameters that the weakened statement leaves, some sets make the question
    false. It is "refuted" if it is still true for the parameters `spared`. `weaker` is the weakened question's answer.
    """

    question: Question
    before: str
    after: str
    word: Word
    weaker: Result
    discharges: tuple[Discharge, ...]
    spared: dict[str, int] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    results: tuple[Result, ...]
    tightness: tuple[Tightness, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """One word for each question, and for each statement marked tight: it is if one of the questions needs it."""
        statements: dict[str, list[Word]] = {}
        for tight in self.tightness:
            statements.setdefault(tight.before, []).append(tight.word)
        return (*(r.word for r in self.results), *(min(words, key=_BEST.index) for words in statements.values()))

    @property
    def discharges(self) -> tuple[Discharge, ...]:
        """Every obligation that was put to a solver, in order."""
        found = [d for r in self.results for d in r.discharges]
        for tight in self.tightness:
            found += [*tight.weaker.discharges, *tight.discharges]
        return tuple(found)


def answer(inquiry: Inquiry, *, second: Solver | None = None) -> Answers:
    """Answer every question, and for every statement marked tight whether it is.

    Raises:
        QuoraxError: Q010 for a question that says nothing, since its assumptions contradict each other; Q012 for a
            statement that has nothing weaker; Q013 for families with too many choices.

    """
    results = tuple(
        ask(inquiry.scenario, question, f"lemma {i}", second=second) for i, question in enumerate(inquiry.questions, 1)
    )
    tightness = tuple(
        _tightness(weakened, question, f"lemma {i}, tight {j}", second)
        for i in range(1, len(inquiry.questions) + 1)
        for j, weakened in enumerate(inquiry.weakened, 1)
        for question in [weakened.questions[i - 1]]
    )
    return Answers(results, tightness)


def ask(scenario: Scenario, question: Question, name: str, *, second: Solver | None = None) -> Result:
    """Answer one question; its obligations are called `name`.

    Raises:
        QuoraxError: Q010, if no parameters and sets satisfy what is assumed; Q013, for families with too many choices.

    """
    has_sense = _make_sense(scenario, question, name, second)
    if has_sense is None:
        systems = dict.fromkeys(bound.system for bound in question.quorums)
        given = "; ".join(map(str, (*scenario.assumptions, *scenario.fixed, *systems)))
        message = f"`{question.text}` says nothing: no parameters and sets are as assumed"
        raise error(NOWHERE, "Q010", message, f"something must satisfy all of: {given or question.text}")
    tried = _discharged(refutations(name, scenario, question), second)
    discharges = (*has_sense, *tried)
    refuted = [d.obligation for d in tried if d.solved.answer == "sat"]
    unknown = next((d for d in discharges if d.solved.answer == "unknown"), None)
    if refuted:
        reason = "" if unknown is None else f"there may be a smaller counterexample, since {_gave_up(unknown)}"
        try:
            return Result(question, scenario, "refuted", discharges, smallest(refuted), reason)
        except GaveUpError as gave_up:
            reason = f"{refuted[0].name}: there is a counterexample, but z3 cannot find the smallest ({gave_up})"
            return Result(question, scenario, "unknown", discharges, reason=reason)
    if unknown is not None:
        return Result(question, scenario, "unknown", discharges, reason=_gave_up(unknown))
    disputed = next((d for d in discharges if d.agree is False), None)
    if disputed is not None:
        reason = f"the second solver contradicts z3 on {disputed.obligation.name}"
        return Result(question, scenario, "unknown", discharges, reason=reason)
    return Result(question, scenario, "holds", discharges)


def _make_sense(
    scenario: Scenario, question: Question, name: str, second: Solver | None
) -> tuple[Discharge, ...] | None:
    """Return an obligation which shows that there is something to speak of, or that z3 does not know; None if not."""
    tried = _discharged(sense(name, scenario, question), second)
    for wanted in ("sat", "unknown"):
        found = next((d for d in tried if d.solved.answer == wanted), None)
        if found is not None:
            return (found,)
    return None


def _tightness(weakened: Weakened, question: Question, name: str, second: Solver | None) -> Tightness:
    scenario, before, after = weakened.scenario, weakened.before, weakened.after
    if not _has_parameters(scenario):
        raise error(NOWHERE, "Q012", f"no parameters satisfy `{after}`", f"`{before}` cannot be weakened by one")
    weaker = _weaker(scenario, question, f"{name}, weakened", second)
    discharge = _discharged((spare(name, scenario, question),), second)
    obligation, solved = discharge[0].obligation, discharge[0].solved
    if solved.answer == "unsat":
        return Tightness(question, before, after, "holds", weaker, discharge)
    reason = _gave_up(discharge[0])
    if solved.answer == "sat":
        try:
            spared = least_parameters(obligation)
        except GaveUpError as gave_up:
            reason = f"{obligation.name}: z3 cannot find the least parameters that are spared ({gave_up})"
        else:
            _confirm_spared(scenario, question, spared, name)
            return Tightness(question, before, after, "refuted", weaker, discharge, spared)
    return Tightness(question, before, after, "unknown", weaker, discharge, reason=reason)


def _weaker(scenario: Scenario, question: Question, name: str, second: Solver | None) -> Result:
    """Answer the weakened question, in which there may be nothing to speak of: then nothing fails."""
    if _make_sense(scenario, question, name, None) is None:
        return Result(question, scenario, "holds", _discharged(refutations(name, scenario, question), second))
    return ask(scenario, question, name, second=second)


def _has_parameters(scenario: Scenario) -> bool:
    """Return whether some parameters, and fixed sets, are as assumed."""
    nothing = Question("", (), ())
    return any(solve(o.text).answer != "unsat" for o in sense("parameters", scenario, nothing))


def _confirm_spared(scenario: Scenario, question: Question, spared: dict[str, int], name: str) -> None:
    """Check, without quantifiers, that a question holds at certain parameters.

    Raises:
        RuntimeError: it does not, which is a bug here or in the solver.

    """
    values = tuple(Comparison(Parameter(p), "=", Number(value)) for p, value in spared.items())
    at = replace(scenario, assumptions=(*scenario.assumptions, *values))
    for obligation in refutations(name, at, question):
        if solve(obligation.text).answer == "sat":
            raise RuntimeError(f"{name}: z3 contradicts itself about {spared}")


def _discharged(obligations: tuple[Obligation, ...], second: Solver | None) -> tuple[Discharge, ...]:
    return tuple(Discharge(o, solve(o.text), second(o.text) if second else None) for o in obligations)


def _gave_up(discharge: Discharge) -> str:
    return f"{discharge.obligation.name}: z3 gives up ({discharge.solved.reason})"
