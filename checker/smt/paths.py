"""Paths: what has to be true for an evaluation to get to a place, spelt out only where that matters."""

from __future__ import annotations

from checker.smt.circuit import FALSE, TRUE, Circuit, Literal


class Path:
    """The literals of a path, as a chain that begins where nothing is known."""

    __slots__ = ("_literal", "_made", "_parent", "is_dead")

    def __init__(self, literal: Literal = TRUE, parent: Path | None = None) -> None:
        self._literal = literal
        self._parent = parent
        self._made: Literal | None = None
        self.is_dead: bool = literal == FALSE or (parent is not None and parent.is_dead)

    def then(self, literal: Literal) -> Path:
        """Return the path on which a literal is true as well."""
        return self if literal == TRUE else Path(literal, self)

    def literal(self, circuit: Circuit) -> Literal:
        """Return whether the path is taken."""
        chain: list[Path] = []
        here: Path | None = self
        while here is not None and here._made is None:
            chain.append(here)
            here = here._parent
        made = TRUE if here is None or here._made is None else here._made
        for path in reversed(chain):
            made = path._made = circuit.both(made, path._literal)
        return made
