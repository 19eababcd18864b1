"""Waiting long polls: what they cost while nothing happens, how soon they are answered, what a stop makes of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from tests.bench import loadgen
from tests.bench.flows import create_queues, one_poll, polls, send_message
from tests.bench.load import Load, LoadError
from tests.bench.plan import Plan
from tests.bench.servers import ServerProcess, emulator
from tests.bench.table import Row

IDLE_REACH_PERCENT: Final = 1.0
DELIVERY_REACH_MS: Final = 1.0
STOP_REACH_SECONDS: Final = 0.3
STOPPED_POLLS: Final = 100
_PAUSE_SECONDS: Final = 0.005  # between two sends: each finds a server at rest


class _Waiting(NamedTuple):
    idle_percent: float
    repeated_percent: float
    delivery_ms: float


def measure_waiting(plan: Plan) -> list[Row]:
    samples = [_waiting(plan) for _ in range(plan.runs)]
    what = f"{plan.waiting:,} waiting long polls"
    idle = [sample.idle_percent for sample in samples]
    repeated = [sample.repeated_percent for sample in samples]
    delivery = [sample.delivery_ms for sample in samples]
    return [
        Row(f"{what}, share of a core", idle, "%", IDLE_REACH_PERCENT),
        Row(f"the same with each ended and asked again after {plan.wait_seconds} s", repeated, "%"),
        Row(f"{what}, send to delivery", delivery, "ms", DELIVERY_REACH_MS, "median of a run"),
        *_delivery_with_loadgen(plan),
    ]


def _waiting(plan: Plan) -> _Waiting:
    with emulator() as server:
        urls = create_queues(server, plan.waiting)
        arrivals: list[float] = []
        with Load(server.address, [polls(url, plan.wait_seconds, arrivals) for url in urls]) as load:
            server.wait_until_idle()
            idle = _share_of_a_core(server, load, plan.idle_seconds)
            repeated = _share_of_a_core(server, load, plan.wait_seconds)
            latencies = _deliver(server, load, urls[: plan.deliveries], arrivals)
            return _Waiting(idle, repeated, statistics.median(latencies))


def _share_of_a_core(server: ServerProcess, load: Load, seconds: float) -> float:
    """Return the server's CPU time in percent of the time that passes meanwhile."""
    before, began_at = server.cpu_ns(), time.perf_counter()
    load.drive(seconds)
    return (server.cpu_ns() - before) / 1e9 / (time.perf_counter() - began_at) * 100


def _deliver(server: ServerProcess, load: Load, urls: Sequence[str], arrivals: list[float]) -> list[float]:
    """Send to each queue in turn; return the milliseconds until its poll had the message."""
    latencies = []
    for url in urls:
        request = send_message(url)
        arrivals.clear()
        sent_at = time.perf_counter()
        server.connection.send(request)
        while not arrivals:
            load.step()
        latencies.append((arrivals[0] - sent_at) * 1_000)
        server.connection.answer()
        load.drive(_PAUSE_SECONDS)
    return latencies


def _delivery_with_loadgen(plan: Plan) -> list[Row]:
    if plan.loadgen is None:
        return []
    samples = []
    for _ in range(plan.runs):
        with emulator() as server:
            report = loadgen.run(plan.loadgen, "wake", server, seconds=plan.loadgen_turns, connections=plan.waiting)
            samples.append(report.p50_us / 1_000)
    return [Row("by loadgen: `wake`", samples, "ms", DELIVERY_REACH_MS)]


def measure_stop(plan: Plan) -> list[Row]:
    samples = [_stop(plan) for _ in range(plan.runs)]
    what = f"SIGTERM to exit with {STOPPED_POLLS} waiting polls, each answered empty with 200"
    return [Row(what, samples, "s", STOP_REACH_SECONDS)]


def _stop(plan: Plan) -> float:
    """Return the seconds from SIGTERM to the end of the process; its clients keep their connections open."""
    answers: list[bytes] = []
    with emulator() as server:
        urls = create_queues(server, STOPPED_POLLS)
        with Load(server.address, [one_poll(url, plan.wait_seconds, answers) for url in urls]) as load:
            server.wait_until_idle()
            asked_at = time.perf_counter()
            server.terminate()
            load.finish()
            server.wait_until_ended()
            elapsed = time.perf_counter() - asked_at
    if len(answers) != STOPPED_POLLS or any(b"Messages" in answer for answer in answers):
        raise LoadError(f"polls were answered {answers!r}")
    return elapsed
