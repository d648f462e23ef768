"""Golden texts: compared byte for byte, rewritten with QUORAX_REWRITE=1 in the environment."""

from __future__ import annotations

import os
from pathlib import Path


def assert_golden(path: Path, text: str) -> None:
    """Compare a text with the golden file at `path`, or write it there when asked to."""
    if os.environ.get("QUORAX_REWRITE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"{path} is missing: run the test with QUORAX_REWRITE=1 and review it"
    assert text == path.read_text(encoding="utf-8")
