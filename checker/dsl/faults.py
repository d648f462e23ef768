"""Faults as pieces to inherit: processes that crash, or crash and come back."""

from __future__ import annotations

from typing import Generic, TypeVar

from checker.dsl.collections import Set
from checker.dsl.model import Budget, Model, action, initial, require, spend

P = TypeVar("P")


class Crashes(Model, Generic[P]):
    """Processes of sort P may stop for good, at most `crashes` of them. Guard each step of p with `alive(p)`."""

    crashed: Set[P]  # the processes that have stopped
    crashes: Budget[int]  # how many more may stop

    @initial
    def nobody_crashed(self) -> None:
        """Every process runs."""
        self.crashed = set()

    @action
    def crash(self, p: P) -> None:
        """Process p stops for good."""
        require(p not in self.crashed)
        spend(self.crashes)
        self.crashed = self.crashed | {p}

    def alive(self, p: P) -> bool:
        """Return whether p has not crashed."""
        return p not in self.crashed


class Restarts(Model, Generic[P]):
    """Processes of sort P may crash and restart at any moment, `restarts` times in all; what is durable stays."""

    restarts: Budget[int]  # how many more restarts may happen

    @action
    def restart(self, p: P) -> None:
        """Process p crashes and restarts: its Volatile variables are lost."""
        spend(self.restarts)
        self.forget(p)
