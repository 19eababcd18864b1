"""Timers on the event loop: a timer where somebody waits, none where nobody does, and no ticking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqs_emulator.core.clock import AccountClock
from sqs_emulator.core.message import Draft
from sqs_emulator.core.outbox import Outbox
from sqs_emulator.core.receives import Delivery, Receive
from sqs_emulator.core.standard import StandardQueue
from sqs_emulator.core.waiters import Waiter
from sqs_emulator.web.outbox import hand_over
from sqs_emulator.web.timers import LoopTimers
from tests.sqs_by_hand import HandClock


class LoopClock(HandClock):
    """A clock that is the loop's, so that a timer that fires too early is seen."""

    def now(self) -> int:
        return round(asyncio.get_running_loop().time() * 1000)

    def real_seconds_until(self, at: int) -> float:
        return at / 1000 - asyncio.get_running_loop().time()


class Timers:
    """Counts the timers of a loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._call_later = self._loop.call_later
        self.waits: list[float] = []
        self._loop.call_later = self._count  # type: ignore[assignment, method-assign]

    def _count(self, delay: float, callback: Callable[..., object], *args: Any) -> asyncio.TimerHandle:
        self.waits.append(delay)
        return self._call_later(delay, callback, *args)


def queue_of(clock: HandClock) -> StandardQueue:
    arn = "arn:aws:sqs:us-east-1:000000000000:q"
    outbox = Outbox()
    timers = LoopTimers(AccountClock(clock), outbox)
    return StandardQueue(arn, clock=clock, now=clock.now(), timers=timers, outbox=outbox)


def wait(queue: StandardQueue, milliseconds: int) -> asyncio.Future[list[Delivery]]:
    answer: asyncio.Future[list[Delivery]] = asyncio.get_running_loop().create_future()
    now = queue.clock.now()
    waiter = Waiter(Receive(10), until=now + milliseconds)
    waiter.answer = answer.set_result
    queue.add_waiter(waiter, now=now)
    hand_over(queue.outbox)
    return answer


def act(queue: StandardQueue, do: Callable[[], object]) -> None:
    """Do something to a queue as the shell does."""
    do()
    hand_over(queue.outbox)


def draft(delay: int | None = None) -> Draft:
    return Draft("body", "md5", delay)


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(scenario(), timeout=30)

    asyncio.run(bounded())


def test_a_wait_ends_with_its_time_and_not_before() -> None:
    async def scenario() -> None:
        clock = LoopClock()
        queue = queue_of(clock)
        until = clock.now() + 30

        assert await wait(queue, 30) == []
        assert clock.now() >= until
        queue.check()

    run(scenario)


def test_a_queue_that_nobody_waits_on_has_no_timer() -> None:
    async def scenario() -> None:
        clock = LoopClock()
        queue = queue_of(clock)
        timers = Timers()

        for _ in range(100):
            queue.send(draft(), now=clock.now())
            queue.send(draft(delay=5), now=clock.now())
        for delivery in queue.receive(Receive(10), now=clock.now()):
            queue.delete(delivery.receipt_handle, now=clock.now())

        assert timers.waits == []

    run(scenario)


def test_an_earlier_moment_is_not_slept_through() -> None:
    async def scenario() -> None:
        clock = LoopClock()
        queue = queue_of(clock)
        late = wait(queue, 60_000)
        early = wait(queue, 20)

        assert await early == []
        assert not late.done()
        act(queue, queue.end_waits)
        assert await late == []

    run(scenario)


def test_a_thousand_waits_share_a_timer() -> None:
    async def scenario() -> None:
        clock = LoopClock()
        queue = queue_of(clock)
        timers = Timers()

        waits = [wait(queue, 60_000) for _ in range(1_000)]

        assert len(timers.waits) == 1
        act(queue, queue.end_waits)
        await asyncio.gather(*waits)

    run(scenario)


def test_a_timer_that_fires_for_nobody_does_nothing() -> None:
    async def scenario() -> None:
        clock = LoopClock()
        queue = queue_of(clock)
        first = wait(queue, 20)
        act(queue, lambda: queue.send(draft(), now=clock.now()))
        assert len(await first) == 1

        second = wait(queue, 60)  # while the timer of the first is still to fire
        until = clock.now() + 50

        assert await second == []
        assert clock.now() >= until

    run(scenario)


def test_where_waiting_brings_no_moment_there_is_no_timer() -> None:
    async def scenario() -> None:
        clock = HandClock()  # it stands still
        queue = queue_of(clock)
        timers = Timers()

        waiting = wait(queue, 10)

        assert timers.waits == []
        clock.advance(1)
        act(queue, lambda: queue.on_timer(clock.now()))
        assert await waiting == []

    run(scenario)
