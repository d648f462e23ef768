"""`quorax prove`: proves properties for any number of nodes, values, ballots and messages, from a model's lemmas."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli.parser import output_arguments, positive, subject_arguments, suggestion
from checker.cli.status import Status
from checker.diagnostics import NOWHERE, QuoraxError, error

if TYPE_CHECKING:
    from checker.cli.console import Console
    from checker.ir.system import System
    from checker.smt.anysize.prove import Proof
    from checker.trace.trace import Trace
    from checker.trace.verdict import Result

STATES_MAX = 200_000
"""States that are explored to find out whether what is not proved is false."""

_NAME = re.compile(r"\w+")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    subject_arguments(parser)
    parser.add_argument(
        "--property", metavar="NAME", action="append", help="an invariant; may be repeated (default: all of them)"
    )
    parser.add_argument(
        "--assume",
        metavar="WHAT",
        action="append",
        default=[],
        help="a size, such as 'n > 3*f' or 'byzantine: size <= f', or a property that speaks of the instance alone",
    )
    parser.add_argument("--rlimit", metavar="N", type=positive, help="z3's steps for each obligation and seed")
    parser.add_argument("--cross-check", action="store_true", help="ask a second solver, cvc5, about every obligation")
    parser.add_argument("--smtlib", metavar="DIR", help="write every obligation as SMT-LIB into a folder")
    output_arguments(parser)


def run(options: argparse.Namespace) -> Status:
    """Prove, print the verdicts and what they rest on, and return the worst of them."""
    from checker.cli.console import console
    from checker.cli.outputs import check_outputs, write_document
    from checker.dsl.loader import load
    from checker.ir.hash import model_hash
    from checker.smt.anysize.report import ledger_lines, proof_document, verdict_lines
    from checker.smt.quorum.solve import require_cvc5
    from checker.smt.solver import require_z3
    from checker.trace.verdict import exit_code

    check_outputs(options)
    require_z3()
    if options.cross_check:
        require_cvc5()
    to = console(is_quiet=options.quiet, is_document=options.json == "-")
    model = load(options.target)
    system = model.mutant(options.mutant).system if options.mutant else model.system
    proof = _proof(options, system)
    results, traces = _examined(options, system, proof, to)
    title = f"{model.name}, mutant {options.mutant}" if options.mutant else model.name
    to.say(f"{to.paint(title, 'bold')}, any size\n")
    for line in (*verdict_lines(results, to.paint), "", *ledger_lines(proof)):
        to.say(line)
    _show(proof, traces, to)
    _write(options, proof, traces, to)
    write_document(options.json, proof_document(model.name, model_hash(system), proof, results), to)
    if not proof.is_sound:
        return Status.INTERNAL
    return Status(exit_code(results))


def _proof(options: argparse.Namespace, system: System) -> Proof:
    from checker.smt.anysize.prove import prove
    from checker.smt.anysize.solve import BUDGET
    from checker.smt.quorum.solve import solve_with_cvc5
    from checker.smt.solver import Budget

    known = tuple(p.name for p in system.properties)
    names = tuple(dict.fromkeys(options.property or known))
    conditions = [word for word in options.assume if _NAME.fullmatch(word)]
    for name in (*names, *conditions):
        if name not in known:
            raise error(NOWHERE, "C006", f"{system.name} has no property {name}", suggestion(name, known))
    sizes = [word for word in options.assume if word not in conditions]
    budget = BUDGET if options.rlimit is None else Budget(options.rlimit, BUDGET.seeds)
    second = solve_with_cvc5 if options.cross_check else None
    return prove(system, names, sizes, conditions, budget=budget, second=second)


def _examined(
    options: argparse.Namespace, system: System, proof: Proof, to: Console
) -> tuple[tuple[Result, ...], list[Trace]]:
    """Return the verdicts, after a look at an instance, and the traces that decide some there.

    What is not proved may be false in it; and an action that is never taken in it may be one that never can be.
    """
    from checker.cli.engines import engine_named
    from checker.cli.subject import find_subject
    from checker.trace.verdict import Holds, Limits, Request, Result, Violated

    lemmas = {p.name for p in system.properties if p.is_lemma}
    suspects = {d.obligation.goal for d in proof.failed} & lemmas
    open_ = [r.property for r in proof.results if not isinstance(r.verdict, Holds)]
    asked = tuple(p.name for p in system.properties if p.name in suspects or p.name in open_)
    try:
        subject = find_subject(options)
    except QuoraxError as none:
        if none.diagnostics[0].code != "C004":
            raise
        to.remark("no instance was explored: none is given, and no spec has one")
        return proof.results, []
    request = Request(asked, (), Limits(states=STATES_MAX), exhaust=True)
    report = engine_named("explicit").run(subject.system, subject.instance, request, None, subject.base)
    for name in (action for action, fired in report.coverage if not fired):
        to.remark(f"no step of {name} is among those explored in instance {subject.instance.name}")
    found = {r.property: r.verdict for r in report.results if isinstance(r.verdict, Violated)}
    for name in (n for n in found if n not in open_):
        to.remark(f"the lemma {name} is false in instance {subject.instance.name}: nothing follows from it")
    results = tuple(Result(r.property, r.kind, found.get(r.property, r.verdict)) for r in proof.results)
    if report.error is not None:
        raise QuoraxError([report.error.diagnostic])
    own = [verdict.trace for name, verdict in found.items() if name in open_]
    return results, own or [verdict.trace for verdict in found.values()][:1]


def _show(proof: Proof, traces: list[Trace], to: Console) -> None:
    """Print the violations; if there are none, the counterexamples to induction, and keep those that are steps."""
    from checker.render.text import trace_text
    from checker.smt.anysize.report import failure_lines

    for trace in traces:
        to.say(f"\n{trace_text(trace).rstrip()}")
    if traces:
        return
    for failed, found in proof.counterexamples:
        if isinstance(found, str):
            to.say("")
            for line in failure_lines(failed, found):
                to.say(line)
        else:
            to.say(f"\n{trace_text(found).rstrip()}")
            traces.append(found)


def _write(options: argparse.Namespace, proof: Proof, traces: Sequence[Trace], to: Console) -> None:
    from checker.cli.console import write_file
    from checker.cli.outputs import write_trace
    from checker.smt.anysize.smtlib import script

    write_trace(options, next(iter(traces), None), {"model": options.target, "mutant": options.mutant or ""}, to)
    if options.smtlib:
        folder = Path(options.smtlib)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise error(NOWHERE, "C010", f"cannot write into {folder}: {problem.strerror}", "give another") from None
        for number, d in enumerate(proof.discharges, 1):
            head = f"; {d.obligation.name}\n; as it should be if {d.obligation.wanted}\n"
            write_file(folder / f"{number:03}.smt2", head + script(d.obligation.assertions))
        to.say(f"obligations: {folder}")
