"""Bounded model checking: behaviours of one more step at a time, so that what is found first is found soonest.

A. Biere, A. Cimatti, E. Clarke, Y. Zhu, Symbolic Model Checking without BDDs (1999). What no behaviour of a length does
is told to the solver before longer ones are looked at. Every behaviour that it finds is walked again by the
interpreter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from checker.interp.explore import Found, Look
from checker.interp.goals import Goal
from checker.interp.machine import Failure, Machine, Next, StateValues
from checker.interp.replay import Move
from checker.interp.statements import Guard
from checker.interp.watch import UndefinedError, Watch, failed, starts
from checker.ir.symmetry import symmetric_sorts
from checker.smt.circuit import FALSE, Circuit, Literal, SizeError
from checker.smt.encoding import Encoding
from checker.smt.goals import Judged, judge
from checker.smt.solver import Budget, Session
from checker.smt.unroll import Chain, DisagreementError, first_state, frame_of, move_in, state_in
from checker.trace.verdict import Counts


class GaveUpError(Exception):
    """Ends a search before its depth; the reason."""


@dataclass(slots=True)
class Search:
    """One search. Implements `checker.interp.conclude.Findings`; where something was found is the number of a way.

    `complete_to` is the length up to which all behaviours were looked at.
    """

    machine: Machine
    goals: tuple[Goal, ...]
    depth: int
    budget: Budget
    circuit: Circuit
    look: Look
    decided: dict[Goal, Found] = field(default_factory=dict)
    undefined: UndefinedError | None = None
    undefined_at: Found | None = None
    is_complete: bool = False
    stopped_by: str = ""
    complete_to: int | None = None
    cuts: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    cut_at: tuple[str, ...] = ()
    _ways: list[tuple[StateValues, list[Move]]] = field(default_factory=list)
    _chain: Chain | None = None

    @property
    def counts(self) -> Counts:
        """Nothing was counted but the length."""
        return Counts(depth=self.complete_to or 0)

    @property
    def size(self) -> str:
        """How large the circuit grew, in words."""
        clauses = 0 if self._chain is None else self._chain.session.clauses
        return f"the circuit has {self.circuit.variables:,} gates in {clauses:,} clauses"

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Guards are not counted."""
        return ()

    @property
    def vacuous(self) -> tuple[str, ...]:
        """Ranges are not looked at."""
        return ()

    @property
    def open(self) -> tuple[Goal, ...]:
        """The goals that are not decided yet."""
        return tuple(g for g in self.goals if g not in self.decided)

    def path(self, found: Found) -> tuple[StateValues, list[Move]]:
        """Return the initial state and the moves that lead to where something was found."""
        initial, moves = self._ways[found.state]
        return initial, [*moves, *([] if found.step is None else [found.step[:3]])]

    def run(self) -> None:
        """Search up to the depth, or until everything asked is decided, or something is undefined."""
        try:
            states, cuts = starts(self.machine)
            self.cut_at = tuple(cuts)
            self._levels(states)
            self._note_cuts()
        except UndefinedError as undefined:
            self.undefined = undefined
            self.stopped_by = "an error of the model"
        except GaveUpError as reason:
            self.stopped_by = str(reason)
        except SizeError as size:
            self.stopped_by = str(size)
        except KeyboardInterrupt:
            self.stopped_by = "interrupted"

    def _levels(self, states: Sequence[StateValues]) -> None:
        encoding = Encoding(self.machine.domains, self.circuit)
        symmetric = symmetric_sorts(self.machine.system, self.machine.instance)
        self._chain = Chain(
            encoding,
            Session(self.budget),
            frame_of(encoding, states),
            symmetric=symmetric,
            is_ordered=True,
            keeps_last=any(g.kind == "transition" for g in self.goals),
        )
        for depth in range(self.depth + 1):
            if depth:
                self._chain.grow()
            self._level(self._chain, encoding)
            self.complete_to = depth
            if self.goals and not self.open:
                self.stopped_by = "everything asked for is decided"
                return
            if self._chain.last.step.taken == FALSE:  # no behaviour is longer
                self.complete_to = self.depth
                break
        self.stopped_by = f"the depth limit of {self.depth} steps"

    def _level(self, chain: Chain, encoding: Encoding) -> None:
        """Decide what behaviours of one length decide.

        Raises:
            GaveUpError: a limit was met, or the solver gave up.
            UndefinedError: something is undefined.

        """
        here = chain.last
        before = chain.links[-2].frame if len(chain.links) > 1 else None
        judged = [judge(encoding, goal, here.evaluator, before) for goal in self.open]
        while True:
            trouble = encoding.circuit.disjunction(
                [here.step.error, *(x for j in judged for x in (j.decided, j.undefined))]
            )
            if not self._is_possible(chain, trouble):
                chain.require(-trouble)
                return
            found = [j for j in judged if chain.session.is_true(j.decided)]
            if not found:
                found = self._other_than_errors(chain, encoding, judged)
            if not found:
                self._explain_error(chain, trouble)
            self._decide(chain, found)
            judged = [j for j in judged if j not in found]

    def _other_than_errors(self, chain: Chain, encoding: Encoding, judged: list[Judged]) -> list[Judged]:
        """Return goals that another behaviour of the same length decides, though there is one with an error."""
        if not self._is_possible(chain, encoding.circuit.disjunction(j.decided for j in judged)):
            return []
        return [j for j in judged if chain.session.is_true(j.decided)]

    def _is_possible(self, chain: Chain, literal: Literal) -> bool:
        """Return whether some behaviour of the chain makes a literal true.

        Raises:
            GaveUpError: that is unknown.

        """
        depth, session = len(chain.links) - 1, chain.session
        reason = self.look(
            distinct=0, generated=0, depth=depth, queue=0, note=f"{chain.encoding.circuit.variables:,} gates"
        )
        if reason:
            raise GaveUpError(reason)
        chain.define(literal)
        status = session.check((literal,))
        if status == "unknown":
            raise GaveUpError(f"z3 gave up on behaviours of {depth} steps ({session.reason})")
        return status == "sat"

    def _decide(self, chain: Chain, found: list[Judged]) -> None:
        initial, moves, states = self._walk(chain)
        self._ways.append((initial, moves))
        for judged in found:
            watch = Watch(self.machine, (judged.goal,))
            match judged.goal.kind:
                case "transition":
                    is_so = watch.in_step(states[-2], states[-1])
                case "deadlock":
                    is_so = [] if self.machine.outcomes(states[-1]) else watch.in_deadlock()
                case _:
                    is_so = watch.in_state(states[-1])
            if not is_so:
                raise DisagreementError(f"nothing at the end of a behaviour decides {judged.goal.name}")
            self.decided[judged.goal] = Found(len(self._ways) - 1)

    def _walk(self, chain: Chain) -> tuple[StateValues, list[Move], list[StateValues]]:
        """Walk the behaviour of the model again: its first state, its moves, and all states.

        Raises:
            DisagreementError: the interpreter does not take one of its steps, or to another state.

        """
        is_true, encoding = chain.model(), chain.encoding
        claimed = [state_in(encoding, link.frame, is_true) for link in chain.links]
        states = [first_state(self.machine, claimed[:1])]
        moves = [move_in(link.step, is_true) for link in chain.links[:-1]]
        for move, expected in zip(moves, claimed[1:], strict=True):
            outcome = self.machine.perform(states[-1], *move)
            if not isinstance(outcome, Next) or outcome.state != expected:
                raise DisagreementError(f"{move[0]} does not lead from one state of a behaviour to the next")
            states.append(outcome.state)
        return states[0], moves, states

    def _explain_error(self, chain: Chain, trouble: Literal) -> None:
        """Find what is undefined at the end of a behaviour that decides nothing.

        Raises:
            UndefinedError: that.
            DisagreementError: nothing is.

        """
        if not self._is_possible(chain, trouble):
            raise DisagreementError("the same question has two answers")
        initial, moves, states = self._walk(chain)
        self._ways.append((initial, moves))
        self.undefined_at = Found(len(self._ways) - 1)
        watch = Watch(self.machine, self.open)
        watch.in_state(states[-1])
        if len(states) > 1:
            watch.in_step(states[-2], states[-1])
        if chain.session.is_true(chain.last.step.error):
            outcome = self.machine.perform(states[-1], *move_in(chain.last.step, chain.model()))
            if isinstance(outcome, Failure):
                raise failed(outcome, self.machine)
        raise DisagreementError("nothing is undefined at the end of a behaviour")

    def _note_cuts(self) -> None:
        """Find out which bounds cut steps of the behaviours that were looked at."""
        chain = self._chain
        if chain is None:
            return
        cuts: dict[str, list[Literal]] = {}
        for link in chain.links:
            for bound, literal in link.step.cuts.items():
                cuts.setdefault(bound, []).append(literal)
        for bound, literals in cuts.items():
            if bound in self.cut_at:
                continue
            try:
                is_met = self._is_possible(chain, chain.encoding.circuit.disjunction(literals))
            except GaveUpError:
                self.cut_at += (f"{bound}, perhaps",)
            else:
                self.cut_at += (bound,) if is_met else ()
