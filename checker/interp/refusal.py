"""Why a step of a finer model is none of the coarser: the mapped states, what differs, and what each action lacks.

An action of the coarser model could lead to the mapped state but for its guards, or it could not. In the first case the
first guard that is false is shown; in the second the arguments that come closest, and what they leave otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checker.interp.explain import span_text
from checker.interp.image import Image
from checker.interp.machine import Machine, Next, StateValues
from checker.ir.show import show_expr
from checker.ir.system import Action, ForEach, If, Require, Statement
from checker.ir.types import MapType, MessageSetType, SetType, Type, Value
from checker.ir.values import key_names, show_value
from checker.trace.trace import Blame, Note, Trace

PLACES_MAX = 3
"""Differences that a note names."""


def explained(trace: Trace, image: Image) -> Trace:
    """Return a trace that ends in a step (or is just an initial state) that does not refine, with the reasons.

    Notes on what else happened on the way are left out, but for the first step that the original of a mutant would not
    have taken.
    """
    refinement, coarse = image.refinement, image.coarse
    count = len(trace.steps)
    kept = tuple(replace(s, notes=tuple(n for n in s.notes if n.kind == "deviation")) for s in trace.steps)
    where = f"at step {count}" if count else "in the initial state"
    what = (
        f"{kept[-1].action} is no step of {coarse.system.name}" if count else f"{coarse.system.name} does not begin so"
    )
    doc = f"every step of {trace.system.name} is a step of {coarse.system.name}, or changes nothing there"
    blame = Blame(refinement.name, "transition", doc, "", refinement.span)
    notes = tuple(_of_step(trace, image) if count else _of_start(trace, image))
    if count:
        kept = (*kept[:-1], replace(kept[-1], notes=(*kept[-1].notes, *notes)))
    return replace(
        trace,
        steps=kept,
        title=f"{refinement.name} is violated {where}: {what}",
        blame=blame,
        initial_notes=() if count else notes,
    )


def _of_start(trace: Trace, image: Image) -> Iterator[Note]:
    mapped, coarse = image.of(trace.initial), image.coarse
    yield Note("violation", f"{coarse.system.name} does not begin in {_state_text(coarse, mapped)}")
    nearest = min(sorted(image.starts, key=repr), key=lambda s: len(differences(coarse, mapped, s)), default=None)
    if nearest is not None:
        yield Note("refusal", f"it begins where {_named(d.there for d in differences(coarse, mapped, nearest))}")


def _of_step(trace: Trace, image: Image) -> Iterator[Note]:
    coarse = image.coarse
    before, after = image.of(trace.states[-2]), image.of(trace.states[-1])
    changed = _named(d.change for d in differences(coarse, before, after))
    yield Note("violation", f"no step of {coarse.system.name}: {changed}")
    yield Note("image", f"{coarse.system.name} before: {_state_text(coarse, before)}")
    yield Note("image", f"{coarse.system.name} after: {_state_text(coarse, after)}")
    yield from (Note("refusal", f"{a.name}: {_refusal(coarse, a, before, after)}") for a in coarse.system.actions)


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in which two states differ, as text."""

    place: str
    here_value: str
    there_value: str

    @property
    def change(self) -> str:
        """The place as it changes from the first state to the second."""
        return f"{self.place} changes from {self.here_value} to {self.there_value}"

    @property
    def here(self) -> str:
        """The place in the first state."""
        return f"{self.place} = {self.here_value}"

    @property
    def there(self) -> str:
        """The place in the second state."""
        return f"{self.place} = {self.there_value}"


def differences(machine: Machine, here: StateValues, there: StateValues) -> list[Difference]:
    """Return where two states differ: variables, or entries of maps, in the order of declaration."""
    rows = zip(machine.system.variables, here, there, strict=True)
    return [d for v, h, t in rows for d in _differences(machine, v.name, v.type, h, t)]


def _differences(machine: Machine, place: str, kind: Type, here: Value, there: Value) -> Iterator[Difference]:
    if here == there:
        return
    if isinstance(kind, MapType):
        for key, h, t in zip(key_names(kind.key, machine.instance), here, there, strict=True):
            yield from _differences(machine, f"{place}[{key}]", kind.value, h, t)
    else:
        yield Difference(place, _show(machine, kind, here), _show(machine, kind, there))


def _refusal(coarse: Machine, action: Action, before: StateValues, after: StateValues) -> str:
    """Return why no arguments of an action lead from one mapped state to the other."""
    unguarded = Machine(replace(coarse.system, actions=(_without_guards(action),)), coarse.instance)
    led = [o for o in unguarded.outcomes(before) if isinstance(o, Next)]
    there = [o for o in led if o.state == after]
    if there:
        tried = [(_ran(coarse, before, o), o) for o in there]
        ran, outcome = max(tried, key=lambda pair: len(pair[0]))  # the first of those that come furthest
        return f"{_call(coarse, action, outcome)} would lead there, but {_stop(coarse, ran)}"
    if not led:
        return "no arguments lead anywhere"
    closest = min(led, key=lambda o: len(differences(coarse, after, o.state)))
    left = _named(d.there for d in differences(coarse, after, closest.state))
    return f"no arguments lead there; {_call(coarse, action, closest)} comes closest, and leaves {left}"


def _without_guards(action: Action) -> Action:
    return replace(action, body=_unguarded(action.body))


def _unguarded(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    kept: list[Statement] = []
    for statement in body:
        match statement:
            case Require():
                continue
            case If(then=then, orelse=orelse):
                kept.append(replace(statement, then=_unguarded(then), orelse=_unguarded(orelse)))
            case ForEach(body=inner):
                kept.append(replace(statement, body=_unguarded(inner)))
            case _:
                kept.append(statement)
    return tuple(kept)


def _ran(coarse: Machine, state: StateValues, outcome: Next) -> list[Statement]:
    """Return the statements that run, the one that stops the action last."""
    ran: list[Statement] = []
    coarse.perform(state, outcome.action, outcome.args, outcome.choices, lambda s, *_: ran.append(s))
    return ran


def _stop(coarse: Machine, ran: list[Statement]) -> str:
    if not ran:
        return "no message is there for it"
    last = ran[-1]
    if not isinstance(last, Require):
        return "it does not come to an end"
    text = span_text(last.condition.span) or show_expr(last.condition, coarse.system)
    place = f" ({last.span.file}:{last.span.line})" if last.span.file else ""
    return f"{text} is false{place}"


def _call(coarse: Machine, action: Action, outcome: Next) -> str:
    args = zip(action.parameters, outcome.args, strict=True)
    return f"{action.name}({', '.join(_show(coarse, p.type, value) for p, value in args)})"


def _state_text(machine: Machine, state: StateValues) -> str:
    rows = zip(machine.system.variables, state, strict=True)
    return ", ".join(f"{v.name} = {_show(machine, v.type, value)}" for v, value in rows)


def _show(machine: Machine, kind: Type, value: Value) -> str:
    kind = SetType(kind.element) if isinstance(kind, MessageSetType) else kind
    return show_value(kind, value, machine.system, machine.instance)


def _named(texts: Iterator[str]) -> str:
    """Return the first few texts as one."""
    found = list(texts)
    more = len(found) - PLACES_MAX
    return " and ".join(found[:PLACES_MAX]) + (f" and {more} more" if more > 0 else "")
