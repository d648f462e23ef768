"""What a model declares outside its class: domains, quorum systems, records, constants and module-level helpers.

The registry turns the objects that a model's names stand for (found in the module where the name is used, `replace`
applied) into IR declarations, and remembers each once.
"""

from __future__ import annotations

import ast
import difflib
import enum
import sys
import types
import typing
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from checker.diagnostics import Span, error
from checker.dsl.collections import Map, Range, Seq
from checker.dsl.domains import Bound, Order, QuorumSystem, Sort
from checker.dsl.model import Marker
from checker.dsl.networks import Bag, Fifo, MessageSet
from checker.dsl.source import SourceFile, Sources, docstring
from checker.ir.system import DomainDecl, FieldDecl, GivenDecl, QuorumDecl, RecordDecl
from checker.ir.types import (
    BOOL,
    BagType,
    BoolType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    QuorumType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    UnionType,
)

TypeVariables = Mapping[Any, Any]
"""What the type variables of a generic class (`Restarts[Server]`) stand for."""


class Registry:
    """Declarations of one system, by name. `rank` orders them by file and line."""

    def __init__(self, sources: Sources, replaced: list[Mapping[Any, Any]]) -> None:
        self.sources = sources
        self.replaced = replaced
        self.domains: dict[str, DomainDecl] = {}
        self.quorums: dict[str, QuorumDecl] = {}
        self.records: dict[str, RecordDecl] = {}
        self.bounds: dict[str, GivenDecl] = {}
        self.classes: dict[str, type] = {}
        self._modules: list[str] = []

    def replacement(self, name: str, thing: Any) -> Any:
        """Return what a variant puts in the place of an object: by identity of classes, else by module-level name."""
        for table in self.replaced:
            for key, value in table.items():
                if key is thing or key == name:
                    thing = value
        return thing

    def rank(self, name: str) -> tuple[int, int]:
        """Return a key that sorts declarations by file, in order of first use, and line."""
        cls = self.classes[name]
        _, node = self.sources.of_class(cls)
        return (self._modules.index(cls.__module__), node.lineno)

    def type_of_annotation(
        self, node: ast.expr, file: SourceFile, names: Mapping[str, Any], variables: TypeVariables
    ) -> tuple[Type, str]:
        """Return the type that an annotation names, and its marker ("" | constant | budget | volatile | byzantine).

        Raises:
            QuoraxError: M020 for an annotation that does not evaluate, M021 for one that is no type of the language.
        """
        span = file.span(node)
        try:
            expression = ast.Expression(ast.parse(node.value, mode="eval").body if _is_text(node) else node)  # type: ignore[attr-defined]
            code = compile(ast.fix_missing_locations(expression), file.name, "eval")
            value = eval(code, dict(names))
        except Exception as problem:
            raise error(span, "M020", f"cannot read this type: {problem}", _suggest_type(problem, names)) from None
        marker = ""
        if typing.get_origin(value) is typing.Annotated:
            for mark in value.__metadata__:
                if isinstance(mark, Marker):
                    marker = mark.kind
                    value = typing.get_args(value)[0]
                    break
        return self.type_of(value, span, variables), marker

    def type_of(self, value: Any, span: Span, variables: TypeVariables) -> Type:
        """Return the type that a runtime annotation stands for; see `type_of_annotation`."""
        value = self.replacement(getattr(value, "__name__", ""), value)
        origin, args = typing.get_origin(value), typing.get_args(value)
        if isinstance(value, typing.TypeVar):
            if value not in variables:
                raise error(span, "M021", f"the type variable {value} stands for nothing here")
            return self.type_of(variables[value], span, variables)
        if value is bool:
            return BOOL
        if value is int:
            return IntType()
        if origin is typing.Annotated:
            return self._annotated(args, span)
        if origin in (typing.Union, types.UnionType):
            return self._union(args, span, variables)
        if isinstance(value, type) and origin is None and self.declare(value, span) is not None:
            declared = self.declare(value, span)
            assert declared is not None
            return declared
        if origin is not None:
            return self._generic(origin, args, span, variables)
        shown = getattr(value, "__name__", None) or repr(value)
        raise error(
            span,
            "M021",
            f"{shown} is not a type of the language",
            "use bool, int, an Enum, Sort, Order, record, message, quorum system, T | None, Set, Map, Seq or a network",
        )

    def _annotated(self, args: tuple[Any, ...], span: Span) -> Type:
        bounds = next((m for m in args[1:] if isinstance(m, Range)), None)
        if args[0] is not int or bounds is None:
            raise error(
                span, "M022", "this annotation has no Range", "write Annotated[int, Range(0, 3)] for a ranged integer"
            )
        return IntType(self._end(bounds.low, span), self._end(bounds.high, span))

    def _end(self, end: Any, span: Span) -> int | str:
        end = self.replacement(getattr(end, "__name__", ""), end)
        if isinstance(end, bool) or not isinstance(end, int | type):
            raise error(span, "M022", f"{end!r} is no end of a Range", "use a number or a Bound")
        if isinstance(end, int):
            return end
        return self._bound(end, span)

    def _bound(self, cls: Any, span: Span) -> str:
        if not (isinstance(cls, type) and issubclass(cls, Bound)):
            raise error(
                span, "M022", f"{getattr(cls, '__name__', cls)!s} is not a Bound", "declare `class LogLength(Bound)`"
            )
        if cls.__name__ not in self.bounds:
            file, node = self._definition(cls, span)
            self.bounds[cls.__name__] = GivenDecl(
                cls.__name__, IntType(0, None), "bound", docstring(node), span=file.span(node)
            )
        return cls.__name__

    def _union(self, args: tuple[Any, ...], span: Span, variables: TypeVariables) -> Type:
        parts = [self.type_of(a, span, variables) for a in args if a is not type(None)]
        names = [p.name for p in parts if isinstance(p, RecordType)]
        if len(parts) == 1:
            merged = parts[0]
        elif len(names) == len(parts):
            merged = UnionType(tuple(dict.fromkeys(names)))
        else:
            raise error(
                span,
                "M023",
                f"{' | '.join(map(str, parts))}: only records and messages may be alternatives",
                "wrap the others in a @record each",
            )
        return OptionType(merged) if len(parts) < len(args) else merged

    def _generic(self, origin: Any, args: tuple[Any, ...], span: Span, variables: TypeVariables) -> Type:
        if origin is Map:
            key = self.type_of(args[0], span, variables)
            if not _is_key(key):
                raise error(
                    span,
                    "M024",
                    f"{key} cannot be the key of a Map",
                    "keys are members of a Sort, Order or Enum, bool, or an int with a Range",
                )
            return MapType(key, self.type_of(args[1], span, variables))
        if origin is Seq:
            return SeqType(self.type_of(args[0], span, variables), self._bound(self._resolved(args[1]), span))
        if origin in (AbstractSet, frozenset, set):
            return SetType(self.type_of(args[0], span, variables))
        if origin in (MessageSet, Bag, Fifo):
            messages = self.type_of(args[1 if origin is Fifo else 0], span, variables)
            if not isinstance(messages, RecordType | UnionType):
                raise error(span, "M025", f"{messages} is not a message", "networks carry @message classes")
            if origin is Fifo:
                endpoint = self.type_of(args[0], span, variables)
                if not isinstance(endpoint, SortType):
                    raise error(span, "M025", f"{endpoint} is not a Sort", "write Fifo[Server, Messages, Bound]")
                return FifoType(endpoint, messages, self._bound(self._resolved(args[2]), span))
            return MessageSetType(messages) if origin is MessageSet else BagType(messages)
        if isinstance(origin, type) and issubclass(origin, tuple):
            raise error(span, "M021", "tuples are not part of the language", "declare a @record with named fields")
        name = getattr(origin, "__name__", str(origin))
        raise error(span, "M021", f"{name} is not a type of the language", "use Set, Map, Seq, T | None or a network")

    def _resolved(self, value: Any) -> Any:
        return self.replacement(getattr(value, "__name__", ""), value)

    def declare(self, cls: type, span: Span) -> Type | None:
        """Return the type that a class declares and remember its declaration; None if it declares no type.

        Raises:
            QuoraxError: M026 if another class of the model has the same name.
        """
        cls = self._resolved(cls)
        maker = self._maker(cls)
        if maker is None:
            return None
        name = cls.__name__
        known = self.classes.get(name)
        if known is None:
            self.classes[name] = cls
            if cls.__module__ not in self._modules:
                self._modules.append(cls.__module__)
            file, node = self._definition(cls, span)
            maker(cls, file, node)
        elif known is not cls:
            raise error(span, "M026", f"two classes of this model are called {name}", "rename one of them")
        return self.quorums[name].type if name in self.quorums else _declared_type(cls)

    def _definition(self, cls: type, span: Span) -> tuple[SourceFile, ast.ClassDef]:
        if cls.__module__.startswith("checker."):
            raise error(
                span,
                "M021",
                f"{cls.__name__} itself is no domain",
                f"declare a class of your own that extends {cls.__name__}",
            )
        return self.sources.of_class(cls)

    def _maker(self, cls: Any) -> Any:
        if not isinstance(cls, type):
            return None
        if issubclass(cls, Sort | Order | enum.Enum):
            return self._make_domain
        if issubclass(cls, QuorumSystem):
            return self._make_quorum
        return self._make_record if hasattr(cls, "__dataclass_fields__") else None

    def _make_domain(self, cls: type, file: SourceFile, node: ast.ClassDef) -> None:
        members = tuple(m.name for m in cls) if issubclass(cls, enum.Enum) else ()
        declared = _declared_type(cls)
        assert isinstance(declared, SortType | OrderType | EnumType)
        self.domains[cls.__name__] = DomainDecl(declared, members, docstring(node), span=file.span(node))

    def _make_quorum(self, cls: type[Any], file: SourceFile, node: ast.ClassDef) -> None:
        base = _quorum_base(cls)
        if base is None:
            raise error(file.span(node), "M027", f"{cls.__name__} is over no Sort", "write Majority[Acceptor]")
        self.type_of(base, file.span(node), {})
        self.quorums[cls.__name__] = QuorumDecl(
            QuorumType(cls.__name__, SortType(self._resolved(base).__name__)),
            cls.size,
            docstring(node),
            span=file.span(node),
        )

    def _make_record(self, cls: type[Any], file: SourceFile, node: ast.ClassDef) -> None:
        if node.bases:
            raise error(
                file.span(node), "M018", f"{cls.__name__} extends another class", "list all fields of the record"
            )
        signer = getattr(cls, "__message__", None)
        placeholder = RecordDecl(cls.__name__, (), signer is not None, span=file.span(node))
        self.records[cls.__name__] = placeholder
        names = vars(sys.modules[cls.__module__])
        fields: list[FieldDecl] = []
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                kind, _ = self.type_of_annotation(item.annotation, file, names, {})
                if isinstance(kind, MessageSetType | BagType | FifoType):
                    raise error(file.span(item), "M025", "a record cannot hold a network", "keep networks in the model")
                check_bounded(item.target.id, kind, file.span(item))
                if cls.__name__ in _record_names_inside(kind, self.records):
                    raise error(
                        file.span(item), "M028", f"{cls.__name__} contains itself", "values of the language are finite"
                    )
                fields.append(FieldDecl(item.target.id, kind, span=file.span(item)))
        if signer and not any(f.name == signer and isinstance(f.type, SortType) for f in fields):
            raise error(
                file.span(node), "M029", f"signed_by={signer!r} names no field of a Sort", "name the sender's field"
            )
        self.records[cls.__name__] = RecordDecl(
            cls.__name__, tuple(fields), signer is not None, signer or None, docstring(node), span=file.span(node)
        )


def check_bounded(name: str, kind: Type, span: Span) -> None:
    """Raise if something that is stored holds an integer without a range: its values could not be counted.

    Raises:
        QuoraxError: M011.
    """
    match kind:
        case IntType(low, high) if low is None or high is None:
            raise error(span, "M011", f"{name} holds an int without a range", "use Annotated[int, Range(0, 3)]")
        case MapType(_, inner) | SetType(inner) | SeqType(inner) | OptionType(inner):
            check_bounded(name, inner, span)
        case _:
            pass


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "did you mean …" for the nearest known name, or the empty string."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {matches[0]}?" if matches else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _suggest_type(problem: Exception, names: Mapping[str, Any]) -> str:
    if isinstance(problem, NameError) and problem.name:
        return nearest(problem.name, names) or f"define or import {problem.name}"
    return "write a type of the language"


def _is_key(kind: Type) -> bool:
    match kind:
        case SortType() | OrderType() | EnumType() | BoolType():
            return True
        case IntType(low, high):
            return low is not None and high is not None
        case _:
            return False


def _declared_type(cls: type) -> Type:
    if issubclass(cls, Sort):
        return SortType(cls.__name__)
    if issubclass(cls, Order):
        return OrderType(cls.__name__)
    if issubclass(cls, enum.Enum):
        return EnumType(cls.__name__)
    if issubclass(cls, QuorumSystem):
        base = _quorum_base(cls)
        return QuorumType(cls.__name__, SortType(base.__name__ if base else ""))
    return RecordType(cls.__name__)


def _quorum_base(cls: type) -> type | None:
    """Return the sort in `class Q(Majority[Acceptor])`, looking through intermediate classes."""
    for ancestor in cls.__mro__:
        for base in getattr(ancestor, "__orig_bases__", ()):
            for argument in typing.get_args(base):
                if isinstance(argument, type) and issubclass(argument, Sort):
                    return argument
    return None


def _record_names_inside(kind: Type, records: Mapping[str, RecordDecl]) -> set[str]:
    match kind:
        case RecordType(name):
            inner = [f.type for f in records[name].fields] if name in records else []
            return {name}.union(*(_record_names_inside(k, records) for k in inner))
        case UnionType(names):
            return set().union(*(_record_names_inside(RecordType(n), records) for n in names))
        case OptionType(inner) | SetType(inner) | SeqType(inner) | MapType(_, inner):
            return _record_names_inside(inner, records)
        case _:
            return set()
