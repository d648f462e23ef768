"""Presets: which demands of a spec a name such as `ci` stands for."""

from __future__ import annotations

from checker.spec.tree import CheckDecl, Demand, MutantDecl, ProveDecl, Selector, Spec, WitnessDecl


def selected(spec: Spec, preset: str) -> tuple[Demand, ...]:
    """Return the demands that a preset of a resolved spec selects, in source order."""
    names = {preset}
    presets = {p.name.text: p for p in spec.presets}
    selectors: list[Selector] = []
    queue = [preset]
    while queue:
        for selector in presets[queue.pop()].selectors:
            if selector.kind != "preset":
                selectors.append(selector)
            elif selector.name and selector.name.text not in names:
                names.add(selector.name.text)
                queue.append(selector.name.text)
    return tuple(d for d in spec.demands if any(picks(s, d) for s in selectors))


def picks(selector: Selector, demand: Demand) -> bool:
    """Return whether a selector, other than one that includes a preset, selects a demand."""
    name = selector.name.text if selector.name else None
    match selector.kind, demand:
        case "everything", _:
            return True
        case ("check", CheckDecl(instance=instance)) | ("witness", WitnessDecl(instance=instance)):
            return name in (None, instance.text)
        case "mutant", MutantDecl(mutant=mutant, instance=instance):
            at = selector.instance.text if selector.instance else instance.text
            return name in (None, mutant.text) and at == instance.text
        case "prove", ProveDecl():
            return True
        case _:
            return False
