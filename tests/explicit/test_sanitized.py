"""Generated code and the runtime neither do what C leaves undefined, nor touch memory that is not theirs."""

from __future__ import annotations

import pytest

from checker.explicit.build import find_compiler
from tests.explicit.comparison import needs_compiler
from tests.explicit.sanitized import FAULTS, preload, run_sanitized


@needs_compiler
def test_generated_code_does_nothing_that_c_leaves_undefined() -> None:
    done = run_sanitized()
    if "cannot" in done.stdout:
        pytest.skip(f"{find_compiler()} {done.stdout.strip()}")
    assert (done.returncode, done.stdout) == (0, "defined\n"), done.stderr


@needs_compiler
@pytest.mark.parametrize("fault", FAULTS)
def test_code_that_does_what_c_leaves_undefined_ends_the_process(fault: str) -> None:
    if fault == "address" and preload() is None:
        pytest.skip(f"{find_compiler()} has no library that checks addresses")
    done = run_sanitized(fault)
    if "cannot" in done.stdout:
        pytest.skip(f"{find_compiler()} {done.stdout.strip()}")
    assert done.returncode != 0
    assert "defined" not in done.stdout.splitlines()
