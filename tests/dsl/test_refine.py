"""A mapping that cannot be one is refused: by number, with place, caret and remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.dsl.loader import load
from checker.dsl.model import Model, Refinement
from checker.ir.hash import refinement_hash
from tests.golden import assert_golden
from tests.interp.refining import IMPORTS, MAPPING, NAME, SENDING, refined

GOLDEN = Path(__file__).parent / "golden"

HOUR = "    hour: Annotated[int, Range(0, 2)]  # what it shows"
BODY = "        return fine.minute // 2"
HEAD = "    def hour(self, fine: Fine) -> Annotated[int, Range(0, 2)]:"

QUORUM = '''class Node(Sort):
    """A process."""


class Quorum(Majority[Node]):
    """More than half."""


class Coarse(Model)'''

RECORD = '''@record
class Pair:
    """Two numbers."""

    first: Annotated[int, Range(0, 1)]
    second: Annotated[int, Range(0, 1)]


class {}(Model)'''

WHOLE = f"{BODY}\n"

REJECTED: dict[str, tuple[tuple[str, str], ...]] = {
    "mapping that forgets a variable": ((f'{HEAD}\n        """Return the hour."""\n{BODY}\n', ""),),
    "mapping that forgets a variable of another type": (
        (f'{HEAD}\n        """Return the hour."""\n{BODY}\n', ""),
        (
            "    minute: Annotated[int, Range(0, 5)]  # how far it is",
            "    minute: Annotated[int, Range(0, 5)]\n    hour: bool",
        ),
        ("        self.minute = 0", "        self.hour = False\n        self.minute = 0"),
    ),
    "mapping of an unknown variable": (
        (WHOLE, f"{WHOLE}\n    def hours(self, fine: Fine) -> bool:\n        return True\n"),
    ),
    "mapping to another type": ((HEAD, "    def hour(self, fine: Fine) -> bool:"), (BODY, "        return True")),
    "mapping whose body is of another type": ((BODY, "        return fine.minute == 0"),),
    "mapping without a type": ((HEAD, "    def hour(self, fine: Fine):"),),
    "mapping without the finer model": ((HEAD, HEAD.replace("self, fine: Fine", "self")), (BODY, "        return 0")),
    "mapping that reads itself": ((BODY, "        return self.minute // 2"),),
    "mapping that names a variable the model lacks": ((BODY, "        return fine.minutes // 2"),),
    "mapping that sends": ((BODY, "        require(fine.minute == 0)\n        return 0"),),
    "mapping with a field": ((HEAD, f"    limit = 3\n\n{HEAD}"),),
    "mapping that cannot name a quorum system": (
        ("class Coarse(Model)", QUORUM),
        (
            "        self.hour = (self.hour + 1) % 3",
            "        require(any(len(q) > 0 for q in Quorum))\n        self.hour = 0",
        ),
    ),
    "mapping between records that differ": (
        ("class Coarse(Model)", RECORD.format("Coarse")),
        ("class Fine(Model)", RECORD.format("Fine").replace("second", "other")),
        ("        self.hour = (self.hour + 1) % 3", "        require(Pair(0, 1) != Pair(1, 0))\n        self.hour = 0"),
        ("self.minute = (self.minute + 1) % 6", "require(Pair(0, 1) != Pair(1, 0))\n        self.minute = 0"),
    ),
    "mapping to a budget": ((HOUR, f"{HOUR}\n    ticks: Budget[int]"),),
    "mapping to a bag": (
        (
            "class Coarse(Model)",
            "@message\nclass Tick:\n    hour: Annotated[int, Range(0, 2)]\n\n\nclass Coarse(Model)",
        ),
        (HOUR, f"{HOUR}\n    heard: Bag[Tick]"),
    ),
    "second mapping to the same model": (
        (WHOLE, f"{WHOLE}\n\nclass Again(Refinement, fine=Fine, coarse=Coarse):\n    hour = None\n"),
    ),
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_bad_mapping_gives_a_numbered_error_with_a_remedy(name: str, tmp_path: Path) -> None:
    with pytest.raises(QuoraxError) as caught:
        refined(tmp_path, *REJECTED[name])
    text = re.sub(r"[^\s`(]*/(coarse|fine|fine_refines)\.py", r"\1.py", str(caught.value))
    assert re.search(r"error\[M\d{3}\]: ", text)
    assert "help: " in text
    assert_golden(GOLDEN / f"{name.replace(' ', '_')}.txt", text + "\n")


def test_the_mapping_that_is_edited_is_itself_accepted(tmp_path: Path) -> None:
    (found,) = refined(tmp_path).refinements
    assert (found.name, found.coarse.name, found.doc) == (NAME, "Coarse", "Two minutes are an hour.")
    assert found.span.line == 1 + MAPPING[: MAPPING.index("class FineRefines")].count("\n")


def test_a_mapping_says_which_models_it_is_between() -> None:
    with pytest.raises(TypeError, match="has to say which models it maps"):
        type("Nothing", (Refinement,), {})


def test_a_mapping_for_a_variant_inherits_what_it_does_not_say(tmp_path: Path) -> None:
    refined(tmp_path)
    (folder,) = tmp_path.iterdir()
    (folder / "variant.py").write_text(
        f"{IMPORTS}\nfrom .fine import Fine\nfrom .fine_refines import FineRefinesCoarse\n\n\n"
        "class Variant(Fine):\n    pass\n\n\n"
        "class VariantRefinesCoarse(FineRefinesCoarse, fine=Variant):\n    pass\n",
        encoding="utf-8",
    )
    loaded = load(str(folder / "variant.py"))
    assert issubclass(loaded.model, Model)
    assert list(loaded.refinements) == [NAME]
    assert loaded.refining([NAME]).refinements[0].images == refined(tmp_path).refinements[0].images


def test_a_mapping_may_use_records_that_only_the_coarser_model_has(tmp_path: Path) -> None:
    system = refined(tmp_path, **SENDING)
    assert [r.name for r in system.records] == ["Tick"]


def test_the_hash_of_a_refinement_is_that_of_mapping_and_coarser_model(tmp_path: Path) -> None:
    plain = refinement_hash(refined(tmp_path), NAME)
    assert refinement_hash(refined(tmp_path, ("Two minutes are an hour.", "As it is.")), NAME) == plain
    assert refinement_hash(refined(tmp_path, ("It goes on by one minute.", "Tick.")), NAME) == plain
    assert refinement_hash(refined(tmp_path, (BODY, "        return fine.minute // 3")), NAME) != plain
    assert refinement_hash(refined(tmp_path, ("(self.hour + 1) % 3", "(self.hour + 2) % 3")), NAME) != plain


def test_the_file_of_a_mapping_is_no_model() -> None:
    with pytest.raises(QuoraxError, match="M017"):
        load("paxos_refines")
