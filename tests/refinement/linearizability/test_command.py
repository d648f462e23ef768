"""`quorax linearize`: verdicts, exit codes, the timeline and the document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, quorax
from tests.golden import assert_golden
from tests.registered import register

__all__ = ["quorax"]

GOLDEN = Path(__file__).parent / "golden"
HEADER = '{"schema": "quorax-history/1"}\n'


def event(type: str, client: str, **more: object) -> str:
    return json.dumps({"type": type, "client": client, **more}) + "\n"


GOOD = HEADER + event("invoke", "a", op="write", value=1) + event("return", "a", value=None)
STALE = GOOD + "".join((
    event("invoke", "b", op="write", value=2), event("invoke", "c", op="read"), event("return", "c", value=2),
    event("invoke", "a", op="read"), event("return", "a", value=1), event("return", "b", value=None),
))  # fmt: skip
RIVALS = HEADER + "".join((
    event("invoke", "a", op="enqueue", key="jobs", value="j1"), event("return", "a", value=None),
    event("invoke", "b", op="dequeue", key="jobs"), event("invoke", "c", op="dequeue", key="jobs"),
    event("return", "c", value="j1"), event("return", "b", value="j1"), event("invoke", "d", op="enqueue", value=1),
    event("info", "d"),
))  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder of its own, with the commands of this checkout registered."""
    monkeypatch.syspath_prepend(register(tmp_path / "registered"))
    monkeypatch.chdir(tmp_path)
    for name, text in (("good", GOOD), ("stale", STALE), ("rivals", RIVALS), ("bad", HEADER + "nonsense\n")):
        (tmp_path / f"{name}.ndjson").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_exit_code_is_the_verdict(quorax: Run) -> None:
    assert quorax("linearize", "good.ndjson").status == 0
    assert quorax("linearize", "stale.ndjson").status == 1
    assert quorax("linearize", "bad.ndjson").status == 2
    assert quorax("linearize", "no.ndjson").status == 2
    assert quorax("linearize", "good.ndjson", "--object", "queue").status == 2
    assert quorax("linearize", "stale.ndjson", "--configurations", "1").status == 3
    assert quorax("linearize", "stale.ndjson", "--time", "1e-9").status == 3


def test_nothing_is_claimed_where_a_limit_was_hit(quorax: Run) -> None:
    said = quorax("linearize", "stale.ndjson", "--configurations", "1").out.splitlines()[1:]
    assert said == ["undetermined: the limit of 1 configurations was hit"]


@pytest.mark.parametrize("name", ["stale", "rivals"])
def test_the_text_the_timeline_and_the_document_are_as_reviewed(quorax: Run, folder: Path, name: str) -> None:
    ran = quorax("linearize", f"{name}.ndjson", "--diagram", f"{name}.dot", "--json", f"{name}.json")
    assert_golden(GOLDEN / f"{name}.txt", ran.out)
    for made in (f"{name}.dot", f"{name}.json"):
        assert_golden(GOLDEN / made, (folder / made).read_text(encoding="utf-8"))


def test_the_document_is_alone_on_standard_output(quorax: Run) -> None:
    document = json.loads(quorax("linearize", "good.ndjson", "--json", "-").out)
    assert (document["schema"], document["verdict"]) == ("quorax-linearizability/1", "linearizable")
    assert document["explanation"] is None


def test_there_is_no_timeline_of_what_is_right(quorax: Run, folder: Path) -> None:
    ran = quorax("linearize", "good.ndjson", "--diagram", "good.dot")
    assert "good.dot is not written: nothing is wrong" in ran.err
    assert not (folder / "good.dot").exists()


def test_a_timeline_can_be_drawn(quorax: Run, folder: Path) -> None:
    assert quorax("linearize", "stale.ndjson", "--diagram", "stale.svg").status == 1
    assert "<svg" in (folder / "stale.svg").read_text(encoding="utf-8")


def test_an_output_that_cannot_be_written_is_told_first(quorax: Run) -> None:
    assert "error[C009]" in quorax("linearize", "stale.ndjson", "--diagram", "x.gif").err
    assert "error[C010]" in quorax("linearize", "stale.ndjson", "--json", "no/x.json").err


def test_a_verdict_that_cannot_be_explained_within_the_limit_is_given_all_the_same(quorax: Run, folder: Path) -> None:
    wide = HEADER + "".join(event("invoke", f"c{i}", op="write", value=i) for i in range(12))
    wide += "".join(event("return", f"c{i}", value=None) for i in range(12))
    wide += event("invoke", "r", op="read") + event("return", "r", value=99)
    wrong = "".join(event(kind, "w", **more) for kind, more in (
        ("invoke", {"op": "read", "key": "k"}), ("return", {"value": 5}),
    ))  # fmt: skip
    (folder / "wide.ndjson").write_text(wide + wrong, encoding="utf-8")
    ran = quorax("linearize", "wide.ndjson", "--configurations", "3")
    assert ran.status == 1
    assert 'not linearizable: 1 key, "k"; 1 key undetermined' in ran.out
    (folder / "first.ndjson").write_text(STALE, encoding="utf-8")
    limits = [quorax("linearize", "first.ndjson", "--configurations", str(n)) for n in range(1, 30)]
    unexplained = [r for r in limits if r.status == 1 and "why is not explained: the limit of" in r.out]
    assert unexplained
    assert all(r.status in (1, 3) for r in limits)
    assert "fits" not in unexplained[0].out
