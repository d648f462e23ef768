"""Colours of interchangeable members in C: a number for each, made of what a state says of it.

Whatever mentions a member adds to its colour a hash of where it does so and of what is mentioned beside it. For that,
members that are still to be sorted count as members of their class, so that a colour does not depend on names; those
of classes that have been sorted count by name. Sums do not depend on the order in which elements are met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from checker.explicit.generate.text import Lines, comment, function, indented
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
    Parts,
    Record,
    Sequence,
    Shape,
    Variants,
    mask,
)
from checker.ir.symmetry import Class, Symmetry, sorts_in
from checker.ir.types import MapType, QuorumType, SortType


@dataclass(slots=True)
class Colours:
    """The functions that colour the members of one class, when the classes before it have been sorted."""

    p: Packing
    symmetry: Symmetry
    number: int
    _salts: int = field(default=0, init=False)

    @property
    def own(self) -> Class:
        return self.symmetry.classes[self.number]

    def of_state(self, layout: Layout) -> str:
        """Define the function for a whole state, and return its name."""
        lines: Lines = []
        for name, place in layout.places.items():
            if isinstance(place.shape, Parts):
                for record, part in place.shape.parts:
                    lines += self._part_of_messages(layout, name, record, part)
            elif self._is_own(place.shape):
                lines += self._each(Val(place.shape, spot=Spot("s", place.at)), self._salt(), [], 0)
        own = self.p.definitions.name(f"colour_{self.own.sort}")
        head = f"void {own}(const uint64_t *s, uint64_t *colours)"
        remark = comment(f"Colours members of {self.own.sort} by what a state says of each.")
        self.p.definitions.add(own, function(remark, head, lines or ["(void)s;", "(void)colours;"]))
        return own

    def _part_of_messages(self, layout: Layout, name: str, record: str, part: BitSet | ListedSet) -> Lines:
        if not self._is_own(part):
            return []
        place, salt = layout.parts[name, record], self._salt()
        if isinstance(part, ListedSet):
            return self._each(Val(part, spot=Spot("s", place.at)), salt, [], 0)
        card = part.element.card or 0
        inner = self.p.loop_word(
            f"qx_slice(s, {place.at} + from, {card} - from < 64 ? {card} - from : 64)",
            "from + ",
            part.element,
            "x",
            lambda x: self._each(x, salt, [], 1),
        )
        return [f"for (unsigned from = 0; from < {card}; from += 64)", *indented(inner)]

    def _salt(self) -> str:
        """Return a constant that no other place in a state has."""
        self._salts += 1
        return f"UINT64_C({self._salts * 0x9E3779B97F4A7C15 & mask(WORD)})"

    def _is_own(self, shape: Shape) -> bool:
        """Return whether a value may mention a member of this class."""
        return self.own.sort in sorts_in(shape.type, self.p.shapes.system)

    def _is_unsorted(self, shape: Shape) -> bool:
        """Return whether a value may mention a member that does not count by name."""
        unsorted = {c.sort for c in self.symmetry.classes[self.number :]}
        return bool(unsorted & sorts_in(shape.type, self.p.shapes.system))

    # -- going through a state ---------------------------------------------------------------------------------------

    def _each(self, value: Val, salt: str, members: list[str], depth: int) -> Lines:
        """Return what adds to the colours all that a value says; `members` are masks of whom its place mentions."""
        if not members and not self._is_own(value.shape):
            return []
        name = f"x{depth}"
        match value.shape:
            case Array() as shape if self._is_own(shape) or self._is_unsorted(shape):
                return self._each_entry(value, shape, salt, members, depth)
            case BitSet() | ListedSet() if self._is_own(value.shape):
                return self.p.loop(value, name, lambda x: self._each(x, salt, members, depth + 1))
            case Sequence() if self._is_own(value.shape):
                return self.p.loop(
                    value, name, lambda x: self._each(x, self._mixed(salt, f"{name}_at"), members, depth + 1)
                )
            case Copies() as shape:
                return self._each_copy(value, shape, salt, members, depth)
            case _:
                return self._leaf(value, salt, members)

    def _each_entry(self, value: Val, shape: Array, salt: str, members: list[str], depth: int) -> Lines:
        assert isinstance(shape.type, MapType)
        index, at = f"i{depth}", f"i{depth} * {shape.stride}"
        if not shape.is_wide:
            at = f"({shape.count - 1} - {index}) * {shape.stride}"
        entry = self.p.part(value, 0, shape.element, at)
        inside = list(members)
        token = index
        if isinstance(shape.type.key, SortType):
            token = f"{self._tokens(shape.type.key.name)}[{index}]"
            if shape.type.key.name == self.own.sort:
                inside.append(f"{self._places()}[{index}]")
        inner = self._each(entry, self._mixed(salt, token), inside, depth + 1)
        return [f"for (unsigned {index} = 0; {index} < {shape.count}; {index}++) {{", *indented(inner), "}"]

    def _each_copy(self, value: Val, shape: Copies, salt: str, members: list[str], depth: int) -> Lines:
        words, at = self.p.c(value), f"x{depth}_at"
        element = Val(shape.element, spot=Spot(f"({words})", WORD, (f"{at} * {shape.stride}",)))
        lines, bound = self.p.declare(f"x{depth}", element)
        copies = f"qx_copies({words}, {shape.counts_at}, {at})"
        inner = [*lines, *self._each(bound, self._mixed(salt, copies), members, depth + 1)]
        return [f"for (unsigned {at} = 0; {at} < ({words})[0]; {at}++) {{", *indented(inner), "}"]

    def _leaf(self, value: Val, salt: str, members: list[str]) -> Lines:
        """Return what adds one value to the colours of all that it mentions."""
        spoken = [*members, *self._mentioned(value)]
        seen = self.seen(value)
        return [
            "{",
            f"    const uint64_t what = qx_stir({salt} + {seen});",
            *(f"    qx_colour(colours, {who}, what + {i});" for i, who in enumerate(spoken)),
            "}",
        ]

    def _mixed(self, salt: str, number: str) -> str:
        return f"qx_stir({salt} + {number})"

    # -- who is mentioned --------------------------------------------------------------------------------------------

    def _mentioned(self, value: Val) -> Lines:
        """Return masks of the members (by place) that a value mentions, one for each part that is always there."""
        if not self._is_own(value.shape):
            return []
        match value.shape:
            case Member(type=SortType()):
                return [f"{self._places()}[{self.p.code(value)}]"]
            case Member(type=QuorumType(name, _)):
                return [f"{self._quorum_places(name)}[{self.p.code(value)}]"]
            case Record(fields=fields):
                return [m for f in fields for m in self._mentioned(self.p.part(value, f.at, f.shape))]
            case _:
                return [self._call("mentioned", value)]

    def _mentioned_body(self, value: Val) -> Lines:
        """Return the body of a function that gathers whom a value mentions."""
        lines = ["uint64_t found = 0;"]
        match value.shape:
            case Maybe():
                inner = self._gathered(self.p.some(value, is_known=True))
                lines += [f"if (!({self.p.is_none(value)})) {{", *indented(inner), "}"]
            case Variants() as shape:
                lines += self._by_variant(value, shape, lambda v: [*self._gathered(v), "break;"])
            case Array() as shape:
                for i in range(shape.count):
                    lines += self._gathered(self.p.part(value, shape.at(i), shape.element))
                if isinstance(shape.type, MapType) and shape.type.key == SortType(self.own.sort):
                    lines.append(f"found |= UINT64_C({mask(len(self.own.members))});")
            case _:
                lines += self._loop(value, self._gathered)
        return [*lines, "return found;"]

    def _gathered(self, value: Val) -> Lines:
        return [f"found |= {who};" for who in self._mentioned(value)]

    # -- what is said ------------------------------------------------------------------------------------------------

    def seen(self, value: Val) -> str:
        """Return a number for a value in which members that are still to be sorted have no names."""
        shape = value.shape
        if not self._is_unsorted(shape):
            return f"qx_hash({self.p.c(value)}, {shape.words})" if shape.is_wide else self.p.code(value)
        match shape:
            case Member(type=SortType(name)):
                return f"{self._tokens(name)}[{self.p.code(value)}]"
            case Member(type=QuorumType(name, _)):
                return f"{self._quorum_tokens(name)}[{self.p.code(value)}]"
            case _:
                return self._call("seen", value)

    def _seen_body(self, value: Val) -> Lines:
        shape = value.shape
        match shape:
            case Maybe():
                some = self.p.some(value, is_known=True)
                return [f"return {self.p.is_none(value)} ? 0 : qx_stir(1 + {self.seen(some)});"]
            case Record(fields=fields):
                return self._folded([self.p.part(value, f.at, f.shape) for f in fields])
            case Variants():
                lines = self._by_variant(value, shape, lambda v: [f"return qx_stir({self.seen(v)});"])
                return [*lines, "return 0;"]
            case Array() if isinstance(shape.type, MapType) and isinstance(shape.type.key, SortType):
                tokens = self._tokens(shape.type.key.name)
                parts = [self.p.part(value, shape.at(i), shape.element) for i in range(shape.count)]
                lines = [f"found += qx_stir(qx_stir({tokens}[{i}]) + {self.seen(p)});" for i, p in enumerate(parts)]
                return ["uint64_t found = 0;", *lines, "return found;"]
            case Array():
                return self._folded([self.p.part(value, shape.at(i), shape.element) for i in range(shape.count)])
            case Sequence():
                inside = self._loop(value, lambda x: [f"found = qx_stir(found + {self.seen(x)});"])
                return ["uint64_t found = 1;", *inside, "return found;"]
            case _:
                inside = self._loop(value, lambda x: [f"found += qx_stir({self.seen(x)});"])
                return ["uint64_t found = 0;", *inside, "return found;"]

    def _folded(self, parts: list[Val]) -> Lines:
        lines = ["uint64_t found = 0;"]
        lines += [f"found = found * UINT64_C(0xd1342543de82ef95) + {self.seen(part)};" for part in parts]
        return [*lines, "return found;"]

    # -- functions of values -----------------------------------------------------------------------------------------

    def _call(self, word: str, value: Val) -> str:
        key = (word, self.number, value.shape)
        definitions = self.p.definitions
        if key not in definitions.names:
            own = Val(value.shape, "value")
            body = self._mentioned_body(own) if word == "mentioned" else self._seen_body(own)
            name = definitions.names[key] = definitions.name(f"{word}_in_{value.shape.type}")
            head = f"uint64_t {name}({self.p.passed(value.shape)}value)"
            definitions.add(name, function("", head, body))
        return f"{definitions.names[key]}({self.p.c(value)})"

    def _by_variant(self, value: Val, shape: Variants, body: Callable[[Val], Lines]) -> Lines:
        tag = self.p.part(value, shape.tag_at, Shape(shape.type, shape.tag_bits, 0, None))
        lines = [f"switch ({self.p.code(tag)}) {{"]
        for i, variant in enumerate(shape.variants):
            own = body(self.p.part(value, shape.payload_at, variant))
            lines += [f"case {i}:", *indented(own)]
        return [*lines, "default:", "    break;", "}"]

    def _loop(self, value: Val, body: Callable[[Val], Lines]) -> Lines:
        """Return the loop over the elements of a collection; of a bag, over its different messages."""
        if not isinstance(value.shape, Copies):
            return self.p.loop(value, "x", body)
        shape = value.shape
        element = Val(shape.element, spot=Spot(self.p.c(value), WORD, (f"x_at * {shape.stride}",)))
        lines, bound = self.p.declare("x", element)
        inner = [*lines, *body(bound)]
        return [f"for (unsigned x_at = 0; x_at < {self.p.c(value)}[0]; x_at++) {{", *indented(inner), "}"]

    # -- tables ------------------------------------------------------------------------------------------------------

    def _places(self) -> str:
        """Return the table of the place of each member in this class, as a bit; none if it is not in it."""
        members = range(self.p.shapes.instance.size(self.own.sort))
        bits = [1 << self.own.members.index(m) if m in self.own.members else 0 for m in members]
        return self.p.table(f"places_of_{self.own.sort}", bits)

    def _tokens(self, sort: str) -> str:
        """Return the table of what each member of a sort counts as."""
        return self.p.table(f"tokens_of_{sort}", self._token_list(sort))

    def _token_list(self, sort: str) -> list[int]:
        first = {m: c.members[0] for c in self.symmetry.classes[self.number :] if c.sort == sort for m in c.members}
        return [first.get(m, m) for m in range(self.p.shapes.instance.size(sort))]

    def _quorum_places(self, name: str) -> str:
        family = self.p.shapes.instance.quorums[name]
        places = {m: i for i, m in enumerate(self.own.members)}
        return self.p.table(f"places_of_{name}", [sum(1 << places[m] for m in q if m in places) for q in family])

    def _quorum_tokens(self, name: str) -> str:
        family = self.p.shapes.instance.quorums[name]
        tokens = self._token_list(self.p.shapes.system.quorum(name).type.base.name)
        kinds: dict[tuple[int, ...], int] = {}
        numbers = [kinds.setdefault(tuple(sorted(tokens[m] for m in q)), len(kinds)) for q in family]
        return self.p.table(f"tokens_of_{name}", numbers)
