"""Generalised Büchi automata: which infinite words are meant, as a graph that can be searched.

Letters are on locations, as in the tableau that the automaton comes from: to be at a location is to read a letter. An
accepted word has a run that meets each acceptance set infinitely often; without acceptance sets, any run will do.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A letter may be read here if it has all atoms of `must` and none of `must_not`; sets of bits, as `fulfils` is.

    `successors` are the locations that may read the next letter, ascending.
    """

    must: int
    must_not: int
    fulfils: int
    successors: tuple[int, ...]

    def reads(self, letter: int) -> bool:
        """Return whether a letter, the set of the atoms that are true, may be read here."""
        return letter & self.must == self.must and not letter & self.must_not


@dataclass(frozen=True, slots=True)
class Automaton:
    """A generalised Büchi automaton. Bit i of a letter is `atoms[i]`, bit k of `fulfils` the k-th acceptance set.

    A run may begin in any of `initial`. Without locations, no word is accepted.
    """

    atoms: tuple[str, ...]
    locations: tuple[Location, ...]
    initial: tuple[int, ...]
    acceptance_sets: int

    @property
    def all_fulfilled(self) -> int:
        """The set of all acceptance sets."""
        return (1 << self.acceptance_sets) - 1
