"""Random expressions of the language as text: well-typed, and always defined unless they are careless.

A kind is the text of a type. A scope maps what an expression may read (a local name, or a path to a field of one) to
its kind. Sorts are compared with `==` only, as the language has it, so that members are interchangeable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

T = TypeVar("T")
Scope = Mapping[str, str]

NUMBER = "Count"
"""`Annotated[int, Range(0, 3)]`."""

MEMBERS = ("Node", "Value", "Term", "Phase")
"""Kinds that a loop ranges over."""

SCALARS = ("bool", NUMBER, *MEMBERS)
PHASES = ("Phase.IDLE", "Phase.BUSY", "Phase.DONE")


@dataclass(slots=True)
class Declared:
    """What a model declares. `variables` have a kind of key, or none, and a kind of value; `care` is a probability."""

    fields: dict[str, dict[str, str]]
    variables: dict[str, tuple[str, str]]
    networks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, tuple[str, str]] = field(default_factory=dict)
    has_liars: bool = False
    care: float = 1.0


def element_of(sequence: str) -> str:
    """Return the kind of the elements of a sequence."""
    return sequence.removeprefix("Seq[").removesuffix(", Limit]")


class Expressions:
    """Makes expressions that read variables (through `owner`, or `old`) and what is in scope."""

    def __init__(
        self, random: Random, declared: Declared, *, owners: tuple[str, ...] = ("self",), hidden: str = ""
    ) -> None:
        self.random = random
        self.declared = declared
        self.owners = owners
        self.hidden = hidden
        self.bound = 0

    def pick(self, options: Iterable[T]) -> T:
        return self.random.choice(tuple(options))

    def often(self, probability: float) -> bool:
        return self.random.random() < probability

    def is_careless(self) -> bool:
        return not self.often(self.declared.care)

    def name(self, prefix: str) -> str:
        """Return a name that nothing in scope has."""
        self.bound += 1
        return f"{prefix}{self.bound}"

    def make(self, kind: str, scope: Scope, fuel: int = 2) -> str:
        """Return an expression of a kind, nested about `fuel` deep."""
        reads = self.reads(kind, scope)
        if fuel <= 0 or self.often(0.3):
            if reads and self.often(0.85):
                return self.pick(reads)()
            return self.literal(kind, scope) if kind != "bool" or self.often(0.15) else self.atom(scope)
        return self.pick((*reads[:4], *self.compound(kind, scope, fuel - 1)))()

    def reads(self, kind: str, scope: Scope) -> list[Callable[[], str]]:
        """Return what reads a local, a field of one, or a variable of that very kind."""
        made: list[Callable[[], str]] = []
        for name, known in scope.items():
            if known == kind:
                made.append(lambda name=name: name)  # type: ignore[misc]
            for part, of in self.declared.fields.get(known, {}).items():
                if of == kind:
                    made.append(lambda name=name, part=part: f"{name}.{part}")  # type: ignore[misc]
        for variable, (key, value) in self.declared.variables.items():
            if value == kind and variable != self.hidden:
                made.append(lambda v=variable, k=key: self.read(v, k, scope))  # type: ignore[misc]
        self.random.shuffle(made)
        return made

    def read(self, variable: str, key: str, scope: Scope) -> str:
        at = f"[{self.make(key, scope, 0)}]" if key else ""
        return f"{self.pick(self.owners)}.{variable}{at}"

    def literal(self, kind: str, scope: Scope) -> str:
        """Return an expression that reads no variable; a sort's member must be in scope, or be quantified over."""
        if kind.endswith(" | None"):
            inner = kind.removesuffix(" | None")
            has_member = inner != "Node" or "Node" in scope.values()
            return self.literal(inner, scope) if has_member and self.often(0.3) else "None"
        if kind.startswith("Set["):
            one = self.literal(kind[4:-1], scope)
            return self.pick((f"{{{one}}}", f"({{{one}}} - {{{one}}})"))
        if kind.startswith("Seq["):
            one = self.literal(element_of(kind), scope)
            return self.pick((f"Seq({one})", f"Seq({one})[:0]"))
        match kind:
            case "bool":
                return self.pick(("True", "False"))
            case "Count" | "Serial":
                return self.pick(("0", "1", "2"))
            case "Term":
                return "Term.first()"
            case "Phase":
                return self.pick(PHASES)
            case "Node" | "Value":
                known = [n for n, of in scope.items() if of == kind]
                return self.pick(known) if known else self.any_member(kind)
            case _:
                parts = ", ".join(self.literal(of, scope) for of in self.declared.fields[kind].values())
                return f"{kind}({parts})"

    def atom(self, scope: Scope) -> str:
        """Return a comparison of two things that are read."""
        kind = self.pick((*SCALARS[1:], "Node"))
        left = self.make(kind, scope, 0)
        return f"({left} {self.pick(('==', '!='))} {self.other(left, kind, scope, 0)})"

    def other(self, than: str, kind: str, scope: Scope, fuel: int) -> str:
        """Return an expression that, if possible, is not written as the given one."""
        for _ in range(4):
            found = self.make(kind, scope, fuel)
            if found != than:
                return found
        return self.literal(kind, scope)

    def any_member(self, kind: str) -> str:
        """Return a member of a sort that a variable holds."""
        held = [(v, k) for v, (k, of) in self.declared.variables.items() if of == kind and v != self.hidden]
        variable, key = self.pick(held)
        return f"{self.pick(self.owners)}.{variable}" + (f"[{self.literal(key, {})}]" if key else "")

    # -- compound expressions, by kind ---------------------------------------------------------------------------------

    def compound(self, kind: str, scope: Scope, fuel: int) -> list[Callable[[], str]]:
        """Return what makes an expression of parts."""

        def part(of: str) -> str:
            return self.make(of, scope, fuel)

        made: list[Callable[[], str]] = [lambda: f"({part(kind)} if {part('bool')} else {part(kind)})"]
        made += [
            lambda h=h, of=of: f"{self.pick(self.owners)}.{h}({part(of)})"  # type: ignore[misc]
            for h, (of, result) in self.declared.helpers.items()
            if result == kind and not self.hidden
        ]
        if kind.endswith(" | None"):
            return [*made, lambda: part(kind.removesuffix(" | None"))]
        if kind.startswith("Set["):
            return [*made, *self.sets(kind[4:-1], scope, fuel)]
        if kind.startswith("Seq["):
            return [*made, *self.sequences(kind, scope, fuel)]
        if kind in self.declared.fields:
            made += [lambda: self.indexed(kind, scope)] if kind == "Vote" else []
            return [*made, lambda: f"{kind}({', '.join(map(part, self.declared.fields[kind].values()))})"]
        match kind:
            case "bool":
                return [*made, *self.conditions(scope, fuel), *self.conditions(scope, fuel)]
            case "Count":
                return [*made, *self.numbers(scope, fuel)]
            case "Term":
                terms = f"Set[{kind}]"
                made.append(lambda: f"{self.pick(('min', 'max'))}({part(kind)}, {part(kind)})")
                made.append(lambda: f"max({part(terms)}{self.otherwise(kind, scope)})")
        if kind == "Value":
            made.append(lambda: self.indexed(kind, scope))
        if kind in ("Node", "Value", "Term"):
            made.append(lambda: self.present(kind, scope))
            made.append(lambda: self.extreme(kind, scope, fuel))
        return made

    def otherwise(self, kind: str, scope: Scope) -> str:
        return "" if self.is_careless() else f", default={self.make(kind, scope, 0)}"

    def present(self, kind: str, scope: Scope) -> str:
        """Return an optional value where it is there."""
        options = self.reads(f"{kind} | None", scope)
        if not options:
            return self.make(kind, scope, 0)
        found = options[0]()
        if self.is_careless():
            return found
        return f"({found} if {found} is not None else {self.make(kind, scope, 0)})"

    def indexed(self, kind: str, scope: Scope) -> str:
        """Return an element of a sequence."""
        options = self.reads(f"Seq[{kind}, Limit]", scope)
        if not options:
            return self.make(kind, scope, 0)
        held = options[0]()
        at = self.pick(("0", f"len({held}) - 1"))
        return f"{held}[{at}]" if self.is_careless() else f"({held}[{at}] if {held} else {self.make(kind, scope, 0)})"

    def extreme(self, kind: str, scope: Scope, fuel: int) -> str:
        """Return the only element of a set made to have one."""
        members = self.make(f"Set[{kind}]", scope, fuel)
        if self.is_careless():
            return f"only({members})"
        return f"(only({members}) if len({members}) == 1 else {self.make(kind, scope, 0)})"

    def numbers(self, scope: Scope, fuel: int) -> list[Callable[[], str]]:
        """Return what makes integers of 0 to 3."""

        def part(of: str) -> str:
            return self.make(of, scope, fuel)

        def clamped(text: str) -> str:
            return text if self.is_careless() else self.pick((f"({text}) % 4", f"min(3, max(0, {text}))"))

        def divided() -> str:
            by = part("Count") if self.is_careless() else self.pick(("2", "3", f"({part('Count')} + 1)"))
            return f"{part('Count')} {self.pick(('//', '%'))} {by}"

        collections = ("Set[Node]", "Set[Value]", "Set[Term]", "Seq[Value, Limit]")
        return [
            lambda: clamped(f"{part('Count')} {self.pick('+-*')} {part('Count')}"),
            lambda: f"({divided()})",
            lambda: f"{self.pick(('min', 'max'))}({part('Count')}, {part('Count')})",
            lambda: f"len({part(self.pick(collections))})",
            lambda: f"max({self.comprehension('Count', scope, fuel)}{self.otherwise('Count', scope)})",
        ]

    def domain(self, kind: str, scope: Scope, fuel: int) -> str:
        """Return what a variable of a kind may range over."""
        if kind == "Node" and "Group" in scope.values() and self.often(0.5):
            return self.pick(n for n, of in scope.items() if of == "Group")
        if kind in MEMBERS and self.often(0.7):
            return kind
        if kind == "Count" and self.often(0.7):
            return self.pick(("range(3)", "range(1, 3)"))
        carried = [(n, k) for n, kinds in self.declared.networks.items() for k in kinds if k == kind and n == "net"]
        if carried:
            return f"{self.pick(self.owners)}.net.of({kind})"
        return self.make(f"Set[{kind}]", scope, fuel)

    def generator(self, scope: Scope, fuel: int) -> tuple[str, Scope]:
        """Return `for x in domain if condition`, and the scope inside."""
        records = [k for n, kinds in self.declared.networks.items() for k in kinds if n == "net"]
        kind = self.pick((*MEMBERS, "Node", "Node", "Count", *records))
        name = self.name("x")
        domain = self.domain(kind, scope, min(fuel, 1))
        inner = {**scope, name: kind}
        condition = f" if {self.make('bool', inner, min(fuel, 1))}" if self.often(0.5) else ""
        return f"for {name} in {domain}{condition}", inner

    def comprehension(self, kind: str, scope: Scope, fuel: int) -> str:
        loop, inner = self.generator(scope, fuel)
        if self.often(0.3):
            more, inner = self.generator(inner, 0)
            loop = f"{loop} {more}"
        return f"{{{self.make(kind, inner, fuel)} {loop}}}"

    def sets(self, element: str, scope: Scope, fuel: int) -> list[Callable[[], str]]:
        kind = f"Set[{element}]"

        def part(of: str) -> str:
            return self.make(of, scope, fuel)

        def filtered() -> str:
            name = self.name("x")
            domain = self.domain(element, scope, fuel)
            return f"{{{name} for {name} in {domain} if {self.make('bool', {**scope, name: element}, fuel)}}}"

        def best() -> str:
            name = self.name("x")
            key = self.make(self.pick(("Term", "Count")), {**scope, name: element}, fuel)
            return f"{self.pick(('maximal', 'minimal'))}({part(kind)}, key=lambda {name}: {key})"

        return [
            lambda: f"{{{part(element)}, {part(element)}}}",
            lambda: f"({part(kind)} {self.pick('|&-')} {part(kind)})",
            lambda: self.comprehension(element, scope, fuel),
            filtered,
            best,
        ]

    def sequences(self, kind: str, scope: Scope, fuel: int) -> list[Callable[[], str]]:
        element = element_of(kind)

        def cut() -> str:
            held = self.make(kind, scope, 0)
            end = "2" if self.is_careless() else f"min(2, len({held}))"
            return f"{held}[:{end}]" if self.often(0.5) else f"{held}[min(1, len({held})):]"

        return [
            lambda: f"Seq({self.make(element, scope, fuel)})",
            cut,
            lambda: f"({self.make(kind, scope, 0)}[:0] + Seq({self.make(element, scope, fuel)}))",
        ]

    def conditions(self, scope: Scope, fuel: int) -> list[Callable[[], str]]:
        """Return what makes truth values."""

        def part(of: str) -> str:
            return self.make(of, scope, fuel)

        def equality() -> str:
            kind = self.pick((*SCALARS, "Node", "Vote", "Set[Node]", "Vote | None", "Node | None"))
            optional = self.reads(kind, scope) if kind.endswith("None") else []
            kind = kind.removesuffix(" | None")
            left = optional[0]() if optional else part(kind)
            right = "None" if optional and self.often(0.3) else self.other(left, kind, scope, fuel)
            return f"({left} {self.pick(('==', '!='))} {right})"

        def quantified() -> str:
            loop, inner = self.generator(scope, fuel)
            return f"{self.pick(('all', 'any'))}({self.make('bool', inner, fuel)} {loop})"

        def member() -> str:
            kind = self.pick(("Node", "Value", "Term", "Vote"))
            return f"{part(kind)} {self.pick(('in', 'not in'))} {part(f'Set[{kind}]')}"

        def guarded() -> str:
            options = self.reads("Vote | None", scope)
            if not options:
                return equality()
            found = options[0]()
            inside = {found: "Vote", **{k: v for k, v in scope.items() if v in ("Node", "Value", "Term", "Count")}}
            name, kind = self.pick(self.declared.fields["Vote"].items())
            test = "True" if self.is_careless() else f"{found} is not None"
            return f"({test} and {found}.{name} == {self.make(kind, inside, 0)})"

        def less() -> str:
            kind = self.pick(("Term", "Count"))
            left = part(kind)
            return f"({left} {self.pick(('<', '<=', '>', '>='))} {self.other(left, kind, scope, fuel)})"

        made: list[Callable[[], str]] = [
            equality,
            less,
            lambda: f"(not {part('bool')})",
            lambda: f"({part('bool')} {self.pick(('and', 'or'))} {part('bool')})",
            quantified,
            quantified,
            lambda: f"({member()})",
            guarded,
            lambda: f"({part('Set[Node]')} {self.pick(('<=', '<'))} {part('Set[Node]')})",
            lambda: f"Group.covers({part('Set[Node]')})",
        ]
        if self.declared.has_liars:
            made.append(lambda: f"({part('Node')} in {self.owners[0]}.faulty)")
        for network, kinds in self.declared.networks.items():
            made.append(lambda n=network, k=kinds: f"({part(self.pick(k))} in {self.owners[0]}.{n})")  # type: ignore[misc]
        for channel in self.declared.channels:
            read = f"{self.owners[0]}.{channel}.channel"
            made.append(lambda r=read: f"(len({r}({part('Node')}, {part('Node')})) > 0)")  # type: ignore[misc]
        return made
