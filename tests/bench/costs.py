"""CPU time of the server, a request.

What is compared is loaded in turns of a fraction of a second: the machine's neighbours come and go by the second, and
a longer turn would hit one side and not the other.
"""

from __future__ import annotations

import contextlib
import functools
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from tests.bench import loadgen
from tests.bench.flows import BATCH, batches, create_queue, cycle, empty_receives, fill, raw
from tests.bench.load import Flow, Load
from tests.bench.plan import Plan, ratios
from tests.bench.servers import ServerProcess, at_once, bare, emulator
from tests.bench.spelling import QUERY
from tests.bench.table import Row

CONNECTIONS: Final = 16
RAW_REACH: Final = 0.8
BACKLOG_REACH: Final = 1.15
OTHER_REACH: Final = 1.02  # one checkout measured against itself is up to 1 % off

Samples = dict[str, list[float]]  # microseconds a request, a sample for each run


class Side(msgspec.Struct, frozen=True):
    """What is loaded: a server, what makes the queue that all connections use, and what each of them says."""

    start: Callable[[], ServerProcess]
    make_queue: Callable[[ServerProcess], str]
    flows: Callable[[str], list[Flow]]


def alike(flow: Callable[[str], Flow]) -> Callable[[str], list[Flow]]:
    """Let all connections say the same."""
    return lambda url: [flow(url) for _ in range(CONNECTIONS)]


class Meter:
    """A server under load, and what it has used since this was made.

    Between turns it has nothing to do but the few requests that were out when its turn ended; they count too.
    """

    def __init__(self, server: ServerProcess, load: Load) -> None:
        self._server = server
        self._load = load
        self._cpu_ns = server.cpu_ns()
        self._answers = 0

    def drive(self, seconds: float) -> None:
        self._answers += self._load.drive(seconds)

    @property
    def cost(self) -> float:
        """Microseconds a request."""
        return (self._server.cpu_ns() - self._cpu_ns) / 1_000 / self._answers


def compare(plan: Plan, sides: Mapping[str, Side]) -> Samples:
    runs = [_run(plan, sides) for _ in range(plan.runs)]
    return {name: [costs[name] for costs in runs] for name in sides}


def _run(plan: Plan, sides: Mapping[str, Side]) -> dict[str, float]:
    """Take one sample of each side, on fresh servers."""
    with contextlib.ExitStack() as stack:
        meters = {name: _loaded(plan, side, stack) for name, side in sides.items()}
        for _ in range(plan.turns):
            for meter in meters.values():
                meter.drive(plan.turn_seconds)
        return {name: meter.cost for name, meter in meters.items()}


def _loaded(plan: Plan, side: Side, stack: contextlib.ExitStack) -> Meter:
    server = stack.enter_context(side.start())
    url = side.make_queue(server)
    load = stack.enter_context(Load(server.address, side.flows(url)))
    load.drive(plan.warm_up_seconds)
    return Meter(server, load)


def _no_queue(_server: ServerProcess) -> str:
    return "http://127.0.0.1/000000000000/bench-0"


def _full_queue(server: ServerProcess, messages: int) -> str:
    url = create_queue(server)
    fill(server, url, messages)
    return url


def _query_cycle(url: str) -> Flow:
    return cycle(url, QUERY)


_RAW: Final = Side(bare, _no_queue, alike(raw))
CYCLE: Final = Side(emulator, create_queue, alike(cycle))


def measure_cycle(plan: Plan) -> list[Row]:
    """Measure the cycle beside the bare server, and beside another checkout's cycle if there is one."""
    sides = {"raw": _RAW, "cycle": CYCLE}
    if plan.against is not None:
        other = functools.partial(emulator, checkout=plan.against)
        sides["other"] = Side(other, create_queue, alike(cycle))
    samples = compare(plan, sides)
    rows = [
        Row("`cycle` against `raw`", ratios(samples["cycle"], samples["raw"]), "x", RAW_REACH),
        Row("`cycle`, CPU a request", samples["cycle"], "µs"),
        Row("`raw`, CPU a request", samples["raw"], "µs"),
    ]
    if plan.against is not None:
        rows += [
            Row("the other checkout: `cycle` against `raw`", ratios(samples["other"], samples["raw"]), "x"),
            Row("the other checkout: `cycle`, CPU a request", samples["other"], "µs"),
            Row("`cycle` against the other checkout's", ratios(samples["cycle"], samples["other"]), "x", OTHER_REACH),
        ]
    return rows


def measure_turn(plan: Plan) -> list[Row]:
    """Measure what is saved by answering the requests of a turn of the event loop together."""
    samples = compare(plan, {"turns": CYCLE, "at once": Side(at_once, create_queue, alike(cycle))})
    what = "`cycle` with each request answered at once, against those of a turn together"
    return [Row(what, ratios(samples["at once"], samples["turns"]), "x")]


def measure_backlog(plan: Plan) -> list[Row]:
    full = functools.partial(_full_queue, messages=plan.backlog)
    samples = compare(plan, {"empty": CYCLE, "full": Side(emulator, full, alike(cycle))})
    what = f"`cycle` at a backlog of {plan.backlog:,} against an empty queue"
    return [
        Row(what, ratios(samples["full"], samples["empty"]), "x", BACKLOG_REACH),
        Row("`cycle` at the backlog, CPU a request", samples["full"], "µs"),
    ]


def measure_variants(plan: Plan) -> list[Row]:
    without_events = functools.partial(emulator, "--events", "0")
    sides = {
        "cycle": CYCLE,
        "no events": Side(without_events, create_queue, alike(cycle)),
        "query": Side(emulator, create_queue, alike(_query_cycle)),
        "batches": Side(emulator, create_queue, alike(batches)),
        "empty": Side(emulator, create_queue, alike(empty_receives)),
    }
    samples = compare(plan, sides)
    return [
        Row("`cycle` with events off against on", ratios(samples["no events"], samples["cycle"]), "x"),
        Row("`cycle` by the Query protocol, CPU a request", samples["query"], "µs"),
        Row(f"`cycle` in batches of {BATCH}, CPU a request", samples["batches"], "µs"),
        Row("empty receive, CPU a request", samples["empty"], "µs"),
    ]


def measure_with_loadgen(plan: Plan) -> list[Row]:
    """The rows above by the independent load generator, if there is one."""
    if plan.loadgen is None:
        return []
    runs = [_run_loadgen(plan, plan.loadgen) for _ in range(plan.runs)]
    raw_costs, cycle_costs, deep_costs = ([costs[name] for costs in runs] for name in ("raw", "cycle", "deep"))
    return [
        Row("by loadgen: `cycle` against `raw`", ratios(cycle_costs, raw_costs), "x", RAW_REACH),
        Row("by loadgen: `deep` against `cycle`", ratios(deep_costs, cycle_costs), "x", BACKLOG_REACH),
        Row("by loadgen: `cycle`, CPU a request", cycle_costs, "µs"),
        Row("by loadgen: `raw`, CPU a request", raw_costs, "µs"),
    ]


def _run_loadgen(plan: Plan, path: Path) -> dict[str, float]:
    """Take one sample of each of its scenarios, on fresh servers, in turns of a second: it has no shorter ones."""
    load = functools.partial(loadgen.run, path, seconds=1, connections=CONNECTIONS)
    costs: Samples = {"raw": [], "cycle": [], "deep": []}
    with bare() as floor, emulator() as shallow, emulator() as deep:
        for _ in range(plan.loadgen_turns):
            costs["raw"].append(load("raw", floor).cpu_us)
            costs["cycle"].append(load("cycle", shallow).cpu_us)
            costs["deep"].append(load("deep", deep, depth=plan.backlog).cpu_us)
    return {name: statistics.mean(turns) for name, turns in costs.items()}
