"""`quorax trace`: reads a saved trace, replays it step by step, and shows it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.cli.status import Status
from checker.diagnostics import NOWHERE, QuoraxError, error

if TYPE_CHECKING:
    from checker.ir.instance import Instance
    from checker.ir.system import System
    from checker.temporal.fairness import TemporalProperty
    from checker.trace.trace import Trace

FORMATS = ("text", "dot", "svg", "png", "itf")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", metavar="FILE", help="an ITF JSON file, as `quorax check --trace-out` writes it")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to show it (default: text)")
    parser.add_argument("--out", metavar="FILE", help="where to write it (default: standard output)")
    parser.add_argument("--model", metavar="TARGET", help="the model, if the file does not say or it has moved")
    parser.add_argument("--mutant", metavar="NAME", help="the mutant of that model")
    parser.add_argument("--debug-step", metavar="N", type=int, help="run step N in Python's debugger")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--instance", metavar="NAME", help="an instance of the model's spec, if the file does not say")
    size.add_argument("--bounds", metavar="A=3,B=2", help="the instance, if the file does not say")


def run(options: argparse.Namespace) -> Status:
    """Replay the trace and show it."""
    from checker.cli.outputs import check_folders
    from checker.trace.itf import from_itf, read_itf

    check_folders(options.out)
    document = read_itf(Path(options.file))
    system, base, instance, names = _system_of(document, options)
    trace = _replayed(from_itf(document, system, instance), base)
    if options.debug_step is not None:
        return _debug(trace, options.debug_step, names)
    _write(_content(trace, options.format, names), options)
    return Status.AS_EXPECTED


def _debug(trace: Trace, number: int, names: dict[str, str]) -> Status:
    """Run one step of the trace natively, under the debugger.

    Raises:
        QuoraxError: C017 if the trace has no such step.

    """
    from pdb import Pdb

    from checker.dsl.loader import load
    from checker.dsl.native import NativeModel

    if not 1 <= number <= len(trace.steps):
        raise error(NOWHERE, "C017", f"the trace has no step {number}", f"give a number from 1 to {len(trace.steps)}")
    loaded = load(names["model"])
    model = loaded.mutant(names["mutant"]).model if names["mutant"] else loaded.model
    step = trace.steps[number - 1]
    native = NativeModel(model, trace.system, trace.instance)
    before = trace.states[number - 1]
    ended = native.debug(before, step.action, tuple(b.value for b in step.args), step.choices, Pdb(nosigint=True))
    sys.stdout.write(f"{step.action}: {ended}\n")
    return Status.AS_EXPECTED


def _system_of(document: Any, options: argparse.Namespace) -> tuple[System, System | None, Instance, dict[str, str]]:
    """Return the system of a trace, the model it is a mutant of, the instance, and the names to load them by again."""
    from checker.cli.subject import find_subject
    from checker.dsl.loader import load
    from checker.ir.instance import build_instance
    from checker.trace.itf import source_of

    says_all = not (options.instance or options.bounds)
    if options.model and not says_all:
        subject = find_subject(argparse.Namespace(**{**vars(options), "target": options.model}))
        names = {"model": options.model, "mutant": subject.mutant.name if subject.mutant else ""}
        return subject.system, subject.base, subject.instance, names
    source = source_of(document)
    target = options.model or source.model
    model = load(target)
    name = options.mutant or ("" if options.model else source.mutant)
    mutant = model.mutant(name) if name else None
    system = mutant.system if mutant else model.system
    instance = build_instance(system, source.instance, source.settings)
    base = model.system if mutant else None
    return system, base, instance, {"model": target, "mutant": mutant.name if mutant else ""}


def _replayed(said: Trace, base: System | None) -> Trace:
    """Return the trace that the model makes of the moves in a file.

    Raises:
        QuoraxError: T201 to T205 if the model does not allow the moves, C012 if they lead to other states than the
            file says.

    """
    from checker.interp.replay import replay

    moves = [(s.action, tuple(b.value for b in s.args), tuple(b.value for b in s.choices)) for s in said.steps]
    temporal = _temporal(said)
    trace = replay(
        said.system,
        said.instance,
        said.initial,
        moves,
        property=said.blame.property if said.blame and temporal is None else "",
        title=said.title,
        base=base,
        loop_start=said.loop_start,
        temporal=temporal,
    )
    for step, claimed in zip(trace.steps, said.steps, strict=True):
        if step.state != claimed.state:
            changed = _differing(said, step.state, claimed.state)
            raise error(
                NOWHERE,
                "C012",
                f"step {step.index}: {step.action} leads to another {changed} than the file says",
                "the model has changed since the trace was saved: check it again",
            )
    return trace


def _temporal(said: Trace) -> TemporalProperty | None:
    """Return the temporal property that a trace is said to violate, if it is one.

    Raises:
        QuoraxError: T002, if its text is none.

    """
    from checker.spec.temporal import read_property

    if said.blame is None or said.blame.kind != "temporal":
        return None
    try:
        return read_property(said.blame.property, said.blame.doc, said.blame.span)
    except QuoraxError as problem:
        reason = problem.diagnostics[0].message
        raise error(NOWHERE, "T002", f"#meta.blame.doc: not the text of a temporal property: {reason}") from None


def _differing(trace: Trace, left: tuple[Any, ...], right: tuple[Any, ...]) -> str:
    pairs = zip(trace.system.variables, left, right, strict=True)
    return ", ".join(variable.name for variable, a, b in pairs if a != b)


def _content(trace: Trace, kind: str, names: dict[str, str]) -> str | bytes:
    if kind == "text":
        from checker.render.text import trace_text

        return trace_text(trace)
    if kind == "itf":
        from checker.trace.itf import itf_text, to_itf

        return itf_text(to_itf(trace, **names))
    from checker.cli.outputs import FORMATS
    from checker.render.draw import draw
    from checker.render.spacetime import spacetime_dot

    picture = draw(spacetime_dot(trace), FORMATS[kind], "neato")
    return picture.decode() if kind == "dot" else picture


def _write(content: str | bytes, options: argparse.Namespace) -> None:
    """Write to the file that was named, else to standard output.

    Raises:
        QuoraxError: C013 for an image on a terminal.

    """
    from checker.cli.console import write_file

    if options.out:
        write_file(Path(options.out), content)
    elif isinstance(content, str):
        sys.stdout.write(content if content.endswith("\n") else f"{content}\n")
    elif sys.stdout.isatty():
        raise error(NOWHERE, "C013", f"{options.format} is no text for a terminal", f"add --out FILE.{options.format}")
    else:
        sys.stdout.buffer.write(content)
