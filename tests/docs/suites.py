"""The code of a section is run as its reader would run it: its files in a directory of their own, by its commands.

A section with tests and no command is run by `pytest`. Two things differ from the document: the port of a server that
is said to be running, and options that make pytest start sooner and write a report.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from sqs_emulator import Config, Emulator
from sqs_emulator.config.load import load
from tests.docs.document import Section

DEADLINE_SECONDS: Final = 120
OURS: Final = Path(sys.executable)
SERVED: Final = "localhost:9324"
# Shell lines that are run here. Each document's test names the other lines that may stand there.
RUNNABLE: Final = re.compile(r"(SQS_EMULATOR_URL=\S+ )?(pytest|python)( .*)?")
_UNITTESTS: Final = ("python -m unittest", "python manage.py test")
_REPORT: Final = "report.xml"
_STRANGERS: Final = ("AWS_", "CELERY_", "PYTEST_", "PYTHON", "SQS_EMULATOR_")
_FAILS: Final = "test_that_fails"  # what tests are called that a document shows the failure of


def commands(section: Section) -> list[str]:
    lines = [line for block in section.of("shell") for line in block.text.splitlines()]
    return [line for line in lines if RUNNABLE.fullmatch(line)] or (["pytest"] if section.own_tests() else [])


def unknown_blocks(
    sections: Iterable[Section], other_commands: Container[str], *, files: Container[str | None]
) -> list[str]:
    """Return the lines where blocks begin that nothing here runs or compares; `files` are looked at elsewhere."""
    runnable = [section for section in sections if commands(section)]
    used = {text for section in runnable for text in section.files().values()}
    unknown = []
    for section in sections:
        for block in section.blocks:
            if block.language == "shell":
                lines = block.text.splitlines()
                known = all(RUNNABLE.fullmatch(line) or line in other_commands for line in lines)
            elif block.language == "text":
                known = section in runnable
            else:
                known = block.text in used or block.file in files
            if not known:
                unknown.append(f"{section.document}:{block.line}")
    return unknown


def together(sections: Iterable[Section]) -> Section:
    """Return one section with the files of all; raises ValueError where two of these have the same name.

    If one of them needs a server that runs already, all use it, by the command that the document gives for that.
    """
    blocks = [block for section in sections for block in section.blocks]
    files = [block for block in blocks if block.file is not None]
    names = [str(block.file) for block in files]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"in one folder, these are there twice: {', '.join(sorted(twice))}")
    whole = Section("", "all in one folder", None)
    whole.blocks = [*files, *(block for block in blocks if block.text.startswith("SQS_EMULATOR_URL="))]
    return whole


def needs_a_server(section: Section) -> bool:
    return any(SERVED in block.text for block in section.blocks)


def needs_django(section: Section) -> bool:
    """Say whether it needs a package that only some environments have."""
    return any("django" in text for text in section.files().values())


def run(section: Section, directory: Path, *, python: Path = OURS, **variables: str) -> None:
    """Run the code of a section; fails when a test fails, when one is not run, or when it prints something else."""
    for name, text in section.files().items():
        (directory / name).write_text(text, "utf-8")
    with _server(section, directory) as address:
        if address is not None:
            for name, text in section.files().items():
                (directory / name).write_text(text.replace(SERVED, address), "utf-8")
        for command in commands(section):
            _run(
                section,
                command.replace(SERVED, address or SERVED),
                directory,
                _environment(section, python) | variables,
            )


def _run(section: Section, command: str, directory: Path, variables: Mapping[str, str]) -> None:
    ran = subprocess.run(
        ["bash", "-euc", command],
        cwd=directory,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    report = directory / _REPORT
    if "pytest" in command:
        assert report.exists(), ran.stdout
        assert _outcomes(report) == _expected(section), ran.stdout
        report.unlink()
    else:
        assert ran.returncode == 0, ran.stdout
        if command in _UNITTESTS:
            assert f"Ran {sum(map(len, _tests(section).values()))} test" in ran.stdout, ran.stdout
    for block in section.of("text"):
        _assert_shown(block.text, ran.stdout)


def _expected(section: Section) -> dict[str, set[str]]:
    """Return the outcomes of each module: passed, or failed if that is what the document shows."""
    return {
        module.removesuffix(".py"): {"failed" if name.startswith(_FAILS) else "passed" for name in names}
        for module, names in _tests(section).items()
    }


def _tests(section: Section) -> dict[str, list[str]]:
    """Return the names of the tests of each module."""
    files = section.files()
    return {name: re.findall(r"^ *def (test_\w+)", files[name], re.MULTILINE) for name in section.own_tests()}


def _outcomes(report: Path) -> dict[str, set[str]]:
    outcomes: dict[str, set[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        said = {"failure": "failed", "error": "error", "skipped": "skipped"}
        outcome = next((said[part.tag] for part in case if part.tag in said), "passed")
        outcomes.setdefault(case.get("classname", "").partition(".")[0], set()).add(outcome)
    return outcomes


def _assert_shown(text: str, output: str) -> None:
    """Assert that the lines of a text appear in this order; their ids, moments and numbers may differ."""
    shown = [_shape(line) for line in output.splitlines()]
    for line in text.splitlines():
        assert _shape(line) in shown, f"{line!r} is not in:\n{output}"
        shown = shown[shown.index(_shape(line)) + 1 :]


def _shape(line: str) -> str:
    line = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", line)
    line = re.sub(r"\d\d:\d\d:\d\d\.\d{3}", "TIME", line)
    line = re.sub(r"-{5,}", "-----", line)
    return re.sub(r"\d{3,}", "NUMBER", line).strip()


def environment(*more_options: str, python: Path = OURS) -> dict[str, str]:
    """Return an environment in which `python` and `pytest` are those beside `python`, and nothing leads to AWS."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(_STRANGERS)}
    options = ("-p no:hypothesispytest", "-p no:anyio", "-p no:cacheprovider", *more_options)
    return outside | {
        "PATH": f"{python.parent}{os.pathsep}{outside['PATH']}",
        "PYTEST_ADDOPTS": " ".join(options),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _environment(section: Section, python: Path) -> dict[str, str]:
    options = [f"--junitxml={_REPORT}"]
    if not any("-n " in line for line in commands(section)):
        options.append("-p no:xdist")
    if "pytest.ini" not in section.files():
        options.append("-W error")
    return environment(*options, python=python)


@contextlib.contextmanager
def _server(section: Section, directory: Path) -> Iterator[str | None]:
    """Serve, if the section says that a server is running, and give its address; `emulator.toml` has its settings."""
    if not needs_a_server(section):
        yield None
        return
    file = directory / "emulator.toml"
    config = load(str(file), environment={}).config if file.exists() else Config()
    with Emulator(msgspec.structs.replace(config, port=0)) as emulator:
        yield f"localhost:{emulator.url.rpartition(':')[2]}"
