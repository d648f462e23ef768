"""Turns the syntax tree of one statement into the spec's tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from checker.diagnostics import Span, error
from checker.ir.instance import Setting
from checker.spec.syntax import node_span
from checker.spec.tree import (
    DEFAULT_ENGINES,
    PROVER,
    Binary,
    CheckDecl,
    Claim,
    Expectation,
    ExpectedCounts,
    FairAction,
    Formula,
    InstanceDecl,
    LimitsDecl,
    MutantDecl,
    Name,
    Predicate,
    PresetDecl,
    PropertyDecl,
    ProveDecl,
    Selector,
    SettingDecl,
    Statement,
    Unary,
    WitnessDecl,
)
from checker.trace.verdict import DEADLOCK

if TYPE_CHECKING:
    from lark import Token, Tree

    Node: TypeAlias = Tree[Token]

GIGABYTE = 10**9

NESTED_MAX = 100
"""Operators inside one another in a formula: far more than anybody follows, far fewer than would exhaust a stack."""

_UNARY: dict[str, Literal["not", "always", "eventually"]] = {
    "not": "not",
    "always": "always",
    "eventually": "eventually",
}

_BINARY: dict[str, Literal["and", "or", "implies", "until", "leads_to"]] = {
    "and": "and",
    "or": "or",
    "implies": "implies",
    "until": "until",
    "leads_to": "leads_to",
}

_SELECTORS: dict[str, Literal["everything", "check", "witness", "mutant", "prove", "preset"]] = {
    "everything": "everything",
    "all_checks": "check",
    "all_witnesses": "witness",
    "all_mutants": "mutant",
    "all_proofs": "prove",
    "one_check": "check",
    "one_witness": "witness",
    "one_mutant": "mutant",
    "other_preset": "preset",
}


class Builder:
    """Builds one statement, which begins at `line` of `file`."""

    def __init__(self, file: str, line: int) -> None:
        self.file = file
        self.line = line

    def statement(self, node: Node) -> Name | Statement:
        """Return the statement; the `model` statement is just its name."""
        build: dict[str, Callable[[Node], Name | Statement]] = {
            "model": lambda node: self._names(node)[0],
            "instance": self._instance,
            "check": self._check,
            "witness": self._witness,
            "mutant": self._mutant,
            "prove": self._prove,
            "property": self._property,
            "limits": self._limits,
            "preset": self._preset,
        }
        return build[node.data](node)

    def _instance(self, node: Node) -> InstanceDecl:
        extends = _child(node, "extends")
        settings = tuple(self._setting(child) for child in _trees(node) if child.data == "setting")
        return InstanceDecl(
            self._names(node)[0], self._names(extends)[0] if extends else None, settings, self._span(node)
        )

    def _setting(self, node: Node) -> SettingDecl:
        (value,) = _trees(node)
        return SettingDecl(self._names(node)[0], self._value(value), value.data == "sequence", self._span(node))

    def _value(self, node: Node) -> Setting:
        if node.data == "number":
            return int(_tokens(node)[0])
        if node.data == "family":
            return tuple(self._members(child) for child in _trees(node))
        return self._members(node)

    def _members(self, node: Node) -> tuple[str, ...]:
        names = self._names(node)
        for i, name in enumerate(names):
            if node.data == "members" and name.text in (n.text for n in names[:i]):
                raise error(name.span, "S004", f"{name} is in the set twice", f"leave out one {name}")
        return tuple(name.text for name in names)

    def _check(self, node: Node) -> CheckDecl:
        return CheckDecl(
            instance=self._names(node)[0],
            claims=self._claims(node),
            expectation=self._expectation(node),
            engines=self._engines(node, DEFAULT_ENGINES),
            counts=_expected_counts(_child(node, "counts")),
            span=self._span(node),
        )

    def _witness(self, node: Node) -> WitnessDecl:
        instance, *predicates = self._names(node)
        return WitnessDecl(instance, tuple(predicates), self._engines(node, DEFAULT_ENGINES), self._span(node))

    def _mutant(self, node: Node) -> MutantDecl:
        mutant, instance = self._names(node)
        breaks = _child(node, "breaks")
        outcome = breaks or _child(node, "passes")
        assert outcome is not None, "the grammar wants one of the two"
        expectation = Expectation("fail", steps=_number(_child(breaks, "in_steps"))) if breaks else Expectation("hold")
        claims, engines = self._claims(outcome), self._engines(node, DEFAULT_ENGINES)
        return MutantDecl(mutant, instance, claims, expectation, engines, self._span(node))

    def _prove(self, node: Node) -> ProveDecl:
        return ProveDecl(self._claims(node), self._engines(node, (PROVER,)), self._span(node))

    def _claims(self, node: Node) -> tuple[Claim, ...]:
        claims = _child(node, "claims")
        assert claims is not None, "the grammar wants claims here"
        return tuple(
            Claim(str(child), False, self._token_span(child))
            if isinstance(child, str)
            else Claim(DEADLOCK, True, self._span(child))
            for child in claims.children
        )

    def _expectation(self, node: Node) -> Expectation:
        hold, fail = _child(node, "hold"), _child(node, "fail")
        if hold is not None:
            return Expectation("hold", depth=_number(_child(hold, "to_depth")))
        assert fail is not None, "the grammar wants one of the two"
        return Expectation("fail", steps=_number(_child(fail, "in_steps")))

    def _engines(self, node: Node, default: tuple[str, ...]) -> tuple[Name, ...]:
        by = _child(node, "by")
        return self._names(by) if by else tuple(Name(engine, self._span(node)) for engine in default)

    def _property(self, node: Node) -> PropertyDecl:
        formula = next(child for child in _trees(node) if child.data != "under")
        under = _child(node, "under")
        fairness = tuple(fair for group in _trees(under) for fair in self._fairness(group)) if under else ()
        return PropertyDecl(self._names(node)[0], self._formula(formula), fairness, self._span(node))

    def _fairness(self, node: Node) -> list[FairAction]:
        strength: Literal["weak", "strong"] = "weak" if node.data == "weak" else "strong"
        groups = [self._names(child) for child in _trees(node)]
        return [FairAction(strength, action, tuple(per)) for action, *per in groups]

    def _formula(self, node: Node, depth: int = 0) -> Formula:
        span, operands = self._span(node), _trees(node)
        if depth > NESTED_MAX:
            message = f"the formula is too large: more than {NESTED_MAX} operators inside one another"
            raise error(span, "S015", message, "split it into several properties")
        if node.data == "predicate":
            return Predicate(self._names(node)[0], span)
        if node.data in _UNARY:
            return Unary(_UNARY[node.data], self._formula(operands[0], depth + 1), span)
        left, right = (self._formula(operand, depth + 1) for operand in operands)
        return Binary(_BINARY[node.data], left, right, span)

    def _limits(self, node: Node) -> LimitsDecl:
        given = [str(child.data) for child in _trees(node)]
        for kind, child in zip(given, _trees(node), strict=True):
            if given.count(kind) > 1:
                raise error(self._span(child), "S004", "the same limit twice", "leave out one of them")
        memory = _number(_child(node, "memory"))
        return LimitsDecl(
            instance=self._names(node)[0],
            seconds=_number(_child(node, "seconds")),
            states=_number(_child(node, "max_states")),
            memory_bytes=None if memory is None else memory * GIGABYTE,
            span=self._span(node),
        )

    def _preset(self, node: Node) -> PresetDecl:
        return PresetDecl(self._names(node)[0], tuple(map(self._selector, _trees(node))), self._span(node))

    def _selector(self, node: Node) -> Selector:
        kind = _SELECTORS[node.data]
        name, instance = (*self._names(node), None, None)[:2]
        return Selector(kind, name, instance, self._span(node))

    def _names(self, node: Node) -> tuple[Name, ...]:
        """Return the names that stand directly in a node, in order."""
        return tuple(Name(str(token), self._token_span(token)) for token in _tokens(node))

    def _span(self, node: Node) -> Span:
        return node_span(node.meta, self.file, self.line)

    def _token_span(self, token: Token) -> Span:
        return node_span(token, self.file, self.line)


def _expected_counts(node: Node | None) -> ExpectedCounts:
    if node is None:
        return ExpectedCounts()
    numbers = {kind: _number(_child(node, kind)) for kind in ("states", "transitions", "depth")}
    return ExpectedCounts(**numbers)


def _number(node: Node | None) -> int | None:
    """Return the number that stands directly in a node; None without a node."""
    return None if node is None else int(_tokens(node)[0])


def _child(node: Node | None, kind: str) -> Node | None:
    """Return the first child tree of a kind, if there is one."""
    return None if node is None else next((child for child in _trees(node) if child.data == kind), None)


def _trees(node: Node) -> list[Node]:
    from lark import Tree

    return [child for child in node.children if isinstance(child, Tree)]


def _tokens(node: Node) -> list[Token]:
    from lark import Token

    return [child for child in node.children if isinstance(child, Token)]
