"""How long a person waits for a verdict on Paxos with two ballots, by the clock: cold, warm, and after an edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.contender import Contender, RunError, Work, last_lines
from benchmarks.process import run
from benchmarks.quorax import EXPLICIT, QUORAX, ROOT, Quorax
from benchmarks.spin import Spin
from benchmarks.tlc import Tlc

BOUNDS = "Acceptor=3,Ballot=2,Value=2"

TERM = "all(self.is_past(a, b) or not self.is_past(a, b) for a in Acceptor for b in Ballot)"
"""What an edit adds to the model, true and not plainly so; each run adds another number of them."""


@dataclass(frozen=True, slots=True)
class Latency:
    """The seconds of each run; without any, why there are none."""

    name: str
    seconds: tuple[float, ...] = ()
    reason: str = ""

    @property
    def median_seconds(self) -> float:
        return median(self.seconds)


def latencies(folder: Path, *, runs: int) -> tuple[Latency, ...]:
    """Return how long this project's engine keeps one waiting, and each peer after an edit of its model."""
    work = Work("paxos", BOUNDS, ("agreement",))
    own, tlc, spin = Quorax(work), Tlc(work), Spin(work, slots_log2=14)
    waits: list[tuple[str, Contender, Callable[[Path], float]]] = [
        ("quorax check paxos, never compiled before", own, _cold),
        ("quorax check paxos, compiled before", own, _warm),
        ("quorax check paxos.py, after an edit", own, _edited),
        ("TLC, after an edit", tlc, lambda place: _made_and_run(tlc, place)),
        ("Spin, after an edit", spin, lambda place: _made_and_run(spin, place)),
    ]
    return tuple(
        _repeated(name, contender.missing(), wait, folder / f"wait-{number}", runs)
        for number, (name, contender, wait) in enumerate(waits)
    )


def _repeated(name: str, missing: str | None, wait: Callable[[Path], float], folder: Path, runs: int) -> Latency:
    """Return one wait, `runs` times, each in an empty folder."""
    if missing is not None:
        return Latency(name, reason=missing)
    seconds: list[float] = []
    for number in range(runs):
        place = folder / str(number)
        place.mkdir(parents=True)
        try:
            seconds.append(wait(place))
        except RunError as problem:
            return Latency(name, reason=str(problem))
    return Latency(name, tuple(seconds))


def _cold(place: Path) -> float:
    return _check(place, "paxos")


def _warm(place: Path) -> float:
    _check(place, "paxos")
    return _check(place, "paxos")


def _edited(place: Path) -> float:
    """Return how long the verdict on a model takes that was checked before, and has been edited since."""
    model = place / "paxos.py"
    text = (ROOT / "models" / "paxos.py").read_text(encoding="utf-8")
    model.write_text(text, encoding="utf-8")
    _check(place, str(model), "--bounds", BOUNDS)
    model.write_text(edited(text, number=int(place.name)), encoding="utf-8")
    return _check(place, str(model), "--bounds", BOUNDS)


def edited(text: str, *, number: int) -> str:
    """Return the model's text with one more invariant, another one for each number."""
    terms = " and ".join([TERM] * (number + 1))
    return f'{text}\n    @invariant\n    def edited(self) -> bool:\n        """An edit."""\n        return {terms}\n'


def _check(place: Path, *target: str) -> float:
    """Return how long `quorax check` took with a cache of the place's own, for all that it judges by itself."""
    command = [*QUORAX, "check", *target, *EXPLICIT, "--quiet", "--json", "-"]
    environment = {"XDG_CACHE_HOME": str(place / "cache"), "PYTHONPATH": str(ROOT)}
    done = run(command, place, environment=environment)
    if done.code or '"engine": "explicit"' not in done.output:
        raise RunError(f"quorax: {last_lines(done.output)}")
    return done.usage.wall_seconds


def _made_and_run(peer: Contender, place: Path) -> float:
    ready = peer.prepare(place)
    done = run(ready.command, ready.folder)
    peer.read(done.output)
    return ready.preparation.wall_seconds + done.usage.wall_seconds
