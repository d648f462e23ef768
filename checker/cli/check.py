"""`quorax check`: explores every behaviour of an instance and judges the properties."""

from __future__ import annotations

import argparse

from checker.cli.parser import (
    engine_arguments,
    limit_arguments,
    output_arguments,
    property_arguments,
    subject_arguments,
)
from checker.cli.status import Status


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    subject_arguments(parser)
    property_arguments(parser)
    engine_arguments(parser)
    limit_arguments(parser)
    output_arguments(parser)


def run(options: argparse.Namespace) -> Status:
    """Check, print the verdicts, and return the worst of them."""
    from checker.cli.engines import engine_of
    from checker.cli.explore import explore, limits_of
    from checker.cli.outputs import check_outputs
    from checker.cli.subject import find_properties, find_subject

    check_outputs(options)
    engine = engine_of(options)
    subject = find_subject(options)
    asked = find_properties(subject, options.property)
    return explore(engine, subject, asked, limits_of(options), options)
