"""The timeline shows what the explanation says: dots within their bars, in order; of too many operations the last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refinement.linearizability import timeline
from refinement.linearizability.decide import Part
from refinement.linearizability.explain import Explanation, explain
from refinement.linearizability.minimise import Core
from tests.refinement.linearizability.brute_force import is_linearizable
from tests.refinement.linearizability.random_histories import corpus


def explanations(count: int) -> list[Explanation]:
    """Return explanations of histories on all objects."""
    found: list[Explanation] = []
    for used, operations in corpus(7, count, 6):
        if not is_linearizable(used, used.initial, operations):
            why = explain(Part(None, operations), used, used.initial)
            assert isinstance(why, Explanation)
            found.append(why)
    return found


def everything(why: Explanation) -> Explanation:
    """Return an explanation that keeps every operation."""
    return replace(why, core=Core(tuple(range(len(why.operations))), is_minimal=False))


def test_every_dot_is_within_its_bar_and_to_the_right_of_those_before() -> None:
    dots = 0
    for why in explanations(1200):
        for shown in (why, everything(why)):
            drawing = timeline._Drawing(shown)
            x = 0.0
            for dot in drawing.dots:
                operation = dot.step.operation
                bar = next(o for o in drawing.operations if o.called == operation.called)
                end = drawing.end if bar.returned is None else drawing.columns[drawing.places.index(bar.returned)]
                assert drawing.columns[drawing.places.index(bar.called)] < dot.x < end
                assert x < dot.x
                x = dot.x
                dots += 1
    assert dots > 500


def test_of_too_many_operations_the_last_are_drawn_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "OPERATIONS_MAX", 2)
    why = everything(next(e for e in explanations(200) if len(e.operations) == 6))
    drawing = timeline._Drawing(why)
    assert why.culprit in drawing.operations
    assert 2 <= len(drawing.operations) <= 3
    assert f"{6 - len(drawing.operations)} more operations not shown" in timeline.timeline_dot(why)
