"""docs/configuration.md is true: its files are good, its Python runs, its table has every limit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import click.testing
import msgspec
import pytest

from sqs_emulator.cli import main
from sqs_emulator.config.load import load
from sqs_emulator.config.settings import LIMIT_NAMES
from sqs_emulator.core.limits import STRICT
from sqs_emulator.provisioning import plan
from tests.config.conftest import WriteFile

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "docs" / "configuration.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("text", blocks("toml"), ids=lambda text: text.split("\n", 1)[0])
def test_a_file_of_the_document_is_good(text: str, write: WriteFile) -> None:
    plan(load(write(text), environment={}).config)


def test_all_files_of_the_document_are_good_together(write: WriteFile) -> None:
    file = write("\n".join(blocks("toml")))

    loaded = load(file, environment={})

    created = [row[:2] for row in plan(loaded.config)]
    assert ("queue", "payments.fifo") in created
    assert ("when asked for", "celery-*") in created
    assert {"queues", "auto_create", "accounts", "clock", "faults", "limits.in_flight"} <= loaded.sources.keys()


def test_the_python_of_the_document_runs(tmp_path: Path) -> None:
    (program,) = blocks("python")

    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("http://127.0.0.1:")


def test_the_table_has_every_limit_with_awss_number() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", TEXT, re.MULTILINE)

    assert [(name, int(number)) for name, number in rows] == list(msgspec.structs.asdict(STRICT).items())
    assert [name for name, _ in rows] == list(LIMIT_NAMES)


WRONG: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ('[[queues]]\nname = "jobs"\nVisibilityTimeout = 50_000', {}),
    ("prot = 1", {}),
    ("", {"SQS_EMULATOR_LIMIT_TAGS": "0"}),
)


@pytest.mark.parametrize(("shown", "wrong"), list(zip(blocks("text")[0].splitlines(), WRONG, strict=True)))
def test_the_errors_of_the_document_are_the_programs(
    shown: str, wrong: tuple[str, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, variables = wrong
    ours = [name for name in os.environ if name.startswith("SQS_EMULATOR_")]
    Path("emulator.toml").write_text(text)

    said = (
        click.testing.CliRunner()
        .invoke(main, ["check", "emulator.toml"], env={**dict.fromkeys(ours), **variables})
        .output
    )

    assert said.startswith(shown.removesuffix("..."))
