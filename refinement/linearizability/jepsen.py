"""Histories of Jepsen (https://jepsen.io): its logs, and its files of one map in Clojure's notation a line.

An operation ends as `:ok`, `:fail` (it did not take effect) or `:info` (nobody knows: it stays pending for good, and
its process is never heard of again). Lines of the nemesis are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from refinement.linearizability.assemble import Complaints, Event, Kind, Recording, is_value
from refinement.linearizability.edn import Edn, plain, read_edn
from refinement.linearizability.history import Value, Word

_LOGGED = re.compile(r".*?(?P<process>:?[\w-]+)\s+:(?P<kind>invoke|ok|fail|info)\s+:(?P<name>[\w-]+)\s+(?P<value>.*)")
_KINDS: dict[str, Kind] = {"invoke": "invoke", "ok": "return", "fail": "fail", "info": "info"}
_NEMESIS = "nemesis"


def read_jepsen(file: str, lines: Sequence[str]) -> Recording:
    """Return what a history of Jepsen says.

    Raises:
        QuoraxError: H002 for every line that is no operation, H004 for what lacks something.

    """
    complaints = Complaints(file)
    events: list[Event] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text in ("[", "]"):
            continue
        try:
            event = _map(number, read_edn(text)) if text[0] in "{#" else _logged(number, text)
        except ValueError as problem:
            complaints.add(number, "H002", f"not an operation of Jepsen: {problem}", "remove other lines from the file")
            continue
        except KeyError as problem:
            complaints.add(number, "H004", f":{problem.args[0]} is missing, or is not what it should be")
            continue
        if event is not None:
            events.append(event)
    complaints.raise_any()
    return Recording(file, tuple(events), is_jepsen=True)


def _logged(number: int, text: str) -> Event | None:
    match = _LOGGED.fullmatch(text)
    if match is None:
        raise ValueError("process, type, operation and value are wanted, with tabs between them")
    value = read_edn(match["value"].split("\t")[0])
    return _event(number, match["process"].removeprefix(":"), match["kind"], match["name"], None, value)


def _map(number: int, found: Edn) -> Event | None:
    if not isinstance(found, dict):
        raise ValueError("a map is wanted")
    process = found.get(Word(":process"))
    if process == Word(f":{_NEMESIS}"):
        return None
    if not isinstance(process, int):
        raise KeyError("process")
    kind = _keyword(found, "type")
    if kind not in _KINDS:
        raise KeyError("type")
    key = plain(found.get(Word(":key")))
    return _event(number, str(process), kind, _keyword(found, "f"), key, found.get(Word(":value")))


def _keyword(found: dict[Value, Edn], name: str) -> str:
    word = found.get(Word(f":{name}"))
    if not isinstance(word, Word) or not word.text.startswith(":"):
        raise KeyError(name)
    return word.text[1:]


def _event(number: int, process: str, kind: str, name: str, key: Value, found: Edn) -> Event | None:
    if process == _NEMESIS:
        return None
    value = plain(found)
    if not is_value(value) or not is_value(key):
        raise ValueError("its value is neither finite nor Unicode")
    return Event(number, _KINDS[kind], f"process {process}", name, key, value)
