"""The Venn regions of some sets: every way for a process to be in some of them and in no other.

A Boolean combination of sets is a union of regions, and regions are disjoint, so its size is a sum of sizes of
regions. What is said about sizes of sets is thus said about numbers, one for each of the 2^k regions of k sets, of
which nothing is known but that they are natural: Kuncak, Nguyen, Rinard, "Deciding Boolean Algebra with Presburger
Arithmetic" (2006), section 3, figure 3. Sizes of regions are the only thing that such formulas can tell apart.

Where processes are listed, some sets are known member by member. They divide the processes into atoms, whose sizes
are known numbers, and each atom is divided into the regions of the other sets.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from checker.smt.quorum.terms import Both, Either, Everyone, Named, Not, SetTerm


@dataclass(frozen=True, slots=True)
class Region:
    """The processes that are in each set of `inside` and in no other; of one atom, if processes are listed.

    `name` is one that no parameter can have. `inside` names sets of either kind. `atom` is the place of its atom in
    the partition, 0 if there is but one.
    """

    name: str
    inside: frozenset[str]
    atom: int


@dataclass(frozen=True, slots=True)
class Partition:
    """All regions of the sets `names` within `atoms`, in order: first what is in the first set, and so on.

    `atoms` are 0-based places of listed processes; without any list there is one atom, and it is None.
    """

    names: tuple[str, ...]
    atoms: tuple[frozenset[int] | None, ...]
    regions: tuple[Region, ...]

    def within(self, term: SetTerm) -> tuple[Region, ...]:
        """Return the regions whose union is a set."""
        return tuple(region for region in self.regions if is_within(region.inside, term))


def partition(names: tuple[str, ...], listed: Mapping[str, frozenset[int]] | None, members: int) -> Partition:
    """Return the regions of the sets `names` and of those that are listed, among that many listed processes.

    With `listed` None no process is listed, and there may be any number of them.
    """
    cells: list[tuple[frozenset[str], frozenset[int] | None]] = [(frozenset(), None)]
    if listed is not None:
        cells = _atoms(listed, members)
    regions = tuple(
        Region(
            f"r.{''.join(map(str, map(int, bits)))}" + (f".{place}" if listed is not None else ""),
            known | {name for name, bit in zip(names, bits, strict=True) if bit},
            place,
        )
        for place, (known, _) in enumerate(cells)
        for bits in itertools.product((True, False), repeat=len(names))
    )
    return Partition(names, tuple(atom for _, atom in cells), regions)


def _atoms(listed: Mapping[str, frozenset[int]], members: int) -> list[tuple[frozenset[str], frozenset[int] | None]]:
    """Return the listed processes, those together that are in the same listed sets; those in earlier sets first."""
    cells: dict[tuple[bool, ...], set[int]] = {}
    for member in range(members):
        cells.setdefault(tuple(member in listed[name] for name in listed), set()).add(member)
    return [
        (frozenset(name for name, bit in zip(listed, bits, strict=True) if bit), frozenset(cells[bits]))
        for bits in sorted(cells, reverse=True)
    ]


def is_within(inside: frozenset[str], term: SetTerm) -> bool:
    """Return whether a process that is in just the sets `inside` is in the set that `term` is."""
    match term:
        case Everyone():
            return True
        case Named(name):
            return name in inside
        case Not(operand):
            return not is_within(inside, operand)
        case Both(left, right):
            return is_within(inside, left) and is_within(inside, right)
        case Either(left, right):
            return is_within(inside, left) or is_within(inside, right)
        case _:
            assert_never(term)
