"""Refinement is judged step by step, by the reference and by the expression alike, and explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.diagnostics import QuoraxError
from checker.explicit.engine import ExplicitEngine
from checker.interp.engine import Interpreter
from checker.interp.refinement import Refining
from checker.ir.instance import Setting, build_instance
from checker.ir.system import System
from checker.render.text import trace_text
from checker.smt.engine import BmcEngine
from checker.trace.trace import Trace
from checker.trace.verdict import Engine, Holds, Limits, Report, Request, Unknown, Verdict, Violated
from tests.golden import assert_golden
from tests.interp.refining import NAME, ORDERED, SENDING, STRICT, refined

GOLDEN = Path(__file__).parent / "golden"


class Expressed(Interpreter):
    """The interpreter under another name, so that it is asked about the expression and not about successors."""

    name = "expressed"


ENGINES: tuple[Engine, ...] = (Interpreter(), Expressed(), ExplicitEngine())


def run(system: System, engine: Engine, *properties: str, **settings: Setting) -> Report:
    instance = build_instance(system, "test", settings)
    return Refining(engine).run(system, instance, Request((*properties, NAME)))


def verdict_of(system: System, engine: Engine, **settings: Setting) -> Verdict:
    (result,) = run(system, engine, **settings).results
    assert result.property == NAME
    return result.verdict


def verdicts(system: System, **settings: Setting) -> list[Verdict]:
    return [verdict_of(system, engine, **settings) for engine in ENGINES]


def refutations(system: System, **settings: Setting) -> list[Trace]:
    found = verdicts(system, **settings)
    assert all(isinstance(v, Violated) for v in found), found
    return [v.trace for v in found if isinstance(v, Violated)]


def test_a_refinement_holds_where_every_step_is_a_step_or_changes_nothing(tmp_path: Path) -> None:
    assert verdicts(refined(tmp_path)) == [Holds("exhaustive")] * 3


def test_a_wrong_mapping_is_refuted_by_the_shortest_behaviour(tmp_path: Path) -> None:
    wrong = refined(tmp_path, ("fine.minute // 2", "fine.minute % 2 if fine.minute < 3 else 0"))
    traces = refutations(wrong)
    assert [len(t.steps) for t in traces] == [2, 2, 2]  # 1 to 0 is no strike: it goes to 2


def test_a_step_that_changes_nothing_fine_is_none_and_one_that_changes_the_image_is(tmp_path: Path) -> None:
    still = ("self.minute = (self.minute + 1) % 6", "self.minute = self.minute")
    assert verdicts(refined(tmp_path, still)) == [Holds("exhaustive")] * 3
    jump = ("self.minute = (self.minute + 1) % 6", "self.minute = (self.minute + 4) % 6")
    assert [len(t.steps) for t in refutations(refined(tmp_path, jump))] == [1, 1, 1]


@pytest.mark.parametrize(
    ("lit", "steps"),
    [
        ("fine.minute == 5", 5),  # the hour stays as it is
        ("fine.minute > 1", 2),  # the clock strikes, which does not light it
    ],
)
def test_every_variable_counts_in_a_step_and_in_what_is_none(lit: str, steps: int, tmp_path: Path) -> None:
    second = (
        "    hour: Annotated[int, Range(0, 2)]  # what it shows",
        "    hour: Annotated[int, Range(0, 2)]\n    lit: bool",
    )
    dark = ("self.hour = 0\n", "self.hour = 0\n        self.lit = False\n")
    mapped = (
        "        return fine.minute // 2\n",
        f"        return fine.minute // 2\n\n    def lit(self, fine: Fine) -> bool:\n        return {lit}\n",
    )
    assert [len(t.steps) for t in refutations(refined(tmp_path, second, dark, mapped))] == [steps] * 3


def test_an_initial_state_has_to_be_mapped_to_an_initial_state(tmp_path: Path) -> None:
    late = refined(tmp_path, ('It starts at 0."""\n        self.minute = 0', 'x."""\n        self.minute = 4'))
    traces = refutations(late)
    assert [t.steps for t in traces] == [(), (), ()]
    assert [n.text for n in traces[0].initial_notes] == [
        "Coarse does not begin in hour = 2",
        "it begins where hour = 0",
    ]


def test_a_value_that_the_coarser_model_cannot_hold_is_no_step_of_it(tmp_path: Path) -> None:
    out = refined(tmp_path, ("self.hour = (self.hour + 1) % 3", "self.hour = self.hour + 1"))
    traces = refutations(out)
    assert [len(t.steps) for t in traces] == [6, 6, 6]
    beyond = refined(tmp_path, ("self.hour = (self.hour + 1) % 3", "self.hour = self.hour + 1"), ("// 2", "% 4"))
    assert [len(t.steps) for t in refutations(beyond)] == [3, 3, 3]  # hour 3 does not exist


@pytest.mark.parametrize(
    ("image", "steps"),
    [
        ("{0, fine.minute}", 1),  # adds 1 alone
        ("{m for m in range(6) if m == 0 or m + 1 < fine.minute}", 3),  # {0} until minute 3, then {0, 1}
        ("{m for m in range(6) if m == 0 or (m < 3 and fine.minute > 3)}", 6),  # gets to {0, 1, 2}, and leaves it again
        ("{m for m in range(6) if m == 0 or (m != 3 and fine.minute > 3)}", 4),  # 4 and 5 with it
    ],
)
def test_sets_with_elements_that_the_coarser_model_lacks_are_told_apart(image: str, steps: int, tmp_path: Path) -> None:
    edits = (
        ("    hour: Annotated[int, Range(0, 2)]  # what it shows", "    hour: Set[Annotated[int, Range(0, 2)]]"),
        ("self.hour = 0\n", "self.hour = {0}\n"),
        ("self.hour = (self.hour + 1) % 3", "self.hour = {0, 1, 2}"),
        (
            "(self, fine: Fine) -> Annotated[int, Range(0, 2)]:",
            "(self, fine: Fine) -> Set[Annotated[int, Range(0, 5)]]:",
        ),
        ("fine.minute // 2", image),
    )
    assert [len(t.steps) for t in refutations(refined(tmp_path, *edits))] == [steps] * 3


def test_a_bound_of_the_coarser_model_is_named_and_never_a_violation(tmp_path: Path) -> None:
    by_one = refined(tmp_path, **ORDERED)
    assert verdicts(by_one, Hour=3) == [Holds("exhaustive")] * 3
    to_any = (STRICT, ("self.hour = successor(self.hour)  # fine", "self.hour = h"))
    forth = refined(tmp_path, *to_any, **ORDERED)
    assert [len(t.steps) for t in refutations(forth, Hour=3)] == [1, 1, 1]  # from 0 to 2: not for want of hours
    for found in verdicts(forth, Hour=2):  # from 1 to 0, where the coarser clock is cut
        assert isinstance(found, Unknown), found
        assert "Coarse is cut by Hour: enlarge Hour" in found.reason


def test_a_coarser_model_with_messages_is_left_to_the_reference(tmp_path: Path) -> None:
    system = refined(tmp_path, **SENDING)
    reports = [run(system, engine) for engine in (Interpreter(), ExplicitEngine())]
    for report in reports:
        (result,) = report.results
        assert isinstance(result.verdict, Violated)  # what was sent is not taken back
        assert len(result.verdict.trace.steps) == 6
    assert "compiled code does without the network net of Coarse" in reports[1].warnings[0]
    unknown = verdict_of(system, BmcEngine())
    assert unknown == Unknown("bmc cannot say what the network net of Coarse does: use check --engine interp")


def test_a_mapping_without_a_value_is_an_error_of_the_model(tmp_path: Path) -> None:
    with pytest.raises(QuoraxError, match="R005"):
        run(refined(tmp_path, ("fine.minute // 2", "6 // fine.minute")), Interpreter())
    late = refined(tmp_path, ("fine.minute // 2", "0 // (fine.minute - 3)"))
    for engine in ENGINES:
        report = run(late, engine)
        assert report.error is not None, engine.name
        assert report.error.diagnostic.code == "R005"
        (result,) = report.results
        assert isinstance(result.verdict, Unknown)


def test_other_properties_are_judged_in_the_same_run_and_keep_their_order(tmp_path: Path) -> None:
    system = refined(
        tmp_path,
        (
            "    @action\n    def tick",
            "    @invariant\n    def low(self) -> bool:\n        return self.minute < 4\n\n    @action\n    def tick",
        ),
    )
    for engine in ENGINES:
        report = run(system, engine, "low")
        assert [(r.property, type(r.verdict)) for r in report.results] == [("low", Violated), (NAME, Holds)]


def test_without_a_refinement_the_engine_inside_answers_alone(tmp_path: Path) -> None:
    system = refined(tmp_path)
    instance = build_instance(system, "test", {})
    inside = Interpreter().run(system, instance, Request(("deadlock",)))
    outside = Refining(Interpreter()).run(system, instance, Request(("deadlock",)))
    assert (outside.results, outside.counts) == (inside.results, inside.counts)


def test_a_search_that_is_not_complete_holds_nothing(tmp_path: Path) -> None:
    system = refined(tmp_path)
    instance = build_instance(system, "test", {})
    for engine in ENGINES:
        report = Refining(engine).run(system, instance, Request((NAME,), limits=Limits(depth=2)))
        (result,) = report.results
        assert isinstance(result.verdict, Unknown), engine.name
        assert result.verdict.how == "depth"


def test_a_violation_tells_what_each_action_of_the_coarser_model_lacks(tmp_path: Path) -> None:
    guarded = refined(
        tmp_path,
        (
            "        self.hour = (self.hour + 1) % 3",
            "        require(self.hour != 1)\n        self.hour = (self.hour + 1) % 3",
        ),
    )
    traces = refutations(guarded)
    place = re.compile(r"( {2,})?[^\s(]*/(coarse|fine|fine_refines)\.py")  # however long the folder's name is
    texts = [place.sub(lambda m: f"{(m[1] and '  ') or ''}{m[2]}.py", trace_text(t, width=200)) for t in traces]
    assert texts[0] == texts[1] == texts[2]
    assert_golden(GOLDEN / "refinement_with_a_false_guard.txt", texts[0])
    jump = refined(tmp_path, ("self.minute = (self.minute + 1) % 6", "self.minute = (self.minute + 4) % 6"))
    trace = refutations(jump)[0]
    assert [n.text for n in trace.steps[-1].notes] == [
        "no step of Coarse: hour changes from 0 to 2",
        "Coarse before: hour = 0",
        "Coarse after: hour = 2",
        "strike: no arguments lead there; strike() comes closest, and leaves hour = 1",
    ]
