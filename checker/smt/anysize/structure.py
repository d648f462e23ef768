"""Finite structures: a size for each sort, and the relations and constants over its members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Structure:
    """Members are 0-based; those of an ordered sort ascend. A relation is the set of the tuples in it."""

    sizes: Mapping[str, int]
    relations: Mapping[str, frozenset[tuple[int, ...]]]
    constants: Mapping[str, int]

    def lines(self) -> list[str]:
        """Return the structure as text, a line for each thing in it."""
        made = [", ".join(f"{size} of {sort}" for sort, size in sorted(self.sizes.items()))]
        made += [f"{name} = {value}" for name, value in sorted(self.constants.items())]
        for name, tuples in sorted(self.relations.items()):
            if tuples:
                shown = " ".join(f"({', '.join(map(str, t))})" if t else "true" for t in sorted(tuples))
                made.append(f"{name}: {shown}")
        return made
