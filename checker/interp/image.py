"""The mapped states of a refinement, and the steps between them, by the reference semantics of the coarser model.

Each finer state is mapped once, and the successors of each mapped state are found once: mapped states are few.
"""

from __future__ import annotations

from functools import cached_property

from checker.interp.errors import ModelError
from checker.interp.machine import Cut, Machine, Next, StateValues
from checker.interp.watch import UndefinedError, starts
from checker.ir.refinement import coarse_instance
from checker.ir.system import Refinement


class Image:
    """A finer model as its refinement mapping shows it."""

    def __init__(self, machine: Machine, refinement: Refinement) -> None:
        self.refinement = refinement
        self.coarse = Machine(refinement.coarse, coarse_instance(refinement, machine.instance))
        self._variables = [machine.predicate(image) for image in refinement.images]
        self._images: dict[StateValues, StateValues] = {}
        self._successors: dict[StateValues, tuple[frozenset[StateValues], frozenset[str]]] = {}

    def of(self, state: StateValues) -> StateValues:
        """Return the state of the coarser model that a state is mapped to.

        Raises:
            UndefinedError: the mapping has no value there.

        """
        if state not in self._images:
            try:
                self._images[state] = tuple(value(state) for value in self._variables)
            except ModelError as error:
                raise UndefinedError(f"the mapping of {self.refinement.name}", error) from error
        return self._images[state]

    @cached_property
    def starts(self) -> frozenset[StateValues]:
        """The initial states of the coarser model.

        Raises:
            UndefinedError: it has none, or an initial action has no meaning.

        """
        return frozenset(starts(self.coarse)[0])

    @cached_property
    def bounds_at_start(self) -> frozenset[str]:
        """The bounds that cut initial actions of the coarser model."""
        return frozenset(starts(self.coarse)[1])

    def is_start(self, state: StateValues) -> bool:
        """Return whether a state is mapped to an initial one.

        Raises:
            UndefinedError: the mapping has no value there, or the coarser model no initial state.

        """
        return self.of(state) in self.starts

    def is_step(self, before: StateValues, after: StateValues) -> bool:
        """Return whether a step is mapped to a step of the coarser model, or to none at all."""
        mapped_before, mapped_after = self.of(before), self.of(after)
        return mapped_before == mapped_after or mapped_after in self._leaving(mapped_before)[0]

    def bounds(self, state: StateValues) -> frozenset[str]:
        """Return the bounds that cut steps of the coarser model in the state that this one is mapped to."""
        return self._leaving(self.of(state))[1]

    def _leaving(self, mapped: StateValues) -> tuple[frozenset[StateValues], frozenset[str]]:
        """Return the successors of a mapped state and the bounds that cut others; what is undefined is no step."""
        if mapped not in self._successors:
            outcomes = self.coarse.outcomes(mapped)
            states = frozenset(o.state for o in outcomes if isinstance(o, Next))
            self._successors[mapped] = states, frozenset(o.bound for o in outcomes if isinstance(o, Cut))
        return self._successors[mapped]
