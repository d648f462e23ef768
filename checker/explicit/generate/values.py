"""Packed values in C: reading parts, making, converting, comparing and storing them, all by the shapes of their types.

A scalar value is a C number: a `bool`, an `int64_t` for an integer of the language, else a `uint64_t` with its code.
A wide value is a pointer to its words; where it is the result of a function it is a structure that lives until the
end of the full expression, as C11 6.2.4 has it, so that its words can be passed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from checker.explicit.codec import encode, unrank
from checker.explicit.generate.common import common
from checker.explicit.generate.text import Definitions, Lines, atom, comment, function, indented
from checker.explicit.shapes import (
    WORD,
    Array,
    BitSet,
    Copies,
    ListedSet,
    Maybe,
    Member,
    Number,
    Record,
    Sequence,
    Shape,
    Shapes,
    Variants,
)
from checker.ir.types import (
    NONE,
    BoolType,
    EmptyType,
    IntType,
    NoneType,
    QuorumType,
    SeqType,
    SetType,
    Type,
    Value,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in an array of words: a constant bit position, and terms that are added to it."""

    words: str
    at: int
    terms: tuple[str, ...] = ()

    def plus(self, at: int, *terms: str) -> Spot:
        return Spot(self.words, self.at + at, (*self.terms, *terms))

    @property
    def position(self) -> str:
        return " + ".join((str(self.at), *self.terms)) if self.at or not self.terms else " + ".join(self.terms)

    @property
    def pointer(self) -> str:
        """The first word of a part that begins with a word."""
        if self.terms:
            return f"{self.words} + ({self.position}) / 64"
        return f"{self.words} + {self.at // WORD}" if self.at else self.words


@dataclass(frozen=True, slots=True)
class Val:
    """A value: C text, or a spot from which it is read where it is used."""

    shape: Shape
    text: str = ""
    spot: Spot | None = None

    @property
    def type(self) -> Type:
        return self.shape.type


class Packing:
    """What generated code does with values. Adds the functions it needs to `definitions`."""

    def __init__(self, shapes: Shapes, definitions: Definitions) -> None:
        self.shapes = shapes
        self.definitions = definitions
        self.outgrowable: list[str] = []

    # -- C types -----------------------------------------------------------------------------------------------------

    def ctype(self, shape: Shape) -> str:
        """Return the C type of a value in a variable, or of a function's result."""
        if shape.is_wide:
            return self.structure(shape.words)
        if isinstance(shape, Number):
            return "int64_t"
        return "bool" if isinstance(shape.type, BoolType) else "uint64_t"

    def passed(self, shape: Shape) -> str:
        """Return the C type of a parameter, ready for the name to follow."""
        return "const uint64_t *" if shape.is_wide else self.ctype(shape) + " "

    def structure(self, words: int) -> str:
        name = f"Words{words}"
        if name not in self.definitions.names:
            self.definitions.names[name] = name
            self.definitions.texts.append(
                f"#ifndef HAS_WORDS{words}\n#define HAS_WORDS{words}\n"
                f"typedef struct {{\n    uint64_t w[{words}];\n}} {name};\n#endif"
            )
        return name

    def room(self, shape: ListedSet | Copies) -> int:
        """Return the number under which generated code complains that a list has no room."""
        kind = str(shape.type)
        if kind not in self.outgrowable:
            self.outgrowable.append(kind)
        return self.outgrowable.index(kind)

    # -- reading -----------------------------------------------------------------------------------------------------

    def c(self, value: Val) -> str:
        """Return a value as a C expression: a number, or a pointer to its words."""
        if value.spot is None:
            return value.text
        if value.shape.is_wide:
            return value.spot.pointer
        return self.of_code(f"qx_get({value.spot.words}, {value.spot.position}, {value.shape.bits})", value.shape)

    def of_code(self, code: str, shape: Shape) -> str:
        """Return the C expression of a scalar, given its code."""
        if not isinstance(shape, Number):
            return code
        if shape.bits == WORD:
            return f"(int64_t)({atom(code)} ^ UINT64_C(1) << 63)"
        return f"(int64_t){atom(code)}" if shape.low == 0 else f"((int64_t){atom(code)} + {shape.low})"

    def code(self, value: Val) -> str:
        """Return the code of a scalar."""
        shape = value.shape
        if value.spot is not None:
            return f"qx_get({value.spot.words}, {value.spot.position}, {shape.bits})"
        if isinstance(shape.type, BoolType):
            return f"(uint64_t){atom(value.text)}"
        if not isinstance(shape, Number):
            return value.text
        if shape.bits == WORD:
            return f"((uint64_t){atom(value.text)} ^ UINT64_C(1) << 63)"
        return f"(uint64_t){atom(value.text)}" if shape.low == 0 else f"(uint64_t)({value.text} - {shape.low})"

    def scalar(self, shape: Shape, code: str) -> Val:
        return Val(shape, self.of_code(code, shape))

    def part(self, value: Val, at: int, shape: Shape, *terms: str) -> Val:
        """Return the part of a value at a bit position."""
        if value.spot is not None:
            return Val(shape, spot=value.spot.plus(at, *terms))
        if value.shape.is_wide:
            return Val(shape, spot=Spot(value.text, at, terms))
        position = " + ".join((*([str(at)] if at or not terms else []), *terms))
        return self.scalar(shape, f"qx_part({self.code(value)}, {position}, {shape.bits})")

    def some(self, value: Val, *, is_known: bool = False) -> Val:
        """Return what an optional value holds; gives up if it holds nothing (unless it is known to hold something)."""
        shape = value.shape
        assert isinstance(shape, Maybe)
        if not shape.is_wide:
            code = self.code(value)
            return self.scalar(shape.inner, f"{atom(code)} - 1" if is_known else f"qx_some({code})")
        if is_known:
            return self.part(value, WORD, shape.inner)
        return self.part(Val(shape, self._checked_some(self.c(value))), WORD, shape.inner)

    def _checked_some(self, pointer: str) -> str:
        name = "some_of_words"
        if name not in self.definitions.names:
            self.definitions.names[name] = self.definitions.name(name)
            head = f"inline const uint64_t *{self.definitions.names[name]}(const uint64_t *w)"
            self.definitions.add(self.definitions.names[name], function("", head, ["qx_want(w[0] != 0);", "return w;"]))
        return f"{self.definitions.names[name]}({pointer})"

    def is_none(self, value: Val) -> str:
        """Return the test for None."""
        if isinstance(value.shape, Maybe):
            return f"{atom(self.c(value))}[0] == 0" if value.shape.is_wide else f"{atom(self.code(value))} == 0"
        return evaluated(self.c(value), "true" if value.type == NONE else "false")

    def length(self, value: Val) -> str:
        """Return the length of a sequence."""
        shape = value.shape
        assert isinstance(shape, Sequence)
        if shape.is_wide:
            return f"{atom(self.c(value))}[0]"
        if shape.stride == 0 or shape.capacity == 0:
            return evaluated(self.c(value), "0")
        return f"qx_length({self.code(value)}, {shape.capacity}, {shape.stride})"

    def element(self, value: Val, index: str) -> Val:
        """Return the element of a sequence at an index that it has, which is an unsigned number."""
        shape = value.shape
        assert isinstance(shape, Sequence)
        if shape.is_wide:
            return self.part(value, WORD, shape.element, f"{atom(index)} * {shape.stride}")
        at = f"({shape.capacity - 1} - {atom(index)}) * {shape.stride}"
        digit = f"qx_part({self.code(value)}, {at}, {shape.stride})"
        return self.scalar(shape.element, f"{digit} - 1")

    # -- making ------------------------------------------------------------------------------------------------------

    def make(self, shape: Record, fields: list[Val]) -> Val:
        """Return a record of its fields, which have the shapes declared for them."""
        if shape.is_wide:
            return self._built(shape, [(p.at, v) for p, v in zip(shape.fields, fields, strict=True)])
        parts = [shifted(self.code(v), p.at) for p, v in zip(shape.fields, fields, strict=True)]
        return Val(shape, " | ".join(parts) if parts else "UINT64_C(0)")

    def _built(self, shape: Shape, parts: list[tuple[int, Val]]) -> Val:
        """Return a wide value whose parts are given, by a function that puts them together."""
        key = ("build", shape, tuple((at, v.shape) for at, v in parts))
        names = [f"part_{i}" for i in range(len(parts))]
        if key not in self.definitions.names:
            name = self.definitions.names[key] = self.definitions.name(f"make_{shape.type}")
            body = [f"{self.ctype(shape)} made = {{{{0}}}};"]
            for n, (at, v) in zip(names, parts, strict=True):
                body += self.put(Spot("made.w", at), Val(v.shape, n))
            head = ", ".join(f"{self.passed(v.shape)}{n}" for n, (_, v) in zip(names, parts, strict=True))
            text = function("", f"{self.ctype(shape)} {name}({head or 'void'})", [*body, "return made;"])
            self.definitions.add(name, text)
        args = ", ".join(self.c(v) for _, v in parts)
        return Val(shape, f"{self.definitions.names[key]}({args}).w")

    def instead(self, value: Val, other: Val) -> Val:
        """Return another value for one, which is evaluated all the same, since it may be undefined."""
        text = self.c(value)
        return other if is_plain(text) else Val(other.shape, f"((void)({text}), {self.c(other)})")

    def zero(self, shape: Shape) -> Val:
        """Return the value whose bits are all zero: None, nothing, an empty collection."""
        if not shape.is_wide:
            return self.scalar(shape, "UINT64_C(0)")
        return self._built(shape, [])

    def constant(self, shape: Shape, value: Value) -> Val:
        """Return a value that is known here and now."""
        if isinstance(shape, Number):
            text = f"INT64_C({value})" if value > -(1 << 63) else "INT64_MIN"
            return Val(shape, text if value >= 0 else f"({text})")
        if isinstance(shape.type, BoolType):
            return Val(shape, "true" if value else "false")
        bits = encode(shape, value, self.shapes)
        if not shape.is_wide:
            return Val(shape, f"UINT64_C({bits})")
        return Val(
            shape,
            self.words(f"constant_{shape.type}", [bits >> WORD * i & (1 << WORD) - 1 for i in range(shape.words)]),
        )

    def words(self, name: str, numbers: list[int]) -> str:
        """Return the name of an array of constant words."""
        return self._array(name, numbers, "uint64_t")

    def table(self, name: str, numbers: list[int]) -> str:
        """Return the name of an array of constants, each as narrow as can be."""
        greatest = max(numbers, default=0)
        return self._array(name, numbers, next(f"uint{n}_t" for n in (8, 16, 32, 64) if greatest < 1 << n))

    def _array(self, name: str, numbers: list[int], kind: str) -> str:
        key = ("array", name, kind, tuple(numbers))
        if key not in self.definitions.names:
            found = self.definitions.names[key] = self.definitions.name(name)
            shown = [f"{n}u" if n < 1 << 32 else f"UINT64_C({n})" for n in numbers]
            rows = [", ".join(shown[i : i + 16]) for i in range(0, len(shown), 16)]
            body = ",\n    ".join(rows) or "0"
            self.definitions.texts.append(f"static const {kind} {found}[] = {{\n    {body},\n}};")
        return self.definitions.names[key]

    # -- ranks -------------------------------------------------------------------------------------------------------

    def rank(self, value: Val) -> str:
        """Return the place of a value among all values of its type."""
        shape = value.shape
        if shape.is_compact:
            return self.code(value)
        return f"{self._ranking(shape)}({self.code(value)})"

    def rank_of_fields(self, shape: Record, fields: list[Val]) -> str:
        """Return the rank of the record with these fields."""
        text = ""
        for place, value in zip(shape.fields, fields, strict=True):
            own = self.rank(value)
            text = f"({text}) * {place.shape.card} + {atom(own)}" if text else own
        return text or "0"

    def _ranking(self, shape: Shape) -> str:
        key = ("rank", shape)
        if key not in self.definitions.names:
            name = self.definitions.names[key] = self.definitions.name(f"rank_{shape.type}")
            value = self.scalar(shape, "code")
            text = function(
                comment(f"The place of a {shape.type} among all."),
                f"uint64_t {name}(uint64_t code)",
                self._rank_body(shape, value),
            )
            self.definitions.add(name, text)
        return self.definitions.names[key]

    def _rank_body(self, shape: Shape, value: Val) -> Lines:
        match shape:
            case Maybe(inner=inner):
                held = Val(inner, self.of_code("code - 1", inner))
                return [f"return code == 0 ? 0 : {self.rank(held)} + 1;"]
            case Record(fields=fields):
                parts = [self.part(value, p.at, p.shape) for p in fields]
                return [f"return {self.rank_of_fields(shape, parts)};"]
            case Variants(variants=variants):
                lines, before = [f"switch (qx_part(code, {shape.tag_at}, {shape.tag_bits})) {{"], 0
                for tag, variant in enumerate(variants):
                    own = self.rank(self.part(value, shape.payload_at, variant))
                    lines += [f"case {tag}:", f"    return {before} + {own};"]
                    before += variant.card or 0
                return [*lines, "default:", "    return 0;", "}"]
            case Array(element=element, count=count):
                parts = [self.part(value, shape.at(i), element) for i in range(count)]
                text = ""
                for part in parts:
                    text = f"({text}) * {element.card} + {atom(self.rank(part))}" if text else self.rank(part)
                return [f"return {text};"]
            case _:
                raise AssertionError(f"{shape.type} is not ranked")

    def unranked(self, shape: Shape, number: str) -> Val:
        """Return the value at a place among all values of a type."""
        if shape.is_compact:
            return self.scalar(shape, number)
        assert shape.card is not None
        codes = [unrank(shape, i) for i in range(shape.card)]
        return self.scalar(shape, f"(uint64_t){self.table(f'every_{shape.type}', codes)}[{number}]")

    # -- storing -----------------------------------------------------------------------------------------------------

    def put(self, spot: Spot, value: Val) -> Lines:
        """Return what stores a value of the shape that belongs there."""
        if value.shape.is_wide:
            return [f"memcpy({spot.pointer}, {self.c(value)}, {value.shape.words} * sizeof(uint64_t));"]
        return [f"qx_put({spot.words}, {spot.position}, {value.shape.bits}, {self.code(value)});"]

    def declare(self, name: str, value: Val) -> tuple[Lines, Val]:
        """Return what binds a name to a value, and the bound value."""
        shape = value.shape
        if not shape.is_wide:
            return [f"const {self.ctype(shape)} {name} = {self.c(value)};"], Val(shape, name)
        text = self.c(value)
        kind = self.ctype(shape)
        if text.endswith(").w"):
            return [f"const {kind} {name} = {text[:-2]};"], Val(shape, f"{name}.w")
        return [f"{kind} {name};", *self.copy(f"{name}.w", text, shape.words)], Val(shape, f"{name}.w")

    def copy(self, to: str, source: str, words: int) -> Lines:
        return [f"memcpy({to}, {source}, {words} * sizeof(uint64_t));"]

    def returned(self, value: Val) -> Lines:
        """Return what ends a function with a value."""
        if not value.shape.is_wide:
            return [f"return {self.c(value)};"]
        text = self.c(value)
        if text.endswith(").w"):
            return [f"return {text[:-2]};"]
        lines, _ = self.declare("result", value)
        return [*lines, "return result;"]

    def result(self, shape: Shape, call: str) -> Val:
        """Return the value of a call of a function that returns `ctype(shape)`."""
        return Val(shape, f"{call}.w" if shape.is_wide else call)

    # -- comparing and converting ------------------------------------------------------------------------------------

    def equal(self, left: Val, right: Val) -> str:
        """Return the test for equality, whatever types the two have in common."""
        shape = self.shapes.of(common(left.type, right.type))
        left, right = self.convert(left, shape), self.convert(right, shape)
        if shape.is_wide:
            return f"qx_same({self.c(left)}, {self.c(right)}, {shape.words})"
        return f"{atom(self.c(left))} == {atom(self.c(right))}"

    def convert(self, value: Val, shape: Shape) -> Val:
        """Return a value as one of another type that accepts it; gives up where it does not fit its ranges."""
        own = value.shape
        if own == shape:
            return value
        match own, shape:
            case (Number(), Number()):
                return self._number(value, own, shape)
            case (Member(type=NoneType() | EmptyType()), _):
                return self.instead(value, self.zero(shape))
            case (_, Maybe(inner=inner)) if not isinstance(own, Maybe):
                return self._wrapped(self.convert(value, inner), shape)
            case (Record(), Variants()):
                return self._as_variant(value, shape)
            case (Sequence(capacity=n, stride=a), Sequence(capacity=m, stride=b)) if (
                a == b and n <= m and own.element == shape.element and not own.is_wide and not shape.is_wide
            ):
                return self.scalar(shape, shifted(self.code(value), (m - n) * b))
            case (Sequence() | BitSet() | ListedSet(), _) if holds_nothing(own):
                return self.instead(value, self.zero(shape))
            case _:
                return self.result(shape, f"{self._conversion(own, shape)}({self.c(value)})")

    def _number(self, value: Val, own: Number, shape: Number) -> Val:
        """Return an integer where another range is declared; gives up if it is not in it."""
        text = self.c(value)
        if shape.least <= own.least and own.greatest <= shape.greatest:
            return Val(shape, text)
        return Val(shape, f"qx_ranged({text}, {_int64(shape.least)}, {_int64(shape.greatest)})")

    def _wrapped(self, value: Val, shape: Maybe) -> Val:
        """Return an optional value that holds something."""
        if shape.is_wide:
            one = Val(self.shapes.of(BoolType()), "true")
            return self._built(shape, [(0, one), (WORD, value)])
        return Val(shape, f"{atom(self.code(value))} + 1")

    def _as_variant(self, value: Val, shape: Variants) -> Val:
        tag = shape.tag(str(value.type))
        if shape.is_wide:
            tagged = Val(self.shapes.of(IntType(0, (1 << shape.tag_bits) - 1)), f"INT64_C({tag})")
            return self._built(shape, [(0, tagged), (shape.payload_at, value)])
        code = self.code(value)
        return Val(shape, f"UINT64_C({tag << shape.tag_at}) | {atom(code)}" if tag else code)

    def _conversion(self, own: Shape, shape: Shape) -> str:
        key = ("convert", own, shape)
        if key not in self.definitions.names:
            name = self.definitions.names[key] = self.definitions.name(f"{shape.type}_of_{own.type}")
            value = Val(own, "value")
            from checker.explicit.generate.conversions import Conversions

            body = Conversions(self).body(value, shape)
            head = f"{self.ctype(shape)} {name}({self.passed(own)}value)"
            self.definitions.add(name, function(comment(f"{own.type} as {shape.type}."), head, body))
        return self.definitions.names[key]

    # -- sets --------------------------------------------------------------------------------------------------------

    def loop(self, value: Val, name: str, body: Callable[[Val], Lines]) -> Lines:
        """Return the loop over the elements of a set or a sequence, ascending (or first to last)."""
        shape = value.shape
        match shape:
            case BitSet():
                return self.loop_bits(value, name, body)
            case ListedSet():
                return self._loop_list(value, name, body)
            case Sequence():
                return self._loop_sequence(value, name, body)
            case Member(type=QuorumType(_, base)):
                return self.loop(self.convert(value, self.shapes.of(SetType(base))), name, body)
            case Member(type=EmptyType()):
                return self.discarded(value)
            case _:
                raise AssertionError(f"{shape.type} has no elements")

    def loop_bits(self, value: Val, name: str, body: Callable[[Val], Lines]) -> Lines:
        shape = value.shape
        assert isinstance(shape, BitSet)
        if holds_nothing(shape):
            return self.discarded(value)
        if not shape.is_wide:
            return self.loop_word(self.c(value), "", shape.element, name, body)
        lines, words = self.declare(f"{name}_set", value)
        inner = self.loop_word(f"{words.text}[{name}_word]", f"64 * {name}_word + ", shape.element, name, body)
        head = f"for (unsigned {name}_word = 0; {name}_word < {shape.words}; {name}_word++)"
        return _scoped(lines, [head, *_nested(inner)])

    def loop_word(self, word: str, base: str, element: Shape, name: str, body: Callable[[Val], Lines]) -> Lines:
        """Return the loop over the bits of a word, the first of which has the rank `base`."""
        left = f"{name}_left"
        lines, bound = self.declare(name, self.unranked(element, f"{base}qx_first({left})"))
        inside = body(bound)
        return [
            f"for (uint64_t {left} = {word}; {left} != 0; {left} &= {left} - 1) {{",
            *("    " + line for line in [*lines, *inside]),
            "}",
        ]

    def _loop_list(self, value: Val, name: str, body: Callable[[Val], Lines]) -> Lines:
        shape = value.shape
        assert isinstance(shape, ListedSet)
        head, whole = self.declare(f"{name}_list", value)
        lines, bound = self.declare(name, self.part(whole, WORD, shape.element, f"{name}_at * {shape.stride}"))
        inside = ["    " + line for line in [*lines, *body(bound)]]
        return _scoped(
            head, [f"for (unsigned {name}_at = 0; {name}_at < {whole.text}[0]; {name}_at++) {{", *inside, "}"]
        )

    def _loop_sequence(self, value: Val, name: str, body: Callable[[Val], Lines]) -> Lines:
        if value.shape.bits == 0 or holds_nothing(value.shape):
            return self.discarded(value)
        head, whole = self.declare(f"{name}_seq", value)
        lines, bound = self.declare(name, self.element(whole, f"{name}_at"))
        inside = ["    " + line for line in [*lines, *body(bound)]]
        loop = f"for (unsigned {name}_at = 0; {name}_at < {self.length(whole)}; {name}_at++) {{"
        return _scoped(head, [loop, *inside, "}"])

    def discarded(self, value: Val) -> Lines:
        """Return what evaluates a value that nobody needs, since it may be undefined."""
        text = self.c(value)
        return [] if is_plain(text) else [f"(void)({text});"]

    def include(self, words: str, shape: Shape, value: Val) -> Lines:
        """Return what adds an element to a set in a variable: to the word `words`, or to the words of a structure."""
        match shape:
            case BitSet() if not shape.is_wide:
                return [f"{words} |= UINT64_C(1) << {atom(self.rank(value))};"]
            case BitSet():
                return [f"qx_add({words}.w, {self.rank(value)});"]
            case ListedSet(element=element, capacity=capacity, stride=stride):
                room = self.room(shape)
                if element.is_wide:
                    return [f"qx_wide_add({words}.w, {element.words}, {capacity}, {room}, {self.c(value)});"]
                return [f"qx_list_add({words}.w, {stride}, {capacity}, {room}, {self.code(value)});"]
            case _:
                raise AssertionError(f"{shape.type} is no set")

    def empty(self, name: str, shape: Shape) -> str:
        """Return the declaration of a set in a variable, empty."""
        return f"{self.ctype(shape)} {name} = {{{{0}}}};" if shape.is_wide else f"uint64_t {name} = 0;"

    def includes(self, value: Val, element: Val) -> str:
        """Return the test for membership; the element has the set's element type."""
        match value.shape:
            case BitSet() as shape if not shape.is_wide:
                return f"({atom(self.c(value))} >> {atom(self.rank(element))} & 1) != 0"
            case BitSet():
                return f"qx_has({self.c(value)}, {self.rank(element)})"
            case ListedSet(element=inner, stride=stride):
                if inner.is_wide:
                    return f"qx_wide_has({self.c(value)}, {inner.words}, {self.c(element)})"
                return f"qx_list_has({self.c(value)}, {stride}, {self.code(element)})"
            case _:
                raise AssertionError(f"{value.type} is no set")


def is_plain(text: str) -> bool:
    """Return whether a value is a name or a literal, whose evaluation can be left out."""
    return re.fullmatch(r"\w+(\.w)?|U?INT64_C\(\d+\)", text) is not None


def evaluated(text: str, result: str) -> str:
    """Return a result that does not depend on a value, which is evaluated all the same, since it may be undefined."""
    return result if is_plain(text) else f"((void)({text}), {result})"


def holds_nothing(shape: Shape) -> bool:
    """Return whether a collection is empty by its type."""
    match shape.type:
        case SetType(EmptyType()) | SeqType(EmptyType()):
            return True
        case _:
            return False


def shifted(text: str, at: int) -> str:
    """Return a code moved up to a bit position."""
    return f"{atom(text)} << {at}" if at else text


def _scoped(declared: Lines, loop: Lines) -> Lines:
    """Return a loop in a block with what is declared for it."""
    return ["{", *indented([*declared, *loop]), "}"]


def _nested(lines: Lines) -> Lines:
    return indented(lines) if len(lines) <= 1 or lines[0].startswith("for") else ["{", *indented(lines), "}"]


def _int64(number: int) -> str:
    return "INT64_MIN" if number == -(1 << 63) else f"INT64_C({number})" if number >= 0 else f"(INT64_C({number}))"
