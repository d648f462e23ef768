"""Types and their texts."""

from __future__ import annotations

import pytest

from checker.ir.types import (
    BOOL,
    INT,
    NONE,
    NOTHING,
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
)
from checker.trace.type_text import parse_type
from tests.render.stories import ACCEPTOR, BALLOT, QUORUM, VALUE, VOTE, paxos

MESSAGES = UnionType(("Prepare", "Accept"))


@pytest.mark.parametrize(
    "kind",
    [
        BOOL,
        INT,
        NONE,
        NOTHING,
        IntType(0, 9),
        IntType(-3, None),
        IntType(None, "limit"),
        ACCEPTOR,
        BALLOT,
        QUORUM,
        VOTE,
        MESSAGES,
        OptionType(VOTE),
        OptionType(MESSAGES),
        SetType(SetType(VALUE)),
        SeqType(VOTE),
        SeqType(OptionType(VOTE), 3),
        SeqType(IntType(0, 9), "limit"),
        MapType(ACCEPTOR, MapType(BALLOT, OptionType(VALUE))),
        BagType(MESSAGES),
        MessageSetType(RecordType("Prepare")),
        FifoType(ACCEPTOR, MESSAGES),
    ],
    ids=str,
)
def test_a_type_can_be_read_from_its_text(kind: Type) -> None:
    system, _ = paxos()
    assert parse_type(str(kind), system) == kind


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'' is no type"),
        ("Vaule", "the model has no type Vaule"),
        ("Set[Value", r"\] is missing"),
        ("Set[Value]]", "] is too much"),
        ("Set[]", "is no type|no type"),
        ("Tuple[Value]", "the language has no type Tuple"),
        ("Map[Value]", ", is missing"),
        ("bool | int", "only records have alternatives"),
        ("Bag[Value]", "a network carries messages, not Value"),
        ("Fifo[bool, Prepare]", "the language has no type Fifo"),
        ("§", "is no type"),
    ],
)
def test_what_is_no_type_is_refused(text: str, why: str) -> None:
    system, _ = paxos()
    with pytest.raises(ValueError, match=why):
        parse_type(text, system)
