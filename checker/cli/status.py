"""Exit codes: what a script may rely on."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """The exit code of every command."""

    AS_EXPECTED = 0
    VIOLATED = 1
    USAGE = 2
    INCONCLUSIVE = 3
    INTERNAL = 4


MEANINGS = {
    Status.AS_EXPECTED: "as expected",
    Status.VIOLATED: "a property is violated, or the gate found a difference",
    Status.USAGE: "the command line, a model or a spec is wrong",
    Status.INCONCLUSIVE: "inconclusive",
    Status.INTERNAL: "an error of quorax itself",
}
