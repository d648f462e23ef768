"""The lifelines of a diagram: which processes it shows, from left to right, and in what colour."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from checker.ir.types import OrderType, SetType, SortType
from checker.render.causality import Delivery, signer
from checker.trace.trace import Lane, Trace

ALL_MEMBERS_MAX = 9
"""A sort of more members than this is shown with those only that take part."""

ENVIRONMENT = Lane("", 0)
"""The lifeline of steps that no process takes."""

_COLORS = ("#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#17899c", "#c2528b", "#6b7a1e", "#3949ab", "#a0522d", "#00796b")
_GREY = "#607d8b"


@dataclass(frozen=True, slots=True)
class Lifeline:
    lane: Lane
    label: str
    color: str
    is_byzantine: bool = False


def lifelines(trace: Trace, found: tuple[Delivery, ...]) -> tuple[Lifeline, ...]:
    """Return labelled lifelines; sorts get the first colours, so that a process looks the same in every diagram."""
    lanes = _lanes(trace, found)
    sorts = {d.type.name for d in trace.system.domains if isinstance(d.type, SortType)}
    by_color = sorted(lanes, key=lambda lane: (lane.domain not in sorts, lanes.index(lane)))
    colors = {lane: _COLORS[i % len(_COLORS)] for i, lane in enumerate(by_color)}
    return tuple(
        Lifeline(ENVIRONMENT, "environment", _GREY)
        if lane == ENVIRONMENT
        else Lifeline(lane, _label(lane, trace, lane.domain in sorts), colors[lane], _is_byzantine(lane, trace))
        for lane in lanes
    )


def _lanes(trace: Trace, found: tuple[Delivery, ...]) -> tuple[Lane, ...]:
    """Return the lifelines from left to right.

    The sort that takes most steps is shown whole, in the middle; of any other domain those members that take part.
    Members of orders (the proposers of ballots) stand at its sides, split where the messages travel least.
    """
    acting = Counter(step.process for step in trace.steps if step.process is not None)
    signers = (signer(trace, d.envelope) for d in found if d.is_forged)
    taking_part = set(acting) | {lane for lane in signers if lane is not None}
    sorts = [d.type.name for d in trace.system.domains if isinstance(d.type, SortType)]
    orders = [d.type.name for d in trace.system.domains if isinstance(d.type, OrderType)]
    steps = {name: sum(n for lane, n in acting.items() if lane.domain == name) for name in sorts}
    main = max(sorts, key=lambda name: steps[name], default="")
    is_whole = bool(main) and (steps[main] or not acting) and trace.instance.size(main) <= ALL_MEMBERS_MAX
    middle = [
        Lane(name, i)
        for name in sorts
        for i in range(trace.instance.size(name))
        if Lane(name, i) in taking_part or (name == main and is_whole)
    ]
    sides = [Lane(name, i) for name in orders for i in range(trace.instance.size(name)) if Lane(name, i) in taking_part]
    last = [ENVIRONMENT] if any(step.process is None for step in trace.steps) else []
    candidates = [(*sides[:k], *middle, *sides[k:], *last) for k in range(len(sides), -1, -1)]
    return min(candidates, key=lambda lanes: _distance(lanes, trace, found))


def _distance(lanes: tuple[Lane, ...], trace: Trace, found: tuple[Delivery, ...]) -> int:
    place = {lane: i for i, lane in enumerate(lanes)}
    lane_of = {step.index: place[step.process or ENVIRONMENT] for step in trace.steps}
    return sum(abs(lane_of[d.sender] - lane_of[d.receiver]) for d in found if d.sender is not None)


def _label(lane: Lane, trace: Trace, is_sort: bool) -> str:
    member = trace.instance.domains[lane.domain][lane.index]
    return member if is_sort else f"{lane.domain} {member}"


def _is_byzantine(lane: Lane, trace: Trace) -> bool:
    return any(
        given.kind == "byzantine"
        and isinstance(given.type, SetType)
        and str(given.type.element) == lane.domain
        and lane.index in trace.instance.givens[given.name]
        for given in trace.system.givens
    )
