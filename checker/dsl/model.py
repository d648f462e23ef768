"""The class every model extends, its decorators, and the words of an action's body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar, dataclass_transform, overload

from checker.dsl.domains import Order

T = TypeVar("T")
O = TypeVar("O", bound=Order)  # noqa: E741
F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)


class Marker:
    """Tells the front end what kind of declaration an annotation makes."""

    def __init__(self, kind: Literal["constant", "budget", "volatile", "byzantine"]) -> None:
        self.kind = kind


Constant: TypeAlias = Annotated[T, Marker("constant")]
"""A value that the instance gives: `Constant[int]`, or `Constant[Map[View, Replica]]` (round robin unless listed)."""

Budget: TypeAlias = Annotated[T, Marker("budget")]
"""`Budget[int]`: how often something may happen in an instance; `spend` takes from it. A bound of the exploration."""

Volatile: TypeAlias = Annotated[T, Marker("volatile")]
"""A variable that a restart sets back to its initial value; all others are durable."""

Byzantine: TypeAlias = Annotated[frozenset[T], Marker("byzantine")]
"""`Byzantine[Replica]`: the processes that may send whatever bears their own signature; the instance says which."""


class Model:
    """A state-transition model. Annotated names are its variables; decorated methods its actions and properties.

    A variant is a subclass; `replace` rebinds sorts, quorum systems and module constants in all that it inherits::

        class FlexiblePaxos(Paxos, replace={PrepareQuorum: Q1, AcceptQuorum: Q2}): ...
    """

    replaced: ClassVar[Mapping[Any, Any]] = {}

    def __init_subclass__(cls, replace: Mapping[Any, Any] | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.replaced = dict(replace or {})

    def forget(self, process: Any) -> None:
        """Set every Volatile variable of a process back to its initial value: a restart. An action statement."""
        raise _outside(f"forget({process})")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Declare an immutable record: annotated fields, compared by value."""
    return dataclass(frozen=True, slots=True)(cls)


@overload
@dataclass_transform(frozen_default=True)
def message(cls: type[T], /) -> type[T]: ...
@overload
@dataclass_transform(frozen_default=True)
def message(*, signed_by: str) -> Callable[[type[T]], type[T]]: ...
def message(cls: Any = None, /, *, signed_by: str = "") -> Any:
    """Declare a message: a record that networks carry. `signed_by` names the field whose process signs it."""

    def declare(declared: Any) -> Any:
        made: Any = dataclass(frozen=True, slots=True)(declared)
        made.__message__ = signed_by
        return made

    return declare if cls is None else declare(cls)


@dataclass(frozen=True, slots=True)
class Role:
    """What a decorated method is to the model. `options` are the decorator's keywords."""

    kind: Literal["initial", "action", "invariant", "lemma", "transition_invariant"]
    at: str = ""
    replaces: str = ""


def _mark(function: F, role: Role) -> F:
    function.__role__ = role  # type: ignore[attr-defined]
    return function


def initial(function: F) -> F:
    """Mark the method that gives every variable its initial value; networks start empty, budgets full."""
    return _mark(function, Role("initial"))


@overload
def action(function: F, /) -> F: ...
@overload
def action(*, at: str = "", replaces: str = "") -> Callable[[F], F]: ...
def action(function: Any = None, /, *, at: str = "", replaces: str = "") -> Any:
    """Mark an atomic step. Its parameters are its nondeterminism.

    `at` names the parameter whose process takes the step (for diagrams; the first of a Sort otherwise);
    `replaces` the inherited action that this one stands for under a new name or with new parameters.
    """
    role = Role("action", at, replaces)
    return (lambda f: _mark(f, role)) if function is None else _mark(function, role)


def invariant(function: F) -> F:
    """Mark a predicate that must be true in every reachable state."""
    return _mark(function, Role("invariant"))


def lemma(function: F) -> F:
    """Mark an invariant that is there to prove others: what makes a proof for any size go through.

    It is checked like any invariant, and must be true in every reachable state.
    """
    return _mark(function, Role("lemma"))


def transition_invariant(function: F) -> F:
    """Mark a predicate of `self` and `old` that must be true of every step; stuttering satisfies it."""
    return _mark(function, Role("transition_invariant"))


@dataclass(frozen=True, slots=True)
class MutantInfo:
    """What a mutant is for: its catalogue number and the property it must break."""

    id: str
    breaks: str


def mutant(id: str, *, breaks: str) -> Callable[[C], C]:
    """Mark a deliberately wrong variant that checking must refute through the property `breaks`."""

    def mark(cls: C) -> C:
        cls.__mutant__ = MutantInfo(id, breaks)  # type: ignore[attr-defined]
        return cls

    return mark


@dataclass(frozen=True, slots=True)
class RefinementInfo:
    """Which models a mapping is between, and what stands in the finer for sorts and quorum systems of the coarser."""

    fine: type[Model]
    coarse: type[Model]
    names: Mapping[Any, Any]


class Refinement:
    """A refinement mapping: how a state of a finer model is seen as one of a coarser model, variable by variable.

    Each method is named after a variable of the coarser model and returns its value, given the finer model's state; a
    variable that both models have needs none. `names` says which sort, order, enum, bound or quorum system of the finer
    model stands for one of the coarser that has another name::

        class PaxosRefinesVoting(Refinement, fine=Paxos, coarse=Voting, names={VoteQuorum: AcceptQuorum}):
            def votes(self, paxos: Paxos) -> Map[Acceptor, Set[Vote]]: ...

    A mapping for a variant of the finer model is a subclass: what is not said again is inherited.
    """

    def __init_subclass__(
        cls,
        fine: type[Model] | None = None,
        coarse: type[Model] | None = None,
        names: Mapping[Any, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        inherited: RefinementInfo | None = getattr(cls, "__refinement__", None)
        if inherited is not None:
            fine, coarse = fine or inherited.fine, coarse or inherited.coarse
            names = {**inherited.names, **(names or {})}
        if not (isinstance(fine, type) and isinstance(coarse, type)):
            raise TypeError(f"{cls.__name__} has to say which models it maps: fine=… and coarse=…")
        cls.__refinement__ = RefinementInfo(fine, coarse, dict(names or {}))  # type: ignore[attr-defined]


class Disabled(Exception):  # noqa: N818 - an outcome, not an error
    """Raised natively where an action is not enabled."""


class Cut(Exception):  # noqa: N818 - an outcome, not an error
    """Raised natively where a transition is cut at a bound."""


def require(condition: bool) -> None:
    """Disable the action unless the condition holds. An action statement."""
    if not condition:
        raise Disabled


def choose(elements: Iterable[T]) -> T:
    """Return any element: nondeterminism; the action is disabled if there is none. An action statement."""
    raise _outside(f"choose({elements})")


def successor(member: O) -> O:
    """Return the next member of an order; past the end the transition is cut. An action statement."""
    raise _outside(f"successor({member})")


def spend(budget: int) -> None:
    """Take one from a budget; the transition is cut if none is left. An action statement."""
    raise _outside(f"spend({budget})")


def _outside(call: str) -> RuntimeError:
    return RuntimeError(f"{call} has a meaning only while a model runs")
