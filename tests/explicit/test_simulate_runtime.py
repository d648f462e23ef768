"""Random simulation in the C runtime: claims that a C program checks, as it is and under sanitizers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.explicit.comparison import compiler
from tests.explicit.test_store import BUILDS, FLAGS, HERE, RUNTIME, Build

CLAIMS = (
    "numbers_are_those_of_the_authors",
    "numbers_below_a_bound_are_uniform",
    "streams_of_runs_and_seeds_differ",
    "every_step_is_equally_likely",
    "initial_states_are_equally_likely",
    "steps_cuts_and_guards_are_counted_as_often_as_met",
    "the_outcome_does_not_depend_on_the_number_of_workers",
    "it_ends_where_one_worker_would",
    "it_ends_where_everything_is_decided",
    "a_way_leads_to_what_was_decided",
    "what_is_undefined_ends_it",
    "a_stop_from_outside_ends_it",
)


@pytest.fixture(scope="module", params=BUILDS, ids=lambda build: build.name)
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, compiled in each way that works here."""
    build: Build = request.param
    folder = tmp_path_factory.mktemp(build.name)
    probe = folder / "probe.c"
    probe.write_text("int main(void) { return 0; }\n")
    made = subprocess.run([*compiler(), *FLAGS, *build.flags, probe, "-o", folder / "probe"], capture_output=True)
    if made.returncode != 0 or subprocess.run([folder / "probe"], capture_output=True).returncode != 0:
        pytest.skip(f"the compiler cannot do this: {' '.join(build.flags)}")
    sources = (HERE / "test_simulate.c", RUNTIME / "simulate.c", RUNTIME / "worker.c")
    command = (*compiler(), *FLAGS, *build.flags, f"-I{RUNTIME}", *sources, "-lm", "-o", folder / "program")
    compiled = subprocess.run(command, capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stderr
    return folder / "program"


def test_every_claim_of_the_program_is_checked_here(program: Path) -> None:
    listed = subprocess.run([program, "list"], capture_output=True, text=True, check=True).stdout
    assert tuple(listed.split()) == CLAIMS


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_claim_holds(program: Path, claim: str) -> None:
    checked = subprocess.run([program, claim, "40000"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
