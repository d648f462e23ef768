"""How a search is to go: with which symmetry and reduction, which temporal properties, and how much room for lists.

What stands in the way of a search changes the plan, and the search begins again: a list that outgrows its room, members
whose order matters after all, something that compiled code does without.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from checker.diagnostics import NOWHERE, error
from checker.explicit import shapes
from checker.explicit.generate.program import GOALS_MAX
from checker.explicit.generate.text import AsymmetricError, UnsupportedError
from checker.explicit.temporal import Claims
from checker.interp.goals import Goal
from checker.interp.machine import Machine
from checker.ir.independence import ample_candidates
from checker.ir.symmetry import NO_SYMMETRY, Symmetry, symmetry_of
from checker.ir.system import System
from checker.trace.verdict import Report, Request, Unknown, Unreached

CAPACITY_MAX = 4096
"""Elements of a listed set or bag beyond which a model is not explored."""


class UnreducedError(Exception):
    """Something is undefined in a state that stands for others: which are reached first, only they can tell."""


class OutgrownError(Exception):
    """A listed set or bag needs more room than there is."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


OBSTACLES = (AsymmetricError, OutgrownError, UnreducedError, UnsupportedError)
"""What may stand in the way of a search."""


@dataclass(slots=True)
class Plan:
    """How the next search goes.

    `few` are the sets of actions that may be expanded alone, `claims` the temporal properties that compiled code
    decides, and `lacking` says what it would need to decide those asked for; `capacities` is the room for lists.
    """

    symmetry: Symmetry = NO_SYMMETRY
    few: tuple[frozenset[str], ...] = ()
    claims: Claims | None = None
    lacking: str = ""
    remarks: tuple[str, ...] = ()
    capacities: dict[str, int] = field(default_factory=dict)

    def change(self, obstacle: Exception) -> bool:
        """Change the plan so that an obstacle is out of the way. False: compiled code cannot do this at all.

        Raises:
            QuoraxError: X003, for a list that grows beyond all bounds.

        """
        match obstacle:
            case OutgrownError(kind=kind):
                self._enlarge(kind)
            case AsymmetricError():
                self.symmetry = NO_SYMMETRY
                self.remarks = (*self.remarks, f"symmetry was not used: {obstacle}, whichever comes first")
            case UnreducedError():
                self.symmetry = NO_SYMMETRY
            case UnsupportedError() if self.claims is not None:
                self.claims, self.lacking = None, str(obstacle)
            case _:
                return False
        return True

    def _enlarge(self, kind: str) -> None:
        wanted = 2 * self.capacities.get(kind, shapes.FIRST_CAPACITY)
        if wanted > CAPACITY_MAX:
            remedy = "bound what is sent, or use --engine interp"
            raise error(NOWHERE, "X003", f"a {kind} has more than {CAPACITY_MAX:,} elements", remedy)
        self.capacities[kind] = wanted

    def reported(self, report: Report) -> Report:
        """Return a report of a search of this plan, with what it does not know left unsaid.

        What a reduced search did not reach is unknown.
        """
        report = replace(report, warnings=(*self.remarks, *report.warnings), symmetry=str(self.symmetry))
        if not self.few:
            return report
        doubt = Unknown("not reached under partial-order reduction: try without --reduction")
        results = tuple(replace(r, verdict=doubt) if isinstance(r.verdict, Unreached) else r for r in report.results)
        return replace(report, results=results, is_reduced=True)


def plan_of(
    machine: Machine, goals: tuple[Goal, ...], request: Request, *, symmetry: bool, reduction: bool, has_levels: bool
) -> Plan:
    """Return the plan to begin with. A store without levels keeps fingerprints, and no states.

    Random behaviours are neither merged nor reduced. A temporal property may tell states apart that differ in names
    only, so that symmetry is not for it.

    Raises:
        QuoraxError: X004, for what a reduced exploration does not decide; what is wrong with a temporal property.

    """
    if request.runs:
        return Plan()
    plan = Plan()
    if reduction:
        plan.few = _few(machine.system, goals, request, has_levels=has_levels)
        if not plan.few:
            plan.remarks = ("--reduction leaves out nothing: no action is independent of all others",)
    if request.temporal:
        claims = Claims(machine, request.temporal)
        if has_levels:
            plan.claims = claims
        else:
            plan.lacking = "states, of which fingerprints keep none"
    elif symmetry:
        plan.symmetry = symmetry_of(machine.system, machine.instance)
    return plan


def _few(system: System, goals: tuple[Goal, ...], request: Request, *, has_levels: bool) -> tuple[frozenset[str], ...]:
    """Return the sets of actions that may be expanded alone.

    Raises:
        QuoraxError: X004, for what a reduced exploration does not decide.

    """
    lost = [*(g.name for g in goals if g.kind == "transition"), *(t.name for t in request.temporal)]
    if lost:
        message = f"partial-order reduction does not preserve {', '.join(lost)}: it leaves out steps"
        raise error(system.span, "X004", message, "name the others with --property, or leave out --reduction")
    if not has_levels:
        message = "partial-order reduction has to know the level of a state, which fingerprints do not tell"
        raise error(system.span, "X004", message, "use --store exact or tree")
    if len(system.actions) > GOALS_MAX:
        return ()
    return ample_candidates(system, [g.body for g in goals if g.body is not None])
