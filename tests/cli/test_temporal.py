"""Temporal properties of a spec from the command line: asked for, shown, saved and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

FILE = "trace.itf.json"
DECLARED = """
property election: eventually elected under weak fairness of stand(per=s), vote(per=s)
property answered: elected leads to elected
check small: election fail in 6 steps
check pair: answered hold
mutant vote_twice at pair passes election
"""


@pytest.fixture
def spec(project: Path) -> Path:
    path = project / "specs" / "ring.spec"
    path.write_text(path.read_text(encoding="utf-8") + DECLARED, encoding="utf-8")
    return path


def test_the_default_includes_the_temporal_properties_that_the_spec_says_hold_here(spec: Path, quorax: Run) -> None:
    small, pair = quorax("check", "models/ring.py"), quorax("check", "models/ring.py", "--instance", "pair")
    assert small.status == pair.status == 0
    assert "answered    temporal property  holds (exhaustive within bounds)" in pair.out
    assert "temporal" not in small.out, "election fails at small, as the spec says"


def test_a_temporal_property_can_be_asked_for_by_name_at_any_instance(spec: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--bounds", "Server=4", "--property", "answered")
    assert ran.status == 0
    assert "answered  temporal property  holds" in ran.out
    assert "one_leader" not in ran.out


def test_a_lasso_is_shown_with_the_place_of_the_property_and_the_command_for_it(spec: Path, quorax: Run) -> None:
    out = quorax("check", "models/ring.py", "--property", "election").out
    assert "↺ stutters for ever: nothing happens any more" in out
    assert "--> specs/ring.spec:" in out
    assert "election is violated: eventually elected under weak fairness of stand(per=s), vote(per=s)" in out
    assert "reproduce: quorax check models/ring.py --instance small --property election" in out


def test_a_saved_lasso_is_replayed_without_the_spec(spec: Path, project: Path, quorax: Run) -> None:
    saved = quorax("check", "models/ring.py", "--property", "election", "--trace-out", FILE).out
    spec.unlink()
    ran = quorax("trace", FILE)
    assert ran.status == 0
    for line in ran.out.splitlines():
        assert line in saved
    assert quorax("trace", FILE, "--format", "itf").out == (project / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("doc", "code"),
    [
        ("always not elected", "T203"),
        ("eventually elected under weak fairness of stand(per=s), vote(per=s), dance", "R021"),
        ("eventually elected under fairness", "T002"),
    ],
)
def test_a_saved_lasso_that_does_not_show_what_it_says_is_refused(
    spec: Path, project: Path, quorax: Run, doc: str, code: str
) -> None:
    quorax("check", "models/ring.py", "--property", "election", "--trace-out", FILE)
    document = json.loads((project / FILE).read_text(encoding="utf-8"))
    document["#meta"]["blame"]["doc"] = doc
    (project / FILE).write_text(json.dumps(document), encoding="utf-8")
    ran = quorax("trace", FILE)
    assert ran.status == 2
    assert f"error[{code}]" in ran.err


def test_a_lasso_that_stops_too_early_is_not_fair(spec: Path, project: Path, quorax: Run) -> None:
    quorax("check", "models/ring.py", "--property", "election", "--trace-out", FILE)
    document = json.loads((project / FILE).read_text(encoding="utf-8"))
    del document["states"][-1]
    document["loop"] = 5
    (project / FILE).write_text(json.dumps(document), encoding="utf-8")
    ran = quorax("trace", FILE)
    assert ran.status == 2
    assert "error[T205]: the cycle is not fair: vote(s = s3) is enabled in each state of it, and never taken" in ran.err


def test_the_document_has_the_kind_and_the_loop(spec: Path, quorax: Run) -> None:
    (result,) = json.loads(quorax("check", "models/ring.py", "--property", "election", "--json", "-").out)["results"]
    assert (result["property"], result["kind"], result["verdict"]) == ("election", "temporal", "violated")
    assert (result["trace"]["loop"], len(result["trace"]["states"])) == (6, 7)


def test_a_simulation_leaves_temporal_properties_out_unless_asked(spec: Path, quorax: Run) -> None:
    assert "election" not in quorax("simulate", "models/ring.py", "--runs", "2").out
    ran = quorax("simulate", "models/ring.py", "--runs", "2", "--property", "election")
    assert ran.status == 3
    assert "unknown: a random behaviour is finite: it decides no temporal property" in ran.out


def test_a_limit_leaves_a_temporal_property_unknown(spec: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--property", "election", "--states", "20")
    assert ran.status == 3
    assert "unknown: not every state was explored: the limit of 20 states" in ran.out


def test_a_list_of_a_model_has_its_temporal_properties(spec: Path, quorax: Run) -> None:
    out = quorax("list", "models/ring.py").out
    assert "election  eventually elected under weak fairness of stand(per=s), vote(per=s)" in out


def test_a_misspelt_temporal_property_is_answered_with_the_nearest(spec: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--property", "electoin")
    assert ran.status == 2
    assert "did you mean election?" in ran.err


def test_a_mutant_may_be_asked_for_a_temporal_property(spec: Path, quorax: Run) -> None:
    ran = quorax("check", "models/ring.py", "--mutant", "vote_twice", "--property", "election", "--instance", "pair")
    assert ran.status == 0
    assert "election  temporal property  holds" in ran.out
