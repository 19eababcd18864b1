"""The servers under test, as processes of their own, and what the system says they have used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final

from tests.bench.load import Address, Connection, LoadError

ROOT: Final = Path(__file__).parents[2]
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 30
_LOOK_SECONDS: Final = 0.001  # how often to try whether a server listens
_IDLE_LOOK_SECONDS: Final = 0.1
_IDLE_CPU_NS: Final = 1_000_000  # less than this between two looks is idleness


class ServerProcess:
    """A server on a port, started by `with`; it listens when the block begins, and is gone when it ends.

    It runs what lies in a checkout, whatever is installed. `spawned_at` is in seconds of `time.perf_counter`;
    `connection` was made as soon as the server listened.
    """

    def __init__(self, arguments: list[str], port: int, checkout: Path = ROOT) -> None:
        self.address: Address = ("127.0.0.1", port)
        self._arguments = arguments
        self._checkout = checkout

    def __enter__(self) -> ServerProcess:
        self.spawned_at = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, *self._arguments],
            cwd=self._checkout,
            env=_environment(self._checkout),
            stdout=subprocess.DEVNULL,
        )
        self.pid = self._process.pid
        try:
            self.connection = self._connect()
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        finally:
            self._process.kill()

    def _connect(self) -> Connection:
        give_up_at = time.monotonic() + _START_SECONDS
        while True:
            try:
                return Connection(self.address)
            except ConnectionRefusedError:
                if self._process.poll() is not None or time.monotonic() > give_up_at:
                    raise LoadError(f"{' '.join(self._arguments)} did not start") from None
                time.sleep(_LOOK_SECONDS)

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait_until_ended(self) -> None:
        # Without a timeout the system tells at once; with one, Popen looks at intervals.
        self._process.wait()

    def cpu_ns(self) -> int:
        """CPU time so far, user and system, of all threads: what clock_getcpuclockid(3) leads to, in nanoseconds."""
        return time.clock_gettime_ns((~self.pid << 3) | 2)

    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def wait_until_idle(self) -> None:
        """Wait until the process has done what it was asked for."""
        before = self.cpu_ns()
        while True:
            time.sleep(_IDLE_LOOK_SECONDS)
            after = self.cpu_ns()
            if after - before < _IDLE_CPU_NS:
                return
            before = after


def emulator(*options: str, checkout: Path = ROOT) -> ServerProcess:
    port = _free_port()
    _, package = _source(checkout)
    return ServerProcess(["-m", package, "serve", "--port", str(port), *options], port, checkout)


def at_once() -> ServerProcess:
    """Return the emulator, answering each request as soon as it is read."""
    port = _free_port()
    return ServerProcess(["-m", "tests.bench.at_once", "serve", "--port", str(port)], port)


def bare() -> ServerProcess:
    port = _free_port()
    return ServerProcess(["-m", "tests.bench.bare", str(port)], port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _source(checkout: Path) -> tuple[Path, str]:
    """Return where a checkout's package is, and its name: it began as `emulator`, at the top."""
    new = checkout / "emulator"
    return (new, "sqs_emulator") if (new / "sqs_emulator").is_dir() else (checkout, "emulator")


def _environment(checkout: Path) -> dict[str, str]:
    """The defaults are measured, with compiled bytecode."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SQS_EMULATOR_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    source, _ = _source(checkout)
    return {**kept, "PYTHONPATH": str(source)}
