"""Ways to ask questions in tests, and to look for counterexamples by trying everything."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from checker.diagnostics import QuoraxError
from checker.smt.quorum.build import Inquiry, build_inquiry
from checker.smt.quorum.counterexample import Counterexample, World, refutes
from checker.smt.quorum.prove import Answers, Result, answer
from checker.smt.quorum.syntax import parse_lines
from checker.smt.quorum.terms import Question, Scenario


def answers(*lines: str) -> Answers:
    return answer(build_inquiry(parse_lines(lines)))


def answered(inquiry: Inquiry) -> Result | None:
    """Return the answer to the one question, or None if there is nothing that it speaks of."""
    try:
        (result,) = answer(inquiry).results
    except QuoraxError as problem:
        if [d.code for d in problem.diagnostics] != ["Q010"]:
            raise
        return None
    return result


def worlds(scenario: Scenario, question: Question, parameters: dict[str, int]) -> Iterator[Counterexample]:
    """Yield every way to choose the sets of a question, at some parameters, that is as the scenario says."""
    count = parameters["n"]
    members = scenario.members or tuple(f"p{i}" for i in range(count))
    names = [f.name for f in scenario.fixed] + [b.name for b in question.quorums]
    for masks in itertools.product(range(1 << count), repeat=len(names)):
        sets = {
            name: frozenset(i for i in range(count) if mask >> i & 1) for name, mask in zip(names, masks, strict=True)
        }
        if World(parameters, sets, count).is_of(scenario, question):
            yield Counterexample(members, parameters, sets)


def counterexamples(scenario: Scenario, question: Question, parameters: dict[str, int]) -> Iterator[Counterexample]:
    return (world for world in worlds(scenario, question, parameters) if refutes(world, scenario, question))
