"""The cases: instances whose number of states is known, and who counts them.

Every contender of a case judges the same properties: all invariants of states and of steps, or `agreement` alone, where
Spin and the module written by hand take part. Nobody judges temporal properties here.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.contender import Contender, Work
from benchmarks.figures import Clock
from benchmarks.quorax import Quorax
from benchmarks.spin import Spin
from benchmarks.tlc import Tlc


@dataclass(frozen=True, slots=True)
class Case:
    """An instance with `distinct` states, and who counts them; all do the same work.

    `against` names the contenders that all are compared with, `floor_bounds` an instance of few states, for the memory
    that a program takes before it stores any. Speed is per second of `clock`.
    """

    name: str
    title: str
    work: Work
    distinct: int
    contenders: tuple[Contender, ...]
    against: tuple[str, ...] = ("TLC",)
    floor_bounds: str = ""
    clock: Clock = "cpu"
    is_quick: bool = False


def cases(*, is_quick: bool) -> tuple[Case, ...]:
    """Return the cases in the order in which they run: all of them, or the quick ones."""
    return tuple(case for case in CASES if case.is_quick or not is_quick)


def _stores(work: Work) -> tuple[Contender, ...]:
    """Return this project's engine with each store, and with and without symmetry."""
    return (
        Quorax(work, "exact"),
        Quorax(work, "tree"),
        Quorax(work, "fp64"),
        Quorax(work, "exact", has_symmetry=True),
    )


def _beside_tlc(work: Work) -> tuple[Contender, ...]:
    return (*_stores(work), Tlc(work))


def _workers(work: Work) -> tuple[Contender, ...]:
    return (Quorax(work), Quorax(work, workers=2), Tlc(work), Tlc(work, workers=2))


PAXOS_ALL = ("agreement", "validity", "one_value_per_ballot", "votes_safe", "promises_kept", "votes_kept")
PAXOS_3 = Work("paxos", "Acceptor=3,Ballot=3,Value=2", ("agreement",))
PAXOS_4 = Work("paxos", "Acceptor=3,Ballot=4,Value=2", ("agreement",))
PAXOS_3_ALL = Work("paxos", "Acceptor=3,Ballot=3,Value=2", PAXOS_ALL)

RAFT_ALL = (
    *("election_safety", "log_matching", "leader_completeness", "state_machine_safety", "acknowledgements_kept"),
    *("commitments_kept", "leader_append_only", "terms_and_votes_kept"),
)
RAFT = Work("raft", "Server=3,Command=2,Term=3,LogLength=1,elections=3,restarts=2", RAFT_ALL)
RAFT_SMALL = Work("raft", "Server=3,Command=1,Term=3,LogLength=1,elections=2,restarts=0", RAFT_ALL)

PBFT_ALL = ("agreement", "prepared_unique", "committed_is_prepared", "new_view_safe", "validity")
PBFT = Work("pbft", "Replica=4,Digest=4,Number=1,View=2,f=1,byzantine={}", PBFT_ALL)
PBFT_LIAR = Work("pbft", "Replica=4,Digest=1,Number=1,View=3,f=1,byzantine={r3}", PBFT_ALL)
PBFT_SMALL = Work("pbft", "Replica=4,Digest=2,Number=1,View=2,f=1,byzantine={r4}", PBFT_ALL)

CASES = (
    Case(
        "paxos-3",
        "Paxos, 3 ballots, agreement",
        PAXOS_3,
        185_369,
        (
            *_stores(PAXOS_3),
            Tlc(PAXOS_3),
            Tlc(PAXOS_3, by_hand="PaxosByHand"),
            Spin(PAXOS_3, slots_log2=19),
            Spin(PAXOS_3, slots_log2=19, is_collapsed=True),
        ),
        against=("TLC", "TLC, hand-written module", "Spin"),
        is_quick=True,
    ),
    Case("paxos-3-all", "Paxos, 3 ballots, all invariants", PAXOS_3_ALL, 185_369, _beside_tlc(PAXOS_3_ALL)),
    Case(
        "paxos-4",
        "Paxos, 4 ballots, agreement",
        PAXOS_4,
        8_220_065,
        (
            *_stores(PAXOS_4),
            Tlc(PAXOS_4),
            Spin(PAXOS_4, slots_log2=24),
            Spin(PAXOS_4, slots_log2=24, is_collapsed=True),
        ),
        against=("TLC", "Spin"),
        floor_bounds="Acceptor=3,Ballot=2,Value=2",
    ),
    Case("raft-small", "Raft, 3 servers, all invariants", RAFT_SMALL, 23_122, _beside_tlc(RAFT_SMALL), is_quick=True),
    Case(
        "raft",
        "Raft, 3 servers, 2 commands, 3 elections, 2 restarts, all invariants",
        RAFT,
        816_723,
        _beside_tlc(RAFT),
        floor_bounds=RAFT_SMALL.bounds,
    ),
    Case(
        "pbft-small",
        "PBFT, 4 replicas, r4 lies, all invariants",
        PBFT_SMALL,
        8_076,
        _beside_tlc(PBFT_SMALL),
        is_quick=True,
    ),
    Case(
        "pbft",
        "PBFT, 4 replicas, 4 requests, 2 views, all invariants",
        PBFT,
        555_104,
        _beside_tlc(PBFT),
        floor_bounds=PBFT_SMALL.bounds,
    ),
    Case(
        "pbft-liar",
        "PBFT, 4 replicas, r3 lies, 3 views, all invariants",
        PBFT_LIAR,
        149_675,
        _beside_tlc(PBFT_LIAR),
        floor_bounds=PBFT_SMALL.bounds,
    ),
    Case(
        "workers",
        "Raft as above, with 1 and 2 workers, by the clock",
        RAFT,
        816_723,
        _workers(RAFT),
        against=("quorax exact", "TLC"),
        clock="wall",
    ),
)
