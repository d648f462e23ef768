"""The state graph of a small instance, in DOT: a box per state, an arrow per step; draw it with `dot`.

Steps that change nothing are left out. A graph too big to read becomes readable by projection: states that agree on the
chosen variables become one.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from checker.diagnostics import NOWHERE, error
from checker.ir.instance import Instance
from checker.ir.system import System, VariableDecl
from checker.ir.types import Value, record_names
from checker.ir.values import show_value
from checker.render.compact import Compact
from checker.render.dotfile import Attribute, attributes, left_aligned, quoted
from checker.render.fonts import BOLD, SANS, clipped
from checker.trace.trace import StateValues

STATES_MAX = 300
"""Boxes in one picture: beyond this nobody finds anything."""

_LABELS_MAX = 3
_LINE_WIDTH = 260.0
_SIZE, _SMALL = 10.0, 9.0

_PLAIN: dict[str, Attribute] = {"color": "#607d8b", "fillcolor": "#ffffff", "penwidth": 1.1}
_INITIAL: dict[str, Attribute] = {"color": "#1f77b4", "fillcolor": "#e3f2fd", "penwidth": 2.2}
_HIGHLIGHTED: dict[str, Attribute] = {"color": "#c62828", "fillcolor": "#fdd9d7", "penwidth": 2.2}


@dataclass(frozen=True, slots=True)
class Edge:
    """A step between two states, by their indices; `label` is its action with arguments."""

    source: int
    target: int
    label: str


def state_graph_dot(
    system: System,
    instance: Instance,
    states: Sequence[StateValues],
    edges: Iterable[Edge],
    *,
    initial: Collection[int] = (0,),
    highlighted: Collection[int] = (),
    variables: Sequence[str] = (),
    title: str = "",
    states_max: int = STATES_MAX,
) -> str:
    """Return the graph of `states`, which `edges`, `initial` and `highlighted` refer to by index.

    With `variables` it is projected onto them.

    Raises:
        QuoraxError: C022, if there are more than `states_max` states after projection; C023, if the system lacks one
            of `variables`.

    """
    shown = _chosen(system, variables)
    graph = _projected(system, shown, states, edges)
    if len(graph.states) > states_max:
        raise error(
            NOWHERE,
            "C022",
            f"{len(graph.states):,} states are too many for one picture (at most {states_max:,})",
            "project them onto fewer variables, or use a smaller instance",
        )
    merged = _Marks({graph.place[i] for i in initial}, {graph.place[i] for i in highlighted})
    return "\n".join(_lines(graph, merged, shown, Compact(system, instance), title)) + "\n"


def step_label(system: System, instance: Instance, action: str, args: Sequence[Value]) -> str:
    """Return the label of an edge: an action with its arguments, `accept(a1, Accept 0, v1)`."""
    compact = Compact(system, instance)
    parameters = system.action(action).parameters
    shown = [
        compact.message(value) if record_names(p.type) and value is not None else compact.value(p.type, value)
        for p, value in zip(parameters, args, strict=True)
    ]
    return f"{action}({', '.join(shown)})"


@dataclass(frozen=True, slots=True)
class _Graph:
    """A projected graph: what each state shows, how many it stands for, and labels of the arrows between two."""

    states: tuple[StateValues, ...]
    sizes: tuple[int, ...]
    place: tuple[int, ...]
    arrows: dict[tuple[int, int], list[str]]


@dataclass(frozen=True, slots=True)
class _Marks:
    initial: set[int]
    highlighted: set[int]


def _chosen(system: System, names: Sequence[str]) -> tuple[VariableDecl, ...]:
    known = {v.name: v for v in system.variables}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            remedy = f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"
            raise error(NOWHERE, "C023", f"{system.name} has no variable {name}", remedy)
    return tuple(known[name] for name in names) if names else system.variables


def _projected(
    system: System, shown: tuple[VariableDecl, ...], states: Sequence[StateValues], edges: Iterable[Edge]
) -> _Graph:
    columns = [system.variables.index(v) for v in shown]
    places: dict[StateValues, int] = {}
    place = tuple(places.setdefault(tuple(state[c] for c in columns), len(places)) for state in states)
    arrows: dict[tuple[int, int], list[str]] = {}
    for edge in edges:
        ends = place[edge.source], place[edge.target]
        if ends[0] != ends[1]:
            labels = arrows.setdefault(ends, [])
            if edge.label not in labels:
                labels.append(edge.label)
    sizes = [0] * len(places)
    for i in place:
        sizes[i] += 1
    return _Graph(tuple(places), tuple(sizes), place, arrows)


def _lines(
    graph: _Graph, marks: _Marks, shown: tuple[VariableDecl, ...], compact: Compact, title: str
) -> Iterator[str]:
    yield "digraph states {"
    yield f'  graph [bgcolor=white, pad=0.25, ranksep=0.5, nodesep=0.3, fontname="{SANS}"];'
    yield f'  node [fontname="{SANS}", fontsize={_SIZE:g}, shape=box, style="filled,rounded", margin="0.12,0.06"];'
    yield f'  edge [fontname="{SANS}", fontsize={_SMALL:g}, arrowsize=0.7, color="#888888", fontcolor="#444444"];'
    if title:
        yield f'  label={quoted(title)}; labelloc=t; fontsize=14; fontname="{BOLD}";'
    for i, state in enumerate(graph.states):
        style = _HIGHLIGHTED if i in marks.highlighted else _INITIAL if i in marks.initial else _PLAIN
        lines = [_line(v, value, compact) for v, value in zip(shown, state, strict=True)]
        if graph.sizes[i] > 1:
            lines.append(f"{graph.sizes[i]} states")
        tooltip = "\n".join(_whole(v, value, compact) for v, value in zip(shown, state, strict=True))
        yield f"  q{i} " + attributes(style | {"tooltip": tooltip}, label=left_aligned(lines)) + ";"
    for (source, target), labels in graph.arrows.items():
        rest = len(labels) - _LABELS_MAX
        text = "\n".join(labels if rest <= 0 else [*labels[:_LABELS_MAX], f"and {rest} more"])
        yield f"  q{source} -> q{target} " + attributes({"label": text, "tooltip": "\n".join(labels)}) + ";"
    yield "}"


def _line(variable: VariableDecl, value: Value, compact: Compact) -> str:
    return clipped(f"{variable.name} = {compact.value(variable.type, value)}", _SIZE, _LINE_WIDTH)


def _whole(variable: VariableDecl, value: Value, compact: Compact) -> str:
    return f"{variable.name} = {show_value(variable.type, value, compact.system, compact.instance)}"
