"""The rule of this directory, not of SQS: a test names its ground, and AWS is spared what its mark says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.conformance.grounds import ground

REPOSITORY: Final = Path(__file__).parents[2]
README: Final = "README of tests/conformance"
TESTS: Final = {
    "conftest.py": "from tests.conformance.conftest import *",
    "test_without.py": "def test_without_ground(): pass",
    "test_page.py": """
from tests.conformance.grounds import ground

@ground("somewhere")
def test_of_no_page(): pass
""",
    "test_with.py": """
from tests.conformance.grounds import ground, recorded, slow_on_aws

@recorded("what AWS said once")
@ground("API Reference, SendMessage")
def test_that_fails(): assert not "so"

@slow_on_aws("it takes a year")
@ground("API Reference, SendMessage")
def test_that_is_slow(): pass
""",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the tests above, when they run against AWS; they call nothing there."""
    directory = tmp_path_factory.mktemp("suite")
    for name, text in TESTS.items():
        (directory / name).write_text(text)
    options = ["-p", "no:cacheprovider", "--rootdir", ".", "--aws", "-rs", "--continue-on-collection-errors"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.stdout


@ground(README)
def test_a_test_without_ground_is_an_error(run: str) -> None:
    assert "test_without_ground names no ground" in run
    assert "1 failed, 1 skipped, 2 errors" in run


@ground(README)
def test_a_page_is_of_one_of_awss_books(run: str) -> None:
    assert "test_of_no_page stands on 'somewhere', which names no book" in run


@ground(README)
def test_a_failed_test_shows_its_grounds(run: str) -> None:
    assert "recorded of AWS: what AWS said once\nAPI Reference, SendMessage\n" in run


@ground(README)
def test_a_test_that_aws_is_spared_says_why(run: str) -> None:
    assert "slow_on_aws: it takes a year" in run
