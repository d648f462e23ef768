"""State graphs: plain data in, DOT out."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.ir.instance import build_instance
from checker.ir.system import DomainDecl, VariableDecl
from checker.ir.types import IntType, MessageSetType, RecordType
from checker.render.stategraph import Edge, state_graph_dot, step_label
from tests.golden import assert_golden
from tests.render.stories import PROCESS, paxos, record, system_of

GOLDEN = Path(__file__).parent / "golden"

SYSTEM = system_of(
    "Walk",
    DomainDecl(PROCESS),
    record("Ping", n=IntType(0, 9)),
    VariableDecl("x", IntType(0, 9)),
    VariableDecl("y", IntType(0, 9)),
    VariableDecl("net", MessageSetType(RecordType("Ping"))),
    actions={"go": {}},
)
INSTANCE = build_instance(SYSTEM, "one", {"Process": 1})
STATES = [(x, y, frozenset({("Ping", y)})) for x in range(3) for y in range(2)]
EDGES = [
    Edge(0, 1, "right()"),
    Edge(0, 2, "down()"),
    Edge(1, 3, "down()"),
    Edge(2, 3, "right()"),
    Edge(2, 4, "down()"),
    Edge(3, 5, "down()"),
    Edge(3, 5, "jump()"),
    Edge(5, 5, "stay()"),
]


def graph(**options: object) -> str:
    return state_graph_dot(SYSTEM, INSTANCE, STATES, EDGES, **options)  # type: ignore[arg-type]


def test_a_state_graph_is_drawn_like_this() -> None:
    assert_golden(GOLDEN / "walk.dot", graph(highlighted=[5], title="two ways"))


def test_projection_merges_states_that_agree() -> None:
    dot = graph(variables=["x"])
    assert [line for line in dot.splitlines() if " -> " in line] == [
        '  q0 -> q1 [label="down()", tooltip="down()"];',
        '  q1 -> q2 [label="down()\\njump()", tooltip="down()\\njump()"];',
    ]
    assert r'label="x = 0\l2 states\l"' in dot


def test_marks_survive_projection() -> None:
    dot = graph(variables=["x"], highlighted=[5])
    assert [("#1f77b4" in line, "#c62828" in line) for line in dot.splitlines() if "fillcolor" in line] == [
        (True, False),
        (False, False),
        (False, True),
    ]


def test_projected_variables_are_in_the_order_that_was_asked_for() -> None:
    assert r'label="y = 0\lx = 0\l"' in graph(variables=["y", "x"])


def test_steps_that_change_nothing_are_left_out() -> None:
    assert "stay" not in graph()


def test_many_labels_between_two_states_are_counted() -> None:
    edges = [Edge(0, 1, f"go({n})") for n in range(9)]
    dot = state_graph_dot(SYSTEM, INSTANCE, STATES, edges)
    assert r'label="go(0)\ngo(1)\ngo(2)\nand 6 more"' in dot


def test_the_order_of_edges_decides_no_more_than_the_order_of_arrows() -> None:
    backwards = state_graph_dot(SYSTEM, INSTANCE, STATES, EDGES[::-1])
    assert sorted(backwards.splitlines())[:6] == sorted(graph().splitlines())[:6]


def test_too_many_states_are_refused_with_a_remedy() -> None:
    with pytest.raises(QuoraxError) as caught:
        graph(states_max=5)
    assert str(caught.value) == (
        "error[C022]: 6 states are too many for one picture (at most 5)\n"
        "  help: project them onto fewer variables, or use a smaller instance"
    )


def test_a_graph_that_projection_makes_small_is_drawn() -> None:
    assert graph(variables=["y"], states_max=2).count("tooltip") == 3


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(QuoraxError, match=r"error\[C023\]: Walk has no variable nett\n  help: did you mean net\?"):
        graph(variables=["nett"])


def test_steps_are_labelled_with_their_arguments() -> None:
    system, instance = paxos()
    assert step_label(system, instance, "accept", (1, ("Accept", 0, 1))) == "accept(a2, Accept 0, v2)"
    assert step_label(system, instance, "propose", (0, 1, frozenset({0, 2}))) == "propose(0, v2, {a1, a3})"
