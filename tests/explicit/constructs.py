"""Models that between them use every construct, and corners of the IR, at instances that end soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from checker.dsl.loader import load
from checker.ir import expr as ir
from checker.ir.instance import Setting
from checker.ir.system import (
    Action,
    Assign,
    DomainDecl,
    FieldDecl,
    GivenDecl,
    Parameter,
    Property,
    RecordDecl,
    Require,
    System,
    Target,
    VariableDecl,
)
from checker.ir.types import BOOL, INT, IntType, RecordType, SortType, Type
from tests.dsl.zoo import ZOO
from tests.export.encodings import FORGERY, NAMES
from tests.interp.small import system_of
from tests.interp.test_networks import COURT
from tests.ir.everything import CHOICES, LOGS, LOOPS

CHANNELS = '''
class Server(Sort): ...
class Length(Bound): ...

@message
class Ping:
    to: Server

@message
class Pong:
    to: Server
    said: bool

class Channels(Model):
    """Channels that are sent into, read, lossy and reset."""

    link: Fifo[Server, Ping | Pong, Length]
    got: Map[Server, Set[Server]]
    left: Budget[int]

    @initial
    def start(self) -> None:
        for s in Server:
            self.got[s] = set()

    @action
    def send(self, s: Server, t: Server) -> None:
        spend(self.left)
        self.link.send(s, t, Ping(s))
        self.link.send(s, t, Pong(t, s == t))

    @action
    def take(self, s: Server, t: Server) -> None:
        m = self.link.receive(s, t)
        self.got[t] = self.got[t] | {m.to}

    @action
    def lose(self, s: Server, t: Server) -> None:
        self.link.drop(s, t)

    @action
    def reset(self, s: Server, t: Server) -> None:
        require(len(self.link.channel(s, t)) > 1)
        self.link.reset(s, t)

    @invariant
    def few(self) -> bool:
        """Nobody has heard of everybody."""
        return all(len(self.got[s]) < 2 for s in Server)
'''

CASES: dict[str, tuple[str, Mapping[str, Setting]]] = {
    "channels": (CHANNELS, {"Server": 2, "Length": 3, "left": 2}),
    "wide channels": (CHANNELS, {"Server": 2, "Length": 40, "left": 1}),
    "court of one liar": (COURT, {"P": 2, "V": 1, "faulty": ("p2",)}),
    "court of liars": (COURT, {"P": 2, "V": 1, "faulty": ("p1", "p2")}),
    "honest court": (COURT, {"P": 2, "V": 2, "faulty": ()}),
    "forgery": (FORGERY, {"Server": 2, "View": 2, "liars": 1}),
    "names": (NAMES, {"Server": 2, "Term": 2, "Length": 1, "steps": 2}),
    "loops": (LOOPS, {"Server": 2, "Limit": 1, "pings": 1}),
    "logs that end in an error": (LOGS, {"Server": 2, "Term": 2, "Limit": 2}),
    "choices that end in an error": (CHOICES, {"Server": 3, "Term": 2, "Limit": 2, "tries": 3}),
    "zoo": (ZOO, {"Server": 2, "Value": 2, "Term": 2, "Length": 1, "f": 1, "faulty": 1, "restarts": 1}),
}


def system_called(name: str, folder: Path) -> tuple[System, dict[str, Setting]]:
    """Return the system of a case, and its settings as far as the system has them."""
    text, settings = CASES[name]
    if text is ZOO:
        path = folder / "zoo.py"
        path.write_text(text, encoding="utf-8")
        system = load(str(path)).system
        families: dict[str, Setting] = {q.type.name: (("s1",), ("s2",)) for q in system.quorums if not q.size}
        known = {d.type.name for d in system.domains} | {g.name for g in system.givens}
        known |= {v.name for v in system.variables if v.is_budget}
        return system, {k: v for k, v in settings.items() if k in known} | families
    return system_of(text, folder), dict(settings)


# -- corners that only the IR can say ----------------------------------------------------------------------------------

NODE = SortType("Node")
LIMIT = GivenDecl("Limit", IntType(0, None), "bound")
PAIR = RecordDecl("Pair", (FieldDecl("flag", BOOL), FieldDecl("number", IntType(0, (1 << 40) - 1))), False)
FLAG = Parameter("flag", BOOL)


def one_variable(kind: Type, first: ir.Expr, *actions: Action) -> System:
    """Return a system of one variable, `x`."""
    start = Action("start", (), (put(kind, first),))
    return System(
        "Corner", (DomainDecl(NODE),), (), (PAIR,), (LIMIT,), (VariableDecl("x", kind),), (), (start,), actions, ()
    )


def put(kind: Type, value: ir.Expr) -> Assign:
    return Assign(Target("x", True, kind), value)


def number(value: int) -> ir.Const:
    return ir.Const(INT, value)


def counting(kind: IntType, operator: str, start: int) -> System:
    """Return a system that adds to, or takes from, a number for ever."""
    changed = ir.Arith(INT, operator, ir.State(kind, "x"), number(1))  # type: ignore[arg-type]
    return one_variable(kind, number(start), Action("change", (), (put(kind, changed),)))


def dividing(low: int, high: int) -> System:
    """Return a system that divides any number of a range by 2 and by -2, where it matters which way is rounded."""
    kind = IntType(low, high)
    a, b = ir.Local(kind, "a"), ir.Local(kind, "b")
    is_fine = Require(ir.Eq(BOOL, ir.Arith(INT, "*", b, b), number(4)))
    actions = [
        Action(name, (Parameter("a", kind), Parameter("b", kind)), (is_fine, put(kind, ir.Arith(INT, operator, a, b))))
        for name, operator in (("divide", "//"), ("rest", "%"))
    ]
    return one_variable(kind, number(0), *actions)


def restless() -> System:
    """Return a system that claims that steps change its variable: true, since one that changes nothing is none."""
    x = ir.State(BOOL, "x")
    flip, keep = Action("flip", (), (put(BOOL, ir.Not(BOOL, x)),)), Action("keep", (), (put(BOOL, x),))
    changes = ir.Not(BOOL, ir.Eq(BOOL, x, ir.State(BOOL, "x", old=True)))
    system = one_variable(BOOL, ir.Const(BOOL, False), flip, keep)
    return replace(system, properties=(Property("changes", "transition", changes),))


def _pair(flag: ir.Expr) -> ir.Make:
    return ir.Make(RecordType("Pair"), (flag, number(5)))


N = Parameter("n", IntType(0, 3))


def _one_more(body: ir.Expr) -> ir.Let:
    """Return an expression in which `n` is one more than outside."""
    return ir.Let(INT, "n", ir.Arith(INT, "+", ir.Local(INT, "n"), number(1)), body)


CORNERS: dict[str, System] = {
    "a parameter that is hidden twice": one_variable(
        IntType(0, 9),
        number(0),
        Action("set", (N,), (put(IntType(0, 9), _one_more(_one_more(ir.Local(INT, "n")))),)),
    ),
    "a truth value far up in a record": one_variable(
        RecordType("Pair"),
        _pair(ir.Const(BOOL, False)),
        Action("set", (FLAG,), (put(RecordType("Pair"), _pair(ir.Local(BOOL, "flag"))),)),
    ),
    "a range without an upper end": counting(IntType(0, None), "-", 3),
    "a range without a lower end": counting(IntType(None, 3), "+", 0),
    "a range of all 64 bits and one end": counting(IntType(-(1 << 62), 1 << 62), "-", -(1 << 62) + 2),
    "quotients and rests of negative numbers": dividing(-5, 5),
    "a step that writes what was there": restless(),
    "a parameter without values": one_variable(
        BOOL,
        ir.Const(BOOL, False),
        Action("go", (Parameter("i", IntType(1, "Limit")),), (put(BOOL, ir.Const(BOOL, True)),)),
    ),
}
