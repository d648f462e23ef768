"""Small models as text: what a test needs to say, and nothing else."""

from __future__ import annotations

from pathlib import Path

from checker.dsl.loader import load
from checker.interp.engine import Interpreter
from checker.interp.machine import Machine
from checker.ir.instance import Instance, Setting, build_instance
from checker.ir.system import System
from checker.trace.verdict import Limits, Report, Request, Result

HEADER = '''"""A model for a test."""

from enum import Enum, auto
from typing import Self

from checker.dsl import (
    Annotated, Bag, Bound, Budget, Byzantine, Constant, Crashes, Family, Fifo, Majority, Map, MessageSet, Model, Order,
    Range, Restarts, Seq, Set, Sort, Threshold, Volatile, action, choose, initial, invariant, mapping, maximal, message,
    minimal, mutant, only, record, require, spend, successor, transition_invariant,
)

'''


def system_of(text: str, folder: Path) -> System:
    """Return the model that `text`, which needs no imports, declares last."""
    path = folder / f"small_{len(list(folder.iterdir()))}.py"
    path.write_text(HEADER + text, encoding="utf-8")
    return load(str(path)).system


def instance_of(system: System, **settings: Setting) -> Instance:
    return build_instance(system, "test", settings)


def machine_of(text: str, folder: Path, **settings: Setting) -> Machine:
    system = system_of(text, folder)
    return Machine(system, instance_of(system, **settings))


def bundled(name: str, mutant: str = "") -> System:
    model = load(name)
    return model.mutant(mutant).system if mutant else model.system


def check(
    system: System,
    *properties: str,
    witnesses: tuple[str, ...] = (),
    limits: Limits | None = None,
    exhaust: bool = False,
    base: System | None = None,
    **settings: Setting,
) -> Report:
    """Return what exploring an instance finds; deadlock is asked for by its name, `DEADLOCK`."""
    request = Request(properties, witnesses, limits or Limits(), exhaust=exhaust)
    return Interpreter().run(system, instance_of(system, **settings), request, base=base)


def result_of(report: Report, name: str) -> Result:
    return next(r for r in report.results if r.property == name)
