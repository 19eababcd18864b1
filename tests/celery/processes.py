"""Processes with a log, and waiting for what they say.

Everything runs in processes of its own: the emulator, workers, producers. Each has a log file and a process group;
every wait is for a condition, and has a deadline.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import sqs_emulator

HERE: Final = Path(__file__).parent
# Where the app of the tests is, and the emulator if it is not installed.
PYTHONPATH: Final = f"{HERE / 'apps'}{os.pathsep}{Path(sqs_emulator.__file__).parents[1]}"
# Seconds. Generous: other tests use the same cores.
DEADLINE: Final = 30.0
# Seconds by which something may come late on a busy machine; nothing may come early.
LATE: Final = 5.0

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: Callable[[], str]) -> T:
    """Return the condition's first true value; fails after the deadline, saying what was waited for."""
    deadline = time.monotonic() + DEADLINE
    while not (outcome := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {DEADLINE:g} s for {what()}")
        time.sleep(0.02)
    return outcome


NO_AWS: Final = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def leads_elsewhere(variable: str) -> bool:
    """Tell whether a variable of our environment could lead a client away: AWS's, Celery's, a proxy's."""
    return variable.startswith(("AWS_", "CELERY_", "SQS_EMULATOR_")) or variable.lower().endswith("_proxy")


def clean_environment(**more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not leads_elsewhere(name)}
    return ours | NO_AWS | {"PYTHONPATH": PYTHONPATH, "PYTHONUNBUFFERED": "1"} | more


class Process:
    """A process with a log and a process group of its own."""

    def __init__(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str], **options: Any) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=log.parent,
                env=dict(environment),
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **{"stdin": subprocess.DEVNULL, **options},
            )

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def find(self, pattern: str) -> list[str]:
        """Return the matches of a pattern in the log: each whole, or its only group."""
        return re.findall(pattern, self.text, re.MULTILINE)

    def times(self, pattern: str) -> list[float]:
        """Return when the lines that match were written, in seconds since the epoch; for Celery's logs."""
        stamps = self.find(rf"^\[([\d-]+ [\d:]+,\d+): [^\n]*{pattern}")
        return [datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp() for stamp in stamps]

    def wait_for_log(self, pattern: str, count: int = 1) -> list[str]:
        """Wait until the log has so many matches, and return them; fails at once if the process has ended."""

        def matches() -> list[str]:
            ended = self.process.poll() is not None  # asked before the log is read: its last words count
            found = self.find(pattern)
            assert len(found) >= count or not ended, f"{self} ended, without {pattern!r}:\n{self.text}"
            return found if len(found) >= count else []

        return wait_until(matches, lambda: f"{count} times {pattern!r} in the log of {self}:\n{self.text}")

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, not to its children."""
        self.process.send_signal(number)

    def wait_for_exit(self) -> int:
        """Wait until the process has ended by itself or by a signal, and return its status."""
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self} did not end in {DEADLINE:g} s:\n{self.text}") from None

    def kill(self) -> None:
        """Send SIGKILL to the process and its children; nothing happens if they are gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def __str__(self) -> str:
        return f"{self.log.stem} ({self.process.pid})"
