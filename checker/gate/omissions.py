"""What a spec leaves out, and a reader would take for granted: warnings, since each may be meant."""

from __future__ import annotations

from collections.abc import Iterator

from checker.spec.presets import selected
from checker.spec.resolve import ResolvedSpec
from checker.spec.tree import CheckDecl, MutantDecl, WitnessDecl


def omissions(spec: ResolvedSpec) -> Iterator[str]:
    """Yield what is missing in a spec, each in one line."""
    path = spec.spec.path
    demands = spec.spec.demands
    witnessed = {d.instance.text for d in demands if isinstance(d, WitnessDecl)}
    for d in demands:
        if isinstance(d, CheckDecl) and d.expectation.kind == "hold" and d.instance.text not in witnessed:
            yield f"{d.span}: no witness shows that what holds at {d.instance} does not hold vacuously"
    refuted = {d.mutant.text for d in demands if isinstance(d, MutantDecl) and d.expectation.kind == "fail"}
    for mutant in spec.model.mutants.values():
        if mutant.name not in refuted:
            yield f"{path}: nothing says that the mutant {mutant.name} ({mutant.id}) must be refuted"
    presets = [p.name.text for p in spec.spec.presets]
    in_preset = {d.span for preset in presets for d in selected(spec.spec, preset)}
    for d in demands:
        if presets and d.span not in in_preset:
            yield f"{d.span}: no preset selects this"
