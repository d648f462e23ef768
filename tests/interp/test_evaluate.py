"""What expressions mean: their values, what protects what, and where they are undefined."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from checker.interp.errors import ModelError
from checker.interp.machine import Machine, Next
from checker.ir.expr import Arith, Const, FieldOf, Local
from checker.ir.types import BOOL, INT, SetType, SortType, UnionType, Value
from tests.interp.small import machine_of

SAMPLES = """
class P(Sort): ...
class T(Order): ...
class Length(Bound): ...
class Pair(Majority[P]): ...
class Colour(Enum):
    RED = auto()
    BLUE = auto()

@record
class Vote:
    term: T
    voter: P

@message
class Ask:
    term: T

@message
class Tell:
    term: T
    voter: P

class Samples(Model):
    none: Vote | None
    some: Vote | None
    log: Seq[T, Length]
    empty: Seq[T, Length]
    votes: Set[Vote]
    ranks: Map[Annotated[int, Range(2, 4)], T]
    told: Map[bool, P]
    net: MessageSet[Ask | Tell]
    bag: Bag[Ask]
    zero: Annotated[int, Range(0, 9)]

    @initial
    def start(self, p: P, q: P) -> None:
        require(p != q)
        self.none = None
        self.some = Vote(T.first(), p)
        second = successor(T.first())
        self.log = Seq(T.first(), second)
        self.empty = Seq()
        self.votes = {Vote(T.first(), p), Vote(T.first(), q)}
        for i in range(2, 5):
            self.ranks[i] = T.first()
        for b in bool:
            self.told[b] = p
        self.zero = 0

    @action
    def idle(self) -> None:
        self.zero = 0

    @action
    def send(self, t: T, p: P) -> None:
        self.net.send(Ask(t))
        self.net.send(Tell(t, p))
        self.bag.send(Ask(t))
        self.bag.send(Ask(t))

    def value(self) -> RESULT:
        return EXPRESSION
"""


def sample(expression: str, result: str, folder: Path) -> tuple[Machine, tuple[Value, ...]]:
    text = SAMPLES.replace("RESULT", result).replace("EXPRESSION", expression)
    machine = machine_of(text, folder, P=3, T=2, Length=2)
    return machine, next(machine.initial_states())


def value_of(expression: str, result: str, folder: Path) -> Value:
    machine, state = sample(expression, result, folder)
    return machine.evaluate(machine.system.function("value").body, state, {})


VALUES: dict[str, tuple[str, Value]] = {
    "1 + 2 * 3 - 4": ("int", 3),
    "1 < 2 <= 2": ("bool", True),
    "Colour.BLUE": ("Colour", 1),
    "self.some": ("Vote | None", ("Vote", 0, 0)),
    "Vote(T.first(), self.told[True])": ("Vote", ("Vote", 0, 0)),
    "{2, 1, 2}": ("Set[int]", frozenset((1, 2))),
    "{1, 2} | {3} - {3}": ("Set[int]", frozenset((1, 2))),
    "{1, 2} & {2, 3}": ("Set[int]", frozenset((2,))),
    "{1} < {1, 2}": ("bool", True),
    "{1} < {1}": ("bool", False),
    "{1} <= {1}": ("bool", True),
    "{i + j for i in range(2) for j in range(1, 3) if i < j}": ("Set[int]", frozenset((1, 2, 3))),
    "{w.voter for w in self.votes}": ("Set[P]", frozenset((0, 1))),
    "self.log[1:]": ("Seq[T, Length]", (1,)),
    "self.log[:1] + self.log": ("Seq[T, Length]", (0, 0, 1)),
    "len(self.log) + len(self.votes) + len(P)": ("int", 7),
    "mapping({b: 1 if b else 0 for b in bool})": ("Map[bool, int]", (0, 1)),
    "max({1, 3, 2})": ("int", 3),
    "min({i for i in range(0)}, default=9)": ("int", 9),
    "maximal(self.votes, key=lambda w: w.term) == self.votes": ("bool", True),
    "minimal({w for w in self.votes if False}, key=lambda w: w.term)": ("Set[Vote]", frozenset()),
    "only({w.term for w in self.votes})": ("T", 0),
    "Pair.covers({w.voter for w in self.votes})": ("bool", True),
    "Pair.covers({p for p in P if p == self.told[True]})": ("bool", False),
    "all(any(p in q for p in P) for q in Pair)": ("bool", True),
    "all(any(p in q and p in r for p in P) for q in Pair for r in Pair)": ("bool", True),
    "self.ranks[2]": ("T", 0),
    "len({m for m in self.net.of(Ask)})": ("int", 0),
    "self.none is None and self.some is not None": ("bool", True),
}


@pytest.mark.parametrize("expression", VALUES)
def test_expressions_have_the_value_that_python_gives_them(expression: str, tmp_path: Path) -> None:
    result, expected = VALUES[expression]
    assert value_of(expression, result, tmp_path) == expected


UNDEFINED = {
    "self.none.term == T.first()": "R001",
    "self.log[2] == T.first()": "R003",
    "self.log[0 - 1] == T.first()": "R003",
    "self.empty[0] == T.first()": "R003",
    "self.log[1:3] == self.log": "R004",
    "self.log[2:1] == self.log": "R004",
    "max({i for i in range(0)}) == 0": "R006",
    "min(self.votes, key=lambda w: w.term) == self.some": "R007",
    "only(self.votes) == self.some": "R008",
    "only({w for w in self.votes if False}) == self.some": "R008",
    "self.ranks[5] == T.first()": "R009",
    "self.ranks[self.zero] == T.first()": "R009",
}


@pytest.mark.parametrize("expression", UNDEFINED)
def test_reaching_an_undefined_expression_is_an_error_at_its_place(expression: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        value_of(expression, "bool", tmp_path)
    diagnostic = caught.value.diagnostic
    assert diagnostic.code == UNDEFINED[expression]
    assert diagnostic.help
    assert diagnostic.span.file.endswith(".py")
    start = expression[diagnostic.span.column - len("        return ") :]
    assert expression.startswith(start[: diagnostic.span.end_column - diagnostic.span.column])


PROTECTED = {
    "self.none is None or self.none.term == T.first()": True,
    "not (self.none is not None and self.none.term == T.first())": True,
    "True if self.none is None else self.none.term == T.first()": True,
    "all(self.log[i] == T.first() for i in range(5) if i < 1)": True,
    "any(self.log[i] == T.first() for i in range(5))": True,
    "all(self.log[i] != T.first() for i in range(5))": False,
    "any(self.log[i] == T.first() for i in {4, 3, 0})": True,
    "any(self.log[i] == T.first() for j in range(2) for i in range(9) if j == 0)": True,
    "max({1, 2}, default=max({i for i in range(0)})) == 2": True,
}


@pytest.mark.parametrize("expression", PROTECTED)
def test_what_comes_first_protects_what_follows(expression: str, tmp_path: Path) -> None:
    assert value_of(expression, "bool", tmp_path) is PROTECTED[expression]


def test_elements_are_visited_in_canonical_order_however_they_are_written(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="index 3 of a sequence of 2"):
        value_of("any(self.log[i] == T.first() for i in {5, 4, 3})", "bool", tmp_path)


def test_a_bag_counts_copies_and_a_message_set_does_not(tmp_path: Path) -> None:
    machine, state = sample("len(self.bag)", "int", tmp_path)
    sent = machine.perform(state, "send", (1, 2), ())
    assert isinstance(sent, Next)
    twice = machine.perform(sent.state, "send", (1, 2), ())
    assert isinstance(twice, Next)
    assert machine.evaluate(machine.system.function("value").body, twice.state, {}) == 4
    net = machine.domains.places["net"]
    assert twice.state[net] == sent.state[net] == frozenset({("Ask", 1), ("Tell", 1, 2)})


def test_division_rounds_down_and_by_zero_is_an_error(tmp_path: Path) -> None:
    machine, state = sample("True", "bool", tmp_path)

    def result(operator: Literal["//", "%"], dividend: int, divisor: int) -> Value:
        left, right = Const(INT, dividend), Const(INT, divisor)
        return machine.evaluate(Arith(INT, operator, left, right), state, {})

    assert (result("//", -7, 2), result("%", -7, 2)) == (-4, 1)
    with pytest.raises(ModelError, match=r"R005.*7 // 0"):
        result("//", 7, 0)


def test_a_field_that_only_another_variant_has_is_an_error(tmp_path: Path) -> None:
    machine, state = sample("True", "bool", tmp_path)
    union = UnionType(("Ask", "Tell"))
    voter = FieldOf(SortType("P"), Local(union, "m"), "voter")
    assert machine.evaluate(voter, state, {"m": ("Tell", 0, 2)}) == 2
    with pytest.raises(ModelError, match=r"R002.*Ask has no field voter"):
        machine.evaluate(voter, state, {"m": ("Ask", 0)})


def test_true_is_not_taken_for_one_when_sets_are_listed(tmp_path: Path) -> None:
    machine, state = sample("True", "bool", tmp_path)
    numbers, truths = Const(SetType(INT), frozenset({1})), Const(SetType(BOOL), frozenset({True}))
    assert [repr(machine.elements(e, state, {})) for e in (numbers, truths)] == ["(1,)", "(True,)"]
