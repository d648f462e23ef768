"""One run of the gate: opens specs, decides their obligations with as few engine runs as possible, gathers failures."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from checker.diagnostics import QuoraxError
from checker.dsl.loader import LoadedModel
from checker.gate.compare import against_lock, entry_of
from checker.gate.judge import against_spec, settle
from checker.gate.lock import Entry, Lock
from checker.gate.obligations import Obligation, Run, obligations_of, runs_of
from checker.gate.omissions import omissions
from checker.report.gate_report import Failure, FailureKind, Outcome
from checker.report.words import plural
from checker.spec.parse import parse_spec
from checker.spec.resolve import ResolvedSpec, resolve
from checker.trace.verdict import Engine, Progress, Report, Unknown, Verdict

INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class GateProgress:
    """A look at a running gate: run `index` of `total`, from 1, at `place`; `engine` is the engine's own report."""

    index: int
    total: int
    place: str
    engine: Progress | None = None


class Session:
    """What a run of the gate has found so far.

    `obligations` are those to decide, in order; `entries` what the lock is to record of those that came out as
    expected; `failures` those that belong to no obligation that was decided.
    """

    def __init__(
        self,
        preset: str | None,
        locked: Lock,
        engines: Mapping[str, Engine],
        *,
        is_update: bool,
        progress: Callable[[GateProgress], None] | None = None,
    ) -> None:
        self.preset = preset
        self.locked = locked
        self.engines = engines
        self.is_update = is_update
        self.progress = progress
        self.obligations: list[Obligation] = []
        self.runs: list[Run] = []
        self.failures: list[Failure] = []
        self.warnings: list[str] = []
        self.entries: dict[str, Entry] = {}
        self._known: dict[str, Path] = {}
        self._models: set[str] = set()
        self._outcomes: dict[str, Outcome] = {}
        self._remarks: dict[str, list[tuple[str, ...]]] = {}

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of the obligations, in their order, once all are decided."""
        return tuple(self._outcomes[o.id] for o in self.obligations)

    def open(self, path: Path, load_model: Callable[[str], LoadedModel]) -> None:
        """Read a spec and its model, and plan what to run; an error in them is a failure of the gate."""
        try:
            spec = parse_spec(path)
            resolved = resolve(spec, load_model(spec.target))
            everything = obligations_of(resolved)
        except QuoraxError as problem:
            self.failures.append(_input_failure(str(path), problem))
            return
        except Exception as problem:
            self.failures.append(_internal_failure(str(path), problem))
            return
        twice = [o for o in everything if o.id in self._known]
        if twice:
            reason = f"{path}: the obligation {twice[0].id} is in {self._known[twice[0].id]} already"
            self.failures.append(Failure("spec", "", reason))
            return
        self._models.add(resolved.model.name)
        self._known |= dict.fromkeys((o.id for o in everything), path)
        self._plan(resolved)

    def _plan(self, spec: ResolvedSpec) -> None:
        presets = [p.name.text for p in spec.spec.presets]
        if self.preset is not None and self.preset not in presets:
            near = get_close_matches(self.preset, presets, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"it has {', '.join(presets) or 'none'}"
            reason = f"{spec.spec.path}: there is no preset {self.preset}: {remedy}"
            self.failures.append(Failure("spec", "", reason))
            return
        wanted = obligations_of(spec, self.preset)
        self.obligations += wanted
        self.runs += runs_of(spec, wanted)
        self.warnings += omissions(spec)

    def decide(self) -> None:
        """Decide every obligation; what an interrupt leaves over is undetermined.

        What an engine finds odd about a model is passed on only if it is so at every instance that was explored: an
        action that one instance leaves no room for may be the point of another.
        """
        for obligation in self.obligations:
            if obligation.unsupported:
                self._undetermined(obligation, obligation.unsupported)
        is_interrupted = False
        for index, run in enumerate(self.runs, 1):
            if is_interrupted:
                for obligation in run.obligations:
                    self._undetermined(obligation, INTERRUPTED)
            else:
                is_interrupted = self._decide(run, index)
        for model, remarks in self._remarks.items():
            common = [line for line in remarks[0] if all(line in others for others in remarks)]
            self.warnings += (f"{model}: {line}" for line in common)

    def leftover(self, *, all_specs: bool) -> dict[str, tuple[FailureKind, str]]:
        """Return the entries of the lock that are wrong by themselves: without an obligation, or edited by hand.

        `all_specs` says that every spec beside the lock was opened; if one is missing or in error, only entries of
        the models that were loaded are judged.
        """
        is_whole = all_specs and not any(f.kind in ("spec", "internal") for f in self.failures)
        found: dict[str, tuple[FailureKind, str]] = {}
        for name in sorted({*self.locked.entries, *self.locked.edited}):
            if not is_whole and name.split("/")[0] not in self._models:
                continue
            if name not in self._known:
                found[name] = "orphan", "the lock has this entry, no spec has the obligation: run with --update"
            elif name in self.locked.edited:
                found[name] = "edited", "this entry is not as the gate wrote it: restore it, or run with --update"
        return found

    def _decide(self, run: Run, index: int) -> bool:
        """Run one engine and judge what it says; return whether a person interrupted it."""
        place = f"{run.obligations[0].model}/{run.obligations[0].place}"

        def show(progress: Progress | None) -> None:
            if self.progress is not None:
                self.progress(GateProgress(index, len(self.runs), place, progress))

        engine = self.engines.get(run.engine)
        if engine is None:
            for obligation in run.obligations:
                self._undetermined(obligation, f"this version has no engine {run.engine}")
            return False
        show(None)
        try:
            report = engine.run(run.system, run.instance, run.request, show, run.base)
            if report.error is not None:
                raise QuoraxError([report.error.diagnostic])
            for obligation in run.obligations:
                self._judge(run, obligation, settle(obligation, report), report)
        except KeyboardInterrupt:
            for obligation in run.obligations:
                self._undetermined(obligation, INTERRUPTED)
            return True
        except MemoryError:
            for obligation in run.obligations:
                self._undetermined(obligation, "out of memory")
        except QuoraxError as problem:
            self._failed(run, _input_failure(place, problem))
        except Exception as problem:
            self._failed(run, _internal_failure(place, problem))
        else:
            if run.base is None and report.complete and not run.system.refinements:  # these ask no invariants
                self._remarks.setdefault(run.obligations[0].model, []).append(report.warnings)
            return report.stopped_by == INTERRUPTED
        return False

    def _judge(self, run: Run, obligation: Obligation, verdict: Verdict, report: Report) -> None:
        failures = list(against_spec(obligation, verdict, report))
        if not failures and not isinstance(verdict, Unknown):
            entry = entry_of(run, obligation, verdict, report)
            failures = list(self._compare(obligation, entry))
            if self.is_update:
                checker = (f.reason for f in failures if f.kind == "checker")
                self.warnings += (f"{obligation.id}: {reason}" for reason in checker)
                self.entries[obligation.id] = entry
                failures = []
        self._settle(obligation, verdict, report, tuple(failures))

    def _compare(self, obligation: Obligation, entry: Entry) -> Iterator[Failure]:
        locked = self.locked.entries.get(obligation.id)
        if locked is not None:
            yield from against_lock(obligation, entry, locked)
        elif obligation.id not in self.locked.edited:
            yield Failure("missing", obligation.id, "the lock has no entry for this: run with --update")

    def _undetermined(self, obligation: Obligation, reason: str) -> None:
        failure = Failure("undetermined", obligation.id, reason)
        self._settle(obligation, Unknown(reason), None, (failure,))

    def _failed(self, run: Run, failure: Failure) -> None:
        """Give a failure of a whole run to all that it was to decide, its details to the first."""
        for i, obligation in enumerate(run.obligations):
            own = replace(failure, obligation=obligation.id, detail="" if i else failure.detail)
            self._settle(obligation, Unknown(failure.reason), None, (own,))

    def _settle(
        self, obligation: Obligation, verdict: Verdict, report: Report | None, failures: tuple[Failure, ...]
    ) -> None:
        if failures:
            self.entries.pop(obligation.id, None)
        self._outcomes[obligation.id] = Outcome(
            id=obligation.id,
            model=obligation.model,
            place=obligation.place,
            property=obligation.property,
            engine=obligation.engine,
            expected="is reached" if obligation.demand == "witness" else str(obligation.expectation),
            verdict=verdict,
            report=report,
            failures=failures,
        )


def _input_failure(where: str, problem: QuoraxError) -> Failure:
    """Return the failure for a spec or a model that is in error: its first complaint, the rest as the detail."""
    first, *others = problem.diagnostics
    place = str(first.span) if first.span.file else where
    more = f" (and {plural(len(others), 'more error')})" if others else ""
    return Failure("spec", "", f"{place}: error[{first.code}]: {first.message}{more}", str(problem))


def _internal_failure(where: str, problem: Exception) -> Failure:
    detail = "".join(traceback.format_exception(problem))
    return Failure("internal", "", f"{where}: internal error: {type(problem).__name__}: {problem}", detail)
