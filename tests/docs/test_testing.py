"""docs/testing.md is true: each of its recipes is a suite that passes, and its tables are the plugin's."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

from sqs_emulator import Config, Emulator
from sqs_emulator.observe.history import WHAT
from sqs_emulator.testing import AccountClient, CeleryBroker, ClockClient, FaultClient, MessageClient, QueueClient
from tests.docs.document import ROOT, Section, read
from tests.docs.suites import commands, environment, needs_django, run, together, unknown_blocks

DOCUMENT: Final = read("testing.md")
# Those for Django are run in `tests/packaging`, whose environment has it, and there all recipes are run together.
HERE: Final = [section for section in DOCUMENT if not needs_django(section)]
SUITES: Final = [section for section in HERE if commands(section)]
# Commands that other tests check, here or elsewhere.
OTHER_COMMANDS: Final = {"pip install .", 'pip install "celery[sqs]"', "docker compose run --rm tests"}


def section(title: str) -> Section:
    (found,) = [section for section in DOCUMENT if section.title == title]
    return found


@pytest.mark.parametrize("recipe", [*SUITES, together(HERE)], ids=str)
def test_a_recipe_of_the_document_passes(recipe: Section, tmp_path: Path) -> None:
    if any("celery" in text for text in recipe.files().values()):
        pytest.importorskip("celery", reason="a recipe for Celery, which is not installed")

    run(recipe, tmp_path)


def test_nothing_in_the_document_is_left_out() -> None:
    assert len(SUITES) == 18
    assert [section.title for section in DOCUMENT if needs_django(section)] == ["Django and Celery"]
    assert unknown_blocks(DOCUMENT, OTHER_COMMANDS, files={"compose.yaml"}) == []


def test_the_table_of_fixtures_is_the_plugins(tmp_path: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--fixtures", "--quiet"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,  # it exits with 5: no tests are there
    ).stdout
    ours = re.findall(r"^(\w+)(?: \[(\w+) scope\])? -- \S*pytest_plugin\.py:\d+\n {4}(.*)$", listed, re.MULTILINE)

    rows = section("Fixtures").table()

    assert len(ours) == 8
    assert all(name.startswith("sqs_") for name, *_ in ours), "other plugins have fixtures of other names"
    fixtures = [[f"`{name}`", scope or "function", text] for name, scope, text in ours]
    assert sorted(row for row in rows if len(row) == 3) == sorted(fixtures)


CLASSES: Final[dict[str, type]] = {
    "queue": QueueClient,
    "sqs_clock": ClockClient,
    "sqs_faults": FaultClient,
    "sqs_messages": MessageClient,
    "sqs_celery": CeleryBroker,
}


def test_the_table_of_what_fixtures_can_do_is_that_of_the_code() -> None:
    cells = " ".join(row[0] for row in section("Fixtures").table() if len(row) == 2)
    told: dict[str, set[str]] = {name: set() for name in CLASSES}

    for name, member, parameters in re.findall(r"`(\w+)\.(\w+)(?:\(([^)]*)\))?`", cells):
        told[name].add(member)
        taken = getattr(CLASSES[name], member, None)
        if callable(taken):
            assert set(parameters.split(", ")) - {""} <= inspect.signature(taken).parameters.keys(), member

    assert told == {name: _public(kind) for name, kind in CLASSES.items()}


def _public(kind: type) -> set[str]:
    """Return the names that objects of a class have: those of its body, and those that its `__init__` sets."""
    set_at_the_start = re.findall(r"self\.(\w+) =", inspect.getsource(kind.__init__))  # type: ignore[misc]
    return {name for name in (*vars(kind), *set_at_the_start) if not name.startswith("_")}


def test_what_is_told_of_an_account_is_there() -> None:
    (row,) = [row for row in section("Fixtures").table() if "`sqs_account`" in row[0] and len(row) == 2]

    named = re.findall(r"`(\w+)", row[1])

    assert len(named) == 5
    assert set(named) <= _public(AccountClient)


def test_the_events_to_wait_for_are_those_of_histories() -> None:
    (text,) = re.findall(r"`event` is one of: ([^.]*)\.", " ".join(section("Waiting without sleeping").prose))

    assert text.split(", ") == list(WHAT.values())


def test_the_compose_file_runs_the_tests_against_the_image(tmp_path: Path) -> None:
    shown = section("Docker Compose").files()["compose.yaml"]
    services = yaml.safe_load(shown)["services"]
    tests = services["tests"]
    readme = (ROOT / "README.md").read_text("utf-8")
    (tmp_path / "test_there.py").write_text(
        "import os\n"
        "def test_there(sqs_emulator, sqs_queue):\n"
        "    assert sqs_emulator.url == os.environ['SQS_EMULATOR_URL']\n"
        "    sqs_queue('jobs').send('pack order 7')\n"
    )

    with Emulator(Config(port=0)) as emulator:
        variables = {
            name: value.replace("http://sqs:9324", emulator.url) for name, value in tests["environment"].items()
        }
        ran = subprocess.run(
            tests["command"],
            shell=True,
            cwd=tmp_path,
            env=environment() | variables,
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )

        assert variables == {"SQS_EMULATOR_URL": emulator.url}

    assert "1 passed" in ran.stdout
    assert f"docker build --tag {services['sqs']['image']} ." in readme
    assert tests["depends_on"] == {"sqs": {"condition": "service_healthy"}}
