"""Proofs by induction in a finite instance: what holds in any k states in a row, holds in the next.

M. Sheeran, S. Singh, G. Stålmarck, Checking Safety Properties Using Induction and a SAT-Solver (2000). The properties
are assumed together and shown one by one; one that is not preserved is assumed no more, and the rest is looked at
again, as in C. Flanagan, K. Leino, Houdini, an Annotation Assistant for ESC/Java (2001). That no step is undefined is
shown as well. What fails is shown as a counterexample to induction: a behaviour that begins where everything assumed
holds, which need not be reachable; the interpreter walks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from checker.diagnostics import QuoraxError
from checker.interp.errors import ModelError
from checker.interp.explore import Look
from checker.interp.goals import Goal
from checker.interp.machine import Failure, Machine
from checker.interp.replay import Move, replay
from checker.interp.watch import UndefinedError, Watch, failed
from checker.ir.system import System
from checker.smt.circuit import FALSE, TRUE, Circuit, Literal
from checker.smt.encoding import Encoding
from checker.smt.expressions import Evaluator
from checker.smt.free import free_frame
from checker.smt.goals import Judged, judge
from checker.smt.solver import Budget, Session
from checker.smt.unroll import Chain, DisagreementError, move_in, state_in
from checker.smt.values import Entries, Members, Symbol
from checker.trace.trace import Trace
from checker.trace.verdict import Holds, Unknown, Verdict

SHRINKING_MAX = 400
"""Questions that are asked to leave out of a counterexample what it does not need."""


class GaveUpError(Exception):
    """Ends a proof; the reason."""


@dataclass(slots=True)
class Induction:
    """The step of one proof. After `run`, `verdicts` has one for each goal, and `notes` what each action needed."""

    machine: Machine
    goals: tuple[Goal, ...]
    steps: int
    budget: Budget
    circuit: Circuit
    look: Look
    base: System | None = None
    verdicts: dict[Goal, Verdict] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    cut_at: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Prove what can be proved.

        Raises:
            GaveUpError: the solver gave up, or a limit was met.
            SizeError: the circuit is too large.
            QuoraxError: Y003, for a variable without a list of its values.

        """
        proof = _Proof(self)
        kept = list(self.goals)
        while True:
            failing = [g for g in kept if proof.fails(g, kept)]
            for goal in failing:
                self.verdicts[goal] = proof.counterexample(goal, kept)
            kept = [g for g in kept if g not in failing]
            if not failing:
                break
        if not kept:
            return
        undefined = proof.undefined(kept)
        if undefined is None:
            self.cut_at += proof.cuts(kept)  # before anything holds: no bound goes unnamed
        self.verdicts |= dict.fromkeys(kept, undefined or Holds("inductive"))
        if undefined is None:
            self.notes += proof.needs(kept)


class _Proof:
    """Any `steps` states in a row, the step from the last of them, and what is asked about it."""

    def __init__(self, task: Induction) -> None:
        self._task = task
        self._machine = task.machine
        self._encoding = Encoding(task.machine.domains, task.circuit)
        self._circuit = task.circuit
        self._session = Session(task.budget)
        self._chain = Chain(self._encoding, self._session, free_frame(self._encoding))
        assumed: dict[Goal, list[Literal]] = {g: [] for g in task.goals}
        for length in range(1, task.steps + 1):
            before = self._chain.links[-2].frame if length > 1 else None
            for goal in task.goals:
                judged = judge(self._encoding, goal, self._chain.last.evaluator, before)
                assumed[goal] += [-judged.decided, -judged.undefined]
            if length < task.steps:
                self._chain.grow()
        last = self._chain.last
        self._step = self._chain.conditions()
        after = Evaluator(self._encoding, last.step.frame, last.frame)
        is_possible = self._step != [FALSE]
        self._after = {
            g: judge(self._encoding, g, after, last.frame) if is_possible else Judged(g, FALSE, FALSE)
            for g in task.goals
        }
        self._assumed = {g: self._circuit.conjunction(literals) for g, literals in assumed.items()}
        self._frame_after = after.frame

    def fails(self, goal: Goal, kept: Sequence[Goal]) -> bool:
        """Return whether a step may lead from where all of `kept` hold to where a goal does not."""
        return self._ask([*self._hypotheses(kept), *self._step, self._bad(goal)])

    def undefined(self, kept: Sequence[Goal]) -> Unknown | None:
        """Return the verdict if a step from where all of `kept` hold may have no meaning."""
        link = self._chain.last
        if not self._ask([*self._hypotheses(kept), link.step.error]):
            return None
        self._shrink([*self._hypotheses(kept), link.step.error])
        states = self._states(len(self._chain.links))
        move = move_in(link.step, self._chain.model())
        outcome = self._machine.perform(states[-1], *move)
        if not isinstance(outcome, Failure):
            raise DisagreementError(f"{move[0]} has a meaning after all")
        error = failed(outcome, self._machine)
        title = f"{error.place} is undefined in {self._where(kept)}: {error.error.diagnostic.message}"
        trace = self._replayed(states, self._moves()[:-1] if len(states) > 1 else [], "", title)
        return Unknown(f"{title}; that state need not be reachable", None, trace)

    def counterexample(self, goal: Goal, kept: Sequence[Goal]) -> Unknown:
        """Return the verdict on a goal that is not preserved: `fails` has just said so, or says so now."""
        asked = [*self._hypotheses(kept), *self._step, self._bad(goal)]
        if not self._ask(asked):
            raise DisagreementError("the same question has two answers")
        self._shrink(asked)
        states = self._states(len(self._chain.links) + 1)
        moves = self._moves()
        where = f"from {self._where(kept)}"
        undefined = self._undefined_after(goal, states)
        what = f"to one in which {goal.name} does not"
        if goal.kind == "transition":
            what = f"in a way that violates {goal.name}"
        if undefined is not None:
            what = f"to one in which {goal.name} is undefined ({undefined.diagnostic.message})"
        title = f"a counterexample to induction, which need not be reachable: {moves[-1][0]} leads {where} {what}"
        trace = self._replayed(states, moves, "" if undefined else goal.name, title)
        return Unknown(f"not inductive: {moves[-1][0]} leads {where} {what}; it need not be reachable", None, trace)

    def needs(self, kept: Sequence[Goal]) -> list[str]:
        """Return for each action what of the hypotheses its step rests on: a line each."""
        lines: list[str] = []
        bad = self._circuit.disjunction(self._bad(g) for g in kept)
        for option in self._chain.last.step.options:
            asked = [*self._step, option.chosen, bad]
            needed = [g.name for g in self._core(asked, kept)]
            lines.append(f"  {option.action.name} preserves them by {', '.join(needed) or 'itself'}")
        return [f"inductive together: {_named(kept)}", *lines] if lines else []

    def _core(self, asked: Sequence[Literal], kept: Sequence[Goal]) -> list[Goal]:
        """Return of the hypotheses that refute a question as few as leaving out one by one leaves."""
        if self._ask([*self._hypotheses(kept), *asked]):
            raise DisagreementError("a step that was proved has a counterexample")
        if FALSE in asked:
            return []
        core = self._session.core()
        needed = [g for g in kept if self._assumed[g] in core and self._assumed[g] != TRUE]
        for goal in tuple(needed):
            fewer = [g for g in needed if g != goal]
            if not self._ask([*self._hypotheses(fewer), *asked]):
                needed = fewer
        return needed

    def cuts(self, kept: Sequence[Goal]) -> list[str]:
        """Return the bounds that cut steps from where all of `kept` hold."""
        cuts = self._chain.last.step.cuts.items()
        return [bound for bound, literal in cuts if self._ask([*self._hypotheses(kept), literal])]

    def _hypotheses(self, kept: Sequence[Goal]) -> list[Literal]:
        return [self._assumed[g] for g in kept]

    def _where(self, kept: Sequence[Goal]) -> str:
        """Return where a step begins, in words."""
        assumed = [g.name for g in kept if self._assumed[g] != TRUE]
        row = f"the last of {self._task.steps} states" if self._task.steps > 1 else "a state"
        verb = "holds" if len(assumed) == 1 else "hold"
        return f"{row} in which {', '.join(assumed)} {verb}" if assumed else row

    def _bad(self, goal: Goal) -> Literal:
        return self._circuit.either(self._after[goal].decided, self._after[goal].undefined)

    def _ask(self, literals: Sequence[Literal]) -> bool:
        """Return whether all literals can be true.

        Raises:
            GaveUpError: that is unknown, or a limit was met.

        """
        note = f"{self._circuit.variables:,} gates"
        reason = self._task.look(distinct=0, generated=0, depth=self._task.steps, queue=0, note=note)
        if reason:
            raise GaveUpError(reason)
        if FALSE in literals:
            return False
        self._chain.define(*literals)
        status = self._session.check(tuple(dict.fromkeys(literals)))
        if status == "unknown":
            raise GaveUpError(f"z3 gave up ({self._session.reason})")
        return status == "sat"

    def _shrink(self, asked: Sequence[Literal]) -> None:
        """Find a model with few messages and members in its first state: what is there is there for a reason."""
        present = list(_presences(self._chain.links[0].frame.values()))
        self._chain.define(*present)
        absent = [-literal for literal in present if not self._session.is_true(literal)]
        kept: list[Literal] = []
        questions = 0
        while questions < SHRINKING_MAX:
            true = [p for p in present if -p not in absent and p not in kept]
            if not true:
                break
            questions += 1
            if self._ask([*asked, *absent, -true[-1]]):
                absent = [-literal for literal in present if not self._session.is_true(literal)]
            else:
                kept.append(true[-1])
        if not self._ask([*asked, *absent]):
            raise DisagreementError("a counterexample is none when it is asked for again")

    def _states(self, count: int) -> list[tuple[object, ...]]:
        frames = [*(link.frame for link in self._chain.links), self._frame_after][:count]
        is_true = self._chain.model()
        return [state_in(self._encoding, frame, is_true) for frame in frames]

    def _moves(self) -> list[Move]:
        is_true = self._chain.model()
        return [move_in(link.step, is_true) for link in self._chain.links]

    def _undefined_after(self, goal: Goal, states: Sequence[tuple[object, ...]]) -> ModelError | None:
        watch = Watch(self._machine, (goal,))
        try:
            watch.in_step(states[-2], states[-1]) if goal.kind == "transition" else watch.in_state(states[-1])
        except UndefinedError as undefined:
            return undefined.error
        return None

    def _replayed(self, states: Sequence[tuple[object, ...]], moves: Sequence[Move], name: str, title: str) -> Trace:
        """Return the counterexample, walked by the interpreter.

        Raises:
            DisagreementError: it does not see one.

        """
        system, instance, base = self._machine.system, self._machine.instance, self._task.base
        try:
            trace = replay(system, instance, states[0], moves, property=name, title=title, base=base, is_anywhere=True)
        except QuoraxError as refused:
            raise DisagreementError(f"the interpreter does not see the counterexample: {refused}") from refused
        if trace.states != tuple(states):
            raise DisagreementError("the interpreter goes elsewhere than the counterexample")
        return trace


def _presences(symbols: object) -> list[Literal]:
    """Return the literals that say what is in the sets of a state."""
    found: list[Literal] = []
    pending: list[Symbol] = list(symbols)  # type: ignore[call-overload]
    for symbol in pending:
        if isinstance(symbol, Members):
            found += symbol.members.values()
        elif isinstance(symbol, Entries):
            pending += symbol.values
    return found


def _named(goals: Sequence[Goal]) -> str:
    return ", ".join(g.name for g in goals)
