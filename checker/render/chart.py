"""What a space-time diagram shows, before anything has a place: lifelines, events, messages and remarks.

One lifeline per process, one row per step. A message is an arrow from the event that sent it to the event that read
it; what a process sent to itself needs none, its lifeline is the arrow. Too many steps are folded into a row that says
so; a message from there comes from the sender's lifeline in that row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from checker.ir.types import OrderType, SetType, SortType, Value, record_names
from checker.render.causality import Delivery, deliveries, signer
from checker.render.changes import changes, domain_key
from checker.render.compact import Compact
from checker.render.lifelines import ENVIRONMENT, Lifeline, lifelines
from checker.render.text import heading
from checker.trace.trace import Binding, Lane, Note, Step, Trace

STEPS_MAX = 40
"""Steps shown unless asked otherwise: what fits a large screen without scrolling twice."""

LINES_MAX = 3
"""Changed variables shown in the box of an event."""

CRASHED = "crashed"
"""The variable that holds the processes that are down, in the library's models of faults."""

EventKind = Literal["plain", "fact", "deviation", "violation", "down"]


@dataclass(frozen=True, slots=True)
class Event:
    """A step in its box. `arguments` go beside the title or below it, `lines` are the changed variables."""

    row: int
    line: int
    kind: EventKind
    title: str
    arguments: str
    lines: tuple[str, ...]
    tooltip: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A message from lifeline `source` in row `source_row` to the event in `row`.

    `source_row` is None for a forged message, which leaves the lifeline of its signer just above `row`; `source` is
    None too if it bears no signature. `is_hidden` says that the sending event is folded away.
    """

    source: int | None
    source_row: int | None
    target: int
    row: int
    label: str
    kind: Literal["plain", "deviation", "forged"]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """A message that the event in `row` sent and that was lost; `toward` is the lifeline it was meant for."""

    row: int
    line: int
    toward: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One step, or (`fold`) many that are not shown."""

    number: str
    notes: tuple[Note, ...] = ()
    fold: str = ""


@dataclass(frozen=True, slots=True)
class Outage:
    """A process is down after row `start`, until row `end` or for good."""

    line: int
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a diagram shows. Lines are indices of `lifelines`, rows of `rows`; `loop` is a range of rows,
    one row where the behaviour stutters for ever.
    """

    title: str
    tone: Literal["bad", "good", "plain"]
    subtitle: str
    lifelines: tuple[Lifeline, ...]
    rows: tuple[Row, ...]
    events: tuple[Event, ...]
    arrows: tuple[Arrow, ...]
    losses: tuple[Loss, ...]
    outages: tuple[Outage, ...]
    loop: tuple[int, int] | None = None


def chart_of(trace: Trace, *, steps_max: int = STEPS_MAX) -> Chart:
    """Return what the diagram of a trace shows: about `steps_max` steps at most, but all that bear notes."""
    found = deliveries(trace)
    return _Charter(trace, _Rows(trace, steps_max), found, lifelines(trace, found)).chart()


class _Rows:
    """Which row shows which step. Row 0 is the initial state, if there is something to say about it."""

    def __init__(self, trace: Trace, steps_max: int) -> None:
        shown = _shown(trace, steps_max)
        self.rows: list[Row] = []
        self.of_step: dict[int, int] = {}
        self.hidden: set[int] = set()
        is_told = trace.is_anywhere or not trace.steps
        if trace.initial_notes or is_told:
            self.rows.append(Row("0", (*trace.initial_notes, *(_values(trace) if is_told else ()))))
            self.of_step[0] = 0
        for is_shown, group in groupby(trace.steps, key=lambda s: s.index in shown):
            steps = list(group)
            if is_shown or len(steps) == 1:
                for step in steps:
                    self.of_step[step.index] = len(self.rows)
                    self.rows.append(Row(str(step.index), step.notes))
            else:
                self.of_step |= {s.index: len(self.rows) for s in steps}
                self.hidden |= {s.index for s in steps}
                self.rows.append(Row("", fold=f"steps {steps[0].index}–{steps[-1].index} hidden"))


def _values(trace: Trace) -> tuple[Note, ...]:
    """Return the first state as notes, for a trace that has nothing else to show, or may begin in any state."""
    compact = Compact(trace.system, trace.instance)
    state = zip(trace.system.variables, trace.initial, strict=True)
    return tuple(Note("state", f"{v.name} = {compact.value(v.type, value)}") for v, value in state)


def _shown(trace: Trace, steps_max: int) -> set[int]:
    """Return the steps to show: a third of the room for the beginning, the rest for the end, and all with notes."""
    count = len(trace.steps)
    if count <= steps_max:
        return set(range(1, count + 1))
    first = steps_max // 3
    last = steps_max - first
    noted = {s.index for s in trace.steps if s.notes}
    return {*range(1, first + 1), *range(count - last + 1, count + 1)} | noted


@dataclass(frozen=True, slots=True)
class _Charter:
    trace: Trace
    rows: _Rows
    deliveries: tuple[Delivery, ...]
    lifelines: tuple[Lifeline, ...]

    @property
    def compact(self) -> Compact:
        return Compact(self.trace.system, self.trace.instance)

    @property
    def lines(self) -> dict[Lane, int]:
        return {lifeline.lane: i for i, lifeline in enumerate(self.lifelines)}

    def chart(self) -> Chart:
        trace = self.trace
        kinds = {note.kind for step in trace.steps for note in step.notes} | {n.kind for n in trace.initial_notes}
        tone: Literal["bad", "good", "plain"] = "good" if "fact" in kinds else "plain"
        return Chart(
            title=heading(trace),
            tone="bad" if trace.blame is not None or "violation" in kinds else tone,
            subtitle=self._subtitle(),
            lifelines=self.lifelines,
            rows=tuple(self.rows.rows),
            events=tuple(
                self._event(s, b) for s, b in zip(trace.steps, trace.states, strict=False) if self._is_shown(s)
            ),
            arrows=tuple(self._arrows()),
            losses=tuple(self._losses()),
            outages=self._outages(),
            loop=self._loop(),
        )

    def _is_shown(self, step: Step) -> bool:
        return step.index not in self.rows.hidden

    def _subtitle(self) -> str:
        about = f"{self.trace.system.name}: {self.trace.instance}"
        blame = self.trace.blame
        return f"{blame.doc}  ·  {about}" if blame is not None and blame.doc else about

    def _line(self, step: Step) -> int:
        return self.lines[step.process or ENVIRONMENT]

    def _step(self, index: int) -> Step:
        return self.trace.steps[index - 1]

    def _event(self, step: Step, before: tuple[Value, ...]) -> Event:
        lines = self._changed(step, before)
        return Event(
            row=self.rows.of_step[step.index],
            line=self._line(step),
            kind=_kind(step, self._downs(before, step.state)),
            title=step.action,
            arguments=", ".join(self._arguments(step)),
            lines=lines or (self._sends(step),),
            tooltip=self._tooltip(step, before),
        )

    def _changed(self, step: Step, before: tuple[Value, ...]) -> tuple[str, ...]:
        """The changes of the step, but for budgets (no part of the protocol) and networks (drawn as arrows)."""
        system, instance = self.trace.system, self.trace.instance
        budgets = {v.name for v in system.variables if v.is_budget}
        lane = step.process
        own = domain_key(lane.domain, lane.index, instance) if lane else None
        found = [
            change.text(self.compact.value, without=own)
            for change in changes(system, instance, before, step.state)
            if not change.in_network and change.variable not in budgets
        ]
        if len(found) <= LINES_MAX:
            return tuple(found)
        return (*found[: LINES_MAX - 1], f"and {len(found) - LINES_MAX + 1} more changes")

    def _sends(self, step: Step) -> str:
        messages = tuple(dict.fromkeys(self.compact.message(e.message) for e in step.sent))
        if not messages:
            return "(no change)"
        return f"sends {messages[0]}" + (f" and {len(messages) - 1} more" if len(messages) > 1 else "")

    def _arguments(self, step: Step) -> Iterable[str]:
        """The arguments that the picture does not show otherwise: neither the process, nor a message on an arrow."""
        drawn = {d.envelope.message for d in self._drawn() if d.receiver == step.index}
        is_elided = False
        for binding in (*step.args, *step.choices):
            if not is_elided and _names(binding, step.process):
                is_elided = True
            elif not (record_names(binding.type) and binding.value in drawn):
                yield f"{binding.name}={self._argument(binding)}"

    def _argument(self, binding: Binding) -> str:
        if record_names(binding.type) and binding.value is not None:
            return self.compact.message(binding.value)
        return self.compact.value(binding.type, binding.value)

    def _tooltip(self, step: Step, before: tuple[Value, ...]) -> str:
        """The whole step, for whom the box says too little."""
        system, instance = self.trace.system, self.trace.instance
        args = ", ".join(f"{b.name}={self._argument(b)}" for b in (*step.args, *step.choices))
        doc = next((a.doc for a in system.actions if a.name == step.action), "").split("\n")[0]
        found = (change.text(self.compact.value) for change in changes(system, instance, before, step.state))
        place = f"{step.span.file}:{step.span.line}" if step.span.file else ""
        return "\n".join(line for line in (f"{step.index}. {step.action}({args})", doc, *found, place) if line)

    def _drawn(self) -> Iterable[Delivery]:
        """The deliveries that are drawn as arrows: what another process sent, and what was forged."""
        for delivery in self.deliveries:
            source = None if delivery.sender is None else self._line(self._step(delivery.sender))
            if not delivery.is_lost and source != self._line(self._step(delivery.receiver)):
                yield delivery

    def _arrows(self) -> Iterable[Arrow]:
        for delivery in self._drawn():
            receiver = self._step(delivery.receiver)
            if self._is_shown(receiver):
                yield self._forged(delivery, receiver) if delivery.sender is None else self._sent(delivery, receiver)

    def _sent(self, delivery: Delivery, receiver: Step) -> Arrow:
        assert delivery.sender is not None, "the message was sent"
        sender = self._step(delivery.sender)
        is_hidden = not self._is_shown(sender)
        is_deviation = _kind(sender, is_down=False) == "deviation"
        return Arrow(
            source=self._line(sender),
            source_row=self.rows.of_step[sender.index],
            target=self._line(receiver),
            row=self.rows.of_step[receiver.index],
            label=self.compact.message(delivery.envelope.message) + (f" (step {sender.index})" if is_hidden else ""),
            kind="deviation" if is_deviation else "plain",
            is_hidden=is_hidden,
        )

    def _forged(self, delivery: Delivery, receiver: Step) -> Arrow:
        lane = signer(self.trace, delivery.envelope)
        source = self.lines.get(lane) if lane else None
        row, target = self.rows.of_step[receiver.index], self._line(receiver)
        label = f"forged {self.compact.message(delivery.envelope.message)}"
        return Arrow(None if source == target else source, None, target, row, label, "forged")

    def _losses(self) -> Iterable[Loss]:
        for delivery in self.deliveries:
            if not delivery.is_lost or delivery.sender is None or not self._is_shown(self._step(delivery.sender)):
                continue
            sender, toward = self._step(delivery.sender), delivery.envelope.destination
            domain = (sender.process or ENVIRONMENT).domain
            label = f"{self.compact.message(delivery.envelope.message)} lost"
            if delivery.receiver != sender.index:
                label += f" at {delivery.receiver}"
            line = None if toward is None else self.lines.get(Lane(domain, toward))
            yield Loss(self.rows.of_step[sender.index], self._line(sender), line, label)

    def _outages(self) -> tuple[Outage, ...]:
        """When which process was down: from the row in which it was put into `crashed` to the one that took it out."""
        since: dict[Lane, int] = {}
        outages: list[Outage] = []
        for step in self.trace.steps:
            row, down = self.rows.of_step[step.index], _down(self.trace, step.state)
            for lane in [lane for lane in since if lane not in down]:
                outages.append(Outage(self.lines[lane], since.pop(lane), row))
            since |= {lane: row for lane in down if lane not in since and lane in self.lines}
        outages += [Outage(self.lines[lane], row, None) for lane, row in since.items()]
        return tuple(outages)

    def _downs(self, before: tuple[Value, ...], after: tuple[Value, ...]) -> bool:
        return not set(_down(self.trace, after)) <= set(_down(self.trace, before))

    def _loop(self) -> tuple[int, int] | None:
        start = self.trace.loop_start
        if start is None:
            return None
        if start == len(self.trace.steps):
            last = self.rows.of_step.get(start)
            return None if last is None else (last, last)
        return self.rows.of_step[start + 1], len(self.rows.rows) - 1


def _kind(step: Step, is_down: bool) -> EventKind:
    kinds = {note.kind for note in step.notes}
    if "violation" in kinds:
        return "violation"
    if "deviation" in kinds:
        return "deviation"
    if is_down or step.is_restart:
        return "down"
    return "fact" if "fact" in kinds else "plain"


def _names(binding: Binding, lane: Lane | None) -> bool:
    return (
        lane is not None
        and isinstance(binding.type, SortType | OrderType)
        and (binding.type.name, binding.value) == (lane.domain, lane.index)
    )


def _down(trace: Trace, state: tuple[Value, ...]) -> list[Lane]:
    for variable, value in zip(trace.system.variables, state, strict=True):
        if (
            variable.name == CRASHED
            and isinstance(variable.type, SetType)
            and isinstance(variable.type.element, SortType)
        ):
            return [Lane(variable.type.element.name, index) for index in sorted(value)]
    return []
