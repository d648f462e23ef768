"""Which actions may be expanded alone: those that footprints show to be independent of all others, and invisible."""

from __future__ import annotations

from pathlib import Path

from checker.dsl.loader import load
from checker.ir.independence import ample_candidates
from tests.interp.small import system_of

COUNTERS = '''
class Node(Sort): ...

@message
class Ping:
    to: Node

@message
class Pong:
    to: Node

class Counters(Model):
    """Three variables, of which two matter to one another, and messages that one action asks for."""

    a: int in_range(0, 2)
    b: int in_range(0, 2)
    c: int in_range(0, 2)
    net: MessageSet[Ping | Pong]

    @initial
    def start(self) -> None:
        self.a = 0
        self.b = 0
        self.c = 0

    @action
    def up(self) -> None:
        require(self.a < 2)
        self.a = self.a + 1

    @action
    def copy(self) -> None:
        self.b = self.a

    @action
    def own(self) -> None:
        require(self.c < 2)
        self.c = self.c + 1

    @action
    def ping(self, n: Node) -> None:
        self.net.send(Ping(n))

    @action
    def pong(self, m: Ping) -> None:
        require(m in self.net)
        self.net.send(Pong(m.to))

    @invariant
    def few(self) -> bool:
        return self.b < 3

    @invariant
    def quiet(self) -> bool:
        return not any(True for m in self.net.of(Pong))
'''.replace("int in_range(0, 2)", "Annotated[int, Range(0, 2)]")


def candidates(folder: Path, *properties: str) -> list[list[str]]:
    system = system_of(COUNTERS, folder)
    judged = [p.body for p in system.properties if p.name in properties]
    return [sorted(names) for names in ample_candidates(system, judged)]


def test_an_action_comes_with_all_that_it_matters_to_and_that_enables_it(tmp_path: Path) -> None:
    assert candidates(tmp_path) == [["own"], ["ping"], ["copy", "up"], ["ping", "pong"]]


def test_what_a_property_reads_is_not_changed_by_what_is_expanded_alone(tmp_path: Path) -> None:
    assert candidates(tmp_path, "few") == [["own"], ["ping"], ["ping", "pong"]]
    assert candidates(tmp_path, "quiet") == [["own"], ["ping"], ["copy", "up"]]


def test_asking_for_the_messages_of_others_is_no_independence() -> None:
    system = load("paxos").system
    assert [sorted(c) for c in ample_candidates(system, [])][:2] == [["prepare"], ["restart"]]
    assert not any("promise" in names and "propose" not in names for names in ample_candidates(system, []))


def test_a_message_that_liars_can_wrap_up_is_sent_in_what_they_wrap_it_in() -> None:
    system = load("pbft").system
    assert ample_candidates(system, []) == ()
