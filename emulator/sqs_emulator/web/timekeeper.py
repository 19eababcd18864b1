"""The core's alarms on the event loop's timers: one for a queue that somebody waits on, or a running move task."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from sqs_emulator.core.alarms import Due
from sqs_emulator.core.clock import AccountClock
from sqs_emulator.core.queue import Queue

# Timers tick in milliseconds: a shorter wait could be none at all, and turn the loop until the moment has come.
_SHORTEST_SECONDS: Final = 0.001


class Timekeeper:
    """The alarm of one account, by its clock.

    A timer that is set for an earlier moment than is wanted now is left to ring, and set again then: parking and
    answering polls moves the moment with every call, mostly later, and cancelling timers costs more than ringing once.

    While the clock stands still or goes slowly, a parked poll also ends when its wait has passed in real seconds, since
    its client would give up soon after.
    """

    def __init__(self, clock: AccountClock) -> None:
        self._clock = clock
        self._wanted: dict[Due, int] = {}
        self._timers: dict[Due, tuple[int, asyncio.TimerHandle]] = {}

    def set(self, due: Due, at: int | None) -> None:
        if at is None:
            self._wanted.pop(due, None)
            return
        self._wanted[due] = at
        timer = self._timers.get(due)
        if timer is None or at < timer[0] or self._clock.rate < 1:
            if timer is not None:
                timer[1].cancel()
            self._start(due, at)

    def next(self) -> tuple[int, Due] | None:
        return min(((at, due) for due, at in self._wanted.items()), key=lambda each: each[0], default=None)

    def clock_changed(self) -> None:
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for due, at in self._wanted.items():
            self._start(due, at)

    def _start(self, due: Due, at: int) -> None:
        seconds = self._clock.real_seconds_until(at)
        if self._clock.rate < 1 and isinstance(due, Queue):
            bound = due.waiters.next_real_end() - time.monotonic()
            seconds = bound if seconds is None else min(seconds, bound)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timers[due] = (at, loop.call_later(max(seconds, _SHORTEST_SECONDS), self._ring, due))

    def _ring(self, due: Due) -> None:
        del self._timers[due]
        at = self._wanted.get(due)
        if at is None:
            return
        now = self._clock.now()
        if now >= at:
            del self._wanted[due]
            due.wake(now)
            return
        if self._clock.rate < 1 and isinstance(due, Queue):
            due.end_overdue_waits(time.monotonic())
            at = self._wanted.get(due)
        if at is not None and due not in self._timers:
            self._start(due, at)
