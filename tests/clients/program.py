"""A client's program against a served emulator that writes down what comes in: what became of it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from tests.celery.processes import NO_AWS, leads_elsewhere
from tests.clients.catalogue import Client
from tests.clients.environments import InstallError, make
from tests.served_process import command, environment

_START_SECONDS: Final = 30.0
_FIRST_ACCOUNT: Final = 100_000_000_000


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Outcome(NamedTuple):
    client: Client
    result: Result
    reason: str = ""
    seconds: float = 0.0
    made_in: float | None = None  # seconds; None: the environment was there
    output: str = ""  # of the program, or of what should have installed it


class Emulator(NamedTuple):
    """A served emulator that writes down every request and answer."""

    url: str
    log: Path

    def protocols(self, account: str) -> set[str]:
        """Return the protocols that an account's calls were seen to speak."""
        return {
            "json" if re.search(r"(?mi)^  x-amz-target: ", request) else "query"
            for request in _entries(self.log)
            if f"Credential={account}/" in request
        }

    def faults(self) -> list[str]:
        """Return what is the emulator's own failure, whatever the clients made of it."""
        return [entry for entry in _entries(self.log) if re.search(r" < \S+ 5\d\d$|^Traceback ", entry, re.MULTILINE)]


def _entries(log: Path) -> list[str]:
    return re.split(r"(?m)^(?=\d{4}-\d\d-\d\d \d\d:)", log.read_text("utf-8", errors="replace"))


@contextlib.contextmanager
def serving() -> Iterator[Emulator]:
    """Start an emulator on a free port, wait until it says where it listens, and end it in any case."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "emulator.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command("serve", "--port", "0", "--log-wire"),
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Emulator(_announced(process, log), log)
        finally:
            process.kill()
            process.wait()


def _announced(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the emulator says where it listens, and return that; raises RuntimeError."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        found = re.search(r"(https?://\S+).*\n", log.read_text("utf-8"))
        if found is not None:
            return found[1]
        time.sleep(0.02)  # between two looks
    raise RuntimeError(f"the emulator did not start:\n{log.read_text('utf-8')}")


def check(client: Client, number: int, emulator: Emulator, home: Path) -> Outcome:
    """Make a client's environment if need be, run its program, and look at what its calls spoke."""
    missing = client.environment.missing()
    if missing is not None:
        return Outcome(client, Result.SKIPPED, missing)
    folder = home / client.environment.name
    try:
        made_in = make(client.environment, folder)
    except InstallError as error:
        return Outcome(client, Result.FAILED, f"not installed: {error}", output=error.output)
    account = str(_FIRST_ACCOUNT + number)
    began_at = time.monotonic()
    status, output = _run(client, folder, _variables(emulator.url, account, folder))
    seconds = time.monotonic() - began_at
    reason = status or _complaint(client, emulator.protocols(account))
    return Outcome(client, Result.FAILED if reason else Result.PASSED, reason, seconds, made_in, output)


def _complaint(client: Client, spoken: set[str]) -> str:
    if spoken == {client.protocol}:
        return ""
    return f"spoke {' and '.join(sorted(spoken)) or 'nothing'}, not {client.protocol}"


def _variables(url: str, account: str, folder: Path) -> dict[str, str]:
    """Return a program's environment, in which nothing leads to AWS; each has an account of its own."""
    ours = {name: value for name, value in os.environ.items() if not leads_elsewhere(name)}
    for name in [name for name in ours if name.startswith("PYTHON")]:
        del ours[name]
    return {
        **ours,
        **NO_AWS,
        "PATH": f"{folder / 'bin'}{os.pathsep}{ours.get('PATH', os.defpath)}",
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _run(client: Client, folder: Path, variables: Mapping[str, str]) -> tuple[str, str]:
    """Run a program and return what was wrong with it, which is empty if nothing was, and what it printed."""
    process = subprocess.Popen(
        client.program,
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=client.seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        output, _ = process.communicate()
        return f"took longer than {client.seconds:g} s", output
    finally:
        _kill(process)
    return f"exit status {process.returncode}" if process.returncode else "", output


def _kill(process: subprocess.Popen[str]) -> None:
    """End a program and what it started and left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
