"""What is true of a model's quorum systems: which of them meet, and in whom, proved for every size.

The facts are derived, never typed in: the declarations become statements of the language of questions, a list of
questions is asked about every one, two and three of the systems, and each is proved or refuted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from checker.diagnostics import NOWHERE, QuoraxError, error
from checker.ir.instance import Instance
from checker.ir.system import GivenDecl, QuorumDecl, System
from checker.ir.types import SetType, SortType, Value
from checker.smt.quorum.build import Inquiry, build_inquiry
from checker.smt.quorum.prove import Answers, Result, Solver, Word, answer, ask
from checker.smt.quorum.syntax import Statement, parse_lines
from checker.smt.quorum.terms import SIZE_OF_ALL

DERIVED = "<declared quorums>"
"""The file that statements made from a model's declarations come from."""

TOGETHER_MAX = 3
"""Quorums of which it is asked whether they meet."""

Kind: TypeAlias = Literal["meet", "available"]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something proved or refuted about the quorum systems over one sort.

    meet       any quorums of `systems`, one of each in turn, have a member in common
    available  all members together, or all that are not in `outside`, contain a quorum of the one system

    `outside`, if it is not None, is the set of Byzantine members, and then the common member is none of these.
    `statements` are everything that it was derived from, in the language of questions.
    """

    kind: Kind
    sort: str
    systems: tuple[str, ...]
    outside: str | None
    statements: tuple[str, ...]
    result: Result

    @property
    def text(self) -> str:
        """The fact as a question is asked."""
        return self.result.question.text

    @property
    def word(self) -> Word:
        return self.result.word


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A quorum system about which nothing can be derived, and why."""

    system: str
    reason: str


def intersection_facts(system: System, assumptions: Sequence[str] = ()) -> tuple[Fact, ...]:
    """Return what holds of a model's quorum systems for every number of members: axioms for a proof for any size.

    `assumptions` are statements about `n` (the number of members), the model's constants and its Byzantine set, such as
    ``n = 3*f + 1`` and ``byzantine: size <= f``; whoever uses a fact assumes them, and that quorums are as large as
    the model says: an instance may list others.

    Raises:
        QuoraxError: as `examined_facts`.

    """
    facts, _ = examined_facts(system, assumptions)
    return tuple(fact for fact in facts if fact.word == "holds")


def examined_facts(
    system: System, assumptions: Sequence[str] = (), instance: Instance | None = None, *, second: Solver | None = None
) -> tuple[tuple[Fact, ...], tuple[LeftOut, ...]]:
    """Return all that was asked about a model's quorum systems, whatever the answer, and the systems left out.

    With an `instance` its sizes, constants and families are taken, and what is found is true of that instance only.

    Raises:
        QuoraxError: Q001 to Q012 for assumptions that cannot be read or contradict the model, Q015 for assumptions
            about a model whose quorums are over several sorts.

    """
    sorts = tuple(dict.fromkeys(decl.type.base.name for decl in system.quorums))
    if assumptions and len(sorts) > 1:
        message = f"{system.name} has quorums over {', '.join(sorts)}: which of them are n?"
        raise error(NOWHERE, "Q015", message, "ask about each with statements of your own")
    facts: list[Fact] = []
    left_out: list[LeftOut] = []
    given = parse_lines(assumptions)
    for sort in sorts:
        declared: list[QuorumDecl] = []
        for decl in system.quorums:
            if decl.type.base.name == sort:
                reason = _why_not(system, decl, instance)
                if reason:
                    left_out.append(LeftOut(decl.type.name, reason))
                else:
                    declared.append(decl)
        facts += _sort_facts(system, sort, declared, given, instance, second)
    return tuple(facts), tuple(left_out)


def answers_beside(
    system: System, statements: Sequence[str], instance: Instance | None = None, *, second: Solver | None = None
) -> Answers:
    """Return the answers to the questions among statements about a model, none if they are assumptions only.

    Raises:
        QuoraxError: as `examined_facts`; Q010 for a question whose assumptions contradict each other.

    """
    given = parse_lines(statements)
    sorts = tuple(dict.fromkeys(decl.type.base.name for decl in system.quorums))
    if not given or len(sorts) != 1:
        return Answers((), ())
    declared = [decl for decl in system.quorums if not _why_not(system, decl, instance)]
    lines = _lines(system, sorts[0], declared, given, instance)
    inquiry = _inquiry(given, (*lines, "|everyone| = n"))  # a question, since an inquiry has one
    asked = len(inquiry.questions) - 1
    weakened = tuple(replace(w, questions=w.questions[:asked]) for w in inquiry.weakened)
    return answer(replace(inquiry, questions=inquiry.questions[:asked], weakened=weakened), second=second)


def _why_not(system: System, decl: QuorumDecl, instance: Instance | None) -> str:
    """Return why nothing can be derived about a system, or nothing if something can."""
    if any(g.name == SIZE_OF_ALL for g in system.givens):
        return f"the model's constant {SIZE_OF_ALL} would be taken for the number of members, which its sizes call N"
    if instance is not None:
        return ""
    if not decl.size:
        return "each instance lists its sets: give an instance"
    liars = [f"{g.name}: size <= n" for g in system.givens if g.kind == "byzantine"]
    try:
        build_inquiry(parse_lines([*liars, _threshold(decl), f"everyone covers {decl.type.name}"], DERIVED))
    except QuoraxError as problem:
        return f"its size {decl.size} cannot be read: {problem.diagnostics[0].message}"
    return ""


def _sort_facts(
    system: System,
    sort: str,
    declared: Sequence[QuorumDecl],
    given: tuple[Statement, ...],
    instance: Instance | None,
    second: Solver | None,
) -> Iterator[Fact]:
    liars = _liars_of(system, sort)
    asked = list(_questions([decl.type.name for decl in declared], [g.name for g in liars]))
    if not asked:
        return
    lines = _lines(system, sort, declared, given, instance)
    inquiry = _inquiry(given, (*lines, *(text for text, *_ in asked)))
    naturals = (f"{p} >= {int(p == SIZE_OF_ALL)}" for p in inquiry.scenario.parameters)
    users = {q.text for q in inquiry.questions[: len(inquiry.questions) - len(asked)]}
    shown = (*(s.text for s in given if s.text not in users), *lines, *naturals)
    own = inquiry.questions[len(inquiry.questions) - len(asked) :]
    for (_, kind, systems, outside), question in zip(asked, own, strict=True):
        result = ask(inquiry.scenario, question, question.text, second=second)
        yield Fact(kind, sort, systems, outside, shown, result)


def _lines(
    system: System, sort: str, declared: Sequence[QuorumDecl], given: tuple[Statement, ...], instance: Instance | None
) -> list[str]:
    """Return what a model declares about the quorums over a sort, as statements."""
    lines = [*_declarations(declared, instance), *_liars(_liars_of(system, sort), given, instance)]
    return lines if instance is None else [*lines, *_constants(system, sort, instance)]


def _inquiry(given: tuple[Statement, ...], lines: Sequence[str]) -> Inquiry:
    return build_inquiry((*given, *parse_lines(lines, DERIVED)))


def _liars_of(system: System, sort: str) -> list[GivenDecl]:
    return [g for g in system.givens if g.kind == "byzantine" and g.type == SetType(SortType(sort))]


def _questions(names: Sequence[str], liars: Sequence[str]) -> Iterator[tuple[str, Kind, tuple[str, ...], str | None]]:
    """Yield each question with what it is about."""
    places: tuple[str | None, ...] = (None, *liars)
    for name in names:
        for outside in places:
            yield f"{_those(outside) or 'everyone'} covers {name}", "available", (name,), outside
    for together in range(1, TOGETHER_MAX + 1):
        for systems in itertools.combinations_with_replacement(names, together):
            for outside in places:
                where = f" in {_those(outside)}" if outside else ""
                yield f"any {', '.join(systems)} meet{where}", "meet", systems, outside


def _those(outside: str | None) -> str:
    return "" if outside is None else "honest" if outside == "byzantine" else f"not {outside}"


def _threshold(decl: QuorumDecl) -> str:
    return f"quorum {decl.type.name}: size = {decl.size}"


def _declarations(declared: Sequence[QuorumDecl], instance: Instance | None) -> Iterator[str]:
    """Yield the systems as statements. No instance has a quorum of no members, or of more than there are."""
    if instance is not None and declared:
        yield f"everyone = {{{', '.join(instance.domains[declared[0].type.base.name])}}}"
    for decl in declared:
        setting = None if instance is None else instance.settings.get(decl.type.name)
        if instance is not None and isinstance(setting, tuple):
            yield f"family {decl.type.name} = {{{', '.join(_family(decl, instance))}}}"
            continue
        size = decl.size if setting is None else str(setting)
        yield f"quorum {decl.type.name}: size = {size}"
        yield f"1 <= {size} <= n"


def _family(decl: QuorumDecl, instance: Instance) -> Iterator[str]:
    members = instance.domains[decl.type.base.name]
    for quorum in instance.quorums[decl.type.name]:
        yield f"{{{', '.join(members[i] for i in sorted(quorum))}}}"


def _liars(liars: Sequence[GivenDecl], given: tuple[Statement, ...], instance: Instance | None) -> Iterator[str]:
    """Yield the Byzantine sets of which the assumptions say nothing: they may be any."""
    said = {str(_body(s).children[0]) for s in given if _rule(s) == "fixed"}
    for liar in liars:
        if liar.name not in said:
            members: Value = None if instance is None else instance.givens[liar.name]
            yield f"{liar.name}: size {'<= n' if members is None else f'= {len(members)}'}"


def _rule(statement: Statement) -> str:
    return str(_body(statement).data)


def _body(statement: Statement) -> Any:
    return statement.tree.children[-1]


def _constants(system: System, sort: str, instance: Instance) -> Iterator[str]:
    yield f"n = {instance.size(sort)}"
    for given in system.givens:
        value = instance.givens[given.name]
        if given.kind == "constant" and isinstance(value, int):
            yield f"{given.name} = {value}"
