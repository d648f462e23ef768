"""`quorax linearize`: decides whether a history of concurrent operations is linearizable, and says why not."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli.parser import positive, positive_number
from checker.cli.status import Status

if TYPE_CHECKING:
    from checker.cli.console import Console
    from refinement.linearizability.explain import Explanation

SUMMARY = "decide whether a history of concurrent operations is linearizable"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="HISTORY", help="a history of Jepsen, or one JSON object a line")
    parser.add_argument(
        "--object", metavar="NAME", help="register, cas, queue or kv (default: what its operations say)"
    )
    parser.add_argument(
        "--format", choices=("jepsen", "quorax"), help="how it is written (default: its first line says)"
    )
    limits = parser.add_argument_group("limits", "what is not decided by then is undetermined")
    limits.add_argument("--time", metavar="SECONDS", type=positive_number, help="stop after so long")
    limits.add_argument("--configurations", metavar="N", type=positive, help="visit no more than N for each key")
    output = parser.add_argument_group("output")
    output.add_argument("--diagram", metavar="FILE", help="draw what is wrong as a timeline: .svg, .png or .dot")
    output.add_argument("--json", metavar="FILE", help="write the results as JSON; - for standard output, alone")


def run(options: argparse.Namespace) -> Status:
    """Decide, explain, write what was asked for."""
    from checker.cli.console import console
    from checker.cli.outputs import check_folders, diagram_format, write_document
    from checker.render.draw import check_drawable
    from refinement.linearizability.budget import Budget
    from refinement.linearizability.decide import CONFIGURATIONS_MAX, NotLinearizable, Undetermined, decide, initial_of
    from refinement.linearizability.explain import explain
    from refinement.linearizability.read import read_history
    from refinement.linearizability.report import document, explanation_lines, heading, verdict

    if options.diagram:
        check_drawable(diagram_format(options.diagram))
    check_folders(options.diagram, options.json)
    to = console(is_quiet=options.quiet, is_document=options.json == "-")
    history, used = read_history(Path(options.file), format=options.format, object=options.object)
    most = options.configurations or CONFIGURATIONS_MAX
    whole = Budget(most, options.time)
    decision = decide(history, used, configurations=most, seconds=options.time)
    why = None
    to.say(heading(options.file, history, used))
    to.say(to.paint(verdict(decision), "bad" if isinstance(decision, NotLinearizable) else "bold"))
    if isinstance(decision, NotLinearizable):
        why = explain(decision.parts[0], used, initial_of(history, used), whole.part(most))
        to.say()
        for line in explanation_lines(why):
            to.say(f"  {line}".rstrip())
    if options.diagram:
        _draw(why, options.diagram, to)
    write_document(options.json, document(options.file, history, used, decision, why), to)
    if isinstance(decision, NotLinearizable):
        return Status.VIOLATED
    return Status.INCONCLUSIVE if isinstance(decision, Undetermined) else Status.AS_EXPECTED


def _draw(why: Explanation | Exception | None, name: str, to: Console) -> None:
    """Write the timeline, or say why there is none."""
    from checker.cli.console import write_file
    from checker.cli.outputs import diagram_format
    from checker.render.draw import draw
    from refinement.linearizability.timeline import timeline_dot

    if why is None or isinstance(why, Exception):
        reason = "nothing is wrong" if why is None else "there is no explanation to draw"
        to.remark(f"{name} is not written: {reason}")
        return
    write_file(Path(name), draw(timeline_dot(why), diagram_format(name), "neato"))
    to.say(f"\ndiagram: {name}")
