"""Temporal properties in compiled code: decided on the labelled graph of a complete search, as the interpreter does it.

The counterpart of `checker.interp.edges` and `checker.interp.liveness`, and what is reported is the same. A lasso that
was found is walked by the interpreter, which evaluates the formula on it and looks whether it is fair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from checker.diagnostics import QuoraxError
from checker.explicit.findings import DisagreementError, NativeFindings
from checker.explicit.generate.labels import Labelling
from checker.explicit.graph import Answer, Graph
from checker.explicit.library import CSpot, Glance, Search, Trouble, Words
from checker.interp.edges import predicate_of
from checker.interp.errors import ModelError
from checker.interp.explore import Found, Look
from checker.interp.machine import Machine
from checker.interp.replay import replay
from checker.interp.watch import UndefinedError
from checker.ir.system import System
from checker.temporal.automaton import Automaton
from checker.temporal.constraints import Constraints
from checker.temporal.fairness import Strength, TemporalProperty
from checker.temporal.formula import atoms_of, premise_of
from checker.temporal.lasso import Lasso, is_satisfied
from checker.temporal.translate import violations_of
from checker.trace.trace import Trace
from checker.trace.verdict import Holds, Report, Result, Unknown, Verdict, Violated

TOO_LARGE = "there are more than 4,294,967,294 states, or pairs of a state and a moment of the formula"


class OutgrownPredicateError(Exception):
    """A predicate lists more than there is room for. `number` is that of the listed type in the program."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(slots=True)
class Claims:
    """The temporal properties of a run: what a program has to say for them, and the verdicts on them."""

    machine: Machine
    properties: tuple[TemporalProperty, ...]
    labelling: Labelling = field(init=False)
    _automata: tuple[Automaton, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Look up what the properties name.

        Raises:
            QuoraxError: R020 and R021 for names that the model does not have, S015 for a formula that is too large.

        """
        automata = [violations_of(p) for p in self.properties]
        atoms = tuple(dict.fromkeys(name for p in self.properties for name in atoms_of(p.formula)))
        for name in atoms:
            predicate_of(self.machine, name)
        Constraints(self.machine.system, self.properties)
        declared = dict.fromkeys((f.action, f.per) for p in self.properties for f in p.fairness)
        self.labelling = Labelling(atoms, tuple(declared))
        self._automata = tuple(_renamed(automaton, atoms) for automaton in automata)

    def decide(
        self, findings: NativeFindings, search: Search, look: Look, bytes_max: int, base: System | None
    ) -> Decided:
        """Return what is to be said of the properties once a search has ended.

        If a predicate has no value somewhere, the findings are told: then it is an error of the model.

        Raises:
            OutgrownPredicateError: a predicate needs larger lists.
            DisagreementError: the interpreter does not see what compiled code saw.

        """
        graph = Graph(search)
        judge = _Judge(self, findings, graph, look, bytes_max, base)
        try:
            return judge.decided()
        finally:
            graph.close()

    def automaton(self, asked: TemporalProperty) -> Automaton:
        """Return the automaton of what violates a property, its atoms those of the labelling."""
        return self._automata[self.properties.index(asked)]

    def declarations(self, asked: TemporalProperty, strength: Strength) -> set[int]:
        """Return the numbers of what a property declares fair in this strength."""
        declared = {(f.action, f.per) for f in asked.fairness if f.strength == strength}
        return {number for number, fair in enumerate(self.labelling.fairness) if fair in declared}

    def letter(self, bits: int) -> frozenset[str]:
        """Return the predicates of a letter."""
        return frozenset(name for bit, name in enumerate(self.labelling.atoms) if bits >> bit & 1)


@dataclass(frozen=True, slots=True)
class Decided:
    """Verdicts on temporal properties, in the order in which they were asked for, and what is remarked on them."""

    results: tuple[Result, ...]
    vacuous: tuple[str, ...] = ()
    stopped_by: str = ""

    def added_to(self, report: Report) -> Report:
        """Return a report on everything else with these results as well."""
        remarks = tuple(f"{name} says nothing: its premise is true in no state" for name in self.vacuous)
        return replace(
            report,
            results=(*report.results, *self.results),
            stopped_by=report.stopped_by or self.stopped_by,
            vacuous=(*report.vacuous, *self.vacuous),
            warnings=(*report.warnings, *remarks),
        )


@dataclass(slots=True)
class _Judge:
    """The verdicts on the properties, one after the other."""

    claims: Claims
    findings: NativeFindings
    graph: Graph
    look: Look
    bytes_max: int
    base: System | None
    stopped_by: str = ""

    def decided(self) -> Decided:
        if self.findings.is_complete:
            missing = self._record()
            if missing:
                return self._all(Unknown(missing))
        if not self.findings.is_complete:
            return self._all(Unknown(f"not every state was explored: {self.findings.stopped_by}"))
        results = tuple(Result(p.name, "temporal", self._verdict(p)) for p in self.claims.properties)
        letters = [self.claims.letter(bits) for bits in self.graph.letters]
        vacuous = tuple(p.name for p in self.claims.properties if _is_vacuous(p, letters))
        return Decided(results, vacuous, self.stopped_by)

    def _all(self, verdict: Verdict) -> Decided:
        results = tuple(Result(p.name, "temporal", verdict) for p in self.claims.properties)
        return Decided(results, stopped_by=self.stopped_by)

    def _record(self) -> str:
        """Record the graph, and return why that did not end, if it did not."""
        answer, stopped = self.graph.record(self._bytes_left(), self._looking("recording the steps between states"))
        if answer is not Answer.NONE:
            return self._ended_early(answer, stopped)
        match Trouble(self.graph.recorded.trouble):
            case Trouble.NONE:
                return ""
            case Trouble.OUTGROWN:
                raise OutgrownPredicateError(self.graph.recorded.trouble_detail)
            case Trouble.OVERFLOW:
                return "an integer beyond 64 bits in a predicate: use --engine interp"
            case Trouble.UNDEFINED:
                return self._explain_undefined(self.graph.recorded.trouble_at)

    def _explain_undefined(self, spot: CSpot) -> str:
        """Tell the findings where a predicate has no value; return why nobody knows where, if so.

        Raises:
            DisagreementError: every predicate has a value there.

        """
        ways = self.findings.search.paths([spot], self._show)
        if ways is None:
            self.stopped_by = "interrupted"
            return "interrupted while the trace to an error of the model was looked for"
        number = self.findings.add_way(ways[0])
        state, machine = self.findings.ways[number].states[-1], self.findings.machine
        for name in self.claims.labelling.atoms:
            try:
                predicate_of(machine, name)(state)
            except ModelError as problem:
                self.findings.undefined = UndefinedError(f"the predicate {name}", problem)
                self.findings.undefined_at = Found(number)
                self.findings.is_complete, self.findings.stopped_by = False, "an error of the model"
                return ""
        raise DisagreementError("every predicate has a value at the end of a way")

    def _verdict(self, asked: TemporalProperty) -> Verdict:
        weak, strong = (self.graph.constraints(self.claims.declarations(asked, s)) for s in ("weak", "strong"))
        look = self._looking(f"searching for a cycle that violates {asked.name}")
        try:
            answer, lasso, stopped = self.graph.find(
                self.claims.automaton(asked), weak, strong, self._bytes_left(), look
            )
            if lasso is not None:
                return Violated(self._trace(lasso, asked))
        except KeyboardInterrupt:
            answer, stopped = Answer.STOPPED, "interrupted"
        if answer is not Answer.NONE:
            return Unknown(self._ended_early(answer, stopped))
        if self.findings.cuts:
            bounds = ", ".join(sorted(self.findings.cuts))
            return Unknown(f"boundary: {self.findings.cuts.total():,} transitions were cut by {bounds}")
        return Holds("exhaustive")

    def _trace(self, lasso: Lasso, asked: TemporalProperty) -> Trace:
        numbers = [lasso.start, *(self.graph.target(edge) for edge in (*lasso.stem, *lasso.cycle))]
        way: list[Words] = [self.graph.state(number) for number in numbers]
        walked = self.findings.ways[self.findings.add_way(way)]
        system, instance = self.findings.machine.system, self.findings.machine.instance
        start, again = walked.states[0], len(lasso.stem)
        try:
            return replay(system, instance, start, walked.moves, temporal=asked, base=self.base, loop_start=again)
        except QuoraxError as wrong:
            raise DisagreementError(f"what violates {asked.name} in compiled code does not: {wrong}") from wrong

    def _show(self, glance: Glance) -> str:
        """Report progress; what was found is not given up for a limit."""
        self._looking("")(glance)
        return ""

    def _looking(self, note: str) -> Callable[[Glance], str]:
        """Return what looks at the clock meanwhile, and reports progress."""
        return lambda glance: self.look(
            distinct=glance.states, generated=glance.generated, depth=glance.depth, queue=0, note=note
        )

    def _bytes_left(self) -> int:
        """Return what may still be allocated; at least one byte, since none is no limit."""
        used = self.findings.search.glance().memory_bytes + int(self.graph.recorded.bytes)
        return max(1, self.bytes_max - used)

    def _ended_early(self, answer: Answer, stopped: str) -> str:
        match answer:
            case Answer.STOPPED:
                why = stopped or "interrupted"
            case Answer.NO_MEMORY:
                why = f"the memory limit of {self.bytes_max:,} bytes"
            case Answer.TOO_LARGE:
                why = TOO_LARGE
            case _:
                raise DisagreementError("the states of the graph are not those of the search")
        self.stopped_by = self.stopped_by or why
        return f"the search for a violating cycle did not end: {why}"


def _is_vacuous(asked: TemporalProperty, letters: list[frozenset[str]]) -> bool:
    """Return whether a property is of the form "whenever p", and p is true in no state."""
    premise = premise_of(asked.formula)
    return premise is not None and not any(is_satisfied(premise, [letter], 0) for letter in letters)


def _renamed(automaton: Automaton, atoms: tuple[str, ...]) -> Automaton:
    """Return an automaton with atoms numbered as in a longer list."""

    def bits(own: int) -> int:
        return sum(1 << atoms.index(name) for bit, name in enumerate(automaton.atoms) if own >> bit & 1)

    locations = tuple(replace(v, must=bits(v.must), must_not=bits(v.must_not)) for v in automaton.locations)
    return replace(automaton, atoms=atoms, locations=locations)
