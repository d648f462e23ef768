"""Networks in C: which messages are there, going through them, sending and taking.

A message is available in a message set if it was sent, or if its signer is Byzantine and every signed message inside
it is available itself (`checker.interp.networks`). What a Byzantine process can always sign is a constant set of bits;
only messages that carry signed messages need a test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from checker.explicit.codec import encode, rank
from checker.explicit.generate.text import Lines, UnsupportedError, atom, block, comment, function
from checker.explicit.generate.values import Spot, Val
from checker.explicit.shapes import WORD, BitSet, Copies, ListedSet, Place, Record, Shape, Variants
from checker.interp.networks import Forger
from checker.ir import expr as ir
from checker.ir.instance import universe
from checker.ir.types import BagType, RecordType, Value, record_names

if TYPE_CHECKING:
    from checker.explicit.generate.expressions import Expressions, Scope


class Networks:
    """The message sets and bags of one program."""

    def __init__(self, expressions: Expressions) -> None:
        self.e = expressions
        self.layout = expressions.layout
        self.forger = Forger(self.layout.shapes.system, self.layout.shapes.instance)
        self._forged: dict[str, frozenset[int]] = {}

    # -- what is there -----------------------------------------------------------------------------------------------

    def always_forged(self, record: str) -> frozenset[int]:
        """Return the ranks of the messages of a kind that can be made up whatever was sent."""
        if record not in self._forged:
            shapes = self.layout.shapes
            shape = shapes.record(record)
            forged: tuple[Value, ...] = ()
            if self.forger.can_sign(record) and not self.forger.bears_signatures(record):
                if shape.card is None:
                    raise UnsupportedError(f"a list of all {record} that can be forged")
                forged = self.forger.forgeable(record, lambda _: ())
            self._forged[record] = frozenset(rank(shape, encode(shape, message, shapes)) for message in forged)
        return self._forged[record]

    def needs_test(self, record: str) -> bool:
        """Return whether it depends on what was sent which messages of a kind can be made up."""
        return self.forger.is_active and self.forger.can_sign(record) and self.forger.bears_signatures(record)

    def member(self, element: ir.Expr, network: str, words: str, scope: Scope) -> str:
        """Return the test whether a message is available."""
        place = self.layout.places[network]
        if isinstance(place.shape, Copies):
            shape = place.shape.element
            value = self.e.p.convert(self.e.value(element, scope), shape)
            return self._in_bag(place, words, value)
        match element:
            case ir.Make(type=RecordType(name), args=args) if self._is_bits(network, name) and not self.needs_test(
                name
            ):
                shape = self.layout.shapes.record(name)
                place_of_rank = self.e.p.rank_of_fields(shape, self.e.fields(name, args, scope))
                return self._has_rank(network, name, words, place_of_rank)
            case _:
                return self._has(network, words, self.e.value(element, scope))

    def _is_bits(self, network: str, record: str) -> bool:
        return isinstance(self.layout.parts[network, record].shape, BitSet)

    def _has_rank(self, network: str, record: str, words: str, number: str) -> str:
        place = self.layout.parts[network, record]
        if not self.always_forged(record):
            return f"qx_has({words}, {place.at} + {atom(number)})"
        table = self._forged_table(record)
        name = self._define(
            ("has", network, record),
            f"has_{record}",
            "const uint64_t *s, uint64_t rank",
            [f"return qx_has(s, {place.at} + (unsigned)rank) || qx_has({table}, (unsigned)rank);"],
            f"Whether a {record} was sent, or can be made up by its signer.",
        )
        return f"{name}({words}, {number})"

    def _forged_table(self, record: str) -> str:
        card = self.layout.shapes.record(record).card or 0
        bits = sum(1 << r for r in self.always_forged(record))
        numbers = [bits >> WORD * i & (1 << WORD) - 1 for i in range(card // WORD + 2)]
        return self.e.p.words(f"forged_{record}", numbers)

    def _has(self, network: str, words: str, value: Val) -> str:
        """Return the test for a message of one or of several kinds, by a function if it takes more than one bit."""
        shape = value.shape
        if isinstance(shape, Record):
            record = str(shape.type)
            if (network, record) not in self.layout.parts:
                return f"({self.e.p.c(value)}, false)" if not shape.is_wide else "false"
            if self.needs_test(record):
                return f"{self._available(network, record)}({words}, {self.e.p.c(value)})"
            if self._is_bits(network, record):
                return self._has_rank(network, record, words, self.e.p.rank(value))
            return self._listed(network, record, words, value)
        assert isinstance(shape, Variants)
        inside = Val(shape, "message")
        lines = [f"switch ({self.e.access.tag(inside)}) {{"]
        for i, variant in enumerate(shape.variants):
            if (network, str(variant.type)) in self.layout.parts:
                own = self._has(network, "s", self.e.p.part(inside, shape.payload_at, variant))
                lines += [f"case {i}:", f"    return {own};"]
        body = [*lines, "default:", "    return false;", "}"]
        head = f"const uint64_t *s, {self.e.p.passed(shape)}message"
        name = self._define(
            ("has any", network, shape), f"{network}_has", head, body, f"Whether a message is available in {network}."
        )
        return f"{name}({words}, {self.e.p.c(value)})"

    def _listed(self, network: str, record: str, words: str, value: Val) -> str:
        place = self.layout.parts[network, record]
        sent = self.e.p.includes(Val(place.shape, spot=Spot(words, place.at)), value)
        if not self.always_forged(record):
            return sent
        return f"({sent} || qx_has({self._forged_table(record)}, (unsigned){self.e.p.rank(value)}))"

    def _available(self, network: str, record: str) -> str:
        """Return the function that says whether a message that may carry signed ones is available."""
        shape = self.layout.shapes.record(record)
        message = Val(shape, "message")
        place = self.layout.parts[network, record]
        if isinstance(place.shape, BitSet):
            sent = f"qx_has(s, {place.at} + (unsigned){self.e.p.rank(message)})"
        else:
            sent = self.e.p.includes(Val(place.shape, spot=Spot("s", place.at)), message)
        key = ("available", network, record)
        if key not in self.e.definitions.names:
            body = [f"if ({sent})", "    return true;", *self._signed_inside(network, shape, message), "return true;"]
            self._define(
                key,
                f"available_{record}",
                f"const uint64_t *s, {self.e.p.passed(shape)}message",
                body,
                f"Whether a {record} was sent, or can be made up from what was.",
            )
        return self.e.definitions.names[key]

    def _signed_inside(self, network: str, shape: Record, message: Val) -> Lines:
        """Return the tests that the signer lies, and that every signed message inside a message is available."""
        record = str(shape.type)
        signer, liars = self.forger.liars(record)
        place = shape.place(signer)
        own = self.e.p.c(self.e.p.part(message, place.at, place.shape))
        lines = [f"if (!(UINT64_C({sum(1 << m for m in liars)}) >> {atom(own)} & 1))", "    return false;"]
        for field in shape.fields:
            lines += self._inside(network, self.e.p.part(message, field.at, field.shape), field.name)
        return lines

    def _inside(self, network: str, value: Val, name: str) -> Lines:
        from checker.explicit.shapes import Array, Maybe, Sequence

        if not self.forger.bears_signatures_in(value.type):
            return []
        match value.shape:
            case Record() as shape if self.forger.is_signed(str(shape.type)):
                return [f"if (!{atom(self._has(network, 's', value))})", "    return false;"]
            case Record() as shape:
                return [
                    line
                    for f in shape.fields
                    for line in self._inside(network, self.e.p.part(value, f.at, f.shape), f.name)
                ]
            case Maybe():
                inner = self._inside(network, self.e.p.some(value, is_known=True), name)
                return block(f"if (!({self.e.p.is_none(value)}))", inner)
            case Variants() as shape:
                lines = [f"switch ({self.e.access.tag(value)}) {{"]
                for i, variant in enumerate(shape.variants):
                    inner = self._inside(network, self.e.p.part(value, shape.payload_at, variant), name)
                    lines += [f"case {i}: {{", *("    " + line for line in inner), "    break;", "}"]
                return [*lines, "default:", "    break;", "}"]
            case BitSet() | ListedSet() | Sequence():
                return self.e.p.loop(value, f"in_{name}", lambda x: self._inside(network, x, name))
            case Array() as shape:
                return [
                    line
                    for i in range(shape.count)
                    for line in self._inside(network, self.e.p.part(value, shape.at(i), shape.element), f"{name}_{i}")
                ]
            case _:
                raise AssertionError(f"{value.type} bears no signatures")

    # -- going through them ------------------------------------------------------------------------------------------

    def carriers(self, record: str) -> list[str]:
        """Return the message sets and bags that carry messages of a kind."""
        return [
            name
            for name, place in self.layout.places.items()
            if (name, record) in self.layout.parts
            or (isinstance(place.shape.type, BagType) and record in record_names(place.shape.type.element))
        ]

    def each_available(self, record: str, words: str, name: str, body: Callable[[Val], Lines]) -> Lines:
        """Return the loops over the messages of a kind that are available in any network, each once."""
        carriers = self.carriers(record)
        lines: Lines = []
        for i, network in enumerate(carriers):

            def once(value: Val, earlier: list[str] = carriers[:i]) -> Lines:
                seen = [self._is_in(other, words, value) for other in earlier]
                return [*(line for test in seen for line in (f"if ({test})", "    continue;")), *body(value)]

            lines += self.each(network, record, words, name, once, [])
        return lines

    def _is_in(self, network: str, words: str, value: Val) -> str:
        place = self.layout.places[network]
        if isinstance(place.shape, Copies):
            return self._in_bag(place, words, self.e.p.convert(value, place.shape.element))
        return self._has(network, words, value)

    def each(
        self, network: str, record: str, words: str, name: str, body: Callable[[Val], Lines], fixed: list[Val]
    ) -> Lines:
        """Return the loop over the available messages of a kind that begin with some fields, ascending."""
        whole = self.layout.places[network]
        if isinstance(whole.shape, Copies):
            return self._each_in_bag(whole, record, words, name, body)
        place = self.layout.parts[network, record]
        if self.needs_test(record):
            return self._each_tested(network, record, words, name, body)
        if isinstance(place.shape, ListedSet):
            return self._each_listed(network, record, words, name, body)
        return self._each_bit(network, record, words, name, body, fixed)

    def _each_bit(
        self, network: str, record: str, words: str, name: str, body: Callable[[Val], Lines], fixed: list[Val]
    ) -> Lines:
        shape = self.layout.shapes.record(record)
        base, width = self._slice(shape, fixed)
        p = self.e.p
        if width <= WORD:
            lines = [] if base.isdigit() else [f"const unsigned {name}_base = (unsigned)({base});"]
            start = base if base.isdigit() else f"{name}_base"
            prefix = "" if start == "0" else f"{start} + "
            loop = p.loop_word(self._bits(network, record, words, start, width), prefix, shape, name, body)
            return [*lines, *loop] if not lines else ["{", *("    " + line for line in [*lines, *loop]), "}"]
        first = "" if base == "0" else f"{atom(base)} + "
        rest = f"{name}_from"
        inner = p.loop_word(
            self._bits(
                network, record, words, f"{first}{rest}", WORD, f"({width} - {rest} < 64 ? {width} - {rest} : 64)"
            ),
            f"{first}{rest} + ",
            shape,
            name,
            body,
        )
        return [f"for (unsigned {rest} = 0; {rest} < {width}; {rest} += 64)", *("    " + line for line in inner)]

    def _bits(self, network: str, record: str, words: str, start: str, width: int, shown: str = "") -> str:
        """Return the bits of available messages from a rank on."""
        place = self.layout.parts[network, record]
        sent = f"qx_slice({words}, {place.at} + {start}, {shown or width})"
        if not self.always_forged(record):
            return sent
        return f"({sent} | qx_slice({self._forged_table(record)}, {start}, {shown or width}))"

    def _slice(self, shape: Record, fixed: list[Val]) -> tuple[str, int]:
        """Return the first rank, and the number, of the messages whose first fields have these values."""
        width, base = 1, ""
        for place in shape.fields[len(fixed) :]:
            width *= place.shape.card or 1
        for place, value in zip(shape.fields, fixed, strict=False):
            own = self.e.p.rank(value)
            base = f"({base}) * {place.shape.card} + {atom(own)}" if base else own
        return (f"({base}) * {width}" if base and width > 1 else base or "0"), width

    def any_slice(self, network: str, record: str, words: str, fixed: list[Val]) -> str | None:
        """Return whether any message with these first fields is available, if that is one slice of bits."""
        if (network, record) not in self.layout.parts or not self._is_bits(network, record) or self.needs_test(record):
            return None
        base, width = self._slice(self.layout.shapes.record(record), fixed)
        return f"{self._bits(network, record, words, f'(unsigned)({base})', width)} != 0" if width <= WORD else None

    def _each_tested(self, network: str, record: str, words: str, name: str, body: Callable[[Val], Lines]) -> Lines:
        """Go through all values of a message type, and keep those that are available."""
        self._want_few(record)
        available = self._available(network, record)
        return self.e.each_member(
            RecordType(record),
            name,
            lambda v: [f"if (!{available}({words}, {self.e.p.c(v)}))", "    continue;", *body(v)],
        )

    def _want_few(self, record: str) -> None:
        """Raise I010 where the interpreter does: too many messages to list."""
        universe(RecordType(record), self.layout.shapes.system, self.layout.shapes.instance)

    def _each_listed(self, network: str, record: str, words: str, name: str, body: Callable[[Val], Lines]) -> Lines:
        place = self.layout.parts[network, record]
        sent = Val(place.shape, spot=Spot(words, place.at))
        if not self.always_forged(record):
            return self.e.p.loop(sent, name, body)
        return self.e.each_member(
            RecordType(record),
            name,
            lambda v: [f"if (!{self._listed(network, record, words, v)})", "    continue;", *body(v)],
        )

    def _each_in_bag(self, place: Place, record: str, words: str, name: str, body: Callable[[Val], Lines]) -> Lines:
        """Go through the messages of a kind in a bag, however many copies there are of each."""
        shape = place.shape
        assert isinstance(shape, Copies)
        p, bag = self.e.p, f"({words} + {place.at // WORD})"
        listed = Val(shape.element, spot=Spot(bag, WORD, (f"{name}_at * {shape.stride}",)))
        lines, message = p.declare(f"{name}_any" if isinstance(shape.element, Variants) else name, listed)
        if isinstance(shape.element, Variants):
            tag = shape.element.tag(record)
            own = p.part(message, shape.element.payload_at, shape.element.variants[tag])
            test = f"if ({self.e.access.tag(message)} != {tag})"
            more, message = p.declare(name, own)
            lines += [test, "    continue;", *more]
        inside = [*lines, *body(message)]
        return [
            f"for (unsigned {name}_at = 0; {name}_at < {bag}[0]; {name}_at++) {{",
            *("    " + line for line in inside),
            "}",
        ]

    def _in_bag(self, place: Place, words: str, value: Val) -> str:
        shape = place.shape
        assert isinstance(shape, Copies)
        bag = f"{words} + {place.at // WORD}"
        if shape.element.is_wide:
            return f"qx_wide_has({bag}, {shape.element.words}, {self.e.p.c(value)})"
        return f"qx_list_has({bag}, {shape.stride}, {self.e.p.code(value)})"

    # -- changing them -----------------------------------------------------------------------------------------------

    def send(self, network: str, message: ir.Expr, words: str, scope: Scope) -> Lines:
        """Return what adds a message to a message set."""
        match message:
            case ir.Make(type=RecordType(name), args=args) if self._is_bits(network, name):
                number = self.e.p.rank_of_fields(self.layout.shapes.record(name), self.e.fields(name, args, scope))
                return [f"qx_add({words}, {self.layout.parts[network, name].at} + (unsigned)({number}));"]
            case _:
                return self._send(network, self.e.value(message, scope), words)

    def _send(self, network: str, value: Val, words: str) -> Lines:
        shape = value.shape
        if isinstance(shape, Record):
            place = self.layout.parts[network, str(shape.type)]
            if isinstance(place.shape, BitSet):
                return [f"qx_add({words}, {place.at} + (unsigned)({self.e.p.rank(value)}));"]
            listed = place.shape
            assert isinstance(listed, ListedSet)
            room, bag = self.e.p.room(listed), f"{words} + {place.at // WORD}"
            if shape.is_wide:
                return [f"qx_wide_add({bag}, {shape.words}, {listed.capacity}, {room}, {self.e.p.c(value)});"]
            return [f"qx_list_add({bag}, {listed.stride}, {listed.capacity}, {room}, {self.e.p.code(value)});"]
        assert isinstance(shape, Variants)
        inside = Val(shape, "message")
        lines = [f"switch ({self.e.access.tag(inside)}) {{"]
        for i, variant in enumerate(shape.variants):
            own = self._send(network, self.e.p.part(inside, shape.payload_at, variant), "t")
            lines += [f"case {i}:", *("    " + line for line in own), "    break;"]
        body = [*lines, "default:", "    break;", "}"]
        head = f"uint64_t *t, {self.e.p.passed(shape)}message"
        name = self._define(
            ("send", network, shape), f"send_{network}", head, body, f"Adds a message to {network}.", "void"
        )
        return [f"{name}({words}, {self.e.p.c(value)});"]

    def put_in_bag(self, network: str, value: Val, words: str) -> Lines:
        """Return what adds a copy of a message to a bag."""
        place = self.layout.places[network]
        shape = place.shape
        assert isinstance(shape, Copies)
        bag, room = f"{words} + {place.at // WORD}", self.e.p.room(shape)
        rest = f"{shape.capacity}, {shape.counts_at}, {room}"
        if shape.element.is_wide:
            return [f"qx_wide_bag_add({bag}, {shape.element.words}, {rest}, {self.e.p.c(value)});"]
        return [f"qx_bag_add({bag}, {shape.stride}, {rest}, {self.e.p.code(value)});"]

    def take_from_bag(self, network: str, value: Val, words: str) -> str:
        """Return the call that takes a copy of a message out of a bag, and says whether there was one."""
        place = self.layout.places[network]
        shape = place.shape
        assert isinstance(shape, Copies)
        bag = f"{words} + {place.at // WORD}"
        if shape.element.is_wide:
            return f"qx_wide_bag_take({bag}, {shape.element.words}, {shape.counts_at}, {self.e.p.c(value)})"
        return f"qx_bag_take({bag}, {shape.stride}, {shape.counts_at}, {self.e.p.code(value)})"

    def is_in_bag(self, network: str, value: Val, words: str) -> str:
        """Return the test whether there is a copy of a message in a bag."""
        return self._in_bag(self.layout.places[network], words, value)

    def whole(self, network: str, record: str, words: str) -> tuple[Shape, Callable[[Callable[[Val], Lines]], Lines]]:
        """Return the shape of the set of available messages of a kind, and the loop over them."""
        from checker.ir.types import SetType

        shape = self.layout.shapes.of(SetType(RecordType(record)))
        return shape, lambda body: self.each(network, record, words, "x", body, [])

    def _define(self, key: object, wanted: str, parameters: str, body: Lines, remark: str, result: str = "bool") -> str:
        definitions = self.e.definitions
        if key not in definitions.names:
            name = definitions.names[key] = definitions.name(wanted)
            definitions.add(name, function(comment(remark), f"{result} {name}({parameters})", body))
        return definitions.names[key]
