"""The names of a spec are looked up in it and in its model, and its instances are built."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from checker.diagnostics import NOWHERE, QuoraxError
from checker.dsl.loader import load
from checker.spec.find import bundled_specs, is_installed, spec_of
from checker.spec.parse import parse_spec, parse_text
from checker.spec.presets import selected
from checker.spec.resolve import ResolvedSpec, instance_settings, resolve
from checker.spec.temporal import read_property
from checker.spec.tree import CheckDecl, Demand, MutantDecl, ProveDecl, WitnessDecl
from checker.temporal.fairness import Fairness, TemporalProperty
from tests.temporal.chance import some_formula

HERE = Path(__file__).parent


def lamps(text: str | None = None) -> ResolvedSpec:
    path = HERE / "lamps.spec"
    spec = parse_spec(path) if text is None else parse_text(text, path)
    return resolve(spec, load(spec.target))


def kind_and_place(demand: Demand) -> str:
    match demand:
        case CheckDecl():
            return f"check {demand.instance}"
        case WitnessDecl():
            return f"witness {demand.instance}"
        case MutantDecl():
            return f"{demand.mutant} at {demand.instance}"
        case ProveDecl():
            return "prove"


def test_the_first_instance_is_the_default() -> None:
    assert str(lamps().default_instance) == "Lamp = 2, Hour = 2, Row = {{l1}, {l2}}"


def test_an_instance_has_the_settings_that_it_extends() -> None:
    spec = parse_spec(HERE / "lamps.spec")
    assert instance_settings(spec, "leaky") == {"Lamp": 2, "Hour": 3, "Row": (("l1",), ("l2",)), "leaks": 1}


def test_an_instance_is_built_for_each_system_that_is_checked_at_it() -> None:
    instances = lamps().instances
    assert set(instances) == {
        ("", "small"),
        ("", "named"),
        ("light_any", "small"),
        ("light_any", "named"),
        ("leak", "leaky"),
    }
    assert instances["leak", "leaky"].budgets == {"leaks": 1}


def test_an_instance_that_nothing_uses_is_built_for_the_model() -> None:
    resolved = lamps("model models/lamps.py\ninstance a: Lamp=1, Hour=1, Row={{l1}}\ninstance b extends a: Hour=2")
    assert set(resolved.instances) == {("", "a"), ("", "b")}


def test_presets_select_by_kind_instance_and_mutant() -> None:
    spec = lamps().spec
    smoke = ["check small", "check small", "witness small"]
    temporal = ["check small"]  # progress, which no check names
    assert [kind_and_place(d) for d in selected(spec, "smoke")] == smoke + temporal
    mutants = ["light_any at small", "leak at leaky", "light_any at named"]
    assert [kind_and_place(d) for d in selected(spec, "ci")] == smoke + mutants + temporal
    assert selected(spec, "deep") == spec.demands


def test_plural_selectors_take_all_of_a_kind() -> None:
    text = (HERE / "lamps.spec").read_text(encoding="utf-8")
    spec = lamps(f"{text}\npreset some: witnesses, proofs\npreset others: checks, mutants\n").spec
    assert [kind_and_place(d) for d in selected(spec, "some")] == ["witness small", "prove"]
    assert {type(d) for d in selected(spec, "others")} == {CheckDecl, MutantDecl}


def test_a_model_finds_its_spec_beside_it_or_in_a_folder_of_specs(tmp_path: Path) -> None:
    model = tmp_path / "models" / "lamps.py"
    assert spec_of(model) is None
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "lamps.spec").touch()
    assert spec_of(model) == tmp_path / "specs" / "lamps.spec"
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "lamps.spec").touch()
    assert spec_of(model) == tmp_path / "models" / "lamps.spec"


def test_what_stands_in_site_packages_is_installed(tmp_path: Path) -> None:
    assert is_installed(tmp_path / "site-packages" / "specs" / "quorax.lock")
    assert not is_installed(tmp_path / "specs" / "quorax.lock")


def test_every_bundled_spec_resolves() -> None:
    for path in bundled_specs():
        spec = parse_spec(path)
        resolved = resolve(spec, load(spec.target))
        assert {"smoke", "ci", "deep"} <= {p.name.text for p in resolved.spec.presets}, path


FORGETFUL = """

@mutant("LA-03", breaks="one_at_a_time")
class Switchless(Lamps):
    \"\"\"The power cannot be cut by itself.\"\"\"

    @action(replaces="cut_power")
    def blow_fuse(self, a: Lamp) -> None:
        \"\"\"A lamp takes the power with it.\"\"\"
        require(self.powered and self.burning[a])
        self.powered = False
"""


def test_a_temporal_property_is_not_demanded_of_a_mutant_that_lacks_what_it_names(tmp_path: Path) -> None:
    model = tmp_path / "lamps.py"
    model.write_text((HERE / "models" / "lamps.py").read_text(encoding="utf-8") + FORGETFUL, encoding="utf-8")
    text = f"""\
model {model}
instance small: Lamp = 1, Hour = 1, Row = {{{{l1}}}}
property calm: eventually always lit under weak fairness of cut_power
check small: calm fail
mutant light_any at small breaks calm
mutant switchless at small breaks calm
"""
    spec = parse_text(text, tmp_path / "lamps.spec")
    with pytest.raises(QuoraxError) as caught:
        resolve(spec, load(spec.target))
    assert [(d.code, d.span.line, d.message) for d in caught.value.diagnostics] == [
        ("S016", 6, "Switchless has no action cut_power, which calm is about")
    ]


@pytest.mark.parametrize("seed", range(20))
def test_a_temporal_property_is_read_back_from_its_text(seed: int) -> None:
    chance = Random(seed)
    for _ in range(50):
        formula = some_formula(chance, chance.randrange(8))
        fairness = tuple(
            Fairness(chance.choice(("weak", "strong")), name, per)
            for name, per in (("accept", ()), ("send", ("a",)), ("receive", ("a", "m")))
            if chance.random() < 0.5
        )
        weak_first = tuple(sorted(fairness, key=lambda f: f.strength, reverse=True))
        said = TemporalProperty("x", formula, weak_first)
        assert read_property("x", said.text, NOWHERE) == said
