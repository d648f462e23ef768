"""Writes what was asked for beside the text: a diagram of the trace, the trace as ITF JSON, the results as JSON."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.cli.console import Console, write_file
from checker.diagnostics import NOWHERE, error
from checker.trace.trace import Trace

if TYPE_CHECKING:
    from checker.render.draw import Format

FORMATS: dict[str, Format] = {"svg": "svg", "png": "png", "dot": "dot"}
"""The formats of diagrams, by the end of a file's name."""


def check_outputs(options: argparse.Namespace) -> None:
    """Complain about an output that could not be written, before a long run rather than after it.

    Raises:
        QuoraxError: C009 for a diagram of unknown format, C020 for one that nothing here can draw, C010 for a folder
            that does not exist.

    """
    if options.diagram:
        from checker.render.draw import check_drawable

        check_drawable(diagram_format(options.diagram))
    check_folders(options.diagram, options.trace_out, options.json)


def check_folders(*names: str | None) -> None:
    """Complain about files to write in folders that do not exist.

    Raises:
        QuoraxError: C010, for the first of them.

    """
    for name in names:
        if name and not Path(name).absolute().parent.is_dir():
            raise error(
                NOWHERE,
                "C010",
                f"cannot write {name}: there is no folder {Path(name).parent}",
                "make the folder first, or write elsewhere",
            )


def diagram_format(name: str) -> Format:
    """Return the format that a file's name asks for.

    Raises:
        QuoraxError: C009, if it asks for none that can be drawn.

    """
    suffix = Path(name).suffix.removeprefix(".").lower()
    if suffix not in FORMATS:
        message = f"{name}: the end of the name does not say how to draw it"
        raise error(NOWHERE, "C009", message, f"end it in {', '.join('.' + name for name in FORMATS)}")
    return FORMATS[suffix]


def write_trace(options: argparse.Namespace, trace: Trace | None, source: dict[str, str], to: Console) -> None:
    """Write the diagram and the ITF file that the options ask for; say so if there is no trace to write.

    `source` is the model and the mutant to load the trace's system by.
    """
    for name, what in ((options.diagram, "diagram"), (options.trace_out, "trace")):
        if not name:
            continue
        if trace is None:
            to.remark(f"{name} is not written: nothing is violated and no witness is reached, so there is no trace")
            continue
        if trace.is_anywhere and what == "trace":
            to.remark(f"{name} is not written: a counterexample to induction begins anywhere, so it does not replay")
            continue
        write_file(Path(name), _diagram(trace, name) if what == "diagram" else _itf(trace, source))
        to.say(f"{what}: {name}")


def _diagram(trace: Trace, name: str) -> bytes:
    from checker.render.draw import draw
    from checker.render.spacetime import spacetime_dot

    return draw(spacetime_dot(trace), diagram_format(name), "neato")


def _itf(trace: Trace, source: dict[str, str]) -> str:
    from checker.trace.itf import itf_text, to_itf

    return itf_text(to_itf(trace, **source))


def write_document(name: str | None, document: dict[str, Any], to: Console) -> None:
    """Write a JSON document to the file that was named, `-` being standard output."""
    if not name:
        return
    from checker.report.document import to_json

    if name == "-":
        to.document(to_json(document).rstrip("\n"))
    else:
        write_file(Path(name), to_json(document))
