"""The compiled program as Python sees it: structures that mirror `runtime/explore.h`, and a search as an object.

A search runs in a thread of its own, so that the interpreter stays free to look at it and to stop it; the end is
waited for on an event that the thread sets, since an interrupted `Thread.join` may take a living thread for a dead one.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from ctypes import POINTER, Structure, c_bool, c_char_p, c_int64, c_uint32, c_uint64, c_void_p
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

GOALS_MAX = 64

POLL_S = 0.05
"""Seconds between two looks at a running search."""


class Ending(IntEnum):
    """`qx_ending`."""

    COMPLETE = 0
    DECIDED = 1
    STOPPED = 2
    DEEP = 3
    LIMIT = 4
    TROUBLE = 5
    NO_MEMORY = 6


class Trouble(IntEnum):
    """`qx_trouble`."""

    NONE = 0
    UNDEFINED = 1
    OUTGROWN = 2
    OVERFLOW = 3


class Kind(IntEnum):
    """`qx_store_kind`."""

    EXACT = 0
    TREE = 1
    FP64 = 2


class CSpot(Structure):
    """`qx_spot`."""

    _fields_ = [("level", c_int64), ("state", POINTER(c_uint64))]


class CRun(Structure):
    """`qx_run`."""

    _fields_ = [
        ("model", c_void_p),
        ("initial", POINTER(c_uint64)),
        ("initial_count", c_uint64),
        ("memory_bytes", c_uint64),
        ("states_max", c_uint64),
        ("depth_max", c_uint64),
        ("state_goals", c_uint64),
        ("step_goals", c_uint64),
        ("deadlock_goals", c_uint64),
        ("ranges", c_uint64),
        ("workers", c_uint32),
        ("kind", c_uint32),
        ("exhaust", c_uint32),
        ("stop", c_uint32),
        ("seen_generated", c_uint64),
        ("seen_depth", c_uint64),
        ("seen_queue", c_uint64),
        ("ending", c_uint32),
        ("trouble", c_uint32),
        ("trouble_detail", c_uint32),
        ("is_trouble_of_judge", c_uint32),
        ("stored", c_uint64),
        ("distinct", c_uint64),
        ("generated", c_uint64),
        ("depth", c_uint64),
        ("terminal", c_uint64),
        ("decided", c_uint64),
        ("uninhabited", c_uint64),
        ("trouble_at", CSpot),
        ("decided_at", CSpot * GOALS_MAX),
        ("fired", POINTER(c_uint64)),
        ("cuts", POINTER(c_uint64)),
        ("reached", POINTER(c_uint64)),
        ("refused", POINTER(c_uint64)),
        ("store", c_void_p),
    ]


Words = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bits:
    """Which goals are judged how, as bits."""

    states: int = 0
    steps: int = 0
    deadlock: int = 0
    ranges: int = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much there is to count in a model."""

    words: int
    actions: int
    bounds: int
    guards: int


@dataclass(frozen=True, slots=True)
class Settings:
    """How a search runs."""

    workers: int = 1
    kind: Kind = Kind.EXACT
    memory_bytes: int = 1 << 34
    states_max: int = (1 << 64) - 1
    depth_max: int = (1 << 64) - 1
    exhaust: bool = False


@dataclass(frozen=True, slots=True)
class Glance:
    """A look at a running search."""

    states: int
    generated: int
    depth: int
    queue: int
    memory_bytes: int
    note: str = ""


@dataclass(slots=True)
class Search:
    """One search of a compiled program; to be closed after use."""

    library: ctypes.CDLL
    symbol: str
    sizes: Sizes
    initial: Sequence[Words]
    bits: Bits
    settings: Settings
    run: CRun = field(init=False)
    _held: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        words = self.sizes.words
        self.run = run = CRun()
        run.model = ctypes.addressof(ctypes.c_char.in_dll(self.library, self.symbol))
        flat = [word for state in self.initial for word in state]
        run.initial, run.initial_count = self._array(flat), len(self.initial)
        settings, bits = self.settings, self.bits
        run.memory_bytes, run.states_max, run.depth_max = settings.memory_bytes, settings.states_max, settings.depth_max
        run.state_goals, run.step_goals = bits.states, bits.steps
        run.deadlock_goals, run.ranges = bits.deadlock, bits.ranges
        run.workers, run.kind, run.exhaust = settings.workers, settings.kind, settings.exhaust
        run.trouble_at = CSpot(-1, self._array([0] * words))
        for i in range(GOALS_MAX):
            run.decided_at[i] = CSpot(-1, self._array([0] * words))
        run.fired, run.cuts = self._array([0] * (self.sizes.actions + 1)), self._array([0] * (self.sizes.bounds + 1))
        run.reached, run.refused = (self._array([0] * (self.sizes.guards + 1)) for _ in range(2))

    def explore(self, look: Callable[[Glance], str]) -> str:
        """Run to the end; `look` is shown how far it is, and returns the limit that ends it. Returns that limit.

        A KeyboardInterrupt stops the search too, with "interrupted".
        """
        return self._in_thread(lambda: self.library.qx_explore(ctypes.byref(self.run)), look)

    def during(self, action: Callable[[], object], look: Callable[[Glance], str]) -> str:
        """Do something else with what was found; `look` may end it, and an interrupt too. Returns what did."""
        self.run.stop = 0
        return self._in_thread(action, look)

    def paths(self, spots: Sequence[CSpot], look: Callable[[Glance], str]) -> list[list[Words]] | None:
        """Return a shortest way to each spot, initial state first; None if it was stopped.

        Raises:
            LookupError: no way leads to a spot.

        """
        words = self.sizes.words
        room = [self._array([0] * (words * (spot.level + 1))) for spot in spots]
        pointers = (POINTER(CSpot) * max(1, len(spots)))(*(ctypes.pointer(spot) for spot in spots))
        states = (c_void_p * max(1, len(spots)))(*(ctypes.addressof(own) for own in room))
        found: list[bool] = []
        self.run.stop = 0
        self.library.qx_paths.restype = c_bool
        stopped = self._in_thread(
            lambda: found.append(self.library.qx_paths(ctypes.byref(self.run), pointers, len(spots), states)), look
        )
        if stopped:
            return None
        if not found or not found[0]:
            raise LookupError("no way leads to a state that was reached")
        return [
            [tuple(room[i][n * words : (n + 1) * words]) for n in range(spot.level + 1)] for i, spot in enumerate(spots)
        ]

    def fingerprints(self, spot: CSpot) -> list[int] | None:
        """Return the hashes along a shortest way to a spot."""
        hashes = self._array([0] * (spot.level + 1))
        self.library.qx_fingerprints.restype = c_bool
        target = c_uint64(self.hash(tuple(spot.state[: self.sizes.words])))
        found = self.library.qx_fingerprints(ctypes.byref(self.run), target, c_int64(spot.level), hashes)
        return list(hashes[: spot.level + 1]) if found else None

    def hash(self, state: Words) -> int:
        """Return the hash of a state."""
        self.library.qx_hash_of.restype = c_uint64
        return int(self.library.qx_hash_of(self._array(list(state)), c_uint32(self.sizes.words)))

    def least(self, state: Words) -> Words:
        """Return the state that stands for the orbit of a state; without symmetry, the state."""
        return self._least(state)[0]

    def orbit(self, state: Words) -> int:
        """Return the number of states in the orbit of a state."""
        return self._least(state)[1]

    def _least(self, state: Words) -> tuple[Words, int]:
        words = (c_uint64 * self.sizes.words)(*state)
        self.library.qx_least_of.restype = c_uint64
        size = self.library.qx_least_of(c_void_p(self.run.model), words)
        return tuple(words), int(size)

    @property
    def limit(self) -> str:
        """The limit that the store has met, in words."""
        self.library.qx_limit.restype = c_char_p
        text = self.library.qx_limit(ctypes.byref(self.run))
        return text.decode("utf-8") if text else "the store is full"

    def close(self) -> None:
        """Free what the search holds."""
        self.library.qx_close(ctypes.byref(self.run))

    def _array(self, values: Sequence[int]) -> ctypes.Array[c_uint64]:
        made = (c_uint64 * max(1, len(values)))(*values)
        self._held.append(made)
        return made

    def _in_thread(self, action: Callable[[], object], look: Callable[[Glance], str]) -> str:
        ended = threading.Event()

        def body() -> None:
            try:
                action()
            finally:
                ended.set()

        thread = threading.Thread(target=body, name="quorax-search", daemon=True)
        stopped = ""
        try:
            thread.start()
            while not ended.wait(POLL_S):
                stopped = stopped or look(self.glance())
                if stopped:
                    self.run.stop = 1
        except KeyboardInterrupt:
            stopped = "interrupted"
        finally:
            self._stop(thread, ended)
        return stopped

    def _stop(self, thread: threading.Thread, ended: threading.Event) -> None:
        """Wait until the search has ended, however often somebody interrupts: it works in memory that is freed next."""
        while thread.ident is not None and not ended.is_set():
            try:
                self.run.stop = 1
                ended.wait()
            except KeyboardInterrupt:
                continue

    def glance(self) -> Glance:
        """Return how far the search is."""
        run = self.run
        self.library.qx_seen_states.restype = self.library.qx_seen_bytes.restype = c_uint64
        states = int(self.library.qx_seen_states(ctypes.byref(run)))
        memory = int(self.library.qx_seen_bytes(ctypes.byref(run)))
        return Glance(states, run.seen_generated, run.seen_depth, run.seen_queue, memory)


def load_library(path: Path) -> ctypes.CDLL:
    """Return a compiled program."""
    return ctypes.CDLL(str(path))
