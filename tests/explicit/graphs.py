"""The labelled state graph as compiled code records it, and as the interpreter sees it, in the same form."""

from __future__ import annotations

from dataclasses import dataclass
from unittest.mock import patch

from checker.explicit.codec import encode
from checker.explicit.engine import ExplicitEngine
from checker.explicit.findings import NativeFindings
from checker.explicit.graph import Answer, Graph
from checker.explicit.layout import Layout
from checker.explicit.library import Search, Trouble, Words
from checker.explicit.shapes import WORD
from checker.explicit.temporal import Claims, Decided
from checker.interp.edges import predicate_of, steps_of
from checker.interp.graph import state_graph
from checker.interp.machine import Machine
from checker.ir.instance import Instance
from checker.ir.system import System
from checker.temporal.constraints import Constraints
from checker.temporal.fairness import TemporalProperty
from checker.trace.verdict import Request

Key = tuple[int, int]
"""A constraint: the number of a declaration, and the values of its parameters in one word."""


@dataclass(frozen=True)
class Vertex:
    """A state: what is true there, which constraints are enabled, and what the step to each other state serves."""

    letter: int
    enabled: frozenset[Key]
    steps: dict[Words, frozenset[Key]]


Vertices = dict[Words, Vertex]
"""By the packed state, in the order of their numbers; the steps in the order of the edges."""


def recorded(
    system: System, instance: Instance, asked: tuple[TemporalProperty, ...], engine: ExplicitEngine
) -> Vertices:
    """Return the graph that compiled code records, and which it decides the properties on."""
    taken: list[Vertices] = []
    decide = Claims.decide

    def spy(claims: Claims, findings: NativeFindings, search: Search, *rest: object) -> Decided:
        graph = Graph(search)
        answer, _ = graph.record(1 << 30, lambda _: "")
        assert answer is Answer.NONE
        assert graph.recorded.trouble == Trouble.NONE
        taken.append(_vertices(graph))
        graph.close()
        return decide(claims, findings, search, *rest)  # type: ignore[arg-type]

    with patch.object(Claims, "decide", spy):
        engine.run(system, instance, Request(temporal=asked))
    (vertices,) = taken
    return vertices


def reference(machine: Machine, claims: Claims, layout: Layout, states_max: int = 20_000) -> Vertices:
    """Return the graph that the interpreter's semantics gives, its states packed."""
    found = state_graph(machine, states_max)
    assert found.is_complete
    constraints = Constraints(machine.system, claims.properties)
    predicates = [predicate_of(machine, name) for name in claims.labelling.atoms]
    seen = [steps_of(state, machine.outcomes(state), constraints) for state in found.states]
    keys = _keys(constraints, claims, layout)
    return {
        layout.pack(state): Vertex(
            sum(1 << bit for bit, is_true in enumerate(predicates) if is_true(state)),
            _members(enabled, keys),
            {layout.pack(target): _members(label, keys) for target, label in served.items()},
        )
        for state, (enabled, served) in zip(found.states, seen, strict=True)
    }


def _keys(constraints: Constraints, claims: Claims, layout: Layout) -> list[Key]:
    """Return the interpreter's constraints, by number, as compiled code knows them."""
    keys: list[Key] = []
    for action, per, values in constraints._numbers:
        kinds = {p.name: p.type for p in claims.machine.system.action(action).parameters}
        packed = at = 0
        for name, value in zip(per, values, strict=True):
            shape = layout.shapes.of(kinds[name])
            packed |= encode(shape, value, layout.shapes) << at
            at += shape.bits
        keys.append((claims.labelling.fairness.index((action, per)), packed))
    return keys


def _vertices(graph: Graph) -> Vertices:
    raw = graph.recorded.graph
    states = [graph.state(number) for number in range(raw.states)]
    keys = [tuple(graph.recorded.constraints[2 * i : 2 * i + 2]) for i in range(graph.recorded.constraints_count)]

    def row(number: int) -> frozenset[Key]:
        words = raw.label_sets[number * raw.words : (number + 1) * raw.words] if raw.words else []
        return _members(sum(word << WORD * i for i, word in enumerate(words)), keys)

    return {
        state: Vertex(
            raw.atoms[n],
            row(raw.enabled[n]),
            {states[raw.targets[e]]: row(raw.labels[e]) for e in range(raw.offsets[n], raw.offsets[n + 1])},
        )
        for n, state in enumerate(states)
    }


def _members(bits: int, keys: list[Key]) -> frozenset[Key]:
    return frozenset(key for i, key in enumerate(keys) if bits >> i & 1)
