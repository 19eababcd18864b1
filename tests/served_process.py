"""`sqs-emulator serve` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

DEADLINE_SECONDS: Final = 30.0


class Served(NamedTuple):
    process: subprocess.Popen[str]
    url: str
    announced: list[str]  # its first lines

    def stop(self, signal: int) -> tuple[int, str, str]:
        """Send a signal; return the exit code and what was said since the start."""
        self.process.send_signal(signal)
        said, complained = self.process.communicate(timeout=DEADLINE_SECONDS)
        return self.process.returncode, said, complained


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment without settings of the emulator's, but for those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQS_EMULATOR_")}
    return {**kept, **variables}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sqs_emulator", *arguments]


@contextlib.contextmanager
def serving(*flags: str, variables: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Start `serve` on a free port, wait until it says where it listens, and end it in any case."""
    process = subprocess.Popen(
        command("serve", "--port", "0", *flags),
        env=environment(**(variables or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        announced = [process.stdout.readline().rstrip("\n") for _ in range(2)]
        found = re.search(r"https?://\S+", announced[0])
        assert found, f"it said {announced} and exited: {process.poll()}"
        yield Served(process, found[0], announced)
    finally:
        process.kill()
        process.communicate()
