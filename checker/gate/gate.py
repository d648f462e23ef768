"""Runs the gate: spec by spec, run by run; nothing is skipped in silence and nothing turns green by accident."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from checker.diagnostics import NOWHERE, error
from checker.dsl.loader import LoadedModel, load
from checker.gate.lock import read_lock, write_lock
from checker.gate.session import GateProgress, Session
from checker.report.gate_report import Failure, GateReport
from checker.spec.find import is_installed
from checker.trace.verdict import Engine


def run_gate(
    specs: Sequence[Path],
    *,
    preset: str | None,
    lock: Path,
    engines: Mapping[str, Engine],
    update: bool = False,
    progress: Callable[[GateProgress], None] | None = None,
    environment: Mapping[str, str] = os.environ,
    load_model: Callable[[str], LoadedModel] = load,
) -> GateReport:
    """Decide the obligations of `specs` that `preset` selects (None: all), and compare them with the lock.

    With `update` the lock is rewritten: it gets what came out as its spec expects, and loses the entries that no spec
    has an obligation for. An obligation that came out otherwise keeps the entry it had, and still fails the gate.

    Raises:
        QuoraxError: G001 if there are no specs, G002 if they give nothing to decide, G003 for a lock that cannot be
            read, G004 and G005 for an update where none is allowed.

    """
    if not specs:
        raise error(NOWHERE, "G001", "there are no specs to check", "name a spec file, or write specs/NAME.spec")
    if update:
        _check_update(lock, environment)
    session = Session(preset, read_lock(lock), engines, is_update=update, progress=progress)
    for path in specs:
        session.open(path, load_model)
    if not session.obligations and not session.failures:
        nothing = f"the preset {preset} selects nothing" if preset else "the specs demand nothing"
        raise error(NOWHERE, "G002", nothing, "a gate that decides nothing would always be green")
    session.decide()
    beside = {path.resolve() for path in lock.parent.glob("*.spec")}
    leftover = session.leftover(all_specs=bool(beside) and beside <= {path.resolve() for path in specs})
    if update:
        kept = {name: entry for name, entry in session.locked.entries.items() if name not in leftover}
        write_lock(lock, kept | session.entries)
    failures = [] if update else [Failure(kind, name, reason) for name, (kind, reason) in leftover.items()]
    return GateReport(
        preset=preset,
        lock=str(lock),
        outcomes=session.outcomes,
        failures=(*session.failures, *failures),
        warnings=tuple(dict.fromkeys(session.warnings)),
        is_updated=update,
    )


def _check_update(lock: Path, environment: Mapping[str, str]) -> None:
    """Refuse to rewrite a lock where nobody looks at what is written.

    Raises:
        QuoraxError: G004 in continuous integration, G005 for the lock of an installed package.

    """
    if environment.get("CI", "").lower() not in ("", "0", "false"):
        remedy = "run quorax gate --update where a person reads the difference, and commit the lock"
        raise error(NOWHERE, "G004", "the lock is not updated in continuous integration (CI is set)", remedy)
    if is_installed(lock):
        remedy = "copy the specs into your project, or work in a checkout of quorax"
        raise error(NOWHERE, "G005", f"{lock} is part of an installed package, and read-only", remedy)
