"""The gate is green only if everything that the specs demand was decided, as expected and as locked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError, Span, error
from checker.gate.gate import run_gate
from checker.gate.session import GateProgress
from checker.ir.system import System
from checker.trace.verdict import BoundHit, Holds, Report, Unknown, Unreached
from tests.gate.lamps import IDS, SPEC, FakeEngine, Workshop, always, kinds, reached, violated, with_counts


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_what_comes_out_as_expected_and_as_locked_passes(workshop: Workshop) -> None:
    workshop.locked()
    report = workshop.gate()
    assert report.is_ok
    assert report.exit_code == 0
    assert tuple(o.id for o in report.outcomes) == IDS


def test_the_lock_is_sorted_and_the_same_bytes_every_time(workshop: Workshop) -> None:
    workshop.locked()
    first = workshop.lock.read_bytes()
    workshop.locked()
    assert workshop.lock.read_bytes() == first
    assert list(json.loads(first)["obligations"]) == sorted(IDS)


def test_one_run_serves_all_properties_of_a_system_at_an_instance(workshop: Workshop) -> None:
    engine = FakeEngine()
    workshop.locked(engine)
    assert [(system, instance) for system, instance, _ in engine.asked] == [
        ("Lamps", "small"),
        ("LightAny", "small"),
        ("Leak", "leaky"),
    ]
    assert engine.asked[0][2].properties == ("one_at_a_time", "time_passes", "deadlock")
    assert engine.asked[0][2].witnesses == ("lit", "row_lit")
    assert engine.asked[0][2].exhaust, "a count is expected, so the engine must not stop early"


def test_a_preset_runs_only_what_it_selects(workshop: Workshop) -> None:
    workshop.locked()
    report = workshop.gate(preset="smoke")
    assert report.is_ok
    assert tuple(o.id for o in report.outcomes) == IDS[:3]


def test_progress_names_the_run_and_passes_on_the_engines_own(workshop: Workshop) -> None:
    seen: list[GateProgress] = []
    run_gate(
        (workshop.spec,), preset="ci", lock=workshop.lock, engines={"explicit": FakeEngine()}, progress=seen.append
    )
    assert [(p.index, p.total, p.place) for p in seen if p.engine is None] == [
        (1, 3, "lamps/small"),
        (2, 3, "lamps/mutant:light_any@small"),
        (3, 3, "lamps/mutant:leak@leaky"),
    ]
    assert sum(p.engine is not None for p in seen) == 3


# What the spec expects


@pytest.mark.parametrize(
    ("answer", "verdict", "kind"),
    [
        ("Lamps one_at_a_time", violated(1), "verdict"),
        ("Lamps deadlock", always(Holds("exhaustive")), "verdict"),
        ("Lamps deadlock", violated(2), "verdict"),
        ("Lamps lit", always(Unreached()), "vacuous"),
        ("LightAny one_at_a_time", always(Holds("exhaustive")), "survivor"),
        ("LightAny one_at_a_time", violated(3), "verdict"),
        ("LightAny time_passes", violated(1), "verdict"),
        ("Lamps time_passes", always(Unknown("the time limit of 60 s")), "undetermined"),
        ("Lamps time_passes", always(Holds("depth")), "undetermined"),
        ("Lamps time_passes", always(Holds("simulation")), "undetermined"),
        ("Lamps lit", always(Unknown("the time limit of 60 s")), "undetermined"),
        ("Leak one_at_a_time", always(Unknown("the time limit of 60 s")), "undetermined"),
    ],
)
def test_another_outcome_than_the_spec_expects_fails(
    workshop: Workshop, answer: str, verdict: object, kind: str
) -> None:
    workshop.locked()
    report = workshop.gate(FakeEngine({answer: verdict}))  # type: ignore[dict-item]
    assert [found for found, _ in kinds(report)] == [kind]
    assert report.exit_code == (3 if kind == "undetermined" else 1)


def test_a_state_count_that_the_spec_does_not_expect_fails(workshop: Workshop) -> None:
    workshop.change("with 8 states", "with 7 states")
    report = workshop.gate(update=True)
    assert kinds(report) == [("count", IDS[0]), ("count", IDS[1])]
    assert report.all_failures[0].reason == "distinct states: the spec says 7, the engine 8"


def test_a_model_in_which_nothing_happens_is_vacuous(workshop: Workshop) -> None:
    engine = FakeEngine(change=lambda r: replace(r, coverage=tuple((a, 0) for a, _ in r.coverage)))
    report = workshop.gate(engine, update=True)
    assert {kind for kind, _ in kinds(report)} == {"vacuous"}


def test_a_search_that_ends_at_the_depth_asked_for_holds_to_that_depth(workshop: Workshop) -> None:
    workshop.change("one_at_a_time, time_passes hold with 8 states", "one_at_a_time hold to depth 3")
    answers = {"Lamps one_at_a_time": always(Unknown("the depth limit of 3", "depth"))}
    engine = FakeEngine(answers)
    report = workshop.gate(engine, update=True)
    assert report.is_ok
    assert report.outcomes[0].verdict == Holds("depth")
    assert [request.limits.depth for system, _, request in engine.asked if system == "Lamps"] == [3, None]


def test_a_search_that_ends_before_the_depth_asked_for_is_undetermined(workshop: Workshop) -> None:
    workshop.change("one_at_a_time, time_passes hold with 8 states", "one_at_a_time hold to depth 4")
    answers = {"Lamps one_at_a_time": always(Unknown("the time limit of 60 s", "depth"))}
    report = workshop.gate(FakeEngine(answers), update=True)
    assert kinds(report) == [("undetermined", IDS[0])]


# What the lock records


def test_an_obligation_that_the_lock_does_not_have_fails(workshop: Workshop) -> None:
    assert kinds(workshop.gate()) == [("missing", name) for name in IDS]


def test_a_count_that_changed_while_the_model_did_not_is_a_bug_of_the_checker(workshop: Workshop) -> None:
    workshop.change(" with 8 states", "")
    workshop.locked()
    report = workshop.gate(FakeEngine(change=with_counts(distinct=5)))
    assert {kind for kind, _ in kinds(report)} == {"checker"}
    assert report.all_failures[0].reason == (
        "the state graph changed (distinct states 8 -> 5), although model, property and bounds did not: "
        "a bug of the checker, now or when the lock was written"
    )
    assert report.exit_code == 1


@pytest.mark.parametrize("counts", [{"generated": 10}, {"depth": 2}])
def test_transitions_and_depth_are_compared_as_states_are(workshop: Workshop, counts: dict[str, int]) -> None:
    workshop.locked()
    report = workshop.gate(FakeEngine(change=with_counts(**counts)))
    assert {kind for kind, _ in kinds(report)} == {"checker"}


def test_a_trace_of_another_length_is_a_bug_of_the_checker(workshop: Workshop) -> None:
    workshop.locked()
    report = workshop.gate(FakeEngine({"Leak one_at_a_time": violated(4), "Lamps lit": reached(2)}))
    assert kinds(report) == [("checker", IDS[3]), ("checker", IDS[7])]


def test_counts_of_a_run_that_rests_on_a_trace_are_not_recorded(workshop: Workshop) -> None:
    workshop.locked()
    entries = json.loads(workshop.lock.read_text(encoding="utf-8"))["obligations"]
    assert {name: (e["graph"] is None, e["steps"]) for name, e in entries.items()} == {
        IDS[0]: (False, None),
        IDS[1]: (False, None),
        IDS[2]: (True, 1),
        IDS[3]: (True, 1),
        IDS[4]: (True, 1),
        IDS[5]: (True, 2),
        IDS[6]: (False, None),
        IDS[7]: (True, 3),
    }


def edit_model(workshop: Workshop, before: str, after: str) -> None:
    """Replace what stands once in the model; a fresh folder, since Python imports a file only once."""
    path = workshop.folder / "models" / "lamps.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    moved = workshop.folder / "edited" / "lamps.py"
    moved.parent.mkdir(exist_ok=True)
    moved.write_text(text.replace(before, after), encoding="utf-8")
    workshop.change("models/lamps.py", "edited/lamps.py")


def test_a_changed_model_with_the_same_outcome_makes_the_lock_stale(workshop: Workshop) -> None:
    workshop.locked()
    edit_model(workshop, "require(self.keeper[self.hour] == a)", "require(a == self.keeper[self.hour])")
    found = kinds(workshop.gate())
    assert ("stale", IDS[0]) in found
    assert {kind for kind, _ in found} == {"stale"}


def test_a_changed_comment_changes_nothing(workshop: Workshop) -> None:
    workshop.locked()
    edit_model(workshop, "# whose turn it is", "# who may burn")
    assert workshop.gate().is_ok


def test_a_weakened_property_makes_its_entry_stale(workshop: Workshop) -> None:
    workshop.locked()
    edit_model(workshop, "return old.hour <= self.hour", "return True or old.hour <= self.hour")
    assert kinds(workshop.gate()) == [("stale", IDS[1]), ("stale", IDS[6])]


def test_a_changed_predicate_of_a_witness_makes_its_entry_stale(workshop: Workshop) -> None:
    workshop.locked()
    edit_model(workshop, "return any(all(self.burning[a] for a in q)", "return any(any(self.burning[a] for a in q)")
    assert kinds(workshop.gate()) == [("stale", IDS[4])]


def test_a_changed_model_with_other_counts_asks_for_an_update(workshop: Workshop) -> None:
    workshop.change(" with 8 states", "")
    workshop.locked()
    edit_model(workshop, "require(self.keeper[self.hour] == a)", "require(a == self.keeper[self.hour])")
    report = workshop.gate(FakeEngine(change=with_counts(distinct=9)))
    reasons = {f.reason for f in report.all_failures if f.kind == "count"}
    assert reasons == {"the state graph changed (distinct states 8 -> 9); if this is meant, run with --update"}


def test_weaker_bounds_are_told(workshop: Workshop) -> None:
    workshop.locked()
    workshop.change("Hour = 2", "Hour = 1")
    report = workshop.gate()
    found = [f.reason for f in report.all_failures if f.obligation == IDS[0]]
    assert found == ["the bounds changed: Hour 2 -> 1 (weaker); if this is meant, run with --update"]


def test_a_search_to_a_depth_is_weaker_than_an_exhaustive_one(workshop: Workshop) -> None:
    workshop.locked()
    workshop.change("one_at_a_time, time_passes hold with 8 states", "one_at_a_time, time_passes hold to depth 3")
    engine = FakeEngine({"Lamps one_at_a_time": always(Unknown("the depth limit of 3", "depth"))})
    found = [(f.kind, f.reason) for f in workshop.gate(engine).all_failures if f.obligation == IDS[0]]
    assert [kind for kind, _ in found] == ["changed", "bounds"]
    assert "depth unlimited -> 3 (weaker)" in found[1][1]


def test_a_bound_that_is_newly_hit_is_told(workshop: Workshop) -> None:
    workshop.locked()
    engine = FakeEngine(change=lambda r: replace(r, bounds_hit=(*r.bounds_hit, BoundHit("leaks", 1))))
    report = workshop.gate(engine)
    assert report.all_failures[0].kind == "checker"
    assert report.all_failures[0].reason.startswith("the bound leaks is hit, and was not before")


def test_an_action_that_fires_no_more_is_told(workshop: Workshop) -> None:
    workshop.locked()
    edit_model(workshop, "require(self.keeper[self.hour] == a)", "require(a == self.keeper[self.hour])")
    engine = FakeEngine(change=lambda r: replace(r, coverage=tuple((a, 3 * (a != "pass_on")) for a, _ in r.coverage)))
    report = workshop.gate(engine)
    assert ("coverage", IDS[0]) in kinds(report)


def test_an_entry_without_an_obligation_fails_and_an_update_removes_it(workshop: Workshop) -> None:
    workshop.locked()
    workshop.change("witness small: lit, row_lit", "witness small: lit")
    report = workshop.gate(preset="smoke")
    assert kinds(report) == [("orphan", IDS[4])]
    workshop.locked()
    assert IDS[4] not in workshop.lock.read_text(encoding="utf-8")


def test_entries_of_other_specs_are_left_alone_unless_all_specs_are_run(workshop: Workshop) -> None:
    other = workshop.folder / "other.spec"
    (workshop.folder / "models" / "other.py").write_text(
        (workshop.folder / "models" / "lamps.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    other.write_text(SPEC.replace("models/lamps.py", "models/other.py"), encoding="utf-8")
    both = (workshop.spec, other)
    assert workshop.gate(update=True, specs=both).is_ok
    assert workshop.gate().is_ok
    assert workshop.gate(update=True).is_ok
    assert workshop.gate(specs=both).is_ok
    other.unlink()
    assert kinds(workshop.gate()) == [("orphan", name.replace("lamps", "other")) for name in sorted(IDS)]


def test_a_lock_kept_elsewhere_may_serve_other_specs_too(workshop: Workshop) -> None:
    workshop.locked()
    elsewhere = workshop.folder / "locks" / "quorax.lock"
    elsewhere.parent.mkdir()
    entries = workshop.lock.read_text(encoding="utf-8")
    elsewhere.write_text(entries, encoding="utf-8")
    (workshop.folder / "models" / "other.py").write_text(
        (workshop.folder / "models" / "lamps.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    workshop.change("models/lamps.py", "models/other.py")
    workshop.lock = elsewhere
    assert workshop.gate(update=True).is_ok
    assert all(name in elsewhere.read_text(encoding="utf-8") for name in IDS)


def test_an_entry_edited_by_hand_fails(workshop: Workshop) -> None:
    workshop.locked()
    text = workshop.lock.read_text(encoding="utf-8")
    workshop.lock.write_text(text.replace('"steps": 3', '"steps": 4'), encoding="utf-8")
    assert kinds(workshop.gate()) == [("edited", IDS[7])]
    workshop.locked()
    assert workshop.lock.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "quorax-lock/0", "obligations": {}}', "<<<<<<< HEAD"])
def test_a_lock_that_is_none_is_refused(workshop: Workshop, text: str) -> None:
    workshop.lock.write_text(text, encoding="utf-8")
    with pytest.raises(QuoraxError, match=r"error\[G003\]"):
        workshop.gate()


# Updates


def test_an_update_does_not_record_what_the_spec_does_not_expect(workshop: Workshop) -> None:
    workshop.locked()
    before = workshop.lock.read_text(encoding="utf-8")
    report = workshop.gate(FakeEngine({"LightAny one_at_a_time": always(Holds("exhaustive"))}), update=True)
    assert kinds(report) == [("survivor", IDS[5])]
    assert workshop.lock.read_text(encoding="utf-8") == before


def test_an_update_of_a_preset_keeps_the_other_entries(workshop: Workshop) -> None:
    workshop.locked()
    assert workshop.gate(preset="smoke", update=True).is_ok
    assert workshop.gate().is_ok


def test_an_update_over_an_unexplained_count_warns(workshop: Workshop) -> None:
    workshop.change(" with 8 states", "")
    workshop.locked()
    report = workshop.gate(FakeEngine(change=with_counts(distinct=5)), update=True)
    assert report.is_ok
    assert any("a bug of the checker" in warning for warning in report.warnings)


def test_an_update_is_refused_in_continuous_integration(workshop: Workshop) -> None:
    with pytest.raises(QuoraxError, match=r"error\[G004\]"):
        workshop.gate(update=True, environment={"CI": "true"})
    assert not workshop.lock.exists()
    assert workshop.gate(update=True, environment={"CI": "false"}).is_ok


def test_an_update_of_an_installed_lock_is_refused(workshop: Workshop) -> None:
    workshop.lock = workshop.folder / "site-packages" / "specs" / "quorax.lock"
    with pytest.raises(QuoraxError, match=r"error\[G005\]"):
        workshop.gate(update=True)


# Nothing turns green by accident


def test_no_specs_are_an_error(workshop: Workshop) -> None:
    with pytest.raises(QuoraxError, match=r"error\[G001\]"):
        workshop.gate(specs=())


def test_specs_that_demand_nothing_are_an_error(workshop: Workshop) -> None:
    workshop.write("model models/lamps.py\ninstance small: Lamp = 2, Hour = 2, Row = {{l1}}\n")
    with pytest.raises(QuoraxError, match=r"error\[G002\]"):
        workshop.gate(preset=None)


def test_a_preset_that_a_spec_does_not_have_is_told(workshop: Workshop) -> None:
    workshop.locked()
    report = workshop.gate(preset="nightly")
    assert [f.kind for f in report.failures] == ["spec"]
    assert report.failures[0].reason.endswith("lamps.spec: there is no preset nightly: it has smoke, ci")
    assert report.exit_code == 2


def test_a_missing_spec_and_a_bad_one_do_not_stop_the_others(workshop: Workshop) -> None:
    workshop.locked()
    bad = workshop.folder / "bad.spec"
    bad.write_text("model models/absent.py\ninstance a: X = 1\n", encoding="utf-8")
    report = workshop.gate(specs=(workshop.folder / "absent.spec", bad, workshop.spec))
    assert [f.kind for f in report.failures] == ["spec", "spec"]
    assert len(report.outcomes) == len(IDS)
    assert report.exit_code == 2


def test_a_model_that_is_in_error_fails_its_spec_only(workshop: Workshop) -> None:
    workshop.locked()
    broken = workshop.folder / "broken.spec"
    (workshop.folder / "models" / "broken.py").write_text(
        (workshop.folder / "models" / "lamps.py").read_text(encoding="utf-8").replace("self.hour]", "self.our]"),
        encoding="utf-8",
    )
    broken.write_text(SPEC.replace("models/lamps.py", "models/broken.py"), encoding="utf-8")
    report = workshop.gate(specs=(broken, workshop.spec))
    assert [f.kind for f in report.failures] == ["spec"]
    assert "error[M" in report.failures[0].reason
    assert "help:" in report.failures[0].detail
    assert not any(o.failures for o in report.outcomes)


def test_two_specs_of_one_model_collide(workshop: Workshop) -> None:
    workshop.locked()
    twin = workshop.folder / "twin.spec"
    twin.write_text(SPEC, encoding="utf-8")
    report = workshop.gate(specs=(workshop.spec, twin))
    assert [f.kind for f in report.failures] == ["spec"]
    assert f"the obligation {IDS[0]} is in" in report.failures[0].reason


def test_an_engine_that_this_version_lacks_leaves_its_obligations_undetermined(workshop: Workshop) -> None:
    workshop.change("no deadlock fails in 1 step", "no deadlock fails in 1 step by explicit, interp")
    report = workshop.gate(update=True)
    assert kinds(report) == [("undetermined", "lamps/small/deadlock/interp")]
    assert report.all_failures[0].reason == "this version has no engine interp"
    assert report.exit_code == 3


def test_what_this_version_does_not_support_is_undetermined_not_skipped(workshop: Workshop) -> None:
    workshop.change(
        "witness small: lit, row_lit",
        "witness small: lit, row_lit\nprove one_at_a_time for any size\nproperty p: eventually lit\n"
        "check small: p fail by bmc",
    )
    report = workshop.gate(update=True)
    assert kinds(report) == [
        ("undetermined", "lamps/any_size/one_at_a_time/smt"),
        ("undetermined", "lamps/small/p/bmc"),
    ]
    assert report.all_failures[1].reason == "the engine bmc decides no temporal properties: use interp or explicit"


DECLARED = (
    "property relit: always eventually lit under weak fairness of light(per=a), pass_on\n"
    "check small: relit fail in 3 steps\n"
    "mutant light_any at small breaks relit\n"
)


def test_a_temporal_property_is_an_obligation_as_any_other(workshop: Workshop) -> None:
    workshop.change("preset smoke", f"{DECLARED}preset smoke")
    engine = FakeEngine({"Lamps relit": violated(3), "LightAny relit": violated(2)})
    workshop.locked(engine)
    assert [p.text for p in engine.asked[0][2].temporal] == [
        "always eventually lit under weak fairness of light(per=a), pass_on"
    ]
    assert "relit" not in engine.asked[0][2].properties
    entries = json.loads(workshop.lock.read_text(encoding="utf-8"))["obligations"]
    assert entries["lamps/small/relit/explicit"]["steps"] == 3
    assert entries["lamps/mutant:light_any@small/relit/explicit"]["verdict"] == "violated"


def test_a_temporal_property_that_no_check_names_must_hold_at_the_default_instance(workshop: Workshop) -> None:
    workshop.change("preset smoke", "property relit: always eventually lit\npreset smoke")
    report = workshop.gate(FakeEngine({"Lamps relit": violated(3)}), update=True)
    assert kinds(report) == [("verdict", "lamps/small/relit/explicit")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("always eventually lit", "eventually always lit"),
        ("light(per=a), pass_on", "light(per=a)"),
        ("weak fairness", "strong fairness"),
        ("eventually lit", "eventually row_lit"),
    ],
)
def test_a_changed_temporal_property_makes_its_entries_stale(workshop: Workshop, before: str, after: str) -> None:
    workshop.change("preset smoke", f"{DECLARED}preset smoke")
    engine = FakeEngine({"Lamps relit": violated(3), "LightAny relit": violated(2)})
    workshop.locked(engine)
    workshop.change(before, after)
    found = kinds(workshop.gate(engine))
    assert found == [("stale", "lamps/small/relit/explicit"), ("stale", "lamps/mutant:light_any@small/relit/explicit")]


class Crash(FakeEngine):
    """Fails on the lamps, and works on the mutants."""

    problem: BaseException = RuntimeError("lost my table")

    def run(self, system: System, *rest: object, **options: object) -> Report:
        if system.name == "Lamps":
            raise self.problem
        return super().run(system, *rest, **options)  # type: ignore[arg-type]


def test_an_engine_that_crashes_is_an_internal_error_and_the_others_go_on(workshop: Workshop) -> None:
    workshop.locked()
    report = workshop.gate(Crash())
    assert kinds(report) == [("internal", name) for name in IDS[:5]]
    assert report.all_failures[0].reason == "lamps/small: internal error: RuntimeError: lost my table"
    assert "Traceback" in report.all_failures[0].detail
    assert report.exit_code == 4
    assert [bool(o.failures) for o in report.outcomes] == [True] * 5 + [False] * 3


def test_an_error_of_the_model_at_run_time_is_bad_input(workshop: Workshop) -> None:
    workshop.locked()
    engine = Crash()
    engine.problem = error(Span("models/lamps.py", 1, 0, 1, 1), "R001", "a field of None", "guard it")
    report = workshop.gate(engine)
    assert kinds(report) == [("spec", name) for name in IDS[:5]]
    assert report.exit_code == 2


@pytest.mark.parametrize(
    ("problem", "reason"), [(KeyboardInterrupt(), "interrupted"), (MemoryError(), "out of memory")]
)
def test_an_interrupted_or_starved_engine_leaves_things_undetermined(
    workshop: Workshop, problem: BaseException, reason: str
) -> None:
    workshop.locked()
    engine = Crash()
    engine.problem = problem
    report = workshop.gate(engine)
    left = len(IDS) if isinstance(problem, KeyboardInterrupt) else 5
    assert [(f.kind, f.reason) for f in report.all_failures] == [("undetermined", reason)] * left
    assert report.exit_code == 3


@pytest.mark.parametrize(
    "report",
    [
        lambda r: replace(r, results=r.results[1:]),
        lambda r: replace(r, results=(*r.results, r.results[0])),
        lambda r: replace(r, complete=False),
        lambda r: replace(r, results=tuple(replace(x, verdict=Unreached()) for x in r.results)),
        lambda r: replace(r, results=tuple(replace(x, verdict=Holds("exhaustive")) for x in r.results)),
    ],
    ids=["missing result", "result twice", "unfinished yet exhaustive", "property unreached", "witness holds"],
)
def test_a_report_that_contradicts_itself_is_an_internal_error(workshop: Workshop, report: object) -> None:
    workshop.locked()
    found = workshop.gate(FakeEngine(change=report))  # type: ignore[arg-type]
    assert found.exit_code == 4
    assert {f.kind for f in found.all_failures if f.obligation == IDS[0]} == {"internal"}


def test_omissions_in_a_spec_are_warned_about(workshop: Workshop) -> None:
    workshop.change("witness small: lit, row_lit\n", "")
    workshop.change("instance leaky extends small: Hour = 3, leaks = 1\n", "")
    workshop.change("mutant leak at leaky breaks one_at_a_time\n", "")
    workshop.change("preset ci: everything", "preset ci: checks")
    warnings = workshop.gate(update=True).warnings
    assert any("no witness shows that what holds at small does not hold vacuously" in w for w in warnings)
    assert any("nothing says that the mutant leak (LA-02) must be refuted" in w for w in warnings)
    assert any("no preset selects this" in w for w in warnings)


def test_warnings_of_the_engine_are_passed_on_if_they_are_so_at_every_instance(workshop: Workshop) -> None:
    workshop.change("preset smoke", "instance large extends small: Hour = 3\ncheck large: time_passes hold\n"
                    "witness large: lit\npreset smoke")  # fmt: skip
    engine = FakeEngine(change=lambda r: replace(r, warnings=(f"{r.system.name} is odd", f"odd at {r.instance.name}")))
    report = workshop.gate(engine, update=True)
    assert report.warnings == ("lamps: Lamps is odd",)


def test_the_same_run_gives_the_same_report(workshop: Workshop) -> None:
    workshop.locked()
    first, second = workshop.gate(), workshop.gate()
    assert [o.id for o in first.outcomes] == [o.id for o in second.outcomes]
    assert first.warnings == second.warnings


def test_requests_carry_the_limits_of_their_instance(workshop: Workshop) -> None:
    workshop.change("preset smoke", "limits leaky: seconds 9, states 100\npreset smoke")
    engine = FakeEngine()
    workshop.locked(engine)
    limits = {instance: request.limits for _, instance, request in engine.asked}
    assert (limits["leaky"].seconds, limits["leaky"].states) == (9, 100)
    assert (limits["small"].seconds, limits["small"].states) == (None, None)
