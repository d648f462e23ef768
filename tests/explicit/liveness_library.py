"""The C decision procedure for temporal properties, compiled and called through ctypes."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from ctypes import POINTER, Structure, byref, c_int, c_uint32, c_uint64
from itertools import accumulate
from pathlib import Path

from checker.temporal.automaton import Automaton
from checker.temporal.graph import FairGraph
from checker.temporal.lasso import Lasso, normalised
from tests.explicit.comparison import compiler

RUNTIME = Path(__file__).parents[2] / "checker" / "explicit" / "runtime"
SOURCES = ("liveness.c", "liveness_lasso.c", "liveness_product.c")
FLAGS = ("-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared")
ANSWERS = ("none", "found", "stopped", "no memory", "too large", "broken")
WORD = 64


class _Graph(Structure):
    _fields_ = (
        ("states", c_uint32),
        ("initials", c_uint32),
        ("initial", POINTER(c_uint32)),
        ("atoms", POINTER(c_uint64)),
        ("offsets", POINTER(c_uint64)),
        ("targets", POINTER(c_uint32)),
        ("labels", POINTER(c_uint32)),
        ("enabled", POINTER(c_uint32)),
        ("label_sets", POINTER(c_uint64)),
        ("enabled_sets", POINTER(c_uint64)),
        ("weak", POINTER(c_uint64)),
        ("strong", POINTER(c_uint64)),
        ("words", c_uint32),
    )


class _Automaton(Structure):
    _fields_ = (
        ("locations", c_uint32),
        ("initials", c_uint32),
        ("initial", POINTER(c_uint32)),
        ("must", POINTER(c_uint64)),
        ("must_not", POINTER(c_uint64)),
        ("fulfils", POINTER(c_uint64)),
        ("offsets", POINTER(c_uint32)),
        ("successors", POINTER(c_uint32)),
        ("all", c_uint64),
    )


class _Lasso(Structure):
    _fields_ = (
        ("start", c_uint32),
        ("stem_length", c_uint64),
        ("cycle_length", c_uint64),
        ("stem", POINTER(c_uint64)),
        ("cycle", POINTER(c_uint64)),
        ("nodes", c_uint64),
    )


class Library:
    """The library, compiled in a folder."""

    def __init__(self, folder: Path, *flags: str) -> None:
        path = folder / "liveness.so"
        sources = [str(RUNTIME / name) for name in SOURCES]
        subprocess.run([*compiler(), *FLAGS, *flags, "-o", str(path), *sources], check=True)
        self._library = ctypes.CDLL(str(path))

    def find(
        self, graph: FairGraph, automaton: Automaton, *, stop: bool = False, bytes_max: int = 0
    ) -> tuple[str, Lasso | None]:
        """Return the answer and the lasso, if one is found."""
        words = (max((*graph.labels, *graph.enabled, graph.weak, graph.strong, 0)).bit_length() + WORD - 1) // WORD
        labels, label_rows = _table(graph.labels)
        enabled, enabled_rows = _table(graph.enabled)
        packed = _Graph(
            graph.size,
            len(graph.initial),
            _array(c_uint32, graph.initial),
            _array(c_uint64, graph.atoms),
            _array(c_uint64, graph.offsets),
            _array(c_uint32, graph.targets),
            _array(c_uint32, labels),
            _array(c_uint32, enabled),
            _array(c_uint64, _words(label_rows, words)),
            _array(c_uint64, _words(enabled_rows, words)),
            _array(c_uint64, _words([graph.weak], words)),
            _array(c_uint64, _words([graph.strong], words)),
            words,
        )
        lasso, stopped = _Lasso(), c_int(stop)
        answer = ANSWERS[
            self._library.qx_find_lasso(
                byref(packed), byref(_packed(automaton)), byref(stopped), c_uint64(bytes_max), byref(lasso)
            )
        ]
        stem = tuple(lasso.stem[i] for i in range(lasso.stem_length))
        cycle = tuple(lasso.cycle[i] for i in range(lasso.cycle_length))
        found = normalised(Lasso(lasso.start, stem, cycle)) if answer == "found" else None
        self._library.qx_lasso_free(byref(lasso))
        return answer, found


def _packed(automaton: Automaton) -> _Automaton:
    locations = automaton.locations
    return _Automaton(
        len(locations),
        len(automaton.initial),
        _array(c_uint32, automaton.initial),
        _array(c_uint64, [v.must for v in locations]),
        _array(c_uint64, [v.must_not for v in locations]),
        _array(c_uint64, [v.fulfils for v in locations]),
        _array(c_uint32, [0, *accumulate(len(v.successors) for v in locations)]),
        _array(c_uint32, [w for v in locations for w in v.successors]),
        automaton.all_fulfilled,
    )


def _array(kind: type[ctypes._SimpleCData[int]], values: Sequence[int]) -> ctypes.Array[ctypes._SimpleCData[int]]:
    return (kind * len(values))(*values)


def _table(sets: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return a row for each set, and the different sets by row."""
    rows: dict[int, int] = {}
    return [rows.setdefault(one, len(rows)) for one in sets], list(rows)


def _words(sets: Sequence[int], words: int) -> list[int]:
    return [one >> WORD * w & (1 << WORD) - 1 for one in sets for w in range(words)]
