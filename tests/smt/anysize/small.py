"""Small models as text, to be proved or refused."""

from __future__ import annotations

from pathlib import Path

from checker.dsl.loader import load
from checker.ir.system import System

HEAD = """from typing import Self

from checker.dsl import *


class Node(Sort):
    '''A node.'''


class Round(Order):
    '''A round.'''


"""

COUNTER = """class Counter(Model):
    '''Counts.'''

    at: Map[Node, Round | None]
    seen: Set[Node]

    @initial
    def start(self) -> None:
        '''Nothing is counted.'''
        self.seen = set()
        for n in Node:
            self.at[n] = None

    @action
    def begin(self, n: Node, r: Round) -> None:
        '''A node begins.'''
        require(self.at[n] is None)
        self.at[n] = r
        self.seen |= {n}

    @action
    def go_on(self, n: Node) -> None:
        '''A node goes on.'''
        require(self.at[n] is not None)
        self.at[n] = successor(self.at[n])

    @action
    def hand_over(self) -> None:
        '''The only one that is seen is seen again.'''
        require({guard})
        self.seen |= {only(self.seen)}

    @lemma
    def known(self) -> bool:
        '''Who has begun is seen.'''
        return all(n in self.seen for n in Node if self.at[n] is not None)

    @lemma
    def begun(self) -> bool:
        '''Who is seen has begun.'''
        return all({body} for n in self.seen)

    @transition_invariant
    def upwards(self, old: Self) -> bool:
        '''Nobody goes back.'''
        return all(self.at[n] is not None and old.at[n] <= self.at[n] for n in Node if old.at[n] is not None)
"""


def system_of(text: str, folder: Path, name: str = "small") -> System:
    """Return the system of a model that is given as text."""
    path = folder / f"{name}_{len(list(folder.iterdir()))}.py"
    path.write_text(HEAD + text, encoding="utf-8")
    return load(str(path)).system


def counter(folder: Path, guard: str = "len(self.seen) == 1", body: str = "self.at[n] is not None") -> System:
    """Return the counting model, with a guard of its third action and the second lemma's claim."""
    return system_of(COUNTER.replace("{guard}", guard).replace("{body}", body), folder, "counter")
