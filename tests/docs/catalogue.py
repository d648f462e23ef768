"""Tables of the documents that are made from models, specs and the lock: the catalogue of mutants, the protocols."""

from __future__ import annotations

from checker.dsl.loader import BUNDLED, LoadedModel, LoadedMutant, bundled_models, load
from checker.gate.lock import read_lock
from checker.ir.instance import build_instance
from checker.spec.find import LOCK
from checker.spec.parse import parse_spec
from checker.spec.resolve import instance_settings
from checker.spec.tree import MutantDecl, Spec

HEAD = """# The mutants

Deliberately wrong variants of the bundled models. Checking must refute each by the property it is meant to break, in
the fewest steps; where a smaller instance is listed as *not refuted*, it must not. A mutant that nothing catches would
be a hole in a model's properties, or in quorax. The identifiers are stable: `quorax check paxos --mutant PX-02` works.

This page is made from the models and specs, and a test keeps it so.
"""

COLUMNS = "| id | mutant | what is wrong | refuted by | not refuted |\n|---|---|---|---|---|\n"


def catalogue() -> str:
    """Return the text of docs/mutants.md."""
    parts = [HEAD]
    for name in bundled_models():
        loaded = load(name)
        spec = parse_spec(BUNDLED.parent / "specs" / f"{name}.spec")
        if loaded.mutants:
            parts.append(
                f"\n## {name}\n\n| id | mutant | what is wrong | refuted by | not refuted |\n|---|---|---|---|---|\n"
            )
            parts += [_row(mutant, spec) for mutant in _by_id(loaded)]
    return "".join(parts)


def _by_id(loaded: LoadedModel) -> list[LoadedMutant]:
    return sorted(loaded.mutants.values(), key=lambda m: (m.id, m.name))


def _row(mutant: LoadedMutant, spec: Spec) -> str:
    demands = [s for s in spec.demands if isinstance(s, MutantDecl) and s.mutant.text == mutant.name]
    refuted = [_demand(d) for d in demands if d.expectation.kind == "fail"]
    passes = [_demand(d) for d in demands if d.expectation.kind == "hold"]
    wrong = " ".join(docstring_of(mutant).split("\n\n")[0].split())
    return f"| {mutant.id} | `{mutant.name}` | {wrong} | {'; '.join(refuted)} | {'; '.join(passes)} |\n"


def docstring_of(mutant: LoadedMutant) -> str:
    return (mutant.model.__doc__ or "").strip()


def _demand(decl: MutantDecl) -> str:
    names = ", ".join(claim.name for claim in decl.claims)
    count = decl.expectation.steps
    steps = f", {count} step{'s' * (count != 1)}" if count else ""
    return f"{names} at {decl.instance.text}{steps}"


def protocol_table() -> str:
    """Return the README's table of the bundled models: states of the default instance as the lock has them."""
    locked = read_lock(BUNDLED.parent / "specs" / LOCK).entries
    rows = [
        "| model | in one sentence | default instance | states | properties | mutants |\n|---|---|---|---:|---:|---:|\n"
    ]
    for name in bundled_models():
        loaded = load(name)
        spec = parse_spec(BUNDLED.parent / "specs" / f"{name}.spec")
        first = spec.instances[0].name.text
        graphs = [e.graph for key, e in locked.items() if key.startswith(f"{name}/{first}/") and e.graph is not None]
        settings = str(build_instance(loaded.system, first, instance_settings(spec, first)))
        doc = loaded.system.doc.splitlines()[0]
        rows.append(
            f"| `{name}` | {doc} | {settings} | {graphs[0].distinct:,} "
            f"| {len(loaded.system.properties) + len(spec.properties)} | {len(loaded.mutants)} |\n"
        )
    return "".join(rows)
