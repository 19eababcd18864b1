"""docs/migrating.md is true as far as it is about us: the code under "After" passes."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Final

import pytest

from sqs_emulator.config.load import load
from sqs_emulator.provisioning import plan
from tests.docs.document import Section, read
from tests.docs.suites import commands, run, unknown_blocks

DOCUMENT: Final = read("migrating.md")
# What comes before needs software that is not installed here.
BEFORE: Final = [section for section in DOCUMENT if section.title.startswith("Before")]
AFTER: Final = [section for section in DOCUMENT if section.title.startswith("After")]


@pytest.mark.parametrize("after", AFTER, ids=str)
def test_what_comes_after_passes(after: Section, tmp_path: Path) -> None:
    run(after, tmp_path)


def test_nothing_in_the_document_is_left_out() -> None:
    others = [section for section in DOCUMENT if section not in BEFORE]

    assert len(AFTER) == len(BEFORE) == 3
    assert [section for section in others if commands(section)] == AFTER
    assert unknown_blocks(others, (), files=()) == []
    assert all(any(line.startswith("With ") for line in section.prose) for section in BEFORE), "which version was it?"


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        pytest.param(1, {'ENDPOINT = "http://localhost:4566"', 'ENDPOINT = "http://localhost:9324"'}, id="LocalStack"),
        pytest.param(2, set(), id="ElasticMQ"),
    ],
)
def test_a_test_that_stays_as_it_is_is_the_same(place: int, changed: set[str]) -> None:
    (before,), (after, *_) = BEFORE[place].of("python"), AFTER[place].of("python")

    lines = difflib.ndiff(before.text.splitlines(), after.text.splitlines())

    assert {line[2:] for line in lines if line[:1] in "+-"} == changed


def test_elasticmqs_queues_become_ours(tmp_path: Path) -> None:
    (block,) = AFTER[2].of("toml")
    file = tmp_path / "emulator.toml"
    file.write_text(block.text)

    created = plan(load(str(file), environment={}).config)

    assert [row[1] for row in created] == [queue["name"] for queue in tomllib.loads(block.text)["queues"]]


def test_the_settings_that_are_named_are_there() -> None:
    file = 'base_url = "http://sqs.test"\nhost = "0.0.0.0"\nport = 9324\nregion = "eu-west-1"\nlimits = "strict"\n'
    named = tomllib.loads(file)
    told = " ".join(line for section in DOCUMENT for line in section.prose)

    assert [name for name in named if f"`{name}" not in told] == []
