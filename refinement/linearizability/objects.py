"""What objects do when one client at a time uses them: their sequential specifications.

To add an object, write a class with `name`, `initial`, `operations` and `apply`, and list it in `OBJECTS`. `apply` must
be total (every operation gives a result in every state, perhaps one that says "refused"), and states must be hashable
and immutable. Each key of a history is an object of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from refinement.linearizability.history import FALSE, TRUE, Value

Shape = str
"""What an operation takes: "none", "value", "text" or "pair"."""


class SequentialObject(Protocol):
    """A sequential specification, in the sense of Herlihy and Wing (1990), section 2.

    `operations` says what each operation takes. Those in `observers` change no state, whatever it is.
    `forgets` says that finitely many values make finitely many states, so that effects may be repeated in a search.
    """

    @property
    def name(self) -> str: ...
    @property
    def initial(self) -> Value: ...
    @property
    def operations(self) -> Mapping[str, Shape]: ...
    @property
    def observers(self) -> frozenset[str]: ...
    @property
    def forgets(self) -> bool: ...
    def apply(self, name: str, argument: Value, state: Value) -> tuple[Value, Value]:
        """Return the result of an operation in a state, and the state after it."""
        ...


class Register:
    """A variable: `read` gives what the last `write` took."""

    name = "register"
    initial: Value = None
    operations: Mapping[str, Shape] = {"read": "none", "write": "value"}
    observers = frozenset({"read"})
    forgets = True

    def apply(self, name: str, argument: Value, state: Value) -> tuple[Value, Value]:
        if name == "read":
            return state, state
        return None, argument


class CasRegister(Register):
    """A register with `cas [old, new]`, which writes new where the register is old, and says whether it did."""

    name = "cas"
    operations: Mapping[str, Shape] = {"read": "none", "write": "value", "cas": "pair"}

    def apply(self, name: str, argument: Value, state: Value) -> tuple[Value, Value]:
        if name != "cas":
            return super().apply(name, argument, state)
        assert isinstance(argument, tuple), "readers see to the shape of arguments"
        old, new = argument
        return (TRUE, new) if state == old else (FALSE, state)


class Queue:
    """First in, first out: `dequeue` takes what was enqueued first, or nil where there is nothing."""

    name = "queue"
    initial: Value = ()
    operations: Mapping[str, Shape] = {"enqueue": "value", "dequeue": "none"}
    observers: frozenset[str] = frozenset()
    forgets = False

    def apply(self, name: str, argument: Value, state: Value) -> tuple[Value, Value]:
        assert isinstance(state, tuple), "a queue is a sequence"
        if name == "enqueue":
            return None, (*state, argument)
        return (state[0], state[1:]) if state else (None, state)


class KeyValue:
    """Texts by key: `put` replaces the text, `append` adds to its end, `get` gives it. At first all are empty."""

    name = "kv"
    initial: Value = ""
    operations: Mapping[str, Shape] = {"get": "none", "put": "text", "append": "text"}
    observers = frozenset({"get"})
    forgets = False

    def apply(self, name: str, argument: Value, state: Value) -> tuple[Value, Value]:
        if name == "get":
            return state, state
        return None, argument if name == "put" else f"{state}{argument}"


OBJECTS: Mapping[str, SequentialObject] = {o.name: o for o in (Register(), CasRegister(), Queue(), KeyValue())}
"""Every object by its name."""
