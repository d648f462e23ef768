"""Lemmas about the quorums of published protocols: each with the change that breaks it, and where it first breaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lemma:
    """`weaker` replaces statements by others; then the question is refuted, first at the parameters `breaks`."""

    statements: tuple[str, ...]
    question: str
    weaker: dict[str, str]
    breaks: dict[str, int]

    @property
    def whole(self) -> tuple[str, ...]:
        return (*self.statements, self.question)

    @property
    def weakened(self) -> tuple[str, ...]:
        return tuple(self.weaker.get(s, s) for s in self.whole)


PBFT = ("n = 3*f + 1", "quorum Q: size >= 2*f + 1", "byzantine: size <= f")
BRACHA = (
    "n >= 3*f + 1",
    "byzantine: size <= f",
    "quorum Echo: size > ⌊(n + f)/2⌋",
    "quorum Amplify: size >= f + 1",
    "quorum Deliver: size >= 2*f + 1",
)
FAST = ("n > 2*e + f", "n > 2*f", "quorum Classic: size >= n - f", "quorum Fast: size >= n - e")
EPAXOS = ("n = 2*f + 1", "f >= 1", "quorum Fast: size >= f + ⌊(f + 1)/2⌋", "quorum Slow: size >= f + 1")
FAB = ("n = 5*f + 1", "byzantine: size <= f", "quorum Accept: size >= n - f", "quorum Report: size = n - f")
MASKING = ("n >= 4*f + 1", "byzantine: size <= f", "quorum Q: size >= ⌈(n + 2*f + 1)/2⌉")

LEMMAS = {
    # Lamport, "The Part-Time Parliament" (1998)
    "two majorities meet": Lemma(
        ("quorum Q: majority",), "any Q, Q meet", {"quorum Q: majority": "quorum Q: size >= n // 2"}, {"n": 1}
    ),
    # Cachin, Guerraoui, Rodrigues (2011), section 3.4.3
    "a majority survives f crashes of 2f + 1": Lemma(
        ("n = 2*f + 1", "set crashed: size <= f", "quorum Q: majority"),
        "not crashed covers Q",
        {"n = 2*f + 1": "n = 2*f"},
        {"n": 2, "f": 1},
    ),
    # Howard, Malkhi, Spiegelman (2016), section 3
    "phases of Flexible Paxos meet": Lemma(
        ("q1 + q2 > n", "quorum Q1: size >= q1", "quorum Q2: size >= q2"),
        "any Q1, Q2 meet",
        {"q1 + q2 > n": "q1 + q2 >= n"},
        {"n": 1, "q1": 0, "q2": 1},
    ),
    "the sets of Flexible Paxos may be exact": Lemma(
        ("1 <= q1 <= n", "1 <= q2 <= n", "q1 + q2 = n + 1", "quorum Q1: size = q1", "quorum Q2: size = q2"),
        "any Q1, Q2 meet",
        {"q1 + q2 = n + 1": "q1 + q2 = n"},
        {"n": 2, "q1": 1, "q2": 1},
    ),
    "rows and columns of a grid meet": Lemma(
        ("grid Row, Column: 2 x 3",),
        "any Row, Column meet",
        {"grid Row, Column: 2 x 3": "grid Row, Other: 2 x 3", "any Row, Column meet": "any Row, Row meet"},
        {"n": 6},
    ),
    "a listed row that lacks a process misses a column": Lemma(
        ("family Row = {{a, b}, {c, d}}", "family Column = {{a, c}, {b, d}}"),
        "any Row, Column meet",
        {"family Row = {{a, b}, {c, d}}": "family Row = {{a}, {c, d}}"},
        {"n": 4},
    ),
    "a grid without a process still has a row": Lemma(
        ("grid Row, Column: 2 x 2", "set crashed: size <= 1"),
        "not crashed covers Row",
        {"set crashed: size <= 1": "set crashed: size <= 2"},
        {"n": 4},
    ),
    # Lamport, "Fast Paxos" (2006), section 2.2
    "a classic quorum meets two fast quorums": Lemma(
        FAST, "any Classic, Fast, Fast meet", {"n > 2*e + f": "n >= 2*e + f"}, {"n": 2, "e": 1, "f": 0}
    ),
    "three quarters are enough beside majorities": Lemma(
        ("quorum Classic: majority", "quorum Fast: size >= ⌈3*n/4⌉"),
        "any Classic, Fast, Fast meet",
        {"quorum Fast: size >= ⌈3*n/4⌉": "quorum Fast: size >= ⌈2*n/3⌉"},
        {"n": 3},
    ),
    "three fast quorums meet": Lemma(
        ("n > 3*e", "quorum Fast: size >= n - e"),
        "any Fast, Fast, Fast meet",
        {"n > 3*e": "n >= 3*e"},
        {"n": 3, "e": 1},
    ),
    "quorums of 2f + 1 of 3f + 1 meet by threes": Lemma(
        PBFT, "any Q, Q, Q meet", {"n = 3*f + 1": "n = 3*f + 2"}, {"n": 2, "f": 0}
    ),
    # Castro, Liskov, "Practical Byzantine Fault Tolerance" (1999), section 4
    "two quorums of PBFT share an honest replica": Lemma(
        PBFT, "any Q, Q meet in honest", {"byzantine: size <= f": "byzantine: size <= f + 1"}, {"n": 1, "f": 0}
    ),
    "PBFT can wait for a quorum": Lemma(PBFT, "honest covers Q", {"n = 3*f + 1": "n = 3*f"}, {"n": 3, "f": 1}),
    "replicas that can be waited for share an honest one": Lemma(
        ("n > 3*f", "quorum Q: size >= n - f", "byzantine: size <= f"),
        "any Q, Q meet in honest",
        {"n > 3*f": "n >= 3*f"},
        {"n": 3, "f": 1},
    ),
    # Bracha, "Asynchronous Byzantine Agreement Protocols" (1987), section 3
    "two echo quorums share an honest process": Lemma(
        BRACHA,
        "any Echo, Echo meet in honest",
        {"quorum Echo: size > ⌊(n + f)/2⌋": "quorum Echo: size >= ⌊(n + f)/2⌋"},
        {"n": 1, "f": 0},
    ),
    "the honest are an echo quorum": Lemma(
        BRACHA, "honest covers Echo", {"n >= 3*f + 1": "n >= 3*f"}, {"n": 3, "f": 1}
    ),
    "f + 1 ready messages name an honest process": Lemma(
        BRACHA,
        "any Amplify meet in honest",
        {"quorum Amplify: size >= f + 1": "quorum Amplify: size >= f"},
        {"n": 1, "f": 0},
    ),
    "2f + 1 ready messages make every honest process ready": Lemma(
        BRACHA,
        "any Deliver: Deliver minus byzantine covers Amplify",
        {"quorum Deliver: size >= 2*f + 1": "quorum Deliver: size >= 2*f"},
        {"n": 1, "f": 0},
    ),
    # Martin, Alvisi, "Fast Byzantine Consensus" (2006), section 5
    "most reports tell what FaB has chosen": Lemma(
        FAB,
        "any Accept, Report: 2*|Accept and Report and honest| > |Report|",
        {"n = 5*f + 1": "n = 5*f"},
        {"n": 5, "f": 1},
    ),
    # Moraru, Andersen, Kaminsky, "There Is More Consensus in Egalitarian Parliaments" (2013), section 4.4
    "recovery sees a fast quorum of EPaxos": Lemma(
        EPAXOS,
        "any Fast, Slow meet in at least ⌊(f + 1)/2⌋ members",
        {"quorum Fast: size >= f + ⌊(f + 1)/2⌋": "quorum Fast: size >= f + ⌊f/2⌋"},
        {"n": 3, "f": 1},
    ),
    "two fast quorums of EPaxos meet": Lemma(
        EPAXOS,
        "any Fast, Fast meet",
        {"quorum Fast: size >= f + ⌊(f + 1)/2⌋": "quorum Fast: size >= f"},
        {"n": 3, "f": 1},
    ),
    # Malkhi, Reiter, "Byzantine Quorum Systems" (1998), section 4
    "masking quorums share f + 1 honest processes": Lemma(
        MASKING,
        "any Q, Q meet in at least f + 1 members of honest",
        {"quorum Q: size >= ⌈(n + 2*f + 1)/2⌉": "quorum Q: size >= ⌈(n + 2*f)/2⌉"},
        {"n": 2, "f": 0},
    ),
    "a masking quorum can be waited for": Lemma(
        MASKING, "honest covers Q", {"n >= 4*f + 1": "n >= 4*f"}, {"n": 4, "f": 1}
    ),
    "seven of eight quorums meet in one process": Lemma(
        ("quorum Q: size > ⌊7*n/8⌋",),
        "any Q, Q, Q, Q, Q, Q, Q, Q meet",
        {"quorum Q: size > ⌊7*n/8⌋": "quorum Q: size >= ⌊7*n/8⌋"},
        {"n": 1},
    ),
}

TIGHT = {
    "flexible": ("tight q1 + q2 > n", "quorum Q1: size >= q1", "quorum Q2: size >= q2", "any Q1, Q2 meet"),
    "majority": ("tight quorum Q: majority", "any Q, Q meet"),
    "three quarters": ("quorum C: majority", "tight quorum F: size >= ⌈3*n/4⌉", "any C, F, F meet"),
    "n - f of 3f": ("tight n > 3*f", "quorum Q: size >= n - f", "byzantine: size <= f", "any Q, Q meet in honest"),
    "2f + 1 of 3f": ("tight n = 3*f + 1", *PBFT[1:], "honest covers Q"),
    "faults": (*PBFT[:2], "tight byzantine: size <= f", "any Q, Q meet in honest"),
    "FaB": ("tight n = 5*f + 1", *FAB[1:], "any Accept, Report: 2*|Accept and Report and honest| > |Report|"),
    "masking": ("tight n >= 4*f + 1", *MASKING[1:], "honest covers Q"),
    "crashes": ("tight n > 2*f", "set crashed: size <= f", "quorum Q: majority", "not crashed covers Q"),
    "EPaxos": (*EPAXOS[:2], "tight " + EPAXOS[2], EPAXOS[3], "any Fast, Slow meet in at least ⌊(f + 1)/2⌋ members"),
}
"""Statements that cannot be weakened by one: then there is a counterexample whatever the parameters."""

ONLY_LIARS = {
    "PBFT without the primary": ("n = 3*f + 1", "f >= 1", "byzantine: size <= f", "quorum P: size >= 2*f",
                                 "quorum Q: size >= 2*f + 1", "any P, Q meet in {}"),
    "three quorums of 2f + 1": (*PBFT, "any Q, Q, Q meet in {}"),
    "majorities among liars": ("f >= 1", "byzantine: size <= f", "quorum Q: majority", "any Q, Q meet in {}"),
    "all that answer of 3f": ("n = 3*f", "byzantine: size <= f", "quorum Q: size = n - f", "any Q, Q meet in {}"),
}  # fmt: skip
"""Quorums that meet, but perhaps only in Byzantine members."""
