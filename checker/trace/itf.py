"""Traces in the Informal Trace Format, out and in.

The format is that of Apalache (Igor Konnov and others, "ADR-015: Informal Trace Format in JSON", 2021): an object with
`vars`, `states` and, for a lasso, `loop`. What the format has no word for is in its `#meta` objects, which other tools
pass over: the model and the instance, the title and the blamed conjunct, and for every state after the first the
action that led to it with its arguments, choices, messages and notes. So a trace that is read back equals the one that
was written, and is drawn the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.diagnostics import NOWHERE, Span, error
from checker.ir.instance import Instance, Setting
from checker.ir.system import Action, Choose, ForEach, If, Statement, System
from checker.ir.types import BagType, FifoType, MessageSetType, RecordType, Type, UnionType
from checker.trace.itf_values import ItfValues, Json
from checker.trace.trace import Binding, Blame, Envelope, Lane, Note, StateValues, Step, Trace
from checker.trace.type_text import parse_type

FORMAT_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"

_ENVELOPES = ("sent", "received", "lost", "forged")


@dataclass(frozen=True, slots=True)
class TraceSource:
    """What a trace is a trace of: enough to load the model and build the instance again."""

    model: str
    mutant: str = ""
    instance: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict[str, Setting])


def to_itf(trace: Trace, *, model: str = "", mutant: str = "") -> dict[str, Any]:
    """Return a trace as an ITF document, ready for `json.dumps`.

    `model` is the target to load it from (`paxos`, `my/model.py:Class`), by default the file and class of the system;
    `mutant` the name of the mutant of that model, if it is one.
    """
    return _Writer(trace).document(model or _target(trace.system), mutant)


def itf_text(document: Mapping[str, Any]) -> str:
    """Return a document as text: one line per state, the same bytes for the same trace."""
    parts = [f"  {_dumps(key)}: {_dumps(value)}" for key, value in document.items() if key != "states"]
    states = ",\n    ".join(_dumps(state) for state in document["states"])
    parts.append(f'  "states": [\n    {states}\n  ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read_itf(path: Path) -> Json:
    """Return the JSON in a file.

    Raises:
        QuoraxError: T001, if it cannot be read, or is no JSON.

    """
    try:
        document: Json = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise error(NOWHERE, "T001", f"cannot read {path}: {problem.strerror}", "give an ITF JSON file") from None
    except (ValueError, RecursionError) as problem:
        remedy = "give a file that --trace-out wrote, or any ITF JSON"
        raise error(NOWHERE, "T001", f"{path} is no JSON: {problem}", remedy) from None
    return document


def source_of(document: Json) -> TraceSource:
    """Return what model and instance a document says it is a trace of.

    Raises:
        QuoraxError: T002, if it is no ITF trace; T003, if it does not say.

    """
    meta = _object(_object(document, "").get("#meta", {}), "#meta")
    source = meta.get("source")
    if not isinstance(source, dict):
        raise error(NOWHERE, "T003", "#meta.source: the trace does not say of which model it is", "name the model")
    instance = _object(meta.get("instance", {}), "#meta.instance")
    settings = _object(instance.get("settings", {}), "#meta.instance.settings")
    return TraceSource(
        _text(source, "model", "#meta.source"),
        _text(source, "mutant", "#meta.source", ""),
        _text(instance, "name", "#meta.instance", ""),
        {name: _setting(value, f"#meta.instance.settings.{name}") for name, value in settings.items()},
    )


def from_itf(document: Json, system: System, instance: Instance) -> Trace:
    """Return the trace that a document holds, as it says: whether it is a behaviour of the system is for replay to see.

    Raises:
        QuoraxError: T002, if it is no ITF trace; T003, if it is of another model; T004 and T005, if a value is not of
            its type or not of the instance; T006, if an action or its arguments are not the model's; T007, if it
            loops to a state that it does not have. The message begins with the place in the document.

    """
    return _Reader(system, instance).trace(document)


@dataclass(frozen=True, slots=True)
class _Writer:
    trace: Trace

    def document(self, model: str, mutant: str) -> dict[str, Any]:
        trace = self.trace
        meta: dict[str, Json] = {
            "format": "ITF",
            "format-description": FORMAT_DESCRIPTION,
            "description": trace.title,
            "source": {"model": model, "mutant": mutant} if mutant else {"model": model},
            "instance": {"name": trace.instance.name, "settings": _settings(trace.instance)},
        }
        if trace.blame is not None:
            meta["blame"] = self._blame(trace.blame)
        document: dict[str, Any] = {"#meta": meta, "vars": [v.name for v in trace.system.variables]}
        if trace.loop_start is not None:
            document["loop"] = trace.loop_start
        first: dict[str, Json] = {"index": 0}
        if trace.initial_notes:
            first["notes"] = _notes(trace.initial_notes)
        metas = [first, *(self._step(step) for step in trace.steps)]
        states = zip(metas, trace.states, strict=True)
        document["states"] = [{"#meta": meta} | self._state(state) for meta, state in states]
        return document

    @property
    def _values(self) -> ItfValues:
        return ItfValues(self.trace.system, self.trace.instance)

    def _state(self, state: StateValues) -> dict[str, Json]:
        variables = self.trace.system.variables
        return {v.name: self._values.write(v.type, value) for v, value in zip(variables, state, strict=True)}

    def _step(self, step: Step) -> dict[str, Json]:
        meta: dict[str, Json] = {
            "index": step.index,
            "action": step.action,
            "args": {b.name: self._values.write(b.type, b.value) for b in step.args},
            "choices": [{"name": b.name, "value": self._values.write(b.type, b.value)} for b in step.choices],
        }
        if step.process is not None:
            domain, index = step.process.domain, step.process.index
            meta["process"] = {"domain": domain, "member": self.trace.instance.domains[domain][index]}
        for name in _ENVELOPES:
            if envelopes := getattr(step, name):
                meta[name] = [self._envelope(e) for e in envelopes]
        if step.notes:
            meta["notes"] = _notes(step.notes)
        if step.is_restart:
            meta["restart"] = True
        if step.span != NOWHERE:
            meta["source"] = _span(step.span)
        return meta

    def _envelope(self, envelope: Envelope) -> dict[str, Json]:
        meta: dict[str, Json] = {
            "network": envelope.network,
            "type": str(envelope.type),
            "message": self._values.write(envelope.type, envelope.message),
        }
        for name in ("source", "destination"):
            if (index := getattr(envelope, name)) is not None:
                meta[name] = self._endpoints(envelope.network)[index]
        return meta

    def _endpoints(self, network: str) -> tuple[str, ...]:
        kind = self.trace.system.variable(network).type
        assert isinstance(kind, FifoType), "only a Fifo's messages have two ends"
        return self.trace.instance.domains[kind.endpoint.name]

    def _blame(self, blame: Blame) -> dict[str, Json]:
        meta: dict[str, Json] = {
            "property": blame.property,
            "kind": blame.kind,
            "doc": blame.doc,
            "conjunct": blame.conjunct,
            "witnesses": [
                {"name": b.name, "type": str(b.type), "value": self._values.write(b.type, b.value)}
                for b in blame.witnesses
            ],
        }
        return meta | ({"source": _span(blame.span)} if blame.span != NOWHERE else {})


@dataclass(frozen=True, slots=True)
class _Reader:
    system: System
    instance: Instance

    def trace(self, document: Json) -> Trace:
        top = _object(document, "")
        names = [v.name for v in self.system.variables]
        if sorted(map(str, _list(top, "vars", ""))) != sorted(names):
            raise error(NOWHERE, "T003", f"vars: not the variables of {self.system.name}", f"it has {', '.join(names)}")
        states = [_object(state, f"states[{i}]") for i, state in enumerate(_list(top, "states", ""))]
        if not states:
            raise error(NOWHERE, "T002", "states: there is none", "a trace begins with its initial state")
        meta = _object(top.get("#meta", {}), "#meta")
        first = _object(states[0].get("#meta", {}), "states[0].#meta")
        return Trace(
            system=self.system,
            instance=self.instance,
            initial=self._state(states[0], "states[0]"),
            steps=tuple(self._step(i, state) for i, state in enumerate(states[1:], start=1)),
            title=_text(meta, "description", "#meta", ""),
            blame=self._blame(_object(meta["blame"], "#meta.blame")) if "blame" in meta else None,
            initial_notes=_read_notes(first, "states[0].#meta"),
            loop_start=_loop(top, len(states)),
        )

    @property
    def _values(self) -> ItfValues:
        return ItfValues(self.system, self.instance)

    def _state(self, state: dict[str, Json], path: str) -> StateValues:
        values: list[Any] = []
        for variable in self.system.variables:
            if variable.name not in state:
                raise error(NOWHERE, "T003", f"{path}: {variable.name} is missing", "give every variable a value")
            values.append(self._values.read(variable.type, state[variable.name], f"{path}.{variable.name}"))
        return tuple(values)

    def _step(self, index: int, state: dict[str, Json]) -> Step:
        path = f"states[{index}].#meta"
        meta = _object(state.get("#meta", {}), path)
        action = self._action(meta, path)
        envelopes = {name: tuple(self._envelopes(meta, name, path)) for name in _ENVELOPES}
        return Step(
            index=index,
            action=action.name,
            args=self._arguments(action, meta, f"{path}.args"),
            choices=tuple(self._choices(action, meta, path)),
            state=self._state(state, f"states[{index}]"),
            process=self._process(meta, f"{path}.process"),
            notes=_read_notes(meta, path),
            is_restart=meta.get("restart") is True,
            span=_read_span(meta, path),
            **envelopes,
        )

    def _action(self, meta: dict[str, Json], path: str) -> Action:
        name = _text(meta, "action", path)
        known = {action.name: action for action in self.system.actions}
        if name not in known:
            remedy = f"it has {', '.join(known)}"
            raise error(NOWHERE, "T006", f"{path}.action: {self.system.name} has no action {name!r}", remedy)
        return known[name]

    def _arguments(self, action: Action, meta: dict[str, Json], path: str) -> tuple[Binding, ...]:
        arguments = _object(meta.get("args", {}), path)
        names = [p.name for p in action.parameters]
        if sorted(arguments) != sorted(names):
            raise error(
                NOWHERE,
                "T006",
                f"{path}: not the parameters of {action.name}",
                f"they are {', '.join(names) or 'none'}",
            )
        return tuple(
            Binding(p.name, p.type, self._values.read(p.type, arguments[p.name], f"{path}.{p.name}"))
            for p in action.parameters
        )

    def _choices(self, action: Action, meta: dict[str, Json], path: str) -> Iterator[Binding]:
        types = dict(_chosen(action.body))
        for i, entry in enumerate(_list(meta, "choices", path, [])):
            at = f"{path}.choices[{i}]"
            choice = _object(entry, at)
            name = _text(choice, "name", at)
            if name not in types:
                remedy = f"it chooses {', '.join(types) or 'nothing'}"
                raise error(NOWHERE, "T006", f"{at}.name: {action.name} chooses no {name!r}", remedy)
            yield Binding(name, types[name], self._values.read(types[name], choice.get("value"), f"{at}.value"))

    def _process(self, meta: dict[str, Json], path: str) -> Lane | None:
        if "process" not in meta:
            return None
        process = _object(meta["process"], path)
        domain, member = _text(process, "domain", path), _text(process, "member", path)
        return Lane(domain, self._index(domain, member, path))

    def _index(self, domain: str, member: Json, path: str) -> int:
        members = self.instance.domains.get(domain, ())
        if member not in members:
            raise error(NOWHERE, "T005", f"{path}: {domain} has no member {member!r}", f"it has {', '.join(members)}")
        return members.index(member)

    def _envelopes(self, meta: dict[str, Json], name: str, path: str) -> Iterator[Envelope]:
        networks = {v.name: v.type for v in self.system.variables}
        for i, entry in enumerate(_list(meta, name, path, [])):
            at = f"{path}.{name}[{i}]"
            envelope = _object(entry, at)
            network = _text(envelope, "network", at)
            kind = networks.get(network)
            if not isinstance(kind, BagType | MessageSetType | FifoType):
                raise error(NOWHERE, "T004", f"{at}.network: {self.system.name} has no network {network!r}")
            ends = {
                end: self._index(kind.endpoint.name, envelope[end], f"{at}.{end}")
                for end in ("source", "destination")
                if isinstance(kind, FifoType) and end in envelope
            }
            element = _type(envelope, at, self.system) if "type" in envelope else kind.element
            if not isinstance(element, RecordType | UnionType):
                raise error(NOWHERE, "T004", f"{at}.type: {element} is no message")
            message = self._values.read(element, envelope.get("message"), f"{at}.message")
            yield Envelope(network, element, message, ends.get("source"), ends.get("destination"))

    def _blame(self, meta: dict[str, Json]) -> Blame:
        path = "#meta.blame"
        witnesses: list[Binding] = []
        for i, entry in enumerate(_list(meta, "witnesses", path, [])):
            at = f"{path}.witnesses[{i}]"
            witness = _object(entry, at)
            kind = _type(witness, at, self.system)
            value = self._values.read(kind, witness.get("value"), f"{at}.value")
            witnesses.append(Binding(_text(witness, "name", at), kind, value))
        return Blame(
            property=_text(meta, "property", path),
            kind=_text(meta, "kind", path, "invariant"),
            doc=_text(meta, "doc", path, ""),
            conjunct=_text(meta, "conjunct", path, ""),
            span=_read_span(meta, path),
            witnesses=tuple(witnesses),
        )


def _target(system: System) -> str:
    return f"{system.span.file}:{system.name}" if system.span.file else system.name


def _dumps(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _chosen(body: tuple[Statement, ...]) -> Iterator[tuple[str, Type]]:
    """Yield the name and type of every choice in a program."""
    for statement in body:
        match statement:
            case Choose(variable=name, type=kind):
                yield name, kind
            case If(then=then, orelse=orelse):
                yield from _chosen(then)
                yield from _chosen(orelse)
            case ForEach(body=inner):
                yield from _chosen(inner)
            case _:
                pass


def _notes(notes: tuple[Note, ...]) -> list[Json]:
    return [{"kind": note.kind, "text": note.text} for note in notes]


def _read_notes(meta: dict[str, Json], path: str) -> tuple[Note, ...]:
    notes: list[Note] = []
    for i, entry in enumerate(_list(meta, "notes", path, [])):
        at = f"{path}.notes[{i}]"
        note = _object(entry, at)
        notes.append(Note(_text(note, "kind", at), _text(note, "text", at)))
    return tuple(notes)


def _span(span: Span) -> Json:
    return {"file": span.file, "start": [span.line, span.column], "end": [span.end_line, span.end_column]}


def _read_span(meta: dict[str, Json], path: str) -> Span:
    if "source" not in meta:
        return NOWHERE
    path = f"{path}.source"
    source = _object(meta["source"], path)
    ends: list[int] = []
    for name in ("start", "end"):
        place = [n for n in _list(source, name, path) if isinstance(n, int) and not isinstance(n, bool) and n >= 0]
        if len(place) != 2 or len(_list(source, name, path)) != 2:
            raise error(NOWHERE, "T002", f"{path}.{name}: no place in a file", "write [line, column]")
        ends += place
    return Span(_text(source, "file", path), *ends)


def _loop(top: dict[str, Json], states: int) -> int | None:
    loop = top.get("loop")
    if loop is None:
        return None
    if not isinstance(loop, int) or isinstance(loop, bool) or not 0 <= loop < states:
        raise error(NOWHERE, "T007", f"loop: {loop!r} is the index of no state", f"there are states 0 to {states - 1}")
    return loop


def _type(meta: dict[str, Json], path: str, system: System) -> Type:
    try:
        return parse_type(_text(meta, "type", path), system)
    except ValueError as problem:
        raise error(NOWHERE, "T004", f"{path}.type: {problem}") from None


def _settings(instance: Instance) -> Json:
    return {name: _written(setting) for name, setting in instance.settings.items()}


def _written(setting: Setting) -> Json:
    if isinstance(setting, int):
        return setting
    return [member if isinstance(member, str) else list(member) for member in setting]


def _setting(value: Json, path: str) -> Setting:
    """Return a setting of an instance: a number, names, or sets of names."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, list) and all(isinstance(entry, list) for entry in value):
        return tuple(_names(entry, path) for entry in value)
    return _names(value, path)


def _names(value: Json, path: str) -> tuple[str, ...]:
    names = tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()
    if not isinstance(value, list) or len(names) != len(value):
        raise error(NOWHERE, "T002", f"{path}: no setting of an instance", "write a number, names, or lists of names")
    return names


def _object(value: Json, path: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        place = path or "the document"
        raise error(NOWHERE, "T002", f"{place}: an object is wanted", "write an ITF trace (states, vars, #meta)")
    return value


def _list(owner: dict[str, Json], name: str, path: str, default: list[Json] | None = None) -> list[Json]:
    value = owner.get(name, default)
    if not isinstance(value, list):
        place = f"{path}.{name}" if path else name
        raise error(NOWHERE, "T002", f"{place}: a list is wanted", "write an ITF trace (states, vars, #meta)")
    return value


def _text(owner: dict[str, Json], name: str, path: str, default: str | None = None) -> str:
    value = owner.get(name, default)
    if not isinstance(value, str):
        raise error(NOWHERE, "T002", f"{path}.{name}: a string is wanted")
    return value
