"""Makes a scenario and its questions out of statements, and the same with one assumption weakened by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias

from checker.diagnostics import NOWHERE, Diagnostic, QuoraxError, error
from checker.smt.quorum.numbers import Builder, integer, relation
from checker.smt.quorum.syntax import Statement
from checker.smt.quorum.terms import (
    SIZE_OF_ALL,
    Both,
    Bound,
    Comparison,
    Covers,
    Fact,
    Family,
    FixedSet,
    Named,
    Not,
    Number,
    Parameter,
    Question,
    Quotient,
    Relation,
    Scenario,
    SetTerm,
    Size,
    System,
    Term,
    Threshold,
    parameters_of,
    plus,
    sizes,
)

if TYPE_CHECKING:
    from lark import Token, Tree

    Node: TypeAlias = Tree[Token]

SETS_MAX = 8
"""Sets in one question, the fixed ones with them: 2^8 regions."""

GRID_MAX = 64
"""Processes in a grid."""

MAJORITY = plus(Quotient(Parameter(SIZE_OF_ALL), 2), 1)

_WEAKER_RELATION: dict[Relation, tuple[Relation, int]] = {
    ">=": ("=", -1),
    ">": ("=", 0),
    "=": ("=", -1),
    "<=": ("=", 1),
    "<": ("=", 0),
}
"""What is just outside a comparison, and by how much its right side is moved for it."""


@dataclass(frozen=True, slots=True)
class Weakened:
    """An inquiry with one statement weakened by one; `before` and `after` are that statement."""

    before: str
    after: str
    scenario: Scenario
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was asked: `weakened` has one entry for each statement marked `tight`."""

    scenario: Scenario
    systems: tuple[System, ...]
    questions: tuple[Question, ...]
    weakened: tuple[Weakened, ...] = ()


def build_inquiry(statements: Sequence[Statement]) -> Inquiry:
    """Return what the statements ask.

    Raises:
        QuoraxError: Q002 to Q009 and Q011, Q012 for what is wrong with a statement, one diagnostic for each.

    """
    whole = _Reading(statements)
    inquiry = whole.inquiry()
    weakened: list[Weakened] = []
    for place, statement in enumerate(statements):
        if _is_tight(statement):
            reading = _Reading(statements, weaker=place)
            weaker = reading.inquiry()
            weakened.append(Weakened(_plain(statement), reading.weakened_text, weaker.scenario, weaker.questions))
    return Inquiry(inquiry.scenario, inquiry.systems, inquiry.questions, tuple(weakened))


@dataclass(slots=True)
class _Reading:
    """Reads statements, in three sweeps: names, declarations and assumptions, questions.

    `weaker` is the place of a statement that is to be weakened by one. `is_closed` says that all processes are listed.
    """

    statements: Sequence[Statement]
    weaker: int | None = None
    weakened_text: str = ""
    parameters: dict[str, None] = field(default_factory=lambda: {SIZE_OF_ALL: None})
    members: dict[str, int] = field(default_factory=dict)
    is_closed: bool = False
    sets: dict[str, SetTerm] = field(default_factory=dict)
    systems: dict[str, System] = field(default_factory=dict)
    fixed: list[FixedSet] = field(default_factory=list)
    assumptions: list[Comparison] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)

    def inquiry(self) -> Inquiry:
        """Return what the statements say.

        Raises:
            QuoraxError: everything that is wrong with them.

        """
        for sweep in (self._names, self._declaration, self._question):
            for place, statement in enumerate(self.statements):
                try:
                    sweep(place, statement, statement.tree.children[-1])
                except QuoraxError as found:
                    self.problems += found.diagnostics
            if self.problems:
                raise QuoraxError(self.problems)
        if not self.questions:
            raise error(NOWHERE, "Q003", "nothing is asked", "ask, for example: any Q, Q meet in honest")
        scenario = Scenario(tuple(self.parameters), tuple(self.assumptions), tuple(self.fixed), tuple(self.members))
        return Inquiry(scenario, tuple(self.systems.values()), tuple(self.questions))

    def _names(self, _place: int, statement: Statement, body: Any) -> None:
        """Note what a declaration declares, so that statements may stand in any order."""
        match body.data:
            case "quorum" | "family":
                self._declare_system(statement, body.children[0], Threshold(Number(0)))
            case "grid":
                for token in body.children[:2]:
                    self._declare_system(statement, token, Threshold(Number(0)))
            case "fixed":
                self._declare_set(statement, body.children[0])
            case "processes":
                self._refuse_tight(statement)
                if self.is_closed:
                    raise error(statement.span(body), "Q002", "everyone is declared twice", "list all processes once")
                self._listed(statement, body.children[0])
                self.is_closed = True

    def _declare_system(self, statement: Statement, token: Token, quorums: Threshold) -> None:
        self._refuse_twice(statement, token)
        self.systems[str(token)] = System(str(token), quorums)

    def _declare_set(self, statement: Statement, token: Token) -> None:
        self._refuse_twice(statement, token)
        self.sets[str(token)] = Named(str(token))
        if str(token) == "byzantine":
            if "honest" in self.sets:
                message = "honest is the complement of byzantine"
                raise error(statement.span(token), "Q002", message, "give the other set another name")
            self.sets["honest"] = Not(Named("byzantine"))

    def _refuse_twice(self, statement: Statement, token: Token) -> None:
        name = str(token)
        if name in self.sets or name in self.systems:
            raise error(statement.span(token), "Q002", f"{name} is declared twice", "give each its own name")
        if name in (SIZE_OF_ALL, "N"):
            message = f"{name} is the number of processes"
            raise error(statement.span(token), "Q002", message, "give the set another name")

    def _declaration(self, place: int, statement: Statement, body: Any) -> None:
        is_weaker = place == self.weaker
        match body.data:
            case "quorum":
                self._quorum(statement, body, is_weaker)
            case "fixed":
                self._fixed(statement, body, is_weaker)
            case "family":
                self._refuse_tight(statement)
                name = str(body.children[0])
                sets = tuple(self._listed(statement, members) for members in body.children[1:])
                self.systems[name] = System(name, Family(tuple(dict.fromkeys(sets))))
            case "grid":
                self._refuse_tight(statement)
                self._grid(statement, *body.children)
            case "comparison":
                links = self._builder(statement).comparisons(body)
                if not _speaks_of_sets(links):
                    self._assume(statement, links, is_weaker)

    def _quorum(self, statement: Statement, body: Any, is_weaker: bool) -> None:
        name = str(body.children[0])
        if len(body.children) == 2:
            quorums = Threshold(MAJORITY)
        else:
            sign, node = body.children[1:]
            size = self._size(statement, node)
            match relation(sign):
                case ">=":
                    quorums = Threshold(size)
                case ">":
                    quorums = Threshold(plus(size, 1))
                case "=":
                    quorums = Threshold(size, is_exact=True)
                case _:
                    remedy = f"quorums are as large as one likes: quorum {name}: size >= …"
                    raise error(statement.span(sign), "Q011", f"a quorum's size cannot be {sign} something", remedy)
        if is_weaker:
            quorums = Threshold(plus(quorums.size, -1), quorums.is_exact)
            self.weakened_text = str(System(name, quorums))
        self.systems[name] = System(name, quorums)

    def _fixed(self, statement: Statement, body: Any, is_weaker: bool) -> None:
        token, sign, node = body.children
        name, size = str(token), self._size(statement, node)
        compare = relation(sign)
        if is_weaker:
            if compare == "!=":
                raise _no_weaker(statement)
            size = plus(size, 1 if compare in ("<", "<=", "=") else -1)
            self.weakened_text = str(FixedSet(name, compare, size))
        self.fixed.append(FixedSet(name, compare, size))

    def _listed(self, statement: Statement, node: Any) -> frozenset[int]:
        names = [str(token) for token in node.children]
        if len(set(names)) != len(names):
            raise error(statement.span(node), "Q009", "a set lists a member twice", "list it once")
        return frozenset(self._member(name, statement, node) for name in names)

    def _member(self, name: str, statement: Statement, node: Any) -> int:
        if self.is_closed and name not in self.members:
            message = f"everyone has no member {name}"
            raise error(statement.span(node), "Q009", message, f"it has {', '.join(self.members)}")
        return self.members.setdefault(name, len(self.members))

    def _grid(self, statement: Statement, row: Token, column: Token, rows: Token, columns: Token) -> None:
        height, width = integer(rows), integer(columns)
        if not 1 <= height * width <= GRID_MAX:
            message = f"a grid of {height} x {width} has {height * width} processes"
            raise error(statement.span(rows), "Q009", message, f"use 1 to {GRID_MAX}")
        cells = [[self._member(f"p{i * width + j}", statement, rows) for j in range(width)] for i in range(height)]
        self.systems[str(row)] = System(str(row), Family(tuple(frozenset(line) for line in cells)))
        self.systems[str(column)] = System(str(column), Family(tuple(map(frozenset, zip(*cells, strict=True)))))

    def _assume(self, statement: Statement, links: tuple[Comparison, ...], is_weaker: bool) -> None:
        if is_weaker:
            if len(links) != 1 or links[0].relation == "!=":
                raise _no_weaker(statement)
            compare, more = _WEAKER_RELATION[links[0].relation]
            links = (Comparison(links[0].left, compare, plus(links[0].right, more) if more else links[0].right),)
            self.weakened_text = str(links[0])
        self._mention(term for link in links for term in (link.left, link.right))
        self.assumptions += links

    def _size(self, statement: Statement, node: Node) -> Term:
        """Return a size, which speaks of parameters only."""
        size = self._builder(statement).number(node)
        if any(sizes(size)):
            message = "the size of a declared set cannot depend on the size of a set"
            raise error(statement.span(node), "Q007", message, "use parameters: n, f, …")
        self._mention([size])
        return size

    def _question(self, _place: int, statement: Statement, body: Any) -> None:
        match body.data:
            case "question":
                question = self._any(statement, body.children)
            case "covers":
                question = Question(statement.text, (), (self._covers(self._builder(statement), body),))
            case "comparison":
                claims = self._builder(statement).comparisons(body)
                if not _speaks_of_sets(claims):
                    return
                question = Question(statement.text, (), claims)
            case _:
                return
        self._refuse_tight(statement)
        for claim in question.claims:
            if isinstance(claim, Comparison):
                self._mention((claim.left, claim.right))
        count = len(question.quorums) + len(self.fixed)
        if count > SETS_MAX:
            message = f"the question is about {count} sets"
            raise error(statement.span(body), "Q008", message, f"at most {SETS_MAX} are compared")
        self.questions.append(question)

    def _any(self, statement: Statement, parts: list[Any]) -> Question:
        quorums = tuple(self._bound(statement, parts[:-1]))
        builder = self._builder(statement, {bound.name: Named(bound.name) for bound in quorums})
        last = parts[-1]
        claims: tuple[Fact, ...]
        match last.data:
            case "meet":
                claims = (self._meet(builder, quorums, last.children),)
            case "covers":
                claims = (self._covers(builder, last),)
            case _:
                claims = builder.comparisons(last)
        return Question(statement.text, quorums, claims)

    def _bound(self, statement: Statement, nodes: list[Any]) -> Iterator[Bound]:
        """Yield the quorums that are spoken of; one without a name is called like its system, with primes if needed."""
        taken: set[str] = set()
        for node in nodes:
            system = self._system(statement, node.children[0])
            name = system.name
            if len(node.children) == 2:
                name = str(node.children[1])
                if name in taken or name in self.sets or name in self.systems:
                    raise error(statement.span(node), "Q002", f"{name} is declared twice", "give each its own name")
            while name in taken:
                name += "'"
            taken.add(name)
            yield Bound(name, system)

    def _meet(self, builder: Builder, quorums: tuple[Bound, ...], where: list[Any]) -> Comparison:
        common: SetTerm = Named(quorums[0].name)
        for bound in quorums[1:]:
            common = Both(common, Named(bound.name))
        count: Term = Number(1)
        if where and where[0].data == "least":
            count = builder.number(where[0].children[0])
            where = where[0].children[1:]
        for node in where:
            common = Both(common, builder.set(node))
        return Comparison(Size(common), ">=", count)

    def _covers(self, builder: Builder, node: Any) -> Covers:
        covering, token = node.children
        return Covers(builder.set(covering), self._system(builder.statement, token))

    def _system(self, statement: Statement, token: Token) -> System:
        name = str(token)
        if name not in self.systems:
            near = get_close_matches(name, self.systems, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"declare it: quorum {name}: size >= …"
            raise error(statement.span(token), "Q004", f"there is no quorum system {name}", remedy)
        return self.systems[name]

    def _builder(self, statement: Statement, bound: dict[str, SetTerm] | None = None) -> Builder:
        return Builder(statement, {**self.sets, **(bound or {})}, self.systems)

    def _mention(self, terms: Any) -> None:
        for term in terms:
            self.parameters |= dict.fromkeys(parameters_of(term))

    def _refuse_tight(self, statement: Statement) -> None:
        if _is_tight(statement):
            raise _no_weaker(statement)


def _speaks_of_sets(links: tuple[Comparison, ...]) -> bool:
    """Return whether a comparison is a question: an assumption is about parameters alone."""
    return any(True for link in links for term in (link.left, link.right) for _ in sizes(term))


def _is_tight(statement: Statement) -> bool:
    first: Any = statement.tree.children[0]
    return bool(first.data == "tight")


def _plain(statement: Statement) -> str:
    return statement.text.removeprefix("tight ")


def _no_weaker(statement: Statement) -> QuoraxError:
    return error(
        statement.span(statement.tree),
        "Q012",
        "this cannot be weakened by one",
        "mark as tight a single comparison of parameters, a quorum system's or a set's size",
    )
