"""The state graph as temporal properties see it: which predicates are true where, and what fairness asks for.

States are numbered from 0. A set of atoms, or of fairness constraints, is an integer whose bits are its members. Every
state may stutter: the step from a state to itself is always there, and no edge is needed for it; an edge that leads
back to its own state is taken for just that, whatever it is labelled with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FairGraph:
    """A finite state graph with fairness constraints.

    The edges that leave state s are numbered from `offsets[s]` up to, and without, `offsets[s + 1]`. `labels` gives for
    each edge the constraints that it serves, `enabled` for each state those that a step there could serve (also a step
    that a bound cuts, which has no edge). `weak` and `strong` are the constraints that a fair behaviour must meet; a
    constraint in neither is ignored, one in both is strong.
    """

    initial: Sequence[int]
    atoms: Sequence[int]
    enabled: Sequence[int]
    offsets: Sequence[int]
    targets: Sequence[int]
    labels: Sequence[int]
    weak: int = 0
    strong: int = 0

    @property
    def size(self) -> int:
        """How many states there are."""
        return len(self.atoms)

    def source(self, edge: int) -> int:
        """Return the state that an edge leaves."""
        low, high = 0, self.size - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.offsets[middle] <= edge else (low, middle - 1)
        return low


def fair_graph(
    initial: Sequence[int],
    atoms: Sequence[int],
    enabled: Sequence[int],
    edges: Iterable[tuple[int, int, int]],
    *,
    weak: int = 0,
    strong: int = 0,
) -> FairGraph:
    """Return the graph with these edges, each a source, a target and a label.

    They are numbered by source; those of one source keep their order.
    """
    leaving: list[list[tuple[int, int]]] = [[] for _ in atoms]
    for source, target, label in edges:
        leaving[source].append((target, label))
    offsets = [0]
    for edges_here in leaving:
        offsets.append(offsets[-1] + len(edges_here))
    flat = [edge for edges_here in leaving for edge in edges_here]
    targets, labels = [target for target, _ in flat], [label for _, label in flat]
    return FairGraph(initial, atoms, enabled, offsets, targets, labels, weak, strong)
