"""What counts as a change, and how it is written."""

from __future__ import annotations

import pytest

from checker.ir.instance import Instance, build_instance
from checker.ir.system import DomainDecl, RecordDecl, System, VariableDecl
from checker.ir.types import (
    BOOL,
    BagType,
    FifoType,
    IntType,
    MapType,
    MessageSetType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    Type,
    UnionType,
    Value,
)
from checker.ir.values import show_value
from checker.render.changes import changes, domain_key
from tests.render.stories import PROCESS, record, system_of

PING, NOTE, BOOK = RecordType("Ping"), RecordType("Note"), RecordType("Book")
NUMBER = IntType(0, 9)

RECORDS = (
    record("Ping", n=NUMBER),
    record("Note", n=NUMBER),
    RecordDecl("Book", record("Book", pages=SeqType(NUMBER, 9), reader=PROCESS, title=SetType(PROCESS)).fields, False),
)


def a_system(kind: Type) -> tuple[System, Instance]:
    system = system_of("One", DomainDecl(PROCESS), *RECORDS, VariableDecl("x", kind), actions={})
    return system, build_instance(system, "three", {"Process": 3})


def written(kind: Type, old: Value, new: Value) -> list[str]:
    system, instance = a_system(kind)

    def show(kind: Type, value: Value) -> str:
        return show_value(kind, value, system, instance)

    return [change.text(show) for change in changes(system, instance, (old,), (new,))]


@pytest.mark.parametrize("kind", [BOOL, NUMBER, OptionType(NUMBER), SeqType(NUMBER, 3)])
def test_equal_values_are_no_change(kind: Type) -> None:
    value = (1, 2) if isinstance(kind, SeqType) else 1
    assert written(kind, value, value) == []


def test_a_scalar_is_shown_before_and_after() -> None:
    assert written(BOOL, False, True) == ["x: False → True"]
    assert written(OptionType(NUMBER), None, 1) == ["x: None → 1"]
    assert written(PROCESS, 0, 2) == ["x: p1 → p3"]


def test_only_the_entries_of_a_map_that_changed_are_shown() -> None:
    assert written(MapType(PROCESS, NUMBER), (0, 0, 0), (0, 4, 5)) == ["x[p2]: 0 → 4", "x[p3]: 0 → 5"]


def test_maps_in_maps_are_compared_to_the_bottom() -> None:
    matrix = MapType(PROCESS, MapType(PROCESS, NUMBER))
    zero = ((0, 0, 0),) * 3
    assert written(matrix, zero, (*zero[:2], (0, 7, 0))) == ["x[p3][p2]: 0 → 7"]


def test_a_map_with_boolean_keys_names_them() -> None:
    assert written(MapType(BOOL, NUMBER), (0, 0), (0, 1)) == ["x[True]: 0 → 1"]


def test_a_short_record_is_shown_whole() -> None:
    assert written(PING, ("Ping", 1), ("Ping", 2)) == ["x: Ping(1) → Ping(2)"]


def test_a_record_of_another_kind_is_shown_whole() -> None:
    assert written(UnionType(("Ping", "Note")), ("Ping", 1), ("Note", 1)) == ["x: Ping(1) → Note(1)"]


def test_a_long_record_is_compared_field_by_field() -> None:
    old = ("Book", (1, 2, 3, 4, 5, 6, 7), 0, frozenset({0, 1, 2}))
    new = ("Book", (1, 2, 3, 4, 5, 6, 7, 8), 0, frozenset({0, 1}))
    assert written(OptionType(BOOK), old, new) == ["x.pages + 8", "x.title - p3"]


def test_sets_show_what_came_and_what_left() -> None:
    old, new = frozenset({0, 1}), frozenset({1, 2})
    assert written(SetType(PROCESS), old, new) == ["x - p1", "x + p3"]


def test_a_set_that_became_empty_says_so() -> None:
    assert written(SetType(PROCESS), frozenset({0, 1}), frozenset()) == ["x: {p1, p2} → {}"]


def test_every_message_of_a_message_set_has_a_line() -> None:
    network = MessageSetType(PING)
    assert written(network, frozenset(), frozenset({("Ping", 2), ("Ping", 1)})) == ["x + Ping(1)", "x + Ping(2)"]


def test_a_bag_shows_copies() -> None:
    network = BagType(PING)
    old = frozenset({(("Ping", 1), 2), (("Ping", 3), 1)})
    new = frozenset({(("Ping", 1), 1), (("Ping", 2), 3), (("Ping", 3), 1)})
    assert written(network, old, new) == ["x - Ping(1)", "x + Ping(2) ×3"]


def test_a_sequence_shows_what_was_appended() -> None:
    assert written(SeqType(NUMBER, 9), (1,), (1, 2, 3)) == ["x + 2, 3"]
    assert written(SeqType(NUMBER, 9), (), (1,)) == ["x + 1"]


def test_a_sequence_shows_what_was_cut_off() -> None:
    assert written(SeqType(NUMBER, 9), (1, 2, 3), (1,)) == ["x - last 2, 3"]


def test_a_sequence_that_became_empty_says_so() -> None:
    assert written(SeqType(NUMBER, 9), (1, 2), ()) == ["x: [1, 2] → []"]


def test_a_sequence_that_was_overwritten_shows_the_part_that_differs() -> None:
    assert written(SeqType(NUMBER, 9), (1, 2, 3), (1, 4)) == ["x[1:]: [2, 3] → [4]"]
    assert written(SeqType(NUMBER, 9), (1, 2), (2, 2)) == ["x: [1, 2] → [2, 2]"]


def fifo(channel: tuple[Value, ...]) -> Value:
    empty = ((), (), ())
    return (((), channel, ()), empty, empty)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ((), (1,), ["x[p1→p2] + Ping(1)"]),
        ((1,), (), ["x[p1→p2] - first Ping(1)"]),
        ((1, 1), (1,), ["x[p1→p2] - first Ping(1)"]),
        ((1, 2), (2, 3), ["x[p1→p2] - first Ping(1)", "x[p1→p2] + Ping(3)"]),
        ((1, 2), (), ["x[p1→p2] - first Ping(1), Ping(2)"]),
    ],
)
def test_a_channel_shows_what_was_delivered_and_what_was_sent(old: Value, new: Value, text: list[str]) -> None:
    old, new = (tuple(("Ping", n) for n in channel) for channel in (old, new))
    assert written(FifoType(PROCESS, PING, 3), fifo(old), fifo(new)) == text


def test_the_key_that_a_reader_knows_can_be_left_out() -> None:
    system, instance = a_system(MapType(PROCESS, NUMBER))
    (change,) = changes(system, instance, ((0, 0, 0),), ((0, 1, 0),))
    assert change.path() == "x[p2]"
    assert change.path(without=domain_key("Process", 1, instance)) == "x"
    assert change.path(without=domain_key("Process", 0, instance)) == "x[p2]"


def test_changes_of_networks_are_marked() -> None:
    system, instance = a_system(MessageSetType(PING))
    (change,) = changes(system, instance, (frozenset(),), (frozenset({("Ping", 1)}),))
    assert change.in_network
