"""The tree of a spec: what the text says, with spans, before any name in it has been looked up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from checker.diagnostics import Span
from checker.ir.instance import Setting

DEFAULT_ENGINES = ("explicit",)
"""What decides a claim whose statement names no engine."""

PROVER = "smt"
"""What decides a claim for any size, unless the statement names another engine."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written."""

    text: str
    span: Span

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Claim:
    """A property that is claimed to hold or to fail; `name` is "deadlock" for `no deadlock`."""

    name: str
    is_deadlock: bool
    span: Span

    @property
    def text(self) -> str:
        """The claim as written."""
        return f"no {self.name}" if self.is_deadlock else self.name


@dataclass(frozen=True, slots=True)
class SettingDecl:
    """One setting of an instance. `is_sequence` tells `(r1, r2)`, whose order means something, from `{r1, r2}`."""

    name: Name
    value: Setting
    is_sequence: bool
    span: Span


@dataclass(frozen=True, slots=True)
class InstanceDecl:
    """`instance big extends small: Ballot = 3`: the settings of `extends`, with these put over them."""

    name: Name
    extends: Name | None
    settings: tuple[SettingDecl, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come out: `hold` (exhaustively, or up to `depth` actions), or `fail` (with a trace of `steps`)."""

    kind: Literal["hold", "fail"]
    depth: int | None = None
    steps: int | None = None

    def __str__(self) -> str:
        if self.kind == "hold":
            return "holds" if self.depth is None else f"holds to depth {self.depth}"
        return "fails" if self.steps is None else f"fails in {count_of(self.steps, 'step')}"


@dataclass(frozen=True, slots=True)
class ExpectedCounts:
    """The size of the state graph: distinct states, generated transitions, depth in actions. None is not compared."""

    states: int | None = None
    transitions: int | None = None
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class CheckDecl:
    instance: Name
    claims: tuple[Claim, ...]
    expectation: Expectation
    engines: tuple[Name, ...]
    counts: ExpectedCounts
    span: Span


@dataclass(frozen=True, slots=True)
class WitnessDecl:
    """Predicates that must be true in some reachable state, so that nothing holds vacuously."""

    instance: Name
    predicates: tuple[Name, ...]
    engines: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class MutantDecl:
    """A wrong variant that must be refuted (`breaks`, expectation `fail`), or that must not (`passes`, `hold`)."""

    mutant: Name
    instance: Name
    claims: tuple[Claim, ...]
    expectation: Expectation
    engines: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ProveDecl:
    """Claims for any number of nodes, ballots, values and messages."""

    claims: tuple[Claim, ...]
    engines: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named predicate of the model, as an atom of a temporal formula."""

    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    operator: Literal["not", "always", "eventually"]
    operand: Formula
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    operator: Literal["and", "or", "implies", "until", "leads_to"]
    left: Formula
    right: Formula
    span: Span


Formula: TypeAlias = Predicate | Unary | Binary


@dataclass(frozen=True, slots=True)
class FairAction:
    """Fairness of one action, for each value of the parameters `per` apart, whatever the other parameters are."""

    strength: Literal["weak", "strong"]
    action: Name
    per: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class PropertyDecl:
    """A temporal property: a formula that every behaviour with this fairness must satisfy."""

    name: Name
    formula: Formula
    fairness: tuple[FairAction, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class LimitsDecl:
    """Where engines give up at an instance; what they have not decided by then is unknown."""

    instance: Name
    seconds: int | None
    states: int | None
    memory_bytes: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Selector:
    """Which demands a preset stands for: all of a kind, or (with a name) those of an instance, mutant or preset."""

    kind: Literal["everything", "check", "witness", "mutant", "prove", "preset"]
    name: Name | None
    instance: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class PresetDecl:
    name: Name
    selectors: tuple[Selector, ...]
    span: Span


Demand: TypeAlias = CheckDecl | WitnessDecl | MutantDecl | ProveDecl
"""A statement that demands a verdict."""

Statement: TypeAlias = Demand | InstanceDecl | PropertyDecl | LimitsDecl | PresetDecl


@dataclass(frozen=True, slots=True)
class Spec:
    """One spec file. `model` is a bundled model's name, or a path (with `:Class` if need be) relative to the file."""

    path: Path
    model: Name
    statements: tuple[Statement, ...]

    @property
    def instances(self) -> tuple[InstanceDecl, ...]:
        """The instances in source order; the first is the default."""
        return tuple(s for s in self.statements if isinstance(s, InstanceDecl))

    @property
    def properties(self) -> tuple[PropertyDecl, ...]:
        return tuple(s for s in self.statements if isinstance(s, PropertyDecl))

    @property
    def presets(self) -> tuple[PresetDecl, ...]:
        return tuple(s for s in self.statements if isinstance(s, PresetDecl))

    @property
    def demands(self) -> tuple[Demand, ...]:
        """What is demanded, in source order; a property that no `check` names must hold at the default instance."""
        stated = tuple(s for s in self.statements if isinstance(s, CheckDecl | WitnessDecl | MutantDecl | ProveDecl))
        named = {claim.name for s in stated if isinstance(s, CheckDecl) for claim in s.claims}
        first = self.instances[0].name if self.instances else self.model
        return stated + tuple(
            CheckDecl(
                instance=first,
                claims=(Claim(p.name.text, False, p.name.span),),
                expectation=Expectation("hold"),
                engines=tuple(Name(engine, p.span) for engine in DEFAULT_ENGINES),
                counts=ExpectedCounts(),
                span=p.span,
            )
            for p in self.properties
            if p.name.text not in named
        )

    @property
    def target(self) -> str:
        """What the loader is to load: the bundled name, or the path as seen from the working directory."""
        text = self.model.text
        is_path = "/" in text or text.endswith(".py") or ".py:" in text
        return str(self.path.parent / text) if is_path else text


def count_of(number: int, noun: str) -> str:
    """Return "1 step", "2 steps"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
