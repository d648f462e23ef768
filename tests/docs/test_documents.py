"""What the documents show is what happens: their files are written, their commands run, their output compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.catalogue import catalogue, protocol_table
from tests.docs.transcripts import ROOT, blocks, commands, matches, run, write
from tests.explicit.comparison import needs_compiler
from tests.golden import assert_golden

EXECUTED = ("tutorial.md", "language.md", "quorums.md", "refinement.md", "linearizability.md", "proofs.md")
DOCUMENTS = [ROOT / "README.md", *(ROOT / "docs" / name for name in EXECUTED)]


@needs_compiler
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_the_commands_of_a_document_print_what_it_shows(document: Path, tmp_path: Path) -> None:
    for info, body in blocks(document):
        write(info, body, tmp_path)
        if info.startswith("console"):
            for command in commands(body):
                printed = run(command, tmp_path)
                assert matches(command.expected, printed), f"$ {command.text}\n{printed}"


def test_every_error_code_is_documented_and_every_documented_code_exists() -> None:
    used = set()
    for path in (*(ROOT / "checker").rglob("*.py"), *(ROOT / "refinement").rglob("*.py")):
        used |= set(re.findall(r'"([A-Z]\d{3})"', path.read_text(encoding="utf-8")))
    documented = set(
        re.findall(r"^\| ([A-Z]\d{3}) \|", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.M)
    )
    assert documented == used


def test_links_between_documents_lead_somewhere() -> None:
    for document in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").rglob("*.md")]:
        if not document.is_file():
            continue
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_the_catalogue_of_mutants_is_what_models_and_specs_say() -> None:
    assert_golden(ROOT / "docs" / "mutants.md", catalogue())


def test_the_readme_lists_the_protocols_as_the_lock_has_them() -> None:
    assert protocol_table() in (ROOT / "README.md").read_text(encoding="utf-8")
