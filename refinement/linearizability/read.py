"""Reads a history from a file, in whichever format it is."""

from __future__ import annotations

from pathlib import Path

from checker.diagnostics import NOWHERE, error
from refinement.linearizability.assemble import Recording, assemble, choose_object
from refinement.linearizability.history import History
from refinement.linearizability.jepsen import read_jepsen
from refinement.linearizability.ndjson import is_ndjson, read_ndjson
from refinement.linearizability.objects import SequentialObject

FORMATS = ("jepsen", "quorax")


def read_history(
    path: Path, *, format: str | None = None, object: str | None = None
) -> tuple[History, SequentialObject]:
    """Return the history in a file and the object it is of; by default the file says which, or its operations do.

    Raises:
        QuoraxError: H001 if it cannot be read, H002 to H011 for what is wrong in it.

    """
    recording = _recording(path, format)
    found = choose_object(recording, object)
    return assemble(recording, found), found


def _recording(path: Path, format: str | None) -> Recording:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as problem:
        raise error(NOWHERE, "H001", f"cannot read {path}: {problem.strerror}", "give a file with a history") from None
    except ValueError as problem:
        raise error(NOWHERE, "H001", f"{path} is no text in UTF-8: {problem}", "give a file with a history") from None
    is_ours = is_ndjson(lines) if format is None else format == "quorax"
    return read_ndjson(str(path), lines) if is_ours else read_jepsen(str(path), lines)
