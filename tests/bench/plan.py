"""How much is measured: the whole, which is what a table that is kept needs, or a smoke run of every part."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    runs: int  # samples of each figure
    warm_up_seconds: float
    turns: int  # of load, a sample
    turn_seconds: float
    loadgen_turns: int  # the same of an independent load generator, a second each
    backlog: int  # messages
    groups: int  # that a FIFO queue's backlog is in
    stored: int  # messages, for their memory
    moved: int  # messages, by a move task
    beside_seconds: float  # of requests with no move task beside them
    waiting: int  # long polls
    wait_seconds: int  # of each of them
    idle_seconds: float  # of waiting polls, before the first of them ends
    deliveries: int  # to waiting polls
    loadgen: Path | None = None  # an independent load generator's binary
    against: Path | None = None  # another checkout, whose cycle is measured beside ours


FULL: Final = Plan(
    runs=5,
    warm_up_seconds=0.5,
    turns=60,
    turn_seconds=0.05,
    loadgen_turns=3,
    backlog=100_000,
    groups=10_000,
    stored=1_000_000,
    moved=100_000,
    beside_seconds=2,
    waiting=1_000,
    wait_seconds=20,
    idle_seconds=5,
    deliveries=500,
)
QUICK: Final = Plan(
    runs=1,
    warm_up_seconds=0.1,
    turns=10,
    turn_seconds=0.05,
    loadgen_turns=1,
    backlog=10_000,
    groups=1_000,
    stored=20_000,
    moved=5_000,
    beside_seconds=0.5,
    waiting=200,
    wait_seconds=2,
    idle_seconds=1,
    deliveries=50,
)


def ratios(samples: list[float], against: list[float]) -> list[float]:
    """Compare sample by sample, each with the one of its own run."""
    return [sample / other for sample, other in zip(samples, against, strict=True)]
