"""NewProtocol does what its spec says, and its mutants do not."""

from pathlib import Path

from checker.cli.main import main

SPEC = Path(__file__).parent.parent / "specs" / "new_protocol.spec"


def test_every_obligation_of_the_spec_comes_out_as_the_lock_records() -> None:
    """The gate is green."""
    assert main(["gate", str(SPEC)]) == 0
