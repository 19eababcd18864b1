"""Every measurement still runs: a little of each, whose figures say nothing."""

from __future__ import annotations

import sys
from typing import Final

import pytest

from tests.bench.plan import QUICK, Plan

if sys.platform != "linux":
    pytest.skip("the benchmark reads /proc and uses epoll: Linux only", allow_module_level=True)

import msgspec

from tests.bench.__main__ import MEASUREMENTS
from tests.bench.table import markdown

TINY: Final[Plan] = msgspec.structs.replace(
    QUICK,
    runs=1,
    warm_up_seconds=0.01,
    turns=2,
    turn_seconds=0.02,
    backlog=200,
    groups=20,
    stored=200,
    moved=1_000,
    beside_seconds=0.1,
    waiting=20,
    wait_seconds=1,
    idle_seconds=0.1,
    deliveries=5,
)


@pytest.mark.parametrize("name", [name for name in MEASUREMENTS if name != "loadgen"])
def test_each_figure_of_the_benchmark_has_a_sample_for_each_run(name: str) -> None:
    rows = MEASUREMENTS[name](TINY)

    assert rows
    assert all(len(row.samples) == TINY.runs for row in rows), rows
    assert all(row.what in markdown(rows) for row in rows)
