"""Sorts, orders, bounds and quorum systems: the domains that a model declares and an instance fills.

Declaring a class is all a model does with these. Their members exist only while the model runs natively
(`checker.dsl.native`), which sets `running` to the domains of one instance.
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextvars import ContextVar
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")
S = TypeVar("S", bound="Sort")

running: ContextVar[Mapping[type, tuple[Any, ...]]] = ContextVar("running")
"""Members of every domain class of the instance that is running natively."""


def members_of(domain: type[T]) -> tuple[T, ...]:
    """Return the members of a domain in the instance that is running natively.

    Raises:
        RuntimeError: no instance is running, so that a domain has no members.

    """
    try:
        return running.get()[domain]
    except LookupError:
        raise RuntimeError(
            f"{domain.__name__} has members only in an instance: run the model with "
            "checker.dsl.native, or explore it with `quorax check`"
        ) from None


class _DomainMeta(type):
    """Makes `for a in Acceptor` and `a in Acceptor` mean its members."""

    def __iter__(cls: type[T]) -> Iterator[T]:
        return iter(members_of(cls))

    def __len__(cls: type[Any]) -> int:
        return len(members_of(cls))

    def __bool__(cls) -> bool:
        return True  # a class is true whatever it has members or not


class _Member:
    """A member of a sort or an order, known by its place."""

    __slots__ = ("index", "name")

    def __init__(self, index: int, name: str) -> None:
        self.index = index
        self.name = name

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.index == self.index

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.index))

    def __repr__(self) -> str:
        return self.name


class Sort(_Member, metaclass=_DomainMeta):
    """A finite set of interchangeable members, such as the acceptors: they can be told apart, and nothing else.

    In an instance it has the members the instance says; in an any-size proof it is any set at all.
    """

    __slots__ = ()


class Order(_Member, metaclass=_DomainMeta):
    """A totally ordered set, such as the ballots. `first()` is the least; `successor` steps to the next."""

    __slots__ = ()

    @classmethod
    def first(cls) -> Self:
        """Return the least member."""
        return members_of(cls)[0]

    def __lt__(self, other: Self) -> bool:
        return self.index < other.index

    def __le__(self, other: Self) -> bool:
        return self.index <= other.index

    def __gt__(self, other: Self) -> bool:
        return self.index > other.index

    def __ge__(self, other: Self) -> bool:
        return self.index >= other.index


class Bound:
    """A number that the instance gives, up to which it is explored: the capacity of a Seq, the end of a Range.

    Written as a class so that a type can name it: ``Seq[Entry, LogLength]``, ``Annotated[int, Range(0, LogLength)]``.
    """


class _QuorumMeta(ABCMeta):
    """Makes `for q in AcceptQuorum` mean its minimal quorums."""

    def __iter__(cls: type[T]) -> Iterator[T]:
        return iter(members_of(cls))

    def __len__(cls: type[Any]) -> int:
        return len(members_of(cls))

    def __bool__(cls) -> bool:
        return True  # a class is true whatever it has members or not


class QuorumSystem(AbstractSet[S], Generic[S], metaclass=_QuorumMeta):
    """A system of quorums over a sort. A value of it is one minimal quorum, a set of members.

    Declare one with `Majority`, `Threshold` or `Family`, or `replace` it in a variant.
    """

    size = ""

    def __init__(self, members: Iterable[S]) -> None:
        self._members = frozenset(members)

    def __contains__(self, member: object) -> bool:
        return member in self._members

    def __iter__(self) -> Iterator[S]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __hash__(self) -> int:
        return hash(self._members)

    def __repr__(self) -> str:
        return "{" + ", ".join(sorted(map(repr, self._members))) + "}"

    @classmethod
    def _from_iterable(cls, members: Iterable[Any]) -> Any:
        return frozenset(members)

    @classmethod
    def covers(cls, members: AbstractSet[S]) -> bool:
        """Return whether `members` contains a quorum."""
        return any(q <= members for q in members_of(cls))


class Majority(QuorumSystem[S]):
    """More than half of a sort's members: the quorums are the sets of N // 2 + 1."""

    size = "N // 2 + 1"


class Threshold(QuorumSystem[S]):
    """All sets of a given size, a formula over N (the number of members) and the model's constants.

    ``class PrepareQuorum(Threshold[Replica], size="2*f + 1"): ...``
    """

    def __init_subclass__(cls, size: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.size = size or cls.size


class Family(QuorumSystem[S]):
    """Quorums that the instance lists: ``Row = {{a1, a2}, {a3, a4}}``."""
