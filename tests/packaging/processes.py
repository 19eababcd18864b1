"""Processes with a log, for what runs until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar

T = TypeVar("T")
DEADLINE_SECONDS: Final = 60.0


def wait_until(condition: Callable[[], T], what: str) -> T:
    """Wait until a condition is true, and return its value; raises TimeoutError."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (outcome := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)  # between two looks
    return outcome


class Process:
    """A process and its children, killed at the end of the `with`."""

    def __init__(self, command: Sequence[str] | str, *, log: Path, cwd: Path, env: Mapping[str, str]) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                shell=isinstance(command, str),
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8", errors="replace")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until the log matches; raises AssertionError when the process ends before."""

        def look() -> re.Match[str] | None:
            ended = self._process.poll() is not None
            found = re.search(pattern, self.log, re.MULTILINE)
            assert found is not None or not ended, f"ended with {self._process.returncode}:\n{self.log}"
            return found

        try:
            found = wait_until(look, pattern)
        except TimeoutError:
            raise AssertionError(f"no {pattern!r} in:\n{self.log}") from None
        assert found is not None
        return found

    def terminate(self) -> int:
        """Send SIGTERM, and return the exit status."""
        self._process.terminate()
        return self._process.wait(DEADLINE_SECONDS)

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
