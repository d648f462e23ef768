"""States survive being packed and unpacked, and equal values have equal bits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.dsl.loader import load
from checker.explicit.codec import CapacityError, decode, encode, rank, unrank
from checker.explicit.layout import layout_of
from checker.explicit.shapes import WORD, Parts, Shapes
from checker.ir.instance import Setting, build_instance, universe
from checker.ir.types import QuorumType, RecordType
from tests.ir.generate import Draw, instances, states, systems

PAXOS: dict[str, Setting] = {"Acceptor": 3, "Ballot": 4, "Value": 2}


@st.composite
def packed(draw: Draw) -> tuple[object, object]:
    system = draw(systems())
    instance = draw(instances(system))
    return layout_of(Shapes(system, instance)), draw(states(system, instance))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(packed())
def test_a_state_survives_being_packed(drawn: tuple[object, object]) -> None:
    layout, state = drawn
    words = layout.pack(state)  # type: ignore[attr-defined]
    assert all(0 <= word < 1 << WORD for word in words)
    assert layout.unpack(words) == state  # type: ignore[attr-defined]


def test_paxos_with_four_ballots_takes_three_words() -> None:
    system = load("paxos").system
    layout = layout_of(Shapes(system, build_instance(system, "test", PAXOS)))
    assert layout.words == 3


def test_places_do_not_overlap() -> None:
    for name, settings_of in (("paxos", PAXOS), ("raft", RAFT), ("pbft", PBFT)):
        system = load(name).system
        layout = layout_of(Shapes(system, build_instance(system, "test", settings_of)))
        taken: set[int] = set()
        whole = [p for p in layout.places.values() if not isinstance(p.shape, Parts)]
        for place in (*whole, *layout.parts.values()):
            element = getattr(place.shape, "element", None)
            is_message_set = place in layout.parts.values() and element is not None
            width = element.card if is_message_set else place.shape.bits
            bits = set(range(place.at, place.at + width))
            assert not bits & taken
            taken |= bits
        assert max(taken) < WORD * layout.words


RAFT: dict[str, Setting] = {"Server": 3, "Command": 2, "Term": 3, "LogLength": 2, "elections": 2, "restarts": 1}
PBFT: dict[str, Setting] = {
    "Replica": 4, "Digest": 2, "Number": 1, "View": 2, "f": 1, "byzantine": ("r4",)}  # fmt: skip


@pytest.mark.parametrize("record", ["Prepare", "Promise", "Accept", "Accepted", "Vote"])
def test_messages_are_ranked_in_the_order_of_their_universe(record: str) -> None:
    system = load("paxos").system
    instance = build_instance(system, "test", PAXOS)
    shapes = Shapes(system, instance)
    shape = shapes.record(record)
    everything = universe(RecordType(record), system, instance)
    codes = [encode(shape, value, shapes) for value in everything]
    assert codes == sorted(codes)
    assert [rank(shape, code) for code in codes] == list(range(len(everything)))
    assert [unrank(shape, number) for number in range(len(everything))] == codes
    assert [decode(shape, code, shapes) for code in codes] == list(everything)


def test_a_quorum_is_packed_as_its_number() -> None:
    system = load("paxos").system
    instance = build_instance(system, "test", PAXOS)
    shapes = Shapes(system, instance)
    kind = next(q.type for q in system.quorums)
    assert isinstance(kind, QuorumType)
    shape = shapes.of(kind)
    assert [encode(shape, q, shapes) for q in instance.quorums[kind.name]] == [0, 1, 2]
    assert decode(shape, 2, shapes) == instance.quorums[kind.name][2]


def test_a_list_without_room_says_which() -> None:
    from checker.ir.types import INT, SetType

    system = load("paxos").system
    shapes = Shapes(system, build_instance(system, "test", PAXOS))
    with pytest.raises(CapacityError, match=r"Set\[int\]"):
        encode(shapes.of(SetType(INT)), frozenset(range(9)), shapes)
