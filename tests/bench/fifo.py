"""CPU time of the server, a request, on FIFO queues: against a standard queue, and at backlogs."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from tests.bench.costs import CONNECTIONS, CYCLE, Side, compare
from tests.bench.flows import create_fifo_queue, fifo_cycle, fill_fifo
from tests.bench.load import Flow
from tests.bench.plan import Plan, ratios
from tests.bench.servers import ServerProcess, emulator
from tests.bench.table import Row

FIFO_REACH: Final = 1.3
FIFO_BACKLOG_REACH: Final = 1.2
_GROUPS: Final = [f"group-{number}" for number in range(100)]
_ONE_GROUP: Final = ["one"]


def _cycles(url: str) -> list[Flow]:
    """Each connection sends to groups of its own, so that none waits for the others'."""
    return [fifo_cycle(url, _GROUPS[number::CONNECTIONS]) for number in range(CONNECTIONS)]


def _cycle_in_one_group(url: str) -> list[Flow]:
    """On one connection: while one message of a group is in flight, the others can't be received."""
    return [fifo_cycle(url, _ONE_GROUP)]


def _full_queue(server: ServerProcess, messages: int, groups: Sequence[str]) -> str:
    url = create_fifo_queue(server)
    fill_fifo(server, url, messages, groups)
    return url


_FIFO: Final = Side(emulator, create_fifo_queue, _cycles)


def measure_fifo(plan: Plan) -> list[Row]:
    samples = compare(plan, {"standard": CYCLE, "fifo": _FIFO})
    what = f"FIFO `cycle` over {len(_GROUPS)} groups against the standard `cycle`"
    return [
        Row(what, ratios(samples["fifo"], samples["standard"]), "x", FIFO_REACH),
        Row("FIFO `cycle`, CPU a request", samples["fifo"], "µs"),
    ]


def measure_fifo_backlog(plan: Plan) -> list[Row]:
    many = [f"backlog-{number}" for number in range(plan.groups)]
    full = functools.partial(_full_queue, messages=plan.backlog)
    full_groups = functools.partial(full, groups=many)
    full_group = functools.partial(full, groups=_ONE_GROUP)
    sides = {
        "empty": _FIFO,
        "groups": Side(emulator, full_groups, _cycles),
        "group": Side(emulator, full_group, _cycles),
        "alone": Side(emulator, create_fifo_queue, _cycle_in_one_group),
        "within": Side(emulator, full_group, _cycle_in_one_group),
    }
    samples = compare(plan, sides)
    in_groups = f"FIFO `cycle` at {plan.backlog:,} messages in {plan.groups:,} groups against an empty queue"
    beside = f"FIFO `cycle` in other groups at {plan.backlog:,} messages in one, against an empty queue"
    within = f"FIFO `cycle` in a group of {plan.backlog:,} messages against an empty queue"
    return [
        Row(in_groups, ratios(samples["groups"], samples["empty"]), "x", FIFO_BACKLOG_REACH),
        Row(beside, ratios(samples["group"], samples["empty"]), "x", FIFO_BACKLOG_REACH),
        Row(within, ratios(samples["within"], samples["alone"]), "x", FIFO_BACKLOG_REACH, "one connection"),
    ]
