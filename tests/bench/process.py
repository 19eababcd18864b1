"""The process: how soon it answers, and how much memory it takes."""

from __future__ import annotations

import compileall
import time
from typing import Final, NamedTuple

from tests.bench.flows import BATCH, BODY_BYTES, create_queue, fill
from tests.bench.plan import Plan
from tests.bench.servers import ROOT, emulator
from tests.bench.spelling import JSON
from tests.bench.table import Row

START_REACH_SECONDS: Final = 0.30
RESIDENT_REACH_MB: Final = 45.0
MESSAGE_REACH_KB: Final = 1.2
_KB: Final = 1_000
_MB: Final = 1_000_000
_LIST_QUEUES: Final = JSON.request("ListQueues", {})
_HEALTH: Final = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class _Start(NamedTuple):
    seconds: float
    cpu_seconds: float
    resident_mb: float


def measure_start(plan: Plan) -> list[Row]:
    compileall.compile_dir(ROOT / "emulator", quiet=2)
    _start(_LIST_QUEUES)  # so that every start finds its files in memory
    calls, healths = [], []
    for _ in range(plan.runs):
        calls.append(_start(_LIST_QUEUES))
        healths.append(_start(_HEALTH))
    return [
        Row("start to the first answered call", [start.seconds for start in calls], "s", START_REACH_SECONDS),
        Row("CPU time until then", [start.cpu_seconds for start in calls], "s"),
        Row("resident memory after that", [start.resident_mb for start in calls], "MB", RESIDENT_REACH_MB),
        Row("start to the first answered `/health`", [start.seconds for start in healths], "s", START_REACH_SECONDS),
        Row("resident memory after `/health`", [start.resident_mb for start in healths], "MB", RESIDENT_REACH_MB),
    ]


def _start(request: bytes) -> _Start:
    with emulator() as server:
        server.connection.call(request)
        seconds = time.perf_counter() - server.spawned_at
        return _Start(seconds, server.cpu_ns() / 1e9, server.resident_bytes() / _MB)


def measure_memory(plan: Plan) -> list[Row]:
    samples = [_bytes_per_message(plan) / _KB for _ in range(plan.runs)]
    return [Row(f"{plan.stored:,} messages of {BODY_BYTES} bytes, memory of each", samples, "KB", MESSAGE_REACH_KB)]


def _bytes_per_message(plan: Plan) -> float:
    with emulator() as server:
        url = create_queue(server)
        fill(server, url, BATCH)
        before = server.resident_bytes()
        fill(server, url, plan.stored)
        return (server.resident_bytes() - before) / plan.stored
