"""Whether some fair behaviour of a state graph is accepted by an automaton, and if so, one of them: a lasso.

An accepted, fair behaviour stays in the end within one strongly connected part of the product, all of which it could
visit again and again. So it is enough to look at the components of the product:

    acceptance        a component must have a node in each acceptance set
    weak fairness     it must have an edge of each constraint, or a state in which that one is not enabled
    strong fairness   it must have an edge of each constraint that is enabled anywhere in it

What lacks the first or the second has no part that does not. What lacks the third may have one, without the states in
which that constraint is enabled: they are taken out, and what is left falls into components of its own (Orna
Lichtenstein, Amir Pnueli, "Checking That Finite State Concurrent Programs Satisfy Their Linear Specification", 1985).

The lasso leads to the component that is nearest to an initial state. If one can stop there for good, the nearest such
place is where it stops. Else the cycle goes from one thing that has to be met to the next, the nearest first.

This is the reference: `checker/explicit/runtime/liveness.c` does the same in C, step by step, and has to find the same
lassos.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from checker.temporal.automaton import Automaton
from checker.temporal.components import components
from checker.temporal.graph import FairGraph
from checker.temporal.lasso import Lasso, normalised
from checker.temporal.product import STUTTER, Product


def find_lasso(graph: FairGraph, automaton: Automaton, *, look: Callable[[], None] = lambda: None) -> Lasso | None:
    """Return a fair behaviour of the graph that the automaton accepts, or None if there is none.

    Bit i of an atom set of the graph is atom i of the automaton. `look` is called now and then, and may raise.
    Time is linear in the product for each strong constraint that fails somewhere; the result depends on nothing but
    the arguments.
    """
    product = Product(graph, automaton, look)
    nearest: list[int] | None = None
    for component in _fair_components(product, look):
        if nearest is None or min(component) < nearest[0]:
            nearest = sorted(component)
    return None if nearest is None else _lasso(product, nearest)


def _fair_components(product: Product, look: Callable[[], None]) -> Iterator[list[int]]:
    """Yield the components in which a fair, accepted behaviour may stay."""
    pending: list[list[int]] = [list(range(len(product)))]
    while pending:
        region = pending.pop()
        for component in components(region, _within(product, set(region))):
            look()
            found = _judge(product, component)
            if found is None:
                continue
            if not found:
                yield component
            elif rest := [v for v in component if not product.enabled(v) & found]:
                pending.append(rest)


def _within(product: Product, region: set[int]) -> Callable[[int], list[int]]:
    """Return what gives the successors of a node within a region."""
    return lambda node: [target for _, target in product.steps(node) if target in region]


def _judge(product: Product, component: list[int]) -> int | None:
    """Return the strong constraints that a component fails; None if it fails anything else."""
    inside = set(component)
    fulfilled = taken = ever = 0
    always = -1
    has_step = False
    for node in component:
        enabled = product.enabled(node)
        fulfilled, ever, always = fulfilled | product.fulfils(node), ever | enabled, always & enabled
        for edge, target in product.steps(node):
            if target in inside:
                has_step = True
                taken |= 0 if edge == STUTTER else product.graph.labels[edge]
    if not has_step or fulfilled != product.automaton.all_fulfilled or product.graph.weak & always & ~taken:
        return None
    return product.graph.strong & ever & ~taken


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a cycle has still to meet: acceptance sets, weak and strong constraints."""

    sets: int
    weak: int
    strong: int

    def __bool__(self) -> bool:
        return bool(self.sets or self.weak or self.strong)

    def after(self, product: Product, edge: int, node: int) -> _Needs:
        """Return what is left after a step along `edge` to `node`."""
        label = 0 if edge == STUTTER else product.graph.labels[edge]
        return _Needs(
            self.sets & ~product.fulfils(node), self.weak & ~label & product.enabled(node), self.strong & ~label
        )

    def are_fewer_after(self, product: Product, edge: int, node: int) -> bool:
        """Return whether a step along `edge` to `node` meets anything."""
        return self.after(product, edge, node) != self


def _lasso(product: Product, component: list[int]) -> Lasso:
    """Return the lasso that ends in a fair component, whose nodes are in ascending order."""
    rest = next((v for v in component if _may_rest(product, v)), None)
    start = component[0] if rest is None else rest
    initial, stem = product.way_to(start)
    cycle = [] if rest is not None else [e for e in _cycle(product, component) if e != STUTTER]
    return normalised(Lasso(initial, tuple(stem), tuple(cycle)))


def _may_rest(product: Product, node: int) -> bool:
    """Return whether a behaviour may stutter at a node for ever: accepted, and fair since nothing is enabled."""
    fair = product.graph.weak | product.graph.strong
    is_accepted = product.fulfils(node) == product.automaton.all_fulfilled
    return is_accepted and not product.enabled(node) & fair and (STUTTER, node) in product.steps(node)


def _cycle(product: Product, component: list[int]) -> list[int]:
    """Return the edges of a cycle through the first node of a component that meets all that has to be met."""
    inside = set(component)
    ever = 0
    for node in component:
        ever |= product.enabled(node)
    graph, here = product.graph, component[0]
    needs = _Needs(product.automaton.all_fulfilled, graph.weak & ever, graph.strong & ever)
    needs = needs.after(product, STUTTER, here)
    edges: list[int] = []
    while needs:
        for edge, node in _path(product, inside, here, partial(needs.are_fewer_after, product)):
            edges.append(edge)
            needs, here = needs.after(product, edge, node), node
    if here != component[0] or not edges:
        edges += (edge for edge, _ in _path(product, inside, here, lambda _, v: v == component[0]))
    return edges


def _path(
    product: Product, inside: set[int], start: int, is_wanted: Callable[[int, int], bool]
) -> list[tuple[int, int]]:
    """Return a shortest way within a component, of one step at least, whose last step is wanted."""
    before: dict[int, tuple[int, int]] = {}
    queue = [start]
    for node in queue:
        for edge, target in product.steps(node):
            if target not in inside:
                continue
            if is_wanted(edge, target):
                way = [(edge, target)]
                while node != start:
                    edge, parent = before[node]
                    way.append((edge, node))
                    node = parent
                return way[::-1]
            if target not in before and target != start:
                before[target] = (edge, node)
                queue.append(target)
    raise AssertionError("a component is strongly connected, and has what it was judged to have")
