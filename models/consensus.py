"""Consensus, the problem: at most one value is chosen, and it stays chosen.

Source: Leslie Lamport, "The Paxos Algorithm, or How to Win a Turing Award" (2019), module Consensus.
Refines: nothing. Voting, Paxos and everything built on them refine this.
Abstracted: processes, messages and failures. A value is chosen in one step, and nobody in particular chooses it.
Bounds: the number of values. Whether a value is ever chosen is left open: this is safety only.
"""

from typing import Self

from checker.dsl import Model, Set, Sort, action, initial, invariant, require, transition_invariant


class Value(Sort):
    """A value that may be chosen."""


class Consensus(Model):
    """A set of values that is empty until one value is chosen."""

    chosen: Set[Value]  # the values chosen so far

    @initial
    def start(self) -> None:
        """Nothing is chosen."""
        self.chosen = set()

    @action
    def choose_value(self, v: Value) -> None:
        """Value v is chosen, unless one has been already (Next)."""
        require(not self.chosen)
        self.chosen = {v}

    @invariant
    def agreement(self) -> bool:
        """At most one value is chosen."""
        return len(self.chosen) <= 1

    @transition_invariant
    def stability(self, old: Self) -> bool:
        """A value that is chosen stays chosen."""
        return old.chosen <= self.chosen

    def decided(self) -> bool:
        """Return whether a value has been chosen."""
        return len(self.chosen) > 0
