"""Gates mean what their names say, and clauses mean what the gates do."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from checker.interp.machine import Machine
from checker.ir.instance import build_instance
from checker.smt.circuit import FALSE, TRUE, Circuit, SizeError
from checker.smt.encoding import Encoding
from checker.smt.solver import Budget, Session, smtlib_of
from checker.smt.values import Algebra, Scalar, key_of
from tests.explicit.constructs import number, one_variable
from tests.smt.simulation import Bits

Gate = Callable[[Circuit, int, int, int], int]

GATES: dict[str, tuple[Gate, Callable[[bool, bool, bool], bool]]] = {
    "both": (lambda c, x, y, z: c.both(x, -y), lambda x, y, z: x and not y),
    "either": (lambda c, x, y, z: c.either(x, y), lambda x, y, z: x or y),
    "conjunction": (lambda c, x, y, z: c.conjunction([x, y, z]), lambda x, y, z: x and y and z),
    "disjunction": (lambda c, x, y, z: c.disjunction([x, -y, z]), lambda x, y, z: x or not y or z),
    "choice": (lambda c, x, y, z: c.choice(x, y, z), lambda x, y, z: y if x else z),
    "negative choice": (lambda c, x, y, z: c.choice(-x, -y, z), lambda x, y, z: z if x else not y),
    "choice of itself": (lambda c, x, y, z: c.choice(x, -x, y), lambda x, y, z: not x and y),
    "choice of a constant": (lambda c, x, y, z: c.choice(x, FALSE, -z), lambda x, y, z: not x and not z),
    "choice of the other constant": (lambda c, x, y, z: c.choice(x, y, TRUE), lambda x, y, z: y or not x),
    "same": (lambda c, x, y, z: c.same(c.same(x, y), z), lambda x, y, z: (x == y) == z),
    "two of": (lambda c, x, y, z: c.two_of([x, y, z]), lambda x, y, z: x + y + z >= 2),
    "nothing": (lambda c, x, y, z: c.both(c.either(x, -x), c.conjunction([y, -y, z])), lambda x, y, z: False),
}


@pytest.mark.parametrize("name", GATES)
def test_a_gate_means_what_its_name_says_by_clauses_by_evaluation_and_by_simulation(name: str) -> None:
    make, meaning = GATES[name]
    circuit = Circuit()
    inputs = [circuit.variable() for _ in range(3)]
    gate = make(circuit, *inputs)
    session = Session(Budget())
    session.add(circuit.definitions([gate]))
    rows = list(itertools.product((False, True), repeat=3))
    bits = Bits(circuit, len(rows))
    for place, literal in enumerate(inputs):
        bits.set(literal, sum(1 << n for n, row in enumerate(rows) if row[place]))
    for n, row in enumerate(rows):
        assumed = [literal if value else -literal for literal, value in zip(inputs, row, strict=True)]
        expected = meaning(*row)
        assert session.check([*assumed, gate]) == ("sat" if expected else "unsat")
        assert session.check([*assumed, -gate]) == ("unsat" if expected else "sat")
        values = dict(zip(inputs, row, strict=True))
        assert circuit.evaluation(values.__getitem__)(gate) == expected
        assert bool(bits.of(gate) >> n & 1) == expected


def test_equal_gates_are_one_gate() -> None:
    circuit = Circuit()
    x, y = circuit.variable(), circuit.variable()
    assert circuit.both(x, y) == circuit.both(y, x) == circuit.conjunction([y, x, TRUE, y])
    assert circuit.choice(x, y, FALSE) == circuit.both(x, y)


def test_a_circuit_does_not_outgrow_its_limit() -> None:
    circuit = Circuit(gates_max=6)
    literals = [circuit.variable() for _ in range(4)]
    circuit.both(*literals[:2])
    with pytest.raises(SizeError, match="the limit of 6 gates"):
        circuit.both(*literals[2:])


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 12])
def test_exactly_one_alternative_of_a_pick_is_true(count: int) -> None:
    system = one_variable(number(0).type, number(0))
    encoding = Encoding(Machine(system, build_instance(system, "test", {"Node": 1, "Limit": 0})).domains)
    picked = encoding.pick(tuple(range(count))).alternatives
    session = Session(Budget())
    session.add(encoding.circuit.definitions([abs(a) for clause in encoding.constraints for a in clause]))
    session.add(encoding.constraints)
    for literal in picked.values():
        assert session.check([literal]) == "sat"
    for one, other in itertools.combinations(picked.values(), 2):
        assert session.check([one, other]) == "unsat"
    assert session.check([-literal for literal in picked.values()]) == "unsat"


@pytest.mark.parametrize("most", [None, 1, 2, 3, 6])
def test_a_count_is_how_many_are_true_up_to_where_it_ends(most: int | None) -> None:
    circuit = Circuit()
    inputs = [circuit.variable() for _ in range(5)]
    counted = Algebra(circuit).count([*inputs, FALSE], most)
    for row in itertools.product((False, True), repeat=5):
        evaluate = circuit.evaluation(dict(zip(inputs, row, strict=True)).__getitem__)
        expected = sum(row) if most is None else min(sum(row), most)
        assert [value for value, literal in counted.alternatives.items() if evaluate(literal)] == [expected]


def test_equal_symbols_have_equal_keys() -> None:
    assert key_of(Scalar({1: 5, 2: -5})) == key_of(Scalar({2: -5, 1: 5}))
    assert key_of(Scalar({1: 5, 2: -5})) != key_of(Scalar({1: -5, 2: 5}))


def test_a_core_is_what_cannot_all_be_true() -> None:
    session = Session(Budget())
    session.add([(-2, -3), (4, 5)])
    assert session.check([2, 4, 3, 5]) == "unsat"
    assert session.core() == {2, 3}
    assert session.check([2, 4]) == "sat"
    assert session.is_true(4)
    assert not session.is_true(3)


def test_a_solver_that_gives_up_tries_every_seed_in_a_context_of_its_own() -> None:
    session = Session(Budget(rlimit=1_000, seeds=(0, 1, 2)))
    holes = [[2 + 7 * pigeon + hole for hole in range(7)] for pigeon in range(8)]
    session.add(map(tuple, holes))
    session.add((-a, -b) for hole in zip(*holes, strict=True) for a, b in itertools.combinations(hole, 2))
    assert session.check() == "unknown"
    assert session.attempts == 3
    assert session.reason == "1,000 steps of the solver were not enough"
    again = Session(Budget(rlimit=50_000_000))
    again.add(map(tuple, holes))
    again.add((-a, -b) for hole in zip(*holes, strict=True) for a, b in itertools.combinations(hole, 2))
    assert again.check() == "unsat"


def test_a_question_can_be_asked_of_another_solver() -> None:
    import z3

    session = Session(Budget())
    session.add([(-2, 3), (2, 4)])
    for assumed, expected in (((2, -3), z3.unsat), ((-2, 4), z3.sat)):
        other = z3.Solver(ctx=z3.Context())
        other.from_string(session.smtlib(assumed))
        assert other.check() == expected
    assert smtlib_of([], 1, ()) == "(set-logic QF_UF)\n(declare-const x1 Bool)\n(check-sat)\n"
