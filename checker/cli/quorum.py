"""`quorax quorum`: decides lemmas about quorum systems for every number of processes, or derives those of a model."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.cli.status import Status
from checker.diagnostics import NOWHERE, error

if TYPE_CHECKING:
    from checker.cli.console import Console
    from checker.smt.quorum.prove import Discharge, Result, Solver, Word

_TARGET = re.compile(r"[\w./\\~-]+(:\w+)?")
"""A word that names a model: no statement is without a blank or a sign."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "words",
        metavar="STATEMENT",
        nargs="*",
        help="declarations, assumptions and questions, such as 'quorum Q: majority' 'any Q, Q meet'; "
        "or a model (paxos), and what to assume or ask of it",
    )
    parser.add_argument("--file", metavar="FILE", help="read statements from a file, one a line")
    parser.add_argument("--mutant", metavar="NAME", help="of a model: a wrong variant of it")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--instance", metavar="NAME", help="of a model: an instance, for families that it lists")
    size.add_argument("--bounds", metavar="A=3,B=2", help="of a model: an instance given here")
    parser.add_argument("--cross-check", action="store_true", help="ask a second solver, cvc5, about every obligation")
    output = parser.add_argument_group("output")
    output.add_argument("--diagram", metavar="FILE", help="draw the first counterexample: .svg, .png or .dot")
    output.add_argument("--smtlib", metavar="FILE", help="write the obligations as SMT-LIB")
    output.add_argument("--json", metavar="FILE", help="write the results as JSON; - for standard output, alone")


def run(options: argparse.Namespace) -> Status:
    """Answer, print the answers, and return the worst of them."""
    from checker.cli.console import console
    from checker.cli.outputs import check_folders, diagram_format
    from checker.smt.quorum.solve import require_cvc5, solve_with_cvc5
    from checker.smt.solver import require_z3

    if options.diagram:
        from checker.render.draw import check_drawable

        check_drawable(diagram_format(options.diagram))
    check_folders(options.diagram, options.smtlib, None if options.json == "-" else options.json)
    require_z3()
    if options.cross_check:
        require_cvc5()
    second = solve_with_cvc5 if options.cross_check else None
    to = console(is_quiet=options.quiet, is_document=options.json == "-")
    if options.words and _TARGET.fullmatch(options.words[0]):
        return _model(options, to, second)
    for name in ("mutant", "instance", "bounds"):
        if getattr(options, name) is not None:
            raise error(NOWHERE, "C001", f"--{name} goes with a model", "name the model before the statements")
    return _statements(options, to, second)


def _statements(options: argparse.Namespace, to: Console, second: Solver | None) -> Status:
    from checker.smt.quorum.build import build_inquiry
    from checker.smt.quorum.prove import answer
    from checker.smt.quorum.report import answers_document, answers_lines, show_domain
    from checker.smt.quorum.syntax import parse_lines

    statements = parse_lines(options.words)
    if options.file:
        statements = (*parse_lines(_read(options.file), options.file), *statements)
    inquiry = build_inquiry(statements)
    answers = answer(inquiry, second=second)
    to.say(to.paint(show_domain(inquiry.scenario), "bold"))
    for line in answers_lines(answers, to.paint):
        to.say(line)
    found = (*answers.results, *(t.weaker for t in answers.tightness))
    _write(options, to, found, answers.discharges, answers_document(answers))
    return _status(answers.words, answers.discharges)


def _model(options: argparse.Namespace, to: Console, second: Solver | None) -> Status:
    from checker.cli.subject import find_subject
    from checker.dsl.loader import load
    from checker.smt.quorum.facts import answers_beside, examined_facts
    from checker.smt.quorum.report import answers_document, answers_lines, facts_document, facts_lines

    options.target, *assumptions = options.words
    if options.file:
        assumptions = [*_read(options.file), *assumptions]
    instance = None
    if options.instance is not None or options.bounds is not None:
        subject = find_subject(options)
        system, instance, title = subject.system, subject.instance, subject.title
    else:
        model = load(options.target)
        system = model.mutant(options.mutant).system if options.mutant else model.system
        title = f"{model.name}, mutant {options.mutant}" if options.mutant else model.name
    if not system.quorums:
        raise error(NOWHERE, "Q015", f"{title} declares no quorums", "ask with statements: quorax quorum --help")
    facts, left_out = examined_facts(system, assumptions, instance, second=second)
    size = f"instance {instance.name}: {instance}" if instance else "any size"
    to.say(to.paint(f"{title}, {size}", "bold"))
    for line in facts_lines(facts, left_out, to.paint):
        to.say(line)
    answers = answers_beside(system, assumptions, instance, second=second)
    discharges = (*(d for fact in facts for d in fact.result.discharges), *answers.discharges)
    document = facts_document(title, facts, left_out)
    if answers.results:
        to.say("")
        for line in answers_lines(answers, to.paint):
            to.say(line)
        asked = answers_document(answers)
        document |= {"results": asked["results"], "tightness": asked["tightness"]}
    _write(options, to, (*answers.results, *(f.result for f in facts)), discharges, document)
    words: list[Word] = ["unknown" if f.word == "unknown" else "holds" for f in facts]
    return _status((*words, *answers.words), discharges)  # a fact that is refuted is no failure: nobody claimed it


def _read(name: str) -> list[str]:
    try:
        return Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise error(NOWHERE, "Q016", f"cannot read {name}: {problem}", "give a text file of statements") from None


def _write(
    options: argparse.Namespace,
    to: Console,
    results: Sequence[Result],
    discharges: Sequence[Discharge],
    document: dict[str, Any],
) -> None:
    from checker.cli.console import write_file
    from checker.cli.outputs import write_document
    from checker.smt.quorum.report import cross_check_lines, smtlib

    if options.cross_check:
        for line in cross_check_lines(discharges):
            to.say(line)
    if options.diagram:
        _draw(options.diagram, to, results)
    if options.smtlib:
        write_file(Path(options.smtlib), smtlib(discharges))
        to.say(f"obligations: {options.smtlib}")
    write_document(options.json, document, to)


def _draw(name: str, to: Console, results: Iterable[Result]) -> None:
    """Draw the first counterexample."""
    from checker.cli.console import write_file
    from checker.cli.outputs import diagram_format
    from checker.render.draw import draw
    from checker.render.setdiagram import SetPicture, SetRow, set_diagram_dot
    from checker.smt.quorum.explain import rows
    from checker.smt.quorum.report import show_domain, show_parameters

    for result in results:
        found = result.counterexample
        if found is not None:
            picture = SetPicture(
                f"refuted: {result.question.text}",
                f"smallest counterexample: {show_parameters(dict(found.parameters))}; "
                f"asked {show_domain(result.scenario)}",
                found.members,
                tuple(
                    SetRow(r.kind, r.label, r.members, r.remark) for r in rows(found, result.scenario, result.question)
                ),
                found.sets.get("byzantine", frozenset()),
            )
            write_file(Path(name), draw(set_diagram_dot(picture), diagram_format(name), "neato"))
            to.say(f"diagram: {name}")
            return
    to.remark(f"{name} is not written: nothing is refuted, so there is nothing to draw")


def _status(words: Sequence[Word], discharges: Iterable[Discharge]) -> Status:
    if any(d.agree is False for d in discharges):
        return Status.INTERNAL
    if "refuted" in words:
        return Status.VIOLATED
    return Status.INCONCLUSIVE if "unknown" in words else Status.AS_EXPECTED
