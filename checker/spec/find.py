"""Where specs are: the bundled ones, and the one that belongs to a model."""

from __future__ import annotations

from pathlib import Path

import checker

BUNDLED = Path(checker.__file__).parent.parent / "specs"
"""The folder of the specs that come with the toolkit: beside it, in a checkout and when installed."""

LOCK = "quorax.lock"
"""The name of the lock beside the specs."""


def bundled_specs() -> tuple[Path, ...]:
    """Return the bundled specs, sorted by name."""
    return tuple(sorted(BUNDLED.glob("*.spec")))


def spec_of(model: Path) -> Path | None:
    """Return the spec that belongs to a model file: its stem beside it, in `specs/` there, or in `specs/` one up."""
    folder, name = model.parent, f"{model.stem}.spec"
    places = (folder / name, folder / "specs" / name, folder.parent / "specs" / name)
    return next((place for place in places if place.is_file()), None)


def is_installed(path: Path) -> bool:
    """Return whether a file is part of an installed package, and so not the user's to change."""
    return bool({"site-packages", "dist-packages"} & set(path.resolve().parts))
