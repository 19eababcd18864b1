"""The core's alarms on the event loop's timers: one timer for a queue that somebody waits on, none for the others."""

from __future__ import annotations

import asyncio
from typing import Final

from emulator.core.clock import Clock
from emulator.core.queue import Queue

# Timers tick in milliseconds: a shorter wait could be none at all, and turn the loop until the moment has come.
_SHORTEST_SECONDS: Final = 0.001


class Timekeeper:
    """An Alarm for the queues of one clock.

    A timer that is set for an earlier moment than is wanted now is left to ring, and set again then: parking and
    answering polls moves the moment with every call, mostly later, and cancelling timers costs more than ringing once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wanted: dict[Queue, int] = {}
        self._timers: dict[Queue, tuple[int, asyncio.TimerHandle]] = {}

    def set(self, queue: Queue, at: int | None) -> None:
        if at is None:
            self._wanted.pop(queue, None)
            return
        self._wanted[queue] = at
        timer = self._timers.get(queue)
        if timer is None or at < timer[0]:
            if timer is not None:
                timer[1].cancel()
            self._start(queue, at)

    def _start(self, queue: Queue, at: int) -> None:
        seconds = self._clock.real_seconds_until(at)
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timers[queue] = (at, loop.call_later(max(seconds, _SHORTEST_SECONDS), self._ring, queue))

    def _ring(self, queue: Queue) -> None:
        del self._timers[queue]
        at = self._wanted.get(queue)
        if at is None:
            return
        now = self._clock.now()
        if now < at:
            self._start(queue, at)
            return
        del self._wanted[queue]
        queue.wake(now)
