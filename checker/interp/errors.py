"""Errors of a model that show only when it runs: an undefined expression, a value outside its declared type."""

from __future__ import annotations

from checker.diagnostics import Diagnostic, Span, render


class ModelError(Exception):
    """A step or a predicate of a model that has no meaning in some reachable state.

    Codes: R001 field or value of None, R002 field of the wrong variant, R003 index outside a sequence, R004 slice
    outside a sequence, R005 division by zero, R006 least or greatest of nothing, R007 tie between unequal elements,
    R008 not exactly one element, R009 key outside a map, R010 integer out of range, R011 sequence too long, R012
    variable without an initial value, R013 initial value read before it is given, R014 no initial state.
    """

    def __init__(self, span: Span, code: str, message: str, help: str = "") -> None:
        self.diagnostic = Diagnostic(span, code, message, help)
        super().__init__(render(self.diagnostic))
