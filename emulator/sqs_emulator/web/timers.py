"""The core's timers on the event loop's timers: one for a queue that somebody waits on, or a running move task."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from sqs_emulator.core.clock import AccountClock
from sqs_emulator.core.outbox import Outbox
from sqs_emulator.core.queue import Queue
from sqs_emulator.core.timers import Timed
from sqs_emulator.web.outbox import hand_over

# Timers tick in milliseconds: a shorter wait could be none at all, and turn the loop until the moment has come.
_SHORTEST_SECONDS: Final = 0.001


class LoopTimers:
    """The timers of one account, by its clock.

    A timer that is set for an earlier moment than is wanted now is left to fire, and set again then: polls that come
    and go move the moment with every call, mostly later, and cancelling timers costs more than firing once.

    While the clock stands still or goes slowly, a waiting poll also ends when its wait has passed in real seconds,
    since its client would give up soon after.
    """

    def __init__(self, clock: AccountClock, outbox: Outbox) -> None:
        self._clock = clock
        self._outbox = outbox
        self._wanted: dict[Timed, int] = {}
        self._timers: dict[Timed, tuple[int, asyncio.TimerHandle]] = {}

    def set(self, timed: Timed, at: int | None) -> None:
        if at is None:
            self._wanted.pop(timed, None)
            return
        self._wanted[timed] = at
        timer = self._timers.get(timed)
        if timer is None or at < timer[0] or self._clock.rate < 1:
            if timer is not None:
                timer[1].cancel()
            self._start(timed, at)

    def next(self) -> tuple[int, Timed] | None:
        return min(((at, timed) for timed, at in self._wanted.items()), key=lambda pair: pair[0], default=None)

    def clock_changed(self) -> None:
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for timed, at in self._wanted.items():
            self._start(timed, at)

    def _start(self, timed: Timed, at: int) -> None:
        seconds = self._clock.real_seconds_until(at)
        if self._clock.rate < 1 and isinstance(timed, Queue):
            bound = timed.waiters.next_real_end() - time.monotonic()
            seconds = bound if seconds is None else min(seconds, bound)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timers[timed] = (at, loop.call_later(max(seconds, _SHORTEST_SECONDS), self._fire, timed))

    def _fire(self, timed: Timed) -> None:
        del self._timers[timed]
        at = self._wanted.get(timed)
        if at is None:
            return
        now = self._clock.now()
        if now >= at:
            del self._wanted[timed]
            timed.on_timer(now)
            hand_over(self._outbox)
            return
        if self._clock.rate < 1 and isinstance(timed, Queue):
            timed.end_overdue_waits(time.monotonic())
            hand_over(self._outbox)
            at = self._wanted.get(timed)
        if at is not None and timed not in self._timers:
            self._start(timed, at)
