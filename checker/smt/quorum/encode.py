"""Writes obligations as SMT-LIB: linear integer arithmetic over the sizes of Venn regions.

What the solver reads is the text that `--smtlib` exports, byte for byte; another solver can be asked the same.
An obligation is discharged if the solver finds it unsatisfiable: there is no counterexample.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from checker.diagnostics import NOWHERE, error
from checker.smt.quorum.regions import Partition, Region, partition
from checker.smt.quorum.terms import (
    SIZE_OF_ALL,
    Add,
    Comparison,
    Covers,
    Everyone,
    Fact,
    Family,
    Named,
    Number,
    Parameter,
    Question,
    Quotient,
    Relation,
    Scaled,
    Scenario,
    SetTerm,
    Size,
    System,
    Term,
    Threshold,
)

CHOICES_MAX = 4096
"""Ways to choose a quorum from each of the families that a question names."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A text to be found unsatisfiable, or, for `sense`, satisfiable.

    refute  are there parameters and sets for which a claim is false?
    sense   are there any parameters and sets to speak of?
    spare   are there parameters for which no sets make the claim false?
    """

    name: str
    kind: Literal["refute", "sense", "spare"]
    text: str
    case: Case


@dataclass(frozen=True, slots=True)
class Case:
    """A question in which the quorums of listed families are chosen: `chosen` has the members of each, by its name.

    It stands for `count` choices that only differ in who is who.
    """

    scenario: Scenario
    question: Question
    chosen: Mapping[str, frozenset[int]]
    partition: Partition
    count: int = 1

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.scenario.parameters


def refutations(name: str, scenario: Scenario, question: Question) -> tuple[Obligation, ...]:
    """Return what has to be unsatisfiable for the answer to be yes: one obligation, or one per kind of choice.

    Raises:
        QuoraxError: Q013, if the families allow too many choices.

    """
    cases = _cases(scenario, question)
    return tuple(
        Obligation(f"{name}{_part(i, cases)}", "refute", _script(case, [_negated(case)]), case)
        for i, case in enumerate(cases)
    )


def sense(name: str, scenario: Scenario, question: Question) -> tuple[Obligation, ...]:
    """Return of what at least one has to be satisfiable for the question to say anything."""
    cases = _cases(scenario, question)
    return tuple(
        Obligation(f"{name} says something{_part(i, cases)}", "sense", _script(case, []), case)
        for i, case in enumerate(cases)
    )


def spare(name: str, scenario: Scenario, question: Question) -> Obligation:
    """Return what is unsatisfiable if, whatever the parameters, some sets make a claim false."""
    cases = _cases(scenario, question)
    found = []
    for case in cases:
        sets = " ".join(f"({region.name} Int)" for region in case.partition.regions)
        body = _all([*_natural(r.name for r in case.partition.regions), *_sets(case), _negated(case)])
        found.append(f"(exists ({sets})\n    {body})")
    lines = [
        *_header(cases[0], "LIA"),
        *(f"(declare-const {symbol(p)} Int)" for p in scenario.parameters),
        *(f"(assert {condition})" for condition in _parameters(scenario)),
        f"(assert (not {_any(found)}))",
        "(check-sat)",
    ]
    return Obligation(f"{name} fails for all", "spare", "\n".join(lines) + "\n", cases[0])


def symbol(name: str) -> str:
    """Return a name as SMT-LIB writes it, whatever it means there."""
    return f"|{name}|"


def _part(place: int, cases: tuple[Case, ...]) -> str:
    return f" ({place + 1} of {len(cases)})" if len(cases) > 1 else ""


def _cases(scenario: Scenario, question: Question) -> tuple[Case, ...]:
    """Return the question once for each way to choose from its families; ways with the same text are one case."""
    chosen_from = {b.name: b.system.quorums.sets for b in question.quorums if isinstance(b.system.quorums, Family)}
    total = 1
    for sets in chosen_from.values():
        total *= len(sets)
    if total > CHOICES_MAX:
        message = f"there are {total:,} ways to choose these quorums"
        raise error(NOWHERE, "Q013", message, f"at most {CHOICES_MAX:,} are tried: use smaller families")
    names = tuple(f.name for f in scenario.fixed)
    names += tuple(b.name for b in question.quorums if b.name not in chosen_from)
    cases: dict[str, Case] = {}
    for choice in itertools.product(*chosen_from.values()):
        chosen = dict(zip(chosen_from, choice, strict=True))
        listed = {**chosen, **_covered(question)} if scenario.members else None
        case = Case(scenario, question, chosen, partition(names, listed, len(scenario.members)))
        text = _script(case, [_negated(case)])
        known = cases.get(text)
        cases[text] = case if known is None else _more(known)
    return tuple(cases.values())


def _more(case: Case) -> Case:
    return Case(case.scenario, case.question, case.chosen, case.partition, case.count + 1)


def _covered(question: Question) -> dict[str, frozenset[int]]:
    """Return the sets of the families that must be contained somewhere, under names that no person can give."""
    families = dict.fromkeys(c.system for c in question.claims if isinstance(c, Covers))
    return {
        f"{system.name}#{i}": members
        for system in families
        if isinstance(system.quorums, Family)
        for i, members in enumerate(system.quorums.sets)
    }


def _script(case: Case, conditions: list[str]) -> str:
    names = [symbol(p) for p in case.parameters] + [region.name for region in case.partition.regions]
    regions = [*_natural(region.name for region in case.partition.regions), *_sets(case)]
    lines = [
        *_header(case, "QF_LIA"),
        *(f"(declare-const {name} Int)" for name in names),
        *(f"(assert {condition})" for condition in [*_parameters(case.scenario), *regions, *conditions]),
        "(check-sat)",
    ]
    return "\n".join(lines) + "\n"


def _header(case: Case, logic: str) -> Iterator[str]:
    names = case.partition.names
    if names:
        example = "r." + "0" * (len(names) - 1) + "1"
        yield f"; {example} is how many processes are in {names[-1]} and no other of {', '.join(names)}"
    yield f"(set-logic {logic})"


def _parameters(scenario: Scenario) -> Iterator[str]:
    yield f"(>= {symbol(SIZE_OF_ALL)} 1)"
    yield from _natural(symbol(p) for p in scenario.parameters[1:])
    if scenario.members:
        yield f"(= {symbol(SIZE_OF_ALL)} {len(scenario.members)})"
    for assumption in scenario.assumptions:
        yield _comparison(assumption.left, assumption.relation, assumption.right, None)


def _natural(names: Iterable[str]) -> Iterator[str]:
    return (f"(>= {name} 0)" for name in names)


def _sets(case: Case) -> Iterator[str]:
    """Yield what is known of the sets: all processes are in some region, and sets are as large as declared."""
    part = case.partition
    if case.scenario.members:
        for place, atom in enumerate(part.atoms):
            assert atom is not None
            yield f"(= {len(atom)} {_total(r for r in part.regions if r.atom == place)})"
    else:
        yield f"(= {symbol(SIZE_OF_ALL)} {_total(part.regions)})"
    for declared in case.scenario.fixed:
        yield _comparison(_size_of(declared.name), declared.relation, declared.size, part)
    for bound in case.question.quorums:
        quorums = bound.system.quorums
        if isinstance(quorums, Threshold):
            yield _comparison(_size_of(bound.name), "=" if quorums.is_exact else ">=", quorums.size, part)


def _size_of(name: str) -> Size:
    return Size(Named(name))


def _negated(case: Case) -> str:
    """Return that a claim is false."""
    return _any([f"(not {_claim(claim, case)})" for claim in case.question.claims])


def _claim(claim: Fact, case: Case) -> str:
    match claim:
        case Comparison(left, compare, right):
            return _comparison(left, compare, right, case.partition)
        case Covers(covering, System(_, Threshold(size, is_exact))):
            # A set of that many members contains a quorum, which has as many, or more: itself.
            enough = _comparison(Size(covering), ">=", size, case.partition)
            return _all([enough, _comparison(size, ">=", Number(0), None)]) if is_exact else enough
        case Covers(covering, System(name, Family(sets))):
            return _any([_missing(covering, f"{name}#{i}", case.partition) for i in range(len(sets))])
        case _:
            raise AssertionError(claim)


def _missing(covering: SetTerm, listed: str, part: Partition) -> str:
    """Return that a listed set has no member outside another set."""
    inside = part.within(covering)
    return f"(= 0 {_total(r for r in part.regions if listed in r.inside and r not in inside)})"


def _comparison(left: Term, compare: Relation, right: Term, part: Partition | None) -> str:
    first, second = _number(left, part), _number(right, part)
    return f"(not (= {first} {second}))" if compare == "!=" else f"({compare} {first} {second})"


def _number(term: Term, part: Partition | None) -> str:
    """Return a number; SMT-LIB's `div` by a positive constant rounds down."""
    match term:
        case Number(value):
            return _integer(value)
        case Parameter(name):
            return symbol(name)
        case Size(Everyone()):
            return symbol(SIZE_OF_ALL)
        case Size(of):
            assert part is not None, "assumptions speak of parameters only"
            return _total(part.within(of))
        case Add(left, right):
            return f"(+ {_number(left, part)} {_number(right, part)})"
        case Scaled(factor, inner):
            return f"(* {_integer(factor)} {_number(inner, part)})"
        case Quotient(inner, divisor, False):
            return f"(div {_number(inner, part)} {divisor})"
        case Quotient(inner, divisor, _):
            return f"(- (div (- {_number(inner, part)}) {divisor}))"
        case _:
            assert_never(term)


def _integer(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"


def _total(regions: Iterable[Region]) -> str:
    names = [region.name for region in regions]
    return "0" if not names else names[0] if len(names) == 1 else f"(+ {' '.join(names)})"


def _all(conditions: list[str]) -> str:
    return "true" if not conditions else conditions[0] if len(conditions) == 1 else f"(and {' '.join(conditions)})"


def _any(conditions: list[str]) -> str:
    return "false" if not conditions else conditions[0] if len(conditions) == 1 else f"(or {' '.join(conditions)})"
