"""Fairness, and the temporal properties that assume it.

Fairness is of a step that changes the state (Lamport, "The Temporal Logic of Actions", 1994, section 5): under weak
fairness of A, such a step of A is taken infinitely often if from some moment on one is always enabled; under strong
fairness, if one is enabled infinitely often. A step that a bound cuts counts as enabled, and is never taken: so a bound
makes no behaviour look fair that would not be so without the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from checker.diagnostics import NOWHERE, Span
from checker.temporal.formula import Formula, show_formula

Strength: TypeAlias = Literal["weak", "strong"]


@dataclass(frozen=True, slots=True)
class Fairness:
    """Fairness of an action, for each value of the parameters `per` apart, whatever the other parameters are.

    So a declaration stands for as many constraints as there are tuples of values; one step may serve several.
    """

    strength: Strength
    action: str
    per: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.action + (f"(per={', '.join(self.per)})" if self.per else "")


@dataclass(frozen=True, slots=True)
class TemporalProperty:
    """A formula that every infinite behaviour with this fairness must satisfy. Its atoms are predicates of the model.

    Behaviours may stutter: that nothing happens any more is excluded by fairness only.
    """

    name: str
    formula: Formula
    fairness: tuple[Fairness, ...] = ()
    span: Span = NOWHERE

    @property
    def text(self) -> str:
        """The property as a spec writes it, without its name: "eventually decided under weak fairness of accept"."""
        groups = [
            (strength, ", ".join(str(f) for f in self.fairness if f.strength == strength))
            for strength in dict.fromkeys(f.strength for f in self.fairness)
        ]
        conditions = " and ".join(f"{strength} fairness of {actions}" for strength, actions in groups)
        return show_formula(self.formula) + (f" under {conditions}" if conditions else "")
