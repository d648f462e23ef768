"""The lock: what every obligation came out as when people last looked, as sorted JSON beside the specs.

What rests on the whole state graph (`holds`, `unreached`) is recorded with the size of the graph; what rests on a
trace (`violated`, `reached`) with the length of the trace only, because how far an engine looks before it finds one
depends on what else it was asked. Each entry carries a digest of itself, so that an edit by hand shows, and so that
two branches that add different entries merge.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from checker.diagnostics import NOWHERE, error
from checker.ir.instance import Setting, show_settings

SCHEMA = "quorax-lock/1"


@dataclass(frozen=True, slots=True)
class Graph:
    """The explored state graph: states, transitions, depth in actions, cuts by bound, firings by action."""

    distinct: int
    generated: int
    depth: int
    bounds_hit: Mapping[str, int]
    coverage: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """What an obligation came out as. `settings` are the instance's, as `settings_document` gives them.

    `verdict` is holds, violated, reached or unreached; `how` says what a `holds` rests on. `steps` is the length of the
    trace or `graph` the size of the state graph, whichever the verdict rests on. `depth_bound` is set where the spec
    asks for no more than a search to that depth.
    """

    verdict: str
    how: str | None
    steps: int | None
    graph: Graph | None
    depth_bound: int | None
    settings: Mapping[str, int | str]
    model_hash: str
    property_hash: str


@dataclass(frozen=True, slots=True)
class Lock:
    """The entries by obligation id; `edited` are the ids whose entry is not as the gate wrote it, and so is none."""

    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])
    edited: frozenset[str] = frozenset()


def read_lock(path: Path) -> Lock:
    """Return the lock in a file; an empty one if there is no file.

    Raises:
        QuoraxError: G003 if the file is not a lock of this version.

    """
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Lock()
    except (OSError, ValueError) as problem:
        remedy = "restore it from version control, or delete it and run quorax gate --update"
        raise error(NOWHERE, "G003", f"cannot read the lock {path}: {problem}", remedy) from None
    recorded = _section(document)
    if recorded is None:
        remedy = f"delete {path} and run quorax gate --update"
        raise error(NOWHERE, "G003", f"{path} is no lock of this version ({SCHEMA})", remedy)
    entries = {name: _entry(name, raw) for name, raw in recorded.items()}
    edited = frozenset(name for name, entry in entries.items() if entry is None)
    return Lock({name: entry for name, entry in entries.items() if entry is not None}, edited)


def write_lock(path: Path, entries: Mapping[str, Entry]) -> None:
    """Write a lock, the same bytes for the same entries."""
    document = {"schema": SCHEMA, "obligations": {name: _document(name, entry) for name, entry in entries.items()}}
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    scratch = path.with_name(f"{path.name}.new")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)


def settings_document(settings: Mapping[str, Setting]) -> dict[str, int | str]:
    """Return an instance's settings as they stand in a lock: numbers, and what else a spec would say as text."""
    return {
        name: value if isinstance(value, int) else show_settings({name: value}).removeprefix(f"{name} = ")
        for name, value in settings.items()
    }


def _document(name: str, entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON, with its digest."""
    document = json.loads(json.dumps(asdict(entry)))
    canonical = json.dumps([name, document], sort_keys=True, ensure_ascii=False)
    return {**document, "digest": hashlib.sha256(canonical.encode()).hexdigest()[:16]}


def _section(document: Any) -> dict[str, Any] | None:
    """Return the entries of a lock file as they stand there; None if it is no lock of this version."""
    if not isinstance(document, dict):
        return None
    sections = cast(dict[str, Any], document)
    recorded: Any = sections.get("obligations")
    is_lock = sections.get("schema") == SCHEMA and isinstance(recorded, dict)
    return cast(dict[str, Any], recorded) if is_lock else None


def _entry(name: str, raw: Any) -> Entry | None:
    """Return the entry that `raw` describes, or None if the gate did not write it so."""
    try:
        fields = {key: value for key, value in raw.items() if key != "digest"}
        graph = fields.pop("graph")
        entry = Entry(**fields, graph=None if graph is None else Graph(**graph))
    except (AttributeError, KeyError, TypeError):
        return None
    return entry if _document(name, entry) == raw else None
