"""Export of a system in one instance as a TLA+ module and the configuration with which TLC checks it.

TLC finds as many distinct states as the toolkit's own engines. Bounds and budgets become plain guards, so that a cut
transition is not there at all. TLC 2.15 takes the wish not to look for deadlocks only on its command line: `-deadlock`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from checker.export.actions import Actions
from checker.export.encoding import Encoding
from checker.export.expressions import Expressions, Scope
from checker.export.forgery import forged_definitions
from checker.export.layout import HARD, LINE, Align, Doc, Group, Nest, bracketed, render
from checker.export.notation import bullets
from checker.export.operators import definitions
from checker.ir.expr import Call
from checker.ir.instance import Instance
from checker.ir.system import Function, GivenDecl, Property, RecordDecl, System, VariableDecl
from checker.ir.transition import initial_form, transition_form
from checker.ir.types import BagType, EnumType, MapType, MessageSetType, SetType
from checker.ir.values import ordered
from checker.ir.walk import walk

WIDTH = 100

MODULES = {
    "Integers": r"\.\.|<=|[^<]<[^<]|[+*%]| - |\\div|\b(Int|Nat)\b",
    "FiniteSets": r"\bCardinality\b",
    "Sequences": r"\b(Seq|Len|Append|Tail|SubSeq)\b|\\o\b",
    "Bags": r"\b(IsABag|BagToSet|SetToBag|BagIn|EmptyBag|BagCardinality)\b",
    "TLC": r":>|@@",
}
"""The standard modules, and what of them an exported module may use."""


@dataclass(frozen=True, slots=True)
class TlaExport:
    """The texts of `{name}.tla` and `{name}.cfg`."""

    name: str
    module: str
    config: str


def export_tla(system: System, instance: Instance) -> TlaExport:
    """Return a system in one instance as a TLA+ module and its configuration.

    Raises:
        QuoraxError: E002–E005, for what TLA+ or TLC cannot express.

    """
    writer = _Writer(system, instance)
    module = writer.module()
    return TlaExport(writer.name, module, writer.config())


class _Writer:
    def __init__(self, system: System, instance: Instance) -> None:
        self._system = system
        self._instance = instance
        self._encoding = Encoding(system, instance)
        self._names = self._encoding.names
        self._expressions = Expressions(self._encoding)
        self.name = self._names.module

    def module(self) -> str:
        """Return the text of the module."""
        after_constants = [*self._definitions(), *self._records(), *map(_text, forged_definitions(self._encoding))]
        variables = [self._variables(), self._type_invariant()]
        functions = [self._function(f) for f in _callees_first(self._system)]
        actions = self._actions()
        properties = [self._property(p) for p in self._system.properties]
        operators = definitions(self._encoding.operators, self._names)
        parts = [*operators, self._constants(), *after_constants, *variables, *functions, *actions, *properties]
        body = "\n\n".join(part for part in parts if part)
        used = [module for module, pattern in MODULES.items() if re.search(pattern, _code(body))]
        extends = f"EXTENDS {', '.join(used)}\n\n" if used else ""
        title = f" MODULE {self.name} "
        heading = f"{title:-^{WIDTH}}\n{_comment(self._system.doc)}"
        return f"{heading}{extends}{body}\n{'=' * WIDTH}\n"

    def config(self) -> str:
        """Return the text of the configuration; the module must have been written before."""
        lines = [f"\\* Instance {self._instance.name}: {self._instance}", "CONSTANTS"]
        lines += [f"    {name} = {value}" for name, value in self._constant_values()]
        lines.append(f"SPECIFICATION {self._names.frame['Spec']}")
        kinds = {kind: [p for p in self._system.properties if p.kind == kind] for kind in ("invariant", "transition")}
        invariants = [self._names.frame["TypeOK"], *(self._names.properties[p.name] for p in kinds["invariant"])]
        lines += ["INVARIANTS", *(f"    {name}" for name in invariants)]
        if kinds["transition"]:
            lines += ["PROPERTIES", *(f"    {self._names.properties[p.name]}" for p in kinds["transition"])]
        return "\n".join(lines) + "\n"

    def _constant_values(self) -> Iterable[tuple[str, str]]:
        """Yield the constants that are declared, and their values as TLC's configurations write them."""
        for domain in self._system.domains:
            name = domain.type.name
            if not isinstance(domain.type, EnumType):
                members = self._names.members.get(name, self._instance.domains[name])
                yield self._names.domains[name], _set(members)
        for quorum in self._system.quorums:
            base = self._names.members[quorum.type.base.name]
            family = (_set(base[m] for m in sorted(q)) for q in self._instance.quorums[quorum.type.name])
            yield self._names.quorums[quorum.type.name], _set(family)
        for given in self._system.givens:
            if not isinstance(given.type, MapType):
                yield self._names.givens[given.name], self._given_value(given)
        for variable, constant in self._names.budgets.items():
            yield constant, str(self._instance.budgets[variable])
        for sort, index in sorted(self._encoding.members):
            member = self._names.members[sort][index]
            yield member, member
        if self._encoding.has_none:
            yield self._names.none, self._names.none

    def _given_value(self, given: GivenDecl) -> str:
        value = self._instance.givens[given.name]
        if given.kind != "byzantine":
            return str(value)
        assert isinstance(given.type, SetType)
        sort = str(given.type.element)
        return _set(self._names.members[sort][m] for m in ordered(value))

    def _constants(self) -> str:
        docs = {self._names.domains[d.type.name]: d.doc for d in self._system.domains}
        docs |= {self._names.quorums[q.type.name]: q.doc for q in self._system.quorums}
        docs |= {self._names.givens[g.name]: g.doc for g in self._system.givens}
        docs |= {c: f"The first value of {v}." for v, c in self._names.budgets.items()}
        docs[self._names.none] = "The absence of a value."
        return _declarations("CONSTANT", [(name, docs.get(name, "")) for name, _ in self._constant_values()])

    def _definitions(self) -> list[str]:
        """Return the definitions of enums and of constant maps."""
        found: list[str] = []
        for domain in self._system.domains:
            if isinstance(domain.type, EnumType):
                members = _set(f'"{m}"' for m in domain.members)
                found.append(f"{_comment(domain.doc)}{self._names.domains[domain.type.name]} == {members}")
        for given in self._system.givens:
            if isinstance(given.type, MapType):
                value = self._encoding.constant(given.type, self._instance.givens[given.name])
                found.append(_comment(given.doc) + _text((self._names.givens[given.name], " == ", value)))
        return found

    def _records(self) -> list[str]:
        """Return for each record its constructor, and the set of all its values."""
        return [self._record(record) for record in self._system.records]

    def _record(self, record: RecordDecl) -> str:
        scope = Scope(self._names.before_variables)
        parameters: list[str] = []
        for field in record.fields:
            scope, name = self._expressions.bind(scope, field.name)
            parameters.append(name)
        pairs = [f"{self._names.field(f.name)} |-> {p}" for f, p in zip(record.fields, parameters, strict=True)]
        if record.name in self._encoding.tagged:
            pairs.insert(0, f'{self._names.kind} |-> "{record.name}"')
        head = (
            f"{self._names.records[record.name]}({', '.join(parameters)})"
            if parameters
            else self._names.records[record.name]
        )
        made = Group((head, " ==", Nest(4, (LINE, bracketed("[", pairs, "]")))))
        values = self._encoding.record_set(record.name, [self._encoding.type_set(f.type) for f in record.fields])
        every = Group((self._names.record_sets[record.name], " ==", Nest(4, (LINE, values))))
        return f"{_comment(record.doc)}{_text(made)}\n{_text(every)}"

    def _variables(self) -> str:
        variables = [(self._names.variables[v.name], v.doc) for v in self._system.variables]
        names = bracketed("<<", [name for name, _ in variables], ">>")
        return f"{_declarations('VARIABLE', variables)}\n\n{_text((self._names.frame['vars'], ' == ', names))}"

    def _type_invariant(self) -> str:
        items = [self._typed(decl) for decl in self._system.variables]
        return _text((self._names.frame["TypeOK"], " ==", Nest(4, (HARD, bullets("/\\", items)))))

    def _typed(self, decl: VariableDecl) -> Doc:
        name = self._names.variables[decl.name]
        if decl.is_budget:
            return f"{name} \\in 0..{self._names.budgets[decl.name]}"
        match decl.type:
            case MessageSetType(element) | SetType(element):
                return (name, " \\subseteq ", self._encoding.type_set(element))
            case BagType(element):
                return (f"IsABag({name}) /\\ BagToSet({name}) \\subseteq ", self._encoding.type_set(element))
            case _:
                return (name, " \\in ", self._encoding.type_set(decl.type))

    def _function(self, function: Function) -> str:
        scope = Scope(self._names.all, is_step=function.of_step)
        parameters: list[str] = []
        for parameter in function.parameters:
            scope, name = self._expressions.bind(scope, parameter.name)
            parameters.append(name)
        if function.of_step:
            scope = replace(scope, flexible=frozenset(scope.names))
        head = _applied(self._names.functions[function.name], parameters)
        body = Align(self._expressions.show(function.body, scope))
        return _comment(function.doc) + _text(Group((head, " ==", Nest(4, (LINE, body)))))

    def _actions(self) -> list[str]:
        actions = Actions(self._expressions)
        initial, transitions = initial_form(self._system), transition_form(self._system)
        spec = f"{self._names.frame['Init']} /\\ [][{self._names.frame['Next']}]_{self._names.frame['vars']}"
        return [
            _comment(initial.doc) + _text(actions.initial(initial)),
            *(_comment(t.doc) + _text(actions.action(t)) for t in transitions),
            _text(actions.next(transitions)),
            f"{self._names.frame['Spec']} == {spec}",
        ]

    def _property(self, prop: Property) -> str:
        is_step = prop.kind == "transition"
        body: Doc = Align(self._expressions.show(prop.body, Scope(self._names.all, is_step=is_step)))
        if is_step:
            body = ("[][", body, f"]_{self._names.frame['vars']}")
        return _comment(prop.doc) + _text(Group((self._names.properties[prop.name], " ==", Nest(4, (LINE, body)))))


def _applied(name: str, parameters: Sequence[str]) -> str:
    return f"{name}({', '.join(parameters)})" if parameters else name


def _text(doc: Doc) -> str:
    return render(doc, WIDTH)


def _set(members: Iterable[str]) -> str:
    return "{" + ", ".join(members) + "}"


def _comment(doc: str, width: int = WIDTH) -> str:
    """Return a docstring as comment lines, with the newline after them."""
    lines = [line for paragraph in doc.strip().splitlines() for line in textwrap.wrap(paragraph, width - 3) or [""]]
    return "".join(f"\\* {line}".rstrip() + "\n" for line in lines)


def _declarations(word: str, declared: list[tuple[str, str]]) -> str:
    """Return the declaration of constants or variables, one to a line, each with its comment."""
    if not declared:
        return ""
    lines = [f"{word}{'S' * (len(declared) > 1)}"]
    column = max(len(name) for name, _ in declared) + 1
    for position, (name, doc) in enumerate(declared, start=1):
        item = f"    {name}{',' if position < len(declared) else ''}"
        summary = " ".join(doc.split())
        text = f"{item:<{column + 4}}  \\* {summary}" if summary else item
        if len(text) > WIDTH:
            lines += [f"    {line}" for line in _comment(summary, WIDTH - 4).splitlines()]
            text = item
        lines.append(text)
    return "\n".join(lines)


def _code(text: str) -> str:
    """Return a module's text without its comments and strings."""
    return re.sub(r'\\\*[^\n]*|"[^"]*"', "", text)


def _callees_first(system: System) -> list[Function]:
    """Return the functions in an order in which each is defined before it is called."""
    placed: dict[str, Function] = {}

    def place(function: Function) -> None:
        if function.name in placed:
            return
        for part in walk(function.body):
            if isinstance(part, Call):
                place(system.function(part.function))
        placed[function.name] = function

    for function in system.functions:
        place(function)
    return list(placed.values())
