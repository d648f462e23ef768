"""Expressions of the IR as TLA+ text with places to break.

Parentheses are put where TLA+ wants them and where a reader would: operators of one kind are not mixed without. What
extends to the right as far as it can (quantifiers, IF, LET) stands in parentheses unless it is last on its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from checker.export.encoding import Encoding
from checker.export.layout import LINE, Align, Doc, Group, Nest, bracketed, filled
from checker.export.notation import (
    ATOM,
    COMPARE,
    IMPLIES,
    INTERVAL,
    MINUS,
    NOT,
    OPEN,
    PLUS,
    POSTFIX,
    TIMES,
    UNION,
    Shown,
    braced,
    closed,
    conditional,
    junction,
    let,
)
from checker.export.shapes import all_of, changes_of, entry_of, flat_conjuncts, independent, places_in_tla
from checker.ir.expr import (
    And,
    Arith,
    Call,
    Comprehension,
    Concat,
    Const,
    Covers,
    Eq,
    Expr,
    Extremum,
    FieldOf,
    Generator,
    Given,
    Index,
    Interval,
    IsVariant,
    Ite,
    Less,
    Let,
    Local,
    Make,
    MakeMap,
    MakeSeq,
    MakeSet,
    Member,
    Messages,
    Not,
    Only,
    Or,
    Quantifier,
    SetOp,
    Size,
    Slice,
    State,
    Subset,
    Universe,
    Unwrap,
)
from checker.ir.types import (
    BOOL,
    INT,
    BagType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    SeqType,
    SetType,
    Type,
    record_names,
)
from checker.ir.updates import as_has_successor, as_successor, as_update, entries_type, is_short, shifted
from checker.ir.walk import free_locals, inline_calls, substitute, walk


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands.

    `names` are the TLA+ texts of the locals it sees, `globals` the names no variable bound in it may have. In a step
    (`is_step`) a variable stands for its new value, which is primed, and `old` ones for the value before; `flexible`
    are the locals that stand for expressions with such variables, and so cannot be primed again. `at` is the value
    that `@` stands for inside an EXCEPT.
    """

    globals: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)
    is_step: bool = False
    flexible: frozenset[str] = frozenset()
    at: Expr | None = None


class Expressions:
    """Prints expressions with one encoding."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self._names = encoding.names

    def bind(self, scope: Scope, name: str) -> tuple[Scope, str]:
        """Return the scope in which a local is bound, and its TLA+ name."""
        bound = self._names.bound(name, scope.names.values(), scope.globals)
        return replace(scope, names={**scope.names, name: bound}), bound

    def show(self, expr: Expr, scope: Scope) -> Doc:
        """Return an expression for a place that it does not share with operators."""
        return self._show(expr, scope)[1]

    def operand(self, expr: Expr, scope: Scope, least: int) -> Doc:
        """Return an expression as an operand of an operator that wants it to bind at least as tightly as `least`."""
        return closed(self._show(expr, scope), least)

    def conjuncts(self, exprs: Iterable[Expr], scope: Scope) -> list[Doc]:
        """Return the items of a conjunction list."""
        return [self.show(part, scope) for expr in exprs for part in flat_conjuncts(expr)]

    def implication(self, premise: Expr, conclusion: Expr, scope: Scope) -> Doc:
        """Return `premise => conclusion`, or the conclusion where the premise is plainly true."""
        if premise == Const(BOOL, True):
            return self.show(conclusion, scope)
        return self._implies(premise, self._show(conclusion, scope), scope)[1]

    def domain(self, expr: Expr, scope: Scope) -> Doc:
        """Return the set that a variable ranges over."""
        if isinstance(expr.type, SeqType):
            return (f"{self.encoding.operator('Elements')}(", self.show(expr, scope), ")")
        return self.operand(expr, scope, COMPARE + 1)

    def _show(self, expr: Expr, scope: Scope) -> Shown:
        if scope.at is not None and expr == scope.at:
            return ATOM, "@"
        match expr:
            case Const(type=kind, value=value, span=span):
                return ATOM, self.encoding.constant(kind, value, span)
            case Local(name=name):
                return POSTFIX, scope.names[name]
            case State(name=name, old=old):
                return POSTFIX, self._names.variables[name] + ("'" if scope.is_step and not old else "")
            case Given(name=name):
                return ATOM, self._names.givens[name]
            case Universe(type=SetType(element)):
                return ATOM, self.encoding.type_set(element)
            case FieldOf() | Index() | Make() | IsVariant() | Unwrap():
                return self._access(expr, scope)
            case Not() | And() | Or() | Ite() | Eq() | Less() | Quantifier():
                return self._logic(expr, scope)
            case MakeSet() | Comprehension() | Member() | SetOp() | Subset() | Size() | Interval():
                return self._set(expr, scope)
            case MakeSeq() | Concat() | Slice() | MakeMap():
                return self._function(expr, scope)
            case Arith():
                return self._arithmetic(expr, scope)
            case Let() | Call() | Extremum() | Only() | Messages() | Covers():
                return self._application(expr, scope)
            case Universe():
                raise AssertionError(f"all members of {expr.type}")
            case _:
                assert_never(expr)

    def _access(self, expr: FieldOf | Index | Make | IsVariant | Unwrap, scope: Scope) -> Shown:
        match expr:
            case FieldOf(target=target, name=name):
                return POSTFIX, (self.operand(target, scope, POSTFIX), f".{self._names.field(name)}")
            case Index(target=target, key=key):
                place = shifted(key, 1) if isinstance(entries_type(target.type), SeqType) else key
                return POSTFIX, (self.operand(target, scope, POSTFIX), "[", self.show(place, scope), "]")
            case Make(args=args):
                (name,) = record_names(expr.type)
                return ATOM, self.encoding.record(name, [self.show(arg, scope) for arg in args])
            case Unwrap(target=target):
                return self._show(target, scope)
            case IsVariant(target=target, record=record):
                return self._is_variant(target, record, scope, "=")
            case _:
                assert_never(expr)

    def _is_variant(self, target: Expr, record: str, scope: Scope, operator: str) -> Shown:
        """Return the test of a record's kind; `operator` is # for the negated test."""
        shown = self.operand(target, scope, POSTFIX)
        kind: Doc = (shown, f'.{self._names.kind} {operator} "{record}"')
        if not isinstance(target.type, OptionType):
            return COMPARE, kind
        if record_names(target.type) == (record,):
            return COMPARE, (shown, f" {'#' if operator == '=' else '='} {self.encoding.none()}")
        if operator == "=":
            return junction("/\\", [(COMPARE, (shown, f" # {self.encoding.none()}")), (COMPARE, kind)])
        return junction("\\/", [(COMPARE, (shown, f" = {self.encoding.none()}")), (COMPARE, kind)])

    def _logic(self, expr: Not | And | Or | Ite | Eq | Less | Quantifier, scope: Scope) -> Shown:
        match expr:
            case Not(operand=operand):
                return self._negation(operand, scope)
            case And(operands=()) | Or(operands=()):
                return ATOM, "TRUE" if isinstance(expr, And) else "FALSE"
            case And():
                return junction("/\\", [self._show(part, scope) for part in flat_conjuncts(expr)])
            case Or(operands=operands):
                return self._disjunction(operands, scope)
            case Ite(condition=condition, then=then, orelse=orelse):
                return OPEN, conditional(*(self.show(e, scope) for e in (condition, then, orelse)))
            case Eq(left=left, right=right):
                return self._equality(left, right, "=", scope)
            case Less(left=left, right=right, strict=strict):
                if strict and left == Const(left.type, 0) and isinstance(right, Size):
                    return self._equality(right, left, "#", scope)
                return self._infix(left, "<" if strict else "<=", right, COMPARE, scope)
            case Quantifier(kind=kind, generators=generators, body=body):
                member = as_has_successor(expr)
                if member is None:
                    return self._quantifier(kind, generators, body, scope)
                return COMPARE, (
                    self.operand(shifted(member, 1), scope, COMPARE + 1),
                    " \\in ",
                    self.encoding.type_set(member.type),
                )
            case _:
                assert_never(expr)

    def _disjunction(self, operands: Sequence[Expr], scope: Scope) -> Shown:
        """Return a disjunction, but `~a => b` where b may have no value unless a is false.

        TLC evaluates both sides of a disjunction that guards an action, as if it were a choice between two actions.
        A first operand that is negated is a premise in all but name.
        """
        for position in range(1, len(operands)):
            if self._is_partial(operands[position]) or isinstance(operands[0], Not):
                premise = all_of([Not(BOOL, operand) for operand in operands[:position]])
                return self._implies(premise, self._show(Or(BOOL, tuple(operands[position:])), scope), scope)
        return junction("\\/", [self._show(part, scope) for part in operands])

    def _is_partial(self, expr: Expr) -> bool:
        """Return whether an expression could have no value in some state."""
        for part in walk(expr):
            match part:
                case Unwrap() | Only() | Slice() | Arith(operator="//" | "%") | Extremum(all_of=False):
                    return True
                case FieldOf(target=target) if len(record_names(target.type)) != 1:
                    return True
                case Index(target=target) if isinstance(target.type, SeqType):
                    return True
                case Index(target=target) if isinstance(target.type, MapType) and isinstance(target.type.key, IntType):
                    return True
                case Call(function=function) if self._is_partial(self.encoding.system.function(function).body):
                    return True
                case _:
                    pass
        return False

    def _negation(self, operand: Expr, scope: Scope) -> Shown:
        match operand:
            case Eq(left=left, right=right):
                return self._equality(left, right, "#", scope)
            case Member(collection=collection) if not isinstance(collection.type, BagType):
                return self._membership(operand, "\\notin", scope)
            case IsVariant(target=target, record=record):
                return self._is_variant(target, record, scope, "#")
            case Less(left=left, right=right, strict=strict):
                return self._show(Less(BOOL, right, left, not strict), scope)
            case Not(operand=inner):
                return self._show(inner, scope)
            case _:
                return NOT, ("~", self.operand(operand, scope, COMPARE + 1))

    def _equality(self, left: Expr, right: Expr, operator: str, scope: Scope) -> Shown:
        """Return an equality; a size compared with 0 is emptiness, which is shorter and quicker to tell."""
        if isinstance(left, Size) and isinstance(right, Const) and right.value == 0:
            empty = "<<>>" if isinstance(left.collection.type, SeqType) else "{}"
            empty = "EmptyBag" if isinstance(left.collection.type, BagType) else empty
            return COMPARE, (self.operand(left.collection, scope, COMPARE + 1), f" {operator} {empty}")
        return self._infix(left, operator, right, COMPARE, scope)

    def _infix(self, left: Expr, operator: str, right: Expr, level: int, scope: Scope) -> Shown:
        """Return an infix operation whose operands bind more tightly."""
        first, second = self.operand(left, scope, level + 1), self.operand(right, scope, level + 1)
        return level, Group((Align(first), Nest(2, (LINE, operator, " ", Align(second)))))

    def _implies(self, premise: Expr, conclusion: Shown, scope: Scope) -> Shown:
        level, text = conclusion
        after = text if level == OPEN else closed(conclusion, IMPLIES + 1)
        return IMPLIES, Group((self.operand(premise, scope, IMPLIES + 1), " =>", Nest(2, (LINE, Align(after)))))

    def _quantifier(self, kind: str, generators: Sequence[Generator], body: Expr, scope: Scope) -> Shown:
        count = independent(generators)
        binders, inner = self._binders(generators[:count], scope)
        rest = generators[count:]
        remaining = body if not rest else Quantifier(BOOL, "any" if kind == "any" else "all", tuple(rest), body)
        conditions = generators[count - 1].conditions
        if kind == "any":
            text = self.show(And(BOOL, (*conditions, remaining)) if conditions else remaining, inner)
        elif conditions:
            text = self._implies(all_of(conditions), self._show(remaining, inner), inner)[1]
        else:
            text = self.show(remaining, inner)
        return OPEN, Group(("\\E " if kind == "any" else "\\A ", binders, " :", Nest(4, (LINE, Align(text)))))

    def _binders(self, generators: Sequence[Generator], scope: Scope) -> tuple[Doc, Scope]:
        """Return the names that generators bind with the sets they range over, and the scope inside."""
        groups: list[tuple[list[str], Expr]] = []
        inner = scope
        for generator in generators:
            inner, name = self.bind(inner, generator.variable)
            if groups and groups[-1][1] == generator.domain:
                groups[-1][0].append(name)
            else:
                groups.append(([name], generator.domain))
        docs = [(", ".join(names), " \\in ", self.domain(domain, scope)) for names, domain in groups]
        return filled(",", docs), replace(inner, at=None)

    def _set(self, expr: MakeSet | Comprehension | Member | SetOp | Subset | Size | Interval, scope: Scope) -> Shown:
        match expr:
            case MakeSet(args=args):
                return ATOM, bracketed("{", (self.show(arg, scope) for arg in args), "}")
            case Comprehension(generators=generators, element=element):
                return self._comprehension(generators, element, scope)
            case Member():
                return self._membership(expr, "\\in", scope)
            case SetOp(operator=operator, left=left, right=right):
                return self._set_operation(operator, left, right, scope)
            case Subset(left=left, right=right, strict=strict):
                inclusion = self._infix(left, "\\subseteq", right, COMPARE, scope)
                return (
                    inclusion
                    if not strict
                    else junction("/\\", [inclusion, self._infix(left, "#", right, COMPARE, scope)])
                )
            case Size(collection=collection):
                counts = {SeqType: "Len", BagType: "BagCardinality"}
                name = counts.get(type(collection.type), "Cardinality")
                return ATOM, (f"{name}(", Align(self.show(collection, scope)), ")")
            case Interval(low=low, high=high):
                last = shifted(high, -1)
                return INTERVAL, (self.operand(low, scope, INTERVAL + 1), "..", self.operand(last, scope, INTERVAL + 1))
            case _:
                assert_never(expr)

    def _set_operation(self, operator: str, left: Expr, right: Expr, scope: Scope) -> Shown:
        symbol = {"union": "\\cup", "intersection": "\\cap", "difference": "\\"}[operator]
        is_chain = operator == "union" and isinstance(left, SetOp) and left.operator == "union"
        first = self.operand(left, scope, UNION if is_chain else UNION + 1)
        second = self.operand(right, scope, UNION + 1)
        return UNION, Align((first, Group((LINE, f"{symbol} ", Align(second)))))

    def _membership(self, expr: Member, operator: str, scope: Scope) -> Shown:
        element = self.operand(expr.element, scope, COMPARE + 1)
        collection = expr.collection
        match collection.type:
            case BagType():
                return ATOM, ("BagIn(", self.show(expr.element, scope), ", ", self.show(collection, scope), ")")
            case MessageSetType():
                return COMPARE, (element, f" {operator} ", self._any_available(collection, expr.element.type, scope))
            case _:
                return COMPARE, Group((element, Nest(2, (LINE, f"{operator} ", Align(self.domain(collection, scope))))))

    def _comprehension(self, generators: Sequence[Generator], element: Expr, scope: Scope) -> Shown:
        count = independent(generators)
        first, conditions = generators[0], generators[count - 1].conditions
        if count == len(generators) and (count == 1 or not conditions):
            binders, inner = self._binders(generators, scope)
            if count > 1:
                return ATOM, braced(self.show(element, inner), binders)
            domain: Doc = self.domain(first.domain, scope)
            name = inner.names[first.variable]
            if conditions:
                test = self.show(all_of(conditions), inner)
                domain = braced((name, " \\in ", domain), test)
            if element == Local(element.type, first.variable):
                return ATOM if conditions else COMPARE + 1, domain
            return ATOM, braced(self.show(element, inner), (name, " \\in ", domain))
        rest = Comprehension(SetType(element.type), tuple(generators[1:]), element)
        whole = Comprehension(SetType(rest.type), (first,), rest)
        return UNION, ("UNION ", self.operand(whole, scope, ATOM))

    def _function(self, expr: MakeSeq | Concat | Slice | MakeMap, scope: Scope) -> Shown:
        if as_update(expr) is not None:
            return ATOM, self._except(expr, scope)
        match expr:
            case MakeSeq(args=args):
                return ATOM, bracketed("<<", (self.show(arg, scope) for arg in args), ">>")
            case Concat(left=left, right=MakeSeq(args=(last,))):
                return ATOM, bracketed("Append(", [self.show(left, scope), self.show(last, scope)], ")")
            case Concat(left=left, right=right):
                first = self.operand(left, scope, TIMES if isinstance(left, Concat) else TIMES + 1)
                second = self.operand(right, scope, TIMES + 1)
                return TIMES, Align((first, Group((LINE, "\\o ", Align(second)))))
            case Slice(sequence=sequence, low=Const(value=1), high=None):
                return ATOM, ("Tail(", self.show(sequence, scope), ")")
            case Slice(sequence=sequence, low=low, high=high):
                first_index = "1" if low is None else self.show(shifted(low, 1), scope)
                last_index = self.show(Size(INT, sequence) if high is None else high, scope)
                return ATOM, bracketed("SubSeq(", [self.show(sequence, scope), first_index, last_index], ")")
            case MakeMap(type=MapType(key), variable=variable, value=value):
                inner, name = self.bind(replace(scope, at=None), variable)
                head = ("[", name, " \\in ", self.encoding.type_set(key), " |->")
                return ATOM, Group((head, Nest(4, (LINE, Align(self.show(value, inner)))), "]"))
            case _:
                raise AssertionError(f"a function of type {expr.type}")

    def _except(self, expr: Expr, scope: Scope) -> Doc:
        """Return `[f EXCEPT ![k] = v, ...]`: the changes that made `expr`, first to last."""
        base, changes = changes_of(expr)
        plain = replace(scope, at=None)
        shown: list[Doc] = []
        for position, (keys, value) in enumerate(changes):
            place: list[Doc] = [("[", self.show(key, plain), "]") for key in places_in_tla(base, keys)]
            at = entry_of(base, keys) if position == 0 else None
            shown.append(("!", *place, " = ", Align(self.show(value, replace(scope, at=at)))))
        return ("[", self.show(base, replace(scope, at=None)), " EXCEPT ", filled(",", shown), "]")

    def _arithmetic(self, expr: Arith, scope: Scope) -> Shown:
        left, right = expr.left, expr.right
        match expr.operator:
            case "+":
                first = self.operand(left, scope, PLUS)
                return PLUS, (first, " + ", self.operand(right, scope, PLUS + 1))
            case "-":
                first = self.operand(left, scope, MINUS)
                return MINUS, (first, " - ", self.operand(right, scope, MINUS + 1))
            case "*" | "//" | "%":
                symbol = {"*": "*", "//": "\\div", "%": "%"}[expr.operator]
                return TIMES, (
                    self.operand(left, scope, TIMES + 1),
                    f" {symbol} ",
                    self.operand(right, scope, TIMES + 1),
                )
            case _:
                assert_never(expr.operator)

    def _application(self, expr: Let | Call | Extremum | Only | Messages | Covers, scope: Scope) -> Shown:
        match expr:
            case Let():
                return self._let(expr, scope)
            case Call():
                return self._call(expr, scope)
            case Extremum():
                return self._extremum(expr, scope)
            case Only(collection=collection):
                return ATOM, (f"{self.encoding.operator('Only')}(", self.domain(collection, scope), ")")
            case Covers(quorum=quorum, collection=collection):
                args = [self._names.quorums[quorum], self.show(collection, scope)]
                return ATOM, bracketed(f"{self.encoding.operator('Covers')}(", args, ")")
            case Messages(network=network, record=record):
                return ATOM, self.available(network, (record,), scope)[0]
            case _:
                assert_never(expr)

    def _let(self, expr: Let, scope: Scope) -> Shown:
        if is_short(expr.value):
            return self._show(substitute(expr.body, {expr.name: expr.value}), scope)
        definitions: list[Doc] = []
        body: Expr = expr
        while isinstance(body, Let) and not is_short(body.value):
            value = self.show(body.value, scope)
            flexible = scope.flexible | {body.name} if scope.is_step else scope.flexible
            scope, name = self.bind(replace(scope, flexible=flexible), body.name)
            definitions.append((name, " ==", Group(Nest(4, (LINE, Align(value))))))
            body = body.body
        return OPEN, let(definitions, self.show(body, scope))

    def _call(self, expr: Call, scope: Scope) -> Shown:
        function = self.encoding.system.function(expr.function)
        is_primed = scope.is_step and not expr.old and not function.of_step
        args = expr.args
        if is_primed:
            if any(self._is_of_step(arg, scope) for arg in args):
                return self._show(inline_calls(expr, self.encoding.system), scope)
            scope = replace(scope, is_step=False)
        name = self._names.functions[expr.function]
        shown = bracketed(f"{name}(", (self.show(arg, scope) for arg in args), ")") if args else name
        return POSTFIX, (shown, "'") if is_primed else shown

    def _is_of_step(self, arg: Expr, scope: Scope) -> bool:
        """Return whether an expression may not be primed as a whole: it reads the old state, or is primed already."""
        return not scope.flexible.isdisjoint(free_locals(arg)) or any(
            (isinstance(part, State | Call) and part.old)
            or (isinstance(part, Call) and self.encoding.system.function(part.function).of_step)
            for part in walk(arg)
        )

    def _extremum(self, expr: Extremum, scope: Scope) -> Shown:
        member = as_successor(expr)
        if member is not None:
            return self._show(shifted(member, 1), scope)
        key = expr.key
        if key is None and expr.all_of:
            key = Local(expr.collection.type, expr.variable)
        plain, several = ("Max", "Maximal") if expr.greatest else ("Min", "Minimal")
        name = several if expr.all_of else plain if key is None else f"{plain}By"
        args = [self.domain(expr.collection, scope)]
        if key is not None:
            inner, bound = self.bind(replace(scope, at=None), expr.variable)
            args.append(("LAMBDA ", bound, " : ", self.show(key, inner)))
        found: Shown = (ATOM, bracketed(f"{self.encoding.operator(name)}(", args, ")"))
        if expr.default is None:
            return found
        empty = self._equality(Size(INT, expr.collection), Const(INT, 0), "=", scope)[1]
        return OPEN, conditional(empty, self.show(expr.default, scope), found[1])

    def available(self, network: Expr, records: Sequence[str], scope: Scope) -> list[Doc]:
        """Return sets of all messages of some kinds in a network that were sent or can be forged, as operands."""
        assert isinstance(network.type, MessageSetType | BagType), "channels have no messages as a whole"
        messages: Doc = self.operand(network, scope, COMPARE + 1)
        forgers: Mapping[str, str] = {}
        if isinstance(network.type, BagType):
            messages = ("BagToSet(", messages, ")")
        elif self.encoding.has_forgers:
            forgers = self._names.available
        if set(records) == set(record_names(network.type.element)) and not any(r in forgers for r in records):
            return [messages]
        of = self.encoding.operator("Of")
        return [
            (f"{forgers[r]}(", messages, ")") if r in forgers else (f"{of}(", messages, f', "{r}")') for r in records
        ]

    def _any_available(self, network: Expr, kind: Type, scope: Scope) -> Doc:
        """Return the set in which a message is if it is available, given its type.

        That set has messages of all kinds: TLC would build one of the right kind anew for each message it looks for.
        """
        forgeable = [name for name in record_names(kind) if name in self._names.available]
        if not (self.encoding.has_forgers and forgeable):
            return self.operand(network, scope, COMPARE + 1)
        return (f"{self._names.any_available}(", self.show(network, scope), ")")
