"""Parts of records, unions, maps and sequences in C: fields, variants, entries and elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.explicit.generate.common import common
from checker.explicit.generate.text import atom, comment, function, indented, negated
from checker.explicit.generate.values import Val, evaluated
from checker.explicit.shapes import Array, Maybe, Record, Sequence, Shape, Variants
from checker.ir import expr as ir
from checker.ir.types import BOOL, EmptyType, IntType, MapType, OptionType, SeqType, SetType, Type

if TYPE_CHECKING:
    from checker.explicit.generate.expressions import Expressions, Scope


class Access:
    """How generated code gets at parts of values."""

    def __init__(self, expressions: Expressions) -> None:
        self.e = expressions
        self.p = expressions.p
        self._made: dict[object, tuple[str, Shape]] = {}

    def field(self, record: Val, name: str) -> Val:
        """Return a field that a value has, or may have: of one that lacks it, the C code gives up."""
        match record.shape:
            case Record() as shape:
                place = shape.place(name)
                return self.p.part(record, place.at, place.shape)
            case Maybe():
                return self.field(self.p.some(record), name)
            case Variants() as shape:
                return self._field_of_any(record, shape, name)
            case _:
                raise AssertionError(f"{record.type} has no fields")

    def _field_of_any(self, record: Val, shape: Variants, name: str) -> Val:
        """Return a field that the variants have in different places, or not at all, by a function of the record."""
        key = ("field", shape, name)
        if key not in self._made:
            having = [(i, v) for i, v in enumerate(shape.variants) if any(p.name == name for p in v.fields)]
            kind = having[0][1].place(name).shape.type
            for _, variant in having[1:]:
                kind = common(kind, variant.place(name).shape.type)
            result, value = self.e.shape(kind), Val(shape, "value")
            lines = [f"switch ({self.tag(value)}) {{"]
            for i, variant in having:
                own = self.field(self.p.part(value, shape.payload_at, variant), name)
                lines += [f"case {i}: {{", *indented(self.p.returned(self.p.convert(own, result))), "}"]
            lines += ["default:", "    qx_give_up(QX_UNDEFINED, 0);", "}"]
            c_name = self.e.definitions.name(f"{name}_of_any")
            head = f"{self.p.ctype(result)} {c_name}({self.p.passed(shape)}value)"
            self.e.definitions.add(c_name, function(comment(f"The {name} of whatever has one."), head, lines))
            self._made[key] = c_name, result
        c_name, result = self._made[key]
        return self.p.result(result, f"{c_name}({self.p.c(record)})")

    def tag(self, value: Val) -> str:
        """Return which variant of a union a value is."""
        shape = value.shape
        assert isinstance(shape, Variants)
        return self.p.c(self.p.part(value, shape.tag_at, self.e.shape(IntType(0, (1 << shape.tag_bits) - 1))))

    def is_variant(self, value: Val, record: str) -> str:
        """Return the test whether a value is a record of this name."""
        match value.shape:
            case Record():
                return evaluated(self.p.c(value), "true" if str(value.type) == record else "false")
            case Variants() as shape:
                return f"{atom(self.tag(value))} == {shape.tag(record)}"
            case Maybe(inner=Record() as inner):
                is_it = str(inner.type) == record
                return negated(self.p.is_none(value)) if is_it else evaluated(self.p.c(value), "false")
            case Maybe(inner=Variants()):
                name = self._variant_test(value.shape, record)
                return f"{name}({self.p.c(value)})"
            case _:
                return evaluated(self.p.c(value), "false")

    def _variant_test(self, shape: Maybe, record: str) -> str:
        key = ("is", shape, record)
        if key not in self._made:
            name = self.e.definitions.name(f"is_{record}")
            value = Val(shape, "value")
            inner = self.is_variant(self.p.some(value, is_known=True), record)
            body = [f"return !({self.p.is_none(value)}) && {inner};"]
            self.e.definitions.add(name, function("", f"bool {name}({self.p.passed(shape)}value)", body))
            self._made[key] = name, self.e.shape(BOOL)
        return self._made[key][0]

    def given_up(self, value: Val, kind: Type) -> Val:
        """Return what stands for the value inside of None: there is none."""
        shape = self.e.shape(shortest(kind))
        inner = self.p.zero(shape)
        return Val(shape, f"((void)({self.p.c(value)}), qx_want(false), {self.p.c(inner)})")

    def indexed(self, target: Val, key: ir.Expr, scope: Scope) -> Val:
        """Return the entry of a map at a key, or an element of a sequence."""
        match target.shape:
            case Array() as shape:
                return self.entry(target, shape, self.key(target.type, key, scope))
            case Sequence() as shape:
                if shape.capacity == 0 or isinstance(shape.element.type, EmptyType):
                    return self.given_up(
                        Val(target.shape, evaluated(self.p.c(target), self.p.c(self.e.value(key, scope)))),
                        shape.element.type,
                    )
                index = f"qx_index({self.p.c(self.e.value(key, scope))}, {self.p.length(target)})"
                return self.p.element(target, index)
            case _:
                raise AssertionError(f"{target.type} cannot be indexed")

    def entry(self, target: Val, shape: Array, index: str) -> Val:
        """Return the entry of a map at the place of a key."""
        if index.isdigit():
            return self.p.part(target, shape.at(int(index)), shape.element)
        if shape.is_wide:
            return self.p.part(target, 0, shape.element, f"{atom(index)} * {shape.stride}")
        at = f"({shape.count - 1} - {atom(index)}) * {shape.stride}"
        return self.p.part(target, 0, shape.element, at)

    def key(self, kind: Type, key: ir.Expr, scope: Scope) -> str:
        """Return the place of a key in a map; gives up if the map has no such key."""
        value = self.e.value(key, scope)
        match kind:
            case MapType(IntType(low, high), _):
                assert isinstance(low, int)
                assert isinstance(high, int)
                offset = f" - {low}" if low > 0 else f" + {-low}" if low else ""
                return f"qx_index({self.p.c(value)}{offset}, {high - low + 1})"
            case _:
                return f"(unsigned){atom(self.p.c(value))}"


def has_field(shape: Shape, name: str) -> bool:
    """Return whether a value may have a field: None has none, nor has every variant of a union."""
    match shape:
        case Record(fields=fields):
            return any(p.name == name for p in fields)
        case Variants(variants=variants):
            return any(has_field(v, name) for v in variants)
        case Maybe(inner=inner):
            return has_field(inner, name)
        case _:
            return False


def shortest(kind: Type) -> Type:
    """Return a type whose sequences without a capacity have room for nothing: for a value that is never there."""
    match kind:
        case SeqType(element, None):
            return SeqType(shortest(element), 0)
        case OptionType(inner):
            return OptionType(shortest(inner))
        case SetType(element):
            return SetType(shortest(element))
        case MapType(key, value):
            return MapType(key, shortest(value))
        case _:
            return kind
