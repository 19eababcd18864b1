"""The tables of `docs/sqs.md` name all there is, and nothing else."""

from __future__ import annotations

import re
from typing import Final

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.core.attributes import FIFO_ONLY, READ_ONLY, SETTABLE
from sqs_emulator.services.dispatch import HANDLERS
from tests.packaging.dockerfile import REPOSITORY

SQS: Final = (REPOSITORY / "docs" / "sqs.md").read_text("utf-8")


def table(heading: str) -> dict[str, list[str]]:
    """Return the rows under a heading, by what their first cell names."""
    section = SQS.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| \n").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {re.sub("`", "", name): [cell.strip() for cell in cells] for name, *cells in rows}


def test_the_table_of_actions_is_that_of_the_contract() -> None:
    rows = table("Actions")

    assert list(rows) == sorted(ACTIONS)
    assert len(rows) == 23
    assert {name for name, (works, *_) in rows.items() if works.strip(" |") == "yes"} == HANDLERS.keys()


def test_the_table_of_attributes_is_that_of_the_code() -> None:
    rows = table("Queue attributes")

    assert rows.keys() == {*SETTABLE, *READ_ONLY}
    assert {name for name, (settable, *_) in rows.items() if settable == "no"} == set(READ_ONLY)
    assert {name for name, (settable, *_) in rows.items() if settable in ("FIFO", "at creation")} == set(FIFO_ONLY)
