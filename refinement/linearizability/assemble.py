"""Makes operations of events: who called what, and which return belongs to which call."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

from checker.cli.parser import suggestion
from checker.diagnostics import NOWHERE, Diagnostic, QuoraxError, Span, error
from refinement.linearizability.history import FALSE, TRUE, History, Operation, Value
from refinement.linearizability.objects import OBJECTS, SequentialObject, Shape

COMPLAINTS_MAX = 10
"""Errors that are shown of one file: whoever has more has made the same one often."""

Kind = Literal["invoke", "return", "fail", "info"]


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a history. `fail` says that the operation did not take effect, `info` that nobody knows."""

    line: int
    kind: Kind
    client: str
    name: str = ""
    key: Value = None
    value: Value = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file says: its events, and what it tells of the object.

    In histories of Jepsen reads are called with a placeholder, and a `cas` that did not write has failed.
    """

    file: str
    events: tuple[Event, ...]
    object: str = ""
    initial: Value = None
    has_initial: bool = False
    is_jepsen: bool = False


@dataclass(slots=True)
class Complaints:
    """Collects what is wrong with a file."""

    file: str
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, line: int, code: str, message: str, help: str = "") -> None:
        """Note an error in a line."""
        self.found.append(Diagnostic(Span(self.file, line, 0, line, 0), code, message, help))

    def raise_any(self) -> None:
        """Raise the first errors.

        Raises:
            QuoraxError: if there are any.

        """
        if self.found:
            shown = sorted(self.found)[:COMPLAINTS_MAX]
            left = len(self.found) - len(shown)
            if left:
                shown[-1] = replace(shown[-1], notes=(f"and {left:,} more errors",))
            raise QuoraxError(shown)


def is_value(value: Value) -> bool:
    """Return whether a value can be shown and compared: finite numbers, texts that are Unicode."""
    match value:
        case float():
            return math.isfinite(value)
        case str():
            return not any("\ud800" <= c <= "\udfff" for c in value)
        case tuple():
            return all(is_value(v) for v in value)
        case _:
            return True


def choose_object(recording: Recording, wanted: str | None) -> SequentialObject:
    """Return the object of a history: the one that is wanted, else the one it names, else one with its operations.

    Raises:
        QuoraxError: H009, if there is none.

    """
    name = wanted or recording.object
    if name:
        if name not in OBJECTS:
            raise error(NOWHERE, "H009", f"there is no object {name!r}", suggestion(name, OBJECTS))
        return OBJECTS[name]
    called = {event.name for event in recording.events if event.kind == "invoke"}
    for known in OBJECTS.values():
        if called <= known.operations.keys():
            return known
    message = f"{recording.file}: no object has all of the operations {', '.join(sorted(called))}"
    raise error(NOWHERE, "H009", message, f"there are {_all_operations()}")


def _all_operations() -> str:
    return "; ".join(f"{o.name} ({', '.join(o.operations)})" for o in OBJECTS.values())


def assemble(recording: Recording, object: SequentialObject) -> History:
    """Return the history of a recording.

    Raises:
        QuoraxError: H004 to H008 or H011, for every line that does not fit the others or the object.

    """
    return _Assembly(recording, object).history()


class _Assembly:
    def __init__(self, recording: Recording, object: SequentialObject) -> None:
        self.recording = recording
        self.object = object
        self.complaints = Complaints(recording.file)
        self.open: dict[str, tuple[int, Event]] = {}
        self.operations: list[Operation] = []
        self.failed = 0

    def history(self) -> History:
        for place, event in enumerate(self.recording.events):
            if event.kind == "invoke":
                self._call(place, event)
            else:
                self._end(place, event)
        for place, event in self.open.values():
            self._add(place, event)
        self._check_initial()
        self.complaints.raise_any()
        if not self.operations:
            what = "every operation failed" if self.failed else "there is no operation"
            message = f"{self.recording.file}: {what}, so there is nothing to judge"
            raise error(NOWHERE, "H011", message, "is it the right file?")
        found = tuple(sorted(self.operations, key=lambda o: o.called))
        recording = self.recording
        return History(found, self.failed, self.object.name, recording.initial, recording.has_initial)

    def _check_initial(self) -> None:
        initial, wanted = self.recording.initial, self.object.initial
        if self.recording.has_initial and wanted is not None and type(initial) is not type(wanted):
            what = "a list" if wanted == () else "a text"
            self.complaints.add(1, "H008", f"the initial state of a {self.object.name} is {what}")

    def _call(self, place: int, event: Event) -> None:
        earlier = self.open.get(event.client)
        if earlier is not None:
            message = f"{event.client} calls {event.name} while its {earlier[1].name} has not returned"
            remedy = f"its call is in line {earlier[1].line}; end it by an event return, fail or info"
            self.complaints.add(event.line, "H006", message, remedy)
        shape = self.object.operations.get(event.name)
        if shape is None:
            message = f"a {self.object.name} has no operation {event.name!r}"
            self.complaints.add(event.line, "H007", message, suggestion(event.name, self.object.operations))
        elif not _fits(shape, event.value) and not (shape == "none" and self.recording.is_jepsen):
            wants = {"none": "nothing", "text": "a text", "pair": "a list of two: the old value and the new one"}
            self.complaints.add(event.line, "H008", f"{event.name} takes {wants[shape]}")
        elif self.object.name == "kv" and event.key is None:
            self.complaints.add(event.line, "H004", f"{event.name} needs a key")
        self.open[event.client] = (place, event)

    def _end(self, place: int, event: Event) -> None:
        call = self.open.pop(event.client, None)
        if call is None:
            message = f"{event.client} has called nothing that could {event.kind}"
            self.complaints.add(event.line, "H005", message, "a call comes before its return")
        elif event.name and event.name != call[1].name:
            message = f"{event.client} returns from {event.name}, but has called {call[1].name} (line {call[1].line})"
            self.complaints.add(event.line, "H005", message)
        elif event.kind == "fail":
            self.failed += 1
        elif event.kind == "info":
            self._add(*call)
        else:
            self._add(*call, place, event)

    def _add(self, place: int, call: Event, returned: int | None = None, end: Event | None = None) -> None:
        shape = self.object.operations.get(call.name)
        result: Value = None
        if end is not None and shape == "none":
            result = end.value
        elif end is not None and shape == "pair":
            result = TRUE if self.recording.is_jepsen else end.value
            if result not in (TRUE, FALSE):
                self.complaints.add(end.line, "H008", f"{call.name} returns true or false")
        argument = None if shape == "none" else call.value
        end_line = 0 if end is None else end.line
        self.operations.append(
            Operation(call.client, call.name, call.key, argument, result, place, returned, call.line, end_line)
        )


def _fits(shape: Shape, value: Value) -> bool:
    if shape == "none":
        return value is None
    if shape == "text":
        return isinstance(value, str)
    return shape == "value" or (isinstance(value, tuple) and len(value) == 2)
