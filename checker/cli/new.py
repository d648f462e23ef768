"""`quorax new`: writes a model, its mutants, a spec and a test to start from."""

from __future__ import annotations

import argparse
import keyword
import re
from pathlib import Path

from checker.cli.status import Status
from checker.diagnostics import NOWHERE, error

TEMPLATES = Path(__file__).parent / "templates"

PLACES = {
    "new_protocol.py": "models",
    "new_protocol_mutants.py": "models",
    "new_protocol.spec": "specs",
    "test_new_protocol.py": "tests",
}
"""Where each template goes."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", metavar="NAME", help="the protocol's name in lower case: my_protocol")


def run(options: argparse.Namespace) -> Status:
    """Write the files and say what to do next."""
    from checker.cli.console import console, write_file

    name = options.name
    _check_name(name)
    files = {Path(place) / file.replace("new_protocol", name): file for file, place in PLACES.items()}
    existing = [str(path) for path in files if path.exists()]
    if existing:
        raise error(NOWHERE, "C015", f"not overwritten: {', '.join(existing)}", "choose another name, or move it away")
    to = console(is_quiet=options.quiet)
    for path, file in files.items():
        _make_folder(path.parent)
        write_file(path, _filled((TEMPLATES / file).read_text(encoding="utf-8"), name))
        to.say(f"wrote {path}")
    to.remark(
        f"\nnext: quorax check models/{name}.py\n"
        f"      quorax check models/{name}.py --mutant vote_twice --diagram {name}.svg\n"
        f"      quorax gate specs/{name}.spec --update    (then commit specs/quorax.lock, and run the gate in CI)"
    )
    return Status.AS_EXPECTED


def class_name(name: str) -> str:
    """Return my_protocol as MyProtocol."""
    return "".join(word.capitalize() for word in name.split("_"))


def _check_name(name: str) -> None:
    """Complain about a name that cannot be that of a file and, in capitals, of a class.

    Raises:
        QuoraxError: C014.

    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        raise error(NOWHERE, "C014", f"{name!r} is no name for a protocol", "use lower-case words: my_protocol")
    if name.endswith("_mutants"):
        raise error(NOWHERE, "C014", f"{name}: mutants are found beside their model", "name the model itself")
    if name.endswith("_refines"):
        raise error(NOWHERE, "C014", f"{name}: refinements are found beside their model", "name the model itself")


def _make_folder(folder: Path) -> None:
    """Make a folder unless it is there.

    Raises:
        QuoraxError: C010, if it cannot be made.

    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as problem:
        raise error(NOWHERE, "C010", f"cannot make the folder {folder}: {problem.strerror}", "work elsewhere") from None


def _filled(template: str, name: str) -> str:
    """Return a template's text for a protocol of this name."""
    initials = "".join(word[0] for word in name.split("_")).upper()
    return (
        template.replace("new_protocol", name).replace("NewProtocol", class_name(name)).replace("NP-", f"{initials}-")
    )
