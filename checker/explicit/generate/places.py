"""Places in a state that actions write to: entries of maps, elements and ends of sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checker.explicit.generate.expressions import Expressions, Scope
from checker.explicit.generate.text import Lines, UnsupportedError, atom, function
from checker.explicit.generate.values import Spot, Val
from checker.explicit.shapes import WORD, Array, Sequence, Shape
from checker.ir.system import Target


@dataclass(frozen=True, slots=True)
class Digit(Shape):
    """The place of an element of a scalar sequence, which holds its code plus one."""

    inner: Shape


class Places:
    """Finds and writes places of the state."""

    def __init__(self, expressions: Expressions) -> None:
        self.e = expressions
        self.p = expressions.p

    def target(self, target: Target, scope: Scope, mark: str) -> tuple[Val, Lines, Callable[[Val], Lines]]:
        """Return what is in a place, what to do before it is written, and how a value is written there."""
        place = self.e.layout.places[target.name]
        where = Val(place.shape, spot=Spot(scope.state, place.at))
        lines: Lines = []
        for step in target.steps:
            index = f"{mark}_{len(lines)}"
            match where.shape:
                case Array() as shape:
                    lines.append(f"const unsigned {index} = {self.e.access.key(where.type, step.key, scope)};")
                    where = self.e.access.entry(where, shape, index)
                case Sequence() as shape:
                    wanted = self.p.c(self.e.value(step.key, scope))
                    lines.append(f"const unsigned {index} = qx_index({wanted}, {self.p.length(where)});")
                    where = self.digit(where, shape, index)
                case _:
                    raise UnsupportedError(f"a place inside of {where.type} inside of a sequence")
        is_digit = bool(target.steps) and isinstance(where.shape, Digit)
        return where, lines, lambda value: self.store(where, value, is_digit=is_digit)

    def digit(self, where: Val, shape: Sequence, index: str) -> Val:
        """Return the place of an element of a sequence; in a scalar sequence it holds the element's code plus one."""
        assert where.spot is not None
        if shape.is_wide:
            return Val(shape.element, spot=where.spot.plus(WORD, f"{index} * {shape.stride}"))
        at = f"({shape.capacity - 1} - {index}) * {shape.stride}"
        digit = Digit(shape.element.type, shape.stride, 0, None, shape.element)
        return Val(digit, spot=where.spot.plus(0, at))

    def store(self, where: Val, value: Val, *, is_digit: bool) -> Lines:
        """Return what writes a value to a place."""
        assert where.spot is not None
        if not is_digit:
            return self.p.put(where.spot, value)
        assert isinstance(where.shape, Digit)
        return [
            f"qx_put({where.spot.words}, {where.spot.position}, {where.shape.bits}, {atom(self.p.code(value))} + 1);"
        ]

    def push(self, where: Val, shape: Sequence, length: str, element: Val) -> Lines:
        """Return what puts an element at the end of a sequence."""
        assert where.spot is not None
        digit = self.digit(where, shape, length)
        put = self.store(digit, element, is_digit=not shape.is_wide)
        if not shape.is_wide:
            return put
        return [*put, f"qx_put({where.spot.words}, {where.spot.position}, 64, {length} + 1);"]

    def shift(self, shape: Sequence) -> str:
        """Return the function that drops the first element of a wide sequence."""
        definitions = self.e.definitions
        key = ("shift", shape)
        if key not in definitions.names:
            name = definitions.names[key] = definitions.name("drop_first")
            if shape.element.is_wide:
                n = shape.element.words
                move = [
                    f"memmove(w + 1, w + 1 + {n}, (w[0] - 1) * {n} * sizeof *w);",
                    f"memset(w + 1 + (w[0] - 1) * {n}, 0, {n} * sizeof *w);",
                ]
            else:
                move = [
                    "for (unsigned i = 0; i + 1 < w[0]; i++)",
                    f"    qx_put(w, 64 + i * {shape.stride}, {shape.stride}, qx_element(w, i + 1, {shape.stride}));",
                    f"qx_put(w, 64 + ((unsigned)w[0] - 1) * {shape.stride}, {shape.stride}, 0);",
                ]
            definitions.add(name, function("", f"void {name}(uint64_t *w)", [*move, "w[0]--;"]))
        return definitions.names[key]
