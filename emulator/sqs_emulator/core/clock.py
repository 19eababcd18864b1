"""Where time comes from. The core never reads a clock: its methods take `now`, and the shell reads one per request.

Moments are milliseconds since the epoch. Each account has a clock of its own, which runs with the machine's until
somebody stops it, speeds it up or moves it on: so tests that share a server do not share its time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

LATEST: Final = 253_402_300_799_000  # the end of the year 9999, the last that can be written
LOWEST_RATE: Final = 0.001
HIGHEST_RATE: Final = 1_000_000.0
ALLOWED_RATES: Final = f"{LOWEST_RATE:.12g} to {HIGHEST_RATE:.12g}"


class ClockRefused(ValueError):
    """What a clock cannot do. It is refused before anything has changed."""


class MomentPassed(ClockRefused):
    def __init__(self, moment: int, now: int) -> None:
        super().__init__(f"{moment} is before {now}, and the clock never goes back.")
        self.moment = moment
        self.now = now


class MomentTooLate(ClockRefused):
    def __init__(self, moment: int) -> None:
        super().__init__(f"{moment} is after the year 9999.")


class RateRefused(ClockRefused):
    def __init__(self, rate: float) -> None:
        super().__init__(f"rate is {rate}; allowed is {ALLOWED_RATES} (freeze stops the clock).")


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


class AccountClock:
    """A clock that can be moved, on top of one that cannot.

    `rate` is how many of its seconds pass in one real second; 0: it is frozen. It never goes back.
    """

    def __init__(self, source: Clock) -> None:
        self._source = source
        self.rate = 1.0
        self._from = self._source_from = 0  # two moments that are the same one, on this clock and on the source
        # An attribute, so that a clock nobody has touched costs what its source does.
        self.now: Callable[[], int] = source.now

    @property
    def is_frozen(self) -> bool:
        return self.rate == 0

    def set_rate(self, rate: float) -> None:
        self._anchor(self.now(), rate)

    def begin(self, at: int, rate: float) -> None:
        """Show any moment from now on, an earlier one too; only for a clock that nothing has gone by yet."""
        self._anchor(at, rate)

    def freeze(self) -> None:
        self.set_rate(0)

    def resume(self) -> None:
        """Let it run with the real time again, from the moment that it shows."""
        self.set_rate(1)

    def check(self, at: int) -> None:
        """Raise ClockRefused for a moment that it cannot be moved to."""
        if at < (now := self.now()):
            raise MomentPassed(at, now)
        if at > LATEST:
            raise MomentTooLate(at)

    def move_to(self, at: int) -> None:
        """Show a later moment from now on; raises ClockRefused."""
        self.check(at)
        self._anchor(at, self.rate)

    def real_seconds_until(self, at: int) -> float | None:
        if self.rate == 0:
            return 0.0 if at <= self._from else None
        return self._source.real_seconds_until(self._source_from + round((at - self._from) / self.rate))

    def _anchor(self, at: int, rate: float) -> None:
        source_at = self._source.now()
        self._from, self._source_from, self.rate = at, source_at, rate
        self.now = self._running if rate else lambda: at

    def _running(self) -> int:
        return self._from + int((self._source.now() - self._source_from) * self.rate)
