"""`quorax graph`: draws the state graph of a small instance, or what is left of it under a projection."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli.parser import positive, subject_arguments, suggestion
from checker.cli.status import Status
from checker.diagnostics import NOWHERE, QuoraxError, error

if TYPE_CHECKING:
    from checker.cli.subject import Subject
    from checker.interp.graph import StateGraph
    from checker.interp.machine import Machine

STATES = 20_000
"""States that are explored before they are projected: seconds of work."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    subject_arguments(parser)
    parser.add_argument("--project", metavar="VAR,VAR", help="merge the states that agree on these variables")
    parser.add_argument("--highlight", metavar="NAME", help="mark the states in which a predicate or invariant is true")
    parser.add_argument(
        "--states", metavar="N", type=positive, default=STATES, help=f"explore no more than (default: {STATES:,})"
    )
    parser.add_argument("--out", metavar="FILE", help="a .svg, .png or .dot file (default: DOT on standard output)")


def run(options: argparse.Namespace) -> Status:
    """Explore the instance and draw what is there."""
    from checker.cli.console import console, write_file
    from checker.cli.outputs import check_folders, diagram_format
    from checker.cli.subject import find_subject
    from checker.interp.machine import Machine
    from checker.render.draw import check_drawable, draw
    from checker.report.words import plural

    kind = diagram_format(options.out) if options.out else "dot"
    check_drawable(kind)
    check_folders(options.out)
    subject = find_subject(options)
    machine = Machine(subject.system, subject.instance)
    graph = _explored(machine, options.states)
    dot = _dot(subject, graph, machine, options)
    to = console(is_quiet=options.quiet)
    if options.out:
        write_file(Path(options.out), draw(dot, kind, "dot"))
        to.say(f"{plural(len(graph.states), 'state')}, {plural(len(graph.steps), 'step')}: {options.out}")
    else:
        to.say(dot.rstrip("\n"))
    for bound, count in sorted(graph.cuts.items()):
        to.remark(f"not drawn: {plural(count, 'transition')} cut at {bound}")
    return Status.AS_EXPECTED


def _explored(machine: Machine, states_max: int) -> StateGraph:
    """Return the whole state graph.

    Raises:
        QuoraxError: C016 if it is too big, R-codes if the model is in error in a reachable state.

    """
    from checker.interp.graph import state_graph
    from checker.interp.watch import UndefinedError

    try:
        graph = state_graph(machine, states_max)
    except UndefinedError as undefined:
        raise QuoraxError([undefined.error.diagnostic]) from None
    if not graph.is_complete:
        message = f"the instance has more than {states_max:,} states"
        raise error(NOWHERE, "C016", message, "draw a smaller instance, or raise --states")
    return graph


def _dot(subject: Subject, graph: StateGraph, machine: Machine, options: argparse.Namespace) -> str:
    from checker.render.stategraph import Edge, state_graph_dot, step_label

    system, instance = subject.system, subject.instance
    edges = (Edge(s.source, s.target, step_label(system, instance, s.action, s.args)) for s in graph.steps)
    return state_graph_dot(
        system,
        instance,
        graph.states,
        edges,
        initial=range(graph.initial),
        highlighted=tuple(_where(options.highlight, graph, machine)) if options.highlight else (),
        variables=tuple(name.strip() for name in options.project.split(",")) if options.project else (),
        title=f"{subject.title} at {instance.name}: {instance}",
    )


def _where(name: str, graph: StateGraph, machine: Machine) -> Iterator[int]:
    """Yield the numbers of the states in which a predicate or an invariant is true.

    Raises:
        QuoraxError: C006, if there is none of that name; R-codes, if it is undefined in a reachable state.

    """
    from checker.cli.subject import predicates_of
    from checker.interp.errors import ModelError

    system = machine.system
    invariants = [p.name for p in system.properties if p.kind == "invariant"]
    known = [*predicates_of(system), *invariants]
    if name not in known:
        raise error(NOWHERE, "C006", f"{system.name} has no predicate {name}", suggestion(name, known))
    body = system.property(name).body if name in invariants else system.function(name).body
    is_true = machine.predicate(body)
    try:
        yield from (number for number, state in enumerate(graph.states) if is_true(state))
    except ModelError as undefined:
        raise QuoraxError([undefined.diagnostic]) from None
