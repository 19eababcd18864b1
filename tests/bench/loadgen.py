"""An independent load generator, as a yardstick for ours: a binary that takes `HOST:PORT SCENARIO` and prints JSON."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import msgspec

from tests.bench.load import LoadError
from tests.bench.servers import ServerProcess

_RUN_SECONDS: Final = 120


class Report(msgspec.Struct):
    """What is read of its line."""

    p50_us: float
    cpu_us: float = 0.0
    errors: int = 0


def run(path: Path, scenario: str, server: ServerProcess, *, seconds: int, connections: int, depth: int = 0) -> Report:
    host, port = server.address
    numbers = {"--conns": connections, "--seconds": seconds, "--depth": depth, "--pid": server.pid}
    flags = [text for name, value in numbers.items() for text in (name, str(value))]
    command = [str(path), f"{host}:{port}", scenario, *flags]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=_RUN_SECONDS)
    try:
        report = msgspec.json.decode(done.stdout, type=Report)
    except msgspec.DecodeError as error:
        raise LoadError(f"loadgen's {scenario} printed {done.stdout!r}: {error}") from None
    if report.errors:
        raise LoadError(f"loadgen's {scenario} met {report.errors} errors")
    return report
