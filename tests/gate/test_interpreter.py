"""The gate with the reference interpreter behind it says what the gate with the scripted engine says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checker.interp.engine import Interpreter
from checker.report.terminal import gate_summary
from checker.trace.verdict import Holds, Violated
from tests.gate.lamps import IDS, FakeEngine, Workshop, kinds
from tests.golden import assert_golden

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_the_lamps_pass_and_their_lock_is_the_same_bytes_everywhere(workshop: Workshop) -> None:
    report = workshop.locked(Interpreter())
    text = workshop.lock.read_text(encoding="utf-8")
    assert_golden(GOLDEN / "lamps.lock", re.sub(r'"(digest|\w+_hash)": "[0-9a-f]{16,20}"', r'"\1": "…"', text))
    assert_golden(GOLDEN / "lamps.txt", gate_summary(report).replace(str(workshop.folder), "specs"))
    assert workshop.gate(Interpreter()).is_ok


def test_a_smaller_preset_agrees_with_a_lock_that_a_bigger_one_wrote(workshop: Workshop) -> None:
    workshop.locked(Interpreter())
    assert workshop.gate(Interpreter(), preset="smoke").is_ok


def test_the_scripted_engine_tells_the_truth_about_verdicts(workshop: Workshop) -> None:
    real, scripted = workshop.locked(Interpreter()), workshop.locked(FakeEngine())
    words = [(type(o.verdict), o.id) for o in real.outcomes]
    assert words == [(type(o.verdict), o.id) for o in scripted.outcomes]


def test_temporal_properties_are_decided_and_locked(workshop: Workshop) -> None:
    """The power may be cut while no lamp burns; an hour that does not begin any more is a bound."""
    workshop.change(
        "preset smoke",
        "property relit: always eventually lit under weak fairness of light(per=a), pass_on, cut_power\n"
        "property dark: eventually always not lit under weak fairness of pass_on\n"
        "check small: relit fail\n"
        "preset smoke",
    )
    report = workshop.gate(Interpreter(), update=True)
    found = {o.property: o for o in report.outcomes if o.report and o.id.startswith("lamps/small/")}
    verdict = found["relit"].verdict
    assert isinstance(verdict, Violated)
    assert [s.action for s in verdict.trace.steps] == ["cut_power"]
    assert verdict.trace.loop_start == 1
    assert isinstance(found["dark"].verdict, Violated), "the power may be cut while a lamp burns"
    assert kinds(report) == [("verdict", "lamps/small/dark/explicit")]


def test_a_temporal_property_at_a_bound_is_undetermined(workshop: Workshop) -> None:
    workshop.change("preset smoke", "property calm: eventually always one_at_a_time\npreset smoke")
    report = workshop.gate(Interpreter(), update=True)
    assert kinds(report) == [("undetermined", "lamps/small/calm/explicit")]
    assert report.all_failures[0].reason.startswith("boundary: ")


def test_a_weaker_guard_is_found_by_the_gate(workshop: Workshop) -> None:
    workshop.locked(Interpreter())
    model = (workshop.folder / "models" / "lamps.py").read_text(encoding="utf-8")
    (workshop.folder / "weak").mkdir()
    weak = model.replace("require(self.keeper[self.hour] == a)", "require(a in Lamp)", 1)
    (workshop.folder / "weak" / "lamps.py").write_text(weak, encoding="utf-8")
    workshop.change("models/lamps.py", "weak/lamps.py")
    found = kinds(workshop.gate(Interpreter()))
    assert ("verdict", IDS[0]) in found


def test_a_search_to_a_depth_holds_to_that_depth_only(workshop: Workshop) -> None:
    workshop.change("one_at_a_time, time_passes hold with 8 states", "one_at_a_time hold to depth 2")
    report = workshop.locked(Interpreter())
    assert report.outcomes[0].verdict == Holds("depth")
    entry = json.loads(workshop.lock.read_text(encoding="utf-8"))["obligations"][IDS[0]]
    assert (entry["how"], entry["depth_bound"]) == ("depth", 2)


def test_a_search_that_ends_by_itself_is_exhaustive_whatever_depth_was_asked_for(workshop: Workshop) -> None:
    workshop.change("one_at_a_time, time_passes hold with 8 states", "one_at_a_time hold to depth 50")
    report = workshop.locked(Interpreter())
    assert report.outcomes[0].verdict == Holds("exhaustive")


def test_a_limit_that_is_hit_leaves_what_it_limits_undetermined(workshop: Workshop) -> None:
    workshop.change("preset smoke", "limits small: states 2\npreset smoke")
    workshop.change(" with 8 states", "")
    found = kinds(workshop.gate(Interpreter(), update=True))
    assert ("undetermined", IDS[0]) in found


def test_an_invariant_about_nothing_is_vacuous(workshop: Workshop) -> None:
    model = (workshop.folder / "models" / "lamps.py").read_text(encoding="utf-8")
    (workshop.folder / "dark").mkdir()
    dark = model.replace("require(not self.burning[a])", "require(self.burning[a])", 1)
    (workshop.folder / "dark" / "lamps.py").write_text(dark, encoding="utf-8")
    workshop.change("models/lamps.py", "dark/lamps.py")
    found = kinds(workshop.gate(Interpreter(), update=True))
    assert ("vacuous", IDS[0]) in found
