"""Lamps that take turns: the smallest model with all that a spec can talk about."""

from typing import Self

from checker.dsl import (
    Budget,
    Constant,
    Family,
    Map,
    Model,
    Order,
    Sort,
    action,
    initial,
    invariant,
    mutant,
    require,
    spend,
    successor,
    transition_invariant,
)


class Lamp(Sort):
    """A lamp."""


class Hour(Order):
    """A time of the day."""


class Row(Family[Lamp]):
    """Lamps on one wire."""


class Lamps(Model):
    """At each hour the lamp whose turn it is may burn, and no other."""

    keeper: Constant[Map[Hour, Lamp]]  # whose turn it is
    hour: Hour  # what time it is
    burning: Map[Lamp, bool]  # which lamps burn
    powered: bool  # whether anything can change any more

    @initial
    def start(self) -> None:
        self.hour = Hour.first()
        self.powered = True
        for a in Lamp:
            self.burning[a] = False

    @action
    def light(self, a: Lamp) -> None:
        """Lamp a is lit in its hour."""
        require(self.powered)
        require(self.keeper[self.hour] == a)
        require(not self.burning[a])
        self.burning[a] = True

    @action
    def pass_on(self) -> None:
        """All lamps go out, and the next hour begins."""
        require(self.powered)
        for a in Lamp:
            self.burning[a] = False
        self.hour = successor(self.hour)

    @action
    def cut_power(self) -> None:
        """Everything stays as it is."""
        require(self.powered)
        self.powered = False

    @invariant
    def one_at_a_time(self) -> bool:
        """At most one lamp burns."""
        return all(a == b for a in Lamp for b in Lamp if self.burning[a] and self.burning[b])

    @transition_invariant
    def time_passes(self, old: Self) -> bool:
        """The hours do not go back."""
        return old.hour <= self.hour

    def lit(self) -> bool:
        """Return whether a lamp burns."""
        return any(self.burning[a] for a in Lamp)

    def all_lit(self) -> bool:
        """Return whether every lamp burns: unreachable."""
        return all(self.burning[a] for a in Lamp)

    def row_lit(self) -> bool:
        """Return whether a whole row burns."""
        return any(all(self.burning[a] for a in q) for q in Row)

    def burns(self, a: Lamp) -> bool:
        """Return whether lamp a burns."""
        return self.burning[a]


@mutant("LA-01", breaks="one_at_a_time")
class LightAny(Lamps):
    """Any lamp is lit at any hour."""

    @action
    def light(self, a: Lamp) -> None:
        """Lamp a is lit."""
        require(not self.burning[a])
        self.burning[a] = True


@mutant("LA-02", breaks="one_at_a_time")
class Leak(Lamps):
    """Lamps may stay lit overnight."""

    leaks: Budget[int]  # how many more nights they may

    @action
    def linger(self) -> None:
        """The next hour begins, and nobody sees to the lamps."""
        spend(self.leaks)
        self.hour = successor(self.hour)
