"""Where time comes from. The core never reads a clock: its methods take `now`, and the shell reads one per request."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """Return milliseconds since the epoch; never less than before."""
        ...

    def real_seconds_until(self, at: int) -> float | None:
        """Return how long the real world must wait for the moment `at`; None when waiting does not bring it."""
        ...


class SystemClock:
    """The machine's time, anchored to its monotonic clock once, so that a step of the wall clock expires nothing."""

    def __init__(self) -> None:
        self._anchor_ns = time.time_ns() - time.monotonic_ns()

    def now(self) -> int:
        return (time.monotonic_ns() + self._anchor_ns) // 1_000_000

    def real_seconds_until(self, at: int) -> float:
        return (at * 1_000_000 - time.monotonic_ns() - self._anchor_ns) / 1e9
