"""Systems that differ from a given one in places only, or in one thing that matters."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from checker.diagnostics import Span


def moved(node: Any) -> Any:
    """Return a node of the IR with another span and other docs on it and on everything inside it."""
    if isinstance(node, tuple):
        return tuple(map(moved, node))
    if not hasattr(node, "__dataclass_fields__"):
        return node
    changed = {name: moved(getattr(node, name)) for name in node.__dataclass_fields__}
    for name, new in (("span", Span("elsewhere.py", 1, 2, 3, 4)), ("doc", "Another text.")):
        if name in changed:
            changed[name] = new
    return type(node)(**changed)


def mutations(node: Any) -> Iterator[Any]:
    """Yield `node` with one thing in it changed, in every way: a name, a number, a flag, a part left out."""
    if isinstance(node, bool):
        yield not node
    elif isinstance(node, int):
        yield node + 1
    elif isinstance(node, str):
        yield node + "x"
    elif isinstance(node, tuple):
        for place, part in enumerate(node):
            yield (*node[:place], *node[place + 1 :])
            yield from ((*node[:place], new, *node[place + 1 :]) for new in mutations(part))
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            if field.name not in ("doc", "span"):
                yield from (
                    replace(node, **{field.name: new})  # type: ignore[type-var]
                    for new in mutations(getattr(node, field.name))
                )
