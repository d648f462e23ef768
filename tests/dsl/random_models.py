"""Random models as text that behave like protocols: several actions fire, states are many but not too many.

`random_model(seed)` is the same for the same seed. Most models never err; about every fifth is careless here and
there, and reads what may be missing or stores what may not fit. Sorts are interchangeable, but for the Byzantine
processes that some instances name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from textwrap import indent

from checker.dsl.loader import load
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from tests.dsl.random_expressions import SCALARS, Declared, Expressions, Scope, element_of

IMPORTS = '''"""A random model."""

from enum import Enum, auto
from typing import Self

from checker.dsl import (
    Annotated, Bag, Bound, Budget, Byzantine, Fifo, Majority, Map, MessageSet, Model, Order, Range, Seq, Set, Sort,
    Threshold, action, choose, initial, invariant, maximal, message, minimal, only, record, require, spend, successor,
    transition_invariant,
)


class Node(Sort): ...
class Value(Sort): ...
class Term(Order): ...
class Limit(Bound): ...


class Phase(Enum):
    IDLE = auto()
    BUSY = auto()
    DONE = auto()


Count = Annotated[int, Range(0, 3)]
Serial = Annotated[int, Range(0, 4000)]

'''

CARELESS = 0.5
"""Share of models that do not take care."""

VALUES = ("Value | None", "Node | None", "Vote | None", "Set[Node]", "Set[Value]", "Set[Term]", "Set[Vote]",
          "Seq[Value, Limit]", "Seq[Vote, Limit]", "Set[Big]", "Vote")  # fmt: skip
"""Kinds of what a variable holds, besides scalars."""


@dataclass(frozen=True, slots=True)
class RandomModel:
    """A model as text, with the settings of an instance in which it has few states."""

    seed: int
    text: str
    settings: dict[str, Setting]

    def load(self, folder: Path) -> tuple[System, Instance]:
        """Return the system and the instance."""
        path = folder / f"random_{self.seed}.py"
        path.write_text(self.text, encoding="utf-8")
        system = load(str(path)).system
        known = {d.type.name for d in system.domains} | {g.name for g in system.givens}
        known |= {v.name for v in system.variables if v.is_budget}
        return system, build_instance(system, "random", {k: v for k, v in self.settings.items() if k in known})

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.settings}\n{self.text.removeprefix(IMPORTS)}"


def random_model(seed: int) -> RandomModel:
    """Return the model of a seed."""
    return _Writer(Random(seed)).model(seed)


class _Writer:
    """Writes one model."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.declared = self.declarations()

    def pick(self, options: tuple[str, ...]) -> str:
        return self.random.choice(options)

    def often(self, probability: float) -> bool:
        return self.random.random() < probability

    def expressions(self, **options: object) -> Expressions:
        return Expressions(self.random, self.declared, **options)  # type: ignore[arg-type]

    def model(self, seed: int) -> RandomModel:
        """Return the whole model."""
        self.write_helper()
        helpers = self.helper_text
        count = self.random.randint(3, 5)
        actions = [self.action(f"step_{n}", is_driver=n == 0) for n in range(count)]
        parts = [self.start(), helpers, *actions, *self.channel_actions(), *self.properties()]
        body = "\n\n".join(indent(part, "    ") for part in parts)
        text = f"{IMPORTS}{self.records()}\nclass Drawn(Model):\n{indent(self.variables(), '    ')}\n{body}\n"
        return RandomModel(seed, text, self.settings())

    # -- declarations --------------------------------------------------------------------------------------------------

    def declarations(self) -> Declared:
        random = self.random

        def some(names: tuple[str, ...], kinds: tuple[str, ...]) -> dict[str, str]:
            return {name: random.choice(kinds) for name in names[: random.randint(1, len(names))]}

        fields = {
            "Vote": some(("term", "value"), ("Term", "Value", "Node", "Count", "bool")),
            "Ask": {"sender": "Node", **some(("term",), ("Term", "Value", "Count", "Phase", "Value | None"))},
            "Tell": {"to": "Node", "vote": random.choice(("Vote", "Vote | None"))},
            "Big": {"serial": "Serial", "owner": "Node"},
        }
        variables = {"home": ("", "Node"), "choice": ("", "Value")}
        count = random.randint(2, 3)
        for n in range(count):
            value = random.choice((*SCALARS, *VALUES))
            key = random.choice(("Node", "Node", "Node", "", "", "Term", "Phase", "bool", "Value", "Count"))
            small = value in SCALARS or value.endswith("None")
            variables[f"var_{n}"] = ("Node" if small and n == 0 else key, value)
        made = Declared(fields, variables, care=0.65 if self.often(CARELESS) else 1.0)
        if self.often(0.55):
            made.networks["net"] = random.choice((("Ask",), ("Ask", "Tell")))
        if self.often(0.3):
            made.networks["bag"] = random.choice((("Ask",), ("Tell",), ("Ask", "Tell")))
        if self.often(0.25):
            made.channels["link"] = random.choice(("Ask", "Tell"))
        made.has_liars = self.often(0.25)
        return made

    def records(self) -> str:
        signed = self.pick(("@message", '@message(signed_by="sender")'))
        marks = {"Vote": "@record", "Big": "@record", "Ask": signed, "Tell": "@message"}
        size = self.pick(("Majority[Node]): ...", 'Threshold[Node], size="1"): ...'))
        texts = [f"class Group({size}\n"]
        for name, parts in self.declared.fields.items():
            lines = "".join(f"    {part}: {kind}\n" for part, kind in parts.items())
            texts.append(f"{marks[name]}\nclass {name}:\n{lines}")
        return "\n".join(texts)

    def variables(self) -> str:
        declared = self.declared
        lines = [f"{v}: {f'Map[{key}, {kind}]' if key else kind}" for v, (key, kind) in declared.variables.items()]
        wraps = {"net": "MessageSet", "bag": "Bag"}
        lines += [f"{n}: {wraps[n]}[{' | '.join(kinds)}]" for n, kinds in declared.networks.items()]
        lines += [f"{n}: Fifo[Node, {kind}, Limit]" for n, kind in declared.channels.items()]
        if declared.has_liars:
            lines.append("faulty: Byzantine[Node]")
        return "\n".join([*lines, "left: Budget[int]", ""])

    def settings(self) -> dict[str, Setting]:
        random = self.random
        nodes = random.choice((2, 2, 2, 3))
        growing = nodes - 1 + len(self.declared.networks) + len(self.declared.channels)
        made: dict[str, Setting] = {
            "Node": nodes,
            "Value": random.choice((1, 2, 2)),
            "Term": random.choice((2, 2, 3)),
            "Limit": random.choice((1, 2)),
            "left": random.choice((4, 5, 6) if growing == 1 else (3, 4) if growing == 2 else (2, 3)),
        }
        if self.declared.has_liars:
            made["faulty"] = random.choice((0, ("n1",), ("n2",)))
        return made

    # -- methods -------------------------------------------------------------------------------------------------------

    def start(self) -> str:
        lines = ["@initial", "def start(self, some_node: Node, some_value: Value) -> None:"]
        scope = {"some_node": "Node", "some_value": "Value"}
        made = Expressions(self.random, Declared(self.declared.fields, {}))
        lines += ["    self.home = some_node", "    self.choice = some_value"]
        for variable, (key, kind) in self.declared.variables.items():
            if variable in ("home", "choice"):
                continue
            empty = {"Set[": "set()", "Seq[": "Seq()"}
            first = empty.get(kind[:4]) or made.literal(kind, scope)
            if key:
                domain = "range(4)" if key == "Count" else key
                lines += [f"    for k in {domain}:", f"        self.{variable}[k] = {first}"]
            else:
                lines.append(f"    self.{variable} = {first}")
        return "\n".join(lines)

    def write_helper(self) -> None:
        kind = self.pick(("Node", "Value", "Term"))
        result = self.pick(("bool", "bool", "Count", "Set[Node]", "Vote | None"))
        body = self.expressions().make(result, {"z": kind}, 2)
        shown = "int" if result == "Count" else result
        self.helper_text = f"def helper(self, z: {kind}) -> {shown}:\n    return {body}"
        self.declared.helpers["helper"] = (kind, result)

    def parameters(self) -> dict[str, str]:
        """Return the parameters of an action; mostly a process, so that sorts matter."""
        chances = {"n": ("Node", 0.85), "p": ("Node", 0.25), "v": ("Value", 0.35), "t": ("Term", 0.1),
                   "q": ("Group", 0.12), "b": ("bool", 0.08)}  # fmt: skip
        return {name: kind for name, (kind, chance) in chances.items() if self.often(chance)} or {"n": "Node"}

    def action(self, name: str, *, is_driver: bool) -> str:
        """Return an action: what it takes, what it requires, and what it does."""
        scope = self.parameters()
        lines: list[str] = []
        carried = [(n, k) for n, kinds in self.declared.networks.items() for k in kinds]
        if carried and not is_driver and self.often(0.5):
            network, kind = self.random.choice(carried)
            scope["m"] = kind
            taken = self.random.choice(("receive", "receive", "drop", "duplicate"))
            lines.append("require(m in self.net)" if network == "net" else f"self.bag.{taken}(m)")
            if taken == "duplicate" and network == "bag":
                lines.append("spend(self.left)")
        if is_driver or self.often(0.5):
            lines.append("spend(self.left)")
        heading = f"@action\ndef {name}(self, {', '.join(f'{n}: {k}' for n, k in scope.items())}) -> None:"
        made = self.expressions()
        for _ in range(0 if is_driver else self.random.choice((0, 0, 1))):
            lines.append(f"require({self.guard(scope, made)})")
        lines += self.effects(scope, made)
        if is_driver:
            carried = [(n, k) for n, kinds in self.declared.networks.items() for k in kinds]
            lines += [line for n, k in carried for line in self.send(n, k, scope, made)]
            lines += [line for n in self.declared.channels for line in self.push(n, scope, made)]
        return heading + "\n" + indent("\n".join(lines), "    ")

    def guard(self, scope: Scope, made: Expressions) -> str:
        """Return a condition; half the time one that a step soon makes false, or true."""
        scalars = tuple(v for v, (_, kind) in self.declared.variables.items() if kind in SCALARS)
        if self.often(0.4):
            return made.make("bool", scope, 2)
        variable = self.pick(scalars)
        kind = self.declared.variables[variable][1]
        place = self.target(variable, scope, made)
        return f"{place} != {made.other(place, kind, scope, 0)}"

    def effects(self, scope: dict[str, str], made: Expressions) -> list[str]:
        lines: list[str] = []
        for _ in range(self.random.randint(1, 3)):
            lines += self.random.choice(self.statements(scope, made))()
        return lines

    def statements(self, scope: dict[str, str], made: Expressions) -> list[Callable[[], list[str]]]:
        """Return what makes a statement (a few lines), each as often as it is to be drawn."""
        options: list[Callable[[], list[str]]] = [lambda: self.assign(scope, made)] * 4
        options += [lambda: self.branch(scope, made), lambda: self.chosen(scope, made), lambda: self.climb(scope, made)]
        loops = [v for v, (key, _) in self.declared.variables.items() if key == "Node"]
        options += [lambda v=v: self.loop(v, scope) for v in loops]  # type: ignore[misc]
        sequences = [v for v, (_, kind) in self.declared.variables.items() if kind.startswith("Seq[")]
        options += [lambda v=v: self.append(v, scope, made) for v in sequences] * 2  # type: ignore[misc]
        carried = [(n, k) for n, kinds in self.declared.networks.items() for k in kinds]
        options += [lambda n=n, k=k: self.send(n, k, scope, made) for n, k in carried] * 2  # type: ignore[misc]
        options += [lambda n=n: self.push(n, scope, made) for n in self.declared.channels] * 3  # type: ignore[misc]
        return options

    def target(self, variable: str, scope: Scope, made: Expressions) -> str:
        key, _ = self.declared.variables[variable]
        return f"self.{variable}[{made.make(key, scope, 0)}]" if key else f"self.{variable}"

    def assign(self, scope: Scope, made: Expressions) -> list[str]:
        variable = self.pick(tuple(self.declared.variables))
        kind = self.declared.variables[variable][1]
        place = self.target(variable, scope, made)
        if kind.startswith("Set[") and self.often(0.7):
            element = kind[4:-1]
            if element == "Big":
                serial = self.pick(("7", "4000", f"len({place})"))
                value = f"Big({serial}, {made.make('Node', scope, 1)})"
            else:
                value = made.make(element, scope, 1)
            return [f"{place} = {place} {self.pick(('|', '|', '-'))} {{{value}}}"]
        if kind == "Set[Big]":
            return [f"{place} = {{x for x in {place} if x.owner != {made.make('Node', scope, 1)}}}"]
        return [f"{place} = {made.other(place, kind, scope, 2)}"]

    def branch(self, scope: Scope, made: Expressions) -> list[str]:
        then, orelse = ("\n".join(self.assign(scope, made)) for _ in range(2))
        lines = [f"if {made.make('bool', scope, 2)}:", indent(then, "    ")]
        return [*lines, "else:", indent(orelse, "    ")] if self.often(0.5) else lines

    def chosen(self, scope: dict[str, str], made: Expressions) -> list[str]:
        kind, name = self.pick(("Node", "Node", "Value", "Term")), made.name("c")
        inside = made.name("x")
        condition = f" if {made.make('bool', {**scope, inside: kind}, 1)}" if self.often(0.6) else ""
        scope[name] = kind
        return [f"{name} = choose({{{inside} for {inside} in {kind}{condition}}})"]

    def climb(self, scope: dict[str, str], made: Expressions) -> list[str]:
        terms = [v for v, (_, kind) in self.declared.variables.items() if kind == "Term"]
        name = made.name("up")
        if not terms:
            lines = [f"{name} = successor({made.make('Term', scope, 1)})"]
        else:
            place = self.target(self.pick(tuple(terms)), scope, made)
            lines = [f"{name} = successor({place})", f"{place} = {name}"]
        scope[name] = "Term"
        return lines

    def loop(self, variable: str, scope: Scope) -> list[str]:
        """Return a loop each of whose iterations writes its own entry, and reads nothing else of the variable."""
        kind = self.declared.variables[variable][1]
        inside = self.expressions(hidden=variable)
        name = "each"
        within = {**scope, name: "Node", f"self.{variable}[{name}]": kind}
        domain = self.pick(("Node", "Node", inside.make("Set[Node]", scope, 1)))
        lines = [f"for {name} in {domain}:"]
        put = f"self.{variable}[{name}] = {inside.make(kind, within, 2)}"
        if self.often(0.5):
            lines += [f"    if {inside.make('bool', within, 1)}:", f"        {put}"]
        else:
            lines.append(f"    {put}")
        return lines

    def append(self, variable: str, scope: Scope, made: Expressions) -> list[str]:
        kind = element_of(self.declared.variables[variable][1])
        return [f"{self.target(variable, scope, made)}.append({made.make(kind, scope, 1)})"]

    def send(self, network: str, kind: str, scope: Scope, made: Expressions) -> list[str]:
        message = made.compound(kind, scope, 1)[-1]()
        return [f"self.{network}.send({message})"]

    def push(self, channel: str, scope: Scope, made: Expressions) -> list[str]:
        message = made.compound(self.declared.channels[channel], scope, 1)[-1]()
        return [f"self.{channel}.send({made.make('Node', scope, 0)}, {made.make('Node', scope, 0)}, {message})"]

    def channel_actions(self) -> list[str]:
        texts = []
        for channel, kind in self.declared.channels.items():
            scope = {"n": "Node", "p": "Node", "got": kind}
            made = self.expressions()
            effects = "\n".join(self.assign(scope, made))
            head = "@action\ndef {}(self, n: Node, p: Node) -> None:\n"
            texts.append(head.format("take") + indent(f"got = self.{channel}.receive(n, p)\n{effects}", "    "))
            texts.append(head.format("lose") + f"    self.{channel}.{self.pick(('drop', 'reset'))}(n, p)")
        return texts

    def properties(self) -> list[str]:
        """Return an invariant, a transition invariant, and a predicate to be reached."""
        scope = {"a": "Node", "b": "Node", "w": "Value"}
        loops = "for a in Node for b in Node for w in Value"
        state, step = self.expressions(), self.expressions(owners=("self", "old"))

        def claim(made: Expressions) -> str:
            """Return what is rarely true of everything at once, or often."""
            return " or ".join(made.make("bool", scope, 2) for _ in range(self.random.randint(1, 5)))

        both = " and ".join(state.make("bool", scope, 2) for _ in range(2))
        sentence = '    """Something."""\n'
        return [
            f"@invariant\ndef safe(self) -> bool:\n{sentence}    return all({claim(state)} {loops})",
            "@transition_invariant\ndef kept(self, old: Self) -> bool:\n"
            f"{sentence}    return all({claim(step)} {loops})",
            f"def reached(self) -> bool:\n    return any({both} {loops})",
        ]
