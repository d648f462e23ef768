"""Names of a system in TLA+: the model's own where TLA+ allows them, else the nearest that is free.

TLA+ has one name space: a bound variable must not be called like anything that is defined where it is bound, and
reserved words are not names at all. Renaming is by numbers at the end, in declaration order.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from checker.ir.instance import Instance
from checker.ir.system import System
from checker.ir.types import SortType
from checker.ir.walk import fresh

_RESERVED = """
    ACTION ASSUME ASSUMPTION AXIOM BOOLEAN BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE
    ENABLED EXCEPT EXTENDS FALSE HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER
    PICK PROOF PROPOSITION PROVE QED RECURSIVE STATE STRING SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM TRUE UNCHANGED
    UNION USE VARIABLE VARIABLES WITH WITNESS
"""

_STANDARD = """
    Nat Int Seq Len Append Head Tail SubSeq SelectSeq Cardinality IsFiniteSet IsABag BagToSet SetToBag BagIn EmptyBag
    CopiesIn BagUnion SqSubseteq SubBag BagOfAll BagCardinality Print PrintT Assert JavaTime TLCGet TLCSet Permutations
    SortSeq RandomElement Any ToString TLCEval
    Integers Naturals Sequences FiniteSets Bags TLC
"""

RESERVED = frozenset(_RESERVED.split())
"""Words that are no identifiers of TLA+, not even as the name of a field."""

STANDARD = frozenset(_STANDARD.split())
"""What the standard modules define, and their names."""

HELPERS = ("Of", "Elements", "Max", "Min", "MaxBy", "MinBy", "Maximal", "Minimal", "Only", "Covers", "BagOf")
"""Operators that every exported module may define; see `checker.export.operators`."""

FRAME = ("vars", "TypeOK", "Init", "Next", "Spec")


class Names:
    """The module-level names of one exported system. All are distinct, and none is reserved or standard."""

    def __init__(self, system: System, instance: Instance) -> None:
        self._taken: set[str] = set(RESERVED | STANDARD)
        self.module = self._claim(system.name, "Model")
        self.none = self._claim("None")
        self.helpers = {name: self._claim(name) for name in HELPERS}
        self.frame = {name: self._claim(name) for name in FRAME}
        self.domains = {d.type.name: self._claim(d.type.name) for d in system.domains}
        self.quorums = {q.type.name: self._claim(q.type.name) for q in system.quorums}
        self.givens = {g.name: self._claim(g.name) for g in system.givens}
        self.budgets = {v.name: self._claim(f"Max{_camel(v.name)}") for v in system.variables if v.is_budget}
        self.members = {
            d.type.name: tuple(self._member(d.type.name, m) for m in instance.domains[d.type.name])
            for d in system.domains
            if isinstance(d.type, SortType)
        }
        self.records = {r.name: self._claim(r.name) for r in system.records}
        self.record_sets = {
            r.name: self._claim(f"{r.name}{'Message' if r.is_message else 'Record'}") for r in system.records
        }
        self.forged = {r.name: self._claim(f"Forged{r.name}") for r in system.records if r.signer}
        self.available = {r.name: self._claim(f"Available{r.name}") for r in system.records if r.signer}
        self.any_available = self._claim("Available")
        self.before_variables = frozenset(self._taken)
        self.variables = {v.name: self._claim(v.name) for v in system.variables}
        self.functions = {f.name: self._claim(f.name) for f in system.functions}
        self.actions = {a.name: self._claim(a.name) for a in system.actions}
        self.properties = {p.name: self._claim(p.name) for p in system.properties}
        self.all = frozenset(self._taken)
        fields = {f.name for r in system.records for f in r.fields}
        self.kind = fresh("kind", fields)

    def field(self, name: str) -> str:
        """Return the name of a record's field: fields have a name space of their own, but no reserved words."""
        return fresh(_identifier(name), RESERVED)

    def bound(self, name: str, inside: Iterable[str], globals: Collection[str]) -> str:
        """Return a name for a bound variable that clashes neither with `globals` nor with those bound around it.

        The locals of an inlined procedure bear its name in front, which is left out.
        """
        return fresh(_identifier(name.rpartition(".")[2]), {*globals, *inside})

    def _member(self, sort: str, name: str) -> str:
        identifier = _identifier(name)
        return self._claim(identifier if identifier == name else f"{sort}_{identifier}")

    def _claim(self, name: str, suffix: str = "") -> str:
        name = _identifier(name)
        if suffix and name in self._taken:
            name += suffix
        chosen = fresh(name, self._taken)
        self._taken.add(chosen)
        return chosen


def _identifier(name: str) -> str:
    """Return a name that TLA+ can read: ASCII letters, digits and underscores, a letter first, no WF_ or SF_."""
    plain = re.sub(r"[^A-Za-z0-9_]", lambda found: f"u{ord(found.group()):x}", name)
    return plain if re.match(r"(?!WF_|SF_)[A-Za-z]", plain) else f"n{plain}"


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
