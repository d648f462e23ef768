"""Reads `--bounds Acceptor=3,Value={A,B}`: the settings of an instance in the syntax that specs write them in."""

from __future__ import annotations

from collections.abc import Mapping

from checker.diagnostics import NOWHERE, QuoraxError, error
from checker.ir.instance import Setting

INSTANCE = "bounds"
"""The name of an instance that is given on the command line."""


def parse_bounds(text: str) -> Mapping[str, Setting]:
    """Return the settings that `text` lists.

    Raises:
        QuoraxError: C005, with a caret below what is wrong.

    """
    from checker.spec.build import Builder
    from checker.spec.syntax import parse_statement
    from checker.spec.tree import InstanceDecl

    prefix = f"instance {INSTANCE}: "
    one_line = " ".join(text.split("\n"))
    try:
        declared = Builder("", 1).statement(parse_statement(prefix + one_line, "", 1))
    except QuoraxError as problem:
        found = problem.diagnostics[0]
        column = max(found.span.column - len(prefix), 0)
        caret = " " * column + "^" * max(found.span.end_column - found.span.column, 1)
        raise _unreadable(found.message.replace("the statement", "it"), one_line, caret) from None
    assert isinstance(declared, InstanceDecl), "the text begins as an instance does"
    settings: dict[str, Setting] = {}
    for setting in declared.settings:
        if setting.name.text in settings:
            raise _unreadable(f"{setting.name} is there twice", one_line, "")
        settings[setting.name.text] = setting.value
    return settings


def _unreadable(message: str, text: str, caret: str) -> QuoraxError:
    remedy = 'for example: --bounds "Acceptor=3,Value={A,B},Q={{a1,a2},{a3,a4}}"'
    notes = (f"--bounds {text}", f"         {caret}") if caret.strip() else (f"--bounds {text}",)
    return error(NOWHERE, "C005", f"cannot read --bounds: {message}", remedy, *notes)
