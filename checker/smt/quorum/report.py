"""Answers about quorums as text for a person, as JSON for programs, and as SMT-LIB for other solvers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from checker import __version__
from checker.smt.quorum.counterexample import Counterexample
from checker.smt.quorum.explain import rows
from checker.smt.quorum.facts import Fact, LeftOut
from checker.smt.quorum.prove import Answers, Discharge, Result, Tightness
from checker.smt.quorum.terms import SIZE_OF_ALL, Question, Scenario

Paint: TypeAlias = Callable[[str, str], str]
"""Puts a text in a style: good, bad, doubtful, faint or bold."""

SCHEMA = "quorax-quorum/1"

_STYLES = {"holds": "good", "refuted": "bad", "unknown": "doubtful", "tight": "good", "slack": "bad"}
_WORDS = {"holds": "tight", "refuted": "slack", "unknown": "unknown"}
"""The words for how tight a statement is."""


def show_domain(scenario: Scenario) -> str:
    """Return what a scenario is about: "for all n >= 1, f >= 0 with n = 3*f + 1"."""
    sizes = [] if scenario.members else [f"{SIZE_OF_ALL} >= 1"]
    sizes += [f"{p} >= 0" for p in scenario.parameters[1:]]
    parts = [f"for the {len(scenario.members)} processes {', '.join(scenario.members)}"] if scenario.members else []
    parts += [f"for all {', '.join(sizes)}"] if sizes else []
    given = f" with {', '.join(map(str, scenario.assumptions))}" if scenario.assumptions else ""
    return " and ".join(parts) + given


def show_parameters(parameters: dict[str, int]) -> str:
    """Return values of parameters: "n = 4, f = 1"."""
    return ", ".join(f"{name} = {value}" for name, value in parameters.items())


def answers_lines(answers: Answers, paint: Paint) -> Iterator[str]:
    """Yield a line per answer, with the counterexamples, and what solvers were asked."""
    for result in answers.results:
        yield _line(result.word, f"{result.question.text}{_because(result.reason)}", paint)
        if result.counterexample is not None:
            yield from _counterexample(result, result.counterexample)
    for tight in answers.tightness:
        yield from _tightness(tight, paint)
    yield ""
    yield solvers_line(answers.discharges)


def facts_lines(facts: Iterable[Fact], left_out: Iterable[LeftOut], paint: Paint) -> Iterator[str]:
    """Yield the facts that hold with what they rest on, then what was refuted, and what was left out."""
    facts = tuple(facts)
    for sort in dict.fromkeys(fact.sort for fact in facts):
        own = [fact for fact in facts if fact.sort == sort]
        yield f"quorums of {sort}; n is how many there are. Assumed, and declared by the model:"
        yield from (f"  {statement}" for statement in own[0].statements)
        yield ""
        for fact in sorted(own, key=lambda f: ("holds", "unknown", "refuted").index(f.word)):
            found = fact.result.counterexample
            yield _line(fact.word, f"{fact.text}{_because(fact.result.reason)}{_brief(found)}", paint)
        yield ""
    yield from (_line("unknown", f"{left.system}: {left.reason}", paint) for left in left_out)
    if facts:
        yield solvers_line([d for fact in facts for d in fact.result.discharges])


def solvers_line(discharges: Iterable[Discharge]) -> str:
    """Return how many obligations there were and, if a second solver was asked, on how many it agrees."""
    discharges = tuple(discharges)
    text = f"z3: {len(discharges)} obligation{'s' * (len(discharges) != 1)}"
    asked = [d for d in discharges if d.second is not None]
    if not asked:
        return text
    text += f"; cvc5 agrees on {sum(d.agree is True for d in asked)}"
    undecided = sum(d.agree is None for d in asked)
    disputed = [d.obligation.name for d in asked if d.agree is False]
    text += f", does not know {undecided}" if undecided else ""
    return text + (f", CONTRADICTS {', '.join(disputed)}" if disputed else "")


def cross_check_lines(discharges: Iterable[Discharge]) -> Iterator[str]:
    """Yield a line per obligation with what each solver says."""
    for d in discharges:
        second = d.second.answer if d.second else "not asked"
        yield f"  {d.obligation.name}: z3 {d.solved.answer}, cvc5 {second}"


def answers_document(answers: Answers) -> dict[str, Any]:
    """Return answers as a JSON document."""
    return {
        "schema": SCHEMA,
        "quorax": __version__,
        "results": [_result(result) for result in answers.results],
        "tightness": [_tight(tight) for tight in answers.tightness],
    }


def facts_document(model: str, facts: Iterable[Fact], left_out: Iterable[LeftOut]) -> dict[str, Any]:
    """Return facts about a model as a JSON document."""
    return {
        "schema": SCHEMA,
        "quorax": __version__,
        "model": model,
        "facts": [
            {"kind": f.kind, "sort": f.sort, "systems": list(f.systems), "outside": f.outside}
            | {"statements": list(f.statements)}
            | _result(f.result)
            for f in facts
        ],
        "left_out": [{"system": left.system, "reason": left.reason} for left in left_out],
    }


def smtlib(discharges: Iterable[Discharge]) -> str:
    """Return obligations as one SMT-LIB script, with what each has to be."""
    parts = []
    for d in discharges:
        wanted = "sat" if d.obligation.kind == "sense" else "unsat"
        part = f"; {d.obligation.name}: {d.obligation.case.question.text}\n; as it should be if {wanted}\n"
        parts.append(part + d.obligation.text)
    return "(reset)\n\n".join(parts)


def _line(word: str, text: str, paint: Paint) -> str:
    return f"{paint(f'{word:<7}', _STYLES[word])}  {text}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _brief(found: Counterexample | None) -> str:
    return "" if found is None else f"  ({show_parameters(dict(found.parameters))})"


def _counterexample(result: Result, found: Counterexample) -> Iterator[str]:
    yield f"         smallest counterexample: {show_parameters(dict(found.parameters))}"
    yield from _set_lines(found, result.scenario, result.question)


def _set_lines(found: Counterexample, scenario: Scenario, question: Question) -> Iterator[str]:
    shown = [(row.label, _members(row.members, found.members), row.remark) for row in rows(found, scenario, question)]
    label_width, member_width = (max((len(line[i]) for line in shown), default=0) for i in (0, 1))
    for label, members, remark in shown:
        yield f"           {label:<{label_width}}  {members:<{member_width}}  {remark}".rstrip()


def _members(members: frozenset[int], names: tuple[str, ...]) -> str:
    return "{" + ", ".join(names[i] for i in sorted(members)) + "}"


def _tightness(tight: Tightness, paint: Paint) -> Iterator[str]:
    parameters = tight.weaker.scenario.parameters
    match tight.word:
        case "holds":
            said = f"fails, whatever {', '.join(parameters)} {'is' if len(parameters) == 1 else 'are'}"
        case "refuted":
            said = f"still holds if {show_parameters(tight.spared or {})}"
        case _:
            said = f"may or may not hold: {tight.reason}"
    yield _line(_WORDS[tight.word], f"{tight.before}: with {tight.after}, `{tight.question.text}` {said}", paint)
    if tight.weaker.counterexample is not None:
        yield from _counterexample(tight.weaker, tight.weaker.counterexample)


def _result(result: Result) -> dict[str, Any]:
    found = result.counterexample
    return {
        "question": result.question.text,
        "verdict": result.word,
        "for_all": show_domain(result.scenario),
        "reason": result.reason,
        "obligations": [_discharge(d) for d in result.discharges],
        "counterexample": None if found is None else _found(found, result),
    }


def _found(found: Counterexample, result: Result) -> dict[str, Any]:
    return {
        "parameters": dict(found.parameters),
        "members": list(found.members),
        "sets": {name: [found.members[i] for i in sorted(members)] for name, members in found.sets.items()},
        "rows": [
            {"kind": row.kind, "set": row.label, "members": [found.members[i] for i in sorted(row.members)]}
            | {"remark": row.remark}
            for row in rows(found, result.scenario, result.question)
        ],
    }


def _tight(tight: Tightness) -> dict[str, Any]:
    return {
        "question": tight.question.text,
        "statement": tight.before,
        "weakened": tight.after,
        "verdict": _WORDS[tight.word],
        "reason": tight.reason,
        "spared": tight.spared,
        "obligations": [_discharge(d) for d in tight.discharges],
        "weaker": _result(tight.weaker),
    }


def _discharge(d: Discharge) -> dict[str, Any]:
    return {
        "name": d.obligation.name,
        "kind": d.obligation.kind,
        "choices": d.obligation.case.count,
        "z3": d.solved.answer,
        "seed": d.solved.seed,
        "cvc5": None if d.second is None else d.second.answer,
    }
