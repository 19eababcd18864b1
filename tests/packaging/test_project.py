"""The files that hold the project together agree with each other."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any, Final

from sqs_emulator import __version__
from tests.packaging.dockerfile import REPOSITORY
from tests.packaging.lowest import lowest

PYPROJECT: Final[dict[str, Any]] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
MAKEFILE: Final = (REPOSITORY / "Makefile").read_text("utf-8")


def test_ci_runs_make_test_and_nothing_else() -> None:
    path = REPOSITORY / ".ci" / "run"
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]

    assert os.access(path, os.X_OK)
    assert lines[0] == "set -euo pipefail"
    assert lines[1].startswith("cd ")
    assert lines[2:] == ["exec make test"]


def test_make_test_checks_style_types_the_lowest_dependencies_real_clients_and_the_rest() -> None:
    found = re.search(r"^test: (.*) ##.*\n\t(.*)$", MAKEFILE, re.MULTILINE)

    assert found is not None
    assert found[1].split() == ["lint", "types", "test-web-lowest", "test-clients", "chromium"]
    assert " -m pytest " in found[2]
    assert "tests" not in found[2]  # all of them


def test_each_dependency_has_a_lowest_version_that_can_be_pinned() -> None:
    pins = lowest()

    assert len(pins) == len(PYPROJECT["project"]["dependencies"])
    assert all(re.fullmatch(r"[\w-]+==[\d.]+(;.*)?", pin) for pin in pins)


def test_celery_is_of_the_version_that_the_example_asks_for() -> None:
    example = (REPOSITORY / "examples" / "celery" / "requirements.txt").read_text("utf-8").split()

    assert set(example) <= set(PYPROJECT["dependency-groups"]["clients"])


def test_the_pythons_that_are_promised_are_those_that_are_allowed() -> None:
    classifiers = re.findall(r"Python :: (3\.\d+)", "\n".join(PYPROJECT["project"]["classifiers"]))

    assert classifiers == ["3.11", "3.12", "3.13", "3.14"]
    assert PYPROJECT["project"]["requires-python"] == f">={classifiers[0]}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == classifiers[0]


def test_the_changelog_is_of_this_version() -> None:
    headings = re.findall(r"^(##+) (.*)$", (REPOSITORY / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    versions = [text.split()[0] for marks, text in headings if marks == "##"]

    assert versions[0] in ("Unreleased", __version__)
    assert {text for marks, text in headings if marks == "###"} <= {"Added", "Changed", "Fixed"}


def test_the_demo_installs_what_it_needs_and_no_tools_of_ours(tmp_path: Path) -> None:
    make = ["make", "--dry-run", "demo", f"DEMO={tmp_path}/demo", f"VENV={tmp_path}/venv"]
    steps = subprocess.run(make, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=True).stdout

    installs = re.findall(r" install (.*)$", steps, re.MULTILINE)

    assert installs == ["--upgrade --editable . --requirement examples/celery/requirements.txt"]
    assert f"{tmp_path}/venv" not in steps
    assert f"{tmp_path}/demo/bin/python examples/demo.py" in steps.splitlines()
