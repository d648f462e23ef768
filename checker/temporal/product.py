"""The product of a state graph and an automaton: the states of a behaviour, each with where a run stands after it.

Nodes are numbered in the order of a breadth-first search that counts steps which change the state; stutter steps are
free. So a node with a lower number is no farther from an initial state, and the way to it that is kept is a shortest.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from checker.temporal.automaton import Automaton
from checker.temporal.graph import FairGraph

STUTTER = -1
"""The edge of a step that changes nothing."""

LOOK_EVERY = 1 << 12
"""Nodes between two looks at the clock."""


class Product:
    """The part of the product that can be reached. Memory is proportional to it, not to all pairs."""

    def __init__(self, graph: FairGraph, automaton: Automaton, look: Callable[[], None]) -> None:
        self.graph = graph
        self.automaton = automaton
        self._locations = automaton.locations
        self._width = len(automaton.locations)
        self._numbers: dict[int, int] = {}
        self._pairs = array("q")
        self._parents = array("q")
        self._edges = array("q")
        self._look = look
        self._explore()

    def __len__(self) -> int:
        return len(self._pairs)

    def state(self, node: int) -> int:
        """Return the state of a node."""
        return self._pairs[node] // self._width

    def enabled(self, node: int) -> int:
        """Return the constraints that are enabled at a node."""
        return self.graph.enabled[self.state(node)]

    def fulfils(self, node: int) -> int:
        """Return the acceptance sets that a node is in."""
        return self._locations[self._pairs[node] % self._width].fulfils

    def steps(self, node: int) -> Iterator[tuple[int, int]]:
        """Yield the steps from a node, each an edge (or `STUTTER`) and a node: stuttering first, edges in order."""
        state, location = divmod(self._pairs[node], self._width)
        successors = self._locations[location].successors
        numbers, width, targets = self._numbers, self._width, self.graph.targets
        for after in successors:
            found = numbers.get(state * width + after)
            if found is not None:
                yield STUTTER, found
        for edge in range(self.graph.offsets[state], self.graph.offsets[state + 1]):
            target = targets[edge]
            if target != state:
                for after in successors:
                    found = numbers.get(target * width + after)
                    if found is not None:
                        yield edge, found

    def way_to(self, node: int) -> tuple[int, list[int]]:
        """Return the initial state from which a node is reached, and the edges on the way, without stuttering."""
        edges: list[int] = []
        while (parent := self._parents[node]) >= 0:
            if self._edges[node] != STUTTER:
                edges.append(self._edges[node])
            node = parent
        return self.state(node), edges[::-1]

    def _explore(self) -> None:
        for state in self.graph.initial:
            for location in self.automaton.initial:
                self._meet(state, location, -1, STUTTER)
        start = 0
        while start < len(self._pairs):
            node = start
            while node < len(self._pairs):
                self._stutter(node)
                node += 1
            for node in range(start, len(self._pairs)):
                self._step(node)
            start = node + 1

    def _stutter(self, node: int) -> None:
        state, location = divmod(self._pairs[node], self._width)
        for after in self._locations[location].successors:
            self._meet(state, after, node, STUTTER)

    def _step(self, node: int) -> None:
        if node % LOOK_EVERY == 0:
            self._look()
        graph = self.graph
        state, location = divmod(self._pairs[node], self._width)
        for edge in range(graph.offsets[state], graph.offsets[state + 1]):
            if graph.targets[edge] != state:
                for after in self._locations[location].successors:
                    self._meet(graph.targets[edge], after, node, edge)

    def _meet(self, state: int, location: int, parent: int, edge: int) -> None:
        """Add a node, unless it is there already, or the letter of its state cannot be read there."""
        pair = state * self._width + location
        if pair not in self._numbers and self._locations[location].reads(self.graph.atoms[state]):
            self._numbers[pair] = len(self._pairs)
            self._pairs.append(pair)
            self._parents.append(parent)
            self._edges.append(edge)
