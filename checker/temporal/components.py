"""Strongly connected components.

Robert Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972), with a stack of its own instead of recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


def components(nodes: Iterable[int], successors: Callable[[int], Iterable[int]]) -> Iterator[list[int]]:
    """Yield the components of the subgraph on `nodes`, each after those that it leads to.

    `successors` gives those within the subgraph only. The order of everything depends on that of `nodes` and of
    `successors`. Time and memory are linear in the subgraph.
    """
    search = _Search(successors)
    for root in nodes:
        if root not in search.numbers:
            yield from search.from_root(root)


class _Search:
    """One depth-first search. `numbers` says when a node was met; a node of a finished component has `_DONE`."""

    def __init__(self, successors: Callable[[int], Iterable[int]]) -> None:
        self.numbers: dict[int, int] = {}
        self._successors = successors
        self._lowest: dict[int, int] = {}
        self._open: list[int] = []
        self._path: list[tuple[int, Iterator[int]]] = []

    def from_root(self, root: int) -> Iterator[list[int]]:
        self._enter(root)
        while self._path:
            node, rest = self._path[-1]
            for target in rest:
                if target not in self.numbers:
                    self._enter(target)
                    break
                self._lowest[node] = min(self._lowest[node], self.numbers[target])
            else:
                self._path.pop()
                if self._path:
                    before = self._path[-1][0]
                    self._lowest[before] = min(self._lowest[before], self._lowest[node])
                if self._lowest[node] == self.numbers[node]:
                    yield self._close(node)

    def _enter(self, node: int) -> None:
        self.numbers[node] = self._lowest[node] = len(self.numbers)
        self._open.append(node)
        self._path.append((node, iter(self._successors(node))))

    def _close(self, node: int) -> list[int]:
        """Take the component of which `node` was met first off the stack."""
        component: list[int] = []
        while not component or component[-1] != node:
            component.append(self._open.pop())
        for member in component:
            self.numbers[member] = _DONE
        return component


_DONE = 1 << 62
"""Later than any node: an edge into a finished component makes nothing lower."""
