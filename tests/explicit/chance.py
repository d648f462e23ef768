"""Random small models as text, all of whose steps are defined, and random fairness of their actions.

They have dozens of states, steps that change nothing, transitions that bounds cut before every parameter is bound, and
parameters of every kind: what temporal properties are decided on.
"""

from __future__ import annotations

from random import Random

from checker.ir.system import System
from checker.temporal.fairness import Fairness

HEAD = """
class P(Sort): ...
class Height(Order): ...

@message
class Note:
    by: P
    up: bool

class World(Model):
    on: Map[P, bool]
    up: bool
    at: Map[P, Height]
    net: MessageSet[Note]

    @initial
    def start(self, some: bool) -> None:
        self.up = some
        for p in P:
            self.on[p] = False
            self.at[p] = Height.first()

    def all_on(self) -> bool:
        return all(self.on[p] for p in P)

    def is_up(self) -> bool:
        return self.up

    def some_high(self) -> bool:
        return any(self.at[p] != Height.first() for p in P)
"""

ATOMS = ("all_on", "is_up", "some_high")

PARAMETERS = {"p": "P", "q": "P", "b": "bool", "m": "Note", "h": "Height"}

GUARDS = (
    "require(self.up)",
    "require(not self.up)",
    "require(self.on[{p}])",
    "require(not self.on[{p}])",
    "require(self.at[{p}] != Height.first())",
    "require({p} != {q})",
    "require({m} in self.net)",
    "require({m}.up == self.up)",
    "require(self.at[{p}] == {h})",
)

CHANGES = (
    "self.up = not self.up",
    "self.up = {b}",
    "self.up = self.on[{p}]",
    "self.on[{p}] = not self.on[{p}]",
    "self.on[{p}] = {b}",
    "self.on[{p}] = self.on[{q}]",
    "self.on[{m}.by] = {m}.up",
    "self.at[{p}] = successor(self.at[{p}])",
    "self.at[{p}] = self.at[{q}]",
    "self.at[{p}] = Height.first()",
    "self.at[{p}] = {h}",
    "self.net.send(Note({p}, {b}))",
    "self.net.send(Note({p}, self.up))",
)


def some_model(chance: Random) -> str:
    """Return the text of a model with two to five actions."""
    return HEAD + "".join(_action(chance, number) for number in range(chance.randrange(2, 6)))


def _action(chance: Random, number: int) -> str:
    statements = chance.choices(GUARDS, k=chance.randrange(2)) + chance.choices(CHANGES, k=chance.randrange(1, 3))
    chance.shuffle(statements)
    used = {name for name in PARAMETERS for s in statements if f"{{{name}}}" in s}
    used |= set(chance.sample(sorted(PARAMETERS), chance.randrange(2)))
    names = chance.sample(sorted(used), len(used))
    body = "\n".join(f"        {s.format(**{name: name for name in PARAMETERS})}" for s in statements)
    parameters = "".join(f", {name}: {PARAMETERS[name]}" for name in names)
    return f"\n    @action\n    def step_{number}(self{parameters}) -> None:\n{body}\n"


def some_fairness(chance: Random, system: System) -> tuple[Fairness, ...]:
    """Return up to four declarations, of any actions and any parameters."""
    made: list[Fairness] = []
    for _ in range(chance.randrange(5)):
        action = chance.choice(system.actions)
        names = [p.name for p in action.parameters]
        per = tuple(chance.sample(names, chance.randrange(len(names) + 1)))
        made.append(Fairness(chance.choice(("weak", "strong")), action.name, per))
    return tuple(made)
