"""Traces as ITF JSON: nothing is lost on the way out and back, and nothing malformed gets in."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.diagnostics import QuoraxError
from checker.ir.instance import Setting, build_instance
from checker.ir.system import DomainDecl, VariableDecl
from checker.ir.types import (
    BOOL,
    INT,
    BagType,
    EnumType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    OrderType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
    Value,
)
from checker.render.spacetime import spacetime_dot
from checker.render.text import trace_text
from checker.trace.itf import from_itf, itf_text, read_itf, source_of, to_itf
from checker.trace.itf_values import ItfValues, Json
from checker.trace.trace import Trace
from tests.golden import assert_golden
from tests.render.stories import PROCESS, STORIES, paxos, paxos_story, raft_story, record, system_of, with_choices

GOLDEN = Path(__file__).parent / "golden"
PING, NOTE = RecordType("Ping"), RecordType("Note")
EVENT = UnionType(("Ping", "Note"))
LEVEL, MODE = OrderType("Level"), EnumType("Mode")
SYSTEM = system_of(
    "Values",
    DomainDecl(PROCESS),
    DomainDecl(LEVEL),
    DomainDecl(MODE, ("ON", "OFF")),
    record("Ping", n=IntType(0, 9)),
    record("Note", text=SetType(PROCESS)),
    VariableDecl("x", BOOL),
    actions={},
)
INSTANCE = build_instance(SYSTEM, "two", {"Process": ("anna", "bert"), "Level": 3})
VALUES = ItfValues(SYSTEM, INSTANCE)


def written(trace: Trace) -> Any:
    """Return a trace as a reader of the file gets it."""
    return json.loads(itf_text(to_itf(trace)))


def read(document: Any, like: Trace) -> Trace:
    return from_itf(document, like.system, like.instance)


@pytest.mark.parametrize("name", STORIES)
def test_a_trace_comes_back_as_it_was(name: str) -> None:
    trace = STORIES[name]()
    assert read(written(trace), trace) == trace


def test_choices_come_back() -> None:
    trace = with_choices(paxos_story())
    assert read(written(trace), trace) == trace


@pytest.mark.parametrize("name", STORIES)
def test_a_trace_that_was_read_is_shown_the_same(name: str) -> None:
    trace = STORIES[name]()
    again = read(written(trace), trace)
    assert (trace_text(again), spacetime_dot(again)) == (trace_text(trace), spacetime_dot(trace))


def test_a_document_looks_like_this() -> None:
    assert_golden(GOLDEN / "paxos.itf.json", itf_text(to_itf(paxos_story(), model="paxos", mutant="omit_vote")))


def test_a_document_says_of_what_it_is_a_trace() -> None:
    source = source_of(json.loads(itf_text(to_itf(paxos_story(), model="paxos", mutant="omit_vote"))))
    assert (source.model, source.mutant, source.instance) == ("paxos", "omit_vote", "small")
    assert source.settings == {"Acceptor": 3, "Value": 2, "Ballot": 2}


def test_a_document_names_the_file_and_the_class_unless_told_otherwise() -> None:
    assert source_of(written(paxos_story())).model == "models/story.py:OmitVote"


def test_settings_come_back_as_names_and_families() -> None:
    settings: dict[str, Setting] = {"Value": ("A", "B"), "Quorum": (("a1", "a2"), ("a2", "a3"))}
    trace = paxos_story()
    trace = replace(trace, instance=replace(trace.instance, settings=settings))
    assert source_of(written(trace)).settings == settings


def test_other_tools_find_what_the_format_demands() -> None:
    document = written(STORIES["crash"]())
    assert document["vars"] == ["crashed", "alone", "net"]
    assert document["loop"] == 7
    assert [state["#meta"]["index"] for state in document["states"]] == list(range(10))
    assert all(set(state) == {"#meta", "crashed", "alone", "net"} for state in document["states"])


@pytest.mark.parametrize(
    ("kind", "value", "expression"),
    [
        (BOOL, True, True),
        (INT, 2**53 - 1, 2**53 - 1),
        (INT, 2**53, {"#bigint": "9007199254740992"}),
        (INT, -(2**60), {"#bigint": "-1152921504606846976"}),
        (PROCESS, 1, "bert"),
        (LEVEL, 2, 2),
        (MODE, 1, "OFF"),
        (OptionType(PROCESS), None, {"tag": "None", "value": {}}),
        (OptionType(PROCESS), 0, "anna"),
        (PING, ("Ping", 3), {"n": 3}),
        (EVENT, ("Ping", 3), {"tag": "Ping", "value": {"n": 3}}),
        (SetType(PROCESS), frozenset({1, 0}), {"#set": ["anna", "bert"]}),
        (SeqType(BOOL), (True, False), [True, False]),
        (MapType(PROCESS, LEVEL), (2, 0), {"#map": [["anna", 2], ["bert", 0]]}),
        (MapType(BOOL, MODE), (0, 1), {"#map": [[False, "ON"], [True, "OFF"]]}),
        (MapType(IntType(1, 2), BOOL), (True, False), {"#map": [[1, True], [2, False]]}),
        (BagType(PING), frozenset({(("Ping", 1), 2)}), {"#map": [[{"n": 1}, 2]]}),
        (MessageSetType(PING), frozenset({("Ping", 1)}), {"#set": [{"n": 1}]}),
        (
            FifoType(PROCESS, PING),
            (((), (("Ping", 1),)), ((), ())),
            {
                "#map": [
                    ["anna", {"#map": [["anna", []], ["bert", [{"n": 1}]]]}],
                    ["bert", {"#map": [["anna", []], ["bert", []]]}],
                ]
            },
        ),
    ],
    ids=lambda x: str(x) if not isinstance(x, dict | tuple | frozenset) else "",
)
def test_values_have_these_expressions(kind: Type, value: Value, expression: Json) -> None:
    assert VALUES.write(kind, value) == expression
    assert VALUES.read(kind, expression, "x") == value


@pytest.mark.parametrize(
    ("kind", "expression", "value"),
    [
        (OptionType(PROCESS), None, None),
        (OptionType(PROCESS), {"tag": "Some", "value": "anna"}, 0),
        (LEVEL, "2", 2),
        (INT, {"#bigint": "7"}, 7),
        (SeqType(BOOL), {"#tup": [True]}, (True,)),
        (PING, {"tag": "Ping", "value": {"n": 3}}, ("Ping", 3)),
        (MapType(PROCESS, BOOL), {"#map": [["bert", True], ["anna", False]]}, (False, True)),
        (SetType(PROCESS), {"#set": ["bert", "bert"]}, frozenset({1})),
    ],
)
def test_what_other_tools_write_is_understood(kind: Type, expression: Json, value: Value) -> None:
    assert VALUES.read(kind, expression, "x") == value


@pytest.mark.parametrize(
    ("kind", "expression", "message"),
    [
        (BOOL, 1, "T004]: x: 1 is no bool"),
        (INT, True, "T004]: x: True is no int"),
        (INT, 1.5, "T004]: x: 1.5 is no int"),
        (INT, {"#bigint": "one"}, "T004]: x.#bigint: 'one' is no int"),
        (INT, {"#bigint": "9" * 500}, "T004]: x.#bigint: '999"),
        (IntType(0, 9), 10, "T005]: x: 10 is outside 0..9"),
        (IntType(None, 9), 10, "T005]: x: 10 is outside …..9"),
        (PROCESS, "carl", "T005]: x: Process has no member 'carl'"),
        (PROCESS, None, "T004]: x: null is no member of Process"),
        (LEVEL, 3, "T005]: x: Level has no member '3'"),
        (OptionType(PROCESS), {"tag": "Some", "value": "carl"}, "T005]: x.value: Process has no member 'carl'"),
        (PING, [], "T004]: x: [] is no Ping"),
        (PING, {"m": 1}, "T004]: x: Ping has not these fields"),
        (PING, {"n": 77}, "T005]: x.n: 77 is outside 0..9"),
        (EVENT, {"n": 7}, 'T004]: x: {"n": …} is no Ping | Note'),
        (EVENT, {"tag": "Pong", "value": {}}, "T004]: x.tag: 'Pong' is none of Ping, Note"),
        (EVENT, {"tag": ["Ping"], "value": {}}, "T004]: x.tag: ['Ping'] is none of Ping, Note"),
        (EVENT, {"tag": "Ping", "value": {"n": []}}, "T004]: x.value.n: [] is no int"),
        (SetType(PROCESS), ["anna"], "T004]: x: ['anna'] is no Set[Process]"),
        (SetType(PROCESS), {"#set": "anna"}, "T004]: x.#set: 'anna' is no list"),
        (SetType(PROCESS), {"#set": ["anna", 1]}, "T005]: x.#set[1]: Process has no member '1'"),
        (SeqType(BOOL, 1), [True, True], "T005]: x: 2 elements, and the capacity is 1"),
        (MapType(PROCESS, BOOL), {}, "T004]: x: {} is no map"),
        (MapType(PROCESS, BOOL), {"#map": [["anna"]]}, "T004]: x.#map[0]: ['anna'] is no pair"),
        (MapType(PROCESS, BOOL), {"#map": [["anna", True]]}, "T004]: x: the key bert is missing"),
        (
            MapType(PROCESS, BOOL),
            {"#map": [["anna", True], ["anna", True]]},
            "T004]: x.#map[1]: the key 'anna' twice",
        ),
        (BagType(PING), {"#map": [[{"n": 1}, 0]]}, "T005]: x.#map[0][1]: 0 is outside 1.."),
        (BagType(PING), {"#map": [[{"n": 1}, 1], [{"n": 1}, 1]]}, "T004]: x.#map[1]: the same message twice"),
    ],
)
def test_what_is_no_value_is_refused_with_its_place(kind: Type, expression: Json, message: str) -> None:
    with pytest.raises(QuoraxError) as caught:
        VALUES.read(kind, expression, "x")
    assert message in str(caught.value)


def test_only_minimal_quorums_are_quorums() -> None:
    system, instance = paxos()
    with pytest.raises(QuoraxError, match=r"T005.*no minimal quorum of Quorum"):
        ItfValues(system, instance).read(system.quorums[0].type, {"#set": ["a1", "a2", "a3"]}, "q")


def change(document: Any, path: str, value: Any) -> Any:
    """Return the document with what is at `path` replaced, or left out if `value` is `...`."""
    document = copy.deepcopy(document)
    *steps, last = [int(s) if s.isdigit() else s for s in path.split("/")]
    place = document
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("vars", ..., "error[T002]: vars: a list is wanted"),
        ("vars", ["net"], "error[T003]: vars: not the variables of OmitVote"),
        ("states", ..., "error[T002]: states: a list is wanted"),
        ("states", [], "error[T002]: states: there is none"),
        ("states/3", 7, "error[T002]: states[3]: an object is wanted"),
        ("states/3/vote", ..., "error[T003]: states[3]: vote is missing"),
        ("states/3/vote", 1, "error[T004]: states[3].vote: 1 is no map"),
        ("states/3/#meta", ..., "error[T002]: states[3].#meta.action: a string is wanted"),
        ("states/3/#meta/action", "pronounce", "error[T006]: states[3].#meta.action: OmitVote has no action"),
        ("states/3/#meta/args", {}, "error[T006]: states[3].#meta.args: not the parameters of promise"),
        ("states/3/#meta/args/a", "a9", "error[T005]: states[3].#meta.args.a: Acceptor has no member 'a9'"),
        ("states/3/#meta/choices", [{"name": "x"}], "error[T006]: states[3].#meta.choices[0].name: promise chooses no"),
        ("states/3/#meta/process", "a1", "error[T002]: states[3].#meta.process: an object is wanted"),
        ("states/3/#meta/process/domain", "Server", "error[T005]: states[3].#meta.process: Server has no member"),
        ("states/3/#meta/sent/0/network", "vote", "error[T004]: states[3].#meta.sent[0].network: OmitVote has no"),
        ("states/3/#meta/sent/0/type", "bool", "error[T004]: states[3].#meta.sent[0].type: bool is no message"),
        ("states/3/#meta/sent/0/type", "Set[", "error[T004]: states[3].#meta.sent[0].type: 'Set[' is no type"),
        ("states/3/#meta/sent/0/message", {}, "error[T004]: states[3].#meta.sent[0].message"),
        ("states/3/#meta/source/start", [1], "error[T002]: states[3].#meta.source.start: no place in a file"),
        ("states/7/#meta/notes/0", "so", "error[T002]: states[7].#meta.notes[0]: an object is wanted"),
        ("states/7/#meta/notes/0/kind", 1, "error[T002]: states[7].#meta.notes[0].kind: a string is wanted"),
        ("loop", 13, "error[T007]: loop: 13 is the index of no state"),
        ("loop", True, "error[T007]: loop: True is the index of no state"),
        ("#meta/description", 1, "error[T002]: #meta.description: a string is wanted"),
        ("#meta/blame", 1, "error[T002]: #meta.blame: an object is wanted"),
        ("#meta/blame/property", ..., "error[T002]: #meta.blame.property: a string is wanted"),
        ("#meta/blame/witnesses/0/type", "V", "error[T004]: #meta.blame.witnesses[0].type: V: the model has no type V"),
        ("#meta/blame/witnesses/1/value", "v9", "error[T005]: #meta.blame.witnesses[1].value: Value has no member"),
    ],
)
def test_a_malformed_document_is_refused_with_the_place(path: str, value: Any, message: str) -> None:
    trace = paxos_story()
    with pytest.raises(QuoraxError) as caught:
        read(change(written(trace), path, value), trace)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("document", [None, [], 1, "trace", {}, {"vars": {}}])
def test_what_is_no_trace_is_refused(document: Json) -> None:
    system, instance = paxos()
    with pytest.raises(QuoraxError, match="T002"):
        from_itf(document, system, instance)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("#meta", ..., "T003"),
        ("#meta/source", ..., "T003"),
        ("#meta/source/model", 1, "T002"),
        ("#meta/source/mutant", 1, "T002"),
        ("#meta/instance", 1, "T002"),
        ("#meta/instance/settings", [], "T002"),
        ("#meta/instance/settings/Acceptor", 1.5, "T002"),
        ("#meta/instance/settings/Acceptor", True, "T002"),
        ("#meta/instance/settings/Acceptor", [1], "T002"),
        ("#meta/instance/settings/Acceptor", [["a1"], "a2"], "T002"),
    ],
)
def test_a_malformed_source_is_refused(path: str, value: Any, code: str) -> None:
    with pytest.raises(QuoraxError, match=code):
        source_of(change(written(paxos_story()), path, value))


@pytest.mark.parametrize("name", ["paxos", "raft", "pbft"])
def test_no_mutilated_document_is_a_traceback(name: str) -> None:
    trace = STORIES[name]()
    document = written(trace)
    chance = random.Random(name)
    codes: list[str] = []
    for _ in range(300):
        try:
            read(_mutilated(document, chance), trace)
        except QuoraxError as problem:
            codes += [d.code for d in problem.diagnostics]
    assert len(codes) > 100
    assert set(codes) <= {"T002", "T003", "T004", "T005", "T006", "T007"}


def _mutilated(document: Any, chance: random.Random) -> Any:
    """Return the document with one value somewhere in it replaced, removed or repeated."""
    document = copy.deepcopy(document)
    place = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = chance.choice(keys)
        if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.15:
            break
        place = place[key]
    match chance.randrange(4):
        case 0:
            place[key] = chance.choice([None, True, -1, 2**70, 0.5, "", "zz", [], {}, [[]], {"#set": [{}]}, {"tag": 1}])
        case 1 if isinstance(place, list):
            place.append(copy.deepcopy(place[key]))
        case 2:
            other = chance.choice(list(place) if isinstance(place, dict) else list(range(len(place))))
            place[key] = copy.deepcopy(place[other])
        case _:
            del place[key]
    return document


@pytest.mark.parametrize("text", ["", "{", "\ufeff{}", "[" * 100_000, '{"states": 1' + "0" * 5000 + "}"])
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "trace.itf.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(QuoraxError, match="T001"):
        read_itf(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuoraxError, match=r"T001.*cannot read"):
        read_itf(tmp_path / "none.json")


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    trace = raft_story()
    file = tmp_path / "trace.itf.json"
    file.write_text(itf_text(to_itf(trace)), encoding="utf-8")
    assert read(read_itf(file), trace) == trace
