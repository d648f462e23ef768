"""Histories are read as they were written, and every mistake in one is told with its line."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.diagnostics import QuoraxError
from refinement.linearizability.edn import read_edn
from refinement.linearizability.history import FALSE, TRUE, History, Word
from refinement.linearizability.read import read_history

HEADER = '{"schema": "quorax-history/1"}\n'
CALL = '{"type": "invoke", "client": "a", "op": "write", "value": 1}\n'


def read(folder: Path, text: str, **options: str) -> History:
    path = folder / "history"
    path.write_text(text, encoding="utf-8")
    return read_history(path, **options)[0]


def complaints(folder: Path, text: str, **options: str) -> list[tuple[str, int]]:
    """Return the codes and lines of what is wrong with a history."""
    with pytest.raises(QuoraxError) as caught:
        read(folder, text, **options)
    return [(d.code, d.span.line) for d in caught.value.diagnostics]


def called(history: History) -> list[tuple[object, ...]]:
    return [(o.client, o.name, o.key, o.argument, o.result, o.called, o.returned) for o in history.operations]


def test_a_history_of_quorax_is_read(tmp_path: Path) -> None:
    events = (
        '{"type": "invoke", "client": "a", "op": "cas", "key": "x", "value": [1, 2], "time": 0.5}\n'
        "\n"
        '{"type": "invoke", "client": "b", "op": "read", "key": "y"}\n'
        '{"type": "return", "client": "a", "value": true, "time": 0.5}\n'
        '{"type": "info", "client": "b"}\n'
        '{"type": "invoke", "client": "b", "op": "write", "key": "y", "value": [true, "é"]}\n'
        '{"type": "invoke", "client": "c", "op": "write", "key": "y", "value": 3}\n'
        '{"type": "fail", "client": "c"}\n'
    )
    history = read(tmp_path, HEADER + events)
    assert called(history) == [
        ("a", "cas", "x", (1, 2), TRUE, 0, 2),
        ("b", "read", "y", None, None, 1, None),
        ("b", "write", "y", (TRUE, "é"), None, 4, None),
    ]
    assert (history.failed, history.object, history.pending) == (1, "cas", 2)
    assert [(o.called_line, o.returned_line) for o in history.operations] == [(2, 5), (4, 0), (7, 0)]


def test_true_is_not_1(tmp_path: Path) -> None:
    events = CALL + '{"type": "return", "client": "a", "value": null}\n'
    events += '{"type": "invoke", "client": "a", "op": "read"}\n{"type": "return", "client": "a", "value": true}\n'
    write, got = read(tmp_path, HEADER + events).operations
    assert (write.argument, got.result) == (1, TRUE)
    assert write.argument != got.result


def test_a_log_of_jepsen_is_read(tmp_path: Path) -> None:
    log = (
        "INFO  jepsen.util - 0\t:invoke\t:write\t3\n"
        "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n"
        "INFO  jepsen.util - 12\t:invoke\t:cas\t[3 4]\n"
        "INFO  jepsen.util - 0\t:info\t:write\t:timed-out\n"
        "INFO  jepsen.util - 12\t:ok\t:cas\t[3 4]\n"
        "INFO  jepsen.util - 12\t:invoke\t:read\tnil\n"
        "INFO  jepsen.util - 12\t:ok\t:read\t4\n"
        "INFO  jepsen.util - 12\t:invoke\t:cas\t[0 1]\n"
        "INFO  jepsen.util - 12\t:fail\t:cas\t[0 1]\n"
    )
    history = read(tmp_path, log)
    assert called(history) == [
        ("process 0", "write", None, 3, None, 0, None),
        ("process 12", "cas", None, (3, 4), TRUE, 1, 3),
        ("process 12", "read", None, None, 4, 4, 5),
    ]
    assert history.failed == 1


def test_maps_of_jepsen_are_read(tmp_path: Path) -> None:
    maps = (
        '{:process 1, :type :invoke, :f :append, :key "k", :value "a\\"b"}\n'
        "{:process :nemesis, :type :info, :f :start, :value {:kill #{:n1}}}\n"
        '#jepsen.history.Op{:index 1, :time 5, :process 1, :type :ok, :f :append, :key "k", :value "a\\"b"}\n'
        '{:process 2 :type :invoke :f :get :key "k" :value :placeholder}\n'
        '{:process 2 :type :ok :f :get :key "k" :value "a\\"b"}\n'
    )
    history = read(tmp_path, maps)
    assert called(history) == [
        ("process 1", "append", "k", 'a"b', None, 0, 1),
        ("process 2", "get", "k", None, 'a"b', 2, 3),
    ]
    assert history.object == "kv"


def test_values_of_clojure_are_read() -> None:
    text = '[nil true -3 4N 2.5 1e3 "a\\n" :key sym (1 2) #{3} #tag 4]'
    words = (Word(":key"), Word("sym"))
    assert read_edn(text) == (None, TRUE, -3, 4, 2.5, 1000.0, "a\n", *words, (1, 2), (3,), 4)
    assert read_edn("false") == FALSE


@pytest.mark.parametrize("text", ["", "[1", "1 2", "]", '"a', "{:a}", "{:a {:b 1}", "[{:a 1}]", "[" * 50 + "]" * 50])
def test_what_is_no_value_of_clojure_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_edn(text)


JSON_CASES = {
    "no JSON": (HEADER + CALL + "nonsense\n", [("H002", 3)]),
    "no object": (HEADER + "[1]\n", [("H002", 2)]),
    "an infinite constant": (HEADER + CALL.replace("1}", "Infinity}"), [("H002", 2)]),
    "an infinite number": (HEADER + CALL.replace("1}", "1e999}"), [("H004", 2)]),
    "half a character": (HEADER + CALL.replace("1}", '"\\ud800"}'), [("H004", 2)]),
    "a value that is an object": (HEADER + CALL.replace("1}", "{}}"), [("H004", 2)]),
    "nested without end": (HEADER + CALL.replace("1}", "[" * 100_000 + "}"), [("H002", 2)]),
    "another schema": ('{"schema": "quorax-history/9"}\n' + CALL, [("H003", 1)]),
    "a header with more": ('{"schema": "quorax-history/1", "extra": 1}\n' + CALL, [("H004", 1)]),
    "an object without a name": ('{"schema": "quorax-history/1", "object": 1}\n' + CALL, [("H004", 1)]),
    "a strange initial state": ('{"schema": "quorax-history/1", "initial": {}}\n' + CALL, [("H004", 1)]),
    "no type": (HEADER + '{"client": "a"}\n', [("H004", 2)]),
    "an unknown type": (HEADER + '{"type": "ok", "client": "a"}\n', [("H004", 2)]),
    "no client": (HEADER + '{"type": "invoke", "op": "read"}\n', [("H004", 2)]),
    "no operation named": (HEADER + '{"type": "invoke", "client": "a"}\n', [("H004", 2)]),
    "an unknown field": (HEADER + CALL.replace('"value"', '"valeu"'), [("H004", 2)]),
    "no result": (HEADER + CALL + '{"type": "return", "client": "a"}\n', [("H004", 3)]),
    "a time that is none": (HEADER + CALL.replace("1}", '1, "time": "now"}'), [("H004", 2)]),
    "a return without a call": (HEADER + CALL + '{"type": "return", "client": "b", "value": 1}\n', [("H005", 3)]),
    "another operation returns": (
        HEADER + CALL + '{"type": "return", "client": "a", "op": "read", "value": 1}\n',
        [("H005", 3)],
    ),
    "two calls at once": (HEADER + CALL + CALL, [("H006", 3)]),
    "an unknown operation": (
        '{"schema": "quorax-history/1", "object": "register"}\n' + CALL.replace("write", "wirte"),
        [("H007", 2)],
    ),
    "a read of something": (HEADER + CALL.replace("write", "read"), [("H008", 2)]),
    "a cas of one value": (HEADER + CALL.replace("write", "cas"), [("H008", 2)]),
    "a cas that returns a number": (
        HEADER
        + CALL.replace("write", "cas").replace("1}", "[1, 2]}")
        + '{"type": "return", "client": "a", "value": 1}\n',
        [("H008", 3)],
    ),
    "a queue that is no list": (
        '{"schema": "quorax-history/1", "initial": 0}\n' + CALL.replace("write", "enqueue"),
        [("H008", 1)],
    ),
    "a store without a key": (HEADER + CALL.replace("write", "put").replace("1}", '"a"}'), [("H004", 2)]),
    "no such object": ('{"schema": "quorax-history/1", "object": "stack"}\n' + CALL, [("H009", 0)]),
    "no object has the operations": (HEADER + CALL.replace("write", "push"), [("H009", 0)]),
    "time runs backwards": (
        HEADER + CALL.replace("1}", '1, "time": 5}') + '{"type": "info", "client": "a", "time": 4}\n',
        [("H010", 3)],
    ),
    "no operation": (HEADER, [("H011", 0)]),
    "nothing but failures": (HEADER + CALL + '{"type": "fail", "client": "a"}\n', [("H011", 0)]),
    "several mistakes": (
        HEADER + "nonsense\n" + CALL + '{"type": "return", "client": "a"}\n',
        [("H002", 2), ("H004", 4)],
    ),
}


@pytest.mark.parametrize("name", JSON_CASES)
def test_a_mistake_in_a_history_of_quorax_is_told(tmp_path: Path, name: str) -> None:
    text, expected = JSON_CASES[name]
    assert complaints(tmp_path, text) == expected


JEPSEN_CASES = {
    "no operation": ("0\t:invoke\t:read\tnil\nsomething else\n", [("H002", 2)]),
    "no value of Clojure": ("0\t:invoke\t:write\t[1\n", [("H002", 1)]),
    "a map as a value": ("{:process 0 :type :invoke :f :write :value {:a 1}}\n", [("H002", 1)]),
    "an infinite number": ("0\t:invoke\t:write\t1e999\n", [("H002", 1)]),
    "no process": ("{:type :invoke :f :read :value nil}\n", [("H004", 1)]),
    "no type": ("{:process 0 :type :begin :f :read :value nil}\n", [("H004", 1)]),
    "no operation named": ("{:process 0 :type :invoke :value nil}\n", [("H004", 1)]),
    "a return without a call": ("0\t:invoke\t:read\tnil\n1\t:ok\t:read\tnil\n", [("H005", 2)]),
    "two calls at once": ("0\t:invoke\t:read\tnil\n0\t:invoke\t:read\tnil\n", [("H006", 2)]),
    "an empty file": ("\n", [("H011", 0)]),
}


@pytest.mark.parametrize("name", JEPSEN_CASES)
def test_a_mistake_in_a_history_of_jepsen_is_told(tmp_path: Path, name: str) -> None:
    text, expected = JEPSEN_CASES[name]
    assert complaints(tmp_path, text) == expected


def test_a_complaint_shows_the_line(tmp_path: Path) -> None:
    with pytest.raises(QuoraxError) as caught:
        read(tmp_path, HEADER + CALL + "nonsense\n")
    text = str(caught.value)
    assert f"{tmp_path / 'history'}:3:1: error[H002]: not a JSON object" in text
    assert "    3 | nonsense" in text
    assert "help: write one event a line" in text


def test_many_mistakes_are_counted(tmp_path: Path) -> None:
    with pytest.raises(QuoraxError) as caught:
        read(tmp_path, HEADER + "nonsense\n" * 50)
    assert len(caught.value.diagnostics) == 10
    assert "note: and 40 more errors" in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(QuoraxError, match=r"H001.*cannot read"):
        read_history(tmp_path / "nothing")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(QuoraxError, match=r"H001.*no text in UTF-8"):
        read_history(tmp_path / "binary")


def test_the_object_that_is_wanted_is_the_one(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER + CALL, object="cas").object == "cas"
    assert complaints(tmp_path, HEADER + CALL, object="queue") == [("H007", 2)]
    assert complaints(tmp_path, HEADER + CALL, object="que") == [("H009", 0)]


def test_the_format_that_is_wanted_is_the_one(tmp_path: Path) -> None:
    assert complaints(tmp_path, HEADER + CALL, format="jepsen")[0] == ("H002", 1)
    assert complaints(tmp_path, "0\t:invoke\t:read\tnil\n", format="quorax") == [("H002", 1)]


@settings(max_examples=300, deadline=None)
@given(
    head=st.sampled_from(["", HEADER]),
    lines=st.lists(
        st.one_of(
            st.text('0:ok[]{}()#"\\ \tinvoke read-cas\x00é\x85\u2028', max_size=30),
            st.sampled_from([CALL.strip(), "0\t:invoke\t:read\tnil", "{:process 1 :type :ok :f :read :value 1}"]),
        ),
        max_size=5,
    ),
)
def test_whatever_is_in_a_file_it_is_read_or_told(head: str, lines: list[str]) -> None:
    with TemporaryDirectory() as folder, suppress(QuoraxError):
        read(Path(folder), head + "\n".join(lines))
