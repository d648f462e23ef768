"""Which of two neighbouring steps comes first, where it makes no difference.

Two steps are independent if neither changes a place that the other looks at or writes to. Either may come first, and
both lead to the same state; so of all orders of independent steps a search for shortest behaviours needs one: the least
by the numbers of the actions, then by their arguments. (P. Godefroid, Partial-Order Methods for the Verification of
Concurrent Systems, 1996; as a constraint, V. Kahlon, C. Wang, A. Gupta, Monotonic Partial Order Reduction, 2009.)
Messages that are only sent make no difference to others that are sent, whoever is first.

It goes together with the renaming of sorts, because both leave the least behaviour by the same order. The last step
stays where it is while steps themselves are judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.ir.types import BoolType, EnumType, IntType, OrderType, SortType
from checker.smt.circuit import FALSE, TRUE, Circuit, Literal
from checker.smt.encoding import Encoding
from checker.smt.expressions import Frame, Place
from checker.smt.steps import Option, Step
from checker.smt.values import Entries, Members, Scalar

Places = Mapping[Place, Literal]
"""Places, each with the literal that says that a step changes it, or looks at it or writes to it."""


def changes(encoding: Encoding, before: Frame, after: Frame) -> dict[Place, Literal]:
    """Return the places that differ between two states."""
    circuit, algebra = encoding.circuit, encoding.algebra
    found: dict[Place, Literal] = {}
    for name, old in before.items():
        new = after[name]
        match old, new:
            case Entries(olds), Entries(news):
                for i, (one, other) in enumerate(zip(olds, news, strict=True)):
                    found[name, i] = -algebra.equal(one, other)
            case Members(olds), Members(news) if name in encoding.domains.networks:
                for message, literal in news.items():
                    found[name, message] = circuit.both(literal, -olds.get(message, FALSE))
            case _:
                found[name, None] = -algebra.equal(old, new)
    return {place: literal for place, literal in found.items() if literal != FALSE}


def depend(circuit: Circuit, changed: Places, touched: Places) -> Literal:
    """Return whether a change is to a place that is looked at."""
    by_variable: dict[str, list[Literal]] = {}
    for (name, _), literal in touched.items():
        by_variable.setdefault(name, []).append(literal)
    found: list[Literal] = []
    for (name, part), literal in changed.items():
        if part is None:
            looks = by_variable.get(name, [])
        else:
            kind = part[0] if isinstance(part, tuple) else None
            looks = [touched.get((name, of), FALSE) for of in dict.fromkeys((None, part, kind))]
        found.append(circuit.both(literal, circuit.disjunction(looks)))
    return circuit.disjunction(found)


def comes_before(circuit: Circuit, step: Step, other: Step, encoding: Encoding) -> Literal:
    """Return whether a step is less than another one, by the number of its action, then by its arguments."""
    less: list[Literal] = []
    for option in step.options:
        later = circuit.disjunction(o.chosen for o in other.options if _number(encoding, option) < _number(encoding, o))
        less.append(circuit.both(option.chosen, later))
        for same in other.options:
            if same.action is option.action:
                both = circuit.both(option.chosen, same.chosen)
                less.append(circuit.both(both, _less(encoding, option, same)))
    return circuit.disjunction(less)


def _number(encoding: Encoding, option: Option) -> int:
    return next(i for i, action in enumerate(encoding.system.actions) if action is option.action)


def _less(encoding: Encoding, option: Option, other: Option) -> Literal:
    """Return whether the arguments of an action are less than others of the same action."""
    circuit, algebra = encoding.circuit, encoding.algebra
    equal, found = TRUE, FALSE
    for mine, theirs in zip(_compared(option), _compared(other), strict=True):
        less = algebra.less(mine, theirs, strict=True)
        found = circuit.either(found, circuit.both(equal, less))
        equal = circuit.both(equal, algebra.equal(mine, theirs))
    return found


def _compared(option: Option) -> Iterator[Scalar]:
    """Yield the arguments that are numbers or members: others have no order that a renaming respects."""
    for parameter, argument in zip(option.action.parameters, option.arguments, strict=True):
        if isinstance(parameter.type, SortType | OrderType | EnumType | IntType | BoolType):
            yield argument
