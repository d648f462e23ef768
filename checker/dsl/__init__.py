"""The words a model imports.

``from checker.dsl import Majority, Map, MessageSet, Model, Order, Sort, action, initial, invariant, require``
"""

from enum import Enum, auto
from typing import Annotated

from checker.dsl.collections import Map, Range, Seq, Set, mapping, maximal, minimal, only
from checker.dsl.domains import Bound, Family, Majority, Order, Sort, Threshold
from checker.dsl.faults import Crashes, Restarts
from checker.dsl.model import (
    Budget,
    Byzantine,
    Constant,
    Model,
    Refinement,
    Volatile,
    action,
    choose,
    initial,
    invariant,
    lemma,
    message,
    mutant,
    record,
    require,
    spend,
    successor,
    transition_invariant,
)
from checker.dsl.networks import Bag, Fifo, MessageSet

__all__ = [
    "Annotated", "Bag", "Bound", "Budget", "Byzantine", "Constant", "Crashes", "Enum", "Family", "Fifo", "Majority",
    "Map", "MessageSet", "Model", "Order", "Range", "Refinement", "Restarts", "Seq", "Set", "Sort", "Threshold",
    "Volatile", "action", "auto", "choose", "initial", "invariant", "lemma", "mapping", "maximal", "message", "minimal",
    "mutant", "only", "record", "require", "spend", "successor", "transition_invariant",
]  # fmt: skip
