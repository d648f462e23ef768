"""Values of expressions in drawn cases, by the reference interpreter."""

from __future__ import annotations

from checker.interp.errors import ModelError
from checker.interp.machine import Machine
from checker.ir.expr import Expr
from checker.ir.types import Value
from tests.ir.generate import Case

UNDEFINED = "undefined"


def value_or_undefined(expr: Expr, case: Case, **others: Value) -> Value:
    """Return the value of `expr` in a case (`others` are further locals), or UNDEFINED if it has none."""
    try:
        return Machine(case.system, case.instance).evaluate(expr, case.state, {**case.locals, **others})
    except ModelError:
        return UNDEFINED
