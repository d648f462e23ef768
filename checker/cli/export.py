"""`quorax export`: writes the same system in another language, for a checker that quorax's authors did not write."""

from __future__ import annotations

import argparse
from pathlib import Path

from checker.cli.parser import subject_arguments
from checker.cli.status import Status


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    language = parser.add_mutually_exclusive_group(required=True)
    language.add_argument("--tla", action="store_true", help="a TLA+ module and its configuration, for TLC")
    subject_arguments(parser)
    parser.add_argument("--out", metavar="FOLDER", default=".", help="where to write the files (default: here)")


def run(options: argparse.Namespace) -> Status:
    """Write the module and the configuration, and say how to run TLC on them."""
    from checker.cli.console import console, write_file
    from checker.cli.outputs import check_folders
    from checker.cli.subject import find_subject
    from checker.export.tla import export_tla

    folder = Path(options.out)
    check_folders(str(folder / "module"))
    subject = find_subject(options)
    export = export_tla(subject.system, subject.instance)
    module, config = folder / f"{export.name}.tla", folder / f"{export.name}.cfg"
    write_file(module, export.module)
    write_file(config, export.config)
    to = console(is_quiet=options.quiet)
    to.say(f"{subject.title} at {subject.instance.name}: {subject.instance}")
    to.say(f"module: {module}")
    to.say(f"configuration: {config}")
    to.remark(f"run: java -cp tla2tools.jar tlc2.TLC -deadlock -config {config} {module}")
    return Status.AS_EXPECTED
