"""A trace as text: what each step did and changed, where that is in the model, and what the verdict is blamed on."""

from __future__ import annotations

import linecache
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from checker.diagnostics import Span
from checker.ir.types import FifoType, MapType, MessageSetType, Type, Value
from checker.ir.values import channels_type, show_value
from checker.render.changes import changes
from checker.trace.trace import Binding, Blame, Envelope, Note, Step, Trace

WIDTH = 100
"""Columns of the terminal that the text is laid out for."""

_STYLES = {"fact": "32", "deviation": "33", "violation": "1;31", "loop": "36", "bold": "1", "faint": "2"}
_INDENT = 6
_BODY = " " * (_INDENT + 2)


def trace_text(trace: Trace, color: bool = False, *, width: int = WIDTH) -> str:
    """Return a trace as lines of at most `width` columns (single words may be longer), ending in a newline."""
    return "\n".join(_TraceText(trace, width, color).lines()) + "\n"


def heading(trace: Trace) -> str:
    """Return the sentence that a trace is headed with."""
    if trace.title:
        return trace.title
    count = f"{len(trace.steps)} step" + ("" if len(trace.steps) == 1 else "s")
    if trace.blame is None:
        return f"A behaviour of {trace.system.name}: {count}"
    return f"{trace.blame.property} is violated after {count}"


@dataclass(frozen=True, slots=True)
class _TraceText:
    trace: Trace
    width: int
    is_colored: bool

    def lines(self) -> Iterator[str]:
        trace = self.trace
        yield from self._wrapped(heading(trace), "violation" if trace.blame else "bold", indent="")
        yield from self._wrapped(f"{trace.system.name}: {trace.instance}", "faint", indent="")
        yield ""
        yield from self._initial()
        for step, before in zip(trace.steps, trace.states, strict=False):
            yield ""
            yield from self._step(step, before)
        if trace.loop_start is not None and trace.loop_start < len(trace.steps):
            yield ""
            back = (
                f"back to the state after step {trace.loop_start}" if trace.loop_start else "back to the initial state"
            )
            yield self._paint(f"{'↺':>{_INDENT}}  {back}, and so on for ever", "loop")
        if trace.blame is not None:
            yield ""
            yield from self._blame(trace.blame)

    def _initial(self) -> Iterator[str]:
        which = "some state" if self.trace.is_anywhere else "initial state"
        yield f"{0:>{_INDENT}}  {self._paint(which, 'bold')}"
        for variable, value in zip(self.trace.system.variables, self.trace.initial, strict=True):
            yield from self._wrapped(f"{variable.name} = {self._concise(variable.type, value)}")
        yield from self._notes(self._with_loop(self.trace.initial_notes, 0))

    def _step(self, step: Step, before: tuple[Value, ...]) -> Iterator[str]:
        yield from self._title(step)
        for envelope in self._read(step):
            forged = ", which is forged" if envelope in step.forged else ""
            yield from self._wrapped(f"reads {self._show(envelope.type, envelope.message)}{forged}", "faint")
        found = changes(self.trace.system, self.trace.instance, before, step.state)
        for change in found:
            yield from self._wrapped(change.text(self._show))
        if not found:
            yield from self._wrapped("nothing changes", "faint")
        yield from self._notes(self._with_loop(step.notes, step.index))

    def _title(self, step: Step) -> Iterator[str]:
        """The number and the action, with the place in the model at the right edge, or below if there is no room."""
        head = f"{step.action}({', '.join(self._binding(b) for b in step.args)})"
        if step.choices:
            head += f" choosing {', '.join(self._binding(b) for b in step.choices)}"
        place = f"{step.span.file}:{step.span.line}" if step.span.file else ""
        room = self.width - len(_BODY)
        rows = textwrap.wrap(head, room, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
        pad = room - len(rows[-1]) - len(place)
        rows[0] = self._paint(step.action, "bold") + rows[0][len(step.action) :]
        if pad >= 2:
            rows[-1] += " " * pad + self._paint(place, "faint")
        else:
            rows.append(" " * max(0, room - len(place)) + self._paint(place, "faint"))
        yield f"{step.index:>{_INDENT}}  {rows[0]}".rstrip()
        yield from (_BODY + row for row in rows[1:])

    def _read(self, step: Step) -> Iterator[Envelope]:
        """Yield what the step read, but for what its arguments show, and what its changes show as taken."""
        shown = {binding.value for binding in step.args}
        for envelope in step.received:
            is_monotone = isinstance(self.trace.system.variable(envelope.network).type, MessageSetType)
            if envelope in step.forged or (is_monotone and envelope.message not in shown):
                yield envelope

    def _with_loop(self, notes: tuple[Note, ...], index: int) -> tuple[Note, ...]:
        """Return the notes on a state, with one that the loop starts there if it does."""
        is_marked = self.trace.loop_start != index or any(note.kind == "loop" for note in notes)
        text = (
            "the loop starts here" if index < len(self.trace.steps) else "stutters for ever: nothing happens any more"
        )
        return notes if is_marked else (*notes, Note("loop", text))

    def _notes(self, notes: tuple[Note, ...]) -> Iterator[str]:
        for note in notes:
            yield from self._wrapped(f"{_MARKS.get(note.kind, '•')} {note.text}", note.kind)

    def _blame(self, blame: Blame) -> Iterator[str]:
        text = f"{blame.property} is violated" + (f": {blame.doc}" if blame.doc else "")
        yield from self._wrapped(text, "violation", indent="")
        if blame.span.file:
            gutter = f"{blame.span.line:>{_INDENT}} | "
            yield self._paint(f"{'-->':>{_INDENT + 2}} {blame.span.file}:{blame.span.line}", "faint")
            yield from self._source(blame.span, gutter)
        if blame.conjunct:
            witnesses = ", ".join(f"{b.name} = {self._show(b.type, b.value)}" for b in blame.witnesses)
            yield from self._wrapped(f"{blame.conjunct} is false" + (f" for {witnesses}" if witnesses else ""))

    def _source(self, span: Span, gutter: str) -> Iterator[str]:
        """The line of the blamed conjunct with a caret below it, if the file can still be read."""
        line = linecache.getline(span.file, span.line).rstrip("\n")
        if not line.strip() or len(gutter) + len(line) > max(self.width, 140):
            return
        end = span.end_column if span.end_line == span.line else len(line)
        yield gutter + line
        pad = "".join("\t" if c == "\t" else " " for c in line[: span.column])
        yield " " * (len(gutter) - 2) + "| " + pad + self._paint("^" * max(1, end - span.column), "violation")

    def _binding(self, binding: Binding) -> str:
        return f"{binding.name}={self._show(binding.type, binding.value)}"

    def _concise(self, kind: Type, value: Value) -> str:
        """Return a value, a map with one value for all keys as that value: `None for every Acceptor`."""
        kind = channels_type(kind) if isinstance(kind, FifoType) else kind
        depth: list[str] = []
        while isinstance(kind, MapType) and len(value) > 1 and all(v == value[0] for v in value):
            depth.append(str(kind.key))
            kind, value = kind.value, value[0]
        shown = self._show(kind, value)
        return f"{shown} for every {' and '.join(depth)}" if depth else shown

    def _show(self, kind: Type, value: Value) -> str:
        return show_value(kind, value, self.trace.system, self.trace.instance)

    def _wrapped(self, text: str, style: str = "", *, indent: str = _BODY) -> Iterator[str]:
        """The text, wrapped between words with a hanging indent; by default it stands below a step."""
        for row in textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent + "    ",
            break_long_words=False,
            break_on_hyphens=False,
        ):
            yield self._paint(row, style) if style else row

    def _paint(self, text: str, style: str) -> str:
        if not self.is_colored or style not in _STYLES:
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


_MARKS = {"fact": "✓", "deviation": "≠", "violation": "✗", "loop": "↺"}
