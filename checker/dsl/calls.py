"""Calls inside expressions: records, helpers, and the words for collections, networks and quorums."""

from __future__ import annotations

import ast
import builtins
import enum
from types import FunctionType
from typing import Any

from checker.dsl import collections as words
from checker.dsl import expressions, functions
from checker.dsl.domains import Order, QuorumSystem, Sort
from checker.dsl.model import Model, choose, require, spend, successor
from checker.dsl.registry import nearest
from checker.dsl.scope import Scope
from checker.ir.expr import (
    Call,
    Const,
    Covers,
    Expr,
    Extremum,
    Index,
    Interval,
    IsVariant,
    Ite,
    Less,
    Make,
    MakeMap,
    MakeSeq,
    MakeSet,
    Messages,
    Only,
    Size,
    Universe,
    Unwrap,
)
from checker.ir.types import (
    BOOL,
    INT,
    NOTHING,
    BagType,
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
    Type,
    record_names,
)
from checker.ir.values import channels_type

STATEMENTS = {require: "require", choose: "choose", successor: "successor", spend: "spend"}


def call(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    """Return the IR of a call.

    Raises:
        QuoraxError: M051–M059, for calls that are not part of the language or have the wrong arguments.
    """
    if isinstance(node.func, ast.Attribute):
        found = _method_call(node, node.func, scope)
        if found is not None:
            return found
    target = scope.lookup(node.func)
    if isinstance(node.func, ast.Name) and node.func.id in scope.locals:
        raise scope.error(node, "M051", f"{node.func.id} is a value and cannot be called")
    if target is None:
        name = ast.unparse(node.func)
        known = [*scope.method.names, *(f"self.{m}" for m in scope.members.methods)]
        bare = name.removeprefix(f"{scope.self_name}.")
        hint = f"write self.{bare}(...)" if bare in scope.members.methods else nearest(name, known)
        raise scope.error(node.func, "M030", f"unknown function {name}", hint or "define it, or import it")
    return _outside_call(node, target, scope, expected)


def universe_of(node: ast.expr, scope: Scope) -> Expr | None:
    """Return the set of all members if `node` names a domain class (`for a in Acceptor`), else None."""
    target = scope.lookup(node)
    if target is builtins.bool:
        return Universe(SetType(BOOL), span=scope.span(node))
    if isinstance(target, type) and issubclass(target, Sort | Order | QuorumSystem | enum.Enum):
        kind = scope.registry.declare(target, scope.span(node))
        if kind is not None:
            return Universe(SetType(kind), span=scope.span(node))
    return None


def empty_seq(expected: Type, expr: Expr) -> Expr:
    """Return an empty sequence as a value of `expected`."""
    inner = expected.inner if isinstance(expected, OptionType) else expected
    return MakeSeq(inner, (), span=expr.span) if isinstance(inner, SeqType) else expr


def _method_call(node: ast.Call, func: ast.Attribute, scope: Scope) -> Expr | None:
    """Calls with a dot whose left side is the model, a network, a quorum system, an order or a value."""
    if isinstance(func.value, ast.Name) and func.value.id not in scope.locals:
        if func.value.id == scope.self_name and scope.self_name:
            return _helper_of_model(node, func, scope, old=False)
        if func.value.id == scope.old_name and scope.old_name:
            return _helper_of_model(node, func, scope, old=True)
    owner = scope.lookup(func.value)
    if isinstance(owner, type) and issubclass(owner, QuorumSystem) and func.attr == "covers":
        return _covers(node, owner, scope)
    if isinstance(owner, type) and issubclass(owner, Order) and func.attr == "first":
        arguments(node, scope, "first", 0)
        kind = scope.registry.declare(owner, scope.span(node))
        assert isinstance(kind, OrderType)
        return Const(kind, 0, span=scope.span(node))
    if owner is not None:
        return None
    return _network_call(node, func, scope)


def _helper_of_model(node: ast.Call, func: ast.Attribute, scope: Scope, old: bool) -> Expr:
    if func.attr not in scope.members.methods:
        if func.attr in scope.members.variables:
            raise scope.error(node, "M051", f"{func.attr} is a variable and cannot be called", "index it with [...]")
        if func.attr in vars(Model):
            raise scope.error(node, "M052", f"{func.attr} is a statement", "write it on a line of its own")
        raise scope.error(
            func,
            "M032",
            f"the model has no method {func.attr}",
            nearest(func.attr, scope.members.names()) or "define it in the class",
        )
    if scope.members.roles.get(func.attr):
        raise scope.error(
            node, "M053", f"{func.attr} is an {scope.members.roles[func.attr]}: it cannot be called", "share a helper"
        )
    return functions.call_helper(func.attr, node, scope, old)


def _network_call(node: ast.Call, func: ast.Attribute, scope: Scope) -> Expr:
    target = expressions.compile_expr(func.value, scope)
    span = scope.span(node)
    match target.type, func.attr:
        case (MessageSetType() | BagType(), "of"):
            (argument,) = arguments(node, scope, "of", 1)
            name = _record_class(argument, scope)
            if name not in record_names(target.type.element):
                raise scope.error(
                    node, "M054", f"{name} is never sent to this network", f"it carries {target.type.element}"
                )
            return Messages(SetType(RecordType(name)), target, name, span=span)
        case (FifoType(), "channel"):
            source, destination = (
                expressions.compile_expr(a, scope, target.type.endpoint) for a in arguments(node, scope, "channel", 2)
            )
            rows = channels_type(target.type)
            assert isinstance(rows.value, MapType)
            return Index(rows.value.value, Index(rows.value, target, source, span=span), destination, span=span)
        case (MessageSetType() | BagType() | FifoType(), "send" | "receive" | "drop" | "duplicate" | "reset"):
            raise scope.error(node, "M052", f"{func.attr} is a statement", "write it on a line of its own")
        case (SeqType(), "append"):
            raise scope.error(node, "M052", "append is a statement", "write it on a line of its own")
        case _:
            raise scope.error(
                node, "M055", f"{target.type} has no method {func.attr}", "values have operators and fields, no methods"
            )


def _covers(node: ast.Call, owner: type, scope: Scope) -> Expr:
    (argument,) = arguments(node, scope, "covers", 1)
    kind = scope.registry.declare(owner, scope.span(node))
    assert isinstance(kind, QuorumType)
    return Covers(BOOL, kind.name, expressions.compile_expr(argument, scope, SetType(kind.base)), span=scope.span(node))


def _outside_call(node: ast.Call, target: Any, scope: Scope, expected: Type | None) -> Expr:
    if isinstance(target, type) and hasattr(target, "__dataclass_fields__"):
        return _make(node, target, scope)
    if any(target is word for word in STATEMENTS):
        name = STATEMENTS[target]
        usage = f"x = {name}(...)" if name in ("choose", "successor") else f"{name}(...)"
        raise scope.error(
            node, "M052", f"{name} is an action statement", f"write `{usage}` on a line of its own in an action"
        )
    for word, compile_word in _WORDS:
        if target is word:
            made: Expr = compile_word(node, scope, expected)
            return made
    if isinstance(target, FunctionType) and not target.__module__.startswith("checker."):
        return functions.call_function(target, node, scope)
    if isinstance(target, type) and issubclass(target, Sort | Order | QuorumSystem | enum.Enum):
        raise scope.error(node, "M056", f"members of {target.__name__} are not made", "iterate it or take a parameter")
    name = ast.unparse(node.func)
    raise scope.error(node, "M057", f"{name} is not part of the language", _INSTEAD.get(name, "see the reference"))


_INSTEAD = {
    "sum": "count with len({... for ...})",
    "sorted": "sets have no order; use max or min with a key",
    "list": "use Seq(...) or a set",
    "tuple": "declare a @record",
    "dict": "use mapping({k: v for k in Sort})",
    "print": "models have no side effects: look at a trace instead",
    "abs": "write x if x >= 0 else 0 - x",
    "next": "use successor(x) for orders, only(S) for sets",
    "enumerate": "index a Seq with range(len(s))",
    "zip": "index both with range(len(s))",
    "frozenset": "write set() or {... for ...}",
    "int": "values are integers already",
}


def _make(node: ast.Call, cls: type, scope: Scope) -> Expr:
    kind = scope.registry.declare(cls, scope.span(node))
    assert isinstance(kind, RecordType)
    decl = scope.registry.records[kind.name]
    given: dict[str, ast.expr] = {}
    for field, argument in zip(decl.fields, node.args, strict=False):
        given[field.name] = argument
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in given or keyword.arg not in {f.name for f in decl.fields}:
            raise scope.error(
                keyword.value,
                "M058",
                f"{kind.name} takes no argument {keyword.arg} here",
                f"its fields are {', '.join(f.name for f in decl.fields)}",
            )
        given[keyword.arg] = keyword.value
    missing = [f.name for f in decl.fields if f.name not in given]
    if missing or len(node.args) > len(decl.fields):
        wanted = ", ".join(f"{f.name}: {f.type}" for f in decl.fields)
        raise scope.error(node, "M058", f"wrong number of fields for {kind.name}", f"write {kind.name}({wanted})")
    args = tuple(expressions.compile_expr(given[f.name], scope, f.type) for f in decl.fields)
    return Make(kind, args, span=scope.span(node))


def _record_class(node: ast.expr, scope: Scope) -> str:
    target = scope.lookup(node)
    if isinstance(target, type) and hasattr(target, "__dataclass_fields__"):
        kind = scope.registry.declare(target, scope.span(node))
        if isinstance(kind, RecordType):
            return kind.name
    raise scope.error(node, "M054", f"{ast.unparse(node)} is not a message or record class", "name a @message class")


def arguments(node: ast.Call, scope: Scope, name: str, count: int) -> list[ast.expr]:
    """Return the positional arguments of a call that takes exactly `count` of them.

    Raises:
        QuoraxError: M058, if there are others.
    """
    if len(node.args) != count or node.keywords:
        raise scope.error(node, "M058", f"{name} takes {count} argument{'s' * (count != 1)}")
    return node.args


def _all_any(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    del expected
    (argument,) = arguments(node, scope, ast.unparse(node.func), 1)
    if not isinstance(argument, ast.GeneratorExp):
        raise scope.error(argument, "M059", "all and any take a generator", "write all(p(x) for x in S)")
    kind = "all" if scope.lookup(node.func) is builtins.all else "any"
    return expressions.quantifier(kind, argument, node, scope)


def _len(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    del expected
    (argument,) = arguments(node, scope, "len", 1)
    whole = universe_of(argument, scope)
    collection = whole if whole is not None else expressions.compile_expr(argument, scope)
    if not isinstance(collection.type, SetType | SeqType | QuorumType | BagType):
        raise scope.error(argument, "M047", f"{collection.type} has no length", "len is for sets, sequences and bags")
    return Size(INT, collection, span=scope.span(node))


def _set(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    if node.keywords or len(node.args) > 1:
        raise scope.error(node, "M058", "set takes at most one argument")
    if not node.args:
        return MakeSet(expected if isinstance(expected, SetType) else SetType(NOTHING), (), span=scope.span(node))
    collection, element = expressions.elements(node.args[0], scope)
    if isinstance(collection.type, SetType):
        return collection
    from checker.ir.expr import Comprehension, Generator, Local

    generator = Generator("element", collection)
    return Comprehension(SetType(element), (generator,), Local(element, "element"), span=scope.span(node))


def _range(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    del expected
    if not 1 <= len(node.args) <= 2 or node.keywords:
        raise scope.error(node, "M058", "range takes one or two arguments", "write range(n) or range(first, end)")
    ends = [expressions.compile_expr(a, scope, INT) for a in node.args]
    low = ends[0] if len(ends) == 2 else Const(INT, 0, span=scope.span(node))
    return Interval(SetType(IntType()), low, ends[-1], span=scope.span(node))


def _isinstance(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    del expected
    target, kind = arguments(node, scope, "isinstance", 2)
    value = expressions.compile_expr(target, scope)
    name = _record_class(kind, scope)
    if name not in record_names(value.type):
        raise scope.error(node, "M012", f"{value.type} is never a {name}")
    return IsVariant(BOOL, value, name, span=scope.span(node))


def _extremum(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    word = scope.lookup(node.func)
    greatest = word is builtins.max or word is words.maximal
    all_of = word is words.maximal or word is words.minimal
    name = ast.unparse(node.func)
    if not all_of and len(node.args) == 2 and not node.keywords:
        return _larger_of_two(node, greatest, scope)
    options = {k.arg: k.value for k in node.keywords}
    if len(node.args) != 1 or not set(options) <= ({"key"} if all_of else {"key", "default"}):
        raise scope.error(
            node, "M058", f"{name} takes a collection and key=", f"write {name}(S, key=lambda x: x.field)"
        )
    argument = node.args[0]
    if isinstance(argument, ast.GeneratorExp):  # max(x.f for x in S): the set of values serves as well
        comprehension = ast.copy_location(ast.SetComp(argument.elt, argument.generators), argument)
        collection, element = expressions.elements(comprehension, scope)
    else:
        collection, element = expressions.elements(argument, scope)
    variable, key = _key(options.get("key"), element, node, scope)
    default = None
    if "default" in options:
        default = expressions.compile_expr(options["default"], scope)
    kind: Type = SetType(element) if all_of else element
    if default is not None:
        kind = expressions.join_all([element, default.type], node, scope)
        default = expressions.fit(default, kind, node, scope)
    del expected
    return Extremum(kind, greatest, all_of, collection, variable, key, default, span=scope.span(node))


def _larger_of_two(node: ast.Call, greatest: bool, scope: Scope) -> Expr:
    first, second = (expressions.compile_expr(a, scope) for a in node.args)
    first, second = (
        Unwrap(e.type.inner, e, span=e.span) if isinstance(e.type, OptionType) else e for e in (first, second)
    )
    if not (isinstance(first.type, IntType | OrderType) and type(first.type) is type(second.type)):
        raise scope.error(node, "M012", f"cannot compare {first.type} with {second.type}")
    if isinstance(first.type, OrderType) and first.type != second.type:
        raise scope.error(node, "M012", f"cannot compare {first.type} with {second.type}")
    kind = INT if isinstance(first.type, IntType) else first.type
    span = scope.span(node)
    test = Less(BOOL, first, second, span=span) if greatest else Less(BOOL, second, first, span=span)
    return Ite(kind, test, second, first, span=span)


def _key(node: ast.expr | None, element: Type, whole: ast.Call, scope: Scope) -> tuple[str, Expr | None]:
    if node is None:
        if not isinstance(element, IntType | OrderType):
            raise scope.error(whole, "M060", f"{element} has no order", "say what to compare: key=lambda x: x.field")
        return "element", None
    if not (isinstance(node, ast.Lambda) and len(node.args.args) == 1 and not node.args.defaults):
        raise scope.error(node, "M060", "the key is a lambda of one parameter", "write key=lambda x: x.field")
    name = node.args.args[0].arg
    key = expressions.compile_expr(node.body, scope.inner({name: element}))
    if isinstance(key.type, OptionType):
        key = Unwrap(key.type.inner, key, span=key.span)
    if not isinstance(key.type, IntType | OrderType):
        raise scope.error(node.body, "M060", f"{key.type} has no order", "the key is an int or a member of an Order")
    return name, key


def _only(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    del expected
    (argument,) = arguments(node, scope, "only", 1)
    collection, element = expressions.elements(argument, scope)
    return Only(element, collection, span=scope.span(node))


def _seq(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    if node.keywords:
        raise scope.error(node, "M058", "Seq takes the elements in order")
    inner = expected.inner if isinstance(expected, OptionType) else expected
    element = inner.element if isinstance(inner, SeqType) else None
    items = [expressions.compile_expr(a, scope, element) for a in node.args]
    merged = element or expressions.join_all((i.type for i in items), node, scope)
    return MakeSeq(SeqType(merged), tuple(items), span=scope.span(node))


def _mapping(node: ast.Call, scope: Scope, expected: Type | None) -> Expr:
    (argument,) = arguments(node, scope, "mapping", 1)
    match argument:
        case ast.DictComp(
            key=ast.Name(id=key_name),
            value=value,
            generators=[ast.comprehension(target=ast.Name(id=name), iter=domain, ifs=[], is_async=0)],
        ) if key_name == name:
            whole = universe_of(domain, scope)
            if whole is None or not isinstance(whole.type, SetType):
                raise scope.error(domain, "M061", "a map is total: its keys are all members of a domain")
            key = whole.type.element
            wanted = expected.value if isinstance(expected, MapType) else None
            made = expressions.compile_expr(value, scope.inner({name: key}), wanted)
            return MakeMap(MapType(key, wanted or made.type), name, made, span=scope.span(node))
        case _:
            raise scope.error(node, "M061", "mapping takes {k: value for k in Domain}", "give every member a value")


_WORDS: list[tuple[Any, Any]] = [
    (builtins.all, _all_any),
    (builtins.any, _all_any),
    (builtins.len, _len),
    (builtins.set, _set),
    (builtins.range, _range),
    (builtins.isinstance, _isinstance),
    (builtins.min, _extremum),
    (builtins.max, _extremum),
    (words.maximal, _extremum),
    (words.minimal, _extremum),
    (words.only, _only),
    (words.Seq, _seq),
    (words.mapping, _mapping),
]


def called(name: str, args: tuple[Expr, ...], kind: Type, node: ast.AST, scope: Scope, old: bool = False) -> Expr:
    """Return the call of a compiled helper."""
    return Call(kind, name, args, old, span=scope.span(node))
