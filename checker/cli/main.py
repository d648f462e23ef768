"""The entry point: finds the command, runs it, and turns whatever happens into an exit code.

`quorax --help` imports nothing but this file and the argument parser; a command's own module is imported only when
that command is given.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol, TextIO, cast

import checker
from checker.cli.parser import Parser, common_arguments, suggestion
from checker.cli.status import MEANINGS, Status
from checker.diagnostics import NOWHERE, QuoraxError, error

COMMANDS = {
    "check": "explore every behaviour of an instance and judge the properties",
    "prove": "prove properties for any number of nodes, values and messages, from a model's lemmas",
    "simulate": "walk at random through an instance too big to exhaust",
    "trace": "replay a saved trace and show it as text, a diagram or ITF JSON",
    "graph": "draw the state graph of a small instance",
    "gate": "check specs against the lock file",
    "list": "list the models, or the instances, properties and mutants of one",
    "new": "write a model, a spec and a mutant to start from",
    "doctor": "say what this machine has, and what is missing",
    "quorum": "decide for any number of processes which quorums meet, or what a model's quorums do",
    "export": "write the same system in another language",
}
"""Every command of the toolkit with one line about it; `checker.cli.<command>` holds it. Others are extensions."""


class CommandModule(Protocol):
    """What the module of a command offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, options: argparse.Namespace) -> Status: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_encode(stream)
    try:
        status = _dispatch(words)
        sys.stdout.flush()
    except QuoraxError as problem:
        return _complain(str(problem), Status.USAGE)
    except KeyboardInterrupt:
        return _complain("interrupted: no verdict", Status.INCONCLUSIVE)
    except MemoryError:
        return _complain("out of memory: no verdict; a smaller instance or --states may fit", Status.INCONCLUSIVE)
    except BrokenPipeError:
        _discard_output()
        return Status.INCONCLUSIVE
    except SystemExit as stop:  # argparse, after --help or --version
        return stop.code if isinstance(stop.code, int) else Status.AS_EXPECTED
    except Exception as problem:
        if "--debug" in words:
            raise
        return _complain(_apology(problem), Status.INTERNAL)
    return status


def _dispatch(words: list[str]) -> Status:
    name = next((word for word in words if not word.startswith("-")), None)
    module = _module(name) if name else None
    others = {} if name in COMMANDS or "--version" in words else _other_commands()
    parser = _parser(name, module, {**COMMANDS, **others})
    if name is None and not words:
        parser.print_help(sys.stderr)
        return Status.USAGE
    options = parser.parse_args(words)
    if module is None:
        raise error(NOWHERE, "C001", "a command is wanted", f"one of {', '.join(COMMANDS)}")
    return module.run(options)


def _module(name: str) -> CommandModule:
    """Return the module of a command, of quorax or of another installed package.

    Raises:
        QuoraxError: C002 if there is none, C019 if another's cannot be loaded.

    """
    if name in COMMANDS:
        return cast(CommandModule, importlib.import_module(f"checker.cli.{name}"))
    from checker.cli.extensions import extension_names, load_extension

    if name not in extension_names():
        known = (*COMMANDS, *extension_names())
        raise error(NOWHERE, "C002", f"there is no command {name!r}", suggestion(name, known))
    return cast(CommandModule, load_extension(name))


def _other_commands() -> dict[str, str]:
    from checker.cli.extensions import summaries

    return {name: summary for name, summary in summaries().items() if name not in COMMANDS}


def _parser(chosen: str | None, module: CommandModule | None, known: Mapping[str, str]) -> Parser:
    """Return the parser of the whole command line, in which only the chosen command knows its arguments."""
    codes = "\n".join(f"  {status.value}  {meaning}" for status, meaning in MEANINGS.items())
    parser = Parser(
        prog="quorax",
        description="A verification toolkit for consensus protocols: checks a model, and draws what goes wrong.",
        epilog=f"exit codes:\n{codes}\n\nquorax COMMAND --help says what a command takes.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"quorax {checker.__version__}")
    common_arguments(parser)
    parser.set_defaults(quiet=False, debug=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in known.items():
        sub = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name == chosen and module is not None:
            module.configure(sub)
            common_arguments(sub)
    return parser


def _complain(text: str, status: Status) -> Status:
    """Print what went wrong, after whatever has been printed already."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    print(text, file=sys.stderr)
    return status


def _apology(problem: Exception) -> str:
    return (
        f"quorax failed, which is a bug in quorax and not in your model; there is no verdict: "
        f"{type(problem).__name__}: {problem}\n"
        "  help: run it again with --debug, and report what that prints together with the model"
    )


def _never_fail_to_encode(stream: TextIO) -> None:
    """Let a terminal that cannot show a character show its escape instead."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Let the interpreter's last flush go nowhere: whoever read the output has left."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
