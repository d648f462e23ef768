"""The state stores of the C runtime: claims that C programs check, as they are and under sanitizers.

The programs are in tests/explicit/runtime; they list the claims themselves.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.explicit.comparison import compiler

HERE = Path(__file__).parent / "runtime"
RUNTIME = HERE.parent.parent.parent / "checker" / "explicit" / "runtime"
SOURCES = ("arena", "levels", "memory", "quota", "slots", "store", "store_exact", "store_fp64", "store_tree", "table")
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread")


@dataclass(frozen=True, slots=True)
class Build:
    """A way to compile, and how many states make a check of a few seconds in what it produces."""

    name: str
    flags: tuple[str, ...]
    states: int


BUILDS = (
    Build("plain", (), 1_000_000),
    Build("address", ("-fsanitize=address,undefined", "-fno-sanitize-recover=all"), 40_000),
    Build("thread", ("-fsanitize=thread",), 20_000),
)

CLAIMS = {
    "test_store": (
        "every_state_is_stored_once",
        "levels_partition_the_states",
        "the_limit_of_states_is_exact",
        "the_limit_of_memory_is_kept",
        "too_little_memory_is_no_store",
        "refused_memory_is_a_limit",
        "states_of_equal_hash_are_told_apart",
        "a_store_that_is_not_grown_refuses",
        "references_end_in_a_refusal",
        "a_small_run_touches_little_memory",
    ),
    "test_fingerprints": (
        "hashes_are_the_same_on_every_machine",
        "hashes_collide_like_random_numbers",
        "parents_are_least_whoever_is_faster",
        "a_parent_is_the_least_of_its_level_with_its_high_bits",
        "the_mark_of_an_empty_entry_is_a_hash_like_others",
        "a_depth_that_does_not_fit_is_a_limit",
    ),
}

ADDRESS_SPACE = "refused_memory_is_a_limit"
"""This claim limits the address space, of which sanitizers need more than there is."""


@pytest.fixture(scope="module", params=BUILDS, ids=lambda build: build.name)
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Each way to compile that a program of one line shows to work here."""
    build: Build = request.param
    source = tmp_path_factory.mktemp("probe") / "probe.c"
    source.write_text("int main(void) { return 0; }\n")
    probe = source.with_suffix(".out")
    compiled = subprocess.run([*compiler(), *FLAGS, *build.flags, source, "-o", probe], capture_output=True)
    if compiled.returncode != 0 or subprocess.run([probe], capture_output=True).returncode != 0:
        pytest.skip(f"the compiler cannot do this: {' '.join(build.flags)}")
    return build


@pytest.fixture(scope="module")
def programs(build: Build, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The programs, compiled."""
    folder = tmp_path_factory.mktemp(build.name)
    for name in CLAIMS:
        sources = (HERE / f"{name}.c", *(RUNTIME / f"{part}.c" for part in SOURCES))
        command = (*compiler(), *FLAGS, *build.flags, f"-I{RUNTIME}", *map(str, sources), "-o", str(folder / name))
        compiled = subprocess.run(command, capture_output=True, text=True)
        assert compiled.returncode == 0, compiled.stderr
    return {name: folder / name for name in CLAIMS}


@pytest.mark.parametrize("program", CLAIMS)
def test_every_claim_of_a_program_is_checked_here(programs: dict[str, Path], program: str) -> None:
    listed = subprocess.run([programs[program], "list"], capture_output=True, text=True, check=True).stdout
    assert tuple(listed.split()) == CLAIMS[program]


@pytest.mark.parametrize(("program", "claim"), [(program, claim) for program in CLAIMS for claim in CLAIMS[program]])
def test_the_claim_holds(build: Build, programs: dict[str, Path], program: str, claim: str) -> None:
    if build.flags and claim == ADDRESS_SPACE:
        pytest.skip("a sanitizer needs more address space than this claim leaves")
    checked = subprocess.run([programs[program], claim, str(build.states)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
