"""The C decision procedure for temporal properties, compiled and called through ctypes."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from ctypes import byref, c_int, c_uint32, c_uint64
from pathlib import Path

from checker.explicit.graph import Answer, CFairGraph, CLasso, packed_automaton, words_of
from checker.explicit.shapes import WORD
from checker.temporal.automaton import Automaton
from checker.temporal.graph import FairGraph
from checker.temporal.lasso import Lasso, normalised
from tests.explicit.comparison import compiler

RUNTIME = Path(__file__).parents[2] / "checker" / "explicit" / "runtime"
SOURCES = ("liveness.c", "liveness_lasso.c", "liveness_product.c")
FLAGS = ("-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared")


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
        packed = CFairGraph(
            graph.size,
            len(graph.initial),
            _array(c_uint32, graph.initial),
            _array(c_uint64, graph.atoms),
            _array(c_uint64, graph.offsets),
            _array(c_uint32, graph.targets),
            _array(c_uint32, labels),
            _array(c_uint32, enabled),
            _array(c_uint64, _rows(label_rows, words)),
            _array(c_uint64, _rows(enabled_rows, words)),
            _array(c_uint64, words_of(graph.weak, words)),
            _array(c_uint64, words_of(graph.strong, words)),
            words,
        )
        lasso, stopped = CLasso(), c_int(stop)
        answer = Answer(
            self._library.qx_find_lasso(
                byref(packed), byref(packed_automaton(automaton)), byref(stopped), c_uint64(bytes_max), byref(lasso)
            )
        )
        stem = tuple(lasso.stem[i] for i in range(lasso.stem_length))
        cycle = tuple(lasso.cycle[i] for i in range(lasso.cycle_length))
        found = normalised(Lasso(lasso.start, stem, cycle)) if answer is Answer.FOUND else None
        self._library.qx_lasso_free(byref(lasso))
        return answer.name.lower().replace("_", " "), found


def _array(kind: type[ctypes._SimpleCData[int]], values: Sequence[int]) -> ctypes.Array[ctypes._SimpleCData[int]]:
    return (kind * len(values))(*values)


def _table(sets: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return a row for each set, and the different sets by row."""
    rows: dict[int, int] = {}
    return [rows.setdefault(one, len(rows)) for one in sets], list(rows)


def _rows(sets: Sequence[int], words: int) -> list[int]:
    return [word for one in sets for word in words_of(one, words)]
