"""Symmetry in C: exchanging two members of a class in a state. `colours.py` colours the members by what a state says of
them, and `runtime/symmetry.h` says what both are for.

Exchanges go down to whatever mentions the sort. Sets of bits whose elements have the member as a digit of their rank
move whole words of bits at a time; other collections are made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from checker.explicit.generate.colours import Colours
from checker.explicit.generate.digits import digits_of
from checker.explicit.generate.text import Lines, atom, comment, function, indented
from checker.explicit.generate.values import Packing, Spot, Val
from checker.explicit.layout import Layout
from checker.explicit.shapes import (
    WORD,
    Array,
    BitSet,
    Copies,
    ListedSet,
    Maybe,
    Member,
    Number,
    Parts,
    Record,
    Sequence,
    Shape,
    Variants,
    mask,
)
from checker.ir.symmetry import Class, Exchange, Symmetry, sorts_in
from checker.ir.types import MapType, QuorumType, SortType


def define_symmetry(packing: Packing, layout: Layout, symmetry: Symmetry) -> str:
    """Define the `qx_symmetry` of a program, and return what goes into its `qx_model`."""
    exchanges = [Exchanges(packing, c).of_state(layout) for c in symmetry.classes]
    colours = [Colours(packing, symmetry, i).of_state(layout) for i in range(len(symmetry.classes))]
    dispatch = [
        _dispatch("colour", "const uint64_t *s, unsigned class, uint64_t *colours", "s, colours", colours),
        _dispatch("exchange", "uint64_t *s, unsigned class, unsigned place", "s, place", exchanges),
    ]
    sizes = ", ".join(str(len(c.members)) for c in symmetry.classes)
    packing.definitions.texts += [
        *dispatch,
        f"static const unsigned class_sizes[] = {{{sizes}}};",
        "static const qx_symmetry symmetry = {\n"
        f"    .classes = {len(symmetry.classes)},\n    .sizes = class_sizes,\n    .order = {symmetry.order},\n"
        "    .colour = colour,\n    .exchange = exchange,\n};",
    ]
    return "&symmetry"


def _dispatch(name: str, parameters: str, passed: str, functions: Lines) -> str:
    lines = ["switch (class) {"]
    for i, own in enumerate(functions[:-1]):
        lines += [f"case {i}:", f"    {own}({passed});", "    break;"]
    lines += ["default:", f"    {functions[-1]}({passed});", "    break;", "}"]
    return function("", f"void {name}({parameters})", lines)


@dataclass(slots=True)
class Exchanges:
    """The functions that exchange the members in places `place` and `place` + 1 of a class."""

    p: Packing
    own: Class

    def of_state(self, layout: Layout) -> str:
        """Define the function for a whole state, and return its name."""
        lines: Lines = []
        for name, place in layout.places.items():
            if not self.is_in(place.shape):
                continue
            if isinstance(place.shape, Parts):
                for record, part in place.shape.parts:
                    if self.is_in(part):
                        lines += self._at(Spot("s", layout.parts[name, record].at), part)
            else:
                lines += self._at(Spot("s", place.at), place.shape)
        name = self.p.definitions.name(f"exchange_{self.own.sort}")
        head = f"void {name}(uint64_t *s, unsigned place)"
        remark = comment(f"Exchanges two members of {self.own.sort}.")
        self.p.definitions.add(name, function(remark, head, lines or ["(void)s;", "(void)place;"]))
        return name

    def is_in(self, shape: Shape) -> bool:
        """Return whether a value may mention a member."""
        return self.own.sort in sorts_in(shape.type, self.p.shapes.system)

    def _at(self, spot: Spot, shape: Shape) -> Lines:
        """Return what exchanges members in the value at a spot."""
        if isinstance(shape, BitSet) and (shape.is_wide or not spot.terms):
            return self._bits(spot, shape)
        if shape.is_wide:
            return [f"{self._words(shape)}({spot.pointer}, place);"]
        read = f"qx_get({spot.words}, {spot.position}, {shape.bits})"
        return [f"qx_put({spot.words}, {spot.position}, {shape.bits}, {self.code(shape, read)});"]

    # -- values of up to 64 bits -------------------------------------------------------------------------------------

    def code(self, shape: Shape, code: str) -> str:
        """Return the code of a value in which two members have changed places."""
        if not self.is_in(shape):
            return code
        return f"{self._code_function(shape)}({code}, place)"

    def _code_function(self, shape: Shape) -> str:
        key = ("exchange", self.own, shape)
        definitions = self.p.definitions
        if key not in definitions.names:
            body = self._code_body(shape)
            name = definitions.names[key] = definitions.name(f"exchanged_{shape.type}")
            definitions.add(name, function("", f"uint64_t {name}(uint64_t code, unsigned place)", body))
        return definitions.names[key]

    def _code_body(self, shape: Shape) -> Lines:
        match shape:
            case Member(type=SortType()):
                first, second = self._two
                return [f"return code == {first} ? {second} : code == {second} ? {first} : code;"]
            case Member(type=QuorumType(name, _)):
                return [f"return {self._quorum_table(name)}[place * {shape.card} + code];"]
            case Maybe(inner=inner):
                return [f"return code == 0 ? 0 : {self.code(inner, 'code - 1')} + 1;"]
            case Record(fields=fields):
                moved = [f for f in fields if self.is_in(f.shape)]
                kept = mask(shape.bits) & ~sum(mask(f.shape.bits) << f.at for f in moved)
                parts = [f"{self.code(f.shape, self._part(f.at, f.shape))} << {f.at}" for f in moved]
                return [f"return (code & UINT64_C({kept})) | " + "\n        | ".join(parts) + ";"]
            case Variants(variants=variants):
                lines = [f"switch (qx_part(code, {shape.tag_at}, {shape.tag_bits})) {{"]
                for tag, variant in enumerate(variants):
                    own = self.code(variant, self._part(shape.payload_at, variant))
                    high = f"UINT64_C({tag << shape.tag_at})"
                    lines += [f"case {tag}:", f"    return {high} | {own} << {shape.payload_at};"]
                return [*lines, "default:", "    return code;", "}"]
            case Array():
                return self._narrow_array(shape)
            case Sequence(element=element, capacity=capacity, stride=stride):
                return [
                    "uint64_t made = 0;",
                    f"for (unsigned at = 0; at < {capacity * stride}; at += {stride}) {{",
                    f"    const uint64_t digit = qx_part(code, at, {stride});",
                    "    if (digit != 0)",
                    f"        made |= ({self.code(element, 'digit - 1')} + 1) << at;",
                    "}",
                    "return made;",
                ]
            case BitSet():
                return self._narrow_set(shape)
            case _:
                raise AssertionError(f"{shape.type} is not exchanged as a code")

    def _part(self, at: int, shape: Shape) -> str:
        return f"qx_part(code, {at}, {shape.bits})"

    def _narrow_array(self, shape: Array) -> Lines:
        lines = ["uint64_t made = code;"]
        if self.is_in(shape.element):
            own = self.code(shape.element, f"qx_part(code, at, {shape.stride})")
            lines = [
                "uint64_t made = 0;",
                f"for (unsigned at = 0; at < {shape.bits}; at += {shape.stride})",
                f"    made |= {own} << at;",
            ]
        if self._is_key(shape):
            first, second = (f"({shape.count - 1} - {m}) * {shape.stride}" for m in self._two)
            lines += [
                f"const unsigned first = {first}, second = {second};",
                f"const uint64_t differ = qx_low(made >> first ^ made >> second, {shape.stride});",
                "made ^= differ << first ^ differ << second;",
            ]
        return [*lines, "return made;"]

    def _narrow_set(self, shape: BitSet) -> Lines:
        if shape.element.type == SortType(self.own.sort):
            first, second = self._two
            return [
                f"const uint64_t differ = (code >> {first} ^ code >> {second}) & 1;",
                f"return code ^ differ << {first} ^ differ << {second};",
            ]
        value = Val(shape, "code")

        def add(x: Val) -> Lines:
            moved = self.p.scalar(shape.element, self.code(shape.element, self.p.code(x)))
            return self.p.include("made", shape, moved)

        return ["uint64_t made = 0;", *self.p.loop(value, "x", add), "return made;"]

    # -- wider values ------------------------------------------------------------------------------------------------

    def _words(self, shape: Shape) -> str:
        """Return the function that exchanges members in a wide value, where it is."""
        key = ("exchange", self.own, shape)
        definitions = self.p.definitions
        if key not in definitions.names:
            body = self._words_body(shape)
            name = definitions.names[key] = definitions.name(f"exchange_in_{shape.type}")
            definitions.add(name, function("", f"void {name}(uint64_t *w, unsigned place)", body))
        return definitions.names[key]

    def _words_body(self, shape: Shape) -> Lines:
        whole = Spot("w", 0)
        match shape:
            case Maybe(inner=inner):
                return ["if (w[0] != 0) {", *indented(self._at(whole.plus(WORD), inner)), "}"]
            case Record(fields=fields):
                return [line for f in fields if self.is_in(f.shape) for line in self._at(whole.plus(f.at), f.shape)]
            case Variants(variants=variants):
                lines = [f"switch (qx_get(w, {shape.tag_at}, {shape.tag_bits})) {{"]
                for tag, variant in enumerate(variants):
                    if self.is_in(variant):
                        inner_lines = self._at(whole.plus(shape.payload_at), variant)
                        lines += [f"case {tag}:", *indented([*inner_lines, "break;"])]
                return [*lines, "default:", "    break;", "}"]
            case Array(element=element, count=count, stride=stride):
                lines = []
                if self.is_in(element):
                    inner_lines = self._at(whole.plus(0, f"i * {stride}"), element)
                    lines = [f"for (unsigned i = 0; i < {count}; i++) {{", *indented(inner_lines), "}"]
                return [*lines, *(self._swap_entries(shape) if self._is_key(shape) else [])]
            case Sequence(element=element, stride=stride):
                inner_lines = self._at(whole.plus(WORD, f"i * {stride}"), element)
                return ["for (unsigned i = 0; i < w[0]; i++) {", *indented(inner_lines), "}"]
            case BitSet():
                return self._bits(whole, shape)
            case ListedSet() | Copies():
                return self._list(shape)
            case Number() | Member() | Parts() | Shape():
                raise AssertionError(f"{shape.type} is not wide")
            case _:
                assert_never(shape)

    def _swap_entries(self, shape: Array) -> Lines:
        first, second = self._two
        n = shape.element.words
        if shape.element.is_wide:
            return [
                f"uint64_t entry[{n}];",
                f"memcpy(entry, w + {first} * {n}, sizeof entry);",
                f"memcpy(w + {first} * {n}, w + {second} * {n}, sizeof entry);",
                f"memcpy(w + {second} * {n}, entry, sizeof entry);",
            ]
        bits = shape.element.bits
        return [
            f"const unsigned first = {first} * {shape.stride}, second = {second} * {shape.stride};",
            f"const uint64_t entry = qx_get(w, first, {bits});",
            f"qx_put(w, first, {bits}, qx_get(w, second, {bits}));",
            f"qx_put(w, second, {bits}, entry);",
        ]

    def _list(self, shape: ListedSet | Copies) -> Lines:
        """Make a list anew: its order depends on the members."""
        element, stride, room = shape.element, shape.stride, self.p.room(shape)
        counts = [str(shape.counts_at)] if isinstance(shape, Copies) else []
        kind = "bag_add" if isinstance(shape, Copies) else "add" if element.is_wide else "list_add"
        lines = [
            f"uint64_t before[{shape.words}];",
            "memcpy(before, w, sizeof before);",
            "memset(w, 0, sizeof before);",
            "for (unsigned i = 0; i < before[0]; i++) {",
        ]
        if element.is_wide:
            lines += [
                f"    uint64_t *const x = before + 1 + i * {element.words};",
                f"    {self._words(element)}(x, place);",
            ]
            call = (
                f"qx_wide_{kind}(w, {', '.join([str(element.words), str(shape.capacity), *counts, str(room), 'x'])});"
            )
        else:
            lines.append(f"    const uint64_t x = {self.code(element, f'qx_element(before, i, {stride})')};")
            call = f"qx_{kind}(w, {', '.join([str(stride), str(shape.capacity), *counts, str(room), 'x'])});"
        if isinstance(shape, Copies):
            lines += [f"    for (unsigned n = qx_copies(before, {shape.counts_at}, i); n > 0; n--)", f"        {call}"]
        else:
            lines.append(f"    {call}")
        return [*lines, "}"]

    def _bits(self, spot: Spot, shape: BitSet) -> Lines:
        """Exchange members in a set of bits, which (as a part of a message set) may begin anywhere in a word."""
        card = shape.element.card or 0
        digits = digits_of(shape.element, self.own.sort)
        if digits is None:
            return self._bits_one_by_one(spot, shape, card)
        pointer, offset = spot.pointer, 0 if spot.terms else spot.at % WORD
        words = -(-(offset + card) // WORD)
        lines: Lines = []
        for digit in digits:
            rows = [digit.zeros << offset + m * digit.stride for m in self.own.members[:-1]]
            numbers = [row >> WORD * i & mask(WORD) for row in rows for i in range(words)]
            table = self.p.words(f"having_{self.own.sort}", numbers)
            first, second = self._two
            distance = f"({second} - {first}) * {digit.stride}"
            lines.append(f"qx_exchange_bits({pointer}, {words}, {table} + place * {words}, {distance});")
        return lines

    def _bits_one_by_one(self, spot: Spot, shape: BitSet, card: int) -> Lines:
        words = -(-card // WORD)
        element = self.p.unranked(shape.element, "(64 * word + qx_first(left))")
        moved = self.p.scalar(shape.element, self.code(shape.element, self.p.code(element)))
        bits = f"{spot.words}, {spot.position} + 64 * i, {card} - 64 * i < 64 ? {card} - 64 * i : 64"
        return [
            "{",
            f"    uint64_t before[{words}], made[{words}] = {{0}};",
            f"    for (unsigned i = 0; i < {words}; i++)",
            f"        before[i] = qx_slice({bits});",
            f"    for (unsigned word = 0; word < {words}; word++)",
            "        for (uint64_t left = before[word]; left != 0; left &= left - 1)",
            f"            qx_add(made, (unsigned){atom(self.p.rank(moved))});",
            f"    for (unsigned i = 0; i < {words}; i++)",
            f"        qx_put_slice({bits}, made[i]);",
            "}",
        ]

    # -- members -----------------------------------------------------------------------------------------------------

    @property
    def _two(self) -> tuple[str, str]:
        """The two members in C."""
        if self.own.members == tuple(range(len(self.own.members))):
            return "place", "(place + 1)"
        table = self.p.table(f"{self.own.sort}_class", list(self.own.members))
        return f"{table}[place]", f"{table}[place + 1]"

    def _is_key(self, shape: Array) -> bool:
        return isinstance(shape.type, MapType) and shape.type.key == SortType(self.own.sort)

    def _quorum_table(self, name: str) -> str:
        """Return the table of which quorum another becomes, for each place."""
        family = self.p.shapes.instance.quorums[name]
        numbers: list[int] = []
        for first, second in zip(self.own.members, self.own.members[1:], strict=False):
            exchange = Exchange(self.own.sort, first, second)
            numbers += [family.index(frozenset(map(exchange.member, q))) for q in family]
        return self.p.table(f"exchanged_{name}", numbers)
