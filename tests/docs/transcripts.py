"""Documents whose files and commands are tried out: fenced blocks with `file=`, `edit=`, `append=`, and `console`."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.registered import register

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r"\b\d+\.\d s\b")


@dataclass(frozen=True)
class Command:
    """One command of a document, and what it must print; a line `...` stands for any lines."""

    text: str
    expected: str


def blocks(document: Path) -> list[tuple[str, str]]:
    text = document.read_text(encoding="utf-8")
    return [(m["info"].strip(), m["body"]) for m in BLOCK.finditer(text)]


def commands(body: str) -> list[Command]:
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]
    return [Command(part.split("\n", 1)[0], part.split("\n", 1)[1]) for part in parts]


def write(info: str, body: str, folder: Path) -> None:
    """Do what a block with a file name says: write the file, replace one method of it, or append to it."""
    match = re.search(r"(file|edit|append)=(\S+)", info)
    if match is None:
        return
    path = folder / match[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    if match[1] == "file":
        path.write_text(body, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if match[1] == "append":
        text = text.replace(" message, require", " message, mutant, require") + body
    else:
        name = re.search(r"def (\w+)", body)
        assert name is not None
        method = re.compile(rf"    @action\n    def {name[1]}\(.*?(?=\n\n)", re.DOTALL)
        assert len(method.findall(text)) == 1
        text = method.sub(lambda _: body.rstrip("\n"), text)
    path.write_text(text, encoding="utf-8")


def run(command: Command, folder: Path) -> str:
    """Return what a `quorax` command prints, its exit code ignored: the output says what happened."""
    words = shlex.split(command.text)
    assert words[0] == "quorax"
    registered = folder / ".registered"
    if not registered.is_dir():
        register(registered)
    path = f"{ROOT}{os.pathsep}{registered}"
    environment = {**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "100"}
    environment.pop("CI", None)
    done = subprocess.run(
        [sys.executable, "-m", "checker.cli.main", *words[1:]],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def matches(expected: str, printed: str) -> bool:
    """Return whether the output is the expected one, seconds aside, `...` lines standing for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + "\n"
        for line in SECONDS.sub("N s", expected).splitlines()
    )
    return re.fullmatch(pattern, SECONDS.sub("N s", printed)) is not None
