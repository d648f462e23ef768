"""The lifelines of a diagram: which processes it shows, from left to right, and in what colour."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from checker.ir.types import SetType, SortType
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
    """Return the lifelines, at least one; the main sort has the first colours, so its members look alike everywhere."""
    main, lanes = _lanes(trace, found)
    by_color = sorted(lanes, key=lambda lane: (lane.domain != main, lanes.index(lane)))
    colors = {lane: _COLORS[i % len(_COLORS)] for i, lane in enumerate(by_color)}
    return tuple(
        Lifeline(ENVIRONMENT, "environment", _GREY)
        if lane == ENVIRONMENT
        else Lifeline(lane, _label(lane, trace, main), colors[lane], _is_byzantine(lane, trace))
        for lane in lanes
    )


def _lanes(trace: Trace, found: tuple[Delivery, ...]) -> tuple[str, tuple[Lane, ...]]:
    """Return the main sort, and all lanes from left to right.

    The sort that takes most steps is the main one: it is shown whole, in the middle. Of any other domain (clients, the
    proposers of ballots) those members that take part stand at its sides, split so that messages travel least and pass
    the fewest events.
    """
    acting = Counter(step.process for step in trace.steps if step.process is not None)
    signers = (signer(trace, d.envelope) for d in found if d.is_forged)
    taking_part = set(acting) | {lane for lane in signers if lane is not None}
    sizes = {d.type.name: trace.instance.size(d.type.name) for d in trace.system.domains}
    sorts = [d.type.name for d in trace.system.domains if isinstance(d.type, SortType)]
    main = max(sorts, key=lambda name: sum(n for lane, n in acting.items() if lane.domain == name), default="")
    members = [Lane(name, i) for name, size in sizes.items() for i in range(size)]
    is_whole = bool(main) and sizes[main] <= ALL_MEMBERS_MAX
    middle = [lane for lane in members if lane.domain == main and (is_whole or lane in taking_part)]
    sides = [lane for lane in members if lane.domain != main and lane in taking_part]
    last = [ENVIRONMENT] if any(step.process is None for step in trace.steps) or not (middle or sides) else []
    candidates = [(*sides[:k], *middle, *sides[k:], *last) for k in range(len(sides), -1, -1)]
    return main, min(candidates, key=lambda lanes: _clutter(lanes, trace, found))


def _clutter(lanes: tuple[Lane, ...], trace: Trace, found: tuple[Delivery, ...]) -> int:
    """Return how far the messages travel, in lifelines, plus how many events they pass on the way."""
    place = {lane: i for i, lane in enumerate(lanes)}
    at = [place[step.process or ENVIRONMENT] for step in trace.steps]
    total = 0
    for delivery in found:
        if delivery.sender is not None:
            low, high = sorted((at[delivery.sender - 1], at[delivery.receiver - 1]))
            total += high - low + sum(low < x < high for x in at[delivery.sender : delivery.receiver - 1])
    return total


def _label(lane: Lane, trace: Trace, main: str) -> str:
    member = trace.instance.domains[lane.domain][lane.index]
    name = member if lane.domain == main else f"{lane.domain} {member}"
    return f"{name} (Byzantine)" if _is_byzantine(lane, trace) else name


def _is_byzantine(lane: Lane, trace: Trace) -> bool:
    return any(
        given.kind == "byzantine"
        and isinstance(given.type, SetType)
        and str(given.type.element) == lane.domain
        and lane.index in trace.instance.givens[given.name]
        for given in trace.system.givens
    )
