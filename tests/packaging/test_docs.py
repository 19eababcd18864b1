"""The tables of `docs/sqs.md` and of `CONTRIBUTING.md` name all there is, and nothing else."""

from __future__ import annotations

import re
from typing import Final

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.core.attributes import FIFO_ONLY, READ_ONLY, SETTABLE
from sqs_emulator.services.handlers import HANDLERS
from tests.packaging.dockerfile import REPOSITORY

SQS: Final = (REPOSITORY / "docs" / "sqs.md").read_text("utf-8")
CONTRIBUTING: Final = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")


def table(heading: str) -> dict[str, list[str]]:
    """Return the rows under a heading, by what their first cell names."""
    section = SQS.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| \n").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {re.sub("`", "", name): [cell.strip() for cell in cells] for name, *cells in rows}


def test_the_table_of_actions_is_that_of_the_contract() -> None:
    rows = table("Actions")

    assert list(rows) == sorted(ACTIONS)
    assert len(rows) == 23
    assert {name for name, (works, *_) in rows.items() if works.strip(" |") == "yes"} == {
        action.name for action in HANDLERS
    }


def test_the_table_of_attributes_is_that_of_the_code() -> None:
    rows = table("Queue attributes")

    assert rows.keys() == {*SETTABLE, *READ_ONLY}
    assert {name for name, (settable, *_) in rows.items() if settable == "no"} == set(READ_ONLY)
    assert {name for name, (settable, *_) in rows.items() if settable in ("FIFO", "at creation")} == set(FIFO_ONLY)


def test_each_directory_of_tests_belongs_to_a_ring() -> None:
    directories = {str(path.parent.relative_to(REPOSITORY)) for path in REPOSITORY.glob("tests/*/test_*.py")}
    rings = [row.split(" | ")[1] for row in CONTRIBUTING.splitlines() if "| `tests/" in row]

    assert sorted(re.findall(r"`(tests/\w+)`", " ".join(rings))) == sorted(directories)


def test_the_make_commands_of_the_contributors_are_there() -> None:
    named = set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)", CONTRIBUTING))
    targets = set(re.findall(r"^([\w-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert {"install", "test", "bench"} <= named
    assert named - targets == set()


def test_the_files_that_contributors_are_told_of_are_there() -> None:
    paths = re.findall(r"`((?:docs|tests|core)/[\w./-]+|[A-Z]+\.md)`", CONTRIBUTING)
    roots = (REPOSITORY, REPOSITORY / "emulator" / "sqs_emulator")

    assert len(paths) > 15
    assert [path for path in paths if not any((root / path).exists() for root in roots)] == []
