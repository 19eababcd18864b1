"""The wheel, and what comes of it where it is installed alone."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Final

import pytest

from sqs_emulator import __version__
from tests.packaging.dockerfile import REPOSITORY, Image

SOURCE: Final = REPOSITORY / "emulator"

APACHE_2_0_SHA256: Final = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
RUNTIME: Final = {"click", "httptools", "msgspec", "sortedcontainers", "starlette", "uvicorn", "uvloop", "xmltodict"}
THEIRS: Final = {"anyio", "h11", "idna", "typing-extensions"}


@pytest.fixture
def files(image: Image) -> dict[str, bytes]:
    """The wheel's files, with `info/` for its dist-info directory."""
    with zipfile.ZipFile(image.wheel) as wheel:
        info = f"sqs_emulator-{__version__}.dist-info/"
        return {name.replace(info, "info/"): wheel.read(name) for name in wheel.namelist()}


@pytest.fixture
def metadata(files: dict[str, bytes]) -> Message:
    return Parser().parsestr(files["info/METADATA"].decode())


def test_the_wheel_holds_the_package_and_nothing_else(files: dict[str, bytes]) -> None:
    package = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    shipped = set(files)

    assert {name for name in shipped if not name.startswith("info/")} == package
    assert "sqs_emulator/py.typed" in shipped
    assert shipped - package == {
        "info/METADATA",
        "info/WHEEL",
        "info/RECORD",
        "info/entry_points.txt",
        "info/licenses/LICENSE",
    }


def test_the_wheel_of_a_checkout_holds_the_same(files: dict[str, bytes], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path)]
    built = subprocess.run([*command, str(REPOSITORY)], capture_output=True, text=True, timeout=300, check=False)

    assert built.returncode == 0, built.stderr
    (path,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        assert {name.rpartition("/")[2] for name in wheel.namelist()} == {name.rpartition("/")[2] for name in files}
        assert len(wheel.namelist()) == len(files)


def test_the_license_is_the_unmodified_apache_license(files: dict[str, bytes], metadata: Message) -> None:
    assert hashlib.sha256(files["info/licenses/LICENSE"]).hexdigest() == APACHE_2_0_SHA256
    assert metadata["License-Expression"] == "Apache-2.0"


def test_the_metadata_names_the_distribution_and_what_it_needs(metadata: Message) -> None:
    required = {re.split(r"[<>=;]", requirement)[0] for requirement in metadata.get_all("Requires-Dist", [])}

    assert (metadata["Name"], metadata["Version"]) == ("sqs-emulator", __version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert required == RUNTIME
    assert metadata.get_payload() == (REPOSITORY / "README.md").read_text("utf-8")


def test_uvloop_is_not_asked_for_on_windows(metadata: Message) -> None:
    (uvloop,) = [needed for needed in metadata.get_all("Requires-Dist", []) if needed.startswith("uvloop")]

    assert "sys_platform != 'win32'" in uvloop.replace('"', "'")


def test_the_wheel_installs_the_command(files: dict[str, bytes], image: Image) -> None:
    command = image.run(["sqs-emulator", "--version"])
    module = image.run(["python", "-m", "sqs_emulator", "--version"])

    assert "sqs-emulator = sqs_emulator.cli:main" in files["info/entry_points.txt"].decode()
    assert (command.returncode, command.stdout.split()) == (0, ["sqs-emulator,", "version", __version__])
    assert module.stdout == command.stdout


def test_nothing_is_installed_but_the_emulator_and_its_dependencies(image: Image) -> None:
    lists = "import importlib.metadata as of, json; print(json.dumps([package.name for package in of.distributions()]))"

    installed = json.loads(image.run(["python", "-c", lists]).stdout)

    names = {name.lower().replace("_", "-") for name in installed}
    assert names - THEIRS == RUNTIME | {"sqs-emulator"}
