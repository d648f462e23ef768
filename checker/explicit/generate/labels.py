"""What temporal properties want of a program: the letter of a state, and the fairness constraints that a step serves.

A constraint is a declaration of fairness with values of its `per` parameters, packed into a word. A step says which it
serves just before it is taken, when every parameter is bound, and only if it changes the state. A transition may be
cut before all parameters are bound: then it says so for every way of binding those that a declaration names, just as
`checker.interp.edges.steps_of` sees a cut for each way of binding all of them. None of this is run but in the pass that
records edges; and a program that no temporal property is asked of has nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checker.explicit.generate.expressions import Expressions, Scope
from checker.explicit.generate.text import Lines, UnsupportedError, atom, block, comment, function
from checker.explicit.generate.values import Val
from checker.explicit.shapes import WORD
from checker.interp.goals import goal
from checker.ir.system import Action, Parameter


@dataclass(frozen=True, slots=True)
class Labelling:
    """Predicates by their bit in a letter, and declarations of fairness (action, `per`) by number."""

    atoms: tuple[str, ...]
    fairness: tuple[tuple[str, tuple[str, ...]], ...]


class Labels:
    """Says in generated code what the steps of actions serve."""

    def __init__(self, expressions: Expressions, labelling: Labelling) -> None:
        self._e = expressions
        self._fairness = labelling.fairness

    def step(self, action: Action, scope: Scope) -> Lines:
        """Return what goes before a step from `s` to `t`.

        Raises:
            UnsupportedError: the values that a declaration names need more than a word.

        """
        served = self._served(action, scope, "true")
        return block("if (work->serve != NULL && !qx_same(s, t, WORDS))", served) if served else []

    def cut(
        self,
        action: Action,
        unbound: tuple[Parameter, ...],
        scope: Scope,
        loop: Callable[[Parameter, Callable[[Val], Lines]], Lines],
        ways: str,
    ) -> Lines:
        """Return what goes with a cut that leaves parameters unbound, which can be bound in so many `ways`.

        Raises:
            UnsupportedError: the values that a declaration names need more than a word.

        """
        if not any(of == action.name for of, _ in self._fairness):
            return []
        named = {name for of, per in self._fairness if of == action.name for name in per}
        needed = tuple(p for p in unbound if p.name in named)

        def bind(inner: Scope, left: tuple[Parameter, ...]) -> Lines:
            if not left:
                return self._served(action, inner, "false")
            return loop(left[0], lambda value: bind(inner.bind(left[0].name, value), left[1:]))

        possible = f" && {atom(ways)} != 0" if unbound else ""
        return block(f"if (work->serve != NULL{possible})", bind(scope, needed))

    def _served(self, action: Action, scope: Scope, is_taken: str) -> Lines:
        return [
            f"work->serve(work, {number}, {self._packed(action, per, scope)}, {is_taken});"
            for number, (of, per) in enumerate(self._fairness)
            if of == action.name
        ]

    def _packed(self, action: Action, per: tuple[str, ...], scope: Scope) -> str:
        """Return the values of some parameters in one word."""
        kinds = {p.name: p.type for p in action.parameters}
        parts: Lines = []
        at = 0
        for name in per:
            shape = self._e.shape(kinds[name])
            if shape.is_wide or at + shape.bits > WORD:
                raise UnsupportedError(f"fairness of {action.name}(per={', '.join(per)}), whose values are so many")
            if shape.bits:
                code = atom(self._e.p.code(self._e.p.convert(scope.names[name], shape)))
                parts.append(f"{code} << {at}" if at else code)
            at += shape.bits
        return " | ".join(parts) or "0"


def letter_function(expressions: Expressions, labelling: Labelling) -> tuple[str, str]:
    """Return the name of the function that gives the letter of a state, and its text.

    Raises:
        UnsupportedError: there are more predicates than a letter has bits.

    """
    if len(labelling.atoms) > WORD:
        raise UnsupportedError(f"{len(labelling.atoms)} predicates in temporal properties")
    name = expressions.definitions.name("letter")
    lines: Lines = ["(void)s;", "uint64_t found = 0;"]
    for bit, predicate in enumerate(labelling.atoms):
        body = goal(expressions.system, predicate, ("invariant", "witness")).body
        assert body is not None, "only deadlock has no predicate"
        signature = expressions.define(predicate, body, {}, f"{predicate} (predicate)")
        lines += [f"if ({signature.name}({', '.join(signature.states)}))", f"    found |= UINT64_C(1) << {bit};"]
    remark = comment("Which predicates of temporal properties are true in a state.")
    return name, function(remark, f"uint64_t {name}(const uint64_t *s)", [*lines, "return found;"])
