"""The tableau of a formula: locations that say what must be true now, and what of the rest of a word.

Gerth, Peled, Vardi, Wolper (PSTV 1995), figure 1, with a worklist of its own instead of recursion. A location is known
by the formulas that it has dealt with (`old`) and those that it leaves to its successors (`after`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from checker.temporal.automaton import Location
from checker.temporal.normal import And, Literal, Normal, Or, Release, Truth, Until

LOCATIONS_MAX = 1_000
"""Locations before merging: more than any property that a person understands, and a fraction of a second of work."""

BRANCHES_MAX = 100 * LOCATIONS_MAX
"""Branches before the search is given up: contradictory ones make no locations, and could be exponentially many."""


class TooLargeError(Exception):
    """A formula whose automaton is not built, with the reason."""


@dataclass(frozen=True, slots=True)
class _Branch:
    """A location in the making: what is still to be dealt with (`new`), and the location it succeeds (-1: none)."""

    before: int
    new: tuple[int, ...]
    old: int
    after: int

    def with_new(self, formulas: Sequence[int], after: int = 0) -> _Branch:
        fresh = tuple(f for f in formulas if not self.old >> f & 1 and f not in self.new)
        return _Branch(self.before, (*fresh, *self.new), self.old, self.after | after)


class Tableau:
    """The tableau of one formula. A set of formulas is a set of bits, by the order in which they are listed."""

    def __init__(self, formula: Normal, atoms: Sequence[str]) -> None:
        self._atoms = {name: 1 << i for i, name in enumerate(atoms)}
        self._formulas: list[Normal] = []
        self._numbers: dict[Normal, int] = {}
        self._root = self._number(formula)
        self._untils = [(i, f) for i, f in enumerate(self._formulas) if isinstance(f, Until)]
        self._locations: dict[tuple[int, int], int] = {}
        self._successors: list[list[int]] = []
        self._initial: list[int] = []

    @property
    def promises(self) -> int:
        """How many acceptance sets there are: one for each `until`."""
        return len(self._untils)

    @property
    def initial(self) -> tuple[int, ...]:
        """The locations at which a run may begin, ascending."""
        return tuple(sorted(self._initial))

    def build(self) -> None:
        """Find all locations.

        Raises:
            TooLargeError: there are more than `LOCATIONS_MAX`, or more branches than `BRANCHES_MAX`.

        """
        branches, count = [_Branch(-1, (self._root,), 0, 0)], 0
        while branches:
            branch, count = branches.pop(), count + 1
            if count > BRANCHES_MAX:
                raise TooLargeError(f"it has more than {BRANCHES_MAX:,} cases")
            if branch.new:
                branches += reversed(self._dealt_with(branch))
            else:
                branches += self._settled(branch)

    def locations(self) -> Iterator[Location]:
        """Yield the locations that were found, as an automaton has them."""
        for (old, _), successors in zip(self._locations, self._successors, strict=True):
            must, must_not = 0, 0
            for literal in (f for i, f in enumerate(self._formulas) if old >> i & 1 and isinstance(f, Literal)):
                if literal.is_positive:
                    must |= self._atoms[literal.name]
                else:
                    must_not |= self._atoms[literal.name]
            yield Location(must, must_not, self._fulfilled(old), tuple(sorted(successors)))

    def _number(self, formula: Normal) -> int:
        """List a formula and its parts; return its number."""
        if formula not in self._numbers:
            if not isinstance(formula, Truth | Literal):
                self._number(formula.left)
                self._number(formula.right)
            self._numbers[formula] = len(self._formulas)
            self._formulas.append(formula)
        return self._numbers[formula]

    def _fulfilled(self, old: int) -> int:
        found = 0
        for k, (number, until) in enumerate(self._untils):
            if not old >> number & 1 or old >> self._numbers[until.right] & 1:
                found |= 1 << k
        return found

    def _settled(self, branch: _Branch) -> list[_Branch]:
        """Make a branch a location, unless it is one already; return what is to be done for its successors."""
        key = (branch.old, branch.after)
        is_known = key in self._locations
        if not is_known:
            if len(self._locations) == LOCATIONS_MAX:
                raise TooLargeError(f"its automaton has more than {LOCATIONS_MAX:,} locations")
            self._locations[key] = len(self._locations)
            self._successors.append([])
        number = self._locations[key]
        into = self._initial if branch.before < 0 else self._successors[branch.before]
        if number not in into:
            into.append(number)
        wanted = tuple(i for i in range(len(self._formulas)) if branch.after >> i & 1)
        return [] if is_known else [_Branch(number, wanted, 0, 0)]

    def _dealt_with(self, branch: _Branch) -> list[_Branch]:
        """Return the ways to deal with the first formula that is left."""
        number, formula = branch.new[0], self._formulas[branch.new[0]]
        rest = _Branch(branch.before, branch.new[1:], branch.old | 1 << number, branch.after)
        match formula:
            case Truth(value):
                return [rest] if value else []
            case Literal(name, is_positive):
                opposite = self._numbers.get(Literal(name, not is_positive))
                return [] if opposite is not None and branch.old >> opposite & 1 else [rest]
            case And(left, right):
                return [rest.with_new((self._numbers[left], self._numbers[right]))]
            case Or(left, right):
                return [rest.with_new((self._numbers[side],)) for side in (left, right)]
            case Until(left, right):
                a, b = self._numbers[left], self._numbers[right]
                return [rest.with_new((b,)), rest.with_new((a,), after=1 << number)]
            case Release(left, right):
                a, b = self._numbers[left], self._numbers[right]
                return [rest.with_new((a, b)), rest.with_new((b,), after=1 << number)]
            case _:
                assert_never(formula)
