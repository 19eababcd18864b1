"""Puts mutants to the tests, each in a copy of the tree: the one that somebody works in is never touched.

A mutant that survives the core's own tests is put to those of the rings around, of which a part is enough to know.
"""

from __future__ import annotations

import difflib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutants.making import Mutant

ROOT: Final = Path(__file__).parent.parent.parent
CORE: Final = Path("emulator/sqs_emulator/core")
RINGS: Final = {
    "core": ("tests/core",),
    "around": (
        *("tests/services", "tests/faults", "tests/observe", "tests/spec", "tests/test_provisioning.py"),
        *("tests/web/test_clock.py", "tests/web/test_sight.py", "tests/web/test_timers.py", "tests/web/test_outbox.py"),
    ),
}
_SECONDS: Final = 300  # a mutant that makes a test run for ever is killed by that


class Verdict(NamedTuple):
    file: Path
    mutant: Mutant
    killed_by: str | None  # the ring; None: it survived
    diff: str


def copy_of_the_tree(target: Path) -> None:
    """Copy what git knows, and what it would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)


def passes(tree: Path, ring: str) -> bool:
    """Say whether the tests of a ring pass in a copy of the tree; one failure is enough not to."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree / "emulator"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *RINGS[ring]]
    tests = subprocess.Popen(
        command,
        cwd=tree,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return tests.wait(_SECONDS) == 0
    except subprocess.TimeoutExpired:
        os.killpg(tests.pid, signal.SIGKILL)
        tests.wait()
        return False


def judge(tree: Path, file: Path, mutant: Mutant, mutated: str) -> Verdict:
    """Put one mutant to the tests in a copy of the tree, which is as before then."""
    path = tree / file
    source = path.read_text("utf-8")
    path.write_text(mutated, "utf-8")
    try:
        killed_by = next((ring for ring in RINGS if not passes(tree, ring)), None)
    finally:
        path.write_text(source, "utf-8")
    lines = difflib.unified_diff(source.splitlines(), mutated.splitlines(), lineterm="", n=0)
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return Verdict(file, mutant, killed_by, "\n".join(changed))
