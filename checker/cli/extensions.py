"""Commands that other packages bring: the entry points of the group `quorax.commands`.

An entry point names a module with `SUMMARY`, `configure` and `run`, as those of `checker.cli`. Looking for them takes
a while, so it is done only for a command that quorax itself lacks, or to list all there are.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import checker
from checker.diagnostics import NOWHERE, QuoraxError, error

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "quorax.commands"


def extension_names() -> tuple[str, ...]:
    """Return the commands that installed packages bring, sorted."""
    return tuple(sorted(_entry_points()))


def load_extension(name: str) -> Any:
    """Return the module of such a command.

    Raises:
        QuoraxError: C019, if it cannot be imported, lacks something, or is another's where ours is meant.

    """
    point = _entry_points()[name]
    try:
        module = importlib.import_module(point.module)
        missing = [part for part in ("SUMMARY", "configure", "run") if not hasattr(module, part)]
    except Exception as problem:
        raise _unusable(name, point, f"{type(problem).__name__}: {problem}") from problem
    if missing:
        raise _unusable(name, point, f"{point.module} has no {missing[0]}")
    if _is_ours(point) and not Path(module.__file__ or "").is_relative_to(Path(checker.__file__).parent.parent):
        raise _unusable(name, point, f"{module.__file__} is no file of quorax, but has a name that quorax uses")
    return module


def summaries() -> dict[str, str]:
    """Return the commands that installed packages bring with one line about each."""
    found: dict[str, str] = {}
    for name in extension_names():
        try:
            found[name] = load_extension(name).SUMMARY
        except Exception:
            found[name] = f"cannot be loaded: quorax {name} says why"
    return found


def _entry_points() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}


def _is_ours(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == "quorax"


def _unusable(name: str, point: EntryPoint, why: str) -> QuoraxError:
    brought_by = point.dist.name if point.dist is not None else "a package"
    message = f"the command {name!r} of {brought_by} cannot be loaded: {why}"
    return error(NOWHERE, "C019", message, f"install {brought_by} again, or run in another folder")
