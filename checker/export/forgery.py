"""The messages that Byzantine processes can forge, as TLA+ operators of what has been sent.

For each kind of signed message there is the set of those that can be made up (`ForgedCommit`) and of those available
(`AvailableCommit(sent)`), and for networks as a whole `Available(sent)`. Kinds that carry other signed messages come
after those, because what is inside has to be available itself.
"""

from __future__ import annotations

from checker.diagnostics import error
from checker.export.encoding import Encoding, is_listable, union
from checker.export.layout import HARD, LINE, Align, Doc, Group, Nest
from checker.ir.system import FieldDecl, GivenDecl, RecordDecl
from checker.ir.types import OptionType, RecordType, SetType, Type, UnionType, record_names


def forged_definitions(encoding: Encoding) -> list[Doc]:
    """Return the definitions with their comments; none if the model has no Byzantine processes.

    Raises:
        QuoraxError: E005, if a forged message could have endlessly many values.

    """
    if not encoding.has_forgers:
        return []
    forgery = _Forgery(encoding)
    definitions: list[Doc] = [forgery.of_kind(record) for record in forgery.in_order()]
    return [*definitions, ("\\* All messages that are there.", HARD, forgery.any_available())]


class _Forgery:
    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._names = encoding.names
        self._signed = {r.name: r for r in encoding.system.records if r.signer is not None}
        self._byzantine = {str(_members(g)): g.name for g in encoding.system.givens if g.kind == "byzantine"}

    def in_order(self) -> list[RecordDecl]:
        """Return the signed kinds, each after those that it can carry."""
        placed: dict[str, RecordDecl] = {}

        def place(record: RecordDecl) -> None:
            for name in self._inside(record):
                if name not in placed:
                    place(self._signed[name])
            placed[record.name] = record

        for record in self._signed.values():
            if record.name not in placed:
                place(record)
        return list(placed.values())

    def of_kind(self, record: RecordDecl) -> Doc:
        """Return the definitions for one kind of message."""
        comment = f"\\* The {record.name} messages that can be forged, and all that are there."
        return (comment, HARD, self.forged(record), HARD, self.available(record))

    def forged(self, record: RecordDecl) -> Doc:
        """Return the definition of the messages of a kind that Byzantine processes can sign."""
        sets = [self._field_set(record, f) for f in record.fields]
        return (self._forged_name(record), " ==", Group(Nest(4, (LINE, self._encoding.record_set(record.name, sets)))))

    def available(self, record: RecordDecl) -> Doc:
        """Return the definition of the messages of a kind that were sent or can be forged."""
        sent = f'{self._encoding.operator("Of")}(sent, "{record.name}")'
        return (f"{self._names.available[record.name]}(sent) == {sent} \\cup ", self._forged_name(record))

    def any_available(self) -> Doc:
        """Return the definition of all messages that were sent or can be forged."""
        sets: list[Doc] = ["sent", *(self._forged_name(r) for r in self._signed.values())]
        return (f"{self._names.any_available}(sent) ==", Group(Nest(4, (LINE, Align(union(sets))))))

    def _forged_name(self, record: RecordDecl) -> str:
        name = self._names.forged[record.name]
        return f"{name}(sent)" if self._inside(record) else name

    def _field_set(self, record: RecordDecl, field: FieldDecl) -> Doc:
        if field.name == record.signer:
            byzantine = self._byzantine.get(str(field.type))
            return "{}" if byzantine is None else self._names.givens[byzantine]
        if not is_listable(field.type, self._encoding.system):
            raise error(
                field.span,
                "E005",
                f"a Byzantine process can forge endless {record.name} messages: {field.name} is {field.type}",
                "give the field a finite type",
            )
        return self._available_values(field.type)

    def _available_values(self, kind: Type) -> Doc:
        """Return the values of a type in which every signed message is available."""
        if not self._signed_in(kind):
            return self._encoding.type_set(kind)
        match kind:
            case RecordType(name) if name in self._signed:
                return f"{self._names.available[name]}(sent)"
            case RecordType(name):
                fields = self._encoding.system.record(name).fields
                return self._encoding.record_set(name, [self._available_values(f.type) for f in fields])
            case UnionType(names):
                return union([self._available_values(RecordType(name)) for name in names])
            case OptionType(inner):
                return union([self._available_values(inner), f"{{{self._encoding.none()}}}"])
            case SetType(inner):
                return ("SUBSET (", self._available_values(inner), ")")
            case _:
                raise AssertionError(f"{kind} bears no signatures")

    def _inside(self, record: RecordDecl) -> tuple[str, ...]:
        """Return the signed kinds that a message can carry, at any depth of unsigned records."""
        return tuple(dict.fromkeys(n for f in record.fields for n in self._signed_in(f.type)))

    def _signed_in(self, kind: Type) -> tuple[str, ...]:
        match kind:
            case RecordType() | UnionType():
                found: list[str] = []
                for name in record_names(kind):
                    is_signed = name in self._signed
                    found += [name] if is_signed else self._inside(self._encoding.system.record(name))
                return tuple(found)
            case OptionType(inner) | SetType(inner):
                return self._signed_in(inner)
            case _:
                return ()


def _members(given: GivenDecl) -> Type:
    assert isinstance(given.type, SetType)
    return given.type.element
