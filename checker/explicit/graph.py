"""The labelled state graph of a finished search: recorded and searched for lassos by the compiled program.

The structures mirror `runtime/liveness.h` and `runtime/edges.h`. A graph is recorded once, and searched once for each
property. Both run in a thread of their own, as the search itself does, and can be stopped.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from ctypes import POINTER, Structure, addressof, byref, c_uint32, c_uint64, c_void_p
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate

from checker.explicit.library import CSpot, Glance, Search, Words
from checker.explicit.shapes import WORD
from checker.temporal.automaton import Automaton
from checker.temporal.lasso import Lasso, normalised


class Answer(IntEnum):
    """`qx_lasso_answer`."""

    NONE = 0
    FOUND = 1
    STOPPED = 2
    NO_MEMORY = 3
    TOO_LARGE = 4
    BROKEN = 5


class CFairGraph(Structure):
    """`qx_fair_graph`."""

    _fields_ = [
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
    ]


class CAutomaton(Structure):
    """`qx_automaton`."""

    _fields_ = [
        ("locations", c_uint32),
        ("initials", c_uint32),
        ("initial", POINTER(c_uint32)),
        ("must", POINTER(c_uint64)),
        ("must_not", POINTER(c_uint64)),
        ("fulfils", POINTER(c_uint64)),
        ("offsets", POINTER(c_uint32)),
        ("successors", POINTER(c_uint32)),
        ("all", c_uint64),
    ]


class CLasso(Structure):
    """`qx_lasso`."""

    _fields_ = [
        ("start", c_uint32),
        ("stem_length", c_uint64),
        ("cycle_length", c_uint64),
        ("stem", POINTER(c_uint64)),
        ("cycle", POINTER(c_uint64)),
        ("nodes", c_uint64),
    ]


class CRecorded(Structure):
    """`qx_recorded`."""

    _fields_ = [
        ("graph", CFairGraph),
        ("edges", c_uint64),
        ("refs", POINTER(c_uint64)),
        ("constraints", POINTER(c_uint64)),
        ("letters", POINTER(c_uint64)),
        ("constraints_count", c_uint32),
        ("letters_count", c_uint32),
        ("bytes", c_uint64),
        ("trouble", c_uint32),
        ("trouble_detail", c_uint32),
        ("trouble_at", CSpot),
    ]


@dataclass(slots=True)
class Graph:
    """The graph of a search that was complete; to be closed before the search is.

    States are numbered from 0 in the order of a breadth-first search, edges by the state that they leave.
    """

    search: Search
    recorded: CRecorded = field(init=False)
    _room: ctypes.Array[c_uint64] = field(init=False)

    def __post_init__(self) -> None:
        self._room = (c_uint64 * self.search.sizes.words)()
        self.recorded = CRecorded(trouble_at=CSpot(-1, self._room))

    def record(self, bytes_max: int, look: Callable[[Glance], str]) -> tuple[Answer, str]:
        """Record the edges. Returns the answer, and what `look` has stopped it for.

        With the answer `NONE`, a predicate may still be undefined somewhere: `recorded.trouble` says so.
        """
        library, run = self.search.library, self.search.run
        return self._run(
            lambda: library.qx_record_edges(byref(run), c_uint64(bytes_max), byref(self.recorded)),
            look,
        )

    def find(
        self, automaton: Automaton, weak: int, strong: int, bytes_max: int, look: Callable[[Glance], str]
    ) -> tuple[Answer, Lasso | None, str]:
        """Search for a fair lasso that an automaton accepts; bit i of its atoms is bit i of the letters."""
        graph, packed, lasso = self.recorded.graph, packed_automaton(automaton), CLasso()
        sets = [_array(c_uint64, words_of(constraints, graph.words)) for constraints in (weak, strong)]
        graph.weak, graph.strong = sets
        library = self.search.library
        stop = c_void_p(addressof(self.search.run) + type(self.search.run).stop.offset)
        answer, stopped = self._run(
            lambda: library.qx_find_lasso(byref(graph), byref(packed), stop, c_uint64(bytes_max), byref(lasso)), look
        )
        found = None
        if answer is Answer.FOUND:
            stem, cycle = lasso.stem[: lasso.stem_length], lasso.cycle[: lasso.cycle_length]
            found = normalised(Lasso(lasso.start, tuple(stem), tuple(cycle)))
        library.qx_lasso_free(byref(lasso))
        return answer, found, stopped

    def state(self, number: int) -> Words:
        """Return a state, packed."""
        made = (c_uint64 * self.search.sizes.words)()
        self.search.library.qx_recorded_state(byref(self.search.run), byref(self.recorded), c_uint32(number), made)
        return tuple(made)

    def target(self, edge: int) -> int:
        """Return the state that an edge leads to."""
        return int(self.recorded.graph.targets[edge])

    @property
    def letters(self) -> list[int]:
        """The different letters of states."""
        return self.recorded.letters[: self.recorded.letters_count] if self.recorded.letters_count else []

    def constraints(self, declarations: set[int]) -> int:
        """Return the constraints of some declarations, as bits."""
        keys, count = self.recorded.constraints, self.recorded.constraints_count
        return sum(1 << i for i in range(count) if keys[2 * i] in declarations)

    def close(self) -> None:
        """Free the graph."""
        self.search.library.qx_recorded_free(byref(self.recorded))

    def _run(self, action: Callable[[], int], look: Callable[[Glance], str]) -> tuple[Answer, str]:
        answers: list[int] = []
        stopped = self.search.during(lambda: answers.append(action()), look)
        return (Answer(answers[0]) if answers else Answer.STOPPED), stopped


def packed_automaton(automaton: Automaton) -> CAutomaton:
    """Return an automaton as the runtime has it."""
    locations = automaton.locations
    return CAutomaton(
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


def words_of(bits: int, words: int) -> list[int]:
    """Return a set of bits as words, the lowest first."""
    return [bits >> WORD * w & (1 << WORD) - 1 for w in range(words)]


def _array(kind: type[ctypes._SimpleCData[int]], values: Sequence[int]) -> ctypes.Array[ctypes._SimpleCData[int]]:
    return (kind * max(1, len(values)))(*values)
