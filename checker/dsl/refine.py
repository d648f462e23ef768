"""From the text of a refinement mapping to IR: images of a coarser model's variables over the state of a finer one.

The methods are compiled as if they were helpers of the finer model, or of the variant or mutant of it that is asked
about, and what this `replace`s is replaced in them. The coarser model is compiled again with the finer one's names for
its sorts and quorum systems, so that values of both are values of the same types.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from checker.diagnostics import Diagnostic, QuoraxError, Span, error
from checker.dsl.compile import Compiler, definitions_of, replacements_of
from checker.dsl.functions import compile_image
from checker.dsl.model import Refinement as RefinementWord
from checker.dsl.model import RefinementInfo
from checker.dsl.registry import nearest
from checker.dsl.scope import Method, collect
from checker.dsl.source import docstring
from checker.ir.check import check_system
from checker.ir.expr import Expr, State
from checker.ir.system import Function, Refinement, System, VariableDecl
from checker.ir.types import BagType, FifoType, MessageSetType, SetType, Type, accepts


def refinement_info(mapping: type) -> RefinementInfo:
    """Return which models a mapping is between."""
    info = vars(mapping)["__refinement__"]
    assert isinstance(info, RefinementInfo)
    return info


def refining(model: type, mappings: Mapping[str, type]) -> System:
    """Return the system of a model with its refinements, by the names given to them.

    `model` is what the mappings are of, or a variant of it. Helpers and records that only the mappings use become
    part of the system; the states and steps of the model are the same.

    Raises:
        QuoraxError: every error in the models and the mappings.

    """
    compiler = Compiler(model)
    system = compiler.system()
    made = [_Mapping(compiler, system, mapping).refinement(name) for name, mapping in mappings.items()]
    registry = compiler.registry
    full = replace(
        system,
        records=tuple(sorted(registry.records.values(), key=lambda r: registry.rank(r.name))),
        functions=tuple(compiler.members.functions.values()),
        refinements=tuple(made),
    )
    _check(full)
    return full


def _check(system: System) -> None:
    """Check the system again by the rules of the IR: images as helpers that return a variable of the coarser model."""
    for refinement in system.refinements:
        check_system(refinement.coarse)
        pairs = zip(refinement.coarse.variables, refinement.images, strict=True)
        images = (Function(f"{v.name} of {refinement.name}", (), _value_type(v), e) for v, e in pairs)
        check_system(replace(system, functions=(*system.functions, *images)))


class _Mapping:
    """Compiles one mapping, for one finer system."""

    def __init__(self, compiler: Compiler, fine: System, mapping: type) -> None:
        self._compiler = compiler
        self._fine = fine
        self._mapping = mapping
        self._info = refinement_info(mapping)
        self._file, self._node = compiler.sources.of_class(mapping)
        self._span = self._file.span(self._node)
        self._problems: list[Diagnostic] = []

    def refinement(self, name: str) -> Refinement:
        """Return the refinement.

        Raises:
            QuoraxError: M087 to M091, and what is wrong with the text.

        """
        own = self._own_names()
        domains = {c: thing for c, thing in own.items() if not is_dataclass(c)}
        coarse = Compiler(self._info.coarse, [domains, *replacements_of(self._compiler.model)]).system()
        self._problems += _mismatches(coarse, self._fine, self._span)
        methods = self._methods()
        self._check_names(methods, coarse)
        self._raise_problems()
        with_names = self._compiler.registry.replaced
        with_names.insert(0, own)
        try:
            images = [collect(self._problems, self._image, v, methods.get(v.name), coarse) for v in coarse.variables]
        finally:
            with_names.pop(0)
        self._raise_problems()
        return Refinement(name, coarse, tuple(images), docstring(self._node), span=self._span)

    def _raise_problems(self) -> None:
        if self._problems:
            raise QuoraxError(self._problems)

    def _methods(self) -> dict[str, Method]:
        """Return the methods of the mapping and of those it extends, by name."""
        methods: dict[str, Method] = {}
        for cls in reversed(self._mapping.__mro__):
            if not issubclass(cls, RefinementWord) or cls is RefinementWord:
                continue
            file, node = self._compiler.sources.of_class(cls)
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    names = vars(sys.modules[cls.__module__])
                    methods[item.name] = Method(item.name, item, file, names, {}, cls.__name__)
                elif not isinstance(item, ast.Expr | ast.Pass):
                    remedy = "name them after variables of the coarser model"
                    self._problems.append(Diagnostic(file.span(item), "M089", "a mapping has methods only", remedy))
        return methods

    def _check_names(self, methods: Mapping[str, Method], coarse: System) -> None:
        known = [v.name for v in coarse.variables]
        for name, method in methods.items():
            if name not in known:
                remedy = nearest(name, known) or f"it has {', '.join(known) or 'none'}"
                message = f"{coarse.name} has no variable {name}"
                self._problems.append(Diagnostic(method.file.span(method.node), "M087", message, remedy))

    def _own_names(self) -> dict[Any, Any]:
        """Return which class of the finer model stands for a class of the coarser: by its name, or as `names` says."""
        fine = self._compiler.registry.classes
        same = {c: fine[name] for name, c in definitions_of(self._info.coarse).classes.items() if name in fine}
        return {**same, **self._info.names}

    def _image(self, variable: VariableDecl, method: Method | None, coarse: System) -> Expr:
        if isinstance(variable.type, BagType | FifoType) or variable.is_budget:
            what = f"the {'budget' if variable.is_budget else variable.type} {variable.name}"
            remedy = "refine a model without it: what is bounded or delivered there is no part of what it specifies"
            raise error(self._span, "M091", f"no mapping can make {what} of {coarse.name}", remedy)
        kind = _value_type(variable)
        if method is not None:
            return compile_image(method, self._compiler.registry, self._compiler.members, kind)
        own = {v.name: v for v in self._fine.variables}.get(variable.name)
        if own is None or not accepts(kind, own.type):
            has = f"has one of type {own.type}" if own else "has no such variable"
            raise error(
                self._span,
                "M087",
                f"nothing says what {variable.name} of {coarse.name} ({kind}) is: {self._fine.name} {has}",
                f"add `def {variable.name}(self, fine: {self._info.fine.__name__}) -> {kind}`",
            )
        return State(own.type, own.name, span=self._span)


def _value_type(variable: VariableDecl) -> Type:
    """Return the type of a variable's value as a mapping makes it: of a message set, what was sent."""
    return SetType(variable.type.element) if isinstance(variable.type, MessageSetType) else variable.type


def _mismatches(coarse: System, fine: System, span: Span) -> Iterator[Diagnostic]:
    """Yield what the coarser model speaks of and the finer does not have, or has otherwise."""
    domains = {d.type.name: d for d in fine.domains}
    for d in coarse.domains:
        own = domains.get(d.type.name)
        if own is None or (own.type, own.members) != (d.type, d.members):
            yield _unmatched(d.type.name, coarse, fine, span, exists=own is not None)
    families = {q.type.name: q for q in fine.quorums}
    for q in coarse.quorums:
        if q.type.name not in families or families[q.type.name].type != q.type:
            yield _unmatched(q.type.name, coarse, fine, span, exists=q.type.name in families)
    givens = {g.name: g for g in fine.givens}
    for g in coarse.givens:
        if g.name not in givens or (givens[g.name].type, givens[g.name].kind) != (g.type, g.kind):
            yield _unmatched(g.name, coarse, fine, span, exists=g.name in givens)
    records = {r.name: [(f.name, f.type) for f in r.fields] for r in fine.records}
    for r in coarse.records:
        if r.name in records and records[r.name] != [(f.name, f.type) for f in r.fields]:
            what = f"the record {r.name} has other fields in {fine.name} than in {coarse.name}"
            yield Diagnostic(span, "M090", what, "give both the same fields, or rename one of them")


def _unmatched(name: str, coarse: System, fine: System, span: Span, *, exists: bool) -> Diagnostic:
    what = f"is something else in {fine.name}" if exists else f"is nothing in {fine.name}"
    remedy = f"say what stands for it: names={{{name}: …}}"
    return Diagnostic(span, "M090", f"{name} of {coarse.name} {what}", remedy)
