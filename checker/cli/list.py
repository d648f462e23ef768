"""`quorax list`: the models, or what there is to know of one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker.cli.status import Status

if TYPE_CHECKING:
    from checker.dsl.loader import LoadedModel
    from checker.ir.system import System
    from checker.spec.tree import Spec


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", metavar="TARGET", nargs="?", help="a model (default: all bundled ones)")


def run(options: argparse.Namespace) -> Status:
    """Print the list."""
    from checker.cli.console import console

    to = console(is_quiet=options.quiet)
    for line in _model(options.target) if options.target else _models():
        to.say(line)
    return Status.AS_EXPECTED


def _models() -> Iterator[str]:
    from checker.dsl.loader import bundled_models, load

    names = bundled_models()
    width = max(map(len, names), default=0)
    for name in names:
        yield f"{name:<{width}}  {_summary(load(name))}"
    yield ""
    yield "quorax list MODEL shows its instances, properties and mutants; quorax check MODEL checks it."


def _model(target: str) -> Iterator[str]:
    from checker.cli.subject import find_spec
    from checker.dsl.loader import load
    from checker.dsl.source import display_name

    model = load(target)
    system = model.system
    spec = find_spec(model)
    yield f"{model.name}: {_summary(model)}"
    yield f"  model      {display_name(str(model.path))}"
    yield f"  spec       {display_name(str(spec.path)) if spec else 'none: give --bounds'}"
    yield from _section("instances", _instances(spec))
    yield from _section("actions", [(a.name, _first_line(a.doc)) for a in system.actions])
    yield from _section("properties", [(p.name, _first_line(p.doc)) for p in system.properties])
    yield from _section("refinements", [(n, _first_line(m.__doc__ or "")) for n, m in model.refinements.items()])
    yield from _section("temporal properties", _temporal(spec))
    yield from _section("predicates", _predicates(system))
    yield from _section("mutants", _mutants(model, spec))


def _summary(model: LoadedModel) -> str:
    """Return the first sentence of the file's docstring, else of the class's."""
    return _first_line(sys.modules[model.model.__module__].__doc__ or model.model.__doc__ or "")


def _first_line(doc: str) -> str:
    return doc.strip().split("\n")[0]


def _instances(spec: Spec | None) -> list[tuple[str, str]]:
    from checker.ir.instance import show_settings
    from checker.spec.resolve import instance_settings

    if spec is None:
        return []
    return [(i.name.text, show_settings(instance_settings(spec, i.name.text))) for i in spec.instances]


def _temporal(spec: Spec | None) -> list[tuple[str, str]]:
    from checker.spec.temporal import temporal_properties

    return [] if spec is None else [(name, found.text) for name, found in temporal_properties(spec).items()]


def _predicates(system: System) -> list[tuple[str, str]]:
    from checker.cli.subject import predicates_of

    return [(name, _first_line(system.function(name).doc)) for name in predicates_of(system)]


def _mutants(model: LoadedModel, spec: Spec | None) -> list[tuple[str, str]]:
    """Return each mutant with its number, what is wrong about it, what it breaks, and where."""
    from checker.cli.subject import refuted_at

    rows: list[tuple[str, str]] = []
    for mutant in model.mutants.values():
        at = refuted_at(spec, mutant.name) if spec else None
        where = f" at {at}" if at else ""
        rows.append(
            (mutant.name, f"{mutant.id}: {_first_line(mutant.model.__doc__ or '')} Breaks {mutant.breaks}{where}.")
        )
    return rows


def _section(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield title
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        yield f"  {name:<{width}}  {text}".rstrip()
