"""Commands as an installation of this checkout would register them, whatever is installed."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def register(folder: Path, *more: str, name: str = "quorax") -> Path:
    """Write what pip writes about the entry points of a distribution into a folder, which is to be on Python's path.

    `more` are further lines of the group `quorax.commands`.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    commands = project.get("entry-points", {}).get("quorax.commands", {}) if name == "quorax" else {}
    info = folder / f"{name}-0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0\n", encoding="utf-8")
    lines = ["[quorax.commands]", *(f"{command} = {module}" for command, module in commands.items()), *more]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
